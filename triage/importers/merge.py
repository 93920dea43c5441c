"""Merges several documents of one report into a report: united where they agree, a conflict where they differ.

The result depends on the set of documents and occurrences, never on their order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import TypeVar

from triage.importers.attach import attach_bytes, merge_files
from triage.importers.changes import changes
from triage.importers.levels import content_key
from triage.importers.people_merging import merge_identifiers, merge_people
from triage.importers.unite import unite_facts, unite_statements
from triage.model.document import Document, FreeText, Source
from triage.model.formats import ReportFormat
from triage.model.moment import Moment, describe_moment
from triage.model.report import Conflict, Occurrence, Report
from triage.model.report_gravity import rank_designation, rank_gravity, rank_priority

_PRECEDENCE = {ReportFormat.LE_JSON: 0, ReportFormat.LE_PDF: 1, ReportFormat.ESP_XML: 2}
"""Law enforcement's copy says what NCMEC decided; the provider's own file comes after it."""

_COMPANY_FORM = re.compile(r"\b(?:inc|llc|ltd|limited|corp|corporation|co|company|gmbh|plc|pte|sa)\b\.?|[^\w]+")

__all__ = ["changes", "merge_documents", "merge_texts"]

T = TypeVar("T")


def merge_documents(documents: Sequence[Document], occurrences: Sequence[Occurrence]) -> Report:
    """Returns what the documents state together, and which bytes belong to which file entry."""
    ordered = _sort_documents(documents)
    conflicts: list[Conflict] = []
    incident_time = _agree_on_field("incident_time", ordered, conflicts, _to_the_second)
    received = _agree_on_field("received", ordered, conflicts, _to_the_second)
    people, person_of = merge_people(ordered, conflicts)
    entries, file_of = merge_files(ordered, conflicts)
    own_numbers = {number for document in ordered for number in document.numbers}
    return Report(
        designation=_agree_on_field("designation", ordered, conflicts, str.casefold, rank_designation),
        incident_type=_agree_on_field("incident_type", ordered, conflicts, _normalise_blanks, rank_gravity),
        incident_time=incident_time,
        received=received or incident_time,
        received_estimated=received is None and incident_time is not None,
        esp=_agree_on_field("esp", ordered, conflicts, _normalise_company),
        priority_code=_agree_on_field("priority_code", ordered, conflicts, str.casefold, rank_priority),
        escalation=_agree_on_field("escalation", ordered, conflicts, _normalise_blanks),
        annotations=_remove_duplicates(a for d in ordered for a in d.annotations),
        prior_reports=tuple(sorted({p for d in ordered for p in d.prior_reports} - own_numbers)),
        people=people,
        identifiers=merge_identifiers(ordered, person_of, file_of, conflicts),
        files=attach_bytes(entries, occurrences),
        facts=unite_facts(f for d in ordered for f in d.facts),
        free_text=_unite_texts(ordered),
        conflicts=tuple(conflicts),
        not_understood=tuple(dict.fromkeys(n for d in ordered for n in d.not_understood)),
        from_tipline=any(document.format in _PRECEDENCE for document in documents),
    )


def _sort_documents(documents: Sequence[Document]) -> list[Document]:
    """Returns the documents in the order in which they are merged.

    It is never that of their arrival, which slots and paths tell: of equal documents the first one is kept.
    """
    places = [(_PRECEDENCE.get(d.format, 9), d.slot.partition("#")[0], d.numbers) for d in documents]
    alike = Counter(places)
    keyed = [(place, content_key(d) if alike[place] > 1 else "", d) for place, d in zip(places, documents, strict=True)]
    return [document for *_, document in sorted(keyed, key=itemgetter(0, 1))]


def merge_texts(documents: Sequence[Document]) -> tuple[FreeText, ...]:
    """Returns the free text that `merge_documents` returns, without merging the rest."""
    return _unite_texts(_sort_documents(documents))


def _agree_on_field(
    name: str,
    documents: Sequence[Document],
    conflicts: list[Conflict],
    comparable: Callable[[T], str],
    gravity: Callable[[T], int] = lambda value: 0,
) -> T | None:
    """Returns the gravest value that a document states for the field, of equally grave ones that of the first document.

    `gravity` is 0 for the gravest. Every different value adds to a conflict.
    """
    values: list[tuple[Document, T]] = [(each, value) for each in documents if (value := getattr(each, name)) is not None]
    if len(values) > 1 and len({comparable(value) for _, value in values}) > 1:
        stated: dict[str, tuple[str, list[Source]]] = {}
        for document, value in values:
            text = describe_moment(value) if isinstance(value, Moment) else str(value)
            stated.setdefault(comparable(value), (text, []))[1].extend(_sources_of(document, name))
        conflicts.append(Conflict(field=name, values=tuple((text, tuple(at)) for text, at in stated.values())))
    return min((value for _, value in values), key=gravity, default=None)


def _sources_of(document: Document, name: str) -> tuple[Source, ...]:
    """Returns the sources of a field, which importers keep in a fact of the field's name."""
    for fact in document.facts:
        if fact.name == name:
            return fact.sources
    return (Source(document.path, "", name),)


def _to_the_second(moment: Moment) -> str:
    """Returns the time in UTC to the second, for comparing."""
    return moment.utc[:19]


def _normalise_blanks(text: str) -> str:
    """Returns the text case-folded with single blanks."""
    return " ".join(text.casefold().split())


def _normalise_company(text: str) -> str:
    """Returns a company's name without its legal form: "Instagram, Inc." and "Instagram" become equal."""
    return _COMPANY_FORM.sub(" ", text.casefold()).strip() or text


def _remove_duplicates(values: Iterable[str]) -> tuple[str, ...]:
    """Returns the values in order, each once."""
    return tuple(dict.fromkeys(values))


def _unite_texts(documents: Sequence[Document]) -> tuple[FreeText, ...]:
    """Returns the text blocks of all documents, equal ones united."""
    return unite_statements((t for d in documents for t in d.free_text), lambda text: (text.text, text.of, text.label))
