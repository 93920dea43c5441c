"""Pictures of the screens: for the README, and for `triage demo` on a machine without a display."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from triage.model.views import QueueFilter
from triage.ui import theme
from triage.ui.api import Api
from triage.ui.i18n import Language
from triage.ui.main_window import MainWindow
from triage.ui.runner import Runner
from triage.ui.theme import ThemeName

SIZE = (1440, 900)
SETTLE_MS = 400
LONGEST_MS = 20_000
SEARCHED = 60
"""So many reports at the head of the queue are looked at for one with files."""


def save(
    app: QApplication, api: Api, out: Path, *, language: Language = "en", theme_name: ThemeName = "dark"
) -> tuple[Path, ...]:
    """Open queue, report and media on this store and save each as a PNG of 1440 x 900 in `out`."""
    theme.apply(app, theme_name, language)
    out.mkdir(parents=True, exist_ok=True)
    runner = Runner()
    window = MainWindow(api, runner)
    window.resize(*SIZE)
    window.show()
    window.start()
    try:
        _settle(runner)
        row = telling_row(api)
        if row is not None and (at := window.queue.model.find(row)) is not None:
            window.queue.table.select_row(at)
        _settle(runner)
        saved = [_save(window, out / "queue.png")]
        if (report_id := window.queue.current_id()) is not None:
            window.open_report(report_id)
            _settle(runner)
            saved.append(_save(window, out / "report.png"))
            if window.report is not None and window.report.report is not None and window.report.report.files:
                window.report.open_media()
                _settle(runner)
                saved.append(_save(window, out / "media.png"))
        return tuple(saved)
    finally:
        window.drop_everything()
        window.close()
        window.deleteLater()
        runner.stop()
        _spin(50)


def telling_row(api: Api) -> int | None:
    """The gravest report whose files came with it; else the first."""
    ids = api.queue_ids(QueueFilter())
    rows = api.rows(ids[:SEARCHED])
    return next((i for i in ids[:SEARCHED] if rows[i].files_present > 1), ids[0] if ids else None)


def _save(window: QWidget, path: Path) -> Path:
    if not window.grab().save(str(path), "PNG"):
        raise OSError(f"{path} can't be written")
    return path


def _settle(runner: Runner) -> None:
    """Until nothing is under way and everything was painted."""
    waited = 0
    _spin(SETTLE_MS)
    while runner.under_way() and waited < LONGEST_MS:
        _spin(50)
        waited += 50
    _spin(SETTLE_MS)


def _spin(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
