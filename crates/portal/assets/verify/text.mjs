// The three ways in which these formats write values: base64, decimals, lines of clean text. Each has one spelling.

/** What is wrong with a receipt: a code that has words in every language, and for people who look closer, where. */
export class NotProved extends Error {
  constructor(code, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
    this.detail = detail;
  }
}

/** The largest size, index and time: other verifiers keep them in signed 64-bit integers. */
export const LARGEST = 2n ** 63n - 1n;

export const utf8 = (text) => new TextEncoder().encode(text);

/** Bytes of UTF-8 as text; null for anything else. */
export function fromUtf8(bytes) {
  try {
    // The mark of a byte order is a character like any other here.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function toBase64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Standard, padded, canonical base64: exactly what `toBase64` writes; null for anything else. */
export function fromBase64(written) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(written)) return null;
  try {
    const bytes = Uint8Array.from(atob(written), (one) => one.charCodeAt(0));
    return toBase64(bytes) === written ? bytes : null;
  } catch {
    return null;
  }
}

/** A decimal without sign, leading zeros or anything else, as a BigInt; null for anything else. */
export function decimal(written) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(written)) return null;
  const value = BigInt(written);
  return value <= LARGEST ? value : null;
}

/** Lower-case hexadecimal of 32 bytes; null for anything else. */
export function fromHex(written) {
  if (typeof written !== "string" || !/^[0-9a-f]{64}$/.test(written)) return null;
  return Uint8Array.from(written.match(/../g), (pair) => Number.parseInt(pair, 16));
}

export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Whether text holds only what no reader takes for the end of a line or a command to a terminal. */
export function isClean(text) {
  for (const one of text) {
    if (one !== "\n" && /[\p{Cc}\u2028\u2029]/u.test(one)) return false;
  }
  return true;
}

/** Whether a key may have this name: no spaces of any alphabet, no plus sign, not empty. */
export function isKeyName(name) {
  return name !== "" && isClean(name) && !/[\p{White_Space}+]/u.test(name);
}

export function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A number in so many bytes, big-endian. */
export function bigEndian(number, bytes) {
  const written = new Uint8Array(bytes);
  let rest = BigInt(number);
  for (let at = bytes - 1; at >= 0; at -= 1) {
    written[at] = Number(rest & 255n);
    rest >>= 8n;
  }
  return written;
}
