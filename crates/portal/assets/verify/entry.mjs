// A public entry: one line of JSON with its number, its time, what it says, and the commitment to what it does not.
import { inflateSync } from "fflate";
import { NotProved, fromBase64, fromHex, fromUtf8, utf8 } from "./text.mjs";

/** Lines of more bytes are packed. */
const LONGEST = 60_000;
const MEMBERS = ["seq", "at", "fact", "part", "c"];

/** Reads a line: `{ seq, at, fact or part, commitment }`. A line has one spelling. */
export function parseEntry(line) {
  const written = parseJson(line);
  if (!Object.hasOwn(written, "packed")) return parseLine(written);
  if (Object.keys(written).join() !== "seq,packed") throw new NotProved("entry");
  const inner = unpack(written.packed);
  const entry = parseLine(parseJson(inner));
  if (entry.seq !== written.seq || utf8(inner).length <= LONGEST) throw new NotProved("entry");
  return entry;
}

/** JSON that is written as programs write it: no member twice, no spaces. */
export function parseJson(text) {
  try {
    const value = JSON.parse(text);
    if (value !== null && typeof value === "object" && JSON.stringify(value) === text) return value;
  } catch {
    // Not JSON at all.
  }
  throw new NotProved("entry");
}

function parseLine(written) {
  const members = Object.keys(written);
  const inOrder = MEMBERS.filter((name) => members.includes(name));
  const { seq, at, fact, part, c } = written;
  const isEntry = members.join() === inOrder.join() && Number.isSafeInteger(seq) && seq >= 0 && typeof at === "string";
  const commitment = c === undefined ? null : fromHex(c);
  if (!isEntry || (fact !== undefined && part !== undefined) || (c !== undefined && commitment === null)) {
    throw new NotProved("entry");
  }
  return { seq, at, fact, part, commitment };
}

function unpack(packed) {
  const bytes = typeof packed === "string" ? fromBase64(packed) : null;
  try {
    const line = bytes === null ? null : fromUtf8(inflateSync(bytes));
    if (line !== null) return line;
  } catch {
    // Not deflated.
  }
  throw new NotProved("entry");
}
