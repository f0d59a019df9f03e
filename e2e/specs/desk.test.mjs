// What the provider does: papers, stop-list, monthly request, acts, applications at the office, imports.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../lib/browser.mjs";
import { startDistrict } from "../lib/server.mjs";
import { as, follow, go, iin, picture, press, seen } from "../lib/visit.mjs";

const EXAMPLES = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "examples");
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

/** The act that changes something for everybody: its number and date. */
async function fillAct(page) {
  await page.fill("[name=act-number]", "15-қ");
  await page.fill("[name=act-date]", "2021-06-09");
}

/** Opens the first application of the work list; its number. */
async function openFirst(page, show) {
  await go(page, `${url}/en/desk?show=${show}`);
  const link = page.locator("main table a").first();
  const number = await link.innerText();
  await link.click();
  await seen(page);
  return number;
}

test("papers are looked at, confirmed and rejected", async () => {
  const page = await as(browser, url, "Service provider");
  const words = await picture(page, "desk");
  assert.match(words, /Waiting to be checked: \d+/);
  const first = await openFirst(page, "benefits");
  await press(page, "The originals are shown now");
  assert.match(await picture(page, "desk-application"), /Minutes left to confirm: \d+/);
  assert.match(await press(page, "Confirm"), /The benefit is confirmed/);
  const second = await openFirst(page, "benefits");
  assert.notEqual(first, second, "what was confirmed waits no more");
  await follow(page, "not proved");
  await picture(page, "desk-reject");
  assert.match(await press(page, "Reject the benefit"), /the family is told/);
  await openFirst(page, "referrals");
  assert.match(await press(page, "Confirm the originals"), /originals are confirmed/i);
  // The family sees who looked.
  await go(page, `${url}/en/desk?number=${first}`);
  assert.match(page.url(), new RegExp(`/desk/applications/${first}$`));
});

test("an application is closed with a reason, and the stop-list is shown", async () => {
  const page = await as(browser, url, "Service provider");
  await go(page, `${url}/en/desk/applications/2000`);
  await follow(page, "The child is found in another kindergarten");
  assert.match(await picture(page, "desk-close"), /stop-list/);
  assert.match(await press(page, "Carry out"), /Carried out/);
  const words = await go(page, `${url}/en/desk/stop-list`);
  assert.match(words, /2000\s/);
  await picture(page, "desk-stop-list");
  await page.selectOption("[name=reason]", "already_enrolled");
  await press(page, "Show");
  assert.equal(await page.locator("main tbody tr").count(), 1);
  await go(page, `${url}/en/desk/applications/2000`);
  await follow(page, "The child has left that kindergarten");
  assert.match(await press(page, "Carry out"), /Carried out/);
});

test("a wrong birth date is put right", async () => {
  const page = await as(browser, url, "Service provider");
  await go(page, `${url}/en/desk/applications/2000`);
  await follow(page, "Correct the date of birth");
  assert.match(await press(page, "Show what will happen"), /Please correct/);
  for (const [part, value] of [["day", "3"], ["month", "4"], ["year", "2019"]]) await page.fill(`[name=born-${part}]`, value);
  assert.match(await press(page, "Show what will happen"), /the date of birth is 03\.04\.2019/);
  await picture(page, "desk-birth-date");
  assert.match(await press(page, "Carry out"), /The date of birth is corrected[^]*year of birth: 2019/);
});

test("the monthly request goes out as a table and the answers come back in it", async () => {
  const page = await as(browser, url, "Service provider");
  await go(page, `${url}/en/desk/monthly`);
  await picture(page, "desk-monthly");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download" }).click()]);
  const lines = readFileSync(await download.path(), "utf8").replace(/^\ufeff/, "").trimEnd().split(/\r?\n/);
  assert.ok(lines.length > 3, "there is somebody to ask about");
  const answered = lines.map((line, at) => (at === 0 ? line : `${line.replace(/[^,;]*$/, "")}${at === 1 ? "no" : "yes"}`));
  const file = (text, name = "answers.csv") => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.setInputFiles("[name=answers]", file(answered.join("\n").replace("yes", "perhaps")));
  assert.match(await press(page, "Show what will happen"), /Please correct/);
  await page.setInputFiles("[name=answers]", file(answered.join("\n")));
  const words = await press(page, "Show what will happen");
  assert.match(words, /the benefit is taken off/);
  await picture(page, "desk-monthly-answers");
  assert.match(await press(page, "Carry out"), /Done/);
});

test("the rule profile is changed by an act from a date", async () => {
  const page = await as(browser, url, "Service provider");
  await go(page, `${url}/en/desk/profile/change`);
  await page.fill("[name=window_working_days]", "900000");
  let words = await press(page, "Show what will happen");
  assert.match(words, /Please correct[^]*number of the act/);
  assert.equal(await page.inputValue("[name=window_working_days]"), "900000");
  await page.fill("[name=window_working_days]", "5");
  await fillAct(page);
  await page.fill("[name=valid-from]", "2021-07-01");
  words = await press(page, "Show what will happen");
  assert.match(words, /What will happen[^]*2021/);
  await picture(page, "desk-profile-change");
  words = await press(page, "Carry out");
  assert.match(words, /15-қ/);
  await picture(page, "desk-profile");
});

test("terms are lengthened and openings halted by acts", async () => {
  const page = await as(browser, url, "Service provider");
  await go(page, `${url}/en/desk/extend`);
  await page.fill("[name=until-date]", "2021-06-30");
  await page.fill("[name=until-time]", "18:00");
  await fillAct(page);
  assert.match(await press(page, "Show what will happen"), /Lengthened: open windows – \d+, referrals – \d+/);
  await picture(page, "desk-extend");
  assert.match(await press(page, "Carry out"), /The terms are lengthened/);
  await go(page, `${url}/en/desk/freeze`);
  await page.fill("[name=from]", "2021-08-20");
  await page.fill("[name=to]", "2021-08-10");
  await fillAct(page);
  assert.match(await press(page, "Show what will happen"), /last day cannot be before/);
  await page.fill("[name=to]", "2021-08-31");
  assert.match(await press(page, "Show what will happen"), /No bulletin and no opening/);
  await picture(page, "desk-freeze");
  assert.match(await press(page, "Carry out"), /The halt is recorded/);
});

test("an application is taken at the office", async () => {
  const page = await as(browser, url, "State Corporation");
  await go(page, `${url}/en/desk/apply`);
  let words = await press(page, /application/i);
  assert.match(words, /Please correct/);
  const type = async (fields) => {
    for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, value);
  };
  await type({ "parent-iin": iin("1990-02-03", "girl", 1), "parent-surname": "Көлбаева", "parent-given": "Сәуле" });
  await type({ iin: iin("2020-05-06", "girl", 1), surname: "Көлбаева", given: "Дана", address: "Бұлақ көшесі, 5-үй" });
  await type({ "born-day": "6", "born-month": "5", "born-year": "2020" });
  await type({ phone: "+7 701 000 11 22" });
  await picture(page, "desk-apply");
  words = await press(page, /application/i);
  assert.match(words, /Application No\. \d+/);
  await picture(page, "desk-applied");
});

test("an earlier queue is imported whole or not at all", async () => {
  const page = await as(browser, url, "Service provider");
  const load = async (what, name, change = (bytes) => bytes) => {
    await go(page, `${url}/en/desk/import`);
    await page.check(`[name=what][value=${what}]`);
    const buffer = change(readFileSync(join(EXAMPLES, name)));
    await page.setInputFiles("[name=file]", { name, mimeType: "text/csv", buffer });
    return press(page, "Check");
  };
  const here = (text) => text.replaceAll("Самал,", "Елорда (көрсетілім),").replaceAll("«Шипа»", "«Таң нұры»");
  const changed = (change) => (bytes) => Buffer.from(change(bytes.toString()));
  let words = await load("queue", "queue.csv", () => Buffer.from("%PDF-1.4 not a table"));
  assert.match(words, /Please correct/);
  words = await load("organisations", "organisations.csv", changed(here));
  assert.match(words, /New kindergartens: 5, new groups: 7/);
  await picture(page, "desk-import");
  assert.match(await press(page, "Import"), /Done/);
  // One wrong line: everything is told by line, column and reason, and nothing is taken.
  words = await load("queue", "queue.csv", changed((text) => here(text).replace("14.03.2024 09:12:05,", "кеше,")));
  assert.match(words, /line 2, column «date and time of registration»: write/);
  await picture(page, "desk-import-mistakes");
});
