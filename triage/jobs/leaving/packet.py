"""Makes an evidence packet of one or more reports, for people who don't have this program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from triage.errors import Refused, StepStored
from triage.exports import packet as packet_export
from triage.exports.redaction.left_out_texts import OF_CHILD
from triage.exports.redaction.redact import make_finder, redact_packet, require_redacted
from triage.exports.redaction.telling_words import find_telling_sentences
from triage.exports.redaction.value_finder import ValueFinder
from triage.jobs.consent import Consent, describe_consent, request_leaving_consent
from triage.jobs.judging.ruleset import load_active_files
from triage.jobs.leaving.custody import make_handover_step
from triage.jobs.leaving.outgoing import NOT_SAID, Leaving, add_to_register, check_may_leave, write_out
from triage.jobs.leaving.packet_contents import load_packet_report, name_media
from triage.jobs.leaving.signing import StoreSigner, describe_export
from triage.jobs.leaving.stated_checks import run_stated_checks
from triage.jobs.load import load_report
from triage.jobs.lookup import find_report
from triage.jobs.officer import describe_officer
from triage.jobs.session import Session
from triage.message import Message
from triage.model.exports import Cleared
from triage.model.field_words import describe_field
from triage.model.handover import Handover
from triage.model.json_text import encode_json
from triage.model.outgoing_preview import PacketPreview, RedactedText
from triage.model.packet import Edition, Packet, PacketMedium, PacketReport, RuleFile, WrittenPacket
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled, ignore_progress
from triage.model.report import Report
from triage.model.users import Officer, Right
from triage.store.database import Reader
from triage.store.queries import media, reports

__all__ = ["Consent", "create_packet"]

_NEEDS_CONSENT = Message("A packet needs the consent of a second person, a lead or examiner: give --consent-user.")


def create_packet(
    session: Session,
    report_numbers: Sequence[str],
    out: Path,
    *,
    edition: Edition = "full",
    with_media: bool = False,
    encrypt_all: bool = False,
    descriptions: bool = False,
    texts_read: bool = False,
    recipients: Sequence[str] = (),
    consent: Consent | None = None,
    although_cleared: str | None = None,
    handover: Handover = NOT_SAID,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> WrittenPacket:
    """Writes a packet into `out`, which must not exist. Media go only to named recipients, encrypted.

    With `encrypt_all` the whole packet becomes one encrypted file, `out` with .tar.age behind its name, and no folder.
    A store that has had more than one user, disabled ones too, needs a second person. `texts_read` states that the signed-in
    person read the texts of the reports: without it a redacted edition leaves them out.

    Raises:
        Refused: without the roles, the second person, a recipient for what is encrypted, or a reason (`although_cleared`) for a
            report whose person was cleared
        WorldError: if the packet can't be written
    """
    session.require(Right.PACKET)
    _check_choice(session, edition, with_media=with_media, encrypt_all=encrypt_all, texts_read=texts_read, recipients=recipients)
    target = packet_export.name_sealed(out) if encrypt_all else out
    packet_export.check_target(target, recipients, sealed=encrypt_all)
    with session.reading() as db:
        ids = list(dict.fromkeys(find_report(db, number) for number in report_numbers))
        leaving = check_may_leave(db, ids, although_cleared)
    given = request_leaving_consent(session, consent, _NEEDS_CONSENT, "packet consented", reports=ids)
    second, leaving = describe_consent(session, given), replace(leaving, agreed=given.check)
    officer = None if consent is None else describe_officer(session, consent.user)
    with session.store.batch() as batch:
        made = batch.note("packet made", reports=ids, media=int(with_media), folder=session.store.keyed(target.name))
        if leaving.cleared is not None:
            batch.note("packet made although cleared", entry=made, reason=session.store.keyed(leaving.cleared.reason))
        if texts_read:
            batch.note("packet texts read", reports=ids, entry=made)
    try:
        packet = load_packet(
            session,
            ids,
            descriptions=descriptions,
            with_media=with_media,
            encrypt_all=encrypt_all,
            second_person=second,
            second_officer=officer,
            handover=handover,
            recipients=recipients,
            cleared=leaving.cleared,
        )
        finder = None
        if edition == "redacted":
            packet = replace(packet, texts_read_by=packet.about.officer.name if texts_read else "")
            packet, finder = redact(session, packet, ids)
            require_redacted(finder, "The name of the packet", out.name.encode("utf-8", "replace"))
        manifest = _write_packet(session, packet, leaving, target, handover, finder, on_progress, cancel or CancelToken())
    except BaseException:
        with session.store.batch() as batch:
            batch.note("packet not finished", reports=ids, entry=made)
        raise
    return WrittenPacket(
        path=str(target),
        rows=len(packet.reports),
        signature_key=packet.about.fingerprint,
        manifest_sha256=manifest,
        edition=packet.edition,
        removed=packet.removed,
    )


def preview_packet(
    session: Session,
    report_numbers: Sequence[str],
    *,
    edition: Edition = "full",
    although_cleared: str | None = None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> PacketPreview:
    """Returns what a packet of these reports would hold and leave out now. Writes nothing.

    Raises:
        Refused: when one of the reports may not go out
        Cancelled: if the token was set
    """
    session.require(Right.PACKET)
    with session.reading() as db:
        ids = list(dict.fromkeys(find_report(db, number) for number in report_numbers))
        leaving = check_may_leave(db, ids, although_cleared)
    on_progress(Progress(done=0, total=None, unit="reports"))
    packet = load_packet(session, ids, second_person="", second_officer=None, handover=NOT_SAID, cleared=leaving.cleared)
    check_cancelled(cancel)
    not_done: dict[Message, int] = {}
    for each in (each for report in packet.reports for each in report.not_done):
        not_done[each.what] = not_done.get(each.what, 0) + len(each.exhibits)
    texts: tuple[RedactedText, ...] = ()
    if edition == "redacted":
        redacted, _ = redact(session, replace(packet, texts_read_by=packet.about.officer.name), ids)
        texts = tuple(_list_texts(redacted))
        packet, _ = redact(session, packet, ids)
    return PacketPreview(
        reports=len(packet.reports),
        documents=sum(len(report.sources) for report in packet.reports),
        files=sum(len(report.files) for report in packet.reports),
        removed=packet.removed,
        not_done=tuple(not_done.items()),
        texts=texts,
    )


def _list_texts(packet: Packet) -> Iterator[RedactedText]:
    """Yields the texts that would leave with the redacted edition if somebody read them, with what to look at in each."""
    for report in packet.reports:
        for text in report.show.free_text:
            if text.text != OF_CHILD:
                yield RedactedText(
                    report_id=report.show.report_id,
                    label=describe_field(text.label),
                    text=text.text,
                    telling=find_telling_sentences(text.text),
                )


def _check_choice(
    session: Session, edition: Edition, *, with_media: bool, encrypt_all: bool, texts_read: bool, recipients: Sequence[str]
) -> None:
    """Raises Refused for choices that do not go together, or that the user may not make."""
    if texts_read and edition != "redacted":
        raise Refused("Only a redacted edition leaves texts out: nobody has to state that they read them.")
    if with_media:
        session.require(Right.EXPORT_MEDIA)
        if edition == "redacted":
            raise Refused("A redacted edition holds no media: leave --with-media out.")
        if not recipients:
            raise Refused("Media are exported only for a named recipient: give at least one --recipient AGE_KEY.")
    if encrypt_all and not recipients:
        raise Refused("An encrypted packet needs a recipient: give at least one --recipient AGE_KEY.")
    if recipients and not (with_media or encrypt_all):
        raise Refused("A recipient is given but nothing is encrypted: add --with-media or --encrypt-all.")


def load_packet(
    session: Session,
    ids: Sequence[int],
    *,
    descriptions: bool = False,
    with_media: bool = False,
    encrypt_all: bool = False,
    second_person: str,
    second_officer: Officer | None,
    handover: Handover,
    recipients: Sequence[str] = (),
    cleared: Cleared | None,
) -> Packet:
    """Loads everything that the full edition of a packet holds of these reports."""
    with session.reading() as db:
        found = [load_packet_report(session, db, report_id) for report_id in ids]
        rules = load_active_files(db)
    about = describe_export(session)
    last = make_handover_step(about.made, about.by, handover)
    found = [replace(report, custody=(*report.custody, last)) for report in found]
    return Packet(
        reports=tuple(name_media(found) if with_media else found),
        checks=run_stated_checks(session, found),
        about=about,
        second_person=second_person,
        second_officer=second_officer,
        handover=handover,
        rules=tuple(RuleFile(name=name, sha256=sha256(data).hexdigest(), data=data) for name, data in sorted(rules.items())),
        with_media=with_media,
        recipients=tuple(recipients),
        cleared=cleared,
        descriptions=descriptions,
        encrypted=encrypt_all,
    )


def redact(session: Session, packet: Packet, ids: Sequence[int]) -> tuple[Packet, ValueFinder]:
    """Returns the redacted edition of a packet, and what finds the values that may not stand in it."""
    with session.reading() as db:
        versions = [_load_versions(db, report_id) for report_id in ids]
    return redact_packet(packet, versions), make_finder(packet, versions)


def _load_versions(db: Reader, report_id: int) -> list[Report]:
    """Returns all versions of a report, also with what waits for a person; the current one last."""
    earlier = [load_report(db, report_id, row.n).report for row in reports.list_versions(db, report_id)]
    return [*earlier, load_report(db, report_id, waiting=True).report, load_report(db, report_id).report]


def _write_packet(
    session: Session,
    packet: Packet,
    leaving: Leaving,
    out: Path,
    handover: Handover,
    finder: ValueFinder | None,
    on_progress: OnProgress,
    cancel: CancelToken,
) -> str:
    """Writes the packet as a folder, or as one encrypted file. Returns the SHA-256 of its tag manifest."""
    proofs, signer = _prove_custody(session, packet.reports), StoreSigner(session)

    def check(name: str, content: bytes) -> None:
        """Refuses what a redacted edition may not hold."""
        if finder is not None:
            require_redacted(finder, name, content)

    def enter(manifest: str) -> None:
        """Enters the folder in the register of outgoing data."""
        with suppress(StepStored), session.store.batch() as batch:  # what is in the register has to be there, too
            leaving.check_again(batch)
            add_to_register(
                batch,
                session,
                kind="packet",
                name=out.name,
                sha256=manifest,
                recipients=packet.recipients,
                handover=handover,
                reports=leaving.reports,
            )

    with session.reading() as db:
        contents = packet_export.Contents(
            packet=packet,
            proofs=proofs,
            media=_list_media(session, db, packet.reports) if packet.with_media else (),
            check=check,
            on_progress=on_progress,
            cancel=cancel,
        )
        if not packet.encrypted:
            return packet_export.create_packet(contents, out, signer, enter)
        manifest, data = packet_export.seal_packet(contents, out.name.removesuffix(packet_export.SEALED_ENDING), signer)
    write_out(session, ((out, data),), kind="packet", recipients=packet.recipients, handover=handover, leaving=leaving)
    return manifest


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


def _list_media(session: Session, db: Reader, found: Sequence[PacketReport]) -> tuple[PacketMedium, ...]:
    """Returns the original media as streams, each media item once, under the names that the packet's tables give."""
    seen: dict[str, PacketMedium] = {}
    for report in found:
        for file in report.files:
            row = None if file.media_name is None or file.sha256 in seen else media.find_media_item(db, file.sha256)
            if row is not None and file.media_name is not None:
                chunks = session.store.reader(row.item).chunks()
                seen[file.sha256] = PacketMedium(name=file.media_name, sha256=file.sha256, size=row.size, chunks=chunks)
    return tuple(seen.values())
