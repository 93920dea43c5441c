"""Hands what threads found to the window's thread.

A thread never emits a signal of an object that the window may delete: an emission that is under way reads the sender, and crashes
when the sender goes meanwhile. It emits one signal only, of an object that stays as long as the program. Whether a page is still
there is asked on the window's thread, where pages are deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import shiboken6
from PySide6.QtCore import QObject, Signal, Slot


class Dispatched(Protocol):
    """What a thread hands over."""

    def arrive(self) -> None:
        """Does what is due, on the window's thread, and lets go of all it held.

        The thread may hold this longer than the window's thread. Whoever holds a part of the window last deletes it.
        """


class WindowCall:
    """A call that is due on the window's thread, unless its owner was deleted."""

    def __init__(self, owner: QObject | None, call: Callable[..., object], *arguments: Any) -> None:
        self._due: tuple[QObject | None, Callable[..., object], tuple[Any, ...]] | None = owner, call, arguments

    def arrive(self) -> None:
        """Makes the call once."""
        due, self._due = self._due, None
        if due is None:
            return
        owner, call, arguments = due
        if owner is None or shiboken6.isValid(owner):
            call(*arguments)


class Dispatcher(QObject):
    """Carries results and calls to the thread on which it was made."""

    _sent = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._sent.connect(self._deliver)

    def send(self, dispatched: Dispatched) -> None:
        """Has what a thread found arrive on the window's thread. Any thread may call this."""
        self._sent.emit(dispatched)

    @Slot(object)
    def _deliver(self, dispatched: Dispatched) -> None:
        dispatched.arrive()


_dispatcher: Dispatcher | None = None


def get_dispatcher() -> Dispatcher:
    """Returns the dispatcher of this program. The window's thread asks first."""
    global _dispatcher
    if _dispatcher is None or not shiboken6.isValid(_dispatcher):
        _dispatcher = Dispatcher()
    return _dispatcher


def make_window_call(owner: QObject | None, call: Callable[..., object]) -> Callable[..., None]:
    """Returns a function that any thread may call. `call` is made with its arguments on the window's thread.

    Once `owner` is deleted, nothing is called any more.
    """
    dispatcher = get_dispatcher()
    return lambda *arguments: dispatcher.send(WindowCall(owner, call, *arguments))
