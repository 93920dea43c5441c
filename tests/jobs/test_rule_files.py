"""Rule files that somebody names may come from anywhere: each bad one ends in a sentence, soon, and changes nothing."""

from __future__ import annotations

import io
import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from triage.errors import WorldError
from triage.jobs.judging import rules
from triage.jobs.session import Session
from triage.resources import find_root

RISK = "risk.toml"


def pack(folder: Path, *, method: int = zipfile.ZIP_DEFLATED, **other: bytes) -> bytearray:
    """Returns the shipped rules as a zip, with other bytes in some files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for path in sorted((find_root() / "rules").iterdir()):
            archive.writestr(path.name, other.get(path.stem, path.read_bytes()))
    return bytearray(packed.getvalue())


def pack_locked(folder: Path) -> bytearray:
    data = pack(folder)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        where = data.find(mark)
        while where >= 0:
            data[where + at] |= 1
            where = data.find(mark, where + 4)
    return data


def pack_unknown_method(folder: Path) -> bytearray:
    data = pack(folder)
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        where = data.find(mark)
        while where >= 0:
            data[where + at] = 97
            where = data.find(mark, where + 4)
    return data


def pack_damaged(folder: Path) -> bytearray:
    data = pack(folder)
    where = data.find(RISK.encode()) + len(RISK)
    data[where : where + 200] = bytes(range(200))
    return data


ZIPS: dict[str, Callable[[Path], bytearray]] = {
    "locked": pack_locked,
    "an unknown method": pack_unknown_method,
    "damaged": pack_damaged,
    "a bomb": lambda folder: pack(folder, risk=bytes(64 << 20)),
    "cut": lambda folder: pack(folder)[:-30],
    "cut lzma": lambda folder: pack(folder, method=zipfile.ZIP_LZMA).replace(b"\x5d\x00\x00\x80", b"\xff\xff\xff\xff"),
    "no zip": lambda folder: bytearray(b"\x00" * 9),
}


@pytest.mark.parametrize("what", ZIPS)
def test_a_zip_that_is_not_sound_ends_in_a_sentence(session: Session, tmp_path: Path, what: str) -> None:
    file = tmp_path / "rules.zip"
    file.write_bytes(ZIPS[what](tmp_path))
    for act in (rules.try_rules, rules.use_rules, rules.show_budget):
        with pytest.raises(WorldError, match=r"can't be read|neither a folder nor a zip"):
            act(session, file)
    assert rules.show_rules(session).uses == ()


def test_a_zip_and_a_folder_of_rules_are_tried(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "rules.zip"
    file.write_bytes(pack(tmp_path))
    folder = shutil.copytree(find_root() / "rules", tmp_path / "rules")
    assert rules.try_rules(session, file).name == rules.try_rules(session, folder).name


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in folders")
@pytest.mark.parametrize("what", ["pipe", "device", "large"])
def test_what_is_no_plain_small_file_is_not_read(session: Session, tmp_path: Path, what: str) -> None:
    """A pipe was waited for without end, and a device was read without end."""
    folder = shutil.copytree(find_root() / "rules", tmp_path / "rules")
    (folder / RISK).unlink()
    if what == "pipe":
        os.mkfifo(folder / RISK)
    elif what == "device":
        (folder / RISK).symlink_to("/dev/zero")
    else:
        with (folder / RISK).open("wb") as file:
            file.truncate(1 << 40)
    with pytest.raises(WorldError, match=f"{RISK} can't be read"):
        rules.try_rules(session, folder)
