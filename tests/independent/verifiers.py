"""The four programs that judge a case. Each says `sound: …`, or which part of the case it refuses: `files: …`."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILT = ROOT / "target/independent"
MAX_AGE = "3600"


def build(profile: str) -> tuple[Path, Path]:
    """Builds the program of the crate and the one in Go."""
    release = ["--release"] if profile == "release" else []
    subprocess.run(
        ["cargo", "build", "--quiet", "--package", "kezek-registry", "--example", "trial_log", *release],
        cwd=ROOT, check=True,
    )
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    BUILT.mkdir(parents=True, exist_ok=True)
    go = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOPROXY": "off", "GOCACHE": str(BUILT / "go")}
    subprocess.run(["go", "build", "-o", BUILT / "fsck", "."], cwd=HERE / "fsck", env=os.environ | go, check=True)
    return target / profile / "examples/trial_log", BUILT / "fsck"


def python() -> Path | None:
    """A Python with `aics-tlog`, installed if there is a Python that it runs on."""
    venv = BUILT / "venv"
    requirements = HERE / "requirements.txt"
    stamp = venv / ".stamp"
    if stamp.exists() and stamp.read_bytes() == requirements.read_bytes():
        return venv / "bin/python"
    found = next((one for one in candidates() if is_new_enough(one)), None)
    if found is None:
        return None
    print("Installing aics-tlog into", venv.relative_to(ROOT), flush=True)
    shutil.rmtree(venv, ignore_errors=True)
    subprocess.run([found, "-m", "venv", venv], check=True)
    pip = [venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*pip, "--requirement", requirements], check=True)
    shutil.copy(requirements, stamp)
    return venv / "bin/python"


def candidates() -> list[str]:
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    installed = sorted(str(one) for one in pyenv.glob("versions/3.*/bin/python3"))
    return [sys.executable, "python3.12", "python3.13", "python3.14", *installed]


def is_new_enough(program: str) -> bool:
    try:
        code = "import sys, venv; sys.exit(sys.version_info < (3, 12))"
        return subprocess.run([program, "-c", code], capture_output=True).returncode == 0
    except OSError:
        return False


class Policy:
    """Whom to trust, as our policy files say it."""

    def __init__(self, case: Path):
        words = [line.split() for line in (case / "policy").read_text().splitlines()]
        self.log = next(word[1] for word in words if word[0] == "log")
        self.witnesses = [word[2] for word in words if word[0] == "witness"]
        self.quorum = next(word[2] for word in words if word[0] == "group")


def judge(command: list) -> str:
    """What a program says; one that neither accepts nor refuses has failed."""
    done = subprocess.run(command, capture_output=True, text=True)
    said = done.stdout.strip()
    if done.returncode not in (0, 1) or said.startswith("sound") != (done.returncode == 0):
        raise SystemExit(f"{command} ended with {done.returncode}:\n{said}\n{done.stderr}")
    return said


def ours(trial_log: Path, case: Path) -> str:
    return judge([trial_log, "check", case, str(int(time.time())), MAX_AGE])


def go(fsck: Path, case: Path) -> str:
    policy = Policy(case)
    options = ["-dir", case / "log", "-log", policy.log, "-quorum", policy.quorum, "-max-age", MAX_AGE]
    if (case / "remembered").exists():
        options += ["-old", case / "remembered"]
    if (case / "receipt").exists():
        options += ["-receipt", case / "receipt", "-entry", case / "entry"]
    if (case / "consistency").exists():
        options += ["-consistency", case / "consistency"]
    return judge([fsck, *options, *policy.witnesses])


def openssl(case: Path) -> str:
    """The log's signature and those of the two witnesses that cosign in our cases."""
    policy = Policy(case)
    return judge([HERE / "signatures", case / "log/checkpoint", policy.log, *policy.witnesses[:2]])


class Aics:
    """The Python package, started once for all cases."""

    def __init__(self, program: Path):
        pipe = subprocess.PIPE
        command = [program, HERE / "audit.py", MAX_AGE]
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)

    def judge(self, case: Path) -> str:
        self.process.stdin.write(f"{case}\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline().strip()
        if not said:
            raise SystemExit(f"audit.py gave up on {case}")
        return said
