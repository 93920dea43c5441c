"""Running heads of any words, and blanks of other widths, are no part of what a page says."""

from __future__ import annotations

from triage.importers.pdf_items import ItemSplitter
from triage.importers.pdf_labels import KNOWN, TABLE_HEADS
from triage.importers.pdf_lines import extract_lines

_BEGINS = ItemSplitter(KNOWN, TABLE_HEADS).begins_item


def _texts(*pages: str) -> list[str]:
    return [line.text for line in extract_lines(pages, _BEGINS)]


def test_a_head_of_other_words_on_most_pages_is_no_line_of_the_value_above_it() -> None:
    head = "LAW ENFORCEMENT SENSITIVE\n"
    pages = [
        f"{head}Cover of the report\nmore\nmore",
        *(f"{head}Port: 44{n}\n01-05-2026 10:00:0{n} UTC\nmore text" for n in range(3)),
    ]
    assert _texts(*pages).count(head.strip()) == 1  # the cover keeps all


def test_lines_with_data_or_a_label_are_never_taken_for_running_heads() -> None:
    page = "Display Name: Ayesha\n203.0.113.5 (Login)\nx\ny\nz"
    found = _texts(*[page] * 4)
    assert found.count("Display Name: Ayesha") == found.count("203.0.113.5 (Login)") == 4


def test_a_label_set_with_blanks_that_do_not_break_is_the_same_label() -> None:
    assert _texts("Screen/User\u00a0Name:\u00a0kite\u202f7") == ["Screen/User Name: kite 7"]
