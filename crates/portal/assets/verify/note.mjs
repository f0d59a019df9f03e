// Signed notes and the checkpoints in them: text, an empty line, a line per signature. A note has one spelling, at most
// one line per key, and no line of a known key that does not verify.
import { sha256 } from "@noble/hashes/sha2.js";
import { LOG, isSigned } from "./key.mjs";
import { LARGEST, NotProved, decimal, fromBase64, fromUtf8, isClean, isKeyName, same, toHex, utf8 } from "./text.mjs";

const LONGEST = 64 * 1024;
const MOST_SIGNATURES = 64;

/** Reads a note, `{ text, signatures: [{ name, id, bytes }] }`. Nothing is verified yet. */
export function parseNote(bytes) {
  const whole = bytes.length <= LONGEST ? fromUtf8(bytes) : null;
  if (whole === null || !isClean(whole)) throw new NotProved("form", "note");
  const end = whole.lastIndexOf("\n\n");
  if (end < 0 || !whole.endsWith("\n") || end + 2 >= whole.length) throw new NotProved("form", "note");
  const lines = whole.slice(end + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES) throw new NotProved("form", "note");
  const signatures = lines.map((line, at) => parseSignature(line) ?? refuse(at + 1));
  const named = new Set(signatures.map(({ name, id }) => `${id} ${name}`));
  if (named.size !== signatures.length) throw new NotProved("form", "two signatures of one key");
  return { text: whole.slice(0, end + 1), signatures };
}

function refuse(number) {
  throw new NotProved("form", `signature ${number}`);
}

function parseSignature(line) {
  const [dash, name, base64, ...more] = line.split(" ");
  const bytes = dash === "—" && more.length === 0 && base64 !== undefined ? fromBase64(base64) : null;
  if (bytes === null || bytes.length < 5 || !isKeyName(name)) return null;
  return { name, id: toHex(bytes.slice(0, 4)), bytes: bytes.slice(4) };
}

/** The three lines of a checkpoint: `{ origin, size, root }`, size as a BigInt. */
export function parseCheckpoint(text) {
  const [origin, written, base64, last, ...more] = text.split("\n");
  const size = written === undefined ? null : decimal(written);
  const root = base64 === undefined ? null : fromBase64(base64);
  const hasThreeLines = last === "" && more.length === 0;
  if (!hasThreeLines || !isKeyName(origin) || size === null || root?.length !== 32) {
    throw new NotProved("form", "checkpoint");
  }
  if (size === 0n && !same(root, sha256(new Uint8Array()))) throw new NotProved("form", "checkpoint");
  return { origin, size, root };
}

/** Whose lines verify, with the time of a witness in seconds since 1970, in the order of the note. */
export function verifyNote(note, keys) {
  const signed = [];
  for (const line of note.signatures) {
    const [key, other] = keys.filter((one) => one.name === line.name && one.id === line.id);
    if (key === undefined) continue;
    const time = other === undefined ? timeOf(key, note.text, line.bytes) : null;
    if (time === null) throw new NotProved("signature", line.name);
    signed.push({ key, time });
  }
  return signed;
}

/** The time of a signature that fits, 0 for a log's; null for one that does not. */
function timeOf(key, text, bytes) {
  if (key.role === LOG) return isSigned(key, utf8(text), bytes) ? 0n : null;
  if (bytes.length !== 72) return null;
  const time = bytes.slice(0, 8).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  if (time === 0n || time > LARGEST) return null;
  return isSigned(key, utf8(`cosignature/v1\ntime ${time}\n${text}`), bytes.slice(8)) ? time : null;
}
