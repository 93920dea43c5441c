"""A folder that another export still writes is told from one that an interrupted export left."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exports.test_outgoing_file import DrawnSigner
from triage.errors import WorldError
from triage.exports import folder_claim
from triage.exports.bag import BagWriter, must_not_exist
from triage.exports.outgoing_file import OutgoingFolder

_UNTIL_KILLED = """
import sys
from pathlib import Path
from tests.exports.test_outgoing_file import DrawnSigner
from triage.exports.bag import BagWriter
from triage.exports.outgoing_file import OutgoingFolder
kept = OutgoingFolder(DrawnSigner(), Path(sys.argv[2])) if sys.argv[1] == "folder" else BagWriter(Path(sys.argv[2]))
print("begun", flush=True)
sys.stdin.read()
"""
WRITERS = {"folder": lambda out: OutgoingFolder(DrawnSigner(), out), "bag": BagWriter, "look before a bag": must_not_exist}
PARTS = {"folder": "unfinished-out", "bag": "out.part", "look before a bag": "out.part"}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_running_export_is_told_from_an_interrupted_one(tmp_path: Path, kind: str) -> None:
    out, begin, part = tmp_path / "out", WRITERS[kind], tmp_path / PARTS[kind]
    command = [sys.executable, "-c", _UNTIL_KILLED, kind, str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as other:
        try:
            assert other.stdout is not None and other.stdout.readline() == b"begun\n"
            for _ in range(2):
                with pytest.raises(WorldError, match=rf"Another export is writing {part.name} now; wait"):
                    begin(out)
            assert part.is_dir(), "it was not touched"
        finally:
            other.kill()
            other.wait()
    with pytest.raises(WorldError, match=rf"{part.name} was left by an interrupted run; delete it"):
        begin(out)
    assert part.is_dir()
    part.rmdir()
    OutgoingFolder(DrawnSigner(), out).discard()
    with BagWriter(out):
        assert part.parent.is_dir()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "bag"])
def test_two_exports_of_one_process_do_not_get_one_folder(tmp_path: Path, kind: str) -> None:
    begin: Callable[[Path], object] = WRITERS[kind]
    first = begin(tmp_path / "out")
    with pytest.raises(WorldError, match="Another export is writing"):
        begin(tmp_path / "out")
    if isinstance(first, OutgoingFolder):
        first.add(Path("a.csv"), b"a")
        first.publish()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    elif isinstance(first, BagWriter):
        with first:
            first.add("a.csv", [b"a"])
            first.finish([], "", DrawnSigner())
        assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_who_only_looks_takes_the_lock_from_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another export of the name looks at the new folder in the moment before its own export locks it."""
    looking = iter([False, False, True])
    monkeypatch.setattr(folder_claim, "try_lock", lambda _handle: next(looking))
    with BagWriter(tmp_path / "out") as bag:
        bag.add("a.csv", [b"a"])
        bag.finish([], "", DrawnSigner())
    assert next(looking, None) is None and (tmp_path / "out").is_dir()


def test_a_folder_that_can_not_be_claimed_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(folder_claim, "open_folder", refuse)
    with pytest.raises(WorldError, match="too many open files"):
        OutgoingFolder(DrawnSigner(), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_on_a_disk_without_locks_the_message_holds_for_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(folder_claim, "try_lock", refuse)
    first = BagWriter(tmp_path / "out")
    with pytest.raises(WorldError, match=r"out\.part is of another export; wait until none is running, then delete it"):
        BagWriter(tmp_path / "out")
    with first:
        first.add("a.csv", [b"a"])
        first.finish([], "", DrawnSigner())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
