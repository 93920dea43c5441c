from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from triage.decode.protocol import SENTENCES as MEDIA
from triage.errors import InputError
from triage.importers.bounds import MAX_VALUES, refuse_too_many
from triage.jobs.intake import document_worker, memory, readers
from triage.ui.text import i18n
from triage.ui.text.refusals import refusal


@pytest.fixture
def urdu() -> Iterator[None]:
    i18n.set_language("ur")
    yield
    i18n.set_language("en")


def is_urdu(text: str) -> bool:
    return any("\u0600" <= char <= "\u06ff" for char in text)


def test_english_stays_as_it_is() -> None:
    assert refusal("The XML is damaged.") == "The XML is damaged."
    assert refusal("bad\u202ename") == "bad‹U+202E›name"


def test_sentences_and_values_in_them_are_said_in_urdu(urdu: None) -> None:
    assert is_urdu(refusal("The XML is damaged."))
    locked = refusal("The zip is locked, and no password at hand opens it. (4 of 4 entries)")
    assert is_urdu(locked) and "4" in locked and "locked" not in locked
    assert "900000001" in refusal("There is no report 900000001 in this store.")


@pytest.mark.parametrize(
    "sentence",
    [
        "900000001: the reported user was cleared. Nothing goes out without a reason: --although-cleared REASON.",
        "None of these reports is set apart as cleared; leave --although-cleared out.",
        "Only media are encrypted for recipients: give --with-media as well, or leave --recipient out.",
        "queue.csv exists already; name a file that does not.",
    ],
)
def test_why_something_may_not_leave_is_said_in_urdu(urdu: None, sentence: str) -> None:
    assert is_urdu(refusal(sentence))


def test_why_a_medium_was_not_decoded_is_said_in_urdu(urdu: None) -> None:
    assert not [sentence for sentence in MEDIA.values() if not is_urdu(refusal(sentence))]


def test_why_a_document_was_not_read_is_said_in_urdu(urdu: None) -> None:
    sentences = (readers.TOO_LONG, readers.NO_MEMORY, readers.ENDED, readers.FAULT, memory.SENTENCE)
    sentences += (document_worker.TOO_MUCH, document_worker.TOO_DEEP)
    assert not [sentence for sentence in sentences if not is_urdu(refusal(sentence))]
    with pytest.raises(InputError) as refused:
        refuse_too_many(MAX_VALUES + 1)
    assert is_urdu(refusal(str(refused.value)))


COMMANDS_ALONE = (
    "Both are the same file.",
    "There is no grade adult; choose one of adult.",
    "Several files of the report are called adult; give the SHA-256.",
    "The report holds no file adult whose bytes are here.",
    "No hash is held for review under adult.",
)
"""What the screens can't ask for."""


def refused_by(path: str) -> Iterator[str]:
    """Sentences of a job, each value in them a grade."""
    tree = ast.parse((Path(__file__).parents[3] / "triage" / "jobs" / path).read_text("utf-8"))
    for raised in (node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise)):
        if isinstance(raised, ast.Call) and raised.args:
            said = raised.args[0]
            parts = said.values if isinstance(said, ast.JoinedStr) else [said]
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "adult" for part in parts)


@pytest.mark.parametrize("job", ["likeness/sameness.py", "likeness/held.py", "casework/grading.py"])
def test_what_is_refused_of_like_pictures_and_grades_is_said_in_urdu(urdu: None, job: str) -> None:
    told = {"That hash is adult already.": "That hash is confirmed already."}
    sentences = [told.get(sentence, sentence) for sentence in refused_by(job)]
    assert len(sentences) > 2
    assert not [sentence for sentence in sentences if sentence not in COMMANDS_ALONE and not is_urdu(refusal(sentence))]


def test_what_nobody_translated_is_shown_and_moves_nothing(urdu: None) -> None:
    said = refusal("A later\u202e sentence")
    assert "A later‹U+202E› sentence" in said and not is_urdu(said)
