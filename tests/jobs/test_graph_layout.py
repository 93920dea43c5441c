"""Places of a graph: the same for the same graph, one node a place, and nothing moves when something is added."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from triage.jobs.reading.graph_layout import place_graph
from triage.model.link_graph import GraphPlace


def graph(seed: int, reports: int, shared: int) -> tuple[list[str], dict[str, set[str]]]:
    """Returns invented reports, and shared values with the reports that hold them."""
    chance = random.Random(seed)
    names = [f"report:{i:03d}" for i in range(reports)]
    return names, {f"value:{i:03d}": set(chance.sample(names, min(reports, chance.randint(2, 4)))) for i in range(shared)}


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), reports=st.integers(2, 25), shared=st.integers(0, 25))
def test_every_node_has_a_place_of_its_own(seed: int, reports: int, shared: int) -> None:
    names, holders = graph(seed, reports, shared)
    places = place_graph(names, holders, {}, {})
    assert places.keys() == {*names, *holders}
    assert len(set(places.values())) == len(places)
    assert places[names[0]] == GraphPlace(0, 0)
    assert place_graph(names, holders, {}, {}) == places


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), reports=st.integers(3, 20), shared=st.integers(1, 20))
def test_what_came_first_stays_when_a_report_is_added(seed: int, reports: int, shared: int) -> None:
    names, holders = graph(seed, reports, shared)
    last = names[-1]
    earlier = {key: held - {last} for key, held in holders.items() if len(held - {last}) > 1}
    before = place_graph(names[:-1], earlier, {}, {})
    after = place_graph(names, holders, {}, before)
    assert {key: after[key] for key in before} == before
    assert len(set(after.values())) == len(after)


def test_a_kept_place_is_free_for_nobody_else() -> None:
    names, holders = graph(3, 12, 8)
    kept = {names[5]: GraphPlace(1, 0), "value:002": GraphPlace(0, 1)}
    places = place_graph(names, holders, {}, kept)
    assert {key: places[key] for key in kept} == kept
    assert len(set(places.values())) == len(places)


def test_three_hundred_nodes_lie_close_together() -> None:
    names, holders = graph(1, 100, 200)
    places = place_graph(names, holders, {}, {})
    assert len(places) == 300
    assert max(max(abs(place.column), abs(place.row)) for place in places.values()) <= 20
