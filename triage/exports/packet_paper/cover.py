"""Part 1: the cover."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.packet_paper.wording import NOT_STATED, count
from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows
from triage.exports.time_labels import format_own_time, format_source_time
from triage.model.packet import Packet, PacketReport
from triage.model.users import Officer

EXPLANATION = (
    "A CyberTipline report states what a provider or NCMEC says. It is a lead, and no finding against a person. Scores, places "
    "and matches are computed. They order work and prove nothing by themselves."
)


def print_cover(packet: Packet) -> Iterator[Block]:
    """Yields the cover: what the packet is, who made it when, and its reports."""
    about, officer = packet.about, packet.about.officer
    plural = "report" if len(packet.reports) == 1 else "reports"
    title = "Evidence packet" if packet.edition == "full" else "Evidence packet, redacted edition"
    numbers = packet.numbers if len(packet.reports) <= 3 else str(len(packet.reports))
    if packet.cleared is not None:
        yield ParagraphBlock(packet.cleared.sentence, strong=True)
    yield HeadingBlock(
        f"{title}: {numbers} CyberTipline {plural}" if len(packet.reports) > 3 else f"{title}: CyberTipline {plural} {numbers}"
    )
    yield HeadingBlock("1 Cover and contents", 2)
    yield Pairs(
        (
            ("Made", format_own_time(about.made)),
            ("Made by", describe_officer_line(officer, about.by)),
            ("Agency", ", ".join(text for text in (officer.agency_name, officer.agency_address) if text) or NOT_STATED),
            ("Second person", describe_second(packet)),
            ("Edition", _describe_edition(packet)),
            ("Media", _describe_media(packet)),
            ("Software", f"{about.tool}, {about.system}"),
            ("Rules", about.rules),
            ("Clock", about.clock),
            ("Signing key", f"Ed25519, SHA-256 fingerprint {about.fingerprint}"),
        )
    )
    yield ParagraphBlock(EXPLANATION)
    yield Rows(
        ("Report", "Incident type", "Provider", "Received", "Exhibits"),
        tuple(_list_report(report) for report in packet.reports),
        (3, 5, 4, 5, 4),
        caption="Reports of this packet",
    )


def describe_officer_line(officer: Officer, by: str) -> str:
    """Returns name, rank, badge, post and the name of signing in."""
    return ", ".join(text for text in (by, officer.profile.post) if text)


def describe_second(packet: Packet) -> str:
    """Returns the second person with full name and rank, or why there is none."""
    second = packet.second_officer
    if second is None:
        return packet.second_person
    named = ", ".join(text for text in (second.profile.full_name, second.profile.rank, second.profile.badge) if text)
    return f"{named}; {packet.second_person}" if named else packet.second_person


def _describe_edition(packet: Packet) -> str:
    if packet.edition == "full":
        return "full"
    return f"redacted: {count(len(packet.removed), 'kind of content was', 'kinds of content were')} removed, see part 12"


def _describe_media(packet: Packet) -> str:
    if not packet.with_media:
        return "not enclosed"
    return f"enclosed, encrypted for {count(len(packet.recipients), 'named recipient', 'named recipients')}, see part 12"


def _list_report(report: PacketReport) -> tuple[str, ...]:
    show = report.show
    sources = len({source.exhibit for source in report.sources})
    estimated = "\n(estimated from the incident's time)" if show.received_estimated else ""
    return (
        show.report_id,
        show.incident_type or NOT_STATED,
        show.esp or NOT_STATED,
        f"by {'NCMEC' if show.from_tipline else 'the agency'}: "
        + format_source_time(show.received, show.received_original, show.received_zone, lines=True)
        + estimated,
        f"{count(sources, 'document', 'documents')}, {count(len(report.files), 'file', 'files')}",
    )
