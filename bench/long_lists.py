"""How fast long lists of plain digests come in, how fast millions of stored digests are compared with one, and how much memory.

A row of the suite: `python -m bench long-lists`; its size is the rows of a list. `text` is one MD5 a line, `csv` and `sqlite` are
NSRL's Reference Data Set, versions 2 and 3, with two and three digests a row. The store's reports declare digests of which one in fifty
is on the list, and more are written beside them directly: an import of a million reports would take hours and is measured elsewhere.
Hits that are missing end the benchmark. The peer is an encrypted table that takes the same digests as rows in order.
"""

from __future__ import annotations

import json
import random
import resource
import sqlite3
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bench.suite.model import Place, Result
from triage import limits
from triage.jobs.intake.import_bundles import Receipt, import_bundles
from triage.jobs.lists.lists import add_list, list_hits, remove_list
from triage.jobs.session import Session
from triage.store.database import Database
from triage.store.key_form import Cost
from triage.store.queries import lists as lists_sql
from triage.store.store import Store

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
PASSPHRASE = "seven green boats"
FORMS = ("csv", "sqlite", "text")  # the digests that are compared with the last one stay
ROWS_A_SECOND = 100_000.0
"""At least. IPED takes in 67,000 rows a second."""
MEMORY_MB = 330.0
REPORTS = 50
JOINED = 3
"""Stored digests for each ten rows of the list."""
JOIN_A_SECOND = 50_000.0
_HIT = 50
_FIRST = 910_000_000
_BATCH = 100_000


def measure_long_lists(size: int, place: Place) -> Iterator[Result]:
    """Yields what lists of `size` rows cost in each form."""
    limits.LONG_LIST = 0  # small sizes too go the way of the long ones
    store = place.scratch / "store"
    with Session(Store.create(store, "first", PASSPHRASE, cost=CHEAP).store) as session:
        import_bundles(session, [write_reports(place.scratch / "in", size)], receipt=Receipt())
        for form in FORMS:
            path = place.scratch / f"list.{form}"
            write_list(path, form, size)
            began = time.process_time()
            summary = add_list(session, path, name=form, kind="known-good", profile=None)
            spent = time.process_time() - began
            path.unlink()
            if summary.entries != size or len(list_hits(session, form)) < min(REPORTS, size // _HIT):
                raise AssertionError(f"{form}: entries or hits are missing")
            yield Result(f"{form}, rows", 0, size / spent, "rows/s", ROWS_A_SECOND, "a long list, at least", better="higher")
            if form == "csv":
                peer = measure_rows(place.scratch / "peer.db", min(size, 1_000_000))
                rate = sum(summary.hash_kinds.values()) / spent
                yield Result("csv, digests", 0, rate, "digests/s", peer, "rows of a table", better="higher")
            if form == "text":
                yield join_stored(session, size)
            if form != FORMS[-1]:
                remove_list(session, form)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Result("peak memory", 0, peak, "MB", MEMORY_MB)


def iter_digests(rows: int) -> Iterator[tuple[str, str, str]]:
    """Yields (SHA-256, SHA-1, MD5) of invented files, as upper-case hex. They are random: a hash would take most of the time."""
    rng = random.Random(7)
    for _ in range(rows):
        text = rng.randbytes(68).hex().upper()
        yield text[:64], text[64:104], text[104:]


def write_list(path: Path, form: str, rows: int) -> None:
    """Writes a list of so many rows."""
    if form == "sqlite":
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA journal_mode = OFF")
            db.execute(
                "CREATE TABLE FILE (sha256 VARCHAR NOT NULL, sha1 VARCHAR NOT NULL, md5 VARCHAR NOT NULL,"
                " file_name VARCHAR NOT NULL, file_size INTEGER NOT NULL, package_id INTEGER NOT NULL)"
            )
            made = ((*d, f"file_{n % 9973}.dll", n * 7, n % 999) for n, d in enumerate(iter_digests(rows)))
            db.executemany("INSERT INTO FILE VALUES (?,?,?,?,?,?)", made)
        db.close()
        return
    with path.open("w") as out:
        if form == "csv":
            out.write('"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"\n')
        for n, (_, sha1, md5) in enumerate(iter_digests(rows)):
            row = f'"{sha1}","{md5}","1A2B3C4D","file_{n % 9973}.dll",{n * 7},{n % 999},"362",""\n'
            out.write(row if form == "csv" else f"{md5}\n")


def write_reports(folder: Path, rows: int) -> Path:
    """Writes reports that each declare two files, of which one is on the list; returns their folder."""
    folder.mkdir(parents=True)
    listed = [md5 for n, (_, _, md5) in enumerate(iter_digests(min(rows, _HIT * REPORTS))) if n % _HIT == 0]
    for n, md5 in enumerate(listed):
        files = [{"filename": "a.jpg", "verificationHash": f"{n:032x}"}, {"filename": "b.jpg", "verificationHash": md5}]
        document = {
            "reportId": str(_FIRST + n),
            "reportedInformation": {
                "incidentSummary": {"incidentType": "Apparent Child Pornography", "incidentDateTime": "2026-10-01T05:00:00Z"},
                "uploadedFiles": {"uploadedFiles": files},
            },
        }
        (folder / f"{n}.json").write_text(json.dumps(document))
    return folder


def join_stored(session: Session, rows: int) -> Result:
    """Returns how many stored digests a second are compared with the list, which holds one in fifty of them."""
    count = rows * JOINED // 10
    listed = sorted(bytes.fromhex(md5) for _, _, md5 in iter_digests(count // _HIT))
    add = "INSERT OR REPLACE INTO file_hash (hash_kind, value, report_id, name, declared) VALUES ('md5',?,1,?,1)"
    for values in (iter(listed), iter_in_order(count - len(listed))):
        while some := [(value, f"joined {value.hex()}") for value in islice(values, _BATCH)]:
            with session.store.batch() as batch:  # one for all would take memory for each page that it changes
                batch.executemany(add, some)
    with session.reading() as db:
        (row,) = lists_sql.load_lists(db)
        began = time.process_time()
        found = sum(each.name.startswith("joined") for each in lists_sql.iter_exact_matches(db, row.id))
        spent = time.process_time() - began
    if found < count // _HIT:
        raise AssertionError(f"{found} of {count // _HIT} planted digests were found")
    return Result("stored digests compared", 0, count / spent, "digests/s", JOIN_A_SECOND, "at least", better="higher")


def iter_in_order(count: int) -> Iterator[bytes]:
    """Yields so many invented digests in order, without holding them: the benchmark's memory would hide the program's."""
    rng, step = random.Random(11), (1 << 64) // max(1, count)
    for n in range(count):
        yield (n * step + rng.randrange(step)).to_bytes(8) + rng.randbytes(8)


def measure_rows(path: Path, rows: int) -> float:
    """Returns how many digests a second an encrypted table takes as rows in order: what a long list cost before blocks."""
    rng = random.Random(3)
    values = sorted(rng.randbytes(20) for _ in range(rows))
    database = Database.create(path, memoryview(b"k" * 32))
    writer, began = database.writer, time.process_time()
    writer.begin()
    writer.execute("CREATE TABLE h (k TEXT, v BLOB, l INTEGER, e INTEGER, PRIMARY KEY (k, v, l, e)) WITHOUT ROWID")
    writer.executemany("INSERT INTO h VALUES ('sha1', ?, 1, 1)", ((value,) for value in values))
    writer.commit()
    database.empty_log()
    spent = time.process_time() - began
    database.close()
    return rows / spent
