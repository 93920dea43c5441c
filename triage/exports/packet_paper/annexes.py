"""Annex A: the law, each section once. Annex B: what stands only in report.json."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.packet_paper.law_table import LawEntry, PaperLaw
from triage.exports.packet_paper.wording import count, join_and
from triage.exports.pdf_documents import Block, HeadingBlock, ParagraphBlock, Rows
from triage.model.packet import INTERNAL, Packet

HASHES_ONLY = "pHash of a picture and the group of near duplicates that it belongs to"
"""Only a full edition holds it."""
JSON_ONLY = (
    "pictures and videos of other reports that match or possibly match a file, with distances",
    "what would change the band of the score card",
    "sections of law that were considered and are not printed here",
    "the keys by which the program finds a file entry, an identifier's person and a normal form",
)
"""What report.json holds of a report and the paper does not print."""


def print_law(law: PaperLaw) -> Iterator[Block]:
    """Yields the sections that may apply, who may investigate, and what the deadlines rest on."""
    yield HeadingBlock("Annex A: law", 2)
    if law.sections:
        yield ParagraphBlock(
            "The sections below may apply. An officer decides. Each rests on a fact that a report states. A section that only a "
            "mark of the provider suggests is left out, and so is one that was considered and does not fit."
        )
        rows = tuple(_list_section(entry) for entry in law.sections.values())
        yield Rows(
            ("Section", "Title, source", "Holds, certainty", "Reports and reasons"),
            rows,
            (4, 8, 4, 8),
            caption="Sections that may apply",
        )
        who = tuple((who, join_and(sections)) for who, sections in law.investigators.items())
        yield Rows(("Who may investigate", "Of"), who, (9, 7), caption="Who may investigate")
    elif not law.unread:
        yield ParagraphBlock("No section of law is suggested by a fact that a report states.")
    if law.unread:
        yield ParagraphBlock(
            f"The stored documents of {join_and(law.unread)} can't be read: which sections of law they suggest is not known."
        )
    if law.left_out:
        yield ParagraphBlock(f"{count(law.left_out, 'suggestion is', 'suggestions are')} left out for these reasons.")
    if law.bases:
        rows_of_bases = tuple((letter, basis) for basis, letter in law.bases.items())
        yield Rows(("Rule", "What the deadline rests on"), rows_of_bases, (1, 14), caption="What the deadlines rest on")


def _list_section(entry: LawEntry) -> tuple[str, ...]:
    each = entry.suggestion
    until = f" until {each.holds_until}" if each.holds_until else ""
    return (
        f"{each.act} {each.section}",
        f"{each.title}\nSource: {each.source}",
        f"from {each.holds_from}{until}\n{each.certainty}",
        "\n".join(f"{', '.join(numbers)}: {why}" for why, numbers in entry.reports.items()),
    )


def list_json_only(packet: Packet) -> Iterator[Block]:
    """Yields what report.json holds and this paper does not print, and what the packet does not hold at all."""
    yield HeadingBlock("Annex B: what this paper does not print", 2)
    held = (HASHES_ONLY, *JSON_ONLY) if packet.edition == "full" else JSON_ONLY
    yield ParagraphBlock(f"report.json also holds: {'; '.join(held)}.")
    yield ParagraphBlock(
        "custody.jsonl holds each step of custody with its leaf hash; case.jsonld holds the exhibits as a graph."
    )
    yield ParagraphBlock(" ".join(INTERNAL))
