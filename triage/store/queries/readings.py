"""SQL of what the reader of texts found in each report."""

from __future__ import annotations

from collections.abc import Iterable

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array
from triage.store.queries.judgement import StoredReading

_NO_KEYS = bytes(16)
"""Stands for the digest of keys until they are stored; as long as one, so that the row stays where it is."""


def load_readings(db: Reader, report_ids: Iterable[int]) -> dict[int, StoredReading]:
    """Returns report -> what the reader of texts found in it; reports without a reading are missing."""
    return {
        i: StoredReading(basis, reading)
        for i, basis, reading in db.all(
            "SELECT report_id, reading_basis, reading FROM report_digest WHERE reading IS NOT NULL"
            " AND report_id IN (SELECT value FROM json_each(?))",
            (encode_json_array(report_ids),),
        )
    }


def add_readings(batch: Writer, rows: Iterable[tuple[int, StoredReading]]) -> None:
    """Stores the readings of reports that have just come in. Their keys are stored later: no digest is that of none."""
    batch.executemany(
        "INSERT INTO report_digest (report_id, digest, reading_basis, reading) VALUES (?,?,?,?)",
        [(i, _NO_KEYS, read.basis, read.reading) for i, read in rows],
    )


def save_readings(batch: Writer, rows: Iterable[tuple[int, StoredReading]]) -> None:
    """Replaces the readings of reports whose keys are stored."""
    batch.executemany(
        "UPDATE report_digest SET reading_basis = ?, reading = ? WHERE report_id = ?",
        [(read.basis, read.reading, i) for i, read in rows],
    )
