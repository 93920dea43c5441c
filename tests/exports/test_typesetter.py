"""The typesetter takes any text that a report may hold."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import datetime, timedelta, tzinfo
from functools import cache
from typing import Any, Self

import pypdfium2
import pytest
from fpdf.fonts import TTFFont
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.exports import pdf_canvas, pdf_documents, typesetter
from triage.exports.pdf_documents import (
    ContentsBlock,
    FormBlock,
    HeadingBlock,
    Pairs,
    ParagraphBlock,
    Rows,
    TypesetJob,
    TypesetterFailed,
    _Typesetter,
    keep_typesetter,
    typeset,
)
from triage.exports.pdf_text import LONGEST, RUN, to_printable
from triage.exports.typesetter import make_pdf


def pages(*blocks: pdf_documents.Block) -> list[str]:
    with pypdfium2.PdfDocument(make_pdf(TypesetJob("A title", "a footer", False, blocks))) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def test_a_cell_longer_than_a_page_goes_on_below() -> None:
    words = [f"w{n}" for n in range(1_000)]
    found = pages(Rows(("Name", "Value"), (("name", " ".join(words)),), (2, 8)), Pairs((("lines", "x\n" * 300),)))
    assert len(found) > 2
    assert [w for w in "\n".join(found).split() if w.startswith("w")] == words


@pytest.mark.parametrize(
    "text",
    ["", "\n" * 1_500, "x" * 1_500, "\t", "e" + "\u0301" * 500, "\ufdfd" * 200, "\r\n", "\x00", "\U0001f600" * 50, "**--__"],
)
def test_odd_texts(text: str) -> None:
    assert pages(HeadingBlock(text[:50]), ParagraphBlock(text), Rows(("a", "b"), ((text, "b"),), (2, 28)))


@pytest.mark.parametrize(
    "text", ["a" + "." * 1_500 + "b", " ;" * 2_000, ("-" * 90 + "\n") * 30, "\u02b9" * 1_200, "ا" + "!" * 1_100]
)
def test_many_signs_without_a_letter(text: str) -> None:
    """fpdf2 recurses once for each, so that a text with a thousand of them made the packet of its report impossible."""
    assert pages(HeadingBlock(text), ParagraphBlock(text), Pairs(((text, text),)), Rows(("a", "b"), ((text, "b"),), (2, 8)))


def test_only_what_is_too_long_for_a_line_is_broken() -> None:
    text = "A sentence (of 2026-10-01): words, signs ... and digits 0300 0000777.\n" * 60
    assert to_printable(text, range(0x500)) == text
    assert to_printable("x" * (RUN + 1), range(0x500)) == "x" * RUN + "\nx"


@settings(max_examples=8)
@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    assert pages(ParagraphBlock(text), Pairs(((text, text),)))


def test_what_is_escaped() -> None:
    everything = range(0x110000)
    plain = to_printable("a\u202eb\u200bc\u0007", everything).replace("\u200e", "")
    assert plain == "a\\u202eb\\u200bc\\u0007"
    assert to_printable("می\u200cخواهم", everything) == "می\u200cخواهم"
    assert to_printable("\u200cx", everything).endswith("\\u200cx")
    assert to_printable("漢\U0001f600", range(0x500)).replace("\u200e", "") == "\\u6f22\\U0001f600"


def test_a_very_long_text_is_cut_and_says_so() -> None:
    assert to_printable("x" * (LONGEST + 7), range(200)).endswith(
        "[Cut here: 7 more characters stand in the files beside this one.]"
    )


def test_a_typesetter_that_fails_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_documents, "SECONDS", 0.01)
    with pytest.raises(TypesetterFailed, match="ended with code"):
        typeset((ParagraphBlock("x"),), title="t", footer="f")


def test_a_kept_typesetter_makes_one_document_after_the_other_and_starts_anew_after_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started, plain = list[subprocess.Popen[bytes]](), subprocess.Popen

    def start(*command: Any, **how: Any) -> subprocess.Popen[bytes]:
        started.append(plain(*command, **how))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    with keep_typesetter():
        first, second = (typeset((ParagraphBlock(word),), title=word, footer="f") for word in ("one", "other"))
        assert len(started) == 1 and first.startswith(b"%PDF-") and second.startswith(b"%PDF-") and first != second
        started[0].kill()
        with pytest.raises(TypesetterFailed):
            typeset((ParagraphBlock("x"),), title="t", footer="f")
        assert typeset((ParagraphBlock("x"),), title="t", footer="f").startswith(b"%PDF-")
    assert len(started) == 2 and all(process.returncode is not None for process in started)


def test_fonts_are_read_once_and_no_document_has_letters_of_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """To read them takes longer than to write a short document."""
    read, plain = list[str](), TTFFont.__init__

    def count(self: TTFFont, *arguments: Any, **how: Any) -> None:
        read.append(arguments[2])
        plain(self, *arguments, **how)

    def make(*texts: str) -> list[bytes]:
        """Returns the objects of a document without its times."""
        data = make_pdf(TypesetJob("t", "f", False, tuple(ParagraphBlock(text, strong=True) for text in texts)))
        return [part for part in data.split(b"endobj") if b"/FontFile2" in part or b"beginbfchar" in part or b"/W [" in part]

    monkeypatch.setattr(TTFFont, "__init__", count)
    monkeypatch.setattr(pdf_canvas, "_read_fonts", cache(pdf_canvas._read_fonts.__wrapped__))
    first, _, again = make("some words"), make("OTHER LETTERS", "یہ تصویر پل کی ہے"), make("some words")
    assert first == again and len(first) > 1
    assert sorted(read) == ["naskh", "naskhB", "sans", "sansB"]


def test_a_typesetter_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its pipe is closed, which asks it to end. One that hangs would stay with all texts of the document."""
    monkeypatch.setattr(pdf_documents, "SECONDS_TO_END", 0.01)
    hangs = _Typesetter()
    hangs._process = process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert hangs._end() == process.returncode != 0
    assert hangs._end() is None


def test_it_runs_in_a_process_of_its_own() -> None:
    assert typeset((ParagraphBlock("x"),), title="t", footer="f").startswith(b"%PDF-")
    assert typesetter.__name__ not in pdf_documents.__dict__


@pytest.mark.parametrize("headings", [1, 43, 44, 45, 46, 47, 48, 97])
def test_contents_name_the_page_of_every_heading(headings: int) -> None:
    """However many lines the list has: fpdf2 refuses a list that takes another number of pages than were kept."""
    blocks = [each for n in range(headings) for each in (HeadingBlock(f"Part {n}", 2), ParagraphBlock("text"))]
    found = pages(HeadingBlock("The title"), ParagraphBlock("before"), ContentsBlock(), *blocks)
    listed = dict(re.findall(r"(Part \d+)[ .]* \.\s*(\d+)\b", "\n".join(found)))
    where = {name: str(n) for n, text in enumerate(found, 1) for name in re.findall(r"(Part \d+)\r\ntext", text)}
    assert listed == where
    assert len(listed) == headings


def test_a_heading_is_never_the_last_thing_on_a_page() -> None:
    for lines in range(39, 48):
        for after in (ParagraphBlock("after", number="1."), Rows(("after", "b"), (("x\n" * 6, "x"),), (1, 1), caption="T")):
            found = pages(ParagraphBlock("\n".join(["x"] * lines)), HeadingBlock("Over", 2), HeadingBlock("Under", 3), after)
            (page,) = (text for text in found if "Over" in text)
            assert "Under" in page and "after" in page, lines


def test_words_of_a_narrow_column_stay_whole() -> None:
    words = ("display_name", "Registration", "identifiers")
    (text,) = pages(Rows(("Kind", "Event", "Of", "What it says"), ((*words, "a sentence of many words " * 8),), (1, 1, 1, 9)))
    assert all(word in text for word in words)


def test_long_words_break_behind_signs() -> None:
    (text,) = pages(Rows(("a", "b"), (("/report/personOrUserReported/personOrUserReportedPerson/email", "x"),), (2, 5)))
    assert "personOrUserReportedPerson/email" in text


def test_urdu_stands_at_the_right() -> None:
    with pypdfium2.PdfDocument(
        make_pdf(TypesetJob("t", "f", False, (ParagraphBlock("یہ تصویر"), ParagraphBlock("left"))))
    ) as document:
        page = document[0].get_textpage()
        boxes = [page.get_charbox(n) for n in range(8)]
    assert min(left for left, *_ in boxes if left) > 400


def test_metadata_and_language() -> None:
    data = make_pdf(TypesetJob("A title", "a footer", False, (HeadingBlock("x"),)))
    with pypdfium2.PdfDocument(data) as document:
        assert document.get_metadata_value("Title") == "A title"
    assert b"/Lang (en-GB)" in data
    assert b"pdfaid:part>2" in data and b"/OutputIntents" in data


class _Later(datetime):
    """The clock of three days later."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + timedelta(days=3)


def test_a_paper_says_nothing_but_its_job_and_when_it_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """So tests may compare jobs where they mean papers (tests/outputs/test_outputs.py)."""
    job = TypesetJob(
        "A title", "a footer", False, (ContentsBlock(), HeadingBlock("x"), ParagraphBlock("y"), Pairs((("a", "b"),)))
    )
    before = make_pdf(job)
    monkeypatch.setattr("fpdf.fpdf.datetime", _Later)
    monkeypatch.setattr("fpdf.output.datetime", _Later)
    lines = [(one, other) for one, other in zip(before.split(b"\n"), make_pdf(job).split(b"\n"), strict=True) if one != other]
    assert len(lines) > 3, "the clock went on"
    assert [one for one, _ in lines if not one.strip().startswith((b"/CreationDate (D:", b"/ID [<", b"xmp:"))] == []


def test_a_long_title_leaves_room_for_the_page_number() -> None:
    with pypdfium2.PdfDocument(
        make_pdf(TypesetJob("900000001, " * 60, "key " + "a" * 64, False, (HeadingBlock("x"),)))
    ) as document:
        text = document[0].get_textpage().get_text_bounded()
    assert "page 1 of 1" in text and " ... " in text


def test_an_empty_field_is_a_line_and_no_invented_value() -> None:
    (text,) = pages(FormBlock(((("Rank", ""), ("Name", "Ayesha Khan")),)))
    assert "Ayesha Khan" in text and "not stated" not in text
