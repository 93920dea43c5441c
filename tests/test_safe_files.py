"""Files in folders that a stranger prepared, also without the system's calls for folders (as on Windows)."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from triage import safe_files
from triage.safe_files import (
    NEW,
    UnsafeFile,
    create_file,
    erase_file,
    file_size,
    is_plain_folder,
    is_there,
    list_names,
    make_private_folder,
    move_file,
    open_handle,
    open_to_change,
    open_to_lock,
    open_to_read,
    open_to_write,
    read_file,
    remove_file,
    remove_folder,
    replace_file,
    replace_secret,
    require_own_file,
    resolve_file,
    resolve_folder,
)  # fmt: skip

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need privileges there")


@pytest.fixture(params=["folder handles", "a walk", "names only"], autouse=True)
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "a walk":
        monkeypatch.setattr(safe_files, "_open_whole", lambda folder: None)
    if request.param == "names only":
        monkeypatch.setattr(safe_files, "_FOLDER_HANDLES", False)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "theirs").write_bytes(b"theirs")
    return tmp_path / "elsewhere" / "theirs"


READ: dict[str, Callable[[Path], object]] = {
    "open_to_read": lambda path: open_to_read(path).close(),
    "open_handle": lambda path: os.close(open_handle(path)),
    "read_file": lambda path: read_file(path, 100),
    "file_size": file_size,
}
CHANGE: dict[str, Callable[[Path], object]] = {
    "open_to_change": lambda path: open_to_change(path).close(),
    "open_to_write": lambda path: os.close(open_to_write(path)),
    "append": lambda path: os.close(open_to_write(path, append=True)),
    "erase_file": erase_file,
    "replace_secret": lambda path: replace_secret(path, b"new"),
    "require_own_file": require_own_file,
}
LOCK: dict[str, Callable[[Path], object]] = {"open_to_lock": lambda path: os.close(open_to_lock(path))}
BELOW: dict[str, Callable[[Path], object]] = {
    **READ, **CHANGE, **LOCK,
    "create_file": lambda path: create_file(path.with_name("new")).close(),
    "replace_file": lambda path: replace_file(path, b"new"),
    "remove_file": remove_file,
    "move_file": lambda path: move_file(path, path.with_name("new")),
    "is_there": is_there,
    "list_names": lambda path: list_names(path.parent),
    "make_private_folder": lambda path: make_private_folder(path.parent / "new" / "newer"),
    "remove_folder": lambda path: remove_folder(path.parent, {"theirs"}),
}  # fmt: skip


@pytest.mark.parametrize("name", READ | CHANGE | LOCK)
@pytest.mark.parametrize("what", ["link", "link to nowhere", "pipe", "folder", "socket"])
def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path, canary: Path, name: str, what: str) -> None:
    place = tmp_path / "place"
    if what.startswith("link"):
        place.symlink_to(canary if what == "link" else tmp_path / "nowhere")
    elif what == "pipe":
        os.mkfifo(place)
    elif what == "socket":
        os.mknod(place, stat.S_IFSOCK | 0o600)
    else:
        place.mkdir()
    done = threading.Timer(30, os._exit, [1])  # a pipe would be waited for without end
    done.start()
    try:
        with pytest.raises(UnsafeFile) as error:
            (READ | CHANGE | LOCK)[name](place)
    finally:
        done.cancel()
    assert error.value.errno == errno.EINVAL and error.value.strerror and error.value.name == "place"
    assert canary.read_bytes() == b"theirs" and not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", CHANGE)
def test_a_second_name_is_not_changed(tmp_path: Path, canary: Path, name: str) -> None:
    (tmp_path / "place").hardlink_to(canary)
    with pytest.raises(UnsafeFile, match="second name"):
        CHANGE[name](tmp_path / "place")
    assert canary.read_bytes() == b"theirs"


@pytest.mark.parametrize("name", READ | LOCK)
def test_a_second_name_may_be_read(tmp_path: Path, canary: Path, name: str) -> None:
    (tmp_path / "place").hardlink_to(canary)
    (READ | LOCK)[name](tmp_path / "place")
    assert canary.read_bytes() == b"theirs"


@pytest.mark.parametrize("name", BELOW)
def test_no_folder_of_a_path_may_be_a_link(tmp_path: Path, canary: Path, name: str) -> None:
    (tmp_path / "folder").symlink_to(canary.parent)
    with pytest.raises(UnsafeFile, match="link"):
        BELOW[name](tmp_path / "folder" / "theirs")
    assert canary.read_bytes() == b"theirs" and list_names(canary.parent) == ["theirs"]


def test_links_that_a_person_names_are_followed_once(tmp_path: Path, canary: Path) -> None:
    (tmp_path / "folder").symlink_to(canary.parent)
    assert resolve_folder(tmp_path / "folder") == canary.parent
    assert read_file(resolve_file(tmp_path / "folder" / "theirs"), 6) == b"theirs"
    (canary.parent / "link").symlink_to(canary)
    assert resolve_file(tmp_path / "folder" / "link") == canary.parent / "link"


def test_a_file_larger_than_it_may_be_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"123456")
    assert read_file(tmp_path / "file", 6) == b"123456"
    with pytest.raises(UnsafeFile, match="larger"):
        read_file(tmp_path / "file", 5)
    os.truncate(tmp_path / "file", 1 << 40)
    with pytest.raises(UnsafeFile, match="larger"):
        read_file(tmp_path / "file", 1 << 20)
    os.truncate(tmp_path / "file", 0)
    assert read_file(tmp_path / "file", 0) == b""


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such devices")
@pytest.mark.parametrize("name", READ | CHANGE | LOCK)
def test_a_device_is_no_file(name: str) -> None:
    with pytest.raises(UnsafeFile, match="neither"):
        (READ | CHANGE | LOCK)[name](Path("/dev/zero"))


def test_replacing_flushes_the_file_then_names_it_then_flushes_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    steps: list[tuple[str, int]] = []
    fsync, rename = os.fsync, os.replace

    def synced(handle: int) -> None:
        steps.append(("sync", os.fstat(handle).st_ino))
        fsync(handle)

    def renamed(*args: object, **kwargs: object) -> None:
        steps.append(("name", 0))
        rename(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    replace_file(tmp_path / "file", b"new")
    wanted = [("sync", (tmp_path / "file").stat().st_ino), ("name", 0), ("sync", tmp_path.stat().st_ino)]
    assert steps == (wanted[:2] if "names only" in request.node.name else wanted)


def test_a_file_is_replaced_for_its_owner_alone_and_a_link_by_itself(tmp_path: Path, canary: Path) -> None:
    place = tmp_path / "place"
    place.symlink_to(canary)
    (tmp_path / f"place{NEW}").symlink_to(canary)
    replace_file(place, b"new")
    assert (place.read_bytes(), place.is_symlink(), stat.S_IMODE(place.stat().st_mode)) == (b"new", False, 0o600)
    assert canary.read_bytes() == b"theirs" and list_names(tmp_path) == ["elsewhere", "place"]


def test_a_file_that_can_not_be_replaced_leaves_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    with pytest.raises(OSError):
        replace_file(tmp_path / "place", b"new")
    assert list_names(tmp_path) == ["place"]


def test_what_a_secret_file_held_is_zeros_afterwards(tmp_path: Path) -> None:
    place = tmp_path / "place"
    replace_secret(place, b"old secret")
    with place.open("rb") as before:
        replace_secret(place, b"new")
        assert before.read() == bytes(10)
    erase_file(place)
    assert place.read_bytes() == bytes(3)
    erase_file(tmp_path / "nothing")


def test_a_file_that_claims_any_size_is_not_overwritten_whole(tmp_path: Path) -> None:
    """A backup's medium may hold a key file of many gigabytes without content: zeros for it would take the memory."""
    with (tmp_path / "keys.json").open("wb") as file:
        file.write(b"old secret")
        file.truncate(1 << 40)
    erase_file(tmp_path / "keys.json")
    with (tmp_path / "keys.json").open("rb") as file:
        assert file.read(10) == bytes(10)


def test_only_named_files_of_a_folder_are_removed(tmp_path: Path, canary: Path) -> None:
    folder = tmp_path / "folder"
    make_private_folder(folder / "below")
    assert stat.S_IMODE((folder / "below").stat().st_mode) == 0o700
    for name in ("ours", f"ours{NEW}", "theirs"):
        (folder / name).write_bytes(b"")
    (folder / "also ours").symlink_to(canary)
    assert not remove_folder(folder, {"ours", "also ours"})
    assert list_names(folder) == ["below", "theirs"]
    (folder / "theirs").unlink()
    (folder / "below").rmdir()
    assert remove_folder(folder, {"ours"}) and not is_there(folder) and remove_folder(folder, {"ours"})
    assert canary.read_bytes() == b"theirs"


def test_what_is_there(tmp_path: Path, canary: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder").symlink_to(canary.parent)
    assert is_there(tmp_path / "link") and is_there(tmp_path) and not is_there(tmp_path / "nothing" / "below")
    assert is_plain_folder(tmp_path) and not is_plain_folder(tmp_path / "folder") and not is_plain_folder(canary)
    assert file_size(canary) == 6 and file_size(tmp_path / "nothing") is None


def test_nothing_new_is_made_over_something_that_is_there(tmp_path: Path, canary: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for place in (canary, tmp_path / "link"):
        with pytest.raises(FileExistsError):
            create_file(place)
    assert canary.read_bytes() == b"theirs" and not (tmp_path / "nowhere").exists()


def test_no_handle_stays_open(tmp_path: Path, canary: Path) -> None:
    (tmp_path / "folder").symlink_to(canary.parent)
    handles = Path("/proc/self/fd")
    if not handles.is_dir():
        pytest.skip("the system does not list them")
    before = len(list(handles.iterdir()))
    for name, step in BELOW.items():
        for place in (tmp_path / "folder" / "theirs", tmp_path / "nothing" / "theirs", tmp_path / "folder"):
            try:
                step(place)
            except OSError:
                continue
            assert name
    assert len(list(handles.iterdir())) == before
