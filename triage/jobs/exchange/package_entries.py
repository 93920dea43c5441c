"""Turns the sources and media of an opened work package into entries that an import reads, in rounds.

A round holds one version of each report, so that a later version comes after the one that it changes, as it did at the sender's.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from triage.exports.work_report import ReportForm
from triage.importers import classify
from triage.importers.archive import printable
from triage.importers.bundle_entry import Entry
from triage.importers.levels import ListedFiles
from triage.jobs.intake.attachments import Attachment, Attachments


@dataclass(frozen=True, slots=True)
class MemberBytes:
    """The bytes of a member, as an entry's origin."""

    data: memoryview

    def open(self) -> BinaryIO:
        """Opens the bytes."""
        return io.BytesIO(self.data)

    raw = open

    def head(self, length: int) -> bytes:
        """Returns the first bytes."""
        return bytes(self.data[:length])


@dataclass(frozen=True, slots=True)
class PackageRound:
    """The entries of one round, for an import."""

    version: int
    listed: Sequence[Entry]
    opened: list[Entry] = field(default_factory=list)

    def entries(self) -> Iterator[Entry]:
        """Yields the entries, report by report."""
        yield from self.listed


def make_level(package_id: str, number: str) -> str:
    """Returns the level below which everything of a report lies."""
    return f"package {package_id[:8]}/{number}"


def make_rounds(
    package_id: str, forms: Sequence[ReportForm], members: Mapping[str, memoryview], held: Mapping[str, Counter[str]]
) -> list[PackageRound]:
    """Returns the rounds.

    `held` counts by SHA-256 the documents that the store has or had of a report: as many stay out, oldest first. So bytes that
    came, were changed and came again make a version again, and an interrupted import goes on where it stood.
    """
    rounds: dict[int, list[Entry]] = {}
    for form in forms:
        there = Counter(held.get(form.number, {}))
        for source in sorted(form.sources, key=lambda each: each.version):
            if there[source.sha256] > 0:
                there[source.sha256] -= 1
                continue
            data = members[f"sources/{source.sha256}"]
            rounds.setdefault(source.version, []).append(_make_entry(package_id, form.number, source.path, data))
    return [PackageRound(n, sorted(rounds[n], key=lambda entry: (entry.level, entry.name))) for n in sorted(rounds)]


def make_attachments(
    package_id: str, forms: Sequence[ReportForm], members: Mapping[str, memoryview], ids: Mapping[str, int]
) -> Attachments:
    """Returns the enclosed media as attachments of the reports, by number -> id."""
    found = Attachments()
    for form in forms:
        if form.number not in ids:
            continue
        found.level(make_level(package_id, form.number)).add(ids[form.number], ListedFiles(form.number, (), (), ()))
        for file in form.files:
            data = members.get(f"media/{file.sha256}")
            if data is None:
                continue
            entry = _make_entry(package_id, form.number, file.path, data, file.name)
            kind = classify(entry.name, entry.peek())
            found.add(Attachment(entry, kind if isinstance(kind, str) else "document"))
    return found


def _make_entry(package_id: str, number: str, path: str, data: memoryview, name: str | None = None) -> Entry:
    """Returns an entry at its old path below the report's level. Names are only names: nothing is written where they point."""
    parts = [printable(part) for part in path.split("/") if part not in ("", ".", "..")] or ["file"]
    level = "/".join((make_level(package_id, number), *parts[:-1]))
    own = printable((name or parts[-1]).replace("/", "_")) or "file"
    return Entry(level, own, len(data), MemberBytes(data))
