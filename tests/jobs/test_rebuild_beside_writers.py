"""After a destruction rows are copied while others write: what they write is in the rebuilt database, and what was erased is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jobs.bundles import le_json
from tests.jobs.conftest import NAME, PASSPHRASE, OpenCopy
from tests.jobs.pages import plain_pages
from triage.errors import StoreBusy
from triage.jobs.casework.decisions import decide
from triage.jobs.casework.notes import add_note
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.progress import Progress
from triage.model.views import QueueFilter
from triage.store import compaction, opening, wiping
from triage.store.compaction import Compactor, Transaction, _Successor
from triage.store.database import Reader
from triage.store.database_copy import CarryOver, DatabaseCopy, Run
from triage.store.generations import find_older
from triage.store.heads import HeadKeeper
from triage.store.queries import change_log, queue_planes, trusted
from triage.store.queries import compaction as sql
from triage.store.store import Store

SECRET = "kitesecretword"
OTHERS = ("audit_", "compaction_owed", "rebuild_change_", "sqlite_schema")
"""Tables that the rebuild itself writes to."""
MOVED = {"queue_change", "deadline_change", "sqlite_sequence"}
"""Tables to which triggers of the store write when another row is written."""
SMALL = {"report_text_state", "update_issuer", "work_results"}
"""Tables of which a row has no key that is never NULL."""
WORDS = ("report_text_data", "report_text_idx", "recent_text_data", "recent_text_idx")
"""And the tables of search words, which it merges first."""


@pytest.fixture
def session(bundle_store: Path, open_copy: OpenCopy) -> Session:
    return open_copy(bundle_store)


@pytest.fixture(autouse=True)
def _noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has what others change be noted at the first copy already, as in a large store."""
    monkeypatch.setattr(compaction, "_BRIEF_PAGES", 0)


def owe(session: Session) -> None:
    """Does what a destruction's batch does last."""
    with session.store.batch() as batch:
        sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=0)


def dump(db: Reader, without: tuple[str, ...] = OTHERS) -> dict[str, list[object]]:
    """Returns all rows by table, and the schema."""
    names = [name for schema, name, kind, *_ in db.all("PRAGMA table_list") if schema == "main" and kind in ("table", "shadow")]
    found = {name: sorted(map(repr, db.all(f"SELECT * FROM {name}"))) for name in names if not name.startswith(without)}
    schema = (row for row in change_log.describe_schema(db) if "rebuild_change_" not in str(row))
    return {**found, "schema": list(map(repr, schema))}


def once(act: Callable[[], object]) -> Callable[[Progress], None]:
    """Returns a listener to progress that acts when it hears of it first."""
    done: list[bool] = []

    def hear(progress: Progress) -> None:
        if not done:
            done.append(True)
            act()

    return hear


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the copies that are begun."""
    begun, plain = list[int](), Compactor._start_copy

    def start(compactor: Compactor, transaction: Transaction) -> DatabaseCopy:
        begun.append(1)
        return plain(compactor, transaction)

    monkeypatch.setattr(Compactor, "_start_copy", start)
    return begun


def test_what_is_written_while_rows_are_copied_is_in_the_rebuilt_database(
    session: Session, tmp_path: Path, copies: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    state: list[dict[str, list[object]]] = []
    plain = Compactor._take_place

    def take(compactor: Compactor, made: _Successor, user: int, copy: DatabaseCopy) -> None:
        state.append(dump(compactor._database.writer))
        plain(compactor, made, user, copy)

    def work() -> None:
        (tmp_path / "in").mkdir()
        for number in (900000001, 900000021):
            (tmp_path / "in" / f"{number}.json").write_bytes(le_json(number))
        import_bundles(session, [tmp_path / "in"], receipt=Receipt())
        decide(session, "900000021", status="in_progress")
        add_note(session, "900000021", "a kite")
        with session.store.batch() as batch:  # a value that goes, one that changes its key, and one that replaces another
            batch.execute("DELETE FROM file_hash")
            batch.execute("UPDATE policy SET name = 'kite' WHERE name = 'one'")
            batch.execute("INSERT OR REPLACE INTO policy (name, value) VALUES ('two', '3')")
            batch.note("bench filled", turn=1)

    with session.store.batch() as batch:
        batch.executemany("INSERT INTO policy (name, value) VALUES (?, ?)", [("one", "1"), ("two", "2")])
        batch.note("bench filled", turn=0)
    owe(session)
    monkeypatch.setattr(Compactor, "_take_place", take)
    assert session.store.forget_older_state(once(work))
    assert copies == [1] and dump(session.store.read()) == state[0]
    assert session.store.check().valid and not sql.is_compaction_owed(session.store.read())
    assert {row.report_id for row in list_queue_rows(session, QueueFilter())} == {"900000001", "900000021"}
    assert list_queue_rows(session, QueueFilter(search="kite_flyer")) != []


def import_report(session: Session, folder: Path, number: int) -> None:
    folder.mkdir()
    (folder / f"{number}.json").write_bytes(le_json(number))
    import_bundles(session, [folder], receipt=Receipt())


@pytest.mark.parametrize("late", [False, True])
def test_search_words_are_taken_over_beside_writers_and_later_ones_as_well(
    session: Session, tmp_path: Path, copies: list[int], monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    """Writers waited for all words of the store, a third of the whole time, when one report came in meanwhile."""
    held, states, plain, take, catch_up = (
        list[bool](),
        list[dict[str, list[object]]](),
        change_log._copy_other_blocks,
        Compactor._take_place,
        DatabaseCopy.catch_up,
    )

    def compare(run: Run, table: change_log._Table) -> None:
        held.append(session.store._lock._owner is not None)
        plain(run, table)

    def take_over(copy: DatabaseCopy, carry_over: CarryOver) -> bool:
        whole = catch_up(copy, carry_over)
        caught.append(True)
        if late and len(caught) == compaction._TIMES_WORDS:
            import_report(session, tmp_path / "late", 900000041)
            with session.store.batch() as batch:  # blocks go, and their numbers are given again
                sql.merge_search_words(batch)
                batch.note("bench filled", turn=1)
        return whole

    def take_place(compactor: Compactor, made: _Successor, user: int, copy: DatabaseCopy) -> None:
        states.extend(dump(db) for db in (compactor._database.writer, made.database.writer))
        states[-1]["schema"] = states[-2]["schema"]  # its triggers come last
        take(compactor, made, user, copy)

    caught = list[bool]()
    import_report(session, tmp_path / "first", 900000001)
    owe(session)
    monkeypatch.setattr(change_log, "_COMPARED_ROWS", 3)
    monkeypatch.setattr(change_log, "_copy_other_blocks", compare)
    monkeypatch.setattr(DatabaseCopy, "catch_up", take_over)
    monkeypatch.setattr(Compactor, "_take_place", take_place)
    assert session.store.forget_older_state(once(lambda: import_report(session, tmp_path / "beside", 900000021)))
    assert copies == [1] and held == [False, False, *[True] * 2 * late]
    assert states[0] == states[1] and states[0]["report_text_data"]
    assert list_queue_rows(session, QueueFilter(search="kite_flyer")) != [] and session.store.check().valid


def test_every_table_is_carried_over(session: Session, copies: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row of each table is written again while rows are copied. Tables without a row are asked for all the same."""
    carried: list[str] = []
    plain = change_log._is_changed

    def is_changed(db: Reader, table: str) -> bool:
        carried.append(table)
        return table != change_log.OWED or plain(db, table)

    def write_all() -> None:
        with session.store.batch() as batch:
            for table in change_log._list_tables(batch.all):
                if table.key and not table.name.startswith(OTHERS):
                    batch.execute(f"UPDATE {table.name} SET {table.key[0]} = {table.key[0]}")
            batch.note("bench filled", turn=1)

    owe(session)
    with session.reading() as db:
        logged = change_log._list_tables(db.all)
        assert {table.name for table in logged if not table.key} <= SMALL, "these are copied whole for any change"
        assert not any(row[6] for table in logged for row in db.all(f"PRAGMA table_xinfo({table.name})")), "a computed column"
        before, tables = dump(db, OTHERS + WORDS), {table.name for table in change_log._list_tables(db.all)}
    monkeypatch.setattr(change_log, "_is_changed", is_changed)
    assert session.store.forget_older_state(once(write_all))
    assert copies == [1] and set(carried) >= tables
    after = dump(session.store.read(), OTHERS + WORDS)
    assert {name: rows for name, rows in after.items() if rows != before[name]}.keys() <= MOVED
    assert session.store.check().valid


def erase(session: Session) -> None:
    """Erases the secret, as a destruction does."""
    with session.store.batch() as batch:
        batch.execute("DELETE FROM policy WHERE value LIKE ?", (f"%{SECRET}%",))
        sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=0)


def holds_secret(session: Session) -> bool:
    session.store._database.empty_log()
    path = session.store._database.path
    return SECRET.encode() in plain_pages(path, bytes(session.store.keys.ring.keys.database))


def test_what_is_erased_while_rows_are_copied_is_in_no_page(session: Session, copies: list[int]) -> None:
    with session.store.batch() as batch:
        batch.executemany("INSERT INTO policy (name, value) VALUES (?, ?)", [(f"p{n}", f"{n} {SECRET}") for n in range(300)])
        batch.note("bench filled", turn=0)
    assert holds_secret(session)
    owe(session)
    assert session.store.forget_older_state(once(lambda: erase(session)))
    assert copies == [1, 1] and not holds_secret(session) and session.store.check().valid


def test_at_last_writers_are_kept_out(session: Session, copies: list[int]) -> None:
    refused: list[str] = []

    def go_on_erasing(progress: Progress) -> None:
        try:
            erase(session)
        except RuntimeError as error:  # of this thread; another one waits
            refused.append(str(error))

    owe(session)
    assert session.store.forget_older_state(go_on_erasing)
    assert copies == [1, 1, 1] and refused and set(refused) == {"a batch is already open in this thread"}
    assert session.store.check().valid and not sql.is_compaction_owed(session.store.read())


class Killed(BaseException):
    """Stands for kill -9: no handler of the product catches it."""


@pytest.mark.parametrize(
    ("of", "step", "replaced"),
    [
        (change_log, "describe_schema", False),
        (DatabaseCopy, "copy_rows", False),
        (DatabaseCopy, "bring_up_to_date", False),
        (change_log, "carry_over", False),
        (DatabaseCopy, "settle", False),
        (DatabaseCopy, "restore_triggers", False),
        (compaction, "move_file", False),
        (compaction, "sync_folder", True),
        (HeadKeeper, "take_over", True),
        (compaction, "wipe_unused", True),
        (wiping, "overwrite_all", True),
        (wiping, "remove_file", True),
        (sql, "clear_compaction_owed", True),
    ],
)
def test_a_kill_leaves_the_rebuild_owed_and_no_trace_after_the_next_start(
    session: Session, monkeypatch: pytest.MonkeyPatch, of: object, step: str, replaced: bool
) -> None:
    def kill(*_: object) -> None:
        raise Killed

    owe(session)
    directory, before = session.store.directory, dump(session.store.read(), OTHERS + WORDS)
    with monkeypatch.context() as patch:
        patch.setattr(Compactor, "_clear", lambda *_: None)
        patch.setattr(of, step, kill)
        with pytest.raises(Killed):
            session.store.forget_older_state()
    assert sql.is_compaction_owed(session.store.read()) and sql.is_rebuild_owed(session.store.read()) != replaced
    session.store.close()
    taken, take = list[bool](), Compactor._take_place

    def take_clean(compactor: Compactor, made: _Successor, user: int, copy: DatabaseCopy) -> None:
        taken.append(change_log.is_started(made.database.writer))
        take(compactor, made, user, copy)

    monkeypatch.setattr(Compactor, "_take_place", take_clean)
    with Store.open(directory, NAME, PASSPHRASE) as store:
        assert taken == [False] * (not replaced), "its pages are copied, and may hold keys of what is erased later"
        assert not sql.is_compaction_owed(store.read()) and not change_log.is_started(store.read())
        assert dump(store.read(), OTHERS + WORDS) == before and store.check().valid
        assert not (directory / opening.REBUILD).exists() and not find_older(store._database.path)
        assert [path.name for path in directory.glob("triage*.db")] == [store._database.path.name]


def test_others_write_while_the_older_file_is_overwritten(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is erased then, another rebuild takes out: this one leaves it owed."""
    with session.store.batch() as batch:
        batch.executemany("INSERT INTO policy (name, value) VALUES (?, ?)", [(f"p{n}", f"{n} {SECRET}") for n in range(300)])
        batch.note("bench filled", turn=0)
    owe(session)

    def work_beside() -> None:
        with Store.open(session.store.directory, NAME, PASSPHRASE) as store, pytest.raises(StoreBusy):
            store.forget_older_state(wait=0)  # one program at a time
        erase(session)

    hooked = once(work_beside)
    wipe = wiping.wipe_unused

    def wipe_later(path: Path, key: memoryview) -> bool:
        hooked(Progress(done=0, total=None, unit="pages"))
        return wipe(path, key)

    monkeypatch.setattr(compaction, "wipe_unused", wipe_later)
    assert session.store.forget_older_state()
    assert sql.is_rebuild_owed(session.store.read()) and "A destruction is not finished" in str(session.store.check().problems[0])
    assert session.store.forget_older_state() and not sql.is_compaction_owed(session.store.read())
    assert not holds_secret(session) and session.store.check().valid


def test_a_copy_with_other_rows_than_the_store_is_made_anew(session: Session, copies: list[int]) -> None:
    """A row that another key's row replaced is noted by no trigger."""

    def work() -> None:
        with session.store.batch() as batch:
            batch.execute("DELETE FROM policy WHERE name = 'gone'")
            batch.execute("INSERT INTO policy (name, value) VALUES ('other', '1'), ('third', '1')")
            batch.execute("DELETE FROM rebuild_change_policy WHERE name = 'gone'")
            batch.note("bench filled", turn=1)

    with session.store.batch() as batch:
        batch.execute("INSERT INTO policy (name, value) VALUES ('gone', '1')")
        batch.note("bench filled", turn=0)
    owe(session)
    assert session.store.forget_older_state(once(work))
    assert copies == [1, 1]
    with session.reading() as db:
        assert db.all("SELECT name FROM policy ORDER BY 1") == [("other",), ("third",)]


def test_a_row_that_took_the_place_of_another_is_in_the_rebuilt_database(session: Session, copies: list[int]) -> None:
    """The name of a key goes to another key: SQLite removes the first row, and no trigger hears of it."""

    def work() -> None:
        with session.store.batch() as batch:
            trusted.save_trusted_key(batch, "bb" * 32, "Lahore", "2026-11-29T00:00:00Z", 1)
            batch.note("bench filled", turn=1)

    with session.store.batch() as batch:
        trusted.save_trusted_key(batch, "aa" * 32, "Lahore", "2026-11-29T00:00:00Z", 1)
        batch.note("bench filled", turn=0)
    owe(session)
    assert session.store.forget_older_state(once(work))
    assert copies == [1, 1] and trusted.load_names(session.store.read()) == {"bb" * 32: "Lahore"}
    assert session.store.check().valid


def test_a_table_that_is_made_anew_while_rows_are_copied_is_copied_again(session: Session, copies: list[int]) -> None:
    """The planes are laid side by side by making their table anew, and its triggers go with the old one."""

    def work() -> None:
        with session.store.batch() as batch:
            queue_planes.order_planes(batch)
            queue_planes.save_block(batch, 0, 0, b"\x05" * 8)
            batch.note("bench filled", turn=1)

    with session.store.batch() as batch:
        queue_planes.save_block(batch, 0, 0, b"\x01" * 8)
        batch.note("bench filled", turn=0)
    owe(session)
    assert session.store.forget_older_state(once(work))
    assert copies == [1, 1] and queue_planes.load_block(session.store.read(), 0, 0) == b"\x05" * 8


def test_a_store_opens_at_once_while_another_program_rebuilds_it(session: Session) -> None:
    opened: list[bool] = []

    def open_beside() -> None:
        with Store.open(session.store.directory, NAME, PASSPHRASE) as store:
            opened.append(sql.is_compaction_owed(store.read()))
            with pytest.raises(StoreBusy, match="rebuilds the store's database"):
                store.forget_older_state(wait=0)

    owe(session)
    assert session.store.forget_older_state(once(open_beside))
    assert opened == [True] and not sql.is_compaction_owed(session.store.read())
