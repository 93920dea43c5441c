"""kill -9 while rows of the queue change and planes are written: counts and planes are those of the rows, whatever was committed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from tests.jobs.conftest import CHEAP
from tests.jobs.test_queue_windows import NOW, tell, write
from triage.jobs.session import Session, unlock
from triage.jobs.state import queue_planes
from triage.store.queries import queue_planes as sql
from triage.store.queries.kept_counts import find_wrong_counts
from triage.store.store import Store

WORDS = "seven green boats"
PROGRAM = """
import random, sys
from pathlib import Path
from triage.jobs.session import unlock
from triage.jobs.state import queue_planes
queue_planes.MOST_CHANGES = 3
with unlock(Path(sys.argv[1]), "first", "seven green boats") as session:
    done = 0
    while True:
        with session.store.batch() as batch:
            for _ in range(random.randrange(1, 6)):
                change = (random.randrange(6), random.randrange(5), random.randrange(1, 41))
                batch.execute("UPDATE queue SET status = ?, band = ?, flags = flags + 1 WHERE report_id = ?", change)
            queue_planes.keep_planes(batch)
        done += 1
        if done == 1:
            print("begun", flush=True)  # so that each kill finds something committed, however slow the machine is
"""


def test_counts_and_planes_survive_kills(tmp_path: Path) -> None:
    store, rng = tmp_path / "s", random.Random(3)
    with Session(Store.create(store, "first", WORDS, cost=CHEAP).store) as session, session.store.batch() as batch:
        for i in range(1, 41):
            write(batch, tell(rng, i))
    seen = set()
    for _ in range(4):
        command = [sys.executable, "-c", PROGRAM, str(store)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None and process.stdout.readline() == "begun\n"
            time.sleep(rng.uniform(0.1, 0.6))
            process.kill()
        with unlock(store, "first", WORDS) as session, session.reading() as db:
            assert not find_wrong_counts(db) and not queue_planes.find_wrong_planes(db, NOW)
            seen.add(sql.find_newest_change(db))
    assert len(seen) == 4, "something was committed before each kill"
