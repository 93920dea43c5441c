"""A sandboxed worker that reads report documents, and the texts of other files. It knows no store and no key, and opens nothing.

It is started as `programs.READ`.
"""

from __future__ import annotations

import codecs
import traceback
from collections.abc import Sequence
from pathlib import Path

import phonenumbers

from triage.decode import protocol, serving
from triage.decode.protocol import FrameKind, Operation, Refusal, Request
from triage.decode.sandbox.source import InputSource
from triage.errors import InputError
from triage.importers.base import NotAReport, RefusedParts
from triage.importers.chat_files.chat_reading import read_chat_file
from triage.importers.chat_files.text_decoding import ENCODINGS
from triage.importers.registry import IMPORTERS
from triage.importers.reply_files.reply_reading import read_reply
from triage.jobs.intake.document_wire import LONGEST_REASON, Answered, Asked, Outcome, most_bytes, pack_answered, unpack_asked
from triage.jobs.intake.reply_wire import FAULT as REPLY_FAULT
from triage.jobs.intake.reply_wire import TOO_DEEP as REPLY_TOO_DEEP
from triage.jobs.intake.reply_wire import pack_reply
from triage.jobs.intake.text_wire import FAULT, FileToRead, pack_text, unpack_file
from triage.jobs.intake.text_wire import TOO_DEEP as TEXT_TOO_DEEP
from triage.model.data_requests import ReplyTable
from triage.model.file_text import FileText
from triage.model.formats import ReportFormat

TOO_MUCH = "The document holds more than is kept of one of its size."
TOO_DEEP = "The document is nested deeper than a report can be."
_IMPORTERS = {importer.format: importer for importer in IMPORTERS}
_TEXT_ENCODINGS = (*ENCODINGS, "utf-32-le", "utf-32-be", "idna", "raw_unicode_escape", "unicode_escape", "quopri", "base64", "uu")
"""Python loads these on first use, when no file can be opened any more."""
_TEXT = "Write to kite@mail.example or +92 300 1234567, 203.0.113.5, 2001:db8::1, 12345-1234567-1, https://kite.example/a"
_PAGES = (
    f"CyberTipline Report 123456789\nSection A: Reported Information\nSuspect\nName: Kite\nEmail Address: {_TEXT}",
    "Incident Time: 01-05-2026 10:00:00 UTC",
)
_SAMPLES = (
    Asked(ReportFormat.ESP_XML, "a.xml", f"<report><additionalInfo>{_TEXT}</additionalInfo><unknown/></report>".encode()),
    Asked(
        ReportFormat.LE_JSON,
        "a.json",
        f'{{"reportId": 123, "additionalInformation": "{_TEXT}", "unknown": "\\ud83d"}}'.encode(),
    ),
    Asked(ReportFormat.COMPLAINT, "a.json", f'{{"complaintNumber": "1", "description": "{_TEXT}"}}'.encode()),
    Asked(ReportFormat.OWN_CASE, "a.csv", b"case number,kind,value\n1,phone,0300 1234567\n1,ip,203.0.113.5\n"),
    Asked(ReportFormat.LE_PDF, "a.pdf", b"", _PAGES),
)
_MAIL = (
    "From: =?utf-8?q?Kite?= <kite@mail.invalid>\nDate: Mon, 5 Jan 2026 10:00:00 +0500\nSubject: =?windows-1256?b?x+E=?=\n"
    'MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="b"\n\n--b\n'
    "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n=D8=B3\n--b\n"
    "Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\nPGI+S2l0ZTwvYj4=\n--b\n"
    "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n!80\nend\n--b--\n"
)
_FILE_SAMPLES = (
    _MAIL,
    f"From kite Mon Jan 5 2026\n{_MAIL}",
    "5/1/2026, 9:41 PM - Kite: hello\n",
    "date,from,message\n5/1/2026,Kite,hello\n",
    '[{"from": "Kite", "text": "\\ud83d \u00d8\u00b3", "date": 1}]',
    '<html><div class="from_name">Kite</div><div class="text">hello &amp; &nbsp;</div></html>',
    '<?xml version="1.0"?><chat><message from="Kite"><text>hello &amp; hi</text></message></chat>',
    '<?xml version="1.0"?><!DOCTYPE a><chat><text>hello</text></chat>',
)
_REPLY_SAMPLES = (
    "Line,Name,CNIC\n1234567890,Kite,00000-0000000-0\n",
    '[{"line": "1234567890", "subscriber": {"name": "Kite"}}]',
    "<html><table><tr><td>Line</td><td>Name</td></tr><tr><td>1234567890</td><td>Kite</td></tr></table></html>",
    "Line: 1234567890\nName: Kite\n",
)


def main() -> None:
    """Answers until the wire ends."""
    serving.run_worker(warm_up, _answer_all)


def warm_up() -> None:
    """Loads everything that a document may need: later no file can be opened."""
    for name in _TEXT_ENCODINGS:
        codecs.lookup(name)
    phonenumbers.PhoneMetadata.load_all()
    for sample in _SAMPLES:
        answer = read_document(sample)
        if answer.outcome == "fault":
            raise RuntimeError(answer.reason)
    for text in (*(each.encode() for each in _FILE_SAMPLES), _FILE_SAMPLES[2].encode("utf-16"), b"\xc7\xe1\xe1\xe5 \xc7\xe1"):
        if (found := read_file_text(FileToRead(text))).problem is not None:
            raise RuntimeError(found.problem)
    for sample_text in _REPLY_SAMPLES:
        if (rows := read_reply_rows(FileToRead(sample_text.encode()))).problem is not None:
            raise RuntimeError(rows.problem)


def _answer_all(sources: Sequence[InputSource], request: Request) -> serving.Answers:
    """Yields for each document the message that it was begun, then its answer."""
    for n, source in enumerate(sources):
        yield FrameKind.BEGUN, protocol.pack_begun(range(n, n + 1), unhurried=False)
        yield _ANSWERS[request.operation](source)


def _answer_one(source: InputSource) -> tuple[FrameKind, bytes]:
    """Returns the answer for one document, or a refusal when memory ran out."""
    try:
        asked = unpack_asked(source.whole or b"")
        answer = pack_answered(read_document(asked))
        if len(answer) > most_bytes(asked):
            answer = pack_answered(Answered("refused", reason=TOO_MUCH))
    except MemoryError:
        return FrameKind.REFUSED, protocol.pack_refusal(Refusal.NO_MEMORY)
    return FrameKind.ANSWER, answer


def _answer_text(source: InputSource) -> tuple[FrameKind, bytes]:
    """Returns the text of one file, or a refusal when memory ran out."""
    try:
        answer = pack_text(read_file_text(unpack_file(source.whole or b"")))
    except MemoryError:
        return FrameKind.REFUSED, protocol.pack_refusal(Refusal.NO_MEMORY)
    return FrameKind.ANSWER, answer


def _answer_reply(source: InputSource) -> tuple[FrameKind, bytes]:
    """Returns the rows of one document of a reply, or a refusal when memory ran out."""
    try:
        answer = pack_reply(read_reply_rows(unpack_file(source.whole or b"")))
    except MemoryError:
        return FrameKind.REFUSED, protocol.pack_refusal(Refusal.NO_MEMORY)
    return FrameKind.ANSWER, answer


_ANSWERS = {Operation.READ: _answer_one, Operation.READ_TEXT: _answer_text, Operation.READ_REPLY: _answer_reply}


def read_reply_rows(file: FileToRead) -> ReplyTable:
    """Reads the rows of one document of a reply, or returns the reason why there are none. Only MemoryError is passed on."""
    try:
        table = read_reply(file.data, file.pages)
        pack_reply(table)
    except InputError as refusal:
        return ReplyTable(problem=str(refusal.message))
    except RecursionError:
        return ReplyTable(problem=REPLY_TOO_DEEP)
    except MemoryError:
        raise
    except Exception as fault:  # ours: it costs this document, and nothing of it is told
        return ReplyTable(problem=REPLY_FAULT, fault=_describe_fault(fault))
    return table


def read_file_text(file: FileToRead) -> FileText:
    """Reads the text of one file, or returns the reason why it can't be read. Only MemoryError is passed on."""
    try:
        text = read_chat_file(file.data, file.pages)
        pack_text(text)
    except InputError as refusal:
        return FileText(problem=refusal.message.key)
    except RecursionError:
        return FileText(problem=TEXT_TOO_DEEP)
    except MemoryError:
        raise
    except Exception as fault:  # ours: it costs the text of this file, and nothing of the file is told
        return FileText(problem=FAULT, fault=_describe_fault(fault))
    return text


def read_document(asked: Asked) -> Answered:
    """Reads one document. Only MemoryError is passed on."""
    pages, refused = asked.pages, RefusedParts()
    try:
        documents = _IMPORTERS[asked.format].read(asked.path, asked.data, None if pages is None else lambda _: pages, refused)
        pack_answered(documents[0])
    except NotAReport as refusal:
        return _refused("no report", refusal)
    except InputError as refusal:
        return _refused("refused", refusal)
    except RecursionError:
        return Answered("refused", reason=TOO_DEEP)
    except MemoryError:
        raise
    except Exception as fault:  # ours: it costs this document, and is told without a word of what the document says
        return Answered("fault", reason=_describe_fault(fault))
    return Answered("read", documents, refused=refused.list_parts())


def _refused(outcome: Outcome, refusal: InputError) -> Answered:
    plain = tuple((name, value if isinstance(value, str | int) else str(value)) for name, value in refusal.message.values)
    return Answered(outcome, reason=refusal.message.key, values=plain)


def _describe_fault(fault: Exception) -> str:
    """Returns the kind of error and the places in the program that it went through, innermost last.

    Nothing of its message is returned, since that may quote the document.
    """
    frames = traceback.extract_tb(fault.__traceback__)
    places = ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return f"{type(fault).__name__} in {places}"[:LONGEST_REASON]
