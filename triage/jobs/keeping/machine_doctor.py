"""Finds what this machine lacks for the work with Triage, each with what to do (`triage doctor`). It needs no store."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from triage import hardening, limits, safe_files
from triage.message import Message

if TYPE_CHECKING:
    from triage.model.media import SandboxStatus

State = Literal["ok", "attention", "failing", "not checked"]

LIBRARIES = (
    ("libEGL.so.1", "libegl1"),
    ("libGL.so.1", "libgl1"),
    ("libxcb.so.1", "libxcb1"),
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-image.so.0", "libxcb-image0"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-randr.so.0", "libxcb-randr0"),
    ("libxcb-render-util.so.0", "libxcb-render-util0"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxcb-xkb.so.1", "libxcb-xkb1"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ("libfontconfig.so.1", "libfontconfig1"),
    ("libdbus-1.so.3", "libdbus-1-3"),
)
"""Libraries of the system that the desktop needs, and Debian's packages that hold them."""
_GIB = 1024 * limits.MIB
LEAST_MEMORY, LEAST_DISK, LITTLE_DISK = 4 * _GIB, 2 * _GIB, 20 * _GIB
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No machine with this version has an earlier clock."""
CLOCK_TOLERANCE = 120  # seconds by which a file of the store may be newer than the clock
WEAK_FILE_SYSTEMS = {
    "vfat": "it keeps no rights of files",
    "exfat": "it keeps no rights of files",
    "ntfs": "it keeps no rights of files",
    "ntfs3": "it keeps no rights of files",
    "fuseblk": "it keeps no rights of files",
    "nfs": "it is on a network",
    "nfs4": "it is on a network",
    "cifs": "it is on a network",
    "smb3": "it is on a network",
    "9p": "it does not keep its promises after a power cut",
    "overlay": "what is written there is often thrown away",
    "tmpfs": "it is in memory and gone after a restart",
}
_PROBE = ".triage-probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFinding:
    """One thing that was looked at. `advice` is empty when all is well."""

    name: str
    state: State
    found: str
    advice: str = ""


def check_machine_for_work(
    folder: Path, sandbox: Callable[[], SandboxStatus], *, writing: bool = True
) -> tuple[MachineFinding, ...]:
    """Returns what was found about this machine. `folder` is that of the store, which need not exist yet.

    Without `writing` the disk is not tried with a file.
    """
    place = _nearest_folder(folder)
    locks = partial(check_locks, place) if writing else _leave_locks
    return (
        *_guard("desktop libraries", find_missing_libraries),
        *_guard("sandbox", lambda: check_sandbox(sandbox())),
        *_guard("memory protection", check_protection),
        *_guard("memory", check_memory),
        *_guard("disk", lambda: check_disk(place)),
        *_guard("file system", lambda: check_file_system(place)),
        *_guard("locks and flushing", locks),
        *_guard("clock", lambda: check_clock(folder)),
        *_guard("swap", check_swap),
        *_guard("fonts", check_fonts),
    )


def _guard(name: str, check: Callable[[], MachineFinding | Iterable[MachineFinding]]) -> Iterator[MachineFinding]:
    """Yields what a check found. One that the system does not let run is "not checked", never "ok"."""
    try:
        found = check()
        yield from (found,) if isinstance(found, MachineFinding) else found
    except (OSError, ValueError, LookupError, ImportError, AttributeError, StopIteration) as error:
        yield MachineFinding(name=name, state="not checked", found=f"This system does not tell ({error}).")


def find_missing_libraries(load: Callable[[str], object] = ctypes.CDLL) -> MachineFinding:
    """Returns which libraries of the system the desktop lacks."""
    name = "desktop libraries"
    if sys.platform != "linux":
        return MachineFinding(name=name, state="not checked", found="They are looked for on Linux only.")
    missing = []
    for library, package in LIBRARIES:
        try:
            load(library)
        except OSError:
            missing.append(package)
    if not missing:
        return MachineFinding(name=name, state="ok", found="All are there.")
    packages = " ".join(missing)
    return MachineFinding(
        name=name,
        state="failing",
        found=f"Missing: {packages}.",
        advice=f"Install them from the system's medium: apt install {packages}",
    )


def check_sandbox(status: SandboxStatus) -> Iterator[MachineFinding]:
    """Yields whether decoders are confined, and each restriction that is off."""
    off = [each for each in status.restrictions if each.state == "off"]
    if status.confined:
        yield MachineFinding(name="sandbox", state="ok", found="Files, network and other programs are closed to the decoders.")
    else:
        yield MachineFinding(
            name="sandbox",
            state="failing",
            found="The decoders are not confined, so media stay closed.",
            advice="Use a Linux with kernel 5.13 or newer, Landlock and seccomp; a container may lack them.",
        )
    for each in off:
        why = f"It is off: {each.detail}." if each.detail else "It is off."
        yield MachineFinding(name=f"sandbox: {each.name}", state="attention", found=why)


def check_protection() -> Iterator[MachineFinding]:
    """Yields how the memory of this program is protected."""
    for name, status in hardening.harden():
        if status == "on":
            yield MachineFinding(name=name, state="ok", found="It is on.")
        else:
            advice = "A crash may leave memory on the disk: switch core dumps off on this machine."
            yield MachineFinding(name=name, state="attention", found=f"It is {status}.", advice=advice)


def check_memory(meminfo: Path = Path("/proc/meminfo")) -> MachineFinding:
    """Returns whether the machine has memory enough."""
    line = next(line for line in meminfo.read_text("ascii").splitlines() if line.startswith("MemTotal:"))
    have = int(line.split()[1]) * limits.KIB
    found = f"{have / _GIB:.1f} GB."
    if have >= LEAST_MEMORY:
        return MachineFinding(name="memory", state="ok", found=found)
    return MachineFinding(name="memory", state="attention", found=found, advice="Large imports need 4 GB; close other programs.")


def check_disk(place: Path) -> MachineFinding:
    """Returns whether the store's disk has room and may be written."""
    free = shutil.disk_usage(place).free
    found = f"{free / _GIB:.1f} GB are free for {place}."
    if os.statvfs(place).f_flag & os.ST_RDONLY:
        return MachineFinding(
            name="disk",
            state="failing",
            found=f"{place} can only be read.",
            advice="Choose another folder with --store, or mount it for writing.",
        )
    if not os.access(place, os.W_OK):
        return MachineFinding(
            name="disk",
            state="failing",
            found=f"You may not write to {place}.",
            advice="Choose another folder with --store, or ask for the right.",
        )
    if free < LEAST_DISK:
        return MachineFinding(name="disk", state="failing", found=found, advice="Free at least 2 GB before you import.")
    state: State = "ok" if free >= LITTLE_DISK else "attention"
    return MachineFinding(name="disk", state=state, found=found, advice="" if state == "ok" else "A bundle needs twice its size.")


def check_file_system(place: Path, mounts: Path = Path("/proc/self/mounts")) -> MachineFinding:
    """Returns whether the store would lie on a file system that keeps what it was told to."""
    kind, longest = "", -1
    for line in mounts.read_text("utf-8", "replace").splitlines():
        _, point, found = line.split(" ")[:3]
        point = point.replace("\\040", " ")
        if place.is_relative_to(point) and len(point) >= longest:
            kind, longest = found, len(point)
    if kind not in WEAK_FILE_SYSTEMS:
        return MachineFinding(
            name="file system", state="ok" if kind else "not checked", found=f"{place} is on {kind or 'an unknown one'}."
        )
    return MachineFinding(
        name="file system",
        state="attention",
        found=f"{place} is on {kind}: {WEAK_FILE_SYSTEMS[kind]}.",
        advice="Keep the store on a disk of this machine with ext4, xfs or btrfs, encrypted.",
    )


def _leave_locks() -> MachineFinding:
    """Returns that locks were not tried, since that takes a file."""
    return MachineFinding(name="locks and flushing", state="not checked", found="Nothing is written here, so this was not tried.")


def check_locks(place: Path) -> MachineFinding:
    """Tries locks, flushing and replacing on the store's disk, with an empty file that is removed again."""
    import fcntl

    name, probe = "locks and flushing", place / f"{_PROBE}-{os.getpid()}"
    try:
        with safe_files.create_file(probe) as first, safe_files.open_to_read(probe) as second:
            fcntl.flock(first, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with suppress(BlockingIOError):
                fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return MachineFinding(
                    name=name,
                    state="failing",
                    found=f"Two programs can lock one file on the disk of {place}.",
                    advice="Keep the store on another disk: here two windows could write at once.",
                )
            safe_files.flush(first)
        safe_files.sync_folder(place)
    except OSError as error:
        return MachineFinding(
            name=name,
            state="failing",
            found=f"The disk of {place} refuses them: {error.strerror}.",
            advice="Keep the store on another disk.",
        )
    finally:
        with suppress(OSError):
            safe_files.remove_file(probe)
    return MachineFinding(name=name, state="ok", found="Both work on this disk.")


def check_clock(folder: Path, now: datetime | None = None) -> MachineFinding:
    """Returns whether the clock can be right: not before this version, nor behind what the store was last written."""
    moment = now or datetime.now(UTC)
    shown = f"{moment:%Y-%m-%d %H:%M} UTC"
    advice = "Set the clock by a reference, then start Triage again. Entries of the audit log carry its time."
    if moment < EARLIEST:
        return MachineFinding(
            name="clock", state="failing", found=f"It says {shown}, which is before this version was made.", advice=advice
        )
    files = [folder / name for name in safe_files.list_names(folder)] if safe_files.is_plain_folder(folder) else []
    newest = max((path.lstat().st_mtime for path in files), default=0.0)
    if newest > moment.timestamp() + CLOCK_TOLERANCE:
        last = datetime.fromtimestamp(newest, UTC)
        return MachineFinding(
            name="clock",
            state="failing",
            found=f"It says {shown}, but the store was written at {last:%Y-%m-%d %H:%M} UTC.",
            advice=advice,
        )
    return MachineFinding(name="clock", state="ok", found=f"It says {shown}.")


def check_swap(swaps: Path = Path("/proc/swaps"), blocks: Path = Path("/sys/class/block")) -> MachineFinding:
    """Returns whether memory may be written to a disk in the clear."""
    open_ones = []
    for line in swaps.read_text("utf-8").splitlines()[1:]:
        device = Path(line.split()[0])
        uuid = blocks / device.resolve().name / "dm/uuid"
        encrypted = uuid.exists() and uuid.read_text("ascii").startswith("CRYPT-")
        if not encrypted and not device.name.startswith("zram"):
            open_ones.append(str(device))
    if not open_ones:
        return MachineFinding(name="swap", state="ok", found="There is none in the clear.")
    return MachineFinding(
        name="swap",
        state="attention",
        found=f"{', '.join(open_ones)} is not known to be encrypted.",
        advice="Switch it off (swapoff -a) or encrypt it: memory with content could be written there.",
    )


def check_fonts() -> MachineFinding:
    """Returns whether the fonts for Urdu are there; Triage brings them."""
    from triage.resources import resource

    missing = [name for name in ("NotoNaskhArabic-Regular.ttf", "NotoSans-Regular.ttf") if not resource("fonts", name).is_file()]
    if missing:
        return MachineFinding(
            name="fonts", state="failing", found=f"Missing: {', '.join(missing)}.", advice="Install Triage again."
        )
    return MachineFinding(name="fonts", state="ok", found="The fonts for Urdu and English are part of Triage.")


def _nearest_folder(folder: Path) -> Path:
    """Returns the folder, or the nearest one above it that exists. Links are followed: what counts is the disk behind them."""
    place = folder.resolve()
    while not place.is_dir():
        place = place.parent
    return place


def describe_worst(findings: Iterable[MachineFinding]) -> Message:
    """Returns one sentence about all findings."""
    states = [each.state for each in findings]
    if "failing" in states:
        return Message("Triage can't work fully on this machine; see what is failing.")
    if "attention" in states or "not checked" in states:
        return Message("Triage can work on this machine; see what needs attention.")
    return Message("This machine has all that Triage needs.")
