// The policy (C2SP tlog-policy): which logs, which witnesses, and whose cosignatures are enough.
import { LOG, WITNESS, parseKey } from "./key.mjs";
import { NotProved, decimal, isClean, same, utf8 } from "./text.mjs";

const LONGEST = 64 * 1024;
const NONE = "none";

/** Reads a policy: `{ logs: [key], members: [witness or group], quorum }`, `quorum` null if no witness is asked for. */
export function parsePolicy(text) {
  const isText = utf8(text).length <= LONGEST && text.endsWith("\n") && isClean(text.replaceAll("\t", " "));
  if (!isText) throw new NotProved("policy", "1");
  const policy = { logs: [], members: [], quorum: undefined };
  const grouped = new Set();
  const lines = text.slice(0, -1).split("\n");
  for (const [at, line] of lines.entries()) {
    const words = line.split(/[ \t]/).filter((word) => word !== "");
    if (words.length > 0 && !words[0].startsWith("#") && !addLine(policy, words, grouped)) {
      throw new NotProved("policy", String(at + 1));
    }
  }
  if (policy.quorum === undefined) throw new NotProved("policy", String(lines.length));
  return policy;
}

function addLine(policy, [kind, ...words], grouped) {
  switch (kind) {
    case "log":
      return words.length <= 2 && addLog(policy, words[0]);
    case "witness":
      return words.length <= 3 && addWitness(policy, words[0], words[1]);
    case "group":
      return addGroup(policy, words, grouped);
    case "quorum":
      return words.length === 1 && policy.quorum === undefined && setQuorum(policy, words[0]);
    default:
      return false;
  }
}

function addLog(policy, written) {
  const key = newKey(policy, written, LOG);
  if (key) policy.logs.push(key);
  return key !== null;
}

function addWitness(policy, name, written) {
  const key = newKey(policy, written, WITNESS);
  if (key === null || !isFree(policy, name)) return false;
  policy.members.push({ name, key });
  return true;
}

function addGroup(policy, [name, number, ...names], grouped) {
  if (name === undefined || number === undefined || !isFree(policy, name)) return false;
  const members = names.map((one) => find(policy, one));
  for (const at of members) {
    if (at < 0 || grouped.has(at)) return false;
    grouped.add(at);
  }
  const words = { any: 1n, all: BigInt(members.length) };
  const needed = Object.hasOwn(words, number) ? words[number] : decimal(number);
  if (needed === null || needed === 0n || needed > BigInt(members.length)) return false;
  policy.members.push({ name, needed: Number(needed), members });
  return true;
}

function setQuorum(policy, name) {
  const at = name === NONE ? null : find(policy, name);
  policy.quorum = at;
  return at === null || at >= 0;
}

/** A key of this role that nobody has in the policy yet. */
function newKey(policy, written, role) {
  const key = written === undefined ? null : parseKey(written);
  if (key === null || key.role !== role) return null;
  const known = policy.logs.concat(policy.members.filter((one) => one.key).map((one) => one.key));
  const isKnown = known.some((one) => same(one.bytes, key.bytes) || (one.name === key.name && one.id === key.id));
  return isKnown ? null : key;
}

const find = (policy, name) => policy.members.findIndex((member) => member.name === name);
const isFree = (policy, name) => name !== NONE && find(policy, name) < 0;

/** The witnesses, in the order of the policy. */
export const witnesses = (policy) => policy.members.filter((member) => member.key);

/** Whether a quorum of witnesses is among those of whom `saw` is true. */
export function isQuorum(policy, saw) {
  if (policy.quorum === null) return true;
  const isTrue = [];
  for (const member of policy.members) {
    const said = member.key ? saw(member) : member.members.filter((at) => isTrue[at]).length >= member.needed;
    isTrue.push(said);
  }
  return isTrue[policy.quorum];
}
