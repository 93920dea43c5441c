"""Micro-AP and recall at a precision, as the image similarity challenge of 2021 (DISC21) defines them."""

from __future__ import annotations

import pytest

from bench.ranking import Ranking, rank_pairs


def test_all_true_pairs_before_all_false_ones_is_one() -> None:
    assert rank_pairs([(3.0, True), (2.0, True), (1.0, False)], 2) == Ranking(1.0, 1.0)


def test_a_false_pair_in_front_costs_precision_of_all_behind_it() -> None:
    found = rank_pairs([(3.0, False), (2.0, True), (1.0, True)], 2)
    assert found.micro_ap == pytest.approx(0.5 * 1 / 2 + 0.5 * 2 / 3)
    assert found.recall_at_90 == 0.0


def test_what_is_never_found_counts() -> None:
    assert rank_pairs([(1.0, True)], 4) == Ranking(0.25, 0.25)


def test_pairs_of_one_score_come_at_once_whatever_their_order() -> None:
    tied = [(1.0, True), (1.0, False)]
    assert rank_pairs(tied, 1) == rank_pairs(tied[::-1], 1) == Ranking(0.5, 0.0)
