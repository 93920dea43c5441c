"""kill -9 while rows of the queue and casework change: counts, planes and lists are those of the rows, whatever was committed."""

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
from triage.jobs.state.open_grades import find_wrong_grades
from triage.store.queries import queue_planes as sql
from triage.store.queries.kept_counts import find_wrong_casework, find_wrong_counts
from triage.store.store import Store

WORDS = "seven green boats"
PROGRAM = """
import random, sys
from pathlib import Path
from triage.jobs.session import unlock
from triage.jobs.state import open_grades, queue_planes
from triage.store.queries import grades
queue_planes.MOST_CHANGES, open_grades.MOST_CHANGED = 3, 2
with unlock(Path(sys.argv[1]), "first", "seven green boats") as session:
    done = 0
    while True:
        with session.store.batch() as batch:
            for _ in range(random.randrange(1, 6)):
                change = (random.randrange(6), random.randrange(5), random.randrange(1, 41))
                batch.execute("UPDATE queue SET status = ?, band = ?, flags = flags + 1 WHERE report_id = ?", change)
            queue_planes.keep_planes(batch)
            for _ in range(3):
                one, other = sorted(random.sample(range(1, 9), 2))
                grade, source = random.choice(["adult", "age uncertain"]), random.choice([None, None, other])
                grades.add_grade(
                    batch, medium_id=one, report_id=1, user_id=random.randrange(1, 4), given="2026", grade=grade,
                    court=source is None, inherited_from=source,
                )
                batch.execute("DELETE FROM grade WHERE media_item_id = ? AND user_id = 1", (other,))
                batch.execute("INSERT OR REPLACE INTO rejected_match (a, b, rejected, user_id) VALUES (?,?,'',1)", (one, other))
                batch.execute("DELETE FROM rejected_match WHERE a = ?", (other,))
                sent = random.choice([None, "2026-11-01", "2026-11-02"])
                batch.execute("UPDATE request SET sent = ?, closed = NULL WHERE id = ?", (sent, one))
                batch.execute("UPDATE request SET closed = '2026' WHERE id = ?", (other,))
                batch.execute(
                    "INSERT INTO case_stage (case_id, stage, since, due, basis, user_id) VALUES (?, 'enquiry', '', ?, '', 1)",
                    (one, sent),
                )
            open_grades.keep_changed_grades(batch)
        done += 1
        if done == 1:
            print("begun", flush=True)  # so that each kill finds something committed, however slow the machine is
"""


def test_counts_and_planes_survive_kills(tmp_path: Path) -> None:
    store, rng = tmp_path / "s", random.Random(3)
    with Session(Store.create(store, "first", WORDS, cost=CHEAP).store) as session, session.store.batch() as batch:
        for i in range(1, 41):
            write(batch, tell(rng, i))
        for i in range(1, 9):
            batch.execute("INSERT INTO media_item (id, sha256, md5, sha1, size, item) VALUES (?1,?1,?1,?1,1,0)", (i,))
            batch.execute("INSERT INTO case_file (id, number, opened, user_id) VALUES (?1, ?1, '2026', 1)", (i,))
            batch.execute(
                "INSERT INTO request (id, number, kind, addressee, name, ready, child, missing, lines, made, user_id)"
                " VALUES (?1, ?1, 'traffic', '', '', 1, 0, '[]', 1, '', 1)",
                (i,),
            )
    seen, kept = set(), set[bool]()
    for _ in range(4):
        command = [sys.executable, "-c", PROGRAM, str(store)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None and process.stdout.readline() == "begun\n"
            time.sleep(rng.uniform(0.1, 0.6))
            process.kill()
        with unlock(store, "first", WORDS) as session, session.reading() as db:
            assert not find_wrong_counts(db) and not queue_planes.find_wrong_planes(db, NOW)
            assert not find_wrong_casework(db) and not find_wrong_grades(db)
            kept.add(bool(db.value("SELECT count(*) FROM grade_work")))
            seen.add(sql.find_newest_change(db))
    assert len(seen) == 4, "something was committed before each kill"
    assert True in kept, "something was kept of grades"
