"""Writes the letter of a request, and a reminder of one. Nothing of a report stands in either: the lines are in the annex."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from triage.exports.request_letter_urdu import add_urdu
from triage.model.data_requests import RequestKind
from triage.model.users import Officer
from triage.resources import resource

if TYPE_CHECKING:
    from triage.exports.word_document import WordDocument

BLANK = "______________________________"
_MLA = "the Mutual Legal Assistance (Criminal Matters) Act, 2020"
_TIMES = "All times are UTC; Pakistan time (PKT, UTC+5) stands beside them."
_WINDOWS = (
    "Where many lines share an address, the line used the stated source port at the stated time. The window is wider by two "
    "minutes at either end, since clocks differ."
)
_CHILD = "Nobody may be told of this request: neither the subscriber nor any other person."
_FORM = (
    "Answer in the spreadsheet or as CSV, a row for each line, and keep the column Line: it alone says which line an answer "
    "belongs to. State also which lines you hold no data for."
)
_INTEGRITY = (
    "Confirm that the data are unchanged and complete (sections 5 and 6, Electronic Transactions Ordinance, 2002), and by whom "
    "and with what clock they were made. This request and its content are confidential (section 41 PECA)."
)
_QUIET = "This request is confidential. Please do not notify the account holder; an investigation would be harmed."
_ANSWER_NOW = (
    "You are asked to answer without further delay, or to state in writing what prevents an answer and until when. If some lines "
    "can be answered now, answer those first."
)


class _Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a letter of one kind says."""

    reply_days: int
    subject: str
    purpose: str
    duties: tuple[str, ...]
    asked: tuple[str, ...]


class _Wordings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The file request_letters.toml."""

    version: int
    subscriber: _Wording
    traffic: _Wording
    content: _Wording
    preservation: _Wording
    foreign_preservation: _Wording
    mla: _Wording


@lru_cache(maxsize=1)
def _read_wordings() -> _Wordings:
    """Reads the file once."""
    return msgspec.toml.decode(resource("request_letters.toml").read_bytes(), type=_Wordings)


def _get_wording(kind: RequestKind) -> _Wording:
    """Returns what a letter of this kind says."""
    wordings = _read_wordings()
    return {
        RequestKind.SUBSCRIBER: wordings.subscriber,
        RequestKind.TRAFFIC: wordings.traffic,
        RequestKind.CONTENT: wordings.content,
        RequestKind.PRESERVATION: wordings.preservation,
        RequestKind.FOREIGN_PRESERVATION: wordings.foreign_preservation,
        RequestKind.MLA: wordings.mla,
    }[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """What a letter says: about the request and about who signs it, nothing about a report."""

    number: str
    kind: RequestKind
    addressee: str
    office: str
    """The addressee's office in general words, "" when it is not known."""
    address: str
    day: str
    """The day of the letter in Pakistan."""
    made: datetime
    officer: Officer
    case_numbers: tuple[str, ...]
    """Enquiry and FIR numbers, each with its kind."""
    warrant: str | None
    lines: int
    draft: bool
    missing: tuple[str, ...]
    child: bool
    although: tuple[tuple[str, ...], str] | None = None
    """Annex lines of a person who was cleared, and why they are asked about all the same."""


def get_reply_days(kind: RequestKind) -> int:
    """Returns within how many days an answer is expected, after which a reminder is due."""
    return _get_wording(kind).reply_days


def format_letter(facts: LetterFacts) -> bytes:
    """Returns the letter as .docx: in English, which binds, and for operators in Pakistan an Urdu rendering below it."""
    from triage.exports.word_document import WordDocument

    head = "DRAFT – not to be sent before it is complete" if facts.draft else f"Request {facts.number}"
    word = WordDocument(title=f"Request {facts.number}", made=facts.made, head=head, foot=f"Request {facts.number}")
    if facts.although is not None:
        lines, reason = facts.although
        word.add_text(f"Annex lines {', '.join(lines)}: requested although the person concerned was cleared. {reason}", bold=True)
    _add_heads(word, facts)
    word.add_text(f"Subject: {_get_wording(facts.kind).subject}", bold=True)
    word.add_text("Sir or Madam,")
    word.add_numbered(_list_paragraphs(facts))
    word.add_heading("What is asked for, for each line of the annex")
    word.add_lettered(_get_wording(facts.kind).asked)
    if facts.missing:
        word.add_heading("To be completed before this letter is sent")
        word.add_lettered(facts.missing)
    _add_signature(word, facts)
    word.add_text(f"Enclosure: annex with {facts.lines} {'line' if facts.lines == 1 else 'lines'}, as a spreadsheet.")
    add_urdu(
        word,
        facts.kind,
        lines=facts.lines,
        warrant=facts.warrant or BLANK,
        days=_get_wording(facts.kind).reply_days,
        child=facts.child,
    )
    return word.to_bytes()


def format_reminder(facts: LetterFacts, *, sent: str, days: int) -> bytes:
    """Returns a reminder of a request that was not answered, as .docx."""
    from triage.exports.word_document import WordDocument

    title = f"Reminder of request {facts.number}"
    word = WordDocument(title=title, made=facts.made, head=title, foot=title)
    _add_heads(word, facts)
    word.add_text(f"Subject: Reminder. {_get_wording(facts.kind).subject}", bold=True)
    word.add_text("Sir or Madam,")
    lines = "line" if facts.lines == 1 else "lines"
    sent_on = f"Request {facts.number} was sent to you on {sent}, {days} {'day' if days == 1 else 'days'} ago."
    paragraphs = [
        f"{sent_on} No answer was received.",
        f"It asked about {facts.lines} {lines}. The annex of that request is still valid; its line numbers are unchanged.",
        _ANSWER_NOW,
    ]
    if facts.kind.is_notice:
        paragraphs.append("Data that are asked for must not be deleted or changed in the meantime.")
    word.add_numbered(paragraphs)
    _add_signature(word, facts)
    return word.to_bytes()


def _add_heads(word: WordDocument, facts: LetterFacts) -> None:
    """Adds who writes, to whom, when, and under which numbers."""
    officer = facts.officer
    word.add_title(officer.agency_name or BLANK)
    if officer.agency_address:
        word.add_text(officer.agency_address)
    numbers = ", ".join(facts.case_numbers) or BLANK
    rows = [("Our reference", facts.number), ("Date", facts.day), ("Case", numbers)]
    if facts.kind.needs_warrant or facts.warrant:
        rows.append(("Court's warrant", facts.warrant or BLANK))
    word.add_rows(rows)
    word.add_text("")
    word.add_text("To:", bold=True, keep=True)
    if facts.kind is RequestKind.MLA:
        word.add_text(f"The Central Authority under {_MLA}", keep=True)
        word.add_text(f"concerning the provider {facts.addressee}", keep=True)
    else:
        if facts.office:
            word.add_text(facts.office, keep=True)
        word.add_text(facts.addressee, keep=True)
    word.add_text(facts.address)


def _list_paragraphs(facts: LetterFacts) -> list[str]:
    """Returns the numbered paragraphs of a letter."""
    wording = _get_wording(facts.kind)
    lines = f"{facts.lines} {'line' if facts.lines == 1 else 'lines'}"
    abroad = facts.kind.is_abroad
    return [
        wording.purpose.format(lines=lines, warrant=facts.warrant or BLANK),
        *wording.duties,
        *(() if abroad else (f"{_TIMES} {_WINDOWS}",)),
        *((_CHILD,) if facts.child else ()),
        _FORM,
        _QUIET if abroad else _INTEGRITY,
        f"An answer is expected within {wording.reply_days} days. Answer single lines earlier if you can.",
    ]


def _add_signature(word: WordDocument, facts: LetterFacts) -> None:
    """Adds who signs, with blank lines for what is not stated."""
    profile = facts.officer.profile
    word.add_heading("The authorised officer")
    word.add_rows(
        [
            ("Full name", profile.full_name or BLANK),
            ("Rank", profile.rank or BLANK),
            ("Badge number", profile.badge or BLANK),
            ("Post", profile.post or BLANK),
            ("Agency", facts.officer.agency_name or BLANK),
            ("", ""),
            ("Signature", BLANK),
            ("Date and seal", BLANK),
            ("", ""),
            ("Approved by", BLANK),
            ("Signature", BLANK),
        ]
    )


def describe_case_numbers(numbers: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Returns enquiry and FIR numbers as a letter writes them."""
    words = {"enquiry": "Enquiry No.", "FIR": "FIR No."}
    return tuple(f"{words[kind]} {value}" for kind, value in numbers if kind in words)
