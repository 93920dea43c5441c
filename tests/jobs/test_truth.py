"""A synthetic national feed goes in, and all that was planted is found again, nothing else: recall and precision are 1."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.jobs.conftest import CHEAP
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import ImportResult, QueueFilter, ShowFile, ShowIdentifier, ShowReport
from triage.store.store import Store
from triage_demo.feed.make import make

REPORTS = int(os.environ.get("TRIAGE_TEST_REPORTS", "60"))
SEED = int(os.environ.get("TRIAGE_TEST_SEED", "23"))
"""TRIAGE_TEST_REPORTS=300 and other seeds before a release."""

COMPARED = {"ip", "email", "phone", "username", "user_id", "display_name", "url", "device"}
"""Kinds that truth.json lists; names and postal addresses it does not."""
Truth = dict[str, Any]


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    feed = make(tmp_path_factory.mktemp("feed"), seed=SEED, reports=REPORTS)
    found: Truth = json.loads(feed.truth.read_text(encoding="utf-8"))
    return {**found, "bundles": feed.bundles}


@pytest.fixture(scope="module")
def store(truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    made = Store.create(tmp_path_factory.mktemp("truth") / "store", "first", "seven green boats", cost=CHEAP)
    with Session(made.store) as session:
        yield session


@pytest.fixture(scope="module")
def result(truth: Truth, store: Session) -> ImportResult:
    return import_bundles(store, [truth["bundles"]], receipt=Receipt())


@pytest.fixture(scope="module")
def shown(truth: Truth, store: Session, result: ImportResult) -> dict[str, ShowReport]:
    """Returns the reports by key of the truth. A report without a number is known by its folder."""
    local = [
        load_report_view(store, row.report_id) for row in list_queue_rows(store, QueueFilter()) if row.report_id.startswith("L-")
    ]
    return {
        report["key"]: load_report_view(store, report["number"])
        if report["number"]
        else next(said for said in local if f"/{report['key']}/" in said.versions[0].sources[0])
        for report in truth["reports"]
    }


def pairs(truth: Truth, shown: dict[str, ShowReport]) -> list[tuple[Truth, ShowReport]]:
    return [(report, shown[report["key"]]) for report in truth["reports"]]


def test_every_report_is_there_once(truth: Truth, store: Session, result: ImportResult) -> None:
    assert (result.reports.new, result.reports.updated, result.reports.unchanged) == (REPORTS, 0, 0)
    numbers = {row.report_id for row in list_queue_rows(store, QueueFilter())}
    assert len(numbers) == REPORTS
    assert {n for n in numbers if not n.startswith("L-")} == {r["number"] for r in truth["reports"] if r["number"]}


def test_what_can_not_be_read_is_set_aside_and_junk_is_not(truth: Truth, result: ImportResult) -> None:
    reasons = {q.path.removeprefix("bundles/"): q.reason for q in result.quarantined}
    assert set(reasons) == set(truth["set_aside"])
    words = {"not well-formed": "damaged"}
    for path, reason in truth["set_aside"].items():
        assert words.get(reason, reason) in str(reasons[path]), path
    assert {s.path.removeprefix("bundles/") for s in result.skipped} == set(truth["junk"])
    assert len(result.skipped) == len(truth["junk"])


def test_every_file_is_counted_once(truth: Truth, result: ImportResult) -> None:
    files = sum(file["present"] for report in truth["reports"] for file in report["files"]) + len(
        set(truth["loose"]) - set(truth["set_aside"])
    )
    assert result.media.new + result.media.duplicate + result.media.near_duplicate == files
    assert result.media.near_duplicate > 0 and result.media.duplicate > 0


def test_every_identifier_with_role_port_and_time(truth: Truth, shown: dict[str, ShowReport]) -> None:
    planted: Counter[tuple[object, ...]] = Counter()
    found: Counter[tuple[object, ...]] = Counter()
    for report, said in pairs(truth, shown):
        planted.update((report["key"], *_of_truth(i)) for i in report["identifiers"] if _listed(i["kind"], i["role"]))
        found.update((report["key"], *_of_show(i)) for i in said.identifiers if _listed(i.kind, i.role))
    assert planted - found == Counter(), "recall"
    assert found - planted == Counter(), "precision"
    assert found.total() > 5 * REPORTS


def _listed(kind: str, role: str) -> bool:
    """truth.json lists addresses of all roles, and what else leads to a person."""
    return kind == "ip" or (kind in COMPARED and role in ("suspect", "recipient", "victim", "associated"))


def _of_truth(i: Truth) -> tuple[object, ...]:
    event = i.get("event")
    return i["kind"], i["value"], i["role"], i.get("port"), i.get("time"), event and event.casefold()


def _of_show(i: ShowIdentifier) -> tuple[object, ...]:
    """Addresses in their normal form, since a PDF writes them out; law enforcement's JSON writes UPLOAD for Upload."""
    event = i.event if i.kind == "ip" else None
    return i.kind, i.normalised if i.kind == "ip" else i.value, i.role, i.port, i.time, event and event.casefold()


def test_links_of_incidents(truth: Truth, shown: dict[str, ShowReport]) -> None:
    for report, said in pairs(truth, shown):
        planted = {i["value"] for i in report["identifiers"] if i["kind"] == "url" and i["role"] == "incident"}
        assert planted <= {i.value for i in said.identifiers if i.kind == "url" and i.role == "incident"}


def test_contact_details_keep_who_verified_them(truth: Truth, shown: dict[str, ShowReport]) -> None:
    for report, said in pairs(truth, shown):
        verified = {(i.value, i.role): i.verified for i in said.identifiers if i.kind in ("phone", "email")}
        for i in report["identifiers"]:
            if i["kind"] in ("phone", "email"):
                assert verified[i["value"], i["role"]] is i["verified"], report["key"]


def test_the_head_of_every_report(truth: Truth, shown: dict[str, ShowReport]) -> None:
    for report, said in pairs(truth, shown):
        for field in ("designation", "priority_code", "incident_type", "incident_time", "escalation"):
            assert getattr(said, field) == report[field], (report["key"], field)
        assert said.esp in (report["esp"], report["platform"])
        assert sorted(said.annotations) == sorted(report["annotations"]), report["key"]
        assert sorted(said.prior_reports) == sorted(set(report["prior_reports"])), report["key"]
        assert (said.received_estimated, said.received) == (
            (True, report["incident_time"]) if report["received"] is None else (False, report["received"])
        )
        for name in report["unknown_elements"]:
            assert [n for n in said.not_understood if name in n.path or name in n.value], (report["key"], name)
        assert report["unknown_elements"] or not said.not_understood, report["key"]
        assert not said.conflicts, report["key"]


def test_every_file_with_its_tri_states(truth: Truth, shown: dict[str, ShowReport]) -> None:
    fields = (
        "original_name", "present", "viewed_by_esp", "exif_viewed_by_esp", "publicly_available", "relevance", "classification",
        "declared_hash_matches", "declared",
    )  # fmt: skip
    for report, said in pairs(truth, shown):
        files = {file.name: file for file in said.files}
        assert set(files) == {file["name"] for file in report["files"]}, report["key"]
        assert len(files) == len(said.files)
        for file in report["files"]:
            found = files[file["name"]]
            for field in fields:
                assert getattr(found, field) == file[field], (report["key"], file["name"], field)
            assert set(file["annotations"]) <= set(found.annotations)
            assert found.sha256 == (file["sha256"] if file["present"] else file["declared"].get("sha256"))


def present(shown: dict[str, ShowReport]) -> list[ShowFile]:
    return [file for said in shown.values() for file in said.files if file.present]


def test_near_duplicates_stand_in_one_group_and_others_do_not(truth: Truth, shown: dict[str, ShowReport]) -> None:
    groups = {file.sha256: file.group for file in present(shown)}
    base = {pair["sha256"]: pair["of"] for pair in truth["near_duplicates"]}
    members: dict[str | None, set[str]] = {}
    for sha256, group in groups.items():
        assert sha256 is not None
        if group is not None:
            members.setdefault(group, set()).add(base.get(sha256, sha256))
    assert [m for m in members.values() if len(m) > 1] == [], "pictures of different scenes in one group"
    checked = 0
    for near, of in base.items():
        if near in groups and of in groups:
            checked += 1
            assert groups[near] == groups[of] is not None
    assert checked >= REPORTS // 20


def test_the_place_of_the_reported_user_is_never_the_wrong_one(truth: Truth, shown: dict[str, ShowReport]) -> None:
    decided = told = 0
    for report, said in pairs(truth, shown):
        country = report["expected_country"]
        if country is None:
            continue
        verdict = next((p.in_pakistan for p in said.location.by_person if p.of == "suspect"), None)
        assert verdict in (country == "PK", None), (report["key"], country, said.location.by_person)
        told += 1
        decided += verdict is not None
    assert decided >= 0.85 * told


def test_reports_that_share_a_strong_identifier_are_linked(truth: Truth, shown: dict[str, ShowReport]) -> None:
    holders: dict[tuple[str, str], set[str]] = {}
    for said in shown.values():
        for i in said.identifiers:
            if i.role == "suspect" and i.kind in ("email", "phone", "device") and i.normalised:
                holders.setdefault((i.kind, i.normalised), set()).add(said.report_id)
    shared = [found for found in holders.values() if len(found) > 1]
    assert shared
    for found in shared:
        for said in shown.values():
            if said.report_id in found:
                assert found - {said.report_id} <= {link.report_id for link in said.links}, said.report_id


def test_a_second_import_changes_nothing(truth: Truth, store: Session, result: ImportResult) -> None:
    before = {row.report_id: row for row in list_queue_rows(store, QueueFilter())}
    again = import_bundles(store, [truth["bundles"]], receipt=Receipt())
    assert (again.reports.new, again.reports.updated, again.reports.unchanged) == (0, 0, REPORTS)
    assert (again.media.new, again.media.near_duplicate) == (0, 0)
    assert {row.report_id: row for row in list_queue_rows(store, QueueFilter())} == before


def test_passwords_open_what_is_locked(truth: Truth, store: Session, result: ImportResult) -> None:
    passwords = [word.encode() for word in truth["passwords"]]
    locked = import_bundles(store, [truth["bundles"] / "locked.zip"], receipt=Receipt(), passwords=[b"wrong", *passwords])
    assert locked.quarantined == ()
    assert (locked.reports.new, locked.reports.unchanged) == (0, 1)
