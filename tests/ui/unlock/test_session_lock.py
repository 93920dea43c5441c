"""The screen locks: over a real message bus with a screen saver of our own, and by Windows' message as it would come."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusVariant, QDBusVirtualObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from triage.ui.app import Desktop
from triage.ui.shell.main_window import MainWindow
from triage.ui.shell.status_bar import StatusBar
from triage.ui.unlock import session_lock
from triage.ui.unlock.session_lock import SessionLock, find_bus_addresses

SAVER = "org.gnome.ScreenSaver"


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    """The address of a message bus of this test's own."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("no message bus on this machine")
    config = tmp_path / "bus.conf"
    config.write_text(
        f"<busconfig><type>session</type><listen>unix:path={tmp_path}/bus</listen><policy context='default'>"
        "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/><allow own='*'/></policy></busconfig>"
    )
    command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        try:
            assert daemon.stdout is not None
            address = daemon.stdout.readline().strip()
            if not address:
                pytest.skip("the message bus did not start")
            yield address
        finally:
            daemon.terminate()


@pytest.fixture
def desk(bus: str) -> Iterator[QDBusConnection]:
    """The desktop's end of the bus."""
    yield QDBusConnection.connectToBus(bus, "desk")
    QDBusConnection.disconnectFromBus("desk")


@pytest.fixture
def heard(app: QApplication) -> list[int]:
    return []


class Session(QDBusVirtualObject):
    """What logind says of a session when it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.locked = False
        self.after_ms = 0
        self.asked: list[list[object]] = []

    def introspect(self, path: str) -> str:
        return ""

    def handleMessage(self, message: QDBusMessage, connection: QDBusConnection) -> bool:
        self.asked.append(message.arguments())
        answer = message.createReply(QDBusVariant(self.locked))
        if self.after_ms:
            QTimer.singleShot(self.after_ms, lambda: connection.send(answer))
            return True
        return bool(connection.send(answer))


def watch(app: QApplication, heard: list[int], user: str, system: str) -> SessionLock:
    lock = SessionLock(app, user, system)
    lock.locked.connect(lambda: heard.append(1))
    return lock


def send(desk: QDBusConnection, path: str, interface: str, name: str, *values: object) -> None:
    signal = QDBusMessage.createSignal(path, interface, name)
    signal.setArguments(list(values))
    assert desk.send(signal)


def test_a_screen_saver_that_wakes_up_locks(
    app: QApplication, bus: str, desk: QDBusConnection, heard: list[int], qtbot: QtBot
) -> None:
    lock = watch(app, heard, bus, "")
    assert lock.detection() == "no", "nobody on this bus locks screens yet"
    assert desk.registerService(SAVER)
    assert lock.detection() == "yes"
    send(desk, "/org/gnome/ScreenSaver", SAVER, "ActiveChanged", False)
    send(desk, "/org/gnome/ScreenSaver", SAVER, "ActiveChanged", True)
    qtbot.waitUntil(lambda: heard == [1])
    lock.stop()
    assert lock.detection() == "no"
    send(desk, "/org/gnome/ScreenSaver", SAVER, "ActiveChanged", True)
    qtbot.wait(20)
    assert heard == [1]


def test_logind_locks_and_is_not_taken_for_certain(
    app: QApplication, bus: str, desk: QDBusConnection, heard: list[int], qtbot: QtBot
) -> None:
    assert desk.registerService(session_lock.LOGIND)
    lock = watch(app, heard, "", bus)
    assert lock.detection() == "perhaps"
    path = "/org/freedesktop/login1/session/_31"
    session = Session()
    assert desk.registerVirtualObject(path, session)
    send(desk, path, session_lock.SESSION, "Lock")
    send(desk, path, session_lock.PROPERTIES, "PropertiesChanged", session_lock.SESSION, {"LockedHint": False}, [])
    qtbot.waitUntil(lambda: session.asked == [[session_lock.SESSION, "LockedHint"]])
    send(desk, "/org/freedesktop/login1", session_lock.MANAGER, "PrepareForSleep", False)
    qtbot.waitUntil(lambda: heard == [1])
    session.locked = True
    send(desk, path, session_lock.PROPERTIES, "PropertiesChanged", session_lock.SESSION, {"LockedHint": True}, [])
    qtbot.waitUntil(lambda: heard == [1, 1])
    send(desk, "/org/freedesktop/login1", session_lock.MANAGER, "PrepareForSleep", True)
    qtbot.waitUntil(lambda: heard == [1, 1, 1])
    lock.stop()


def test_logind_may_answer_late(app: QApplication, bus: str, desk: QDBusConnection, heard: list[int], qtbot: QtBot) -> None:
    """A busy machine took longer than half a second, and the lock of the screen was missed."""
    assert desk.registerService(session_lock.LOGIND)
    lock = watch(app, heard, "", bus)
    path = "/org/freedesktop/login1/session/_31"
    session = Session()
    session.locked, session.after_ms = True, 1_000
    assert desk.registerVirtualObject(path, session)
    send(desk, path, session_lock.PROPERTIES, "PropertiesChanged", session_lock.SESSION, {"LockedHint": True}, [])
    qtbot.waitUntil(lambda: heard == [1])
    lock.stop()


def test_a_locked_screen_locks_the_store(
    app: QApplication, bus: str, desk: QDBusConnection, tmp_path: Path, qtbot: QtBot
) -> None:
    desk.registerService(SAVER)
    api = FakeApi()
    desktop = Desktop(app, tmp_path / "store", api=api, buses=(bus, ""))
    window = desktop.centralWidget()
    assert isinstance(window, MainWindow) and window.status.screen_lock.isHidden()
    send(desk, "/org/gnome/ScreenSaver", SAVER, "ActiveChanged", True)
    qtbot.waitUntil(lambda: api.closed)
    assert not isinstance(desktop.centralWidget(), MainWindow)
    desktop.close()
    desktop.deleteLater()


def test_where_nothing_tells_it_is_said(app: QApplication, tmp_path: Path) -> None:
    lock = SessionLock(app, f"unix:path={tmp_path}/nowhere", f"unix:path={tmp_path}/nowhere")
    assert lock.detection() == "no"
    bar = StatusBar()
    for noticed, said in (("yes", ""), ("perhaps", "may not be detected"), ("no", "Can't detect")):
        bar.show_screen_lock(noticed)  # type: ignore[arg-type]
        assert said in bar.screen_lock.text() and bar.screen_lock.isHidden() == (not said)
    assert "Ctrl+L" in bar.screen_lock.toolTip()
    lock.stop()


@pytest.mark.parametrize(
    "address",
    ["tcp:host=192.0.2.1,port=1", "autolaunch:", "unix:path=/run/bus;tcp:host=192.0.2.1,port=1", "nonce-tcp:host=localhost"],
)
def test_a_bus_beyond_the_machine_is_never_opened(address: str) -> None:
    assert find_bus_addresses({"DBUS_SESSION_BUS_ADDRESS": address, "DBUS_SYSTEM_BUS_ADDRESS": address}) == ("", "")
    assert find_bus_addresses({"XDG_RUNTIME_DIR": "/run/user/1000"})[0] == "unix:path=/run/user/1000/bus"
    assert find_bus_addresses({}) == ("", "unix:path=/run/dbus/system_bus_socket")


@pytest.mark.parametrize(
    ("message", "wparam", "locks"), [(0x02B1, 7, True), (0x02B1, 8, False), (0x02B1, 2, True), (0x0111, 7, False)]
)
def test_the_message_of_windows(app: QApplication, message: int, wparam: int, locks: bool) -> None:
    heard: list[int] = []
    told = session_lock._Message(1, message, wparam)
    seen = session_lock.WindowsFilter(lambda: heard.append(1))
    assert seen.nativeEventFilter(b"windows_generic_MSG", ctypes.addressof(told)) == (False, 0)
    assert seen.nativeEventFilter(b"xcb_generic_event_t", ctypes.addressof(told)) == (False, 0)
    assert heard == [1] * locks
    assert isinstance(app, QObject)
