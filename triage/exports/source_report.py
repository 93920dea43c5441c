"""The draft of a source report as a Word document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triage.model.damage import DAMAGE
from triage.model.exports import About
from triage.model.moment import format_pakistan_day, pakistan_day, parse_utc
from triage.model.source_report import SourceItem, SourceReport

if TYPE_CHECKING:
    from triage.exports.word_document import WordDocument

BLANK = "______________________________"
_NOT_CHECKED = (
    "No statement was taken, and nobody was identified by this report.",
    "An address or a number names a line, not the person who used it.",
    "Places, links and sections of law are computed from what the reports state. An officer decides.",
    "Names of children are left out; they stand in the evidence packet.",
)


def format_source_report(draft: SourceReport, about: About) -> bytes:
    """Returns the draft as .docx."""
    from triage.exports.word_document import WordDocument

    title = f"Source report on case {draft.case}"
    head = "DRAFT – confidential – to be completed and signed"
    word = WordDocument(title=title, made=parse_utc(about.made), head=head, foot=title, author=about.officer.name)
    if draft.first is not None:
        word.add_text(draft.first, bold=True)
    word.add_text(draft.officer.agency_name or BLANK, bold=True)
    if draft.officer.agency_address:
        word.add_text(draft.officer.agency_address)
    word.add_title("SOURCE REPORT")
    word.add_rows(tuple(_list_facts(draft, about)))
    word.add_heading("1. Source of the information")
    word.add_numbered(tuple(_describe_source(draft)))
    word.add_heading("2. The reports")
    for item in draft.items:
        _add_item(word, item)
    word.add_heading("3. Sections that may apply")
    word.add_text("An officer decides. Each section is named once, with the reasons that the reports give.")
    word.add_numbered([f"{each.section}, {each.title} ({each.certainty}). {' '.join(each.reasons)}" for each in draft.sections])
    word.add_heading("4. Preservation")
    word.add_numbered(tuple(_describe_preservation(draft)))
    word.add_heading("5. What this report does not show")
    word.add_lettered(_NOT_CHECKED)
    word.add_heading("6. What is asked for")
    word.add_text("Approval of an enquiry on this source report, and its entry in the register.")
    if draft.missing:
        word.add_heading("To be completed before it is signed")
        word.add_lettered(draft.missing)
    _add_signatures(word, draft, about)
    return word.to_bytes()


def _list_facts(draft: SourceReport, about: About) -> Iterator[tuple[str, str]]:
    """Yields the rows at the head of the report."""
    kept = dict(draft.numbers)
    yield "Source report no.", kept.pop("source report", BLANK)
    yield "Date", str(pakistan_day(about.made))
    yield "Case in this store", draft.case
    for kind, value in kept.items():
        yield f"{kind[:1].upper()}{kind[1:]} no.", value
    yield "For the office", ", ".join(draft.offices) or "unclear; headquarters decides"


def _describe_source(draft: SourceReport) -> Iterator[str]:
    """Yields how the information came."""
    tips = [item.report_id for item in draft.items if item.report_id.isdecimal()]
    others = len(draft.items) - len(tips)
    if tips:
        count = f"{len(tips)} report" + ("" if len(tips) == 1 else "s")
        yield (
            f"{count} of the CyberTipline of the National Center for Missing and Exploited Children (NCMEC), United States,"
            " made by the providers named below. NCMEC passes on what providers report; it does not confirm it."
        )
    if others:
        yield f"{others} complaint{'' if others == 1 else 's'} or other report{'' if others == 1 else 's'} received in Pakistan."
    yield "The documents are kept as they came. Their SHA-256 digests, taken at receipt, stand with each report."


def _add_item(word: WordDocument, item: SourceItem) -> None:
    """Adds what one report says."""
    word.add_heading(f"Report {item.report_id}")
    missing, unread = item.files - item.files_present, "documents" in item.damaged
    none, not_stated = ("not known", "not known") if unread else ("none", "not stated")
    rows = [
        ("Reported by", item.provider or not_stated),
        ("Type as reported", item.incident_type or not_stated),
        ("Time of the incident", item.incident_time or not_stated),
        ("Received", item.received or not_stated),
        ("Marks of the provider", ", ".join(item.annotations) or none),
        ("Children named", str(item.children) if item.children else "not known" if unread else "none named"),
        ("Files", f"{item.files_present} received" + (f", {missing} named but not received" if missing else "")),
        ("Reported user in Pakistan", " ".join((f"{item.place}.", *(str(reason) for reason in item.place_reasons)))),
        ("Linked reports", ", ".join(item.linked) or ("not known" if "links" in item.damaged else "none found")),
    ]
    rows += [("Not known", str(DAMAGE[part])) for part in item.damaged]
    rows += [(f"Runs out: {what}", when) for what, when in item.deadlines]
    word.add_rows(rows)
    word.add_text("Identifiers of the reported user, as the report states them:", keep=True)
    stated = [_describe_identifier(each.kind, each.value, each.port, each.time) for each in item.identifiers]
    word.add_numbered(stated or ["Not known." if unread else "None is stated."])
    word.add_text("Exhibits and their SHA-256, as received:", keep=True)
    word.add_numbered([f"{exhibit}: {sha256}" for exhibit, sha256 in item.exhibits])


def _describe_identifier(kind: str, value: str, port: int | None, time: str | None) -> str:
    """Returns an identifier in words."""
    at = "" if port is None else f", source port {port}"
    return f"{kind}: {value}{at}" + (f". Time: {time}" if time else "")


def _describe_preservation(draft: SourceReport) -> Iterator[str]:
    """Yields what was done to keep data."""
    for to_whom, issued, number in draft.notices:
        named = f", number {number}" if number else ""
        yield f"A notice under section 31 PECA was issued to {to_whom} on {format_pakistan_day(issued)}{named}."
    if not draft.notices:
        yield "No notice was issued so far."


def _add_signatures(word: WordDocument, draft: SourceReport, about: About) -> None:
    """Adds the lines for both signatures."""
    profile = draft.officer.profile
    word.add_heading("Signatures")
    word.add_rows(
        (
            ("Prepared by", profile.full_name or BLANK),
            ("Rank, badge", ", ".join(text for text in (profile.rank, profile.badge) if text) or BLANK),
            ("Post", profile.post or BLANK),
            ("Signature, date", BLANK),
            ("Approved by", BLANK),
            ("Signature, date", BLANK),
        )
    )
    word.add_text(f"Written with {about.tool}; signing key of the workstation {about.fingerprint}.")
