"""What the window takes of memory: at its start no library that few people ever need."""

from __future__ import annotations

import subprocess
import sys

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
