from __future__ import annotations

import subprocess
import sys

import pytest

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
