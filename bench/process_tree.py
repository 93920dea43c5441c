"""Processor time and memory of this process and of all that it starts."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import ClassVar, Self


def list_tree() -> list[int]:
    """Returns the ids of this process and of all below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, todo = [], [os.getpid()]
    while todo:
        found.append(todo.pop())
        todo += parents.get(found[-1], [])
    return found


class Peak:
    """Samples the resident bytes of the whole tree, shared pages counted once (PSS); `most` is the peak."""

    spent: ClassVar[float] = 0.0
    """Processor seconds that looking took, of all there were."""

    def __init__(self) -> None:
        self.most = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(0.5):
            before, total = time.thread_time(), 0
            for pid in list_tree():
                try:
                    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                except OSError:
                    continue
                total += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
            self.most = max(self.most, total * 1024)
            Peak.spent += time.thread_time() - before


def measure_cpu() -> float:
    """Returns the processor seconds of this process and of its children that have ended, without what `Peak` takes."""
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system - Peak.spent
