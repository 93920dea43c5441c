"""What one version of a report says that an earlier one did not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from triage.message import Message, join
from triage.model.document import FileEntry, Identifier
from triage.model.moment import Moment
from triage.model.report import Report, ReportFile
from triage.model.report_gravity import rank_designation, rank_gravity, rank_priority
from triage.model.role_words import IDENTIFIER_KINDS, ROLES

_TOLD_AS_SCALARS = {"designation", "incident_type", "incident_time", "received", "esp", "priority_code", "escalation"}
"""Facts that only say where a field of the report stands."""
_FILE_FIELDS = {
    "name": Message("name"),
    "original_name": Message("original name"),
    "declared": Message("stated hashes"),
    "viewed_by_esp": Message("viewed by the provider"),
    "exif_viewed_by_esp": Message("EXIF viewed by the provider"),
    "publicly_available": Message("publicly available"),
    "classification": Message("class"),
    "annotations": Message("annotations"),
    "relevance": Message("relevance"),
    "uploaded": Message("uploaded"),
    "metadata": Message("metadata"),
}
_NOT_STATED = Message("not stated")
_DESIGNATION, _TYPE, _RECEIVED = Message("Designation"), Message("Incident type"), Message("Received")
_PRIORITY = Message("NCMEC priority")


def changes(before: Report, after: Report) -> tuple[Message, ...]:
    """Returns the differences between two versions as sentences for a person.

    A change of sources alone is no difference.
    """
    found: list[Message] = []
    was, now = _scalars(before), _scalars(after)
    found += [
        Message("{what}: {before} → {after}", what=what, before=was[what], after=now[what])
        for what in was
        if was[what] != now[what]
    ]
    for what, list_all in _LISTS:
        earlier, later = list_all(before), list_all(after)
        found += [Message("{what} added: {value}", what=what, value=each) for each in sorted(later - earlier)]
        found += [Message("{what} no longer stated: {value}", what=what, value=each) for each in sorted(earlier - later)]
    return tuple(found + list(_file_changes(before, after)))


def find_losses(before: Report, after: Report) -> tuple[Message, ...]:
    """Returns what the later of two versions no longer states, or states otherwise; nothing when it says at least as much.

    What comes where nothing was stated is no loss, nor is a type, designation or priority that gets graver.
    """
    found: list[Message] = []
    was, now = _scalars(before), _scalars(after)
    graver = _list_graver_fields(before, after)
    found += [
        Message("{what}: {before} → {after}", what=what, before=was[what], after=now[what])
        for what in was
        if was[what] != now[what] and was[what] != _NOT_STATED and what not in graver
    ]
    for what, list_all in _LISTS[:-1]:
        gone = sorted(list_all(before) - list_all(after))
        found += [Message("{what} no longer stated: {value}", what=what, value=each) for each in gone]
    return (*found, *_file_changes(before, after, losses_only=True))


def _list_graver_fields(before: Report, after: Report) -> set[Message]:
    """Returns the fields of the report that only became graver, and a time of receipt that was only estimated before."""
    graver = {
        what
        for what, rank, old, new in (
            (_TYPE, rank_gravity, before.incident_type, after.incident_type),
            (_DESIGNATION, rank_designation, before.designation, after.designation),
            (_PRIORITY, rank_priority, before.priority_code, after.priority_code),
        )
        if old is not None and new is not None and rank(new) < rank(old)
    }
    return graver | ({_RECEIVED} if before.received_estimated and after.received is not None else set())


def _scalars(report: Report) -> dict[Message, str | Message]:
    received: str | Message = _NOT_STATED
    if report.received:
        received = _describe_time(report.received)
        if report.received_estimated:
            received = Message("{time} (estimated)", time=received)
    return {
        _DESIGNATION: report.designation or _NOT_STATED,
        _TYPE: report.incident_type or _NOT_STATED,
        Message("Incident time"): _describe_time(report.incident_time) if report.incident_time else _NOT_STATED,
        _RECEIVED: received,
        Message("Provider"): report.esp or _NOT_STATED,
        _PRIORITY: report.priority_code or _NOT_STATED,
        Message("Escalation"): report.escalation or _NOT_STATED,
    }


def _describe_time(moment: Moment) -> str | Message:
    """Returns a time in UTC, and says so where the source states no zone."""
    if moment.zone == "stated":
        return moment.utc
    return Message("{time} (the source states no zone; UTC assumed)", time=moment.utc)


def _annotations(report: Report) -> set[Message]:
    return {_quote(name) for name in report.annotations}


def _prior_reports(report: Report) -> set[Message]:
    return {_quote(number) for number in report.prior_reports}


def _people(report: Report) -> set[Message]:
    """Returns the people of a report, numbered by the source's word for them."""
    counts: dict[str, int] = {}
    for person in report.people:
        counts[person.says] = counts.get(person.says, 0) + 1
    return {_quote(f"{says} {n + 1}") for says, count in counts.items() for n in range(count)}


def _identifiers(report: Report) -> set[Message]:
    """Returns each identifier in words."""
    return {_describe(identifier) for identifier in report.identifiers}


def _describe(identifier: Identifier) -> Message:
    kind = IDENTIFIER_KINDS.get(identifier.kind)
    parts = [
        Message(
            "{kind} {value} ({role})",
            kind=Message(kind) if kind else identifier.kind,  # message-ok
            value=identifier.value,
            role=Message(ROLES[identifier.role]),  # message-ok
        )
    ]
    if identifier.port is not None:
        parts.append(Message("port {n:d}", n=identifier.port))
    if identifier.time:
        when = _describe_time(identifier.time)
        parts.append(when if isinstance(when, Message) else _quote(when))
    if identifier.event:
        parts.append(Message("event: {event}", event=identifier.event))
    if identifier.verified is not None:
        parts.append(Message("verified" if identifier.verified else "not verified"))
    return join(*parts)


def _statements(report: Report) -> set[Message]:
    """Returns each fact in words, except facts that only locate a field of the report."""
    whole = {_quote(f"{fact.name} = {fact.value}") for fact in report.facts if fact.name not in _TOLD_AS_SCALARS}
    return whole | {_quote(f"{person.says}: {fact.name} = {fact.value}") for person in report.people for fact in person.facts}


def _text_lines(report: Report) -> set[Message]:
    return {_quote(f"{text.label}: {_shorten(text.text)}") for text in report.free_text}


def _unread(report: Report) -> set[Message]:
    return {_quote(f"{each.path}: {_shorten(each.value)}") for each in report.not_understood}


_LISTS: tuple[tuple[Message, Callable[[Report], set[Message]]], ...] = (
    (Message("Annotation"), _annotations),
    (Message("Earlier report"), _prior_reports),
    (Message("Person"), _people),
    (Message("Identifier"), _identifiers),
    (Message("Statement"), _statements),
    (Message("Text"), _text_lines),
    (Message("Not understood"), _unread),
)


def _quote(text: str) -> Message:
    """Returns a message that is only a value of the source."""
    return Message("{value}", value=text)


def _shorten(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= 80 else one_line[:79] + "…"


def _file_changes(before: Report, after: Report, *, losses_only: bool = False) -> Iterator[Message]:
    """Returns the differences between the files of two versions in words, or only the losses."""
    earlier = _Earlier(before.files)
    for file in after.files:
        name = file.entry.name or file.entry.key
        old = earlier.take(file.entry)
        if old is None:
            if not losses_only:
                yield Message("File added: {file}", file=name)
            continue
        if old.occurrence is None and file.occurrence is not None and not losses_only:
            yield Message("File {file}: its bytes came", file=name)
        for field, what in _FILE_FIELDS.items():
            was, now = getattr(old.entry, field), getattr(file.entry, field)
            if was != now and not (losses_only and _says_as_much(was, now)):
                yield Message(
                    "File {file}: {what}: {before} → {after}", file=name, what=what, before=_plain(was), after=_plain(now)
                )
    for file in earlier.left():
        yield Message("File no longer listed: {file}", file=file.entry.name or file.entry.key)


def _says_as_much(was: object, now: object) -> bool:
    """Returns whether a field of a file keeps what it stated: nothing was stated, or a list only became longer."""
    if isinstance(was, tuple) and isinstance(now, tuple):
        return set(was) <= set(now)
    return was is None


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


def _plain(value: object) -> str | Message:
    """Returns a field's value in words."""
    if isinstance(value, Moment):
        return _describe_time(value)
    if isinstance(value, tuple):
        listed = ", ".join(" ".join(map(str, v)) if isinstance(v, tuple) else str(v) for v in value)
        return listed or Message("nothing")
    if isinstance(value, bool):
        return Message("yes" if value else "no")
    return _NOT_STATED if value is None else str(value)
