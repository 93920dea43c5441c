"""The real doors of the pages of likeness, on a real store: each word is recorded, and each can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import CHEAP
from triage.errors import Refused
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.media import RevealStep
from triage.store.queries import list_near
from triage.store.store import Store
from triage.ui.core.session_api import SessionApi
from triage.ui.matches.pair import pairs_of

SEEN, NEAR = "900000501", "900000502"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SessionApi]:
    session = Session(Store.create(tmp_path / "store", "first", "seven green boats", cost=CHEAP).store)
    for number, data in ((SEEN, jpeg(3)), (NEAR, jpeg(3, 60))):
        folder = tmp_path / "in" / number
        folder.mkdir(parents=True)
        (folder / "r.json").write_bytes(le_json(int(number)))
        (folder / f"{number}.jpg").write_bytes(data)
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    with session.store.batch() as batch:
        list_near.hold(batch, "2026-11-24T10:00:00Z", value=bytes(32))
    made = SessionApi(session)
    yield made
    made.close()


def test_words_and_grades_are_said_and_taken_back(api: SessionApi) -> None:
    file = api.show(NEAR).files[0]
    (pair,) = pairs_of(file, NEAR)
    assert (pair.report, pair.other_report, pair.possible) == (NEAR, SEEN, False)
    assert pair.reports == {NEAR, SEEN}
    api.say_same(pair.sha256, pair.other, False)
    assert pairs_of(api.show(NEAR).files[0], NEAR) == ()
    api.say_same(pair.sha256, pair.other, None)
    api.say_same(pair.sha256, pair.other, True)
    assert pairs_of(api.show(NEAR).files[0], NEAR)[0].joined_by == "first"

    api.grade(SEEN, pair.other, "adult")
    (like,) = api.show(NEAR).files[0].alike
    assert (like.graded, like.seen) == ("adult", True)
    assert api.inherit_grade(NEAR, pair.sha256, pair.other).grade == "adult"
    (like,) = api.show(SEEN).files[0].alike
    assert (like.graded, like.seen) == ("adult", False), "it was taken over"
    api.take_back_grade(NEAR, pair.sha256)
    with pytest.raises(Refused):
        api.take_back_grade(NEAR, pair.sha256)

    (held,) = api.held()
    assert api.lanes().held == 1
    for word, outcome in ((True, "confirmed"), (False, "rejected"), (None, "waits for a lead")):
        api.say_held(held.id, word)
        assert api.held()[0].outcome == outcome
    assert api.possible_pairs() == ()
    assert api.lanes().possible == 0
    assert api.film_times(pair.sha256) == ()
    with api.reveal(NEAR, pair.sha256, RevealStep.BLURRED) as pixels:
        assert pixels.width
    assert len(api.exposures(datetime(2026, 1, 1, tzinfo=UTC))) == 1
