from __future__ import annotations

import pytest

from triage.message import Message
from triage.model.choices import name_choices


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "there is none yet"), (2, "choose one of u0, u1"), (21, "list them with: triage user list")],
)
def test_up_to_twenty_names_are_listed(count: int, text: str) -> None:
    assert str(name_choices([f"u{n}" for n in range(count)], Message("triage user list"))) == text
