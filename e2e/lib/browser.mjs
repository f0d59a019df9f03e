// Debian's Chromium, two sizes of screen, screenshots and the accessibility check.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const SHOTS = join(here, "..", "shots");
export const LANGUAGES = ["kk", "ru", "en"];
export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 900 };

/** The browser; close it when the spec ends. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page in a fresh context, without the cookies of another test. */
export async function open(browser, viewport = PHONE) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return page;
}

/** Writes e2e/shots/NAME-phone.png and NAME-desk.png of the whole page. */
export async function shots(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  for (const [size, viewport] of [["phone", PHONE], ["desk", DESK]]) {
    await page.setViewportSize(viewport);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(SHOTS, `${name}-${size}.png`), fullPage: true });
  }
  await page.setViewportSize(PHONE);
}

/** Fails when the page breaks a rule of WCAG 2.2 A or AA that can be checked by a machine. */
export async function checkAccessibility(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((n) => n.html).join("\n  ")}`);
  assert.deepEqual(told, [], `accessibility of ${page.url()}`);
}

/** Fails when anybody would have to scroll sideways: on the smallest phone, a phone, a tablet, a desk. */
export async function checkWidth(page) {
  const before = page.viewportSize();
  for (const width of [320, PHONE.width, 800, DESK.width]) {
    await page.setViewportSize({ width, height: before.height });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${page.url()} is ${wide} px wide on a screen of ${width} px`);
  }
  await page.setViewportSize(before);
}

/** All checks that every page must pass. */
export async function checkPage(page) {
  await checkWidth(page);
  await checkAccessibility(page);
  const text = await page.locator("body").innerText();
  assert.ok(!text.includes("⟦"), `a text is missing at ${page.url()}`);
}
