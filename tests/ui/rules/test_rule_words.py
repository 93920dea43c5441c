from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.ui.fakes import FakeApi
from triage.jobs.judging.rule_book import RuleBook, RuleView
from triage.ui.kit.table import RowHeading
from triage.ui.rules.rule_words import RuleRow, compare_names, describe_scale, group_rules


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return FakeApi().rule_book()


def find(book: RuleBook, wanted: str) -> list[RuleView]:
    return [row.now for row in group_rules(book, book, wanted) if isinstance(row, RuleRow)]


def test_all_rules_stand_below_the_heading_of_their_family(book: RuleBook) -> None:
    rows = group_rules(book, book, "")
    assert find(book, "") == list(book.rules)
    assert isinstance(rows[0], RowHeading)
    families = [(rule.axis, rule.family) for rule in book.rules]
    changes = 1 + sum(one != other for one, other in pairwise(families))
    assert sum(isinstance(row, RowHeading) for row in rows) == changes


def test_a_search_finds_a_rule_by_each_thing_that_is_said_of_it(book: RuleBook) -> None:
    rule = next(rule for rule in book.rules if rule.flag and rule.family and rule.reason)
    for wanted in (rule.id, rule.reason, rule.flag, rule.family, rule.field):
        assert wanted is not None
        assert rule in find(book, wanted), wanted
        assert rule in find(book, wanted.upper()), wanted


def test_a_search_wants_all_of_its_words(book: RuleBook) -> None:
    one, other = book.rules[0], next(rule for rule in book.rules if rule.family != book.rules[0].family)
    assert one in find(book, one.id) and other not in find(book, one.id)
    assert find(book, f"{one.id} {other.id}") == []
    assert group_rules(book, book, "kite flyer") == []


def test_how_points_grow_is_said(book: RuleBook) -> None:
    rule = replace(book.rules[0], scale="log2", at_most=12.5)
    assert describe_scale(rule) == "Grows with the logarithm of the count, up to 12.5."
    assert describe_scale(replace(rule, at_most=None)) == ""
    assert describe_scale(replace(rule, scale="part")) == "Counts by the share to which it applies."
    assert describe_scale(replace(rule, scale="once")) == ""


def test_two_forms_of_one_version_are_told_apart() -> None:
    assert compare_names("2026.12 ab12", "2026.12 cd34") == "Another form of Rule set 2026.12, instead of the one in use"
    assert compare_names("2026.12 ab12", "2026.11 ab12") == "Rule set 2026.12 instead of Rule set 2026.11"
