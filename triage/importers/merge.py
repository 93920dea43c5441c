"""Several documents of one report become one report: united where they agree, in conflict where they do not.

The result depends on the set of documents and occurrences, never on their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from typing import TypeVar

from triage.importers.attach import attach, merge_files
from triage.importers.people import merge_identifiers, merge_people
from triage.importers.unite import united_facts, united_sources
from triage.model.document import Document, FileEntry, FreeText, Identifier, Source
from triage.model.moment import Moment
from triage.model.report import Conflict, Occurrence, Report

_PRECEDENCE = {"le_json": 0, "le_pdf": 1, "esp_xml": 2}
"""Law enforcement's copy says what NCMEC decided; the provider's own file comes after it."""

_COMPANY_FORM = re.compile(r"\b(?:inc|llc|ltd|limited|corp|corporation|co|company|gmbh|plc|pte|sa)\b\.?|[^\w]+")

_TOLD_AS_SCALARS = {
    "designation", "incident_type", "incident_time", "received", "esp", "priority_code", "escalation",
}  # fmt: skip

T = TypeVar("T")


def merge(documents: Sequence[Document], occurrences: Sequence[Occurrence]) -> Report:
    """What the documents say together, and which bytes belong to which file entry."""
    ordered = sorted(documents, key=lambda d: (_PRECEDENCE.get(d.format, 9), d.path, d.slot, d.numbers))
    conflicts: list[Conflict] = []
    incident_time = _agreed("incident_time", ordered, conflicts, lambda m: m.utc)
    received = _agreed("received", ordered, conflicts, lambda m: m.utc)
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


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def _company(text: str) -> str:
    """ "Instagram, Inc." and "Instagram" are one company."""
    return _COMPANY_FORM.sub(" ", text.casefold()).strip() or text


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _texts(documents: Sequence[Document]) -> tuple[FreeText, ...]:
    united: dict[tuple[str, str, str], FreeText] = {}
    for text in (t for d in documents for t in d.free_text):
        key = (text.text, text.of, text.label)
        known = united.get(key)
        united[key] = replace(known, sources=united_sources(known.sources, text.sources)) if known else text
    return tuple(united.values())


def changes(before: Report, after: Report) -> tuple[str, ...]:
    """What a later version says that the earlier did not, in sentences for a person. Provenance alone changes nothing."""
    told: list[str] = []
    for name, value in _scalars(before).items():
        now = _scalars(after)[name]
        if value != now:
            told.append(f"{name}: {value or 'not stated'} → {now or 'not stated'}")
    for what, was, now_says in (
        ("Annotation", set(before.annotations), set(after.annotations)),
        ("Earlier report", set(before.prior_reports), set(after.prior_reports)),
        ("Person", _people(before), _people(after)),
        ("Identifier", _identifiers(before), _identifiers(after)),
        ("Statement", _statements(before), _statements(after)),
        ("Text", _text_lines(before), _text_lines(after)),
        ("Not understood", _unread(before), _unread(after)),
    ):
        told += [f"{what} added: {each}" for each in sorted(now_says - was)]
        told += [f"{what} no longer stated: {each}" for each in sorted(was - now_says)]
    return tuple(told + _file_changes(before, after))


def _scalars(report: Report) -> dict[str, str | None]:
    return {
        "Designation": report.designation,
        "Incident type": report.incident_type,
        "Incident time": report.incident_time.utc if report.incident_time else None,
        "Received": report.received.utc + (" (estimated)" if report.received_estimated else "") if report.received else None,
        "Provider": report.esp,
        "NCMEC priority": report.priority_code,
        "Escalation": report.escalation,
    }


def _people(report: Report) -> set[str]:
    counts: dict[str, int] = {}
    for person in report.people:
        counts[person.says] = counts.get(person.says, 0) + 1
    return {f"{says} {n + 1}" for says, count in counts.items() for n in range(count)}


def _identifiers(report: Report) -> set[str]:
    def told(i: Identifier) -> str:
        parts = [i.kind, i.value, f"({i.role})"]
        parts += [f"port {i.port}"] if i.port is not None else []
        parts += [i.time.utc] if i.time else []
        parts += ["verified" if i.verified else "not verified"] if i.verified is not None else []
        return " ".join(parts)

    return {told(i) for i in report.identifiers}


def _statements(report: Report) -> set[str]:
    whole = {f"{fact.name} = {fact.value}" for fact in report.facts if fact.name not in _TOLD_AS_SCALARS}
    return whole | {f"{person.says}: {fact.name} = {fact.value}" for person in report.people for fact in person.facts}


def _text_lines(report: Report) -> set[str]:
    return {f"{text.label}: {_shortened(text.text)}" for text in report.free_text}


def _unread(report: Report) -> set[str]:
    return {f"{each.path}: {_shortened(each.value)}" for each in report.not_understood}


def _shortened(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= 80 else one_line[:79] + "…"


def _file_changes(before: Report, after: Report) -> list[str]:
    was = {file.entry.key: file for file in before.files}
    told = []
    for file in after.files:
        name = file.entry.name or file.entry.key
        old = was.pop(file.entry.key, None)
        if old is None:
            told.append(f"File added: {name}")
            continue
        if old.occurrence is None and file.occurrence is not None:
            told.append(f"File {name}: its bytes came")
        stripped = replace(old.entry, sources=(), facts=()), replace(file.entry, sources=(), facts=())
        told += [
            f"File {name}: {field.name} {_plain(getattr(stripped[0], field.name))} → {_plain(getattr(stripped[1], field.name))}"
            for field in fields(FileEntry)
            if getattr(stripped[0], field.name) != getattr(stripped[1], field.name)
        ]
    return told + [f"File no longer listed: {file.entry.name or file.entry.key}" for file in was.values()]


def _plain(value: object) -> str:
    if isinstance(value, Moment):
        return value.utc
    if isinstance(value, tuple):
        return ", ".join(" ".join(map(str, v)) if isinstance(v, tuple) else str(v) for v in value) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not stated" if value is None else str(value)
