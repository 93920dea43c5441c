"""Describes requests in words: what they ask for, where they stand, and when an answer is due."""

from __future__ import annotations

from triage.model.data_requests import NotAsked, RequestRow
from triage.ui.text import times
from triage.ui.text.case_words import day_words
from triage.ui.text.i18n import Safe, isolated, mark, tr, tr_message, word

KINDS = {
    "subscriber": mark("subscriber"),
    "traffic": mark("traffic data"),
    "content": mark("content data"),
    "preservation": mark("preservation"),
    "foreign-preservation": mark("preservation abroad"),
    "mla": mark("mutual legal assistance"),
}
STATES = {
    "draft": mark("draft, not sent"),
    "made": mark("not sent yet"),
    "sent": mark("sent"),
    "overdue": mark("answer overdue"),
    "partly answered": mark("partly answered"),
    "answered": mark("answered"),
    "closed": mark("closed"),
}
LINE_KINDS = (mark("IP address"), mark("Phone"), mark("Wallet"), mark("Account"))
INKS = {"draft": "warn", "overdue": "bad", "partly answered": "warn", "answered": "good", "closed": "muted"}
DAY_LETTERS = len("YYYY-MM-DD")


def describe_kind(kind: str) -> Safe:
    """Returns what a request asks for."""
    return word(KINDS.get(kind, kind))


def describe_state(row: RequestRow) -> Safe:
    """Returns where a request stands, with what is overdue."""
    state = word(STATES[row.state])
    return tr("{state}; Court not told", state=state) if row.court_overdue else state


def choose_ink(row: RequestRow) -> str:
    """Returns the palette colour of a request's state."""
    return "bad" if row.court_overdue else INKS.get(row.state, "text")


def describe_day(when: str | None) -> Safe:
    """Returns the day of a day or time in Pakistan, or "none"."""
    if when is None:
        return tr("none")
    return day_words(when) if len(when) == DAY_LETTERS else times.day(times.to_pkt(times.parse(when)))


def describe_request(row: RequestRow) -> tuple[Safe, ...]:
    """Returns what a person should know of a request, one sentence each."""
    says: list[Safe] = []
    if row.court_overdue and row.court_due is not None:
        says.append(tr("Overdue: the Court had to be told of this notice by {when} (PECA s.31).", when=times.pkt(row.court_due)))
    elif row.court_due is not None and row.court_informed is None:
        says.append(tr("The Court must be told of this notice by {when} (PECA s.31).", when=times.pkt(row.court_due)))
    elif row.court_informed is not None:
        says.append(tr("The Court was told on {day}.", day=describe_day(row.court_informed)))
    if row.state == "overdue" and row.due is not None:
        says.append(tr("The answer was due on {day}.", day=describe_day(row.due)))
    if row.missing:
        says.append(tr("DRAFT; missing: {what}", what=list_messages(row.missing)))
    if row.unread_replies:
        says.append(tr("Replies that are sealed and not read yet: {n}", n=row.unread_replies))
    if row.replied is not None:
        lines = tr("lines answered: {n} of {total}", n=row.answered_lines, total=row.lines)
        says.append(tr("{lines}; rows without a line: {n}", lines=lines, n=row.unmatched))
    if row.child_line:
        says.append(tr("It asks about the child's own line."))
    return tuple(says)


def describe_left_out(left: NotAsked) -> Safe:
    """Returns a value that is not asked for, and why."""
    return tr("{kind} {value}: {reason}", kind=word(left.kind), value=isolated(left.identifier), reason=tr_message(left.reason))


def list_messages(messages: tuple[object, ...]) -> Safe:
    """Returns messages one after the other."""
    return Safe(tr("; ").join(tr_message(each) for each in messages))  # type: ignore[arg-type]
