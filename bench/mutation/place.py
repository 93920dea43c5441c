"""The folder in which mutants are tried. It goes with its process, or at the latest when the next run begins."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

PREFIX = "triage-mutants-"
"""The process id of the run follows."""


@contextmanager
def make_place(stop: Callable[[], object]) -> Iterator[Path]:
    """Yields a new folder that is removed afterwards, also when the run is ended by Ctrl-C, a hang-up or SIGTERM.

    What killed runs left is removed first. Call it in the main thread.

    Args:
        stop: Ends the programs that work in the folder; called before a signal ends the run.
    """
    clear_left()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))

    def end(number: int, _: FrameType | None) -> None:
        """Ends the process at once: its threads would wait for their tests."""
        stop()
        for _ in range(50):  # what was just killed may still write
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(0.1)
        os._exit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield folder
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        shutil.rmtree(folder, ignore_errors=True)


def clear_left() -> None:
    """Removes the folders of runs whose process is gone."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = path.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdecimal() and not _is_running(int(owner)):
            shutil.rmtree(path, ignore_errors=True)


def _is_running(process: int) -> bool:
    """Returns whether a process has this id; one of somebody else counts."""
    with suppress(PermissionError):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True
