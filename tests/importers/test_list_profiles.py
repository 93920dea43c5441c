"""What categories mean: only under a profile that somebody names."""

from __future__ import annotations

import pytest

from triage.errors import Refused
from triage.importers.lists.profiles import find_meaning, find_profile, load_shipped_profiles


@pytest.mark.parametrize(
    ("name", "category", "means"),
    [
        ("US", "0", "negative"),
        ("US", "1", "known"),
        ("US", "2", "known"),
        ("US", "3", "known"),
        ("US", "4", "negative"),
        ("US", "5", "unclear"),
        ("US", "null", "unclear"),
        ("US", None, "unclear"),
        ("DHS", "0", "unclear"),
        ("DHS", "5", "negative"),
        ("UK", "0", "unclear"),
        ("UK", "1", "unclear"),
        (None, "0", "unclear"),
        ("CUSTOM:Cell 7", "0", "unclear"),
        ("CUSTOM:Cell 7,0=negative,9=known-good", "0", "negative"),
        ("CUSTOM:Cell 7,0=negative,9=known-good", "9", "known-good"),
        ("CUSTOM:Cell 7,absent=negative", None, "negative"),
    ],
)
def test_the_table(name: str | None, category: str | None, means: str) -> None:
    assert find_meaning(name, category).means == means


def test_the_four_open_inputs_are_told_apart() -> None:
    told = {str(find_meaning("US", category).text) for category in ("0", "5", "null", None)}
    assert len(told) == 4
    assert "older" in str(find_meaning("US", "5").text)


def test_without_a_profile_the_words_say_so() -> None:
    assert "no profile" in str(find_meaning(None, "0").text)
    assert not find_meaning(None, None).text


@pytest.mark.parametrize("name", ["us", "XX", "CUSTOM", "CUSTOM:", "CUSTOM:a=b=c", "CUSTOM:0=bad", "CUSTOM:=known", ""])
def test_what_is_no_profile_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        find_profile(name)


def test_every_profile_names_its_source() -> None:
    assert set(load_shipped_profiles()) == {"US", "DHS", "UK"}
    assert all(each.source and each.category for each in load_shipped_profiles().values())
