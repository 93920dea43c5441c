"""An import and judging ask for rows by an index, so that a store of two million costs a report what a small one does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bench.casework import FILES_A_CASE, fill_casework
from tests.jobs.bundles import jpeg
from tests.jobs.test_order import folder
from triage.jobs.case_page.overview import load_case_page
from triage.jobs.casework.case_list import find_cases, load_cases
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging.assess import assess
from triage.jobs.leaving.outgoing import list_outgoing_ids, load_outgoing
from triage.jobs.requests.life import find_requests, load_requests
from triage.jobs.session import Session
from triage.model.casework import CaseFilter
from triage.model.handover import Receipt
from triage.store.database import Params, Reader, Row, Writer
from triage.store.queries import judgement

SMALL = ("hash_list", "policy", "audit_state", "stale", "u", "t", "k", "vault_pack", "signed_update", "report_text_state")
"""Tables of one row or a few, the marks of what is still to be judged, and the link keys of some reports."""
OF_IMPORTS = (
    *("store", "hub_image", "destruction", "destroyed_mark", "quarantined", "s", "b", "n"),
    *("queue_block", "sqlite_sequence", "temporary_item", "closed_change", "CONSTANT"),
)
"""Tables that an import may walk once: they have a row for what is waiting, destroyed or held, or for an import, and `n` are the
matches with lists, in order of their hashes."""
WAITING = ("_waiting", "_pending", "_uncompared")
"""How indexes end that hold only what still waits."""


def test_no_query_of_judging_walks_a_table(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundles = [folder(tmp_path / "in", 900000500 + n, jpeg(n % 3)) for n in range(6)]
    import_bundles(session, bundles, receipt=Receipt())
    plans: dict[str, list[str]] = {}
    _listen(monkeypatch, plans)
    with session.store.batch() as batch:
        judgement.mark_stale(batch, [1, 2])
        batch.execute("DELETE FROM report_digest WHERE report_id = 1")
        batch.execute("DELETE FROM link_key WHERE report_id = 1")
    assess(session)
    assert any("JOIN link_key_holders" in sql for sql in plans), "judging was listened to"
    walked = {sql: step for sql, plan in plans.items() for step in plan if _walks(step)}
    assert not walked
    of_one_kind = [
        step for sql, plan in plans.items() if "FROM link_key WHERE kind =" in sql for step in plan if "SEARCH link_key" in step
    ]
    assert len(of_one_kind) >= 2
    assert all("(report_id=? AND kind=?" in step or "link_key_sentence (value" in step for step in of_one_kind), (
        "a report with a thousand files is read for one tie"
    )


def test_no_query_of_an_import_walks_a_table(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_bundles(session, [folder(tmp_path / "a", 900000500, jpeg(1))], receipt=Receipt())
    plans: dict[str, list[str]] = {}
    _listen(monkeypatch, plans)
    near = import_bundles(session, [folder(tmp_path / "b", 900000501, jpeg(1, 80))], receipt=Receipt())
    assert near.media.near_duplicate == 1 and any("w.hashes" in sql for sql in plans), "the import was listened to"
    assert not {sql: step for sql, plan in plans.items() for step in plan if _walks(step, (*SMALL, *OF_IMPORTS))}


def _walks(step: str, small: tuple[str, ...] = SMALL) -> bool:
    if any(f"{end} " in f"{step} " for end in WAITING):
        return False
    word, _, rest = step.partition(" ")
    return word == "SCAN" and "VIRTUAL TABLE" not in rest and "subquery" not in rest and rest.split()[0] not in small


def _listen(monkeypatch: pytest.MonkeyPatch, plans: dict[str, list[str]]) -> None:
    """Keeps the plan of each statement that reads, deletes or updates."""

    def note(reader: Reader, sql: str, params: Params) -> None:
        if sql not in plans and sql.split()[0] in ("SELECT", "WITH", "DELETE", "UPDATE"):
            plans[sql] = []
            plans[sql] = [row[3] for row in reader.all(f"EXPLAIN QUERY PLAN {sql}", params)]

    plain_all, plain_first, plain_execute, plain_many = Reader.all, Reader.first, Writer.execute, Writer.executemany
    plain_each = Reader.each

    def each_row(self: Reader, sql: str, params: Params = ()) -> Iterator[Row]:
        note(self, sql, params)
        return plain_each(self, sql, params)

    def all_rows(self: Reader, sql: str, params: Params = ()) -> list[Row]:
        note(self, sql, params)
        return plain_all(self, sql, params)

    def first(self: Reader, sql: str, params: Params = ()) -> Row | None:
        note(self, sql, params)
        return plain_first(self, sql, params)

    def execute(self: Writer, sql: str, params: Params = ()) -> int:
        note(self, sql, params)
        return plain_execute(self, sql, params)

    def many(self: Writer, sql: str, rows: Iterable[Params]) -> None:
        listed: list[Any] = list(rows)
        for params in listed[:1]:
            note(self, sql, params)
        plain_many(self, sql, listed)

    for kind, name, listening in (
        (Reader, "all", all_rows),
        (Reader, "each", each_row),
        (Reader, "first", first),
        (Writer, "execute", execute),
        (Writer, "executemany", many),
    ):
        monkeypatch.setattr(kind, name, listening)


LISTS: dict[str, tuple[Callable[[Session], Sequence[int]], Callable[[Session, Sequence[int]], object]]] = {
    "cases": (lambda s: find_cases(s, CaseFilter()), load_cases),
    "cases due soon": (lambda s: find_cases(s, CaseFilter(due_before=date(2027, 1, 1), search="c-2026")), load_cases),
    "requests": (lambda s: find_requests(s).ids, load_requests),
    "what left": (list_outgoing_ids, load_outgoing),
}
"""What the pages of the desktop list: the ids, and the rows of some of them."""
LISTED, SHOWN = 400, 20


def test_a_list_reads_the_rows_that_are_shown(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with session.store.batch() as batch:
        fill_casework(batch, LISTED)
        batch.note("test filled", count=LISTED)
    plans: dict[str, list[str]] = {}
    for name, (find, load) in LISTS.items():
        ids = find(session)
        assert len(ids) in (LISTED, LISTED * FILES_A_CASE), name
        rows = _count_rows(monkeypatch, plans, lambda ids=ids, load=load: load(session, ids[:SHOWN]))  # type: ignore[misc]
        assert SHOWN <= rows <= 4 * SHOWN, f"{name}: {rows} rows were read for {SHOWN}"
    assert plans and not {sql: step for sql, plan in plans.items() for step in plan if "FROM person" not in sql and _walks(step)}


def test_the_page_of_a_case_reads_its_own_requests(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """It read all requests of the store."""
    with session.store.batch() as batch:
        fill_casework(batch, LISTED)
        batch.note("test filled", count=LISTED)
    found: list[object] = []
    plans: dict[str, list[str]] = {}
    rows = _count_rows(monkeypatch, plans, lambda: found.append(load_case_page(session, "C-2026-00007").requests))
    assert len(found[0]) == 1 and rows < 60  # type: ignore[arg-type]


def _count_rows(monkeypatch: pytest.MonkeyPatch, plans: dict[str, list[str]], act: Callable[[], object]) -> int:
    """Returns how many rows an act reads, and keeps the plans of its statements."""
    count = 0
    with monkeypatch.context() as patch:
        plain_all, plain_each = Reader.all, Reader.each

        def all_rows(self: Reader, sql: str, params: Params = ()) -> list[Row]:
            nonlocal count
            found = plain_all(self, sql, params)
            if not sql.startswith("EXPLAIN"):
                count += len(found)
            return found

        def each_row(self: Reader, sql: str, params: Params = ()) -> Iterator[Row]:
            nonlocal count
            for row in plain_each(self, sql, params):
                count += 1
                yield row

        patch.setattr(Reader, "all", all_rows)
        patch.setattr(Reader, "each", each_row)
        _listen(patch, plans)
        act()
    return count
