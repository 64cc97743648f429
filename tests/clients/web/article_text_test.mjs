// Offsets of the server (bytes of UTF-8) become places in a browser's text (UTF-16).
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const web = new URL("../../../clients/web/", import.meta.url);
const require = createRequire(new URL("package.json", web));
const esbuild = createRequire(require.resolve("vite"))("esbuild");

const bundle = await esbuild.build({
  entryPoints: [new URL("src/article_text.ts", web).pathname],
  bundle: true,
  format: "esm",
  write: false,
});
const source = Buffer.from(bundle.outputFiles[0].contents).toString("base64");
const { segmentText, toUtf16Offsets } = await import(`data:text/javascript;base64,${source}`);

const bytesOf = (text) => Buffer.byteLength(text);
const spanOf = (text, part) => {
  const at = text.indexOf(part);
  const begin = bytesOf(text.slice(0, at));
  return { begin, end: begin + bytesOf(part) };
};

test("offsets count characters of one to four bytes", () => {
  const text = "aé商😀z";
  assert.deepEqual(toUtf16Offsets(text, [0, 1, 3, 6, 10, 11]), [0, 1, 2, 3, 5, 6]);
});

test("offsets inside a character or behind the text stay within it", () => {
  assert.deepEqual(toUtf16Offsets("商汤", [1, 2, 4, 99]), [0, 0, 1, 2]);
});

test("segments join to the text and carry their marks", () => {
  const text = "标题😀\n商汤科技与东亚银行签约。其他。";
  const evidence = spanOf(text, "商汤科技与东亚银行签约。");
  const mentions = [spanOf(text, "商汤科技"), spanOf(text, "东亚银行"), spanOf(text, "其他")];
  const segments = segmentText(text, [evidence], mentions);
  assert.equal(segments.map((segment) => segment.text).join(""), text);
  const marked = segments.filter((segment) => segment.evidence >= 0);
  assert.equal(marked.map((segment) => segment.text).join(""), "商汤科技与东亚银行签约。");
  const named = segments.filter((segment) => segment.mention >= 0);
  assert.deepEqual(
    named.map(({ text: name, mention, evidence: inside }) => [name, mention, inside]),
    [["商汤科技", 0, 0], ["东亚银行", 1, 0], ["其他", 2, -1]],
  );
});

test("of overlapping passages the first wins", () => {
  const segments = segmentText("abcdef", [{ begin: 0, end: 4 }, { begin: 2, end: 6 }], []);
  assert.deepEqual(segments.map(({ text, evidence }) => [text, evidence]), [["ab", 0], ["cd", 0], ["ef", 1]]);
});

test("a text without marks is one segment", () => {
  assert.deepEqual(segmentText("无标记", [], []), [
    { text: "无标记", evidence: -1, mention: -1 },
  ]);
});

test("breaks cut without marking", () => {
  const segments = segmentText("标题\n正文", [], [], [3]);
  assert.deepEqual(segments.map((segment) => segment.text), ["标题\n", "正文"]);
});
