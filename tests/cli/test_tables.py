"""A table into a file is the same whether it is written at once or by rich, which folds what does not fit."""

from __future__ import annotations

import random

import pytest

from bench.casework import fill_casework, fill_grades
from tests.cli.conftest import WORDS, Desk
from tests.jobs.conftest import CHEAP
from triage.cli import output
from triage.jobs.session import Session
from triage.store.batch import Batch
from triage.store.store import Store

CELLS = ("", " ", "a", "900144218", "in progress", "اردو میں", "漢字", "é\u0301", "[bold]x[/]", "a  b ", "x" * 90, "x-y_z/" * 9)


def test_a_table_that_fits_looks_as_rich_draws_it(capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(3)
    whole = 0
    for _ in range(60):
        columns = [rng.choice(("report", "band", "stage", "名")) for _ in range(rng.randrange(1, 6))]
        cells = [[rng.choice(CELLS) for _ in columns] for _ in range(rng.randrange(0, 5))]
        output._print_folded(columns, cells)
        folded = capsys.readouterr().out
        if output._print_whole(columns, cells):
            whole += 1
            assert capsys.readouterr().out == folded, (columns, cells)
    assert 30 < whole < 60, "both ways were tried"


def test_a_long_table_does_not_need_rich(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_print_folded", None)
    output.print_table(("number", "state"), [(n, None if n % 2 else "made") for n in range(output.MOST_LISTED)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == output.MOST_LISTED + 1 and lines[:3] == ["number  state", "0       made ", "1            "]


@pytest.mark.parametrize("total", [0, 1, 1_000, 1_001, 2_300])
def test_a_list_is_read_part_by_part(total: int, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[int] = []

    def load(ids: object) -> dict[int, str]:
        asked.append(len(ids))  # type: ignore[arg-type]
        return {i: str(i) for i in ids if i != 7}  # type: ignore[attr-defined]

    ids = range(total, 0, -1)
    listed = output.choose_listed(ids, json=False)
    rows = [row for part in output.read_parts(listed, load) for row in part]
    assert rows == [str(i) for i in ids[: output.MOST_LISTED] if i != 7] and max(asked) <= output.ROWS_AT_ONCE
    assert len(output.choose_listed(ids, json=True)) == total
    output.say_left_out(len(listed), total)
    said = capsys.readouterr().out
    assert said == (
        "" if total <= output.MOST_LISTED else f"The newest 1,000 of {total:,} are listed; list all of them with --json.\n"
    )


LISTS = {
    "case list": (b"C-2026-00003", b"C-2026-00002"),
    "request list": (b"R-2026-00003", b"R-2026-00002"),
    "audit outgoing": (b"file-5.age", b"file-4.age"),
    "grade waiting": (b"waits for a second grader", None),
    "corrections": (b"band B", b"band C"),
    "work list": (b"package-3", b"package-2"),
    "work conflicts": (b"field-3", b"field-2"),
    "deconflict list": (b"session-3", b"session-2"),
    "held": (b"waits for a lead", b"confirmed"),
    "possible": (b"PDQ distance", None),
    "imports": (b"/path/3", b"/path/2"),
    "shift list": (b"2026-01-03", b"2026-01-02"),
    "lists hits Kites": (b"kite-1.jpg", b"kite-2.jpg"),
}
"""What a table of one row shows, and what it leaves out: the newest, or the longest waiting."""


@pytest.fixture(scope="module")
def casework(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A store with three cases and what belongs to them."""
    work = tmp_path_factory.mktemp("tables")
    (work / "words").write_text(WORDS)
    with Session(Store.create(work / "store", "first", WORDS, cost=CHEAP).store) as session, session.store.batch() as batch:
        fill_casework(batch, 3)
        fill_grades(batch, 16)
        batch.executemany(
            "INSERT INTO correction (report_id, made, user_id, band, lowers, value, basis, reason, needs_second)"
            " VALUES (1,'2026-01-01T00:00:00Z',1,?,0,'A','[]','seen',0)",
            [("C",), ("B",)],
        )
        _fill_other_lists(batch)
        batch.note("test filled", cases=3)
    return Desk(work, work / "store")


def _fill_other_lists(batch: Batch) -> None:
    """Adds three work packages with a conflict each, three sessions, two held hashes and two possible pairs."""
    for n in (1, 2, 3):
        made = f"2026-01-0{n}T00:00:00Z"
        batch.execute(
            "INSERT INTO work_package (id, package_id, direction, age_key, made, reports, media, bundles, user_id)"
            " VALUES (?,?,'sent','age1',?,1,0,'{}',1)",
            (n, f"package-{n}", made),
        )
        batch.execute("INSERT INTO work_package_report (package, report_id, number, base, seen) VALUES (?,1,'1','{}','{}')", (n,))
        batch.execute(
            "INSERT INTO work_conflict (package, report_id, field, here, there, change, found) VALUES (?,1,?,'a','b','{}',?)",
            (n, f"field-{n}", made),
        )
        batch.execute(
            "INSERT INTO deconfliction (session, other_key, first, made, user_id, compared, length, scalar, silent_scalar)"
            " VALUES (?,'key',1,?,1,5,8,x'00',x'00')",
            (f"session-{n}", made),
        )
    batch.execute(
        "INSERT INTO held_hash (media_item_id, since, outcome, decided, user_id) VALUES (1,?,'confirmed',?,1)", (made,) * 2
    )
    batch.execute("INSERT INTO held_hash (media_item_id, since) VALUES (2,?)", (made,))
    _fill_lists_of_this_store(batch)
    batch.executemany(
        "INSERT INTO possible_match (a, b, distance, dhash_distance, asked_item) VALUES (?,?,40,50,?)", [(1, 2, 1), (3, 4, 3)]
    )


def _fill_lists_of_this_store(batch: Batch) -> None:
    """Adds imports, shift sheets, and two hash lists that hold the same files, of which one says that they are harmless."""
    day = "2026-01-0{}T00:00:00Z".format
    batch.execute("DELETE FROM bundle WHERE id > 1")
    for n in (2, 3):
        batch.execute(
            "INSERT INTO bundle (id, started, finished, user_id, paths) VALUES (?,?,?,1,?)", (n, day(n), day(n), f'["/path/{n}"]')
        )
        batch.execute("INSERT INTO shift_sheet (id, made, user_id, counts) VALUES (?,?,1,'{}')", (n, day(n)))
    for list_id, name, kind in ((1, "Kites", "known"), (2, "Toys", "known-good")):
        batch.execute(
            "INSERT INTO hash_list (id, name, kind, added, sha256, entries, unmatched) VALUES (?,?,?,?,'00',2,'[]')",
            (list_id, name, kind, day(1)),
        )
        for n in (1, 2):
            entry = 10 * list_id + n
            batch.execute("INSERT INTO list_entry (id, list_id) VALUES (?,?)", (entry, list_id))
            value = bytes([n]) * 16
            batch.execute(
                "INSERT INTO list_hash (hash_kind, value, list_id, entry_id) VALUES ('md5',?,?,?)", (value, list_id, entry)
            )
            batch.execute(
                "INSERT INTO file_hash (hash_kind, value, report_id, name, declared) VALUES ('md5',?,1,?,0) ON CONFLICT DO NOTHING",
                (value, f"kite-{n}.jpg"),
            )


def test_conflicts_of_lists_end_and_say_so_and_json_holds_all(casework: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert b"are listed" not in casework.call("lists", "conflicts").out
    monkeypatch.setattr(output, "MOST_LISTED", 1)
    said = casework.call("lists", "conflicts").out
    assert b"The first 1 of 2 are listed" in said and b"kite-1.jpg" in said and b"kite-2.jpg" not in said
    assert [each["file"] for each in casework.call("lists", "conflicts", "--json").json["files"]] == ["kite-1.jpg", "kite-2.jpg"]


@pytest.mark.parametrize("command", LISTS)
def test_a_list_ends_and_says_so_and_json_holds_all(casework: Desk, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """With a year's casework a table took 24 to 53 seconds and 792 MB."""
    assert b"are listed" not in casework.call(*command.split()).out
    monkeypatch.setattr(output, "MOST_LISTED", 1)
    monkeypatch.setattr(output, "ROWS_AT_ONCE", 2)
    shown, left_out = LISTS[command]
    said = casework.call(*command.split()).out
    every = casework.call(*command.split(), "--json").json
    assert f" 1 of {len(every)} are listed; list all of them with --json.".encode() in said and len(every) > 1
    assert shown in said and (left_out is None or left_out not in said)


@pytest.fixture(scope="module")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A store in which nothing was done yet."""
    work = tmp_path_factory.mktemp("new")
    (work / "words").write_text(WORDS)
    Store.create(work / "store", "first", WORDS, cost=CHEAP).store.close()
    return Desk(work, work / "store")


@pytest.mark.parametrize(
    "command",
    [
        "queue", "set-aside", "imports", "possible", "held", "grade waiting", "case list", "request list", "work list", "work conflicts",
        "deconflict list", "series list", "lists list", "backups", "corrections", "corrections --waiting", "shift list",
        "audit outgoing", "funnel overdue", "stats providers",
    ],
)  # fmt: skip
def test_a_list_without_rows_says_so_in_a_sentence(new_store: Desk, command: str) -> None:
    said = new_store.call(*command.split())
    (line,) = said.out.decode().splitlines()
    assert said.code == 0 and ("  " not in line) and ("no" in line.lower())
