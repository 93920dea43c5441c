"""A provider's recurring sentences raise nothing, in whatever order the reports came; what the parties say always counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg
from tests.jobs.conftest import OpenNew
from tests.jobs.test_order import cards, folder
from tests.thorough import THOROUGH
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.provider_profiles import measure_providers
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import QueueFilter
from triage.priority import BOILERPLATE_FROM
from triage.store.queries import key_holders, link_values

FOOTER = "Users of this service sometimes threaten to share images with the family of a child."
THREAT = "He threatens to share the images with her family."


def bundle(
    place: Path, number: int, prose: str, *, chat: str = "", provider: str = "Lantern Chat", user: str = "", picture: int = 1
) -> Path:
    people = {"reportedPersons": [{"screenName": {"value": user or f"user_{number}"}}]}
    incident = {"chatImIncident": [{"contents": [{"value": chat}]}]} if chat else {}
    return folder(
        place,
        number,
        jpeg(picture),
        reportedInformation={
            "reportingEsp": {"espName": provider},
            "incidentSummary": {"incidentType": "Apparent Child Pornography", "incidentDateTime": "2026-10-01T05:00:00Z"},
            "reportedPeople": people,
            "incidentDetails": incident,
            "additionalInformations": [{"value": prose}],
            "uploadedFiles": {"uploadedFiles": [{"filename": f"{number}.jpg"}]},
        },
    )


def bands(session: Session) -> dict[str, str]:
    return {row.report_id: row.band for row in list_queue_rows(session, QueueFilter())}


def rules(session: Session, number: int) -> set[str]:
    return {factor.rule for factor in load_report_view(session, str(number)).score.factors}


def test_a_sentence_that_recurs_raises_nothing_and_the_card_says_so(session: Session, tmp_path: Path) -> None:
    numbers = range(900000700, 900000700 + BOILERPLATE_FROM - 1)
    import_bundles(session, [bundle(tmp_path, n, f"Seen at {n}. {FOOTER}") for n in numbers], receipt=Receipt())
    assert set(bands(session).values()) == {"B"}
    last = numbers[-1] + 1
    import_bundles(session, [bundle(tmp_path, last, f"{FOOTER} {THREAT}")], receipt=Receipt())
    found = bands(session)
    assert {found[str(n)] for n in numbers} <= {"C", "D"}
    assert "note.boilerplate" in rules(session, numbers[0]) and "floor.threat" not in rules(session, numbers[0])
    assert found[str(last)] == "B", "what is said of this user alone"
    (profile,) = measure_providers(session)
    assert (profile.boilerplate.hits, profile.boilerplate.of) == (BOILERPLATE_FROM, BOILERPLATE_FROM)


def test_reports_that_share_nothing_but_a_sentence_are_judged_anew_once_it_recurs(session: Session, tmp_path: Path) -> None:
    """A shared file has them judged anew anyhow, and hides that nobody asked for it."""
    first, *others = range(900000700, 900000700 + BOILERPLATE_FROM)
    import_bundles(session, [bundle(tmp_path, n, FOOTER, picture=n) for n in others], receipt=Receipt())
    assert set(bands(session).values()) == {"B"} and load_report_view(session, str(others[0])).links == ()
    import_bundles(session, [bundle(tmp_path, first, FOOTER, picture=first)], receipt=Receipt())
    assert "B" not in bands(session).values() and "note.boilerplate" in rules(session, others[0])


def test_thirty_reports_on_one_user_are_no_boilerplate(session: Session, tmp_path: Path) -> None:
    some = [bundle(tmp_path, 900000800 + n, THREAT, user="one_user") for n in range(BOILERPLATE_FROM + 2)]
    import_bundles(session, some, receipt=Receipt())
    assert set(bands(session).values()) <= {"A", "B"} and "floor.threat" in rules(session, 900000800)


def test_another_provider_has_its_own_boilerplate(session: Session, tmp_path: Path) -> None:
    some = [bundle(tmp_path, 900000900 + n, FOOTER, provider=f"Service {n % 2}") for n in range(BOILERPLATE_FROM + 2)]
    import_bundles(session, some, receipt=Receipt())
    assert "floor.threat" in rules(session, 900000900)


def test_a_script_sent_to_many_is_no_boilerplate(session: Session, tmp_path: Path) -> None:
    said = "pay me or i will send your pictures to your family"
    some = [bundle(tmp_path, 900001000 + n, "Reported.", chat=said) for n in range(BOILERPLATE_FROM + 2)]
    import_bundles(session, some, receipt=Receipt())
    assert "floor.threat" in rules(session, 900001000)
    with session.reading() as db:
        assert link_values.load_values_of_kind(db, range(1, 20), key_holders.SENTENCE) == {}


@pytest.mark.parametrize("count", [BOILERPLATE_FROM - 1, BOILERPLATE_FROM, BOILERPLATE_FROM + 1])
def test_the_order_of_arrival_changes_no_card(open_new: OpenNew, tmp_path: Path, count: int) -> None:
    """One by one and all at once; the other way round at the threshold, and beside it when THOROUGH."""
    bundles = [bundle(tmp_path / "in", 900001100 + n, FOOTER) for n in range(count)]
    first = cards(open_new, tmp_path / "a", bundles)
    if THOROUGH or count == BOILERPLATE_FROM:
        assert cards(open_new, tmp_path / "b", bundles[::-1]) == first
    assert cards(open_new, tmp_path / "c", [tmp_path / "in"]) == first
    assert ("recurs in" in str(first)) == (count >= BOILERPLATE_FROM)


def test_a_number_in_a_sentence_is_no_difference(session: Session, tmp_path: Path) -> None:
    told = "On day {n} a user threatened to share images with the family."
    some = [bundle(tmp_path, 900001200 + n, told.format(n=n)) for n in range(BOILERPLATE_FROM)]
    import_bundles(session, some, receipt=Receipt())
    assert "note.boilerplate" in rules(session, 900001200)
