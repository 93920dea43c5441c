"""Sums: every verdict is the sum of the weights that are printed."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.locate.reports import ABROAD, JAZZ, PTCL, SCO, WHEN, fact, identifier, of, person, report, text
from tests.thorough import count_examples
from triage.locate.judge import locate
from triage.locate.rules import PlaceRules, read_rules
from triage.model.document import Identifier, Role
from triage.model.judgement import Location
from triage.model.report import Report
from triage.resources import resource

ADDRESSES = [
    PTCL,
    JAZZ,
    SCO,
    ABROAD,
    "39.34.192.0",
    "49.36.0.0",
    "2400:add0::",
    "203.0.113.9",
    "117.134.203.0",
    "38.10.168.0",
    "x",
]
PHONES = ["+923000000000", "03100000000", "+92 42 30000000", "+92 5811 400000", "+14155550100", "+92 5822 900000", "555 0100", ""]
OTHERS = [
    ("cnic", "42000-0000000-1"),
    ("email", "kite@example.com.pk"),
    ("display_name", "Kite of Multan"),
    ("address", "1 Road, Quetta, Pakistan"),
    ("coordinates", "24.86,67.01"),
    ("coordinates", "0,0"),
    ("username", "kite"),
    ("address", "1 Road, Leeds, UK"),
]


def _roles() -> st.SearchStrategy[Role]:
    return st.sampled_from(get_args(Role))


@st.composite
def identifiers(draw: st.DrawFn) -> Identifier:
    kind, value = draw(
        st.one_of(
            st.sampled_from(ADDRESSES).map(lambda a: ("ip", a)),
            st.sampled_from(PHONES).map(lambda p: ("phone", p)),
            st.sampled_from(OTHERS),
        )
    )
    return identifier(
        kind,
        value,
        draw(_roles()),
        verified=draw(st.sampled_from([None, True, False])),
        possible_proxy=draw(st.sampled_from([None, True, False])),
        port=draw(st.sampled_from([None, 443, 40123])),
        time=draw(st.sampled_from([None, WHEN])),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    texts = st.builds(
        text, st.sampled_from(["Multan", "kya tum abhi ghar aao ge", "سندھ"]), _roles(), st.sampled_from(["profileBio", "x"])
    )
    people = st.builds(person, _roles(), st.builds(fact, st.just("estimatedLocation.countryCode"), st.sampled_from(["PK", "AE"])))
    return report(
        *draw(st.lists(identifiers(), max_size=12)),
        free_text=tuple(draw(st.lists(texts, max_size=3))),
        people=tuple(draw(st.lists(people, max_size=3))),
    )


def adds_up(found: Location) -> None:
    assert found.total == sum(e.weight for e in found.evidence)
    for whose in found.by_person:
        assert whose.total == sum(e.weight for e in found.evidence if e.of == whose.of)


@given(reports())
@settings(max_examples=count_examples(80))
def test_printed_weights_add_up(given_report: Report) -> None:
    adds_up(locate(given_report, {}))


@given(reports(), st.randoms(use_true_random=False))
@settings(max_examples=count_examples(50))
def test_order_does_not_matter(given_report: Report, random: object) -> None:
    def mixed(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(random.sample(items, len(items)))  # type: ignore[attr-defined]

    other = report(
        *mixed(given_report.identifiers),  # type: ignore[arg-type]
        free_text=mixed(given_report.free_text),
        people=mixed(given_report.people),
    )
    assert locate(given_report, {}) == locate(other, {})


@given(reports())
@settings(max_examples=count_examples(50))
def test_verdicts_follow_from_what_is_printed(given_report: Report) -> None:
    found, limits = locate(given_report, {}), read_rules().verdict
    for whose in found.by_person:
        own = [e for e in found.evidence if e.of == whose.of]
        spoken_for = any(e.weight > 0 and e.kind != "language" for e in own)
        assert (whose.verdict == "yes") == (whose.total >= limits.yes)
        assert (whose.verdict == "likely") == (limits.likely <= whose.total < limits.yes)
        assert (whose.verdict == "no") == (whose.total <= limits.no and not spoken_for)
        assert whose.in_pakistan is {"yes": True, "likely": True, "unclear": None, "no": False}[whose.verdict]
    if found.in_pakistan:
        assert found.total >= limits.likely or any(p.in_pakistan for p in found.by_person)
    if found.in_pakistan is False:
        assert not any(e.weight > 0 and e.kind != "language" for e in found.evidence)


@given(st.lists(identifiers(), max_size=12))
@settings(max_examples=count_examples(50))
def test_those_who_do_not_decide_never_decide(items: list[Identifier]) -> None:
    roles = ("recipient", "associated", "incident", "mentioned", "subscriber", "reporter")
    others = [i for i in items if i.role in roles and (i.role != "incident" or i.kind not in ("coordinates", "address"))]
    found = locate(report(*others), {})
    assert found.in_pakistan is None and found.by_person == ()
    assert all(e.weight == 0 for e in found.evidence if e.of == "mentioned")


def test_reporters_are_no_evidence() -> None:
    assert locate(report(identifier("ip", PTCL, "reporter"), identifier("phone", "+923000000000", "reporter")), {}).evidence == ()


def test_a_victim_in_pakistan_is_seen_beside_a_reported_user_abroad() -> None:
    abroad = [identifier("ip", "49.36.0.0"), identifier("phone", "+91 98000 00000", verified=True)]
    found = locate(report(*abroad, identifier("ip", PTCL, "victim")), {})
    assert (of(found, "suspect").in_pakistan, of(found, "victim").in_pakistan) == (False, True)
    assert found.in_pakistan is True, "a child in Pakistan is not weighed away"
    assert found.foreign == ("IN",)
    adds_up(found)


def test_people_without_evidence_are_unclear_and_nobody_is_invented() -> None:
    found = locate(report(people=(person("suspect"), person("victim"))), {})
    assert [(p.of, p.in_pakistan, p.total) for p in found.by_person] == [("suspect", None, 0), ("victim", None, 0)]
    empty = locate(report(), {})
    assert (empty.in_pakistan, empty.verdict, empty.office, empty.by_person) == (None, "unclear", "HQ", ())


def test_abroad_is_no_however_often_it_is_said() -> None:
    logins = [identifier("ip", a) for a in ("49.36.0.0", "49.36.1.0", "8.8.8.8")]
    found = locate(report(*logins, identifier("phone", "+14155550100", verified=True)), {})
    assert (found.in_pakistan, found.total, found.office) == (False, -read_rules().verdict.most_against, "HQ")


def test_the_reported_users_province_routes_then_the_victims() -> None:
    user, victim = identifier("phone", "+92 42 30000000"), identifier("phone", "+92 21 30000000", "victim")
    both = locate(report(user, victim), {})
    assert (both.province, both.office) == ("PB", "LHR")
    assert "the victim: Sindh" in str(both.office_why)
    only = locate(report(identifier("ip", PTCL), victim), {})
    assert (only.province, only.office) == ("SD", "KHI")


def test_every_piece_says_why() -> None:
    found = locate(
        report(identifier("ip", PTCL), identifier("phone", "+923000000000"), identifier("email", "k@example.com.pk")), {}
    )
    assert all(e.says and e.why and e.against for e in found.evidence)


def test_rules_that_would_let_language_place_someone_are_refused() -> None:
    source = resource("rules", "place.toml").read_text(encoding="utf-8")
    for wrong in (
        source.replace("language = { most_for = 8", "language = { most_for = 30"),
        source.replace("likely = 30", "likely = -30"),
        source.replace("victim = 100\n", ""),
        source + "\n[typo]\n",
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.toml.decode(wrong, type=PlaceRules)


def test_every_rule_has_a_group_and_a_reason() -> None:
    for name, weight in read_rules().weights.items():
        assert name.partition(".")[0] in read_rules().groups
        assert weight.why.endswith(".")
        assert weight.points == 0 or weight.against.endswith("."), name
