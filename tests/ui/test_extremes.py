"""The report's page and the queue show whatever a report may say: extreme times, numbers and texts, and one that was not judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.jobs.conftest import CHEAP
from tests.jobs.extremes import FIRST, GOOD, pdf_texts, templates, write_mutants
from tests.jobs.test_poisoned import put_times
from tests.ui.fakes import FakeApi
from tests.ui.screens import open_page, texts
from triage.decode.client import MediaPool
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging.assess import assess
from triage.jobs.lookup import find_report
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.moment import make_moment
from triage.model.queue_order import QueueOrder, QueueWindow
from triage.model.views import QueueFilter, QueueRow, ShowReport
from triage.store.queries import judgement
from triage.store.store import Store
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.queue.columns import COLUMNS
from triage.ui.queue.model import ROW_ROLE, QueueModel
from triage.ui.queue.painting import FLAG_LINES, lay_flags
from triage.ui.text import i18n, times

pytestmark = pytest.mark.timeout(600)
PAGES = 8
"""So many reports are opened, spread over the queue: a page takes a second."""


class StoredApi(FakeApi):
    """Reports and queue rows of a store, read beforehand."""

    def __init__(self, rows: Sequence[QueueRow], reports: dict[str, ShowReport]) -> None:
        super().__init__()
        self.stored_rows, self.reports = {row.id: row for row in rows}, reports

    def show(self, report_id: str, version: int | None = None) -> ShowReport:
        return self.reports.get(report_id) or super().show(report_id, version)

    def queue_window(self, filter: QueueFilter, order: QueueOrder, start: int, count: int) -> QueueWindow:
        rows = tuple(self.stored_rows.values())
        return QueueWindow(rows[start : start + count], len(rows), start, len(rows))


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> StoredApi:
    """A store with each field of each format at some extreme, times past the importers, and one report that can't be judged."""
    home = tmp_path_factory.mktemp("extremes")
    with (
        pytest.MonkeyPatch.context() as patch,
        Session(Store.create(home / "s", "first", "seven green boats", cost=CHEAP).store) as session,
    ):
        patch.setattr(MediaPool, "extract_pdf_texts", pdf_texts)
        for n, form in enumerate(templates()):
            write_mutants(home / "in", form, 13 * n, first=FIRST + 1_000 * n, most=20)
        import_bundles(session, [home / "in"], receipt=Receipt())
        with session.store.batch() as batch:
            broken = find_report(batch, str(GOOD))
            batch.execute("UPDATE source SET parsed = ? WHERE report_id = ?", (b'{"said": "kite"}', broken))
            judgement.mark_stale(batch, [broken])
        assess(session)
        rows = list_queue_rows(session, QueueFilter())
        chosen = [str(GOOD), *[row.report_id for row in rows[:: max(1, len(rows) // PAGES)]]]
        return StoredApi(rows, {number: load_report_view(session, number) for number in chosen})


@pytest.mark.parametrize("language", ["en", "ur"])
def test_pages_of_extreme_reports_open(
    stored: StoredApi, qapp: QApplication, runner: Runner, qtbot: QtBot, language: str
) -> None:
    theme.apply(qapp, "dark", language)
    for number in list(stored.reports)[language == "ur" :: 2]:
        page = open_page(stored, runner, qtbot, number)
        assert page.view is not None, number
        assert texts(page.view)
        page.grab()


def test_the_page_of_a_report_that_was_not_judged_says_so(
    stored: StoredApi, app: QApplication, runner: Runner, qtbot: QtBot
) -> None:
    page = open_page(stored, runner, qtbot, str(GOOD))
    assert page.view is not None
    said = "\n".join(texts(page.view))
    assert "This report could not be judged. Read it." in said
    assert "kite" in said
    i18n.set_language("ur")
    try:
        assert i18n.word("not judged") != "not judged"
        assert "judged" not in i18n.word("This report could not be judged. Read it.")
    finally:
        i18n.set_language("en")


def test_the_queue_paints_extreme_rows(stored: StoredApi, runner: Runner, qtbot: QtBot) -> None:
    model = QueueModel(stored, runner)
    with qtbot.waitSignal(model.loaded):
        model.load()
    qtbot.waitUntil(lambda: model.row(0) is not None)
    assert model.rowCount() == len(stored.stored_rows)
    for row in stored.stored_rows.values():
        for column in COLUMNS:
            column.describe(row)
            column.tip(row)
        assert lay_flags(row.flags, 134).lineCount() <= FLAG_LINES
    first = next(iter(stored.stored_rows.values()))
    assert model.index(0, 0).data(ROW_ROLE).report_id == first.report_id
    (failed,) = [row for row in stored.stored_rows.values() if "not judged" in row.flags]
    assert (failed.report_id, failed.band, failed.flags[0]) == (str(GOOD), "A", "not judged")


@given(st.datetimes(timezones=st.just(UTC)))
@example(datetime.max.replace(tzinfo=UTC))
@example(datetime.min.replace(tzinfo=UTC))
def test_any_time_is_said(when: datetime) -> None:
    utc = make_moment(when, "").utc
    assert str(when.year) in times.both(utc) or str((when + timedelta(hours=5)).year) in times.both(utc)
    assert times.pkt(utc) and times.ago(utc) and times.left(utc)
    times.days_left(utc)


@pytest.mark.parametrize("utc", ["9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z"])
def test_a_page_with_a_stored_time_of_any_year_opens(
    tmp_path: Path, app: QApplication, runner: Runner, qtbot: QtBot, utc: str
) -> None:
    with Session(Store.create(tmp_path / "s", "first", "seven green boats", cost=CHEAP).store) as session:
        write_mutants(tmp_path / "in", "own_case", 0)
        import_bundles(session, [tmp_path / "in"], receipt=Receipt())
        put_times(session, {str(GOOD): utc})
        assess(session)
        shown = load_report_view(session, str(GOOD))
    page = open_page(StoredApi((), {str(GOOD): shown}), runner, qtbot, str(GOOD))
    assert page.view is not None
    page.grab()
