// A receipt in the part of an address that browsers keep to themselves: deflated, in base64 for addresses.
import { inflateSync } from "fflate";
import { fromBase64 } from "./text.mjs";

const NAME = "#r=";
/** Far longer than what fits a QR code; what it unpacks to stays bounded too. */
const LONGEST = 64 * 1024;

/** The bytes of the receipt in a fragment; null where there is none. */
export function ofFragment(fragment) {
  if (!fragment.startsWith(NAME) || fragment.length > LONGEST) return null;
  const written = fragment.slice(NAME.length).replaceAll("-", "+").replaceAll("_", "/");
  const bytes = fromBase64(written + "=".repeat((4 - (written.length % 4)) % 4));
  if (bytes === null || bytes.length === 0) return null;
  try {
    return inflateSync(bytes);
  } catch {
    return null;
  }
}
