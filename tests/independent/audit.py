"""Judges cases by the PyPI package `aics-tlog`: reads a directory a line, writes a verdict a line.

The package does all the verifying; what is read here is the form of the policy, of receipts and of proofs.
Usage: audit.py MAX_AGE < directories
"""

import contextlib
import io
import json
import re
import sys
import tempfile
from pathlib import Path

from aics_tlog import FileSystemTileReader, audit_tiles, cli
from aics_tlog.note import b64_decode


class Refused(Exception):
    pass


def run(part: str, *arguments: object) -> dict:
    """Runs the package's command line, and gives what it says."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = cli.main([str(one) for one in arguments])
    answer = json.loads(said.getvalue())
    if code != 0:
        raise Refused(f"{part}: {answer['error']}")
    return answer


def trust(case: Path) -> list[str]:
    """The options that say whom to trust, from the policy file."""
    options: list[str] = []
    for words in map(str.split, (case / "policy").read_text().splitlines()):
        match words:
            case ["log", key]:
                options += ["--log-key", key, "--origin", key.split("+")[0]]
            case ["witness", _, key]:
                options += ["--witness-key", key]
            case ["group", _, quorum, *_]:
                options += ["--quorum", quorum]
    return options


def number(written: str) -> int:
    if not re.fullmatch("0|[1-9][0-9]*", written):
        raise ValueError(f"{written!r} is not a plain decimal")
    return int(written)


def judge(case: Path, max_age: str) -> str:
    keys = trust(case)
    log, checkpoint = case / "log", case / "log/checkpoint"
    state = run("checkpoint", "verify-checkpoint", "--note", checkpoint, "--max-age", max_age, *keys)
    try:
        report = audit_tiles(FileSystemTileReader(log), state["size"], b64_decode(state["root"]))
    except (ValueError, OSError, RuntimeError, LookupError) as error:
        raise Refused(f"files: {error}") from None
    grown = ("verify-consistency", "--tiles", log, "--checkpoint", checkpoint, *keys)
    if (case / "remembered").exists():
        run("old", *grown, "--old-checkpoint", case / "remembered")
    if (case / "receipt").exists():
        receipt(case, keys, grown)
    if (case / "consistency").exists():
        with tempfile.NamedTemporaryFile("w") as proof:
            sizes, old, new, *hashes = (case / "consistency").read_text().splitlines()
            proof.write("".join(f"{one}\n" for one in hashes))
            proof.flush()
            sizes = [f"{option}={size}" for option, size in zip(("--old-size", "--new-size"), sizes.split())]
            run("proof", "verify-consistency", *sizes, f"--old-root={old}", f"--new-root={new}", "--proof", proof.name)
    return f"sound: {report.size} entries in {report.tiles + report.bundles} files"


def receipt(case: Path, keys: list[str], grown: tuple) -> None:
    with tempfile.TemporaryDirectory() as folder:
        note, proof = Path(folder, "note"), Path(folder, "proof")
        try:
            head, _, written = (case / "receipt").read_text().partition("\n\n")
            first, *lines = head.split("\n")
            if first != "c2sp.org/tlog-proof@v1":
                raise ValueError("not a receipt")
            if lines[0].startswith("extra "):
                lines.pop(0)
            index = number(lines[0].removeprefix("index "))
        except (ValueError, IndexError) as error:
            raise Refused(f"receipt: {error}") from None
        note.write_text(written)
        proof.write_text("".join(f"{line}\n" for line in lines[1:]))
        state = run("receipt", "verify-checkpoint", "--note", note, *keys)
        size = ("--index", index, "--size", state["size"], f"--root={state['root']}")
        run("receipt", "verify-inclusion", "--leaf", case / "entry", *size, "--proof", proof)
        run("receipt", *grown, "--old-checkpoint", note)


def main() -> None:
    for line in sys.stdin:
        try:
            verdict = judge(Path(line.rstrip("\n")), sys.argv[1])
        except Refused as refused:
            verdict = str(refused)
        print(verdict.replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
