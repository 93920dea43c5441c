"""SQL that lists the reports behind a figure. Codes of words and ids of users are looked up before."""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.model.funnel import WITHOUT_OUTCOME
from triage.model.lead_figures import Behind
from triage.model.views import STATUSES
from triage.store.database import Reader

_OPEN = f"status IN ({', '.join(str(STATUSES.index(status)) for status in WITHOUT_OUTCOME)})"
_ORDER = "band, risk DESC, actionability DESC, number_key"
_OF_REPORT = "s.report_id = queue.report_id"
_LAST = "(SELECT d.status FROM decision d WHERE d.report_id = queue.report_id AND d.undone = 0 ORDER BY d.id DESC LIMIT 1)"
_ENDED = "('closed', 'referred', 'case_opened')"
_IN_CASE = "report_id IN (SELECT report_id FROM case_report)"
_LINE = (
    "report_id IN (SELECT o.report_id FROM request_line_report o JOIN request_line l ON l.id = o.line_id"
    " JOIN request r ON r.id = l.request_id WHERE {})"
)
_STAGE = (
    "report_id IN (SELECT c.report_id FROM case_report c JOIN case_stage g ON g.case_id = c.case_id"
    " WHERE g.stage IN (SELECT value FROM json_each(?)))"
)
_FUNNEL = {
    "received": "1",
    "judged": "1",
    "folded as duplicates": "duplicates_of IS NOT NULL",
    "assigned": (
        "(assignee IS NOT NULL OR report_id IN (SELECT c.report_id FROM case_report c JOIN case_file f ON f.id = c.case_id"
        " WHERE f.officer IS NOT NULL))"
    ),
    "requested from operators and providers": _LINE.format("r.sent IS NOT NULL"),
    "answered": _LINE.format("EXISTS (SELECT 1 FROM request_reply p WHERE p.request_id = r.id)"),
    "in a case": _IN_CASE,
}
"""The conditions of `triage.store.queries.funnel`, for one report of the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """What the words of a `Behind` stand for in the store. -1 is a word that no report has."""

    bands: tuple[int, ...] = ()
    office: int | None = None
    assignee: int | None = None
    due_name: int | None = None
    provider: int | None = None
    finished_by: int | None = None
    stages: str | None = None
    """JSON array of the stages that count as reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRule:
    """Which sampled reports count for the miss rate: the bands from which they were drawn, and the statuses of a hit."""

    bands: tuple[int, ...]
    hits: tuple[str, ...]


@dataclass(slots=True)
class _Where:
    """Conditions that all hold, and their parameters."""

    clauses: list[str] = field(default_factory=lambda: ["1"])
    params: list[object] = field(default_factory=list)

    def add(self, clause: str, *values: object) -> None:
        """Adds a condition."""
        self.clauses.append(clause)
        self.params.extend(values)


def build_clause(behind: Behind, codes: Codes, now: int, sampled: SampleRule) -> tuple[str, list[object]]:
    """Returns the WHERE clause of a figure and its parameters; `now` is in seconds since 1970."""
    where = _Where()
    if codes.bands:
        where.add(f"band IN ({','.join(map(str, codes.bands))})")
    for column, word, code in (
        ("office", behind.office, codes.office),
        ("assignee", behind.assignee, codes.assignee),
        ("esp", behind.provider, codes.provider),
    ):
        if word == "":
            where.add(f"{column} IS NULL")
        elif word is not None:
            where.add(f"{column} = ?", code)
    if behind.open_only:
        where.add(_OPEN)
    if behind.received_unknown:
        where.add("received IS NULL")
    if behind.received_from is not None:
        where.add("received >= ?", behind.received_from)
    if behind.received_before is not None:
        where.add("received < ?", behind.received_before)
    if behind.in_case:
        where.add(_IN_CASE)
    _add_deadlines(where, behind, codes, now)
    _add_work(where, behind, codes, sampled)
    _add_funnel(where, behind, codes)
    return " WHERE " + " AND ".join(where.clauses), where.params


def _add_deadlines(where: _Where, behind: Behind, codes: Codes, now: int) -> None:
    """Adds the conditions on deadlines."""
    if behind.due_from is not None or behind.due_before is not None:
        name = "" if behind.due_name is None else " AND name = ?"
        values = [behind.due_from or 0, behind.due_before or 1 << 60, *([codes.due_name] if name else [])]
        where.add(f"report_id IN (SELECT report_id FROM deadline WHERE due >= ? AND due < ?{name})", *values)
    if behind.overdue_duty:
        where.add("report_id IN (SELECT report_id FROM deadline WHERE duty = 1 AND due < ?)", now)


def _add_work(where: _Where, behind: Behind, codes: Codes, sampled: SampleRule) -> None:
    """Adds the conditions on what people decided."""
    if behind.finished_by is not None:
        where.add(
            "report_id IN (SELECT report_id FROM decision WHERE user_id = ? AND taken >= ? AND undone = 0"
            f" AND status IN {_ENDED})",
            codes.finished_by,
            behind.finished_since or "",
        )
    if behind.sample is not None:
        week = "" if behind.sample_week is None else " AND s.week = ?"
        where.add(
            f"EXISTS (SELECT 1 FROM sample s WHERE {_OF_REPORT} AND s.band IN ({','.join(map(str, sampled.bands))}){week})",
            *([behind.sample_week] if week else []),
        )
        hits = "(" + ",".join(f"'{hit}'" for hit in sampled.hits) + ")"
        where.add(f"{_LAST} IN {_ENDED if behind.sample == 'completed' else hits}")


def _add_funnel(where: _Where, behind: Behind, codes: Codes) -> None:
    """Adds the conditions of a step of the funnel."""
    if behind.funnel is None:
        return
    where.add(
        "report_id IN (SELECT report_id FROM report_version WHERE n = 1 AND imported >= ? AND imported < ?)",
        behind.imported_from,
        behind.imported_before,
    )
    if codes.stages is not None:
        where.add(_STAGE, codes.stages)
    else:
        where.add(_FUNNEL[behind.funnel])


def list_behind(db: Reader, clause: str, params: list[object], limit: int) -> tuple[int, list[int]]:
    """Returns how many reports of the queue fit the clause, and the ids of the first ones, gravest first."""
    total = int(db.value(f"SELECT count(*) FROM queue{clause}", params))
    return total, [i for (i,) in db.all(f"SELECT report_id FROM queue{clause} ORDER BY {_ORDER} LIMIT ?", [*params, limit])]
