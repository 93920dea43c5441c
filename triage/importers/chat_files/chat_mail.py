"""Reads mail: one message (EML) or a folder of them (mbox). Attachments are counted and not read."""

from __future__ import annotations

import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.header import decode_header
from email.message import Message as MailMessage
from email.parser import BytesParser

from triage.importers.chat_files.chat_html import take_html_text
from triage.importers.chat_files.text_decoding import ENCODINGS, clean_text, decode_text
from triage.importers.chat_files.text_sniffing import MAIL_FIELD
from triage.model.file_text import FileMessage

_BOX_LINE = re.compile(rb"^From [^\r\n]{1,300}\r?\n", re.MULTILINE)
MAX_MAILS, MAX_PARTS, MAX_HEADER = 20_000, 200, 2_000
_parser = BytesParser(policy=email.policy.compat32)


@dataclass(slots=True)
class Mails:
    """The mails of a file, and how many parts of them were not read: attached files, and parts beyond the first `MAX_PARTS`."""

    messages: list[FileMessage] = field(default_factory=list)
    attachments: int = 0


def read_mails(data: bytes) -> Mails:
    """Returns one message for each mail, with its subject and its text.

    Raises ValueError, LookupError, TypeError or AttributeError for a mail on which Python's parser fails.
    """
    found = Mails()
    for raw in _split_box(data.removeprefix(b"\xef\xbb\xbf")):
        _add_mail(found, _parser.parsebytes(raw))
    return found


def _split_box(data: bytes) -> Iterator[bytes]:
    """Yields the mails of an mbox, or the one mail."""
    if not data.lstrip().startswith(b"From "):
        yield data
        return
    starts = [found for found in _BOX_LINE.finditer(data) if _begins_mail(data, found)][:MAX_MAILS]
    ends = [found.start() for found in starts[1:]] + [len(data)]
    for found, end in zip(starts, ends, strict=True):
        yield data[found.end() : end]


def _begins_mail(data: bytes, line: re.Match[bytes]) -> bool:
    """Returns whether a line "From ..." parts two mails: a header stands behind it."""
    return MAIL_FIELD.match(data, line.end()) is not None


def _add_mail(found: Mails, mail: MailMessage) -> None:
    """Adds sender, date, subject and text of a mail."""
    subject, text = _read_header(mail, "Subject"), "\n".join(filter(None, _iter_texts(found, mail)))
    words = "\n".join(filter(None, (subject, text)))
    found.messages.append(FileMessage(_read_header(mail, "From"), _read_header(mail, "Date"), words))


def _read_header(mail: MailMessage, name: str) -> str:
    """Returns a header as text, its encoded words decoded."""
    found = next((value for key, value in mail.raw_items() if key.lower() == name.lower()), "")
    raw = decode_text(str(found)[:MAX_HEADER].encode("utf-8", "surrogateescape"))
    try:
        parts = [part if isinstance(part, str) else _decode(part, charset) for part, charset in decode_header(raw)]
    except (ValueError, LookupError):
        parts = [raw]
    return " ".join(clean_text("".join(parts)).split())


def _iter_texts(found: Mails, mail: MailMessage) -> Iterator[str]:
    """Yields the texts of the parts, and counts other parts. HTML that says no more than the plain text before is left out."""
    waiting, seen = [mail], 0
    words: set[str] = set()
    while waiting and seen < MAX_PARTS:
        part, seen = waiting.pop(), seen + 1
        inner = part.get_payload()
        if isinstance(inner, list):
            waiting.extend(reversed([each for each in inner if isinstance(each, MailMessage)]))
        elif _is_text(part, part is mail):
            text = _take_text(part)
            if part.get_content_subtype() != "html" or not words.issuperset(text.split()):
                yield text
            words.update(text.split())
        else:
            found.attachments += 1
    found.attachments += len(waiting)


def _is_text(part: MailMessage, is_whole: bool) -> bool:
    """Returns whether a part is text to read: no attachment. What a mail consists of alone is read whatever it is called."""
    if is_whole or part.get_content_maintype() == "multipart":
        return True
    return part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment"


def _take_text(part: MailMessage) -> str:
    """Returns the decoded text of a part, HTML as its text."""
    charset = part.get_content_charset()
    part.del_param("charset")  # else the library decodes by whatever codec a stranger names
    raw = part.get_payload(decode=True)
    text = _decode(raw if isinstance(raw, bytes) else b"", charset)
    return (take_html_text(text) if part.get_content_subtype() == "html" else clean_text(text)).strip()


def _decode(raw: bytes, charset: str | None) -> str:
    """Decodes bytes by their stated encoding where it is one that is known here, else by what they look like."""
    known = (charset or "").lower().replace("_", "-")
    names = {"windows-1252": "cp1252", "windows-1256": "cp1256", "iso-8859-1": "latin-1", "us-ascii": "ascii", "utf8": "utf-8"}
    encoding = names.get(known, known)
    return raw.decode(encoding, "replace") if encoding in ENCODINGS[1:] and encoding != "ascii" else decode_text(raw)
