"""How a Word document looks on paper: A4, a line at the head and foot of each page, page numbers, what is bold, and what stays together."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from tests.exports.reading_back import ABOUT, URDU
from tests.exports.test_request_letter import FULL
from triage.exports.request_letter import BLANK, _get_wording, format_letter, format_reminder
from triage.exports.request_letter_urdu import find_rendering, read_renderings
from triage.exports.word_document import WordDocument
from triage.model.data_requests import RequestKind
from triage.model.moment import parse_utc


def describe(paragraph: Any) -> str:
    """Returns the text behind marks of its looks: b bold, k kept with the next, c centred, e at the right end, u from right to left."""
    (run,) = paragraph.runs or [None]
    properties = None if run is None else run._r.rPr
    rtl = properties is not None and properties.find(qn("w:rtl")) is not None
    bold = run is not None and (run.bold or (properties is not None and properties.find(qn("w:bCs")) is not None))
    marks = "b" * bool(bold) + "k" * bool(paragraph.paragraph_format.keep_with_next)
    marks += {WD_ALIGN_PARAGRAPH.CENTER: "c", WD_ALIGN_PARAGRAPH.RIGHT: "e"}.get(paragraph.alignment, "") + "u" * rtl
    assert rtl == (paragraph._p.pPr is not None and paragraph._p.pPr.find(qn("w:bidi")) is not None)
    return f"{marks}|{paragraph.text}"


def round_cm(length: Any) -> float:
    return round(length.cm, 1)


def read(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def test_a_document_as_a_whole() -> None:
    word = WordDocument(title="A title", made=parse_utc(ABOUT.made), head="At the head", foot="At the foot", author="Amina")
    word.add_title("TITLE")
    word.add_heading("Heading")
    word.add_text("plain")
    word.add_text("strong", bold=True, right=True, keep=True)
    word.add_rtl_text(URDU)
    word.add_rtl_text(URDU, bold=True, keep=True)
    word.add_numbered(("one", "two"))
    word.add_lettered(("three", "four"))
    data = word.to_bytes()
    document = read(data)
    assert [describe(each) for each in document.paragraphs] == [
        "bc|TITLE", "bk|Heading", "|plain", "bke|strong", f"u|{URDU}", f"bku|{URDU}", "|1.\tone", "|2.\ttwo", "|(a)\tthree", "|(b)\tfour",
    ]  # fmt: skip
    hanging = [each.paragraph_format for each in document.paragraphs[-4:]]
    for each in hanging:
        assert round_cm(each.first_line_indent) == -0.9 and [stop.position for stop in each.tab_stops] == [each.left_indent]
    assert [round_cm(each.left_indent) for each in hanging] == [0.9] * 2 + [1.8] * 2, "points stand further in than paragraphs"
    (section,) = document.sections
    assert (round_cm(section.page_width), round_cm(section.page_height)) == (21, 29.7), "A4"
    assert (
        min(section.left_margin, section.right_margin, section.top_margin, section.bottom_margin) >= Cm(2)
        and section.left_margin == section.right_margin
    )
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    assert describe(head) == "bc|At the head" and foot.alignment == WD_ALIGN_PARAGRAPH.CENTER
    shown = [each.text for each in foot._p.iter() if each.tag in (qn("w:t"), qn("w:instrText")) and each.text]
    assert shown == ["At the foot – page ", "PAGE", " of ", "NUMPAGES"]
    assert {run.font.size for run in foot.runs} == {Pt(8.5)}
    kinds = [each.get(qn("w:fldCharType")) for each in foot._p.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "end"] * 2
    style = document.styles["Normal"]
    assert (style.font.name, style.font.size) == ("Arial", Pt(10.5)) and document.paragraphs[0].runs[0].font.size > Pt(10.5)
    assert style.element.rPr.rFonts.get(qn("w:cs")) == "Noto Naskh Arabic", "Arial on Linux has no letters of Urdu"
    assert not list(document.element.body.iter(qn("w:rFonts"))), "no run names another font"
    sizes = {each.get(qn("w:val")) for each in document.element.body.iter(qn("w:szCs"))}
    assert sizes == {"23"}, "Urdu is a little larger"
    kept = document.core_properties
    assert (kept.title, kept.author, kept.last_modified_by, kept.revision) == ("A title", "Amina", "Amina", 1)
    assert not any((kept.comments, kept.subject, kept.keywords, kept.category, kept.content_status))
    assert {f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in (kept.created, kept.modified, kept.last_printed)} == {ABOUT.made}
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = packed.namelist()
        assert (
            names[0] == "[Content_Types].xml"
            and names[1:] == sorted(names[1:])
            and "thumbnail" not in packed.read("_rels/.rels").decode()
        )
        fonts = {
            each.get(qn("w:name")): [other.get(qn("w:val")) for other in each.iter(qn("w:altName"))]
            for each in ElementTree.fromstring(packed.read("word/fontTable.xml"))
        }
        assert fonts == {"Arial": [], "Noto Naskh Arabic": ["Arial"]}, "Windows has no Noto"
        assert {info.compress_type for info in packed.infolist()} == {zipfile.ZIP_DEFLATED}


@pytest.mark.parametrize("kind", RequestKind)
@pytest.mark.parametrize("lines", [1, 2])
def test_a_letter_from_top_to_bottom(kind: RequestKind, lines: int) -> None:
    wording, counted = _get_wording(kind), "1 line" if lines == 1 else "2 lines"
    facts = replace(FULL, kind=kind, lines=lines)
    if lines == 1:
        facts = replace(facts, child=True, missing=("the seal",), draft=True, although=(("1", "2"), "asked"))
    document = read(format_letter(facts))
    body = [describe(each) for each in document.paragraphs]
    head = ["b|Annex lines 1, 2: requested although the person concerned was cleared. asked"] if lines == 1 else []
    assert body[: len(head) + 4] == [*head, "bc|Agency Example", "|12 Example Road", "|", "bk|To:"]
    assert all(each.startswith("k|") for each in body[len(head) + 4 : len(head) + 6]), "the addressee stands on one page"
    at = body.index(f"b|Subject: {wording.subject}")
    assert body[at - 1] == "|(address)" and body[at + 1] == "|Sir or Madam,"
    asked = body.index("bk|What is asked for, for each line of the annex")
    numbered = body[at + 2 : asked]
    assert [each.split("\t")[0] for each in numbered] == [f"|{n}." for n in range(1, len(numbered) + 1)]
    texts = [each.partition("\t")[2] for each in numbered]
    assert (
        texts[0] == wording.purpose.format(lines=counted, warrant="W-9")
        and tuple(texts[1 : 1 + len(wording.duties)]) == wording.duties
    )
    rest = texts[1 + len(wording.duties) :]
    starts = (
        ([] if kind.is_abroad else ["All times are UTC"])
        + (["Nobody may be told"] if lines == 1 else [])
        + ["Answer in the spreadsheet"]
    )
    starts += [
        "This request is confidential." if kind.is_abroad else "Confirm that the data",
        f"An answer is expected within {wording.reply_days} days.",
    ]
    assert len(rest) == len(starts) and all(text.startswith(start) for text, start in zip(rest, starts, strict=True))
    end = asked + 1 + len(wording.asked)
    assert body[asked + 1 : end] == [f"|({chr(97 + n)})\t{text}" for n, text in enumerate(wording.asked)]
    missing = ["bk|To be completed before this letter is sent", "|(a)\tthe seal"] if lines == 1 else []
    enclosed = f"|Enclosure: annex with {counted}, as a spreadsheet."
    assert body[end : end + len(missing) + 2] == [*missing, "bk|The authorised officer", enclosed]
    assert body[end + len(missing) + 2 :] == list(list_urdu(kind, lines))
    (section,) = document.sections
    assert section.header.paragraphs[0].text == (
        "DRAFT – not to be sent before it is complete" if lines == 1 else "Request R-2026-0001"
    )
    assert (
        section.footer.paragraphs[0].text.startswith("Request R-2026-0001 – page ")
        and document.core_properties.title == "Request R-2026-0001"
    )


def list_urdu(kind: RequestKind, lines: int) -> list[str]:
    """Returns the paragraphs of the Urdu rendering: none for letters abroad."""
    said, own = read_renderings(), find_rendering(kind)
    if own is None:
        return []
    count = said.one_line if lines == 1 else said.many_lines.format(n=lines)
    numbered = [
        own.purpose.format(lines=count, warrant="W-9"),
        *own.duties,
        said.times,
        *((said.child,) if lines == 1 else ()),
        said.form,
        said.integrity,
    ]
    numbered.append(said.reply.format(days=_get_wording(kind).reply_days))
    return [
        f"bku|{said.title}", f"bku|{said.notice}", f"bku|{said.subject.format(subject=own.subject)}", f"ku|{said.greeting}",
        *(f"u|{n}. {text}" for n, text in enumerate(numbered, 1)), f"bku|{said.asked_for}", *(f"u|({chr(97 + n)}) {text}" for n, text in enumerate(own.asked)),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", RequestKind)
@pytest.mark.parametrize("many", [1, 2])
def test_a_reminder_from_top_to_bottom(kind: RequestKind, many: int) -> None:
    facts = replace(FULL, kind=kind, lines=many)
    document = read(format_reminder(facts, sent="2026-11-01", days=many))
    body = [describe(each) for each in document.paragraphs]
    at = body.index(f"b|Subject: Reminder. {_get_wording(kind).subject}")
    assert "|12 Example Road" in body[:at] and body[at - 1] == "|(address)"
    ago, lines = ("1 day", "1 line") if many == 1 else ("2 days", "2 lines")
    notice = ["|4.\tData that are asked for must not be deleted or changed in the meantime."] if kind.is_notice else []
    assert body[at + 1 : at + 4] == [
        "|Sir or Madam,", f"|1.\tRequest R-2026-0001 was sent to you on 2026-11-01, {ago} ago. No answer was received.",
        f"|2.\tIt asked about {lines}. The annex of that request is still valid; its line numbers are unchanged.",
    ]  # fmt: skip
    assert body[at + 4].startswith("|3.\tYou are asked to answer without further delay") and body[at + 5 :] == [
        *notice,
        "bk|The authorised officer",
    ]
    assert (
        document.tables[-1].rows[-1].cells[1].text == BLANK
        and document.sections[0].header.paragraphs[0].text == "Reminder of request R-2026-0001"
    )


def test_the_rhythm_of_a_document() -> None:
    """Points between paragraphs and rows, and centimetres of margins and columns: a form with no room to sign comes back unsigned."""
    word = WordDocument(title="t", made=parse_utc(ABOUT.made), head="h", foot="f")
    word.add_title("Title")
    word.add_heading("Heading")
    word.add_text("text")
    word.add_rows((("Name", "Amina"), ("Signature", BLANK)))
    document = read(word.to_bytes())
    title, heading, text = (each.paragraph_format for each in document.paragraphs)
    assert (title.space_after, heading.space_before, heading.space_after, text.space_after) == (Pt(10), Pt(8), None, None)
    assert document.styles["Normal"].paragraph_format.space_after == Pt(6)
    assert document.paragraphs[0].runs[0].font.size == Pt(13)
    (table,) = document.tables
    rows = [[cell.paragraphs[0].paragraph_format for cell in row.cells] for row in table.rows]
    assert [[each.space_after for each in row] for row in rows] == [[Pt(3)] * 2, [Pt(12)] * 2]
    assert all(each.keep_with_next for row in rows for each in row) and not table.autofit
    assert [[round_cm(cell.width) for cell in row.cells] for row in table.rows] == [[4, 12]] * 2
    section = document.sections[0]
    assert {round_cm(each) for each in (section.left_margin, section.right_margin)} == {2.5}
    assert {round_cm(each) for each in (section.top_margin, section.bottom_margin)} == {2.2}
