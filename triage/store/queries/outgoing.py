"""SQL of the register of outgoing data."""

from __future__ import annotations

from dataclasses import dataclass

from triage.model.handover import Handover
from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class OutgoingRow:
    """An entry of the register: what left the store, when, by whom and to whom."""

    id: int
    written: str
    user_id: int
    kind: str
    name: str
    sha256: str
    recipients: str
    handover: Handover


def add_outgoing(
    batch: Writer, *, written: str, user_id: int, kind: str, name: str, sha256: str, recipients: str, handover: Handover
) -> int:
    """Adds an entry to the register of outgoing data; returns its id."""
    return batch.insert(
        "INSERT INTO outgoing (written, user_id, kind, name, sha256, recipients, handed_to, carrier, carrier_serial, note)"
        " VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            written,
            user_id,
            kind,
            name,
            sha256,
            recipients,
            handover.handed_to,
            handover.medium,
            handover.medium_serial,
            handover.note,
        ),
    )


def list_outgoing(db: Reader) -> list[OutgoingRow]:
    """Returns all entries of the register, the newest first."""
    return [
        OutgoingRow(n, at, user, kind, name, sha256, to, Handover(handed_to=who, medium=medium, medium_serial=serial, note=note))
        for n, at, user, kind, name, sha256, to, who, medium, serial, note in db.all(
            "SELECT id, written, user_id, kind, name, sha256, recipients, handed_to, carrier, carrier_serial, note"
            " FROM outgoing ORDER BY id DESC"
        )
    ]
