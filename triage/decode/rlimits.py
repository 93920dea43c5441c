"""Resource limits of a worker on POSIX systems."""

from __future__ import annotations

import sys

from triage import limits
from triage.decode.restrictions import Restrictions

if sys.platform != "win32":
    import resource

    def lower_limits() -> Restrictions:
        """Lowers memory, file size, core dump and descriptor limits for good, and returns each with its value.

        Processor time has no limit, because a worker lives for many files. Each request sets an alarm instead, which ends the
        process.
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
