"""Several documents of one report become one report: united where they agree, in conflict where they do not.

The result depends on the set of documents and occurrences, never on their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from triage.importers.attach import attach, merge_files
from triage.importers.changes import changes
from triage.importers.people import merge_identifiers, merge_people
from triage.importers.unite import unite, united_facts
from triage.model.document import Document, FreeText, Source
from triage.model.formats import ReportFormat
from triage.model.moment import Moment
from triage.model.report import Conflict, Occurrence, Report

_PRECEDENCE = {ReportFormat.LE_JSON: 0, ReportFormat.LE_PDF: 1, ReportFormat.ESP_XML: 2}
"""Law enforcement's copy says what NCMEC decided; the provider's own file comes after it."""

_COMPANY_FORM = re.compile(r"\b(?:inc|llc|ltd|limited|corp|corporation|co|company|gmbh|plc|pte|sa)\b\.?|[^\w]+")

__all__ = ["changes", "merge"]

T = TypeVar("T")


def merge(documents: Sequence[Document], occurrences: Sequence[Occurrence]) -> Report:
    """What the documents say together, and which bytes belong to which file entry."""
    ordered = sorted(documents, key=lambda d: (_PRECEDENCE.get(d.format, 9), d.path, d.slot, d.numbers))
    conflicts: list[Conflict] = []
    incident_time = _agreed("incident_time", ordered, conflicts, _to_the_second)
    received = _agreed("received", ordered, conflicts, _to_the_second)
    people, person_of = merge_people(ordered, conflicts)
    entries, file_of = merge_files(ordered, conflicts)
    own_numbers = {number for document in ordered for number in document.numbers}
    return Report(
        designation=_agreed("designation", ordered, conflicts, str.casefold),
        incident_type=_agreed("incident_type", ordered, conflicts, _words),
        incident_time=incident_time,
        received=received or incident_time,
        received_estimated=received is None and incident_time is not None,
        esp=_agreed("esp", ordered, conflicts, _company),
        priority_code=_agreed("priority_code", ordered, conflicts, str.casefold),
        escalation=_agreed("escalation", ordered, conflicts, _words),
        annotations=_distinct(a for d in ordered for a in d.annotations),
        prior_reports=tuple(sorted({p for d in ordered for p in d.prior_reports} - own_numbers)),
        people=people,
        identifiers=merge_identifiers(ordered, person_of, file_of, conflicts),
        files=attach(entries, occurrences),
        facts=united_facts(f for d in ordered for f in d.facts),
        free_text=_texts(ordered),
        conflicts=tuple(conflicts),
        not_understood=tuple(dict.fromkeys(n for d in ordered for n in d.not_understood)),
    )


def _agreed(name: str, documents: Sequence[Document], conflicts: list[Conflict], comparable: Callable[[T], str]) -> T | None:
    """The value of the first document that states one; every other value that differs from it makes a conflict."""
    chosen: T | None = None
    stated: dict[str, tuple[str, list[Source]]] = {}
    for document in documents:
        value: T | None = getattr(document, name)
        if value is None:
            continue
        chosen = value if chosen is None else chosen
        text = value.utc if isinstance(value, Moment) else str(value)
        stated.setdefault(comparable(value), (text, []))[1].extend(_sources_of(document, name))
    if len(stated) > 1:
        conflicts.append(Conflict(field=name, values=tuple((text, tuple(at)) for text, at in stated.values())))
    return chosen


def _sources_of(document: Document, name: str) -> tuple[Source, ...]:
    """Importers note where a field stands as a fact of the field's name."""
    for fact in document.facts:
        if fact.name == name:
            return fact.sources
    return (Source(document.path, "", name),)


def _to_the_second(moment: Moment) -> str:
    return moment.utc[:19]


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def _company(text: str) -> str:
    """ "Instagram, Inc." and "Instagram" are one company."""
    return _COMPANY_FORM.sub(" ", text.casefold()).strip() or text


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _texts(documents: Sequence[Document]) -> tuple[FreeText, ...]:
    return unite((t for d in documents for t in d.free_text), lambda text: (text.text, text.of, text.label))
