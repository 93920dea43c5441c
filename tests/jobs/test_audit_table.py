"""Each job leaves in the audit log and in the register of outgoing data what the table says, and nothing else."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.audit_table import (
    ELSEWHERE,
    ROWS,
    WITHOUT_SESSION,
    Act,
    Row,
    World,
    bring_line,
    bring_request,
    bring_sent,
    make_world,
    open_case,
    open_series,
    prepare_nothing,
    take_package,
    take_results,
    write_results,
)
from tests.jobs.exchange_stores import make_workstation
from tests.jobs.test_rights import JOBS
from tests.source_trees import ROOT, SOURCES, nodes
from triage.errors import Refused
from triage.jobs.keeping import destruction
from triage.jobs.leaving.signing import StoreSigner
from triage.jobs.session import Session

pytestmark = pytest.mark.usefixtures("short_papers")


def rows() -> Iterator[tuple[str, Row]]:
    for name, found in {**ROWS, **WITHOUT_SESSION}.items():
        for n, row in enumerate(found if isinstance(found, tuple) else (found,)):
            yield f"{name}{n or ''}", row


def without_session() -> list[Row]:
    return [row for found in WITHOUT_SESSION.values() for row in (found if isinstance(found, tuple) else (found,))]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    make_world(folder)
    return folder


@pytest.fixture(scope="module")
def partner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The closed store of a workstation that exchanges work with this one."""
    folder = tmp_path_factory.mktemp("partner")
    make_workstation(folder, "Partner").session.close()
    return folder / "store"


@pytest.fixture
def world(prepared: Path, partner: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    folder = Path(shutil.copytree(prepared, tmp_path / "world"))
    made = World(folder, monkeypatch, partner)
    yield made
    made.close()


KEPT: set[Act] = {bring_line, bring_request, bring_sent, open_case, open_series, take_package, take_results, write_results}
"""Preparations of several rows that leave only files and a plain value. Each of them runs once, and its world is copied."""


@pytest.fixture(scope="module")
def kept_worlds() -> dict[Act, tuple[Path, object]]:
    """For each preparation that ran, the folder of its closed world and the value that it left."""
    return {}


@pytest.fixture
def prepared_world(
    request: pytest.FixtureRequest,
    name: str,
    prepared: Path,
    partner: Path,
    kept_worlds: dict[Act, tuple[Path, object]],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """A world in which the preparation of the row was made."""
    prepare = dict(rows())[name].prepare
    if prepare in KEPT:
        if prepare not in kept_worlds:
            first = World(Path(shutil.copytree(prepared, tmp_path_factory.mktemp("kept") / "world")), monkeypatch, partner)
            prepare(first)
            first.close()
            kept_worlds[prepare] = first.folder, first.value
        folder, value = kept_worlds[prepare]
        made = World(Path(shutil.copytree(folder, tmp_path / "world")), monkeypatch, partner)
        made.value = _move_paths(value, folder, made.folder)
        yield made
        made.close()
        return
    made = request.getfixturevalue("world")
    prepare(made)
    yield made


def _move_paths(value: object, before: Path, now: Path) -> object:
    """Returns the value with the paths in it that lie in one folder as paths in another."""
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_move_paths(part, before, now) for part in value)
    return now / value.relative_to(before) if isinstance(value, Path) else value


@pytest.fixture(scope="module")
def lasting(prepared: Path, partner: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        made = World(Path(shutil.copytree(prepared, tmp_path_factory.mktemp("lasting") / "world")), patch, partner)
        yield made
        made.close()


@pytest.fixture
def read_world(lasting: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """One copy for all jobs that only read: to make and open a copy takes longer than to run one of them."""
    lasting.patch = monkeypatch
    return lasting


def only_reads(row: Row) -> bool:
    return not (row.writes or row.entries or row.registered) and row.prepare is prepare_nothing and row not in without_session()


@pytest.mark.parametrize("name", [name for name, row in rows() if only_reads(row)])
def test_a_job_that_only_reads_leaves_nothing(read_world: World, name: str) -> None:
    _require_what_the_table_says(read_world, dict(rows())[name])


@pytest.mark.parametrize("name", [name for name, row in rows() if not only_reads(row)])
def test_a_job_leaves_what_the_table_says(prepared_world: World, name: str) -> None:
    _require_what_the_table_says(prepared_world, dict(rows())[name])


def _require_what_the_table_says(world: World, row: Row) -> None:
    """Runs the job of a row in a world that is prepared for it."""
    if row in without_session():  # the store is another one afterwards, or was closed: its last entries are looked at
        row.run(world)
        assert world.entries()[-len(row.entries) :] == list(row.entries)
        return
    wanted = [
        (kind, {name: value(world) if callable(value) else value for name, value in about.items()}) for kind, about in row.entries
    ]
    before, out, commits = len(world.entries()), len(world.register()), world.store.read_head().commits
    row.run(world)
    assert world.entries()[before:] == wanted
    assert world.register()[out:] == list(row.registered)
    assert row.writes or world.store.read_head().commits == commits, "it says that it only reads"


SAYS_prepare_nothing_OF_A_PERSON = {
    "certificate", "deconfliction", "head", "internal_chart", "queue", "register", "reminder", "rules", "shift_sheet", "statistics",
    "training_certificate", "viewing_log", "work_results",
}  # fmt: skip
"""What leaves whether or not the person of a report was cleared."""


@pytest.mark.parametrize(
    "name", [name for name, row in rows() if any(kind not in SAYS_prepare_nothing_OF_A_PERSON for kind, _ in row.registered)]
)
def test_nothing_leaves_of_a_person_who_was_cleared_while_it_was_made(prepared_world: World, name: str) -> None:
    world, row = prepared_world, dict(rows())[name]
    before, there = world.register(), set(world.folder.rglob("*")) - set((world.folder / "store").rglob("*"))
    whole, cleared = StoreSigner.__init__, False

    def clear_everybody(self: StoreSigner, session: Session) -> None:
        """Somebody clears all people when the content is made and is about to be signed."""
        nonlocal cleared
        if not cleared:
            cleared = True
            for (number,) in world.store.read().all("SELECT number FROM report WHERE id NOT IN (SELECT report_id FROM cleared)"):
                destruction.clear_person(world.session, number, "the account was stolen")
        whole(self, session)

    world.patch.setattr(StoreSigner, "__init__", clear_everybody)
    with pytest.raises(Refused, match="cleared"):
        row.run(world)
    assert cleared
    assert world.register() == before
    assert set(world.folder.rglob("*")) - set((world.folder / "store").rglob("*")) == there


def test_every_job_has_a_row() -> None:
    assert sorted(set(JOBS) - set(ROWS)) == [], "say in tests/jobs/audit_table.py what it leaves"
    assert sorted(set(ROWS) - set(JOBS)) == [], "there is no such job any more"


CONSENTS = {"ask": 4, "agree": 2, "_set_passphrase": 4}
"""Calls that note a second person's consent, and which argument is the kind of its entry."""


def kinds_written() -> Iterator[str]:
    """The kind of each entry that the program writes, as a regular expression."""
    for path in SOURCES:
        for call in nodes(path, ast.Call):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "note" and call.args:
                yield from _patterns(call.args[0])
            elif isinstance(call.func, ast.Name) and (place := CONSENTS.get(call.func.id)) and len(call.args) > place:
                yield from _patterns(call.args[place])


def _patterns(kind: ast.expr) -> Iterator[str]:
    match kind:
        case ast.Constant(value=str(text)):
            yield re.escape(text)
        case ast.IfExp(body=one, orelse=other):
            yield from _patterns(one)
            yield from _patterns(other)
        case ast.JoinedStr(values=parts):
            yield "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in parts)
        case _:  # a name that is passed on: where it is named it is found
            return


def test_every_kind_of_entry_is_in_the_table() -> None:
    tested = {kind for _, row in rows() for kind, _ in row.entries} | set(ELSEWHERE)
    written = set(kinds_written())
    assert len(written) > 50
    assert sorted(kind for kind in written if not any(re.fullmatch(kind, each) for each in tested)) == []
    assert [kind for kind, path in ELSEWHERE.items() if kind not in (ROOT / path).read_text("utf-8")] == []
