"""The form on which supervised viewings of a packet's files are written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows
from triage.model.exports import About

BLANK_ROWS = 18
_RULES = (
    "Files are viewed only in the presence of the supervising officer, on a machine without a network. Nothing is copied,"
    " photographed or described in words of one's own. Each viewing is one row, signed by both."
)
_RULES_URDU = (
    "فائلیں صرف نگران افسر کی موجودگی میں، ایسی مشین پر دیکھی جائیں جو کسی نیٹ ورک سے جڑی نہ ہو۔"
    " کوئی چیز نقل نہ کی جائے، نہ اس کی تصویر لی جائے۔ ہر بار دیکھنے پر ایک سطر بھریں، جس پر دونوں دستخط کریں۔"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewableExhibit:
    """A file that may be viewed."""

    report: str
    exhibit: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewedPacket:
    """The packet for which a form is made."""

    reports: Sequence[str]
    edition: str
    made: str
    manifest_sha256: str
    signature_key: str
    exhibits: Sequence[ViewableExhibit]


def make_form(packet: ViewedPacket, about: About) -> Iterator[Block]:
    """Yields the blocks of the form."""
    yield HeadingBlock("Log of supervised viewings · نگرانی میں دیکھنے کا اندراج")
    yield Pairs(
        (
            ("Reports", ", ".join(packet.reports)),
            ("Edition", packet.edition),
            ("Packet made", packet.made),
            ("Manifest of the packet (SHA-256)", packet.manifest_sha256),
            ("Key of the packet", packet.signature_key),
            ("Form made", f"{about.made} by {about.by}"),
        )
    )
    yield ParagraphBlock(_RULES)
    yield ParagraphBlock(_RULES_URDU)
    yield HeadingBlock("Exhibits", 2)
    rows = tuple((each.report, each.exhibit, f"{each.size:,}", each.sha256) for each in packet.exhibits)
    yield Rows(("Report", "Exhibit", "Bytes", "SHA-256"), rows or (("none", "", "", ""),), (3, 4, 2, 9))
    yield HeadingBlock("Viewings", 2)
    head = (
        "No.",
        "Date",
        "From",
        "To",
        "Exhibits",
        "Viewed by (name, post)",
        "Purpose",
        "Signature",
        "Supervising officer, signature",
    )
    blank = tuple((f"{n}\n\n", *[""] * (len(head) - 1)) for n in range(1, BLANK_ROWS + 1))
    yield Rows(head, blank, (1, 3, 2, 2, 5, 5, 4, 4, 5))
    yield HeadingBlock("Signatures", 2)
    yield Pairs(
        (
            ("Custodian of the packet: name, rank, signature, date\n\n", ""),
            ("Supervising officer: name, rank, signature, date\n\n", ""),
            ("Seen by the Court or prosecutor: name, signature, date\n\n", ""),
        )
    )
