"""Values that say that there is nothing."""

from __future__ import annotations

import pytest

from triage.model.silence import says_none


@pytest.mark.parametrize(
    "value",
    [
        "N/A",
        "n.a.",
        "No",
        "none",
        "false",
        "-",
        "--",
        "NOT APPLICABLE",
        "Information Not Provided",
        "nahi",
        "نہیں",
        "کوئی نہیں",
        "ناهي",
        "نشته",
        "نئیں",
        "no.",
    ],
)
def test_nothing(value: str) -> None:
    assert says_none(value)


@pytest.mark.parametrize(
    "value", ["", " ", "Child in danger", "No time to lose", "yes", "none of the adults is at home", "1", "خطرہ"]
)
def test_something(value: str) -> None:
    assert not says_none(value)
