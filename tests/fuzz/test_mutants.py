"""The mutation bench changes what it says it changes, and counts as it says it counts."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import mutants


def change(source: str) -> set[str]:
    """Returns every mutant of a piece of source."""
    tree = ast.parse(source)
    silent = mutants.find_silent(tree)
    places = [n for n, (_, node, _) in enumerate(mutants.list_changes(tree)) if id(node) not in silent]
    return {mutants.make_mutant(mutants.ROOT / "triage" / "x.py", tree, n).after for n in places}


@pytest.mark.parametrize(
    ("source", "after"),
    [
        ("x = a < b", "x = a <= b"),
        ("x = a and b", "x = a or b"),
        ("x = a + b", "x = a - b"),
        ("x = 31", "x = 32"),
        ("x = True", "x = False"),
        ("x = not a", "x = not not a"),
        ("def f(): return a", "def f():\n    return None"),
        ("def f(): return a == b", "def f():\n    return not a == b"),
        ("x = a if b else c", "x = c if b else a"),
        ("f()\ng()", "pass\ng()"),
        ("for x in y:\n    continue", "for x in y:\n    pass"),
    ],
)
def test_changes(source: str, after: str) -> None:
    assert after in change(source)


@pytest.mark.parametrize("source", ["X = int | str", "def f(a: int | None) -> int | None: pass", '"""Words."""'])
def test_what_says_nothing_at_run_time_stays(source: str) -> None:
    assert change(source) == set()


@pytest.fixture
def no_search_for_cycles() -> Iterator[None]:
    """Python looks for cycles again and again while all modules are parsed, which takes most of the time."""
    gc.disable()
    yield
    gc.enable()


def test_the_same_seed_draws_the_same_mutants_from_all_packages(no_search_for_cycles: None) -> None:
    packages = list(mutants.PACKAGES)
    first = [mutant.label() for mutant, _ in zip(mutants.draw_sample(packages, 1), range(30), strict=False)]
    assert first == [mutant.label() for mutant, _ in zip(mutants.draw_sample(packages, 1), range(30), strict=False)]
    assert len({label.split("/")[1] for label in first}) > 3


def test_the_tests_of_the_module_run_first() -> None:
    first, rest = mutants.choose_tests(mutants.Mutant("triage/links/link_strength.py", 1, "constant", "", ""))
    assert first[0] == "tests/links/test_link_strength.py" and "tests/links/test_link_keys.py" in rest


def test_tests_of_a_sub_package_are_tests_of_its_modules() -> None:
    groups = mutants.choose_tests(mutants.Mutant("triage/exports/redaction/spelling.py", 1, "constant", "", ""))
    beside = [path for path in groups[0] if path.startswith("tests/exports/redaction/")]
    assert beside, "the whole package's tests come after those of the sub-package"


def test_fates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree of its own, with a test that notices one change and not the other."""
    (tmp_path / "triage" / "toy").mkdir(parents=True)
    (tmp_path / "tests" / "toy").mkdir(parents=True)
    source = "def add(a, b):\n    return a + b\n\ndef forget():\n    return 1\n"
    (tmp_path / "triage" / "toy" / "sums.py").write_text(source)
    (tmp_path / "tests" / "toy" / "test_sums.py").write_text(
        "import runpy\n\ndef test_add():\n    assert runpy.run_path('triage/toy/sums.py')['add'](1, 2) == 3\n"
    )
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    copied = mutants.Copy(tmp_path / "copy")
    found = {mutant.kind: copied.judge(mutant, 60) for mutant in mutants.draw_sample(["toy"], 1)}
    assert found == {"arithmetic": "killed", "return value": "survived", "constant": "survived"}
    assert (copied.folder / "triage" / "toy" / "sums.py").read_text() == source


def test_the_interval_of_a_score() -> None:
    low, high = mutants.find_interval(38, 60)
    assert (round(low, 3), round(high, 3)) == (0.507, 0.744)
    assert mutants.find_interval(0, 0) == (0.0, 1.0)
