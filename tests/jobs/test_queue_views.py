"""Views of the queue and where a user was are kept in the encrypted store, each user's own."""

from __future__ import annotations

import pytest

from tests.people import add_person
from triage.errors import NotFound, Refused
from triage.jobs.reading import queue_views
from triage.jobs.session import Session, unlock
from triage.model.queue_order import QueueOrder
from triage.model.queue_views import QueuePlace, QueueView
from triage.model.users import Role
from triage.model.views import QueueFilter

SOUTH = QueueView(
    filter=QueueFilter(bands=("A", "B"), offices=("KHI",), open_only=True, search="rarest kestrel"),
    order=QueueOrder("deadline", True),
    columns=("band", "report"),
    widths={"band": 40},
)


def test_views_are_each_users_own(session: Session) -> None:
    queue_views.save_view(session, " South ", SOUTH)
    queue_views.save_view(session, "All", QueueView())
    assert queue_views.list_views(session) == {"All": QueueView(), "South": SOUTH}
    add_person(session.store, "second", [Role.ANALYST], "nine grey hills")
    with unlock(session.store.directory, "second", "nine grey hills") as other:
        assert queue_views.list_views(other) == {}
        with pytest.raises(NotFound):
            queue_views.delete_view(other, "South")
    queue_views.delete_view(session, "South")
    assert list(queue_views.list_views(session)) == ["All"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\nb", "\u202ex"])
def test_a_view_needs_a_name_that_can_be_read(session: Session, name: str) -> None:
    with pytest.raises(Refused):
        queue_views.save_view(session, name, SOUTH)


def test_the_place_is_kept_and_a_damaged_one_is_none(session: Session) -> None:
    assert queue_views.load_place(session) == QueuePlace()
    place = QueuePlace(view=SOUTH, row_id=7, process="ab", here="2026-11-24T10:00:00Z")
    queue_views.save_place(session, place)
    assert queue_views.load_place(session) == place
    assert queue_views.list_views(session) == {}, "the place is no view"
    for damaged in ("{", '{"view": 3}', '{"view": {"filter": {"bands": "A"}}}'):
        with session.store.batch() as batch:
            batch.execute("UPDATE queue_view SET view = ?", (damaged,))
        assert queue_views.load_place(session) == QueuePlace()


def test_nothing_of_a_view_is_in_the_clear_on_disk(session: Session) -> None:
    queue_views.save_view(session, "peregrine list", SOUTH)
    folder = session.store.directory
    session.close()
    for path in folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert b"kestrel" not in data and b"peregrine" not in data, path
