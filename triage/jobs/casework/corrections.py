"""Corrections: a person says of a score card that a factor means nothing here, or raises or lowers the band.

Whatever raises a report counts at once. Taking out a minimum band, or lowering below one, counts only when a lead who is not the
person who asked has confirmed it (docs/decisions/15-corrections.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.errors import NotFound, Refused
from triage.jobs.codec import read_or_none, score_from_bytes
from triage.jobs.consent import check_own_standing, is_alone
from triage.jobs.faults import log_fault
from triage.jobs.judging import material
from triage.jobs.judging.assess import reassess
from triage.jobs.judging.judge import find_bases
from triage.jobs.judging.ruleset import load_active_rules
from triage.jobs.lookup import find_report
from triage.jobs.session import Session, now
from triage.jobs.state.child_lane import FLAG
from triage.message import Message
from triage.model.choices import name_choices
from triage.model.judgement import BANDS, VERDICTS, Band, ScoreCard, Verdict
from triage.model.users import Right
from triage.priority import FactorBases, describe_correction
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import corrections, destruction, judgement
from triage.store.queries.corrections import CorrectionRow
from triage.store.queries.judgement import StaleStage

MOST_REASON = 2_000  # characters of a reason: it is printed on the card
UNDONE, DAMAGED = "undone", "not known: the score card is damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionView:
    """A correction as people read it. `state` is that of the present card, or "undone"."""

    id: int
    report_id: str
    rule: str | None
    verdict: str | None
    band: str | None
    value: str
    reason: str
    by: str
    made: str
    needs_second: bool
    confirmed: str | None
    confirmed_by: str | None
    undone: str | None
    undone_by: str | None
    state: str
    says: str


def correct_factor(
    session: Session, report_number: str, rule: str, verdict: str, reason: str, *, seen: str | None = None
) -> CorrectionView:
    """Records what a person says of one factor of a card. `seen` is the value that the person saw, when a screen showed it.

    Raises:
        NotFound: The report does not exist, or its card has no factor of this rule.
        Refused: The card changed meanwhile, the reason is missing, or the factor opens the child lane.
    """
    session.require(Right.DECIDE)
    said, reason = _one_of_verdicts(verdict), _checked_reason(reason)
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        card, bases = _current(batch, report_id, report_number)
        factor = next((each for each in card.factors if each.rule == rule and each.rule in bases.of), None)
        if factor is None:
            rules = [each.rule for each in card.factors if each.rule in bases.of]
            choices = name_choices(rules, Message("triage show {report}", report=report_number))
            raise NotFound(
                "The card of {report} has no factor {rule}; {choices}.", report=report_number, rule=rule, choices=choices
            )
        if str(factor.value) != bases.values[rule] or seen not in (None, str(factor.value)):
            raise Refused("The card of {report} has changed; read it again.", report=report_number)
        lane = {each.id for each in load_active_rules(batch).rules if each.flag == FLAG}
        if said == "means nothing" and rule in lane:
            raise Refused(
                "The factor {rule} opens the child lane and can't be taken out. A lead who has read the report confirms it with: "
                "triage set REPORT --confirm-child-lane",
                rule=rule,
            )
        floors = {each.rule for each in card.factors if each.axis == "floor"}
        correction = _add(
            session,
            batch,
            report_id,
            reason,
            needs_second=said == "means nothing" and not floors.isdisjoint(bases.going[rule]),
            rule=rule,
            verdict=said,
            value=str(factor.value),
            basis=((rule, bases.of[rule]),),
        )
    reassess(session, [report_id])
    return _view(session, correction)


def correct_band(session: Session, report_number: str, band: str, reason: str) -> CorrectionView:
    """Raises or lowers the band of a report.

    Raises:
        NotFound: The report does not exist.
        Refused: The report stands in that band already, the reason is missing, or nothing of the child lane is lowered.
    """
    session.require(Right.DECIDE)
    wanted, reason = _one_of_bands(band), _checked_reason(reason)
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        card, bases = _current(batch, report_id, report_number)
        if wanted == card.band:
            raise Refused("Report {report} is in band {band} already.", report=report_number, band=wanted)
        lowers = wanted > card.band
        if lowers and FLAG in card.flags:
            raise Refused(
                "{report}: the reported user may be a child. No band of the child lane is lowered by hand.", report=report_number
            )
        correction = _add(
            session,
            batch,
            report_id,
            reason,
            needs_second=lowers and any(each.band is not None and each.band < wanted for each in card.factors),
            band=wanted,
            lowers=lowers,
            value=card.band,
            basis=_seen_basis(card, bases) if lowers else (),
        )
    reassess(session, [report_id])
    return _view(session, correction)


def confirm_correction(session: Session, correction_id: int) -> CorrectionView:
    """A lead who is not the person who asked agrees, so that the correction counts. Raises NotFound, Refused."""
    session.require(Right.ASSIGN)
    check_own_standing(session.user)
    with session.store.batch() as batch:
        row = _standing(batch, correction_id)
        if row.correction.effective:
            raise Refused("Correction {id} needs no confirmation; it counts already.", id=correction_id)
        if row.user_id == session.user.id:
            raise Refused("The second person must be a different user.")
        corrections.mark_correction_confirmed(batch, correction_id, now(), session.user.id)
        batch.note("correction confirmed", report=row.report_id, correction=correction_id)
        judgement.mark_scores_stale_of(batch, [row.report_id])
    reassess(session, [row.report_id])
    return _view(session, correction_id)


def undo_correction(session: Session, correction_id: int) -> CorrectionView:
    """Takes back a correction; it stays in the list. Another's needs a lead. Raises NotFound, Refused."""
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        row = _standing(batch, correction_id)
        if row.user_id != session.user.id:
            session.require(Right.ASSIGN)
        corrections.mark_correction_undone(batch, correction_id, now(), session.user.id)
        batch.note("correction undone", report=row.report_id, correction=correction_id)
        judgement.mark_scores_stale_of(batch, [row.report_id])
    reassess(session, [row.report_id])
    return _view(session, correction_id)


def list_correction_ids(session: Session, *, waiting: bool = False) -> Sequence[int]:
    """Returns the ids of all corrections, the newest first; `waiting`: only those that wait for a lead."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return corrections.list_correction_ids(db, waiting=waiting)


def load_corrections(session: Session, ids: Sequence[int]) -> dict[int, CorrectionView]:
    """Returns id -> correction, of these corrections."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return {each.id: each for each in _views(session, db, corrections.load_corrections(db, ids))}


def list_corrections(session: Session, report_number: str, *, waiting: bool = False) -> tuple[CorrectionView, ...]:
    """Returns the corrections of a report, the oldest first; `waiting`: only those that wait for a lead."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        rows = corrections.list_corrections(db, find_report(db, report_number))
        if waiting:
            rows = [row for row in rows if row.undone is None and not row.correction.effective]
        return _views(session, db, rows)


def _add(
    session: Session,
    batch: Batch,
    report_id: int,
    reason: str,
    *,
    needs_second: bool,
    value: str,
    basis: Iterable[tuple[str, str]],
    rule: str | None = None,
    verdict: Verdict | None = None,
    band: Band | None = None,
    lowers: bool = False,
) -> int:
    """Writes row, audit entry and stale mark, so that a kill leaves all of them or none."""
    made = now()
    correction = corrections.add_correction(
        batch,
        report_id=report_id,
        made=made,
        user_id=session.user.id,
        rule=rule,
        verdict=verdict,
        band=band,
        lowers=lowers,
        value=value,
        basis=basis,
        reason=reason,
        needs_second=needs_second,
        confirmed=made if needs_second and is_alone(batch) else None,
    )
    batch.note(
        "judgement corrected",
        report=report_id,
        correction=correction,
        says=(verdict or ("band lowered" if lowers else "band raised")).replace(" ", "_"),
        text=session.store.keyed(f"{rule or band}\x00{reason}"),
    )
    judgement.mark_scores_stale_of(batch, [report_id])
    return correction


def _current(batch: Batch, report_id: int, number: str) -> tuple[ScoreCard, FactorBases]:
    """Returns the card that people see, and what corrections of it rest on. Raises Refused when there is no such card."""
    row = judgement.load_card(batch, report_id)
    if destruction.find_cleared(batch, [report_id]):
        raise Refused("Report {report} is set apart: the reported user was cleared.", report=number)
    stage = judgement.load_stale_stages(batch, [report_id]).get(report_id, StaleStage.LOCATED)
    if stage < StaleStage.LOCATED:
        raise Refused("Report {report} has changed and is being scored anew; try again in a moment.", report=number)
    work = material.load_with_context(batch, [report_id], score_only=True)
    try:
        bases = find_bases(work.materials[0], work.lists, load_active_rules(batch))
        card = None if row is None else score_from_bytes(row.score)
    except Exception as error:  # decoders differ in what they raise on damaged bytes
        log_fault(error, "score card of report %d not read", report_id)
        raise Refused(
            "Stored parts of report {report} can't be read, so its score card can't be corrected; triage check names what is"
            " damaged.",
            report=number,
        ) from error
    if card is None or bases is None:
        raise Refused("Report {report} has no score card that could be corrected; read the report.", report=number)
    return card, bases


def _seen_basis(card: ScoreCard, bases: FactorBases) -> tuple[tuple[str, str], ...]:
    """Returns what a lowered band rests on: what speaks for risk now and stands on the card that the person saw."""
    seen = {factor.rule: str(factor.value) for factor in card.factors}
    return tuple((rule, bases.of[rule]) for rule in bases.risk if rule in bases.excluded or seen.get(rule) == bases.values[rule])


def _standing(db: Reader, correction_id: int) -> CorrectionRow:
    row = corrections.load_correction(db, correction_id)
    if row is None:
        raise NotFound("There is no correction {id}; list them with: triage corrections", id=correction_id)
    if row.undone is not None:
        raise Refused("Correction {id} was undone already.", id=correction_id)
    return row


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refused("State the reason.")
    if len(reason) > MOST_REASON:
        raise Refused("The reason is longer than {most} characters.", most=MOST_REASON)
    return reason


def _one_of_verdicts(word: str) -> Verdict:
    spoken = word.replace("-", " ").replace("_", " ").casefold()
    for each in VERDICTS:
        if each == spoken:
            return each
    raise Refused("There is no verdict {word}; choose from: {choices}.", word=repr(word), choices=tuple(VERDICTS))


def _one_of_bands(word: str) -> Band:
    for each in BANDS:
        if each == word.strip().upper():
            return each
    raise Refused("There is no band {word}; choose from: {choices}.", word=repr(word), choices=tuple(BANDS))


def _view(session: Session, correction_id: int) -> CorrectionView:
    with session.reading() as db:
        row = corrections.load_correction(db, correction_id)
        if row is None:
            raise NotFound("There is no correction {id}; list them with: triage corrections", id=correction_id)
        return _views(session, db, [row])[0]


def _views(session: Session, db: Reader, rows: list[CorrectionRow]) -> tuple[CorrectionView, ...]:
    users = session.store.users.names()
    cards = judgement.load_cards(db, {row.report_id for row in rows})
    scores = [read_or_none(score_from_bytes, card.score, i) for i, card in cards.items()]
    told = {each.id: each for score in scores if score is not None for each in score.corrections}
    damaged = {i for i, score in zip(cards, scores, strict=True) if score is None}
    found = []
    for row in rows:
        each, card = row.correction, told.get(row.correction.id)
        waits = "waits for a lead" if not each.effective else DAMAGED if row.report_id in damaged else "not judged yet"
        found.append(
            CorrectionView(
                id=each.id,
                report_id=row.number,
                rule=each.rule,
                verdict=each.verdict,
                band=each.band,
                value=each.value,
                reason=each.reason,
                by=each.by,
                made=each.made,
                needs_second=each.needs_second,
                confirmed=each.confirmed,
                confirmed_by=each.confirmed_by,
                undone=row.undone,
                undone_by=None if row.undone_by is None else users.get(row.undone_by),
                state=UNDONE if row.undone is not None else waits if card is None else card.state,
                says=str(describe_correction(each) if card is None else card.says),
            )
        )
    return tuple(found)
