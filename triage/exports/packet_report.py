"""The blocks of a packet's report.pdf, which a court reads.

People come first, and among them children.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triage.exports.packet_custody import format_receipt
from triage.exports.packet_edition import list_edition_blocks
from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows
from triage.exports.time_labels import format_pakistan_time
from triage.model.exports import About
from triage.model.packet import Packet, PacketReport
from triage.model.role_words import ROLES, describe_verdict
from triage.model.views import ShowFile, ShowIdentifier, ShowReport, ShowSource

PRINTED_OF_A_VALUE = 2_000
"""Characters that are printed of a value that was not understood; report.json holds it whole."""
PRINTED_IN_ALL = 100_000
"""Characters that are printed of all of them: some forty pages."""
_NOT_DONE = (
    "No file was opened for this packet. PhotoDNA was not computed or matched (it needs a licence). A file was compared with "
    'hash lists only where its entry says so; "not checked" means that it was not compared. Addresses were located with offline '
    "tables; no operator was asked. The operator may be able to identify the subscriber."
)


def make_blocks(packet: Packet) -> Iterator[Block]:
    """Yields the blocks of the whole document.

    It begins with the sentence that a person was cleared, if so.
    """
    about, reports = packet.about, packet.reports
    yield HeadingBlock(f"Evidence packet: CyberTipline {'report' if len(reports) == 1 else 'reports'} {packet.numbers}")
    yield from list_edition_blocks(packet)
    yield Pairs(
        (
            ("Created", _format_time(about.made)),
            ("Created by", about.by),
            ("Second person", packet.second_person),
            ("Software", f"{about.tool}, {about.system}"),
            ("Clock", about.clock),
            ("Signing key", about.fingerprint),
            ("Media", "enclosed, encrypted for named recipients" if packet.with_media else "not enclosed"),
        )
    )
    yield HeadingBlock("What was not done", 2)
    yield ParagraphBlock(_NOT_DONE)
    for report in reports:
        yield HeadingBlock(f"Report {report.show.report_id}")
        yield from _summary(report.show)
        yield from _people(report.show)
        yield from _files(report.show)
        yield from _place(report.show)
        yield from _score(report.show)
        yield from _law(report.show)
        yield from _texts(report.show)
        yield from _sources(report)
        yield from _custody(report)
    yield from _statement(about)


def _summary(show: ShowReport) -> Iterator[Block]:
    code = f"NCMEC {show.priority_code}" if show.priority_code else "not stated"
    estimated = " (estimated from the incident's time)" if show.received_estimated else ""
    yield Pairs(
        (
            ("Incident type", show.incident_type or "not stated"),
            ("Incident time", _format_time(show.incident_time)),
            ("Received by NCMEC", _format_time(show.received) + estimated),
            ("Provider", show.esp or "not stated"),
            ("Designation", show.designation or "not stated"),
            ("Priority code", code),
            ("Escalated by the provider", show.escalation or "not stated"),
            ("Annotations", ", ".join(show.annotations) or "none stated"),
            ("Other numbers", ", ".join(a for a in show.aliases if a != show.report_id) or "none"),
            ("Versions", "; ".join(f"{v.n}, imported {v.imported}, from {', '.join(v.sources)}" for v in show.versions)),
        )
    )


def _people(show: ShowReport) -> Iterator[Block]:
    order = list(ROLES)
    for person in sorted(show.people, key=lambda p: order.index(p.role) if p.role in order else 99):
        yield HeadingBlock(f"{ROLES.get(person.role, person.role).capitalize()} (source says: {person.says})", 2)
        if person.facts:
            yield Pairs(tuple((name, _format_value(value)) for name, value in person.facts.items()))
    if show.identifiers:
        yield HeadingBlock("Identifiers", 2)
        found = sorted(show.identifiers, key=lambda i: (order.index(i.role) if i.role in order else 99, i.kind, i.value))
        head = ("Of", "Kind", "Value", "Port", "Time", "Event", "Verified", "Source")
        yield Rows(head, tuple(_identifier(i) for i in found), (4, 3, 8, 2, 6, 3, 3, 8))


def _identifier(i: ShowIdentifier) -> tuple[str, ...]:
    return (
        ROLES.get(i.role, i.role),
        i.kind,
        i.value,
        "" if i.port is None else str(i.port),
        _format_time(i.time) if i.time else "",
        i.event or "",
        _format_value(i.verified),
        _format_sources(i.sources),
    )


def _files(show: ShowReport) -> Iterator[Block]:
    if not show.files:
        return
    yield HeadingBlock("Files", 2)
    for file in show.files:
        yield Pairs(_file(file))


def _file(file: ShowFile) -> tuple[tuple[str, str], ...]:
    declared = ", ".join(f"{kind} {value}" for kind, value in sorted(file.declared.items()))
    return (
        ("Exhibit", file.exhibit or "not received"),
        ("File", (file.name or "unnamed") + (f" (originally {file.original_name})" if file.original_name else "")),
        ("Bytes", f"{file.size} bytes, {file.mime or 'type unknown'}" if file.present else "not received with the report"),
        ("MD5", file.md5 or "not stated"),
        ("SHA-1", file.sha1 or "not stated"),
        ("SHA-256", file.sha256 or "not stated"),
        ("PDQ", _pdq(file)),
        ("Declared hashes", declared or "none"),
        ("Declared hash matches the bytes", _format_value(file.declared_hash_matches)),
        ("Viewed by the provider", _format_value(file.viewed_by_esp)),
        ("EXIF viewed by the provider", _format_value(file.exif_viewed_by_esp)),
        ("Publicly available", _format_value(file.publicly_available)),
        ("Provider's class", f"class {file.classification}" if file.classification else "not stated"),
        ("Annotations", ", ".join(file.annotations) or "none stated"),
        ("Known", f"{file.verdict.known}: {file.verdict.why}"),
        ("Grade", f"{file.verdict.grade}: {file.verdict.grade_says}" if file.verdict.grade else "not graded"),
    )


def _pdq(file: ShowFile) -> str:
    if file.pdq is None:
        return f"none: {file.problem}" if file.problem else "none"
    return f"{file.pdq} ({'declared' if file.pdq_quality is None else f'quality {file.pdq_quality}'})"


def _place(show: ShowReport) -> Iterator[Block]:
    place = show.location
    yield HeadingBlock("Location evidence", 2)
    verdict = describe_verdict(place.by_person, place.verdict, place.total)
    yield ParagraphBlock(
        f"In Pakistan: {verdict}. The weights below add up to {place.total}. Office: {place.office}. {place.office_why}"
    )
    if place.evidence:
        rows = tuple(
            (f"{e.weight:+d}", ROLES.get(e.of, e.of), e.kind, e.value, str(e.why), str(e.against) or "nothing known")
            for e in place.evidence
        )
        yield Rows(("Weight", "Of", "Kind", "Value", "Why", "What speaks against it"), rows, (2, 3, 3, 6, 10, 7))


def _score(show: ShowReport) -> Iterator[Block]:
    score = show.score
    yield HeadingBlock("Priority", 2)
    if not score.rules:
        yield ParagraphBlock("There is no score card: the reported user was cleared.")
        return
    yield ParagraphBlock(
        f"Band {score.band}, risk to a child {score.risk:.1f} of 100, actionability {score.actionability:.1f} of 100. "
        f"Rules: {score.rules}. A score sets the order of work; it is not a finding against a person."
    )
    if score.factors:
        rows = tuple((f"{f.points:+.1f}", f.axis, str(f.why), f"{f.field}: {f.value}", f.rule) for f in score.factors)
        yield Rows(("Points", "For", "Why", "Field and value", "Rule"), rows, (2, 3, 11, 9, 5))


def _law(show: ShowReport) -> Iterator[Block]:
    if show.child_lane != "no":
        yield HeadingBlock("Child lane", 2)
        yield ParagraphBlock(
            "The reported user may be a child, and may be the victim. A lead read the report and allowed its release."
        )
    if not show.law:
        return
    yield HeadingBlock("Sections that may apply (suggestions; an officer decides)", 2)
    rows = tuple(
        (
            f"{each.act} {each.section}" if each.offered else f"{each.act} {each.section}: not offered",
            each.title,
            str(each.why),
            f"{each.certainty}; from {each.holds_from}" + (f" until {each.holds_until}" if each.holds_until else ""),
            f"{each.source}. May investigate: {'; '.join(each.investigators) or 'not checked'}. {each.note}",
        )
        for each in show.law
    )
    yield Rows(("Section", "Title", "Why", "Certainty", "Source, and who may investigate"), rows, (4, 5, 7, 4, 9))


def _texts(show: ShowReport) -> Iterator[Block]:
    for text in show.free_text:
        yield HeadingBlock(f"Text: {text.label} ({ROLES.get(text.of, text.of)})", 2)
        yield ParagraphBlock(text.text)
        yield ParagraphBlock(_format_sources(text.sources), small=True)
    if show.conflicts:
        yield HeadingBlock("Conflicts between sources", 2)
        rows = tuple((c.field, " | ".join(f"{v.value} ({_format_sources(v.sources)})" for v in c.values)) for c in show.conflicts)
        yield Rows(("Field", "Values"), rows, (3, 12))
    if show.not_understood:
        yield HeadingBlock("Content that was not understood", 2)
        yield from _not_understood(show)


def _not_understood(show: ShowReport) -> Iterator[Block]:
    """Prints values that were not understood, within bounds.

    A sender could otherwise force endless pages.
    """
    rows, left = [], PRINTED_IN_ALL
    for entry in show.not_understood:
        value = entry.value[:PRINTED_OF_A_VALUE]
        if len(entry.value) > len(value):
            value += f"\n[Cut here: {len(entry.value) - len(value)} more characters stand in report.json.]"
        left -= len(entry.source) + len(entry.path) + len(value)
        if left < 0:
            break
        rows.append((entry.source, entry.path, value))
    if rows:
        yield Rows(("Document", "Where", "Value"), tuple(rows), (4, 4, 8))
    if more := len(show.not_understood) - len(rows):
        yield ParagraphBlock(f"{more} more entries stand in report.json.")


def _sources(report: PacketReport) -> Iterator[Block]:
    yield HeadingBlock("Source documents", 2)
    rows = tuple((s.exhibit, s.path, f"{s.size} bytes", s.sha256, str(s.state)) for s in report.sources)
    yield Rows(("Exhibit", "Path", "Size", "SHA-256", "State"), rows, (3, 5, 2, 7, 4))
    for version in report.versions:
        if version.changes:
            yield ParagraphBlock(f"Version {version.n}: {' '.join(map(str, version.changes))}")


def _custody(report: PacketReport) -> Iterator[Block]:
    yield HeadingBlock("Custody", 2)
    for receipt in report.receipts:
        yield ParagraphBlock(f"Bundle {receipt.bundle}, imported {_format_time(receipt.imported)} by {receipt.by}.")
        yield ParagraphBlock(format_receipt(receipt.receipt))
    rows = tuple((_format_time(s.when), str(s.says), "" if s.entry is None else f"entry {s.entry}") for s in report.custody)
    yield Rows(("When", "What", "Audit log"), rows, (5, 14, 2))


def _statement(about: About) -> Iterator[Block]:
    yield HeadingBlock("Examiner's statement")
    yield ParagraphBlock(
        f"I made this packet with {about.tool} on {about.made} and it contains what the workstation holds of these reports."
    )
    yield Pairs((("Name", about.by), ("Post", ""), ("Qualifications", ""), ("Place and date", ""), ("Signature", "")))


def _format_sources(found: Sequence[ShowSource]) -> str:
    return "; ".join(f"{s.document}, {s.path}" for s in found)


def _format_time(utc: str | None) -> str:
    return "not stated" if utc is None else f"{utc} ({format_pakistan_time(utc)})"


def _format_value(value: object) -> str:
    if value is None:
        return "not stated"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
