"""Saves screenshots for the guide and for `triage demo` without a display."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from triage.model.queue_order import QueueOrder
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.kit.theme import ThemeName
from triage.ui.matches.match_pair import find_pairs
from triage.ui.queue.lanes import SET_ASIDE
from triage.ui.queue.state import OPEN_WORK
from triage.ui.screenshots import leads as desk
from triage.ui.screenshots.queue_states import show_queue_states
from triage.ui.shell.main_window import MainWindow
from triage.ui.text.i18n import Language
from triage.wellbeing import Rung

SIZE = (1440, 900)
SETTLE_MS = 400
LONGEST_MS = 20_000
SMALLEST = 0
"""Qt's quality 0 of a PNG is its strongest packing."""
SEARCHED = 60
"""So many reports at the head of the queue are looked at for one with files."""


URDU = "queue-ur.png"
BUNDLES = ("ncmec-2026-11-24", "hand-over.zip")


def save(
    app: QApplication, api: Api, out: Path, *, language: Language = "en", theme_name: ThemeName = "dark"
) -> tuple[Path, ...]:
    """Saves screenshots of all screens as PNG files of 1440 x 900 pixels and returns their paths.

    In English, the queue in Urdu and the light theme is saved last.
    """
    out.mkdir(parents=True, exist_ok=True)
    saved = _save_each(app, api, out, language, theme_name)
    if language == "en":
        with _open_window(app, api, "ur", "light") as (window, _):
            saved.append(_save(window, out / URDU))
        theme.apply(app, theme_name, language)
    return tuple(saved)


def _save_each(app: QApplication, api: Api, out: Path, language: Language, theme_name: ThemeName) -> list[Path]:
    """Saves one screenshot of each screen."""
    with _open_window(app, api, language, theme_name) as (window, runner):
        saved = [_save(window, out / "queue.png")]
        for name in show_queue_states(window, lambda: _wait_until_idle(runner)):
            saved.append(_save(window, out / f"{name}.png"))
        window.show_import()
        form = window.importing.form
        form.add_paths([Path("/media/stick-14") / name for name in BUNDLES])
        form.received_from.setText("NCMEC")
        form.medium.setText("USB 14")
        _wait_until_idle(runner)
        saved.append(_save(window, out / "import.png"))
        form.clear_fields()
        window.choose_lane(SET_ASIDE.name)
        _wait_until_idle(runner)
        saved.append(_save(window, out / "set-aside.png"))
        for name in desk.visit_pages(window, lambda: _wait_until_idle(runner)):
            saved.append(_save(window, out / f"{name}.png"))
        window.show_queue()
        report_id = window.queue.current_id()
        if report_id is None:
            return saved
        window.open_report(report_id)
        _wait_until_idle(runner)
        saved.append(_save(window, out / "report.png"))
        page = window.report
        if page is None or page.report is None:
            return saved
        for name, ask in (("decide", page.decide), ("packet", page.make_packet)):
            ask()
            _wait_until_idle(runner)
            saved.append(_save(window, out / f"{name}.png", app.activeModalWidget()))
        if page.report.files:
            page.open_media()
            if page.media is not None:
                page.media.step_on(Rung.VERDICT)
            _wait_until_idle(runner)
            saved.append(_save(window, out / "media.png"))
        return saved + _save_comparison(app, api, window, runner, out)


def _save_comparison(app: QApplication, api: Api, window: MainWindow, runner: Runner, out: Path) -> list[Path]:
    """Saves screenshots of grading and of the comparison with a similar image."""
    found = find_file_with_similar(api)
    if found is None:
        return []
    report_id, at = found
    window.open_report(report_id)
    _wait_until_idle(runner)
    page = window.report
    if page is None:
        return []
    page.open_media(at)
    if page.media is None:
        return []
    page.media.step_on(Rung.VERDICT)
    page.media.grade()
    _wait_until_idle(runner)
    saved = [_save(window, out / "grade.png", app.activeModalWidget())]
    page.media.compare()
    _wait_until_idle(runner)  # the ladder begins anew when the other file has come
    if page.compare is not None:
        page.compare.compare.step_on(Rung.VERDICT)
    _wait_until_idle(runner)
    saved.append(_save(window, out / "compare.png"))
    page.close_media()
    return saved


def find_file_with_similar(api: Api) -> tuple[str, int] | None:
    """Returns the first report of the queue that has a similar image, and the position of its file, or None."""
    for row in api.queue_window(OPEN_WORK, QueueOrder(), 0, SEARCHED).rows:
        if not row.files_present:
            continue
        files = api.show(row.report_id).files
        at = next((n for n, file in enumerate(files) if find_pairs(file, row.report_id)), None)
        if at is not None:
            return row.report_id, at
    return None


@contextmanager
def _open_window(app: QApplication, api: Api, language: Language, theme_name: ThemeName) -> Iterator[tuple[MainWindow, Runner]]:
    """Shows the working window while the screenshots are taken, and selects a report with files."""
    theme.apply(app, theme_name, language)
    runner = Runner()
    window = MainWindow(api, runner)
    window.sweeping.end()  # what stands still makes the same pictures
    window.resize(*SIZE)
    window.show()
    window.start()
    try:
        _wait_until_idle(runner)
        row = find_telling_row(api)
        if row is not None and (at := window.queue.model.find(row)) is not None:
            window.queue.table.select_row(at)
        _wait_until_idle(runner)
        yield window, runner
    finally:
        window.drop_everything()
        window.close()
        window.deleteLater()
        runner.stop()
        _run_event_loop(50)


def find_telling_row(api: Api) -> int | None:
    """Returns the queue id of the first report with stored files, else the first id, or None."""
    rows = api.queue_window(OPEN_WORK, QueueOrder(), 0, SEARCHED).rows
    return next((row.id for row in rows if row.files_present > 1), rows[0].id if rows else None)


def _save(window: QWidget, path: Path, dialog: QWidget | None = None) -> Path:
    """Saves a window as PNG, with a dialog in its middle, and closes the dialog."""
    picture = window.grab()
    if dialog is not None:
        above = dialog.grab()
        painter = QPainter(picture)
        painter.drawPixmap((picture.width() - above.width()) // 2, (picture.height() - above.height()) // 2, above)
        painter.end()
        dialog.close()
    few = picture.toImage().convertToFormat(QImage.Format.Format_RGB16)  # 65,536 colours are plenty, and pack much better
    if not few.convertToFormat(QImage.Format.Format_RGB888).save(str(path), quality=SMALLEST):
        raise OSError(f"{path} can't be written")
    return path


def _wait_until_idle(runner: Runner) -> None:
    """Waits until no job is running and everything is painted, at most 20 seconds."""
    waited = 0
    _run_event_loop(SETTLE_MS)
    while runner.under_way() and waited < LONGEST_MS:
        _run_event_loop(50)
        waited += 50
    _run_event_loop(SETTLE_MS)


def _run_event_loop(milliseconds: int) -> None:
    """Runs the event loop for some milliseconds."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
