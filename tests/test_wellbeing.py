"""The ladder is climbed one rung at a time, totals add up, and a break is advised when it is due, never ordered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import wellbeing
from triage.model.media import RevealStep
from triage.model.views import FileVerdict, ShowFile
from triage.wellbeing import Exposure, Rung, ViewingPolicy

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
POLICY = ViewingPolicy()

FILE = ShowFile(
    name="a.jpg", original_name=None, md5=None, sha1=None, sha256="0" * 64, pdq=None, pdq_quality=None, phash=None, size=1,
    mime="image/jpeg", present=True, declared={}, declared_hash_matches=None, viewed_by_esp=None, exif_viewed_by_esp=None,
    publicly_available=None, classification=None, annotations=(), relevance=None, uploaded=None, metadata=(), facts={}, exif={},
    problem=None, verdict=FileVerdict(known="not known", why=""), group=None, group_size=1, seen_in=(), key="k", sources=(),
)  # fmt: skip


def look(minutes_ago: float, seconds: float = 3, step: RevealStep = RevealStep.GREY, medium: int = 1) -> Exposure:
    return Exposure(step=step, medium=medium, began=NOON - timedelta(minutes=minutes_ago), lasted=timedelta(seconds=seconds))


def test_a_warning_is_read_by_a_step_of_its_own() -> None:
    assert wellbeing.first_rung(warned=True) is Rung.FACTS
    assert wellbeing.first_rung(warned=False) is Rung.VERDICT


@pytest.mark.parametrize("reached", Rung)
def test_only_the_next_rung_is_open(reached: Rung) -> None:
    """From any rung one may go down to all others, and up by one."""
    assert wellbeing.allowed_rungs(reached) == {rung for rung in Rung if rung <= reached + 1}


def test_colour_is_never_the_first_thing_seen() -> None:
    assert Rung.COLOUR not in wellbeing.allowed_rungs(Rung.VERDICT)
    assert Rung.GREY not in wellbeing.allowed_rungs(Rung.VERDICT)


def test_warnings_are_found_in_file_and_report_whatever_their_spelling() -> None:
    file = replace(FILE, annotations=("Infant", "viral"))
    assert wellbeing.find_warnings(file, ("sadisticOnlineExploitation",)) == ("Infant", "sadisticOnlineExploitation")
    assert wellbeing.find_warnings(FILE) == ()


def test_graded_bytes_need_not_be_opened() -> None:
    graded = FileVerdict(known="exact", why="", grade="Comparison", graded_by="lhr-02")
    assert wellbeing.was_graded_before(replace(FILE, verdict=graded))
    assert not wellbeing.was_graded_before(replace(FILE, verdict=replace(graded, known="near")))
    assert not wellbeing.was_graded_before(replace(FILE, verdict=replace(graded, grade=None)))


def test_no_advice_without_a_look() -> None:
    assert wellbeing.advise_break([], NOON, POLICY) is None


def test_a_long_spell_asks_for_a_break() -> None:
    steady = [look(minutes) for minutes in range(46, 0, -5)]
    advice = wellbeing.advise_break(steady, NOON, POLICY)
    assert advice is not None
    assert advice.spell == timedelta(minutes=46)
    assert advice.looking == timedelta(seconds=3 * len(steady))
    assert advice.pause == POLICY.pause


def test_a_spell_below_the_length_does_not() -> None:
    assert wellbeing.advise_break([look(minutes) for minutes in range(44, 0, -5)], NOON, POLICY) is None


def test_much_open_material_asks_sooner() -> None:
    assert wellbeing.advise_break([look(15, 599)], NOON, POLICY) is None
    assert wellbeing.advise_break([look(15, 600)], NOON, POLICY) is not None


def test_blurred_looks_do_not_count_as_open_material() -> None:
    assert wellbeing.advise_break([look(15, 900, RevealStep.BLURRED)], NOON, POLICY) is None


def test_a_pause_ends_the_spell() -> None:
    before = [look(minutes) for minutes in range(90, 30, -5)]
    assert wellbeing.advise_break(before, NOON, POLICY) is None
    assert wellbeing.advise_break([*before, look(1)], NOON, POLICY) is None


def test_views_from_before_the_clock_was_set_back_hide_nothing() -> None:
    ahead = [look(-180), look(-120, 900)]  # the clock was hours ahead then
    assert wellbeing.advise_break(ahead, NOON, POLICY) is None
    steady = [look(minutes) for minutes in range(46, 0, -5)]
    assert wellbeing.advise_break([*ahead, *steady], NOON, POLICY) == wellbeing.advise_break(steady, NOON, POLICY)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 120)), max_size=40))
def test_advice_never_counts_more_than_was_looked_at(pairs: list[tuple[int, int]]) -> None:
    found = [look(minutes, seconds) for minutes, seconds in pairs]
    advice = wellbeing.advise_break(found, NOON, POLICY)
    if advice is not None:
        assert advice.looking <= sum((e.lasted for e in found), timedelta())
        assert advice.spell <= timedelta(minutes=600)
