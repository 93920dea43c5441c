from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from triage.links import MAX_HOLDERS, find_links
from triage.links.link_kinds import SHOWN_FROM, load_shipped_kinds
from triage.model.judgement import Link, LinkKey


def key(kind: str, value: str = "v") -> LinkKey:
    return LinkKey(kind=kind, value=value, strength=load_shipped_kinds()[kind].strength)


def ties(shared: Mapping[LinkKey, Sequence[str]], days_apart: Mapping[str, int] | None = None) -> tuple[Link, ...]:
    return find_links(list(shared), shared, days_apart)


def test_a_strong_key_ties_alone() -> None:
    assert ties({key("email", "a"): ["900000002"]}) == (Link(report_id="900000002", via="email", value="a", strength=90),)


def test_weak_keys_tie_only_together() -> None:
    assert ties({key("ip"): ["2"]}) == ()
    assert ties({key("handle"): ["2"]}) == ()
    mentioned = LinkKey(kind="email", value="m", strength=45)
    assert [link.via for link in ties({mentioned: ["2"], key("handle"): ["2"]})] == ["email", "handle"]


def test_two_values_of_one_kind_are_one_reason() -> None:
    assert ties({key("ip", "203.0.113.1"): ["2"], key("ip", "203.0.113.2"): ["2"], key("ip", "203.0.113.3"): ["2"]}) == ()


def test_what_many_hold_ties_nobody() -> None:
    many = [str(n) for n in range(MAX_HOLDERS)]
    assert ties({key("email"): many}) == ()
    assert len(ties({key("email"): many[:-1]})) == MAX_HOLDERS - 1


def test_a_picture_says_less_the_more_reports_hold_it() -> None:
    assert ties({key("file"): ["2"]})[0].strength == 60
    assert ties({key("file"): [str(n) for n in range(10)]}) == ()
    assert ties({key("file"): [str(n) for n in range(10)], key("email"): ["3"]})[0].report_id == "3"


def test_a_phone_number_weakens_after_half_a_year() -> None:
    phone = {key("phone"): ["2"]}
    assert ties(phone, {"2": 180})[0].strength == 85
    assert ties(phone, {"2": 270})[0].strength == 57
    assert ties(phone, {"2": 720}) == ()
    assert ties({key("email"): ["2"]}, {"2": 720})[0].strength == 90


def test_the_strongest_report_comes_first_with_its_reasons() -> None:
    made = ties({key("phone"): ["2", "3"], key("device"): ["3"], key("file"): ["2"]})
    assert [(link.report_id, link.via) for link in made] == [("3", "device"), ("3", "phone"), ("2", "phone"), ("2", "file")]


kinds = st.sampled_from(sorted(load_shipped_kinds()))
pairs = st.dictionaries(st.tuples(kinds, st.sampled_from("xyz")), st.lists(st.sampled_from("23456"), min_size=1), max_size=6)


@given(pairs, st.dictionaries(st.sampled_from("23456"), st.integers(0, 2000)), st.randoms(use_true_random=False))
def test_order_and_repeats_change_nothing(found: dict[tuple[str, str], list[str]], days: dict[str, int], chance: object) -> None:
    shared = {key(kind, value): others for (kind, value), others in found.items()}
    turned = {each: [*others[::-1], *others] for each, others in reversed(shared.items())}
    made = find_links(list(shared), shared, days)
    assert made == find_links(list(turned), turned, days)
    assert all(1 <= link.strength <= 100 for link in made)


@given(pairs)
def test_every_link_shown_rests_on_enough(found: dict[tuple[str, str], list[str]]) -> None:
    shared = {key(kind, value): others for (kind, value), others in found.items()}
    for other in {link.report_id for link in find_links(list(shared), shared)}:
        left = 1.0
        for link in find_links(list(shared), shared):
            left *= 1 - link.strength / 100 if link.report_id == other else 1
        assert 100 * (1 - left) >= SHOWN_FROM - 1.5
