"""The examiner's statement: law, checks, clock, limits, seal and handover in two languages; blanks are lines, never invented."""

from __future__ import annotations

import string
from dataclasses import replace

from tests.exports.packet_paper.conftest import list_texts
from triage.exports.packet_paper.statement import load_sentences, print_statement
from triage.exports.pdf_documents import FormBlock
from triage.model.packet import Packet
from triage.model.users import Officer, Profile


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_fill_in_the_same_but_english_values() -> None:
    english_only = {"tool", "system", "clock", "fingerprint"}
    for name, sentence in load_sentences().items():
        assert places(sentence.en) - english_only == places(sentence.ur), name
        assert any("\u0600" <= character <= "\u06ff" for character in sentence.ur)


def test_it_names_the_law_the_seal_and_whom_it_goes_to(values: Packet) -> None:
    text = "\n".join(list_texts(print_statement(values)))
    for words in (
        "46-A, 78-A and 164", "Electronic Transactions Ordinance 2002", "sections 35 and 36", values.about.fingerprint,
        "I hand this packet to the prosecutor on USB stick 0002", "not compared with another source", "Part 11",
        "whole: ", "all have the SHA-256", "not run. ",
    ):  # fmt: skip
        assert words in text, words


def test_a_blank_is_a_line_and_a_stated_name_is_printed(values: Packet) -> None:
    first, *_, last = (block for block in print_statement(values) if isinstance(block, FormBlock))
    assert ("Full name · پورا نام", "") in first.rows[0]
    officer = Officer(
        user="a", profile=Profile(full_name="Ayesha Khan", rank="Inspector", badge="4411", post="Analyst"),
        agency_name="An agency", agency_address="A road", clock_source="radio clock: 0.4 s slow",
    )  # fmt: skip
    second = replace(officer, profile=Profile(full_name="Bilal Ahmed", rank="Deputy Director"))
    stated = replace(values, about=replace(values.about, officer=officer), second_officer=second)
    text = "\n".join(list_texts(print_statement(stated)))
    for words in (
        "Ayesha Khan",
        "Inspector, 4411",
        "Bilal Ahmed",
        "Deputy Director",
        "An agency",
        "compared: radio clock: 0.4 s slow.",
    ):
        assert words in text, words
    assert [name for name, _ in last.rows[2]] == ["Signature · دستخط"] * 2


def test_a_redacted_edition_claims_no_copies(values: Packet) -> None:
    text = "\n".join(list_texts(print_statement(replace(values, edition="redacted"))))
    assert "holds no copy of the documents" in text and "data/sources are the same bytes" not in text
