from __future__ import annotations

import mmap
import subprocess
import sys
from pathlib import Path

import pytest

from triage.hardening import lock_memory

WORK = """
import os, sys
from triage.hardening import harden
print(harden())
print(oct(os.umask(0)))
if sys.platform == "linux":
    import resource
    print(resource.getrlimit(resource.RLIMIT_CORE))
    import ctypes
    print("dumpable", ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


def run() -> str:
    return subprocess.run([sys.executable, "-c", WORK], capture_output=True, text=True, check=True).stdout


def test_every_measure_is_reported() -> None:
    text = run()
    assert all(name in text for name in ("private files", "no core dumps", "no tracing"))
    assert "0o77" in text


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_on_linux_all_are_on() -> None:
    text = run()
    assert "off" not in text
    assert "(0, 0)" in text
    assert "dumpable 0" in text


DIES = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
from triage.hardening import harden
if sys.argv[1] == "hardened":
    harden()
planted = b"planted " * 100
os.abort()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="core dumps are files here")
def test_a_crash_leaves_no_core(tmp_path: Path) -> None:
    left = {}
    for how in ("bare", "hardened"):
        (tmp_path / how).mkdir()
        died = subprocess.run([sys.executable, "-c", DIES, how], cwd=tmp_path / how, check=False, capture_output=True)
        assert died.returncode == -6
        left[how] = [path.name for path in (tmp_path / how).iterdir()]
    assert left["hardened"] == []
    if not left["bare"]:
        pytest.skip("nobody's crash leaves a core in its folder on this system")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_locked_page_is_out_of_swap_and_dumps() -> None:
    page = mmap.mmap(-1, mmap.PAGESIZE)
    if lock_memory(page) != "on":
        pytest.skip("this system lets nobody lock memory")
    with Path("/proc/self/smaps").open() as maps:
        flags = [line.split()[1:] for line in maps if line.startswith("VmFlags")]
    assert [mark for mark in flags if "lo" in mark and "dd" in mark]


def test_a_refusal_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes
    import errno

    class Refusing:
        def __init__(self, *_: object, **__: object) -> None: ...

        def mlock(self, *_: object) -> int:
            ctypes.set_errno(errno.EPERM)
            return -1

    monkeypatch.setattr(ctypes, "CDLL", Refusing)
    assert lock_memory(mmap.mmap(-1, mmap.PAGESIZE)).startswith("off: ")
