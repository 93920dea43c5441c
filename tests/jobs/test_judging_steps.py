"""Reports that are judged together, step by step, get the cards that each gets by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.jobs.bundles import le_json, write_bundle
from triage.jobs.codec import encode
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging import judge, material
from triage.jobs.judging.material import JudgingBatch, Material
from triage.jobs.judging.steps import PIECE, PIECE_OF_LARGE, Steps, load_in_pieces, run_steps, split_by_size
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.priority import shipped_rules


@pytest.fixture
def work(session: Session, tmp_path: Path) -> JudgingBatch:
    """Seven reports without cards: one is of a cleared person, one can't be read, and one was not read before."""
    folder = write_bundle(tmp_path / "in")
    for number in range(900000021, 900000027):
        (folder / f"{number}.json").write_bytes(le_json(number))
    import_bundles(session, [folder], receipt=Receipt())
    with session.reading() as db:
        ids = [i for (i,) in db.all("SELECT id FROM report ORDER BY id")]
        found = material.load_with_context(db, ids)
    pictures, first, second, third, *rest = [replace(each, around=replace(each.around, card=None)) for each in found.materials]
    changed = (replace(first, cleared=True), replace(second, documents=(b"{",)), replace(third, unsaid=True))
    return JudgingBatch((pictures, rest[0], *changed, *rest[1:]), found.lists)


def judge_alone(work: JudgingBatch) -> list[bytes]:
    return [encode(judge.judge_all(JudgingBatch((each,), work.lists), shipped_rules())[0]) for each in work.materials]


def test_together_each_gets_the_card_that_it_gets_alone(work: JudgingBatch) -> None:
    together = judge.judge_all(work, shipped_rules())
    assert [encode(each) for each in together] == judge_alone(work)
    assert [each.band for each in together[2:5]] == ["E", "A", "A"], "cleared, and not judged"
    assert len({each.score for each in together}) > 3


def test_documents_cross_as_they_are_stored(work: JudgingBatch, session: Session) -> None:
    with session.reading() as db:
        stored = {parsed for (parsed,) in db.all("SELECT parsed FROM source")}
    first = work.materials[0]
    assert stored.issuperset(first.documents)
    assert all(document.startswith(b"{") for document in material.unpack_documents(first).documents)


def test_one_damaged_document_stops_no_other_report(work: JudgingBatch) -> None:
    first, second, *rest = work.materials
    damaged = replace(second, documents=(second.documents[0][:-9],))
    sound = judge.judge_all(work, shipped_rules())
    cards = judge.judge_all(JudgingBatch((first, damaged, *rest), work.lists), shipped_rules())
    assert cards[1].fault is not None and cards[1].flags == ("not judged",)
    assert [each for at, each in enumerate(cards) if at != 1] == [each for at, each in enumerate(sound) if at != 1]


def test_answers_keep_their_order_whatever_each_takes() -> None:
    done: list[str] = []

    def count(name: str, steps: int) -> Steps[str]:
        for step in range(steps):
            done.append(f"{name}{step}")
            yield
        return name

    assert run_steps([count("a", 1), count("b", 3), count("c", 0), count("d", 2)]) == ["a", "b", "c", "d"]
    assert done == ["a0", "b0", "d0", "b1", "d1", "b2"], "each step is done for all before the next one"
    assert run_steps([]) == []


def of_size(materials: Iterator[Material], *sizes: int) -> list[Material]:
    return [replace(each, documents=(b"x" * size,), texts={}) for each, size in zip(materials, sizes, strict=False)]


def test_large_reports_are_not_held_in_memory_together(work: JudgingBatch) -> None:
    reports = of_size(iter(work.materials), 4, 5, 2, 30, 1, 9)
    groups = list(split_by_size(reports, 10))
    assert [[len(each.documents[0]) for each in group] for group in groups] == [[4, 5], [2], [30], [1, 9]]
    assert list(split_by_size([], 10)) == []
    texts = [replace(each, documents=(), texts={"a": b"x" * 9}) for each in reports[:2]]
    assert [len(group) for group in split_by_size(texts, 10)] == [1, 1]


def test_behind_large_documents_fewer_reports_are_read_in_one_go(work: JudgingBatch) -> None:
    def load(ids: Sequence[int]) -> JudgingBatch:
        read.append(list(ids))
        size = (5 << 20) // len(ids) if 0 in ids else 1
        return replace(work, materials=tuple(replace(work.materials[0], documents=(b"x" * size,), texts={}) for _ in ids))

    read: list[list[int]] = []
    ids = range(3 * PIECE)
    assert [len(piece.materials) for piece in load_in_pieces(ids, load)] == [PIECE, PIECE_OF_LARGE, PIECE, PIECE_OF_LARGE]
    assert [one for piece in read for one in piece] == list(ids), "each report once, in order"
    assert list(load_in_pieces([], load)) == []
