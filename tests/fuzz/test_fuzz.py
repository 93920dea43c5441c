"""A short form of `python -m bench.fuzz`, and proof that the bench can fail.

The seed stays the same, so that a change is refused for what it does and not for what chance drew. `make fuzz` draws new ones."""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import fuzz
from bench.fuzzing import seeds
from bench.fuzzing.place import Place
from tests.thorough import THOROUGH
from triage import limits
from triage.importers.registry import IMPORTERS, classify

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="limits of processes and named pipes"),
]
SEED = 11
SHORT = 16
"""A seed whose reports are of all formats and come to few pages: with SEED the typesetter takes four times as long."""
QUIET = "12"
"""A seed whose first round has nothing for the typesetter, which takes seconds for each such mutant."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store, a packet and a backup, which the bench makes for itself where it finds none."""
    return Place(tmp_path_factory.mktemp("template")).template


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    """A folder for a run of the bench."""
    shutil.copytree(template, tmp_path / "root" / "template")
    return tmp_path / "root"


@pytest.fixture(scope="module")
def child(template: Path) -> Iterator[fuzz.Child]:
    """The process in which the rounds of all targets run."""
    made = fuzz.Child(template.parent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAGE_FUZZ_PLANT", "tests.fuzz.warm")
        made._start()
    yield made
    made.end()


def run(root: Path, *arguments: str, patience: float | None = None) -> fuzz.Run:
    """Runs the bench in a folder of its own."""
    options = fuzz.read_arguments([*arguments, *(() if patience is None else ("--patience", str(patience)))])
    return fuzz.run_bench(options, root)


@pytest.mark.parametrize(
    ("target", "rounds"),
    [("reports", 1), ("archives", 1), ("lists", 1), ("packets", 6), ("backups", 3), ("keys", 6), ("wires", 2), ("deliveries", 1)],
)
def test_hostile_input_harms_nothing_else(child: fuzz.Child, target: str, rounds: int) -> None:
    """The message names the command that repeats a finding. Of the reports, which are the dearest, each second one is sent."""
    run = fuzz.Run(child, screens=False, patience=300)
    half = [*range(0, fuzz.targets()[target].batch, 2)] if target == "reports" and not THOROUGH else None
    for step in range(rounds):
        run.do_round(fuzz.targets()[target], SEED if half is None else SHORT, step, half)
    assert run.rounds == {target: rounds}
    assert [fuzz.describe_finding(found) for found in run.found.values()] == []


@pytest.mark.parametrize(
    ("planted", "target", "sentence"),
    [
        ("parser", "reports", "ZeroDivisionError: planted"),
        ("judge", "archives", "ZeroDivisionError: planted"),
        ("newest", "deliveries", "nobody acted: "),
        ("escape", "lists", "written beside the store: ['escaped']"),
        ("death", "wires", "the host died (3)"),
        ("memory", "wires", "MemoryError"),
        ("hang", "wires", "no answer within 5 s"),
    ],
)
def test_planted_faults_are_found(root: Path, monkeypatch: pytest.MonkeyPatch, planted: str, target: str, sentence: str) -> None:
    monkeypatch.setenv("TRIAGE_FUZZ_PLANT", "tests.fuzz.plant")
    monkeypatch.setenv("TRIAGE_FUZZ_PLANTED", planted)
    monkeypatch.setattr(fuzz, "PARTING_SECONDS", 0)
    how_many = (
        ("--rounds", "1") if target in ("wires", "deliveries") else ("--step", "0", "--case", "0")
    )  # any report and any list will do
    done = run(root, "--target", target, "--seed", QUIET, *how_many, "--no-screens", patience=5 if planted == "hang" else None)
    assert [found.sentence for found in done.found.values() if sentence in found.sentence] != []


def test_the_mutant_to_blame_is_singled_out(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_FUZZ_PLANT", "tests.fuzz.plant")
    monkeypatch.setenv("TRIAGE_FUZZ_PLANTED", "memory")
    names = [next(iter(case)) for case in fuzz.make_cases(fuzz.targets()["wires"], int(QUIET), 0)]
    chosen = [names.index("want"), *(n for n, name in enumerate(names) if name != "want")][:20]
    cases = [argument for n in sorted(chosen) for argument in ("--case", str(n))]
    done = run(root, "--target", "wires", "--seed", QUIET, "--step", "0", *cases, "--keep", str(tmp_path / "kept"))
    (found,) = done.found.values()
    assert len(found.cases) == 1
    assert list(fuzz.make_cases(fuzz.targets()["wires"], found.seed, found.step)[found.cases[0]]) == ["want"]
    assert [path.name for path in (tmp_path / "kept").rglob("*") if path.is_file()] == ["want"]


@pytest.mark.parametrize("name", sorted(fuzz.targets()))
def test_the_same_seed_gives_the_same_mutants(name: str) -> None:
    target = fuzz.targets()[name]
    assert fuzz.make_cases(target, 5, 1) == fuzz.make_cases(target, 5, 1) != fuzz.make_cases(target, 6, 1)


def test_mutants_differ_from_their_seeds_in_every_format() -> None:
    made = [seeds.mutate_report(random.Random(n)) for n in range(100)]
    assert {name.rpartition(".")[2] for files in made for name in files} >= {"xml", "json", "pdf", "csv"}
    assert sum(files not in seeds.feed_reports() for files in made) > 98


def test_reports_of_every_format_are_mutated() -> None:
    left = {importer.format for importer in IMPORTERS}
    for n in range(150):
        for name, data in seeds.mutate_report(random.Random(n)).items() if left else ():
            found = classify(name, data[: limits.PEEK])
            if not isinstance(found, str):
                left.discard(found.format)
    assert not left
