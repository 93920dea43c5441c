"""A shift is closed with what is open, and taken over by another person."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.jobs.bundles import import_reports
from tests.jobs.conftest import MakeStore
from tests.jobs.listed import list_outgoing
from tests.people import add_person
from triage.errors import NotFound, Refused
from triage.exports.verify import verify_file
from triage.jobs.casework import shift
from triage.jobs.casework.decisions import decide
from triage.jobs.casework.funnel import list_overdue
from triage.jobs.casework.shift import acknowledge_shift, close_shift, list_shifts, print_shift, show_shift
from triage.jobs.session import Session, unlock
from triage.model.users import Role

NUMBERS = ("900000501", "900000502")


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, folder: Path) -> None:
        import_reports(session, folder, NUMBERS)
        with session.store.batch() as batch:
            batch.execute("UPDATE report_version SET imported = '2020-01-01T00:00:00Z'")
            batch.execute("UPDATE queue SET arrived = unixepoch('2020-01-01T00:00:00Z')")
        put_all_in_band_a(session)

    return make_store(fill)


def put_all_in_band_a(session: Session) -> None:
    with session.store.batch() as batch:
        batch.execute("UPDATE queue SET band = 0")


def test_a_sheet_lists_what_is_open_now_and_keeps_the_counts_of_then(filled: Session) -> None:
    sheet = close_shift(filled, "the Rawalpindi operator calls back")
    lists = {each.name: each for each in sheet.lists}
    assert [row.number for row in lists["open in band A"].rows] == sorted(NUMBERS)
    assert lists["open in band A, assigned to nobody"].total == 2
    assert [row.number for row in lists["no outcome in time"].rows] == sorted(NUMBERS)
    decide(filled, NUMBERS[0], assignee="first")
    decide(filled, NUMBERS[1], status="closed", reason="adult")
    put_all_in_band_a(filled)  # the decisions judged linked reports anew
    later = show_shift(filled, sheet.number)
    now = {each.name: each.total for each in later.lists}
    assert (now["open in band A"], now["open in band A, assigned to nobody"]) == (1, 0)
    assert later.counts["open in band A"] == 2 and later.note == sheet.note


def test_a_long_list_is_counted_and_not_read_whole(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shift, "MOST", 1)
    overdue = Mock(side_effect=list_overdue)
    monkeypatch.setattr(shift, "list_overdue", overdue)
    lists = {each.name: each for each in show_shift(filled, close_shift(filled).number).lists}
    for name in ("open in band A", "no outcome in time"):
        assert (lists[name].total, len(lists[name].rows)) == (2, 1)
    assert overdue.call_args.args[1] == 1


def test_the_next_person_acknowledges_once_and_nobody_their_own(filled: Session) -> None:
    add_person(filled.store, "next", [Role.ANALYST], "nine grey hills")
    number = close_shift(filled).number
    with pytest.raises(Refused, match="closed this shift yourself"):
        acknowledge_shift(filled, number)
    with unlock(filled.store.directory, "next", "nine grey hills") as other:
        assert acknowledge_shift(other, number).acknowledged_by == "next"
        with pytest.raises(Refused, match="was acknowledged on"):
            acknowledge_shift(other, number)
    assert [s.acknowledged_by for s in list_shifts(filled)] == ["next"]
    with pytest.raises(NotFound):
        show_shift(filled, 99)


def test_a_printed_sheet_is_signed_registered_and_never_written_over(filled: Session, tmp_path: Path) -> None:
    number, out = close_shift(filled).number, tmp_path / "shift.pdf"
    print_shift(filled, number, out)
    assert verify_file(out).valid
    assert [(o.kind, o.name) for o in list_outgoing(filled)] == [("shift_sheet", "shift.pdf")]
    with pytest.raises(Exception, match="exists already"):
        print_shift(filled, number, out)
    add_person(filled.store, "next", [Role.ANALYST], "nine grey hills")
    with unlock(filled.store.directory, "next", "nine grey hills") as other, pytest.raises(Refused, match="export queues"):
        print_shift(other, number, tmp_path / "other.pdf")
