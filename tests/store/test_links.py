"""Links, second names, pipes and folders where the program reads or writes: it refuses them, and changes nothing elsewhere.

The places are found by running each operation once and recording each path that it uses. Then each operation is repeated with
each of its places prepared by a stranger. What lies behind a link is a copy of what belongs there, so that the operation goes as
far as it can. Operations that use places of the same role share the four kinds of plant; `make thorough` tries all of them with
each operation.
"""

from __future__ import annotations

import logging
import os
import shutil
import stat
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.store.conftest import CHEAP, Made
from tests.thorough import THOROUGH
from triage import safe_files
from triage.errors import StoreError, WorldError
from triage.safe_files import NEW
from triage.store import register
from triage.store.backup import make_backup
from triage.store.rekey import replace_database_key
from triage.store.restore import restore_backup
from triage.store.store import Store

pytestmark = [pytest.mark.skipif(os.name == "nt", reason="links need privileges there"), pytest.mark.timeout(600)]


class Room:
    """A folder with a store, a backup of an older state of it, and what interrupted runs leave."""

    def __init__(self, folder: Path, made: Any) -> None:
        self.folder, self.made = folder, replace(made, directory=folder / "store")

    def open(self) -> Store:
        return self.made.open()


Operation = Callable[[Room], None]
Plant = Callable[[Path, Path], None]
Case = tuple[Path, Plant]
Cases = dict[Operation, tuple[frozenset[str], list[Case]]]
"""For each operation the folders of the room that it uses, and its cases."""


def write_batch(room: Room) -> None:
    with room.open() as store:
        logging.getLogger("triage.store").warning("something")
        with store.batch() as batch:
            batch.seal(b"more")
            batch.note("things sealed", items=1)


def make_store(room: Room) -> None:
    Store.create(room.folder / "made", "other", "seven green boats", cost=CHEAP).store.close()


def go_on_making(room: Room) -> None:
    Store.create(room.folder / "half made", "other", "seven green boats", cost=CHEAP).store.close()


def back_up_first(room: Room) -> None:
    with room.open() as store:
        make_backup(store, room.folder / "first backup")


def go_on_backing_up(room: Room) -> None:
    with room.open() as store:
        make_backup(store, room.folder / "half backup")


def back_up_again(room: Room) -> None:
    with room.open() as store:
        make_backup(store, room.folder / "backup")


def restore(room: Room) -> None:
    restore_backup(room.folder / "backup", room.folder / "restored", room.made.name, room.made.passphrase)


def rotate_master(room: Room) -> None:
    with room.open() as store:
        store.keys.rotate_master()


def replace_key(room: Room) -> None:
    with room.open() as store:
        replace_database_key(store)


def go_on_replacing(room: Room) -> None:
    """From folders that an interrupted change of keys leaves."""
    room.open().close()


def destroy_item(room: Room) -> None:
    with room.open() as store:
        with store.batch() as batch:
            batch.destroy(1)
            batch.note("thing destroyed", item=1)
        store.forget_older_state()


def write_register(room: Room) -> None:
    with room.open() as store:
        register.write_register(store, store.read(), room.folder / "carrier")
    register.read_register(room.folder / "carrier" / register.FILE)


def read_register(room: Room) -> None:
    register.read_register(room.folder / "backup" / register.FILE)


def compare_head(room: Room) -> None:
    with room.open() as store:
        store.verify_log(room.folder / "carrier" / "head.json")


OPERATIONS: list[Operation] = [
    write_batch, make_store, go_on_making, back_up_first, go_on_backing_up, back_up_again, restore, rotate_master,
    replace_key, go_on_replacing, destroy_item, write_register, read_register, compare_head,
]  # fmt: skip


OUTSIDE = [make_store, go_on_making, back_up_first, go_on_backing_up, back_up_again, restore, write_register, compare_head]
"""In the store itself these use the places that the others use, in the same way."""


WITHOUT_STORE = [make_store, go_on_making, restore, read_register]
"""These leave the store in the room alone."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Room:
    folder = tmp_path_factory.mktemp("prepared")
    room = Room(folder, Made(folder, ("", ""), {}))
    with Store.create(room.made.directory, Made.name, Made.passphrase, cost=CHEAP).store as store, store.batch() as batch:
        batch.seal(b"one")
        batch.note("things sealed", items=1)
    (room.folder / "carrier").mkdir()
    back_up_again(room)
    go_on_making(room)
    (room.folder / "half made" / "making").touch()
    go_on_backing_up(room)
    (room.folder / "half backup" / "backup.json").rename(room.folder / "half backup" / "making")
    write_batch(room)
    with room.open() as store:
        (room.folder / "carrier" / "head.json").write_bytes(store.read_head().encode())
    shutil.copytree(room.made.directory, room.folder / "aside")
    replace_key(room)
    for name in ("rekey", "rekeyed"):  # a change of keys that is whole, and the beginning of another
        (room.folder / name).mkdir()
        for file in ("triage.db", "head.json", "keys.json"):
            shutil.copy(room.made.directory / file, room.folder / name / file)
    shutil.rmtree(room.made.directory)
    (room.folder / "aside").rename(room.made.directory)
    return room


@pytest.fixture(scope="module")
def interrupted(prepared: Room, tmp_path_factory: pytest.TempPathFactory) -> Room:
    """As `prepared`, with the folders of a change of keys that was interrupted."""
    room = _copy(prepared, tmp_path_factory.mktemp("interrupted") / "room")
    for name in ("rekey", "rekeyed"):
        (room.folder / name).rename(room.made.directory / name)
    return room


def _copy(room: Room, to: Path, tops: frozenset[str] | None = None) -> Room:
    """Copies the room, or only these of its folders."""
    to.mkdir()
    for folder in room.folder.iterdir():
        if tops is None or folder.name in tops:
            shutil.copytree(folder, to / folder.name)
    return Room(to, room.made)


@pytest.fixture(scope="module")
def room_for(prepared: Room, interrupted: Room) -> Callable[[Operation], Room]:
    return lambda operation: interrupted if operation is go_on_replacing else prepared


@pytest.fixture(scope="module")
def cases(room_for: Callable[[Operation], Room], tmp_path_factory: pytest.TempPathFactory) -> Cases:
    """For each operation its places, each with plants: all of them together for a role, but each of them when THOROUGH."""
    uses, tops = defaultdict(list), {}
    for operation in OPERATIONS:
        places, tops[operation] = _places(room_for(operation), operation, tmp_path_factory.mktemp("seen") / "room")
        for place in places:
            uses[_role(place)].append((operation, place))
    chosen = defaultdict(list)
    for n, users in enumerate(uses.values()):
        for case in range(max(len(users), len(PLANTS))):
            operation, place = users[case % len(users)]
            chosen[operation] += [(place, plant) for plant in (PLANTS if THOROUGH else [PLANTS[(n + case) % len(PLANTS)]])]
    return {operation: (tops[operation], list(dict.fromkeys(found))) for operation, found in chosen.items()}


def _role(place: Path) -> tuple[str, ...]:
    """The place with one name for all stores that are made, all backups, and all states within them."""
    top, *rest = place.parts
    kind = "made" if top in ("made", "half made", "restored") else "backup" if top.endswith("backup") else top
    return kind, *("state" if name.isdecimal() else name for name in rest)


def _places(room: Room, operation: Operation, work: Path) -> tuple[list[Path], frozenset[str]]:
    """Every path below the room that the operation touches by name, relative to the room; and the room's folders that it uses.

    The store is one of them in any case: each test asks how it stands afterwards.
    """
    used: set[Path] = set()
    real = safe_files._FolderOf

    def folder_of(path: Path) -> Any:
        used.add(path)
        return real(path)

    copy = _copy(room, work)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(safe_files, "_FolderOf", folder_of)
        operation(copy)
    below = {path.relative_to(work) for path in used if path.is_relative_to(work) and path != work}
    used_tops = frozenset({"store", *(path.parts[0] for path in below)})
    if operation in OUTSIDE:
        below = {path for path in below if path.parts[0] != "store"}
    tops = {path for path in below if len(path.parts) == 1 and (work / path).is_dir()}  # a person names these
    shutil.rmtree(work)
    return sorted(below - tops), used_tops


def link_to_file(place: Path, canary: Path) -> None:
    place.symlink_to(canary)


def second_name(place: Path, canary: Path) -> None:
    if canary.is_dir():
        place.symlink_to(canary)
    else:
        place.hardlink_to(canary)


def pipe(place: Path, _canary: Path) -> None:
    os.mkfifo(place)


def folder_with_something(place: Path, _canary: Path) -> None:
    (place / "theirs").mkdir(parents=True)


PLANTS: list[Plant] = [link_to_file, second_name, pipe, folder_with_something]


def _state_of(path: Path) -> dict[str, tuple[int, bytes]]:
    files = [path, *sorted(path.rglob("*"))] if path.is_dir() else [path]
    return {
        str(file.relative_to(path)): (stat.S_IMODE(file.lstat().st_mode), file.read_bytes() if file.is_file() else b"")
        for file in files
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.__name__)
def test_nothing_elsewhere_is_read_written_or_deleted(
    room_for: Callable[[Operation], Room], cases: Cases, operation: Operation, tmp_path: Path
) -> None:
    prepared = room_for(operation)
    store_before = _state_of(prepared.made.directory)
    used_tops, planted = cases[operation]
    assert planted
    for n, (place, plant) in enumerate(planted):
        case = f"{plant.__name__} at {place}"
        room, canary = _copy(prepared, tmp_path / f"{n}", used_tops), tmp_path / "canary"
        there, belongs = room.folder / place, prepared.folder / place
        if belongs.is_dir():
            shutil.copytree(belongs, canary)
            (canary / "theirs").write_bytes(b"theirs")
            shutil.rmtree(there)
        elif belongs.exists():
            shutil.copy(belongs, canary)
            there.unlink()
        else:
            canary.write_bytes(b"theirs")
        if not there.parent.is_dir():
            there.parent.mkdir(parents=True)
        plant(there, canary)
        before = _state_of(canary)
        with suppress(WorldError):
            operation(room)
        assert _state_of(canary) == before, case
        if plant is folder_with_something:  # it is there, whatever else was put into it
            assert (there / "theirs").is_dir(), case
        if place.parts[0] == "store":
            _put_back(there, belongs)
        if operation in WITHOUT_STORE:
            assert _state_of(room.made.directory) == store_before, case
        else:
            _require_whole(room, case)
        shutil.rmtree(room.folder)
        shutil.rmtree(canary) if canary.is_dir() else canary.unlink()


def _require_whole(room: Room, case: str) -> None:
    try:
        with room.open() as store:
            assert store.check().valid, case
    except WorldError as error:
        pytest.fail(f"{case}: {error}")


def _put_back(there: Path, belongs: Path) -> None:
    """What belongs there, where the stranger's thing still lies: what took its place is newer."""
    planted = there.is_symlink() or there.is_fifo() or (there.is_file() and there.stat().st_nlink > 1)
    planted = planted or (there / "theirs").exists()
    if not planted:
        return
    if there.is_dir() and not there.is_symlink():
        shutil.rmtree(there)
    else:
        there.unlink()
    if belongs.is_dir():
        shutil.copytree(belongs, there)
    elif belongs.exists():
        shutil.copy(belongs, there)


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """Somebody's file."""
    path = tmp_path / "somebody's file"
    path.write_bytes(b"theirs")
    return path


@pytest.mark.parametrize("name", ["head.json", "keys.json"])
def test_a_file_is_replaced_beside_the_link(made: Any, victim: Path, name: str) -> None:
    (made.directory / f"{name}{NEW}").symlink_to(victim)
    with made.open() as store:
        store.keys.rotate_master()
    assert victim.read_bytes() == b"theirs"
    with made.open() as store:
        assert store.check().valid


def test_a_new_pack_is_not_written_through_a_link(made: Any, victim: Path) -> None:
    pack = made.directory / "vault" / "000001.pack"
    elsewhere = victim.with_name("elsewhere")
    pack.rename(elsewhere)
    pack.symlink_to(elsewhere)
    whole = elsewhere.read_bytes()
    with pytest.raises(StoreError, match="is a link"), made.open() as store, store.batch() as batch:
        batch.seal(b"anything")
    assert elsewhere.read_bytes() == whole


def test_the_log_is_not_written_through_a_link(made: Any, victim: Path) -> None:
    (made.directory / "log").mkdir(exist_ok=True)
    (made.directory / "log" / "triage.log").unlink(missing_ok=True)
    (made.directory / "log" / "triage.log").symlink_to(victim)
    with made.open():
        logging.getLogger("triage.store.store").warning("something")
    assert victim.read_bytes() == b"theirs"


def test_a_backup_is_not_written_through_a_link(made: Any, victim: Path, tmp_path: Path) -> None:
    out = tmp_path / "backup"
    (out / "vault").mkdir(parents=True)
    (out / "vault" / "000001.pack").symlink_to(victim)
    with made.open() as store, pytest.raises(StoreError):
        make_backup(store, out)
    assert victim.read_bytes() == b"theirs"
