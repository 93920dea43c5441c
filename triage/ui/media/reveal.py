"""A reveal: pixels come in a thread of their own, stay as long as a hand holds, and are overwritten when it lets go.

`api.reveal` is a context: it renders in the confined worker, and records step and duration when it ends. The thread enters
it, hands the pixels over once, waits for the end, and leaves it, so that the record is written by the jobs in any case.
"""

from __future__ import annotations

import ctypes
import logging
import threading
import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from triage.errors import WorldError
from triage.model.media import Pixels, RevealStep
from triage.ui.core.api import Api
from triage.ui.text.i18n import tr, tr_message

log = logging.getLogger(__name__)

RECORD_SECONDS = 5.0
"""How long leaving a page waits for the record of its last reveal."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which medium of which report, at which step; of a film the one frame at a time, or the sheet."""

    report_id: str
    sha256: str
    step: RevealStep
    at_ms: int | None = None


class Held:
    """Revealed pixels in memory that can be overwritten. `image()` borrows it: no copy is made here."""

    def __init__(self, pixels: Pixels) -> None:
        self.width, self.height = pixels.width, pixels.height
        self._rgb = bytearray(pixels.rgb)
        if len(self._rgb) != self.width * self.height * 3:
            raise ValueError("a reveal whose size does not fit its pixels")
        self._image: QImage | None = QImage(self._rgb, self.width, self.height, self.width * 3, QImage.Format.Format_RGB888)

    def image(self) -> QImage | None:
        """None once it was wiped."""
        return self._image

    def wipe(self) -> None:
        self._image = None
        self._rgb[:] = bytes(len(self._rgb))


def overwrite(data: bytes) -> None:
    """Zero the buffer of a bytes object that nobody reads any more: as far as Python lets one go. CPython only."""
    if len(data) > 1:  # the empty and the single bytes are shared by the whole interpreter
        ctypes.memset(ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p), 0, len(data))


class Revealer(QObject):
    """At most one reveal is open. `opened` hands over a Held; `closed` says (step, seconds) once it is recorded."""

    opened = Signal(object)
    closed = Signal(object, float)
    failed = Signal(str)
    _ready = Signal(object, object)

    def __init__(self, api: Api, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._api = api
        self._held: Held | None = None
        self._release: threading.Event | None = None
        self._threads: list[threading.Thread] = []
        self._ready.connect(self._take)

    def held(self) -> Held | None:
        return self._held

    def hold(self, wanted: Wanted) -> None:
        """Open a reveal; one that is open already ends first."""
        self.let_go()
        release = self._release = threading.Event()
        thread = threading.Thread(target=self._hold_open, args=(wanted, release), name="reveal", daemon=True)
        self._threads = [other for other in self._threads if other.is_alive()] + [thread]
        thread.start()

    def let_go(self) -> None:
        """At once: the pixels are overwritten here, the record follows in the thread."""
        if self._release is not None:
            self._release.set()
            self._release = None
        if self._held is not None:
            self._held.wipe()
            self._held = None

    def finish(self, seconds: float = RECORD_SECONDS) -> None:
        """Let go and wait until it is recorded: before the session closes."""
        self.let_go()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._threads = [thread for thread in self._threads if thread.is_alive()]

    def _hold_open(self, wanted: Wanted, release: threading.Event) -> None:
        """In the thread."""
        began = time.monotonic()
        try:
            with self._api.reveal(wanted.report_id, wanted.sha256, wanted.step, wanted.at_ms) as pixels:
                held = Held(pixels)
                overwrite(pixels.rgb)
                del pixels
                self._tell(self._ready, held, release)
                release.wait()
                held.wipe()  # again, for the case that the page went before it took them
        except WorldError as error:
            self._tell(self.failed, tr_message(error.message))
        except Exception as error:
            log.error("reveal failed: %s", type(error).__name__)
            self._tell(self.failed, tr("Triage could not show this because of an error; it stays blurred."))
        else:
            self._tell(self.closed, wanted.step, time.monotonic() - began)

    def _tell(self, signal: object, *values: object) -> None:
        """The page may be gone by now: then nobody is told."""
        try:
            signal.emit(*values)  # type: ignore[attr-defined]
        except RuntimeError:
            log.info("a reveal ended after its page")

    def _take(self, held: Held, release: threading.Event) -> None:
        """On the window's thread: only the reveal that is still held is shown."""
        if release is not self._release or release.is_set():
            held.wipe()
            return
        self._held = held
        self.opened.emit(held)
