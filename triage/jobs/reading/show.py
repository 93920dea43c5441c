"""Shows everything known about one report, in the form of the JSON contract."""

from __future__ import annotations

import json
from dataclasses import replace

from triage import law
from triage.errors import NotFound
from triage.jobs.codec import clocks_from_bytes, links_from_bytes, location_from_bytes, read_or_none, score_from_bytes
from triage.jobs.load import load_report
from triage.jobs.lookup import find_report
from triage.jobs.reading.show_files import show_files
from triage.jobs.reading.show_text import format_facts, format_sources
from triage.jobs.reading.show_work import list_work_of_report
from triage.jobs.session import Session, now
from triage.jobs.state import child_lane as child_lane_job
from triage.jobs.state.grades import load_settled_grades
from triage.jobs.state.notices import list_notices
from triage.jobs.state.received_work import has_damaged_entries, list_received_decisions, load_received_grades
from triage.message import Message, from_data
from triage.model.choices import name_choices
from triage.model.damage import DAMAGE, StoredPart
from triage.model.document import Identifier
from triage.model.judgement import Clock, Link, Location, Surroundings
from triage.model.moment import parse_utc, to_pakistan
from triage.model.notes import ShowNote
from triage.model.report import Report
from triage.model.user_names import name_user
from triage.model.users import Right
from triage.model.version_flags import DISAGREEMENTS, VERSION_WAITS
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
from triage.priority import NOT_JUDGED
from triage.store.database import Reader
from triage.store.queries import cases, decisions, judgement, notes, reports


def build_report_view(session: Session, db: Reader, report_id: int, version: int | None, *, waiting: bool = False) -> ShowReport:
    """Builds everything known about a report. `version` None is the current one; `waiting` as in `load_report`."""
    from triage.jobs.matching.list_matcher import ListMatcher

    loaded = load_report(db, report_id, version, waiting=waiting)
    report = loaded.report
    location, score, clocks, links, damaged = _load_card(db, report_id)
    status, assignee = decisions.load_status(db, report_id)
    users = session.store.users.names()
    case = cases.find_case_of_report(db, report_id)
    lists_say = ListMatcher(db).look_up_report(report.files)
    hits = lists_say.find_hits(report.files)
    around = Surroundings(
        hits=tuple(hit for of_file in hits for hit in of_file),
        verdicts=load_settled_grades(db, list(loaded.medium_ids.values()))
        + load_received_grades(db, [report_id]).get(report_id, ()),
    )
    return ShowReport(
        report_id=reports.load_number(db, report_id),
        aliases=reports.list_numbers(db, report_id),
        versions=_list_versions(db, report_id),
        designation=report.designation,
        incident_type=report.incident_type,
        incident_time=report.incident_time.utc if report.incident_time else None,
        incident_time_original=report.incident_time.original if report.incident_time else None,
        incident_time_zone=report.incident_time.zone if report.incident_time else None,
        received=report.received.utc if report.received else None,
        received_original=report.received.original if report.received else None,
        received_zone=report.received.zone if report.received else None,
        from_tipline=report.from_tipline,
        received_estimated=report.received_estimated,
        esp=report.esp,
        priority_code=report.priority_code,
        escalation=report.escalation,
        people=tuple(ShowPerson(role=p.role, says=p.says, facts=format_facts(p.facts)) for p in report.people),
        identifiers=tuple(_build_identifier(i) for i in report.identifiers),
        files=show_files(db, report_id, loaded, lists_say.checked, hits, lists_say.find_uncounted(report.files), users),
        annotations=report.annotations,
        facts=format_facts(report.facts),
        free_text=tuple(
            ShowText(text=t.text, of=t.of, label=t.label, sources=format_sources(t.sources)) for t in report.free_text
        ),
        location=location,
        score=score,
        clocks=clocks,
        links=links,
        prior_reports=report.prior_reports,
        case=case.number if case else None,
        child_lane=child_lane_job.load_lane_state(db, report_id),
        law=law.suggest(report, around, location=location, today=to_pakistan(parse_utc(now())).date()),
        status=status,  # type: ignore[arg-type]
        assignee=users.get(assignee) if assignee is not None else None,
        decisions=_list_decisions(db, report_id, users),
        conflicts=_list_conflicts(report),
        not_understood=tuple(ShowNotUnderstood(source=n.source, path=n.path, value=n.value) for n in report.not_understood),
        work=list_work_of_report(db, report_id, users),
        notices=list_notices(db, report_id, users),
        notes=tuple(
            ShowNote(
                id=row.id,
                when=row.made,
                user=name_user(users, row.user_id),
                text=row.text,
                elsewhere=row.origin is not None,
            )
            for row in notes.list_notes(db, report_id)
        ),
        version_waiting=VERSION_WAITS in score.flags,
        changed_after_closing=bool(decisions.find_reopened(db, [report_id])),
        sources_disagree=tuple(what for flag, what in DISAGREEMENTS.items() if flag in score.flags),
        damaged=(
            *(() if loaded.readable else ("documents",)),
            *damaged,
            *(("received",) if has_damaged_entries(db, report_id) else ()),
        ),
    )


def _build_identifier(i: Identifier) -> ShowIdentifier:
    """Builds an identifier for showing."""
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
        sources=format_sources(i.sources),
    )


def _list_versions(db: Reader, report_id: int) -> tuple[ShowVersion, ...]:
    """Returns the versions of the report, the oldest first."""
    return tuple(
        ShowVersion(
            n=row.n,
            imported=row.imported,
            sources=tuple(s.path for s in reports.list_sources(db, report_id, row.n)),
            changes=tuple(from_data(change) for change in json.loads(row.changes)),
        )
        for row in reports.list_versions(db, report_id)
    )


def _load_card(
    db: Reader, report_id: int
) -> tuple[ShowLocation, ShowScore, tuple[Clock, ...], tuple[Link, ...], tuple[StoredPart, ...]]:
    """Returns the stored score card, and which parts of it can't be read.

    While an import has not reached the report, it is an empty card that says so.
    """
    row = judgement.load_card(db, report_id)
    if row is None:
        return _NO_LOCATION, _NO_SCORE, (), (), ()
    location = read_or_none(location_from_bytes, row.location, report_id)
    clocks = read_or_none(clocks_from_bytes, row.clocks, report_id)
    links = read_or_none(links_from_bytes, row.links, report_id)
    score = read_or_none(score_from_bytes, row.score, report_id)
    read: dict[StoredPart, object] = {"score": score, "location": location, "clocks": clocks, "links": links}
    if score is None or clocks is None or links is None:  # a page without deadlines or links would say that there are none
        score = NOT_JUDGED
    return (
        _show_location(location) if location is not None else _DAMAGED_LOCATION,
        ShowScore(
            band=score.band,
            risk=score.risk,
            actionability=score.actionability,
            factors=score.factors,
            would_change_if=score.would_change_if,
            flags=score.flags,
            rules=score.rules,
            near=score.near,
            corrections=score.corrections,
        ),
        clocks or (),
        links or (),
        tuple(part for part, found in read.items() if found is None),
    )


def _show_location(location: Location) -> ShowLocation:
    """Returns a stored location as it is shown."""
    return ShowLocation(
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
_DAMAGED_LOCATION = replace(_NO_LOCATION, office_why=DAMAGE["location"])
_NO_SCORE = ShowScore(band="C", risk=0.0, actionability=0.0, factors=(), would_change_if=(_NOT_YET,), flags=(), rules="")


def _list_decisions(db: Reader, report_id: int, users: dict[int, str]) -> tuple[ShowDecision, ...]:
    """Returns the decisions on the report, here and at other workstations, the oldest first."""
    here = [
        ShowDecision(
            id=row.id,
            when=row.taken,
            user=name_user(users, row.user_id),
            status=row.status,  # type: ignore[arg-type]
            reason=row.reason,
            note=row.note,
            assignee=None if row.assignee is None else users.get(row.assignee),
            undone=bool(row.undone),
        )
        for row in decisions.list_decisions(db, report_id)
    ]
    elsewhere = list_received_decisions(db, report_id, users)
    return tuple(sorted([*here, *elsewhere], key=lambda each: each.when) if elsewhere else here)


def _list_conflicts(report: Report) -> tuple[ShowConflict, ...]:
    """Returns where the sources state different values."""
    return tuple(
        ShowConflict(
            field=c.field,
            values=tuple(ShowConflictValue(value=value, sources=format_sources(found)) for value, found in c.values),
        )
        for c in report.conflicts
    )


def load_report_view(session: Session, report_number: str, version: int | None = None) -> ShowReport:
    """Returns everything known about one report, by its present or an earlier number.

    Raises:
        NotFound: if there is no such report or version
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        report_id = find_report(db, report_number)
        if version is not None:
            known = [str(row.n) for row in reports.list_versions(db, report_id)]
            if str(version) not in known:
                choices = name_choices(known, Message("triage show {report}", report=report_number))
                raise NotFound(
                    "There is no version {version} of report {report}; {choices}.",
                    version=version,
                    report=report_number,
                    choices=choices,
                )
        return build_report_view(session, db, report_id, version, waiting=True)
