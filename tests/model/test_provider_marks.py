from __future__ import annotations

from triage.message import Message
from triage.model.provider_marks import name_marks


def test_each_mark_of_a_list_is_named_and_what_else_is_said_stays() -> None:
    """The text was split at its commas: the last of five kept the name of the format, with "and 2 more" behind it."""
    seen = Message("{values} and {n} more", values=("Infant", "a mark, of its own", "viral"), n=2)
    assert str(name_marks(seen)) == "an infant or toddler, a mark, of its own, a viral file and 2 more"
    said = Message("{n} of {all} marked, all on a list of known material", n=1, all=2)
    assert name_marks(said) == said


def test_a_single_mark_of_an_older_card_is_named() -> None:
    assert str(name_marks(Message("{value}", value="liveStreaming"))) == "a live stream"
