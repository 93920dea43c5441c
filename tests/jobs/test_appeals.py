"""Appeals: open until answered, kept with the case, and gone with the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.bundles import import_reports
from tests.jobs.conftest import MakeStore
from tests.people import add_person
from triage.errors import NotFound, Refused
from triage.jobs.casework import appeals, cases
from triage.jobs.consent import Consent
from triage.jobs.keeping import destruction
from triage.jobs.session import Session
from triage.model.users import Role

ONE, TWO, THREE = "900000511", "900000512", "900000513"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    return make_store(lambda session, folder: import_reports(session, folder, (ONE, TWO, THREE)))


def test_an_appeal_is_open_until_it_is_answered(filled: Session) -> None:
    case = cases.open_case(filled, [ONE])
    (appeal,) = appeals.record_appeal(
        filled, case.number, " The account was taken over. ", from_whom="a brother", received="2026-11-02"
    ).appeals
    assert (appeal.text, appeal.from_whom, appeal.received, appeal.report) == (
        "The account was taken over.", "a brother", "2026-11-02", ONE,
    )  # fmt: skip
    assert appeal.open and appeal.answered_by is None
    (answered,) = appeals.answer_appeal(filled, case.number, appeal.id, "The provider confirms it.").appeals
    assert (answered.open, answered.answer, answered.answered_by) == (False, "The provider confirms it.", "first")
    with pytest.raises(Refused, match="answered already"):
        appeals.answer_appeal(filled, case.number, appeal.id, "again")
    assert cases.show_case(filled, case.number).appeals == (answered,)


def test_an_appeal_names_a_report_of_its_case(filled: Session) -> None:
    case = cases.open_case(filled, [ONE, TWO])
    assert appeals.record_appeal(filled, case.number, "words").appeals[-1].report is None
    assert appeals.record_appeal(filled, case.number, "words", report=TWO).appeals[-1].report == TWO
    with pytest.raises(Refused, match="not in case"):
        appeals.record_appeal(filled, case.number, "words", report=THREE)
    with pytest.raises(Refused, match="Enter what"):
        appeals.record_appeal(filled, case.number, " ")
    with pytest.raises(Refused, match="clock"):
        appeals.record_appeal(filled, case.number, "words", received="2999-01-01")
    with pytest.raises(NotFound, match="no appeal"):
        appeals.answer_appeal(filled, case.number, 77, "words")


@pytest.mark.usefixtures("short_papers")
def test_destruction_takes_its_words_away(filled: Session, tmp_path: Path) -> None:
    add_person(filled.store, "second", [Role.LEAD], "nine grey hills")
    case = cases.open_case(filled, [ONE, TWO])
    for report in (None, ONE, TWO):
        appeals.record_appeal(filled, case.number, f"about {report}", report=report)

    def destroy(number: str) -> list[str]:
        destruction.destroy_report(
            filled,
            number,
            reason="acquitted",
            order="order 1",
            second=Consent("second", "nine grey hills"),
            certificate=tmp_path / f"{number}.json",
        )
        return [each.text for each in cases.show_case(filled, case.number).appeals]

    assert destroy(ONE) == ["about None", f"about {TWO}"], "what is about the case stays while it holds a report"
    assert destroy(TWO) == []
