"""Brings signed updates into the store by hand: shows what one changes, applies it, and undoes it.

Nothing is fetched. Two people trust an issuer once. A lead applies what that issuer signed. Rules and hash lists go where those
of the office go. Tables stay in the database and replace the shipped ones in every process that works for this store.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from triage.errors import InputError, NotFound, Refused, WorldError
from triage.importers.update_file import FILES_OF, MOST_BYTES, SignedUpdate, UpdateContent, read_update
from triage.jobs.consent import Consent, GivenConsent, request_consent
from triage.jobs.judging.assess import assess
from triage.jobs.judging.lowering import (
    Effect,
    check_given,
    check_written,
    is_agreement_open,
    measure_tables,
    measure_written,
    request_agreement,
    require_agreement,
)
from triage.jobs.judging.rules import measure_files, put_in_use, take_back
from triage.jobs.judging.ruleset import encode_files, load_active_files
from triage.jobs.lists.lists import put_list, take_list_out
from triage.jobs.session import Session, now, use_stored_tables
from triage.jobs.update_changes import FileChange, compare_files
from triage.jobs.update_tables import check_tables, holds_tables
from triage.message import NOTHING, Message
from triage.model.choices import name_choices
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.user_names import clean_name, find_look_alike, find_name_problem
from triage.model.users import Right
from triage.resources import read_shipped, replaced_tables, resource
from triage.safe_files import read_file, resolve_file
from triage.store.audit import Value
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import judgement, lists, rulesets
from triage.store.queries import signed_updates as updates_sql
from triage.store.queries.signed_updates import UpdateRow

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePreview:
    """What an update is and changes. `problem` says why it can't be applied, and is the empty message when it can."""

    kind: str
    name: str
    number: int
    issued: str
    note: str
    issuer: str
    """Fingerprint of the key that signed it."""
    issuer_name: str
    """Empty while nobody trusts the key."""
    digest: str
    in_use: int | None
    """The number of the update of this kind that is in use; None for what was shipped."""
    changes: tuple[FileChange, ...]
    """Also of tables that an earlier update replaced and this one does not hold: those that were shipped come back."""
    problem: Message
    list_kind: str
    """What a hit on the hash list counts as; empty for other kinds."""
    profile: str | None
    """What the categories of the hash list mean, if it is stated."""
    effect: Effect | None = None
    """What it does to reports; None for people who may not apply it, and for an update that can't be applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedUpdate:
    """An update that was applied once."""

    id: int
    kind: str
    name: str
    number: int
    issued: str
    note: str
    issuer: str
    issuer_name: str
    applied: str
    user: str
    undone: str | None
    in_use: bool


def trust_issuer(session: Session, fingerprint: str, name: str, consent: Consent | None = None) -> str:
    """Trusts the key of an issuer of updates under a name; returns its fingerprint. Both people compared it with the paper.

    Raises:
        Refused: if the consent is missing, or the name is taken or not allowed
        InputError: if the fingerprint is none
    """
    session.require(Right.KEYS)
    bare = re.sub(r"[\s:]", "", fingerprint).lower()
    if not _FINGERPRINT.fullmatch(bare):
        raise InputError("Give the issuer's fingerprint as the paper has it, 64 digits from 0 to 9 and a to f.")
    name = clean_name(name)
    if problem := find_name_problem(name):
        raise Refused(problem)  # message-ok
    given = request_consent(session, consent, "update issuer consented", reading=False, key=bare)
    with session.store.batch() as batch:
        given.check(batch)
        others = [known for other, known in updates_sql.load_issuers(batch).items() if other != bare]
        if find_look_alike(name, others) is not None:
            raise Refused("Another issuer has the name {name}, or one that looks like it; choose another name.", name=name)
        second = given.second.id if given.second else None
        updates_sql.save_issuer(batch, bare, name, now(), session.user.id, second)
        batch.note("update issuer trusted", key=bare, second=second)
    return bare


def distrust_issuer(session: Session, name: str) -> None:
    """Ends the trust in an issuer. What was applied stays until it is undone. Raises NotFound."""
    session.require(Right.KEYS)
    with session.store.batch() as batch:
        known = {title: key for key, title in updates_sql.load_issuers(batch).items()}
        if name not in known:
            choices = name_choices(sorted(known), Message("triage update issuers"))
            raise NotFound("There is no issuer named {name}; {choices}.", name=repr(name), choices=choices)
        updates_sql.delete_issuer(batch, known[name])
        batch.note("update issuer no longer trusted", key=known[name])


def list_issuers(session: Session) -> dict[str, str]:
    """Returns fingerprint -> name of the issuers of updates."""
    session.require(Right.STATISTICS)
    with session.reading() as db:
        return updates_sql.load_issuers(db)


def list_updates(session: Session) -> tuple[AppliedUpdate, ...]:
    """Returns all updates that were applied, the oldest first."""
    session.require(Right.STATISTICS)
    names = session.store.users.names()
    with session.reading() as db:
        rows, issuers, use = updates_sql.list_updates(db), updates_sql.load_issuers(db), _find_last_use(db)
    newest = {(row.kind, row.name): row.id for row in rows if row.undone is None}
    return tuple(
        AppliedUpdate(
            id=row.id,
            kind=row.kind,
            name=row.name,
            number=row.number,
            issued=row.issued,
            note=row.note,
            issuer=row.issuer,
            issuer_name=issuers.get(row.issuer, ""),
            applied=row.applied,
            user=names.get(row.user_id, ""),
            undone=row.undone,
            in_use=newest.get((row.kind, row.name)) == row.id and (row.kind != "rules" or row.made == use),
        )
        for row in rows
    )


def show_update(
    session: Session, path: Path, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> UpdatePreview:
    """Returns what an update in a file is and changes, and what that does to reports. Nothing is stored.

    The tables of an issuer whom nobody trusts are compared line by line, and no more is read of them.

    Raises:
        InputError: if the file is no update, was changed, or its tables are not valid
        WorldError: if it can't be read
    """
    session.require(Right.STATISTICS)  # who trusts an issuer sees first what they signed; it holds nothing of a report
    update = _read(path)
    with session.reading() as db:
        issuer_name = updates_sql.load_issuers(db).get(update.issuer, "")
        if issuer_name:
            check_tables(update)
        problem = _find_problem(db, update)
        in_use = updates_sql.find_in_use(db, update.content.kind, _series(update))
        shown = UpdatePreview(
            kind=update.content.kind,
            name=update.content.name,
            number=update.content.number,
            issued=update.content.issued,
            note=update.content.note,
            issuer=update.issuer,
            issuer_name=issuer_name,
            digest=update.digest,
            in_use=in_use.number if in_use else None,
            changes=_list_changes(db, update.content),
            problem=problem.message if problem else NOTHING,
            list_kind=update.content.list_kind,
            profile=update.content.profile,
        )
    if problem or not session.user.may(Right.RULES):
        return shown
    return replace(shown, effect=_measure(session, update.content, on_progress, cancel))


def apply_update(
    session: Session,
    path: Path,
    digest: str,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    consent: Consent | None = None,
) -> AppliedUpdate:
    """Applies the update in a file, all or nothing, and judges the reports that it changes.

    `digest` is that of the update that was shown: a file that was exchanged since then is refused.

    Raises:
        InputError: if the file is no update, was changed, or its tables are not valid
        Refused: if it is older than what is in use, nobody trusts its issuer, or it lowers reports and nobody consented
        WorldError: if it can't be read
    """
    session.require(Right.RULES)
    update = _read(path)
    if digest != update.digest:
        raise Refused("The file was exchanged since it was shown; look at it again.")
    with session.reading() as db:
        _require_trusted(db, update)
    check_tables(update)
    content = update.content
    given = request_agreement(session, consent, file=update.digest)
    if content.kind != "hash-list" and is_agreement_open(session, given):
        require_agreement(session, _measure(session, content, on_progress, cancel))
    with session.store.batch() as batch:
        if problem := _find_problem(batch, update):
            raise problem
        made = _put(session, batch, content, given, on_progress, cancel)
        agreed = _check_agreed(session, batch, content.kind, given)
        stored = (
            b"" if content.kind == "rules" else msgspec.msgpack.encode(content if content.kind == "hash-list" else content.files)
        )
        row = (content.kind, _series(update), content.number, content.issued, content.note, update.issuer, update.digest)
        added = updates_sql.add_update(batch, row, stored, made, now(), session.user.id)
        batch.note("update applied", update=added, number=content.number, file=update.digest, key=update.issuer, **agreed)
    use_tables(session)
    assess(session, on_progress, cancel)
    return next(each for each in list_updates(session) if each.id == added)


def undo_update(
    session: Session,
    update_id: int,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    consent: Consent | None = None,
) -> None:
    """Undoes an update that is in use: what was in use before is in use again.

    Raises:
        NotFound: if there is no such update
        Refused: if a newer one is in use, it was undone already, or it lowers reports and nobody consented
    """
    session.require(Right.RULES)
    with session.reading() as db:
        row = _find_undoable(db, update_id)
        before = updates_sql.find_before(db, row)
        files = None if before is None or not holds_tables(row.kind) else updates_sql.load_files(db, before.id)
        rules = rulesets.load_previous_files(db)
    given = request_agreement(session, consent, update=row.id)
    if row.kind == "rules" and is_agreement_open(session, given):
        require_agreement(session, measure_files(session, rules, on_progress, cancel))
    elif row.kind != "hash-list" and is_agreement_open(session, given):
        tables = {} if files is None else msgspec.msgpack.decode(files, type=dict[str, bytes])
        require_agreement(session, measure_tables(session, _replace_kind(row.kind, tables), on_progress, cancel))
    with session.store.batch() as batch:
        _find_undoable(batch, update_id)
        updates_sql.mark_undone(batch, row.id, now())
        _take_out(session, batch, row, given, on_progress, cancel)
        batch.note("update undone", update=row.id, **_check_agreed(session, batch, row.kind, given))
    use_tables(session)
    assess(session, on_progress, cancel)


def _find_undoable(db: Reader, update_id: int) -> UpdateRow:
    """Returns the update that is in use. Raises NotFound or Refused for another one."""
    rows = {row.id: row for row in updates_sql.list_updates(db)}
    row = rows.get(update_id)
    if row is None:
        raise NotFound("There is no update {number}; see: triage update list", number=update_id)
    in_use = updates_sql.find_in_use(db, row.kind, row.name)
    if row.undone is not None:
        raise Refused("Update {number} was undone already.", number=update_id)
    if in_use is None or in_use.id != row.id:
        raise Refused("A newer update of this kind is in use; undo update {number} first.", number=in_use.id if in_use else 0)
    if row.kind == "rules" and _find_last_use(db) != row.made:
        raise Refused("Other rules came into use since this update; revert those first with: triage rules back")
    return row


def _replace_kind(kind: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Returns the tables that are in use, with these in place of all of the same kind."""
    return {name: data for name, data in replaced_tables().items() if name not in FILES_OF[kind]} | dict(files)


class _MeasuredError(Exception):
    """Ends a batch whose effect was measured, so that nothing of it is stored."""


def _measure(session: Session, content: UpdateContent, on_progress: OnProgress, cancel: CancelToken | None) -> Effect:
    """Returns what an update would do to reports. Nothing is stored."""
    if content.kind == "rules":
        return measure_files(session, encode_files(content.files), on_progress, cancel)
    if content.kind != "hash-list":
        return measure_tables(session, _replace_kind(content.kind, content.files), on_progress, cancel)
    with suppress(_MeasuredError), session.store.batch() as batch:
        _put(session, batch, content, None, on_progress, cancel)
        effect = measure_written(batch, None, on_progress, cancel)
        raise _MeasuredError
    return effect


def _check_agreed(session: Session, batch: Batch, kind: str, given: GivenConsent | None) -> dict[str, Value]:
    """Returns what the audit log says of who agreed. A hash list is measured here: it is known only once it was read."""
    return check_written(session, batch, given) if kind == "hash-list" else check_given(batch, given)


def use_tables(session: Session) -> None:
    """Uses the tables of the updates of this store in this process; a store without updates uses the shipped ones."""
    with session.reading() as db:
        use_stored_tables(db)


def _read(path: Path) -> SignedUpdate:
    """Returns the update in a file whose signature fits."""
    try:
        return read_update(read_file(resolve_file(path), MOST_BYTES))
    except OSError as error:
        raise WorldError("{path} can't be read: {strerror}.", path=path.name, strerror=error.strerror or "too large") from error


def _series(update: SignedUpdate) -> str:
    """Returns the name under which updates follow each other: of a hash list its name, else nothing."""
    return update.content.name if update.content.kind == "hash-list" else ""


def _require_trusted(db: Reader, update: SignedUpdate) -> None:
    """Raises Refused when nobody trusts the issuer: no table of a stranger is read."""
    if update.issuer not in updates_sql.load_issuers(db):
        raise Refused(
            "Nobody here trusts the issuer of this update, {key}; an administrator and a second person do so first: "
            "triage update trust",
            key=update.issuer,
        )


def _find_problem(db: Reader, update: SignedUpdate) -> Refused | None:
    """Returns why an update may not be applied now, or None."""
    content = update.content
    try:
        _require_trusted(db, update)
    except Refused as problem:
        return problem
    in_use = updates_sql.find_in_use(db, content.kind, _series(update))
    if in_use is not None and in_use.number >= content.number:
        return Refused(
            "Update number {number} is not newer than number {used}, which is in use.", number=content.number, used=in_use.number
        )
    return _find_foreign_list(db, content.name, in_use) if content.kind == "hash-list" else None


def _find_foreign_list(db: Reader, name: str, in_use: UpdateRow | None) -> Refused | None:
    """Returns why a list may not be put in place or taken out: it is one of the office with the same name. None when it may."""
    found = lists.find_list(db, name)
    if found is None or (in_use is not None and found.id == in_use.made and found.sha256 == _digest_list(db, in_use)):
        return None
    return Refused("There is a list named {name} that is of no update; remove it first.", name=repr(name))


def _find_last_use(db: Reader) -> int | None:
    """Returns the use of the rules that are in use, or None when none came into use since the shipped ones."""
    return max((use.id for use in rulesets.list_uses(db) if not use.taken_back), default=None)


def _digest_list(db: Reader, row: UpdateRow) -> str:
    """Returns the SHA-256 of the list in an update. The id of a list alone is not enough: ids are used again."""
    return hashlib.sha256(_load_content(db, row).files["list"]).hexdigest()


def _load_content(db: Reader, row: UpdateRow) -> UpdateContent:
    """Returns the stored content of an update that brought a hash list."""
    return msgspec.msgpack.decode(updates_sql.load_files(db, row.id), type=UpdateContent)


def _list_changes(db: Reader, content: UpdateContent) -> tuple[FileChange, ...]:
    """Returns what each file of an update changes, and each table that comes back as it was shipped."""
    if content.kind == "hash-list":
        used = updates_sql.find_in_use(db, content.kind, content.name)
        there = used is not None and lists.find_list(db, content.name) is not None
        return compare_files(_load_content(db, used).files if used is not None and there else {}, content.files)
    if content.kind == "rules":
        return compare_files({name: data for name, data in load_active_files(db).items() if name in content.files}, content.files)
    # An update replaces the one before as a whole: of tables that only that one holds, the shipped ones come back.
    back = [name for name in FILES_OF[content.kind] if name in replaced_tables() and name not in content.files]
    before = {name: resource(*name.split("/")).read_bytes() for name in (*content.files, *back)}
    return compare_files(before, content.files | {name: read_shipped(name) for name in back})


def _put(
    session: Session,
    batch: Batch,
    content: UpdateContent,
    given: GivenConsent | None,
    on_progress: OnProgress,
    cancel: CancelToken | None,
) -> int | None:
    """Puts the content of an update where it belongs; returns the use of rules or the list that it made."""
    if content.kind == "rules":
        return put_in_use(batch, session, encode_files(content.files), given)
    if content.kind == "hash-list":
        if lists.find_list(batch, content.name) is not None:
            take_list_out(batch, content.name)
        of = (content.name, content.list_kind, content.profile)
        return put_list(batch, session, io.BytesIO(content.files["list"]), of, on_progress, cancel)
    judgement.mark_all_stale(batch)
    return None


def _take_out(
    session: Session,
    batch: Batch,
    row: UpdateRow,
    given: GivenConsent | None,
    on_progress: OnProgress,
    cancel: CancelToken | None,
) -> None:
    """Takes the content of an update out again, and puts that of the one before in its place."""
    if row.kind == "rules":
        take_back(batch, given)
    elif row.kind == "hash-list":
        foreign = _find_foreign_list(batch, row.name, row)
        if foreign is None and lists.find_list(batch, row.name) is not None:
            take_list_out(batch, row.name)
        before = updates_sql.find_in_use(batch, row.kind, row.name)
        if before is not None:
            if foreign is not None:
                raise foreign
            made = _put(session, batch, _load_content(batch, before), given, on_progress, cancel)
            updates_sql.set_made(batch, before.id, made)
    else:
        judgement.mark_all_stale(batch)
