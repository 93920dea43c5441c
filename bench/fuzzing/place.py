"""The place of a fuzzing round: a template store with a sound report, fresh copies of it, and the invariants.

The invariants must hold after every hostile input.
"""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from bench.fuzzing.seeds import Files
from triage.errors import WorldError
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping.backup import make_backup
from triage.jobs.keeping.check import check_store, verify_record
from triage.jobs.leaving.packet import create_packet
from triage.jobs.reading.queue import list_queue_ids, list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session, unlock
from triage.model.handover import Receipt
from triage.model.json_text import encode_json
from triage.model.views import QueueFilter
from triage.store.keys import Cost
from triage.store.store import Store

USER, WORDS = "first", "seven green boats sail past the quiet lamp"
CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
BEFORE, BESIDE, AFTER = "990000001", "990000002", "990000003"
"""Sound reports: stored before a round, imported beside its mutants, imported after them."""
CANARY = b"nothing of the product writes here\n"


def sound_report(number: str) -> bytes:
    """Returns a law enforcement JSON report that must always come in, be judged and be shown."""
    person = {
        "screenName": {"value": f"user_{number}"},
        "emails": {"emails": [{"value": f"u{number}@mail.example.invalid", "verified": None}]},
        "phones": {"phones": [{"value": "+92 300 0000777"}]},
    }
    reported = {
        "reportingEsp": {"espName": "Lantern Chat"},
        "incidentSummary": {"incidentType": "Apparent Child Pornography", "incidentDateTime": "2026-10-01T05:00:00Z"},
        "reportedPeople": {"reportedPersons": [person]},
    }
    return json.dumps({"reportId": number, "dateReceived": "2026-10-02T08:00:00Z", "reportedInformation": reported}).encode()


class Problems(list[str]):
    """What went wrong in a round, a sentence each."""

    @contextmanager
    def watch(self, what: str, *allowed: type[BaseException]) -> Iterator[None]:
        """Notes any exception that comes out of a step, but for the `allowed` ones."""
        try:
            yield
        except allowed:
            pass
        except Exception as error:
            self.append(f"{what}: {describe_error(error)}")

    def demand(self, holds: bool, sentence: str) -> None:
        """Notes the sentence unless the condition holds."""
        if not holds:
            self.append(sentence)


def describe_error(error: BaseException) -> str:
    """Returns type, message and the innermost line of our own code."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if "/triage/" in frame.filename]
    where = f" ({'/'.join(Path(own[-1].filename).parts[-2:])}:{own[-1].lineno})" if own else ""
    return f"{type(error).__name__}: {str(error)[:160]}{where}"


class ErrorLog(logging.Handler):
    """Collects what the program logs as its own fault, and exceptions that no frame of ours catches (Qt's slots)."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []
        logging.getLogger("triage").addHandler(self)
        sys.excepthook = lambda kind, value, trace: self.found.append(describe_error(value.with_traceback(trace)))
        sys.unraisablehook = lambda raised: self.found.append(f"unraisable {raised.exc_value!r}")

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.found.append(f"logged: {describe_error(error) if error else record.getMessage()[:160]}")


class Place:
    """A scratch folder: `template/` with store, packet and backup, made once; `round/` anew for each round."""

    def __init__(self, root: Path) -> None:
        self.root, self.template, self.round = root, root / "template", root / "round"
        self.store, self.outside = self.round / "store", self.round / "outside"
        if not (self.template / "ready").exists():
            self._make_template()

    def _make_template(self) -> None:
        remove(self.template)
        (self.template / "in").mkdir(parents=True)
        (self.template / "in" / "a.json").write_bytes(sound_report(BEFORE))
        with Session(Store.create(self.template / "store", USER, WORDS, cost=CHEAP).store) as session:
            import_bundles(session, [self.template / "in"], receipt=Receipt())
            create_packet(session, [BEFORE], self.template / "packet")
            make_backup(session, self.template / "backup")
        (self.template / "ready").touch()

    def begin(self, *parts: str) -> None:
        """Makes `round/` anew, with copies of the named parts of the template and a canary beside them."""
        remove(self.round)
        self.outside.mkdir(parents=True)
        (self.outside / "canary").write_bytes(CANARY)
        for part in parts:
            subprocess.run(["cp", "-a", str(self.template / part), str(self.round / part)], check=True)

    def unlock(self) -> Session:
        """Returns a session on the round's store."""
        return unlock(self.store, USER, WORDS)

    def put(self, folder: str, cases: list[Files]) -> Path:
        """Writes each case into a folder of its own, and returns the folder above."""
        above = self.round / folder
        for n, files in enumerate(cases):
            for name, data in files.items():
                path = above / f"{n:03d}" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        return above

    # Invariants

    def other_reports_live(self, problems: Problems, session: Session, *numbers: str) -> None:
        """Every sound report is judged, in the queue, and shown as JSON and as text."""
        with problems.watch("queue"):
            queued = {row.report_id for row in list_queue_rows(session, QueueFilter())}
            problems.demand(queued.issuperset(numbers), f"sound reports are missing in the queue: {set(numbers) - queued}")
        for number in numbers:
            show_fully(problems, session, number)

    def imports_still(self, problems: Problems, session: Session) -> None:
        """A sound report comes in after the hostile input."""
        folder = self.round / "after"
        folder.mkdir()
        (folder / "c.json").write_bytes(sound_report(AFTER))
        with problems.watch("import after"):
            result = import_bundles(session, [folder], receipt=Receipt())
            problems.demand(result.reports.new == 1, f"import after: {result.reports}")

    def is_clean(self, problems: Problems, session: Session) -> None:
        """`check` and `audit verify` find nothing."""
        with problems.watch("check"):
            problems.extend(f"check: {sentence}" for sentence in check_store(session).problems)
        with problems.watch("audit verify"):
            problems.extend(f"audit verify: {sentence}" for sentence in verify_record(session).problems)

    def nothing_outside(self, problems: Problems, *expected: str) -> None:
        """Nothing was written outside the store: not beside it, not in the home, not among temporary files."""
        found = {path.name for path in self.round.iterdir()} - {"store", "outside", "in", "after", *expected}
        problems.demand(not found, f"written beside the store: {sorted(found)}")
        outside = {path.name: path.read_bytes() for path in self.outside.iterdir() if path.is_file()}
        problems.demand(outside == {"canary": CANARY}, "files outside the store were changed")
        for name in ("home", "tmp"):
            found = {str(path.relative_to(self.root)) for path in (self.root / name).rglob("*") if path.is_file()}
            problems.demand(not found, f"written outside the store: {sorted(found)[:4]}")


def show_fully(problems: Problems, session: Session, number: str) -> None:
    """Shows a report as JSON and as text."""
    from triage.cli.show_text import print_report

    with problems.watch("show"):
        found = load_report_view(session, number)
        encode_json(found)
        with redirect_stdout(io.StringIO()):
            print_report(found)


def all_numbers(session: Session) -> list[str]:
    """Returns the numbers of all reports, in queue order."""
    ids = list_queue_ids(session, QueueFilter())
    return [row.report_id for row in list_queue_rows(session, QueueFilter())] if ids else []


def remove(folder: Path) -> None:
    """Removes a folder of any depth, which shutil can't."""
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def refused(call: Callable[[], Any]) -> Any:
    """Returns what the call returns; None when it ended with a sentence for a person."""
    try:
        return call()
    except WorldError:
        return None
