// What a parent does, from the first application to the last day: every button of the parent's pages is pressed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "../lib/browser.mjs";
import { startDistrict } from "../lib/server.mjs";
import { PDF, applications, as, follow, go, iin, moveClock, picture, press, seen } from "../lib/visit.mjs";

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

test("a family applies: mistakes keep what was typed, and a form sent again applies once", async () => {
  const page = await as(browser, url, "Parent", "has a newborn");
  await go(page, `${url}/en/apply`);
  await page.fill("[name=iin]", "210412500011");
  await page.fill("[name=surname]", "Жұлдызов");
  await page.fill("[name=born-day]", "12");
  await page.fill("[name=born-month]", "4");
  await page.fill("[name=born-year]", "2031");
  await page.check("[value=large_family]");
  const file = (name, buffer) => ({ name, mimeType: "application/pdf", buffer });
  await page.setInputFiles("[name=paper-benefit]", file("paper.pdf", Buffer.from("<html>")));
  let words = await press(page, "Send the application");
  assert.match(words, /Check the IIN[^]*in the future[^]*neither PDF/);
  assert.equal(await page.inputValue("[name=surname]"), "Жұлдызов");
  assert.ok(await page.isChecked("[value=large_family]"));
  await picture(page, "apply-mistakes");

  await page.fill("[name=iin]", iin("2021-04-12", "boy", 1));
  await page.fill("[name=given]", "Алан");
  await page.fill("[name=born-year]", "2021");
  await page.fill("[name=address]", "Абай көшесі, 1-үй");
  await page.setInputFiles("[name=paper-benefit]", file("paper.pdf", PDF));
  const typed = await page.locator("main form").evaluate((one) => [...new FormData(one)].filter(([, value]) => typeof value === "string"));
  // Two clicks on a slow phone send the form twice.
  await page.getByRole("button", { name: "Send the application" }).dblclick();
  await page.waitForURL(/done=applied/);
  words = await seen(page);
  assert.match(words, /The application is registered[^]*originals of the benefit papers[^]*as number [\d,]+/);
  assert.equal((await applications(page, url)).length, 1);
  const twin = await page.context().newPage();
  // The same child in a new form: refused with words, the form as typed.
  await go(twin, `${url}/en/apply`);
  for (const [name, value] of typed.filter(([name]) => /^(iin|surname|given|born-|address|phone)/.test(name))) {
    await twin.fill(`[name=${name}]`, value);
  }
  words = await press(twin, "Send the application");
  assert.match(words, /already/i);
  assert.equal(await twin.inputValue("[name=given]"), "Алан");
  await twin.close();
});

test("benefits are claimed and given up, interest is confirmed, contacts are changed", async () => {
  const page = await as(browser, url, "Parent", "has a newborn");
  const [application] = await applications(page, url);
  await go(page, `${application}/benefits`);
  await page.uncheck("[value=large_family]");
  await page.check("[value=orphan]");
  let words = await press(page, "Save");
  assert.match(words, /large family: given up[^]*Orphan: originals awaited|Orphan: originals awaited[^]*large family: given up/);
  words = await press(page, "Confirm my interest in a place");
  assert.match(words, /Done/);
  words = await go(page, `${application}/history`);
  assert.match(words, /registered/);
  await go(page, `${url}/en/my/contacts`);
  await page.fill("[name=phone]", "12");
  words = await press(page, "Save");
  assert.match(words, /Please correct/);
  assert.equal(await page.inputValue("[name=phone]"), "12");
  await page.fill("[name=phone]", "+7 701 555 44 33");
  await press(page, "Save");
  await go(page, `${url}/en/my/contacts`);
  assert.equal((await page.inputValue("[name=phone]")).replaceAll(" ", ""), "+77015554433");
  words = await go(page, `${url}/en/my/notices`);
  assert.match(words, /is registered and stands in the queue/);
  await go(page, `${url}/en/my/looks`);
});

test("a wish list is made by buttons, and a stale page changes nothing", async () => {
  const page = await as(browser, url, "Parent", "near the end");
  const [application] = await applications(page, url);
  await go(page, `${application}/wishes`);
  const add = async (at) => {
    await page.selectOption("[name=organisation]", { index: at });
    return press(page, /^Add/);
  };
  await add(1);
  await add(2);
  const words = await add(2);
  assert.match(words, /Please correct/, "a kindergarten stands in a list once");
  await go(page, `${application}/wishes`);
  const stale = await page.context().newPage();
  await go(stale, `${application}/wishes`);
  const titles = () => page.locator(".kezek-card h2").allInnerTexts();
  const [one, two] = (await titles()).map((title) => title.replace(/^\d\. /, ""));
  await press(page, /^Down/);
  assert.deepEqual(await titles(), [`1. ${two}`, `2. ${one}`]);
  assert.match(await press(stale, /^Remove/), /Nothing has changed|changed in the meantime/i);
  await go(page, `${application}/wishes`);
  assert.deepEqual(await titles(), [`1. ${two}`, `2. ${one}`]);
  await press(page, /^Remove/);
  assert.deepEqual(await titles(), [`1. ${one}`]);
  await picture(page, "wishes-buttons");
});

test("twins take their wish lists back to choose by hand", async () => {
  const page = await as(browser, url, "Parent", "twins");
  for (const application of await applications(page, url)) {
    await go(page, `${application}/wishes`);
    while (await page.getByRole("button", { name: /^Remove/ }).count()) await press(page, /^Remove/);
    assert.match(await seen(page), /The list is empty/);
  }
});

test("the evening and the morning open places to choose by hand", async () => {
  const page = await as(browser, url, "Parent", "a window opens tomorrow, no wish list");
  const [application] = await applications(page, url);
  await moveClock(page, "bulletin");
  await moveClock(page, "opening");
  let words = await go(page, application);
  assert.match(words, /Priority access is open to you/);
  await picture(page, "window-open");
  await go(page, `${application}/places`);
  await picture(page, "places-to-choose");
  const places = await page.locator("main a[href*='/places/']").evaluateAll((links) => links.map((link) => link.href));
  assert.ok(places.length > 1, "there is a choice");
  const other = await page.context().newPage();
  await go(other, places[1]);
  await go(page, places[0]);
  await picture(page, "claim");
  words = await press(page, "Get the referral");
  assert.match(words, /The referral is issued/);
  await picture(page, "claimed");
  // The other tab comes too late, and nothing is lost.
  words = await press(other, "Get the referral");
  assert.match(words, /changed|already has a live referral/);

  await go(page, application);
  await follow(page, "Extend the referral");
  words = await press(page, "Extend the referral");
  assert.match(words, /Please correct/, "a reason is asked for");
  await page.check("[value=illness]");
  words = await press(page, "Extend the referral");
  assert.match(words, /Done/);
  words = await go(page, `${application}/history`);
  assert.match(words, /extended/i);
  await picture(page, "history-of-a-referral");
  await go(page, application);
  await follow(page, "Give the referral back");
  words = await press(page, "Yes, do it");
  assert.match(words, /given back/);
});

test("twins get one kindergarten at once", async () => {
  const page = await as(browser, url, "Parent", "twins");
  await go(page, `${url}/en/my/family`);
  let words = await press(page, "Get");
  assert.match(words, /Please correct/);
  const dates = (await page.locator(".govuk-checkboxes__label").allInnerTexts()).map((label) => label.match(/\(.*\)/)[0]);
  const twins = dates.flatMap((date, at) => (dates.indexOf(date) !== dates.lastIndexOf(date) ? [at] : []));
  assert.equal(twins.length, 2, "twins are born on one day");
  for (const at of twins) await page.locator("[name=applications]").nth(at).check();
  await page.selectOption("[name=organisation]", { index: 0 });
  await picture(page, "siblings");
  words = await press(page, "Get");
  const issued = words.match(/A referral is issued: (.*?)\. Bring/g);
  assert.equal(issued?.length, 2, words);
  assert.equal(issued[0], issued[1], "one kindergarten");
});

test("why a number moved is told, and the state is shown without signing in", async () => {
  const page = await as(browser, url, "Parent", "near the end");
  const [application] = await applications(page, url);
  await go(page, application);
  await page.locator("summary").first().click();
  const words = await picture(page, "why");
  assert.match(words, /got a place|received|referral|moved|registered/i);
  const number = application.split("/").at(-1);
  const born = /date of birth\s+(\d\d)\.(\d\d)\.(\d{4})/.exec(words);
  const visitor = await browser.newPage();
  await go(visitor, `${url}/en/state`);
  await visitor.fill("[name=number]", number);
  for (const [at, part] of ["day", "month", "year"].entries()) await visitor.fill(`[name=born-${part}]`, born[at + 1]);
  await visitor.locator("main form button").click();
  assert.match(await picture(visitor, "state-found"), /as number/);
  await visitor.goBack();
  await visitor.fill("[name=number]", number);
  for (const [at, part] of ["day", "month", "year"].entries()) await visitor.fill(`[name=born-${part}]`, ["1", "1", "2018"][at]);
  await visitor.locator("main form button").click();
  assert.doesNotMatch(await seen(visitor), /as number/, "without the second fact nothing is told");
});

test("an application is withdrawn", async () => {
  const page = await as(browser, url, "Parent", "has a newborn");
  const [application] = await applications(page, url);
  await go(page, application);
  await follow(page, "Withdraw the application");
  const words = await press(page, "Yes, do it");
  assert.match(words, /archive/i);
  await picture(page, "withdrawn");
});
