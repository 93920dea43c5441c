from __future__ import annotations

from pathlib import Path

import pytest

from triage.links.link_kinds import LinkKindsError, load_kinds, load_shipped_kinds


def test_every_kind_says_why_and_from_where() -> None:
    assert all(kind.reason.endswith(".") and kind.source for kind in load_shipped_kinds().values())


def test_one_person_kinds_are_stronger_than_what_many_share() -> None:
    kinds = load_shipped_kinds()
    assert min(kinds[name].strength for name in ("email", "phone", "cnic", "device", "user_id")) > kinds["file"].strength
    assert kinds["ip"].strength < 50 and kinds["handle"].strength < 50


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[[",
        '[kind.a]\nstrength = 3\nreason = "r"\nsource = "s"\ncolour = 1',
        '[kind.a]\nstrength = 300\nreason = "r"\nsource = "s"',
        '[kind.a]\nstrength = 3\nreason = ""\nsource = "s"',
    ],
)
def test_a_file_that_can_not_be_right_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "ties.toml").write_text(text)
    with pytest.raises(LinkKindsError):
        load_kinds(tmp_path / "ties.toml")


@pytest.mark.parametrize(("strength", "fits"), [(0, False), (1, True), (100, True), (101, False)])
def test_a_strength_is_from_1_to_100(strength: int, fits: bool, tmp_path: Path) -> None:
    (tmp_path / "ties.toml").write_text(f'[kind.a]\nstrength = {strength}\nreason = "r"\nsource = "s"')
    if fits:
        assert load_kinds(tmp_path / "ties.toml")["a"].strength == strength
    else:
        with pytest.raises(LinkKindsError):
            load_kinds(tmp_path / "ties.toml")
