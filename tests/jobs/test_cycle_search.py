"""While reports are judged Python looks for reference cycles seldom, and afterwards as often as before."""

from __future__ import annotations

import gc

import pytest

from triage.jobs.judging.cycle_search import OBJECTS_BETWEEN_SEARCHES, rare_cycle_search


def test_the_search_is_rare_inside_and_as_before_afterwards() -> None:
    before = gc.get_threshold()
    with rare_cycle_search():
        assert gc.get_threshold()[0] == OBJECTS_BETWEEN_SEARCHES
        with rare_cycle_search():  # another thread judges too
            pass
        assert gc.get_threshold()[0] == OBJECTS_BETWEEN_SEARCHES
    assert gc.get_threshold() == before


def test_an_error_puts_it_back_too() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="stop"), rare_cycle_search():
        raise ValueError("stop")
    assert gc.get_threshold() == before


def test_a_process_that_searches_even_more_seldom_stays_so() -> None:
    before = gc.get_threshold()
    gc.set_threshold(900_000, *before[1:])
    try:
        with rare_cycle_search():
            assert gc.get_threshold()[0] == 900_000
    finally:
        gc.set_threshold(*before)
