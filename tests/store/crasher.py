"""A process that starts writers to be killed: `python crasher.py DIRECTORY NAME PASSPHRASE`.

For every line on standard input it forks a writer (before any store is open), which seals, commits and changes passphrases as
fast as it can and acknowledges each on standard output. Its pid is told, then "open"; "dead" when it has been reaped.
"""

from __future__ import annotations

import hashlib
import os
import random
import sys
from pathlib import Path

from triage.store.store import Store
from triage.store.vault import VaultWriter


def write_line(line: str) -> None:
    """Writes a line to standard output at once."""
    os.write(1, line.encode() + b"\n")


def write_until_killed(directory: Path, name: str, passphrase: str) -> None:
    chance = random.Random()
    VaultWriter.__init__.__defaults__ = (3_000_000,)  # small packs, so that rolling is hit too
    store = Store.open(directory, name, passphrase)
    write_line("open")
    while True:
        if chance.random() < 0.15:
            words = f"words {chance.random()}"
            write_line(f"trying {words}")
            store.users.change_passphrase("Second", words, store.user)
            write_line(f"passphrase {words}")
            continue
        done = []
        with store.batch() as batch:
            for _ in range(chance.randint(1, 5)):
                data = chance.randbytes(chance.choice((0, 100, 50_000, 1_200_000)))
                done.append((batch.seal(data), hashlib.sha256(data).hexdigest()))
            batch.note("things sealed", items=len(done))
        for item, digest in done:
            write_line(f"item {item} {digest}")


def main() -> None:
    directory, name, passphrase = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            write_until_killed(directory, name, passphrase)
        write_line(f"pid {child}")
        os.waitpid(child, 0)
        write_line("dead")


if __name__ == "__main__":
    main()
