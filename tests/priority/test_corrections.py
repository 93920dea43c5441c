"""What people say of a card: what it takes out, how long it holds, and what one person alone can never do."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from tests.priority.make import ENTICEMENT, NOWHERE, around, identifier, material, person, report, text
from triage.model.judgement import Band, CardCorrection, Correction, ScoreCard
from triage.model.report import Report
from triage.priority import BAND_RULE, factor_bases, score
from triage.priority.corrections import ByHand
from triage.priority.rules import shipped
from triage.priority.scoring import Outcome

THREAT = report(incident_type=ENTICEMENT, free_text=(text("I will send this to your family"),))
ACCESS = material(people=(person(accessToChildVictim="Yes"),))


def judge(what: Report, *corrections: Correction) -> ScoreCard:
    return score(what, NOWHERE, {}, around(corrections=corrections))


def factor(what: Report, rule: str, verdict: Any = "means nothing", number: int = 1, **more: Any) -> Correction:
    """A correction of a factor as the job would record it on this report."""
    bases = factor_bases(what, NOWHERE, {}, around(), shipped())
    return Correction(
        **{
            "id": number, "rule": rule, "verdict": verdict, "band": None, "lowers": False, "value": bases.values[rule],
            "basis": ((rule, bases.of[rule]),), "reason": "title of a film", "by": "amina", "made": "2026-11-20T20:00:00Z",
            "needs_second": False, **more,
        }
    )  # fmt: skip


def band(what: Report, wanted: Band, *, lowers: bool, number: int = 1, **more: Any) -> Correction:
    bases = factor_bases(what, NOWHERE, {}, around(), shipped())
    return Correction(
        **{
            "id": number, "rule": None, "verdict": None, "band": wanted, "lowers": lowers, "value": "",
            "basis": tuple((rule, bases.of[rule]) for rule in bases.risk) if lowers else (), "reason": "read it",
            "by": "amina", "made": "2026-11-20T20:00:00Z", "needs_second": False, **more,
        }
    )  # fmt: skip


CONFIRMED = {"needs_second": True, "confirmed": "2026-11-21T08:00:00Z", "confirmed_by": "bilal"}


def points(card: ScoreCard, rule: str) -> float | None:
    return next((each.points for each in card.factors if each.rule == rule), None)


def adds_up(card: ScoreCard) -> None:
    risk = sum(each.points for each in card.factors if each.axis in ("risk", "floor", "note"))
    action = sum(each.points for each in card.factors if each.axis == "actionability")
    assert risk == pytest.approx(card.risk, abs=0.06) and action == pytest.approx(card.actionability, abs=0.06)


def only(card: ScoreCard) -> CardCorrection:
    (found,) = card.corrections
    return found


def risk_rule(what: Report) -> str:
    """A rule that gives points of risk and on whose fact no minimum band rests."""
    bases, floors = factor_bases(what, NOWHERE, {}, around(), shipped()), {r.id for r in shipped().rules if r.band}
    return next(rule for rule in sorted(bases.risk) if rule not in floors and floors.isdisjoint(bases.going[rule]))


def test_a_factor_that_means_nothing_counts_nothing_and_stays_printed() -> None:
    rule = risk_rule(ACCESS)
    before, after = judge(ACCESS), judge(ACCESS, factor(ACCESS, rule))
    out = next(each for each in after.factors if each.rule == rule)
    assert (points(before, rule) or 0) > 0 and (out.points, out.taken_out) == (0.0, 1)
    assert str(out.why).endswith("Taken out by amina on 2026-11-21: title of a film.")
    assert only(after).state == "applied"
    adds_up(before)
    adds_up(after)


@pytest.mark.parametrize("verdict", ["agree", "cannot tell"])
def test_agreeing_and_not_knowing_change_no_number(verdict: str) -> None:
    rule = risk_rule(ACCESS)
    before, after = judge(ACCESS), judge(ACCESS, factor(ACCESS, rule, verdict))
    assert replace(after, corrections=()) == before
    assert only(after).state == "recorded"


def test_one_person_alone_takes_out_no_minimum_band() -> None:
    before = judge(ACCESS)
    assert before.band == "A"
    alone = judge(ACCESS, factor(ACCESS, "floor.access"))
    assert alone.band == "A", "recorded without a second person, it takes out no minimum band"
    waits = judge(ACCESS, factor(ACCESS, "floor.access", needs_second=True))
    assert replace(waits, corrections=()) == before and only(waits).state == "waits for a lead"
    confirmed = judge(ACCESS, factor(ACCESS, "floor.access", **CONFIRMED))
    assert confirmed.band > "A" and "access to the child" not in confirmed.flags
    assert "bilal confirmed it" in str(only(confirmed).says)
    adds_up(confirmed)


def test_all_rules_that_rest_on_the_fact_go_together() -> None:
    after = judge(ACCESS, factor(ACCESS, "floor.access", **CONFIRMED))
    bases = factor_bases(ACCESS, NOWHERE, {}, around(), shipped())
    assert {each.rule for each in after.factors if each.taken_out == 1} == set(bases.going["floor.access"])


def test_a_changed_value_makes_a_correction_stale_and_it_counts_no_longer() -> None:
    one = material(identifiers=(identifier("phone", "+923000000001"),), people=(person(accessToChildren="Yes"),))
    rule = risk_rule(one)
    kept = factor(one, rule)
    again = replace(one, esp="Another Name")
    assert only(judge(again, kept)).state == "applied", "what the factor looks at is the same"
    other = replace(one, people=(person(accessToChildren="Yes, a teacher"),))
    stale = judge(other, kept)
    assert only(stale).state == "stale" and replace(stale, corrections=()) == judge(other)
    assert "Yes, a teacher" in str(only(stale).says)
    gone = judge(material(), kept)
    assert only(gone).state == "stale" and "no longer applies" in str(only(gone).says)
    assert only(judge(one, kept)).state == "applied", "the value is back"


def test_a_further_text_with_the_same_words_makes_a_correction_of_words_stale() -> None:
    rule = "floor.threat"
    kept = factor(THREAT, rule, **CONFIRMED)
    assert only(judge(THREAT, kept)).state == "applied"
    unrelated = replace(THREAT, free_text=(*THREAT.free_text, text("We talked about cricket")))
    assert only(judge(unrelated, kept)).state == "applied"
    same_words = replace(THREAT, free_text=(*THREAT.free_text, text("Good morning.\nI will send this to your family")))
    again = next(each for each in judge(same_words).factors if each.rule == rule)
    assert str(again.value) == kept.value, "what is printed is the same"
    assert only(judge(same_words, kept)).state == "stale" and "texts have changed" in str(only(judge(same_words, kept)).says)


def test_the_child_lane_is_never_taken_out() -> None:
    young = material(people=(person(age="15"),))
    before = judge(young)
    assert "child lane" in before.flags
    lane = next(rule.id for rule in shipped().rules if rule.flag == "child lane" and points(before, rule.id) is not None)
    after = judge(young, factor(young, lane, **CONFIRMED))
    assert "child lane" in after.flags and only(after).state == "child lane"
    lowered = judge(young, band(young, "E", lowers=True, **CONFIRMED))
    assert lowered.band == before.band and only(lowered).state == "child lane"


def test_a_raised_band_lifts_the_number_with_it() -> None:
    bands = dict(zip("ABCD", (45.0, 22.0, 14.0, 5.0), strict=True))
    plain = material()
    for wanted in ("A", "B", "C"):
        card = judge(plain, band(plain, wanted, lowers=False))
        assert card.band == wanted and card.risk >= bands[wanted]
        assert [each.band for each in card.factors if each.rule == BAND_RULE] == [wanted]
        adds_up(card)
    threat = judge(THREAT, band(THREAT, "C", lowers=False))
    assert threat.band == judge(THREAT).band, "raising never lowers"


@pytest.mark.parametrize(("points", "risk"), [(0.0, 14.0), (10.95, 17.9), (21.9, 21.9), (40.0, 21.9), (100.0, 21.9)])
def test_a_raised_number_stays_below_the_next_band(points: float, risk: float) -> None:
    """Damping may leave a report with many points in band E."""
    raised = ByHand(shipped().bands, raised="C").settle(Outcome(0.2, 50.0, "E", points))
    assert (raised.band, raised.risk) == ("C", pytest.approx(risk, abs=0.06))


def test_a_lowered_band_holds_until_a_further_factor_comes() -> None:
    known = material(people=(person(accessToChildren="Yes"),), annotations=("sadistic",))
    top = judge(known).band
    assert top in ("A", "B")
    lowered = judge(known, band(known, "D", lowers=True, **CONFIRMED))
    assert (lowered.band, only(lowered).state) == ("D", "applied")
    adds_up(lowered)
    alone = judge(known, band(known, "D", lowers=True))
    assert alone.band == "B", "one person alone does not lower below the minimum band"
    more = replace(known, escalation="fear for a child")
    stale = judge(more, band(known, "D", lowers=True, **CONFIRMED))
    assert (stale.band, only(stale).state) == ("A", "stale")
    assert "floor.escalated" in str(only(stale).says)
    less = replace(known, people=())
    assert judge(less, band(known, "D", lowers=True, **CONFIRMED)).band == "D"


def test_of_two_corrections_the_later_counts_and_the_order_of_rows_does_not() -> None:
    rule = risk_rule(ACCESS)
    said = (
        factor(ACCESS, rule, number=1),
        factor(ACCESS, rule, "agree", number=2),
        band(ACCESS, "B", lowers=True, number=3, **CONFIRMED),
        factor(ACCESS, "floor.access", number=4, **CONFIRMED),
    )
    cards = {str(judge(ACCESS, *order)) for order in permutations(said)}
    assert len(cards) == 1
    states = {each.id: each.state for each in judge(ACCESS, *said).corrections}
    assert states[1] == "replaced" and states[2] == "recorded" and states[4] == "applied"


def test_what_would_change_the_card_knows_what_people_said() -> None:
    out = judge(ACCESS, factor(ACCESS, "floor.access", **CONFIRMED))
    undone = next(rule.suppose for rule in shipped().rules if rule.id == "floor.access")
    assert undone is not None and all(undone not in str(each) for each in out.would_change_if)
    known = material(people=(person(accessToChildren="Yes"),), annotations=("sadistic",))
    raised = judge(known, band(known, "A", lowers=False))
    assert all("Band " not in str(each) for each in raised.would_change_if), "no fact takes it out of a band set by hand"
    lowered = judge(known, band(known, "E", lowers=True, **CONFIRMED))
    better = [str(each) for each in lowered.would_change_if if str(each).startswith("Band ")]
    assert better and all("CNIC" not in each for each in better), "what says nothing of risk leaves a lowered band"
    assert any("a person lowered the band" in str(each) for each in lowered.would_change_if)
