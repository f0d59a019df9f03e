"""What the verifiers must say, and where a foreign one is known to say something else.

Every case whose name begins with `sound-` is accepted by all; any other is refused, for the part of the case that was
changed. The exceptions stand here by name. They are asserted too: when a new version of a package becomes stricter or
laxer, the run fails and this table is put right.
"""

SOUND = "sound"

# Only the files that the checkpoint needs are read; links are followed; nothing is listed.
UNLISTED = ("earlier-", "extra-", "link-in-place-", "path-")

# (name, verifier): what it says instead.
OTHERWISE = {
    # x/mod and aics-tlog have no such rule, or read it elsewhere.
    ("link-in-place-of-the-checkpoint", "ours"): "checkpoint",
    ("extension-line", "aics"): SOUND,  # the format allows further lines; witnesses may not cover them
    ("duplicate-unknown-line", "aics"): SOUND,  # only lines of known keys must not be repeated
    ("no-final-newline", "aics"): SOUND,
    ("key-of-small-order", "go"): SOUND,  # x/mod takes any 32 bytes for a key
    # A whole number may have any length for Python; the files for it are missing.
    ("size-over-2-64", "aics"): "files",
    ("size-over-2-63", "aics"): "files",
    ("empty-log-other-root", "aics"): "files",
    # Well-formed and well-signed statements of a wrong size.
    ("size-larger", "ours"): "files",
    ("size-larger", "go"): "files",
    ("size-larger", "aics"): "files",
    ("size-smaller", "ours"): "files",
    ("size-smaller", "go"): "files",
    ("size-smaller", "aics"): "files",
}

# openssl looks at signatures only. Of what is done to a checkpoint it finds nothing wrong in these.
UNSIGNED_MATTERS = {
    "extension-line", "other-origin", "origin-with-space", "lines-end-with-crlf", "no-final-newline",
    "duplicate-unknown-line", "text-after-signatures", "empty-line-after-signatures", "not-utf-8", "control-character",
    "signature-not-canonical", "witness-time-0", "witness-time-tomorrow", "frozen", "key-of-small-order",
    "witness-under-two-names", "empty-log-other-root",
}  # fmt: skip


def expected(part: str, name: str, verifier: str) -> str:
    if name.startswith("sound-"):
        return SOUND
    if verifier == "aics" and name.startswith(UNLISTED):
        return SOUND
    if verifier == "openssl" and (name in UNSIGNED_MATTERS or name.startswith(("size-", "root-"))):
        return "checkpoint" if name == "size-edited-after-signing" else SOUND
    return OTHERWISE.get((name, verifier), part)
