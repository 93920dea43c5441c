"""Prints one report as readable text: people first, and the child first among them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from triage.cli.near import describe_near_match, format_distances, format_qualities
from triage.cli.output import format_known, format_time, format_time_cell, format_word, print_line, print_table, print_text
from triage.cli.work_text import print_notices, print_work
from triage.model.damage import DAMAGE
from triage.model.deadlines import is_overdue, is_running
from triage.model.field_words import describe_field
from triage.model.judgement import Clock, Link
from triage.model.moment import NO_ZONE
from triage.model.points import print_points
from triage.model.provider_marks import describe_seen, name_annotation
from triage.model.role_words import EVIDENCE_KINDS, ROLES, describe_verdict
from triage.model.views import ShowFile, ShowIdentifier, ShowReport

LONGEST_CELL = 500
"""Characters of a value in a table."""


def print_report(report: ShowReport) -> None:
    """Prints everything known about a report."""
    _print_head(report)
    _print_judgement(report)
    _print_identifiers(report)
    _print_files(report)
    print_work(report.work)
    print_notices(report.notices)
    _print_rest(report)


def _print_head(report: ShowReport) -> None:
    """Prints numbers, incident, status and times of a report."""
    print_line(
        f"Report {report.report_id}"
        + (f" (also {', '.join(a for a in report.aliases if a != report.report_id)})" if len(report.aliases) > 1 else "")
    )
    print_line(f"{report.incident_type or 'incident type not stated'}, from {report.esp or 'provider not stated'}")
    code = f"NCMEC {report.priority_code}" if report.priority_code else "no NCMEC code stated"
    designation = report.designation or "designation not stated"
    print_line(f"Status {format_word(report.status)}, assigned to {report.assignee or 'nobody'}; {designation}; {code}")
    print_line(f"Incident {format_time(report.incident_time)}{_describe_zone(report.incident_time, report.incident_time_zone)}")
    estimated = " (estimated from the incident)" if report.received_estimated else ""
    zone = _describe_zone(report.received, report.received_zone)
    print_line(f"Received by {'NCMEC' if report.from_tipline else 'the agency'} {format_time(report.received)}{zone}{estimated}")
    if report.escalation is not None:
        print_line(f"Escalated by the provider: {report.escalation}")
    if report.annotations:
        print_line(f"Annotations: {_name_annotations(report.annotations)}")


def _describe_zone(utc: str | None, zone: str | None) -> str:
    """Returns what to add to a time whose zone the source does not state."""
    return "" if utc is None or zone == "stated" else f" ({NO_ZONE})"


def _print_judgement(report: ShowReport) -> None:
    """Prints the score with its reasons, the location, the deadlines, the law and the links."""
    score, place = report.score, report.location
    print_line()
    print_line(f"Band {score.band}: risk {score.risk:.1f}, actionability {score.actionability:.1f} (rules {score.rules})")
    printed = print_points(score.factors, score.risk, score.actionability)
    for factor, points in zip(score.factors, printed.points, strict=True):
        print_line(f"  {points:+.1f} {factor.axis}: {factor.why} [{describe_seen(factor)}; {factor.rule}]")
    for axis, beyond in (("risk", printed.risk_beyond), ("actionability", printed.actionability_beyond)):
        if beyond:
            print_line(f"  {beyond:+.1f} {axis}: the scale ends at 0 and at 100")
    for correction in score.corrections:
        about = correction.rule or "band"
        print_line(f"  correction {correction.id} ({about}, {correction.state}): {correction.says}")
    for change in score.would_change_if:
        print_line(f"  {change}")
    verdict = describe_verdict(place.by_person, place.verdict, place.total)
    print_line(f"In Pakistan: {verdict}; weights add up to {place.total}; office {place.office}: {place.office_why}")
    for evidence in place.evidence:
        against = f" Against: {evidence.against}" if evidence.against else ""
        print_line(
            f"  {evidence.weight:+d} {name_kind(evidence.kind)} {evidence.value} of the {ROLES.get(evidence.of, evidence.of)}:"
            f" {evidence.why}{against}"
        )
    for clock in report.clocks:
        print_line(f"  {describe_deadline(clock)}")
    for part in report.damaged:
        print_line(f"  {DAMAGE[part]}")
    _print_case_and_law(report)
    for link in report.links:
        print_line(f"  linked to {link.report_id} through {format_link(link)}")


def format_link(link: Link) -> str:
    """Returns what two reports share, and whether it is the reported user's in both."""
    whose = "" if link.same_user else ", not the reported user's in both"
    return f"{name_kind(link.via)} {link.value} (strength {link.strength}{whose})"


def describe_deadline(clock: Clock) -> str:
    """Returns a deadline in words: still running, overdue, or ran out; data that ran out may still exist."""
    now = datetime.now(UTC)
    if not is_running(clock, now):
        return f"{clock.name} ran out on {format_time(clock.due)}; data may still exist, ask anyway: {clock.basis}"
    overdue = " (overdue)" if is_overdue(clock, now) else ""
    return f"{clock.name} until {format_time(clock.due)}{overdue}: {clock.basis}"


def _print_case_and_law(report: ShowReport) -> None:
    """Prints the case, the child lane and the sections of law that may apply."""
    if report.case:
        print_line(f"Case {report.case}")
    if report.child_lane != "no":
        print_line(f"Child lane: the reported user may be a child and a victim. Release: {report.child_lane}.")
    for each in report.law:
        offered = "" if each.offered else " is NOT offered"
        print_line(
            f"  {each.act} {each.section}{offered}: {each.title}. {each.why} [{each.certainty}; {each.source}] {each.note}"
        )
        for who in each.investigators:
            print_line(f"    May investigate: {who}")


def _print_identifiers(report: ShowReport) -> None:
    """Prints the identifiers as a table, sorted by role and kind."""
    print_line()
    order = list(ROLES)
    rows = sorted(report.identifiers, key=lambda i: (order.index(i.role) if i.role in order else 99, i.kind))
    print_table(
        ("of", "kind", "value", "port", "time", "event", "verified", "source"),
        [
            (
                ROLES.get(i.role, i.role),
                name_kind(i.kind),
                i.value,
                i.port,
                _format_capture_time(i),
                describe_field(i.event) if i.event else None,
                format_known(i.verified),
                _format_sources(i),
            )
            for i in rows
        ],
    )


def _format_capture_time(identifier: ShowIdentifier) -> str | None:
    """Returns the time of a capture in UTC, with what the source wrote where it states no zone."""
    if identifier.time is None or identifier.time_zone == "stated":
        return format_time_cell(identifier.time)
    return f'{format_time(identifier.time)} (the source: "{identifier.time_original}", no zone; UTC assumed)'


def _format_sources(identifier: ShowIdentifier) -> str:
    """Returns where an identifier stands: document and path of each source."""
    return "; ".join(f"{s.document} {s.path}" for s in identifier.sources)


def _print_files(report: ShowReport) -> None:
    """Prints the files as a table, then the matches of each file."""
    if not report.files:
        print_line("No files.")
        return
    print_line()
    print_table(
        ("file", "present", "viewed by provider", "class", "annotations", "known", "SHA-256"),
        [
            (
                _format_names(f),
                format_known(f.present),
                format_known(f.viewed_by_esp),
                f"class {f.classification}" if f.classification else "",
                _name_annotations(f.annotations) or "none stated",
                f"{f.verdict.known}: {f.verdict.why}",
                f.sha256,
            )
            for f in report.files
        ],
    )
    for file in report.files:
        _print_file_text(file)
        _print_video(file)
        _print_matches(file)
        for missing in file.not_checked:
            print_line(f"{_format_names(file)}: not checked: {missing}")


def _print_file_text(file: ShowFile) -> None:
    """Prints the messages of a chat log or another text, or why it was not read."""
    text = file.file_text
    if text is None:
        return
    print_line()
    count = f" ({text.count} {'message' if text.count == 1 else 'messages'}, {text.format})" if text.format else ""
    print_line(f"Text of {_format_names(file)}: {text.state}{count}" + (f": {text.why}" if text.why is not None else ""))
    for message in text.messages:
        parts = (f"[{message.time}]" if message.time else "", f"{message.sender}:" if message.sender else "", message.text)
        print_text(" ".join(filter(None, parts)))


def _print_video(file: ShowFile) -> None:
    """Prints how a video was compared, and what this file has in common with videos."""
    if (film := file.film) is not None:
        seconds = f"{file.duration_ms / 1000:.1f} s" if file.duration_ms is not None else "length unknown"
        counts = f"{film.frames} of {film.looked} frames compared, {film.flat} too flat, {film.still} repeated"
        print_line(f"{_format_names(file)}: video, {seconds}; {counts}")
        for missing in film.not_checked:
            print_line(f"  not checked: {missing}")
        if film.crowd:
            print_line(f"  shares frames with {film.crowd} videos; only the strongest matches are listed, review them")
    for near in file.in_films:
        where = ", ".join(near.reports) or "no report"
        print_line(f"{_format_names(file)}: {near.tier}, in {where}: {describe_near_match(near)}")


def _print_matches(file: ShowFile) -> None:
    """Prints which images of the store match this file, how, and what people decided."""
    if file.held:
        print_line(f"{_format_names(file)}: {file.held}")
    for near in file.alike:
        confirmed = f", confirmed by {near.joined_by}" if near.joined_by else ""
        how = f"{format_distances(near)}, {near.variant}, quality {format_qualities(near)}{confirmed}"
        print_line(f"{_format_names(file)}: {near.tier} with {near.sha256}: {how}; {near.grade or 'not graded'}")


def _format_names(file: ShowFile) -> str:
    """Returns the name of a file, with its original name if there is one."""
    name = file.name or "(no name)"
    return f"{name} ({file.original_name})" if file.original_name else name


def _print_rest(report: ShowReport) -> None:
    """Prints texts, conflicts, content not understood and versions."""
    for text in report.free_text:
        print_line()
        print_line(f"{describe_field(text.label)} ({ROLES.get(text.of, text.of)}):")
        print_text(text.text)
    if report.conflicts:
        print_line()
        print_table(
            ("sources disagree on", "values"),
            [(describe_field(c.field), _shorten(" | ".join(v.value for v in c.values))) for c in report.conflicts],
        )
    if report.not_understood:
        print_line()
        rows = [(entry.source, entry.path, _shorten(entry.value)) for entry in report.not_understood]
        print_table(("not understood", "where", "value"), rows)
    for version in report.versions:
        print_line(
            f"Version {version.n} of {format_time(version.imported)}: {', '.join(version.sources)}"
            + "".join(f"; {c}" for c in version.changes)
        )


def name_kind(kind: str) -> str:
    """Returns a kind of identifier or of location evidence in words."""
    return EVIDENCE_KINDS.get(kind, format_word(kind))


def _name_annotations(names: Iterable[str]) -> str:
    """Returns a provider's marks in words."""
    return ", ".join(str(name_annotation(name)) for name in names)


def _shorten(value: str) -> str:
    """Returns the value, or the beginning of a long one.

    Laying out a table cell takes time that grows faster than its text.
    """
    more = len(value) - LONGEST_CELL
    return value if more <= 0 else f"{value[:LONGEST_CELL]} [{more} more characters: show --json]"
