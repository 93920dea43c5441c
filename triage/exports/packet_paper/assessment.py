"""Parts 7 and 8: the location verdict and the score card, each item with its points, and sums that add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triage.exports.packet_paper.wording import format_role
from triage.exports.pdf_documents import Block, HeadingBlock, ParagraphBlock, Rows
from triage.model.damage import DAMAGE
from triage.model.packet import RuleFile
from triage.model.points import print_points
from triage.model.provider_marks import describe_seen
from triage.model.role_words import EVIDENCE_KINDS, describe_verdict
from triage.model.views import ShowReport

_AXES = {"risk": "risk", "floor": "risk", "note": "risk", "actionability": "actionability"}


def print_location(show: ShowReport) -> Iterator[Block]:
    """Yields the verdict, and each piece of evidence with its weight and what speaks against it."""
    place = show.location
    yield HeadingBlock("7 Location", 2)
    where = ", ".join(text for text in (place.province, place.district) if text)
    yield ParagraphBlock(
        f"In Pakistan: {describe_verdict(place.by_person, place.verdict, place.total)}. "
        + (f"Province or district: {where}. " if where else "")
        + (f"Other countries: {', '.join(place.foreign)}. " if place.foreign else "")
        + f"Office: {place.office or 'none'}. {place.office_why}"
    )
    if not place.evidence:
        damaged = "location" in show.damaged
        yield ParagraphBlock(str(DAMAGE["location"]) if damaged else "No evidence of location was found.")
        return
    yield ParagraphBlock(
        "A weight above 0 speaks for Pakistan, one below 0 against it. Location was computed from offline tables, and proves "
        "nothing by itself."
    )
    rows = [
        (
            f"{each.weight:+d}",
            format_role(each.of),
            EVIDENCE_KINDS.get(each.kind, each.kind.replace("_", " ")),
            each.value,
            str(each.why),
            str(each.against) or "nothing known",
        )
        for each in place.evidence
    ]
    rows.append((f"{place.total:+d}", "", "", "", "Sum of all weights", ""))
    yield Rows(
        ("Weight", "Of", "Kind", "Value", "Why", "What speaks against it"),
        tuple(rows),
        (2, 3, 3, 6, 9, 7),
        caption="Evidence of location",
    )


def print_priority(show: ShowReport, rules: Sequence[RuleFile]) -> Iterator[Block]:
    """Yields the score card: each factor with its printed points, which add up to the printed numbers."""
    score = show.score
    yield HeadingBlock("8 Priority", 2)
    if not score.rules:
        yield ParagraphBlock(
            "There is no score card: the report was not scored."
            if score.would_change_if
            else "There is no score card: the reported user was cleared."
        )
        return
    held = (
        f" The rule files lie in data/rules of this packet ({len(rules)} files), so that an expert can compute it again."
        if rules
        else ""
    )
    yield ParagraphBlock(
        f"Band {score.band}, risk to a child {score.risk:.1f} of 100, actionability {score.actionability:.1f} of 100. "
        f"Rules: {score.rules}.{held} A score sets the order of work; it is no finding against a person."
    )
    for each in score.corrections:
        yield ParagraphBlock(f"Correction by a person ({each.state}): {each.says}")
    printed = print_points(score.factors, score.risk, score.actionability)
    for axis, total, beyond in (
        ("risk", score.risk, printed.risk_beyond),
        ("actionability", score.actionability, printed.actionability_beyond),
    ):
        rows = [
            (
                f"{points:+.1f}" if points else "none",
                str(factor.why),
                describe_seen(factor),
                factor.rule,
            )
            for factor, points in zip(score.factors, printed.points, strict=True)
            if _AXES[factor.axis] == axis
        ]
        if not rows:
            continue
        if beyond:
            rows.append((f"{beyond:+.1f}", "The scale ends at 0 and at 100.", "", ""))
        rows.append((f"{total:.1f}", f"Sum: {axis}", "", ""))
        yield Rows(("Points", "Why", "Field and value", "Rule"), tuple(rows), (2, 10, 8, 5), caption=f"Points of {axis}")
