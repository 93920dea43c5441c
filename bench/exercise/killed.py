"""Imports a work package and dies in the middle: `python -m bench.exercise.killed STORE USER FILE WRITES MOMENT`.

The passphrase comes on stdin. It ends with code 9 before the so-manieth time that the store secures its writes on the disk.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

from bench.exercise.clock import Clock, moved
from triage.jobs.exchange.receive import import_paths
from triage.jobs.session import unlock
from triage.model.handover import Receipt

DIED = 9


def main() -> None:
    store, user, file, at, moment = sys.argv[1:]
    session = unlock(Path(store), user, sys.stdin.readline().rstrip("\n"))
    real, left = os.fsync, int(at)

    def fsync(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os._exit(DIED)
        real(descriptor)

    os.fsync = fsync
    with moved(Clock(datetime.fromisoformat(moment))):
        import_paths(session, [Path(file)], receipt=Receipt())


if __name__ == "__main__":
    main()
