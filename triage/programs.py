"""The programs of ours that the main program starts: they decode, read documents, judge and typeset.

Each is a new process that inherits nothing but a wire. It looks for modules only where Triage is installed. It must not look in
the folder that the host was started in, since a bundle there could hold a file named like a module of ours. `triage.__main__`
knows what each flag means, in a frozen build too.
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
    """Returns the command that starts the program which `flag` names."""
    if getattr(sys, "frozen", False):
        return (sys.executable, flag)
    return (sys.executable, "-I", "-B", "-X", "utf8", "-m", "triage", flag)


def start_folder() -> Path:
    """Returns the folder in which programs are started: the root, which holds no folder of a user."""
    return Path(Path(sys.executable).anchor)


def build_environment(**words: str) -> dict[str, str]:
    """Returns the environment of a started program: `words`, a few fixed variables, and SYSTEMROOT on Windows.

    HOME must be set: without it Python asks the system for one, by a local socket.
    """
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return kept | {"HOME": str(start_folder()), "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"} | words
