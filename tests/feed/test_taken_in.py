"""The whole way: the feed is imported, and everything that was planted is found again, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from triage.feed.make import Feed
from triage.jobs.import_bundles import Receipt, import_bundles
from triage.jobs.session import Session, create_store
from triage.jobs.triage_report import show
from triage.model.views import ImportResult, ShowReport

SAME = ("incident_type", "incident_time", "priority_code", "designation", "escalation")
SAME_OF_FILES = (
    "present", "viewed_by_esp", "exif_viewed_by_esp", "publicly_available", "classification", "relevance",
    "declared_hash_matches", "original_name",
)  # fmt: skip
Planted = dict[str, Any]


@pytest.fixture(scope="module")
def taken(feed: Feed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, ImportResult]]:
    store = tmp_path_factory.mktemp("taken") / "store"
    session = create_store(store, "first", "seven green boats on the canal 41").session
    receipt = Receipt(received_from="test", medium="folder", note="")
    yield session, import_bundles(session, [feed.bundles], receipt=receipt)
    session.close()


@pytest.fixture(scope="module")
def pairs(taken: tuple[Session, ImportResult], truth: Planted) -> list[tuple[Planted, ShowReport]]:
    """What was planted beside what is shown, for every report that has a number."""
    return [(report, show(taken[0], report["number"])) for report in truth["reports"] if report["number"]]


def test_every_report_is_new_and_what_cannot_be_read_is_set_aside(
    taken: tuple[Session, ImportResult], truth: Planted, feed: Feed
) -> None:
    result = taken[1]
    assert result.reports.new == len(truth["reports"]) and result.reports.updated == 0
    set_aside = {Path(entry.path).relative_to("bundles").as_posix() for entry in result.quarantined}
    assert set_aside == set(truth["set_aside"])
    assert len(result.skipped) == len(truth["junk"])
    files = sum(file["present"] for report in truth["reports"] for file in report["files"]) + len(truth["loose"])
    assert result.media.new + result.media.duplicate + result.media.near_duplicate == files


def test_reports_say_what_was_planted(pairs: list[tuple[Planted, ShowReport]]) -> None:
    for planted, shown in pairs:
        for name in SAME:
            assert getattr(shown, name) == planted[name], (planted["key"], name)
        assert sorted(shown.annotations) == sorted(planted["annotations"])
        assert shown.esp in (planted["esp"], planted["platform"])
        assert set(planted["prior_reports"]) <= set(shown.prior_reports)
        kept = " ".join(entry.path for entry in shown.not_understood)
        assert all(name in kept for name in planted["unknown_elements"])
        assert planted["unknown_elements"] or not shown.not_understood, (planted["key"], shown.not_understood)


def test_identifiers_are_found_with_role_port_and_time(pairs: list[tuple[Planted, ShowReport]]) -> None:
    for planted, shown in pairs:
        found = {(i.kind, text, i.role, i.port, i.time) for i in shown.identifiers for text in (i.value, i.normalised)}
        for i in planted["identifiers"]:
            assert (i["kind"], i["value"], i["role"], i.get("port"), i.get("time")) in found, (planted["key"], i)


def test_files_keep_their_tri_states_and_digests(pairs: list[tuple[Planted, ShowReport]]) -> None:
    for planted, shown in pairs:
        files = {file.name: file for file in shown.files}
        assert len(shown.files) == len(planted["files"])
        for file in planted["files"]:
            found = files[file["name"]]
            for name in SAME_OF_FILES:
                assert getattr(found, name) == file[name], (planted["key"], file["name"], name)
            assert set(file["annotations"]) <= set(found.annotations)
            assert not file["present"] or found.sha256 == file["sha256"]


def test_near_duplicates_are_seen(taken: tuple[Session, ImportResult], truth: Planted) -> None:
    assert truth["near_duplicates"]
    assert taken[1].media.near_duplicate > 0 and taken[1].media.duplicate > 0
