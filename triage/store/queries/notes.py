"""SQL of notes that people write on a report. Notes are added and never changed."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note. `origin` names the row in another workstation's store; None for a note written here."""

    id: int
    report_id: int
    made: str
    user_id: int
    text: str
    origin: str | None


_NOTE = "SELECT id, report_id, made, user_id, text, origin FROM note"


def add_note(batch: Writer, *, report_id: int, made: str, user_id: int, text: str, origin: str | None = None) -> int | None:
    """Adds a note and returns its id; None when a note of another workstation is here already, or began here."""
    known = "SELECT 1 FROM note WHERE origin = ? OR (report_id = ? AND made = ? AND text = ?)"
    if origin is not None and batch.value(known, (origin, report_id, made, text)) is not None:
        return None
    return batch.insert(
        "INSERT INTO note (report_id, made, user_id, text, origin) VALUES (?,?,?,?,?)", (report_id, made, user_id, text, origin)
    )


def list_notes(db: Reader, report_id: int) -> list[NoteRow]:
    """Returns the notes of a report, the oldest first."""
    return [NoteRow(*row) for row in db.all(f"{_NOTE} WHERE report_id = ? ORDER BY made, id", (report_id,))]
