"""A package of three times as many reports costs three times as much: no step goes over the whole package for each of its reports."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import msgspec
import pytest

from tests.jobs.bundles import le_json
from tests.jobs.exchange_stores import Workstation, make_workstation
from triage.jobs.casework.cases import open_case
from triage.jobs.casework.decisions import decide
from triage.store.queries import cases

FEW, MANY = 4, 12
LEAST_CALLS = 3 * MANY
MOST_GROWTH = 1.7 * MANY / FEW
"""A function is called so many times more often for a package of `MANY` reports than for one of `FEW`; 9 times if it grows with
their square."""

APART = ("links", "judging", "intake")
"""All reports of the test are linked with one another; and what an import reads ahead has a bound that they do not reach."""

Calls = Counter[tuple[str, int, str]]


def count_calls(act: Callable[[], object]) -> Calls:
    """Counts calls of functions, steps of generators, and messages that a decoder of ours reads."""
    calls: Calls = Counter()

    def hear(frame: FrameType, event: str, arg: Any) -> None:
        if event == "call":
            code: CodeType = frame.f_code
            calls[code.co_filename, code.co_firstlineno, code.co_name] += 1
        elif event == "c_call" and isinstance(getattr(arg, "__self__", None), msgspec.json.Decoder):
            calls["a decoder", id(arg.__self__), repr(arg.__self__)] += 1

    sys.setprofile(hear)
    try:
        act()
    finally:
        sys.setprofile(None)
    return calls


def exchange_package(hq: Workstation, office: Workstation, numbers: list[str]) -> dict[str, Calls]:
    """Sends a package, works on each of its reports, and merges the answer; returns the calls of each step."""
    steps: dict[str, Calls] = {}
    file = f"{len(numbers)}.age"
    steps["send"] = count_calls(lambda: hq.sends(office, *numbers, file=file))
    steps["take in"] = count_calls(lambda: office.takes_in(hq.folder / file))
    for number in numbers:
        decide(office.session, number, status="in_progress", note="read")
        open_case(office.session, [number])
    package = str(hq.session.store.read().value("SELECT package_id FROM work_package ORDER BY id DESC LIMIT 1"))
    steps["send back"] = count_calls(lambda: office.answers(hq, package, file))
    steps["merge"] = count_calls(lambda: hq.takes_in(office.folder / file))
    return steps


@pytest.mark.timeout(300)
def test_no_step_goes_over_the_package_for_each_report(tmp_path: Path) -> None:
    """Each report was compared with all members of its package, and each case that came back with all reports of it."""
    hq, office = make_workstation(tmp_path / "hq", "Headquarters"), make_workstation(tmp_path / "lahore", "Lahore")
    hq.knows(office)
    office.knows(hq)
    numbers = [str(900000100 + n) for n in range(FEW + MANY)]
    (tmp_path / "in").mkdir()
    for number in numbers:
        (tmp_path / "in" / f"{number}.json").write_bytes(le_json(int(number)))
    hq.takes_in(tmp_path / "in")
    few, many = exchange_package(hq, office, numbers[:FEW]), exchange_package(hq, office, numbers[FEW:])
    grown = {
        (step, name): (few[step][name], n)
        for step in few
        for name, n in many[step].items()
        if Path(name[0]).parent.name not in APART and n >= LEAST_CALLS and n > MOST_GROWTH * max(1, few[step][name])
    }
    assert not grown
    assert {cases.find_case_of_report(hq.session.store.read(), i) is not None for i in range(1, len(numbers) + 1)} == {True}
    hq.session.close()
    office.session.close()
