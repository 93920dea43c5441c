"""Imports that end at the nth step at which a disk may fail: `python stepper.py`, a line "N KIND STORE BUNDLE" an import.

BUNDLE may be a work package or results, or "work:AGE_KEY:OUT" and "results:PACKAGE:AGE_KEY:OUT", which write one.

KIND is "kill" (the process dies there, after half of what it was writing), or an errno's name. Each import runs in a forked
process of its own; "done N" or "ended N" tells whether it came to its end, N how many steps it made.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from triage.errors import InputError, StoreError
from triage.jobs.exchange import package_import
from triage.jobs.exchange.receive import import_paths
from triage.jobs.exchange.send import export_work
from triage.jobs.exchange.send_results import export_results
from triage.jobs.intake import document_worker, readers
from triage.jobs.intake import import_bundles as job
from triage.jobs.intake.document_wire import Answered, Asked
from triage.jobs.intake.text_wire import FileToRead
from triage.jobs.judging import judges as judges  # loaded here once, for all imports
from triage.jobs.session import Session, unlock
from triage.model.file_text import FileText
from triage.model.handover import Receipt
from triage.model.media import MediaFacts
from triage.priority import rules
from triage.store import vault

WORDS = "seven green boats"
DIED = 9


class Cell:
    """No worker processes: what decoding finds does not matter here."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def __enter__(self) -> Cell:
        return self

    def __exit__(self, *_: object) -> None: ...

    def prepare(self) -> None: ...

    def measure(self, _data: object) -> MediaFacts:
        return MediaFacts(mime="image/jpeg")

    def measure_all(self, files: Sequence[object]) -> list[MediaFacts]:
        return [self.measure(data) for data in files]


class ReadHere(Cell):
    """Reads documents in this process, by what their worker runs: to start workers takes longer than such an import."""

    def read(self, asked: Sequence[Asked]) -> list[Answered | InputError]:
        return [readers._take_answer(document_worker.read_document(each)) for each in asked]

    def read_texts(self, files: Sequence[FileToRead]) -> list[FileText]:
        return [document_worker.read_file_text(each) for each in files]


class Steps:
    def __init__(self, at: int, kind: str) -> None:
        self.at, self.kind, self.made = at, kind, 0

    def watch(self, real: Callable[..., Any], half: Callable[..., Any] | None = None) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            self.made += 1
            if self.made == self.at:
                if half is not None:
                    half(*args)
                if self.kind == "kill":
                    os._exit(DIED)
                code = getattr(errno, self.kind)
                raise OSError(code, os.strerror(code))
            return real(*args, **kwargs)

        return step

    def arm(self) -> None:
        write = vault._write_all
        vault._write_all = self.watch(write, lambda file, view: write(file, view[: len(view) // 2]))
        os.fsync = self.watch(os.fsync)
        os.replace = self.watch(os.replace)


def act(session: Session, what: str) -> None:
    """Imports, or writes a work package or results."""
    kind, _, rest = what.partition(":")
    if kind == "work":
        key, out = rest.split(":", 1)
        numbers = [number for (number,) in session.store.read().all("SELECT number FROM report ORDER BY 1")]
        export_work(session, numbers, key, Path(out), with_media=True)
    elif kind == "results":
        package, key, out = rest.split(":", 2)
        export_results(session, package, key, Path(out))
    else:
        import_paths(session, [Path(what)], receipt=Receipt())


def take_in(at: int, kind: str, store: Path, bundle: str) -> None:
    job.MediaPool = package_import.MediaPool = Cell  # type: ignore[misc,assignment]
    job.Readers = package_import.Readers = ReadHere  # type: ignore[misc,assignment]
    steps = Steps(at, kind)
    with unlock(store, "first", WORDS) as session:
        steps.arm()
        try:
            act(session, bundle)
            word = "done"
        except StoreError as error:
            word = "ended" if str(error).endswith(".") and "\n" not in str(error) else "no sentence"
    os.write(1, f"{word} {steps.made}\n".encode())


def main() -> None:
    rules.shipped()  # loaded here once, for all imports
    for line in sys.stdin:
        at, kind, store, bundle = line.split()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                take_in(int(at), kind, Path(store), bundle)
                code = 0
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code == DIED:
            os.write(1, f"ended {at}\n".encode())
        elif code:
            os.write(1, f"crashed {code}\n".encode())


if __name__ == "__main__":
    main()
