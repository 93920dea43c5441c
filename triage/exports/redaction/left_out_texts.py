"""Leaves texts out of a redacted edition, and their quotations in what was concluded from them.

A text stays only where a named person states that they read it. What stands in the element of a child never stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from msgspec.structs import replace as replace_struct

from triage.exports.redaction.replacing import Replace, replace_within
from triage.exports.redaction.telling_words import find_telling_sentences, is_words_of_source, speaks_of_home
from triage.exports.redaction.value_finder import ChildValue, level_text
from triage.model.casework import REASONS
from triage.model.judgement import Factor, PlaceEvidence
from triage.model.packet import PacketReport
from triage.model.views import ShowFile, ShowReport

T = TypeVar("T")
NOT_READ = "[left out: a text that nobody read for this edition]"
OF_CHILD = "[left out: a text about a child]"
FILE_NAME = "file name"
_LEAST_QUOTED, _LEAST_WORDS = 16, 4
"""Levelled letters and words of a quotation; shorter ones stand in texts by chance."""
_MOST_OF_PERSON = 4  # words of a fact about a person
_FIXED_REASONS = frozenset(reason for reasons in REASONS.values() for reason in reasons)
_OF_TEXTS = frozenset({"free_text", "escalation"})
"""Fields of factors that quote texts."""


def leave_out_child_texts(show: ShowReport, roles: frozenset[str], own: Iterable[str]) -> ShowReport:
    """Returns a report without texts in elements of children, and without quotations of them.

    Args:
        show: The report.
        roles: The roles whose texts may be a child's.
        own: What else stands in words in elements of children.
    """
    texts = [text.text for text in show.free_text if text.of in roles] + list(own)
    free_text = tuple(replace(text, text=OF_CHILD) if text.of in roles else text for text in show.free_text)
    return _leave_out_quotations(replace(show, free_text=free_text), texts, OF_CHILD)


def leave_out_texts(report: PacketReport) -> PacketReport:
    """Returns the report without texts of its sources and of officers, and without quotations of them."""
    show = report.show
    texts = [text.text for text in show.free_text if text.text != OF_CHILD] + [show.escalation or ""]
    show = replace(
        show,
        free_text=tuple(text if text.text == OF_CHILD else replace(text, text=NOT_READ) for text in show.free_text),
        escalation=show.escalation and NOT_READ,
        facts={name: NOT_READ if name == "escalation" else _leave_out_words(value) for name, value in show.facts.items()},
        people=tuple(
            replace(each, facts={name: replace_within(value, _mark_phrase) for name, value in each.facts.items()})
            for each in show.people
        ),
        files=tuple(map(_leave_out_of_file, show.files)),
        identifiers=tuple(
            replace(each, event=_leave_out_words(each.event), details=_leave_out_of_facts(each.details))
            for each in show.identifiers
        ),
        decisions=tuple(
            each if each.reason is None or each.reason in _FIXED_REASONS else replace(each, reason=NOT_READ)
            for each in show.decisions
        ),
        location=replace(show.location, evidence=tuple(map(_leave_out_of_evidence, show.location.evidence))),
        score=replace(
            show.score,
            factors=tuple(map(_leave_out_of_factor, show.score.factors)),
            corrections=tuple(
                replace(each, reason=NOT_READ, value=NOT_READ, says=replace_within(each.says, _mark_reason(each.reason)))
                for each in show.score.corrections
            ),
        ),
        conflicts=replace_within(show.conflicts, _mark_words),
        versions=replace_within(show.versions, _mark_words),
    )
    written = {each.receipt.note for each in report.receipts} | {each.reason for each in report.show.decisions}
    return replace(
        report,
        show=_leave_out_quotations(show, texts, NOT_READ),
        custody=replace_within(report.custody, _make_written_mark(written)),
        receipts=tuple(
            each if each.receipt.note is None else replace(each, receipt=replace(each.receipt, note=NOT_READ))
            for each in report.receipts
        ),
        versions=replace_within(report.versions, _mark_words),
        case=report.case
        and replace(
            report.case,
            appeals=tuple(replace(each, text=NOT_READ, answer=each.answer and NOT_READ) for each in report.case.appeals),
        ),
    )


def list_telling_names(report: PacketReport) -> Iterator[ChildValue]:
    """Yields the names of files that speak of a school, a home or the like."""
    names = {name for file in report.show.files for name in (file.name, file.original_name) if name}
    names |= {file.name for file in report.files} | {part for file in report.files for part in file.path.split("/")}
    for name in sorted(names):
        if speaks_of_home(re.sub(r"[\W_\d]+", " ", name)):
            yield ChildValue(FILE_NAME, name, "a file")


def count_texts(show: ShowReport) -> tuple[int, int]:
    """Returns how many texts of sources a report has, and how many sentences in them speak of a school, a home or the like."""
    return len(show.free_text), sum(len(find_telling_sentences(text.text)) for text in show.free_text)


def _leave_out_quotations(show: ShowReport, texts: Iterable[str], mark: str) -> ShowReport:
    """Returns a report with a mark for each quotation of the texts in score, location, conflicts and changes."""
    replace_quotation = _make_quotation_mark(texts, mark, show.incident_type)
    return replace(
        show,
        score=replace_within(show.score, replace_quotation),
        location=replace_within(show.location, replace_quotation),
        conflicts=replace_within(show.conflicts, replace_quotation),
        versions=replace_within(show.versions, replace_quotation),
    )


def _make_quotation_mark(texts: Iterable[str], mark: str, kept: str | None) -> Replace:
    """Returns what replaces words that stand in one of the texts. `kept` is the incident type, which texts repeat."""
    levelled = [level for text in texts if len(level := level_text(text)) >= _LEAST_QUOTED]

    def replace_quotation(text: str, _variants: bool) -> str:
        if not levelled or len(text.split()) < _LEAST_WORDS or text == kept:
            return text
        pieces = [level for piece in text.replace("...", "…").split("…") if len(level := level_text(piece)) >= _LEAST_QUOTED]
        return mark if any(piece in each for piece in pieces for each in levelled) else text

    return replace_quotation


def _make_written_mark(written: Iterable[str | None]) -> Replace:
    """Returns what replaces sentences that hold words of officers: a note at receipt, the reason of a decision."""
    texts = [text for text in written if text and text not in _FIXED_REASONS]
    return lambda text, _variants: NOT_READ if any(each in text for each in texts) else text


def _mark_reason(reason: str) -> Replace:
    return lambda text, _variants: NOT_READ if text == reason else text


def _mark_words(text: str, _variants: bool) -> str:
    return NOT_READ if is_words_of_source(text) else text


def _mark_phrase(text: str, _variants: bool) -> str:
    """Marks what is said of a person in more than a few words: "uncle" stays, "an uncle who teaches her" does not."""
    return NOT_READ if is_words_of_source(text, _MOST_OF_PERSON) else text


def _mark_all(text: str, _variants: bool) -> str:
    return text if text.isdecimal() else NOT_READ


def _leave_out_words(value: T) -> T:
    """Returns a stated value, or the mark where it is a text in somebody's own words."""
    return replace_within(value, _mark_words)  # type: ignore[no-any-return]


def _leave_out_of_facts(facts: dict[str, T]) -> dict[str, T]:
    return {name: _leave_out_words(value) for name, value in facts.items()}


def _leave_out_of_file(file: ShowFile) -> ShowFile:
    return replace(
        file,
        relevance=_leave_out_words(file.relevance),
        facts=_leave_out_of_facts(file.facts),
        metadata=tuple((kind, name, _leave_out_words(value)) for kind, name, value in file.metadata),
    )


def _leave_out_of_evidence(evidence: PlaceEvidence) -> PlaceEvidence:
    """Returns evidence of location without the places that only texts name."""
    if evidence.kind != "place_name":
        return evidence
    return replace_struct(
        evidence,
        value=NOT_READ,
        says=replace_within(evidence.says, _mark_all),
        why=replace_within(evidence.why, _mark_all),
        against=replace_within(evidence.against, _mark_all),
        district=None,
    )


def _leave_out_of_factor(factor: Factor) -> Factor:
    """Returns a factor without the words that it quotes."""
    mark = _mark_all if factor.field in _OF_TEXTS else _mark_phrase if factor.field.startswith("people") else _mark_words
    return replace_struct(factor, value=replace_within(factor.value, mark), why=replace_within(factor.why, _mark_words))
