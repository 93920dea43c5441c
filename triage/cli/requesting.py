"""Defines the request commands: letters to operators and providers, their life, and the replies."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.exit_codes import SET_ASIDE
from triage.cli.group import OUT_EITHER, Common, triage, with_common
from triage.cli.handing_over import handover_options, read_handover
from triage.cli.output import (
    choose_listed,
    format_count,
    format_day_cell,
    format_time,
    print_json,
    print_json_list,
    print_line,
    print_table,
    progress_bar,
    read_parts,
    say_left_out,
)
from triage.cli.show_text import name_kind
from triage.cli.stopping import stoppable
from triage.model.data_requests import MadeRequests, RequestKind, RequestRow
from triage.model.moment import format_pakistan_day

_out = click.option("--out", type=OUT_EITHER, required=True, help="Folder to write to; it must not exist, or be empty.")


_MOST_SHOWN = 40
"""Rows without a line that are printed; the rest is counted."""


@triage.group()
def request() -> None:
    """Ask operators and providers for data, and take in their replies."""


@request.command("create")
@click.option("--case", "case_number", metavar="ID", required=True, help="The case that the request is for.")
@click.option("--kind", type=click.Choice([kind.value for kind in RequestKind]), required=True, help="What is asked for.")
@click.option("--operator", metavar="NAME", help="Only this operator or provider.")
@click.option("--warrant", metavar="N", help="Number of the Court's warrant; else the case's.")
@click.option("--child-line", is_flag=True, help="Ask about the child's own line, in a request of its own; needs a lead.")
@click.option("--although-cleared", metavar="REASON", help="Why to ask about reports whose reported user was cleared.")
@_out
@handover_options
@with_common
def request_create(
    common: Common,
    case_number: str,
    kind: str,
    operator: str | None,
    warrant: str | None,
    child_line: bool,
    although_cleared: str | None,
    out: Path,
    **leaves: str | None,
) -> int:
    """Write a letter and an annex for each operator or provider that a case leads to.

    \b
    Examples:
      triage request create --case C-2026-0001 --kind foreign-preservation --out first
      triage request create --case C-2026-0001 --kind subscriber --out letters
    """
    from triage.jobs.requests import making

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        made = making.create_requests(
            session,
            case_number,
            RequestKind(kind),
            out,
            operator=operator,
            warrant=warrant,
            child_line=child_line,
            although_cleared=although_cleared,
            handover=read_handover(leaves),
            on_progress=bar,
            cancel=cancel,
        )
    return _print_made(common, made)


@request.command("preserve")
@click.option("--expiring", type=int, metavar="DAYS", required=True, help="Everything that expires within so many days.")
@_out
@handover_options
@with_common
def request_preserve(common: Common, expiring: int, out: Path, **leaves: str | None) -> int:
    """Ask all operators and providers to keep what expires soon, in one act.

    Providers abroad come first: since 19 May 2026 platforms in the United States remove reported intimate images within 48 hours.

    \b
    Example:
      triage request preserve --expiring 30 --out preserve
    """
    from triage.jobs.requests import making

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        made = making.preserve_expiring(session, expiring, out, handover=read_handover(leaves), on_progress=bar, cancel=cancel)
    return _print_made(common, made)


@request.command("list")
@with_common
def request_list(common: Common) -> int:
    """List all requests with their state, and notices of which the Court was not told in time; the oldest first.

    A table holds the newest 1,000 and says so; JSON holds all.
    """
    from triage.jobs.requests import life

    with common.session() as session:
        found = life.find_requests(session)
        listed = choose_listed(found.ids, json=common.json)[::-1]
        parts = read_parts(listed, lambda part: life.load_requests(session, part))
        if common.json:
            print_json_list(parts)
            return 0
        rows = [row for part in parts for row in part]
    print_table(
        ("number", "kind", "addressee", "case", "state", "sent", "due", "replied", "lines", "answered", "unmatched"),
        [
            (
                row.number, row.kind, row.addressee, row.case, row.state, format_day_cell(row.sent), format_day_cell(row.due),
                format_day_cell(row.replied), row.lines, row.answered_lines, row.unmatched,
            )
            for row in rows
        ],
        empty="No request yet. Write one with: triage request create --case CASE --kind KIND --out DIR",
    )  # fmt: skip
    for row in rows:
        if row.court_overdue:
            print_line(f"{row.number}: the Court was to be told by {format_time(row.court_due)}; record it: triage request court")
        if row.unread_replies:
            waiting = format_count(row.unread_replies, "reply waits", "replies wait")
            print_line(f"{row.number}: {waiting} to be read; run: triage request reply {row.number}")
    say_left_out(len(rows), len(found.ids))
    if older := found.court_overdue - sum(row.court_overdue for row in rows):
        print_line(f"Of older notices the Court was not told in time: {older:,}.")
    return 0


@request.command("sent")
@click.argument("number")
@click.option("--on", "sent", metavar="DATE", required=True, help="The day or time on which it was sent.")
@with_common
def request_sent(common: Common, number: str, sent: str) -> int:
    """Record that a request was sent, so that its deadlines run."""
    from triage.jobs.requests import life

    with common.session() as session:
        return _print_row(common, life.send_request(session, number, sent=sent))


@request.command("reply")
@click.argument("number")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_common
def request_reply(common: Common, number: str, files: tuple[Path, ...]) -> int:
    """Take in a reply: CSV, XLSX, PDF, HTML, JSON, or a zip of them. Without files, read again what waits.

    The bytes are sealed under the request. Who is named is the owner of the line; not shown to be the user.

    \b
    Example:
      triage request reply R-2026-0001 answer.xlsx
    """
    from triage.jobs.requests import replies

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        result = replies.take_reply(session, number, files, on_progress=bar, cancel=cancel)
    if common.json:
        print_json(result)
    else:
        documents = format_count(result.documents, "new document", "new documents")
        lines = format_count(result.matched_lines, "line", "lines")
        reports = format_count(result.reports, "report", "reports")
        print_line(f"{result.number}: {documents}; rows for {lines} of {reports}: owner of the line; not shown to be the user")
        for name in result.already_received:
            print_line(f"received before: {name}")
        for row in result.unmatched[:_MOST_SHOWN]:
            print_line(f"no line: {row.document} {row.row} {row.value}: {row.reason}")
        if len(result.unmatched) > _MOST_SHOWN:
            print_line(f"and {len(result.unmatched) - _MOST_SHOWN} more rows without a line; see --json")
    return SET_ASIDE if result.unmatched else 0


@request.command("court")
@click.argument("number")
@click.option("--on", "told", metavar="DATE", required=True, help="The day or time on which the Court was told.")
@with_common
def request_court(common: Common, number: str, told: str) -> int:
    """Record that the Court was told of the notice that a request is (PECA s.31), for all of its reports."""
    from triage.jobs.requests import life

    with common.session() as session:
        return _print_row(common, life.record_court_told(session, number, told=told))


@request.command("close")
@click.argument("number")
@with_common
def request_close(common: Common, number: str) -> int:
    """Close a request: nothing more is expected, and its lines may be asked for again."""
    from triage.jobs.requests import life

    with common.session() as session:
        return _print_row(common, life.close_request(session, number))


@request.command("remind")
@click.option("--older-than", type=int, metavar="DAYS", required=True, help="Requests sent at least so many days ago.")
@_out
@handover_options
@with_common
def request_remind(common: Common, older_than: int, out: Path, **leaves: str | None) -> int:
    """Write reminders of requests that were sent and not answered."""
    from triage.jobs.requests import life

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        reminders = life.remind(session, older_than, out, handover=read_handover(leaves), on_progress=bar, cancel=cancel)
    if common.json:
        print_json({"reminders": reminders})
    else:
        for each in reminders:
            print_line(f"{each.number} to {each.addressee}, sent {format_count(each.days, 'day', 'days')} ago: {each.path}")
        if not reminders:
            print_line("No request is that old and unanswered; nothing was written.")
    return 0


def _print_made(common: Common, made: MadeRequests) -> int:
    """Prints the requests that were made and what was left out."""
    if common.json:
        print_json(made)
        return 0
    for both in made.shared:
        print_line(f"{name_kind(both.kind)} {both.value} is held by {both.store} too: speak to them before the letter leaves.")
    for each in made.requests:
        state = f"DRAFT, missing: {'; '.join(map(str, each.missing))}" if each.draft else "complete"
        print_line(f"{each.number} {each.kind} to {each.addressee}: {format_count(each.lines, 'line', 'lines')}, {state}")
        print_line(f"  {each.path}")
    if not made.requests:
        print_line("No line leads to an operator or provider; nothing was written.")
    for left in made.left_out:
        print_line(f"left out: {name_kind(left.kind)} {left.identifier}: {left.reason}")
    return 0


def _print_row(common: Common, row: RequestRow) -> int:
    """Prints one request."""
    if common.json:
        print_json(row)
        return 0
    print_line(f"{row.number} {row.kind} to {row.addressee}: {row.state}")
    if row.sent:
        print_line(f"  sent {format_pakistan_day(row.sent)}, an answer is expected by {format_time(row.due)}")
    if row.court_due and not row.court_informed:
        print_line(f"  the Court must be told by {format_time(row.court_due)} (PECA s.31)")
    return 0
