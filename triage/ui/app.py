"""Runs the desktop: first start, unlocking, work and locking."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import platformdirs
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QSettings,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QCloseEvent, QGuiApplication, QSessionManager
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QWidget

from triage import programs
from triage.jobs.session import create_store, unlock
from triage.model.progress import CancelToken
from triage.model.queue_views import QueuePlace
from triage.store.opening import KEYS
from triage.store.settling import HearWait
from triage.ui.core import file_dialogs, preferences, window_place
from triage.ui.core.api import Api
from triage.ui.core.cycles import collect_on_this_thread
from triage.ui.core.preferences import Preferences
from triage.ui.core.runner import Runner
from triage.ui.core.window_place import WindowPlace
from triage.ui.help.window import HelpWindow
from triage.ui.kit import keys, theme
from triage.ui.kit.clipboard import clear_own_clipboard
from triage.ui.kit.popup_keys import take_keys_first
from triage.ui.queue.place import ProgramRun
from triage.ui.shell.crash_dialog import watch_crashes
from triage.ui.shell.machine_check import Seen
from triage.ui.shell.main_window import MainWindow
from triage.ui.shell.open_pages import find_open_pages, open_again
from triage.ui.shell.screen_capture import block_capture, find_display_affinity
from triage.ui.shell.single_window import SingleWindow, yields_to_first
from triage.ui.shell.sweeping import SweepControl
from triage.ui.text.i18n import Language, set_language, tr
from triage.ui.unlock.idle_watch import IdleWatch
from triage.ui.unlock.page import UnlockPage
from triage.ui.unlock.session_lock import SessionLock, find_bus_addresses
from triage.ui.unlock.wizard import OpenedNewStore, SetupWizard

log = logging.getLogger(__name__)


def default_store() -> Path:
    """Returns the folder of the store when none is named."""
    return Path(platformdirs.user_data_dir("triage", appauthor=False)) / "store"


def run(argv: Sequence[str]) -> int:
    """Opens the desktop and returns its exit code.

    `argv` holds the arguments without the program's name: --store DIR, --user NAME, and after a lock --locked RUN BEGAN WHY.
    """
    parser = argparse.ArgumentParser(prog="triage", add_help=False)
    parser.add_argument("--store", type=Path, default=default_store())
    parser.add_argument("--user", default="")
    parser.add_argument("--locked", nargs=3)
    asked = parser.parse_args(list(argv))
    app = application()
    set_language(preferences.load(asked.store).language)
    if yields_to_first(asked.store):
        log.info("ended: another window has the store")
        # For whoever typed the command. A start from the menu has nobody who reads it, and on Windows no such stream.
        if sys.stderr is not None:
            sys.stderr.write(tr("Triage has this store open already. Its window was called to the front.") + "\n")
        return 0
    run, why = (ProgramRun(*asked.locked[:2]), asked.locked[2]) if asked.locked else (None, "")
    return run_window(Desktop(app, asked.store, user=asked.user, run=run, why=why), app)


def run_window(desktop: Desktop, app: QApplication) -> int:
    """Shows the window and returns the exit code. After a lock the process ends, and a fresh one shows the lock page.

    Python and Qt keep copies of names and texts that nothing clears, so only the end of a process does.
    """
    watch = watch_crashes(desktop, desktop.close)
    desktop.starts_anew = True
    desktop.show()
    try:
        code = app.exec()
    finally:
        watch.end()
    if desktop.anew:
        programs.start_anew(*desktop.anew)
    return code


def application() -> QApplication:
    """Returns the QApplication of this process.

    Keeps Qt from writing settings or messages in the clear, Python from deleting parts of the window in other
    threads, and a page from taking the keys of what is open above it.
    """
    qInstallMessageHandler(_log_qt_message)
    QCoreApplication.setApplicationName("Triage")
    # The file dialogs of a system list what was chosen, and Qt's own the folders that were visited: in the home directory, in the
    # clear. Qt's own one is used, and its list leads nowhere; for Windows see `file_dialogs.delete_traces`.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, f"{os.devnull}/nowhere")
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    collect_on_this_thread(app)
    take_keys_first(app)
    return app


def _log_qt_message(_kind: QtMsgType, _where: QMessageLogContext, text: str | None) -> None:
    """Writes Qt's messages to the log, not to the terminal."""
    log.info("Qt: %s", text)


def open_store(store: Path, user: str, passphrase: str, hear: HearWait, cancel: CancelToken) -> Api:
    """Opens a store and returns its session for the desktop."""
    return Api(unlock(store, user, passphrase, hear=hear, cancel=cancel))


def make_store(store: Path, user: str, passphrase: str) -> OpenedNewStore:
    """Creates a store and returns its session, the key fingerprint and the recovery key."""
    made = create_store(store, user, passphrase)
    return OpenedNewStore(Api(made.session), made.fingerprint, made.recovery)


class Desktop(QMainWindow):
    """Is the window: it shows the wizard, the lock or the work."""

    def __init__(
        self,
        app: QApplication,
        store: Path,
        *,
        user: str = "",
        api: Api | None = None,
        buses: tuple[str, str] | None = None,
        run: ProgramRun | None = None,
        why: str = "",
    ) -> None:
        super().__init__()
        self.starts_anew = False
        """Whether a lock ends the program, so that a fresh one can take its place."""
        self.anew: tuple[str, ...] = ()
        """The arguments of the program that takes this one's place."""
        self._locked_why = ""
        self._try_anew = QTimer(self)
        self._try_anew.setSingleShot(True)
        self._try_anew.setInterval(1000)
        self._try_anew.timeout.connect(self._start_anew)
        self._app, self.store, self._user = app, store, user
        self.preferences = preferences.load(store)
        self.runner = Runner(self)
        self._run = run or ProgramRun.begin()
        self.api: Api | None = None
        self.sweeping: SweepControl | None = None
        self.idle = IdleWatch(app, self.preferences.idle_minutes * 60)
        self.idle.idle.connect(self._lock_idle)
        self.session_lock = SessionLock(self, *(buses or find_bus_addresses()))
        self.session_lock.locked.connect(self._session_locked)
        self.session_lock.watch_window(self)
        self.setWindowTitle("Triage")
        self.setMinimumSize(960, 600)
        self._put_on_screen()
        app.commitDataRequest.connect(self._session_ends)
        self.single = SingleWindow(self)
        self._apply_theme()
        keys.bind(self, "everywhere", "quit", self.close)
        keys.bind(self, "everywhere", "help", self.show_help)
        if api is not None:
            self._show_work(api)
        else:
            self._show_lock_or_wizard(why)

    # Pages

    def _show_lock_or_wizard(self, why: str = "") -> None:
        """Shows the lock page, or the wizard when the folder holds no store."""
        if not self.single.claim(self.store):
            why = tr("This store is open in another window, which was called to the front.")
        if (self.store / KEYS).exists():
            page = UnlockPage(self.store, self.runner, open_store, user=self._user, why=why)
            page.unlocked.connect(self._show_work)
            page.other_store_asked.connect(self.choose_store)
            page.language_asked.connect(self._choose_language)
            self._show(page)
            self._title(tr("Locked"))
        else:
            wizard = SetupWizard(self.store, self.runner, make_store, user=self._user)
            wizard.finished.connect(self._show_new_store)
            wizard.other_store_asked.connect(self.choose_store)
            wizard.language_asked.connect(self._choose_language)
            self._show(wizard)
            self._title(tr("New store"))

    def _show_work(self, api: Api, place: QueuePlace | None = None, seen: Seen | None = None) -> MainWindow:
        """Shows the working window of an unlocked session, at a place in the queue."""
        self.single.claim(self.store)  # a new store has a folder now
        self.api, self._user = api, api.user.name
        if self.sweeping is None:
            self.sweeping = SweepControl(api, self.runner, self)
        window = MainWindow(api, self.runner, self.preferences, self.sweeping, self._run)
        if api.training:
            window.status.show_training()
        window.status.show_screen_lock(self.session_lock.detection())
        window.status.show_capture(blocked=block_capture(int(self.winId()), find_display_affinity()))
        window.lock_asked.connect(self.lock)
        window.look_asked.connect(self.change_look)
        window.titled.connect(self._title)
        self.runner.waits.changed.connect(window.notice.show_wait)
        self.runner.session_ended.connect(self.lock, Qt.ConnectionType.QueuedConnection)
        self.runner.waits.follow(api)
        self._show(window)
        file_dialogs.begin_session(api, self.runner, window)
        window.start(place, seen)
        self.idle.start()
        return window

    def _show_new_store(self, api: Api) -> None:
        """Shows the working window of a new store, and saves there what was chosen in the wizard."""
        self._save_preferences()
        self._show_work(api)

    def _show(self, page: QWidget) -> None:
        """Shows a page and deletes the page before it at once."""
        self._delete_page()
        self.setCentralWidget(page)
        page.setFocus()

    def _delete_page(self) -> None:
        """Deletes the page that is shown, at once. It is not taken out first, which would dress all its widgets anew."""
        if (page := self.centralWidget()) is not None:
            page.hide()
            page.deleteLater()
            QCoreApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete)

    def _title(self, page: str) -> None:
        """Sets the title of the window."""
        training = self.api is not None and self.api.training
        self.setWindowTitle(tr("Triage, training: {page}", page=page) if training else tr("Triage: {page}", page=page))

    def _put_on_screen(self) -> None:
        """Opens the window where it was, or in the middle of the screen, and never larger than the screen."""
        place = window_place.load(self.store)
        screens = [QGuiApplication.primaryScreen(), *QGuiApplication.screens()]
        frame = self.frameGeometry().size() - self.size()
        self.setGeometry(window_place.fit_on_screens(place, frame, [screen.availableGeometry() for screen in screens]))
        if place is not None and place.maximized:
            self.setWindowState(self.windowState() | Qt.WindowState.WindowMaximized)

    def _remember_place(self) -> None:
        """Remembers where the window is, once the store exists."""
        if (self.store / KEYS).exists():
            area = self.normalGeometry()
            place = WindowPlace(area.x(), area.y(), area.width(), area.height(), maximized=self.isMaximized())
            window_place.save(self.store, place)

    def choose_store(self) -> None:
        """Asks for another folder and opens the store in it."""
        name = QFileDialog.getExistingDirectory(self, tr("Folder of the store"), str(self.store.parent))
        file_dialogs.delete_traces()
        if name:
            if isinstance(page := self.centralWidget(), UnlockPage):
                page.abandon()
            self.store = Path(name)
            self.preferences = preferences.load(self.store)
            self._apply_theme()
            self._show_lock_or_wizard()

    def show_help(self) -> None:
        """Opens the guide at the section of the screen that is shown."""
        page = self.centralWidget()
        screen = page.shown_screen() if isinstance(page, MainWindow) else "everywhere"
        self._close_help()
        HelpWindow(screen, self).show()

    def _close_help(self) -> None:
        """Closes the guide, if it is open."""
        for window in self.findChildren(HelpWindow):
            window.close()

    # Locking

    def lock(self, why: str = "") -> None:
        """Locks: images leave the screen and memory at once, and the session closes when no job needs it.

        Once it is closed, this process ends and a fresh one shows the lock page. `why` is shown there, which says by itself that
        the store is locked.
        """
        if self.api is None:
            return
        api, self.api = self.api, None
        self.idle.stop()
        file_dialogs.end_session()
        clear_own_clipboard()
        runner, self.runner = self.runner, Runner(self)
        busy = runner.is_busy()  # before the place in the queue is saved: no task of a person
        if isinstance(window := self.centralWidget(), MainWindow):
            window.drop_everything()
        if self.sweeping is not None:
            self.sweeping.deleteLater()
            self.sweeping = None
        said = why
        if busy:
            said = f"{why} {tr('A task is still running; the store closes when it is done.')}".lstrip()
        self._locked_why = why
        runner.destroyed.connect(self._start_anew)
        runner.retire(api.close)
        self._show_lock_or_wizard(said)

    def _start_anew(self) -> None:
        """Ends the process that held an open store, unless somebody is at work in it again, or about to be."""
        page = self.centralWidget()
        if not self.starts_anew or self.api is not None or not isinstance(page, UnlockPage):
            return
        if page.is_in_use() or QApplication.activeModalWidget() is not None:
            self._try_anew.start()
            return
        self.anew = (
            "--store",
            str(self.store),
            "--user",
            self._user,
            "--locked",
            self._run.name,
            self._run.began,
            self._locked_why,
        )
        self.close()
        self._app.quit()

    def _lock_idle(self) -> None:
        """Locks because nobody was active."""
        self.lock(tr("Locked after {n} minutes without activity.", n=self.preferences.idle_minutes))

    def _session_locked(self) -> None:
        """Locks because the system's screen was locked."""
        self.lock(tr("Locked with the screen."))

    def _session_ends(self, _manager: QSessionManager) -> None:
        """Locks because the system's session ends."""
        self.lock()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stops all jobs between two batches and closes the session; what was stored stays."""
        if isinstance(page := self.centralWidget(), SetupWizard | UnlockPage):
            page.abandon()
        self.starts_anew = False
        if self.api is not None:
            api, self.api = self.api, None
            if isinstance(window := self.centralWidget(), MainWindow):
                window.queue.keeper.save()
            self.runner.stop()
            api.close()
        self.session_lock.stop()
        self.single.free()
        clear_own_clipboard()
        self._remember_place()
        event.accept()

    # Looks

    def _choose_language(self, language: Language) -> None:
        """Changes the language before anything is unlocked; it is saved once the store exists."""
        self.preferences = replace(self.preferences, language=language)
        if (self.store / KEYS).exists():
            self._save_preferences()
        self._apply_theme()
        self._show_lock_or_wizard()

    def _save_preferences(self) -> bool:
        """Saves the preferences with the store, and returns whether that worked."""
        try:
            preferences.save(self.store, self.preferences)
        except OSError:
            return False
        return True

    def change_look(self, wanted: Preferences) -> None:
        """Applies and saves preferences. The window is built again, since words and directions change, and opens where it was.

        The window before goes first: a style sheet dresses every widget there is.
        """
        self.preferences = wanted
        self.idle.seconds = wanted.idle_minutes * 60
        saved = self._save_preferences()
        before = self.centralWidget()
        pages, place, seen = None, None, None
        if isinstance(before, MainWindow):
            pages, place, seen = find_open_pages(before), before.queue.keeper.place(), before.status.looked
            self._delete_page()
        self._apply_theme()
        if self.api is not None:
            window = self._show_work(self.api, place, seen)
            if pages is not None:
                open_again(window, pages)
            if not saved:
                window.notice.show_sentence(tr("This choice could not be saved with the store; it applies until you quit."))

    def _apply_theme(self) -> None:
        """Applies theme and language."""
        wanted: Preferences = self.preferences
        self._close_help()  # it speaks the language in which it was opened
        theme.apply(self._app, wanted.theme, wanted.language)
