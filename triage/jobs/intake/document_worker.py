"""A sandboxed worker that reads report documents. It knows no store and no key, and opens nothing.

It is started as `programs.READ`.
"""

from __future__ import annotations

import codecs
import traceback
from collections.abc import Sequence
from pathlib import Path

import phonenumbers

from triage.decode import protocol, serving
from triage.decode.protocol import FrameKind, Refusal, Request
from triage.decode.sandbox.source import InputSource
from triage.errors import InputError
from triage.importers import IMPORTERS, NotAReport
from triage.jobs.intake.document_wire import LONGEST_REASON, Answered, Asked, Outcome, most_bytes, pack_answered, unpack_asked
from triage.model.formats import ReportFormat

TOO_MUCH = "The document holds more than is kept of one of its size."
TOO_DEEP = "The document is nested deeper than a report can be."
_IMPORTERS = {importer.format: importer for importer in IMPORTERS}
_TEXT_ENCODINGS = ("ascii", "latin-1", "cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "idna")
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


def _answer_all(sources: Sequence[InputSource], request: Request) -> serving.Answers:
    """Yields for each document the message that it was begun, then its answer."""
    for n, source in enumerate(sources):
        yield FrameKind.BEGUN, protocol.pack_begun(n, unhurried=False)
        yield _answer_one(source)


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


def read_document(asked: Asked) -> Answered:
    """Reads one document. Only MemoryError is passed on."""
    pages = asked.pages
    try:
        documents = _IMPORTERS[asked.format].read(asked.path, asked.data, None if pages is None else lambda _: pages)
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
    return Answered("read", documents)


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
