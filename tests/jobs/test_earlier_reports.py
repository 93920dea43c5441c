"""Earlier reports on a user are those on that user: not on a shared victim, not those that told of no offence, and none twice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from triage.jobs.casework.decisions import decide, undo_decision
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import destruction
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.handover import Receipt

OLD, NEW = "900000600", "900000601"
PHONE = "+92 300 0000666"
EMAIL = "kite@mail.example.invalid"


def someone(number: str, phone: str | None = None, prior: str | None = None, email: str | None = None) -> dict[str, object]:
    told: dict[str, object] = {"screenName": {"value": f"user_{number}"}}
    if email:
        told["emails"] = {"emails": [{"value": email}]}
    if phone:
        told["phones"] = {"phones": [{"value": phone}]}
    if prior:
        told["priorReports"] = [prior]
    return told


def write_report(folder: Path, number: str, suspect: Mapping[str, object], victim: Mapping[str, object] | None = None) -> Path:
    """Writes a report with this reported user and victim; returns its folder."""
    told = {
        "reportingEsp": {"espName": "Lantern Chat"},
        "incidentSummary": {"incidentType": "Online Enticement", "incidentDateTime": f"2026-10-0{number[-1]}T05:00:00Z"},
        "reportedPeople": {"reportedPersons": [suspect]},
    }
    if victim is not None:
        told["victims"] = {"victims": [victim]}
    (folder / number).mkdir(parents=True)
    (folder / number / "r.json").write_bytes(le_json(int(number), reportedInformation=told))
    (folder / number / f"{number}.jpg").write_bytes(jpeg(int(number)))
    return folder / number


def import_folders(session: Session, *folders: Path) -> None:
    """Imports each folder by itself, in order."""
    for folder in folders:
        import_bundles(session, [folder], receipt=Receipt())


def earlier(session: Session, number: str) -> str | None:
    found = [str(f.value) for f in load_report_view(session, number).score.factors if f.rule == "access.known_reports"]
    return found[0] if found else None


def links(session: Session, number: str) -> set[tuple[str, bool]]:
    return {(link.via, link.same_user) for link in load_report_view(session, number).links}


@pytest.mark.parametrize("turned", [False, True], ids=["the old one first", "the new one first"])
def test_a_shared_victim_ties_reports_and_is_no_earlier_report_on_the_user(
    session: Session, tmp_path: Path, turned: bool
) -> None:
    folders = [write_report(tmp_path, n, someone(n), someone(n + "v", PHONE)) for n in (OLD, NEW)]
    import_folders(session, *(folders[::-1] if turned else folders))
    assert links(session, NEW) == links(session, OLD) == {("phone", False)}
    assert earlier(session, NEW) is earlier(session, OLD) is None
    assert "repeat" not in load_report_view(session, NEW).score.flags


@pytest.mark.parametrize("turned", [False, True], ids=["the old one first", "the new one first"])
def test_a_user_who_was_the_victim_of_another_report_is_not_called_a_repeated_one(
    session: Session, tmp_path: Path, turned: bool
) -> None:
    folders = [
        write_report(tmp_path, OLD, someone(OLD), someone(OLD + "v", PHONE)),
        write_report(tmp_path, NEW, someone(NEW, PHONE)),
    ]
    import_folders(session, *(folders[::-1] if turned else folders))
    assert links(session, NEW) == links(session, OLD) == {("phone", False)}
    assert earlier(session, NEW) is earlier(session, OLD) is None


def test_a_report_that_shares_the_victim_alone_is_not_called_left_out(session: Session, tmp_path: Path) -> None:
    """How many were left out depended on which keys were shared, and on when the card was made."""
    import_folders(
        session,
        write_report(tmp_path, OLD, someone(OLD), someone(OLD + "v", PHONE)),
        write_report(tmp_path, NEW, someone(NEW, prior="900000001"), someone(NEW + "v", PHONE)),
    )
    assert earlier(session, NEW) == "1 named by the source, 0 linked in the store", (
        "the store does not hold the one that is named"
    )
    decide(session, OLD, status="closed", reason="account compromised")
    assert earlier(session, NEW) == "1 named by the source, 0 linked in the store"


def test_the_same_user_is_and_a_report_that_told_of_no_offence_is_left_out(session: Session, tmp_path: Path) -> None:
    import_folders(
        session, write_report(tmp_path, OLD, someone(OLD, email=EMAIL)), write_report(tmp_path, NEW, someone(NEW, email=EMAIL))
    )
    assert links(session, NEW) == {("email", True)}
    assert earlier(session, NEW) == "0 named by the source, 1 linked in the store"
    decide(session, OLD, status="closed", reason="insufficient information")
    assert earlier(session, NEW) == "0 named by the source, 1 linked in the store"
    closed = decide(session, OLD, status="closed", reason="innocent family or medical picture")
    assert earlier(session, NEW) is None
    assert "repeat" not in load_report_view(session, NEW).score.flags
    undo_decision(session, closed)
    assert earlier(session, NEW) == "0 named by the source, 1 linked in the store"
    decide(session, OLD, status="closed", reason="account compromised")
    assert earlier(session, NEW) is None
    decide(session, OLD, status="in_progress")
    assert earlier(session, NEW) == "0 named by the source, 1 linked in the store"


def test_a_shared_telephone_is_named_and_no_earlier_report(session: Session, tmp_path: Path) -> None:
    import_folders(session, write_report(tmp_path, OLD, someone(OLD, PHONE)), write_report(tmp_path, NEW, someone(NEW, PHONE)))
    assert links(session, NEW) == {("phone", True)}
    assert earlier(session, NEW) is None
    assert "same telephone" in load_report_view(session, NEW).score.flags
    assert "repeat" not in load_report_view(session, NEW).score.flags


def test_what_the_source_names_is_left_out_as_well_once_it_is_cleared(session: Session, tmp_path: Path) -> None:
    import_folders(session, write_report(tmp_path, OLD, someone(OLD)), write_report(tmp_path, NEW, someone(NEW, prior=OLD)))
    assert earlier(session, NEW) == "1 named by the source, 1 linked in the store"
    destruction.clear_person(session, OLD, "another person used the account")
    assert earlier(session, NEW) is None
    destruction.unclear_person(session, OLD)
    assert earlier(session, NEW) == "1 named by the source, 1 linked in the store"
    decide(session, OLD, status="closed", reason="not a crime here")
    assert earlier(session, NEW) is None
