"""Checks that the parts of a packet speak of one key and one state: its PDFs, report.json, custody and the files themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from triage import limits
from triage.errors import InputError
from triage.exports.untrusted_folder import UntrustedFolder, format_path
from triage.message import Message

REPORT, CUSTODY = "data/report.json", "data/custody.jsonl"
PRINTED = ("data/report.pdf", "data/descriptions.pdf")
_KEY_IN_PDF = re.compile(rb"signing key ([0-9a-f]{64})")
"""How a PDF of ours names the key, in its document information, which is never compressed. Nothing of a PDF is decoded here."""


class PacketSourceEntry(msgspec.Struct, frozen=True):
    """A source document as report.json lists it. `file` is None in a redacted edition."""

    exhibit: str
    sha256: str
    file: str | None = None


class PacketFileEntry(msgspec.Struct, frozen=True):
    """A file as report.json lists it."""

    exhibit: str
    sha256: str
    size: int


class _Added(msgspec.Struct, frozen=True):
    sources: list[PacketSourceEntry]
    files: list[PacketFileEntry]


class PacketEntry(msgspec.Struct, frozen=True):
    """A report of the packet."""

    report_id: str
    packet: _Added


class _Rule(msgspec.Struct, frozen=True):
    path: str
    sha256: str


class _About(msgspec.Struct, frozen=True):
    made: str


class PacketIndex(msgspec.Struct, frozen=True):
    """The part of report.json that names what the packet holds."""

    about: _About
    edition: str
    rules: list[_Rule]
    reports: list[PacketEntry]


class _Row(msgspec.Struct, frozen=True):
    """The part of a custody row that names an exhibit."""

    exhibit: str | None = None
    input_sha256: str | None = None


def read_index(folder: UntrustedFolder) -> PacketIndex:
    """Returns what report.json says that the packet holds. Raises InputError."""
    try:
        return msgspec.json.decode(folder.read(REPORT, limits.MAX_SIGNED_FILE), type=PacketIndex)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InputError("{file} is not as Triage writes it.", file=REPORT, detail=type(error).__name__) from error


def find_part_problems(packet: Path, key: str | None) -> tuple[Message, ...]:
    """Returns what does not fit, one sentence for each. It never raises for a bad packet. `key` is that which signed."""
    try:
        with UntrustedFolder(packet) as folder:
            index = read_index(folder)
            return (*_check_printed(folder, packet, key), *_check_files(folder, index), *_check_custody(folder, index))
    except InputError as error:
        return (error.message,)
    except OSError as error:
        return (Message("The packet can't be read: {error}.", error=error.strerror or ""),)


def _check_printed(folder: UntrustedFolder, packet: Path, key: str | None) -> Iterator[Message]:
    """Yields a problem for each PDF that names another key, or none."""
    for name in PRINTED:
        if name == PRINTED[0] or (packet / name).is_file():
            named = {found.decode() for found in _KEY_IN_PDF.findall(folder.read(name, limits.MAX_SIGNED_FILE))}
            if named != {key}:
                yield Message("{file} names another signing key than the one that signed.", file=name)


def _check_files(folder: UntrustedFolder, index: PacketIndex) -> Iterator[Message]:
    """Yields a problem for each document or rule file that is not the one which report.json states."""
    stated = [(rule.path, rule.sha256) for rule in index.rules]
    stated += [(each.file, each.sha256) for report in index.reports for each in report.packet.sources if each.file is not None]
    for path, sha256 in dict.fromkeys(stated):
        if folder.digest(path)[0] != sha256:
            yield Message("{file} is not the file that {report} states.", file=format_path(path), report=REPORT)


def _check_custody(folder: UntrustedFolder, index: PacketIndex) -> Iterator[Message]:
    """Yields a problem when custody states another SHA-256 of an exhibit than report.json."""
    known = {(each.exhibit, each.sha256) for report in index.reports for each in report.packet.sources}
    known |= {(each.exhibit, each.sha256) for report in index.reports for each in report.packet.files}
    try:
        rows = [msgspec.json.decode(line, type=_Row) for line in folder.read(CUSTODY, limits.MAX_SIGNED_FILE).splitlines()]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InputError("{file} is not as Triage writes it.", file=CUSTODY, detail=type(error).__name__) from error
    strange = next((row for row in rows if row.exhibit is not None and (row.exhibit, row.input_sha256) not in known), None)
    if strange is not None:
        exhibit = format_path(strange.exhibit or "")
        yield Message("{file} and {report} differ on {exhibit}.", file=CUSTODY, report=REPORT, exhibit=exhibit)
