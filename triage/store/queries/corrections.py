"""What people said of the judgement of a report: of its factors and of its band."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from triage.model.judgement import Band, Correction, Verdict
from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRow:
    """A correction with what was done to it since. Users by their ids."""

    report_id: int
    number: str
    user_id: int
    correction: Correction
    undone: str | None
    undone_by: int | None


_ROW = (
    "SELECT c.id, c.report_id, r.number, c.user_id, c.rule, c.verdict, c.band, c.lowers, c.value, c.basis, c.reason,"
    " coalesce(u.name, o.name || ' at ' || coalesce(k.name, substr(o.fingerprint, 1, 16))),"
    " c.made, c.needs_second, c.confirmed, s.name, c.undone, c.undone_by FROM correction c JOIN report r ON r.id = c.report_id"
    " LEFT JOIN user u ON u.id = c.user_id LEFT JOIN user s ON s.id = c.confirmed_by"
    " LEFT JOIN remote_user o ON o.id = c.user_id LEFT JOIN trusted_key k ON k.fingerprint = o.fingerprint"
)


def add_correction(
    batch: Writer,
    *,
    report_id: int,
    made: str,
    user_id: int,
    rule: str | None = None,
    verdict: Verdict | None = None,
    band: Band | None = None,
    lowers: bool = False,
    value: str,
    basis: Iterable[tuple[str, str]],
    reason: str,
    needs_second: bool,
    confirmed: str | None,
) -> int:
    """Adds a correction and returns its id."""
    return batch.insert(
        "INSERT INTO correction (report_id, made, user_id, rule, verdict, band, lowers, value, basis, reason, needs_second,"
        " confirmed) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            report_id,
            made,
            user_id,
            rule,
            verdict,
            band,
            int(lowers),
            value,
            json.dumps(sorted(basis), ensure_ascii=False),
            reason,
            int(needs_second),
            confirmed,
        ),
    )


def mark_correction_confirmed(batch: Writer, correction_id: int, confirmed: str, user_id: int) -> None:
    """Records that a second person agreed."""
    batch.execute("UPDATE correction SET confirmed = ?, confirmed_by = ? WHERE id = ?", (confirmed, user_id, correction_id))


def mark_correction_undone(batch: Writer, correction_id: int, undone: str, user_id: int) -> None:
    """Records that a correction was taken back."""
    batch.execute("UPDATE correction SET undone = ?, undone_by = ? WHERE id = ?", (undone, user_id, correction_id))


def load_correction(db: Reader, correction_id: int) -> CorrectionRow | None:
    """Returns one correction."""
    row = db.first(f"{_ROW} WHERE c.id = ?", (correction_id,))
    return _row(row) if row else None


def list_correction_ids(db: Reader, *, waiting: bool) -> array[int]:
    """Returns the ids of all corrections, also undone ones, or only of those that wait for a lead; the newest first."""
    where = " WHERE undone IS NULL AND needs_second = 1 AND confirmed IS NULL" if waiting else ""
    return array("q", (i for (i,) in db.each(f"SELECT id FROM correction{where} ORDER BY id DESC")))


def load_corrections(db: Reader, ids: Iterable[int]) -> list[CorrectionRow]:
    """Returns these corrections, the oldest first."""
    sql = f"{_ROW} WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY c.id"
    return [_row(row) for row in db.all(sql, (encode_json_array(ids),))]


def list_corrections(db: Reader, report_id: int) -> list[CorrectionRow]:
    """Returns the corrections of a report, the oldest first, with those that were undone."""
    return [_row(row) for row in db.all(f"{_ROW} WHERE c.report_id = ? ORDER BY c.id", (report_id,))]


def load_standing_corrections(db: Reader, report_ids: Iterable[int]) -> dict[int, tuple[Correction, ...]]:
    """Returns the corrections of each report that nobody undid, the oldest first."""
    found: dict[int, tuple[Correction, ...]] = {}
    sql = f"{_ROW} WHERE c.report_id IN (SELECT value FROM json_each(?)) AND c.undone IS NULL ORDER BY c.id"
    for row in db.all(sql, (encode_json_array(report_ids),)):
        found[row[1]] = (*found.get(row[1], ()), _row(row).correction)
    return found


def list_verdicts(db: Reader) -> list[tuple[str, str]]:
    """Returns (rule, verdict) of what people say of factors now: of one factor of one report only what was said last."""
    return [
        (rule, verdict)
        for rule, verdict in db.all(
            "SELECT rule, verdict FROM correction WHERE id IN (SELECT max(id) FROM correction WHERE rule IS NOT NULL"
            " AND undone IS NULL AND (needs_second = 0 OR confirmed IS NOT NULL) GROUP BY report_id, rule) ORDER BY id"
        )
    ]


def _row(row: tuple[Any, ...]) -> CorrectionRow:
    (correction_id, report_id, number, user_id, rule, verdict, band, lowers, value, basis, reason, by, made, second) = row[:14]
    confirmed, confirmed_by, undone, undone_by = row[14:]
    correction = Correction(
        id=correction_id,
        rule=rule,
        verdict=verdict,
        band=band,
        lowers=bool(lowers),
        value=value,
        basis=tuple((name, held) for name, held in json.loads(basis)),
        reason=reason,
        by=by,
        made=made,
        needs_second=bool(second),
        confirmed=confirmed,
        confirmed_by=confirmed_by,
    )
    return CorrectionRow(
        report_id=report_id, number=number, user_id=user_id, correction=correction, undone=undone, undone_by=undone_by
    )
