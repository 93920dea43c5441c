"""Detects that the system's session locks or the machine goes to sleep.

Linux: the screen saver on the user's message bus, and logind on the system bus. Only local sockets are opened. Windows: the
session message to the window.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, Literal

from PySide6.QtCore import SLOT, QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, Signal, Slot
from PySide6.QtDBus import QDBus, QDBusConnection, QDBusMessage, QDBusObjectPath, QDBusPendingCallWatcher, QDBusVariant
from PySide6.QtWidgets import QWidget

from triage.ui.text.i18n import Safe, tr

SCREEN_SAVERS = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
)
"""Service and interface have the same name; all send ActiveChanged(b)."""
LOGIND, MANAGER, SESSION = "org.freedesktop.login1", "org.freedesktop.login1.Manager", "org.freedesktop.login1.Session"
PROPERTIES = "org.freedesktop.DBus.Properties"
_LOGIND_PATH = "/org/freedesktop/login1"
_WAIT_MS = 500
"""How long the window may stand still for an answer."""
_ANSWER_MS = 60_000
"""How long an answer in the background may take: on a busy machine a lock of the screen must not be missed."""

LockDetection = Literal["yes", "perhaps", "no"]
"""perhaps: logind is there, but whether this desktop's locker tells it is not known."""


def find_bus_addresses(environment: Mapping[str, str] = os.environ) -> tuple[str, str]:
    """Returns the addresses of the user's and the system's bus; "" where there is none or it is no local socket."""
    runtime = environment.get("XDG_RUNTIME_DIR")
    own = environment.get("DBUS_SESSION_BUS_ADDRESS") or (f"unix:path={runtime}/bus" if runtime else "")
    system = environment.get("DBUS_SYSTEM_BUS_ADDRESS") or "unix:path=/run/dbus/system_bus_socket"
    return _local(own), _local(system)


def _local(address: str) -> str:
    """Returns the address if all its parts are local sockets, else ""."""
    return address if all(part.startswith("unix:") for part in address.split(";")) else ""


class SessionLock(QObject):
    """Emits `locked` each time the session locks or the machine is about to sleep."""

    locked = Signal()

    def __init__(self, parent: QObject, user_bus: str, system_bus: str) -> None:
        super().__init__(parent)
        self._names = (f"triage-user-{id(self)}", f"triage-system-{id(self)}")
        self._user = QDBusConnection.connectToBus(user_bus, self._names[0]) if user_bus else None
        self._system = QDBusConnection.connectToBus(system_bus, self._names[1]) if system_bus else None
        self._windows = False
        if self._user is not None and self._user.isConnected():
            for name in SCREEN_SAVERS:
                self._user.connect(name, "", name, "ActiveChanged", self, _slot("saver_changed(bool)"))
        if self._system is not None and self._system.isConnected():
            path = _own_session(self._system)
            self._system.connect(LOGIND, _LOGIND_PATH, MANAGER, "PrepareForSleep", self, _slot("sleep_changed(bool)"))
            self._system.connect(LOGIND, path, SESSION, "Lock", self, _slot("lock_asked()"))
            self._system.connect(
                LOGIND, path, PROPERTIES, "PropertiesChanged", self,
                _slot("session_changed(QDBusMessage)"),
            )  # fmt: skip

    def detection(self) -> LockDetection:
        """Returns whether a lock of the session can be detected."""
        if self._windows or any(_serves(self._user, name) for name in SCREEN_SAVERS):
            return "yes"
        return "perhaps" if _serves(self._system, LOGIND) else "no"

    def watch_window(self, window: QWidget) -> None:
        """Registers the window for session messages on Windows; does nothing elsewhere."""
        if sys.platform == "win32":
            self._filter = WindowsFilter(self.locked.emit)
            QCoreApplication.instance().installNativeEventFilter(self._filter)
            register = ctypes.windll.wtsapi32.WTSRegisterSessionNotification
            self._windows = bool(register(ctypes.c_void_p(int(window.winId())), NOTIFY_FOR_THIS_SESSION))

    def stop(self) -> None:
        """Disconnects from both buses."""
        for name in self._names:
            QDBusConnection.disconnectFromBus(name)
        self._user = self._system = None

    @Slot(bool)
    def saver_changed(self, active: bool) -> None:
        """Emits `locked` when the screen saver starts."""
        if active:
            self.locked.emit()

    @Slot(bool)
    def sleep_changed(self, begins: bool) -> None:
        """Emits `locked` when the machine is about to sleep."""
        if begins:
            self.locked.emit()

    @Slot()
    def lock_asked(self) -> None:
        """Emits `locked` when logind asks the session to lock."""
        self.locked.emit()

    @Slot(QDBusMessage)
    def session_changed(self, message: QDBusMessage) -> None:
        """Asks logind for the session's lock state, since PySide can't read the message's own map."""
        if message.arguments()[:1] == [SESSION] and self._system is not None:
            call = QDBusMessage.createMethodCall(LOGIND, message.path(), PROPERTIES, "Get")
            call.setArguments([SESSION, "LockedHint"])
            self._asked = QDBusPendingCallWatcher(self._system.asyncCall(call, _ANSWER_MS), self)
            self._asked.finished.connect(self.hint_answered)

    def hint_answered(self, answered: QDBusPendingCallWatcher) -> None:
        """Emits `locked` when logind says that the session is locked."""
        told = answered.reply().arguments()
        if told and isinstance(told[0], QDBusVariant) and told[0].variant() is True:
            self.locked.emit()


def _slot(signature: str) -> Any:
    """Returns the signature of a slot as Qt needs it."""
    return SLOT(signature)


def _own_session(bus: QDBusConnection) -> str:
    """Returns logind's path of this session, or "" when it is unknown; then any session's lock counts."""
    call = QDBusMessage.createMethodCall(LOGIND, _LOGIND_PATH, MANAGER, "GetSession")
    call.setArguments([os.environ.get("XDG_SESSION_ID", "auto")])
    answer = bus.call(call, QDBus.CallMode.Block, _WAIT_MS).arguments()
    return answer[0].path() if answer and isinstance(answer[0], QDBusObjectPath) else ""


def _serves(bus: QDBusConnection | None, name: str) -> bool:
    """Returns whether a service is registered on a bus."""
    if bus is None or not bus.isConnected():
        return False
    return bool(bus.interface().isServiceRegistered(name).value())


def describe_detection(noticed: LockDetection) -> Safe:
    """Returns a warning for the status bar, or an empty text when locks are detected."""
    if noticed == "yes":
        return Safe("")
    return tr("The system screen lock may not be detected") if noticed == "perhaps" else tr("Can't detect the system screen lock")


# Windows

NOTIFY_FOR_THIS_SESSION = 0
WM_WTSSESSION_CHANGE = 0x02B1
_LOCKING = frozenset({0x2, 0x4, 0x6, 0x7})
"""Console or remote disconnect, logoff, lock."""


class _Message(ctypes.Structure):
    """Lays out the beginning of the Windows structure MSG."""

    _fields_ = (("window", ctypes.c_void_p), ("message", ctypes.c_uint), ("wparam", ctypes.c_size_t))


class WindowsFilter(QAbstractNativeEventFilter):
    """Calls `locked` when Windows reports a lock, a logoff or a disconnect."""

    def __init__(self, locked: Callable[[], object]) -> None:
        super().__init__()
        self._locked = locked

    def nativeEventFilter(self, kind: QByteArray | bytes | bytearray | memoryview, message: int) -> tuple[bool, int]:
        """Reads a message of Windows and never consumes it."""
        if kind == b"windows_generic_MSG":
            told = _Message.from_address(int(message))
            if told.message == WM_WTSSESSION_CHANGE and told.wparam in _LOCKING:
                self._locked()
        return False, 0
