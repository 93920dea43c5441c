"""What a person is told to do when the store's files do not agree: nobody may accept the loss where it is not theirs to accept."""

from __future__ import annotations

import pytest

from triage.message import Message
from triage.store.opening import make_mismatch_error, make_read_only_error


@pytest.mark.parametrize("make", [make_mismatch_error, make_read_only_error])
def test_accepting_the_loss_is_offered_only_where_an_administrator_may(make: object) -> None:
    strict, lenient = (str(make(Message("The key file is older."), acceptable=may)) for may in (False, True))  # type: ignore[operator]
    for said in (strict, lenient):
        assert said.startswith("The key file is older.") and "restore the newest backup" in said
    assert "accept the loss" not in strict and "Put the newest key file back" in strict
    assert "let an administrator open the store and accept the loss" in lenient
