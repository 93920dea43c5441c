"""A packet that is encrypted as a whole: one signed file, nothing of it open on the disk, and the same packet inside."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pyrage
import pytest

from tests.exports.conftest import NUMBER
from triage import limits
from triage.errors import Refused, WorldError
from triage.exports import bag as bag_export
from triage.jobs.leaving.packet import create_packet
from triage.jobs.leaving.verify import verify_file, verify_packet
from triage.jobs.session import Session

PLAIN = (b"BagIt-Version", b"kite_flyer", b"EVIDENCE PACKET", b"%PDF-")


def test_it_decrypts_to_a_packet_that_verifies(desk: Session, recipient: pyrage.x25519.Identity, tmp_path: Path) -> None:
    key = str(recipient.to_public())
    written = create_packet(desk, [NUMBER], tmp_path / "p", encrypt_all=True, with_media=True, recipients=[key])
    assert written.path == str(tmp_path / "p.tar.age")
    assert {path.name for path in tmp_path.iterdir()} == {"p.tar.age", "p.tar.age.sig", "p.tar.age.pem"}
    assert verify_file(tmp_path / "p.tar.age").valid
    data = (tmp_path / "p.tar.age").read_bytes()
    assert not any(word in data for word in PLAIN)
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(data, [recipient]))) as tar:
        tar.extractall(tmp_path / "opened", filter="data")
    result = verify_packet(tmp_path / "opened" / "p")
    assert (result.valid, result.problems) == (True, ())
    assert (tmp_path / "opened" / "p" / "data" / "media.tar.age").is_file()
    row = desk.store.read().first("SELECT kind, name, recipients FROM outgoing ORDER BY id DESC LIMIT 1")
    assert row == ("packet", "p.tar.age", json.dumps([key]))


def test_nothing_of_it_is_ever_open_on_the_disk(
    desk: Session, recipient: pyrage.x25519.Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looks at the disk after each file of the packet was made."""
    sound = bag_export.Bag.add
    seen: list[str] = []

    def add(self: bag_export.Bag, name: str, chunks: Iterable[bytes]) -> str:
        made = sound(self, name, chunks)
        for path in tmp_path.rglob("*"):
            assert path.is_dir() or not any(word in path.read_bytes() for word in PLAIN), path
        seen.append(name)
        return made

    monkeypatch.setattr(bag_export.Bag, "add", add)
    create_packet(desk, [NUMBER], tmp_path / "p", encrypt_all=True, recipients=[str(recipient.to_public())])
    assert "report.json" in seen


def test_one_that_is_too_large_is_refused_and_leaves_nothing(
    desk: Session, recipient: pyrage.x25519.Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_SIGNED_FILE", 100_000)
    with pytest.raises(WorldError, match="holds at most"):
        create_packet(desk, [NUMBER], tmp_path / "p", encrypt_all=True, recipients=[str(recipient.to_public())])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"encrypt_all": True}, "needs a recipient"),
        ({"recipients": ["age1x"]}, "nothing is encrypted"),
        ({"with_media": True}, "named recipient"),
        ({"with_media": True, "edition": "redacted", "recipients": ["age1x"]}, "holds no media"),
    ],
)
def test_choices_that_do_not_go_together_are_refused(
    desk: Session, tmp_path: Path, choice: dict[str, object], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        create_packet(desk, [NUMBER], tmp_path / "p", **choice)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_written_over(desk: Session, recipient: pyrage.x25519.Identity, tmp_path: Path) -> None:
    (tmp_path / "p.tar.age").write_bytes(b"mine")
    with pytest.raises(WorldError, match="exists already"):
        create_packet(desk, [NUMBER], tmp_path / "p", encrypt_all=True, recipients=[str(recipient.to_public())])
    assert (tmp_path / "p.tar.age").read_bytes() == b"mine"
