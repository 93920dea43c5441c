"""The runner of the benchmark suite: what is missed turns it red, what did not run is not green, and each benchmark can fail."""

from __future__ import annotations

import importlib
import json
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import __main__ as command
from bench.suite import table
from bench.suite.model import Benchmark, Place, Plant, Result
from bench.suite.page import write_page
from bench.suite.plot import Line, draw_plot
from bench.suite.running import Run, load_runs, measure_apart, measure_here, save_run
from bench.suite.table import BENCHMARKS

SLOW = Plant("tests.bench.test_suite:do_work", 30)
ROW = Benchmark("drawn", "a drawn thing", "tests.bench.test_suite:measure_drawn", "things", (1, 10), (1,), SLOW)


def do_work() -> None:
    pass


def measure_drawn(size: int, place: Place) -> list[Result]:
    began = time.thread_time()
    importlib.import_module("tests.bench.test_suite").do_work()
    spent = (time.thread_time() - began) * 1000
    return [Result("work", 0, spent, "ms", 20), Result("rate", 0, 5_000 * size, "/s", 1_000, better="higher")]


def find_result(**changed: object) -> Result:
    return Result(**{"name": "x", "size": 1, "value": 10.0, "unit": "ms", "bound": 10.0} | changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({}, False),
        ({"value": 10.1}, True),
        ({"value": 12.9, "allowed": 1.3}, False),
        ({"value": 13.1, "allowed": 1.3}, True),
        ({"value": 9.9, "better": "higher"}, True),
        ({"value": 6.1, "better": "higher", "allowed": 0.6}, False),
        ({"value": 5.9, "better": "higher", "allowed": 0.6}, True),
        ({"value": 0.0, "better": "higher"}, True),
    ],
)
def test_a_bound_holds_in_its_direction(changed: dict[str, object], missed: bool) -> None:
    assert find_result(**changed).is_missed() is missed


def test_slack_allows_more() -> None:
    assert find_result(value=19.0).is_missed() and not find_result(value=19.0).is_missed(2)


def test_a_planted_regression_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("tests.bench.test_suite")
    monkeypatch.setattr(module, "do_work", do_work)  # put back afterwards
    assert not any(each.is_missed() for each in measure_here(ROW, 1, tmp_path))
    planted = measure_here(ROW, 1, tmp_path, plant=True)
    assert [each.name for each in planted if each.is_missed()] == ["work"]


@pytest.mark.parametrize(
    ("runs", "code"),
    [
        ([Run("a", 1, (find_result(),))], 0),
        ([Run("a", 1, (find_result(),)), Run("b", 1, (find_result(value=11),))], 1),
        ([Run("a", 1, (), failure="died")], 1),
    ],
)
def test_the_exit_code(runs: list[Run], code: int) -> None:
    assert command.decide(runs, 1.0) == code


@pytest.mark.parametrize(
    ("sound", "planted", "code"),
    [
        ((10, 10), (14, 10), 1),
        ((10, 10), (12, 10), command.NOT_NOTICED),
        ((5, 10), (10, 10), command.NOT_NOTICED),
        ((14, 10), (14, 10), command.NOT_NOTICED),
        ((14, 10), (20, 10), 1),
    ],
    ids=["missed", "hardly", "within", "missed in any case", "missed far more"],
)
def test_a_plant_is_noticed_by_what_it_makes_worse(sound: tuple[int, int], planted: tuple[int, int], code: int) -> None:
    first, second = (
        [Run("a", 1, tuple(find_result(name=name, value=value) for name, value in zip("xy", values, strict=True)))]
        for values in (sound, planted)
    )
    assert command.decide_plants(first, second, 1.0) == code


def test_a_failed_run_noticed_nothing_and_a_skipped_one_is_not_asked() -> None:
    sound = [Run("a", 1, (find_result(),)), Run("b", 1, (), skipped=True)]
    assert command.decide_plants(sound, [Run("a", 1, (), failure="died"), sound[1]], 1.0) == command.NOT_NOTICED
    assert command.decide_plants(sound, [Run("a", 1, (find_result(value=14),)), sound[1]], 1.0) == 1


def test_a_missing_peer_is_neither_red_nor_shown_as_passed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = Benchmark("drawn", "", "no.such:thing", "things", (1,), (1,), SLOW, needs=("no_such_peer",))
    run = measure_apart(row, 1, tmp_path)
    assert run.skipped and not run.is_red() and "no_such_peer" in run.failure
    command.decide([run], 1.0)
    assert "not measured: drawn" in capsys.readouterr().out.casefold()


def test_an_unknown_name_is_wrong_usage() -> None:
    assert command.main(["no such benchmark"]) == 2


def test_the_page_shows_machine_ratio_and_plot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.suite.page.BENCHMARKS", (ROW,))
    machine = {"processor": "Drawn 3000"}
    for size, value, pace in ((1, 4.0, (0.0, 0.0)), (10, 30.0, (20.0, 21.5))):
        found = (find_result(name="a < b", size=size, value=value),)
        save_run(Run("drawn", size, found, machine=machine, pace=pace), tmp_path / "json")
    runs = load_runs(tmp_path / "json")
    assert [run.size for run in runs] == [1, 10]
    assert json.loads((tmp_path / "json" / "drawn-10.json").read_text())["results"][0]["missed"] is True
    write_page(runs, tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text()
    assert page.count(", pace ") == page.count("pace 20.0 to 21.5 ms") == 1
    assert "Drawn 3000" in page and "4.00 ms (0.40)" in page and "30.0 ms (**3.00**)" in page and "at most 10.0 ms" in page
    drawn = ElementTree.parse(tmp_path / "images" / "benchmarks" / "drawn.svg").getroot()
    assert "a < b" in [each.text for each in drawn.iter() if each.tag.endswith("text")]
    write_page([], tmp_path / "page.md")
    kept = (tmp_path / "page.md").read_text()
    assert kept.partition("## ")[2] == page.partition("## ")[2], "what this machine did not measure stays"


def test_nothing_to_draw_is_no_plot() -> None:
    assert draw_plot([], "", "") == ""
    assert "NaN" not in draw_plot([Line("flat", ((5, 0.0), (5, 0.0)))], "", "")


@pytest.mark.parametrize("row", BENCHMARKS, ids=lambda row: row.name)
def test_each_row_can_run_and_has_a_plant_that_exists(row: Benchmark) -> None:
    """Without loading the desktop or a peer: the modules are looked for, and the names in their text."""
    for place in (row.function, row.plant.function):
        module, _, name = place.partition(":")
        path = Path(__file__).parents[2] / f"{module.replace('.', '/')}.py"
        text = (path if path.exists() else path.with_suffix("") / "__init__.py").read_text(encoding="utf-8")
        assert name.rpartition(".")[2] in text, place
    assert row.sizes and row.quick and max(row.quick) <= max(row.sizes)


def test_names_are_unique() -> None:
    assert len({row.name for row in BENCHMARKS}) == len(BENCHMARKS)
    assert table.find_benchmarks(()) == list(BENCHMARKS)


def test_a_plant_in_what_was_not_measured_is_not_said_to_be_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    skipped = Run("sample", 1, (), failure="not installed: a peer", skipped=True)
    assert command.decide_plants([skipped], [skipped], 1.0) == command.NOT_NOTICED
    assert capsys.readouterr().out == "Not measured: sample\n"
