"""How long the whole check of a log of a million entries takes, ours and that of the program in Go."""

import os
import resource
import statistics
import subprocess
import time
from pathlib import Path

import verifiers

ENTRIES = 1_000_000
ENTRY_BYTES = 300
ROUNDS = 3


def compare(trial_log: Path, fsck: Path, folder: Path) -> int:
    case, now = folder / "case", str(int(time.time()))
    subprocess.run([trial_log, "make", case, now, str(ENTRY_BYTES), str(ENTRIES)], check=True)
    for extra in ("remembered", "receipt", "consistency"):
        (case / extra).unlink()
    print(f"{ENTRIES:,} entries of {ENTRY_BYTES} bytes in {folder.parent}; {os.cpu_count()} processors")
    programs = {"ours": lambda: verifiers.ours(trial_log, case), "go": lambda: verifiers.go(fsck, case)}
    walls: dict[str, list[float]] = {name: [] for name in programs}
    cores: dict[str, list[float]] = {name: [] for name in programs}
    for number in range(ROUNDS):
        for name, check in programs.items():
            wall, core = measure(check)
            walls[name].append(wall)
            cores[name].append(core)
            print(f"round {number + 1}  {name:<5} {wall:6.2f} s, of the processors {core:6.2f} s; load {os.getloadavg()[0]:.1f}")
    for name in programs:
        wall, core = statistics.median(walls[name]), statistics.median(cores[name])
        print(f"median   {name:<5} {wall:6.2f} s = {ENTRIES / wall:>9,.0f} entries/s; per core {ENTRIES / core:>9,.0f}")
    ratio = statistics.median(walls["ours"]) / statistics.median(walls["go"])
    print(f"ours takes {ratio:.2f} of the time of the program in Go")
    return 0 if ratio <= 1 else 1


def measure(check) -> tuple[float, float]:
    """The time by the clock, and that of the processors."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    check()
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
