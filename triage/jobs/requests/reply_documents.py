"""Opens the documents of a reply: files, and zips of them. Their contents are read in the sandbox."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import InputError
from triage.importers.archive import printable
from triage.importers.filetypes import ZIP_MAGIC, has_junk_name
from triage.importers.reply_files.xlsx_tables import WORKBOOK
from triage.importers.zip_directory import DEFLATED, STORED, ZipMember, read_directory
from triage.importers.zip_members import open_plain
from triage.jobs.intake.readers import Readers
from triage.jobs.intake.text_wire import FileToRead
from triage.message import Message
from triage.model.data_requests import ReplyTable

_TOO_LARGE = Message("The document is larger than is read of a reply. Its bytes are kept.")
_TOO_MUCH = Message("The zip unpacks to far more than it weighs.")
_TOO_DEEP = Message("Zips lie in one another deeper than is read.")
_TOO_MANY = Message("There are more files in zips than are read at once.")
_LOCKED = Message("The file in the zip is locked with a password or packed in a way that is not read.")


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """One document of a reply: its rows, or why there are none."""

    name: str
    table: ReplyTable
    problem: Message | None = None


@dataclass(slots=True)
class _Allowance:
    """How much the zips of one reply may still hold."""

    documents: int = limits.MAX_REPLY_DOCUMENTS
    unpacked: int = limits.MAX_REPLY_UNPACKED


def read_documents(name: str, data: bytes, readers: Readers, pool: MediaPool) -> Iterator[ReadDocument]:
    """Yields each document of a file with its rows. A bad one costs only itself."""
    for inner, content in _open_documents(name, data, 0, _Allowance()):
        if isinstance(content, Message):
            yield ReadDocument(inner, ReplyTable(), content)
        elif len(content) > limits.MAX_DOCUMENT:
            yield ReadDocument(inner, ReplyTable(), _TOO_LARGE)
        else:
            yield _read_document(inner, content, readers, pool)


def _read_document(name: str, data: bytes, readers: Readers, pool: MediaPool) -> ReadDocument:
    """Lets the sandbox read one document."""
    pages = None
    if data.startswith(b"%PDF"):
        try:
            pages = pool.extract_pdf_text(data)
        except InputError as error:
            return ReadDocument(name, ReplyTable(), error.message)
        data = b""
    (table,) = readers.read_replies([FileToRead(data, pages)])
    problem = None if table.problem is None else Message(table.problem)  # message-ok
    return ReadDocument(name, table, problem)


def _open_documents(name: str, data: bytes, depth: int, allowance: _Allowance) -> Iterator[tuple[str, bytes | Message]]:
    """Yields (name, bytes) of the documents in a file; in place of bytes the reason why they can't be had."""
    if not data.startswith(ZIP_MAGIC):
        yield name, data
        return
    try:
        directory = read_directory(io.BytesIO(data), len(data))
    except InputError as error:
        yield name, error.message
        return
    if any(member.name == WORKBOOK for member in directory.members):
        yield name, data
        return
    members = [member for member in directory.members if not member.is_folder and not has_junk_name(member.name, "")]
    problem = _find_problem(members, depth, allowance)
    if problem is not None:
        yield name, problem
        return
    for member in sorted(members, key=lambda each: each.name):
        inner = f"{name}!/{printable(member.name)}"
        content = _read_member(data, member)
        if isinstance(content, Message):
            yield inner, content
        else:
            yield from _open_documents(inner, content, depth + 1, allowance)


def _find_problem(members: list[ZipMember], depth: int, allowance: _Allowance) -> Message | None:
    """Counts the members of a zip against the limits; returns why it is not opened, or None."""
    allowance.documents -= len(members)
    total, packed = sum(member.size for member in members), sum(member.packed for member in members)
    allowance.unpacked -= total
    if depth >= limits.MAX_REPLY_ZIP_DEPTH:
        return _TOO_DEEP
    if allowance.documents < 0:
        return _TOO_MANY
    if allowance.unpacked < 0 or (total > limits.MAX_RATIO_FREE and total > limits.MAX_RATIO * packed):
        return _TOO_MUCH
    return None


def _read_member(data: bytes, member: ZipMember) -> bytes | Message:
    """Returns the bytes of a member, or why they can't be had."""
    if member.problem:
        return member.problem
    if member.size > limits.MAX_DOCUMENT and not member.name.casefold().endswith(".zip"):
        return _TOO_LARGE
    if member.encrypted or member.is_link or member.method not in (STORED, DEFLATED):
        return _LOCKED
    try:
        with open_plain(lambda: io.BytesIO(data), member) as stream:
            return stream.read()
    except InputError as error:
        return error.message
