"""What the store says around a report, in the form that scoring takes."""

from __future__ import annotations

from collections.abc import Sequence

from triage.jobs.judging.material import Material
from triage.jobs.matching.list_matcher import ListAnswers
from triage.model.judgement import Link, Surroundings
from triage.model.report import Report

_IDENTITY = ("user_id", "username", "profile_url", "email", "cnic", "wallet", "device", "advertising_id")
"""Kinds of links that identify a reported user. A telephone may be a family's, an address a whole quarter's."""


def build_surroundings(material: Material, report: Report, ties: tuple[Link, ...], lists: ListAnswers) -> Surroundings:
    """Returns the surroundings of a report, all of it in an order of its own."""
    around = material.around
    hits = [hit for found in lists.find_hits(report.files) for hit in found]
    on_user = _find_linked_by(ties, _IDENTITY) | set(report.prior_reports)
    counted = on_user - around.not_counted
    by_telephone = _find_linked_by(ties, ("phone",)) - counted - around.not_counted
    return Surroundings(
        links=ties,
        prior_reports=_count_events(material, counted),
        named_only=len(counted - set(around.numbers.values())),
        same_telephone=_count_events(material, by_telephone),
        not_counted=tuple(sorted(on_user & around.not_counted)),
        shared_files=len(around.spread),
        spread=max(around.spread, default=0),
        lists_checked=lists.checked,
        hits=tuple(sorted(hits, key=lambda h: (h.sha256, h.list_name, h.hash_kind, h.distance or 0, h.category or "", h.says))),
        verdicts=around.verdicts,
        recurring_sentences=around.recurring,
        corrections=around.corrections,
    )


def _find_linked_by(ties: Sequence[Link], kinds: tuple[str, ...]) -> set[str]:
    """Returns the reports that share a value of these kinds which is the reported user's in both."""
    return {link.report_id for link in ties if link.same_user and link.via in kinds}


def _count_events(material: Material, numbers: set[str]) -> int:
    """Counts linked reports, those of one event as one, and none of the event that this report tells of itself."""
    around = material.around
    ids = {number: other for other, number in around.numbers.items()}
    of = {around.events.get(ids[number], number) for number in numbers if number in ids}
    return len(of - {around.events.get(material.report_id)})
