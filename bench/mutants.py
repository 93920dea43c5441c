"""Changes the source in one place at a time and asks whether a test notices.

    python -m bench.mutants [--package NAME ...] [--seconds N] [--seed N] [--jobs N] [--most N]

Packages: priority, hashing, store, exports, locate, links, importers (levels.py and merge.py). Mutants are drawn at random, the
same for the same seed, and tried in a copy of the tree, never in place. For each one the tests of its module run first
(tests/**/test_<module>.py), then those of its sub-package and its package, until one fails. A mutant that no test notices is printed
with its change; one that runs longer than --patience counts as noticed. Tests that fail without any change notice nothing, and
such a mutant is not counted. Mutants without an effect stand with a reason in
bench/mutants_without_effect.txt and are not counted. The score comes with its 95 % interval (Wilson).
"""

from __future__ import annotations

import argparse
import ast
import copy
import difflib
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("priority", "hashing", "store", "exports", "locate", "links", "importers")
ONLY = {"importers": ("levels.py", "merge.py")}
EQUAL = ROOT / "bench" / "mutants_without_effect.txt"
LEFT_OUT = (".git", ".venv", ".ci", "build", "dist")
"""What no test of these packages reads."""
BOUNDS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}


@dataclass(frozen=True)
class Mutant:
    """One change of one module: the text after it, and what it did."""

    path: str
    line: int
    kind: str
    before: str
    after: str

    def label(self) -> str:
        """Returns what stands in the list of mutants without effect: module, kind and the changed lines, without numbers of lines."""
        return f"{self.path} {self.kind}: " + " | ".join(line.strip() for line in changed_lines(self) if line[0] in "-+")


def changed_lines(mutant: Mutant) -> list[str]:
    """Returns the lines that differ, each with - or + before it."""
    diff = difflib.unified_diff(mutant.before.splitlines(), mutant.after.splitlines(), n=0, lineterm="")
    return [line for line in diff if line[0] in "-+" and not line.startswith(("---", "+++"))]


def list_changes(tree: ast.AST) -> Iterator[tuple[str, ast.AST, int]]:
    """Yields (kind of change, node, which of its parts) for every change that could be made."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare():
                yield from (("comparison", node, n) for n, op in enumerate(node.ops) if type(op) in BOUNDS)
            case ast.BoolOp():
                yield "and/or", node, 0
            case ast.BinOp() if type(node.op) in SUMS:
                yield "arithmetic", node, 0
            case ast.UnaryOp(op=ast.Not()):
                yield "not removed", node, 0
            case ast.Constant(value=bool() | int() | float()):
                yield "constant", node, 0
            case ast.Return(value=ast.expr()) if not (isinstance(node.value, ast.Constant) and node.value.value is None):
                yield "return value", node, 0
            case ast.IfExp():
                yield "branches exchanged", node, 0
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield from (("statement removed", node, n) for n, each in enumerate(block) if name == "body" and is_act(each))


def is_act(node: ast.AST) -> bool:
    """A statement that can go: a call, an assignment to something that exists, a raise, a continue or break."""
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    return isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break)


def apply_change(kind: str, node: ast.AST, part: int) -> None:
    """Makes the change in place."""
    match node:
        case ast.Compare() if kind == "comparison":
            node.ops[part] = BOUNDS[type(node.ops[part])]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.BinOp():
            node.op = SUMS[type(node.op)]()
        case ast.UnaryOp():
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
        case ast.Constant():
            value = node.value
            node.value = not value if isinstance(value, bool) else value + 1  # type: ignore[operator]
        case ast.Return():
            empty = ast.Constant(None)
            node.value = ast.UnaryOp(ast.Not(), node.value) if isinstance(node.value, ast.Compare | ast.BoolOp) else empty
        case ast.IfExp() if kind == "branches exchanged":
            node.body, node.orelse = node.orelse, node.body
        case _:
            node.body[part] = ast.Pass()  # type: ignore[attr-defined]


def find_silent(tree: ast.AST) -> set[int]:
    """Returns the ids of nodes that say nothing at run time: annotations, docstrings, `if TYPE_CHECKING`, `__all__`, slices of types."""
    silent: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            parts = [node.returns, *(each.annotation for each in [*node.args.args, *node.args.kwonlyargs])]
            parts += [each for each in node.decorator_list]
        elif isinstance(node, ast.ClassDef):
            parts = [*node.decorator_list, *(each.value for each in node.keywords)]  # frozen, slots, kw_only
        elif isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id[:1].isupper() for t in node.targets):
            union = isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.BitOr)
            parts = [node.value] if union or isinstance(node.value, ast.Subscript) else []
        silent.update(id(below) for part in parts if part is not None for below in ast.walk(part))
    return silent


def make_mutant(path: Path, tree: ast.AST, number: int) -> Mutant:
    """Returns the mutant of a module in which the change of this number was made."""
    changed = copy.deepcopy(tree)
    kind, node, part = list(list_changes(changed))[number]
    line = getattr(node, "lineno", 0)
    apply_change(kind, node, part)
    after = ast.unparse(ast.fix_missing_locations(changed))
    return Mutant(str(path.relative_to(ROOT)), line, kind, ast.unparse(tree), after)


def draw_sample(packages: list[str], seed: int) -> Iterator[Mutant]:
    """Yields mutants of all modules in random order, each place in the source as likely as another."""
    places = []
    for package in packages:
        for path in sorted((ROOT / "triage" / package).rglob("*.py")):
            if path.name in ONLY.get(package, (path.name,)):
                tree = ast.parse(path.read_text(encoding="utf-8"))
                silent = find_silent(tree)
                places += [(path, tree, n) for n, (_, node, _) in enumerate(list_changes(tree)) if id(node) not in silent]
    random.Random(seed).shuffle(places)
    for path, tree, number in places:
        mutant = make_mutant(path, tree, number)
        if mutant.after != mutant.before:
            yield mutant


def choose_tests(mutant: Mutant) -> list[list[str]]:
    """Returns the tests in the order in which they run: those of the module, of its sub-package, then of the package."""
    _, package, *_ = Path(mutant.path).parts
    beside = Path("tests", *Path(mutant.path).parent.parts[1:])
    own = sorted((ROOT / "tests").rglob(f"test_{Path(mutant.path).stem}.py"), key=lambda path: package not in path.parts)
    below, all_tests = (sorted((ROOT / folder).rglob("test_*.py")) for folder in (beside, Path("tests") / package))
    groups: list[list[str]] = []
    for group in (own, below, all_tests):  # those of the module also in another package: jobs test what the store keeps
        known = {path for tests in groups for path in tests}
        groups.append([name for path in group if (name := str(path.relative_to(ROOT))) not in known])
    return [tests for tests in groups if tests]


class Copy:
    """A copy of the tree in which one mutant after another is tried."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        for source in ROOT.iterdir():
            if source.name in LEFT_OUT or source.name.endswith("_cache"):
                continue
            if source.is_dir():
                shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, folder / source.name)
        self._sound: dict[tuple[str, ...], bool] = {}
        """Tests that failed once -> whether they pass without a change: else they notice nothing."""

    def judge(self, mutant: Mutant, patience: float) -> str:
        """Returns killed, timeout or survived; or unsound when the tests that failed fail without the change too."""
        path = self.folder / mutant.path
        original = path.read_bytes()
        path.write_text(mutant.after, encoding="utf-8")
        try:
            fates = ((tests, self._run(tests, patience)) for tests in choose_tests(mutant))
            noticed, fate = next(((tests, fate) for tests, fate in fates if fate != "passed"), ([], "survived"))
        finally:
            path.write_bytes(original)
        if noticed and tuple(noticed) not in self._sound:
            self._sound[tuple(noticed)] = self._run(noticed, patience) == "passed"
        return fate if not noticed or self._sound[tuple(noticed)] else "unsound"

    def _run(self, tests: list[str], patience: float) -> str:
        command = [sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-q", "-x", "--no-header", "--tb=no", *tests]
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(home)}
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return "passed" if process.wait(patience) == 0 else "killed"
        except subprocess.TimeoutExpired:
            return "timeout"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            shutil.rmtree(home, ignore_errors=True)


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


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--package", action="append", choices=PACKAGES)
    ask.add_argument("--seconds", type=float, default=900)
    ask.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 24))
    ask.add_argument("--jobs", type=int, default=1)
    ask.add_argument("--most", type=int, default=1 << 30)
    ask.add_argument("--patience", type=float, default=300, help="seconds for the tests of one mutant")
    options = ask.parse_args()
    equal, fates, by_package = read_equal(), Counter[str](), Counter[tuple[str, str]]()
    sample = (mutant for mutant in draw_sample(options.package or list(PACKAGES), options.seed) if mutant.label() not in equal)
    waiting, until = islice(sample, options.most), time.monotonic() + options.seconds
    drawing = threading.Lock()
    folder = Path(tempfile.mkdtemp(prefix="triage-mutants-"))

    def work(number: int) -> None:
        copied = Copy(folder / str(number))
        while time.monotonic() < until:
            with drawing:
                mutant = next(waiting, None)
            if mutant is None:
                return
            fate = copied.judge(mutant, options.patience)
            fates[fate] += 1
            by_package[Path(mutant.path).parts[1], fate] += 1
            print(f"{fate:8} {mutant.path}:{mutant.line} {mutant.kind}", flush=True)
            if fate == "survived":
                print("    " + "\n    ".join(changed_lines(mutant)), f"\n    label: {mutant.label()}", flush=True)

    try:
        with ThreadPoolExecutor(options.jobs) as threads:
            for done in [threads.submit(work, n) for n in range(options.jobs)]:
                done.result()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
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
        count = sum(n for (name, fate), n in by_package.items() if name == package and fate != "unsound")
        print(f"  {package}: {count - by_package[package, 'survived']} of {count}")


if __name__ == "__main__":
    sys.exit(main())
