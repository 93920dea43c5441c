"""Records what a person notes on a report. A note stays as it was written, with its author and time."""

from __future__ import annotations

from triage.errors import Refused
from triage.jobs.lookup import find_report
from triage.jobs.session import Session, now
from triage.model.users import Right
from triage.store.queries import notes

MOST_CHARACTERS = 4_000  # of one note


def add_note(session: Session, report_number: str, text: str) -> int:
    """Adds a note to a report and returns its id. Nobody can change or remove it; a later note can correct it.

    Raises:
        Refused: if the note is empty or too long
    """
    session.require(Right.DECIDE)
    said = text.strip()
    if not said:
        raise Refused("The note is empty; write what the next person should know.")
    if len(said) > MOST_CHARACTERS:
        raise Refused("The note has {n} characters; write at most {most}.", n=len(said), most=MOST_CHARACTERS)
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        note = notes.add_note(batch, report_id=report_id, made=now(), user_id=session.user.id, text=said)
        if note is None:
            raise AssertionError("a note written here has no origin")
        batch.note("note added", report=report_id, note=note, text=session.store.keyed(said))
    return note
