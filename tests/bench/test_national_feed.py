"""The nation's feed: media come back as exact copies, some of it is broken, and how it is sliced changes nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PIL import Image

from bench import national_feed
from bench.national_feed import NationalFeed


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(national_feed, "SIZES", ((48, 64, 70),))
    scene = Image.effect_noise((200, 150), 60).convert("RGB")
    monkeypatch.setattr(national_feed, "_draw_scene", lambda seed: [scene])


def read(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_slices_of_any_size_hold_the_same_reports(tmp_path: Path) -> None:
    NationalFeed().write_slice(tmp_path / "whole", 30)
    feed = NationalFeed()
    for size in (7, 23):
        feed.write_slice(tmp_path / "parts", size)
    assert read(tmp_path / "whole") == read(tmp_path / "parts")


def test_shares_are_as_told(tmp_path: Path) -> None:
    made = NationalFeed().write_slice(tmp_path, 600)
    assert 1.35 < made.media / made.reports < 1.65
    assert 0.35 < made.fresh / made.media < 0.45
    assert 1 <= made.broken <= 15
    pictures = {hashlib.sha256(data).digest() for name, data in read(tmp_path).items() if name.endswith(".jpg")}
    assert made.fresh - 5 <= len(pictures) <= made.fresh + made.broken
