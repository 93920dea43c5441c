"""Changes of a database's key that end early: `python rekeyer.py`, a line "AT KIND STORE NAME PASSPHRASE" (tabs between) a change.

AT is the number of the step (flush, rename, removal) at which it ends, 0 for none; KIND is "kill" (the process dies there) or an
errno's name. Each change runs in a forked process whose pid is told; after one more line it is reaped, and told how it ended:
done, ended (with a sentence), died or crashed.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from triage import limits
from triage.errors import StoreError
from triage.store.rekey import replace_database_key
from triage.store.store import Store

DONE, CRASHED, ENDED, DIED = 0, 1, 2, 9
STEPS = ("fsync", "replace", "rename", "unlink", "rmdir")


def change(at: int, kind: str, directory: Path, name: str, passphrase: str) -> int:
    limits.MIN_FREE = 0
    store, made = Store.open(directory, name, passphrase), 0

    def watched(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            nonlocal made
            made += 1
            if made == at and kind == "kill":
                os._exit(DIED)
            if made == at:
                raise OSError(getattr(errno, kind), os.strerror(getattr(errno, kind)))
            return real(*args, **kwargs)

        return step

    for step in STEPS:
        setattr(os, step, watched(getattr(os, step)))
    try:
        replace_database_key(store)
    except StoreError as error:
        return ENDED if str(error).endswith(".") else CRASHED
    return DONE


def main() -> None:
    lines = iter(sys.stdin)
    for line in lines:
        at, kind, directory, name, passphrase = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            code = CRASHED
            try:
                code = change(int(at), kind, Path(directory), name, passphrase)
            finally:
                os._exit(code)
        print(child, flush=True)
        next(lines)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print({DONE: "done", ENDED: "ended", DIED: "died", -signal.SIGKILL: "died"}.get(code, "crashed"), flush=True)


if __name__ == "__main__":
    main()
