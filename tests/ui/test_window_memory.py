"""What the window takes of memory: two pools for all threads, and no library at its start that few people ever need."""

from __future__ import annotations

import subprocess
import sys

import pytest

COUNT = """
import ctypes, threading
from triage.ui.app import application
app = application()
together = threading.Barrier(8)
threads = [threading.Thread(target=lambda: (bytearray(60_000), together.wait(60))) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
library = ctypes.CDLL(None)
library.fdopen.restype = ctypes.c_void_p
library.malloc_info(0, ctypes.c_void_p(library.fdopen(1, b"w")))
library.fflush(None)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="pools of memory are glibc's")
def test_eight_threads_share_two_pools() -> None:
    ended = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, check=True, timeout=300)
    assert 1 <= ended.stdout.count("<heap nr=") <= 2


LATE = ("docx", "xlsxwriter", "pyqtgraph", "fpdf", "ssl", "http.client", "asyncio", "multiprocessing")
"""Libraries that papers and charts need, and those of the network, which came with a function that escapes XML."""
START = f"""
import gc, sys
from triage.cli.group import load_desktop
looks = []
gc.callbacks.append(lambda *_: looks.append(None))
load_desktop()
print(len(looks), gc.isenabled(), *(name for name in {LATE!r} if name in sys.modules))
"""


def test_a_start_loads_no_library_of_papers_or_networks_and_looks_for_no_cycles() -> None:
    """Nearly all that is loaded stays: 300 looks for cycles took a fourteenth of the start."""
    ended = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True, timeout=300)
    assert ended.stdout.split() == ["0", "True"]
