// What a kindergarten does: groups, places of three kinds, referrals, enrolment.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { startDistrict } from "../lib/server.mjs";
import { as, follow, go, moveClock, picture, press } from "../lib/visit.mjs";

let server;
let browser;
let url;
before(async () => {
  server = await startDistrict();
  url = server.url;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const kindergarten = () => as(browser, url, "Kindergarten", "a state kindergarten");

test("a group is opened and its places are published in three modes", async () => {
  const page = await kindergarten();
  await follow(page, "Open a new group");
  await page.fill("[name=name]", "Күншуақ");
  await page.fill("[name=cohort]", "x");
  await page.fill("[name=capacity]", "20");
  let words = await press(page, "Show what will happen");
  assert.match(words, /Please correct/);
  assert.equal(await page.inputValue("[name=name]"), "Күншуақ");
  await page.fill("[name=cohort]", "2018");
  await page.fill("[name=enrolled]", "2");
  words = await press(page, "Show what will happen");
  assert.match(words, /Group: Күншуақ\. Capacity: 20/);
  await picture(page, "garden-group");
  words = await press(page, "Carry out");
  assert.match(words, /Күншуақ/);

  const publish = async (mode, count, fill = {}) => {
    await go(page, `${url}/en/garden/publish`);
    await page.selectOption("[name=group]", { label: await page.locator("[name=group] option", { hasText: "Күншуақ" }).innerText() });
    await page.fill("[name=count]", String(count));
    await page.check(`[name=mode][value=${mode}]`);
    for (const [name, value] of Object.entries(fill)) await page.fill(`[name=${name}]`, value);
    return press(page, "Show what will happen");
  };
  words = await publish("general", 19);
  assert.doesNotMatch(words, /Places for the bulletin: 19/, "no place past the capacity");
  await picture(page, "garden-publish-too-many");
  words = await publish("general", 5);
  assert.match(words, /Places for the bulletin: 5/);
  await picture(page, "garden-publish");
  assert.match(await press(page, "Carry out"), /handed over to the next bulletin/);
  await publish("early", 3, { "free-from": "2021-08-02" });
  assert.match(await press(page, "Carry out"), /handed over to the next bulletin/);
  await publish("temporary", 1, { "stay-until": "2021-08-20" });
  assert.match(await press(page, "Carry out"), /handed over to the next bulletin/);
  await go(page, `${url}/en/garden`);
  await picture(page, "garden");
});

test("places are taken back with a reason, and early ones become free before their day", async () => {
  const page = await kindergarten();
  const open = (row) => page.locator("main tr", { hasText: "Күншуақ" }).filter({ hasText: row }).locator("a[href*='/vacancies/']").first().click();
  await open("generally established");
  let words = await press(page, "Show what will happen");
  assert.match(words, /Please correct/, "a reason is asked for");
  await page.check("[value=repair]");
  words = await press(page, "Show what will happen");
  assert.match(words, /Taken back: not yet published – 1/);
  await picture(page, "garden-withdraw");
  assert.match(await press(page, "Carry out"), /Done/);
  await go(page, `${url}/en/garden`);
  await open("early booking");
  await follow(page, /free/i);
  await picture(page, "garden-free-early");
  assert.match(await press(page, "Mark as free"), /The place is marked as free/);
});

test("after the opening families come: originals, enrolment, a refusal, leaving", async () => {
  const page = await kindergarten();
  await moveClock(page, "bulletin");
  await moveClock(page, "opening");
  await go(page, `${url}/en/garden/referrals`);
  await picture(page, "garden-referrals");
  const referrals = await page.locator("main table a").evaluateAll((links) => links.map((link) => link.href));
  assert.ok(referrals.length > 2, "families come");

  await go(page, referrals[0]);
  assert.equal(await page.locator("main").getByRole("link", { name: "Enrol" }).count(), 0, "first the originals");
  await follow(page, "Confirm the originals");
  assert.match(await press(page, "Confirm the originals"), /Done/);
  await go(page, referrals[0]);
  await picture(page, "garden-referral");
  await follow(page, /Enrol/);
  await picture(page, "garden-enrol");
  assert.match(await press(page, /Enrol|Carry out/), /enrolled/i);

  await go(page, referrals[1]);
  await follow(page, "medical contraindications");
  await picture(page, "garden-refuse");
  assert.match(await press(page, /Refuse|Carry out/), /Done/);

  await go(page, `${url}/en/garden/children`);
  await picture(page, "garden-children");
  await follow(page, "The child leaves");
  assert.match(await press(page, "Note that the child left"), /Done/);
});
