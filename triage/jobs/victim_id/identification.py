"""Records whether the child of a series is identified, with the source. Earlier states stay, and a later one counts."""

from __future__ import annotations

from triage.errors import Refused
from triage.jobs.session import Session, now
from triage.jobs.victim_id.series import find_series, show_series
from triage.model.users import Right
from triage.model.victim_id import SeriesView, VictimState
from triage.store.queries import victim_series


def record_victim_state(session: Session, number: str, state: str, source: str, *, note: str | None = None) -> SeriesView:
    """Records whether the child is identified, and who or what says so. No name of a child is asked for or kept.

    Raises:
        NotFound: if there is no such series
        Refused: without the right, for an unknown state, or without a source
    """
    session.require(Right.DECIDE)
    said = " ".join(source.split())
    if not said:
        raise Refused("Enter the source: who or what says so.")
    if state not in set(VictimState):
        raise Refused("There is no state {state}; choose from: {states}.", state=repr(state), states=tuple(VictimState))
    with session.store.batch() as batch:
        series = find_series(batch, number)
        kept = (note or "").strip() or None
        entry = victim_series.add_state(batch, series.id, state, said, kept, now(), session.user.id)
        batch.note(
            "victim state recorded",
            series=series.id,
            entry=entry,
            state=state.replace(" ", "_"),
            source=session.store.keyed(said),
        )
    return show_series(session, number)
