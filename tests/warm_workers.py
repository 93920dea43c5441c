"""Fork servers that outlive an import: each test forks its confined workers from one that is warm.

Loading and warming the libraries costs most of a small import. The program itself starts new servers for each bundle. Tests of the
sandbox and of the workers see that: they are COLD.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from triage.decode import pool
from triage.decode.forkserver import ForkServer
from triage.decode.process import FORKS, Launcher, Process, Watchdog

COLD = ("decode", "fuzz", "hardening", "programs", "readers", "sealed")
"""Words in the path of tests that start their own servers."""

_start_own = pool._launcher
_servers: dict[tuple[int, tuple[str, ...]], tuple[ForkServer, Watchdog]] = {}
"""By process (a fork of the tests must not speak to its parent's servers) and program."""
_warm = False


class _WarmLauncher:
    """Forks workers from a server that other pools use too. `renew` is left out: the server goes on."""

    def __init__(self, server: ForkServer) -> None:
        self._server = server

    def prepare(self) -> None:
        self._server.prepare()

    def start(self, seconds: float) -> Process:
        return self._server.start(seconds)

    def renew(self) -> None:
        pass


def _launch(program: Sequence[str], watchdog: Watchdog) -> Launcher:
    own = _start_own(program, watchdog)
    if not _warm or not isinstance(own, ForkServer):
        return own
    key = (os.getpid(), tuple(program))
    if key not in _servers:
        lasting = Watchdog()
        _servers[key] = (ForkServer((*program, FORKS), lasting), lasting)
    return _WarmLauncher(_servers[key][0])


def install() -> None:
    """Has all pools ask here for what starts their workers."""
    pool._launcher = _launch


def choose(path: Path) -> None:
    """Says whose turn it is: the tests in this file share servers, or start their own."""
    global _warm
    _warm = not any(word in part for word in COLD for part in path.parts[-3:])


def end() -> None:
    """Ends the servers of this process."""
    for (process, _), (server, watchdog) in _servers.items():
        if process == os.getpid():
            server.renew()
            watchdog.close()
    _servers.clear()
    pool._launcher = _start_own
