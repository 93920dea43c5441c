"""Orders of work that the queue is held against: arrival, NCMEC's code, incident type, published weights, and the best possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.judgement.judging import JudgedReport

CODES: Mapping[str, int] = {"1": 0, "2": 1, "3": 2, "E": 3}
TYPES = ("molestation", "trafficking", "tourism", "enticement", "obscene", "pornography")
"""Parts of incident types, the gravest first; a report without a type, or with another one, comes last."""
CONTACT = ("enticement", "trafficking", "molestation", "obscene")


def sort_by_all(queue: Sequence[JudgedReport]) -> dict[str, list[JudgedReport]]:
    """Returns the reports of a queue in every order, by its name."""
    arrived = sorted(queue, key=lambda j: (j.report.received.utc if j.report.received else "", j.number))
    return {
        "Triage": list(queue),
        "arrival": arrived,
        "NCMEC's code": sorted(arrived, key=lambda j: CODES.get((j.report.priority_code or "").upper(), 4)),
        "incident type": sorted(arrived, key=_rank_of_type),
        "published weights": sorted(arrived, key=lambda j: -add_published_weights(j)),
        "best possible": sorted(arrived, key=lambda j: not j.truth.grave),
    }


def _rank_of_type(judged: JudgedReport) -> int:
    kind = (judged.report.incident_type or "").casefold()
    return next((n for n, part in enumerate(TYPES) if part in kind), len(TYPES))


def add_published_weights(judged: JudgedReport) -> int:
    """Returns the weights that CyberTip-triage publishes in its prompt, added up and cut at 100, with its floors.

    Its model is left out: what only a model could tell (a credible threat, a crisis) is read from our flags.
    """
    report, card, location = judged.report, judged.card, judged.location
    kind = (report.incident_type or "").casefold()
    notes = {*report.annotations, *(name for file in report.files for name in file.entry.annotations)}
    victims = sum(person.role == "victim" for person in report.people)
    rules = {factor.rule for factor in card.factors}
    material = any(file.entry.classification for file in report.files) or "novelty.known" in rules
    contact = any(word in kind for word in CONTACT)
    sextortion = "sextortion" in notes
    points = (
        (30, victims), (20, not victims and (bool(report.files) or contact)), (20, "liveStreaming" in notes or contact),
        (25, "meeting" in card.flags), (25, material), (30, sextortion and victims), (10, "generativeAi" in notes),
        (15, victims > 1), (15, bool(report.prior_reports)),
        (20, "sadisticOnlineExploitation" in notes), (20, "threat" in card.flags), (10, location.in_pakistan is True),
        (15, "self-harm" in card.flags), (10, True), (10, report.escalation is not None),
        (10, any(i.kind in ("ip", "phone", "email") for i in report.identifiers)), (-5, bool(location.foreign)),
    )  # fmt: skip
    total = sum(weight for weight, holds in points if holds)
    floors = (
        (95, material and victims),
        (90, sextortion and "self-harm" in card.flags),
        (85, report.priority_code == "1" and victims),
    )
    return min(100, max(total, *(floor for floor, holds in floors if holds), 0))
