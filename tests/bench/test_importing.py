"""The benchmark of imports measures each form alike."""

from __future__ import annotations

from itertools import pairwise

from bench.importing import FIRST_NUMBERS, OF_FEW, OF_FIRST
from bench.invented import MAKERS, Invented
from bench.suite.table import BENCHMARKS


def test_no_form_is_measured_by_sentences_that_were_read_before() -> None:
    largest = max(size for row in BENCHMARKS if row.name == "importing" for size in row.sizes)
    firsts = sorted(first + further for first in FIRST_NUMBERS.values() for further in (0, OF_FEW, OF_FIRST))
    assert FIRST_NUMBERS.keys() == MAKERS.keys()
    assert all(behind - first >= largest for first, behind in pairwise(firsts))
    assert len({Invented(first).text for first in firsts}) == len(firsts)
