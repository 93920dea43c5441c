"""Programs of ours that this one starts beside itself: they decode, read documents, judge and typeset.

Each is a new process that gets nothing of its host but a wire. It looks for modules only where Triage is installed: not in the
folder that the host was started in, which may be a bundle's, with a file in it that calls itself as a module of ours.
`triage.__main__` knows what each flag means, in a frozen build too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DECODE, READ = "--triage-decode-worker", "--triage-document-worker"
JUDGE, TYPESET = "--triage-judge-worker", "--triage-typesetter"

if sys.platform == "win32":
    CREATION_FLAGS = subprocess.CREATE_NO_WINDOW
else:
    CREATION_FLAGS = 0


def build_command(flag: str) -> tuple[str, ...]:
    """What starts the program that `flag` names."""
    if getattr(sys, "frozen", False):
        return (sys.executable, flag)
    return (sys.executable, "-I", "-B", "-X", "utf8", "-m", "triage", flag)


def start_folder() -> Path:
    """Where it runs: the root, so that it holds no folder of anybody's."""
    return Path(Path(sys.executable).anchor)


def build_environment(**words: str) -> dict[str, str]:
    """Nothing of the host's but what Windows needs to load libraries, and a few words of ours. Without a home Python asks the
    system for one, by a local socket."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return kept | {"HOME": str(start_folder()), "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"} | words
