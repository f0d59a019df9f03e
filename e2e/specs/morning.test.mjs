// A campaign's evening and morning as people live it: wish list, bulletin, opening, referral, papers, enrolment.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkPage, launch, open, shots } from "../lib/browser.mjs";
import { startKezek } from "../lib/server.mjs";

let server;
let browser;
before(async () => {
  server = await startKezek();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Signs in as the first made-up person of a role, the one with these words about it. */
async function signIn(page, role, about = "") {
  await page.goto(`${server.url}/en/sign-in`);
  const ofRole = page.locator(".kezek-card", { has: page.locator(".govuk-tag", { hasText: role }) });
  await ofRole.filter({ hasText: about }).first().locator("button").click();
  assert.match(page.url(), /signed-in/);
}

async function moveClock(page, step) {
  await page.locator(`form[action$='/demo/clock'] [name=step][value=${step}]`).click();
}

async function myApplication(page) {
  await page.goto(`${server.url}/en/my`);
  const hrefs = await page.locator("main a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  const found = hrefs.find((href) => /\/my\/\d+$/.test(href));
  assert.ok(found, "the parent has an application");
  return found;
}

test("a wish list lodged in the evening brings a referral in the morning", async () => {
  const page = await open(browser);
  await signIn(page, "Parent", "a window opens tomorrow, a wish list is lodged");
  const application = await myApplication(page);
  await checkPage(page);
  await page.goto(server.url + application);
  await checkPage(page);
  await shots(page, "family-evening");
  await page.goto(`${server.url}${application}/wishes`);
  await checkPage(page);
  await shots(page, "wishes");

  await moveClock(page, "bulletin");
  await page.goto(`${server.url}/en/bulletin`);
  await checkPage(page);
  await shots(page, "bulletin");
  assert.match(await page.locator("main").innerText(), /6,?074|24,?297/);

  await page.goto(server.url + application);
  await moveClock(page, "opening");
  await page.goto(server.url + application);
  await checkPage(page);
  await shots(page, "family-morning");
  const sentence = await page.locator("main").innerText();
  assert.match(sentence, /referral/i);
  await page.goto(`${server.url}${application}/history`);
  await checkPage(page);
  await shots(page, "history");
});

test("the provider's desk", async () => {
  const page = await open(browser);
  await signIn(page, "Service provider");
  for (const path of ["desk", "desk/stop-list", "desk/profile", "desk/monthly", "desk/extend", "desk/apply"]) {
    const answer = await page.goto(`${server.url}/en/${path}`);
    assert.equal(answer.status(), 200, path);
    await checkPage(page);
    await shots(page, path.replace("/", "-"));
  }
});

test("the desk of a kindergarten", async () => {
  const page = await open(browser);
  await signIn(page, "Kindergarten");
  for (const path of ["garden", "garden/publish", "garden/referrals", "garden/children"]) {
    const answer = await page.goto(`${server.url}/en/${path}`);
    assert.equal(answer.status(), 200, path);
    await checkPage(page);
    await shots(page, path.replace("/", "-"));
  }
});
