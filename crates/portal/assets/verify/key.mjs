// Ed25519 keys with a name and a role, as signed notes write them: <name>+<8 hex digits>+<base64>.
import * as ed from "@noble/ed25519";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { concat, fromBase64, isKeyName, toHex, utf8 } from "./text.mjs";

export const LOG = 0x01;
export const WITNESS = 0x04;

/** A key `{ name, role, bytes, id }`, `id` in hexadecimal; null for what is no key, or one that proves nothing. */
export function parseKey(written) {
  const [name, id, ...rest] = written.split("+");
  const typed = rest.length > 0 ? fromBase64(rest.join("+")) : null;
  if (typed === null || typed.length !== 33 || !isKeyName(name)) return null;
  const [role, bytes] = [typed[0], typed.slice(1)];
  if (role !== LOG && role !== WITNESS) return null;
  const key = { name, role, bytes, id: toHex(sha256(concat(utf8(name), utf8("\n"), typed)).slice(0, 4)) };
  return key.id === id && isSound(bytes) ? key : null;
}

/**
 * Whether these 64 bytes sign this message: s·B = R + k·A itself, as RFC 8032 has it, not up to a small factor as the
 * library's own check; small points and unusual encodings are refused. So do our other verifiers.
 */
export function isSigned(key, message, signature) {
  if (signature.length !== 64) return false;
  const k = littleEndian(sha512(concat(signature.slice(0, 32), key.bytes, message))) % ed.Point.CURVE().n;
  try {
    const [A, R] = [key.bytes, signature.slice(0, 32)].map((bytes) => ed.Point.fromBytes(bytes));
    const sB = ed.Point.BASE.multiply(littleEndian(signature.slice(32)), false);
    return !A.isSmallOrder() && !R.isSmallOrder() && sB.equals(R.add(A.multiply(k, false)));
  } catch {
    return false;
  }
}

/** A point of the curve that is written in its one way and does not fit any message. */
function isSound(bytes) {
  try {
    return !ed.Point.fromBytes(bytes).isSmallOrder();
  } catch {
    return false;
  }
}

function littleEndian(bytes) {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
