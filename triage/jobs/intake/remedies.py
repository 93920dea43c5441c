"""What a person can do about a file that was set aside. It depends on the key of the reason."""

from __future__ import annotations

from typing import Literal

from triage.decode.client import FILE_PROBLEM
from triage.decode.process import BROKE_RULES, CRASHED, TOO_LONG
from triage.decode.protocol import SENTENCES, Refusal
from triage.importers.archive import ZIP_LOCKED
from triage.importers.embedded_files import NOT_READ, UNOPENED, WITHOUT_REPORT
from triage.importers.le_pdf import IMAGE_ONLY
from triage.importers.zip_members import UNLOCKED_WRONGLY
from triage.message import Message

Remedy = Literal["password", "other form", "with report", "stored", "other copy"]
"""Import it again with a password; get the report as JSON or XML; import it beside its report, or what lies in it by itself; it
is stored with its hashes; get another copy."""

_PASSWORD = frozenset({ZIP_LOCKED, UNLOCKED_WRONGLY, SENTENCES[Refusal.PASSWORD]})
_UNDECODED = frozenset({*SENTENCES.values(), TOO_LONG, CRASHED, BROKE_RULES}) - _PASSWORD


def find_remedy(reason: Message) -> Remedy:
    """Returns what helps with a file that was set aside for this reason."""
    problem = dict(reason.values).get("problem") if reason.key == FILE_PROBLEM else reason
    if isinstance(problem, Message) and problem.key in _PASSWORD:
        return "password"
    if reason.key == IMAGE_ONLY:
        return "other form"
    if reason in (UNOPENED, WITHOUT_REPORT):
        return "with report"
    return "stored" if reason == NOT_READ or reason.key in _UNDECODED else "other copy"
