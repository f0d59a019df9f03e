// Compiles the style sheets, bundles the verifier of receipts and copies the fonts into crates/portal/built, which the
// portal embeds.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "..", "built");
const modules = join(here, "node_modules");

rmSync(built, { recursive: true, force: true });
mkdirSync(join(built, "fonts"), { recursive: true });

const { css } = sass.compile(join(here, "kezek.scss"), {
  loadPaths: [modules],
  style: "compressed",
  quietDeps: true,
});
writeFileSync(join(built, "kezek.css"), css);
writeFileSync(join(built, "kezek.css.gz"), gzipSync(css, { level: 9 }));

// The page that checks receipts is one file: script and style are put into it whole.
writeFileSync(join(built, "verify.css"), sass.compile(join(here, "verify", "verify.scss"), { style: "compressed" }).css);
buildSync({
  entryPoints: [join(here, "verify", "page.mjs")],
  outfile: join(built, "verify.js"),
  bundle: true,
  minify: true,
  charset: "utf8",
  // Browsers of 2021, which know BigInt and static blocks of classes.
  target: ["chrome94", "firefox93", "safari16.4"],
  format: "iife",
  legalComments: "eof",
});

for (const family of ["golos-text", "noto-sans"]) {
  for (const subset of ["cyrillic", "cyrillic-ext", "latin", "latin-ext"]) {
    const file = `${family}-${subset}-wght-normal.woff2`;
    cpSync(join(modules, "@fontsource-variable", family, "files", file), join(built, "fonts", file));
  }
  cpSync(join(modules, "@fontsource-variable", family, "LICENSE"), join(built, "fonts", `${family}.LICENSE.txt`));
}
cpSync(join(here, "icon.svg"), join(built, "icon.svg"));

for (const file of readdirSync(join(built, "fonts"))) {
  if (css.includes(".woff2") && file.endsWith(".woff2") && !css.includes(file)) {
    throw new Error(`kezek.scss does not use the font file ${file}`);
  }
}
const size = (file) => `${Math.round(readFileSync(join(built, file)).length / 1024)} KiB`;
console.log(`assets: kezek.css ${size("kezek.css")} (${size("kezek.css.gz")} compressed), verify.js ${size("verify.js")} and fonts are in crates/portal/built`);
