// What must hold after any fault.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

const SETTLEMENT = 0;
const PAGE = 500;

/** Asks every acknowledged key again; those that do not get the answer they got. */
export async function lostAnswers(load) {
  const asked = load.parents.map(async ({ client }) => {
    const lost = [];
    for (const one of load.acknowledged.filter((one) => one.client === client)) {
      const again = await client.decided(one.method, one.path, one.options);
      if (again.status >= 300 || !isDeepStrictEqual(again.body, one.answer)) lost.push({ ...one, again });
    }
    return lost;
  });
  return (await Promise.all(asked)).flat();
}

/** The public protocol of referrals and the acknowledged claims say the same, and no place is given twice. */
export async function noPlaceIsGivenTwice(load) {
  const claims = load.acknowledged.flatMap((one) => one.answer.referrals ?? []);
  const taken = {};
  for (const { vacancy } of claims) taken[vacancy] = (taken[vacancy] ?? 0) + 1;
  for (const [vacancy, count] of Object.entries(taken)) {
    assert.ok(count <= load.offered[vacancy], `${count} claims of vacancy ${vacancy}, which has ${load.offered[vacancy]} places`);
  }
  const lines = await protocol(load.parents[0].client);
  const sorted = (list) => list.map(({ referral, application }) => [referral, application]).sort(([a], [b]) => a - b);
  assert.deepEqual(sorted(lines), sorted(claims), "the protocol holds the acknowledged referrals and no other");
  assert.equal(new Set(lines.map((one) => one.application)).size, lines.length, "one referral to a child");
  const client = load.parents[0].client;
  const free = await client.ok("GET", `/api/v1/vacancies?settlement=${SETTLEMENT}`);
  for (const { vacancy, free: left } of free) {
    assert.equal(left, load.offered[vacancy] - (taken[vacancy] ?? 0), `free places of vacancy ${vacancy}`);
  }
  return claims.length;
}

async function protocol(client) {
  const lines = [];
  for (;;) {
    const before = lines.length ? `&before=${lines.at(-1).referral}` : "";
    const page = await client.ok("GET", `/api/v1/referrals?settlement=${SETTLEMENT}&limit=${PAGE}${before}`);
    lines.push(...page);
    if (page.length < PAGE) return lines;
  }
}

/** Facts in the journal: without a gap, each acknowledged one there; how many there are. */
export function factsAreWhole(machine, load) {
  const [line] = machine.sql("select count(*), min(seq), max(seq) from fact", "kezek");
  const [count, first, last] = line.split("|").map(Number);
  assert.deepEqual([first, last], [1, count], "facts are numbered without a gap");
  const seqs = load.acknowledged.map((one) => one.answer.first_fact);
  assert.equal(new Set(seqs).size, seqs.length, "two answers name the same fact");
  assert.ok(Math.max(0, ...seqs) <= count, "an acknowledged fact is missing");
  return count;
}
