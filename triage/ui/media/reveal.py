"""Reveals media: pixels are read in a thread, stay while a person holds, and are then overwritten.

`api.reveal` is a context manager. It renders the file in the sandbox, and records the step and the duration when it ends. The
thread enters it, delivers the pixels, waits for the release and leaves it, so that each view is recorded.
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
from triage.model.media import ImageCrop, Pixels, RevealStep
from triage.ui.core.api import Api
from triage.ui.text.i18n import tr, tr_message

log = logging.getLogger(__name__)

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
    _ready = Signal(object, object)

    def __init__(self, api: Api, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._api = api
        self._held: HeldPixels | None = None
        self._release: threading.Event | None = None
        self._threads: list[threading.Thread] = []
        self._ready.connect(self._accept)

    def held_pixels(self) -> HeldPixels | None:
        """Returns the pixels of the open reveal, or None."""
        return self._held

    def hold(self, wanted: RevealRequest) -> None:
        """Opens a reveal in a thread, and closes an earlier one first."""
        self.let_go()
        release = self._release = threading.Event()
        thread = threading.Thread(target=self._hold_open, args=(wanted, release), name="reveal", daemon=True)
        self._threads = [other for other in self._threads if other.is_alive()] + [thread]
        thread.start()

    def let_go(self) -> None:
        """Overwrites the pixels at once; the thread then records the view."""
        if self._release is not None:
            self._release.set()
            self._release = None
        if self._held is not None:
            self._held.wipe()
            self._held = None

    def finish(self, seconds: float = RECORD_SECONDS) -> None:
        """Lets go, and waits at most `seconds` until the view is recorded."""
        self.let_go()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._threads = [thread for thread in self._threads if thread.is_alive()]

    def _hold_open(self, wanted: RevealRequest, release: threading.Event) -> None:
        """Opens the reveal, waits for the release and records the view; runs in the thread."""
        began = time.monotonic()
        try:
            with self._api.reveal(wanted.report_id, wanted.sha256, wanted.step, wanted.at_ms, wanted.window) as pixels:
                held = HeldPixels(pixels)
                overwrite(pixels.rgb)
                del pixels
                self._emit(self._ready, held, release)
                release.wait()
                held.wipe()  # again, for the case that the page went before it took them
        except WorldError as error:
            self._emit(self.failed, tr_message(error.message))
        except Exception as error:
            log.error("reveal failed: %s", type(error).__name__)
            self._emit(self.failed, tr("Triage could not show this because of an error; it stays blurred."))
        else:
            self._emit(self.closed, wanted.step, time.monotonic() - began)

    def _emit(self, signal: object, *values: object) -> None:
        """Emits a signal, unless the page was deleted meanwhile."""
        try:
            signal.emit(*values)  # type: ignore[attr-defined]
        except RuntimeError:
            log.info("a reveal ended after its page")

    def _accept(self, held: HeldPixels, release: threading.Event) -> None:
        """Announces the pixels on the main thread, or wipes them when the hold ended already."""
        if release is not self._release or release.is_set():
            held.wipe()
            return
        self._held = held
        self.opened.emit(held)
