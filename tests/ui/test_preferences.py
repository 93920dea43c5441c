"""The file of preferences is neither read nor written through a link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from triage.ui.core.preferences import FILE, SETTINGS, Preferences, load, save

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need privileges there")


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text('{"theme": "light"}')
    for name in (FILE, f"{FILE}.new", f"{FILE}.triage-new"):
        (tmp_path / name).symlink_to(theirs)
    assert load(tmp_path) == Preferences()
    save(tmp_path, Preferences(theme="light"))
    assert load(tmp_path) == Preferences(theme="light") and theirs.read_text() == '{"theme": "light"}'


def test_what_is_no_file_or_too_large_gives_the_defaults(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FILE)
    assert load(tmp_path) == Preferences()
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).write_text("[" * 4000)
    assert load(tmp_path) == Preferences()
    (tmp_path / FILE).write_text('{"theme": "light"}' + " " * 5000)
    assert load(tmp_path) == Preferences()


def test_each_choice_is_kept_and_each_default_is_one(tmp_path: Path) -> None:
    for each in SETTINGS:
        assert getattr(Preferences(), each.field) in each.choices
        for choice in each.choices:
            wanted = Preferences(**{each.field: choice})
            save(tmp_path, wanted)
            assert load(tmp_path) == wanted
