// A campaign's evening and morning as people live it: wish list, bulletin, opening, referral, papers, enrolment.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { startCity } from "../lib/server.mjs";
import { applications, as, go, moveClock, picture } from "../lib/visit.mjs";

let server;
let browser;
before(async () => {
  server = await startCity();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("a wish list lodged in the evening brings a referral in the morning", async () => {
  const { url } = server;
  const page = await as(browser, url, "Parent", "a window opens tomorrow, a wish list is lodged");
  const [application] = await applications(page, url);
  await go(page, application);
  await picture(page, "family-evening");
  await go(page, `${application}/wishes`);
  await picture(page, "wishes");

  await moveClock(page, "bulletin");
  let words = await go(page, `${url}/en/bulletin`);
  assert.match(words, /24,297 places[^]*born in 2019\s+6,074[^]*/);
  await picture(page, "bulletin");
  await page.locator("main a", { hasText: "born in 2018" }).click();
  assert.match(await picture(page, "bulletin-of-a-year"), /Places handed over: born in 2018/);

  await go(page, application);
  await moveClock(page, "opening");
  words = await go(page, application);
  await picture(page, "family-morning");
  assert.match(words, /A referral is issued/);
  await go(page, `${application}/history`);
  await picture(page, "history");
  words = await go(page, `${url}/en/referrals`);
  assert.match(words, /by the wish list/);
  await picture(page, "protocol");
  await go(page, `${url}/en/queue`);
  await picture(page, "queues");
  await page.locator("main a", { hasText: "2018" }).click();
  await picture(page, "queue-of-a-year");
  await go(page, `${url}/en/places`);
  await picture(page, "places");
});
