"""The width of a table goes to the columns that need it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage.ui.kit.column_widths import share_width

COLUMNS = st.lists(st.tuples(st.integers(10, 900), st.integers(0, 300)), min_size=1, max_size=8)


def test_where_there_is_room_columns_have_their_usual_width_and_one_takes_the_rest() -> None:
    assert share_width([40, 60, 50], [100, 0, 80], 400) == [100, 220, 80]


def test_a_text_longer_than_usual_gets_the_room_that_the_others_do_not_need() -> None:
    assert share_width([40, 60, 250], [100, 0, 80], 360) == [50, 60, 250]


def test_where_the_needs_do_not_fit_the_widest_give_way_and_the_others_stay_whole() -> None:
    assert share_width([40, 500, 300], [100, 0, 80], 440) == [40, 200, 200]


def test_without_a_column_for_the_rest_the_last_one_takes_it() -> None:
    assert share_width([40, 60], [50, 70], 200) == [50, 150]


@given(COLUMNS, st.integers(0, 2000))
def test_the_columns_fill_the_table_and_none_is_cut_while_another_has_room(columns: list[tuple[int, int]], width: int) -> None:
    needs, usual = [need for need, _ in columns], [each for _, each in columns]
    widths = share_width(needs, usual, width)
    assert sum(widths) == width and min(widths) >= 0
    cut = [at for at, need in enumerate(needs) if widths[at] < need]
    roomy = [at for at, need in enumerate(needs) if widths[at] > need]
    assert not cut or not roomy
