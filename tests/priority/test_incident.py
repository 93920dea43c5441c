"""What counts as a conversation: labelled texts, files whose name ends like a log's, and files in which messages were found."""

from __future__ import annotations

import pytest

from tests.priority.make import HERE, around, file, report, sha
from triage.model.file_text import NO_TEXT, FileText
from triage.model.media import MediaFacts
from triage.priority.case import case_of
from triage.priority.conditions.incident import conversation
from triage.priority.rules import shipped


@pytest.mark.parametrize(
    ("read", "is_one"),
    [
        (FileText(is_chat=True), True),
        (FileText(problem="The file is damaged."), True),
        (FileText(is_chat=True, problem="The file is damaged."), True),
        (FileText(), False),
        (FileText(problem=NO_TEXT), False),
        (None, False),
    ],
)
def test_a_file_may_be_a_chat_log_whatever_its_name(read: FileText | None, is_one: bool) -> None:
    facts = {sha("a"): MediaFacts(mime="application/octet-stream", file_text=read)}
    seen = conversation.ask(case_of(report(files=(file("a"),)), HERE, facts, around(), shipped().roles), None)
    assert (seen is not None) == is_one


def test_a_name_that_ends_like_a_log_is_enough() -> None:
    named = report(files=(file("a", original_name="Chat with kite.TXT"),))
    seen = conversation.ask(case_of(named, HERE, {}, around(), shipped().roles), None)
    assert seen is not None and "Chat with kite.TXT" in str(seen.value) and "was not read" in str(seen.value)
