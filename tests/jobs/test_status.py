"""The status bar's check of the audit log: whole once a day, between that what is new, and never less than what was wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from triage.decode.client import MediaPool
from triage.jobs import status
from triage.jobs.session import Session
from triage.jobs.status import MachineStatus, check_machine
from triage.model.media import SandboxStatus
from triage.store.database import Reader
from triage.store.queries import audit_log

POOL = cast(MediaPool, SimpleNamespace(check_restrictions=lambda: SandboxStatus(restrictions=(), confined=True)))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """From which entry on the log was read, for each reading."""
    found, inner = list[int](), audit_log.iter_entries

    def noted(reader: Reader, first: int = 0) -> Iterator[tuple[int, str, bytes]]:
        found.append(first)
        return inner(reader, first)

    monkeypatch.setattr(audit_log, "iter_entries", noted)
    monkeypatch.setattr(status, "_VERIFIED", {})
    return found


def look(session: Session) -> MachineStatus:
    return check_machine(session, POOL)


def add(session: Session, count: int = 3) -> None:
    for _ in range(count):
        with session.store.batch() as batch:
            batch.note("thing done")


def test_only_what_is_new_is_read_again(session: Session, read: list[int]) -> None:
    add(session)
    first = look(session)
    add(session)
    again = look(session)
    assert first.record_valid and again.record_valid
    assert read == [0, first.record_entries] and again.record_entries == first.record_entries + 3
    assert again.record_whole_at == first.record_whole_at


def test_all_is_read_again_after_a_day(session: Session, read: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    look(session)
    monkeypatch.setattr(status, "WHOLE_EVERY_SECONDS", 0)
    assert look(session).record_valid
    assert read == [0, 0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET json = replace(json, 'thing done', 'thing gone') WHERE n = 2",
        "DELETE FROM audit_entry WHERE n = 2",
        "DELETE FROM audit_entry WHERE n = (SELECT max(n) FROM audit_entry)",
        "UPDATE audit_state SET root = zeroblob(32)",
        "UPDATE audit_state SET count = count - 1",
    ],
)
def test_a_change_to_an_old_entry_is_found_at_once(session: Session, read: list[int], statement: str) -> None:
    add(session)
    assert look(session).record_valid
    session.store._database.writer.execute(statement)
    assert not look(session).record_valid
    assert read[-1] == 0, "a problem is stated by a whole check"
    assert not look(session).record_valid


def test_another_history_of_the_same_store_is_no_problem(session: Session, read: list[int]) -> None:
    """A backup that was put in the store's place has the same id, and other entries."""
    add(session)
    status._VERIFIED[session.store.id, session.store.directory] = status._VerifiedLog(
        2, b"x" * 32, "2026-01-01T00:00:00Z", float("inf")
    )
    assert look(session).record_valid
    assert read == [2, 0]


def test_a_copy_of_the_store_in_another_folder_is_verified_whole(session: Session, read: list[int], tmp_path: Path) -> None:
    add(session)
    look(session)
    session.store.directory = tmp_path / "copy"
    look(session)
    assert read == [0, 0]


def test_a_clock_behind_the_audit_log_is_said(session: Session, read: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    add(session, 1)
    assert look(session).clock_behind is None
    monkeypatch.setattr(status, "now", lambda: "2020-01-01T00:00:00Z")
    assert look(session).clock_behind == session.store.verify_log().last_step
