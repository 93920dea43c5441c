"""Fills a store with casework of so many cases: cases with stages and numbers, requests, and files that left.

A year of the region's rate is 47,600 cases. Their reports are those of the store, one in ten. All values are invented.
"""

from __future__ import annotations

import hashlib
import random
import time

from triage.jobs.state.open_grades import KEPT_AT_ONCE, keep_changed_grades
from triage.store.database import Writer

YEAR_OF_CASES = 47_600
STAGES = ("verification", "enquiry", "legal opinion", "approval", "FIR", "challan", "trial")
REGISTERS = ("complaint", "enquiry", "FIR", "court")
KINDS = ("subscriber", "traffic", "preservation", "foreign-preservation")
FILES_A_CASE = 2
BEGUN = 1_767_225_600
"""The first day of 2026, in seconds."""


def fill_casework(batch: Writer, count: int, seed: int = 5, reports: int = 0) -> None:
    """Adds so many cases, a request for each, and two files that left for each. Reports 1 to `reports` are in the cases."""
    rng = random.Random(seed)
    ids = range(1, count + 1)
    opened = [_format_time(BEGUN + at * 660) for at in range(count)]
    batch.executemany(
        "INSERT INTO case_file (id, number, opened, user_id, officer) VALUES (?,?,?,1,?)",
        ((i, f"C-2026-{i:05d}", opened[i - 1], 1 if i % 2 else None) for i in ids),
    )
    batch.executemany(
        "INSERT INTO case_stage (case_id, stage, since, due, basis, user_id) VALUES (?,?,?,?,'set by hand',1)",
        ((i, STAGES[at], opened[i - 1], f"2026-12-{1 + i % 28:02d}") for i in ids for at in range(1 + i % 3)),
    )
    batch.executemany(
        "INSERT INTO case_number (case_id, kind, value, added, user_id) VALUES (?,?,?,?,1)",
        ((i, rng.choice(REGISTERS), f"{i}/2026", opened[i - 1]) for i in ids if i % 3),
    )
    step = max(1, reports // count)
    batch.executemany(
        "INSERT INTO case_report (report_id, case_id, added, user_id) VALUES (?,?,?,1) ON CONFLICT DO NOTHING",
        ((i * step, i, opened[i - 1]) for i in ids if i * step <= reports),
    )
    batch.executemany(
        "INSERT INTO request (id, number, kind, addressee, name, case_id, ready, child, missing, lines, made, user_id, sent, closed)"
        " VALUES (?,?,?,'ptcl','An operator',?,1,0,'[]',1,?,1,?,?)",
        ((i, f"R-2026-{i:05d}", KINDS[i % 4], i, opened[i - 1], _sent(i, opened), opened[i - 1] if i % 3 else None) for i in ids),
    )
    batch.executemany(
        "INSERT INTO outgoing (written, user_id, kind, name, sha256, recipients, handed_to) VALUES (?,1,?,?,?,'[]','Inspector')",
        (
            (opened[at // FILES_A_CASE], ("packet", "request")[at % 2], f"file-{at}.age", hashlib.sha256(b"%d" % at).hexdigest())
            for at in range(count * FILES_A_CASE)
        ),
    )


def fill_grades(batch: Writer, count: int) -> None:
    """Adds so many files graded for court: two people agreed on most, one in eight waits for a second person, some for a lead."""
    report = batch.insert("INSERT INTO report (number, version, first_number) VALUES ('900000001', 1, '900000001')")
    bundle = batch.insert("INSERT INTO bundle (started, user_id, paths) VALUES ('2026-01-01T00:00:00Z', 1, '[]')")
    first = 1 + int(batch.value("SELECT coalesce(max(id), 0) FROM media_item"))
    ids = range(first, first + count)
    batch.executemany(
        "INSERT INTO media_item (id, sha256, md5, sha1, size, item) VALUES (?,?,?,?,1000,0)",
        ((i, hashlib.sha256(b"%d" % i).hexdigest(), f"{i:032x}", f"{i:040x}") for i in ids),
    )
    batch.executemany(
        "INSERT INTO file (report_id, bundle_id, media_item_id, name, path, level, exhibit) VALUES (?,?,?,?,'','',?)",
        ((report, bundle, i, f"IMG_{i}.jpg", str(i)) for i in ids),
    )
    grades = ("innocent family or medical picture", "adult")
    batch.executemany(
        "INSERT INTO grade (media_item_id, report_id, user_id, given, grade, court, settles) VALUES (?,?,?,?,?,1,0)",
        (
            (i, report, user, _format_time(BEGUN + i * 60 + user), grades[user - 1 if i % 50 == 0 else i % 2])
            for i in ids
            for user in (1, 2)
            if user == 1 or i % 8
        ),
    )
    for _ in range(0, count, KEPT_AT_ONCE):  # in the product each act of grading keeps what changed
        keep_changed_grades(batch)


def _sent(i: int, opened: list[str]) -> str | None:
    """Returns when a request was sent: most on the day of their case, some not yet."""
    return None if i % 10 == 0 else opened[i - 1][:10] if i % 2 else opened[i - 1]


def _format_time(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
