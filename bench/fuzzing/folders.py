"""Targets whose input is a folder that others could change: packets, backups, the store's own key file, head, database, vault."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import time
from pathlib import Path

from bench.fuzzing.mutate import Chance, mutate_bytes, mutate_json
from bench.fuzzing.place import AFTER, BEFORE, USER, WORDS, Place, Problems
from bench.fuzzing.seeds import Files
from triage.errors import WorldError
from triage.jobs.keeping.backup import make_backup, restore_backup
from triage.jobs.leaving.verify import verify
from triage.jobs.session import unlock
from triage.model.json_text import encode_json

ODD_NAMES = (b"a\nvalid: yes", b"\x1b[2J", b"\xff\xfe", b"-rf", b"n" * 250, "\u202egnp".encode(), b" ", b"con", b"%s{0}", b"..x")
GIB = 1 << 30
MOST_LEVELS = 20
PATIENCE = 60
"""Seconds for one case, whose honest form takes less than one."""
PROCESSOR_SECONDS = 20
"""For one hostile key file, packet or backup of a few kilobytes."""


def make_edits(chance: Chance) -> Files:
    """Returns a case: the seed from which a folder is changed. Its files hold keys of their own in every run."""
    return {"edits.json": json.dumps({"seed": chance.randrange(1 << 32)}).encode()}


def chance_of(case: Files) -> Chance:
    """Returns the random source of a case, from the seed that it holds."""
    return random.Random(json.loads(case["edits.json"])["seed"])


def digest_folder(folder: Path) -> dict[str, bytes | str]:
    """Returns what lies below a folder: bytes of files, and the kind of what is none."""
    found: dict[str, bytes | str] = {}
    for path in list_below(folder):
        name = os.fsencode(path.relative_to(folder)).decode("latin-1")
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file():
            found[name] = path.read_bytes() if path.stat().st_size < GIB else "sparse"
        else:
            found[name] = "folder" if path.is_dir() else "device"
    return found


def list_below(folder: Path) -> list[Path]:
    """Returns what lies below a folder, sorted; links are not followed, and not more than so many levels are looked at."""
    found, waiting = [], [(folder, 0)]
    while waiting:
        here, level = waiting.pop()
        for entry in os.scandir(here):
            path = Path(entry.path)
            found.append(path)
            if entry.is_dir(follow_symlinks=False) and level < MOST_LEVELS:
                waiting.append((path, level + 1))
    return sorted(found)


def edit_folder(chance: Chance, folder: Path, targets: list[Path]) -> str:
    """Changes a folder in one or two ways, and returns what was done. Links lead to one of the `targets`."""
    return "; ".join(_edit(chance, folder, targets) for _ in range(chance.choice((1, 1, 2))))


def _edit(chance: Chance, folder: Path, targets: list[Path]) -> str:
    below = [path for path in list_below(folder) if not path.is_symlink()]
    files, folders = [path for path in below if path.is_file()], [folder, *(path for path in below if path.is_dir())]
    if not files:
        return "no file is left"
    path, within = chance.choice(files), chance.choice(folders)
    name = path.relative_to(folder)
    match chance.randrange(14):
        case 0 | 1 | 2:
            change = mutate_json if path.suffix == ".json" and chance.random() < 0.7 else mutate_bytes
            with contextlib.suppress(ValueError):
                path.write_bytes(change(chance, path.read_bytes()))
            return f"mutate {name}"
        case 3:
            path.unlink()
            return f"remove {name}"
        case 4:
            os.truncate(path, chance.choice((0, 1, path.stat().st_size // 2)))
            return f"cut {name}"
        case 5:
            os.truncate(path, 30 * GIB)
            return f"sparse {name}"
        case 6:
            (Path(os.fsdecode(os.fsencode(within) + b"/" + chance.choice(ODD_NAMES)))).write_bytes(b"x")
            return f"odd name in {within.relative_to(folder)}"
        case 7 | 8:
            target = chance.choice([*targets, Path("/dev/zero")])
            path.unlink()
            path.symlink_to(target)
            return f"link {name} to {target.name}"
        case 9 if within != folder:
            subprocess.run(["rm", "-rf", str(within)], check=True)
            within.symlink_to(chance.choice(targets))
            return f"link folder {within.relative_to(folder)}"
        case 10:
            _nest(within, chance.choice((50, 2_500)))
            return f"nested folders in {within.relative_to(folder)}"
        case 11:
            for n in range(2_000):
                (within / f"more-{n}").write_bytes(b"")
            return f"many files in {within.relative_to(folder)}"
        case 12:
            path.unlink()
            os.mkfifo(path)
            return f"fifo {name}"
        case _:
            other = chance.choice(files)
            data = path.read_bytes()
            path.write_bytes(other.read_bytes())
            other.write_bytes(data)
            return f"swap {name} and {other.relative_to(folder)}"


def _nest(within: Path, depth: int) -> None:
    """Deeper than a path can be long: from the inside."""
    at = os.open(within, os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(depth):
        with contextlib.suppress(FileExistsError):
            os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY | os.O_DIRECTORY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)


class Packets:
    """Tampered packets and hostile folders in the shape of one."""

    name, batch, patience, make = "packets", 1, PATIENCE, staticmethod(make_edits)

    def run(self, place: Place, cases: list[Files]) -> Problems:
        problems = Problems()
        for case in cases:
            place.begin("packet")
            packet = place.round / "packet"
            done = edit_folder(chance_of(case), packet, [place.outside / "canary", place.outside])
            spent = time.process_time()
            with problems.watch(f"packet verify ({done})"):
                found = verify(packet)
                encode_json(found)
                if found.valid and "nested" not in done and "sparse" not in done:
                    same = digest_folder(packet) == digest_folder(place.template / "packet")
                    problems.demand(same, f"a changed packet is valid ({done})")
            problems.demand(time.process_time() - spent < PROCESSOR_SECONDS, f"packet verify takes its time ({done})")
            place.nothing_outside(problems, "packet")
        return problems


class Backups:
    """Hostile backup media: restored from, and backed up to."""

    name, batch, patience, make = "backups", 1, PATIENCE, staticmethod(make_edits)

    def run(self, place: Place, cases: list[Files]) -> Problems:
        problems = Problems()
        for case in cases:
            place.begin("store", "backup")
            chance = chance_of(case)
            live = [place.store / "keys.json", place.store / "vault", place.store]
            done = edit_folder(chance, place.round / "backup", [place.outside / "canary", place.outside, *live])
            if chance.random() < 0.5:
                self._restore(problems, place, done)
            else:
                self._back_up(problems, place, done)
            place.nothing_outside(problems, "backup", "new")
        return problems

    def _restore(self, problems: Problems, place: Place, done: str) -> None:
        new = place.round / "new"
        with problems.watch(f"restore ({done})", WorldError):
            if restore_backup(place.round / "backup", new, USER, WORDS, no_register="none was made").check.valid:
                with unlock(new, USER, WORDS) as session:
                    place.other_reports_live(problems, session, BEFORE)
                    place.is_clean(problems, session)
        self._live_store_is_whole(problems, place, done)

    def _back_up(self, problems: Problems, place: Place, done: str) -> None:
        with problems.watch(f"backup ({done})"), place.unlock() as session, contextlib.suppress(WorldError):
            make_backup(session, place.round / "backup")
        self._live_store_is_whole(problems, place, done)

    def _live_store_is_whole(self, problems: Problems, place: Place, done: str) -> None:
        before = len(problems)
        with problems.watch("the live store"), place.unlock() as session:
            place.imports_still(problems, session)
            place.other_reports_live(problems, session, BEFORE, AFTER)
            place.is_clean(problems, session)
        problems[before:] = [f"after {done}: {sentence}" for sentence in problems[before:]]


class Keys:
    """The store's own files: key file, head, database, vault, lock. A store that does not open loses nothing by the attempt."""

    name, batch, patience, make = "keys", 1, PATIENCE, staticmethod(make_edits)

    def run(self, place: Place, cases: list[Files]) -> Problems:
        problems = Problems()
        for case in cases:
            place.begin("store")
            chance = chance_of(case)
            done = self._change(chance, place)
            spent, opened = time.process_time(), False
            with problems.watch(f"open ({done})", WorldError), place.unlock() as session:
                opened = True
                place.is_clean(Problems(), session)
            problems.demand(time.process_time() - spent < PROCESSOR_SECONDS, f"open takes its time ({done})")
            if not opened:
                self._put_back(problems, place, done)
            place.nothing_outside(problems)
        return problems

    def _change(self, chance: Chance, place: Place) -> str:
        """Most changes are to the two files of JSON; the others to any file of the store."""
        if chance.random() < 0.7:
            path = place.store / chance.choice(("keys.json", "keys.json", "head.json"))
            change = mutate_json if chance.random() < 0.8 else mutate_bytes
            path.write_bytes(change(chance, path.read_bytes()))
            return f"mutate {path.name}"
        return edit_folder(chance, place.store, [place.outside / "canary", place.outside])

    def _put_back(self, problems: Problems, place: Place, done: str) -> None:
        """With every file as it was, but for what the refused attempt itself left, the store is whole."""
        source = place.template / "store"
        now = digest_folder(place.store) if "nested" not in done and "many" not in done else {}
        changed = [name for name in ("triage.db", "keys.json", "head.json") if now.get(name) is None]
        if changed or "link folder" in done or not now:
            return  # the edit itself took files away
        for path in list_below(source):
            target = place.store / path.relative_to(source)
            if not path.is_file() or path.suffix == ".pack" or path.name not in done:
                continue
            if target.is_symlink() or not target.is_file():
                subprocess.run(["rm", "-f", str(target)], check=True)
            elif path.name == "lock":
                continue  # nobody reads what a lock holds
            shutil.copy(path, target)
        if ".pack" in done:
            return
        before = len(problems)
        with problems.watch("open again"), place.unlock() as session:
            place.other_reports_live(problems, session, BEFORE)
            place.is_clean(problems, session)
        problems[before:] = [f"put back after {done}: {sentence}" for sentence in problems[before:]]
