"""Compares the locked packages with a snapshot of known faults that was carried in, without a network.

    python -m bench.dependency_audit SNAPSHOT [--lock FILE]

SNAPSHOT is a folder or a zip of OSV records, one JSON file each, such as the file all.zip that osv.dev publishes for PyPI. Fetch it
on another machine, note its SHA-256 on paper, and carry it in. The exit code is 0 when no locked version is affected, 1 when one
is, and 3 when something could not be checked: an unreadable record, or a version that can't be compared. Without a snapshot
nothing is checked, and the program says so.

C libraries inside wheels (FFmpeg, x265, SQLCipher, PDFium, OpenSSL) are no PyPI packages: their faults are not in this snapshot.
NOTICE.md names them; compare them by hand.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from triage.model.printable import make_printable

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "base.txt"
MOST_BYTES = 4 << 20
"""A record that is larger is not read."""


@dataclass
class Audit:
    """What a snapshot says of the locked packages."""

    records: int = 0
    newest: str = ""
    affected: list[tuple[str, str, str, str]] = field(default_factory=list)
    """(package, version, id, summary)"""
    unclear: list[str] = field(default_factory=list)


def read_lock(path: Path) -> dict[str, str]:
    """Returns package -> version, with normalised names."""
    found = re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^\]\n]*\])?==([^ ;\\\n]+)", path.read_text("utf-8"))
    return {normalise(name): version for name, version in found}


def normalise(name: str) -> str:
    """Returns a package's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def iter_records(snapshot: Path) -> Iterator[tuple[str, bytes | None]]:
    """Yields (name, bytes) of each record; None for one that is too large."""
    if snapshot.is_dir():
        for path in sorted(snapshot.rglob("*.json")):
            yield path.name, path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
        return
    with zipfile.ZipFile(snapshot) as archive:
        for info in archive.infolist():
            if info.filename.endswith(".json"):
                yield info.filename, archive.read(info) if info.file_size <= MOST_BYTES else None


def audit(lock: dict[str, str], snapshot: Path) -> Audit:
    """Returns which locked versions the records name."""
    found = Audit()
    for name, data in iter_records(snapshot):
        try:
            record = json.loads(data or b"")
            found.records += any(_is_of_pypi(entry) for entry in record.get("affected", ()))
            found.newest = max(found.newest, str(record.get("modified", "")))
            if record.get("withdrawn"):
                continue
            for entry in record.get("affected", ()):
                _compare(lock, record, entry, found)
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            found.unclear.append(f"{name}: not readable")
    return found


def _is_of_pypi(entry: dict[str, Any]) -> bool:
    return str(entry.get("package", {}).get("ecosystem", "")).partition(":")[0] == "PyPI"


def _compare(lock: dict[str, str], record: dict[str, Any], entry: dict[str, Any], found: Audit) -> None:
    name = normalise(entry.get("package", {}).get("name", ""))
    if not _is_of_pypi(entry) or name not in lock:
        return
    versions = entry.get("versions", ())
    ranges = [each["events"] for each in entry.get("ranges", ()) if each.get("type") == "ECOSYSTEM"]
    if not versions and not ranges:  # only commits of a repository, for example
        found.unclear.append(f"{record['id']}: {name} {lock[name]}: it names no versions")
        return
    try:
        locked = Version(lock[name])
        hit = any(_is_same(locked, each) for each in versions) or any(_in_range(locked, events) for events in ranges)
    except InvalidVersion as error:
        found.unclear.append(f"{record['id']}: {name} {lock[name]}: {error}")
        return
    if hit:
        found.affected.append((name, lock[name], str(record["id"]), " ".join(str(record.get("summary", "")).split())))


def _is_same(locked: Version, stated: str) -> bool:
    """Returns whether a stated version is the locked one, also in another spelling such as 1.0 and 1.0.0."""
    try:
        return Version(stated) == locked
    except InvalidVersion:
        return False  # the lock names none of this form


def _in_range(version: Version, events: Sequence[dict[str, str]]) -> bool:
    """Returns whether a version lies in a range of OSV: affected from `introduced` to before `fixed`, or to `last_affected`."""
    inside = False
    for event in sorted(events, key=lambda each: Version(_bound(each))):
        bound = Version(_bound(event))
        if "introduced" in event:
            inside = inside or version >= bound
        elif "fixed" in event:
            inside = inside and version < bound
        elif "last_affected" in event:
            inside = inside and version <= bound
    return inside


def _bound(event: dict[str, str]) -> str:
    (value,) = event.values()
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the audit; see the module for the exit codes."""
    ask = argparse.ArgumentParser(prog="python -m bench.dependency_audit")
    ask.add_argument("snapshot", type=Path)
    ask.add_argument("--lock", type=Path, default=LOCK)
    options = ask.parse_args(arguments)
    if not options.snapshot.exists():
        print(f"Not checked: there is no snapshot {options.snapshot}.")
        return 3
    lock = read_lock(options.lock)
    try:
        found = audit(lock, options.snapshot)
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        print(make_printable(f"Not checked: {options.snapshot} can't be read: {error}."))
        return 3
    if options.snapshot.is_file():
        print(f"Snapshot {options.snapshot.name}, SHA-256 {sha256(options.snapshot.read_bytes()).hexdigest()}")
    print(
        f"{len(lock)} locked packages, {found.records} records, the newest of {make_printable(found.newest or 'no stated time')}"
    )
    for name, version, identity, summary in found.affected:
        print(make_printable(f"AFFECTED {name} {version}: {identity} {summary}"))
    for each in found.unclear:
        print(make_printable(f"not checked: {each}"))
    if found.affected:
        return 1
    if found.unclear or not found.records or not lock:
        print("Not everything was checked.")
        return 3
    print("No locked version is named. C libraries inside wheels were not checked: compare those of NOTICE.md by hand.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
