from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle
from triage.errors import StoreError
from triage.importers.archive import ZIP_LOCKED
from triage.importers.le_pdf import IMAGE_ONLY
from triage.jobs.policy import OfficePolicy
from triage.message import Message
from triage.model.handover import Receipt
from triage.model.progress import Progress
from triage.model.users import Role
from triage.model.views import ImportResult, MediaCounts, ReportCounts
from triage.model.work import WorkConflict, WorkImport
from triage.ui.core.runner import Changed, Runner
from triage.ui.intake.page import ImportPage, describe_result
from triage.ui.intake.set_aside import SetAsidePage, format_help
from triage.ui.kit.job_pace import Pace
from triage.ui.kit.widgets import KeyButton


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
    qtbot.waitUntil(lambda: api.calls == [("import", (Path("bundle.zip"),), Receipt(), ())])


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
    assert page.job is not None
    qtbot.waitUntil(lambda: bool(changed))
    assert changed[0].all_reports and changed[0].set_aside
    receipt = Receipt(received_from="NCMEC", medium="USB stick 14")
    assert api.calls == [("import", (Path("a.zip"), Path("b")), receipt, (b"one", b"two"))]
    said = texts(page._result)
    assert "Reports: 412 new, 3 updated, 1 unchanged." in said
    assert "bundle/scan.pdf" in said and IMAGE_ONLY in said
    assert page.form.passwords == (), "passwords do not stay"


def test_an_import_can_be_stopped(runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi(slow=20)
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    filled(page)
    page.form.go.click()
    page.stop()
    api.slow = 0
    qtbot.waitUntil(lambda: page.job is None)
    assert "Stopped. What was already imported stays." in texts(page._result)


def test_a_failure_is_one_sentence_with_the_next_step(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    def fails(*_: object, **__: object) -> None:
        raise StoreError("The disk is full; free some space.")

    api.import_bundles = fails  # type: ignore[method-assign,assignment]
    page = ImportPage(api, runner)
    qtbot.addWidget(page)
    filled(page)
    page.form.go.click()
    qtbot.waitUntil(lambda: page.job is None)
    said = texts(page._result)
    assert "The disk is full; free some space." in said
    assert any("recognised" in text for text in said)


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


def test_set_aside_is_a_work_list(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = SetAsidePage(api, runner)
    qtbot.addWidget(page)
    page.reload()
    qtbot.waitUntil(lambda: "bundle/scan.pdf" in texts(page))
    said = texts(page)
    assert "bundle/900/‹U+202E›gpj.exe" in said
    assert "password file" in format_help(Message(ZIP_LOCKED, n=1, total=4))
    assert "another copy" in format_help(Message("The XML is damaged."))


def test_hundreds_that_were_set_aside_are_shown_some_at_a_time(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    many = tuple(replace(api.set_aside()[0], path=f"bundle/{n}.pdf") for n in range(95))
    api.set_aside = lambda: many  # type: ignore[method-assign]
    page = SetAsidePage(api, runner)
    qtbot.addWidget(page)
    page.reload()
    settle(runner)

    def shown() -> int:
        return sum(text.endswith(".pdf") for text in texts(page))

    first = shown()
    assert 10 < first < 95
    while shown() < 95:
        before = shown()
        next(b for b in page.findChildren(KeyButton) if b.words().startswith("Show ") and not b.isHidden()).click()
        assert shown() > before
    assert not [b for b in page.findChildren(KeyButton) if b.words().startswith("Show ") and not b.isHidden()]


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
    assert "Report 900000001, status: here on_hold, there -. A lead decides." in told and "900000002" in told
