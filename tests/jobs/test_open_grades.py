"""What is kept of grades is what working out every file says, after any change, and a list reads no other file's grades."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

import pytest

from triage.errors import StoreError
from triage.jobs.casework.cases import open_case
from triage.jobs.keeping.check import check_store, rebuild_queue
from triage.jobs.review import grade_work, grading
from triage.jobs.review.grade_work import find_grade_work
from triage.jobs.session import Session
from triage.jobs.state import open_grades
from triage.jobs.state.grades import find_blind_grades, is_readable, work_out_grade
from triage.model.casework import DISAGREE, GRADED, GradeAgreement
from triage.model.damage import GRADE_UNREADABLE
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.migrations import load_migrations
from triage.store.queries import grades, kept_grades
from triage.store.queries.kept_counts import find_wrong_casework

FILES, REPORT = 40, 1
WORDS = ("adult", "adult", "age uncertain", "abuse material", "not a grade")


def change_something(batch: Batch, dice: random.Random) -> None:
    """Changes grades as people, damage and decisions about matches do."""
    medium, other = dice.sample(range(1, FILES + 1), 2)
    court = int(dice.random() < 0.8)
    given = f"2026-11-{dice.randrange(1, 4):02d}T00:00:00Z"
    source = other if not court and dice.random() < 0.7 else None
    act = dice.randrange(10)
    if act < 6:
        batch.execute(
            "INSERT INTO grade (media_item_id, report_id, user_id, given, grade, court, settles, inherited_from)"
            " VALUES (?,?,?,?,?,?,?,?)",
            (medium, REPORT, dice.randrange(1, 4), given, dice.choice(WORDS), court, int(court and dice.random() < 0.2), source),
        )
    elif act == 6:
        batch.execute("DELETE FROM grade WHERE id = (SELECT max(id) FROM grade WHERE media_item_id = ?)", (medium,))
    elif act == 7:
        batch.execute("UPDATE grade SET grade = ? WHERE media_item_id = ?", (dice.choice(WORDS), medium))
    else:
        taken = batch.first("SELECT media_item_id, inherited_from FROM grade WHERE inherited_from IS NOT NULL ORDER BY random()")
        pair = sorted(taken or (medium, other))
        if act == 8:
            batch.execute("INSERT OR REPLACE INTO rejected_match (a, b, rejected, user_id) VALUES (?,?,'',1)", pair)
        else:
            batch.execute("DELETE FROM rejected_match WHERE a = ? AND b = ?", pair)


def work_out_all(batch: Batch) -> tuple[list[int], int, list[GradeAgreement]]:
    """Returns the open grades in order, how many of them disagree, and the agreement, of all files one by one."""
    graded = grades.load_grades(batch, grades.list_graded_media(batch))
    found, pairs, unreadable = [], [], 0
    for medium, rows in graded.items():
        state = work_out_grade(rows)[0]
        if state != GRADED and any(row.court for row in rows):
            last = [row for row in rows if row.court][-1]
            found.append((state != DISAGREE, last.given, medium))
        blind = [row for row in rows if row.court and not row.settles]
        if len(blind) == 2 and blind[0].user_id != blind[1].user_id and not all(map(is_readable, blind)):
            unreadable += 1
        elif len(two := find_blind_grades(rows)) == 2:
            pairs.append({row.grade for row in two})
    agreed = {}
    for word in sorted({word for pair in pairs for word in pair}):
        own = [pair for pair in pairs if word in pair]
        agreed[word] = GradeAgreement(grade=word, pairs=len(own), agreed=sum(len(pair) == 1 for pair in own))
    if unreadable:
        agreed[GRADE_UNREADABLE] = GradeAgreement(grade=GRADE_UNREADABLE, pairs=unreadable, agreed=None)
    found.sort()
    return [medium for *_, medium in found], sum(not waits for waits, *_ in found), [agreed[word] for word in sorted(agreed)]


@pytest.fixture
def desk(session: Session) -> Session:
    with session.store.batch() as batch:
        batch.execute("INSERT INTO report (id, number, version, first_number) VALUES (1, '1', 1, '1')")
        batch.executemany(
            "INSERT INTO media_item (id, sha256, md5, sha1, size, item) VALUES (?1,?1,?1,?1,1,0)",
            ((n,) for n in range(1, FILES + 1)),
        )
        batch.note("test filled", files=FILES)
    return session


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_is_what_all_grades_say(desk: Session, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_grades, "MOST_CHANGED", (0, 3, 1000)[seed])
    dice, disagreed, unreadable = random.Random(seed), 0, 0
    for _ in range(60):
        with desk.store.batch() as batch:
            for _ in range(12):
                change_something(batch, dice)
            open_grades.keep_changed_grades(batch, dice.choice((2, 1000)))
            ids, disagree, agreed = work_out_all(batch)
            assert not open_grades.find_wrong_grades(batch)
            batch.note("test changed", files=1)
        found = find_grade_work(desk)
        assert (list(found.ids), found.disagree) == (ids, disagree)
        assert sorted(grading.measure_agreement(desk), key=lambda each: each.grade) == agreed
        disagreed, unreadable = disagreed + disagree, unreadable + sum(each.agreed is None for each in agreed)
    assert disagreed and unreadable and bool(desk.store.read().value("SELECT count(*) FROM grade_work")) == (seed < 2)


def test_each_grade_that_is_given_keeps_some_of_those_that_changed(desk: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_grades, "MOST_CHANGED", 5)
    with desk.store.batch() as batch:
        for medium in range(1, 31):
            grades.add_grade(batch, medium_id=medium, report_id=1, user_id=1, given="2026", grade="adult", court=True)
        open_grades.keep_changed_grades(batch, 20)
        assert kept_grades.list_changed_media(batch) == list(range(21, 31))
        open_grades.keep_changed_grades(batch, 20)
        assert kept_grades.list_changed_media(batch) == []
        grades.add_grade(batch, medium_id=7, report_id=1, user_id=2, given="2026", grade="adult", court=True)
        open_grades.keep_changed_grades(batch)
        assert kept_grades.list_changed_media(batch) == [7], "so few are worked out by whoever reads"
        batch.note("test changed", files=1)
    assert 7 not in find_grade_work(desk).ids and len(find_grade_work(desk).ids) == 29


def test_a_destroyed_grade_leaves_nothing_kept(desk: Session) -> None:
    with desk.store.batch() as batch:
        grades.add_grade(batch, medium_id=7, report_id=1, user_id=1, given="2026", grade="adult", court=True)
        kept_grades.save_grades(batch, open_grades.read_changed_grades(batch))
        batch.execute("DELETE FROM grade WHERE report_id = 1")
        left = [batch.value(f"SELECT count(*) FROM {table}") for table in ("grade_work", "grade_changed")]
        batch.note("test changed", files=1)
    assert left == [0, 0]


@pytest.mark.parametrize("seed", range(2))
def test_the_migration_keeps_what_working_out_says(desk: Session, seed: int) -> None:
    dice = random.Random(seed)
    sql = dict(load_migrations())[9]
    first = sql[sql.index("CREATE TABLE plain_grades") : sql.index("CREATE TRIGGER grade_work_grade_added")]
    with desk.store.batch() as batch:
        for _ in range(120):
            change_something(batch, dice)
        for table in ("grade_work", "grade_changed", "grade_pair"):
            batch.execute(f"DELETE FROM {table}")
        for statement in first.split(";\n"):
            if statement.strip():
                batch.execute(statement)
        kept = batch.value("SELECT count(*) FROM grade_work")
        for_court = "SELECT 1 FROM grade g WHERE g.media_item_id = c.media_item_id AND court = 1"
        assert not batch.value(f"SELECT count(*) FROM grade_changed c WHERE NOT EXISTS ({for_court})"), "readers work these out"
        ids, disagree, agreed = work_out_all(batch)
        batch.note("test changed", files=1)
    found = find_grade_work(desk)
    assert (list(found.ids), found.disagree) == (ids, disagree) and kept
    assert sorted(grading.measure_agreement(desk), key=lambda each: each.grade) == agreed


@pytest.mark.parametrize(
    "wrong", ["grade_work SET since = '2027' WHERE waits = 1", "grade_pair SET n = n + 1", "case_present SET due = '2031'"]
)
def test_the_check_finds_what_is_kept_wrongly_and_makes_it_right(desk: Session, wrong: str) -> None:
    with desk.store.batch() as batch:
        for medium in (1, 2):
            grades.add_grade(batch, medium_id=medium, report_id=1, user_id=1, given="2026", grade="adult", court=True)
        grades.add_grade(batch, medium_id=2, report_id=1, user_id=2, given="2026", grade="adult", court=True)
        kept_grades.save_grades(batch, open_grades.read_changed_grades(batch))
        batch.note("test changed", files=2)
    open_case(desk)
    said = "The lists of cases, requests and grades differ"
    assert said not in str(check_store(desk).problems)
    with desk.store.batch() as batch:
        batch.execute(f"UPDATE {wrong}")
        batch.note("test changed", files=1)
    assert said in str(check_store(desk).problems)
    rebuild_queue(desk)
    assert said not in str(check_store(desk).problems)
    assert list(find_grade_work(desk).ids) == [1]


def give_grades(batch: Batch, media: Iterable[int], user: int) -> None:
    """Gives each of these media items a grade for court."""
    for medium in media:
        grades.add_grade(batch, medium_id=medium, report_id=1, user_id=user, given="2026", grade="adult", court=True)
    batch.note("test changed", files=1)


def test_a_disk_that_is_full_while_grades_are_kept_leaves_what_was_kept(desk: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_grades, "MOST_CHANGED", 0)
    with desk.store.batch() as batch:
        give_grades(batch, range(1, 21), 1)
        open_grades.keep_changed_grades(batch)
    with pytest.raises(StoreError, match="disk is full"), desk.store.batch() as batch:
        give_grades(batch, range(5, 31), 2)
        open_grades.keep_changed_grades(batch)
        batch.execute(f"PRAGMA max_page_count = {batch.value('PRAGMA page_count')}")
        while True:  # each statement runs triggers, and one of them has no room
            give_grades(batch, range(1, FILES + 1), 3)
            open_grades.keep_changed_grades(batch)
    with desk.reading() as db:
        assert not find_wrong_casework(db) and not open_grades.find_wrong_grades(db)
        assert db.all("SELECT low, high, n FROM grade_pair WHERE n > 0") == []
    assert list(find_grade_work(desk).ids) == list(range(1, 21))


def test_a_list_is_of_one_state_when_others_keep_grades_meanwhile(desk: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_grades, "MOST_CHANGED", 0)
    with desk.store.batch() as batch:
        give_grades(batch, range(1, 11), 1)

    def keep_and_iterate(db: Reader, waits: int) -> Iterator[tuple[str, int]]:
        with desk.store.batch() as batch:
            open_grades.keep_changed_grades(batch)
            give_grades(batch, range(1 + 5 * waits, 6 + 5 * waits), 2)
        return kept_grades.iterate_open_grades(db, waits)

    monkeypatch.setattr(grade_work, "iterate_open_grades", keep_and_iterate)
    assert list(find_grade_work(desk).ids) == list(range(1, 11))
    monkeypatch.undo()
    assert list(find_grade_work(desk).ids) == []
