"""Says in words what an import in the queue is, what it does, and what it brought."""

from __future__ import annotations

from pathlib import PurePath

from triage.jobs.exchange.import_queue import ImportCounts, QueuedImport
from triage.model.views import ImportResult
from triage.model.work import WorkImport
from triage.ui.exchange.work_words import describe_field, describe_value
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, tr_message, trn, word
from triage.ui.text.times import duration, pkt

STATES = {
    "waiting": mark("waiting"),
    "running": mark("running"),
    "paused": mark("paused"),
    "interrupted": mark("interrupted"),
    "stopped": mark("stopped"),
    "failed": mark("failed"),
    "finished": mark("finished"),
}
INKS = {"running": "accent", "failed": "bad", "interrupted": "warn", "paused": "warn", "stopped": "warn"}
"""States that stand out, and their colours; the word says the same."""


def describe_state(order: QueuedImport) -> Safe:
    """Returns the state of an import in one word."""
    return word(STATES[order.state]) if order.state in STATES else tr("state can't be read")


def describe_paths(order: QueuedImport) -> Safe:
    """Returns the names of what is imported: the first one, and how many more."""
    names = [PurePath(path).name or path for path in order.paths]
    if not names:
        return tr("nothing named")
    if len(names) == 1:
        return ltr(names[0])
    return tr("{name} and {n} more", name=ltr(names[0]), n=len(names) - 1)


def describe_receipt(order: QueuedImport) -> Safe:
    """Returns who handed it over, on what, under which seal."""
    said = order.receipt
    parts = [
        tr("from {who}", who=isolated(said.received_from)) if said.received_from else tr("source not stated"),
        isolated(said.medium) if said.medium else tr("carrier not stated"),
        *([tr("seal {seal}", seal=isolated(said.seal))] if said.seal else []),
    ]
    return Safe(tr(", ").join(parts))


def describe_next_step(order: QueuedImport, *, ready: bool) -> Safe:
    """Returns what a person can do about an import that does not run. `ready` says that its passwords are at hand."""
    match order.state:
        case "failed":
            return Safe(tr_message(order.problem)) if order.problem else tr("It failed. Start it again.")
        case "interrupted":
            return tr("The program ended meanwhile. Start it again: what was imported is not imported twice.")
        case "paused":
            return tr("Paused. Start it again, with the same files in place.")
        case "stopped":
            return tr("Stopped. What was imported stays; start it again to go on.")
        case "finished":
            return describe_counts(order.result) if order.result else tr("finished")
    if order.passwords and not ready:
        return trn(
            "Needs its password file again ({n} password).", "Needs its password file again ({n} passwords).", order.passwords
        )
    return tr("queued {when} by {user}", when=pkt(order.queued), user=isolated(order.user))


def describe_counts(counts: ImportCounts) -> Safe:
    """Returns what a finished import brought, in one line."""
    parts = [
        trn("{n} new report", "{n} new reports", counts.new),
        tr("{n} updated", n=number(counts.updated)),
        trn("{n} new file", "{n} new files", counts.media),
    ]
    if counts.set_aside:
        parts.append(tr("{n} set aside", n=number(counts.set_aside)))
    return Safe(tr(", ").join(parts))


def describe_result(result: ImportResult) -> list[str]:
    """Returns the sentences that sum up an import: reports, files and time."""
    reports, media = result.reports, result.media
    return [
        tr(
            "Reports: {new} new, {updated} updated, {unchanged} unchanged.",
            new=number(reports.new),
            updated=number(reports.updated),
            unchanged=number(reports.unchanged),
        ),
        tr(
            "Files: {new} new, {duplicate} already stored, {near} new but similar to a stored one.",
            new=number(media.new),
            duplicate=number(media.duplicate),
            near=number(media.near_duplicate),
        ),
        tr("Time taken: {time}.", time=duration(result.seconds)),
        *([] if result.package is None else _describe_package(result.package)),
    ]


def _describe_package(package: WorkImport) -> list[str]:
    """Returns the sentences about a work package or results of another workstation."""
    open_conflicts = [conflict for conflict in package.conflicts if not conflict.resolved]
    found: list[str] = [
        tr("Work package {id} from {store}.", id=package.id, store=package.sender)
        if package.kind == "work"
        else tr("Results of work package {id} from {store}.", id=package.id, store=package.sender)
    ]
    found += [
        tr(
            "Report {report}, {field}: here {here}, there {there}. A lead decides.",
            report=conflict.report_id,
            field=describe_field(conflict.field),
            here=describe_value(conflict.field, conflict.here),
            there=describe_value(conflict.field, conflict.there),
        )
        for conflict in open_conflicts
    ]
    if package.beside is not None:
        found.append(tr_message(package.beside))
    if package.destroyed:
        found.append(tr("Destroyed here by order, so not imported: {reports}.", reports=", ".join(package.destroyed)))
    return found
