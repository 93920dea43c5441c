"""The mutation bench changes what it says it changes, and counts as it says it counts."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import mutants
from bench.mutation import drawing
from bench.mutation.copied import Copy, choose_files
from bench.mutation.drawing import Mutant
from bench.mutation.reached import Reached


def change(source: str) -> set[str]:
    """Returns every mutant of a piece of source."""
    tree = ast.parse(source)
    silent = drawing.find_silent(tree)
    places = [n for n, (_, node, _) in enumerate(drawing.list_changes(tree)) if id(node) not in silent]
    return {drawing.make_mutant(drawing.ROOT / "triage" / "x.py", tree, n).after for n in places}


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
    packages = ["priority", "hashing", "locate", "links"]
    assert set(packages) < set(mutants.PACKAGES)
    first = [mutant.label() for mutant, _ in zip(drawing.draw_sample(packages, 1), range(90), strict=False)]
    again = [mutant.label() for mutant, _ in zip(drawing.draw_sample(packages, 1), range(30), strict=False)]
    assert again == first[:30]  # drawn one after the other from one order of all places
    assert {label.split("/")[1] for label in first} == set(packages)


def at(path: str) -> Mutant:
    return Mutant(path, range(1, 2), True, "constant", "", "")


def test_the_files_of_the_module_run_first_where_no_test_reaches_it() -> None:
    first, rest = choose_files(mutants.ROOT, at("triage/links/link_strength.py"))
    assert first[0] == "tests/links/test_link_strength.py" and "tests/links/test_link_keys.py" in rest


def test_tests_of_a_sub_package_are_tests_of_its_modules() -> None:
    groups = choose_files(mutants.ROOT, at("triage/exports/redaction/spelling.py"))
    beside = [path for path in groups[0] if path.startswith("tests/exports/redaction/")]
    assert beside, "the whole package's tests come after those of the sub-package"


@pytest.mark.parametrize(
    ("source", "mark", "lines", "called"),
    [
        ("X = 1\nY = 2\n", "2", [2], False),
        ("def f(a=1):\n    return a\n", "1", [1], False),
        ("def f(a):\n    return (\n        a +\n        1\n    )\n", "1", [2, 3, 4, 5], True),
        ("def f(a):\n    if a > 1:\n        return 0\n", "1", [2], True),
        ("class C:\n    x: int = 1\n\n    def f(self):\n        g()\n", "1", [2], False),
        ("for x in y:\n    f()\n", "f()", [2], False),
    ],
)
def test_the_place_of_a_change(source: str, mark: str, lines: list[int], called: bool) -> None:
    tree = ast.parse(source)
    node = next(each for each in ast.walk(tree) if isinstance(each, ast.Constant | ast.Call) and ast.unparse(each) == mark)
    found, runs_when_called = drawing.find_place(tree, node)
    assert (list(found), runs_when_called) == (lines, called)


SUMS = """LIMIT = 3


def add(a, b):
    return a + b


def forget():
    return 1


def scale(a):
    return a * LIMIT
"""
TESTS = """import pytest
from triage.toy import sums


@pytest.fixture(scope="module")
def five():
    return sums.add(2, 3)


def test_add():
    assert sums.add(1, 2) == 3


def test_scale():
    assert sums.scale(4) > 0


def test_five(five):
    assert five == 5


def test_fails_always():
    assert sums.add(1, 1) == 3
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree of its own, with tests that notice one change and not others."""
    for folder in ("triage/toy", "tests/toy"):
        (tmp_path / folder).mkdir(parents=True)
        for each in (tmp_path / folder, (tmp_path / folder).parent):
            (each / "__init__.py").touch()
    (tmp_path / "triage/toy/sums.py").write_text(SUMS)
    (tmp_path / "tests/toy/test_sums.py").write_text(TESTS)
    (tmp_path / "tests/reached.py").write_bytes((mutants.ROOT / "tests/reached.py").read_bytes())
    for module in (mutants, drawing):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # a dozen runs: each would load plugins longer than it tests
    return tmp_path


def test_fates(toy: Path, tmp_path: Path) -> None:
    copied = Copy(toy, tmp_path / "copy")
    reached = mutants.prepare_map(tmp_path / "map", ["toy"], copied)
    found = {
        (mutant.kind, mutant.lines.start): copied.judge(mutant, reached, 60, 60) for mutant in drawing.draw_sample(["toy"], 1)
    }
    assert {place: fate.word for place, fate in found.items()} == {
        ("constant", 1): "survived", ("arithmetic", 5): "killed", ("return value", 5): "killed", ("constant", 9): "survived",
        ("return value", 9): "survived", ("arithmetic", 13): "survived", ("return value", 13): "killed",
    }  # fmt: skip
    assert found["arithmetic", 5].tests == 3, "a fixture of the file reaches it, so all of its tests that pass"
    assert found["return value", 9].tests == 0, "no test reaches it, so whole files ran"
    assert found["constant", 1].tests == 3, "all tests of the module rest on what runs at import"
    assert (copied.folder / "triage/toy/sums.py").read_text() == SUMS


def test_a_map_of_another_source_is_refused(toy: Path, tmp_path: Path) -> None:
    copied = Copy(toy, tmp_path / "copy")
    mutants.prepare_map(tmp_path / "map", ["toy"], copied)
    (toy / "triage/toy/sums.py").write_text("\n" + SUMS)
    with pytest.raises(SystemExit, match="another source"):
        mutants.prepare_map(tmp_path / "map", ["toy"], copied)


def test_the_quickest_test_of_each_file_comes_first(tmp_path: Path) -> None:
    reached = Reached(tmp_path, tmp_path)
    reached.seconds = {
        "tests/toy/test_a.py::slow": 9.0, "tests/toy/test_a.py::quick": 2.0, "tests/toy/test_b.py::quick": 1.0,
        "tests/toy/test_sums.py::own": 8.0, "tests/other/test_c.py::quickest": 0.1,
    }  # fmt: skip
    reached._reaching = lambda path, lines=None: set(reached.seconds)  # type: ignore[method-assign]
    order = reached.find_tests(at("triage/toy/sums.py"), 100)
    assert [test.rpartition("/")[2] for test in order] == [
        "test_sums.py::own", "test_b.py::quick", "test_a.py::quick", "test_a.py::slow", "test_c.py::quickest",
    ]  # fmt: skip
    assert reached.find_tests(at("triage/toy/sums.py"), 9.5) == order[:2]
    assert reached.find_tests(at("triage/toy/sums.py"), 1) == order[:1], "never none"


def test_the_interval_of_a_score() -> None:
    low, high = mutants.find_interval(38, 60)
    assert (round(low, 3), round(high, 3)) == (0.507, 0.744)
    assert mutants.find_interval(0, 0) == (0.0, 1.0)
