"""The audit finds a locked version that a snapshot names, and says what it could not check."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from bench.dependency_audit import LOCK, audit, main, read_lock

LOCKED = {"some-package": "2.5.0"}


def record(events: list[dict[str, str]], **more: object) -> dict[str, object]:
    entry = {"package": {"ecosystem": "PyPI", "name": "Some_Package"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return {"id": "X-1", "modified": "2026-11-01T00:00:00Z", "affected": [entry], **more}


def write(folder: Path, *records: object) -> Path:
    folder.mkdir(exist_ok=True)
    for n, each in enumerate(records):
        (folder / f"{n}.json").write_text(each if isinstance(each, str) else json.dumps(each))
    return folder


@pytest.mark.parametrize(
    ("events", "hit"),
    [
        ([{"introduced": "0"}], True),
        ([{"introduced": "0"}, {"fixed": "2.5.0"}], False),
        ([{"introduced": "0"}, {"fixed": "2.10"}], True),
        ([{"introduced": "0"}, {"last_affected": "2.5.0"}], True),
        ([{"introduced": "0"}, {"last_affected": "2.4.9"}], False),
        ([{"introduced": "2.6"}], False),
        ([{"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "2.5"}, {"fixed": "2.5.1"}], True),
        ([{"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "2.6"}], False),
    ],
)
def test_ranges(tmp_path: Path, events: list[dict[str, str]], hit: bool) -> None:
    assert bool(audit(LOCKED, write(tmp_path, record(events))).affected) is hit


def test_listed_versions_other_ecosystems_and_withdrawn_records(tmp_path: Path) -> None:
    listed = {"id": "X-2", "affected": [{"package": {"ecosystem": "PyPI", "name": "some.package"}, "versions": ["2.5.0"]}]}
    other = {"id": "X-3", "affected": [{"package": {"ecosystem": "npm", "name": "some-package"}, "versions": ["2.5.0"]}]}
    gone = record([{"introduced": "0"}], withdrawn="2026-01-01T00:00:00Z")
    assert [hit[2] for hit in audit(LOCKED, write(tmp_path, listed, other, gone)).affected] == ["X-2"]


def test_exit_codes_tell_affected_from_not_checked(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("Some_Package==2.5.0 \\\n    --hash=sha256:00\n")

    def run(name: str, *records: object) -> int:
        return main([str(write(tmp_path / name, *records)), "--lock", str(lock)])

    assert run("clean", record([{"introduced": "3"}])) == 0
    assert run("hit", record([{"introduced": "0"}])) == 1
    assert run("broken", record([{"introduced": "3"}]), "{") == 3
    assert run("odd", record([{"introduced": "not a version"}])) == 3
    assert run("empty") == 3
    assert main([str(tmp_path / "none"), "--lock", str(lock)]) == 3


def test_a_zip_is_read_and_the_real_lock_is_understood(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("X-1.json", json.dumps(record([{"introduced": "0"}])))
    assert audit(LOCKED, tmp_path / "all.zip").affected
    assert {"cryptography", "click", "pillow"} <= set(read_lock(LOCK))


@pytest.mark.parametrize(("listed", "hit"), [("2.5", True), ("2.5.0.0", True), ("no version", False), ("2.5.1", False)])
def test_a_version_in_another_spelling_is_the_same(tmp_path: Path, listed: str, hit: bool) -> None:
    entry = {"package": {"ecosystem": "PyPI", "name": "some-package"}, "versions": [listed]}
    assert bool(audit(LOCKED, write(tmp_path, {"id": "X-4", "affected": [entry]})).affected) is hit


def test_a_record_that_names_only_commits_is_not_checked(tmp_path: Path) -> None:
    entry = {"package": {"ecosystem": "PyPI", "name": "some-package"}, "ranges": [{"type": "GIT", "events": []}]}
    assert len(audit(LOCKED, write(tmp_path, {"id": "X-5", "affected": [entry]})).unclear) == 1


def test_what_checks_nothing_never_says_that_all_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = {"id": "X-6", "affected": [{"package": {"ecosystem": "npm", "name": "other"}, "versions": ["1"]}]}
    (tmp_path / "broken.zip").write_bytes(b"no zip")
    (tmp_path / "empty.txt").write_text("")
    assert main([str(write(tmp_path / "npm", other))]) == 3
    assert main([str(tmp_path / "broken.zip")]) == 3
    assert main([str(write(tmp_path / "deep", "[" * 100_000))]) == 3
    assert main([str(write(tmp_path / "fine", record([{"introduced": "0"}]))), "--lock", str(tmp_path / "empty.txt")]) == 3
    assert "No locked version is named" not in capsys.readouterr().out


def test_a_record_can_not_write_to_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lock").write_text("some-package==2.5.0\n")
    hostile = record([{"introduced": "0"}], summary="\x1b[2Jgone")
    assert main([str(write(tmp_path / "s", hostile)), "--lock", str(tmp_path / "lock")]) == 1
    assert "\x1b" not in capsys.readouterr().out
