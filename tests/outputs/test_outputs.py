"""The contract of every file that leaves: rights, signature, register, no overwriting, and nothing half-written after a fault.

Each output is one row in tests/outputs/table. docs/changing.md says how to add one.
"""

from __future__ import annotations

import difflib
import hashlib
import io
import os
import re
import stat
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import pytest

from tests.cli.conftest import WORDS
from tests.cli.test_help import find_command
from tests.drawn_papers import typeset_job
from tests.jobs.listed import list_outgoing
from tests.outputs.faults import FORBIDDEN, FULL, Killed, injected
from tests.outputs.output import MakeWorld, Output, World, load_table
from tests.thorough import THOROUGH
from triage.exports.bag import TAGS
from triage.jobs.keeping.check import verify_record
from triage.jobs.leaving.verify import verify_file, verify_packet
from triage.jobs.session import unlock
from triage.model.users import Right, User

TABLE = {output.name: output for output in load_table()}
HANDED = {"handed_to": "Inspector Example", "medium": "Drawn Stick", "medium_serial": "S-4711", "note": "by hand"}
HANDOVER = (
    "--handed-to",
    "Inspector Example",
    "--carrier",
    "Drawn Stick",
    "--carrier-serial",
    "S-4711",
    "--handover-note",
    "by hand",
)
SECRETS = ("900000001", "kite", "0000123", "203.0.113.9", "Inspector Example", "Drawn Stick", "S-4711", "green boats", "herons")
"""What no log may hold: numbers, identifiers, whom it was handed to, passphrases."""
ENDS = (KeyboardInterrupt(), Killed(), FULL, FORBIDDEN)
"""What ends a run early."""
BESIDE = (".sig", ".pem")

each_output = pytest.mark.parametrize("name", TABLE)
LINUX = sys.platform.startswith("linux")
needs_proc = pytest.mark.skipif(not LINUX, reason="faults are placed with Linux's /proc")


def list_left(world: World) -> Iterator[tuple[str, str, bool]]:
    """Yields (name, SHA-256 for the register, whether its signature holds) of all that left. A packet's folder is one thing."""
    bags = {path.parent for path in world.left.rglob("bagit.txt") if path.parent.name != "data"}
    for bag in sorted(bags):
        yield bag.name, hashlib.sha256((bag / TAGS).read_bytes()).hexdigest(), verify_packet(bag).valid
    for path in sorted(world.left.rglob("*")):
        if path.is_file() and path.suffix not in BESIDE and not bags & set(path.parents):
            signed = all(path.with_name(path.name + ending).is_file() for ending in BESIDE)
            yield path.name, hashlib.sha256(path.read_bytes()).hexdigest(), signed and verify_file(path).valid


def list_registered(world: World) -> list[dict[str, object]]:
    """Returns the register as its command tells it."""
    found: list[dict[str, object]] = world.run_well("audit", "outgoing", "--json").json
    return found


def count_entries(world: World) -> int:
    """Returns how many entries the register holds, without a command, which takes twice as long."""
    with unlock(world.store, "first", WORDS) as session:
        return len(list_outgoing(session))


_registered: dict[str, int] = {}
"""By name of an output."""


def count_registered(world: World, output: Output) -> int:
    """Returns how many entries the register of a fresh copy of the store holds, which is counted once for each output."""
    if output.name not in _registered:
        _registered[output.name] = count_entries(world)
    return _registered[output.name]


def require_all_registered(world: World) -> int:
    """Checks the audit log, and that whatever lies there is whole, signed and in the register; returns how many things lie there.

    Log and register are read in one session, without commands, which are run some five hundred times here.
    """
    with unlock(world.store, "first", WORDS) as session:
        assert verify_record(session).valid
        entries = {(entry.name, entry.sha256) for entry in list_outgoing(session)}
    left = list(list_left(world))
    assert [name for name, _, valid in left if not valid] == [], "not signed, or half-written"
    assert [name for name, digest, _ in left if (name, digest) not in entries] == [], "not in the register"
    return len(left)


def require_silent_log(world: World, output: Output) -> None:
    log = "".join(path.read_text() for path in (world.store / "log").glob("*"))
    assert [secret for secret in (*SECRETS, output.out) if secret in log] == []


def list_all(world: World) -> list[str]:
    return sorted(str(path.relative_to(world.left)) for path in world.left.rglob("*"))


@contextmanager
def record_flushed() -> Iterator[set[int]]:
    """Yields the inodes of files that were brought to the disk."""
    found: set[int] = set()
    fsync = os.fsync

    def recorded(handle: int) -> None:
        found.add(os.fstat(handle).st_ino)
        fsync(handle)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", recorded)
        yield found


_steps: dict[str, tuple[int, int]] = {}
"""By name of an output all steps, and those outside the store."""


@contextmanager
def counting_steps(world: World, output: Output) -> Iterator[None]:
    """Counts the steps of a run inside, where the system has what that takes."""
    if not LINUX:
        yield
        return
    with injected(world.store, 0, Killed()) as faults:
        yield
    _steps[output.name] = faults.steps, faults.steps_outside


@each_output
def test_it_is_private_signed_and_registered_with_its_handover(make_world: MakeWorld, name: str) -> None:
    output = TABLE[name]
    world, prepared = make_world(output)
    before = count_registered(world, output)
    mask = os.umask(0)
    try:
        with record_flushed() as flushed, counting_steps(world, output):
            done = output.run(world, prepared, *HANDOVER)
    finally:
        os.umask(mask)
    assert done.code in output.codes, done.err
    assert done.json["schema"] == "triage/1"
    assert (world.work / output.target).exists() and require_all_registered(world) > 0
    entries = list_registered(world)[: -before or None]
    assert len(entries) == len(list(list_left(world)))
    assert {entry["kind"] for entry in entries} == set(output.kinds)
    assert [entry["handover"] for entry in entries] == [HANDED] * len(entries)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in world.left.rglob("*")}
    assert modes <= {0o600, 0o700}
    lost = [path.name for path in world.left.rglob("*") if path.is_file() and path.stat().st_ino not in flushed]
    assert lost == [], "a power cut would leave a name without its content, which the register says has left"
    require_silent_log(world, output)


@each_output
def test_without_the_right_it_is_refused(make_world: MakeWorld, name: str) -> None:
    output = TABLE[name]
    world, prepared = make_world(output)
    before = count_registered(world, output)
    may = User.may

    def may_not(user: User, right: Right) -> bool:
        return right is not output.right and may(user, right)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(User, "may", may_not)
        assert "first may not" in output.run(world, prepared).refusal
    assert list_all(world) == [] and count_entries(world) == before
    require_silent_log(world, output)


@each_output
def test_it_overwrites_nothing_unless_told_to(make_world: MakeWorld, name: str) -> None:
    output = TABLE[name]
    world, prepared = make_world(output)
    before = count_registered(world, output)
    target = world.work / output.target
    for taken in (target,) if output.folder else (target, *(target.with_name(target.name + ending) for ending in BESIDE)):
        taken.write_text("kept")
        assert "exists already" in output.run(world, prepared).refusal
        assert taken.read_text() == "kept" and list_all(world) == [taken.name]
        taken.unlink()
    if output.folder:
        target.mkdir()
        (target / "theirs").write_text("kept")
        assert "exists already" in output.run(world, prepared).refusal
        assert list_all(world) == [output.out, f"{output.out}/theirs"]
        (target / "theirs").unlink()  # an empty folder is no obstacle
    assert count_entries(world) == before
    forced = "--force" in {
        option for parameter in find_command(tuple(output.command.split())).params for option in parameter.opts
    }
    if forced:
        target.write_text("old")
    done = output.run(world, prepared, *(("--force",) if forced else ()))
    assert done.code in output.codes, done.err
    assert require_all_registered(world) > 0


class _Later(datetime):
    """The clock of three days later, in another zone."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + timedelta(days=3)


TOGETHER = [list(TABLE)[first : first + 7] for first in range(0, len(TABLE), 7)]


@pytest.mark.parametrize("names", TOGETHER, ids=[f"{names[0]} to {names[-1]}" for names in TOGETHER])
def test_the_same_store_gives_the_same_content_but_for_declared_times(
    make_world: MakeWorld, monkeypatch: pytest.MonkeyPatch, names: list[str]
) -> None:
    """Several outputs a test, since between the first and the second time a second has to pass.

    Of a paper is compared what the typesetter is told. tests/exports/test_typesetter.py says that it adds nothing.
    """
    found: dict[str, list[dict[str, str]]] = {name: [] for name in names}
    for clock in (datetime, _Later):
        ended = int(time.time())
        while clock is _Later and int(time.time()) == ended:  # libraries of file formats have clocks of their own
            time.sleep(0.05)
        for name in names:
            output = TABLE[name]
            world, prepared = make_world(output)
            monkeypatch.setattr("triage.jobs.session.datetime", clock)
            monkeypatch.setattr("triage.exports.pdf_documents._run_typesetter", typeset_job)
            assert output.run(world, prepared).code in output.codes, name
            monkeypatch.undo()
            found[name].append(dict(list_contents(world, output)))
    assert [name for name, (one, other) in found.items() if list(one) != list(other)] == []
    differing = [
        f"{name}, {part}: {line}"
        for name, (one, other) in found.items()
        for part in one
        for line in find_other_lines(one[part], other[part])
    ]
    assert not differing, "neither the same nor a declared time:\n" + "\n".join(differing)


def find_other_lines(one: str, other: str) -> list[str]:
    return (
        [line for line in difflib.ndiff(one.splitlines(), other.splitlines()) if line.startswith(("+", "-"))]
        if one != other
        else []
    )


def list_contents(world: World, output: Output) -> Iterator[tuple[str, str]]:
    """Yields path and content of what left, without signatures and digests, and without declared times."""
    for path in sorted(world.left.rglob("*")):
        digests = path.name.startswith(("manifest-sha256", "tagmanifest-sha256")) or path.name in output.with_times
        if path.is_file() and path.suffix not in BESIDE and not digests:
            for part, text in read_parts(path.name, path.read_bytes()):
                for pattern in output.times:
                    text = re.sub(pattern, "(time)", text)
                yield f"{path.relative_to(world.left)} {part}", text


def read_parts(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """Yields what a file says: a zip member by member, nothing of an encrypted file."""
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield member, archive.read(member).decode("latin-1")
    elif not name.endswith(".age"):
        yield "", data.decode("latin-1")


def count_steps(make_world: MakeWorld, output: Output, *, outside: bool) -> int:
    if output.name not in _steps:
        world, prepared = make_world(output)
        with counting_steps(world, output):
            assert output.run(world, prepared, *HANDOVER).code in output.codes
    return _steps[output.name][outside]


def choose_points(name: str, steps: int, error: BaseException) -> list[int]:
    """Returns the steps to try of an output: each when THOROUGH, else a few over the whole run.

    A kill, after which nothing is put in order, comes at the last two: there a file gets its name. Before them it comes at the
    first step of every second output, and in the middle of the others. Every other end comes once: at one step before the last two
    of every second output, and at one of the last two of the others. Of one output some ends come early and others late.
    """
    if THOROUGH or steps <= 4:
        return list(range(1, steps + 1))
    odd = list(TABLE).index(name) % 2
    if isinstance(error, Killed):
        return sorted({1 if odd else 1 + -(-steps // 2), steps - 1, steps})
    place = ENDS.index(error)
    return [steps - place % 2 if (odd + place) % 2 else 1 + (steps - 2) * place // len(ENDS)]


def test_steps_are_tried_over_the_whole_run() -> None:
    one, other = list(TABLE)[:2]
    every = list(range(1, 41))
    tried = [sorted({point for error in ENDS for point in choose_points(name, 40, error)}) for name in (one, other)]
    assert tried == ([every, every] if THOROUGH else [[1, 20, 21, 39, 40], [1, 29, 39, 40]])
    for error in (end for end in ENDS if not isinstance(end, Killed)):
        points = choose_points(one, 40, error) + choose_points(other, 40, error)
        assert THOROUGH or (min(points) < 39 <= max(points)), "each end comes early in one output and late in the next"
    assert choose_points(other, 40, Killed()) == (every if THOROUGH else [1, 39, 40])


@needs_proc
@each_output
@pytest.mark.parametrize("error", ENDS[:2], ids=["Ctrl-C", "kill -9"])
def test_an_interrupted_run_leaves_nothing_half_written_or_unregistered(
    make_world: MakeWorld, name: str, error: BaseException
) -> None:
    output = TABLE[name]
    for point in choose_points(name, count_steps(make_world, output, outside=False), error):
        world, prepared = make_world(output)
        try:
            with injected(world.store, point, error):
                done = output.run(world, prepared, *HANDOVER)
            assert done.code == 130 and len(done.err.splitlines()) == 1, (point, done)
        except Killed:
            for path in (path for path in world.left.iterdir() if is_unfinished(path)):
                remove(path)
        require_all_registered(world)
        assert not [path for path in world.left.iterdir() if is_unfinished(path)], point
        require_silent_log(world, output)


def is_unfinished(path: Path) -> bool:
    """Returns whether the name says that the file or folder is not whole."""
    return path.name.startswith("unfinished-") or path.name.endswith(".part")


def remove(path: Path) -> None:
    for inside in sorted(path.rglob("*"), reverse=True):
        inside.rmdir() if inside.is_dir() else inside.unlink()
    path.rmdir() if path.is_dir() else path.unlink()


@needs_proc
@each_output
@pytest.mark.parametrize("error", ENDS[2:], ids=["full disk", "locked folder"])
def test_where_the_disk_refuses_nothing_is_left(make_world: MakeWorld, name: str, error: OSError) -> None:
    output = TABLE[name]
    for point in choose_points(name, count_steps(make_world, output, outside=True), error):
        world, prepared = make_world(output)
        with injected(world.store, point, error, outside=True):
            done = output.run(world, prepared, *HANDOVER)
        if done.code in output.codes:  # a step that the command can do without
            assert require_all_registered(world) > 0, point
            continue
        assert str(error.strerror).lower() in done.refusal.lower(), (point, done.refusal)
        assert list_all(world) == [], (point, done.refusal)
        require_silent_log(world, output)
