"""The stages of an import, and how far it is over all of them.

The bar of an import never goes back. At the start of a stage what is left of the bar is divided among this stage and those to
come, by what they are expected to take. The expectation grows better from stage to stage, while what was shown stays.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from triage.errors import InputError
from triage.importers.entry_origins import DiskFile
from triage.importers.zip_directory import read_directory
from triage.jobs.intake.containers import iter_files
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, Progress

_DOCUMENTS = (".json", ".xml", ".pdf", ".txt", ".html", ".csv")
_MOST_COUNTED = 300_000
"""Files beyond this are not counted: the expectation is good enough, and counting must not delay the first reports."""


class ImportStage(StrEnum):
    """The stages of an import, in their order."""

    READING = "reading reports"
    SCORING = "scoring"
    MEDIA = "media"
    LARGE = "measuring large media"
    FINISHING = "finishing"


STAGES = tuple(ImportStage)
_NOTES = {
    ImportStage.READING: Message("reading reports"),
    ImportStage.SCORING: Message("scoring"),
    ImportStage.MEDIA: Message("media"),
    ImportStage.LARGE: Message("measuring large media"),
    ImportStage.FINISHING: Message("finishing"),
}
_SECONDS = {
    ImportStage.READING: 0.0073,  # a file, of which one in four was a document
    ImportStage.SCORING: 0.018,  # a report
    ImportStage.MEDIA: 0.0124,  # a file
    ImportStage.LARGE: 0.02,  # a file
    ImportStage.FINISHING: 0.0068,  # a file
}
"""Seconds of wall time that one unit takes. Only their shares count, so that a slow machine shows the same bar.

Measured with 200 reports of three images of 800 x 600 pixels each, two busy cores, November 2026.
"""
_FIXED = {
    ImportStage.READING: 0.5,
    ImportStage.SCORING: 0.3,
    ImportStage.MEDIA: 0.5,
    ImportStage.LARGE: 0.0,
    ImportStage.FINISHING: 0.3,
}
"""Seconds that a stage takes however little there is: workers start, a batch is written."""


@dataclass(frozen=True, slots=True)
class ExpectedWork:
    """How many documents and other files a bundle seems to hold, by the names of its files."""

    documents: int
    others: int

    @property
    def files(self) -> int:
        """Returns the number of all files."""
        return self.documents + self.others

    def count(self, stage: ImportStage) -> int:
        """Returns the expected units of a stage."""
        if stage in (ImportStage.READING, ImportStage.FINISHING):
            return self.files
        return self.documents if stage is ImportStage.SCORING else self.others if stage is ImportStage.MEDIA else 0


def expect_work(paths: Sequence[Path]) -> ExpectedWork:
    """Counts the files of folders and zips by their names, without opening any other file."""
    documents = others = 0
    for at, name in enumerate(name for path in paths for name in _iter_names(path)):
        if at >= _MOST_COUNTED:
            break
        if name.lower().endswith(_DOCUMENTS):
            documents += 1
        else:
            others += 1
    return ExpectedWork(documents, others)


def _iter_names(path: Path) -> Iterator[str]:
    """Yields the names of the files in a path: of a folder and all below it, and of the zips there."""
    if not path.is_dir():
        yield from _iter_names_of_file(str(path))
        return
    for _, file in iter_files(os.path.abspath(path)):  # noqa: PTH100 - without following links
        yield from _iter_names_of_file(file)


def _iter_names_of_file(file: str) -> Iterator[str]:
    """Yields the name of a file, or those of a zip's entries."""
    if not file.lower().endswith(".zip"):
        yield file
        return
    with suppress(InputError, OSError), DiskFile(file).seekable() as stream:
        yield from (member.name for member in read_directory(stream, stream.seek(0, os.SEEK_END)).members)


class StageMeter:
    """Adds to each progress of an import how much of the whole is done.

    It is called between batches, and waits there during a pause.
    """

    def __init__(self, on_progress: OnProgress, expected: ExpectedWork, cancel: CancelToken | None) -> None:
        self._on_progress, self._cancel = on_progress, cancel
        self._expected = {stage: expected.count(stage) for stage in STAGES}
        self._stage = STAGES[0]
        self._base = self._share = 0.0
        self._shown = 0.0

    def expect(self, stage: ImportStage, units: int) -> None:
        """Corrects how many units a stage is expected to have."""
        self._expected[stage] = units

    def begin(self, stage: ImportStage) -> None:
        """Begins a stage: what is left of the bar is divided anew among this stage and those to come."""
        self._stage, self._base = stage, self._shown
        coming = {each: self._cost(each) for each in STAGES[STAGES.index(stage) :]}
        self._share = (1 - self._base) * coming[stage] / sum(coming.values())
        self(Progress(done=0, total=self._expected[stage] or None, unit="files", note=_NOTES[stage]))

    def _cost(self, stage: ImportStage) -> float:
        """Returns the seconds that a stage is expected to take."""
        return _FIXED[stage] + _SECONDS[stage] * self._expected[stage]

    def __call__(self, progress: Progress) -> None:
        """Passes a progress of the present stage on, with the share of the whole; waits while the import is paused."""
        if self._cancel is not None:
            self._cancel.rest()
        total = progress.total or max(self._expected[self._stage], progress.done + 1)
        within = min(progress.done / total, 1.0) if total else 0.0
        self._shown = max(self._shown, min(self._base + self._share * within, 1.0))
        step = Progress(
            done=progress.done, total=progress.total, unit=progress.unit, note=progress.note, overall=self._shown
        )  # for each file of an import: dataclasses.replace takes four times as long
        self._on_progress(step)
