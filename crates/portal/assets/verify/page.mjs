// The page: takes a receipt from a file, from the clipboard or from its own address, and says what it proves. Nothing
// is sent anywhere; the page's policy forbids it.
import { ofFragment } from "./fragment.mjs";
import { parsePolicy } from "./policy.mjs";
import { verifyReceipt } from "./receipt.mjs";
import { utf8 } from "./text.mjs";
import { tell, tellFailure } from "./told.mjs";

const byId = (id) => document.getElementById(id);
const texts = JSON.parse(byId("texts").textContent);
let language = document.documentElement.lang;
/** What was checked last: what `tell` or `tellFailure` are given. */
let last = null;

function t(id, variables = {}) {
  const text = texts[language][id] ?? id;
  return text.replace(/\{(\w+)\}/g, (whole, name) => variables[name] ?? whole);
}

function check(bytes) {
  performance.mark("kezek-verify-begin");
  try {
    const now = Math.floor(Date.now() / 1000);
    last = { proved: verifyReceipt(bytes, parsePolicy(byId("policy").value), now) };
  } catch (error) {
    last = { error };
  }
  performance.measure("kezek-verify", "kezek-verify-begin");
  show();
  byId("result").focus();
  byId("result").scrollIntoView({ block: "nearest" });
}

function show() {
  const result = byId("result");
  result.replaceChildren();
  result.hidden = last === null;
  if (last === null) return;
  const told = last.proved ? tell(t, last.proved) : tellFailure(t, last.error);
  result.className = told.holds ? "result result--holds" : "result result--fails";
  result.append(element("h2", told.title));
  for (const line of told.lines) result.append(element("p", line));
  if (told.rows.length > 0) {
    const list = document.createElement("dl");
    for (const [what, value] of told.rows) list.append(element("dt", what), element("dd", value));
    result.append(list);
  }
  if (told.raw.length > 0) {
    const details = document.createElement("details");
    details.append(element("summary", t("verify-raw")));
    for (const line of told.raw) details.append(element("pre", line));
    result.append(details);
  }
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function speak(chosen) {
  language = chosen;
  document.documentElement.lang = language;
  document.title = t("verify-title");
  for (const one of document.querySelectorAll("[data-t]")) one.textContent = t(one.dataset.t);
  for (const link of document.querySelectorAll("[data-language]")) {
    if (link.dataset.language === language) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  show();
}

function checkAddress() {
  const bytes = ofFragment(location.hash);
  if (bytes === null) return;
  byId("paste").value = new TextDecoder().decode(bytes);
  check(bytes);
}

for (const link of document.querySelectorAll("[data-language]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    speak(link.dataset.language);
  });
}
byId("file").addEventListener("change", async () => {
  const [file] = byId("file").files;
  if (file === undefined) return;
  const bytes = new Uint8Array(await file.arrayBuffer());
  byId("paste").value = new TextDecoder().decode(bytes);
  check(bytes);
});
byId("check").addEventListener("click", () => {
  // Pasting loses nothing but the last newline.
  const text = byId("paste").value.replaceAll("\r\n", "\n");
  if (text.trim() === "") return byId("paste").focus();
  check(utf8(text.endsWith("\n") ? text : `${text}\n`));
});
window.addEventListener("hashchange", checkAddress);
// A saved page has no service to be saved from again.
byId("save").hidden = !location.protocol.startsWith("http");
byId("form").hidden = false;
show();
checkAddress();
