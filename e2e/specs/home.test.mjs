// The first page of the running service.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LANGUAGES, checkPage, launch, open, shots } from "../lib/browser.mjs";
import { startDistrict } from "../lib/server.mjs";

let server;
let browser;
before(async () => {
  server = await startDistrict();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const language of LANGUAGES) {
  test(`the home page opens (${language})`, async () => {
    const page = await open(browser);
    const answer = await page.goto(`${server.url}/${language}/`);
    assert.equal(answer.status(), 200);
    assert.equal(await page.locator("html").getAttribute("lang"), language);
    await shots(page, `home-${language}`);
    await checkPage(page);
  });
}

test("without a language the browser's own is chosen", async () => {
  const context = await browser.newContext({ locale: "ru-KZ" });
  const page = await context.newPage();
  await page.goto(`${server.url}/`);
  assert.equal(new URL(page.url()).pathname, "/ru/");
  await context.close();
});
