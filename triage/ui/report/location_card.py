"""Builds the card of the location with its map and evidence."""

from __future__ import annotations

from triage.model.damage import DAMAGE
from triage.model.judgement import PlaceEvidence, find_decider
from triage.model.report_page import ReportPageView
from triage.model.role_words import EVIDENCE_KINDS
from triage.model.views import ShowReport
from triage.ui.kit.text_view import Run, TextView, TextWriter
from triage.ui.report.location_map import LocationMap, find_dots
from triage.ui.report.report_card import TextCard, set_visible
from triage.ui.text import report_words, words
from triage.ui.text.i18n import Safe, isolated, ltr, tr, tr_message, trn, word

MARK = 56


class LocationCard(TextCard):
    """Shows the verdicts, a map, and each evidence with its weight and what speaks against it."""

    pinned = "aside"
    first = 4
    grows = 4

    def __init__(self) -> None:
        super().__init__(tr("Location"))
        self.set_beside(tr("possible locations, not proof"))
        self.verdict = TextView(tr("Location"))
        self.map = LocationMap()
        self.parts.insert(0, self.verdict)
        self.parts.insert(1, self.map)
        for part in (self.verdict, self.map):
            part.setParent(self)

    def show_page(self, page: ReportPageView) -> None:
        """Shows the location of a report."""
        location = page.report.location
        named = (location.province, *(entry.province for entry in location.by_person))
        shaded = frozenset(province for province in named if province)
        dots = find_dots(location.evidence)
        set_visible(self.map, bool(shaded or dots))
        self.map.show_places(shaded, dots)
        self.verdict.fill(lambda writer: _write_verdict(writer, page.report))
        super().show_page(page)

    def grow(self, width: int, room: int) -> None:
        """Makes the map higher, then unfolds evidence."""
        if not self.map.isHidden():
            room -= self.map.grow(room, self._folded == 0)
        super().grow(width, room)
        if self._folded == 0 and not self.map.isHidden() and not self._asked:
            self.map.grow(max(0, room), True)

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes the verdict of each person and the evidence."""
        report = page.report
        location = report.location
        if "location" in report.damaged:  # said above
            return
        for entry in location.by_person:
            place = words.province(entry.province) if entry.province else tr("no province")
            runs: list[Run] = [(report_words.of(entry.of), "muted"), ("  ", ""), (_describe_verdict(entry.verdict), "")]
            runs += [("  ", ""), (tr("{place}, sum {total}", place=place, total=entry.total), "muted")]
            writer.write_line(runs, gap=0)
        writer.write_heading(tr("Evidence"))
        strongest = sorted(location.evidence, key=lambda entry: -abs(entry.weight))
        lines = [lambda entry=entry: write_evidence(writer, entry) for entry in strongest]
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))
        if location.evidence:
            total = tr(
                "Sum {total}: {verdict} ({whose})",
                total=location.total,
                verdict=_describe_verdict(location.verdict),
                whose=_describe_decider(report),
            )
            writer.write_line([(total, "muted")], gap=4)
        else:
            writer.write_line([(tr("No location evidence in this report."), "muted")])
        if location.foreign:
            others = tr("Other countries named: {codes}", codes=ltr(", ".join(location.foreign)))
            writer.write_line([(others, "muted")])


def _write_verdict(writer: TextWriter, report: ShowReport) -> None:
    """Writes where the report points, and why an office should act."""
    if "location" in report.damaged:
        writer.write_line([(tr_message(DAMAGE["location"]), "bad")])
        return
    writer.write_line([(Safe(tr("; ").join(list_locations(report))), "strong")])
    if report.location.office is not None:
        writer.write_line([(report_words.reason(report.location.office_why), "muted")])


def write_evidence(writer: TextWriter, evidence: PlaceEvidence) -> None:
    """Writes an evidence with its weight and what speaks against it."""
    doubt = _describe_doubt(evidence)
    if not evidence.weight:
        runs: list[Run] = [(_describe_evidence(evidence), "")]
        under: list[Run] = [(Safe(f"{tr('routing only')}. {doubt}" if doubt else tr("routing only")), "small")]
        writer.write_marked((Safe("·"), "muted"), runs, under, tip=_describe_source(evidence), width=MARK)
        return
    writer.write_marked(
        (_describe_weight(evidence), "strong"),
        [(_describe_evidence(evidence), "")],
        [(doubt, "small")] if doubt else [],
        tip=_describe_source(evidence),
        width=MARK,
    )


def list_locations(report: ShowReport) -> list[Safe]:
    """Returns the locations of the reported user, the child and a complainant, and the office, each in words."""
    location = report.location
    said = (
        [_describe_person("suspect", report)] if any(p.role == "suspect" for p in report.people) or not location.by_person else []
    )
    said.append(_describe_person("victim", report))
    if any(place.of == "complainant" for place in location.by_person):
        said.append(_describe_person("complainant", report))
    if location.office is not None:
        said.append(tr("office {name}", name=words.office(location.office)))
    return said


def _describe_person(role: str, report: ShowReport) -> Safe:
    """Returns the location of a role in words."""
    place = next((entry for entry in report.location.by_person if entry.of == role), None)
    who = tr("Reported user") if role == "suspect" else report_words.of(role)
    if place is None or place.verdict == "unclear":
        return tr("{who}: not located", who=who)
    said = tr("{who}: {verdict}", who=who, verdict=_describe_verdict(place.verdict))
    return said if place.province is None else tr("{said} ({province})", said=said, province=words.province(place.province))


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
    """Returns the weight of an evidence."""
    return report_words.points(evidence.weight)


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
    places += [words.district(evidence.district)] if evidence.district else []
    places += [isolated(evidence.country)] if evidence.country else []
    return Safe("\n".join([*lines, report_words.listed(places)]).strip())
