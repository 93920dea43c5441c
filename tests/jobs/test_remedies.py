from __future__ import annotations

import pytest

from tests import messages_used
from triage.decode.client import FILE_PROBLEM
from triage.decode.process import TOO_LONG
from triage.decode.protocol import SENTENCES, Refusal
from triage.importers.archive import ZIP_LOCKED, ZIP_LOCKED_OTHERWISE
from triage.importers.le_pdf import IMAGE_ONLY
from triage.jobs.intake.remedies import find_remedy
from triage.message import Message

NOT_BY_A_PASSWORD = {
    ZIP_LOCKED_OTHERWISE,
    "The zip is locked in a way that a password alone does not open.",
    "The zip is locked, and no password at hand opens it.",  # of one entry; people read the one of the whole zip
}


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        (Message(ZIP_LOCKED, n=4, total=4), "password"),
        (Message(SENTENCES[Refusal.PASSWORD]), "password"),
        (Message(FILE_PROBLEM, problem=Message(SENTENCES[Refusal.PASSWORD])), "password"),
        (Message(FILE_PROBLEM, problem=Message(SENTENCES[Refusal.DAMAGED])), "other copy"),
        (Message(TOO_LONG), "stored"),
        (Message(IMAGE_ONLY), "other form"),
        (Message(SENTENCES[Refusal.DAMAGED]), "stored"),
        (Message("The XML is damaged."), "other copy"),
        (Message("{file} does not exist or can't be read.", file="password could not be decoded.jpg"), "other copy"),
    ],
)
def test_the_key_says_what_helps(reason: Message, remedy: str) -> None:
    assert find_remedy(reason) == remedy


def test_every_reason_with_a_password_is_known() -> None:
    keys = {key for key, file in messages_used.messages().items() if file.startswith(("triage/importers", "protocol"))}
    asking = {key for key in keys if "password" in key.lower()}
    assert asking
    assert {key for key in asking if find_remedy(Message(key)) != "password"} == NOT_BY_A_PASSWORD
