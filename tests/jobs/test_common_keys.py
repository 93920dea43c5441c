"""Cards do not depend on the order of arrival either where more reports share a key than it can link."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.jobs.bundles import le_json
from tests.jobs.test_order import everything, judged_anew
from tests.thorough import THOROUGH
from triage import links
from triage.jobs.casework.decisions import decide
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging import key_keeping, material, same_content
from triage.jobs.judging.assess import assess
from triage.jobs.keeping.destruction import clear_person, erase_report, unclear_person
from triage.jobs.session import Session, now
from triage.links import link_kinds
from triage.model.handover import Receipt
from triage.store.queries import destruction, reports

MOST, NUMBERS = 4, range(900000500, 900000520)


@pytest.fixture(autouse=True)
def _few_holders(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key links few reports, so that a small store has keys that link none."""
    for module in (links, link_kinds):
        monkeypatch.setattr(module, "MAX_HOLDERS", MOST)
    for module in (material, key_keeping):
        monkeypatch.setattr(module, "ENOUGH", MOST + 3)
    monkeypatch.setattr(same_content, "_ASKED", 5)


def draw_report(dice: random.Random) -> bytes:
    """Returns a version of a report, with few users, victims and earlier reports to share."""
    name = f"user_{dice.randrange(3)}"
    user: dict[str, object] = {
        "screenName": {"value": name},
        "emails": {"emails": [{"value": f"{name}@mail.example.invalid"}]},
    }
    if dice.random() < 0.5:
        user["priorReports"] = [str(dice.choice(NUMBERS[:3]))]
    told: dict[str, object] = {
        "reportingEsp": {"espName": "Lantern Chat"},
        "incidentSummary": {
            "incidentType": "Online Enticement",
            "incidentDateTime": f"2026-10-0{dice.randrange(1, 4)}T05:00:00Z",
        },
        "reportedPeople": {"reportedPersons": [user]},
    }
    if dice.random() < 0.6:
        told["victims"] = {"victims": [{"phones": {"phones": [{"value": f"+92 300 000077{dice.randrange(2)}"}]}}]}
    return le_json(dice.choice(NUMBERS), reportedInformation=told, uploadedFiles={"uploadedFiles": []})


def change_something(session: Session, dice: random.Random) -> None:
    """Closes, clears or destroys a report, or takes back that it was cleared."""
    with session.reading() as db:
        report_id = dice.choice([i for (i,) in db.all("SELECT id FROM report ORDER BY id")])
        number, cleared = reports.load_number(db, report_id), destruction.find_cleared(db, [report_id])
    act = dice.choice(["close", "close", "clear", "destroy"])
    if act == "close":
        decide(session, number, status="closed", reason=dice.choice(["adult", "insufficient information"]))
    elif act == "clear":
        if cleared:
            unclear_person(session, number)
        else:
            clear_person(session, number, "cleared by the court")
    else:
        with session.store.batch() as batch:
            names = tuple(reports.load_all_numbers(batch, [report_id])[report_id])
            counted = destruction.add_destruction(
                batch, report_id, destroyed=now(), user=session.user.id, second=session.user.id, documents=0, media=0
            )
            erase_report(session, batch, report_id, names, destruction.plan_destruction(batch, report_id), counted)
            batch.note("test changed", files=1)


@pytest.mark.parametrize("seed", range(8 if THOROUGH else 1))
def test_cards_are_as_if_all_were_judged_anew(session: Session, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    for step in range(14 if THOROUGH else 3):
        folder = tmp_path / str(step)
        folder.mkdir()
        for n in range(dice.choice([1, 2, 6])):
            (folder / f"{n}.json").write_bytes(draw_report(dice))
        import_bundles(session, [folder], receipt=Receipt())
        change_something(session, dice)
        assess(session)
    found = everything(session)
    assert found == judged_anew(session, 0)
