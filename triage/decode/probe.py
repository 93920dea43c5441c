"""Tries, from inside a worker, what its restrictions must stop.

Each attempt is real: "blocked" is an observation.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable

from triage.decode.restrictions import ATTEMPTS, Restrictions

_BLOCKED = frozenset({errno.EPERM, errno.EACCES, errno.ENOSYS})
_INET, _STREAM, _DATAGRAM = 2, 1, 2


def try_restrictions() -> Restrictions:
    """Returns each attempt with "blocked: ERROR" or "off: ..."."""
    attempts: dict[str, Callable[[], None]] = {
        "open files": _try_open,
        "list folders": _try_list,
        "sockets": _try_socket,
        "new processes": _try_fork,
        "run programs": _try_execute,
    }
    return tuple((name, _describe_outcome(attempts[name])) for name in ATTEMPTS)


def _describe_outcome(attempt: Callable[[], None]) -> str:
    """Makes an attempt, and returns what became of it."""
    try:
        attempt()
    except OSError as error:
        if error.errno in _BLOCKED:
            return f"blocked: {errno.errorcode[error.errno]}"
        return f"off: {errno.errorcode.get(error.errno or 0, 'unknown')}"
    return "off: it worked"


def _try_open() -> None:
    os.close(os.open(sys.executable, os.O_RDONLY))


def _try_list() -> None:
    os.listdir(os.sep)  # noqa: PTH208 - the plain call is what is tried


def _try_socket() -> None:
    """By the C library: the product's own code never imports the socket module."""
    if sys.platform == "win32":
        raise OSError(errno.ENOTSUP, "there is no network wall to try")
    libc = ctypes.CDLL(None, use_errno=True)
    for kind in (_STREAM, _DATAGRAM):
        handle = libc.socket(_INET, kind, 0)
        if handle >= 0:
            os.close(handle)
            return
    raise OSError(ctypes.get_errno(), "socket")


def _try_fork() -> None:
    if sys.platform == "win32":
        os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-c", ""])  # noqa: S606 - the attempt is the point
        return
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _try_execute() -> None:
    """Runs a program that does not exist.

    An error other than "not permitted" says that only its absence stopped us.
    """
    if sys.platform == "win32":
        raise OSError(errno.ENOTSUP, "as for new processes")
    os.execv(os.sep + "no-such-program", ["no-such-program"])  # noqa: S606 - the attempt is the point
