"""Programs beside the host that stay warm: loading their libraries costs most of a small import, and of a page of PDF.

Each test forks its confined workers from a fork server that outlives the import. The program itself starts new servers for each
bundle. Tests of the sandbox and of the workers see that: they are COLD. Papers are typeset in the process of the tests, except in
tests of that process, which are OWN_TYPESETTER. Commands in a process of their own start the typesetter as the program does.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from triage.decode import pool
from triage.decode.forkserver import ForkServer
from triage.decode.process import FORKS, Launcher, WorkerProcess
from triage.decode.watchdog import Watchdog
from triage.exports import pdf_documents, typesetter

COLD = ("decode", "fuzz", "hardening", "programs", "readers", "sealed")
"""Words in the path of tests that start their own servers."""
OWN_TYPESETTER = ("hardening", "programs", "typesetter")
"""Words in the path of tests in which a typesetter starts for each paper, or once where the program keeps it."""

MANY = 64
"""Workers of one server: to start the next server takes as long as some twenty workers."""

_start_own = pool._choose_launcher
_typeset_beside = pdf_documents._run_typesetter
_servers: dict[tuple[int, tuple[str, ...]], tuple[ForkServer, Watchdog]] = {}
"""By process (a fork of the tests must not speak to its parent's servers) and program."""
_warm = False
_typesets_here = False


class _WarmLauncher:
    """Forks workers from a server that other pools use too. `renew` is left out: the server goes on."""

    def __init__(self, server: ForkServer) -> None:
        self._server = server

    def prepare(self) -> None:
        self._server.prepare()

    def start(self, seconds: float) -> WorkerProcess:
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
        _servers[key] = (ForkServer((*program, FORKS), lasting, MANY), lasting)
    return _WarmLauncher(_servers[key][0])


def _typeset(job: bytes) -> bytes:
    if not _typesets_here:
        return _typeset_beside(job)
    return typesetter.make_pdf(msgspec.msgpack.decode(job, type=pdf_documents.TypesetJob))


def install() -> None:
    """Has all pools ask here for what starts their workers, and all papers for the typesetter."""
    pool._choose_launcher = _launch
    pdf_documents._run_typesetter = _typeset


def choose(path: Path) -> None:
    """Says whose turn it is: the tests in this file share servers, or start their own."""
    global _warm, _typesets_here
    _typesets_here = not _is_named(path, OWN_TYPESETTER)
    _warm = not _is_named(path, COLD)


def _is_named(path: Path, words: Sequence[str]) -> bool:
    return any(word in part for word in words for part in path.parts[-3:])


def end() -> None:
    """Ends the servers of this process."""
    for (process, _), (server, watchdog) in _servers.items():
        if process == os.getpid():
            server.renew()
            watchdog.close()
    _servers.clear()
    pool._choose_launcher = _start_own
    pdf_documents._run_typesetter = _typeset_beside
