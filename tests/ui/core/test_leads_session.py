"""The desk on a real store: what the fake answers in the other tests is what the jobs answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.jobs.bundles import write_bundle
from tests.jobs.conftest import CHEAP
from tests.ui.screens import settle
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.progress import CancelToken, ignore_progress
from triage.model.views import QueueFilter
from triage.priority import RuleEdit
from triage.store.store import Store
from triage.ui.core.runner import Runner
from triage.ui.core.session_api import SessionApi
from triage.ui.rules.page import RulesPage
from triage.ui.rules.use_dialog import UseDialog
from triage.ui.shell.main_window import MainWindow


@pytest.fixture
def real(tmp_path: Path) -> Iterator[SessionApi]:
    session = Session(Store.create(tmp_path / "store", "first", "seven green boats", cost=CHEAP).store)
    import_bundles(session, [write_bundle(tmp_path / "bundle")], receipt=Receipt())
    api = SessionApi(session)
    yield api
    api.close()


def test_cases_samples_and_grades_are_kept(app: QApplication, real: SessionApi) -> None:
    ids = real.queue_ids(QueueFilter())
    first = real.rows(ids[:1])[ids[0]].report_id
    case = real.open_case([first])
    real.set_case_number(case.number, "FIR", "1/26")
    real.set_case_stage(case.number, "enquiry", due="2030-01-01", note="by the book")
    real.set_case_officer(case.number, "first")
    assert real.cases()[0].numbers == ("FIR 1/26",) and real.case(case.number).officer == "first"
    assert [row.report_id for row in real.case_rows(case.number)] == [first]
    assert real.show(first).case == case.number
    drawn = real.draw_sample()
    assert {report.report_id for report in real.sample().reports} == set(drawn.reports)
    assert real.ranking().sampled == len(drawn.reports)
    assert real.grade_work() == () and real.agreement() == ()


def test_rules_are_edited_tried_used_and_taken_back_on_the_page(
    app: QApplication, real: SessionApi, runner: Runner, qtbot: QtBot
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
    page.listed._frame(
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
