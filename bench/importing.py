"""How many reports a second an import takes in, beside the parser alone, stage by stage.

    python bench/importing.py [--reports 1000 5000 20000] [--formats xml json pdf] [--directory DIR]
    python bench/importing.py --minute-one 20000

The documents are invented, about 20 kB each (XML, JSON) or three pages (PDF), one folder a report, without media. "Parser
alone" is lxml, msgspec or pypdfium2 over the same bytes in memory. Rates are reports a second of processor time of the whole
process tree ("a core") and of wall time; judging (ties, place, score) is told apart. Memory is the tree's peak.

`--minute-one` makes a bundle with two pictures a report, of which one in a hundred can't wait, imports it until those
stand in the queue, and prints when that was.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import pypdfium2
from fpdf import FPDF
from lxml import etree

from triage.decode.client import Pool
from triage.errors import Cancelled
from triage.importers import classify
from triage.importers.archive import Bundle
from triage.importers.levels import group
from triage.jobs.intake import documents as intake_documents
from triage.jobs.intake import import_bundles as job
from triage.jobs.reading.queue import queue_ids
from triage.jobs.session import Session
from triage.model.custody import Receipt
from triage.model.progress import CancelToken
from triage.model.views import QueueFilter
from triage.store.keys import Cost
from triage.store.store import Store

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
WORDS = [
    "the",
    "kite",
    "flew",
    "over",
    "the",
    "lake",
    "and",
    "the",
    "boat",
    "came",
    "home",
    "late",
    "with",
    "bread",
    "salt",
    "rope",
    "and",
    "lamp",
    "oil",
]


class Invented:
    """Identifiers of one report, the same every time."""

    def __init__(self, n: int) -> None:
        chance = random.Random(n)
        self.number = 700_000_000 + n
        self.user = f"user_{n}"
        self.email = f"u{n}@mail.example.invalid"
        self.phone = f"+92 300 {n % 10_000_000:07d}"
        self.captures = [
            (
                f"198.{18 + chance.randrange(2)}.{chance.randrange(256)}.{chance.randrange(256)}",
                f"2026-09-{1 + k % 28:02d}T{k % 24:02d}:10:00Z",
                1024 + k,
            )
            for k in range(24)
        ]
        self.files = [f"{n:08x}{k:024x}" for k in range(8)]
        self.text = " ".join(chance.choice(WORDS) for _ in range(900))


def xml(n: int, urgent: bool = False) -> dict[str, bytes]:
    said = Invented(n)
    captures = "".join(
        f"<ipCaptureEvent><ipAddress>{ip}</ipAddress><eventName>Login</eventName><dateTime>{at}</dateTime><port>{port}</port></ipCaptureEvent>"
        for ip, at, port in said.captures
    )
    tags = "<reportAnnotations><sextortion/></reportAnnotations>" if urgent else ""
    report = (
        '<?xml version="1.0" encoding="UTF-8"?><report><incidentSummary><incidentType>Child Pornography (possession, manufacture, and '
        f"distribution)</incidentType>{tags}<incidentDateTime>2026-10-01T10:00:00+05:00</incidentDateTime></incidentSummary><internetDetails>"
        "<chatImIncident><chatClient>Lantern</chatClient></chatImIncident></internetDetails><reporter><reportingPerson>"
        "<email>desk@provider.example.invalid</email></reportingPerson></reporter><personOrUserReported><personOrUserReportedPerson>"
        f'<phone type="Mobile" verified="true">{said.phone}</phone><email>{said.email}</email></personOrUserReportedPerson>'
        f"<espUserId>{said.number}</espUserId><screenName>{said.user}</screenName>{captures}</personOrUserReported>"
        f"<additionalInfo>{said.text}</additionalInfo></report>"
    )
    details = {
        f"file-{k}.xml": (
            f'<?xml version="1.0" encoding="UTF-8"?><fileDetails><reportId>{said.number}</reportId><fileId>{md5}</fileId><fileName>{md5}.jpg'
            f"</fileName><originalFileName>IMG_{k}.jpg</originalFileName><fileViewedByEsp>true</fileViewedByEsp><originalFileHash "
            f'hashType="MD5">{md5}</originalFileHash><fileAnnotations><viral/></fileAnnotations></fileDetails>'
        ).encode()
        for k, md5 in enumerate(said.files[:1])
    }
    return {"report.xml": report.encode() + b"<!--" + b"." * max(0, 19_000 - len(report)) + b"-->", **details}


def le_json(n: int, urgent: bool = False) -> dict[str, bytes]:
    said = Invented(n)
    person = {
        "screenName": {"value": said.user},
        "espUserId": str(said.number),
        "emails": {"emails": [{"value": said.email, "verified": None}]},
        "phones": {"phones": [{"value": said.phone}]},
        "sourceCaptures": {
            "sourceCaptures": [
                {"captureType": "IP Address", "value": f"{ip}:{port}", "eventName": "LOGIN", "dateTime": at}
                for ip, at, port in said.captures
            ]
        },
    }
    document = {
        "reportId": str(said.number),
        "dateReceived": "2026-10-02T08:00:00Z",
        "priorityLevel": "1" if urgent else "E",
        "reportedInformation": {
            "reportingEsp": {"espName": "Lantern Chat"},
            "incidentSummary": {
                "incidentType": "Apparent Child Pornography",
                "incidentDateTime": "2026-10-01T05:00:00Z",
                "reportAnnotations": ["sextortion"] if urgent else None,
            },
            "reportedPeople": {"reportedPersons": [person]},
            "uploadedFiles": {
                "uploadedFiles": [
                    {"filename": f"{md5}.jpg", "originalFilename": f"IMG_{k}.jpg", "verificationHash": md5, "viewedByEsp": None}
                    for k, md5 in enumerate(said.files)
                ]
            },
            "additionalInformation": [{"value": said.text + " " * 2_000}],
        },
    }
    data = json.dumps(document, indent=1).encode()
    return {f"{said.number}.json": data + b" " * max(0, 20_000 - len(data))}


def pdf(n: int, urgent: bool = False) -> dict[str, bytes]:
    said = Invented(n)
    page = FPDF()
    page.set_font("helvetica", size=9)
    page.add_page()
    lines = [
        f"CyberTipline Report {said.number}",
        "Section A: Reported Information",
        "Incident Type: Apparent Child Pornography (Unconfirmed)",
        "Incident Time: 10-01-2026 05:00:00 UTC",
        "Suspect",
        f"Phone: {said.phone}",
        f"Email Address: {said.email}",
        f"Screen/User Name: {said.user}",
        f"ESP User ID: {said.number}",
        *(f"IP Address: {ip} (Login)\n{at[5:10]}-{at[:4]} {at[11:19]} UTC" for ip, at, _ in said.captures),
        "Additional Information",
        said.text,
    ]
    for line in lines:
        page.multi_cell(0, 5, line, new_x="LMARGIN", new_y="NEXT")
    return {f"{said.number}.pdf": bytes(page.output())}


MAKERS: dict[str, Callable[..., dict[str, bytes]]] = {"xml": xml, "json": le_json, "pdf": pdf}


def write(folder: Path, kind: str, reports: int) -> None:
    for n in range(reports):
        here = folder / f"{n // 1000:03d}" / str(700_000_000 + n)
        here.mkdir(parents=True)
        for name, data in MAKERS[kind](n).items():
            (here / name).write_bytes(data)


def parser_alone(kind: str, data: bytes) -> object:
    if kind == "xml":
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    if kind == "json":
        return msgspec.json.decode(data)
    document = pypdfium2.PdfDocument(data)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return pages


def alone(kind: str) -> float:
    """Reports a second of the parser alone. Asked before and after each import: other work on the machine slows both."""
    made = [MAKERS[kind](n) for n in range(200 if kind != "pdf" else 60)]
    started = time.process_time()
    for files in made:
        for data in files.values():
            parser_alone(kind, data)
    return len(made) / (time.process_time() - started)


class _NoSink:
    def quarantined(self, path: str, reason: str, data: object) -> None:
        raise SystemExit(f"the bench's own document is set aside: {path}: {reason}")

    skipped = quarantined


def stages(kind: str, folder: Path, reports: int) -> str:
    """Seconds of processor time for reading, parsing and grouping, each by itself, a thousand reports."""
    sink = _NoSink()
    clock = time.process_time
    with Pool(1) as pool, Bundle([folder], passwords=(), spool=lambda _: io.BytesIO(), sink=sink) as bundle:  # type: ignore[arg-type]
        start = clock()
        read = []
        for entry in bundle.entries():
            importer = classify(entry.name, entry.peek())
            with entry.open() as stream:
                read.append((entry, importer, stream.read()))
            if len(read) >= 1_000:
                break
        done_reading = clock()
        documents = []
        for entry, importer, data in read:
            if isinstance(importer, str):
                raise SystemExit(f"the bench's own document is no report: {entry.path}")
            documents += [(d, entry.level) for d in importer.read(entry.path, data, lambda each: pool.pdf_text(each, ()))]
        done_parsing = clock()
        drafts = group(documents)
        done = clock()
    each = 1e6 / max(1, len(drafts))
    return (
        f"read {(done_reading - start) * each:.0f}, parse {(done_parsing - done_reading) * each:.0f} (host's share), "
        f"group {(done - done_parsing) * each:.0f} µs a report"
    )


def tree() -> list[int]:
    """This process and all below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, todo = [], [os.getpid()]
    while todo:
        found.append(todo.pop())
        todo += parents.get(found[-1], [])
    return found


@contextmanager
def peak() -> Iterator[list[int]]:
    """Samples the resident bytes of the whole tree, shared pages counted once (PSS); the peak is the list's only item."""
    most, stop = [0], threading.Event()

    def sample() -> None:
        while not stop.wait(0.5):
            total = 0
            for pid in tree():
                try:
                    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                except OSError:
                    continue
                total += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
            most[0] = max(most[0], total * 1024)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        stop.set()
        thread.join()


def cpu() -> float:
    """Processor seconds of this process and of its children that have ended."""
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system


class Stopwatch:
    """Times a function of the import by its name in the module that calls it."""

    def __init__(self, module: object, name: str) -> None:
        self.wall = self.cpu = 0.0
        inner = getattr(module, name)

        def timed(*args: object, **named: object) -> object:
            wall, busy = time.perf_counter(), cpu()
            try:
                return inner(*args, **named)
            finally:
                self.wall += time.perf_counter() - wall
                self.cpu += cpu() - busy

        setattr(module, name, timed)


def run(directory: Path, kind: str, reports: int, judge: Stopwatch, commit: Stopwatch) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    write(directory / "in", kind, reports)
    judge.wall = judge.cpu = commit.wall = commit.cpu = 0.0
    before = alone(kind)
    with Session(Store.create(directory / "store", "first", "seven green boats", cost=CHEAP).store) as session, peak() as most:
        wall, busy = time.perf_counter(), cpu()
        result = job.import_bundles(session, [directory / "in"], receipt=Receipt())
        wall, busy = time.perf_counter() - wall, cpu() - busy
    if result.reports.new != reports:
        raise SystemExit(f"{result.reports} of {reports}; {result.quarantined[:2]}")
    beside = (before + alone(kind)) / 2
    print(
        f"{kind:5} {reports:7,}: import {reports / (busy - judge.cpu):6.0f} /s/core ({reports / (wall - judge.wall):.0f} /s wall), "
        f"with judging {reports / busy:5.0f} /s/core ({reports / wall:.0f} wall); parser alone {beside:.0f} /s/core "
        f"({reports / (busy - judge.cpu) / beside:.0%}); "
        f"commit {commit.cpu / reports * 1e6:.0f}, judge {judge.cpu / reports * 1e6:.0f} µs a report; memory {most[0] / 1e6:.0f} MB",
        flush=True,
    )
    print(f"      {stages(kind, directory / 'in', reports)}", flush=True)


def minute_one(directory: Path, reports: int) -> None:
    """Pictures are one drawn JPEG with a changing comment segment: each is another file."""
    from PIL import Image

    shutil.rmtree(directory, ignore_errors=True)
    picture = io.BytesIO()
    Image.effect_noise((800, 600), 40).convert("RGB").save(picture, "JPEG", quality=80)
    soi, rest = picture.getvalue()[:2], picture.getvalue()[2:]
    urgent = set(range(0, reports, 100))
    for n in range(reports):
        here = directory / "in" / f"{n // 1000:03d}" / str(700_000_000 + n)
        here.mkdir(parents=True)
        for name, data in le_json(n, n in urgent).items():
            (here / name).write_bytes(data)
        for name in Invented(n).files[:2]:
            (here / f"{name}.jpg").write_bytes(soi + b"\xff\xfe\x00\x22" + name.encode() + rest)
    arrived: list[float] = []
    enough = CancelToken()
    with Session(Store.create(directory / "store", "first", "seven green boats", cost=CHEAP).store) as session:
        started, stop = time.perf_counter(), threading.Event()

        def watch() -> None:
            while not stop.wait(0.5):
                found = len(queue_ids(session, QueueFilter(flag="sextortion")))
                while len(arrived) < min(found, len(urgent)):
                    arrived.append(time.perf_counter() - started)
                if len(arrived) == len(urgent):
                    enough.cancel()

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        with peak() as most, suppress(Cancelled):
            job.import_bundles(session, [directory / "in"], receipt=Receipt(), cancel=enough)
        stop.set()
        watcher.join()
    print(
        f"{reports:,} reports, {2 * reports:,} pictures, memory {most[0] / 1e6:.0f} MB; {len(urgent)} can't wait: first in "
        f"the queue after {arrived[0]:.1f} s, half after {arrived[len(arrived) // 2]:.1f} s, last after {arrived[-1]:.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, nargs="+", default=[1_000, 5_000, 20_000])
    parser.add_argument("--formats", nargs="+", default=["xml", "json", "pdf"], choices=MAKERS)
    parser.add_argument("--minute-one", type=int, metavar="REPORTS")
    parser.add_argument("--without-judging", action="store_true", help="Leave the cards unmade: quicker at large counts.")
    parser.add_argument("--directory", type=Path)
    asked = parser.parse_args()
    directory = asked.directory or Path(tempfile.mkdtemp(prefix="bench-importing-"))
    try:
        if asked.minute_one:
            minute_one(directory, asked.minute_one)
            return
        if asked.without_judging:
            job.assess = lambda *_: None
        judge, commit = Stopwatch(job, "assess"), Stopwatch(intake_documents, "_commit")
        for kind in asked.formats:
            for reports in asked.reports:
                run(directory, kind, reports, judge, commit)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
