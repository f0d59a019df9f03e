// What people do in the portal of a demonstration: sign in as somebody, open pages, press buttons, move the clock.
import assert from "node:assert/strict";
import { checkPage, open, shots } from "./browser.mjs";

/** Signs in as the first made-up person of a role, the one with these words about it; ends on that person's first page. */
export async function signIn(page, url, role, about = "") {
  await page.goto(`${url}/en/sign-in`);
  const ofRole = page.locator(".kezek-card", { has: page.locator(".govuk-tag", { hasText: role }) });
  await ofRole.filter({ hasText: about }).first().locator("button").click();
  assert.equal(await page.locator(".kezek-header__who").count(), 1, "the header names who is signed in");
}

/** A fresh browser window of this person. */
export async function as(browser, url, role, about = "") {
  const page = await open(browser);
  await signIn(page, url, role, about);
  return page;
}

/** Opens a page and checks it; the words of its main part. */
export async function go(page, address) {
  const answer = await page.goto(address);
  assert.equal(answer.status(), 200, address);
  return seen(page);
}

/** Checks the page shown; the words of its main part. */
export async function seen(page) {
  await checkPage(page);
  return page.locator("main").innerText();
}

/** Checks the page shown and takes its pictures. */
export async function picture(page, name) {
  const words = await seen(page);
  await shots(page, name);
  return words;
}

/** Presses the button with these words in the main part; the words of the page that follows. */
export async function press(page, words) {
  await page.locator("main").getByRole("button", { name: words }).first().click();
  return seen(page);
}

/** Follows the link with these words in the main part; the words of the page that follows. */
export async function follow(page, words) {
  await page.locator("main").getByRole("link", { name: words }).first().click();
  return seen(page);
}

/** Moves the clock of the demonstration: `bulletin`, `opening`, `hour` or `day`. */
export async function moveClock(page, step) {
  await page.locator(`form[action$='/demo/clock'] [name=step][value=${step}]`).click();
}

/** The addresses of a parent's applications, in the order of the page. */
export async function applications(page, url) {
  await page.goto(`${url}/en/my`);
  const hrefs = await page.locator("main a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  return [...new Set(hrefs.filter((href) => /\/my\/\d+$/.test(href)))].map((href) => url + href);
}

/** An IIN of somebody born on this day, by the rule of its control digit. */
export function iin(born, sex, serial) {
  const century = born.startsWith("20") ? { boy: 5, girl: 6 }[sex] : { boy: 3, girl: 4 }[sex];
  const digits = born.slice(2).replaceAll("-", "") + century + String(serial).padStart(4, "0");
  const control = (weights) => [...digits].reduce((sum, digit, at) => sum + digit * weights[at], 0) % 11;
  const first = control([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  const last = first < 10 ? first : control([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]);
  assert.ok(last < 10, `no IIN has the serial ${serial}; take another`);
  return digits + last;
}

export const PDF = Buffer.from("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");
