"""The part of the house of cards for the page of a case and the graph: invented values, as the jobs build them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from triage.errors import NotFound
from triage.jobs.case_page.acts import CaseState, list_acts, list_papers
from triage.jobs.reading.graph_layout import place_graph
from triage.jobs.reading.link_reasons import POSSIBLE, explain_link
from triage.message import Message
from triage.model.case_page import CaseEvent, CaseFile, CaseIdentifier, CaseOverview, CaseTrack
from triage.model.casework import CaseView, JoiningUndone
from triage.model.diary import DiaryEntry
from triage.model.link_graph import GraphEdge, GraphNode, GraphOmission, GraphPlace, Neighbourhood
from triage.model.moment import parse_utc
from triage.model.users import Right

if TYPE_CHECKING:
    from tests.ui.fakes import FakeApi

TODAY = "2026-11-24T09:26:00Z"
PHONE = "+923000000271"
OUTSIDE = "900777001"
POSSIBLE_ONE = "900777002"


def build_graph(about: str, inside: Sequence[str], kept: Mapping[str, GraphPlace], case_of: Mapping[str, str]) -> Neighbourhood:
    """Returns a graph in which one telephone ties a report outside, and a possible match another one."""
    reports = [*inside, OUTSIDE, POSSIBLE_ONE]
    first = f"report:{reports[0]}"
    holders = {f"phone:{PHONE}": {first, f"report:{OUTSIDE}"}, "file:ab": {first, f"report:{POSSIBLE_ONE}"}}
    for each in inside[1:]:
        holders[f"phone:{PHONE}"].add(f"report:{each}")
    places = place_graph([f"report:{each}" for each in reports], holders, {}, kept)
    nodes = [
        GraphNode(
            key=f"report:{each}", kind="report", title=each, what="Online Enticement of Children for Sexual Acts", place=places[f"report:{each}"],
            band="BCD"[at % 3], inside=each in inside, case=case_of.get(each), reports=1,
        )
        for at, each in enumerate(reports)
    ]  # fmt: skip
    phone, file = f"phone:{PHONE}", "file:ab"
    nodes.append(GraphNode(key=phone, kind="value", title=PHONE, what="phone", place=places[phone], reports=len(holders[phone])))
    nodes.append(GraphNode(key=file, kind="file", title="IMG_1.jpg", what="file", place=places[file], reports=2, sha256="ab"))
    edges = [
        GraphEdge(
            report=report, other=phone, possible=False, why=explain_link("phone", alone=True, of_users=True),
            roles=("suspect",), times=("2026-11-03T05:00:00Z", "2026-11-12T05:00:00Z"), captures=3, verified=True,
        )
        for report in sorted(holders[phone])
    ]  # fmt: skip
    edges += [GraphEdge(report=report, other=file, possible=report != first, why=POSSIBLE) for report in sorted(holders[file])]
    left = (GraphOmission(count=1240, rule=Message("linked reports; those with the strongest links are shown")),)
    return Neighbourhood(about=about, steps=2, nodes=tuple(nodes), edges=tuple(edges), left_out=left)


class FakeCases:
    """Mixed into FakeApi. Cases are kept by the desk's part."""

    def neighbourhood(
        self: FakeApi,
        report: str | None = None,
        *,
        case: str | None = None,
        steps: int = 2,
        kept: Mapping[str, GraphPlace] | None = None,
    ) -> Neighbourhood:
        self._require(Right.READ_REPORT)
        self.graph_calls.append((report, case, steps, dict(kept or {})))
        inside = (report,) if report is not None else self.case(case or "").reports
        held = {each: found.number for found in self.case_views.values() for each in found.reports}
        if not inside:
            return Neighbourhood(about=case or "", steps=steps, nodes=(), edges=(), left_out=())
        return replace(build_graph(report or case or "", inside, kept or {}, held), steps=steps)

    def cases_of_reports(self: FakeApi, reports: Sequence[str]) -> dict[str, str | None]:
        held = {each: found.number for found in self.case_views.values() for each in found.reports}
        return {each: held.get(each) for each in reports}

    def undo_joining(self: FakeApi, number: str, before: Mapping[str, str | None]) -> JoiningUndone:
        self._require(Right.DECIDE)
        self.calls.append(("undo_joining", number, dict(before)))
        case = self.case(number)
        left = tuple(each for each in case.reports if each not in before)
        withdrawn = not left and not case.numbers
        if withdrawn:
            del self.case_views[number]
        else:
            self.case_views[number] = replace(case, reports=left)
        return JoiningUndone(number=number, reports=len(before), withdrawn=withdrawn)

    def answer_appeal(self: FakeApi, number: str, appeal_id: int, text: str) -> CaseView:
        self.calls.append(("answer_appeal", number, appeal_id, text))
        appeals = tuple(
            replace(each, answer=text, answered=TODAY, answered_by=self.user.name) if each.id == appeal_id else each
            for each in self.case(number).appeals
        )
        self.case_views[number] = replace(self.case(number), appeals=appeals)
        return self.case_views[number]

    def case_page(self: FakeApi, number: str) -> CaseOverview:
        case, rows = self.case(number), self._rows_of_case(number)
        asked = tuple(each for each in self.requests if each.case == number)
        state = CaseState(
            case=case, rows=rows, requests=asked, ungraded=2 if rows else 0, noticed=frozenset(), referred=frozenset(),
            now=parse_utc(TODAY),
        )  # fmt: skip
        if case.number not in self.case_views:
            raise NotFound("There is no such case.")
        return CaseOverview(
            case=case,
            rows=rows,
            acts=list_acts(state),
            requests=asked,
            papers=list_papers(state, [Message("rank")]),  # message-ok
            files=tuple(
                CaseFile(sha256=f"{at:064x}", name=f"IMG_{at}.jpg", report=rows[0].report_id, copies=at, state="not graded")
                for at in (1, 2)
                if rows
            ),
            media=3,
            graded=1,
            identifiers=(
                CaseIdentifier(
                    kind="Phone", value=PHONE, operator="Example Telecom", known=True, reports=2, captures=3,
                    expires="2026-12-03T05:00:00Z", child=False,
                ),
            ),
            identifiers_left=0,
            tracks=tuple(
                CaseTrack(
                    report=row.report_id, band=row.band, events=(CaseEvent(when="2026-11-12T05:00:00Z", kind="upload", count=3),),
                    deadlines=(("operator traffic data", "2026-12-03T05:00:00Z"),),
                )
                for row in rows
            ),
            unread=0,
            entries=(DiaryEntry(when="2026-11-20T06:00:00Z", who="khi-04", report=None, what=Message("Stage: {stage}", stage=Message("FIR"))),),
            entries_count=23,
        )  # fmt: skip
