// Salted commitments: what an entry does not say, bound to its log, its type and its number.
import { expand } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bigEndian, concat, utf8 } from "./text.mjs";

/** The hash over all fields `[name, value]` of a record, in their order. */
export function commit({ origin, kind, seq }, salt, fields) {
  const all = fields.map(([name, value]) => {
    const bound = [prefixed(origin), prefixed(kind)];
    const key = expand(sha256, salt, concat(utf8("qr/v1/field-key\0"), ...bound, prefixed(name)), 32);
    const text = concat(utf8("qr/v1/commit\0"), ...bound, bigEndian(seq, 8), prefixed(name), prefixed(value));
    return hmac(sha256, key, text);
  });
  return sha256(concat(utf8("qr/v1/set\0"), bigEndian(all.length, 2), ...all));
}

/** Bytes of a text after their length. */
function prefixed(text) {
  const bytes = utf8(text);
  return concat(bigEndian(bytes.length, 4), bytes);
}
