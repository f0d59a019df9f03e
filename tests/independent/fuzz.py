"""Random checkpoints and keys: whatever we accept, x/mod and aics-tlog must accept too.

Run with the Python that has aics-tlog: fuzz.py TRIAL_LOG FSCK POLICY ROUNDS SEED
"""

import base64
import hashlib
import random
import struct
import subprocess
import sys
import time
from collections import Counter

from aics_tlog.checkpoint import verify_checkpoint
from aics_tlog.note import parse_note, parse_vkey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# What parsers take for the end of something, or overlook.
ODD = (
    ["", "\n", "\n\n", " ", "+", "\t", "\r", "\0", "\x1f", "\x7f", "\x80", "\x85", "\xa0", "\u1680", "\u180e", "\u200b"]
    + ["\u2028", "\u2060", "\u3000", "\ufeff", "\uffff", "—", "— ", "=", "==", "A", "-", "_", "/", "0", "9", "é", "٣", "😀"]
)  # fmt: skip
SIZES = (
    ["0", "1", "00", "0700", "+7", "-0", "7e2", "７００", "9223372036854775807", "9223372036854775808"]
    + ["18446744073709551615", "18446744073709552316"]
)  # fmt: skip
NAMES = (
    ["x", "a/b", "a:b", ".", "—", "-", "=", "%", '"', "\\", "ÿ", "q" * 254, "q" * 255, "q" * 256, "é" * 127, "é" * 128, "😀" * 64]
    + [f"a{odd}b" for odd in ODD]
)  # fmt: skip
SMALL_ORDER = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
NOW = int(time.time())
DICE = random.Random()


def log_and_witnesses(policy: str) -> tuple[str, list[str]]:
    words = [line.split() for line in open(policy, encoding="utf-8")]
    return next(word[1] for word in words if word[0] == "log"), [word[2] for word in words if word[0] == "witness"]


def secret(seed: int) -> Ed25519PrivateKey:
    """The keys of trial_log, which are no secret."""
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def line(name: str, key_id: bytes, signature: bytes) -> bytes:
    return f"— {name} {base64.b64encode(key_id + signature).decode()}\n".encode()


def cosign(key, seed: int, text: bytes, time: int) -> bytes:
    signature = secret(seed).sign(b"cosignature/v1\ntime %d\n" % time + text)
    return line(key.name, key.key_id, struct.pack(">Q", time) + signature)


def spoil(text: str) -> str:
    at = DICE.randrange(len(text) + 1)
    return text[:at] + DICE.choice(ODD) + text[at + DICE.randrange(2) :]


def spoil_bytes(written: bytes) -> bytes:
    return spoil(written.decode("utf-8", "replace")).encode()


def unknown() -> bytes:
    length = DICE.choice([0, 1, 2, 3, 60, 64, 72, 1000, 20_000, 48_000])
    return line(DICE.choice(NAMES), DICE.randbytes(4), DICE.randbytes(length))


def checkpoint(log, witnesses) -> bytes:
    """A note with a few things wrong, or none; whatever its text is, it is really signed."""
    text = [log.name, DICE.choice(["700"] * 9 + SIZES), base64.b64encode(DICE.randbytes(32)).decode()]
    if DICE.random() < 0.3:
        at = DICE.randrange(3)
        text[at] = spoil(text[at])
    text += DICE.choice([[]] * 12 + [[""], ["extension"]])
    body = ("\n".join(text) + DICE.choice(["\n"] * 12 + ["", "\r\n"])).encode()
    lines = [line(log.name, log.key_id, secret(101).sign(body))]
    lines += [cosign(witnesses[at], at + 1, body, NOW - 60) for at in (0, 1)]
    for _ in range(DICE.choice([0, 0, 0, 1, 1, 2, 3])):
        at = DICE.randrange(len(lines) + 1)
        match DICE.randrange(9):
            case 0 | 1:
                lines.insert(at, unknown())
            case 2 if lines:
                lines.insert(at, DICE.choice(lines))
            case 3 if lines:
                lines.pop(at - 1)
            case 4:
                DICE.shuffle(lines)
            case 5 if lines:
                lines[at - 1] = spoil_bytes(lines[at - 1])
            case 6:
                lines.insert(at, cosign(witnesses[2], 3, body, DICE.choice([1, NOW - 5, NOW + 9999, 2**63 - 1, 2**63])))
            case 7:
                known = DICE.choice([log, *witnesses])
                lines.insert(at, line(DICE.choice([known.name, "x"]), known.key_id, bytes(64)))
            case 8:
                lines += [line(f"n{n}", b"abcd", bytes(64)) for n in range(DICE.choice([12, 60, 61, 62, 97, 98]))]
    written = body + b"\n" + b"".join(lines)
    return spoil_bytes(written) if DICE.random() < 0.1 else written


def key() -> bytes:
    public = secret(DICE.randrange(1, 50)).public_key().public_bytes_raw()
    weak = [bytes(32), b"\1" + bytes(31), b"\xff" * 32, bytes.fromhex(SMALL_ORDER), public[:31], public + b"x"]
    typed = bytes([DICE.choice([1, 1, 4, 4, 0, 6])]) + DICE.choice([public] * 20 + weak)
    name = DICE.choice(NAMES)
    key_id = hashlib.sha256(name.encode() + b"\n" + typed).hexdigest()[:8]
    written = f"{name}+{DICE.choice([key_id] * 5 + [key_id.upper(), '0' + key_id])}+{base64.b64encode(typed).decode()}"
    return (spoil(written) if DICE.random() < 0.2 else written).encode()


def accepted_by_aics(kind: str, written: bytes, log, witnesses) -> bool:
    try:
        if kind == "key":
            parse_vkey(written.decode())
            return True
        return verify_checkpoint(parse_note(written), log, witnesses, 2, expected_origin=log.name, max_future_seconds=0).ok
    except ValueError:
        return False


def main() -> int:
    trial_log, fsck, policy, rounds, seed = sys.argv[1:]
    DICE.seed(int(seed))
    vkey, cosigners = log_and_witnesses(policy)
    log, witnesses = parse_vkey(vkey), [parse_vkey(one) for one in cosigners]
    made = [("key", key()) if DICE.random() < 0.2 else ("checkpoint", checkpoint(log, witnesses)) for _ in range(int(rounds))]
    asked = "".join(f"{kind} {base64.b64encode(written).decode()}\n" for kind, written in made)
    verdicts = []
    for command in ([trial_log, "accept", policy, str(NOW)], [fsck, "-accept", "-log", vkey, "-quorum", "2", *cosigners]):
        done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
        verdicts.append([said == "true" for said in done.stdout.split()])
    counts: Counter[str] = Counter()
    for (kind, written), ours, go in zip(made, *verdicts, strict=True):
        aics = accepted_by_aics(kind, written, log, witnesses)
        if not ours:
            counts["refused by us alone" if go and aics else "refused by us and others"] += 1
        elif go and aics:
            counts["accepted by all"] += 1
        else:
            counts["WRONG: accepted by us, not by all"] += 1
            print(f"go {go}, aics {aics}, but we accept this {kind}: {written[:400]!r}")
    print("random  ", ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    return 1 if counts["WRONG: accepted by us, not by all"] or not counts["accepted by all"] else 0


if __name__ == "__main__":
    sys.exit(main())
