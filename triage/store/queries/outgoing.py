"""SQL of the register of outgoing data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.model.handover import Handover
from triage.model.printable import make_storable
from triage.store.database import Reader, Row, Writer
from triage.store.queries import encode_json_array, list_ids_backwards

_OUTGOING = "o.id, o.written, o.user_id, o.kind, o.name, o.sha256, o.recipients, o.handed_to, o.carrier, o.carrier_serial, o.note"


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
            make_storable(name),
            sha256,
            recipients,
            handover.handed_to,
            handover.medium,
            handover.medium_serial,
            handover.note,
        ),
    )


def list_outgoing_ids(db: Reader) -> Sequence[int]:
    """Returns the ids of all entries of the register, the newest first."""
    return list_ids_backwards(db, "outgoing")


def load_outgoing(db: Reader, ids: Iterable[int]) -> list[OutgoingRow]:
    """Returns these entries of the register, the newest first."""
    sql = f"SELECT {_OUTGOING} FROM outgoing o WHERE o.id IN (SELECT value FROM json_each(?)) ORDER BY o.id DESC"
    return [_read_row(row) for row in db.all(sql, (encode_json_array(ids),))]


def list_packets_of_report(db: Reader, report_id: int) -> list[OutgoingRow]:
    """Returns the entries of the packets that hold a report, the oldest first."""
    sql = (
        f"SELECT {_OUTGOING} FROM packet_report p JOIN outgoing o ON o.id = p.outgoing_id"
        " WHERE p.report_id = ? AND o.kind = 'packet' ORDER BY o.id"
    )
    return [_read_row(row) for row in db.all(sql, (report_id,))]


def _read_row(row: Row) -> OutgoingRow:
    """Returns an entry of the register from its columns."""
    n, at, user, kind, name, sha256, to, who, medium, serial, note = row
    return OutgoingRow(
        n, at, user, kind, name, sha256, to, Handover(handed_to=who, medium=medium, medium_serial=serial, note=note)
    )


@dataclass(frozen=True, slots=True)
class PacketRow:
    """A packet with reports of a case: when it was made, by whom, its folder, and how many of the case's reports it holds."""

    written: str
    user_id: int
    name: str
    reports: int


def add_packet_reports(batch: Writer, outgoing_id: int, report_ids: Iterable[int]) -> None:
    """Says which reports a packet holds."""
    batch.executemany("INSERT INTO packet_report (outgoing_id, report_id) VALUES (?,?)", ((outgoing_id, i) for i in report_ids))


def list_packets_of_case(db: Reader, case_id: int) -> list[PacketRow]:
    """Returns the packets that hold reports of a case, the newest first."""
    return [
        PacketRow(*row)
        for row in db.all(
            "SELECT o.written, o.user_id, o.name, count(*) FROM case_report c JOIN packet_report p ON p.report_id = c.report_id"
            " JOIN outgoing o ON o.id = p.outgoing_id WHERE c.case_id = ? GROUP BY o.id ORDER BY o.id DESC",
            (case_id,),
        )
    ]
