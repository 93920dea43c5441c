"""Compares the reported users of two stores over three carried files, so that both learn what both hold and nothing else.

Each side hides its identifiers with a secret scalar of this session, and pads its list. The first file holds the first side's
points. The second holds the same points hidden once more, and the second side's own. The third gives the second side's points
back, hidden by both. Identifiers of reports under a hold "undercover" are hidden with another scalar: they match nothing that the
other side can see, and each side counts its own matches of them for its lead alone.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

from triage.errors import InputError, NotFound, Refused
from triage.jobs.exchange.deconflict_file import MAX_POINTS, DeconflictFile, DeconflictKind, encode_file, read_from_trusted
from triage.jobs.exchange.own_identifiers import gather_identifiers
from triage.jobs.leaving.outgoing import NOT_SAID, write_out
from triage.jobs.session import Session, now
from triage.links.private_sets import POINT, hash_to_point, hide, join_points, make_filler, make_scalar, pad_length, unhide
from triage.message import Message
from triage.model.choices import name_choices
from triage.model.deconfliction import DeconflictionResult, SharedIdentifier
from triage.model.handover import Handover
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled, ignore_progress
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import deconfliction as sql
from triage.store.queries import reports, trusted
from triage.store.queries.deconfliction import ItemRow, SessionRow

_UNIT = "identifiers"


def start_deconfliction(
    session: Session,
    other: str,
    out: Path,
    *,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> DeconflictionResult:
    """Begins a session with the store whose key is trusted under this name, and writes the first file.

    Raises:
        NotFound: if no key is trusted under this name
        Refused: without the right, or when there is nothing to compare
        WorldError: if the file can't be written
    """
    session.require(Right.ASSIGN)
    with session.reading() as db:
        other_key = trusted.find_fingerprint(db, other)
        if other_key is None:
            choices = name_choices(sorted(trusted.load_names(db).values()), Message("triage keys show"))
            raise NotFound("No signing key is trusted under the name {name}; {choices}.", name=repr(other), choices=choices)
    row, items, unread = _prepare(session, str(uuid.uuid4()), other_key, None, on_progress, cancel)
    points = _hide_items(row, items, on_progress, cancel)
    file = _make_file(session, "deconflict start", row, points)

    def note(batch: Batch) -> None:
        """Keeps the session and its secrets."""
        _keep(batch, row, items)
        batch.note("deconfliction started", compared=row.compared, key=other_key)

    write_out(session, ((out, encode_file(file)),), kind="deconfliction", handover=handover, overwrite=overwrite, note=note)
    return DeconflictionResult(session=row.session, compared=row.compared, shared=(), silent=0, unread=unread)


def answer_deconfliction(
    session: Session,
    path: Path,
    out: Path,
    *,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> DeconflictionResult:
    """Answers the first file of another store with the second one. The same file can be answered again.

    Raises:
        InputError: if the file is none, or comes from a key that is not trusted
        Refused: without the right, or when another file of this session was answered before
        WorldError: if the file can't be written
    """
    session.require(Right.ASSIGN)
    said, _ = read_from_trusted(session.store.read(), session.store.fingerprint, path, ("deconflict start",))
    known = sql.find_session(session.store.read(), said.session)
    if known is None:
        row, items, unread = _prepare(session, said.session, said.sender, said.points, on_progress, cancel)
    elif not known.first and (known.other_key, known.their_points) == (said.sender, said.points):
        row, items, unread = known, sql.list_items(session.store.read(), known.session), None
    else:
        raise Refused("{file} names a session that this store knows already.", file=path.name)
    own = _hide_items(row, items, on_progress, cancel)
    doubled = _hide_all(_split(said.points), row.scalar, on_progress, cancel)
    file = _make_file(session, "deconflict answer", row, own, doubled)

    def note(batch: Batch) -> None:
        """Keeps the session and its secrets."""
        if known is None:
            if sql.find_session(batch, row.session) is not None:  # another program answered it meanwhile
                raise Refused("{file} names a session that this store knows already.", file=path.name)
            _keep(batch, row, items)
        batch.note("deconfliction answered", compared=row.compared, key=said.sender)

    write_out(session, ((out, encode_file(file)),), kind="deconfliction", handover=handover, overwrite=overwrite, note=note)
    return DeconflictionResult(session=row.session, compared=row.compared, shared=(), silent=0, unread=unread)


def finish_deconfliction(
    session: Session,
    path: Path,
    out: Path | None = None,
    *,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> DeconflictionResult:
    """Finds what both sides hold: on the first side from the answer, on the second from the file that `out` wrote there.

    Args:
        session: The session of a lead.
        path: The file from the other side.
        out: On the first side, the third file, by which the other side learns the same.
        handover: How that file leaves.
        overwrite: Whether that file may take the place of another.
        on_progress: Called with the identifiers done.
        cancel: Stops the job.

    Raises:
        InputError: if the file is none, or comes from a key that is not trusted
        NotFound: if this store has no such session
        Refused: without the right, or when another file has finished the session
        WorldError: if the file can't be written
    """
    session.require(Right.ASSIGN)
    said, digest = read_from_trusted(
        session.store.read(), session.store.fingerprint, path, ("deconflict answer", "deconflict finish")
    )
    row = sql.find_session(session.store.read(), said.session)
    if row is None or (said.kind == "deconflict answer") != bool(row.first):
        raise NotFound("{file} belongs to no session of this store.", file=path.name)
    if row.other_key != said.sender:
        raise InputError("{file} comes from another store than the one of its session.", file=path.name)
    if row.finished is not None and row.theirs != digest:
        raise Refused("This session was finished with another file on {when}.", when=row.finished)
    items = sql.list_items(session.store.read(), row.session)
    if row.first:
        places, silent, returned = _find_first(row, items, said, path.name, on_progress, cancel)
    elif out is not None:
        raise Refused("The other side has the result already; leave --out out.")
    else:
        places, silent = _find_second(row, items, said, path.name, on_progress, cancel)

    def note(batch: Batch) -> None:
        """Keeps the result."""
        present = sql.find_session(batch, row.session) or row
        if present.finished is not None and present.theirs != digest:  # another program finished it meanwhile
            raise Refused("This session was finished with another file on {when}.", when=present.finished)
        if present.finished is None:
            sql.finish_session(batch, row.session, digest, now(), silent, places)
        batch.note("deconfliction finished", compared=row.compared, shared=len(places), key=row.other_key)

    if out is None:
        with session.store.batch() as batch:
            note(batch)
    else:
        file = encode_file(_make_file(session, "deconflict finish", row, returned))
        write_out(session, ((out, file),), kind="deconfliction", handover=handover, overwrite=overwrite, note=note)
    return _build_result(session, row)


def withdraw_deconfliction(session: Session, which: str) -> int:
    """Withdraws a session that is not finished: its secrets are erased, so that no file can finish it here any more.

    The carried file stays what it is. Nobody learns anything from a first file without the secrets; the other side still learns
    what both hold from an answer that reached it. Returns how many identifiers it compared.

    Raises:
        NotFound: if there is no such session
        Refused: without the right, or when the session is finished: what is known can't be unknown again
    """
    session.require(Right.ASSIGN)
    with session.store.batch() as batch:
        row = sql.find_session(batch, which)
        if row is None:
            raise NotFound("There is no session {session}; see: triage deconflict list", session=which)
        if row.finished is not None:
            raise Refused("This session was finished on {when}; what it found can't be withdrawn.", when=row.finished)
        sql.delete_session(batch, row.session)
        batch.note("deconfliction withdrawn", compared=row.compared, key=row.other_key)
    return row.compared


def show_deconfliction(session: Session, which: str) -> DeconflictionResult:
    """Returns what a finished session found.

    Raises:
        NotFound: if there is no such session
        Refused: without the right, or when it is not finished
    """
    session.require(Right.ASSIGN)
    row = sql.find_session(session.store.read(), which)
    if row is None:
        raise NotFound("There is no session {which}; list them with: triage deconflict list", which=repr(which))
    if row.finished is None:
        raise Refused("This session is not finished: nothing is known yet.")
    return _build_result(session, row)


# -- the steps --------------------------------------------------------------------------------------------------------------


def _prepare(
    session: Session, which: str, other_key: str, their_points: bytes | None, on_progress: OnProgress, cancel: CancelToken | None
) -> tuple[SessionRow, list[ItemRow], int | None]:
    """Gathers the identifiers, and gives each a random place in a padded list. Counts the reports that can't be read.

    Raises:
        Refused: if there is none, or there are too many
    """
    found, unread = gather_identifiers(session, on_progress, cancel)
    if not found:
        raise Refused("No report states an identifier of its reported user that can be compared.")
    if len(found) > MAX_POINTS:
        raise Refused("This store holds {n} identifiers; at most {most} can be compared at once.", n=len(found), most=MAX_POINTS)
    length = pad_length(len(found))
    places = secrets.SystemRandom().sample(range(length), len(found))
    items = [
        ItemRow(place, each.kind, each.value, int(each.silent), 0, report)
        for place, each in zip(places, found, strict=True)
        for report in each.reports
    ]
    row = SessionRow(
        session=which,
        other_key=other_key,
        first=int(their_points is None),
        made=now(),
        user_id=session.user.id,
        compared=len(found),
        length=length,
        scalar=make_scalar(),
        silent_scalar=make_scalar(),
        their_points=their_points,
        theirs=None,
        finished=None,
        silent=None,
    )
    return row, sorted(items, key=lambda item: (item.place, item.report_id)), unread


def _hide_items(row: SessionRow, items: Iterable[ItemRow], on_progress: OnProgress, cancel: CancelToken | None) -> list[bytes]:
    """Returns this side's points in the order of their places; a place without an identifier gets a filler."""
    by_place = {item.place: item for item in items}
    points = []
    for place in range(row.length):
        check_cancelled(cancel)
        item = by_place.get(place)
        points.append(
            make_filler(row.scalar, place)
            if item is None
            else hide(hash_to_point(row.session, item.kind, item.value), row.silent_scalar if item.silent else row.scalar)
        )
        on_progress(Progress(done=place + 1, total=row.length, unit=_UNIT))
    return points


def _hide_all(points: Sequence[bytes], scalar: bytes, on_progress: OnProgress, cancel: CancelToken | None) -> list[bytes]:
    """Returns points of the other side, hidden once more, in the same order."""
    hidden = []
    for n, point in enumerate(points, 1):
        check_cancelled(cancel)
        hidden.append(hide(point, scalar))
        on_progress(Progress(done=n, total=len(points), unit=_UNIT))
    return hidden


def _find_first(
    row: SessionRow,
    items: Sequence[ItemRow],
    said: DeconflictFile,
    name: str,
    on_progress: OnProgress,
    cancel: CancelToken | None,
) -> tuple[set[int], int, list[bytes]]:
    """Returns the shared places, how many silent ones are shared, and the other side's points hidden by both.

    Raises:
        InputError: if the answer does not fit what was sent
    """
    doubled, theirs = _split(said.doubled), _split(said.points)
    if len(doubled) != row.length:
        raise InputError("{file} does not answer the file that was sent.", file=name)
    returned = _hide_all(theirs, row.scalar, on_progress, cancel)
    both, once = set(returned), set(theirs)
    places = {item.place for item in items if not item.silent and doubled[item.place] in both}
    silent = {item.place for item in items if item.silent and unhide(doubled[item.place], row.silent_scalar) in once}
    return places, len(silent), returned


def _find_second(
    row: SessionRow,
    items: Sequence[ItemRow],
    said: DeconflictFile,
    name: str,
    on_progress: OnProgress,
    cancel: CancelToken | None,
) -> tuple[set[int], int]:
    """Returns the shared places, and how many silent ones are shared.

    Raises:
        InputError: if the file does not answer what was sent
    """
    returned, theirs = _split(said.points), set(_split(row.their_points or b""))
    if len(returned) != row.length:
        raise InputError("{file} does not answer the file that was sent.", file=name)
    shared: dict[bool, set[int]] = {False: set(), True: set()}
    for n, item in enumerate(items, 1):
        check_cancelled(cancel)
        if unhide(returned[item.place], row.silent_scalar if item.silent else row.scalar) in theirs:
            shared[bool(item.silent)].add(item.place)
        on_progress(Progress(done=n, total=len(items), unit=_UNIT))
    return shared[False], len(shared[True])


# -- files and rows -----------------------------------------------------------------------------------------------------------


def _split(data: bytes) -> list[bytes]:
    """Returns points that were checked when the file was read."""
    return [data[at : at + POINT] for at in range(0, len(data), POINT)]


def _make_file(
    session: Session, kind: DeconflictKind, row: SessionRow, points: Sequence[bytes], doubled: Sequence[bytes] = ()
) -> DeconflictFile:
    """Returns a file for the other side."""
    return DeconflictFile(
        kind=kind,
        session=row.session,
        sender=session.store.fingerprint,
        recipient=row.other_key,
        points=join_points(points),
        doubled=join_points(doubled),
    )


def _keep(batch: Batch, row: SessionRow, items: Iterable[ItemRow]) -> None:
    """Stores a session with its identifiers."""
    sql.add_session(batch, row)
    sql.add_items(batch, row.session, [(i.place, i.kind, i.value, i.silent, i.report_id) for i in items])


def _build_result(session: Session, row: SessionRow) -> DeconflictionResult:
    """Returns what a finished session found."""
    with session.reading() as db:
        now_known = sql.find_session(db, row.session) or row
        found: dict[tuple[str, str], list[int]] = {}
        for item in sql.list_items(db, row.session):
            if item.shared:
                found.setdefault((item.kind, item.value), []).append(item.report_id)
        shared = tuple(
            SharedIdentifier(kind=kind, value=value, reports=_load_numbers(db, ids))
            for (kind, value), ids in sorted(found.items())
        )
    return DeconflictionResult(session=row.session, compared=row.compared, shared=shared, silent=now_known.silent or 0)


def _load_numbers(db: Reader, ids: Iterable[int]) -> tuple[str, ...]:
    """Returns the numbers of reports, in ascending order of their ids."""
    return tuple(reports.load_number(db, i) for i in sorted(ids))
