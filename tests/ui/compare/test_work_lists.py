"""The two work lists: pairs that wait for anybody, and hashes that wait for a lead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, held_hash, pair, sha256_of
from tests.ui.screens import PictureApi, settle, texts, wait_active
from triage.model.users import Role
from triage.ui.compare.held_page import HeldPage
from triage.ui.compare.pairs_page import PairsPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import theme
from triage.wellbeing import Rung

PLAIN, NEAR, OTHER, LAST = 1, 2, 4, 5


def show(page: PairsPage | HeldPage, runner: Runner, qtbot: QtBot) -> None:
    host = QWidget()
    page.host = host  # type: ignore[union-attr]  # nothing else keeps the window alive
    qtbot.addWidget(host)
    QVBoxLayout(host).addWidget(page)
    host.resize(1288, 860)
    host.show()
    host.activateWindow()
    wait_active(host)
    runner.changed.connect(page.on_changed)
    page.reload()
    settle(runner)


@pytest.fixture
def api() -> PictureApi:
    made = PictureApi()
    made.pairs = (pair(PLAIN, NEAR, 33), pair(PLAIN, OTHER, 40), pair(OTHER, LAST, 52))
    made.hashes = [held_hash(1), held_hash(2, of="picture", lists=(), hash=sha256_of(PLAIN))]
    return made


@pytest.fixture
def pairs(api: PictureApi, runner: Runner, qtbot: QtBot) -> Iterator[PairsPage]:
    page = PairsPage(api, runner)
    show(page, runner, qtbot)
    yield page
    page.conceal()


@pytest.fixture
def held(api: PictureApi, runner: Runner, qtbot: QtBot) -> HeldPage:
    page = HeldPage(api, runner)
    show(page, runner, qtbot)
    return page


def others(page: PairsPage) -> list[str]:
    return [row.other for row in page.table.rows()]


def current(page: PairsPage) -> tuple[str, str] | None:
    return None if page.compare.pair is None else page.compare.pair.key


def test_the_gravest_stands_beside_its_like_at_once_and_nothing_is_opened(pairs: PairsPage, api: PictureApi) -> None:
    assert current(pairs) == (sha256_of(PLAIN), sha256_of(NEAR))
    assert not api.handed
    assert "3 pairs to review" in texts(pairs)


def test_a_word_takes_a_pair_off_the_list_and_shows_the_next(pairs: PairsPage, api: PictureApi, runner: Runner) -> None:
    QTest.keyClick(pairs.compare.stages[0], Qt.Key.Key_J)
    assert current(pairs) == (sha256_of(PLAIN), sha256_of(OTHER))
    QTest.keyClick(pairs.compare.stages[0], Qt.Key.Key_N)
    assert current(pairs) == (sha256_of(OTHER), sha256_of(LAST)), "before it is even recorded"
    settle(runner)
    assert api.said == {(sha256_of(PLAIN), sha256_of(OTHER)): False}
    QTest.keyClick(pairs.compare.stages[0], Qt.Key.Key_S)
    settle(runner)
    assert current(pairs) == (sha256_of(PLAIN), sha256_of(NEAR)), "after the last one the one before"
    assert others(pairs) == [sha256_of(NEAR)]


def test_what_a_sweep_finds_comes_into_the_list_and_takes_nothing_away(pairs: PairsPage, api: PictureApi, runner: Runner) -> None:
    QTest.keyClick(pairs.compare.stages[0], Qt.Key.Key_J)
    before, found = current(pairs), api.pairs
    pairs.compare.step_on(Rung.VERDICT)
    reached = pairs.compare.reached_step()
    pairs.table.setFocus()
    api.pairs = (replace(found[0], other="ab" * 32), *found)
    runner.changed.emit(Changed(new_matches=frozenset({MAIN})))
    settle(runner)
    assert len(others(pairs)) == len(found) + 1
    assert current(pairs) == before and pairs.compare.reached_step() == reached
    assert pairs.table.hasFocus()


def test_what_is_taken_back_stands_in_the_list_again(pairs: PairsPage, api: PictureApi, runner: Runner) -> None:
    for _ in range(2):
        QTest.keyClick(pairs.compare.stages[0], Qt.Key.Key_S)
        settle(runner)
    QTest.keyClick(pairs.compare.stages[0], Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(runner)
    assert current(pairs) == (sha256_of(PLAIN), sha256_of(OTHER))
    assert len(others(pairs)) == 2


def test_when_nothing_waits_it_says_so_and_the_last_word_can_be_taken_back(
    pairs: PairsPage, api: PictureApi, runner: Runner
) -> None:
    for _ in range(3):
        pairs.compare.record_answer(True)
        settle(runner)
    assert pairs.states.currentWidget() is pairs.message
    assert pairs.message.title.text() == "No possible matches to review."
    pairs.compare.undo()
    settle(runner)
    assert others(pairs) == [sha256_of(LAST)]
    assert pairs.states.currentWidget() is pairs.body


def test_a_word_that_is_refused_leaves_the_pair_where_it_was(
    pairs: PairsPage, api: PictureApi, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    from triage.errors import Refused

    def refused(*_: object) -> None:
        raise Refused("Only pictures with a hash are joined: of one of the two there is none.")

    monkeypatch.setattr(api, "decide_pair", refused)
    said: list[str] = []
    pairs.said.connect(said.append)
    pairs.compare.record_answer(True)
    settle(runner)
    assert len(others(pairs)) == 3
    assert current(pairs) == (sha256_of(PLAIN), sha256_of(NEAR))
    assert "3 pairs to review" in texts(pairs)
    assert said[-1].startswith("Only pictures with a hash")


def test_of_more_than_are_listed_all_are_counted(pairs: PairsPage, api: PictureApi, runner: Runner) -> None:
    api.most_listed = 2
    pairs.reload()
    settle(runner)
    assert len(others(pairs)) == 2
    assert "3 pairs to review, the first 2 are listed" in texts(pairs)
    pairs.compare.record_answer(True)
    assert "2 pairs to review, the first is listed" in texts(pairs)
    settle(runner)
    assert len(others(pairs)) == 2 and "2 pairs to review" in texts(pairs)


def test_a_lead_confirms_rejects_and_takes_back(held: HeldPage, api: PictureApi, runner: Runner) -> None:
    assert "2 hashes to review" in texts(held)
    for key in (Qt.Key.Key_F, Qt.Key.Key_X, Qt.Key.Key_X):
        QTest.keyClick(held.table, key)
        settle(runner)
    assert [call for call in api.calls if call[0] == "held"] == [("held", 1, True), ("held", 1, False)]
    held.undo()
    settle(runner)
    assert api.calls[-1] == ("held", 1, None)
    assert not api.handed and not api.previews, "a hash is judged by numbers; nothing is shown of its pictures"


def test_the_lists_of_a_held_hash_are_named_in_the_language_of_the_window(
    app: QApplication, api: PictureApi, runner: Runner, qtbot: QtBot
) -> None:
    theme.apply(app, "dark", "ur")
    page = HeldPage(api, runner)
    show(page, runner, qtbot)
    model = page.table.model()
    shown = [str(model.index(row, 2).data() or "") for row in range(model.rowCount())]
    assert any("drawn-2" in text for text in shown)
    assert not any(" of " in text or "2026-11-03" in text for text in shown), shown


def test_only_a_lead_decides_on_held_hashes(runner: Runner, qtbot: QtBot, api: PictureApi) -> None:
    other = PictureApi(roles=frozenset({Role.ANALYST}))
    other.hashes = list(api.hashes)
    page = HeldPage(other, runner)
    show(page, runner, qtbot)
    said: list[str] = []
    page.said.connect(said.append)
    page.decide(True)
    assert said == ["Only a lead can decide on these."]
    assert not page.confirm.isEnabled()
    assert not other.calls


def test_an_empty_list_says_when_something_comes(runner: Runner, qtbot: QtBot) -> None:
    for page, said in (
        (PairsPage(PictureApi(), runner), "No possible matches to review."),
        (HeldPage(PictureApi(), runner), "No hash is held for review."),
    ):
        show(page, runner, qtbot)
        assert page.message.title.text() == said
