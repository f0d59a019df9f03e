// A family takes the receipt of its application and checks it: on the page, from a saved copy without the network, with
// the picture for a phone; a changed byte is found; nothing of it reaches a server.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { checkPage, launch, open, shots } from "../lib/browser.mjs";
import { startDistrict } from "../lib/server.mjs";
import { applications, as, go, picture } from "../lib/visit.mjs";

const CHECKED_WITHIN_MS = 100;

let server;
let browser;
let url;
let folder;
before(async () => {
  server = await startDistrict({ RUST_LOG: "debug" });
  url = server.url;
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), "kezek-receipts-"));
});
after(async () => {
  await browser?.close();
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

/** Opens the receipt's page, again while the register is not published so far. */
async function receiptPage(page, address) {
  for (let tries = 0; tries < 120; tries += 1) {
    await page.goto(address);
    if ((await page.locator("a[download]").count()) > 0) return;
    await page.waitForTimeout(1000);
  }
  throw new Error(`${address} stays unpublished`);
}

async function download(page) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator("a[download]").first().click()]);
  const path = join(folder, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

/** Words of the verdict, and how long it took. */
async function verdict(page) {
  await page.locator("#result:not([hidden])").waitFor();
  const took = await page.evaluate(() => performance.getEntriesByName("kezek-verify").at(-1).duration);
  return { words: await page.locator("#result").innerText(), took };
}

test("a receipt is taken, checked in the browser, and a changed one is found", async (context) => {
  const page = await as(browser, url, "Parent", "near the end");
  const asked = [];
  page.context().on("request", (request) => asked.push(`${request.url()} ${request.postData() ?? ""}`));
  const [application] = await applications(page, url);
  const number = application.split("/").at(-1);
  const words = await go(page, application);
  await shots(page, "application");
  assert.match(words, /Receipt of the application/);
  await receiptPage(page, `${application}/receipt`);
  await picture(page, "receipt");
  const path = await download(page);
  assert.ok(path.endsWith(`receipt-application-${number}.tlog-proof`));
  const receipt = readFileSync(path, "utf8");

  await page.goto(`${url}/en/verify`);
  await checkPage(page);
  await shots(page, "verify");
  await page.setInputFiles("#file", path);
  const good = await verdict(page);
  context.diagnostic(`checked in ${good.took.toFixed(1)} ms`);
  assert.match(good.words, new RegExp(`The receipt holds[^]*Application No\\.\\s${number} stands in the register`));
  assert.match(good.words, /Date of birth\n+\d\d\.\d\d\.\d{4}/);
  assert.ok(good.took <= CHECKED_WITHIN_MS, `checked in ${good.took} ms`);
  await checkPage(page);
  await shots(page, "verify-holds");
  // The same words in another language, without asking anybody.
  const before = asked.length;
  await page.locator("[data-language=kk]").click();
  assert.match((await verdict(page)).words, /Түбіртек дұрыс[^]*Туған күні/);
  await checkPage(page);
  await shots(page, "verify-holds-kk");
  assert.equal(asked.length, before);
  await page.locator("[data-language=en]").click();

  const flipped = Buffer.from(receipt);
  flipped[receipt.indexOf("extra ") + 200] ^= 1;
  const wrong = join(folder, "wrong.tlog-proof");
  writeFileSync(wrong, flipped);
  await page.setInputFiles("#file", wrong);
  assert.match((await verdict(page)).words, /The receipt does not hold[^]*keep the file/);
  await checkPage(page);
  await shots(page, "verify-fails");
  await page.fill("#paste", receipt);
  await page.click("#check");
  assert.match((await verdict(page)).words, /The receipt holds/);

  const secrets = secretsOf(receipt);
  for (const one of asked) {
    for (const secret of secrets) assert.ok(!one.includes(secret), `${one} carries what the receipt opens`);
    assert.ok(!one.includes("tlog-proof@") && !one.includes("#r="), one);
  }
  for (const line of server.said) {
    for (const secret of secrets) assert.ok(!line.includes(secret), `the log carries what a receipt opens: ${line}`);
  }
  assert.ok(server.said.length > 1, "the server said something");
});

/** What nobody but the family may hear of: the salt, what it opens, the packed receipt. */
function secretsOf(receipt) {
  const { salt, hidden } = JSON.parse(Buffer.from(/extra (.*)/.exec(receipt)[1], "base64"));
  assert.ok(salt && hidden.length > 0);
  const values = hidden.map((one) => one.value).filter((value) => value.length > 8);
  return [salt, /extra (.*)/.exec(receipt)[1].slice(0, 60), ...values];
}

test("the picture opens the page with the receipt behind the hash", async () => {
  const page = await as(browser, url, "Parent", "near the end");
  const [application] = await applications(page, url);
  await page.setViewportSize({ width: 390, height: 844 });
  await receiptPage(page, `${application}/receipt`);
  const image = PNG.sync.read(await page.locator(".kezek-qr svg").screenshot());
  const read = jsQR(new Uint8ClampedArray(image.data), image.width, image.height);
  assert.ok(read, "the picture of a phone's width can be read");
  assert.ok(read.data.startsWith(`${url}/en/verify#r=`), read.data);
  const phone = await open(browser);
  const asked = [];
  phone.on("request", (request) => asked.push(request.url()));
  await phone.goto(read.data);
  const { words, took } = await verdict(phone);
  assert.match(words, /The receipt holds/);
  assert.ok(took <= CHECKED_WITHIN_MS, `checked in ${took} ms`);
  assert.deepEqual(asked.map((one) => one.split("#")[0]), [`${url}/en/verify`], "one page and nothing else");
  await phone.close();
});

test("a saved copy works with the network off, and without scripts there are words", async () => {
  const parent = await as(browser, url, "Parent", "near the end");
  const [application] = await applications(parent, url);
  await receiptPage(parent, `${application}/receipt`);
  const receipt = await download(parent);
  await parent.goto(`${url}/ru/verify`);
  const saved = await download(parent);
  assert.ok(saved.endsWith("kezek-verify.html"));
  // Ctrl+S writes the page as it stands, with what the script has done.
  await parent.setInputFiles("#file", receipt);
  await verdict(parent);
  const kept = join(folder, "kept.html");
  writeFileSync(kept, await parent.evaluate(() => `<!DOCTYPE html>${document.documentElement.outerHTML}`));

  for (const copy of [saved, kept]) {
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    const refused = [];
    page.on("console", (message) => refused.push(message.text()));
    await page.goto(pathToFileURL(copy).href);
    assert.ok(await page.locator("#result").isHidden(), "nothing is said before a receipt is there");
    await page.setInputFiles("#file", receipt);
    const { words, took } = await verdict(page);
    assert.match(words, /Квитанция верна/);
    assert.ok(took <= CHECKED_WITHIN_MS, `checked in ${took} ms`);
    assert.deepEqual(refused, [], "the browser refused nothing");
    await context.close();
  }
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${url}/en/verify`);
  assert.match(await page.locator("main").innerText(), /scripts switched off/);
  await context.close();
});
