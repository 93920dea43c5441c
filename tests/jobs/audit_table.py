"""One table: each job, how it is run once on a small prepared store, and what it must leave in the audit log and in the register.

A job is found by its Session parameter (tests/jobs/test_rights.py). Whoever writes a new one adds a row here. Values of an entry
that only the store can know (keyed hashes, times) are ANY; ids are written out, so that a wrong one is found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import numpy as np
import openpyxl
import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import CHEAP
from tests.jobs.exchange_stores import Workstation, open_workstation, write_reports
from tests.jobs.listed import list_cases, list_requests
from tests.jobs.requests.reports import PHONE, Told, day
from tests.jobs.requests.reports import write_reports as write_asked_reports
from tests.jobs.test_deconflict import Side, introduce, mail, make_side
from tests.jobs.test_held import HASHES, variant
from tests.people import add_person
from tests.update_files import ISSUER, write_update
from triage import limits
from triage.decode.client import MediaPool
from triage.errors import Cancelled, Refused, WrongPassphrase
from triage.hashing.video_search import FrameIndex
from triage.jobs import consent, officer, policy, signed_updates, stats, status, trusted_keys, users
from triage.jobs import session as session_job
from triage.jobs.case_page import overview
from triage.jobs.casework import (
    appeals,
    bulk,
    case_list,
    case_rows,
    case_undo,
    cases,
    child_lane,
    corrections,
    decisions,
    diary,
    funnel,
    notes,
    preservation,
    referral,
    sheet_import,
    shift,
    source_report,
    version_choices,
)
from triage.jobs.exchange import (
    deconflict,
    deconflict_list,
    deconflict_preview,
    import_queue,
    own_identifiers,
    receive,
    resolving,
    send,
    send_results,
    work_list,
)
from triage.jobs.intake import common, import_bundles, imports, retry
from triage.jobs.judging import (
    assess,
    judge,
    lowering,
    rule_book,
    rule_counts,
    rule_outcomes,
    rules,
    sampling,
)
from triage.jobs.keeping import (
    accounts,
    audit_reading,
    backup,
    check,
    destruction,
    duties,
    holdings,
    keys,
    office_list,
    program_log,
    register,
    retention,
)
from triage.jobs.leaving import (
    counting,
    custody,
    export_chart,
    export_feedback,
    export_graded,
    export_queue,
    export_report,
    export_series,
    export_statistics,
    export_timeline,
    outgoing,
    packet,
    packet_contents,
    rule_files,
    signing,
    stated_checks,
    viewing_log,
)
from triage.jobs.lists import hits, list_conflicts, lists
from triage.jobs.matching import newcomers, sweep_state
from triage.jobs.matching.pictures import StoredImages
from triage.jobs.reading import (
    behind,
    clusters,
    copying,
    gallery,
    gallery_parts,
    gallery_reading,
    lead_figures,
    match_files,
    media,
    neighbourhood,
    order,
    provider_profiles,
    queue,
    queue_picks,
    queue_rows,
    queue_sheet,
    queue_views,
    report_page,
    show,
    version_list,
)
from triage.jobs.requests import life, making, preview, replies
from triage.jobs.review import grade_many, grade_work, grading, held_hashes, pairs
from triage.jobs.session import Session, unlock
from triage.jobs.state import account, open_reports, queue_planes
from triage.jobs.sweeping import films, sweep
from triage.jobs.training import checks, trainee
from triage.jobs.victim_id import clues, identification, series
from triage.jobs.wellbeing import exposure, own_work
from triage.message import Message
from triage.model.casework import CaseFilter, FileToGrade
from triage.model.data_requests import RequestKind
from triage.model.gallery import GalleryFilter, GalleryScope, Grouping
from triage.model.handover import Handover, Receipt
from triage.model.lead_figures import Behind
from triage.model.media import ImageCrop, RevealStep
from triage.model.private_account import LastFolders, PrivateSettings
from triage.model.progress import CancelToken, ignore_progress
from triage.model.queue_order import QueueOrder
from triage.model.queue_views import QueuePlace, QueueView
from triage.model.statistics import Period
from triage.model.training import Answer, Step, Tutorial, Words
from triage.model.users import Role
from triage.model.views import QueueFilter
from triage.priority import RuleEdit
from triage.priority.rules import ALL_FILES as RULE_FILES
from triage.store.queries import import_orders
from triage.store.store import Store

ONE, TWO, THREE, OTHER = "900000401", "900000402", "900000403", "900000404"
"""Reports 1 to 4: three with nearly the same picture, of whose first the reported user is said to be 15, and one with another."""
WORDS, SECOND_WORDS, NEW_WORDS = "seven green boats", "nine grey hills", "twelve old lamps"
KEY = "cd" * 32
Entry = tuple[str, dict[str, object]]


class World:
    """A copy of the prepared store, for one run of one job."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, partner: Path) -> None:
        """`partner` is the closed store of another workstation."""
        self.folder, self.patch, self.partner = folder, patch, partner
        self.session = unlock(folder / "store", "first", WORDS)
        self.second = consent.Consent("second", SECOND_WORDS)
        self.value: Any = None
        """What `prepare` hands to `run`."""

    def close(self) -> None:
        self.session.close()
        if "pool" in vars(self):
            self.pool.close()

    @cached_property
    def pool(self) -> MediaPool:
        return MediaPool(1)

    @property
    def store(self) -> Store:
        return self.session.store

    def sha(self, number: str = TWO) -> str:
        return show.load_report_view(self.session, number).files[0].sha256 or ""

    def held(self) -> int:
        return held_hashes.list_held(self.session)[0].id

    @contextmanager
    def as_second(self) -> Iterator[Session]:
        with unlock(self.store.directory, "second", SECOND_WORDS) as session:
            yield session

    def entries(self) -> list[Entry]:
        rows = self.store.read().all("SELECT json FROM audit_entry ORDER BY n")
        return [(entry["kind"], entry["about"]) for entry in (json.loads(text) for (text,) in rows)]

    def register(self) -> list[tuple[str, str]]:
        """Returns kind and name of what left. The year of a request's number is written as YEAR."""
        rows = self.store.read().all("SELECT kind, name FROM outgoing ORDER BY id")
        return [(kind, re.sub(r"^R-\d{4}-", "R-YEAR-", name)) for kind, name in rows]


Act = Callable[[World], object]


def prepare_nothing(_: World) -> None:
    """Prepares nothing."""


@dataclass(frozen=True)
class Row:
    """`run` calls the job, `entries` and `registered` are what it leaves; a value that is a function is asked after `prepare`. With `writes` False the database stays as it is."""

    run: Act
    entries: tuple[Entry, ...] = ()
    registered: tuple[tuple[str, str], ...] = ()
    prepare: Act = prepare_nothing
    writes: bool = field(default=True)


def reads(run: Act, prepare: Act = prepare_nothing) -> Row:
    """A job that only reads."""
    return Row(run, prepare=prepare, writes=False)


def silent(run: Act, prepare: Act = prepare_nothing) -> Row:
    """A job that keeps what can be computed anew from the same reports: nobody decided anything."""
    return Row(run, prepare=prepare)


def open_queue_planes(w: World) -> None:
    """Opens the planes as those who ask for a page of the queue do."""
    with queue_planes.open_planes(w.session, 0):
        pass


TEXT = Words("en", "ur")
LESSON = Step("only", 1, TEXT, TEXT, question=TEXT, answers=(Answer(TEXT, TEXT, right=True),))


def make_as_new(w: World) -> None:
    """Lets the prepared store count as one that was just made."""
    w.patch.setattr(trainee, "AMONG_FIRST", 1_000_000)
    w.patch.setattr(trainee, "is_alone", lambda _: True)


def make_training(w: World) -> None:
    """Lets the prepared store count as one for training, with one lesson."""
    w.patch.setattr(trainee, "is_training_store", lambda _: True)
    w.patch.setattr(trainee, "load_tutorial", lambda role: Tutorial(role, TEXT, (LESSON,)))


def finish_training(w: World) -> None:
    make_training(w)
    trainee.answer_question(w.session, "only", 0)


def make_world(folder: Path) -> None:
    """Builds the prepared store in folder/store."""
    with pytest.MonkeyPatch.context() as patch, Session(Store.create(folder / "store", "first", WORDS, cost=CHEAP).store) as made:
        patch.setattr(limits, "HELD_FROM", 3)
        for n, number in enumerate((ONE, TWO, THREE)):
            inside = variant(folder / "in", number, n)
            if number == ONE:
                (inside / "r.json").write_bytes(le_json(int(number)).replace(b'"screenName"', b'"age": "15", "screenName"'))
        inside = folder / "in" / OTHER
        inside.mkdir()
        (inside / "r.json").write_bytes(le_json(int(OTHER)))
        (inside / f"{OTHER}.jpg").write_bytes(jpeg(4))
        import_bundles.import_bundles(made, [folder / "in"], receipt=Receipt(received_from="the courier"))
        write_list(folder / "list.csv")
        lists.add_list(made, folder / "list.csv", name="device", kind="case", profile=None)
        add_person(made.store, "second", [Role.LEAD, Role.ADMIN], SECOND_WORDS)


def write_list(path: Path) -> None:
    path.write_text(f"PDQ\n{HASHES.pdq.hex()}\n")


def more(world: World) -> Path:
    """A bundle that was not imported yet: a report with a picture, and a file that can't be read."""
    folder = world.folder / "more"
    if not folder.exists():
        (folder / "900000405").mkdir(parents=True)
        (folder / "900000405" / "r.json").write_bytes(le_json(900000405))
        (folder / "900000405" / "900000405.jpg").write_bytes(jpeg(5))
        (folder / "broken.zip").write_bytes(b"PK\x03\x04 not a zip")
    return folder


def take_more(world: World) -> object:
    return import_bundles.import_bundles(world.session, [more(world)], receipt=Receipt())


def queue_more(world: World) -> object:
    return import_queue.queue_import(world.session, [more(world)], receipt=Receipt())


def queue_twice(world: World) -> None:
    queue_more(world)
    queue_more(world)


def run_more(world: World) -> None:
    """An import that another program runs, as far as the queue knows."""
    queue_more(world)
    with world.store.batch() as batch:
        import_orders.set_state(batch, 1, "running")


def interrupt(world: World) -> None:
    """An import that is stopped after its documents."""
    token = CancelToken()
    with world.patch.context() as patch, pytest.raises(Cancelled):
        patch.setattr(import_bundles, "import_media", lambda *_: token.cancel() or token.check())
        import_bundles.import_bundles(world.session, [more(world)], receipt=Receipt())


def exchange_partner(world: World) -> Workstation:
    """Another workstation, whose key the store knows, and which knows the store's."""
    other = open_workstation(world.partner, world.folder / "partner", "Partner")
    trusted_keys.trust_key(world.session, other.session.store.fingerprint, "Partner")
    trusted_keys.trust_key(other.session, world.store.fingerprint, "World")
    return other


def meet_partner(world: World) -> None:
    world.value = exchange_partner(world)
    world.value.session.close()


def write_package(world: World) -> None:
    """A package of another workstation for this one: (its id, the sender's age key, the file)."""
    other = exchange_partner(world)
    other.takes_in(write_reports(world.folder / "partner" / "in", "900000405"))
    sent = send.export_work(other.session, ["900000405"], world.store.recipient, world.folder / "in.age", with_media=True)
    world.value = (sent.package_id, other.age_key, world.folder / "in.age")
    other.session.close()


def take_package(world: World) -> None:
    write_package(world)
    receive.import_package(world.session, world.value[2], receipt=Receipt())


def write_results(world: World) -> None:
    """Results for a package of this store, with one conflict."""
    other = exchange_partner(world)
    sent = send.export_work(world.session, [OTHER], other.age_key, world.folder / "out.age")
    other.takes_in(world.folder / "out.age")
    decisions.decide(other.session, OTHER, status="in_progress")
    decisions.decide(world.session, OTHER, status="on_hold")
    send_results.export_results(other.session, sent.package_id, world.store.recipient, world.folder / "back.age")
    world.value = world.folder / "back.age"
    other.session.close()


def take_results(world: World) -> None:
    write_results(world)
    receive.import_package(world.session, world.value, receipt=Receipt())


def add_list(world: World) -> object:
    world.patch.setattr(limits, "HELD_FROM", 3)
    return lists.add_list(world.session, world.folder / "list.csv", name="device", kind="case", profile=None)


def confirm(world: World) -> None:
    child_lane.confirm_child_lane(world.session, ONE)


def bring_lesser(world: World) -> None:
    """A version of a report that says less, and waits."""
    folder = world.folder / "lesser"
    folder.mkdir()
    (folder / "r.json").write_bytes(le_json(int(ONE), dateReceived="2026-10-09T08:00:00Z"))
    import_bundles.import_bundles(world.session, [folder], receipt=Receipt())


def make_packet(world: World, **more: Any) -> object:
    out = world.folder / "packet"
    return packet.create_packet(world.session, [TWO, OTHER], out, consent=world.second, **more)


def load_packet(world: World) -> Any:
    return packet.load_packet(
        world.session, [1], second_person="nobody", second_officer=None, handover=Handover(), recipients=(), cleared=None
    )


def fail_packet(world: World) -> None:
    world.patch.setattr(packet.packet_export, "typeset", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_packet(world)


def no_typesetting(world: World) -> None:
    world.patch.setattr("triage.exports.packet.typeset", lambda *_, **__: b"%PDF- drawn")
    world.patch.setattr("triage.exports.certificate.typeset", lambda *_, **__: b"%PDF- drawn")


def clear_two(world: World) -> None:
    no_typesetting(world)
    destruction.clear_person(world.session, TWO, "another person's account")


def graded_export(kind: str, media: int, left_out: int = 0) -> Entry:
    """The entry of an export of graded media."""
    return "graded media exported", {"sort": kind, "media": media, "left_out": left_out, "file": ANY}


def destroy(world: World) -> object:
    return destruction.destroy_report(
        world.session, TWO, reason="acquitted", order="order 1", second=world.second, certificate=world.folder / "gone.json"
    )


def close_two_long_ago(world: World) -> None:
    """Closes a report, under a rule that no longer keeps it."""
    no_typesetting(world)
    decisions.decide(world.session, TWO, status="closed", reason="insufficient information")
    policy.set_policy(world.session, "closed-kept-months", "12")
    with world.session.store.batch() as batch:
        batch.execute("UPDATE decision SET taken = '2020-01-01T00:00:00Z'")
        batch.execute("UPDATE report_version SET imported = '2020-01-01T00:00:00Z'")


def restored(world: World) -> None:
    """The store of a backup that was made before a destruction, with the register of that destruction beside it."""
    no_typesetting(world)
    backup.make_backup(world.session, world.folder / "backup")
    destroy(world)
    world.session.close()
    backup.restore_backup(world.folder / "backup", world.folder / "again", "first", WORDS)
    world.session = unlock(world.folder / "again", "first", WORDS)


def reveal_media(world: World) -> None:
    """Reveals a media item of the second report."""
    with media.reveal(world.session, TWO, world.sha(), RevealStep.BLURRED, world.pool) as view:
        view.render()


def add_view(world: World) -> None:
    """Adds a view to the first user's account, as a reveal does."""
    with world.store.batch() as batch:
        what = {"step": RevealStep.GREY, "medium": 1, "began": "2026-11-02T04:00:00Z", "milliseconds": 900, "warnings": ()}
        account.add_view(world.session, batch, **what)


def trust_issuer(world: World) -> object:
    return signed_updates.trust_issuer(world.session, ISSUER, "Headquarters", world.second)


def add_third(world: World) -> None:
    """A lead whom acts upon users are about, since the second person of such an act is somebody else."""
    add_person(world.store, "third", [Role.LEAD], "eight blue kites")


def disable_third(world: World) -> None:
    add_third(world)
    users.disable_user(world.session, "third")


def lose_third(world: World) -> None:
    """The recovery key let the third user in again, and nobody has vouched for them yet."""
    add_third(world)
    world.store.users.recover("third", NEW_WORDS)


def show_first_half(world: World) -> str:
    return keys.show_half(world.session, 1, "third", world.second).text


def show_second_half(world: World) -> str:
    with world.as_second() as session:
        return keys.show_half(session, 2, "second", consent.Consent("first", WORDS)).text


def show_halves(world: World) -> None:
    add_third(world)
    world.value = (show_first_half(world), show_second_half(world))


def show_halves_and_back_up(world: World) -> None:
    show_halves(world)
    backup.make_backup(world.session, world.folder / "backup")


def recover_backup(world: World) -> None:
    world.session.close()
    backup.recover_backup(world.folder / "backup", world.folder / "again", world.value, "first", NEW_WORDS)
    world.session = unlock(world.folder / "again", "first", NEW_WORDS)


def recover(world: World, second: consent.Consent | None = None) -> None:
    world.session.close()
    keys.recover_user(world.folder / "store", world.value, "first", NEW_WORDS, second).close()
    world.session = unlock(world.folder / "store", "first", NEW_WORDS)


def verify_consent(world: World, second: consent.Consent) -> object:
    """Verifies the consent of a second person."""
    return consent.verify_consent(world.session, second, lambda user: True, ("lead",), "packet consented", reports=[2])


def ask_wrongly(world: World) -> None:
    with pytest.raises(WrongPassphrase):
        verify_consent(world, consent.Consent("second", "not theirs"))


def poison(world: World) -> None:
    """Makes judging fail at report 1."""
    sound = judge.judge_report

    def fail(material: Any, *rest: Any) -> object:
        if material.report_id == 1:
            raise OverflowError("of a report")
        return sound(material, *rest)

    world.patch.setattr(judge, "judge_report", fail)


def rotate_database(world: World) -> None:
    world.session.close()
    keys.rotate_database_key(world.folder / "store", "first", WORDS)
    world.session = unlock(world.folder / "store", "first", WORDS)


def lose_head(world: World) -> None:
    """Puts an older head in the place of the newest one."""
    head = world.folder / "store" / "head.json"
    before = head.read_bytes()
    for name in ("one", "two", "three"):
        trusted_keys.trust_key(world.session, KEY, name)
    world.session.close()
    head.write_bytes(before)


def accept_loss(world: World) -> None:
    keys.accept_loss(world.folder / "store", "first", WORDS)
    world.session = unlock(world.folder / "store", "first", WORDS)


def create_store(world: World) -> None:
    world.session.close()
    world.patch.setattr("triage.store.store.Cost", lambda: CHEAP)
    session_job.create_store(world.folder / "new", "first", WORDS).session.close()
    world.session = unlock(world.folder / "new", "first", WORDS)


def restore(world: World) -> None:
    world.session.close()
    backup.restore_backup(world.folder / "backup", world.folder / "again", "first", WORDS)
    world.session = unlock(world.folder / "again", "first", WORDS)


def with_users(act: Callable[[Session], object]) -> Act:
    """Runs as the second user, an administrator too: nobody changes their own roles."""

    def run(world: World) -> None:
        with world.as_second() as session:
            act(session)

    return run


def ignore(_media: object) -> None:
    """Does nothing."""


def decide(world: World, **what: Any) -> int:
    return decisions.decide(world.session, TWO, **what)


def fill_sheet(world: World) -> None:
    """Exports the queue and fills in one assignment."""
    path = world.folder / "q.xlsx"
    export_queue.export_queue(world.session, QueueFilter(), path)
    book = openpyxl.load_workbook(path)
    page = book["All"]
    header = {cell.value: cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        if page.cell(row, header["Report"]).value == TWO:
            page.cell(row, header["Assigned to"]).value = "second"
    book.save(path)


def record(world: World) -> None:
    with world.store.batch() as batch:
        decisions.record_decision(world.session, batch, TWO, "in_progress", None, None, None)


def grade_many_files(world: World) -> object:
    """Grades two files in one act; a near copy of the second takes its grade over."""
    files = [FileToGrade(OTHER, world.sha(OTHER)), FileToGrade(TWO, world.sha(), (world.sha(THREE),))]
    world.value = grade_many.grade_files(world.session, files, "adult", on_progress=ignore_progress, cancel=CancelToken())
    return world.value


def undo(world: World) -> None:
    with world.store.batch() as batch:
        decisions.record_undo(world.session, batch, 1)


def grade(world: World) -> object:
    return grading.grade_file(world.session, OTHER, world.sha(OTHER), "adult")


def apply_update(world: World) -> object:
    file = write_update(world.folder / "update")
    return signed_updates.apply_update(world.session, file, signed_updates.show_update(world.session, file).digest)


def use_edit(world: World) -> object:
    name = rules.show_rules(world.session).name
    return rules.use_edit(world.session, RuleEdit(amounts={"type.material": 1.0}), name)


def open_case(world: World) -> object:
    return cases.open_case(world.session, [TWO])


def find_files(world: World) -> list[tuple[str, str]]:
    """Returns (report, SHA-256) of a file of the report OTHER, and of one of the report ONE."""
    return [
        (report, next(f.sha256 or "" for f in show.load_report_view(world.session, report).files if f.present))
        for report in (OTHER, ONE)
    ]


def open_series(world: World) -> None:
    report, sha256 = find_files(world)[0]
    world.value = series.open_series(world.session, report, [sha256]).row.number


def crop_clue(world: World) -> None:
    """A clue with a crop."""
    open_series(world)
    clues.record_clue(
        world.session, world.value, "place", "a gate", sha256=find_files(world)[0][1], crop=ImageCrop(0, 0, 900, 900)
    )


def move_report(world: World) -> None:
    """A second case takes a report from the first one."""
    open_case(world)
    world.value = cases.open_case(world.session, [TWO]).number


def number(world: World) -> str:
    return list_cases(world.session)[0].number


def registered(n: int, kind: str) -> Entry:
    """The entry that says that the register of outgoing data has its `n`th row."""
    return "export registered", {"export": n, "sort": kind, "bytes": ANY}


def of_two(kind: str) -> tuple[Entry, ...]:
    """An entry of what was said of the second and the fourth report's pictures."""
    return ((kind, {"media": lambda w: [w.store.keyed(w.sha()), w.store.keyed(w.sha(OTHER))]}),)


LOOKED = (
    "media revealed",
    {"report": 2, "medium": lambda w: w.store.keyed(w.sha()), "step": 1},
)
DESTROYED = (
    "report destroyed",
    {
        "report": 2,
        "second": 2,
        "documents": lambda w: [w.store.keyed(w.store.read().value("SELECT sha256 FROM source WHERE report_id = 2"))],
        "media": lambda w: [w.store.keyed(w.sha())],
        "reason": lambda w: w.store.keyed("acquitted"),
        "order": lambda w: w.store.keyed("order 1"),
    },
)
REBUILT = ("database rebuilt", {})
DECIDED = {"report": 2, "decision": 1, "text": ANY}
PACKET = (
    ("packet consented", {"maker": 1, "reports": [2, 4]}),
    ("packet made", {"reports": [2, 4], "media": 0, "folder": ANY}),
)

FINISHED = {"set_aside_resolved": 0, "reports_updated": 0, "media_new": 1, "set_aside": 1}
IMPORTED = (
    ("import started", {"bundle": 2}),
    ("report imported", {"report": 5, "version": 1, "bundle": 2, "sources": [ANY]}),
    ("bundle set aside", {"bundle": 2, "bytes": ANY}),
    ("media added", {"report": 5, "bundle": 2, "media": [ANY]}),
    ("container received", {"bundle": 2, "bytes": ANY, "size": ANY}),
    ("import finished", {**FINISHED, "bundle": 2, "reports_new": 1}),
)
PACKAGE = (
    ("work package begun", {"package": 1}),
    ("import started", {"bundle": 2}),
    ("report imported", {"report": 5, "version": 1, "bundle": 2, "sources": [ANY]}),
    ("import started", {"bundle": 3}),
    ("media added", {"report": 5, "bundle": 3, "media": [ANY]}),
    ("container received", {"bundle": 2, "bytes": ANY, "size": ANY}),
    ("import finished", {"bundle": 2, "media_new": 1}),
    ("container received", {"bundle": 3, "bytes": ANY, "size": ANY}),
    ("import finished", {"bundle": 3, "media_new": 1}),
    ("work package imported", {"package": 1, "reports": [5], "conflicts": 0}),
)
COMPLETED = (
    ("import started", {"bundle": 3}),
    ("bundle set aside", {"bundle": 3, "bytes": ANY}),
    ("media added", {"report": 5, "bundle": 3, "media": [ANY]}),
    ("container received", {"bundle": 3, "bytes": ANY, "size": ANY}),
    ("import completed", {"bundle": 2, "by": 3}),
    ("import finished", {**FINISHED, "bundle": 3, "reports_new": 0}),
)
"""What came in before the interruption is known; its bundle is completed by the second one."""

CORRECTED = {"report": 2, "correction": 1, "text": ANY}


def factor_rule(world: World) -> str:
    """A factor of the second report."""
    return next(each.rule for each in show.load_report_view(world.session, TWO).score.factors if each.axis == "risk")


def propose(world: World) -> None:
    """Nothing is decided in this store, so that nothing is written."""
    with pytest.raises(Refused, match="not enough decided"):
        rule_files.export_proposal(world.session, world.folder / "proposed")


def raise_band(world: World) -> object:
    return corrections.correct_band(world.session, TWO, "A", "found at the address")


def lower(world: World) -> object:
    """Below the minimum band that somebody set, which needs a second person, or below where it stands."""
    return corrections.correct_band(world.session, TWO, "E", "no danger")


def meet_other(world: World) -> Side:
    """Another store that holds one identifier of ours; both trust each other."""
    other = make_side(world.folder, "quetta", {900000801: mail(f"u{TWO}")})
    introduce(Side(world.session, world.folder), other)
    world.value = other
    return other


def start_session(world: World) -> object:
    return deconflict.start_deconfliction(world.session, "the other", world.folder / "1.json")


def ask_from_other(world: World) -> None:
    other = meet_other(world)
    deconflict.start_deconfliction(other.session, "the first", other.folder / "1.json")


def answer_from_other(world: World) -> None:
    other = meet_other(world)
    start_session(world)
    deconflict.answer_deconfliction(other.session, world.folder / "1.json", other.folder / "2.json")


def finish_session(world: World) -> object:
    return deconflict.finish_deconfliction(world.session, world.value.folder / "2.json", world.folder / "3.json")


def acknowledge_as_second(world: World) -> object:
    with world.as_second() as session:
        return shift.acknowledge_shift(session, 1)


def confirm_as_second(world: World) -> object:
    with world.as_second() as session:
        return corrections.confirm_correction(session, 2)


def bring_line(world: World) -> None:
    """A case with one report (5), of which one operator can be asked about one number; the case has an enquiry number."""
    bundle = write_asked_reports(world.folder / "lines", [Told("900000451", child=None)])
    import_bundles.import_bundles(world.session, [bundle], receipt=Receipt())
    world.value = cases.open_case(world.session, ["900000451"]).number
    cases.set_number(world.session, world.value, "enquiry", "41/2026")


def make_request(world: World) -> object:
    return making.create_requests(world.session, world.value, RequestKind.SUBSCRIBER, world.folder / "letters")


def first_request(world: World) -> str:
    return min(each.number for each in list_requests(world.session))


def bring_request(world: World) -> None:
    bring_line(world)
    make_request(world)


def mark_request_sent(world: World) -> object:
    return life.send_request(world.session, first_request(world), sent=day(0)[:10])


def bring_sent(world: World) -> None:
    bring_request(world)
    mark_request_sent(world)


def bring_second_line(world: World) -> None:
    """A second case, whose report (6) has the number that a sent request asks about."""
    bring_sent(world)
    told = Told("900000452", child=None, handle="other", user_id="acc-2")
    bundle = write_asked_reports(world.folder / "more lines", [told])
    import_bundles.import_bundles(world.session, [bundle], receipt=Receipt())
    world.value = cases.open_case(world.session, ["900000452"]).number


def reply(world: World) -> object:
    (world.folder / "reply.csv").write_text(f"Number,Name,CNIC\n{PHONE},Example,90000-0000000-0\n")
    return replies.take_reply(world.session, first_request(world), [world.folder / "reply.csv"])


def letters(n: int) -> tuple[tuple[str, str], ...]:
    """The rows of the register for letter and annex of the request of this number in its year."""
    return (("request", f"R-YEAR-{n:04d}-letter.docx"), ("request", f"R-YEAR-{n:04d}-annex.xlsx"))


ROWS: dict[str, Row | tuple[Row, ...]] = {
    # -- parts of jobs, and what can be computed anew ----------------------------------------------------------------
    "assess.assess": silent(lambda w: assess.assess(w.session)),
    "assess.reassess": silent(lambda w: assess.reassess(w.session, [1])),
    "assess.assess_first": (
        silent(lambda w: assess.assess_first(w.session, [1], None)),
        Row(
            lambda w: assess.assess_first(w.session, [1], None),
            (("report not judged", {"report": 1, "error": "overflowerror", "at": ANY}),),
            prepare=poison,
        ),
    ),
    "common.forget_spooled": silent(lambda w: common.forget_spooled(w.session)),
    "rules.judge_rest": silent(lambda w: rules.judge_rest(w.session)),
    "sweep.run_sweep": silent(lambda w: sweep.run_sweep(w.session, again=True)),
    "sweep.sweep_gravest": silent(lambda w: sweep.sweep_gravest(w.session, 0, None)),
    "newcomers.compare_new_images": silent(
        lambda w: newcomers.compare_new_images(w.session, FrameIndex(), 1, lambda done, total: None)
    ),
    "newcomers.compare_new_videos": silent(lambda w: newcomers.compare_new_videos(w.session, lambda done, total: None)),
    "films.sweep_videos": silent(lambda w: films.sweep_videos(w.session, StoredImages(), [], ignore, ignore, None)),
    "sweep_state.report_found": reads(lambda w: sweep_state.report_found(w.session, [1], ignore)),
    "custody.list_custody": reads(
        lambda w: custody.list_custody(
            w.session, w.store.read(), 1, packet_contents.load_packet_report(w.session, w.store.read(), 1)
        )
    ),
    "packet_contents.load_packet_report": reads(lambda w: packet_contents.load_packet_report(w.session, w.store.read(), 1)),
    "packet.load_packet": reads(load_packet),
    "packet.redact": reads(lambda w: packet.redact(w.session, load_packet(w), [1])),
    "show.build_report_view": reads(lambda w: show.build_report_view(w.session, w.store.read(), 1, None)),
    "signing.describe_export": reads(lambda w: signing.describe_export(w.session)),
    "decisions.record_decision": Row(record, (("report decided", {**DECIDED, "status": "in_progress"}),)),
    "decisions.find_active_user": reads(lambda w: decisions.find_active_user(w.session, "second")),
    "consent.verify_consent": (
        Row(lambda w: verify_consent(w, w.second), (("packet consented", {"maker": 1, "reports": [2]}),)),
        Row(ask_wrongly, (("consent failed", {"subject": 2}),)),
    ),
    "consent.request_consent": Row(
        lambda w: consent.request_consent(w.session, w.second, "new user consented", reading=True, roles=["lead"]),
        (("new user consented", {"maker": 1, "roles": ["lead"]}),),
    ),
    "consent.request_leaving_consent": Row(
        lambda w: consent.request_leaving_consent(w.session, w.second, Message("missing"), "packet consented", reports=[1]),
        (("packet consented", {"maker": 1, "reports": [1]}),),
    ),
    "consent.request_lead_consent": Row(
        lambda w: consent.request_lead_consent(w.session, w.second, "lowering consented", update=1),
        (("lowering consented", {"maker": 1, "update": 1}),),
    ),
    "consent.name_lead_roles": reads(lambda w: consent.name_lead_roles(w.session)),
    "lowering.rescore": reads(lambda w: list(lowering.rescore(w.session, None)[0])),
    "lowering.measure_tables": reads(lambda w: lowering.measure_tables(w.session, {})),
    "lowering.request_agreement": Row(
        lambda w: lowering.request_agreement(w.session, w.second, update=1),
        (("lowering consented", {"maker": 1, "update": 1}),),
    ),
    "lowering.is_agreement_open": reads(lambda w: lowering.is_agreement_open(w.session, None)),
    "lowering.require_agreement": silent(lambda w: None),  # refuses or does nothing; in test_lowering.py
    "lowering.check_written": silent(lambda w: None),
    "rules.measure_files": reads(lambda w: rules.measure_files(w.session, None)),
    "rules.require_consent": reads(lambda w: rules.require_consent(w.session, None, None)),
    "consent.describe_person": reads(lambda w: consent.describe_person(w.session, 2)),
    "consent.describe_consent": reads(lambda w: consent.describe_consent(w.session, consent.GivenConsent(None, lambda _: None))),
    "destruction.destroy_and_certify": silent(lambda w: None),  # parts of destroy and retention, whose rows are below
    "destruction.rebuild_database": silent(lambda w: None),
    "register.join_register": silent(lambda w: None),
    "register_volumes.hold_register": silent(lambda w: None),
    "register_volumes.write_register": silent(lambda w: None),  # of export, destroy and retention
    "register_volumes.write_volumes": silent(lambda w: None),  # of a long register, in test_register_volumes.py
    "lists.finish_list": silent(lambda w: None),  # parts of add_list and remove_list; of long lists in test_long_lists.py
    "long_import.is_long": silent(lambda w: None),
    "long_import.import_long_list": silent(lambda w: None),
    "long_import.remove_blocks": silent(lambda w: None),
    "destruction.erase_report": silent(lambda w: None),  # a part of destroy and apply_register, whose rows are below
    "outgoing.write_out": Row(
        lambda w: outgoing.write_out(w.session, ((w.folder / "q.csv", b"drawn"),), kind="queue"),
        (registered(1, "queue"),),
        (("queue", "q.csv"),),
    ),
    # -- requests to operators and providers ---------------------------------------------------------------------------
    "life.find_requests": reads(lambda w: life.find_requests(w.session), bring_request),
    "life.load_requests": reads(lambda w: life.load_requests(w.session, [1]), bring_request),
    "life.list_requests_of_case": reads(lambda w: life.list_requests_of_case(w.session, number(w)), open_case),
    "life.list_unanswered": reads(lambda w: life.list_unanswered(w.session, 0), bring_request),
    "preview.preview_requests": reads(lambda w: preview.preview_requests(w.session, w.value, RequestKind.SUBSCRIBER), bring_line),
    "preview.preview_expiring": reads(lambda w: preview.preview_expiring(w.session, 400), bring_line),
    "making.create_requests": (
        Row(
            make_request,
            (
                ("request made", {"request": 1, "sort": "subscriber"}),
                ("requests written", {"requests": [1], "reports": [5]}),
                registered(1, "request"),
                registered(2, "request"),
            ),
            letters(1),
            bring_line,
        ),
        Row(
            lambda w: making.create_requests(w.session, w.value, RequestKind.SUBSCRIBER, w.folder / "joined"),
            (("request joined", {"request": 1, "reports": [6]}),),
            prepare=bring_second_line,
        ),
    ),
    "making.preserve_expiring": Row(
        lambda w: making.preserve_expiring(w.session, 400, w.folder / "letters"),
        (
            ("request made", {"request": 1, "sort": "foreign_preservation"}),
            ("request made", {"request": 2, "sort": "foreign_preservation"}),
            ("request made", {"request": 3, "sort": "preservation"}),
            ("request made", {"request": 4, "sort": "preservation"}),
            ("requests written", {"requests": [1, 2, 3, 4], "reports": ANY}),
            *(registered(n, "request") for n in range(1, 9)),
        ),
        tuple(row for n in range(1, 5) for row in letters(n)),
        bring_line,
    ),
    "life.send_request": Row(mark_request_sent, (("request sent", {"request": 1, "reports": [5]}),), prepare=bring_request),
    "life.record_court_told": Row(
        lambda w: life.record_court_told(w.session, first_request(w), told=day(0)[:10]),
        (("court told of request", {"request": 1, "reports": [5]}),),
        prepare=bring_sent,
    ),
    "life.close_request": Row(
        lambda w: life.close_request(w.session, first_request(w)), (("request closed", {"request": 1}),), prepare=bring_request
    ),
    "life.remind": Row(
        lambda w: life.remind(w.session, 0, w.folder / "reminders"),
        (("reminders written", {"count": 1}), registered(3, "reminder")),
        (("reminder", "R-YEAR-0001-reminder.docx"),),
        bring_sent,
    ),
    "replies.take_reply": Row(
        reply,
        (
            ("reply sealed", {"request": 1, "reply": 1, "bytes": ANY}),
            ("reply matched", {"request": 1, "reply": 1, "reports": [5], "rows": 1}),
        ),
        prepare=bring_sent,
    ),
    # -- reading -----------------------------------------------------------------------------------------------------
    "backup.list_backups": reads(lambda w: backup.list_backups(w.session)),
    "case_list.find_cases_of_reports": reads(lambda w: case_list.find_cases_of_reports(w.session, [TWO])),
    "overview.load_case_page": reads(lambda w: overview.load_case_page(w.session, number(w)), open_case),
    "neighbourhood.show_neighbourhood": reads(lambda w: neighbourhood.show_neighbourhood(w.session, TWO)),
    "case_rows.list_case_rows": reads(lambda w: case_rows.list_case_rows(w.session, number(w)), open_case),
    "case_list.find_cases": reads(lambda w: case_list.find_cases(w.session, CaseFilter()), open_case),
    "case_list.load_cases": reads(lambda w: case_list.load_cases(w.session, [1]), open_case),
    "cases.load_views": reads(lambda w: cases.load_views(w.session, [1]), open_case),
    "case_list.list_reports_of_cases": reads(lambda w: case_list.list_reports_of_cases(w.session, [1]), open_case),
    "cases.show_case": reads(lambda w: cases.show_case(w.session, number(w)), open_case),
    "corrections.list_corrections": reads(lambda w: corrections.list_corrections(w.session, TWO), lower),
    "corrections.list_correction_ids": reads(lambda w: corrections.list_correction_ids(w.session), lower),
    "corrections.load_corrections": reads(lambda w: corrections.load_corrections(w.session, [1]), lower),
    "rule_outcomes.measure_rules": reads(lambda w: rule_outcomes.measure_rules(w.session)),
    "provider_profiles.measure_providers": reads(lambda w: provider_profiles.measure_providers(w.session)),
    "proposals.propose_rules": reads(propose),
    "rule_files.export_proposal": reads(propose),
    "rule_counts.count_rules": reads(lambda w: rule_counts.count_rules(w.session), lower),
    "diary.load_diary": reads(lambda w: diary.load_diary(w.session, number(w)), open_case),
    "funnel.measure_funnel": reads(lambda w: funnel.measure_funnel(w.session)),
    "funnel.list_overdue": reads(lambda w: funnel.list_overdue(w.session)),
    "funnel.list_overdue_ids": reads(lambda w: funnel.list_overdue_ids(w.session)),
    "funnel.load_overdue": reads(lambda w: funnel.load_overdue(w.session, [1])),
    "funnel.count_overdue": reads(lambda w: funnel.count_overdue(w.session)),
    "shift.show_shift": reads(lambda w: shift.show_shift(w.session, 1), lambda w: shift.close_shift(w.session)),
    "shift.list_shift_numbers": reads(lambda w: shift.list_shift_numbers(w.session)),
    "shift.load_shifts": reads(lambda w: shift.load_shifts(w.session, [1])),
    "shift.list_shifts": reads(lambda w: shift.list_shifts(w.session)),
    "check.rebuild_queue": silent(lambda w: check.rebuild_queue(w.session)),
    "accounts.list_accounts": reads(lambda w: accounts.list_accounts(w.session)),
    "audit_reading.count_audit_entries": reads(lambda w: audit_reading.count_audit_entries(w.session)),
    "audit_reading.find_audit_entries": reads(
        lambda w: audit_reading.find_audit_entries(w.session, audit_reading.AuditFilter(user="first"), lambda _: None)
    ),
    "audit_reading.load_audit_entries": reads(lambda w: audit_reading.load_audit_entries(w.session, [1, 0])),
    "check.check_store": Row(lambda w: check.check_store(w.session), (("store checked", {"problems": 0}),)),
    "check.check_next_part": Row(lambda w: check.check_next_part(w.session, 1 << 30), (("store checked", {"problems": 0}),)),
    "check.verify_record": Row(lambda w: check.verify_record(w.session), (("audit log verified", {"problems": 0}),)),
    "list_conflicts.find_list_conflicts": reads(lambda w: list_conflicts.find_list_conflicts(w.session)),
    "duties.list_duties": reads(lambda w: duties.list_duties(w.session)),
    "holdings.list_destruction_ids": reads(lambda w: holdings.list_destruction_ids(w.session)),
    "holdings.load_destructions": reads(lambda w: holdings.load_destructions(w.session, [1])),
    "holdings.list_holds": reads(lambda w: holdings.list_holds(w.session)),
    "holdings.preview_destruction": reads(lambda w: holdings.preview_destruction(w.session, TWO)),
    "import_queue.list_import_queue": reads(lambda w: import_queue.list_import_queue(w.session), queue_more),
    "imports.is_import_running": reads(lambda w: imports.is_import_running(w.session)),
    "office_list.list_offices": reads(lambda w: office_list.list_offices(w.session)),
    "program_log.read_program_log": reads(lambda w: program_log.read_program_log(w.session)),
    "clusters.list_clusters": reads(lambda w: clusters.list_clusters(w.session)),
    "clusters.show_links": reads(lambda w: clusters.show_links(w.session, ONE)),
    "gallery.load_gallery": reads(lambda w: gallery.load_gallery(w.session, GalleryScope())),
    "gallery.arrange_gallery": reads(
        lambda w: gallery.arrange_gallery(
            w.session, gallery.load_gallery(w.session, GalleryScope()), GalleryFilter(), Grouping.USER
        )
    ),
    "gallery.read_states": reads(lambda w: gallery.read_states(w.session, gallery.load_gallery(w.session, GalleryScope()), [1])),
    "gallery.load_cells": reads(lambda w: gallery.load_cells(w.session, [(1, 1)])),
    "gallery.load_headings": reads(lambda w: gallery.load_headings(w.session, Grouping.REPORT, [1], ())),
    "gallery.name_files": reads(lambda w: gallery.name_files(w.session, [(1, 1, ())])),
    "gallery_parts.order_queue": reads(lambda w: gallery_parts.order_queue(w.session, QueueFilter())),
    "gallery_parts.order_case": reads(lambda w: gallery_parts.order_case(w.session, [1])),
    "gallery_parts.read_part": reads(
        lambda w: gallery_parts.read_part(w.session, gallery_parts.order_queue(w.session, QueueFilter()), 0)
    ),
    "gallery_reading.read_report_facts": reads(lambda w: gallery_reading.read_report_facts(w.session, np.array([1]))),
    "grade_work.find_grade_work": reads(lambda w: grade_work.find_grade_work(w.session)),
    "grade_work.load_grade_work": reads(lambda w: grade_work.load_grade_work(w.session, [1])),
    "grading.measure_agreement": reads(lambda w: grading.measure_agreement(w.session)),
    "grade_work.load_open_grades": reads(lambda w: grade_work.load_open_grades(w.session, [1])),
    "held_hashes.list_held": reads(lambda w: held_hashes.list_held(w.session)),
    "held_hashes.list_held_ids": reads(lambda w: held_hashes.list_held_ids(w.session)),
    "held_hashes.load_held": reads(lambda w: held_hashes.load_held(w.session, [1])),
    "hits.find_hits": reads(lambda w: hits.find_hits(w.session, "device")),
    "hits.load_hits": reads(lambda w: hits.load_hits(w.session, hits.find_hits(w.session, "device"), [])),
    "hits.list_hits": reads(lambda w: hits.list_hits(w.session, "device")),
    "imports.list_import_ids": reads(lambda w: imports.list_import_ids(w.session)),
    "imports.load_imports": reads(lambda w: imports.load_imports(w.session, [1])),
    "keys.show_keys": reads(lambda w: keys.show_keys(w.session)),
    "trusted_keys.find_signer": reads(lambda w: trusted_keys.find_signer(w.session, KEY)),
    "lists.list_hash_lists": reads(lambda w: lists.list_hash_lists(w.session)),
    "match_files.match_files": reads(lambda w: match_files.match_files(w.session, [w.folder / "list.csv"])),
    "account.add_view": Row(add_view),
    "account.list_own_views": reads(lambda w: account.list_own_views(w.session)),
    "account.load_own_settings": reads(lambda w: account.load_own_settings(w.session)),
    "account.load_last_folders": reads(lambda w: account.load_last_folders(w.session)),
    "account.save_last_folders": Row(lambda w: account.save_last_folders(w.session, LastFolders(read="/media/carrier")), ()),
    "account.save_own_settings": Row(lambda w: account.save_own_settings(w.session, PrivateSettings(calm_screen=True)), ()),
    "lead_figures.measure_lead_figures": reads(lambda w: lead_figures.measure_lead_figures(w.session)),
    "lead_scan.scan_queue": silent(lambda w: None),  # a part of measure_lead_figures
    "behind.list_reports_behind": reads(lambda w: behind.list_reports_behind(w.session, Behind(open_only=True))),
    "export_chart.export_chart": Row(
        lambda w: export_chart.export_chart(w.session, b"band,reports", w.folder / "chart.csv"),
        (registered(1, "internal_chart"),),
        (("internal_chart", "chart.csv"),),
    ),
    "exposure.summarize_exposure": reads(lambda w: exposure.summarize_exposure(w.session)),
    "exposure.list_team_weeks": reads(lambda w: exposure.list_team_weeks(w.session)),
    "own_work.list_own_outcomes": reads(lambda w: own_work.list_own_outcomes(w.session)),
    "own_work.list_kept_away": reads(lambda w: own_work.list_kept_away(w.session)),
    "decisions.give_back": Row(
        lambda w: decisions.give_back(w.session, [TWO]),
        (("report decided", {**DECIDED, "decision": 2, "status": "in_progress"}),),
        prepare=lambda w: decide(w, status="in_progress", assignee="first"),
    ),
    "media.list_frame_times": reads(lambda w: media.list_frame_times(w.session, w.sha())),
    "media.load_preview": reads(lambda w: media.load_preview(w.session, w.sha())),
    "order.explain_queue_order": reads(lambda w: order.explain_queue_order(w.session, ONE, TWO)),
    "outgoing.list_outgoing_ids": reads(lambda w: outgoing.list_outgoing_ids(w.session)),
    "outgoing.load_outgoing": reads(lambda w: outgoing.load_outgoing(w.session, [1])),
    "policy.read_policy": reads(lambda w: policy.read_policy(w.session)),
    "queue.count_lanes": reads(lambda w: queue.count_lanes(w.session)),
    "queue.find_queue_ids": reads(lambda w: queue.find_queue_ids(w.session, QueueFilter())),
    "queue.list_queue_ids": reads(lambda w: queue.list_queue_ids(w.session, QueueFilter())),
    "queue.list_queue_rows": reads(lambda w: queue.list_queue_rows(w.session, QueueFilter())),
    "queue.read_queue_rows": reads(lambda w: tuple(queue.read_queue_rows(w.session, QueueFilter()))),
    "queue.count_listed": reads(lambda w: queue.count_listed(w.session, QueueFilter(), "band")),
    "queue_planes.open_planes": reads(open_queue_planes),
    "queue.order_reports": reads(lambda w: queue.order_reports(w.session, [1])),
    "queue.load_window": reads(lambda w: queue.load_window(w.session, QueueFilter(), QueueOrder(), 0, 10)),
    "queue.find_place": reads(lambda w: queue.find_place(w.session, QueueFilter(), QueueOrder(), 1)),
    "queue.list_facet_values": reads(lambda w: queue.list_facet_values(w.session, QueueFilter(), "band")),
    "queue_rows.load_rows": reads(lambda w: queue_rows.load_rows(w.session, [1])),
    "rule_book.load_rule_book": reads(lambda w: rule_book.load_rule_book(w.session)),
    "rules.show_budget": reads(lambda w: rules.show_budget(w.session)),
    "rules.show_rules": reads(lambda w: rules.show_rules(w.session)),
    "rules.try_back": reads(lambda w: rules.try_back(w.session), use_edit),
    "rules.try_edit": reads(lambda w: rules.try_edit(w.session, RuleEdit(), rules.show_rules(w.session).name)),
    "rules.try_rules": reads(
        lambda w: rules.try_rules(w.session, w.folder / "rules"),
        lambda w: rule_files.export_rules(w.session, w.folder / "rules"),
    ),
    "pairs.read_possible_pairs": reads(lambda w: tuple(pairs.read_possible_pairs(w.session))),
    "pairs.count_waiting_pairs": reads(lambda w: pairs.count_waiting_pairs(w.session)),
    "pairs.list_possible_pairs": reads(lambda w: pairs.list_possible_pairs(w.session)),
    "sampling.show_ranking": reads(lambda w: sampling.show_ranking(w.session)),
    "sampling.show_sample": reads(lambda w: sampling.show_sample(w.session)),
    "stats.load_statistics": reads(lambda w: stats.load_statistics(w.session)),
    "status.check_machine": reads(lambda w: status.check_machine(w.session, w.pool)),
    "status.list_quarantined_ids": reads(lambda w: status.list_quarantined_ids(w.session)),
    "status.load_quarantined": reads(lambda w: status.load_quarantined(w.session, [1])),
    "sweep_state.load_sweep_state": reads(lambda w: sweep_state.load_sweep_state(w.session)),
    "show.load_report_view": reads(lambda w: show.load_report_view(w.session, ONE)),
    "users.all_users": reads(lambda w: users.all_users(w.session)),
    "users.has_one_user": reads(lambda w: users.has_one_user(w.session)),
    "users.list_active_names": reads(lambda w: users.list_active_names(w.session)),
    # -- import and matching -----------------------------------------------------------------------------------------
    "import_bundles.import_bundles": (
        Row(take_more, IMPORTED),
        Row(take_more, COMPLETED, prepare=interrupt),
    ),
    "import_queue.queue_import": Row(queue_more, (("import queued", {"order": 1}),)),
    "import_queue.run_queued_import": Row(lambda w: import_queue.run_queued_import(w.session, 1), IMPORTED, prepare=queue_more),
    "import_queue.mark_import_paused": (
        Row(
            lambda w: import_queue.mark_import_paused(w.session, 1, paused=True),
            (("import paused", {"order": 1}),),
            prepare=run_more,
        ),
        Row(
            lambda w: import_queue.mark_import_paused(w.session, 1, paused=False),
            (("import resumed", {"order": 1}),),
            prepare=run_more,
        ),
    ),
    "import_queue.move_queued_import": silent(lambda w: import_queue.move_queued_import(w.session, 1, 1), queue_twice),
    "import_queue.remove_queued_import": Row(
        lambda w: import_queue.remove_queued_import(w.session, 1), (("import removed", {"order": 1}),), prepare=queue_more
    ),
    "retry.retry_quarantined": (
        Row(
            lambda w: retry.retry_quarantined(w.session, 1),
            (
                ("import started", {"bundle": 3}),
                ("bundle set aside", {"bundle": 3, "bytes": ANY}),
                ("import finished", {**FINISHED, "bundle": 3, "reports_new": 0, "media_new": 0}),
            ),
            prepare=take_more,
        ),
        Row(
            lambda w: retry.retry_quarantined(w.session, 1, copy=w.folder / "in" / OTHER / f"{OTHER}.jpg"),
            (
                ("import started", {"bundle": 3}),
                ("container received", {"bundle": 3, "bytes": ANY, "size": ANY}),
                ("import finished", {**FINISHED, "bundle": 3, "reports_new": 0, "media_new": 0, "set_aside": 0}),
                ("set aside resolved", {"row": 1}),
            ),
            prepare=take_more,
        ),
    ),
    "held_hashes.decide_held": (
        Row(lambda w: held_hashes.decide_held(w.session, w.held(), confirm=True), (("held hash confirmed", {"held": 1}),)),
        Row(lambda w: held_hashes.decide_held(w.session, w.held(), confirm=False), (("held hash rejected", {"held": 1}),)),
    ),
    "held_hashes.take_back_held": Row(
        lambda w: held_hashes.take_back_held(w.session, w.held()),
        (("held hash taken back", {"held": 1}),),
        prepare=lambda w: held_hashes.decide_held(w.session, w.held(), confirm=True),
    ),
    "lists.add_list": Row(
        add_list,
        (
            ("list added", {"list": 1, "file": ANY, "entries": 1, "list_kind": "case", "profile": None}),
            ("hash held for review", {"held": 1, "files": 3, "reports": 3}),
        ),
        prepare=lambda w: lists.remove_list(w.session, "device"),
    ),
    "lists.set_list_distance": Row(
        lambda w: lists.set_list_distance(w.session, "device", 8), (("list distance set", {"list": 1, "radius": 8}),)
    ),
    "lists.remove_list": Row(lambda w: lists.remove_list(w.session, "device"), (("list removed", {"list": 1}),)),
    "pairs.confirm_same": Row(lambda w: pairs.confirm_same(w.session, w.sha(), w.sha(OTHER)), of_two("media same")),
    "pairs.reject_same": Row(lambda w: pairs.reject_same(w.session, w.sha(), w.sha(OTHER)), of_two("media not same")),
    "pairs.take_back_decision": Row(
        lambda w: pairs.take_back_decision(w.session, w.sha(), w.sha(OTHER)),
        of_two("media word taken back"),
        prepare=lambda w: pairs.confirm_same(w.session, w.sha(), w.sha(OTHER)),
    ),
    # -- work on reports ---------------------------------------------------------------------------------------------
    "diary.export_diary": Row(
        lambda w: diary.export_diary(w.session, number(w), w.folder / "d.xlsx"),
        (("diary exported", {"case": 1, "file": ANY}), registered(1, "diary")),
        (("diary", "d.xlsx"),),
        prepare=open_case,
    ),
    "export_report.preview_report": reads(lambda w: export_report.preview_report(w.session, TWO)),
    "export_report.export_report": Row(
        lambda w: export_report.export_report(w.session, TWO, w.folder / "r.pdf"),
        (("report printed", {"report": 2, "file": ANY}), registered(1, "report")),
        (("report", "r.pdf"),),
    ),
    "source_report.preview_source_report": reads(lambda w: source_report.preview_source_report(w.session, number(w)), open_case),
    "source_report.export_source_report": Row(
        lambda w: source_report.export_source_report(w.session, number(w), w.folder / "s.docx"),
        (("source report drafted", {"case": 1, "reports": [2], "file": ANY}), registered(1, "source_report")),
        (("source_report", "s.docx"),),
        prepare=open_case,
    ),
    "own_identifiers.gather_identifiers": reads(lambda w: own_identifiers.gather_identifiers(w.session, ignore, None)),
    "deconflict_list.list_deconfliction_ids": reads(lambda w: deconflict_list.list_deconfliction_ids(w.session)),
    "deconflict_list.find_deconflictions": reads(lambda w: deconflict_list.find_deconflictions(w.session)),
    "deconflict_list.load_deconflictions": reads(lambda w: deconflict_list.load_deconflictions(w.session, ["none"])),
    "deconflict.start_deconfliction": Row(
        start_session,
        (("deconfliction started", {"compared": ANY, "key": ANY}), registered(1, "deconfliction")),
        (("deconfliction", "1.json"),),
        prepare=meet_other,
    ),
    "deconflict.answer_deconfliction": Row(
        lambda w: deconflict.answer_deconfliction(w.session, w.value.folder / "1.json", w.folder / "2.json"),
        (("deconfliction answered", {"compared": ANY, "key": ANY}), registered(1, "deconfliction")),
        (("deconfliction", "2.json"),),
        prepare=ask_from_other,
    ),
    "deconflict.finish_deconfliction": Row(
        finish_session,
        (("deconfliction finished", {"compared": ANY, "shared": ANY, "key": ANY}), registered(2, "deconfliction")),
        (("deconfliction", "3.json"),),
        prepare=answer_from_other,
    ),
    "deconflict.withdraw_deconfliction": Row(
        lambda w: deconflict.withdraw_deconfliction(w.session, deconflict_list.list_deconfliction_ids(w.session)[0]),
        (("deconfliction withdrawn", {"compared": ANY, "key": ANY}),),
        prepare=lambda w: (meet_other(w), start_session(w)),
    ),
    "deconflict.show_deconfliction": reads(
        lambda w: deconflict.show_deconfliction(w.session, deconflict_list.list_deconfliction_ids(w.session)[0]),
        lambda w: (answer_from_other(w), finish_session(w)),
    ),
    "deconflict_preview.plan_deconfliction": reads(lambda w: deconflict_preview.plan_deconfliction(w.session)),
    "deconflict_preview.inspect_deconfliction_file": reads(
        lambda w: deconflict_preview.inspect_deconfliction_file(w.session, w.value.folder / "1.json"), ask_from_other
    ),
    "referral.preview_referral": reads(lambda w: referral.preview_referral(w.session, TWO, "NCMEC")),
    "referral.create_referral": Row(
        lambda w: referral.create_referral(w.session, TWO, "NCMEC", w.folder / "r"),
        (("report referred", {"report": 2, "names_child": 0, "to": ANY}), registered(1, "referral"), registered(2, "referral")),
        (("referral", "referral.docx"), ("referral", "referral.json")),
    ),
    "shift.close_shift": Row(lambda w: shift.close_shift(w.session, "a note"), (("shift closed", {"sheet": 1}),)),
    "shift.acknowledge_shift": Row(
        acknowledge_as_second,
        (("shift acknowledged", {"sheet": 1}),),
        prepare=lambda w: shift.close_shift(w.session),
    ),
    "shift.print_shift": Row(
        lambda w: shift.print_shift(w.session, 1, w.folder / "s.pdf"),
        (registered(1, "shift_sheet"),),
        (("shift_sheet", "s.pdf"),),
        prepare=lambda w: shift.close_shift(w.session),
    ),
    "checks.load_own_entries": reads(lambda w: checks.load_own_entries(w.session)),
    "checks.check_step": reads(lambda w: checks.check_step(w.session, LESSON, checks.load_own_entries(w.session))),
    "training_mark.is_training_store": reads(lambda w: trainee.is_training_store(w.session)),
    "trainee.mark_training_store": Row(
        lambda w: trainee.mark_training_store(w.session), (("training store made", {}),), prepare=make_as_new
    ),
    "trainee.load_training": reads(lambda w: trainee.load_training(w.session), prepare=make_training),
    "trainee.answer_question": Row(
        lambda w: trainee.answer_question(w.session, "only", 0),
        (("training answered", {"step": "only", "answer": 0, "right": 1}),),
        prepare=make_training,
    ),
    "trainee.write_training_certificate": Row(
        lambda w: trainee.write_training_certificate(w.session, "analyst", "A. Trainee", w.folder / "t.pdf"),
        (registered(1, "training_certificate"),),
        (("training_certificate", "t.pdf"),),
        prepare=finish_training,
    ),
    "cases.open_case": Row(open_case, (("case opened", {"case": 1, "reports": [2]}),)),
    "cases.add_reports": Row(
        lambda w: cases.add_reports(w.session, number(w), [OTHER]),
        (("case joined", {"case": 1, "reports": [4]}),),
        prepare=open_case,
    ),
    "case_undo.undo_joining": (
        Row(
            lambda w: case_undo.undo_joining(w.session, number(w), {TWO: None}),
            (("case left", {"case": 1, "reports": [2]}), ("case withdrawn", {"case": 1})),
            prepare=open_case,
        ),
        Row(
            lambda w: case_undo.undo_joining(w.session, w.value, {TWO: w.value[:-1] + "1"}),
            (
                ("case joined", {"case": 1, "reports": [2]}),
                ("case left", {"case": 2, "reports": [2]}),
                ("case withdrawn", {"case": 2}),
            ),
            prepare=move_report,
        ),
    ),
    "series.open_series": Row(open_series, (("series opened", {"series": 1, "media": [4]}),)),
    "series.add_to_series": Row(
        lambda w: series.add_to_series(w.session, w.value, *find_files(w)[1]),
        (("series joined", {"series": 1, "media": [ANY]}),),
        prepare=open_series,
    ),
    "series.take_from_series": Row(
        lambda w: series.take_from_series(w.session, w.value, find_files(w)[0][1]),
        (("series left", {"series": 1, "media": [4]}),),
        prepare=open_series,
    ),
    "series.list_series": reads(lambda w: series.list_series(w.session), open_series),
    "series.show_series": reads(lambda w: series.show_series(w.session, w.value), open_series),
    "clues.record_clue": Row(
        lambda w: clues.record_clue(w.session, w.value, "place", "a red gate"),
        (("clue recorded", {"series": 1, "clue": 1, "words": ANY}),),
        prepare=open_series,
    ),
    "clues.withdraw_clue": Row(
        lambda w: clues.withdraw_clue(w.session, w.value, 1),
        (("clue struck out", {"series": 1, "clue": 1}),),
        prepare=lambda w: (open_series(w), clues.record_clue(w.session, w.value, "place", "a red gate")),
    ),
    "export_series.export_series_sheet": Row(
        lambda w: export_series.export_series_sheet(
            w.session, w.value, w.folder / "sheet.pdf", with_crops=True, consent=w.second
        ),
        (
            ("crops consented", {"maker": 1, "series": 1, "clues": [1]}),
            ("series sheet exported", {"series": 1, "clues": 1, "crops": [1]}),
            registered(1, "series_sheet"),
        ),
        (("series_sheet", "sheet.pdf"),),
        prepare=crop_clue,
    ),
    "export_series.preview_series_sheet": reads(lambda w: export_series.preview_series_sheet(w.session, w.value), open_series),
    "clues.search_clues": reads(lambda w: clues.search_clues(w.session, "gate")),
    "identification.record_victim_state": Row(
        lambda w: identification.record_victim_state(w.session, w.value, "not identified", "ICSE"),
        (("victim state recorded", {"series": 1, "entry": 1, "state": "not_identified", "source": ANY}),),
        prepare=open_series,
    ),
    "cases.set_number": (
        Row(
            lambda w: cases.set_number(w.session, number(w), "fir", "210/26"),
            (("case number set", {"case": 1, "sort": "fir"}),),
            prepare=open_case,
        ),
        Row(
            lambda w: cases.set_number(w.session, number(w), "fir", "210/26", remove=True),
            (("case number removed", {"case": 1, "sort": "fir"}),),
            prepare=lambda w: (open_case(w), cases.set_number(w.session, number(w), "fir", "210/26")),
        ),
    ),
    "cases.set_officer": Row(
        lambda w: cases.set_officer(w.session, number(w), "second"),
        (("case given", {"case": 1, "officer": 2}),),
        prepare=open_case,
    ),
    "cases.set_stage": Row(
        lambda w: cases.set_stage(w.session, number(w), "enquiry"),
        (("case stage", {"case": 1, "stage": "enquiry", "day_named": 0}),),
        prepare=open_case,
    ),
    "version_choices.accept_version": Row(
        lambda w: version_choices.accept_version(w.session, ONE, 2, "confirmed"),
        (("version accepted", {"report": 1, "version": 2, "text": ANY}),),
        prepare=bring_lesser,
    ),
    "version_choices.refuse_version": Row(
        lambda w: version_choices.refuse_version(w.session, ONE, 2, "forged"),
        (("version refused", {"report": 1, "version": 2, "text": ANY}),),
        prepare=bring_lesser,
    ),
    "version_choices.ask_about_version": Row(
        lambda w: version_choices.ask_about_version(w.session, ONE, 2, "asked NCMEC"),
        (("version asked", {"report": 1, "version": 2, "text": ANY}),),
        prepare=bring_lesser,
    ),
    "version_list.list_report_versions": reads(lambda w: version_list.list_report_versions(w.session, ONE)),
    "version_list.list_waiting_of_report": reads(
        lambda w: version_list.list_waiting_of_report(w.session, w.session.store.read(), 1)
    ),
    "version_list.list_waiting_versions": reads(lambda w: version_list.list_waiting_versions(w.session)),
    "child_lane.confirm_child_lane": Row(confirm, (("child lane confirmed", {"report": 1}),)),
    "grade_many.grade_files": Row(
        grade_many_files,
        (
            ("file graded", {"report": 4, "media": [4], "settles": 0, "grades_before": 0}),
            ("file graded", {"report": 2, "media": [2], "settles": 0, "grades_before": 0}),
            ("grade inherited", {"report": 2, "medium": 3, "seen": 2, "distance": ANY}),
        ),
    ),
    "grade_many.list_own_grade_acts": reads(lambda w: grade_many.list_own_grade_acts(w.session, "2020-01-01T00:00:00Z")),
    "grade_many.take_back_grades": Row(
        lambda w: grade_many.take_back_grades(w.session, w.value, on_progress=ignore_progress, cancel=CancelToken()),
        (("grade taken back", {"report": 4, "media": [4]}), ("grade taken back", {"report": 2, "media": [2, 3]})),
        prepare=grade_many_files,
    ),
    "grading.grade_file": Row(grade, (("file graded", {"report": 4, "media": [4], "settles": 0, "grades_before": 0}),)),
    "grading.inherit_grade": Row(
        lambda w: grading.inherit_grade(w.session, THREE, w.sha(THREE), w.sha()),
        (("grade inherited", {"report": 3, "medium": 3, "seen": 2, "distance": ANY}),),
        prepare=lambda w: grading.grade_file(w.session, TWO, w.sha(), "adult"),
    ),
    "grading.take_back_grade": Row(
        lambda w: grading.take_back_grade(w.session, OTHER, w.sha(OTHER)),
        (("grade taken back", {"report": 4, "media": [4]}),),
        prepare=grade,
    ),
    "media.reveal": Row(reveal_media, (LOOKED,)),
    "preservation.record_notice": Row(
        lambda w: preservation.record_notice(w.session, TWO, issued="2026-10-05", to_whom="Lantern Chat", number="7"),
        (("notice recorded", {"report": 2, "notice": 1}),),
    ),
    "preservation.record_court_informed": Row(
        lambda w: preservation.record_court_informed(w.session, TWO, told="2026-10-06"),
        (("court told of notice", {"report": 2, "notice": 1}),),
        prepare=lambda w: preservation.record_notice(w.session, TWO, issued="2026-10-05", to_whom="Lantern Chat", number="7"),
    ),
    "notes.add_note": Row(
        lambda w: notes.add_note(w.session, TWO, "Called the school."),
        (("note added", {"report": 2, "note": 1, "text": ANY}),),
    ),
    "copying.record_copy": (
        Row(
            lambda w: copying.record_copy(w.session, TWO, "display_name", "kite"),
            (("value copied", {"report": 2, "sort": "display_name", "value": ANY}),),
        ),
        Row(
            lambda w: copying.record_copy(w.session, TWO, "a kind from elsewhere", "kite"),
            (("value copied", {"report": 2, "sort": "other", "value": ANY}),),
        ),
    ),
    "report_page.load_report_page": reads(lambda w: report_page.load_report_page(w.session, TWO)),
    "decisions.decide": (
        Row(lambda w: decide(w, status="in_progress"), (("report decided", {**DECIDED, "status": "in_progress"}),)),
        Row(
            lambda w: decide(w, status="in_progress"),
            (
                ("report reopened", {"report": 2, "decision": 2}),
                ("report decided", {**DECIDED, "decision": 2, "status": "in_progress"}),
            ),
            prepare=lambda w: decide(w, status="closed", reason="duplicate"),
        ),
    ),
    "decisions.undo_decision": Row(
        lambda w: decisions.undo_decision(w.session, 1),
        (("decision undone", {"report": 2, "decision": 1}),),
        prepare=lambda w: decide(w, status="in_progress"),
    ),
    "queue_picks.list_window_ids": reads(lambda w: queue_picks.list_window_ids(w.session, QueueFilter(), QueueOrder(), 0, 9)),
    "queue_picks.list_copies": reads(lambda w: queue_picks.list_copies(w.session, 2, 9)),
    "queue_picks.count_own_work": reads(lambda w: queue_picks.count_own_work(w.session)),
    "bulk.find_bulk_scope": reads(lambda w: bulk.find_bulk_scope(w.session, [2])),
    "bulk.count_urgent": reads(lambda w: bulk.count_urgent(w.session, [2])),
    "bulk.decide_in_bulk": Row(
        lambda w: bulk.decide_in_bulk(w.session, [2], status="in_progress"),
        (("bulk act begun", {"act": 1, "reports": 1}), ("report decided", {**DECIDED, "status": "in_progress"})),
    ),
    "bulk.find_last_act": reads(lambda w: bulk.find_last_act(w.session, "2020-01-01T00:00:00Z")),
    "bulk.undo_last_act": Row(
        lambda w: bulk.undo_last_act(w.session, "2020-01-01T00:00:00Z"),
        (("decision undone", {"report": 2, "decision": 1}),),
        prepare=lambda w: bulk.decide_in_bulk(w.session, [2], status="in_progress"),
    ),
    "decisions.record_undo": Row(
        undo,
        (("decision undone", {"report": 2, "decision": 1}),),
        prepare=lambda w: decide(w, status="in_progress"),
    ),
    "open_reports.mark_open": silent(lambda w: open_reports.mark_open(w.session, TWO)),
    "open_reports.renew_open": silent(lambda w: open_reports.renew_open(w.session)),
    "open_reports.mark_closed": silent(lambda w: open_reports.mark_closed(w.session)),
    "open_reports.list_open_reports": reads(lambda w: open_reports.list_open_reports(w.session)),
    "queue_views.save_view": silent(lambda w: queue_views.save_view(w.session, "South", QueueView())),
    "queue_views.delete_view": silent(
        lambda w: queue_views.delete_view(w.session, "South"),
        prepare=lambda w: queue_views.save_view(w.session, "South", QueueView()),
    ),
    "queue_views.list_views": reads(lambda w: queue_views.list_views(w.session)),
    "queue_views.save_place": silent(lambda w: queue_views.save_place(w.session, QueuePlace())),
    "queue_views.load_place": reads(lambda w: queue_views.load_place(w.session)),
    "corrections.correct_factor": Row(
        lambda w: corrections.correct_factor(w.session, TWO, factor_rule(w), "agree", "read"),
        (("judgement corrected", {**CORRECTED, "says": "agree"}),),
    ),
    "corrections.correct_band": (
        Row(raise_band, (("judgement corrected", {**CORRECTED, "says": "band_raised"}),)),
        Row(lower, (("judgement corrected", {**CORRECTED, "correction": 2, "says": "band_lowered"}),), prepare=raise_band),
    ),
    "corrections.confirm_correction": Row(
        confirm_as_second,
        (("correction confirmed", {"report": 2, "correction": 2}),),
        prepare=lambda w: (raise_band(w), lower(w)),
    ),
    "corrections.undo_correction": Row(
        lambda w: corrections.undo_correction(w.session, 1),
        (("correction undone", {"report": 2, "correction": 1}),),
        prepare=raise_band,
    ),
    "appeals.record_appeal": Row(
        lambda w: appeals.record_appeal(w.session, number(w), "words"),
        (("appeal recorded", {"case": 1, "appeal": 1, "text": ANY}),),
        prepare=open_case,
    ),
    "appeals.answer_appeal": Row(
        lambda w: appeals.answer_appeal(w.session, number(w), 1, "words"),
        (("appeal answered", {"case": 1, "appeal": 1, "text": ANY}),),
        prepare=lambda w: (open_case(w), appeals.record_appeal(w.session, number(w), "words")),
    ),
    # -- rules -------------------------------------------------------------------------------------------------------
    "rules.use_rules": Row(
        lambda w: rules.use_rules(w.session, w.folder / "rules"),
        (("rules used", {"use": 1, "name": ANY}),),
        prepare=lambda w: rule_files.export_rules(w.session, w.folder / "rules"),
    ),
    "rules.use_edit": Row(use_edit, (("rules used", {"use": 1, "name": ANY}),)),
    "signed_updates.list_issuers": reads(lambda w: signed_updates.list_issuers(w.session)),
    "signed_updates.list_updates": reads(lambda w: signed_updates.list_updates(w.session)),
    "signed_updates.show_update": reads(lambda w: signed_updates.show_update(w.session, write_update(w.folder / "update"))),
    "signed_updates.use_tables": reads(lambda w: signed_updates.use_tables(w.session)),
    "signed_updates.trust_issuer": Row(
        trust_issuer,
        (
            ("update issuer consented", {"maker": 1, "key": ISSUER}),
            ("update issuer trusted", {"key": ISSUER, "second": 2}),
        ),
    ),
    "signed_updates.distrust_issuer": Row(
        lambda w: signed_updates.distrust_issuer(w.session, "Headquarters"),
        (("update issuer no longer trusted", {"key": ISSUER}),),
        prepare=trust_issuer,
    ),
    "signed_updates.apply_update": Row(
        lambda w: apply_update(w),
        (("update applied", {"update": 1, "number": 1, "file": ANY, "key": ISSUER}),),
        prepare=trust_issuer,
    ),
    "signed_updates.undo_update": Row(
        lambda w: signed_updates.undo_update(w.session, 1),
        (("update undone", {"update": 1}),),
        prepare=lambda w: (trust_issuer(w), apply_update(w)),
    ),
    "rules.back": Row(lambda w: rules.back(w.session), (("rules taken back", {"use": 1}),), prepare=use_edit),
    "sampling.draw_sample": Row(
        lambda w: sampling.draw_sample(w.session, "2026-W48"), (("sample drawn", {"year": 2026, "week": 48, "reports": ANY}),)
    ),
    # -- what leaves -------------------------------------------------------------------------------------------------
    "check.export_head": Row(
        lambda w: check.export_head(w.session, w.folder / "h.json"), (registered(1, "head"),), (("head", "h.json"),)
    ),
    "send.export_work": (
        Row(
            lambda w: send.export_work(w.session, [TWO, OTHER], w.value.age_key, w.folder / "w.age"),
            (("work package made", {"package": 1, "reports": [2, 4], "media": 0}), registered(1, "work_package")),
            (("work_package", "w.age"),),
            prepare=meet_partner,
        ),
        Row(
            lambda w: send.export_work(
                w.session, [OTHER], w.value.age_key, w.folder / "w.age", with_media=True, consent=w.second
            ),
            (
                ("work package consented", {"maker": 1, "reports": [4]}),
                ("work package made", {"package": 1, "reports": [4], "media": 1}),
                registered(1, "work_package"),
            ),
            (("work_package", "w.age"),),
            prepare=meet_partner,
        ),
    ),
    "send.preview_work": reads(lambda w: send.preview_work(w.session, [TWO], with_media=True)),
    "send_results.preview_results": reads(lambda w: send_results.preview_results(w.session, w.value[0]), prepare=take_package),
    "send_results.export_results": Row(
        lambda w: send_results.export_results(w.session, w.value[0], w.value[1], w.folder / "r.age"),
        (("work results made", {"package": 1, "reports": [5], "sequence": 1}), registered(1, "work_results")),
        (("work_results", "r.age"),),
        prepare=take_package,
    ),
    "receive.import_package": Row(
        lambda w: receive.import_package(w.session, w.value[2], receipt=Receipt()), PACKAGE, prepare=write_package
    ),
    "receive.import_paths": (
        Row(lambda w: receive.import_paths(w.session, [more(w)], receipt=Receipt()), IMPORTED),
        Row(lambda w: receive.import_paths(w.session, [w.value[2]], receipt=Receipt()), PACKAGE, prepare=write_package),
        Row(
            lambda w: receive.import_paths(w.session, [w.value], receipt=Receipt()),
            (("work results imported", {"package": 1, "reports": [4], "conflicts": 1}),),
            prepare=write_results,
        ),
    ),
    "work_list.list_work_reports": reads(
        lambda w: work_list.list_work_reports(w.session, work_list.list_work(w.session)[0].package_id), take_package
    ),
    "work_list.list_workstations": reads(lambda w: work_list.list_workstations(w.session), take_package),
    "work_list.list_work": reads(lambda w: work_list.list_work(w.session), take_package),
    "work_list.list_work_ids": reads(lambda w: work_list.list_work_ids(w.session), take_package),
    "work_list.find_work": reads(lambda w: work_list.find_work(w.session), take_package),
    "work_list.load_work": reads(lambda w: work_list.load_work(w.session, [1]), take_package),
    "resolving.list_conflicts": reads(lambda w: resolving.list_conflicts(w.session), take_results),
    "resolving.list_conflict_ids": reads(lambda w: resolving.list_conflict_ids(w.session), take_results),
    "resolving.load_conflicts": reads(lambda w: resolving.load_conflicts(w.session, [1]), take_results),
    "resolving.resolve_conflict": Row(
        lambda w: resolving.resolve_conflict(w.session, OTHER, "status", "there", "they asked the family"),
        (
            (
                "work conflict resolved",
                {"report": 4, "package": 1, "conflict": 1, "taken": "there", "text": ANY},
            ),
        ),
        prepare=take_results,
    ),
    "export_queue.export_queue": Row(
        lambda w: export_queue.export_queue(w.session, QueueFilter(), w.folder / "q.csv"),
        (("queue exported", {"rows": 4, "bands": 0, "recipient_named": 0, "file": ANY}), registered(1, "queue")),
        (("queue", "q.csv"),),
    ),
    "export_graded.preview_vics": reads(lambda w: export_graded.preview_vics(w.session)),
    "export_graded.preview_icse": reads(lambda w: export_graded.preview_icse(w.session)),
    "export_graded.preview_hashes": reads(lambda w: export_graded.preview_hashes(w.session, kind="md5", grade="adult")),
    "export_timeline.preview_timeline": reads(lambda w: export_timeline.preview_timeline(w.session, [OTHER], w.folder / "t.csv")),
    "packet.preview_packet": reads(lambda w: packet.preview_packet(w.session, [OTHER], edition="redacted")),
    "export_queue.preview_queue": reads(lambda w: export_queue.preview_queue(w.session, QueueFilter())),
    "export_statistics.preview_statistics": reads(
        lambda w: export_statistics.preview_statistics(w.session, "2026-01-01", "2026-01-31")
    ),
    "export_graded.export_vics": Row(
        lambda w: export_graded.export_vics(w.session, w.folder / "v.json"),
        (graded_export("vics", 1), registered(1, "vics")),
        (("vics", "v.json"),),
        prepare=grade,
    ),
    "export_graded.export_icse": Row(
        lambda w: export_graded.export_icse(w.session, w.folder / "i.csv"),
        (graded_export("icse", 0, left_out=1), registered(1, "icse")),
        (("icse", "i.csv"),),
        prepare=grade,
    ),
    "export_graded.export_hashes": Row(
        lambda w: export_graded.export_hashes(w.session, w.folder / "h.txt", kind="md5", grade="adult"),
        (graded_export("hashes", 1), registered(1, "hashes")),
        (("hashes", "h.txt"),),
        prepare=grade,
    ),
    "export_timeline.export_timeline": Row(
        lambda w: export_timeline.export_timeline(w.session, [OTHER], w.folder / "t.csv"),
        (("timeline exported", {"reports": [4], "rows": ANY, "file": ANY}), registered(1, "timeline")),
        (("timeline", "t.csv"),),
    ),
    "rule_files.export_rules": Row(
        lambda w: rule_files.export_rules(w.session, w.folder / "rules"),
        (("rules exported", {"folder": ANY}), *(registered(n, "rules") for n, _ in enumerate(RULE_FILES, 1))),
        tuple(("rules", name) for name in RULE_FILES),
    ),
    "export_feedback.export_feedback": Row(
        lambda w: export_feedback.export_feedback(w.session, w.folder / "f.csv"),
        (("feedback exported", {"rows": 1}), registered(1, "feedback")),
        (("feedback", "f.csv"),),
        prepare=lambda w: decide(w, status="closed", reason="duplicate"),
    ),
    "export_statistics.export_statistics": Row(
        lambda w: export_statistics.export_statistics(w.session, "2026-01-01", "2026-01-31", w.folder / "s"),
        (
            ("statistics exported", {"period": [20260101, 20260131], "overlapping": 0}),
            *(registered(n, "statistics") for n in (1, 2, 3, 4)),
        ),
        tuple(("statistics", f"{name}") for name in ("statistics.csv", "statistics.json", "dictionary.csv", "statistics.pdf")),
        prepare=lambda w: w.patch.setattr("triage.exports.statistic_files.typeset", lambda *_, **__: b"%PDF- drawn"),
    ),
    "counting.iter_counted": reads(
        lambda w: counting.iter_counted(w.session, Period(first="2026-01-01", last="2026-12-31"), ignore_progress, None)
    ),
    "queue_sheet.count_sheet_rows": reads(lambda w: queue_sheet.count_sheet_rows(w.session, QueueFilter(), -1, 0)),
    "queue_sheet.describe_scope": reads(lambda w: queue_sheet.describe_scope(w.session, QueueFilter(), -1, 0)),
    "queue_sheet.read_sheet_rows": reads(lambda w: tuple(queue_sheet.read_sheet_rows(w.session, QueueFilter(), -1, 0))),
    "queue_sheet.load_sheet": reads(lambda w: queue_sheet.load_sheet(w.session, QueueFilter(), -1, 0)),
    "queue.count_queue": reads(lambda w: queue.count_queue(w.session, QueueFilter())),
    "sheet_import.import_sheet": (
        Row(
            lambda w: sheet_import.import_sheet(w.session, w.folder / "q.xlsx"),
            (("report decided", {**DECIDED, "status": "new"}), ("sheet imported", {"export": ANY, "reports": 1})),
            prepare=fill_sheet,
        ),
        reads(lambda w: sheet_import.import_sheet(w.session, w.folder / "q.xlsx", dry_run=True), prepare=fill_sheet),
    ),
    "packet.create_packet": (
        Row(make_packet, (*PACKET, registered(1, "packet")), (("packet", "packet"),), prepare=no_typesetting),
        Row(
            lambda w: make_packet(w, edition="redacted", texts_read=True),
            (*PACKET, ("packet texts read", {"reports": [2, 4], "entry": ANY}), registered(1, "packet")),
            (("packet", "packet"),),
            prepare=no_typesetting,
        ),
        Row(fail_packet, (*PACKET, ("packet not finished", {"reports": [2, 4], "entry": ANY}))),
        Row(
            lambda w: make_packet(w, although_cleared="the defence asks for it"),
            (*PACKET, ("packet made although cleared", {"entry": ANY, "reason": ANY}), registered(1, "packet")),
            (("packet", "packet"),),
            prepare=clear_two,
        ),
    ),
    "stated_checks.run_stated_checks": reads(lambda w: stated_checks.run_stated_checks(w.session, load_packet(w).reports)),
    "viewing_log.write_viewing_log": Row(
        lambda w: viewing_log.write_viewing_log(w.session, w.folder / "packet", w.folder / "viewings.pdf"),
        (registered(2, "viewing_log"),),
        (("viewing_log", "viewings.pdf"),),
        prepare=make_packet,
    ),
    "register.export_register": Row(
        lambda w: register.export_register(w.session, w.folder / "r.json"),
        (registered(1, "register"),),
        (("register", "r.json"),),
    ),
    # -- keeping -----------------------------------------------------------------------------------------------------
    "backup.make_backup": Row(
        lambda w: backup.make_backup(w.session, w.folder / "backup"),
        (("backup made", {"folder": ANY, "backup": 1, "commits": ANY}),),
    ),
    "backup.record_backup_destroyed": Row(
        lambda w: backup.record_backup_destroyed(w.session, backup.list_backups(w.session)[0].id),
        (("backup medium destroyed", {"folder": lambda w: backup.list_backups(w.session)[0].id}),),
        prepare=lambda w: backup.make_backup(w.session, w.folder / "backup"),
    ),
    "destruction.place_hold": Row(
        lambda w: destruction.place_hold(w.session, TWO, "an appeal"), (("hold placed", {"report": 2, "reason": ANY}),)
    ),
    "destruction.lift_hold": Row(
        lambda w: destruction.lift_hold(w.session, TWO),
        (("hold lifted", {"report": 2}),),
        prepare=lambda w: destruction.place_hold(w.session, TWO, "an appeal"),
    ),
    "destruction.clear_person": Row(
        clear_two, (("report decided", {**DECIDED, "status": "closed"}), ("report cleared", {"report": 2}))
    ),
    "destruction.unclear_person": Row(
        lambda w: destruction.unclear_person(w.session, TWO), (("report no longer cleared", {"report": 2}),), prepare=clear_two
    ),
    "destruction.destroy_report": Row(
        destroy,
        (
            ("destruction consented", {"maker": 1, "report": 2}),
            DESTROYED,
            registered(1, "certificate"),
            registered(2, "certificate"),
            registered(3, "register"),
            REBUILT,
        ),
        (("certificate", "gone.json"), ("certificate", "gone.pdf"), ("register", "destructions.json")),
        prepare=no_typesetting,
    ),
    "retention.plan_retention": reads(lambda w: retention.plan_retention(w.session)),
    "retention.destroy_due_reports": Row(
        lambda w: retention.destroy_due_reports(w.session, order="Rule 12", second=w.second, folder=w.folder),
        (
            ("destruction consented", {"maker": 1, "reports": 1, "months": 12}),
            (
                DESTROYED[0],
                DESTROYED[1]
                | {"reason": lambda w: w.store.keyed("retention ended"), "order": lambda w: w.store.keyed("Rule 12")},
            ),
            registered(1, "certificate"),
            registered(2, "certificate"),
            registered(3, "register"),
            REBUILT,
            registered(4, "register"),
        ),
        (
            *(("certificate", f"{TWO}.json"), ("certificate", f"{TWO}.pdf")),
            *(("register", "destructions.json"), ("register", "destructions.json")),
        ),
        prepare=close_two_long_ago,
    ),
    "register.apply_register": Row(
        lambda w: register.apply_register(w.session, w.folder / "destructions.json"),
        (
            ("report destroyed", {"report": 2, "register": ANY}),
            ("register applied", {"made": ANY, "destroyed": 1, "named": 1}),
            REBUILT,
        ),
        prepare=restored,
    ),
    "register.state_no_register": Row(
        lambda w: register.state_no_register(w.session, "none is left"),
        (("no register of destructions", {"reason": ANY}),),
        prepare=restored,
    ),
    "trusted_keys.trust_key": Row(lambda w: trusted_keys.trust_key(w.session, KEY, "Lahore"), (("key trusted", {"key": KEY}),)),
    "trusted_keys.distrust_key": Row(
        lambda w: trusted_keys.distrust_key(w.session, "Lahore"),
        (("key no longer trusted", {"key": KEY}),),
        prepare=lambda w: trusted_keys.trust_key(w.session, KEY, "Lahore"),
    ),
    "keys.show_half": (
        Row(
            show_first_half,
            (
                ("recovery half consented", {"maker": 1, "subject": 3, "half": 1}),
                ("recovery half shown", {"half": 1, "whole": 0, "second": 2}),
            ),
            prepare=add_third,
        ),
        Row(
            show_second_half,
            (
                ("recovery half consented", {"maker": 2, "subject": 2, "half": 2}),
                ("recovery half shown", {"half": 2, "whole": 1, "second": 1}),
            ),
            prepare=lambda w: (add_third(w), show_first_half(w)),
        ),
    ),
    "keys.rotate_master_key": Row(lambda w: keys.rotate_master_key(w.session), (("master key rotated", {}),)),
    "policy.set_policy": Row(
        lambda w: policy.set_policy(w.session, "receipt-required", "yes"),
        (("policy set", {"policy": "receipt-required", "value": "yes"}),),
    ),
    "officer.describe_officer": reads(lambda w: officer.describe_officer(w.session, "second")),
    "officer.set_profile": Row(
        lambda w: officer.set_profile(w.session, "second", {"rank": "Inspector"}), (("profile set", {"subject": 2, "by": 1}),)
    ),
    "users.add_user": Row(
        lambda w: users.add_user(w.session, "third", ["analyst"], NEW_WORDS, w.second),
        (
            ("new user consented", {"maker": 1, "roles": ["analyst"]}),
            ("user added", {"subject": 3, "by": 1, "roles": ["analyst"], "second": 2}),
        ),
    ),
    "users.set_roles": Row(
        lambda w: users.set_roles(w.session, "third", ["examiner"], w.second),
        (
            ("roles consented", {"maker": 1, "subject": 3, "roles": ["examiner"]}),
            ("roles changed", {"subject": 3, "roles": ["examiner"], "second": 2}),
        ),
        prepare=add_third,
    ),
    "users.disable_user": Row(lambda w: users.disable_user(w.session, "second"), (("user disabled", {"subject": 2}),)),
    "users.enable_user": Row(
        lambda w: users.enable_user(w.session, "third", NEW_WORDS, w.second),
        (
            ("enabling consented", {"maker": 1, "subject": 3}),
            ("user enabled", {"subject": 3, "second": 2}),
            ("passphrase changed", {"subject": 3, "by": 1, "second": 2}),
        ),
        prepare=disable_third,
    ),
    "users.reset_passphrase": Row(
        lambda w: users.reset_passphrase(w.session, "third", NEW_WORDS, w.second),
        (
            ("passphrase consented", {"maker": 1, "subject": 3}),
            ("passphrase changed", {"subject": 3, "by": 1, "second": 2}),
        ),
        prepare=add_third,
    ),
    "users.change_passphrase": Row(
        lambda w: users.change_passphrase(w.session, NEW_WORDS),
        (("passphrase changed", {"subject": 1, "by": 1, "second": None}),),
    ),
    "users.confirm_user": Row(
        lambda w: users.confirm_user(w.session, "third"),
        (("recovered user confirmed", {"subject": 3, "by": 1}),),
        prepare=lose_third,
    ),
}

WITHOUT_SESSION: dict[str, Row | tuple[Row, ...]] = {
    "session.create_store": Row(create_store, (("store created", {"store": ANY, "user_added": 1}),)),
    "backup.restore_backup": Row(
        restore,
        (("store restored", {"backup": 1, "commits": ANY}),),
        prepare=lambda w: backup.make_backup(w.session, w.folder / "backup"),
    ),
    "backup.recover_backup": Row(
        recover_backup,
        (("recovery key used", {"subject": 1}), ("store restored", {"backup": 1, "commits": ANY})),
        prepare=show_halves_and_back_up,
    ),
    "keys.recover_user": (
        Row(recover, (("recovery key used", {"subject": 1}),), prepare=show_halves),
        Row(
            lambda w: recover(w, w.second),
            (("recovery key used", {"subject": 1}), ("recovered user confirmed", {"subject": 1, "by": 2})),
            prepare=show_halves,
        ),
    ),
    "keys.rotate_database_key": Row(rotate_database, (("database key replaced", {"generation": ANY}),)),
    "keys.accept_loss": Row(
        accept_loss, (("rollback accepted", {"head_commits": ANY, "head_count": ANY, "head_root": ANY}),), prepare=lose_head
    ),
}
"""Acts that make or open a store themselves."""

ELSEWHERE = {
    "report rose after closing": "tests/jobs/test_versions.py",
    "list begun": "tests/jobs/test_long_lists.py",
    "requests written although cleared": "tests/jobs/requests/test_making.py",
    "backup is current": "tests/store/test_backup_changes.py",
    "schema migrated": "tests/store/test_migrations.py",
    "key file adopted": "tests/store/test_lost_key_steps.py",
    "pages vouched for anew": "tests/store/test_tamper.py",
    "vault bytes set aside": "tests/store/test_rollback.py",
}
"""Entries that no row here leaves, most of them of the store itself, and where they are tested."""
