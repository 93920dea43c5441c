from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage import safe_files
from triage.jobs.keeping import machine_doctor
from triage.jobs.keeping.machine_doctor import (
    check_clock,
    check_disk,
    check_file_system,
    check_locks,
    check_machine_for_work,
    check_memory,
    check_sandbox,
    check_swap,
    describe_worst,
    find_missing_libraries,
)
from triage.model.media import Restriction, SandboxStatus

CONFINED = SandboxStatus((), confined=True)


def test_missing_libraries_are_named_with_their_packages() -> None:
    def load(name: str) -> None:
        if name == "libEGL.so.1":
            raise OSError(name)

    found = find_missing_libraries(load)
    assert (found.state, found.advice) == ("failing", "Install them from the system's medium: apt install libegl1")
    assert find_missing_libraries(lambda name: None).state == "ok"


def test_a_sandbox_that_does_not_hold_fails() -> None:
    off = SandboxStatus((Restriction("landlock", "off", "no such call"),), confined=False)
    assert [(each.state, each.found) for each in check_sandbox(off)] == [
        ("failing", "The decoders are not confined, so media stay closed."),
        ("attention", "It is off: no such call."),
    ]
    assert [each.state for each in check_sandbox(CONFINED)] == ["ok"]


@pytest.mark.parametrize(("kilobytes", "state"), [(16_000_000, "ok"), (2_000_000, "attention")])
def test_memory_is_counted(tmp_path: Path, kilobytes: int, state: str) -> None:
    (tmp_path / "meminfo").write_text(f"MemTotal:  {kilobytes} kB\n")
    assert check_memory(tmp_path / "meminfo").state == state


def test_a_full_and_a_read_only_disk_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs(tmp_path)
    monkeypatch.setattr(machine_doctor.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1 << 20})())
    assert "Free at least 2 GB" in check_disk(tmp_path).advice
    monkeypatch.setattr(machine_doctor.os, "statvfs", lambda _: os.statvfs_result((*real[:8], os.ST_RDONLY, real[9])))
    assert "can only be read" in check_disk(tmp_path).found


@pytest.mark.parametrize(
    ("mounts", "state"),
    [
        ("/dev/sda1 / ext4 rw 0 0\n", "ok"),
        ("/dev/sda1 / ext4 rw 0 0\n//server/share /media cifs rw 0 0\n", "attention"),
        ("/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /media/my\\040stick vfat rw 0 0\n", "ok"),
        ("", "not checked"),
    ],
)
def test_the_nearest_mount_counts(tmp_path: Path, mounts: str, state: str) -> None:
    (tmp_path / "mounts").write_text(mounts)
    assert check_file_system(Path("/media/store"), tmp_path / "mounts").state == state


def test_a_disk_that_keeps_locks_is_told_from_one_that_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    assert check_locks(tmp_path).state == "ok"
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)
    assert check_locks(tmp_path).state == "failing"
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_refuses_to_flush_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(safe_files, "sync_folder", refuse)
    assert "Input/output error" in check_locks(tmp_path).found


def test_a_clock_that_jumped_back_fails(tmp_path: Path) -> None:
    (tmp_path / "head.json").write_text("{}")
    os.utime(tmp_path / "head.json", (1_800_000_000, 1_800_000_000))
    moment = datetime.fromtimestamp(1_800_000_000, UTC)
    assert check_clock(tmp_path, moment).state == "ok"
    assert "the store was written at" in check_clock(tmp_path, moment.replace(year=moment.year - 1)).found
    assert check_clock(tmp_path / "none", datetime(1970, 1, 1, tzinfo=UTC)).state == "failing"


def test_swap_counts_when_it_is_in_the_clear(tmp_path: Path) -> None:
    blocks = tmp_path / "block"
    (blocks / "dm-0/dm").mkdir(parents=True)
    (blocks / "dm-0/dm/uuid").write_text("CRYPT-LUKS2-1234")
    swaps = tmp_path / "swaps"
    swaps.write_text("Filename\tType\n/dev/dm-0 partition 1\n/dev/zram0 partition 1\n")
    assert check_swap(swaps, blocks).state == "ok"
    swaps.write_text("Filename\tType\n/swapfile file 1\n")
    assert "/swapfile" in check_swap(swaps, blocks).found


def test_what_the_system_does_not_tell_is_never_shown_green(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(machine_doctor, "check_swap", refuse)
    findings = {each.name: each for each in check_machine_for_work(tmp_path / "not/there", lambda: CONFINED)}
    assert findings["swap"].state == "not checked"
    assert findings["sandbox"].state == "ok"
    assert str(describe_worst(findings.values())) != "This machine has all that Triage needs."
    assert list(tmp_path.iterdir()) == []


def test_the_disk_behind_a_link_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    assert machine_doctor._nearest_folder(tmp_path / "link/store") == tmp_path / "disk"


@pytest.mark.parametrize("error", [ImportError, AttributeError, StopIteration, KeyError])
def test_a_check_that_can_not_run_is_not_checked(error: type[Exception]) -> None:
    def check() -> machine_doctor.MachineFinding:
        raise error

    assert [each.state for each in machine_doctor._guard("memory", check)] == ["not checked"]
