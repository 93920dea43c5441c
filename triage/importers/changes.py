"""Describes what changed between two versions of a report."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import fields

from triage.model.document import FileEntry, Identifier
from triage.model.moment import Moment
from triage.model.report import Report, ReportFile

_TOLD_AS_SCALARS = {"designation", "incident_type", "incident_time", "received", "esp", "priority_code", "escalation"}
"""Facts that only say where a field of the report stands."""
_FILE_FIELDS = [f.name for f in fields(FileEntry) if f.name not in ("key", "facts", "sources")]


def changes(before: Report, after: Report) -> tuple[str, ...]:
    """Returns the differences between two versions as sentences for a person.

    A change of sources alone is no difference.
    """
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
    """Returns the people of a report, numbered by the source's word for them."""
    counts: dict[str, int] = {}
    for person in report.people:
        counts[person.says] = counts.get(person.says, 0) + 1
    return {f"{says} {n + 1}" for says, count in counts.items() for n in range(count)}


def _identifiers(report: Report) -> set[str]:
    """Returns each identifier in words."""

    def told(i: Identifier) -> str:
        parts = [i.kind, i.value, f"({i.role})"]
        parts += [f"port {i.port}"] if i.port is not None else []
        parts += [i.time.utc] if i.time else []
        parts += [f"at {i.event}"] if i.event else []
        parts += ["verified" if i.verified else "not verified"] if i.verified is not None else []
        return " ".join(parts)

    return {told(i) for i in report.identifiers}


def _statements(report: Report) -> set[str]:
    """Returns each fact in words, except facts that only locate a field of the report."""
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
    """Returns the differences between the files of two versions in words."""
    told: list[str] = []
    earlier = _Earlier(before.files)
    for file in after.files:
        name = file.entry.name or file.entry.key
        old = earlier.take(file.entry)
        if old is None:
            told.append(f"File added: {name}")
            continue
        if old.occurrence is None and file.occurrence is not None:
            told.append(f"File {name}: its bytes came")
        told += [
            f"File {name}: {field} {_plain(getattr(old.entry, field))} → {_plain(getattr(file.entry, field))}"
            for field in _FILE_FIELDS
            if getattr(old.entry, field) != getattr(file.entry, field)
        ]
    return told + [f"File no longer listed: {file.entry.name or file.entry.key}" for file in earlier.left()]


class _Earlier:
    """The files of the earlier version.

    Each is found once: by key, else by a declared hash, else by name.
    """

    def __init__(self, files: Sequence[ReportFile]) -> None:
        self._left = dict(enumerate(files))
        self._by_mark: dict[tuple[str, ...], list[int]] = {}
        for n, file in self._left.items():
            for mark in _marks(file.entry):
                self._by_mark.setdefault(mark, []).append(n)

    def take(self, entry: FileEntry) -> ReportFile | None:
        """Returns the earlier version of a file and removes it, or returns None."""
        for mark in _marks(entry):
            for n in self._by_mark.get(mark, [])[:1]:
                self._by_mark[mark].pop(0)
                if n in self._left:
                    return self._left.pop(n)
        return None

    def left(self) -> list[ReportFile]:
        """Returns the files that were not taken."""
        return list(self._left.values())


def _marks(entry: FileEntry) -> list[tuple[str, ...]]:
    """Returns the key, declared hashes and name by which a file is recognised, in the order of trust."""
    named = [("name", entry.name)] if entry.name else []
    return [("key", entry.key), *(("hash", kind, value.casefold()) for kind, value in entry.declared), *named]


def _plain(value: object) -> str:
    """Returns a field's value in words."""
    if isinstance(value, Moment):
        return value.utc
    if isinstance(value, tuple):
        return ", ".join(" ".join(map(str, v)) if isinstance(v, tuple) else str(v) for v in value) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not stated" if value is None else str(value)
