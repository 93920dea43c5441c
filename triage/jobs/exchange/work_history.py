"""What another workstation stated of a report before, in all packages that it shares with this store, in order of time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from triage.exports.work_package import WorkManifest
from triage.exports.work_report import Told, decode_told
from triage.jobs.exchange.work_fields import BAND, Fields, from_text, list_fields
from triage.jobs.session import now
from triage.store.queries.exchange import Direction, PackageReportRow


class FileTime(NamedTuple):
    """When a file of another store counts as made; a later one is greater.

    `made` is ISO 8601 in UTC, `log_entries` how many entries that store's audit log had, 0 when the file does not say.
    """

    made: str
    log_entries: int


def read_file_time(manifest: WorkManifest) -> FileTime:
    """Returns when a file was made, by its sender's clock; at the latest now.

    What the sender states later, after its clock was put right, would be taken for older else and passed over.
    """
    return FileTime(min(manifest.made, now()), manifest.log_entries)


class History:
    """What another store stated of a report before, in the package at hand and in all others that it shares with this store."""

    def __init__(self, row: PackageReportRow, others: Iterable[tuple[Direction, PackageReportRow]]) -> None:
        self._base, self._seen = from_text(row.base), from_text(row.seen)
        self._here = None if row.told is None else _read_time(decode_told(row.told))
        told = [(decode_told(other.told), direction, other) for direction, other in others if other.told is not None]
        self._bases = [from_text(other.base) for _, direction, other in told if direction == "sent"]
        self._others = [_read_time(each) for each, _, _ in told]
        last = max(told, key=lambda each: _read_time(each[0]), default=None)
        self._last = None if last is None else _read_time(last[0])
        self._last_is_work = last is not None and last[1] == "received"
        self._other: Fields = {} if last is None else list_fields(last[0].state)

    def date_file(self, file: FileTime) -> FileTime:
        """Returns when a file that comes now counts as made.

        A clock may go backwards and the audit log does not, so a file counts as made no earlier than those that its sender wrote
        when the log was shorter.
        """
        known = [*self._others, *([] if self._here is None else [self._here])]
        before = [each.made for each in known if each.log_entries < file.log_entries]
        return file._replace(made=max([file.made, *before]))

    def is_outdated(self, name: str, value: str | None, file: FileTime) -> bool:
        """Returns whether a later file of that store, in another package, states another value."""
        return self._last is not None and self._last > file and self._other.get(name) != value

    def was_stated(self, name: str, value: str | None) -> bool:
        """Returns whether that store stated this value before, and no other one since. A work package always states its band."""
        if name == BAND and self._last_is_work and self._is_last_elsewhere():
            return self._other.get(name) == value
        if name not in self._seen or self._seen[name] != value:
            return False
        return not self._is_last_elsewhere() or self._other.get(name) == value

    def find_last(self, name: str) -> str | None:
        """Returns the value that the store stated last in any package; None without one."""
        if self._is_last_elsewhere():
            return self._other.get(name)
        return self._seen.get(name)

    def list_bases(self, name: str) -> list[str | None]:
        """Returns the values here when packages left: this one, and those that the other store answered and so knows."""
        return [base.get(name) for base in (self._base, *self._bases)]

    def _is_last_elsewhere(self) -> bool:
        """Returns whether what the store stated last is in another package."""
        return self._last is not None and (self._here is None or self._last > self._here)


def _read_time(told: Told) -> FileTime:
    """Returns when the file counts as made that said this."""
    return FileTime(told.made, told.log_entries)
