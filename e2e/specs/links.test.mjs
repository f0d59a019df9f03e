// Every page that a link leads to, for every role and in every language: it opens, fits a phone, is usable by everybody.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkPage, launch, open } from "../lib/browser.mjs";
import { startDistrict } from "../lib/server.mjs";
import { moveClock, signIn } from "../lib/visit.mjs";

const PAGES_MAX = 80;

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

/** A page and others of its kind: numbers and languages aside. */
const kind = (address) => new URL(address).pathname.replace(/\d+/g, "N");

/** Follows all links of a language from a page on, one page of each kind; the kinds that were seen. */
async function walk(page, from, language) {
  const seen = new Set();
  const waiting = [from];
  while (waiting.length > 0) {
    const address = waiting.shift();
    if (seen.has(kind(address))) continue;
    seen.add(kind(address));
    assert.ok(seen.size <= PAGES_MAX, "the links end somewhere");
    const answer = await page.goto(address);
    assert.equal(answer.status(), 200, `${address}, linked from the pages before`);
    await checkPage(page);
    const links = await page.locator("a[href]:not([download])").evaluateAll((all) => all.map((link) => link.href));
    const own = links.filter((link) => new URL(link).pathname.startsWith(`/${language}/`));
    waiting.push(...own.filter((link) => !/\.csv|\/documents\//.test(link)));
  }
  return seen;
}

for (const [language, role, about, least] of [
  ["ru", null, "", 6],
  ["kk", "Parent", "two children of different years", 16],
  ["ru", "Parent", "holds a referral", 16],
  ["kk", "Service provider", "", 18],
  ["ru", "Kindergarten", "a state kindergarten", 14],
  ["en", "Kindergarten", "a special kindergarten", 12],
  ["kk", "Akimat", "", 9],
  ["ru", "Auditor", "", 8],
  ["kk", "State Corporation", "", 8],
]) {
  test(`the pages of ${role ?? "a visitor"} in ${language} (${about})`, async () => {
    const page = await open(browser);
    if (role) await signIn(page, server.url, role, about);
    const seen = await walk(page, `${server.url}/${language}/`, language);
    assert.ok(seen.size >= least, `only ${seen.size} pages were found: ${[...seen].join(" ")}`);
  });
}

test("the same after an opening", async () => {
  const page = await open(browser);
  await signIn(page, server.url, "Parent", "a window opens tomorrow, no wish list");
  await moveClock(page, "bulletin");
  await moveClock(page, "opening");
  const seen = await walk(page, `${server.url}/ru/my`, "ru");
  assert.ok(seen.has("/ru/my/N/places/N"), "the places to take are linked");
});
