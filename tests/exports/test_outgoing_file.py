"""Two exports to one name at the same time: whoever is told that it was written has written it, and a signature is of its file."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from triage import limits
from triage.errors import WorldError
from triage.exports import outgoing_file
from triage.exports.outgoing_file import OutgoingFiles, OutgoingFolder
from triage.exports.verify import verify_file


class DrawnSigner:
    """A key of its own for each writer, as two workstations have."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data)


def export(out: Path, data: bytes, *, overwrite: bool) -> bool:
    """Writes as `write_out` does; returns whether it succeeded."""
    files = OutgoingFiles(DrawnSigner())
    try:
        files.add(out, data, overwrite=overwrite)
        files.publish()
    except WorldError:
        files.discard()
        return False
    return True


def test_a_large_file_is_compared_with_what_was_signed_piece_by_piece(tmp_path: Path) -> None:
    out, data = tmp_path / "queue.csv", bytes(8_000_000)
    files = OutgoingFiles(DrawnSigner())
    files.add(out, data)
    tracemalloc.start()
    try:
        files.publish()
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert verify_file(out).valid


def test_a_file_that_is_too_large_to_be_verified_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SIGNED_FILE", 1000)
    files = OutgoingFiles(DrawnSigner())
    files.add(tmp_path / "fits.csv", bytes(1000))
    files.publish()
    assert verify_file(tmp_path / "fits.csv").valid
    with pytest.raises(WorldError, match="can't be verified"):
        files.add(tmp_path / "queue.csv", bytes(1001))
    files.discard()
    assert not list(tmp_path.glob("queue*"))


STEPS = 16  # more than an export has


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("step", range(STEPS))
@pytest.mark.parametrize("same", [False, True])
def test_another_export_at_any_step_mixes_nothing(
    step: int, overwrite: bool, same: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, told, reached = tmp_path / "queue.csv", {}, 0
    texts = {"first": b"first", "second": b"first" if same else b"second, and longer"}

    def stepping(call: Callable[..., object]) -> Callable[..., object]:
        def stepped(*arguments: object, **named: object) -> object:
            nonlocal reached
            reached += 1
            if reached == step + 1:
                told["second"] = export(out, texts["second"], overwrite=overwrite)
            return call(*arguments, **named)

        return stepped

    for name in ("create_file", "move_file", "remove_file", "is_there"):
        monkeypatch.setattr(outgoing_file, name, stepping(getattr(outgoing_file, name)))
    told["first"] = export(out, texts["first"], overwrite=overwrite)
    monkeypatch.undo()
    told.setdefault("second", False)
    assert list(tmp_path.glob("unfinished-*")) == []
    if not out.exists():
        assert told == {"first": False, "second": False}
        assert list(tmp_path.iterdir()) == [], "no signature without its file"
        return
    assert any(told.values())
    assert out.read_bytes() in {texts[name] for name, well in told.items() if well}
    assert overwrite or same or sum(told.values()) == 1, "nobody is told that it was written and then loses it"
    assert verify_file(out).valid


def test_what_a_medium_changed_before_the_name_is_not_published(tmp_path: Path) -> None:
    files = OutgoingFiles(DrawnSigner())
    files.add(tmp_path / "queue.csv", b"signed")
    (tmp_path / "unfinished-queue.csv").write_bytes(b"sig\0ed")
    with pytest.raises(WorldError):
        files.publish()
    files.discard()
    assert not (tmp_path / "queue.csv").exists()


def test_a_name_that_is_taken_before_publishing_is_not_overwritten(tmp_path: Path) -> None:
    for taken in ("queue.csv", "queue.csv.sig", "queue.csv.pem"):
        files = OutgoingFiles(DrawnSigner())
        files.add(tmp_path / "queue.csv", b"ours")
        (tmp_path / taken).write_bytes(b"theirs")
        with pytest.raises(WorldError, match="exists already"):
            files.publish()
        files.discard()
        assert list(tmp_path.iterdir()) == [tmp_path / taken] and (tmp_path / taken).read_bytes() == b"theirs"
        (tmp_path / taken).unlink()


def test_what_an_interrupted_run_left_of_a_folder_is_neither_used_nor_removed(tmp_path: Path) -> None:
    left = tmp_path / "unfinished-statistics"
    left.mkdir()
    (left / "theirs").write_bytes(b"theirs")
    with pytest.raises(WorldError, match="interrupted run"):
        OutgoingFolder(DrawnSigner(), tmp_path / "statistics")
    with pytest.raises(WorldError, match="Can't write"):
        OutgoingFolder(DrawnSigner(), left / "theirs" / "statistics")
    assert [path.name for path in tmp_path.rglob("*")] == ["unfinished-statistics", "theirs"]
    whole = OutgoingFolder(DrawnSigner(), tmp_path / "other" / "statistics")
    whole.add(Path("sub") / "a.csv", b"a")
    assert not (tmp_path / "other" / "statistics").exists()
    whole.publish()
    assert verify_file(tmp_path / "other" / "statistics" / "sub" / "a.csv").valid
