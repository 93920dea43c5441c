"""The paper has its twelve parts in order, numbers, and says each thing of law once."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from tests.exports.packet_paper.conftest import list_texts
from triage.exports.packet_paper import make_blocks
from triage.exports.pdf_documents import ContentsBlock, HeadingBlock, Pairs, ParagraphBlock, Rows
from triage.message import Message
from triage.model.exports import Cleared
from triage.model.judgement import LawSuggestion
from triage.model.packet import Packet


def law(section: str, why: str, *, offered: bool = True, only_marked: bool = False) -> LawSuggestion:
    return LawSuggestion(
        act="An Act", section=section, title=f"Title of {section}", offered=offered, why=Message(why), certainty="probable",
        holds_from="2016-08-18", holds_until=None, source=f"Source of {section}", investigators=("The agency (probable)",),
        only_marked=only_marked,
    )  # fmt: skip


def with_law(packet: Packet, *laws: LawSuggestion) -> Packet:
    reports = tuple(replace(each, show=replace(each.show, law=laws)) for each in packet.reports)
    return replace(packet, reports=reports)


def test_the_parts_of_one_report_stand_in_order(values: Packet) -> None:
    one = replace(values, reports=values.reports[:1])
    headings = [block.text for block in make_blocks(one) if isinstance(block, HeadingBlock) and block.level == 2]
    assert [text.split()[0] for text in headings] == [*map(str, range(1, 13)), "Annex", "Annex"]


def test_words_come_before_scores(values: Packet) -> None:
    texts = list_texts(make_blocks(values))
    said = next(n for n, text in enumerate(texts) if text.startswith("In words"))
    assert said < texts.index("4 Files") < texts.index("8 Priority")


def test_paragraphs_and_tables_are_numbered(values: Packet) -> None:
    blocks = list(make_blocks(values))
    paragraphs = [block.number for block in blocks if isinstance(block, ParagraphBlock) and not block.small]
    assert paragraphs == [f"{n}." for n in range(1, len(paragraphs) + 1)]
    tables = [block.caption for block in blocks if isinstance(block, (Pairs, Rows)) and block.caption]
    assert [caption.split(".")[0] for caption in tables] == [f"Table {n}" for n in range(1, len(tables) + 1)]
    assert sum(isinstance(block, ContentsBlock) for block in blocks) == 1


def test_every_section_and_who_may_investigate_stands_once(values: Packet) -> None:
    text = "\n".join(list_texts(make_blocks(with_law(values, law("22", "A file came."), law("22A", "A child is named.")))))
    for words in ("Title of 22\n", "Title of 22A", "Source of 22\n", "Source of 22A", "The agency (probable)"):
        assert text.count(words) == 1, words
    assert "900000001, 900000002: A file came." in text


def test_what_a_mark_alone_suggests_or_does_not_fit_is_not_printed(values: Packet) -> None:
    laws = (law("376", "The provider marks it.", only_marked=True), law("377", "Considered.", offered=False))
    text = "\n".join(list_texts(make_blocks(with_law(values, *laws))))
    assert "Title of 376" not in text and "Title of 377" not in text
    assert "4 suggestions are left out" in text


def test_rules_of_deadlines_stand_once(values: Packet) -> None:
    text = "\n".join(list_texts(make_blocks(values)))
    assert text.count("REPORT Act") == 1
    assert text.count("receipt by NCMEC") + text.count("the incident, since the time of receipt") >= 1


def test_documents_and_files_have_exhibits_and_hashes(values: Packet) -> None:
    texts = list_texts(make_blocks(values))
    for report in values.reports:
        for source in report.sources:
            assert source.exhibit in texts
            assert source.sha256 in texts
        for file in report.files:
            assert file.exhibit in texts
            assert any(f"SHA-256 {file.sha256}" in text for text in texts)


def test_custody_ends_with_the_handover(values: Packet) -> None:
    for report in values.reports:
        assert "the prosecutor" in str(report.custody[-1].says)
    steps = [block for block in make_blocks(values) if isinstance(block, Rows) and "Steps since receipt" in block.caption]
    assert len(steps) == len(values.reports)
    assert all("the prosecutor" in table.rows[-1][1] and table.rows[-1][2] == "after this paper" for table in steps)


def test_a_cleared_person_is_named_so_on_the_first_page(values: Packet) -> None:
    cleared = Cleared(reports=("900000001",), reason="asked by the Court")
    blocks = list(make_blocks(replace(values, cleared=cleared)))
    assert blocks[0] == ParagraphBlock(cleared.sentence, strong=True)


def test_internal_notes_stay_inside(values: Packet) -> None:
    assert all(decision.note is None for report in values.reports for decision in report.show.decisions)


def test_english_field_names_of_the_sources_are_words(values: Packet) -> None:
    names = [text for block in make_blocks(values) if isinstance(block, Pairs) for text, _ in block.rows]
    assert names
    for text in (name.replace("CyberTipline", "") for name in names):
        assert not any(left.islower() and right.isupper() for left, right in pairwise(text)), text


def test_a_deadline_that_passed_says_so(values: Packet) -> None:
    late = replace(values, about=replace(values.about, made="2099-01-01T00:00:00Z"))
    tables = [block for block in make_blocks(late) if isinstance(block, Rows) and "Deadlines" in block.caption]
    assert tables and all("ran out" in row[1] or "overdue" in row[1] for table in tables for row in table.rows)


def test_times_in_tables_stand_on_lines_of_their_own(values: Packet) -> None:
    """Pakistan's time stands below the one in UTC: in a narrow column both in one line would be broken anywhere."""
    rows = [
        (block.caption, cell) for block in make_blocks(values) if isinstance(block, Rows) for row in block.rows for cell in row
    ]
    times = [(caption, cell) for caption, cell in rows if "PKT" in cell and "UTC" in cell and len(cell) < 60]
    assert any(caption.endswith("Steps since receipt") for caption, _ in times)
    assert [(caption, cell) for caption, cell in times if "\n" not in cell] == []
