"""Reports of one content: the queue shows the first, whatever the order, and one more costs the same however many there are."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.jobs.bundles import le_json
from triage.jobs.casework.decisions import decide
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging import key_keeping, material, same_content
from triage.jobs.judging.key_kinds import CONTENT, OWN_NUMBER, REPORT
from triage.jobs.keeping.destruction import clear_person, unclear_person
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.casework import Closing
from triage.model.handover import Receipt
from triage.store.batch import Batch
from triage.store.queries import judgement, key_holders, reports
from triage.store.queries.judgement import QueueFacts
from triage.store.queries.key_holders import LinkKey

_NOTHING = dict.fromkeys(QueueFacts.__struct_fields__, 0)


def add_reports(batch: Batch, numbers: list[str], content: str) -> list[int]:
    """Adds reports of one content whose cards are not stale, as copies of the first of them."""
    ids = [reports.add_report(batch, number) for number in numbers]
    key_holders.save_keys(batch, [(i, (CONTENT, content, 0, None)) for i in ids], [])
    write_rows(batch, ids)
    return ids


def write_rows(batch: Batch, ids: list[int]) -> None:
    """Writes the rows of the queue as judging does."""
    firsts, numbers = same_content.find_firsts(batch, ids), reports.load_numbers(batch, ids)
    rows = []
    for i in ids:
        first = firsts.get(i, i)
        facts = {**_NOTHING, "duplicates_of": None if first == i else first, "number_key": numbers[i].zfill(20)}
        rows.append((i, QueueFacts(**facts)))  # type: ignore[arg-type]
    judgement.save_queue_facts(batch, rows)
    judgement.clear_stale(batch, ids)


def load_duplicates(batch: Batch) -> dict[int, int | None]:
    return dict(batch.all("SELECT report_id, duplicates_of FROM queue"))


@pytest.mark.parametrize("seed", range(1, 4))
def test_the_first_of_a_content_is_shown_whatever_comes_and_goes(
    session: Session, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Few holders are asked, reports change, go, get lower numbers and are judged late."""
    monkeypatch.setattr(same_content, "_ASKED", 3)
    dice = random.Random(seed)
    content: dict[int, str] = {}
    with session.store.batch() as batch:
        for step in range(120):
            free = sorted(content)
            act = dice.choice(["come", "come", "change", "change", "go", "renumber", "judge", "judge"])
            if act == "come":
                number = dice.choice(["9", "L-"]) + f"{dice.randrange(10**6):06}{step:03}"
                one = reports.add_report(batch, number)
            elif not free:
                continue
            else:
                one = dice.choice(free)
            if act in ("come", "change"):
                content[one] = dice.choice("ab")
                key_keeping.store_keys(batch, {one: [(CONTENT, content[one], 0, None)]})
                judgement.mark_stale(batch, [one])
            elif act == "go":
                key_keeping.store_keys(batch, {one: ()})
                del content[one]
                for table in ("queue", "stale", "report_number"):
                    batch.execute(f"DELETE FROM {table} WHERE report_id = ?", (one,))
                batch.execute("DELETE FROM report WHERE id = ?", (one,))
            elif act == "renumber" and reports.load_numbers(batch, [one])[one].startswith("L-"):
                number = f"8{dice.randrange(10**6):06}{step:03}"
                reports.set_number(batch, one, number, number.zfill(20))
                judgement.mark_stale(batch, [one])
            elif act == "judge":
                stale = [i for (i,) in batch.all("SELECT report_id FROM stale ORDER BY report_id")]
                write_rows(batch, dice.sample(stale, min(2, len(stale))))
            named: dict[str, set[int]] = {}
            for i, first in load_duplicates(batch).items():
                if i not in judgement.load_stale_stages(batch, [i]):
                    named.setdefault(content[i], set()).add(first or i)
            assert all(len(firsts) == 1 and content[min(firsts)] == each for each, firsts in named.items())
        write_rows(batch, [i for (i,) in batch.all("SELECT report_id FROM stale")])
        numbers = reports.load_numbers(batch, content)

        def place(i: int) -> tuple[bool, str]:
            return not numbers[i].isdecimal(), numbers[i].zfill(20)

        lowest = {each: min((i for i in content if content[i] == each), key=place) for each in content.values()}
        assert load_duplicates(batch) == {i: None if lowest[each] == i else lowest[each] for i, each in content.items()}
        assert len(content) > 5


def test_one_more_report_of_a_content_reads_a_few_of_the_others(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(number: int) -> Path:
        (tmp_path / str(number)).mkdir()
        people = {"reportedPersons": [{"screenName": {"value": "kite"}}]}
        told = {"reportedInformation": {"reportedPeople": people}, "uploadedFiles": {"uploadedFiles": []}}
        (tmp_path / str(number) / "r.json").write_bytes(le_json(number, **told))
        return tmp_path / str(number)

    import_bundles(session, [write(900000005)], receipt=Receipt())
    with session.store.batch() as batch:
        ((first, content),) = batch.all("SELECT report_id, value FROM link_key WHERE kind = ?", (CONTENT,))
        others = add_reports(batch, [str(900001000 + n) for n in range(3 * material.ENOUGH)], content)
    read: list[int] = []
    list_holders = key_holders.list_holders

    def spy(*given: object) -> list[tuple[int, int | None]]:
        found = list_holders(*given)  # type: ignore[arg-type]
        read.append(len(found))
        return found

    monkeypatch.setattr(key_holders, "list_holders", spy)
    import_bundles(session, [write(900009000)], receipt=Receipt())
    assert max(read) < len(others)
    with session.store.batch() as batch:
        assert set(load_duplicates(batch).values()) == {None, first}
    import_bundles(session, [write(900000004)], receipt=Receipt())
    with session.store.batch() as batch:
        found = load_duplicates(batch)
        last = max(found)
        assert found == {i: None if i == last else last for i in found}
        assert judgement.count_stale(batch) == 0


def test_a_report_that_many_name_makes_them_stale_only_when_it_is_not_counted(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_keeping, "ENOUGH", 2)

    def own(day: int) -> LinkKey:
        return (REPORT, "900000001", OWN_NUMBER, day)

    with session.store.batch() as batch:
        naming = [reports.add_report(batch, str(900000010 + n)) for n in range(5)]
        key_holders.save_keys(batch, [(i, (REPORT, "900000001", 90, None)) for i in naming], [])
        named = reports.add_report(batch, "900000001")
        for day in (20_000, 20_001):
            key_keeping.store_keys(batch, {named: [own(day)]})
        assert judgement.load_stale_stages(batch, naming) == {}
    decide(session, "900000001", status="closed", reason=Closing.ADULT.value)
    with session.store.batch() as batch:
        judgement.clear_stale(batch, naming)
        key_keeping.store_keys(batch, {named: [own(20_002)]})
        assert judgement.load_stale_stages(batch, naming) == {}, "only the day changed"
        key_keeping.store_keys(batch, {named: ()})
        assert judgement.load_stale_stages(batch, naming).keys() == set(naming), "its number went, and it counts again"


def test_a_cleared_report_that_many_name_is_not_counted_and_counts_again(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (key_keeping, material):
        monkeypatch.setattr(module, "ENOUGH", 2)
    for n in range(4):
        person: dict[str, object] = {"screenName": {"value": f"user_{n}"}}
        if n:
            person["priorReports"] = ["900000600"]
        told = {"reportedInformation": {"reportedPeople": {"reportedPersons": [person]}}}
        (tmp_path / str(n)).mkdir()
        (tmp_path / str(n) / "r.json").write_bytes(le_json(900000600 + n, uploadedFiles={"uploadedFiles": []}, **told))
    import_bundles(session, [tmp_path], receipt=Receipt())

    def count_known() -> int:
        views = [load_report_view(session, str(900000601 + n)) for n in range(3)]
        return sum(factor.rule == "access.known_reports" for view in views for factor in view.score.factors)

    assert count_known() == 3
    clear_person(session, "900000600", "another person used the account")
    assert count_known() == 0
    unclear_person(session, "900000600")
    assert count_known() == 3
