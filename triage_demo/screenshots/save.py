"""Saves pictures of every screen and dialog: in each language, theme and size, for the guide, and for `triage demo`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from PySide6.QtCore import QAbstractAnimation, QElapsedTimer, QEventLoop, QPoint, QRect, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from triage.target_path import resolve_target
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.kit.theme import ThemeName
from triage.ui.shell.main_window import MainWindow
from triage.ui.text.i18n import Language
from triage_demo.screenshots.entrance import show_entrance
from triage_demo.screenshots.screen_scenes import Scene, show_scenes

Size = tuple[int, int]
GUIDE_SIZE: Size = (1440, 900)
SIZES: tuple[Size, ...] = ((1024, 700), (1366, 768), (1440, 900), (1920, 1080))
LANGUAGES: tuple[Language, ...] = ("en", "ur")
STRONG, QUICK = 0, 80
"""Qt's qualities of a PNG: the strongest packing for what is kept, a quick one for what is looked at."""
TURN_MS, STILL_TURNS = 8, 4
"""After so many turns of the event loop without work the screen stands still."""
SOON_MS = 1_000
"""A timer that ends sooner belongs to what is being shown; a later one waits for something else."""
LONGEST_MS = 60_000  # milliseconds for one screen to come to rest
URDU = "-ur"
"""Ends the name of a picture whose screen is in Urdu, in a folder of pictures of both languages."""


def save(app: QApplication, api: Api, out: Path, *, names: Collection[str] | None = None) -> tuple[Path, ...]:
    """Saves one picture of each screen, dark and in English, and of the queue in Urdu; returns the paths.

    `names` chooses pictures instead; a name that ends in "-ur" is the screen in Urdu.
    """
    out = resolve_target(out)
    out.mkdir(parents=True, exist_ok=True)
    saved: list[Path] = []
    for language in LANGUAGES:
        end = URDU if language == "ur" else ""
        wanted = _choose_names(names, urdu=language == "ur")
        if wanted is not None and not wanted:
            continue
        with closing(show_all(app, api, language, "dark", GUIDE_SIZE)) as scenes:
            for scene in scenes:
                if wanted is not None and scene.name not in wanted:
                    continue
                saved.append(save_picture(scene, out / f"{scene.name}{end}.png", STRONG))
                if wanted is not None:
                    wanted.remove(scene.name)
                    if not wanted:
                        break
    return tuple(saved)


def _choose_names(names: Collection[str] | None, *, urdu: bool) -> set[str] | None:
    """Returns the scenes of which a picture is wanted in a language; None stands for all."""
    if names is None:
        return {"queue"} if urdu else None
    return {name.removesuffix(URDU) for name in names if name.endswith(URDU) == urdu}


def save_all(
    app: QApplication,
    api: Api,
    out: Path,
    *,
    languages: Sequence[Language] = LANGUAGES,
    themes: Sequence[ThemeName] = theme.THEMES,
    sizes: Sequence[Size] = SIZES,
    on_saved: Callable[[Path], object] = lambda _: None,
) -> int:
    """Saves each screen in each language, theme and size, in one folder for each of these; returns the number of pictures."""
    count = 0
    for language in languages:
        for theme_name in themes:
            for scene in show_all(app, api, language, theme_name, sizes[0]):
                for width, height in sizes:
                    folder = out / f"{language}-{theme_name}-{width}x{height}"
                    folder.mkdir(parents=True, exist_ok=True)
                    scene.window.resize(width, height)
                    scene.settle()
                    on_saved(save_picture(scene, folder / f"{scene.name}.png", QUICK))
                    count += 1
    return count


def show_all(app: QApplication, api: Api, language: Language, theme_name: ThemeName, size: Size) -> Generator[Scene]:
    """Shows the pages before the work, then every screen and dialog of the work, and yields each while it is shown."""
    theme.apply(app, theme_name, language)
    with _open_entrance(size) as (host, runner):
        yield from show_entrance(host, runner, lambda: wait_until_still(runner))
    with _open_window(api, size) as (window, runner):
        yield from show_scenes(window, lambda: wait_until_still(runner))


@contextmanager
def _open_entrance(size: Size) -> Iterator[tuple[QWidget, Runner]]:
    """Shows an empty window, for the pages before the work."""
    runner, host = Runner(), QWidget()
    QVBoxLayout(host).setContentsMargins(0, 0, 0, 0)
    host.resize(*size)
    host.show()
    try:
        yield host, runner
    finally:
        _end(host, runner)


@contextmanager
def _open_window(api: Api, size: Size) -> Iterator[tuple[MainWindow, Runner]]:
    """Shows the working window while pictures are taken."""
    runner = Runner()
    window = MainWindow(api, runner)
    window.sweeping.end()  # what stands still makes the same pictures
    window.resize(*size)
    window.show()
    window.start()
    wait_until_still(runner)
    try:
        yield window, runner
    finally:
        window.drop_everything()
        _end(window, runner)


def _end(window: QWidget, runner: Runner) -> None:
    """Takes a window away with all that it shows."""
    window.close()
    window.deleteLater()
    runner.stop()
    _run_event_loop(50)


def save_picture(scene: Scene, path: Path, packing: int) -> Path:
    """Saves a scene as PNG, a dialog in the middle of its window.

    Raises:
        OSError: the file can't be written.
    """
    picture = scene.window.grab()
    if scene.dialog is not None:
        _draw_above(picture, scene.dialog.grab())
    image = picture.toImage()
    if packing == STRONG:
        image = image.convertToFormat(QImage.Format.Format_RGB16)  # 65,536 colours are plenty, and pack much better
    if not image.convertToFormat(QImage.Format.Format_RGB888).save(str(path), quality=packing):
        raise OSError(f"{path} can't be written")
    return path


def _draw_above(picture: QPixmap, dialog: QPixmap) -> None:
    """Draws a dialog with a line around it in the middle of the window, which is dimmed, since nothing draws a frame here."""
    whole, part = picture.deviceIndependentSize().toSize(), dialog.deviceIndependentSize().toSize()
    at = QRect(QPoint((whole.width() - part.width()) // 2, (whole.height() - part.height()) // 2), part)
    painter = QPainter(picture)
    painter.fillRect(QRect(QPoint(0, 0), whole), QColor(0, 0, 0, 110))
    painter.drawPixmap(at.topLeft(), dialog)
    painter.setPen(theme.current().colour("muted"))
    painter.drawRect(at.adjusted(-1, -1, 0, 0))
    painter.end()


def wait_until_still(runner: Runner) -> None:
    """Waits until no job runs, no short timer or animation is under way, and everything is painted.

    All parts of a window are looked at, which is dear: this is done in the last turn without work only.
    """
    clock, still = QElapsedTimer(), 0
    clock.start()
    while still < STILL_TURNS and clock.elapsed() < LONGEST_MS:
        _run_event_loop(TURN_MS)
        last = still == STILL_TURNS - 1
        still = 0 if runner.under_way() or (last and _is_moving()) else still + 1


def _is_moving() -> bool:
    """Returns whether a window waits for a short timer, with which a report is filled card by card, or fades."""
    for window in QApplication.topLevelWidgets():
        if not window.isVisible():
            continue  # nothing of it is in the picture, and each menu of each page is such a window
        if any(each.state() == QAbstractAnimation.State.Running for each in window.findChildren(QAbstractAnimation)):
            return True
        if any(each.isSingleShot() and 0 <= each.remainingTime() < SOON_MS for each in window.findChildren(QTimer)):
            return True
    return False


def _run_event_loop(milliseconds: int) -> None:
    """Runs the event loop for some milliseconds."""
    loop, timer = QEventLoop(), QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(loop.quit)
    timer.start(milliseconds)
    loop.exec()
