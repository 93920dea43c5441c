"""The real `Api` on a real store: what the fake answers in the other tests is what the use cases answer."""

from __future__ import annotations

import ast
import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.jobs.bundles import jpeg, le_json, write_bundle
from tests.jobs.conftest import CHEAP
from tests.ui.fakes import FakeApi
from tests.ui.screens import settle
from triage.errors import Refused
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.session import Session, unlock
from triage.jobs.state.open_reports import list_open_reports
from triage.model.casework import CaseFilter, RegisterNumber
from triage.model.handover import Receipt
from triage.model.media import RevealStep
from triage.model.progress import CancelToken, ignore_progress
from triage.model.queue_order import QueueOrder
from triage.model.views import QueueFilter
from triage.priority import RuleEdit
from triage.store.queries import list_matches
from triage.store.store import Store
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.matches.match_pair import find_pairs
from triage.ui.rules.page import RulesPage
from triage.ui.rules.use_dialog import UseDialog
from triage.ui.shell.main_window import MainWindow


def _places(call: Callable[..., object]) -> tuple[list[inspect.Parameter], dict[str, inspect.Parameter]]:
    """Returns the parameters that stand in order, without the first, and those that are named."""
    every = list(inspect.signature(call).parameters.values())[1:]
    in_order = [each for each in every if each.kind is not inspect.Parameter.KEYWORD_ONLY]
    return in_order, {each.name: each for each in every if each not in in_order}


def _fakes() -> dict[str, Callable[..., object]]:
    return {name: call for name, call in inspect.getmembers(FakeApi, inspect.isfunction) if not name.startswith("_")}


@pytest.mark.parametrize("name", [name for name in sorted(_fakes()) if name != "verify"])
def test_the_fake_is_called_as_the_real_one(name: str) -> None:
    """What a page passes to one fits the other. The fake may leave out optional parameters that no page passes."""
    assert hasattr(Api, name), f"FakeApi.{name} stands in for nothing"
    (fake, fake_named), (real, real_named) = _places(_fakes()[name]), _places(getattr(Api, name))
    assert all(each.kind is not inspect.Parameter.VAR_KEYWORD for each in fake), "say each parameter"
    assert len(fake) <= len(real) and fake_named.keys() <= real_named.keys()
    left_out = real[len(fake) :] + [each for each in real_named.values() if each.name not in fake_named]
    assert not [each.name for each in left_out if each.default is inspect.Parameter.empty]


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Api]:
    session = Session(Store.create(tmp_path / "store", "first", "seven green boats", cost=CHEAP).store)
    import_bundles(session, [write_bundle(tmp_path / "bundle")], receipt=Receipt())
    api = Api(session)
    yield api
    api.close()


def test_cases_samples_and_grades_are_kept(app: QApplication, real: Api) -> None:
    first = real.queue_window(QueueFilter(), QueueOrder(), 0, 1).rows[0].report_id
    case = real.open_case([first])
    real.set_case_number(case.number, "FIR", "1/26")
    real.set_case_stage(case.number, "enquiry", due="2030-01-01", note="by the book")
    real.set_case_officer(case.number, "first")
    (line,) = real.load_cases(real.find_cases(CaseFilter(search="1/26", own=True))).values()
    assert line.numbers == (RegisterNumber("FIR", "1/26"),) and real.case(case.number).officer == "first"
    assert [row.report_id for row in real.case_page(case.number).rows] == [first]
    assert real.show(first).case == case.number
    drawn = real.draw_sample()
    assert {report.report_id for report in real.sample().reports} == set(drawn.reports)
    assert real.ranking().sampled == len(drawn.reports)
    assert not real.find_grade_work().ids and real.agreement() == ()


def test_closing_a_session_ends_its_mark_of_an_open_report(app: QApplication, real: Api) -> None:
    number = real.queue_window(QueueFilter(), QueueOrder(), 0, 1).rows[0].report_id
    folder = real._session.store.directory
    with unlock(folder, "first", "seven green boats") as other:
        assert real.mark_open(number) == ()
        assert [mark.report_id for mark in list_open_reports(other)] == [number]
        real.close()
        assert list_open_reports(other) == ()


def test_rules_are_edited_tried_used_and_taken_back_on_the_page(
    app: QApplication, real: Api, runner: Runner, qtbot: QtBot
) -> None:
    window = MainWindow(real, runner)
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    window.start()
    settle(runner, 60)
    before = real.rule_book()
    window.show_desk("rules")
    settle(runner, 60)
    page = window.desk.page("rules")
    assert isinstance(page, RulesPage)
    page.listed._apply_bands(
        {**before.bands, "A": 0.4, "B": 0.3, "C": 0.2, "D": 0.1}, {family.name: family.cap for family in before.families}
    )
    settle(runner, 60)
    page.try_edits()
    settle(runner, 60)
    trial = real.try_edit(RuleEdit(bands={"A": 0.4, "B": 0.3, "C": 0.2, "D": 0.1}), before.name, ignore_progress, CancelToken())
    assert page.trial.trial == trial and trial.moved > 0
    page.ask_use()
    next(iter(page.findChildren(UseDialog))).accept()
    settle(runner, 60)
    assert real.rule_book().name == trial.name
    page.try_back()
    settle(runner, 60)
    page.ask_use()
    next(d for d in page.findChildren(UseDialog) if d.isVisible()).accept()
    settle(runner, 60)
    assert real.rule_book() == before.__class__(
        **{name: getattr(before, name) for name in before.__slots__ if name != "uses"}, uses=real.rule_book().uses
    )
    window.drop_everything()


SEEN, NEAR = "900000501", "900000502"


@pytest.fixture
def alike(tmp_path: Path) -> Iterator[Api]:
    session = Session(Store.create(tmp_path / "store", "first", "seven green boats", cost=CHEAP).store)
    for number, data in ((SEEN, jpeg(3)), (NEAR, jpeg(3, 60))):
        folder = tmp_path / "in" / number
        folder.mkdir(parents=True)
        (folder / "r.json").write_bytes(le_json(int(number)))
        (folder / f"{number}.jpg").write_bytes(data)
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    with session.store.batch() as batch:
        list_matches.hold_hash(batch, "2026-11-24T10:00:00Z", value=bytes(32))
    made = Api(session)
    yield made
    made.close()


def test_words_and_grades_are_said_and_taken_back(alike: Api) -> None:
    file = alike.show(NEAR).files[0]
    (pair,) = find_pairs(file, NEAR)
    assert (pair.report, pair.other_report, pair.possible) == (NEAR, SEEN, False)
    assert pair.reports == {NEAR, SEEN}
    alike.decide_pair(pair.sha256, pair.other, False)
    assert find_pairs(alike.show(NEAR).files[0], NEAR) == ()
    alike.decide_pair(pair.sha256, pair.other, None)
    alike.decide_pair(pair.sha256, pair.other, True)
    assert find_pairs(alike.show(NEAR).files[0], NEAR)[0].joined_by == "first"

    alike.grade(SEEN, pair.other, "adult")
    (like,) = alike.show(NEAR).files[0].alike
    assert (like.graded, like.seen) == ("adult", True)
    assert alike.inherit_grade(NEAR, pair.sha256, pair.other).grade == "adult"
    (like,) = alike.show(SEEN).files[0].alike
    assert (like.graded, like.seen) == ("adult", False), "it was taken over"
    alike.take_back_grade(NEAR, pair.sha256)
    with pytest.raises(Refused):
        alike.take_back_grade(NEAR, pair.sha256)

    (held,) = alike.held()
    assert alike.lanes().held == 1
    for word, outcome in ((True, "confirmed"), (False, "rejected"), (None, "waits for a lead")):
        alike.decide_held(held.id, word)
        assert alike.held()[0].outcome == outcome
    assert alike.possible_pairs() == ()
    assert alike.lanes().possible == 0
    assert alike.film_times(pair.sha256) == ()
    with alike.reveal(NEAR, pair.sha256, RevealStep.BLURRED) as view:
        assert view.render().width
    assert len(alike.exposures(datetime(2026, 1, 1, tzinfo=UTC))) == 1


def test_no_two_parts_of_the_fake_share_a_name() -> None:
    """One part's `held` hid another one's, and pages of both were tested against the wrong answers."""
    places: defaultdict[str, set[str]] = defaultdict(set)
    for path in Path(__file__).parents[1].glob("fakes*.py"):
        for part in (each for each in ast.parse(path.read_text("utf-8")).body if isinstance(each, ast.ClassDef)):
            for made in (each for each in part.body if isinstance(each, ast.FunctionDef)):
                places[made.name].add(part.name)
                for target in (each for node in ast.walk(made) if isinstance(node, ast.Assign) for each in node.targets):
                    if made.name.startswith(("_begin", "__init__")) and isinstance(target, ast.Attribute):
                        places[target.attr].add(part.name)
    assert {name: parts for name, parts in places.items() if len(parts) > 1 and name not in ("__init__", "_require")} == {}
