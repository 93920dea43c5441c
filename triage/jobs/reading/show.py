"""Everything known about one report, in the words of the contract."""

from __future__ import annotations

import json

from triage import law
from triage.errors import NotFound
from triage.jobs.choices import name_choices
from triage.jobs.codec import clocks_from_bytes, links_from_bytes, location_from_bytes, score_from_bytes
from triage.jobs.load import find, load
from triage.jobs.matching.list_matcher import ListMatcher
from triage.jobs.reading.show_files import show_files
from triage.jobs.reading.show_text import facts, sources
from triage.jobs.session import Session
from triage.jobs.state import child_lane as child_lane_job
from triage.jobs.state.grades import settled
from triage.message import Message
from triage.model.document import Identifier
from triage.model.judgement import Clock, Link, Location, ScoreCard, Surroundings
from triage.model.report import Report
from triage.model.users import Right
from triage.model.views import (
    ShowConflict,
    ShowConflictValue,
    ShowDecision,
    ShowIdentifier,
    ShowLocation,
    ShowNotUnderstood,
    ShowPerson,
    ShowReport,
    ShowScore,
    ShowText,
    ShowVersion,
)
from triage.store.database import Reader
from triage.store.queries import cases, decisions, judgement, reports


def show_report(session: Session, db: Reader, report_id: int, version: int | None) -> ShowReport:
    loaded = load(db, report_id, version)
    report = loaded.report
    location, score, clocks, links = _card(db, report_id)
    status, assignee = decisions.current(db, report_id)
    users = {user.id: user.name for user in session.store.users.all()}
    case = cases.of_report(db, report_id)
    lists_say = ListMatcher(db).of_report(report.files)
    hits = lists_say.of_files(report.files)
    around = Surroundings(
        hits=tuple(hit for of_file in hits for hit in of_file), verdicts=settled(db, list(loaded.medium_ids.values()))
    )
    return ShowReport(
        report_id=reports.number(db, report_id),
        aliases=reports.aliases(db, report_id),
        versions=_versions(db, report_id),
        designation=report.designation,
        incident_type=report.incident_type,
        incident_time=report.incident_time.utc if report.incident_time else None,
        received=report.received.utc if report.received else None,
        received_estimated=report.received_estimated,
        esp=report.esp,
        priority_code=report.priority_code,
        escalation=report.escalation,
        people=tuple(ShowPerson(role=p.role, says=p.says, facts=facts(p.facts)) for p in report.people),
        identifiers=tuple(_identifier(i) for i in report.identifiers),
        files=show_files(db, report_id, loaded, lists_say.checked, hits, lists_say.not_counted(report.files), users),
        annotations=report.annotations,
        facts=facts(report.facts),
        free_text=tuple(ShowText(text=t.text, of=t.of, label=t.label, sources=sources(t.sources)) for t in report.free_text),
        location=location,
        score=score,
        clocks=clocks,
        links=links,
        prior_reports=report.prior_reports,
        case=case.number if case else None,
        child_lane=child_lane_job.state(db, report_id),
        law=law.suggest(report, around),
        status=status,  # type: ignore[arg-type]
        assignee=users.get(assignee) if assignee is not None else None,
        decisions=_decisions(db, report_id, users),
        conflicts=_conflicts(report),
        not_understood=tuple(ShowNotUnderstood(source=n.source, path=n.path, value=n.value) for n in report.not_understood),
    )


def _identifier(i: Identifier) -> ShowIdentifier:
    return ShowIdentifier(
        kind=i.kind,
        value=i.value,
        normalised=i.normalised,
        role=i.role,
        port=i.port,
        time=i.time.utc if i.time else None,
        time_original=i.time.original if i.time else None,
        time_zone=i.time.zone if i.time else None,
        event=i.event,
        verified=i.verified,
        possible_proxy=i.possible_proxy,
        person=i.person,
        file=i.file,
        details=dict(i.details),
        sources=sources(i.sources),
    )


def _versions(db: Reader, report_id: int) -> tuple[ShowVersion, ...]:
    return tuple(
        ShowVersion(
            n=row.n,
            imported=row.imported,
            sources=tuple(s.path for s in reports.sources(db, report_id, row.n)),
            changes=tuple(json.loads(row.changes)),
        )
        for row in reports.versions(db, report_id)
    )


def _card(db: Reader, report_id: int) -> tuple[ShowLocation, ShowScore, tuple[Clock, ...], tuple[Link, ...]]:
    """The stored card; while an import has not come to it yet, an empty one that says so."""
    row = judgement.card(db, report_id)
    if row is None:
        return _NO_LOCATION, _NO_SCORE, (), ()
    location: Location = location_from_bytes(row.location)
    score: ScoreCard = score_from_bytes(row.score)
    return (
        ShowLocation(
            evidence=location.evidence,
            in_pakistan=location.in_pakistan,
            verdict=location.verdict,
            total=location.total,
            province=location.province,
            district=location.district,
            office=location.office,
            office_why=location.office_why,
            by_person=location.by_person,
            foreign=location.foreign,
        ),
        ShowScore(
            band=score.band,
            risk=score.risk,
            actionability=score.actionability,
            factors=score.factors,
            would_change_if=score.would_change_if,
            flags=score.flags,
            rules=score.rules,
        ),
        clocks_from_bytes(row.clocks),
        links_from_bytes(row.links),
    )


_NOT_YET = Message("Not scored yet: the import has not reached this report.")
_NO_LOCATION = ShowLocation(
    evidence=(),
    in_pakistan=None,
    verdict="unclear",
    total=0,
    province=None,
    district=None,
    office=None,
    office_why=_NOT_YET,
    by_person=(),
    foreign=(),
)
_NO_SCORE = ShowScore(band="C", risk=0.0, actionability=0.0, factors=(), would_change_if=(_NOT_YET,), flags=(), rules="")


def _decisions(db: Reader, report_id: int, users: dict[int, str]) -> tuple[ShowDecision, ...]:
    return tuple(
        ShowDecision(
            id=row.id,
            when=row.taken,
            user=users.get(row.user_id, f"user {row.user_id}"),
            status=row.status,  # type: ignore[arg-type]
            reason=row.reason,
            note=row.note,
            assignee=None if row.assignee is None else users.get(row.assignee),
            undone=bool(row.undone),
        )
        for row in decisions.of_report(db, report_id)
    )


def _conflicts(report: Report) -> tuple[ShowConflict, ...]:
    return tuple(
        ShowConflict(
            field=c.field,
            values=tuple(ShowConflictValue(value=value, sources=sources(found)) for value, found in c.values),
        )
        for c in report.conflicts
    )


def show(session: Session, report_number: str, version: int | None = None) -> ShowReport:
    """Returns everything known about one report, by its number or an alias. Raises NotFound, also for an unknown version."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        report_id = find(db, report_number)
        if version is not None:
            known = [str(row.n) for row in reports.versions(db, report_id)]
            if str(version) not in known:
                choices = name_choices(known, f"triage show {report_number}")
                raise NotFound("There is no version {version} of this report; {choices}.", version=version, choices=choices)
        return show_report(session, db, report_id, version)
