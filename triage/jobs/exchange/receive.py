"""Imports work packages and results: everything is checked before anything is stored.

A results file is one transaction. A work package is an import that a kill may interrupt: its row says so, the same file goes on
where it stood, and it counts as imported only with its last step. What people did there is stored in that one step.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256 as hash_sha256
from pathlib import Path

import msgspec

from triage import limits
from triage.errors import InputError, Refused
from triage.exports.signature import fingerprint_of, path_beside, read_pem, signature_holds
from triage.exports.untrusted_folder import read_regular
from triage.exports.work_package import OpenedPackage, is_age_file, open_package
from triage.exports.work_report import ReportForm
from triage.jobs.exchange.package_check import decode_forms, make_form_error
from triage.jobs.exchange.package_import import Delivery, describe_container, import_sources
from triage.jobs.exchange.work_fields import BAND, list_fields, to_text
from triage.jobs.exchange.work_history import read_file_time
from triage.jobs.exchange.work_merging import Merger, make_told
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.intake.imports import LOCK, LOCK_WAIT
from triage.jobs.intake.memory import explain_memory_error
from triage.jobs.intake.news import count_news
from triage.jobs.intake.tombstones import Tombstones
from triage.jobs.judging.assess import assess, mark_for_reassessing, reassess
from triage.jobs.matching.holding import hold_frequent_hashes
from triage.jobs.policy import read_policy
from triage.jobs.session import Session, now
from triage.jobs.state.work_conflicts import describe_conflicts
from triage.jobs.sweeping.sweep import sweep_gravest
from triage.message import Message
from triage.model.casework import NumberKind
from triage.model.handover import Receipt
from triage.model.import_counts import MediaCounts, ReportCounts
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Right
from triage.model.views import ImportResult
from triage.model.work import WorkImport
from triage.safe_files import open_to_read, read_file, resolve_file
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.files import require_free_space
from triage.store.lock import WriterLock
from triage.store.queries import bundles, closed_changes, exchange, media, reports, trusted, uncompared
from triage.store.queries.exchange import PackageReportRow, PackageRow, ResultsRow

_PEEK = 64


def import_paths(
    session: Session,
    paths: Sequence[Path],
    *,
    receipt: Receipt,
    passwords: Sequence[bytes] = (),
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    order: int | None = None,
) -> ImportResult:
    """Imports bundles, or one file that is a work package or results of another workstation.

    `order` is the import's id in the queue of imports.

    Raises:
        Refused: without the right, or when a package was imported before or does not fit
        InputError: when a package is for another workstation, of an unknown sender, altered, incomplete, or not in order
        StoreError: if the disk refuses, or another import runs
        Cancelled: if the token was set
    """
    session.require(Right.IMPORT)
    sealed = [path for path in paths if _is_sealed(path)]
    if not sealed:
        return import_bundles(
            session, paths, receipt=receipt, passwords=passwords, on_progress=on_progress, cancel=cancel, order=order
        )
    if len(paths) > 1:
        raise Refused("{file} is sealed with age: import a work package by itself, without other files.", file=sealed[0].name)
    return import_package(session, sealed[0], receipt=receipt, on_progress=on_progress, cancel=cancel)


def import_package(
    session: Session,
    path: Path,
    *,
    receipt: Receipt,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> ImportResult:
    """Imports a work package or a results file. Raises as `import_paths` does."""
    session.require(Right.IMPORT)
    started = time.monotonic()
    lock = WriterLock(session.store.directory / LOCK)
    with (
        explain_memory_error(),
        lock.hold(LOCK_WAIT, Message("Another import or a destruction is running in this store; wait until it has ended.")),
    ):
        data = _read_sealed(path)
        require_free_space(session.store.directory, limits.MIN_FREE + len(data), Message("The store's disk"))
        identity = bytes(session.store.keys.ring.keys.age).decode()
        opened = open_package(data, identity, session.store.recipient, path.name)
        sender = _find_sender(session, opened, path.name)
        came = replace(receipt, received_from=receipt.received_from or sender)
        if read_policy(session).receipt_required and not came.medium:
            raise Refused("The policy of this store requires the source and the carrier of a bundle; state both.")
        delivery = Delivery(path, data, came, opened, decode_forms(opened, path.name))
        if opened.manifest.kind == "work":
            result = _import_work(session, delivery, sender, on_progress, cancel)
        else:
            result = _import_results(session, delivery, sender)
    beside = _check_signature_beside(path, data, opened.manifest.sender, sender)
    package = None if result.package is None else msgspec.structs.replace(result.package, beside=beside)
    return replace(result, seconds=round(time.monotonic() - started, 3), package=package)


def _is_sealed(path: Path) -> bool:
    """Returns whether the path is a file that is sealed with age."""
    if not path.is_file():
        return False
    try:
        with open_to_read(resolve_file(path)) as file:
            return is_age_file(file.read(_PEEK))
    except OSError:
        return False  # the import says what is wrong with it


def _read_sealed(path: Path) -> bytes:
    """Returns the bytes of the sealed file.

    Raises:
        InputError: if it can't be read, or is larger than any package
    """
    try:
        return read_file(resolve_file(path), limits.MAX_SIGNED_FILE)
    except OSError as error:
        raise InputError("{file} can't be read: {why}.", file=path.name, why=(error.strerror or "").lower()) from error


def _find_sender(session: Session, opened: OpenedPackage, name: str) -> str:
    """Returns the name of the store that signed.

    Raises:
        InputError: if its key is not known, or the sender uses the age key of another store
        Refused: if it is this store itself
    """
    manifest = opened.manifest
    if manifest.sender == session.store.fingerprint:
        raise Refused("{file} was made at this workstation itself; import it at the one that it was made for.", file=name)
    with session.reading() as db:
        known = trusted.find_name(db, manifest.sender)
        bound = exchange.find_fingerprint_of_age_key(db, manifest.sender_age_key)
    if known is None:
        raise InputError(
            "{file} is signed with the key {key}, which this store does not know. Compare it with the sender's paper, then run: "
            "triage keys trust {key} --name NAME",
            file=name,
            key=manifest.sender,
        )
    if bound not in (None, manifest.sender) or manifest.sender_age_key == session.store.recipient:
        raise InputError("{file} names the age key of another workstation than {sender}; it is refused.", file=name, sender=known)
    return known


def _check_signature_beside(path: Path, data: bytes, key: str, sender: str) -> Message | None:
    """Returns what is wrong with the signature beside a package, if there is one.

    What is taken in rests on the signature inside. One beside it of somebody else says that another hand was at the carrier.
    """
    signature, key_file = path_beside(path, ".sig"), path_beside(path, ".pem")
    if not signature.exists() and not key_file.exists():
        return None
    try:
        found = read_pem(read_regular(key_file, limits.MAX_KEY_FILE))
        holds = signature_holds(found, read_regular(signature, limits.MAX_KEY_FILE), data)
    except InputError:
        holds = False
    if not holds:
        return Message(
            "The signature beside {file} does not hold. What was taken in is what {sender} signed inside; tell them of it.",
            file=path.name,
            sender=sender,
        )
    if fingerprint_of(found) == key:
        return None
    return Message(
        "The signature beside {file} is not of {sender} but of the key {key}. What was taken in is what {sender} signed inside;"
        " tell them of it.",
        file=path.name,
        sender=sender,
        key=fingerprint_of(found),
    )


# -- work packages ----------------------------------------------------------------------------------------------------------


def _import_work(
    session: Session, delivery: Delivery, sender: str, on_progress: OnProgress, cancel: CancelToken | None
) -> ImportResult:
    """Imports sources and media, then what people did there in one last step."""
    with session.reading() as db:
        _check_not_imported(db, delivery)
        first_item = uncompared.find_next_item(db)
    begun: list[PackageRow] = []

    def begin() -> int:
        """Enters the package before its first step."""
        begun.append(_begin_package(session, delivery))
        return begun[0].id

    tally, ids = import_sources(delivery, session, begin, on_progress, cancel)
    (row,) = begun
    assess(session, on_progress, cancel)
    with session.store.batch() as batch:
        held = hold_frequent_hashes(batch)
        merger = _apply_work(session, batch, delivery, row, ids)
        mark_for_reassessing(batch, sorted({*ids.values(), *(merger.merged.stale or ())}))
        _finish_bundles(session, batch, delivery, row, tally.media_new + tally.media_near)
        exchange.mark_package_imported(batch, row.id, now())
        batch.note("work package imported", package=row.id, reports=sorted(ids.values()), conflicts=merger.merged.conflicts)
    assess(session, on_progress, cancel)
    with session.store.batch() as batch:
        closed_changes.forget_all(batch)
    sweep_gravest(session, first_item, cancel)
    with session.reading() as db:
        conflicts = describe_conflicts(db, session.store.users.names(), exchange.list_conflicts(db, row.id))
        order = [reports.load_number(db, i) for i in ids.values()]
        news = count_news(db, tally)
    return ImportResult(
        reports=tally.report_counts(),
        media=tally.media_counts(),
        quarantined=tuple(tally.quarantined),
        skipped=tuple(tally.skipped),
        documents=tuple(tally.documents),
        seconds=0.0,
        report_ids=tuple(order),
        held=held,
        versions_waiting=news.versions_waiting,
        rose_after_closing=news.rose_after_closing,
        new_by_band=news.new_by_band,
        package=WorkImport(
            id=row.package_id,
            kind="work",
            sender=sender,
            reports=len(ids),
            conflicts=conflicts,
            destroyed=tuple(form.number for form in delivery.forms if form.number not in ids),
            added=merger.merged.added,
        ),
    )


def _check_not_imported(db: Reader, delivery: Delivery) -> PackageRow | None:
    """Returns the row of an interrupted import of this package, or None.

    Raises:
        Refused: if the package was imported before, or another workstation used its id
    """
    manifest, name = delivery.package.manifest, delivery.path.name
    known = exchange.find_package(db, manifest.package_id, "received")
    if known is not None:
        _refuse_second(known.imported, name)
        if known.fingerprint != manifest.sender:
            raise Refused("Another workstation sent a package with the id of {file}; it is refused.", file=name)
    if exchange.find_package(db, manifest.package_id, "sent") is not None:
        raise Refused("{file} has the id of a package that was sent from here; it is refused.", file=name)
    return known


def _begin_package(session: Session, delivery: Delivery) -> PackageRow:
    """Returns the row of the package, which an interrupted import may have made."""
    manifest = delivery.package.manifest
    media_count = sum(1 for member in delivery.package.members if member.startswith("media/"))
    with session.store.batch() as batch:
        known = _check_not_imported(batch, delivery)
        if known is not None:
            return known
        row = exchange.add_package(
            batch,
            package_id=manifest.package_id,
            direction="received",
            fingerprint=manifest.sender,
            age_key=manifest.sender_age_key,
            made=manifest.made,
            due=manifest.due,
            reports=len(manifest.reports),
            media=media_count,
            user_id=session.user.id,
        )
        batch.note("work package begun", package=row)
        return exchange.load_package(batch, row)


def _refuse_second(imported: str | None, name: str) -> None:
    """Raises Refused when the file was imported before."""
    if imported is not None:
        raise Refused("{file} was imported on {when}; nothing was imported again.", file=name, when=imported)


def _apply_work(session: Session, batch: Batch, delivery: Delivery, row: PackageRow, ids: dict[str, int]) -> Merger:
    """Stores what people did at the sender's, and how each report stands here now."""
    manifest = delivery.package.manifest
    merger = Merger(batch, manifest.sender, session.user.id, row.id)
    for form in delivery.forms:
        report_id = ids.get(form.number)
        if report_id is None:
            continue
        merger.add_entries(report_id, form)
        there = PackageReportRow(row.id, report_id, form.number, "{}", "{}", None)
        file = merger.date_file(there, read_file_time(manifest))
        there = replace(there, told=make_told(form, file))
        base = merger.read_fields(report_id)
        exchange.save_package_report(batch, replace(there, base=to_text(base)))
        if form.state.band is not None and not merger.repeats_band(report_id, form):
            merger.merge_fields(replace(there, base="{}", told=None), form, [BAND], file)
        exchange.save_package_report(batch, replace(there, base=to_text(merger.read_fields(report_id))))
    return merger


def _finish_bundles(session: Session, batch: Batch, delivery: Delivery, row: PackageRow, media_new: int) -> None:
    """Ends the bundles of the import's rounds, with the hash of the sealed file."""
    sha256 = hash_sha256(delivery.data).hexdigest()
    made = msgspec.json.decode(exchange.load_package(batch, row.id).bundles, type=dict[str, int])
    for bundle_id in made.values():
        bundles.add_container(batch, bundle_id, describe_container(delivery, sha256))
        batch.note("container received", bundle=bundle_id, bytes=session.store.keyed(sha256), size=len(delivery.data))
        bundles.mark_bundle_finished(batch, bundle_id, now())
        batch.note("import finished", bundle=bundle_id, media_new=media_new)


# -- results ----------------------------------------------------------------------------------------------------------------


def _import_results(session: Session, delivery: Delivery, sender: str) -> ImportResult:
    """Merges a results file in one transaction."""
    manifest = delivery.package.manifest
    destroyed = Tombstones(session)
    with session.store.batch() as batch:
        package = _check_results(batch, delivery)
        rows = {row.number: row for row in exchange.list_package_reports(batch, package.id)}
        gone = _find_destroyed(delivery, rows, destroyed)
        newest = all(made.sequence < manifest.sequence for made in exchange.list_results(batch, package.id))
        merger = Merger(batch, manifest.sender, session.user.id, package.id, newest=newest)
        for form in delivery.forms:
            if form.number not in rows:
                continue
            row = rows[form.number]
            _check_grades(batch, row.report_id, form, delivery.path.name)
            merger.add_entries(row.report_id, form)
            if newest:
                file = merger.date_file(row, read_file_time(manifest))
                merged = merger.merge_fields(row, form, _find_changed_fields(form), file)
                merger.save_told(merged, form, file)
        if package.fingerprint is None:
            exchange.set_package_fingerprint(batch, package.id, manifest.sender)
        exchange.add_results(
            batch, ResultsRow(manifest.file_id, package.id, manifest.sequence, manifest.made, now(), session.user.id)
        )
        stale = sorted(merger.merged.stale or ())
        mark_for_reassessing(batch, stale)
        spoken = [rows[form.number].report_id for form in delivery.forms if form.number in rows]
        batch.note("work results imported", package=package.id, reports=spoken, conflicts=merger.merged.conflicts)
    reassess(session, stale)
    with session.reading() as db:
        conflicts = describe_conflicts(db, session.store.users.names(), exchange.list_conflicts(db, package.id))
    return ImportResult(
        reports=ReportCounts(new=0, updated=len(spoken), unchanged=0),
        media=MediaCounts(new=0, duplicate=0, near_duplicate=0),
        quarantined=(),
        skipped=(),
        seconds=0.0,
        report_ids=tuple(form.number for form in delivery.forms if form.number in rows),
        package=WorkImport(
            id=package.package_id,
            kind="results",
            sender=sender,
            reports=len(spoken),
            conflicts=conflicts,
            destroyed=gone,
            without_results=tuple(sorted(set(rows) - {form.number for form in delivery.forms})),
            added=merger.merged.added,
        ),
    )


def _check_results(db: Reader, delivery: Delivery) -> PackageRow:
    """Returns the package that the results are for.

    Raises:
        Refused: if it was not sent from here, went to another workstation, or these results were imported before
    """
    manifest, name = delivery.package.manifest, delivery.path.name
    package = exchange.find_package(db, manifest.package_id, "sent")
    if package is None:
        raise Refused(
            "{file} holds results of package {package}, which this store never sent.", file=name, package=manifest.package_id
        )
    if package.age_key != manifest.sender_age_key or package.fingerprint not in (None, manifest.sender):
        raise Refused("{file} comes from another workstation than the one to which the package was sent.", file=name)
    known = exchange.find_results(db, manifest.file_id)
    if known is not None:
        _refuse_second(known.imported, name)
    if known is not None or any(made.sequence == manifest.sequence for made in exchange.list_results(db, package.id)):
        raise Refused("{file} has the number of results that were imported before; it is refused.", file=name)
    return package


def _find_destroyed(delivery: Delivery, rows: dict[str, PackageReportRow], destroyed: Tombstones) -> tuple[str, ...]:
    """Returns the reports of the results that were destroyed here since the package left.

    Raises:
        InputError: if the results speak of a report that was not in the package
    """
    others = [form.number for form in delivery.forms if form.number not in rows]
    for number in others:
        if number not in destroyed:
            raise make_form_error(
                delivery.path.name, Message("it speaks of report {report}, which was not in the package", report=number)
            )
    return tuple(others)


def _check_grades(db: Reader, report_id: int, form: ReportForm, name: str) -> None:
    """Raises InputError when a grade is of a file that the report does not hold here."""
    held = {row.sha256 for row in media.list_files(db, report_id)} if form.grades else set()
    if {grade.sha256 for grade in form.grades} - held:
        raise make_form_error(name, Message("it has a grade of a file that report {report} does not hold", report=form.number))


def _find_changed_fields(form: ReportForm) -> list[str]:
    """Returns the fields that the results state as changed, known ones only."""
    known = {*list_fields(form.state), *(f"number {kind.value}" for kind in NumberKind)}
    return [name for name in dict.fromkeys(form.changed) if name in known]
