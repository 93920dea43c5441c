"""What stores hold keeps its Urdu when its wording changes."""

from __future__ import annotations

from tests import messages_used
from tests.ui.text.stored_messages import list_known, list_older, list_stored


def test_each_message_that_a_store_may_hold_is_in_the_list() -> None:
    new = list_stored() - list_known()
    assert new == set(), "run: python -m tests.ui.text.stored_messages"


def test_a_wording_that_was_changed_keeps_its_urdu() -> None:
    gone = list_known() - messages_used.messages().keys()
    assert gone - list_older().keys() == set(), "stores hold these: move their Urdu to ur_older.json"


def test_only_older_wordings_stand_among_them() -> None:
    older = list_older().keys()
    assert older <= list_known() and not older & messages_used.messages().keys()
