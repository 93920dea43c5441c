"""Takes back a sheet of the queue that a lead filled in: each changed assignee becomes a decision of the importing lead.

The sheet comes from outside and may be anybody's. Only a sheet that this store exported is read: its hidden statement is signed
by the store. Of the rest, only the columns with report, assignee and note count.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from triage import limits
from triage.errors import InputError, Refused, WorldError
from triage.exports.queue_columns import ASSIGNEE, NOBODY, NOTE, REPORT
from triage.exports.sheet_origin import WORKSHEET, read_origin
from triage.exports.signature import signature_holds
from triage.importers.workbook_file import WorkbookFile
from triage.jobs.casework.decisions import record_decision
from triage.jobs.judging.assess import reassess
from triage.jobs.session import Session
from triage.message import Message
from triage.model.choices import name_choices
from triage.model.printable import make_printable
from triage.model.queue_sheet import SheetChange, SheetImport, SheetOrigin
from triage.model.users import Right, User
from triage.safe_files import UnsafeFile, read_file, resolve_file
from triage.store.database import Reader
from triage.store.queries import decisions, reports

ENDING = ".xlsx"
_HEADER_ROWS = 20  # the header stands in one of the first rows, whatever a lead put above it
_LONGEST_NOTE = 2_000  # characters
_MOST_STRANGE = 1_000  # reports beyond those of the export, each of which is shown as a conflict


@dataclass(slots=True)
class _Given:
    """What the worksheets say of one report; each name and note once."""

    names: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Filled:
    """A filled-in sheet: its origin, and what it says of each report."""

    origin: SheetOrigin
    given: Mapping[str, _Given]


def is_own_sheet(path: Path) -> bool:
    """Returns whether a file is a spreadsheet with the hidden worksheet of our sheets; of which store is not checked."""
    if path.suffix.lower() != ENDING:
        return False
    with suppress(InputError, WorldError, OSError):
        return any(sheet.name == WORKSHEET for sheet in _open_workbook(path).worksheets)
    return False


def import_sheet(session: Session, path: Path, *, dry_run: bool = False) -> SheetImport:
    """Records the assignments of a filled-in sheet; with `dry_run` only says what would change.

    Everything that can be applied is applied in one step. A row that can't is a conflict, and changes nothing.

    Raises:
        Refused: without the right to assign, or when this store did not export the sheet
        WorldError: if the file can't be read
    """
    session.require(Right.ASSIGN)
    filled = _read_filled(session, path)
    tied: list[int] = []
    with session.store.batch() as batch:
        planned = _plan_changes(session, batch, filled)
        changes = [each for each in planned if each.conflict is None]
        if not dry_run:
            for at, change in enumerate(changes):
                decision, stale = record_decision(session, batch, change.report_id, None, None, change.note, change.to)
                changes[at] = replace(change, decision=decision)
                tied += stale
            batch.note("sheet imported", export=filled.origin.export, reports=len(changes))
    reassess(session, sorted(set(tied)))
    conflicts = tuple(each for each in planned if each.conflict is not None)
    return SheetImport(
        export=filled.origin.export,
        made=filled.origin.made,
        rows=len(filled.origin.rows),
        unchanged=len(filled.origin.rows) - len({each.report_id for each in planned if _is_listed(filled, each)}),
        applied=not dry_run,
        changes=tuple(changes),
        conflicts=conflicts,
    )


def _is_listed(filled: _Filled, change: SheetChange) -> bool:
    return any(number == change.report_id for number, _ in filled.origin.rows)


# -- reading ---------------------------------------------------------------------------------------------------------------


def _open_workbook(path: Path) -> WorkbookFile:
    """Opens a spreadsheet. Raises WorldError when the file can't be read, InputError when it is none."""
    try:
        return WorkbookFile(read_file(resolve_file(path), limits.MAX_WORKBOOK))
    except UnsafeFile as error:
        raise WorldError("Can't read {path}: {reason}.", path=path.name, reason=error.strerror or "unknown error") from error
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise WorldError("Can't read {path}: {reason}.", path=path.name, reason=reason, detail=f"errno {error.errno}") from error


def _read_filled(session: Session, path: Path) -> _Filled:
    """Reads a sheet that this store exported. Raises Refused for any other."""
    try:
        book = _open_workbook(path)
        origin = _read_origin(session, book)
        if origin is None:
            raise Refused(
                "This store did not export {path}, or its hidden worksheet was changed; nothing was read.", path=path.name
            )
        given: dict[str, _Given] = {}
        most = len(origin.rows) + _MOST_STRANGE
        for sheet in book.worksheets:
            if sheet.name != WORKSHEET:
                _collect(book.iterate_rows(sheet), given, most)
    except InputError as error:
        raise Refused("{path} can't be read as a sheet: {reason}", path=path.name, reason=error.message) from error
    return _Filled(origin, given)


def _read_origin(session: Session, book: WorkbookFile) -> SheetOrigin | None:
    """Returns the statement of the hidden worksheet, or None when this store did not sign it."""
    key = Ed25519PublicKey.from_public_bytes(session.store.public_key)
    for sheet in book.worksheets:
        if sheet.name == WORKSHEET:
            cells = [row[0] for row in book.iterate_rows(sheet) if 0 in row]
            origin = read_origin(cells, lambda data, signature: signature_holds(key, signature, data))
            return origin if origin is not None and origin.store == session.store.id else None
    return None


def _collect(rows: Iterator[dict[int, str]], given: dict[str, _Given], most: int) -> None:
    """Adds what one worksheet says; a worksheet without our header says nothing. Raises InputError above `most` reports."""
    places: dict[str, int] = {}
    for n, row in enumerate(rows):
        if not places:
            found = {text: column for column, text in row.items() if text in (REPORT, ASSIGNEE, NOTE)}
            if {REPORT, ASSIGNEE} <= found.keys():
                places = found
            elif n >= _HEADER_ROWS:
                return
            continue
        number = _clean_number(row.get(places[REPORT], ""))
        if not number:
            continue
        if number not in given and len(given) >= most:
            raise InputError("The spreadsheet names more reports than it was exported with.")
        about = given.setdefault(number, _Given())
        _add(about.names, row.get(places[ASSIGNEE], ""))
        _add(about.notes, row.get(places.get(NOTE, -1), ""))


def _clean_number(text: str) -> str:
    """Returns a report number; a spreadsheet may have made a number with decimals of it."""
    return text.removesuffix(".0").strip() if text.removesuffix(".0").isdecimal() else text.strip()


def _add(texts: list[str], text: str) -> None:
    if text not in texts:
        texts.append(text)


# -- what would change -----------------------------------------------------------------------------------------------------


def _plan_changes(session: Session, db: Reader, filled: _Filled) -> list[SheetChange]:
    """Returns every row whose assignee differs from the one at the export, or that has a note; each with its conflict."""
    people = session.store.users.names()  # those of other workstations too
    names = {_name_key(user.name): user for user in session.store.users.all()}
    was = dict(filled.origin.rows)
    planned = []
    for number, given in filled.given.items():
        change = _find_change(number, given, was)
        if change is None:
            continue
        report_id = reports.find_report(db, number)
        status, assignee = ("new", None) if report_id is None else decisions.load_status(db, report_id)
        holder = None if assignee is None else people.get(assignee)
        wanted = names.get(_name_key(change.to))
        change = replace(change, here=holder, to=wanted.name if wanted else change.to)
        if change.conflict is None and report_id is not None and _is_done(db, report_id, change):
            continue  # somebody assigned the same, or this sheet was imported before
        conflict = change.conflict or _find_conflict(change, number in was, report_id is not None, status, wanted, names)
        planned.append(replace(change, conflict=conflict))
    return planned


def _is_done(db: Reader, report_id: int, change: SheetChange) -> bool:
    """Returns whether the report is assigned as the sheet wants it, and the note, if there is one, was left."""
    if change.to != change.here:
        return False
    standing = [each for each in decisions.list_decisions(db, report_id) if not each.undone]
    return change.note is None or (bool(standing) and standing[-1].note == change.note)


def _find_change(number: str, given: _Given, was: Mapping[str, str | None]) -> SheetChange | None:
    """Returns what the sheet changes on a report, or None. A report stands on two worksheets: the changed one counts."""
    before = was.get(number)
    keys = {_name_key(name): name for name in given.names}
    changed = [name for key, name in keys.items() if key not in (_name_key(before or NOBODY), _name_key(""))]
    notes = [note for note in given.notes if note]
    if not changed:
        cleared = before is not None and _name_key("") in keys
        if not notes and not cleared:
            return None
        changed = [before or NOBODY] if notes else [""]
    conflict = None
    if len(changed) > 1 or len(notes) > 1:
        conflict = Message(
            "The worksheets say different things: {texts}.", texts=tuple(make_printable(t) for t in (*changed, *notes)[:4])
        )
    elif before is None and _name_key(changed[0]) == _name_key(NOBODY):
        conflict = Message("The note has no user to read it; choose one.")
    elif changed[0] == "" or _name_key(changed[0]) == _name_key(NOBODY):
        conflict = Message("A sheet can't take an assignment back; choose another user.")
    note = notes[0][:_LONGEST_NOTE] if notes else None
    return SheetChange(report_id=number, was=before, here=None, to=changed[0], note=note, conflict=conflict)


def _find_conflict(
    change: SheetChange, listed: bool, exists: bool, status: str, wanted: User | None, names: Mapping[str, User]
) -> Message | None:
    """Returns why a change is not applied, or None."""
    if not exists:
        return Message("This store holds no such report.")
    if not listed:
        return Message("The sheet did not list this report when it was exported.")
    if wanted is None or wanted.disabled:
        active = sorted(user.name for user in names.values() if not user.disabled)
        choices = name_choices(active, Message("triage user list"))
        return Message("There is no active user {name}; {choices}.", name=repr(change.to), choices=choices)
    if not wanted.may(Right.DECIDE):
        return Message("{name} can't work on reports: no role of this user allows it.", name=wanted.name)
    if status == "closed":
        return Message("The report is closed.")
    if change.here not in (change.was, change.to):
        return Message("It was assigned to {name} since the export.", name=change.here or Message("nobody"))
    return None


def _name_key(name: str) -> str:
    """Returns a user's name for comparing what a person typed."""
    return unicodedata.normalize("NFC", name).strip().casefold()
