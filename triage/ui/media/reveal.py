"""Reveals media: pixels are read in a thread, stay while a person holds, and are then overwritten.

`api.reveal` is a context manager. Its view renders the file in the sandbox; the step and the duration are recorded when it
ends. The thread enters it, delivers the pixels, waits for the release and leaves it, so that each view is recorded.
"""

from __future__ import annotations

import ctypes
import logging
import threading
import time
from dataclasses import dataclass
from queue import SimpleQueue

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from triage.errors import WorldError
from triage.model.media import ImageCrop, Pixels, RevealStep
from triage.ui.core.api import Api
from triage.ui.core.window_calls import get_dispatcher
from triage.ui.text.i18n import tr, tr_message

log = logging.getLogger(__name__)

JOINED_SECONDS = 0.2
"""What is opened again within this time, the same file at the same step, is one view."""
RECORD_SECONDS = 5.0
"""How long leaving a page waits for the record of its last reveal."""


@dataclass(frozen=True, slots=True)
class RevealRequest:
    """Names a file of a report, the viewing step, the time of a single video frame, and the rectangle that alone is shown."""

    report_id: str
    sha256: str
    step: RevealStep
    at_ms: int | None = None
    window: ImageCrop | None = None


class HeldPixels:
    """Holds revealed pixels in memory that can be overwritten."""

    def __init__(self, pixels: Pixels) -> None:
        self.width, self.height = pixels.width, pixels.height
        self._rgb = bytearray(pixels.rgb)
        if len(self._rgb) != self.width * self.height * 3:
            raise ValueError("a reveal whose size does not fit its pixels")
        self._image: QImage | None = QImage(self._rgb, self.width, self.height, self.width * 3, QImage.Format.Format_RGB888)

    def image(self) -> QImage | None:
        """Returns an image that shares the memory of the pixels, or None after `wipe`."""
        return self._image

    def wipe(self) -> None:
        """Overwrites the pixels with zeros."""
        self._image = None
        self._rgb[:] = bytes(len(self._rgb))


def overwrite(data: bytes) -> None:
    """Overwrites the memory of a bytes object with zeros; works in CPython only."""
    if len(data) > 1:  # the empty and the single bytes are shared by the whole interpreter
        ctypes.memset(ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p), 0, len(data))


class Revealer(QObject):
    """Keeps at most one reveal open.

    `opened` carries the Held pixels. `closed` carries the step and the seconds once the view is recorded.
    """

    opened = Signal(object)
    closed = Signal(object, float)
    failed = Signal(str)

    def __init__(self, api: Api, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._api = api
        self._held: HeldPixels | None = None
        self._view: _View | None = None
        self._last: _View | None = None
        self._threads: list[threading.Thread] = []

    def held_pixels(self) -> HeldPixels | None:
        """Returns the pixels of the open reveal, or None."""
        return self._held

    def hold(self, wanted: RevealRequest) -> None:
        """Opens a reveal in a thread, and closes an earlier one first.

        What was closed less than 200 ms ago and is opened again goes on as the same view.
        """
        self.let_go()
        if self._last is not None and self._last.hold_again(wanted):
            self._view = self._last
            return
        self.end_view()
        self._view = self._last = _View(self, self._api, wanted)
        thread = threading.Thread(target=self._view.run, name="reveal", daemon=True)
        self._threads = [other for other in self._threads if other.is_alive()] + [thread]
        thread.start()

    def let_go(self) -> None:
        """Overwrites the pixels at once; the thread records the view unless it is held again within 200 ms."""
        if self._view is not None:
            self._view.let_go()
            self._view = None
        if self._held is not None:
            self._held.wipe()
            self._held = None

    def end_view(self) -> None:
        """Lets go, and has the view recorded at once."""
        self.let_go()
        if self._last is not None:
            self._last.end()
            self._last = None

    def finish(self, seconds: float = RECORD_SECONDS) -> None:
        """Lets go, and waits at most `seconds` until the view is recorded."""
        self.end_view()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._threads = [thread for thread in self._threads if thread.is_alive()]

    def accept(self, view: _View, held: HeldPixels) -> None:
        """Announces the pixels, or wipes them when the hold ended already."""
        if view is not self._view or held.image() is None:
            held.wipe()
            return
        self._held = held
        self.opened.emit(held)

    def end(self, step: RevealStep, found: float | Exception) -> None:
        """Announces that the view was recorded, with its seconds, or why it failed."""
        if isinstance(found, WorldError):
            self.failed.emit(str(tr_message(found.message)))
        elif isinstance(found, Exception):
            self.failed.emit(tr("Triage could not show this because of an error; it stays blurred."))
        else:
            self.closed.emit(step, found)


class _View:
    """One reveal, from the hold to the record of the view; a short gap and another hold belong to the same view.

    Its thread never touches the revealer, which goes with its page. Only the window's thread does, when results arrive there.
    """

    def __init__(self, revealer: Revealer, api: Api, wanted: RevealRequest) -> None:
        self._revealer: Revealer | None = revealer
        self._api, self._wanted = api, wanted
        self._results: SimpleQueue[HeldPixels | float | Exception] = SimpleQueue()
        self._dispatcher = get_dispatcher()
        self._state = threading.Condition()
        self._holds = 1
        self._held, self._over = True, False
        self._released = 0.0

    # Called on the window's thread

    def let_go(self) -> None:
        """Closes the view; it can be held again for a short time."""
        with self._state:
            if self._held:
                self._held, self._released = False, time.monotonic()
                self._state.notify_all()

    def hold_again(self, wanted: RevealRequest) -> bool:
        """Goes on with this view if it is of the same file and step and was closed a moment ago; returns whether it does."""
        with self._state:
            if wanted != self._wanted or self._over or time.monotonic() - self._released >= JOINED_SECONDS:
                return False
            self._held = True
            self._holds += 1
            self._state.notify_all()
            return True

    def end(self) -> None:
        """Closes the view for good."""
        self.let_go()
        with self._state:
            self._over = True
            self._state.notify_all()

    def arrive(self) -> None:
        """Gives one result to the revealer, if its page is still there; else pixels are released."""
        result, revealer = self._results.get(), self._revealer
        if not isinstance(result, HeldPixels):
            self._revealer = None
        if revealer is None or not shiboken6.isValid(revealer):
            self.end()
            log.info("a reveal ended after its page")
        elif isinstance(result, HeldPixels):
            revealer.accept(self, result)
        else:
            revealer.end(self._wanted.step, result)

    # Called in the thread

    def run(self) -> None:
        """Opens the reveal, waits for the release and records the view."""
        wanted = self._wanted
        try:
            with self._api.reveal(wanted.report_id, wanted.sha256, wanted.step, wanted.at_ms, wanted.window) as view:
                while True:
                    holds = self._holds
                    pixels = view.render()
                    held = HeldPixels(pixels)
                    overwrite(pixels.rgb)
                    del pixels
                    self._tell(held)
                    self._wait_for_release(holds)
                    held.wipe()  # again, for the case that the page went before it took them
                    view.pause()
                    if not self._wait_for_hold():
                        break
        except Exception as error:
            with self._state:
                self._over = True
            if not isinstance(error, WorldError):
                log.error("reveal failed: %s", type(error).__name__)
            self._tell(error.with_traceback(None))
        else:
            self._tell(view.end())

    def _wait_for_release(self, holds: int) -> None:
        """Waits until this hold ended; another one may have begun since."""
        with self._state:
            self._state.wait_for(lambda: not self._held or self._holds != holds)

    def _wait_for_hold(self) -> bool:
        """Waits a short time for another hold, and returns whether it came; without one the view is over."""
        with self._state:
            rest = self._released + JOINED_SECONDS - time.monotonic()
            self._state.wait_for(lambda: self._held or self._over, max(0.0, rest))
            self._over = not self._held
            return self._held

    def _tell(self, result: HeldPixels | float | Exception) -> None:
        """Has a result arrive on the window's thread."""
        self._results.put(result)
        self._dispatcher.send(self)
