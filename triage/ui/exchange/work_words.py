"""Describes work packages in words: where they stand, and what two workstations state differently."""

from __future__ import annotations

from triage.model.work import WorkConflict, WorkReport, WorkRow
from triage.ui.text import times, words
from triage.ui.text.case_words import day_words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, word

STATES = {
    "sent": mark("sent, no results yet"),
    "overdue": mark("results overdue"),
    "merged": mark("results came back"),
    "received": mark("to be worked on"),
    "returned": mark("results were written"),
}
RECEIVED_OVERDUE = mark("results due were not written")
FIELDS = {
    "status": mark("Status"),
    "assignee": mark("Assigned to"),
    "band": mark("Band"),
    "stage": mark("Stage"),
}
INKS = {"overdue": "bad", "merged": "good", "returned": "good"}
MOST_KEY = 14  # characters of an age key, enough to tell two apart
GROUP = 4
"""Digits of a fingerprint between two spaces, as on paper."""


def describe_state(row: WorkRow) -> Safe:
    """Returns where a package stands."""
    if row.state == "overdue" and row.direction == "received":
        return word(RECEIVED_OVERDUE)
    return word(STATES[row.state])


def choose_ink(row: WorkRow) -> str:
    """Returns the palette colour of a package's state."""
    return "warn" if row.conflicts else INKS.get(row.state, "text")


def describe_day(when: str | None) -> Safe:
    """Returns the day of a time or day, or "none"."""
    if when is None:
        return tr("none")
    return day_words(when) if len(when) == len("YYYY-MM-DD") else times.day(times.to_pkt(times.parse(when)))


def describe_field(name: str) -> Safe:
    """Returns the name of a field that two workstations can set."""
    if name.startswith("number "):
        return tr("Number: {register}", register=word(name.removeprefix("number ")))
    return word(FIELDS.get(name, name))


def describe_value(field: str, value: str | None) -> Safe:
    """Returns the value of such a field."""
    if value is None:
        return tr("no value")
    if field == "status":
        return words.status(value)
    return word(value) if field == "stage" else isolated(value)


def describe_conflict(conflict: WorkConflict) -> Safe:
    """Returns both values of a field in one line."""
    return tr(
        "{report}, {field}: here {here}; at {store} {there}",
        report=ltr(conflict.report_id),
        field=describe_field(conflict.field),
        here=describe_value(conflict.field, conflict.here),
        store=isolated(conflict.with_),
        there=describe_value(conflict.field, conflict.there),
    )


def describe_report(report: WorkReport, store: str) -> Safe:
    """Returns how a report of a package stands here and there."""
    store = shorten_key(store)
    here = words.status(report.status)
    if report.status_there is None:
        return tr("here {here}; {store} stated nothing yet", here=here, store=isolated(store))
    there = words.status(report.status_there)
    if report.stage_there is not None:
        stage = word(report.stage_there)
        return tr("here {here}; at {store} {there}, stage {stage}", here=here, store=isolated(store), there=there, stage=stage)
    return tr("here {here}; at {store} {there}", here=here, store=isolated(store), there=there)


def shorten_key(name: str) -> str:
    """Returns the name of a workstation; of one that is known by its key alone, the beginning of the key."""
    return f"{name[:MOST_KEY]}…" if name.startswith("age1") else name


def format_fingerprint(key: str) -> Safe:
    """Returns a fingerprint in groups, as it is compared with paper."""
    return ltr(" ".join(key[at : at + GROUP] for at in range(0, len(key), GROUP)))
