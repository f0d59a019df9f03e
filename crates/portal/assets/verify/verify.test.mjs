// The verifier of the page gives the same verdicts as the auditor, which wrote the file of receipts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { commit } from "./commitment.mjs";
import { ofFragment } from "./fragment.mjs";
import { parsePolicy } from "./policy.mjs";
import { verifyReceipt } from "./receipt.mjs";
import { NotProved, toHex, utf8 } from "./text.mjs";
import { tell, tellFailure } from "./told.mjs";

const { now, policies, cases } = JSON.parse(readFileSync(new URL("../../../../tests/receipts/vectors.json", import.meta.url)));
const read = Object.fromEntries(Object.entries(policies).map(([name, text]) => [name, parsePolicy(text)]));
const verify = (bytes, policy) => verifyReceipt(bytes, read[policy], now);

test("every receipt gets the verdict that the auditor gave", () => {
  assert.ok(cases.filter((one) => one.holds).length >= 8 && cases.length >= 60);
  for (const { name, policy, holds, receipt } of cases) {
    if (holds) {
      verify(utf8(receipt), policy);
    } else {
      assert.throws(() => verify(utf8(receipt), policy), NotProved, name);
    }
  }
});

test("no byte of a receipt can be changed", () => {
  // The auditor's test changes every byte of each; here that of the shortest, and some of the others.
  const whole = cases.filter((one) => one.whole).sort((one, other) => one.receipt.length - other.receipt.length);
  for (const [number, { name, policy, receipt }] of whole.entries()) {
    const bytes = utf8(receipt);
    for (let at = 0; at < bytes.length; at += number === 0 ? 1 : 13) {
      const changed = bytes.slice();
      changed[at] ^= 1;
      assert.throws(() => verify(changed, policy), NotProved, `${name}: byte ${at}`);
    }
  }
});

test("what is proved is what was written", () => {
  const [registered] = cases;
  const proved = verify(utf8(registered.receipt), registered.policy);
  assert.equal(proved.entry.part.registered.application, 3);
  assert.equal(proved.opened.find((one) => one.field === "born").value, '"2017-10-23"');
  const seen = cases.find((one) => one.policy === "all" && one.holds);
  const { witnesses, freshAt } = verify(utf8(seen.receipt), "all");
  assert.deepEqual(witnesses.map((one) => Number(one.time) - now), [-100, -95, -91]);
  assert.equal(Number(freshAt) - now, -100);
});

test("it is told in words what is proved", () => {
  const words = new Set();
  const t = (id, values = {}) => words.add(id) && `${id} ${Object.values(values).join(" ")}`;
  const told = (name) => {
    const { policy, receipt } = cases.find((one) => one.name === name);
    return tell(t, verify(utf8(receipt), policy));
  };
  const registered = told("an application");
  assert.match(registered.lines[0], /^verify-registered 4 28\.02\.2021 18:04:00 \(UTC\)$/);
  assert.deepEqual(registered.rows, [["verify-born ", "23.10.2017"], ["verify-benefits ", "benefit-teacher "]]);
  const kept = told("an application that the public does not hear of");
  assert.match(kept.lines[0], /^verify-registered 1 /);
  assert.equal(kept.rows.length, 2);
  assert.equal(kept.lines.at(-1), "verify-opened ");
  for (const name of ["a referral", "a referral that the public does not hear of"]) {
    assert.match(told(name).lines[0], /^verify-referral 1 1 /);
    assert.equal(told(name).rows[0][1], "how-claim ");
  }
  assert.match(told("a settlement").lines[0], /^verify-entry 1 /);
  assert.match(told("two of three").lines[2], /^verify-witnessed w1, w2 15\.01\.2027 12:58:20 \(UTC\+5\)$/);
  for (const { policy, receipt } of cases.filter((one) => !one.holds)) {
    try {
      verify(utf8(receipt), policy);
    } catch (error) {
      tellFailure(t, error);
    }
  }
  const said = readFileSync(new URL("../../texts/kk/receipt.ftl", import.meta.url), "utf8");
  for (const id of words) assert.ok(/^(benefit|how|class)-/.test(id) || said.includes(`\n${id} = `), id);
});

test("the known answer of the commitment", () => {
  const record = { origin: "q.example/apps", kind: "app/v1", seq: 1 };
  const field = commit(record, new Uint8Array(32).fill(7), [["iin", "000000000000"]]);
  // The hash over the one published commitment of a field, 35f3e6c1….
  assert.equal(toHex(field), "6f99d22610d26b1f550755236d769e31edc2bc39b672d4483a4a8ceae0c7b67d");
});

test("policies have one meaning, or none", () => {
  const { none, all } = policies;
  const log = none.split("\n")[0];
  for (const wrong of [
    "",
    none.trimEnd(),
    none.replace("quorum none\n", ""),
    `${none}quorum none\n`,
    `${none}${log}\n`,
    `${none}something\n`,
    none.replace("+", "+0"),
    none.replace("quorum none", "quorum nobody"),
    all.replace("group g all w1", "group g 4 w1"),
    all.replace("group g all w1", "group g 0 w1"),
    all.replace("group g all w1", "group g all w1 w1"),
    all.replace("group g all", "group w1 all"),
    all.replace("witness w2", "witness w1"),
    all.replace("witness w2", "witness none"),
    none.replaceAll("\n", "\r\n"),
  ]) {
    assert.throws(() => parsePolicy(wrong), NotProved, JSON.stringify(wrong.slice(-80)));
  }
});

test("an address carries a receipt", () => {
  const fragment = (text) => {
    const packed = [...deflateRawSync(text)];
    const digits = packed.map((byte, at) => {
      if (at % 2 === 1) return "";
      const isLast = at + 1 === packed.length;
      return isLast ? String(byte).padStart(3, "0") : String(byte * 256 + packed[at + 1]).padStart(5, "0");
    });
    return `#r=${digits.join("")}`;
  };
  for (const { receipt } of cases.filter((one) => one.holds)) {
    const plain = receipt.replace(/extra (.*)/, (_, extra) => `extra ${Buffer.from(extra, "base64")}`);
    assert.deepEqual(ofFragment(fragment(plain)), utf8(receipt));
    assert.deepEqual(ofFragment(fragment(receipt)), utf8(receipt));
  }
  const sound = fragment(cases[0].receipt);
  for (const wrong of ["", "#", "#main-content", "#r=", "#r=1", "#r=99999", "#r=00000", "#r=256", "#r=!!!", sound.slice(0, -10), "#r=" + "1".repeat(70_000)]) {
    assert.equal(ofFragment(wrong), null, wrong.slice(0, 20));
  }
});
