"""First run, lock and unlock on a real store, and that a lock leaves nothing on screen or in memory."""

from __future__ import annotations

import gc
import time
import weakref
from pathlib import Path
from threading import Event

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.jobs.conftest import CHEAP
from tests.ui.fakes import MAIN, FakeApi
from tests.ui.screens import settle
from tests.ui.slow_work import UNTIL_LET_GO
from triage.errors import Cancelled, SessionEnded
from triage.message import Message
from triage.model.progress import CancelToken
from triage.model.users import Role, User
from triage.store.settling import HearWait
from triage.ui import app as app_module
from triage.ui.app import Desktop
from triage.ui.core import preferences, window_place
from triage.ui.core.preferences import Preferences
from triage.ui.core.runner import Runner
from triage.ui.help.window import HelpWindow
from triage.ui.kit import theme
from triage.ui.kit.clipboard import copy_text
from triage.ui.queue.lanes import RailButton
from triage.ui.queue.place import ProgramRun
from triage.ui.shell.go_to_dialog import GoToDialog
from triage.ui.shell.main_window import MainWindow
from triage.ui.shell.page_list import list_pages
from triage.ui.shell.sweeping import SweepControl
from triage.ui.shell.view_menu import ViewMenu
from triage.ui.text.i18n import is_rtl
from triage.ui.unlock import page as unlock_page
from triage.ui.unlock.page import ChangePassphrase, UnlockPage
from triage.ui.unlock.passphrase_dialog import OwnPassphraseDialog
from triage.ui.unlock.wizard import HalfPage, SetupWizard, split_half

PASSPHRASE = "kite basin lamp velvet orchard"


@pytest.fixture
def desktop(app: QApplication, api: FakeApi, tmp_path: Path, qtbot: QtBot) -> object:
    made = Desktop(app, tmp_path / "store", api=api)
    (tmp_path / "store").mkdir()
    made.show()
    window = made.centralWidget()
    assert isinstance(window, MainWindow)
    qtbot.waitUntil(lambda: window.queue.current_id() is not None)
    yield made
    made.close()
    made.deleteLater()


def working(desktop: Desktop) -> MainWindow:
    window = desktop.centralWidget()
    assert isinstance(window, MainWindow)
    return window


def test_f1_opens_the_guide_at_the_screen_and_another_language_closes_it(desktop: Desktop, qtbot: QtBot) -> None:
    working(desktop).show_desk("held")
    qtbot.keyClick(desktop, Qt.Key.Key_F1)
    (guide,) = desktop.findChildren(HelpWindow)
    assert guide.shown_section().title == "Held hashes" and not guide.isModal()
    desktop.change_look(Preferences(language="ur"))
    assert not guide.isVisible()
    desktop.change_look(Preferences())


def test_first_run_then_lock_then_unlock(
    app: QApplication, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.store.store.Cost", lambda: CHEAP)
    store = tmp_path / "store"
    desktop = Desktop(app, store)
    qtbot.addWidget(desktop)
    desktop.show()
    wizard = desktop.centralWidget()
    assert isinstance(wizard, SetupWizard)
    wizard.first.name.setText("demo: valid")
    assert "letters, digits" in wizard.first.hint.text()
    wizard.first.name.setText("khi-04")
    wizard.first.once.setText("triage2026")
    wizard.first.again.setText("triage2026")
    assert not wizard.first.go.isEnabled() and "not accepted" in wizard.first.hint.text()
    wizard.first.once.setText(PASSPHRASE)
    wizard.first.again.setText("another")
    assert not wizard.first.go.isEnabled()
    wizard.first.again.setText(PASSPHRASE)
    wizard.first.go.click()
    assert wizard.first.once.text() == "", "the passphrase leaves the field at once"
    for _ in range(2):
        qtbot.waitUntil(lambda: isinstance(wizard.pages.currentWidget(), HalfPage))
        half = wizard.pages.currentWidget()
        assert isinstance(half, HalfPage)
        assert not half.go.isEnabled()
        half.written.setChecked(True)
        half.go.click()
    window = working(desktop)
    qtbot.waitUntil(lambda: "audit log intact" in window.status.audit_log.text().lower())
    qtbot.waitUntil(lambda: window.queue.middle.currentWidget() is window.queue.empty)
    qtbot.waitUntil(lambda: not desktop.runner.is_busy())

    window.lock_asked.emit()
    page = desktop.centralWidget()
    assert isinstance(page, UnlockPage)
    assert page.name.text() == "khi-04"
    assert page.problem.text() == "" and [said.text() for said in page.findChildren(QLabel)].count("Locked.") == 1
    page.passphrase.setText("mistyped")
    page.submit()
    qtbot.waitUntil(lambda: page.go.isEnabled())
    assert page.problem.text() and "mistyped" not in page.problem.text()
    page.passphrase.setText(PASSPHRASE)
    page.submit()
    qtbot.waitUntil(lambda: isinstance(desktop.centralWidget(), MainWindow))
    desktop.close()
    assert desktop.api is None


def test_a_lock_leaves_nothing(desktop: Desktop, api: FakeApi, qtbot: QtBot) -> None:
    window = working(desktop)
    window.open_report(MAIN)
    page = window.report
    assert page is not None
    qtbot.waitUntil(lambda: page.report is not None)
    gone = [weakref.ref(window), weakref.ref(page)]
    window = page = None  # type: ignore[assignment]
    qtbot.keyClick(desktop, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    if not isinstance(desktop.centralWidget(), UnlockPage) and not isinstance(desktop.centralWidget(), SetupWizard):
        desktop.lock()
    qtbot.waitUntil(lambda: api.closed)
    gc.collect()
    qtbot.wait(10)
    said = " ".join(label.text() for label in desktop.findChildren(QLabel))
    assert MAIN not in said
    assert desktop.findChildren(MainWindow) == []
    assert desktop.api is None
    assert all(ref() is None or not _alive(ref()) for ref in gone)


def _alive(widget: object) -> bool:
    import shiboken6

    return bool(shiboken6.isValid(widget))


def test_locks_pile_nothing_up(app: QApplication, tmp_path: Path, qtbot: QtBot) -> None:
    """Neither what was at work for an earlier session, nor its threads."""
    (tmp_path / "store").mkdir()
    desktop = Desktop(app, tmp_path / "store", api=FakeApi())
    qtbot.addWidget(desktop)
    desktop.show()
    gone = []
    for _ in range(3):
        api = desktop.api
        assert isinstance(api, FakeApi)
        qtbot.waitUntil(lambda: desktop.runner.under_way() == 0)
        QTimer.singleShot(0, lambda: desktop.lock())
        qtbot.waitUntil(lambda api=api: api.closed)
        gone.append(weakref.ref(api))
        desktop._show_work(FakeApi())
    del api
    qtbot.waitUntil(lambda: len(desktop.findChildren(Runner)) == len(desktop.findChildren(SweepControl)) == 1)
    qtbot.waitUntil(lambda: gc.collect() >= 0 and all(held() is None for held in gone))
    desktop.close()
    desktop.deleteLater()


def test_idle_locks(desktop: Desktop, api: FakeApi, qtbot: QtBot) -> None:
    desktop.idle._wall -= 3600
    desktop.idle.check_time()
    qtbot.waitUntil(lambda: api.closed)
    assert not isinstance(desktop.centralWidget(), MainWindow)


def test_a_user_who_was_disabled_meanwhile_sees_nothing_more(desktop: Desktop, api: FakeApi, qtbot: QtBot) -> None:
    """The window said so, and went on showing what it had loaded."""

    def refuse() -> None:
        raise SessionEnded("This user was disabled; nothing more can be written.")

    desktop.runner.ask(refuse, lambda _: None, failed=lambda _: None)
    qtbot.waitUntil(lambda: api.closed)
    assert not isinstance(desktop.centralWidget(), MainWindow)


def test_a_lock_waits_for_a_job_that_writes(desktop: Desktop, api: FakeApi, qtbot: QtBot) -> None:
    api.slow = UNTIL_LET_GO
    window = working(desktop)
    window.importing.add_paths([Path("bundle.zip")])
    window.importing.form.received_from.setText("NCMEC")
    window.importing.form.medium.setText("USB")
    window.importing.form.go.click()
    qtbot.waitUntil(lambda: any(call[0] == "run" for call in api.calls))
    desktop.lock()
    assert not api.closed, "what is being taken in is taken in to the end"
    api.slow = 0
    qtbot.waitUntil(lambda: api.closed)


def test_report_opens_and_esc_goes_back(desktop: Desktop, qtbot: QtBot) -> None:
    window = working(desktop)
    window.queue.open_asked.emit(MAIN)
    page = window.report
    assert page is not None
    qtbot.waitUntil(lambda: page.report is not None)
    assert window.shown_screen() == "report"
    page.closed.emit()
    assert window.shown_screen() == "queue"
    assert window.report is None


def test_next_from_the_reports_page(desktop: Desktop, qtbot: QtBot) -> None:
    window = working(desktop)
    window.queue.table.select_row(0)
    window.queue.open_current()
    assert window.report is not None
    first = window.report.report_id
    window.report.moved.emit(1)
    assert window.report is not None and window.report.report_id != first
    assert window.report.report_id == window.queue.current_id()


def test_dropped_files_stand_in_the_form(desktop: Desktop, tmp_path: Path) -> None:
    window = working(desktop)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "bundle.zip"))])
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(QPoint(10, 10)), actions, data, buttons, Qt.KeyboardModifier.NoModifier))
    assert window.shown_screen() == "import"
    assert window.importing.form.paths == [tmp_path / "bundle.zip"]


def test_lanes_lead_to_pages(desktop: Desktop, qtbot: QtBot) -> None:
    window = working(desktop)
    window.choose_lane("set aside")
    assert window.shown_screen() == "set_aside"
    window.choose_lane("band B")
    assert window.shown_screen() == "queue"
    qtbot.waitUntil(lambda: window.queue.model.rowCount() == 6)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_who_reads_no_reports_is_offered_none(app: QApplication, qtbot: QtBot, role: Role) -> None:
    """Sixteen lanes and ten pages stood in the rail, and each of them only said that it is refused."""
    runner = Runner()
    window = MainWindow(FakeApi(roles=frozenset({role})), runner)
    qtbot.addWidget(window)
    window.show()
    window.start()
    assert window.shown_screen() == "admin", "their work stands there"
    assert not window.rail.buttons
    assert "Import" not in [button._words for button in window.rail.findChildren(RailButton)]
    refused = []
    for page in list_pages(window.api):
        window.show_desk(page.name)
        settle(runner)
        shown = window.desk.page(page.name)
        lit = [name for name, button in window.rail.pages.items() if button.isChecked()]
        assert lit == [page.lit] if page.lit in window.rail.pages else lit == [], page.name
        if shown.message.isVisible() and "do not include reports" in shown.message.title.text():
            refused.append(page.name)
    assert refused == []
    window.show_palette()
    assert not [goal for goal in window.findChildren(GoToDialog)[-1]._goals if goal.words.startswith("Lane")]
    window.show_queue()
    assert window.shown_screen() == "admin"
    qtbot.waitUntil(lambda: "audit log intact" in window.status.audit_log.text().lower())
    runner.stop()


def test_looks_change_and_are_kept(desktop: Desktop, app: QApplication, qtbot: QtBot) -> None:
    before = working(desktop)
    desktop.change_look(Preferences(theme="contrast", language="ur", idle_minutes=5))
    window = working(desktop)
    assert window is not before
    assert is_rtl() and app.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert preferences.load(desktop.store).theme == "contrast"
    assert desktop.idle.seconds == 300
    desktop.change_look(Preferences())
    assert app.layoutDirection() == Qt.LayoutDirection.LeftToRight
    chosen: list[Preferences] = []
    window = working(desktop)
    menu = ViewMenu(window.api, window.runner, window, Preferences(), chosen.append, window.notice.show_sentence).build_menu()
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Dark", "English", "Lock after 10 minutes"]
    next(action for action in menu.actions() if action.text() == "Light").trigger()
    assert chosen == [Preferences(theme="light")]
    menu.actions()[-1].trigger()
    (dialog,) = window.findChildren(OwnPassphraseDialog)
    dialog.close()


def test_another_look_shows_what_the_machine_check_saw_and_does_not_check_again(
    desktop: Desktop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a store of two million reports a check takes half a second, longer than all else that a new look needs."""
    bar = working(desktop).status
    qtbot.waitUntil(lambda: bar.looked is not None)
    seen = bar.looked
    asked: list[str] = []
    inner = desktop.api.machine  # type: ignore[union-attr]
    monkeypatch.setattr(desktop.api, "machine", lambda: (asked.append("machine"), inner())[1])
    desktop.change_look(Preferences(theme="light", language="ur"))
    bar = working(desktop).status
    qtbot.waitUntil(lambda: not desktop.runner.under_way())
    assert bar.looked == seen and bar.audit_log.text() and not asked
    desktop.change_look(Preferences())


def test_the_window_before_is_gone_when_the_style_sheet_changes(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A style sheet dresses every widget there is: with the old window still there, a change took more than twice as long."""
    before, there = working(desktop), []
    dress = theme.apply
    monkeypatch.setattr(theme, "apply", lambda *looks: (there.append(shiboken6.isValid(before)), dress(*looks))[1])
    desktop.change_look(Preferences(theme="light"))
    assert there == [False]
    desktop.change_look(Preferences())


def test_unlock_page_waits_for_both_fields(app: QApplication, api: FakeApi, qtbot: QtBot) -> None:
    tried: list[tuple[str, str]] = []
    runner = Runner()
    page = UnlockPage(Path("store"), runner, lambda _store, name, phrase, *_: tried.append((name, phrase)) or api)  # type: ignore[func-returns-value]
    qtbot.addWidget(page)
    page.submit()
    assert tried == []
    page.name.setText(" khi-04 ")
    page.passphrase.setText(" x ")
    with qtbot.waitSignal(page.unlocked):
        page.submit()
    assert tried == [("khi-04", " x ")]
    assert page.passphrase.text() == ""
    runner.stop()


def wait_until_stopped(cancel: CancelToken) -> None:
    """Raises Cancelled once the token is set; gives up after 20 seconds."""
    for _ in range(2_000):
        cancel.check()
        time.sleep(0.01)


def test_the_unlock_page_says_what_the_store_waits_for_and_stops_it_when_the_window_closes(
    app: QApplication, api: FakeApi, qtbot: QtBot
) -> None:
    going_on = Event()

    def update(_store: Path, _name: str, _phrase: str, hear: HearWait, cancel: CancelToken) -> FakeApi:
        hear(Message("An update."))
        assert going_on.wait(20)
        hear(None)
        wait_until_stopped(cancel)
        return api

    runner = Runner()
    page = UnlockPage(Path("store"), runner, update, user="khi-07")  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.passphrase.setText("x")
    with qtbot.assertNotEmitted(page.unlocked):
        page.submit()
        qtbot.waitUntil(lambda: page.problem.text() == "An update.")
        going_on.set()
        qtbot.waitUntil(lambda: page.problem.text() == "Unlocking; this takes a moment.")
        page.abandon()
        qtbot.waitUntil(page.go.isEnabled)
    runner.stop()


def test_who_chooses_another_store_stops_the_unlocking(
    desktop: Desktop, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = Event()

    def update(_store: Path, _name: str, _phrase: str, _hear: HearWait, cancel: CancelToken) -> FakeApi:
        with pytest.raises(Cancelled):
            wait_until_stopped(cancel)
        stopped.set()
        raise Cancelled("Stopped.")

    monkeypatch.setattr(app_module, "open_store", update)
    monkeypatch.setattr(app_module, "KEYS", "")  # the folder of a store is enough
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    desktop.lock()
    page = desktop.centralWidget()
    assert isinstance(page, UnlockPage)
    page.name.setText("khi-07")
    page.passphrase.setText("x")
    page.submit()
    desktop.choose_store()
    assert stopped.wait(20) and desktop.centralWidget() is not page
    desktop.runner.stop()


def test_a_passphrase_of_somebody_else_is_changed_before_anything_is_shown(
    app: QApplication, api: FakeApi, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "user", User(2, "khi-07", frozenset({Role.ANALYST}), initial=True))
    runner = Runner()
    page = UnlockPage(Path("store"), runner, lambda *_: api, user="khi-07")
    qtbot.addWidget(page)
    page.passphrase.setText("set by somebody else")
    with qtbot.assertNotEmitted(page.unlocked):
        page.submit()
        qtbot.waitUntil(lambda: page.change is not None)
    change = page.change
    assert change is not None
    change.once.setText("khi-07")
    change.again.setText("khi-07")
    assert not change.go.isEnabled() and "not accepted" in change.hint.text()
    change.once.setText("five tin lamps in the attic")
    assert not change.go.isEnabled()
    change.again.setText("five tin lamps in the attic")
    with qtbot.waitSignal(page.unlocked):
        change.submit()
    assert change.once.text() == change.again.text() == ""
    assert ("change_passphrase", "five tin lamps in the attic") in api.calls
    runner.stop()


@pytest.mark.parametrize("by_key", [False, True])
def test_there_is_a_way_back_from_choosing_a_passphrase(
    app: QApplication, api: FakeApi, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, by_key: bool
) -> None:
    monkeypatch.setattr(api, "user", User(2, "khi-07", frozenset({Role.ANALYST}), initial=True))
    runner = Runner()
    page = UnlockPage(Path("store"), runner, lambda *_: api, user="khi-07")
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    for _ in range(2):
        page.passphrase.setText("set by somebody else")
        page.submit()
        qtbot.waitUntil(lambda: page.change is not None)
        change, api.closed = page.change, False
        assert change is not None
        with qtbot.assertNotEmitted(page.unlocked):
            if by_key:
                qtbot.keyClick(change.once, Qt.Key.Key_Escape)
            else:
                change.back.click()
        assert api.closed and page.change is None, "nobody is signed in"
        assert page.pages.currentWidget() is page.pages.widget(0) and page.pages.count() == 1
        assert page.passphrase.isEnabled() and page.passphrase.text() == "" and page.problem.text() == ""
    runner.stop()


def test_an_unchanged_passphrase_leaves_no_open_session(app: QApplication, api: FakeApi, qtbot: QtBot) -> None:
    runner = Runner()
    page = UnlockPage(Path("store"), runner, lambda *_: api, user="khi-07")
    qtbot.addWidget(page)
    page.change = ChangePassphrase(api, Path("store"), runner)
    page.abandon()
    assert api.closed
    runner.stop()


def test_failed_tries_make_the_lock_wait(app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(unlock_page.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(unlock_page, "FAILURES", unlock_page.FailedTries())
    runner = Runner()

    def page() -> UnlockPage:
        made = UnlockPage(Path("store"), runner, lambda *_: FakeApi(), user="khi-04")
        qtbot.addWidget(made)
        return made

    first = page()
    for _ in range(2):
        first._failed("wrong")
        assert first.go.isEnabled()
    for seconds in (5, 10, 20, 40, 80, 160, 300, 300):
        first._failed("wrong")
        assert not first.go.isEnabled() and f"{seconds} seconds" in first.problem.text()
        assert not page().go.isEnabled(), "a new page does not end the delay"
        clock[0] += seconds
        first._wait()
        assert first.go.isEnabled() and first.problem.text() == ""
    runner.stop()


def test_recovery_halves_are_read_in_fours() -> None:
    assert split_half("AAAA BBBB CCCC DDDD EEEE") == ["AAAA BBBB CCCC DDDD", "EEEE"]
    assert split_half("AAAA-BBBB-CCCC-DDDD-EEEE") == ["AAAA BBBB CCCC DDDD", "EEEE"]


def test_run_parses_its_arguments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, app: QApplication) -> None:
    shown: list[tuple[Path, str, ProgramRun | None, str]] = []

    class Fake(QWidget):
        anew = ()

        def __init__(self, _app: object, store: Path, *, user: str, run: ProgramRun | None, why: str) -> None:
            super().__init__()
            shown.append((store, user, run, why))

        def show(self) -> None: ...

    class App:
        def exec(self) -> int:
            return 0

    monkeypatch.setattr(app_module, "Desktop", Fake)
    monkeypatch.setattr(app_module, "application", App)
    assert app_module.run(["--store", str(tmp_path), "--user", "khi-04"]) == 0
    assert app_module.run(["--store", str(tmp_path), "--locked", "5f", "2026-12-05T09:00:00Z", "Locked with the screen."]) == 0
    assert shown == [
        (tmp_path, "khi-04", None, ""),
        (tmp_path, "", ProgramRun("5f", "2026-12-05T09:00:00Z"), "Locked with the screen."),
    ]


def test_a_lock_ends_the_process_that_held_the_store(desktop: Desktop, api: FakeApi, qtbot: QtBot) -> None:
    (desktop.store / app_module.KEYS).touch()
    desktop.starts_anew = True
    working(desktop)
    desktop.lock("Locked with the screen.")
    qtbot.waitUntil(lambda: desktop.anew != ())
    assert api.closed and not desktop.isVisible()
    assert desktop.anew[:2] == ("--store", str(desktop.store)) and desktop.anew[-1] == "Locked with the screen."


def test_a_lock_lets_a_person_type_on(desktop: Desktop, api: FakeApi, qtbot: QtBot) -> None:
    """The session closes late when a job still runs: then somebody may be at the lock page already."""
    (desktop.store / app_module.KEYS).touch()
    desktop.starts_anew = True
    working(desktop)
    desktop.lock()
    page = desktop.centralWidget()
    assert isinstance(page, UnlockPage)
    page.passphrase.setText("half a passph")
    qtbot.waitUntil(lambda: api.closed)
    qtbot.wait(20)
    assert desktop.anew == () and page.passphrase.text() == "half a passph"


def test_a_lock_clears_what_was_copied(desktop: Desktop, app: QApplication) -> None:
    copy_text("kite_flyer")
    desktop.lock()
    assert app.clipboard().text() == ""


def test_the_language_is_chosen_before_anything_is_unlocked(app: QApplication, tmp_path: Path, qtbot: QtBot) -> None:
    desktop = Desktop(app, tmp_path / "store", user="khi-04")
    desktop.show()
    try:
        wizard = desktop.centralWidget()
        assert isinstance(wizard, SetupWizard) and not is_rtl()
        assert wizard.first.name.text() == "khi-04", "named with --user"
        wizard.languages.buttons["ur"].click()
        wizard = desktop.centralWidget()
        assert isinstance(wizard, SetupWizard) and is_rtl()
        assert wizard.first.name.text() == "khi-04"
        assert not wizard.languages.buttons["ur"].isEnabled() and wizard.languages.buttons["en"].isEnabled()
        assert not (tmp_path / "store").exists(), "nothing is written before there is a store"
        wizard.languages.buttons["en"].click()
        assert not is_rtl()
    finally:
        desktop.close()


def test_the_lock_page_keeps_the_language_that_was_chosen(desktop: Desktop) -> None:
    (desktop.store / app_module.KEYS).write_bytes(b"")
    desktop.lock()
    page = desktop.centralWidget()
    assert isinstance(page, UnlockPage)
    try:
        page.languages.buttons["ur"].click()
        assert is_rtl() and preferences.load(desktop.store).language == "ur"
        assert isinstance(desktop.centralWidget(), UnlockPage)
    finally:
        page = desktop.centralWidget()
        assert isinstance(page, UnlockPage)
        page.languages.buttons["en"].click()


def test_the_window_opens_where_it_was_closed(desktop: Desktop, app: QApplication) -> None:
    (desktop.store / app_module.KEYS).write_bytes(b"")
    desktop.setGeometry(20, 10, 970, 610)
    desktop.close()
    place = window_place.load(desktop.store)
    assert place == window_place.WindowPlace(20, 10, 970, 610)
    again = Desktop(app, desktop.store)
    try:
        screen = app.primaryScreen().availableGeometry()
        assert again.pos() == window_place.fit_on_screens(place, QSize(0, 0), [screen]).topLeft()
    finally:
        again.close()
    window_place.save(desktop.store, window_place.WindowPlace(9_000, 5_000, 970, 610))
    screen_is_gone = Desktop(app, desktop.store)
    try:
        assert screen.contains(screen_is_gone.pos()), "its screen was unplugged"
    finally:
        screen_is_gone.close()


def test_another_theme_keeps_the_open_report_and_its_place(desktop: Desktop, qtbot: QtBot) -> None:
    window = desktop.centralWidget()
    assert isinstance(window, MainWindow)
    qtbot.waitUntil(lambda: window.queue.current_id() is not None)
    window.queue.table.go(3)
    number = window.queue.current_id()
    assert number is not None
    window.open_report(number)
    settle(desktop.runner)
    assert window.report is not None and window.report.view is not None
    bar = window.report.view.area.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 100
    desktop.change_look(Preferences(theme="light", language="en", idle_minutes=5))
    again = desktop.centralWidget()
    assert isinstance(again, MainWindow) and again is not window
    settle(desktop.runner)
    assert again.report is not None and again.report.report_id == number
    assert again.report.view is not None
    qtbot.waitUntil(lambda: again.report.view.area.verticalScrollBar().value() > 100)
    assert again.queue.current_id() == number, "J goes on from here"
