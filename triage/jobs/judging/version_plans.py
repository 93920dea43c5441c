"""Plans what counts of a report once a person accepts or refuses a version, and finds what would be less then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from triage.importers.changes import find_losses
from triage.importers.merge import merge_documents
from triage.jobs.codec import document_from_json, read_or_none, score_from_bytes
from triage.jobs.faults import log_fault
from triage.jobs.judging import material
from triage.jobs.judging.gravest import name_different_users, speaks_for_all
from triage.jobs.judging.judge import judge_all
from triage.jobs.judging.ruleset import load_active_rules
from triage.jobs.state.child_lane import FLAG as CHILD_LANE
from triage.message import NOTHING, Message
from triage.model.document import Document
from triage.model.judgement import BANDS, ScoreCard
from triage.model.report import Report
from triage.model.report_gravity import rank_designation, rank_gravity
from triage.model.versions import SaysLess
from triage.store.database import Reader
from triage.store.queries import judgement, reports
from triage.store.queries.reports import Held, SourceRow

MOST_LOSSES = 50
"""Of more losses the first ones are listed, and the number of the others."""


@dataclass(frozen=True, slots=True)
class VersionPlan:
    """The documents of a report after a choice: until which version each counts, and how it is held."""

    states: dict[int, tuple[int | None, Held | None]]

    def of(self, row: SourceRow) -> tuple[int | None, Held | None]:
        """Returns the state of a document after the choice."""
        return self.states.get(row.id, (row.until, row.held))


def list_documents(db: Reader, report_id: int) -> list[SourceRow]:
    """Returns all documents of a report that ever said something new."""
    return [row for _, row in reports.list_all_sources(db, report_id) if not row.repeats]


def slot_kind(slot: str) -> str:
    """Returns the slot without its number."""
    return slot.partition("#")[0]


def contradicts(before: Sequence[Document], document: Document) -> bool:
    """Returns whether a document of another kind states a lesser type or designation, or names another reported user."""
    if not speaks_for_all(document):
        return False
    whole = [each for each in before if speaks_for_all(each)]
    types = [rank_gravity(each.incident_type) for each in whole if each.incident_type is not None]
    standing = [rank_designation(each.designation or "") for each in whole]
    return (
        (document.incident_type is not None and bool(types) and rank_gravity(document.incident_type) > min(types))
        or (document.designation is not None and bool(standing) and rank_designation(document.designation) > min(standing))
        or any(name_different_users([each, document]) for each in whole)
    )


def plan_accepting(rows: Sequence[SourceRow], chosen: Sequence[SourceRow], last: int) -> VersionPlan:
    """Returns what counts once a version is accepted: it, and what it does not replace."""
    kinds = {slot_kind(row.slot) for row in chosen}
    taken = {row.id for row in chosen}
    brought = [document for row in chosen if (document := _read(row)) is not None]
    states: dict[int, tuple[int | None, Held | None]] = {row.id: (None, None) for row in chosen}
    for row in rows:
        if row.id in taken or not (row.until is None or row.held == "earlier"):
            continue
        document = _read(row)
        if slot_kind(row.slot) in kinds or (document is not None and any(contradicts([document], each) for each in brought)):
            states[row.id] = (last + 1 if row.until is None else row.until, None)
    return VersionPlan(states)


def plan_refusing(rows: Sequence[SourceRow], chosen: Sequence[SourceRow], last: int) -> VersionPlan:
    """Returns what counts once a version is refused: all but it, and what had given way to it."""
    kinds = {slot_kind(row.slot) for row in chosen}
    states: dict[int, tuple[int | None, Held | None]] = {
        row.id: (last + 1 if row.until is None else row.until, "refused") for row in chosen
    }
    for row in rows:
        if row.held == "earlier" and slot_kind(row.slot) in kinds and row.until == chosen[0].since:
            states[row.id] = (None, None)
    return VersionPlan(states)


def _read(row: SourceRow) -> Document | None:
    """Returns a document, or None when it is damaged."""
    return read_or_none(document_from_json, row.parsed, row.id)


def find_falls(db: Reader, report_id: int, rows: Sequence[SourceRow], after: VersionPlan) -> tuple[tuple[SaysLess, ...], bool]:
    """Returns what would be less after a choice, and whether only a lead may make it."""
    row = judgement.load_card(db, report_id)
    now_card = None if row is None else read_or_none(score_from_bytes, row.score, report_id)
    new_card = _preview_card(db, report_id, rows, after)
    was = _merge([row for row in rows if row.until is None and row.held is None])
    then = _merge([row for row in rows if after.of(row) == (None, None)])
    less: list[SaysLess] = []
    needs_lead = now_card is None or new_card is None
    if now_card is not None and new_card is not None:
        less += _compare_cards(now_card, new_card)
        falls = BANDS.index(new_card.band) > BANDS.index(now_card.band)
        leaves_lane = CHILD_LANE in now_card.flags and CHILD_LANE not in new_card.flags
        needs_lead = (falls and now_card.band in ("A", "B")) or leaves_lane
    if was is not None and then is not None:
        needs_lead = needs_lead or _count_children(then) < _count_children(was)
        losses = find_losses(was, then)
        less += [_split_loss(each) for each in losses[:MOST_LOSSES]]
        if len(losses) > MOST_LOSSES:
            less.append(SaysLess(what=Message("{n:d} more", n=len(losses) - MOST_LOSSES), before="", after=""))
    return tuple(less), needs_lead


def _compare_cards(before: ScoreCard, after: ScoreCard) -> list[SaysLess]:
    """Returns what of the score card would be less."""
    found = []
    if BANDS.index(after.band) > BANDS.index(before.band):
        found.append(SaysLess(what=Message("band"), before=before.band, after=after.band))
    for what, was, now_is in (
        (Message("risk"), before.risk, after.risk),
        (Message("actionability"), before.actionability, after.actionability),
    ):
        if now_is < was:
            found.append(SaysLess(what=what, before=f"{was:.1f}", after=f"{now_is:.1f}"))
    if CHILD_LANE in before.flags and CHILD_LANE not in after.flags:
        found.append(SaysLess(what=Message("child lane"), before=Message("yes"), after=Message("no")))
    return found


def _split_loss(loss: Message) -> SaysLess:
    """Returns a loss in parts: what, before and after."""
    values = loss.by_name
    what, before, after = values.get("what", NOTHING), values.get("before"), values.get("after")
    if "file" in values and before is None:
        return SaysLess(what=Message("file"), before=str(values["file"]), after=Message("not listed"))
    if "file" in values:
        what = Message("file {file}: {what}", file=values["file"], what=what)
    if before is None:
        before, after = values.get("value", ""), Message("not stated")
    return SaysLess(what=_as_message(what), before=_as_text(before), after=_as_text(after))


def _as_message(value: object) -> Message:
    return value if isinstance(value, Message) else Message("{value}", value=str(value))


def _as_text(value: object) -> str | Message:
    return value if isinstance(value, Message) else str(value)


def _count_children(report: Report) -> int:
    """Returns how many victims the report tells of."""
    return sum(1 for person in report.people if person.role == "victim")


def _merge(rows: Sequence[SourceRow]) -> Report | None:
    """Returns the documents merged, or None when that fails."""
    try:
        return merge_documents([document_from_json(row.parsed) for row in rows], ())
    except Exception as error:  # damaged: then what would be less is not known, and a lead decides
        log_fault(error, "documents of a version not merged")
        return None


def _preview_card(db: Reader, report_id: int, rows: Sequence[SourceRow], after: VersionPlan) -> ScoreCard | None:
    """Returns the score card that the report would have after a choice."""
    work = material.load_with_context(db, [report_id])
    (whole,) = work.materials
    replies = whole.documents[sum(1 for row in rows if row.until is None or row.held == "earlier") :]
    counted = [row for row in rows if after.of(row)[0] is None or after.of(row)[1] == "earlier"]
    planned = msgspec.structs.replace(
        whole,
        documents=(*(row.parsed for row in counted), *replies),
        held=(*(after.of(row)[1] for row in counted), *(None for _ in replies)),
        reading=None,
        around=msgspec.structs.replace(whole.around, card=None, score_only=False),
    )
    (judged,) = judge_all(msgspec.structs.replace(work, materials=(planned,)), load_active_rules(db))
    return None if judged.fault is not None else score_from_bytes(judged.score)
