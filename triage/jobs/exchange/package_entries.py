"""Turns the sources and media of an opened work package into entries that an import reads, in rounds.

A round holds one version of each report, so that a later version comes after the one that it changes, as it did at the sender's.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from triage.exports.work_report import ReportForm, SourceForm
from triage.importers.archive import printable
from triage.importers.bundle_entry import Entry
from triage.importers.levels import ListedFiles
from triage.importers.registry import classify
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
    package_id: str,
    forms: Sequence[ReportForm],
    members: Mapping[str, memoryview],
    held: Mapping[str, Sequence[frozenset[str]]],
) -> list[PackageRound]:
    """Returns the rounds: each version of a report with all documents that count at it, since they say together what it is.

    `held` are the versions that the store has of a report, each as the SHA-256 of its documents. Versions that it has, in this
    order, stay out. So bytes that came, were changed and came again make a version again, and an interrupted import goes on
    where it stood.
    """
    rounds: dict[int, list[Entry]] = {}
    for form in forms:
        there = list(held.get(form.number, ()))
        for version in form.list_versions():
            sources = form.list_sources_at(version)
            wanted = frozenset(source.sha256 for source in sources)
            if wanted in there:
                del there[: there.index(wanted) + 1]
                continue
            repeats = [source for source in form.sources if source.version == source.until == version]
            rounds.setdefault(version, []).extend(_make_entries(package_id, form.number, [*sources, *repeats], members))
    return [PackageRound(n, sorted(rounds[n], key=lambda entry: (entry.level, entry.name))) for n in sorted(rounds)]


def _make_entries(
    package_id: str, number: str, sources: Sequence[SourceForm], members: Mapping[str, memoryview]
) -> Iterator[Entry]:
    """Yields the entries of documents; two of one path come to lie in folders of their own."""
    taken: set[str] = set()
    for source in sources:
        path = source.path if source.path not in taken else f"{source.sha256[:16]}/{source.path}"
        taken.add(path)
        yield _make_entry(package_id, number, path, members[f"sources/{source.sha256}"])


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
