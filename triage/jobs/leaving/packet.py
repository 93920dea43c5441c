"""Makes an evidence packet of one or more reports, for people who don't have this program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from triage import __version__
from triage.errors import NotFound, Refused
from triage.exports import packet as packet_export
from triage.jobs.codec import encode_json, facts_from_bytes
from triage.jobs.consent import ONE_USER, Consent, describe_person, is_alone, verify_consent
from triage.jobs.leaving.custody import list_custody
from triage.jobs.leaving.outgoing import NOT_SAID, add_to_register, check_may_leave
from triage.jobs.leaving.signing import StoreSigner, describe_export
from triage.jobs.load import find_report
from triage.jobs.reading.show import build_report_view
from triage.jobs.session import Session
from triage.message import Message
from triage.model.exports import Cleared, PacketMedium, PacketReport, StoredSource
from triage.model.handover import Handover
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Right, Role, User
from triage.model.verification import Written
from triage.model.views import ShowReport
from triage.store.database import Reader
from triage.store.queries import bundles, media, reports

__all__ = ["Consent", "create_packet"]


def create_packet(
    session: Session,
    report_numbers: Sequence[str],
    out: Path,
    *,
    with_media: bool = False,
    recipients: Sequence[str] = (),
    consent: Consent | None = None,
    although_cleared: str | None = None,
    handover: Handover = NOT_SAID,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> Written:
    """Writes a packet into `out`, which must not exist. Media go only to named recipients, encrypted.

    A store that has had more than one user, disabled ones too, needs a second person.

    Raises:
        Refused: without the roles, the second person, a recipient for media, or a reason (`although_cleared`) for a report whose
            person was cleared
        WorldError: if the folder can't be written
    """
    session.require(Right.PACKET)
    if with_media:
        session.require(Right.EXPORT_MEDIA)
        if not recipients:
            raise Refused("Media are exported only for a named recipient: give at least one --recipient AGE_KEY.")
    elif recipients:
        raise Refused("Only media are encrypted for recipients: give --with-media as well, or leave --recipient out.")
    packet_export.check_target(out, recipients)
    with session.reading() as db:
        ids = list(dict.fromkeys(find_report(db, number) for number in report_numbers))
        cleared = check_may_leave(db, ids, although_cleared)
    second = _verify_second_person(session, consent, ids)
    with session.store.batch() as batch:
        made = batch.note("packet made", reports=ids, media=int(with_media), folder=session.store.keyed(out.name))
        if cleared is not None:
            batch.note("packet made although cleared", entry=made, reason=session.store.keyed(cleared.reason))

    def enter(manifest: str) -> None:
        """Enters the packet in the register of outgoing data."""
        with session.store.batch() as batch:
            add_to_register(
                batch, session, kind="packet", name=out.name, sha256=manifest, recipients=tuple(recipients), handover=handover
            )

    try:
        return _write_packet(
            session, ids, out, with_media, recipients, second, cleared, enter, on_progress, cancel or CancelToken()
        )
    except BaseException:
        with session.store.batch() as batch:
            batch.note("packet not finished", reports=ids, entry=made)
        raise


def _write_packet(
    session: Session,
    ids: Sequence[int],
    out: Path,
    with_media: bool,
    recipients: Sequence[str],
    second_person: str,
    cleared: Cleared | None,
    enter: Callable[[str], None],
    on_progress: OnProgress,
    cancel: CancelToken,
) -> Written:
    """Reads the reports and writes the packet."""
    with session.reading() as db:
        found = [_load_packet_report(session, db, report_id) for report_id in ids]
    proofs = _prove_custody(session, found)
    with session.reading() as db:
        return packet_export.create_packet(
            found,
            out,
            StoreSigner(session),
            describe_export(session),
            second_person=second_person,
            proofs=proofs,
            media=_list_media(session, db, found) if with_media else (),
            recipients=recipients,
            cleared=cleared,
            register=enter,
            on_progress=on_progress,
            cancel=cancel,
        )


def _prove_custody(session: Session, found: Sequence[PacketReport]) -> bytes:
    """Returns inclusion proofs of the custody entries under the audit log's present head, as JSON."""
    entries = sorted({step.entry for report in found for step in report.custody if step.entry is not None})
    with session.store.locked():  # nobody writes between proofs and head
        proofs, head = session.store.prove_entries(entries), session.store.read_head()
    proved = [
        {
            "n": p.n,
            "json": p.json,
            "leaf": p.leaf.hex(),
            "path": [h.hex() for h in p.path],
            "count": p.count,
            "root": p.root.hex(),
        }
        for p in proofs
    ]
    return encode_json({"head": head, "tree": "RFC 6962, SHA-256", "proofs": proved})


def _verify_second_person(session: Session, consent: Consent | None, ids: Sequence[int]) -> str:
    """Returns the second person's name, since when they exist and who set their passphrase, after they agreed."""
    if consent is None:
        if not is_alone(session.store.read()):
            raise Refused("A packet needs the consent of a second person, a lead or examiner: give --consent-user.")
        return ONE_USER
    other = verify_consent(session, consent, _can_consent, ("lead", "examiner"), "packet consented", reports=list(ids))
    return f"{other.name} ({describe_person(session, other.id)})"


def _can_consent(user: User) -> bool:
    """Returns whether the user can agree to a packet: a lead or an examiner."""
    return bool(user.roles & {Role.LEAD, Role.EXAMINER})


def _load_packet_report(session: Session, db: Reader, report_id: int) -> PacketReport:
    """Loads everything that a packet holds of a report, except its media."""
    show = _leave_out_messages(build_report_view(session, db, report_id, None))
    sources = []
    for row in reports.list_sources(db, report_id):
        item = bundles.find_original_item(db, row.sha256)
        if item is None:
            raise NotFound("The original bytes of {path} are missing from the store; run triage check.", path=row.path)
        sources.append(StoredSource(path=row.path, sha256=row.sha256, format=row.format, data=session.store.unseal(item)))
    facts = {sha: facts_from_bytes(blob) for sha, blob in media.list_facts(db, report_id) if blob is not None}
    return PacketReport(
        show=show,
        show_json=encode_json(show),
        sources=tuple(sources),
        custody=list_custody(session, db, report_id, f"Triage {__version__}"),
        media=facts,
    )


_TEXT_LEFT_OUT = Message("The text of a file is not part of a packet; its bytes leave with the media.")


def _leave_out_messages(show: ShowReport) -> ShowReport:
    """Returns the report without the text of its files: as originals they leave only in the encrypted file of media."""
    files = (
        replace(file, file_text=replace(file.file_text, messages=(), why=_TEXT_LEFT_OUT)) if file.file_text is not None else file
        for file in show.files
    )
    return replace(show, files=tuple(files))


def _list_media(session: Session, db: Reader, found: Sequence[PacketReport]) -> tuple[PacketMedium, ...]:
    """Returns the original media as streams, each media item once, named by report and file."""
    seen: dict[str, PacketMedium] = {}
    for report in found:
        for file in report.show.files:
            if not file.present or file.sha256 is None or file.sha256 in seen:
                continue
            row = media.find_media_item(db, file.sha256)
            if row is not None:
                reader = session.store.reader(row.item)
                name = f"{report.show.report_id}/{file.sha256}"
                seen[file.sha256] = PacketMedium(name=name, sha256=file.sha256, size=row.size, chunks=reader.chunks())
    return tuple(seen.values())
