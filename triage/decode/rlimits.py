"""Resource limits of a worker on POSIX systems."""

from __future__ import annotations

import sys

from triage import limits
from triage.decode.walls import Walls

if sys.platform != "win32":
    import resource

    def lower() -> Walls:
        """Lowers both the soft and the hard limits: they can't be raised again.

        No limit on processor time: a worker lives for many files. Each request sets an alarm instead, which ends the process.
        """
        for kind, value in (
            (resource.RLIMIT_AS, limits.WORKER_MEMORY),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_NOFILE, 16),
        ):
            resource.setrlimit(kind, (value, value))
        return (
            ("memory limit", f"{limits.WORKER_MEMORY // limits.MIB} MB"),
            ("no file writes", "on"),
            ("no core dumps", "on"),
        )
