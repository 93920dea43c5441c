"""Names and half-made folders."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import bagit
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import WorldError
from triage.exports.bag import FINGERPRINT, BagWriter, safe_name
from triage.exports.bag_check import check_bag
from triage.exports.signature import fingerprint_of, read_pem, to_pem


class Signer:
    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)


HOSTILE = [
    "../../x",
    "a\u2028b",
    "a\x85b",
    "a%0Ab",
    "a\nb",
    "\u202egpj.exe",
    "ا" * 400,
    "e\u0301",
    ".",
    "..",
    " x ",
    "CON:",
    "a\\b",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bag_with_a_hostile_name_is_valid_for_everyone(tmp_path: Path, name: str) -> None:
    with BagWriter(tmp_path / "bag") as bag:
        bag.add(f"sources/0-{safe_name(name)}", [b"bytes"])
        signer = Signer()
        key = fingerprint_of(read_pem(to_pem(signer.public_key)))
        bag.finish([("External-Identifier", "two\nlines"), (FINGERPRINT, key)], "read me", signer)
    found = check_bag(tmp_path / "bag")
    assert (found.problems, found.key) == ([], key)
    bagit.Bag(str(tmp_path / "bag")).validate()


@given(st.text(max_size=300))
def test_a_safe_name_stays_below_and_fits(name: str) -> None:
    safe = safe_name(name)
    for part in safe.split("/"):
        assert part not in ("", ".", "..")
        assert len(part.encode()) <= 200
        assert not set(part) & set('<>:"|?*\\%\n\r\x00\u202e\u2028')
    assert safe_name(safe) == safe


def test_what_was_not_finished_is_taken_away(tmp_path: Path) -> None:
    def half() -> Iterator[bytes]:
        yield b"first"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(WorldError, match="no space left"), BagWriter(tmp_path / "bag") as bag:
        bag.add("report.pdf", half())
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "theirs").touch()
    with pytest.raises(WorldError, match="exists already"):
        BagWriter(tmp_path / "bag")
    (tmp_path / "other.part").mkdir()
    with pytest.raises(WorldError, match=r"other\.part was left by an interrupted run"):
        BagWriter(tmp_path / "other")
    assert (tmp_path / "other.part").is_dir()
