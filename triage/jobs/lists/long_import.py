"""Takes a long list in, step by step. A step is one batch; the list's row says how far it came, so any program can go on.

Its steps: reading the file into sorted runs, merging the runs into blocks kind by kind, and then, in one batch, all that gives
the list effect. A cancelled or killed import leaves a list that is not finished and is seen as such.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

import msgspec

from triage import limits
from triage.errors import InputError, Refused
from triage.importers.lists import ListRemarks, open_list
from triage.jobs.lists.list_reading import (
    ListOf,
    ReadingProgress,
    WrittenList,
    collect_remarks,
    digest_stream,
    make_taken_error,
    read_example,
    require_entries,
    require_readable,
)
from triage.jobs.session import Session, now
from triage.message import Message, to_data
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled
from triage.store.batch import Batch
from triage.store.queries import list_blocks, lists
from triage.store.queries.list_blocks import WIDTHS

_AT_ONCE = 2_000
"""Blocks that one batch deletes."""

Finish = Callable[[Session, Batch, ListOf, WrittenList, CancelToken | None], None]


@dataclass(slots=True)
class HowFar:
    """How far a long list was read and merged."""

    phase: Literal["reading", "merging", "removing"] = "reading"
    position: list[int] = field(default_factory=list)
    entries: int = 0
    runs: int = 0
    digests: int = 0
    """In runs, of all kinds."""
    merged: int = 0
    format: str = ""
    distinct: dict[str, int] = field(default_factory=dict)
    unread: int = 0
    examples: list[Any] = field(default_factory=list)
    """Messages as `to_data` writes them; texts in an older store."""
    remarks: dict[str, Any] = field(default_factory=dict)


REMOVING: dict[str, object] = msgspec.to_builtins(HowFar(phase="removing"))


def is_long(session: Session, stream: BinaryIO, of: ListOf) -> bool:
    """Returns whether the list is taken in step by step: it is long, or was begun so."""
    if os.fstat(stream.fileno()).st_size > limits.LONG_LIST:
        return True
    with session.reading() as db:
        return lists.find_unfinished_list(db, of.name) is not None


def import_long_list(
    session: Session, stream: BinaryIO, of: ListOf, finish: Finish, on_progress: OnProgress, cancel: CancelToken | None
) -> None:
    """Takes the list in, from where an earlier call stopped. `finish` gives it effect.

    Raises:
        InputError: if the file is no list or damaged; then nothing of it stays
        Refused: if the name is taken, or belongs to an unfinished list of another file
        Cancelled: if the token was set; then the same call goes on later
    """
    on_progress(Progress(done=0, total=None, unit="bytes", note=Message("checking the file of the list")))
    sha256 = digest_stream(stream)
    work = _begin(session, of, sha256, finish)
    try:
        work.read(stream, ReadingProgress(stream, on_progress, cancel))
    except InputError:
        work.discard()
        raise
    work.merge(on_progress, cancel)
    work.finish(cancel)


def _begin(session: Session, of: ListOf, sha256: str, finish: Finish) -> _LongImport:
    """Returns the work on the list: a new one, or one that goes on where it stopped."""
    with session.store.batch() as batch:
        if lists.find_list(batch, of.name) is not None:
            raise make_taken_error(of.name)
        row = lists.find_unfinished_list(batch, of.name)
        if row is not None:
            how_far = msgspec.convert(list_blocks.load_unfinished(batch, row.id), HowFar)
            if how_far.phase == "removing" or (row.sha256, row.kind, row.profile) != (sha256, of.kind, of.profile):
                raise Refused(
                    "The list {name} was not read to the end, and this is another file, kind or profile;"
                    " give the same ones, or remove the list first.",
                    name=repr(of.name),
                )
            return _LongImport(session, of, sha256, row.id, how_far, finish)
        how_far = HowFar()
        list_id = lists.add_list(batch, name=of.name, kind=of.kind, profile=of.profile, added=now(), sha256=sha256)
        list_blocks.save_unfinished(batch, list_id, msgspec.to_builtins(how_far))
        batch.note("list begun", list=list_id, file=session.store.keyed(sha256))
        return _LongImport(session, of, sha256, list_id, how_far, finish)


class _LongImport:
    """The work on one long list."""

    def __init__(self, session: Session, of: ListOf, sha256: str, list_id: int, how_far: HowFar, finish: Finish) -> None:
        self._session, self._of, self._sha256, self._list_id, self._finish = session, of, sha256, list_id, finish
        self._how_far = how_far
        self._stored = msgspec.to_builtins(how_far)

    def read(self, stream: BinaryIO, telling: ReadingProgress) -> None:
        """Reads the file into runs, from where that stopped."""
        from triage.jobs.lists.long_list import RunWriter

        how_far = self._how_far
        if how_far.phase != "reading":
            return
        reading, writer = open_list(stream), RunWriter(self._list_id)
        before = ListRemarks(how_far.unread, list(map(read_example, how_far.examples)))

        def write_run() -> None:
            """Stores what was read, in one batch with how far that is."""
            how_far.unread, how_far.examples = reading.remarks.unread, list(map(to_data, reading.remarks.examples))
            with self._session.store.batch() as batch:
                counts = writer.write(batch, how_far.runs)
                how_far.runs += 1
                how_far.digests += sum(counts.values())
                self._save(batch)

        for part in reading.parts(tuple(how_far.position), before):
            telling.report()
            writer.add(part)
            how_far.entries += part.plain + len(part.items)
            how_far.position = list(part.position)
            require_readable(how_far.entries, reading.remarks)
            if writer.is_full():
                write_run()
        require_entries(how_far.entries, reading.remarks)
        how_far.phase, how_far.format = "merging", reading.format
        how_far.remarks = collect_remarks(reading, self._of.profile)
        write_run()

    def merge(self, on_progress: OnProgress, cancel: CancelToken | None) -> None:
        """Merges the runs into blocks, from where that stopped."""
        from triage.jobs.lists.long_list import RunMerger

        how_far = self._how_far

        def tell(taken: int) -> None:
            """Reports how many digests were merged."""
            check_cancelled(cancel)
            done = min(how_far.digests, how_far.merged + taken)
            on_progress(Progress(done=done, total=how_far.digests, unit="hashes", note=Message("sorting the list")))

        for kind in WIDTHS:
            with self._session.reading() as db:
                merger = RunMerger(db, self._list_id, kind)
            while True:
                with self._session.store.batch() as batch:
                    step = merger.merge_step(batch, tell)
                    if step is None:
                        break
                    how_far.merged += step.taken
                    how_far.distinct[kind] = how_far.distinct.get(kind, 0) + step.distinct
                    self._save(batch)

    def finish(self, cancel: CancelToken | None) -> None:
        """Gives the list effect."""
        how_far = self._how_far
        with self._session.store.batch() as batch:
            self._require_own(batch)
            kinds = {**lists.count_hashes_by_kind(batch, self._list_id), **how_far.distinct}
            list_blocks.save_unfinished(batch, self._list_id, None)
            written = WrittenList(
                self._list_id, self._sha256, how_far.format, how_far.entries, dict(sorted(kinds.items())), how_far.remarks
            )
            self._finish(self._session, batch, self._of, written, cancel)

    def discard(self) -> None:
        """Takes back all that was stored of the list."""
        with self._session.store.batch() as batch:
            self._require_own(batch)
            list_blocks.save_unfinished(batch, self._list_id, REMOVING)
        remove_blocks(self._session, self._list_id)
        with self._session.store.batch() as batch:
            lists.delete_list(batch, self._list_id)
            batch.note("list removed", list=self._list_id)

    def _save(self, batch: Batch) -> None:
        """Stores how far the list came, unless another program went on with it meanwhile."""
        self._require_own(batch)
        self._stored = msgspec.to_builtins(self._how_far)
        list_blocks.save_unfinished(batch, self._list_id, self._stored)

    def _require_own(self, batch: Batch) -> None:
        """Raises Refused when another program changed the list since this one last stored how far it came."""
        if list_blocks.load_unfinished(batch, self._list_id) != self._stored:
            raise Refused("The list {name} is being read or removed by another program.", name=repr(self._of.name))


def remove_blocks(session: Session, list_id: int) -> None:
    """Deletes the runs and blocks of a list that has no effect any more, in steps."""
    for delete in (list_blocks.delete_runs, list_blocks.delete_blocks):
        gone = _AT_ONCE
        while gone == _AT_ONCE:
            with session.store.batch() as batch:
                gone = delete(batch, list_id, _AT_ONCE)
