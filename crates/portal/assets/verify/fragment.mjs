// A receipt in the part of an address that browsers keep to themselves: with what it carries in plain words, deflated,
// each two bytes as five digits, which makes the smallest picture for a camera.
import { inflateSync } from "fflate";
import { fromUtf8, toBase64, utf8 } from "./text.mjs";

const NAME = "#r=";
/** Far longer than what fits a picture; what it unpacks to stays bounded too. */
const LONGEST = 64 * 1024;

/** The bytes of the receipt in a fragment; null where there is none. */
export function ofFragment(fragment) {
  if (!fragment.startsWith(NAME) || fragment.length > LONGEST) return null;
  const bytes = ofDigits(fragment.slice(NAME.length));
  if (bytes === null) return null;
  try {
    const text = fromUtf8(inflateSync(bytes));
    return text === null ? null : utf8(text.replace(/^extra (\{.*\})$/m, (_, plain) => `extra ${toBase64(utf8(plain))}`));
  } catch {
    return null;
  }
}

function ofDigits(digits) {
  if (!/^(\d{5})*(\d{5}|\d{3})$/.test(digits)) return null;
  const bytes = [];
  for (const group of digits.match(/\d{1,5}/g)) {
    const number = Number(group);
    if (number > (group.length === 5 ? 0xffff : 0xff)) return null;
    if (group.length === 5) bytes.push(number >> 8);
    bytes.push(number & 0xff);
  }
  return Uint8Array.from(bytes);
}
