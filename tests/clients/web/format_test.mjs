// Values of terms as text: rounded to read, and exact to the last digit.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const web = new URL("../../../clients/web/", import.meta.url);
const require = createRequire(new URL("package.json", web));
const esbuild = createRequire(require.resolve("vite"))("esbuild");

const bundle = await esbuild.build({
  entryPoints: [new URL("src/format.ts", web).pathname],
  bundle: true,
  format: "esm",
  write: false,
});
const source = Buffer.from(bundle.outputFiles[0].contents).toString("base64");
const { formatDecimal, formatTerm } = await import(`data:text/javascript;base64,${source}`);

const MONEY = 1; // DEAL_TERM_KIND_AMOUNT
const EXACT = 1; // TERM_BOUND_EXACT
const money = (value) => ({ kind: MONEY, bound: EXACT, currency: "CNY", value });

test("an amount keeps digits that a double has no room for", () => {
  assert.equal(
    formatTerm(money("9007199254740993"), "en", true),
    "CNY 9,007,199,254,740,993",
  );
  assert.equal(
    formatTerm(money("123456789012345678901.25"), "en", true),
    "CNY 123,456,789,012,345,678,901.25",
  );
});

test("a decimal is written as its locale writes it, with all digits", () => {
  assert.equal(formatDecimal("1234567.123456789", "en"), "1,234,567.123456789");
  assert.equal(formatDecimal("1234567.5", "de"), "1.234.567,5");
  assert.equal(formatDecimal("0.10", "en"), "0.10");
  assert.equal(formatDecimal("120000000", "zh"), "120,000,000");
});

test("what is no number is shown as it came", () => {
  assert.equal(formatDecimal("", "en"), "");
  assert.equal(formatDecimal("1e5", "en"), "1e5");
});

test("an amount to read is rounded", () => {
  assert.equal(formatTerm(money("120000000"), "en"), "CNY 120M");
  assert.equal(formatTerm(money("120000000"), "zh"), "CNY 1.2亿");
});
