"""Adds, lists and removes hash lists. Reports whose judgement this changes are judged again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from triage import limits
from triage.errors import NotFound, Refused, WorldError
from triage.importers.lists import ListItem, ListReader, open_list
from triage.importers.lists.profiles import CUSTOM
from triage.importers.lists.profiles import find_profile as profile_named
from triage.jobs.consent import Consent
from triage.jobs.judging.assess import assess
from triage.jobs.judging.lowering import check_written, request_agreement
from triage.jobs.lists.hits import list_hits
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
from triage.jobs.lookup import find_list
from triage.jobs.matching.list_matcher import COMPARED_KINDS
from triage.jobs.session import Session, now
from triage.message import Message
from triage.model.list_summary import LIST_KINDS, ListSummary
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.users import Right
from triage.safe_files import open_to_read, resolve_file
from triage.store.audit import Value
from triage.store.batch import Batch
from triage.store.queries import judgement, list_blocks, list_matches, lists, signed_updates
from triage.store.queries.list_matches import find_reports_of_list
from triage.store.queries.lists import ListRow

__all__ = ["add_list", "list_hash_lists", "list_hits", "remove_list", "set_list_distance"]

_WHY_UNMATCHED = {"photodna": "not matched (needs a licence)"}
_UNFINISHED = "This list was not read to the end and has no effect: add the same file again to go on, or remove the list."
_NO_METHOD = "not matched (nothing here computes it)"


def add_list(
    session: Session,
    path: Path,
    *,
    name: str,
    kind: str,
    profile: str | None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    consent: Consent | None = None,
) -> ListSummary:
    """Adds the whole list or nothing of it, and compares the store with it.

    A long list that was cancelled or interrupted has no effect; the same call goes on where it stopped.

    Raises:
        InputError: if the file is no hash list or damaged
        Refused: if the name is taken, there is no such kind or profile, or it lowers reports and nobody consented
        WorldError: if the file can't be read
        Cancelled: if the token was set
    """
    from triage.jobs.lists import long_import

    session.require(Right.LISTS)
    given = request_agreement(session, consent, name=session.store.keyed(name))

    def finish(session: Session, batch: Batch, of: ListOf, written: WrittenList, cancel: CancelToken | None) -> None:
        """Gives the list effect, unless it lowers reports and nobody agreed: then what is known already loses its points."""
        finish_list(session, batch, of, written, cancel)
        check_written(session, batch, given, find_reports_of_list(batch, written.list_id), cancel=cancel)

    try:
        with open_to_read(resolve_file(path)) as stream:
            of = ListOf(name, kind, profile)
            _require_known(of)
            if long_import.is_long(session, stream, of):
                long_import.import_long_list(session, stream, of, finish, on_progress, cancel)
            else:
                with session.store.batch() as batch:
                    finish(
                        session, batch, of, _write_list(batch, stream, of, ReadingProgress(stream, on_progress, cancel)), cancel
                    )
    except OSError as error:
        raise WorldError("{path} can't be read: {strerror}.", path=path.name, strerror=error.strerror or "") from error
    assess(session, on_progress, cancel)
    with session.reading() as db:
        row = lists.find_list(db, name)
        if row is None:
            raise NotFound("The list {name} was removed meanwhile.", name=repr(name))
        return _summarize(row)


def put_list(
    batch: Batch,
    session: Session,
    stream: BinaryIO,
    of: tuple[str, str, str | None],
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> int:
    """Writes a list, (name, kind, profile), into the store and compares the store with it; returns the list's id.

    The caller judges the reports. Raises as `add_list`.
    """
    stated = ListOf(*of)
    _require_known(stated)
    written = _write_list(batch, stream, stated, ReadingProgress(stream, on_progress, cancel))
    finish_list(session, batch, stated, written, cancel)
    return written.list_id


def _require_known(of: ListOf) -> None:
    """Raises Refused when there is no such kind or profile."""
    if of.kind not in LIST_KINDS:
        raise Refused("There is no kind of list {kind}; choose from: {choices}.", kind=repr(of.kind), choices=tuple(LIST_KINDS))
    if of.profile is not None:
        profile_named(of.profile)


def finish_list(session: Session, batch: Batch, of: ListOf, written: WrittenList, cancel: CancelToken | None) -> None:
    """Stores what a list holds, and compares the store with it: from now on it has effect."""
    from triage.jobs.matching.holding import hold_frequent_hashes
    from triage.jobs.matching.list_hashes import compare_store

    lists.finish_list(
        batch,
        written.list_id,
        format=written.format,
        entries=written.entries,
        hash_kinds=json.dumps(written.kinds),
        unmatched=json.dumps({kind: n for kind, n in written.kinds.items() if kind not in COMPARED_KINDS}),
        remarks=json.dumps(written.remarks),
    )
    batch.note(
        "list added",
        list=written.list_id,
        file=session.store.keyed(written.sha256),
        entries=written.entries,
        list_kind=of.kind,
        profile=_format_profile(session, of.profile),
    )
    compare_store(batch, written.list_id, cancel.check if cancel else lambda: None)
    hold_frequent_hashes(batch)
    mark_stale(batch, written.list_id, of.kind)


def _write_list(batch: Batch, stream: BinaryIO, of: ListOf, telling: ReadingProgress) -> WrittenList:
    """Writes the list into the store."""
    from triage.jobs.lists.entries import ListWriter

    if (lists.find_list(batch, of.name) or lists.find_unfinished_list(batch, of.name)) is not None:
        raise make_taken_error(of.name)
    digest = digest_stream(stream)
    reading = open_list(stream)
    list_id = lists.add_list(batch, name=of.name, kind=of.kind, profile=of.profile, added=now(), sha256=digest)
    intake = ListWriter(batch, list_id)
    for _ in intake.write(_check_items(reading)):
        telling.report()
    require_entries(intake.entries, reading.remarks)
    kinds = lists.count_hashes_by_kind(batch, list_id)
    return WrittenList(list_id, digest, reading.format, intake.entries, kinds, collect_remarks(reading, of.profile))


def _format_profile(session: Session, profile: str | None) -> str | None:
    """Returns a shipped profile's name, or the keyed hash of a person's own profile, for the audit log."""
    if profile is None:
        return None
    return session.store.keyed(profile) if profile.startswith(CUSTOM) else profile.lower()


def _check_items(reading: ListReader) -> Iterator[ListItem]:
    """Yields the items of the list.

    Raises:
        InputError: if less than one place in ten is readable: then the file is no list
    """
    for n, item in enumerate(reading.items(), 1):
        require_readable(n, reading.remarks)
        yield item


def list_hash_lists(session: Session) -> tuple[ListSummary, ...]:
    """Returns all hash lists, by name; those that were not read to the end come last."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return tuple(_summarize(row) for row in [*lists.load_lists(db), *lists.load_unfinished_lists(db)])


def remove_list(session: Session, name: str, consent: Consent | None = None) -> None:
    """Removes a list with its matches, also one that was not read to the end.

    Raises:
        NotFound: if there is no such list
        Refused: if it lowers reports and nobody consented
    """
    from triage.jobs.lists.long_import import REMOVING, remove_blocks

    session.require(Right.LISTS)
    given = request_agreement(session, consent, name=session.store.keyed(name))
    with session.store.batch() as batch:
        row = lists.find_unfinished_list(batch, name) or find_list(batch, name)
        mark_stale(batch, row.id, row.kind)
        list_matches.delete_list_matches(batch, row.id)
        if row.packed:
            list_blocks.save_unfinished(batch, row.id, REMOVING)
        else:
            lists.delete_list(batch, row.id)
        agreed = check_written(session, batch, given)
        if not row.packed:
            _note_removed(batch, row, agreed)
    if row.packed:
        remove_blocks(session, row.id)
        with session.store.batch() as batch:
            lists.delete_list(batch, row.id)
            _note_removed(batch, row, agreed)
    assess(session)


def _note_removed(batch: Batch, row: ListRow, agreed: dict[str, Value]) -> None:
    """Records that a list was removed. An update that brought it is undone: else it could not be applied again."""
    batch.note("list removed", list=row.id, **agreed)
    for update in signed_updates.find_list_updates(batch, row.name, row.id):
        signed_updates.mark_undone(batch, update, now())
        batch.note("update undone", update=update)


def take_list_out(batch: Batch, name: str) -> None:
    """Removes a list with its matches. The caller judges the reports.

    Raises:
        NotFound: if there is no such list
    """
    row = find_list(batch, name)
    mark_stale(batch, row.id, row.kind)
    list_matches.delete_list_matches(batch, row.id)
    list_blocks.delete_all(batch, row.id)
    lists.delete_list(batch, row.id)
    batch.note("list removed", list=row.id)


def set_list_distance(
    session: Session,
    name: str,
    radius: int | None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    consent: Consent | None = None,
) -> ListSummary:
    """Sets up to how many bits of 256 the list's PDQ hashes match, and compares the store with the list again.

    None is the usual distance. People's verdicts on single matches stay.

    Raises:
        NotFound: if there is no such list
        Refused: if the distance is beyond what is searched, or it lowers reports and nobody consented
        Cancelled: if the token was set; then nothing changed
    """
    from triage.jobs.matching.holding import hold_frequent_hashes
    from triage.jobs.matching.list_hashes import compare_store

    session.require(Right.LISTS)
    if radius is not None and not 0 <= radius <= limits.MATCH_RADIUS:
        raise Refused("A distance is a number of bits from 0 to {most}.", most=limits.MATCH_RADIUS)
    given = request_agreement(session, consent, name=session.store.keyed(name), radius=radius)
    on_progress(Progress(done=0, total=None, unit="files", note=Message("comparing with the list")))
    with session.writing(cancel) as batch:
        row = find_list(batch, name)
        mark_stale(batch, row.id, row.kind)
        lists.set_radius(batch, row.id, radius)
        list_matches.delete_list_matches(batch, row.id)
        compare_store(batch, row.id, cancel.check if cancel else lambda: None)
        hold_frequent_hashes(batch)
        mark_stale(batch, row.id, row.kind)
        agreed = check_written(session, batch, given, cancel=cancel)
        batch.note("list distance set", list=row.id, radius=radius, **agreed)
    assess(session, on_progress, cancel)
    with session.reading() as db:
        return _summarize(find_list(db, name))


def mark_stale(batch: Batch, list_id: int, kind: str) -> None:
    """Marks the cards as stale that this list changes.

    Every card names the lists of known material that were checked. Another list changes only the cards of reports with a file
    that it holds.
    """
    if kind == "known":
        judgement.mark_scores_stale(batch)
    else:
        judgement.mark_stale(batch, find_reports_of_list(batch, list_id))


def _summarize(row: ListRow) -> ListSummary:
    """Returns what people read of a list."""
    unmatched: dict[str, int] = json.loads(row.unmatched)
    kinds: dict[str, int] = json.loads(row.hash_kinds)
    remarks = json.loads(row.remarks)
    return ListSummary(
        name=row.name,
        kind=row.kind,
        profile=row.profile,
        added=row.added,
        entries=row.entries,
        hash_kinds={kind: n for kind, n in kinds.items() if kind not in unmatched},
        unmatched_kinds=unmatched,
        unmatched_why={kind: _WHY_UNMATCHED.get(kind, _NO_METHOD) for kind in unmatched},
        format=row.format,
        unread=remarks.get("unread", 0),
        unread_examples=tuple(map(read_example, remarks.get("examples", ()))),
        notes=(*remarks.get("notes", ()), *((_UNFINISHED,) if row.unfinished else ())),
        distance=row.radius,
        unfinished=row.unfinished is not None,
    )
