// Receipts (c2sp.org/tlog-proof@v1): a file that proves, without a network, that an entry is in a log.
import { commit } from "./commitment.mjs";
import { parseEntry, parseJson } from "./entry.mjs";
import { LOG } from "./key.mjs";
import { parseCheckpoint, parseNote, verifyNote } from "./note.mjs";
import { isQuorum, witnesses } from "./policy.mjs";
import { verifyInclusion } from "./proof.mjs";
import { NotProved, decimal, fromBase64, fromHex, fromUtf8, same, utf8 } from "./text.mjs";

const LONGEST = 1024 * 1024;
const FIRST_LINE = "c2sp.org/tlog-proof@v1";
const MOST_HASHES = 63;
/** The type that commitments of entries are bound to. */
const KIND = "kezek/1";

/**
 * Verifies the bytes of a receipt against a policy; cosignatures later than `now`, in seconds since 1970, do not count.
 * Returns what is proved, `{ entry, index, checkpoint, witnesses, freshAt, opened }`, or throws what is wrong.
 */
export function verifyReceipt(bytes, policy, now) {
  const receipt = parseReceipt(bytes);
  const carried = parseCarried(receipt.extra);
  const witnessed = accept(receipt.note, policy, BigInt(now));
  const { origin, size, root } = witnessed.checkpoint;
  verifyInclusion(receipt.index, size, utf8(carried.entry), receipt.hashes, root);
  const entry = parseEntry(carried.entry);
  checkOpening(carried, entry, origin);
  return { entry, line: carried.entry, index: receipt.index, ...witnessed, opened: carried.hidden };
}

/** Reads a receipt. Nothing is verified yet. */
export function parseReceipt(bytes) {
  const whole = bytes.length <= LONGEST ? fromUtf8(bytes) : null;
  // The proof has no empty line, so the first one ends it.
  const end = whole === null ? -1 : whole.indexOf("\n\n");
  const lines = end < 0 ? [] : whole.slice(0, end).split("\n");
  let at = 0;
  const refuse = () => {
    throw new NotProved("form", `line ${at + 1}`);
  };
  if (lines[at] !== FIRST_LINE) refuse();
  at += 1;
  let extra = new Uint8Array();
  if (lines[at]?.startsWith("extra ")) {
    const written = lines[at].slice("extra ".length);
    extra = (written === "" ? null : fromBase64(written)) ?? refuse();
    at += 1;
  }
  const index = (lines[at]?.startsWith("index ") ? decimal(lines[at].slice("index ".length)) : null) ?? refuse();
  const hashes = [];
  for (at += 1; at < lines.length; at += 1) {
    const hash = fromBase64(lines[at]);
    if (hash?.length !== 32 || hashes.length === MOST_HASHES) refuse();
    hashes.push(hash);
  }
  return { extra, index, hashes, note: parseNote(utf8(whole.slice(end + 2))) };
}

/** What a receipt carries besides the proof: the entry, and the opening of what it does not say. */
function parseCarried(extra) {
  const text = fromUtf8(extra);
  const carried = text === null ? null : parseJson(text);
  const known = ["entry", "salt", "hidden"];
  if (carried === null || Object.keys(carried).some((name) => !known.includes(name))) throw new NotProved("entry");
  const { entry, salt, hidden = [] } = carried;
  const isField = (one) =>
    one !== null && Object.keys(one).join() === "field,value" && Object.values(one).every((word) => typeof word === "string");
  const isSound = typeof entry === "string" && Array.isArray(hidden) && hidden.every(isField);
  if (!isSound) throw new NotProved("entry");
  return { entry, salt, hidden };
}

function checkOpening({ salt, hidden }, entry, origin) {
  if (salt === undefined && hidden.length === 0) return;
  const key = fromHex(salt);
  if (key === null || entry.commitment === null || hidden.length === 0 || hidden.length > 65_535) {
    throw new NotProved("opening");
  }
  const fields = hidden.map(({ field, value }) => [field, value]);
  const found = commit({ origin, kind: KIND, seq: entry.seq }, key, fields);
  if (!same(found, entry.commitment)) throw new NotProved("opening");
}

/** A checkpoint that its log has signed and a quorum of witnesses has cosigned. */
function accept(note, policy, now) {
  const checkpoint = parseCheckpoint(note.text);
  const logs = policy.logs.filter((log) => log.name === checkpoint.origin);
  if (logs.length === 0) throw new NotProved("log", checkpoint.origin);
  const signed = verifyNote(note, logs.concat(witnesses(policy).map((one) => one.key)));
  if (!signed.some((one) => one.key.role === LOG)) throw new NotProved("unsigned", checkpoint.origin);
  const cosigned = [];
  for (const { name, key } of witnesses(policy)) {
    const time = signed.find((one) => one.key === key)?.time;
    if (time !== undefined && time <= now) cosigned.push({ name, time });
  }
  return { checkpoint, witnesses: cosigned, freshAt: freshAt(policy, cosigned) };
}

/** The latest time from which on a quorum cosigned; null if the policy asks for no witness. */
function freshAt(policy, cosigned) {
  if (isQuorum(policy, () => false)) return null;
  const since = (from) => isQuorum(policy, (party) => cosigned.some((one) => one.name === party.name && one.time >= from));
  const times = cosigned.map((one) => one.time).filter(since);
  if (times.length === 0) throw new NotProved("quorum", cosigned.map((one) => one.name).join(", "));
  return times.reduce((latest, time) => (time > latest ? time : latest));
}
