"""Notes on a report are added and never changed, and no paper that leaves holds them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.jobs.bundles import write_bundle
from tests.jobs.conftest import MakeStore
from tests.people import add_person
from triage.errors import NotFound, Refused
from triage.jobs.casework.notes import MOST_CHARACTERS, add_note
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.leaving.packet_contents import leave_out_internal
from triage.jobs.reading.copying import record_copy
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.users import Role

NUMBER = "900000001"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, folder: Path) -> None:
        import_bundles(session, [write_bundle(folder / "in")], receipt=Receipt())

    return make_store(fill)


def test_notes_stand_with_author_and_time_the_oldest_first(filled: Session) -> None:
    add_note(filled, NUMBER, "  The school was called.\n")
    add_note(filled, NUMBER, "Nobody answered.")
    shown = load_report_view(filled, NUMBER).notes
    assert [note.text for note in shown] == ["The school was called.", "Nobody answered."]
    assert {note.user for note in shown} == {filled.user.name}
    assert all(note.when.endswith("Z") and not note.elsewhere for note in shown)


@pytest.mark.parametrize("text", ["", " \n\t", "x" * (MOST_CHARACTERS + 1)])
def test_a_note_says_something_and_not_too_much(filled: Session, text: str) -> None:
    with pytest.raises(Refused):
        add_note(filled, NUMBER, text)
    assert load_report_view(filled, NUMBER).notes == ()


def test_a_note_needs_a_report_and_a_role(filled: Session, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        add_note(filled, "900999999", "x")
    filled.store.user = add_person(filled.store, "eye", [Role.AUDITOR], "eight green boats")
    with pytest.raises(Refused):
        add_note(filled, NUMBER, "x")


def test_a_packet_leaves_notes_out(filled: Session) -> None:
    add_note(filled, NUMBER, "only for us")
    shown = load_report_view(filled, NUMBER)
    assert shown.notes
    assert leave_out_internal(shown).notes == ()


def test_the_log_holds_no_copied_value_in_the_clear(filled: Session) -> None:
    record_copy(filled, NUMBER, "email", "kite@mail.example.invalid")
    entry = filled.store.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1")
    said = json.loads(entry)
    assert said["kind"] == "value copied"
    assert said["about"]["sort"] == "email"
    assert said["about"]["value"] == filled.store.keyed("kite@mail.example.invalid")
    assert "kite@mail" not in entry
