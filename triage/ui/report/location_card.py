"""Builds the card of the location with its evidence."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout

from triage.model.judgement import PlaceEvidence, find_decider
from triage.model.role_words import EVIDENCE_KINDS
from triage.model.views import ShowReport
from triage.ui.kit.marked_lines import MarkedLines
from triage.ui.kit.widgets import Card, label
from triage.ui.report.location_map import LocationMap, find_dots
from triage.ui.text import report_words, words
from triage.ui.text.i18n import Safe, isolated, ltr, tr, word

FIRST_EVIDENCE = 8


def build_location_card(report: ShowReport) -> Card:
    """Builds the card: the verdicts, a map, and each evidence with its weight and what speaks against it."""
    location = report.location
    card = Card(tr("Location"), tr("possible locations, not proof"))
    card.body.addWidget(label(describe_location(report), "strong", wrap=True))
    if location.office is not None:
        card.body.addWidget(label(report_words.reason(location.office_why), "muted", wrap=True))
    named = (location.province, *(entry.province for entry in location.by_person))
    shaded = frozenset(province for province in named if province)
    dots = find_dots(location.evidence)
    if shaded or dots:
        card.body.addWidget(LocationMap(shaded, dots))
    if location.by_person:
        card.body.addLayout(_build_person_grid(report))
    card.body.addWidget(label(tr("Evidence"), "heading"))
    lines = MarkedLines()
    strongest = sorted(location.evidence, key=lambda entry: -abs(entry.weight))
    lines.add_folded(
        [(_describe_weight(e), _describe_evidence(e), _describe_doubt(e), _describe_source(e)) for e in strongest], FIRST_EVIDENCE
    )
    if location.evidence:
        card.body.addWidget(lines)
        total = tr(
            "Sum {total}: {verdict} ({whose})",
            total=location.total,
            verdict=_describe_verdict(location.verdict),
            whose=_describe_decider(report),
        )
        card.body.addWidget(label(total, "muted"))
    else:
        card.body.addWidget(label(tr("No location evidence in this report."), "muted", wrap=True))
    if location.foreign:
        others = tr("Other countries named: {codes}", codes=ltr(", ".join(location.foreign)))
        card.body.addWidget(label(others, "muted", wrap=True))
    return card


def describe_location(report: ShowReport) -> Safe:
    """Returns the locations of the reported user and the child, and the office, in one line."""
    location = report.location
    said = (
        [_describe_person("suspect", report)] if any(p.role == "suspect" for p in report.people) or not location.by_person else []
    )
    said.append(_describe_person("victim", report))
    if location.office is not None:
        said.append(tr("office {id}", id=location.office))
    return Safe("; ".join(said))


def _describe_person(role: str, report: ShowReport) -> Safe:
    """Returns the location of a role in words."""
    place = next((entry for entry in report.location.by_person if entry.of == role), None)
    who = tr("Reported user") if role == "suspect" else tr("child")
    if place is None or place.verdict == "unclear":
        return tr("{who}: not located", who=who)
    said = tr("{who}: {verdict}", who=who, verdict=_describe_verdict(place.verdict))
    return said if place.province is None else tr("{said} ({province})", said=said, province=words.province(place.province))


def _build_person_grid(report: ShowReport) -> QGridLayout:
    """Lays out the verdict of each person."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(2, 1)
    for at, entry in enumerate(report.location.by_person):
        grid.addWidget(label(report_words.of(entry.of), "muted"), at, 0)
        grid.addWidget(label(_describe_verdict(entry.verdict)), at, 1)
        place = words.province(entry.province) if entry.province else tr("no province")
        grid.addWidget(label(tr("{place}, sum {total}", place=place, total=entry.total), "muted", wrap=True), at, 2)
    return grid


def _describe_decider(report: ShowReport) -> Safe:
    """Returns whose sum gives the verdict: "image: 60" beside a sum of 30."""
    decider = find_decider(report.location.by_person, report.location.verdict)
    if decider is None:
        return tr("all evidence")
    return tr("{who}: {total}", who=report_words.of(decider.of), total=decider.total)


def _describe_verdict(verdict: str) -> Safe:
    """Returns a verdict in words."""
    return word(report_words.VERDICTS.get(verdict, verdict))


def _describe_weight(evidence: PlaceEvidence) -> Safe:
    """Returns the weight of an evidence, or "routing only"."""
    return report_words.points(evidence.weight) if evidence.weight else tr("routing only")


def _describe_evidence(evidence: PlaceEvidence) -> Safe:
    """Returns whose evidence it is and what it says."""
    return Safe(f"{report_words.of(evidence.of)}: {report_words.reason(evidence.why or evidence.says)}")


def _describe_doubt(evidence: PlaceEvidence) -> Safe:
    """Returns what speaks against an evidence, or an empty text."""
    return tr("but: {against}", against=report_words.reason(evidence.against)) if evidence.against else Safe("")


def _describe_source(evidence: PlaceEvidence) -> Safe:
    """Returns value, source and places of an evidence, for the tooltip."""
    value = word(evidence.value) if evidence.kind == "language" else ltr(evidence.value)
    lines = [Safe(f"{word(EVIDENCE_KINDS.get(evidence.kind, evidence.kind))}: {value}"), report_words.reason(evidence.says)]
    places = [words.province(evidence.province)] if evidence.province else []
    places += [isolated(place) for place in (evidence.district, evidence.country) if place]
    return Safe("\n".join([*lines, report_words.listed(places)]).strip())
