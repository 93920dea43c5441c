"""Changes the source in one place at a time and asks whether a test notices.

    python -m bench.mutants [--package NAME ...] [--without FOLDER ...] [--seconds N] [--seed N] [--jobs N] [--most N] [--map FOLDER]

Packages: priority, hashing, store, exports, locate, links, importers (levels.py and merge.py), or a folder in one, such as store/queries.
The tests of these packages, and tests elsewhere that are named after their modules, run once without
a change and write down which lines each of them reaches. Mutants are drawn at random, the same for the same seed, and tried in a copy of
the tree, never in place. For each one only the tests run that reach the changed statement, those of its module first, until
one fails; --reach says for how long they may take together. Where no test reaches it, whole files run, as programs that
tests start write nothing down. A mutant that no test notices is printed with its change; one that runs longer than --patience counts as
noticed. Tests that fail without any change notice nothing, and such a mutant is not counted. Mutants without an effect
stand with a reason in bench/mutants_without_effect.txt and are not counted. The score comes with its 95 % interval (Wilson). What a
run that was killed leaves in the folder for temporary files, the next run clears away.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import islice
from pathlib import Path

from bench.mutation.copied import Copy
from bench.mutation.drawing import ROOT, changed_lines, draw_sample
from bench.mutation.place import make_place
from bench.mutation.reached import Reached
from tests.find_tests import find_mirrors, find_tests

PACKAGES = ("priority", "hashing", "store", "exports", "locate", "links", "importers")
EQUAL = ROOT / "bench" / "mutants_without_effect.txt"


def find_interval(killed: int, of: int) -> tuple[float, float]:
    """Returns the 95 % interval of a share (Wilson 1927)."""
    if of == 0:
        return 0.0, 1.0
    z, share = 1.96, killed / of
    middle, spread = share + z * z / (2 * of), z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - spread) / (1 + z * z / of), (middle + spread) / (1 + z * z / of)


def read_equal() -> set[str]:
    """Returns the labels of mutants without effect; a line that begins with # is a reason."""
    lines = EQUAL.read_text(encoding="utf-8").splitlines() if EQUAL.exists() else []
    return {line for line in lines if line and not line.startswith("#")}


def list_tests(packages: list[str]) -> list[str]:
    """Returns the folders of tests of packages, and the files elsewhere that are named after one of their modules or are all its tests."""
    folders = [folder for package in packages if (ROOT / (folder := f"tests/{package}")).is_dir()]
    modules = [path for package in packages for path in sorted((ROOT / "triage" / package).rglob("*.py"))]
    stems = {path.stem for path in modules}
    named = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "tests").rglob("test_*.py")) if path.stem[5:] in stems]
    for module in (path.relative_to(ROOT).as_posix() for path in modules):
        named += [] if find_mirrors(module) else find_tests(module)
    beyond = ("tests/ui/", "tests/e2e/", *(f"{folder}/" for folder in folders))
    return folders + [name for name in dict.fromkeys(named) if not name.startswith(beyond)]


def prepare_map(folder: Path, packages: list[str], copied: Copy) -> Reached:
    """Returns which tests reach what, of a map that lies in the folder or is made there.

    Raises:
        SystemExit: The map was made of another source: its lines would be wrong.
    """
    source = sha256()
    for path in sorted((ROOT / "triage").rglob("*.py")):
        source.update(path.read_bytes())
    stated = folder / "source"
    if not stated.exists():
        for pattern in ("lines.*", "seconds-*.json", "failed-*.json"):  # of a run that was killed, and of another source perhaps
            for path in folder.glob(pattern):
                path.unlink()
        copied.measure(list_tests(packages), folder)
        stated.write_text(source.hexdigest(), encoding="utf-8")
    elif stated.read_text(encoding="utf-8") != source.hexdigest():
        raise SystemExit(f"The map in {folder} was made of another source; name an empty folder.")
    return Reached(folder, ROOT)


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--package", action="append", help="a package of triage/, or a folder in one")
    ask.add_argument("--without", action="append", default=[], help="a folder of triage/ from which no mutants are drawn")
    ask.add_argument("--seconds", type=float, default=900, help="after these no other mutant is begun; the map is not counted")
    ask.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 24))
    ask.add_argument("--jobs", type=int, default=1)
    ask.add_argument("--most", type=int, default=1 << 30, help="mutants")
    ask.add_argument(
        "--reach", type=float, default=60, help="seconds that the chosen tests of one mutant took in the map, at most"
    )
    ask.add_argument("--patience", type=float, default=600, help="seconds for the tests of one mutant")
    ask.add_argument("--map", type=Path, help="folder in which the map is kept for other runs with the same source and packages")
    options = ask.parse_args()
    packages = options.package or list(PACKAGES)
    equal, fates, by_package = read_equal(), Counter[str](), Counter[tuple[str, str]]()
    left_out = tuple(f"triage/{folder}/" for folder in options.without)
    drawn = (mutant for mutant in draw_sample(packages, options.seed) if not mutant.path.startswith(left_out))
    sample = (mutant for mutant in drawn if mutant.label() not in equal)
    waiting = islice(sample, options.most)
    drawing = threading.Lock()

    def work(copied: Copy) -> None:
        while time.monotonic() < until:
            with drawing:
                mutant = next(waiting, None)
            if mutant is None:
                return
            fate = copied.judge(mutant, reached, options.patience, options.reach)
            fates[fate.word] += 1
            by_package[Path(mutant.path).parts[1], fate.word] += 1
            with drawing:
                print(
                    f"{fate.word:8} {mutant.path}:{mutant.lines.start} {mutant.kind} ({fate.tests} tests) {fate.by}", flush=True
                )
                if fate.word == "survived":
                    print("    " + "\n    ".join(changed_lines(mutant)), f"\n    label: {mutant.label()}", flush=True)

    copies: list[Copy] = []
    with make_place(lambda: [copied.stop() for copied in copies]) as folder:
        copies += [Copy(ROOT, folder / str(number)) for number in range(options.jobs)]
        reached = prepare_map(options.map or folder / "map", packages, copies[0])
        for copied in copies:
            copied.compile_tests(list_tests(packages))
        until = time.monotonic() + options.seconds
        with ThreadPoolExecutor(options.jobs) as threads:
            list(threads.map(work, copies))
    print_score(options.seed, fates, by_package)
    return 0


def print_score(seed: int, fates: Counter[str], by_package: Counter[tuple[str, str]]) -> None:
    """Prints the share of mutants that a test noticed, of all and by package."""
    noticed, of = fates["killed"] + fates["timeout"], fates.total() - fates["unsound"]
    low, high = find_interval(noticed, of)
    print(f"seed {seed}: {of} mutants, {fates['killed']} killed, {fates['timeout']} timeouts, {fates['survived']} survived")
    if fates["unsound"]:
        print(f"{fates['unsound']} more are not counted: their tests fail without any change")
    print(f"score {noticed / max(of, 1):.0%} (95 % interval {low:.0%} to {high:.0%})")
    for package in sorted({name for name, _ in by_package}):
        of = sum(n for (name, fate), n in by_package.items() if name == package and fate != "unsound")
        noticed = of - by_package[package, "survived"]
        low, high = find_interval(noticed, of)
        print(f"  {package}: {noticed} of {of} ({low:.0%} to {high:.0%})")


if __name__ == "__main__":
    sys.exit(main())
