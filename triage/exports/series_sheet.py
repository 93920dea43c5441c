"""The sheet of a series for victim identification desks elsewhere: state, clues in words, crops without the child, digests.

It names no report, no child and no person of a report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.exports.pdf_documents import Block, HeadingBlock, ImageBlock, Pairs, ParagraphBlock, Rows
from triage.model.exports import About, Cleared
from triage.model.media import Pixels

_RULES = (
    "This sheet asks for help in identifying the child of a series. A crop is a rectangle of one of its files that shows the clue"
    " and no part of the child; two persons agreed that it may leave. No file of the series is enclosed."
)
_RULES_URDU = (
    "یہ صفحہ اس سلسلے کے بچے کی شناخت میں مدد مانگتا ہے۔ ہر تراشہ کسی فائل کا وہ حصہ ہے جس میں سراغ ہے اور بچے کا کوئی حصہ نہیں؛"
    " دو افراد اس کے باہر جانے پر متفق ہوئے۔ سلسلے کی کوئی فائل ساتھ نہیں۔"
)
NO_CROP = "The crop could not be decoded."


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFile:
    """A file of the series by its digests."""

    mark: str
    """F1, F2 ...: what the clues call the file."""
    md5: str
    sha1: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetClue:
    """A clue as it is printed. `crop` is None without one, or when it could not be decoded."""

    mark: str
    kind: str
    words: str
    added: str
    file: str
    """The mark of its file, "" for the series as a whole."""
    crop: Pixels | None
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSheet:
    """What the sheet says."""

    number: str
    state: str
    source: str
    files: Sequence[SheetFile]
    clues: Sequence[SheetClue]
    second_person: str
    """Who agreed that crops leave, "" when none is enclosed."""
    cleared: Cleared | None


def make_sheet(sheet: SeriesSheet, about: About) -> Iterator[Block]:
    """Yields the blocks of the sheet."""
    yield HeadingBlock(f"Series {sheet.number} · سلسلہ")
    if sheet.cleared is not None:
        yield ParagraphBlock(
            f"A reported user was cleared; written all the same for this reason: {sheet.cleared.reason}", strong=True
        )
    yield Pairs(
        (
            ("Agency", about.officer.agency_name or "not stated"),
            ("Made", f"{about.made} by {about.by}"),
            ("Second person", sheet.second_person or "not needed: no crop is enclosed"),
            ("Child of the series", sheet.state),
            ("Source of this", sheet.source or "not stated"),
        )
    )
    yield ParagraphBlock(_RULES)
    yield ParagraphBlock(_RULES_URDU)
    yield HeadingBlock("Clues", 2)
    if not sheet.clues:
        yield ParagraphBlock("No clue is recorded.")
    for clue in sheet.clues:
        on = f"seen on file {clue.file}" if clue.file else "of the series as a whole"
        yield ParagraphBlock(f"{clue.kind}: {clue.words} ({on}, recorded {clue.added})", number=clue.mark)
        if clue.crop is not None:
            caption = f"{clue.mark}: crop of file {clue.file}"
            yield ImageBlock(clue.crop.width, clue.crop.height, clue.crop.rgb, caption)
        elif clue.failed:
            yield ParagraphBlock(NO_CROP, small=True)
    yield HeadingBlock("Files of the series", 2)
    rows = tuple(
        (each.mark if n == 0 else "", name, value)
        for each in sheet.files
        for n, (name, value) in enumerate((("MD5", each.md5), ("SHA-1", each.sha1), ("SHA-256", each.sha256)))
    )
    yield Rows(("File", "Digest", "Value"), rows or (("none", "", ""),), (1, 2, 9))
