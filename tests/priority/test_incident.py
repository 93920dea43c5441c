"""What counts as a conversation: labelled texts, files whose name ends like a log's, and files in which messages were found."""

from __future__ import annotations

import pytest

from tests.priority.make import ENTICEMENT, HERE, LISTS, MATERIAL, around, camera, file, report, sha
from triage.model.file_text import NO_TEXT, FileText
from triage.model.media import MediaFacts
from triage.priority.case import case_of
from triage.priority.conditions.files import camera_original_unseen
from triage.priority.conditions.incident import conversation, is_contact
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


@pytest.mark.parametrize(
    ("said", "is_one"),
    [
        ({"incident_type": MATERIAL}, False),
        ({"incident_type": ENTICEMENT}, True),
        ({"incident_type": MATERIAL, "annotations": ("sextortion",)}, True),
        ({"incident_type": MATERIAL, "annotations": ("viral",)}, False),
        ({"incident_type": MATERIAL, "files": (file("a", "sextortion"),)}, True),
        ({"incident_type": MATERIAL, "files": (file("a", "viral"),)}, False),
    ],
)
def test_a_report_is_of_contact_by_its_type_or_by_a_mark_on_it_or_on_a_file(said: dict[str, object], is_one: bool) -> None:
    assert is_contact(case_of(report(**said), HERE, {}, around(), shipped().roles)) is is_one


def test_pictures_of_a_camera_are_new_while_one_of_them_stands_in_no_other_report() -> None:
    facts = {sha(name): camera() for name in "ab"}
    for shared, is_new in ((0, True), (1, True), (2, False), (3, False)):
        case = case_of(
            report(files=(file("a"), file("b"))), HERE, facts, around(lists_checked=LISTS, shared_files=shared), shipped().roles
        )
        assert (camera_original_unseen.ask(case, None) is not None) is is_new, shared
