"""A compressed month of work under trouble: is anything lost that was acknowledged, and does memory stay flat?

    python -m bench.soak [--minutes 12] [--directory DIR] [--seed 1] [--plant lost-report]

A worker imports bundles of reports (about 1.5 media a report, 60 % of them known already, some files broken), decides, takes lists
in, destroys, checks a part of the vault and makes backups, without a pause. It acknowledges each act on a pipe. It is killed with
kill -9 at random moments, and each next one has a clock that jumped forward or back. When DIR lies on a file system of its own of
at most 8 GiB (for example a tmpfs), its free space is taken away now and then while the worker writes.

In the end the store is opened, and all that was acknowledged is looked for, in the store and in a restored backup; check and audit log
have to agree; the peak memory of late workers must not be above that of workers in the middle. It ends with 1 when a bound is broken.
`--plant` takes a report away at the end, which has to be noticed.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench.exercise.clock import Clock, moved
from bench.exercise.stations import Station, open_station
from bench.invented import make_json, make_xml
from triage import limits
from triage.errors import WorldError
from triage.jobs.casework import decisions
from triage.jobs.intake.import_bundles import Receipt, import_bundles
from triage.jobs.keeping.backup import make_backup, restore_backup
from triage.jobs.keeping.check import check_next_part, check_store, export_head, verify_record
from triage.jobs.keeping.destruction import destroy_report
from triage.jobs.lists.lists import add_list, remove_list
from triage.jobs.session import unlock
from triage.model.views import STATUSES
from triage.store.queries import reports

A_DAY = 53_000
"""Reports of a day at ten times the rate of 2023."""
_OF_BUNDLE = 40
_POOL = 60
_MEMORY_MORE, _MEMORY_BASE = 1.25, 40
_SMALL_DISK = 8 << 30
_WHILE_FULL = ("disk is full", "A destruction is not finished", "Earlier parts of this check found problems")
"""What a check may say while the disk is full, and the rest of its round after it. In the end it has to find nothing."""
_FIRST = 700_000_000
_ANSWERS = (
    ("in_progress", "being worked on"),
    ("closed", "insufficient information"),
    ("referred", "not in Pakistan"),
    ("closed", "not a crime in Pakistan"),
)


def draw_picture(n: int) -> bytes:
    """Returns an invented JPEG."""
    small = np.random.default_rng(n).integers(0, 255, (9, 12, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(small).resize((320, 240), Image.Resampling.BICUBIC).save(out, "JPEG", quality=85)
    return out.getvalue()


def name_reports(bundle: int) -> list[str]:
    """Returns the numbers of a bundle's reports that can be read."""
    return [str(_FIRST + bundle * _OF_BUNDLE + n) for n in range(_OF_BUNDLE)]


def write_bundle(folder: Path, bundle: int) -> None:
    """Writes a bundle: reports with media in folders, and some files that are broken."""
    chance = random.Random(bundle)
    for n in range(_OF_BUNDLE):
        here = folder / f"{n:03d}"
        here.mkdir(parents=True, exist_ok=True)
        made = (make_json if n % 2 else make_xml)(bundle * _OF_BUNDLE + n)
        for name, data in made.items():
            (here / name).write_bytes(data)
        for k in range(chance.choice((1, 1, 2, 2))):
            known = chance.random() < 0.6
            picture = draw_picture(chance.randrange(_POOL) if known else _POOL + bundle * 100 + n * 2 + k)
            (here / f"{k}.jpg").write_bytes(picture)
    broken = folder / "broken"
    broken.mkdir(exist_ok=True)
    (broken / "cut.xml").write_bytes(make_xml(1).popitem()[1][:200])
    (broken / "noise.jpg").write_bytes(b"\xff\xd8\xff" + chance.randbytes(3_000))
    (broken / "noise.zip").write_bytes(b"PK\x03\x04" + chance.randbytes(3_000))
    (broken / "empty.json").write_bytes(b"")


# -- the worker ------------------------------------------------------------------------------------------------------------


def say(**what: Any) -> None:
    """Acknowledges on standard output, at once."""
    os.write(1, json.dumps(what).encode() + b"\n")


class Worker:
    """Works in the store until it is killed. `done` are bundles that were acknowledged by workers before."""

    def __init__(self, folder: Path, intake: Path, seed: int, done: int) -> None:
        self.folder, self.intake, self.chance, self.done = folder, intake, random.Random(seed), done
        self.station = Station("soak", folder)

    def run(self) -> None:
        """Works without end."""
        turn = 0
        while True:
            turn += 1
            for act in (self.take_in, self.decide, self.keep, self.change_lists, self.destroy):
                try:
                    act(turn)
                except WorldError as error:
                    say(refused=f"{act.__name__}: {type(error).__name__}", words=str(error))
            say(rss=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, turn=turn)

    def take_in(self, turn: int) -> None:
        """Imports the next bundle."""
        here = self.intake / str(self.done)
        write_bundle(here, self.done)
        try:
            import_bundles(self.station.chief, [here], receipt=Receipt())
        finally:
            shutil.rmtree(here)
        say(imported=self.done)
        self.done += 1

    def pick(self) -> str:
        """Returns the number of a report that was imported."""
        return self.chance.choice(name_reports(self.chance.randrange(max(1, self.done))))

    def decide(self, turn: int) -> None:
        """Decides on some reports."""
        for _ in range(8 if self.done else 0):
            number, (status, reason) = self.pick(), self.chance.choice(_ANSWERS)
            say(trying="decide", report=number, status=status)
            with suppress(WorldError):
                decisions.decide(self.station.lead, number, status=status, reason=reason)
                say(decided=number, status=status)

    def keep(self, turn: int) -> None:
        """Checks a part of the vault, exports the head, makes a backup."""
        if turn % 3 == 1:
            result = check_next_part(self.station.chief, 32 << 20)
            say(checked=result.valid, problems=result.problems[:3])
            export_head(self.station.chief, self.folder / "head.json", overwrite=True)
        if turn % 4 == 2:
            say(trying="backup", bundles=self.done)
            made = make_backup(self.station.chief, self.folder / "backup")
            say(backup=made.number)

    def change_lists(self, turn: int) -> None:
        """Takes a list in step by step, or removes one."""
        if turn % 5 == 3:
            path = self.intake / "list.csv"
            rows = (f"{self.chance.randbytes(16).hex()},{self.chance.randbytes(20).hex()}" for _ in range(20_000))
            if not path.exists():
                path.write_text("\n".join(["MD5,SHA-1", *rows]) + "\n")
            limits.LONG_LIST = 0
            add_list(self.station.chief, path, name="list", kind="known-good", profile=None)
            say(listed=True)
        if turn % 5 == 0:
            remove_list(self.station.chief, "list")

    def destroy(self, turn: int) -> None:
        """Destroys a report."""
        if turn % 9 == 4 and self.done:
            number = self.pick()
            say(trying="destroy", report=number)
            destroy_report(
                self.station.chief,
                number,
                reason="ordered",
                order="order 7 of the soak",
                second=self.station.consent(),
                certificate=self.folder / "papers" / f"{number}.json",
            )
            say(destroyed=number)


# -- the parent ------------------------------------------------------------------------------------------------------------


@dataclass
class Account:
    """What workers acknowledged, and what they tried."""

    bundles: int = 0
    status: dict[str, set[str]] = field(default_factory=dict)
    """Report -> statuses that it may have: the last acknowledged one, and those tried since."""
    destroyed: set[str] = field(default_factory=set)
    maybe_destroyed: set[str] = field(default_factory=set)
    backed_up: int = 0
    trying_backup: int = 0
    rss: list[list[int]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def hear(self, said: dict[str, Any]) -> None:
        """Takes an acknowledgement in."""
        self.counts[next(iter(said)) if "trying" not in said else f"tried to {said['trying']}"] += 1
        match said:
            case {"imported": _}:
                self.bundles += 1
            case {"trying": "decide", "report": number, "status": status}:
                self.status.setdefault(number, {"new"}).add(status)
            case {"decided": number, "status": status}:
                self.status[number] = {status}
            case {"trying": "destroy", "report": number}:
                self.maybe_destroyed.add(number)
            case {"destroyed": number}:
                self.destroyed.add(number)
            case {"trying": "backup", "bundles": bundles}:
                self.trying_backup = bundles
            case {"backup": _}:
                self.backed_up = self.trying_backup
            case {"checked": False, "problems": problems} if not all(any(w in each for w in _WHILE_FULL) for each in problems):
                self.problems.append(f"a check found: {problems}")
            case {"refused": what, "words": words}:
                self.counts[f"refused {what}"] += 1
                print(f"    refused: {words}", file=sys.stderr)
            case {"rss": rss}:
                self.rss[-1].append(rss)


class Soak:
    """Starts workers, kills them, and looks at what is left."""

    def __init__(self, folder: Path, intake: Path, seed: int) -> None:
        self.folder, self.intake, self.chance, self.account = folder, intake, random.Random(seed), Account()
        self.kills = self.full = self.jumps = 0
        self.own_disk = shutil.disk_usage(folder).total <= _SMALL_DISK

    def play(self, minutes: float) -> None:
        """Starts one worker after the other until the time is over."""
        ends = time.monotonic() + 60 * minutes
        while time.monotonic() < ends:
            left = ends - time.monotonic()
            self.live(min(left, self.chance.choice((10, 25, 45, 90, 150)) * self.chance.uniform(0.5, 1.5)))

    def live(self, seconds: float) -> None:
        """Lets a worker live for so long, then kills it."""
        offset = self.chance.choice((0, 0, 40, -40, 400, -400))
        self.jumps += offset != 0
        command = [sys.executable, "-m", "bench.soak", "--work", str(self.folder), str(self.intake)]
        worker = subprocess.Popen(
            [*command, str(self.chance.randrange(1 << 30)), str(self.account.bundles), str(offset)],
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.account.rss.append([])
        ballast = self.folder / "ballast"
        fills = self.own_disk and self.chance.random() < 0.4
        try:
            with suppress(subprocess.TimeoutExpired):
                worker.wait(seconds * (0.6 if fills else 1))
            if fills and worker.poll() is None:
                self.full += 1
                self.fill(ballast)
                with suppress(subprocess.TimeoutExpired):
                    worker.wait(seconds * 0.4)
        finally:
            if worker.poll() is not None:
                self.account.problems.append(f"a worker ended by itself with {worker.returncode}")
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            self.kills += 1
            worker.wait()
            ballast.unlink(missing_ok=True)
        if worker.stdout is not None:
            for line in worker.stdout.read().splitlines():
                with suppress(json.JSONDecodeError):  # the last line may be cut
                    self.account.hear(json.loads(line))
            worker.stdout.close()

    def fill(self, ballast: Path) -> None:
        """Takes all free space but some pages."""
        with ballast.open("wb") as out, suppress(OSError):
            left = shutil.disk_usage(self.folder).free - self.chance.choice((0, 100_000, 3_000_000))
            os.posix_fallocate(out.fileno(), 0, max(1, left))

    def find_problems(self, plant: str | None) -> list[str]:
        """Returns what is wrong in the end."""
        station, account = Station("soak", self.folder), self.account
        found = list(account.problems)
        gone = account.destroyed | account.maybe_destroyed
        expected = [number for bundle in range(account.bundles) for number in name_reports(bundle) if number not in gone]
        with unlock(station.store, "chief", station.words()) as session:
            if plant == "lost-report":
                with session.store.batch() as batch:
                    batch.execute("DELETE FROM report_number WHERE number = ?", (expected[len(expected) // 2],))
            with session.reading() as db:
                found += [f"report {n} is missing" for n in expected if reports.find_report(db, n) is None]
                found += [f"report {n} is still there" for n in account.destroyed if reports.find_report(db, n) is not None]
                status = dict(db.all("SELECT r.number, q.status FROM report r JOIN queue q ON q.report_id = r.id"))
            for number, may_be in account.status.items():
                if number not in gone and number in status and STATUSES[status[number]] not in may_be:
                    found.append(f"report {number} is {STATUSES[status[number]]}, not {sorted(may_be)}")
            found += [f"check: {problem}" for problem in check_store(session).problems]
            head = self.folder / "head.json"
            log = verify_record(session, head if head.exists() else None)
            found += [f"audit log: {problem}" for problem in log.problems]
            if log.head_problem:
                found.append(f"head: {log.head_problem}")
        return found + self.find_backup_problems(station, gone) + self.find_memory_problems()

    def find_backup_problems(self, station: Station, gone: set[str]) -> list[str]:
        """Returns what the newest backup that was acknowledged lacks."""
        if not self.account.backed_up:
            return []
        folder = self.folder / "restored"
        restored = restore_backup(self.folder / "backup", folder, "chief", station.words(), no_register="the soak keeps none")
        found = [f"backup: {problem}" for problem in restored.check.problems]
        with unlock(folder, "chief", station.words()) as session, session.reading() as db:
            numbers = [n for bundle in range(self.account.backed_up) for n in name_reports(bundle) if n not in gone]
            return found + [f"report {n} is missing in the backup" for n in numbers if reports.find_report(db, n) is None]

    def peaks(self) -> tuple[int, int, int]:
        """Returns the median peak memory of the workers of each third that did several turns."""
        peaks = [rss[min(len(rss), 6) - 1] for rss in self.account.rss if len(rss) >= 2]
        third = max(1, len(peaks) // 3)
        thirds = (peaks[:third], peaks[third : -third or None] or peaks[:third], peaks[-third:])
        first, middle, last = (sorted(part)[len(part) // 2] if part else 0 for part in thirds)
        return first, middle, last

    def find_memory_problems(self) -> list[str]:
        """Returns a problem when late workers took more memory than those in the middle.

        The first ones work in a store that is nearly empty: a worker takes 204 MB with 200 reports, 308 with 1,000, 317 with 1,900.
        """
        _, middle, late = self.peaks()
        more = late > middle * _MEMORY_MORE + _MEMORY_BASE
        return [f"memory grew from {middle} to {late} MB"] if more else []


def work(folder: Path, intake: Path, seed: int, done: int, offset_days: int) -> None:
    """Is a worker: it is started by `Soak` and never ends."""
    with moved(Clock(datetime.now(UTC) + timedelta(days=offset_days))):
        Worker(folder, intake, seed, done).run()


def main() -> int:
    """Plays the soak; returns 1 when something was lost or a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--directory", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plant", choices=("lost-report",))
    parser.add_argument("--work", nargs=5, metavar=("DIR", "IN", "SEED", "DONE", "DAYS"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        work(Path(asked.work[0]), Path(asked.work[1]), *map(int, asked.work[2:]))
    if asked.directory is not None:
        asked.directory.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=asked.directory))
    intake = Path(tempfile.mkdtemp(prefix="soak-in-"))
    try:
        open_station(folder / "made", "soak").close()
        (folder / "made" / "store").rename(folder / "store")
        (folder / "papers").mkdir()
        soak = Soak(folder, intake, asked.seed)
        soak.play(asked.minutes)
        problems = soak.find_problems(asked.plant)
        size = sum(path.stat().st_size for path in (folder / "store").rglob("*") if path.is_file())
    finally:
        for each in (folder, intake):
            shutil.rmtree(each, ignore_errors=True)
    count, (first, middle, late) = soak.account.bundles * _OF_BUNDLE, soak.peaks()
    print(
        f"{count:,} reports in {asked.minutes:g} minutes: {count / A_DAY:.2f} days at ten times the national rate; {size / 1e6:.0f} MB"
    )
    print(
        f"{soak.kills} kills, {soak.full} times a full disk, {soak.jumps} jumps of the clock; "
        f"memory {first} MB in the first third, {middle} in the second, {late} in the third"
    )
    print(json.dumps(dict(sorted(soak.account.counts.items()))))
    for problem in problems[:20]:
        print(f"BROKEN: {problem}")
    print("nothing that was acknowledged is lost" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
