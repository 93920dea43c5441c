"""A screen without glass: Xvfb, whose pixels are read from its own frame buffer file, and keys pressed with xdotool."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

SIZE = (1440, 900)
PROGRAMS = ("Xvfb", "xdotool")
MANAGER = "openbox"
"""The window manager of the tests that minimise a window."""
T = TypeVar("T")


def missing(*, manager: bool = False) -> list[str]:
    return [name for name in (*PROGRAMS, *([MANAGER] if manager else [])) if shutil.which(name) is None]


def until(look: Callable[[], T], what: str, seconds: float = 60.0) -> T:
    """The first true answer; TimeoutError says what did not come."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


class Screen:
    """Windows are found by their titles. Most tests have no window manager, so that nothing else takes the keys."""

    def __init__(self, display: str, pixels: Path) -> None:
        self.display = display
        self._pixels = pixels
        self.environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self.environment.pop("WAYLAND_DISPLAY", None)

    # Looking

    def grey(self) -> NDArray[np.float32]:
        """What stands on the screen now, (height, width), 0 to 255."""
        return self._colours().mean(axis=2, dtype=np.float32)

    def _colours(self) -> NDArray[np.uint8]:
        """Returns what stands on the screen now, (height, width, 3)."""
        raw = self._pixels.read_bytes()
        head = struct.unpack(">25I", raw[:100])
        offset, width, height, line, colours = head[0], head[4], head[5], head[12], head[19]
        start = offset + 12 * colours
        rows = np.frombuffer(raw, np.uint8, height * line, start).reshape(height, line)
        return rows[:, : width * 4].reshape(height, width, 4)[:, :, :3]

    def has(self, title: str) -> bool:
        return bool(self._windows(title))

    def wait_for(self, title: str, seconds: float = 60.0) -> None:
        """Until a window of this title is there and has the keys."""
        until(lambda: self._focus(title), f"no window {title!r}", seconds)

    def _focus(self, title: str) -> bool:
        """Gives the keys to the newest window of this title; a lock ends its process, and a window of it may just be going."""
        windows = self._windows(title)
        return bool(windows) and self._run("windowfocus", "--sync", windows[-1]).returncode == 0

    def wait_gone(self, title: str) -> None:
        until(lambda: not self.has(title), f"the window {title!r} stays")

    def settled(self, before: NDArray[np.uint8] | None = None, seconds: float = 60.0) -> NDArray[np.uint8]:
        """The screen once it stands still for a moment, and differs from `before`; the clock at its foot does not count."""
        last = [self._colours()[:-40]]

        def still() -> bool:
            time.sleep(0.12)
            earlier, last[0] = last[0], self._colours()[:-40]
            moved = before is None or not np.array_equal(last[0], before)
            return moved and np.array_equal(earlier, last[0])

        until(still, "the screen does not change and then stand still", seconds)
        return last[0]

    # Pressing

    def press(self, *keys: str) -> None:
        self._xdotool("key", "--delay", "20", *keys)

    def type(self, text: str) -> None:
        self._xdotool("type", "--delay", "4", text)

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        self._xdotool("keydown", key)
        try:
            yield
        finally:
            self._xdotool("keyup", key)

    def minimise(self, title: str) -> None:
        """Has the window manager minimise a window, as a person does while a key is down."""
        (window,) = self._windows(title)
        self._xdotool("windowminimize", "--sync", window)

    def restore(self, title: str) -> None:
        """Brings a minimised window back, with the focus."""
        (window,) = self._xdotool("search", "--name", f"^{title}").split()
        self._xdotool("windowactivate", "--sync", window)

    @contextmanager
    def managed(self, home: Path) -> Iterator[None]:
        """Runs a window manager until the context ends."""
        manager = subprocess.Popen(
            [MANAGER], env={**self.environment, "HOME": str(home)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            until(lambda: self._xdotool("get_desktop", check=False), "the window manager does not start")
            yield
        finally:
            manager.terminate()
            manager.wait(60)

    def _windows(self, title: str) -> list[str]:
        found = self._xdotool("search", "--onlyvisible", "--name", f"^{title}", check=False)
        return found.split()

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["xdotool", *arguments], env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )

    def _xdotool(self, *arguments: str, check: bool = True) -> str:
        done = self._run(*arguments)
        if check and done.returncode:
            raise OSError(f"xdotool {arguments[0]}: {done.stderr.strip()}")
        return done.stdout


@contextmanager
def screen(directory: Path) -> Iterator[Screen]:
    """A new display of the usual size; it ends with the context."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-fbdir", str(directory),
         "-nolisten", "tcp", "-noreset"],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with os.fdopen(reading) as said:
            number = said.readline().strip()  # ends with the server if it can't start
        if not number:
            raise OSError("Xvfb does not start")
        yield Screen(f":{number}", directory / "Xvfb_screen0")
    finally:
        server.terminate()
        server.wait(60)
