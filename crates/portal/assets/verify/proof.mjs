// Merkle trees of RFC 9162: the hash of an entry, and the proof that it stands in a log.
import { sha256 } from "@noble/hashes/sha2.js";
import { NotProved, concat, same } from "./text.mjs";

const leaf = (entry) => sha256(concat(Uint8Array.of(0), entry));
const node = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

/** Proves that `entry` stands at `index` in the tree of `size` entries with this root. */
export function verifyInclusion(index, size, entry, proof, root) {
  if (index >= size) throw new NotProved("inclusion", "index");
  let [at, last, hash] = [index, size - 1n, leaf(entry)];
  for (const other of proof) {
    if (last === 0n) throw new NotProved("inclusion", "length");
    if ((at & 1n) === 1n || at === last) {
      hash = node(other, hash);
      // A node without a right sibling goes up until it is a right child, or the root.
      while ((at & 1n) === 0n && at !== 0n) [at, last] = [at >> 1n, last >> 1n];
    } else {
      hash = node(hash, other);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  if (last !== 0n) throw new NotProved("inclusion", "length");
  if (!same(hash, root)) throw new NotProved("inclusion", "root");
}
