"""The chain of custody of one report after its receipt: each step in a sentence, with its leaf in the audit log."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from triage.jobs.session import Session
from triage.message import Message
from triage.model.exports import CustodyStep
from triage.model.handover import Handover
from triage.model.packet import PacketReport
from triage.model.user_names import name_user
from triage.store.database import Reader
from triage.store.queries import audit_log, media, outgoing


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the audit log about a report, and what its numbers and keyed hashes mean."""

    when: str
    who: str
    about: Mapping[str, object]
    report: PacketReport
    exhibits: Mapping[str, str]
    """Keyed hash, or id of a media item as text -> exhibits."""
    users: Mapping[int, str]
    handovers: Mapping[str, list[tuple[str, Handover]]]
    """Keyed hash of a packet's name -> when each packet of that name was entered in the register, and its handover."""

    def number(self, name: str) -> int:
        """Returns a number that the entry states, 0 for none."""
        value = self.about.get(name)
        return value if isinstance(value, int) else 0

    def count(self, name: str) -> int:
        """Returns how many values a list of the entry has."""
        value = self.about.get(name)
        return len(value) if isinstance(value, list) else 0

    def named(self, name: str) -> str | Message:
        """Returns the exhibits that a value, or a list of them, stands for."""
        value = self.about.get(name)
        found = [
            self.exhibits[str(each)] for each in (value if isinstance(value, list) else [value]) if str(each) in self.exhibits
        ]
        return ", ".join(dict.fromkeys(found)) or Message("a file that is no exhibit of this report")

    def user(self, name: str) -> str:
        """Returns the name of a user whose id the entry states."""
        return name_user(self.users, self.number(name))


def _describe_decision(e: _Entry) -> Message:
    """Returns what was decided, with its reason."""
    found = next((each for each in e.report.show.decisions if each.id == e.number("decision")), None)
    if found is None:
        return Message("{who} recorded a decision.", who=e.who)
    if found.reason:
        return Message(
            "{who} set the status {status} for this reason: {reason}.", who=e.who, status=found.status, reason=found.reason
        )
    return Message("{who} set the status {status}.", who=e.who, status=found.status)


def _describe_import(e: _Entry) -> Message:
    """Returns which version of the report an import made, from which documents."""
    version = next((each for each in e.report.versions if each.n == e.number("version")), None)
    return Message(
        "{who} imported version {n} of the report. It rests on {exhibits}.",
        who=e.who,
        n=e.number("version"),
        exhibits=", ".join(version.sources) if version and version.sources else Message("documents that were replaced since"),
    )


def _describe_packet(e: _Entry) -> Message:
    """Returns that a packet was made, and to whom the register says that it went."""
    entered = [given for when, given in e.handovers.get(str(e.about.get("folder")), []) if when >= e.when]
    if not entered:
        return Message("{who} began to make an evidence packet (reports: {n}).", who=e.who, n=e.count("reports"))
    return Message(
        "{who} made an evidence packet (reports: {n}). {handover}",
        who=e.who,
        n=e.count("reports"),
        handover=describe_handover(entered[0]),
    )


_SENTENCES: dict[str, Callable[[_Entry], Message]] = {
    "import started": lambda e: Message("{who} began to import bundle {n}.", who=e.who, n=e.number("bundle")),
    "container received": lambda e: Message(
        "The workstation took the SHA-256 of what was handed over in bundle {n}: {bytes:,} bytes.",
        n=e.number("bundle"),
        bytes=e.number("size"),
    ),
    "import completed": lambda e: Message(
        "Bundle {by} brought all that the interrupted import of bundle {n} had taken in.", by=e.number("by"), n=e.number("bundle")
    ),
    "import finished": lambda e: Message("The import of bundle {n} ended.", n=e.number("bundle")),
    "report imported": _describe_import,
    "media added": lambda e: Message("The workstation hashed, encrypted and stored {exhibits}.", exhibits=e.named("media")),
    "media revealed": lambda e: Message("{who} viewed {exhibits}.", who=e.who, exhibits=e.named("medium")),
    "file graded": lambda e: Message("{who} graded {exhibits}.", who=e.who, exhibits=e.named("media")),
    "grade inherited": lambda e: Message("{who} let a file take over the grade of a matching image.", who=e.who),
    "grade taken back": lambda e: Message("{who} took back the grade of {exhibits}.", who=e.who, exhibits=e.named("media")),
    "report decided": _describe_decision,
    "decision undone": lambda e: Message("{who} took back a decision.", who=e.who),
    "report reopened": lambda e: Message("{who} opened the closed report again.", who=e.who),
    "report rose after closing": lambda _: Message("What arrived made the closed report graver; it was opened again."),
    "version accepted": lambda e: Message("{who} accepted a version of the report.", who=e.who),
    "version refused": lambda e: Message("{who} refused a version of the report.", who=e.who),
    "version asked": lambda e: Message("{who} asked the source about a version of the report.", who=e.who),
    "judgement corrected": lambda e: Message("{who} corrected the judgement of the report.", who=e.who),
    "correction confirmed": lambda e: Message("{who} confirmed a correction of the judgement.", who=e.who),
    "correction undone": lambda e: Message("{who} took back a correction of the judgement.", who=e.who),
    "report not judged": lambda _: Message("The workstation could not judge the report."),
    "child lane confirmed": lambda e: Message(
        "{who} read the report, whose reported user may be a child, and allowed its release.", who=e.who
    ),
    "case opened": lambda e: Message("{who} opened a case with the report.", who=e.who),
    "case joined": lambda e: Message("{who} added the report to a case.", who=e.who),
    "case left": lambda e: Message("{who} took the report out of a case again.", who=e.who),
    "source report drafted": lambda e: Message("{who} wrote the draft of a source report from the case.", who=e.who),
    "timeline exported": lambda e: Message("{who} exported a timeline with the report.", who=e.who),
    "report referred": lambda e: Message("{who} referred the report to another body.", who=e.who),
    "request joined": lambda e: Message("{who} added the report to a request that was sent before.", who=e.who),
    "notice recorded": lambda e: Message("{who} recorded a written notice to preserve data.", who=e.who),
    "court told of notice": lambda e: Message("{who} recorded that the Court was told of the notice.", who=e.who),
    "hold placed": lambda e: Message("{who} placed a legal hold on the report.", who=e.who),
    "hold lifted": lambda e: Message("{who} lifted the legal hold.", who=e.who),
    "report cleared": lambda e: Message("{who} recorded that the reported user was cleared.", who=e.who),
    "report no longer cleared": lambda e: Message("{who} took back that the reported user was cleared.", who=e.who),
    "packet consented": lambda e: Message(
        "{who} agreed, with their own passphrase, to an evidence packet that {maker} made.", who=e.who, maker=e.user("maker")
    ),
    "packet made": _describe_packet,
    "packet texts read": lambda e: Message(
        "{who} stated that they read the texts that leave with a redacted edition of the evidence packet.", who=e.who
    ),
    "packet not finished": lambda _: Message("The evidence packet was not finished. Nothing of it was left."),
    "work package consented": lambda e: Message(
        "{who} agreed, with their own passphrase, that media leave in a work package that {maker} made.",
        who=e.who,
        maker=e.user("maker"),
    ),
    "work package made": lambda e: Message(
        "{who} sent the report to another workstation in work package {n}.", who=e.who, n=e.number("package")
    ),
    "work package imported": lambda e: Message(
        "{who} imported the report from another workstation in work package {n}.", who=e.who, n=e.number("package")
    ),
    "work results made": lambda e: Message(
        "{who} wrote the results of work package {n} for the workstation that sent it.", who=e.who, n=e.number("package")
    ),
    "work results imported": lambda e: Message(
        "{who} imported the results of work package {n} from another workstation.", who=e.who, n=e.number("package")
    ),
    "work conflict resolved": lambda e: Message(
        "{who} decided between the value of this workstation and that of another one.", who=e.who
    ),
}


def list_custody(session: Session, db: Reader, report_id: int, report: PacketReport) -> tuple[CustodyStep, ...]:
    """Returns the entries of the audit log about a report and about the bundles that brought it, the oldest first."""
    users = session.store.users.names()
    exhibits, handovers = _key_exhibits(session, db, report_id, report), _key_handovers(session, db, report_id)
    steps = []
    rows = audit_log.list_entries_about(db, report_id, [receipt.bundle for receipt in report.receipts])
    entries = [(n, json.loads(text), leaf) for n, text, leaf in rows]
    unfinished = {entry["about"].get("entry") for _, entry, _ in entries if entry["kind"] == "packet not finished"}
    for n, entry, leaf in entries:
        who = name_user(users, entry["user"])
        went = {} if n in unfinished else handovers
        read = _Entry(entry["when"], who, entry["about"], report, exhibits, users, went)
        describe = _SENTENCES.get(entry["kind"])
        steps.append(
            CustodyStep(
                when=read.when,
                who=read.who,
                what=entry["kind"],
                subject=_format_subject(read.about),
                says=describe(read) if describe else Message("{who}: {kind}.", who=read.who, kind=entry["kind"]),
                entry=n,
                leaf=leaf.hex(),
            )
        )
    return tuple(steps)


def make_handover_step(when: str, who: str, handover: Handover) -> CustodyStep:
    """Returns the last step of custody: to whom the packet is handed. It is made before the log knows of it."""
    stated = (
        ("handed to", handover.handed_to),
        ("carrier", handover.medium),
        ("serial", handover.medium_serial),
        ("note", handover.note),
    )
    return CustodyStep(
        when=when,
        who=who,
        what="packet handed over",
        subject=", ".join(f"{name} {value}" for name, value in stated if value) or "not recorded",
        says=Message("{who} made this packet. {handover}", who=who, handover=describe_handover(handover)),
        entry=None,
        leaf=None,
    )


def describe_handover(handover: Handover) -> Message:
    """Returns to whom a packet goes, on what carrier, and what is not recorded of it."""
    not_recorded = Message("not recorded")
    if handover == Handover():
        return Message("It is not recorded to whom the packet is handed.")
    return Message(
        "Handed to: {to}. Carrier: {carrier}. Serial number: {serial}. Note: {note}.",
        to=handover.handed_to or not_recorded,
        carrier=handover.medium or not_recorded,
        serial=handover.medium_serial or not_recorded,
        note=handover.note or not_recorded,
    )


def _key_exhibits(session: Session, db: Reader, report_id: int, report: PacketReport) -> dict[str, str]:
    """Returns keyed hash, or id of a media item as text -> exhibit of the report's files."""
    found: dict[str, str] = {}
    ids = {row.sha256: row.medium_id for row in media.list_files(db, report_id)}
    for file in report.files:
        found.setdefault(session.store.keyed(file.sha256), file.exhibit)
        if file.sha256 in ids:
            found.setdefault(str(ids[file.sha256]), file.exhibit)
    return found


def _key_handovers(session: Session, db: Reader, report_id: int) -> dict[str, list[tuple[str, Handover]]]:
    """Returns keyed hash of a packet's name -> when each that holds the report was entered in the register, and its handover.

    The oldest is first.
    """
    found: dict[str, list[tuple[str, Handover]]] = {}
    for row in outgoing.list_packets_of_report(db, report_id):
        found.setdefault(session.store.keyed(row.name), []).append((row.written, row.handover))
    return found


def _format_subject(about: Mapping[str, object]) -> str:
    """Returns what the audit log entry is about, in ids and counts."""
    return ", ".join(
        f"{name} ({len(value)})" if isinstance(value, list) else f"{name} {value}" for name, value in sorted(about.items())
    )
