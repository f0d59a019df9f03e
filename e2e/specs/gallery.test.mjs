// The components in a real browser: they fit a phone, everybody can use them, Kazakh letters are drawn by our font.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LANGUAGES, checkPage, launch, open, shots } from "../lib/browser.mjs";
import { startGallery } from "../lib/server.mjs";

let server;
let browser;
before(async () => {
  server = await startGallery();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const language of LANGUAGES) {
  test(`the components fit a phone and can be used by everybody (${language})`, async () => {
    const page = await open(browser);
    await page.goto(`${server.url}/${language}/gallery`);
    await shots(page, `gallery-${language}`);
    await checkPage(page);
    await page.goto(`${server.url}/${language}/gallery/503`);
    await shots(page, `error-503-${language}`);
    await checkPage(page);
  });
}

test("Kazakh letters are drawn by Golos Text", async () => {
  const page = await open(browser);
  await page.goto(`${server.url}/kk/gallery`);
  await page.evaluate(() => document.fonts.ready);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("DOM.enable");
  await devtools.send("CSS.enable");
  const { root } = await devtools.send("DOM.getDocument");
  const { nodeId } = await devtools.send("DOM.querySelector", { nodeId: root.nodeId, selector: ".kezek-lead + p" });
  const { fonts } = await devtools.send("CSS.getPlatformFontsForNode", { nodeId });
  assert.deepEqual([...new Set(fonts.map((font) => font.familyName))], ["Golos Text"]);
});

test("the language switch keeps the page and everything works without scripts", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${server.url}/kk/gallery?page=5`);
  await page.getByRole("link", { name: "Русский" }).click();
  assert.equal(new URL(page.url()).pathname, "/ru/gallery");
  await page.getByText("Почему мой номер изменился?").click();
  assert.ok(await page.locator(".govuk-details__text").isVisible());
  await context.close();
});
