"""Fails when the tests reach less of a source file than they did before.

    python -m bench.coverage_ratchet DATA [--renew]

DATA is the folder into which `make coverage` lets the tests write what they reached (tests/measured.py).
bench/least_coverage.txt holds one line for each file of triage/: the least share of its statements that tests must reach. One
statement less is no fall, since threads do not run alike twice. A file without a line must begin at 85 %. `--renew` raises
the lines of files that are better now, adds new files and drops files that are gone; it lowers nothing. To lower a line, edit it,
and say why in the commit. The exit code is 1 when a file fell, and 3 when nothing was measured.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import coverage

ROOT = Path(__file__).parents[1]
LEAST = ROOT / "bench" / "least_coverage.txt"
NEW_FILE = 85
Reached = Mapping[str, tuple[int, int]]
"""file -> (statements that tests reached, all statements)"""


def read_least(path: Path) -> dict[str, int]:
    """Returns file -> least share in percent; a line that begins with # is a remark."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    rows = (line.split() for line in lines if line and not line.startswith("#"))
    return {name: int(share) for share, name in rows}


def find_falls(least: Mapping[str, int], reached: Reached) -> list[str]:
    """Returns a sentence for each file of which the tests reach less than they must."""
    falls = []
    for name, (hit, of) in sorted(reached.items()):
        must = least.get(name, NEW_FILE)
        if of and (hit + 1) * 100 < must * of:
            why = "" if name in least else "; the file is new"
            falls.append(f"{name}: tests reach {hit} of {of} statements ({100 * hit // of} %); {must} % are needed{why}")
    return falls


def renew(least: Mapping[str, int], reached: Reached) -> dict[str, int]:
    """Returns the lines for the files that exist: the better of the old and the new share."""
    return {name: max(least.get(name, 0), 100 * hit // of if of else 100) for name, (hit, of) in sorted(reached.items())}


def read_reached(folder: Path) -> dict[str, tuple[int, int]]:
    """Returns what all processes of a run reached together, for every file below triage/."""
    data = coverage.Coverage(data_file=str(folder / "all"), config_file=False, source=[str(ROOT / "triage")])
    data.combine([str(path) for path in folder.glob("part*")], keep=True)
    found = {}
    for path in sorted((ROOT / "triage").rglob("*.py")):
        _, statements, _, missing, _ = data.analysis2(str(path))
        found[path.relative_to(ROOT).as_posix()] = (len(statements) - len(missing), len(statements))
    return found


def main(words: list[str]) -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("data", type=Path)
    ask.add_argument("--renew", action="store_true")
    given = ask.parse_args(words)
    if not list(given.data.glob("part*")):
        print("Nothing was measured.", file=sys.stderr)
        return 3
    reached, least = read_reached(given.data), read_least(LEAST)
    falls = find_falls(least, reached)
    hit, of = (sum(numbers) for numbers in zip(*reached.values(), strict=True))
    print(*falls, f"Tests reach {hit} of {of} statements ({100 * hit / of:.1f} %) in {len(reached)} files.", sep="\n")
    if given.renew:
        head = "# Least share of its statements, in percent, that tests reach of each file. `make coverage` reads it; see bench/coverage_ratchet.py.\n"
        LEAST.write_text(head + "".join(f"{share:3} {name}\n" for name, share in renew(least, reached).items()), encoding="utf-8")
        print(f"{LEAST.relative_to(ROOT)} is renewed.")
    return 1 if falls else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
