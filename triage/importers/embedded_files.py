"""Tells what is received and not read: files that can hold further files, texts without a report, formats of other programs."""

from __future__ import annotations

from triage.importers.chat_files.text_sniffing import HEAD, is_mail
from triage.importers.filetypes import ZIP_MAGIC, file_ending
from triage.message import Message

UNOPENED = Message("It belongs to no report and may hold further files, such as attachments. They were not read.")
"""The reason for setting aside a mail or a document that is handed over without a report: nobody would see what lies in it."""
WITHOUT_REPORT = Message("It belongs to no report. Pages, tables and texts are read only beside one: no search finds it.")
"""The reason for setting aside a page, a table or a text that is handed over without a report."""
NOT_READ = Message("It lies with its report, and was not read: Triage reads no files of this kind. Open it in another program.")
"""The reason for naming a file of a report that holds neither picture nor text that Triage reads."""

_MAGIC = (*ZIP_MAGIC, b"%PDF-", b"{\\rtf", b"\xd0\xcf\x11\xe0")
"""Office files and others that are zips inside, PDF, RTF, and the older office files, to which a mail of Outlook belongs."""
_ENDINGS = {"eml", "msg", "mbox", "mht", "mhtml", "doc", "xls", "ppt", "rtf", "pdf"}


def can_hold_files(name: str, peek: bytes) -> bool:
    """Returns whether a file can hold further files, by its first bytes or its ending. It need not hold any."""
    return peek.startswith(_MAGIC) or file_ending(name) in _ENDINGS or is_mail(peek[:HEAD])
