// The dashboard in headless Chromium against a real server: articles go in over HTTP, then a user
// searches, clicks in list and graph, and reads the evidence.
//   PARTNERGRAPH_BIN  folder of partnergraphd
//   CHROMIUM          the browser; default: chromium of the system
//   SCREENSHOT        where to save a picture of the page, if set
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

const root = new URL("../../../", import.meta.url);
const require = createRequire(new URL("clients/web/package.json", root));
const { chromium } = require("playwright-core");

const WAIT_MS = 20_000;
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-extensions",
  "--disable-sync",
  "--no-first-run",
  // WebGL without a graphics card.
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];

let folder;
let server;
let origin;
let browser;
let context;

// Calls a method in Connect's JSON, apart from the page's own client.
async function call(method, request) {
  const response = await fetch(`${origin}/partnergraph.v1.${method}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(request),
  });
  const answer = await response.json();
  assert.equal(response.status, 200, `${method}: ${JSON.stringify(answer)}`);
  return answer;
}

async function nodeIdOf(name) {
  const { matches = [] } = await call("GraphService/SearchNodes", { query: name });
  assert.ok(matches.length > 0, `no node ${name}`);
  return matches[0].node.nodeId;
}

function startServer() {
  const program = join(process.env.PARTNERGRAPH_BIN ?? "build/release/bin", "partnergraphd");
  const flags = ["--data", join(folder, "data"), "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  server = spawn(program, flags, { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`partnergraphd ended with ${code}`)));
    createInterface({ input: server.stdout }).on("line", (line) => {
      if (line.startsWith("http ")) resolve(`http://${line.slice(5).trim()}`);
    });
  });
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "partnergraph-web-"));
  origin = await startServer();
  const sample = readFileSync(new URL("ingest/sample/articles.jsonl", root), "utf8");
  for (const line of sample.split("\n").filter(Boolean)) {
    const { article_id: articleId, title, text, url, source, published, language } = JSON.parse(line);
    await call("IngestService/IngestArticle", {
      article: { articleId, title, text, url, source, published, language },
    });
  }
  const executablePath =
    process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
  assert.ok(executablePath, "needs Chromium: apt-get install chromium");
  browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(WAIT_MS);
});

after(async () => {
  await browser?.close();
  server?.removeAllListeners("exit");
  if (server && server.exitCode === null) {
    const ended = new Promise((resolve) => server.on("exit", resolve));
    server.kill("SIGTERM");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

// Opens a page that must stay free of errors and of requests to anyone else; `close` checks that.
async function openPage(hash = "") {
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) problems.push(`request to ${request.url()}`);
  });
  await page.goto(`${origin}/${hash}`);
  return {
    page,
    close: async () => {
      await page.close();
      assert.deepEqual(problems, []);
    },
  };
}

async function search(page, text) {
  await page.getByRole("combobox").fill(text);
  await page.getByRole("option").first().waitFor();
}

// Clicks where the graph draws a node, once the drawing stands still.
async function clickNode(page, id, options = {}) {
  const canvas = page.locator(".canvas");
  const position = () =>
    canvas.evaluate((element, node) => element.graphView?.positionOf(node) ?? null, id);
  let before = null;
  for (let now = await position(), i = 0; i < 100; ++i, now = await position()) {
    if (now && before && Math.hypot(now.x - before.x, now.y - before.y) < 0.01) break;
    before = now;
    await page.waitForTimeout(100);
  }
  assert.ok(before, `node ${id} is not drawn`);
  const box = await canvas.boundingBox();
  // One move before the click: the drawing learns from it what is under the pointer.
  await page.mouse.move(box.x + before.x, box.y + before.y);
  await page.waitForTimeout(100);
  await page.mouse.click(box.x + before.x, box.y + before.y, options);
}

test("the start page says what the graph holds", async () => {
  const { page, close } = await openPage();
  const stats = await call("AdminService/GetStats", {});
  await page.locator(".numbers").waitFor();
  const numbers = await page.locator(".numbers dd").allTextContents();
  assert.equal(numbers[4], stats.articleCount);
  await close();
});

test("a search leads to a company, its deal, and the sentence behind it", async () => {
  const { page, close } = await openPage();
  await search(page, "衡川");
  await page.getByRole("option", { name: /衡川银行/ }).first().click();
  await page.getByRole("heading", { level: 2, name: /衡川银行/ }).waitFor();
  assert.match(page.url(), /#\/node\/\d+$/);

  const deal = page.locator(".deal", { hasText: "骥野" }).first();
  await deal.click();
  const mark = page.locator(".article mark.chosen").first();
  await mark.waitFor();
  const fact = new URLSearchParams(page.url().split("?")[1]).get("fact");
  const { evidence } = await call("GraphService/ExplainFact", { factId: fact });
  const chosen = async () => (await page.locator(".article mark.chosen").allTextContents()).join("");
  assert.equal(await chosen(), evidence[0].quote);
  assert.match(evidence[0].quote, /衡川银行/);
  const article = await call("GraphService/GetArticle", { articleId: evidence[0].articleId });
  const shown = await page.locator(".article-text").textContent();
  assert.equal(shown, `${article.title}\n${article.text}`);

  const text = await page.locator(".article-text").boundingBox();
  const place = await mark.boundingBox();
  assert.ok(place.y >= text.y && place.y < text.y + text.height, "the mark is scrolled into view");

  const other = evidence.findIndex(
    ({ articleId, quote }, i) => i > 0 && articleId === evidence[0].articleId && quote !== evidence[0].quote,
  );
  if (other > 0) {
    await page.locator(".quote").nth(other).click();
    await page.waitForFunction(
      (quote) =>
        [...document.querySelectorAll(".article mark.chosen")].map((e) => e.textContent).join("") === quote,
      evidence[other].quote,
    );
    await page.locator(".quote").first().click();
  }
  if (process.env.SCREENSHOT) {
    await page.waitForTimeout(1000);
    await page.screenshot({ path: process.env.SCREENSHOT });
  }

  // The address alone brings the same view back.
  await page.reload();
  await page.locator(".article mark").first().waitFor();
  await close();
});

test("a deal shows its price and stake, and each quote the words for them", async () => {
  await call("IngestService/IngestArticle", {
    article: {
      articleId: "terms",
      title: "岚桥电子以约3.5亿元收购砚海科技51%股权",
      text: "岚桥电子有限公司今日宣布，以约3.5亿元收购砚海科技有限公司51%股权。",
      published: "2025-04-02",
    },
  });
  const { page, close } = await openPage(`#/node/${await nodeIdOf("砚海科技")}`);
  await page.locator(".deal", { hasText: "岚桥" }).first().click();
  const terms = page.locator(".evidence-panel .terms");
  await terms.waitFor();
  assert.match((await terms.textContent()) ?? "", /≈ CNY 350M.*51%/);
  assert.equal(await terms.locator("dd").first().getAttribute("title"), "≈ CNY 350,000,000");
  assert.match((await page.locator(".quote").first().textContent()) ?? "", /约3.5亿元/);
  await close();
});

test("evidence beyond the first page is counted as more, and loaded", async () => {
  const copies = 60;
  for (let i = 0; i < copies; ++i) {
    await call("IngestService/IngestArticle", {
      article: {
        articleId: `many-${i}`,
        title: `岚桥电子与砚湖银行签署战略合作协议（第${i}次报道）`,
        text: `岚桥电子有限公司与砚湖银行今日签署战略合作协议。编号${i}。`,
        published: "2025-04-02",
      },
    });
  }
  const { page, close } = await openPage(`#/node/${await nodeIdOf("砚湖银行")}`);
  await page.locator(".deal", { hasText: "岚桥" }).first().click();
  const count = page.locator(".evidence-panel h2 small");
  await page.locator(".quote").first().waitFor();
  assert.equal(await count.textContent(), "50+");
  assert.equal(await page.locator(".quote").count(), 50);
  const more = page.locator(".evidence-panel").getByRole("button", { name: "Load more" });
  // An article may be evidence twice: by its title and by its text.
  let shown = 50;
  while ((await more.count()) > 0 && shown < 4 * copies) {
    await more.click();
    await page.locator(".quote").nth(shown).waitFor();
    shown = await page.locator(".quote").count();
  }
  assert.ok(shown >= copies, `${shown} quotes`);
  assert.equal(await count.textContent(), String(shown));
  await page.locator(".quote").nth(55).click();
  await page.locator(".article mark.chosen").first().waitFor();
  await close();
});

test("a click in the graph describes the node, a double click expands it", async () => {
  const bank = await nodeIdOf("衡川银行");
  const car = await nodeIdOf("骥野汽车");
  const { page, close } = await openPage(`#/node/${bank}`);
  await page.getByRole("heading", { level: 2, name: /衡川银行/ }).waitFor();
  const count = async () =>
    Number(/\((\d+)\)/.exec(await page.locator(".node-list summary").textContent())[1]);
  await clickNode(page, car);
  await page.getByRole("heading", { level: 2, name: /骥野/ }).waitFor();
  assert.match(page.url(), new RegExp(`node/${bank}\\?selected=${car}`));
  const few = await count();
  await clickNode(page, car, { clickCount: 2 });
  await page.getByRole("button", { name: "Reset" }).waitFor();
  assert.ok((await count()) > few, `more than ${few} nodes`);
  await page.goBack();
  await page.getByRole("heading", { level: 2, name: /衡川银行/ }).waitFor();
  await close();
});

test("legend, hops and the drawing of deals change the picture", async () => {
  const { page, close } = await openPage(`#/node/${await nodeIdOf("骥野汽车")}`);
  const count = async () =>
    Number(/\((\d+)\)/.exec(await page.locator(".node-list summary").textContent())[1]);
  await page.locator(".deal").first().waitFor();
  await page.waitForFunction(() => /\([1-9]/.test(document.querySelector(".node-list summary").textContent));
  const one = await count();
  await page.getByRole("button", { name: "2", exact: true }).click();
  await page.waitForFunction(
    (n) => Number(/\((\d+)\)/.exec(document.querySelector(".node-list summary").textContent)[1]) >= n,
    one,
  );
  assert.match(page.url(), /hops=2/);
  await page.getByLabel("Deals as nodes").uncheck();
  await page.getByRole("button", { name: "partner of" }).waitFor();
  const person = page.locator(".legend").getByRole("button", { name: "Person" });
  await person.click();
  assert.equal(await person.getAttribute("aria-pressed"), "false");
  await close();
});

test("the keyboard alone finds a company by its pinyin", async () => {
  const { page, close } = await openPage();
  await page.locator(".numbers").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("hengchuan");
  await page.getByRole("option", { name: /衡川/ }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 2, name: /衡川/ }).waitFor();
  await close();
});

test("Chinese is drawn with real glyphs, in both languages of the page", async () => {
  const { page, close } = await openPage();
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByRole("heading", { name: "谁与谁合作，谁说的" }).waitFor();
  // A font without the characters draws the same box for all of them.
  const different = await page.evaluate(() => {
    const pixels = (text) => {
      const canvas = document.createElement("canvas");
      const drawing = canvas.getContext("2d");
      drawing.font = `32px ${getComputedStyle(document.body).fontFamily}`;
      drawing.fillText(text, 4, 40);
      return drawing.getImageData(0, 0, 60, 60).data.join();
    };
    return new Set(["商", "汤", "銀", "滙"].map(pixels)).size;
  });
  assert.equal(different, 4);
  await page.getByRole("button", { name: "English" }).click();
  await close();
});

test("nothing found and unknown nodes are said, not hidden", async () => {
  const { page, close } = await openPage();
  await page.getByRole("combobox").fill("zzqqxx");
  await page.getByText("No match").waitFor();
  await close();
  const unknown = await context.newPage();
  await unknown.goto(`${origin}/#/node/999999999`);
  await unknown.getByRole("alert").first().waitFor();
  assert.match(await unknown.getByRole("alert").first().textContent(), /NotFound/);
  await unknown.close();
});

test("a narrow window shows everything without scrolling sideways", async () => {
  const { page, close } = await openPage(`#/node/${await nodeIdOf("衡川银行")}`);
  await page.locator(".deal").first().waitFor();
  for (const width of [1280, 900, 400]) {
    await page.setViewportSize({ width, height: 800 });
    await page.waitForTimeout(200);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.ok(overflow <= 0, `${overflow} px too wide at ${width}`);
  }
  await close();
});
