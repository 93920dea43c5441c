from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.fakes_imports import queued
from tests.ui.screens import settle
from tests.ui.slow_work import UNTIL_LET_GO
from triage.errors import Refused, StoreError
from triage.importers.archive import ZIP_LOCKED
from triage.importers.le_pdf import IMAGE_ONLY
from triage.jobs.exchange.import_queue import QueuedImport
from triage.jobs.policy import OfficePolicy
from triage.message import Message
from triage.model.handover import Receipt
from triage.model.import_counts import MediaCounts, ReportCounts
from triage.model.progress import Progress
from triage.model.users import Role
from triage.model.views import ImportResult
from triage.model.work import WorkConflict, WorkImport
from triage.ui.core.paged_table import WINDOW
from triage.ui.core.runner import Changed, Runner
from triage.ui.intake.import_progress import ImportProgress, OverallPace
from triage.ui.intake.import_words import describe_result
from triage.ui.intake.page import ImportPage
from triage.ui.intake.set_aside import SetAsidePage, format_help
from triage.ui.kit.job_pace import Pace


def texts(widget: object) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]  # type: ignore[attr-defined]


def filled(page: ImportPage, *paths: Path) -> None:
    page.add_paths(list(paths) or [Path("bundle.zip")])
    page.form.received_from.setText("NCMEC")
    page.form.medium.setText("USB stick 14")


def test_custody_begins_with_a_receipt(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    page.form.go.click()
    assert "Add files" in page.form._problem.text()
    page.add_paths([Path("bundle.zip")])
    page.form.go.click()
    assert "who the bundle came from" in page.form._problem.text()
    assert api.calls == []


def test_a_receipt_says_all_that_custody_asks(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    filled(page)
    form = page.form
    for field, said in (
        (form.delivered_by, "A. Rider"), (form.serial, "SN-14"), (form.received_at, "24 November, 09:30"),
        (form.seal, "No. 77, whole"), (form.note, " two bags "),
    ):  # fmt: skip
        field.setText(said)
    form.write_blocked.setCurrentIndex(1)
    assert form.read_receipt() == Receipt(
        received_from="NCMEC", delivered_by="A. Rider", received_at="24 November, 09:30", medium="USB stick 14",
        medium_serial="SN-14", seal="No. 77, whole", write_blocked=True, note="two bags",
    )  # fmt: skip
    form.clear_fields()
    assert form.read_receipt() == Receipt(), "what was said of one bundle does not hold for the next"


def test_a_desk_that_requires_no_receipt_is_asked_once(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.policy = OfficePolicy()
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: any("fields are optional" in text for text in texts(page.form)))
    page.add_paths([Path("bundle.zip")])
    page.form.go.click()
    assert "Source and carrier are blank" in page.form._problem.text() and api.calls == []
    page.form.go.click()
    qtbot.waitUntil(lambda: api.calls[:1] == [("queue", (Path("bundle.zip"),), Receipt(), 0)])
    settle(runner)


def test_an_import_runs_and_tells_what_was_set_aside(api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path) -> None:
    passwords = tmp_path / "passwords.txt"
    passwords.write_text("one\n\ntwo\none\n", "utf-8")
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    filled(page, Path("a.zip"), Path("b"), Path("a.zip"))
    page.form.read_passwords(passwords)
    changed: list[Changed] = []
    runner.changed.connect(changed.append)
    page.form.go.click()
    settle(runner)
    assert any(each.all_reports and each.set_aside for each in changed)
    receipt = Receipt(received_from="NCMEC", medium="USB stick 14")
    assert api.calls == [("queue", (Path("a.zip"), Path("b")), receipt, 2), ("run", 1, (b"one", b"two"))]
    said = texts(page._result)
    assert "Reports: 412 new, 3 updated, 1 unchanged." in said
    assert f"1 × {IMAGE_ONLY}" in said
    assert page.form.passwords == () and page._passwords == {}, "passwords do not stay"


def test_several_imports_run_one_after_the_other(runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi(slow=UNTIL_LET_GO)
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    for name in ("first.zip", "second.zip", "third.zip"):
        filled(page, Path(name))
        page.form.go.click()
        assert not page.form.isEnabled(), "what is typed meanwhile would be lost"
        qtbot.waitUntil(lambda: page.form.isEnabled() and page.form.paths == [])
    qtbot.waitUntil(lambda: len(page.orders) == 3)
    page._change(lambda: api.move_import(page.orders[2].id, -1))
    qtbot.waitUntil(lambda: [order.paths[0] for order in page.orders] == ["first.zip", "third.zip", "second.zip"])
    api.slow = 0
    qtbot.waitUntil(lambda: all(order.state == "finished" for order in api.orders))
    settle(runner)
    runs = [call[1] for call in api.calls if call[0] == "run"]
    names = {order.id: order.paths[0] for order in api.orders}
    assert [names[run] for run in runs] == ["first.zip", "third.zip", "second.zip"]
    assert page.job is None and not page.panel.running.isVisible()


class LateAnswers(FakeApi):
    """Answers what the queue holds when it is asked, but a question waits for its turn when it has one."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[threading.Event] = []
        """One for each question that waits."""
        self.asked = self.answered = 0

    def import_queue(self) -> tuple[QueuedImport, ...]:
        turn = self.turns[self.asked] if self.asked < len(self.turns) else None
        self.asked += 1
        found = super().import_queue()
        if turn is not None and not turn.wait(60):
            raise AssertionError("nobody let the answer go")
        self.answered += 1
        return found


def test_an_answer_from_before_the_order_does_not_keep_it_from_starting(runner: Runner, qtbot: QtBot) -> None:
    """Two threads read. What was asked before the order arrives after it was queued, and before the answer that knows of it."""
    api = LateAnswers()
    before, after = threading.Event(), threading.Event()
    api.turns = [before, after]
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: api.asked == 1)
    filled(page)
    page.form.go.click()
    qtbot.waitUntil(lambda: api.asked == 2)
    before.set()
    qtbot.waitUntil(lambda: api.answered == 1)
    QApplication.processEvents()
    after.set()
    qtbot.waitUntil(lambda: ("run", 1, ()) in api.calls)
    settle(runner)
    assert [order.state for order in api.orders] == ["finished"]


def test_an_answer_from_before_the_order_may_come_last(runner: Runner, qtbot: QtBot) -> None:
    api = LateAnswers()
    before = threading.Event()
    api.turns = [before]
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: api.asked == 1)
    filled(page)
    page.form.go.click()
    qtbot.waitUntil(lambda: [order.state for order in api.orders] == ["finished"] and page.job is None)
    before.set()
    settle(runner)
    assert [order.state for order in page.orders] == ["finished"], "an earlier answer shows an empty queue"
    assert [call[0] for call in api.calls] == ["queue", "run"]


def test_a_failed_import_does_not_stop_the_others(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.orders = [queued(1), queued(2)]
    api.import_fails = StoreError("The disk is full; free some space.")
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    settle(runner)
    page.start(1)
    settle(runner)
    assert [order.state for order in api.orders] == ["failed", "failed"]
    said = texts(page)
    assert "The disk is full; free some space." in said
    assert any("recognised" in text for text in said)


def test_an_import_waits_for_another_program_and_starts_by_itself(
    api: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was refused and tried again without a pause, and said each time that it did not finish."""
    api.orders = [queued(1)]
    tried: list[int] = []
    run = api.run_import

    def refuse(order_id: int, **given: Any) -> Any:
        tried.append(order_id)
        raise Refused("Another import is running in this store; this one starts when it has ended.")

    monkeypatch.setattr(api, "run_import", refuse)
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    settle(runner)
    page.start(1)
    settle(runner)
    assert tried == [1] and page._again.isActive()
    assert "The import waits" in texts(page._result) and "The import did not finish" not in texts(page._result)
    monkeypatch.setattr(api, "run_import", run)
    page._again.setInterval(0)
    settle(runner)
    qtbot.waitUntil(lambda: [order.state for order in api.orders] == ["finished"])


def test_an_import_can_be_stopped_and_started_again(runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi(slow=UNTIL_LET_GO)
    api.orders = [queued(1), queued(2)]
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    settle(runner)
    page.start(1)
    page.stop()
    api.slow = 0
    qtbot.waitUntil(lambda: page.job is None)
    settle(runner)
    assert "Stopped. What was already imported stays." in texts(page._result)
    assert [order.state for order in page.orders] == ["stopped", "waiting"], "whoever stops wants no other import to begin"
    page.start(1)
    settle(runner)
    assert [order.state for order in api.orders] == ["finished", "finished"]


def test_a_paused_import_waits_and_continues(runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi(slow=UNTIL_LET_GO)
    api.orders = [queued(1)]
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    settle(runner)
    page.start(1)
    page.pause_or_continue()
    qtbot.waitUntil(lambda: ("paused", 1, True) in api.calls)
    assert page.job is not None and page.job.token.paused() and page.panel.pause.words() == "Continue"
    api.slow = 0  # it ends its step and comes to its pause, unless it began with that
    shown = page.panel.progress.bar.value()
    qtbot.wait(100)
    assert page.job is not None and page.panel.progress.bar.value() == shown, "it waits"
    page.pause_or_continue()
    settle(runner)
    assert api.orders[0].state == "finished"


def test_locking_stops_a_paused_import_and_it_stays_paused(runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi(slow=UNTIL_LET_GO)
    api.orders = [queued(1)]
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    settle(runner)
    page.start(1)
    page.pause_or_continue()
    qtbot.waitUntil(lambda: ("paused", 1, True) in api.calls)
    closed: list[bool] = []
    runner.retire(lambda: closed.append(True))
    qtbot.waitUntil(lambda: closed == [True])
    assert api.orders[0].state == "paused"


def test_imports_of_before_are_listed_and_do_not_start_by_themselves(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.orders = [queued(1, "paused"), queued(2, "interrupted"), queued(3, passwords=2)]
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    settle(runner)
    assert api.calls == []
    said = texts(page.panel)
    assert {"paused", "interrupted", "waiting", "bundle-1.zip", "3 imports to do"} <= set(said)
    assert any("not imported twice" in text for text in said)
    told: list[str] = []
    page.said.connect(told.append)
    page.start(3)
    assert "Its passwords are not kept. Choose the password file again, then start it." in told and page.job is None
    page.form.passwords = ("one",)
    page.start(3)
    settle(runner)
    assert ("run", 3, (b"one",)) in api.calls


def test_the_bar_never_goes_back(app: QApplication) -> None:
    shown = ImportProgress()
    values = []
    for overall in (0.1, 0.3, 0.2, None, 0.25, 0.6):
        shown.show_progress(Progress(done=1, total=2, unit="files", note=Message("media"), overall=overall))
        values.append(shown.bar.value())
    assert values == sorted(values) and values[-1] == 6000
    assert shown.describe().startswith("60 %")


def test_the_time_left_is_that_of_the_whole(app: QApplication) -> None:
    pace = OverallPace()
    for second in range(11):
        pace.add(second / 100, float(second))
    assert pace.seconds_left() == pytest.approx(90)


def test_who_may_not_import_is_told(runner: Runner, qtbot: QtBot) -> None:
    page = ImportPage(FakeApi(roles=frozenset({Role.AUDITOR})), runner)
    qtbot.addWidget(page)
    assert not page.form.go.isEnabled()
    assert any("do not allow importing" in text for text in texts(page.form))


def test_pace_tells_rate_and_time_left(app: QApplication) -> None:
    pace = Pace()
    assert pace.describe() == "Starting"
    for second in range(6):
        pace.add(Progress(done=second * 30, total=3600, unit="items", note=Message("media")), float(second))
    assert pace.rate() == 30
    assert pace.describe() == "150 of 3,600 items, 30 a second, about 2 min left"
    pace.add(Progress(done=1, total=10, unit="items", note=Message("scoring")), 7.0)
    assert pace.rate() is None, "another stage, another pace"
    assert pace.describe() == "1 of 10 items"


def test_pace_without_a_total(app: QApplication) -> None:
    pace = Pace()
    pace.add(Progress(done=5, total=None, unit="items"), 0.0)
    pace.add(Progress(done=6, total=None, unit="items"), 4.0)
    assert pace.seconds_left() is None
    assert pace.describe() == "6 items, 0.2 a second"


def set_aside_page(api: FakeApi, runner: Runner, qtbot: QtBot) -> SetAsidePage:
    page = SetAsidePage(api, runner)
    qtbot.addWidget(page)
    page.reload()
    settle(runner)
    return page


def test_set_aside_is_a_work_list(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = set_aside_page(api, runner, qtbot)
    assert page.table.rows()[0].path == "bundle/scan.pdf"
    page.table.go(3)
    said = texts(page)
    assert "bundle/900/‹U+202E›gpj.exe" in said
    assert "Nothing of it could be read; only another copy helps." in said
    assert not page.again.isEnabled() and not page.password.isEnabled() and page.copy.isEnabled()
    assert "password file" in format_help(Message(ZIP_LOCKED, n=1, total=4))
    assert "another copy" in format_help(Message("The XML is damaged."))


def test_a_file_is_read_again(api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path) -> None:
    page = set_aside_page(api, runner, qtbot)
    told: list[str] = []
    page.said.connect(told.append)
    page.read_again()
    settle(runner)
    assert api.calls == [("retry", 1, (), None)]
    assert told == ["bundle/scan.pdf could be read and is imported."]
    api.retried = "not"
    page.table.go(1)
    (tmp_path / "p.txt").write_text("one\n", "utf-8")
    page.read_with_passwords(tmp_path / "p.txt")
    settle(runner)
    assert api.calls[-1] == ("retry", 2, (b"one",), None)
    assert "4 of 4" in page._answer.text(), "the reason of now"
    page.read_copy(tmp_path / "copy.zip")
    settle(runner)
    assert api.calls[-1] == ("retry", 2, (), tmp_path / "copy.zip")


def test_a_hundred_thousand_that_were_set_aside_are_listed_at_once(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    one = api.set_aside_rows[0]
    api.list_set_aside_ids = lambda: range(100_000, 0, -1)  # type: ignore[method-assign]
    api.load_set_aside = lambda ids: {n: replace(one, id=n, path=f"bundle/{n}.pdf") for n in ids}  # type: ignore[method-assign]
    page = set_aside_page(api, runner, qtbot)
    assert page.table.paged.rowCount() == 100_000 and len(page.table.rows()) <= WINDOW
    assert len(page.findChildren(QLabel)) < 100


def test_nothing_set_aside_says_so(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.set_aside_rows = ()
    page = set_aside_page(api, runner, qtbot)
    assert page.nothing.title.text() == "No file is set aside."


def test_results_of_another_workstation_name_conflicts_and_what_was_destroyed() -> None:
    conflict = WorkConflict(
        package_id="ab" * 16, with_="Lahore", report_id="900000001", field="status", here="on_hold", there=None, resolved=False
    )
    package = WorkImport(
        id="ab" * 16, kind="results", sender="Lahore", reports=1, conflicts=(conflict,), destroyed=("900000002",)
    )
    result = ImportResult(
        reports=ReportCounts(new=0, updated=1, unchanged=0),
        media=MediaCounts(new=0, duplicate=0, near_duplicate=0),
        quarantined=(),
        skipped=(),
        seconds=0.1,
        package=package,
    )
    told = "\n".join(describe_result(result))
    assert f"Results of work package {'ab' * 16} from Lahore." in told
    assert "Report 900000001, Status: here on hold, there no value. A lead decides." in told and "900000002" in told
