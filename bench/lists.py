"""How long a hash list takes, from file to hits, and how much memory: processor time at growing sizes, and their slope.

    python -m bench.lists [--form text|csv|sqlite|vics] [--rows 1000000 10000000] [--media 300000] [--directory DIR]

Makes a list of invented digests and a store whose reports declare some of them, and takes the list in in a process of its own.
`text` is one MD5 a line, `csv` and `sqlite` are NSRL's Reference Data Set with three digests a row, `vics` is a Project VIC export
of a seized device with paths. The peer is SQLite itself: the same digests as sorted rows of an encrypted table, in the same run.
A run fails when the peak of memory grows with the list, or when a hit is missing.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.vics_list import make_digest, write_vics
from triage.jobs.intake.import_bundles import Receipt, import_bundles
from triage.jobs.lists.lists import add_list, list_hits
from triage.jobs.session import Session
from triage.model.progress import Progress
from triage.store.database import Database
from triage.store.key_form import Cost
from triage.store.queries import lists as lists_sql
from triage.store.store import Store

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
PASSPHRASE = "seven green boats"
FORMS = ("text", "csv", "sqlite", "vics")
_MORE_MEMORY_MB = 60


def iter_digests(rows: int) -> Iterator[tuple[str, str, str]]:
    """Yields (SHA-256, SHA-1, MD5) of invented files, as upper-case hex. They are random: a hash would take most of the time."""
    rng = random.Random(7)
    for _ in range(rows):
        text = rng.randbytes(68).hex().upper()
        yield text[:64], text[64:104], text[104:]


def write_list(path: Path, form: str, rows: int) -> None:
    """Writes a list of so many rows."""
    if form == "vics":
        write_vics(path, rows)
    elif form == "sqlite":
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA journal_mode = OFF")
            db.execute(
                "CREATE TABLE FILE (sha256 VARCHAR NOT NULL, sha1 VARCHAR NOT NULL, md5 VARCHAR NOT NULL,"
                " file_name VARCHAR NOT NULL, file_size INTEGER NOT NULL, package_id INTEGER NOT NULL)"
            )
            made = ((*d, f"file_{n % 9973}.dll", n * 7, n % 999) for n, d in enumerate(iter_digests(rows)))
            db.executemany("INSERT INTO FILE VALUES (?,?,?,?,?,?)", made)
    else:
        with path.open("w") as out:
            if form == "csv":
                out.write('"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"\n')
            for n, (_, sha1, md5) in enumerate(iter_digests(rows)):
                csv = f'"{sha1}","{md5}","1A2B3C4D","file_{n % 9973}.dll",{n * 7},{n % 999},"362",""\n'
                out.write(csv if form == "csv" else f"{md5}\n")


def make_store(folder: Path, form: str, rows: int, reports: int) -> None:
    """Makes a store of reports that each declare the MD5 of three files, of which one is on the list."""
    if form == "vics":
        listed = [make_digest("md5", n * rows // reports) for n in range(reports)]
    else:
        listed = [md5 for n, (_, _, md5) in enumerate(iter_digests(min(rows, 50 * reports))) if n % 50 == 0][:reports]
    into = folder / "in"
    into.mkdir(parents=True)
    for n, md5 in enumerate(listed):
        files = [{"filename": f"{n}_{k}.jpg", "verificationHash": make_digest("md5", 10**9 + 3 * n + k)} for k in range(2)]
        document = {
            "reportId": str(910_000_000 + n),
            "reportedInformation": {
                "incidentSummary": {"incidentType": "Apparent Child Pornography", "incidentDateTime": "2026-10-01T05:00:00Z"},
                "uploadedFiles": {"uploadedFiles": [*files, {"filename": f"{n}_2.jpg", "verificationHash": md5}]},
            },
        }
        (into / f"{n}.json").write_text(json.dumps(document))
    with Session(Store.create(folder / "store", "first", PASSPHRASE, cost=CHEAP).store) as session:
        import_bundles(session, [into], receipt=Receipt())


def join_media(session: Session, form: str, media: int) -> float:
    """Returns the processor seconds of comparing the list with so many stored digests, every fiftieth of which it holds."""
    rng = random.Random(11)
    if form == "vics":
        listed = (bytes.fromhex(make_digest("md5", n)) for n in range(media // 50))
    else:
        listed = (bytes.fromhex(md5) for _, _, md5 in iter_digests(media // 50))
    values = [*listed, *(rng.randbytes(16) for _ in range(media - media // 50))]
    rng.shuffle(values)
    with session.store.batch() as batch:
        rows = sorted(("md5", value, 1, f"joined {n}", 1) for n, value in enumerate(values))
        batch.executemany(
            "INSERT OR REPLACE INTO file_hash (hash_kind, value, report_id, name, declared) VALUES (?,?,?,?,?)", rows
        )
    with session.reading() as db:
        row = lists_sql.load_lists(db)[0]
        started = time.process_time()
        found = sum(each.name.startswith("joined") for each in lists_sql.iter_exact_matches(db, row.id))
        took = time.process_time() - started
    if found < min(media // 50, row.entries):
        raise SystemExit(f"BROKEN: {found} of {media // 50} planted digests were found")
    return took


def take(store: Path, path: Path, form: str, media: int) -> None:
    """Takes the list in. It runs in a process of its own: its peak memory is the list's."""
    kind = "case" if form == "vics" else "known-good"
    phases: dict[str, float] = {}

    def note(progress: Progress) -> None:
        """Notes when each phase was last heard of."""
        phases[str(progress.note)] = time.process_time()

    with Session(Store.open(store, "first", PASSPHRASE)) as session:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started, wall = time.process_time(), time.perf_counter()
        summary = add_list(session, path, name="list", kind=kind, profile="US" if form == "vics" else None, on_progress=note)
        added = time.process_time()
        wall = time.perf_counter() - wall
        found = len(list_hits(session, "list"))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        size = (store / "triage.db").stat().st_size
        joined = join_media(session, form, media)
    print(
        json.dumps(
            {
                "form": form,
                "rows": summary.entries,
                "digests": sum(summary.hash_kinds.values()),
                "cpu": round(added - started, 2),
                "wall": round(wall, 2),
                "rows_a_cpu_second": round(summary.entries / (added - started)),
                "phases": {name: round(at - started, 1) for name, at in phases.items()},
                "hits": found,
                "join_cpu": round(joined, 1),
                "memory_before_mb": before // 1024,
                "memory_peak_mb": peak // 1024,
                "database_mb": size // 1_000_000,
                "file_mb": path.stat().st_size // 1_000_000,
            }
        )
    )


def measure_peer(folder: Path, rows: int) -> float:
    """Returns how many digests a second of processor time an encrypted table takes as rows in order: the limit of that way."""
    folder.mkdir(parents=True)
    database = Database.create(folder / "peer.db", memoryview(b"k" * 32))
    rng = random.Random(3)
    values = sorted(rng.randbytes(20) for _ in range(rows))
    writer = database.writer
    started = time.process_time()
    writer.begin()
    writer.execute("CREATE TABLE h (k TEXT, v BLOB, l INTEGER, e INTEGER, PRIMARY KEY (k, v, l, e)) WITHOUT ROWID")
    writer.executemany("INSERT INTO h VALUES ('sha1', ?, 1, 1)", ((value,) for value in values))
    writer.commit()
    database.empty_log()
    took = time.process_time() - started
    database.close()
    return rows / took


def main() -> int:
    """Runs the benchmark; returns 1 when a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--form", choices=FORMS, default="csv")
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--reports", type=int, default=200)
    parser.add_argument("--media", type=int, default=300_000)
    parser.add_argument("--directory", type=Path, default=Path("bench-lists"))
    parser.add_argument("--take", nargs=4, metavar=("STORE", "LIST", "FORM", "HITS"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.take:
        take(Path(asked.take[0]), Path(asked.take[1]), asked.take[2], int(asked.take[3]))
        return 0
    found = []
    try:
        for rows in asked.rows:
            shutil.rmtree(asked.directory, ignore_errors=True)
            asked.directory.mkdir(parents=True)
            path = asked.directory / f"list.{asked.form}"
            write_list(path, asked.form, rows)
            make_store(asked.directory, asked.form, rows, asked.reports)
            command = [sys.executable, "-m", "bench.lists", "--take", str(asked.directory / "store"), str(path), asked.form]
            answer = subprocess.run([*command, str(asked.media)], check=True, stdout=subprocess.PIPE, text=True).stdout
            found.append(json.loads(answer))
            print(answer.rstrip(), flush=True)
        peer = measure_peer(asked.directory / "peer", 1_000_000)
    finally:
        shutil.rmtree(asked.directory, ignore_errors=True)
    last = found[-1]
    print(f"peer: {peer:,.0f} digests a second as rows; this: {last['digests'] / last['cpu']:,.0f}")
    slope = (last["cpu"] / last["rows"]) / (found[0]["cpu"] / found[0]["rows"])
    print(f"cost of a row at {last['rows']:,} is {slope:.2f} of that at {found[0]['rows']:,}")
    broken = [each for each in found if each["hits"] < asked.reports]
    if last["memory_peak_mb"] - found[0]["memory_peak_mb"] > _MORE_MEMORY_MB:
        broken.append(last)
    for each in broken:
        print(f"BROKEN: {each}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
