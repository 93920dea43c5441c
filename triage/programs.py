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
from typing import NoReturn

DECODE, READ = "--triage-decode-worker", "--triage-document-worker"
JUDGE, TYPESET = "--triage-judge-worker", "--triage-typesetter"

if sys.platform == "win32":
    CREATION_FLAGS = subprocess.CREATE_NO_WINDOW
else:
    CREATION_FLAGS = 0


def build_command(*words: str) -> tuple[str, ...]:
    """Returns the command that starts a program of ours: the flag that names it, or the arguments of the main program."""
    if getattr(sys, "frozen", False):
        return (sys.executable, *words)
    return (sys.executable, "-I", "-B", "-X", "utf8", "-m", "triage", *words)


def start_anew(*words: str) -> NoReturn:
    """Ends this process and starts the main program in its place, so that nothing of its memory is left.

    On Windows a process can't be replaced: a new one starts, and this one ends.
    """
    command = build_command(*words)
    if sys.platform == "win32":
        subprocess.Popen(command)
        os._exit(0)
    os.execv(command[0], command)  # noqa: S606  our own program, without a word from input


def start_folder() -> Path:
    """Returns the folder in which programs are started: the root, which holds no folder of a user."""
    return Path(Path(sys.executable).anchor)


def build_environment(**words: str) -> dict[str, str]:
    """Returns the environment of a started program: `words`, a few fixed variables, and SYSTEMROOT on Windows.

    HOME must be set: without it Python asks the system for one, by a local socket.
    """
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return kept | {"HOME": str(start_folder()), "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"} | words
