"""Destroys closed reports by the office's rule: whose last decision is older than the policy says, and that nothing keeps.

The rule proposes, two people decide. Each report is destroyed as by an order: in a batch of its own, with a certificate, and with
its row of the statistics. The database is rebuilt once, at the end; an interruption leaves that to the next opening. The register
of destructions comes whole at the beginning and at the end; in between each destruction brings its own part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from triage.errors import Refused
from triage.exports import certificate as certificate_export
from triage.exports.pdf_documents import keep_typesetter
from triage.jobs.consent import Consent, SecondPerson, verify_consent
from triage.jobs.intake.imports import LOCK, LOCK_WAIT
from triage.jobs.judging.assess import assess
from triage.jobs.keeping.destruction import IMPORT_RUNS, destroy_and_certify, rebuild_database, require_text
from triage.jobs.keeping.register import join_register
from triage.jobs.keeping.register_volumes import write_volumes
from triage.jobs.keeping.survey import Survey, survey_reports
from triage.jobs.leaving.outgoing import NOT_SAID
from triage.jobs.policy import read_policy
from triage.jobs.session import Session
from triage.message import Message
from triage.model.handover import Handover
from triage.model.moment import format_utc
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled, ignore_progress
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.lock import WriterLock
from triage.store.queries import reports, retention
from triage.store.queries.retention import Cutoff
from triage.store.register import Volume

REASON = "retention ended"
MOST = 5_000
"""Reports that one act destroys."""
AT_ONCE = 250
"""Reports between which nothing is imported: some minutes. What takes a walk through the store is found once for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReport:
    """A closed report that the rule no longer keeps, and when it was last decided on."""

    report_id: str
    last_decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPlan:
    """What the rule proposes. Without a rule `months` is 0 and nothing is due. `due` counts also those that are not listed."""

    months: int
    before: str
    due: int
    reports: tuple[DueReport, ...]
    out: int
    """Reports that stay because a work package with them is not answered; nothing else keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionResult:
    """What was destroyed, and what was not and why. `log_emptied` as of a single destruction."""

    destroyed: tuple[str, ...]
    kept: dict[str, Message]
    folder: str
    log_emptied: bool


def utc_now() -> datetime:
    """Returns the present time; tests replace it."""
    return datetime.now(UTC)


def plan_retention(session: Session, most: int = MOST) -> RetentionPlan:
    """Returns which reports the rule no longer keeps, the oldest first. Nothing is changed."""
    session.require(Right.DESTROY)
    rule = _read_rule(session)
    if rule is None:
        return RetentionPlan(months=0, before="", due=0, reports=(), out=0)
    with session.reading() as db:
        due, out = retention.count_due(db, rule.cutoff)
    reports = _list_due(session, rule, most)
    return RetentionPlan(months=rule.months, before=rule.cutoff.before, due=due, reports=reports, out=out)


class _Rule(NamedTuple):
    """The rule as of now."""

    months: int
    cutoff: Cutoff


def _read_rule(session: Session) -> _Rule | None:
    """Returns the rule, or None without one."""
    months, moment = read_policy(session).closed_kept_months, utc_now()
    if not months:
        return None
    with session.reading() as db:
        return _Rule(months, retention.find_cutoff(db, _subtract_months(moment, months), format_utc(moment)))


def _list_due(session: Session, rule: _Rule, most: int) -> tuple[DueReport, ...]:
    """Returns the first reports that the rule no longer keeps. To count all of them takes longer."""
    with session.reading() as db:
        found = retention.list_due(db, rule.cutoff, most)
    return tuple(DueReport(report_id=number, last_decision=last) for number, last in found)


def _subtract_months(when: datetime, months: int) -> str:
    """Returns the moment so many months before, on the last day of a month that has no such day."""
    year, month = divmod(when.year * 12 + when.month - 1 - months, 12)
    day = when.day
    while True:
        try:
            return when.replace(year=year, month=month + 1, day=day).strftime("%Y-%m-%dT%H:%M:%SZ")
        except ValueError:
            day -= 1


def destroy_due_reports(
    session: Session,
    *,
    order: str,
    second: Consent,
    folder: Path,
    most: int = MOST,
    handover: Handover = NOT_SAID,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> RetentionResult:
    """Destroys the reports that the rule no longer keeps, each with a certificate in the folder, which is there already.

    Two people are needed. A report that was held, reopened, asked about or sent out meanwhile stays. All that are left stay once
    the second person can't agree any more. An act that was cancelled has destroyed some of them.

    Raises:
        Refused: without a rule, the right or the second person
        WorldError: if a certificate can't be written
        Cancelled: if the token was set
    """
    session.require(Right.DESTROY)
    order = require_text(order, "A destruction needs the rule or the court's order.")
    rule = _read_rule(session)
    if rule is None:
        raise Refused(
            "There is no rule of retention; an administrator sets one with: {command}",
            command=Message("triage policy set closed-kept-months 36"),
        )
    found = _list_due(session, rule, most)
    for due in found:
        certificate_export.check_target(folder / f"{due.report_id}.json")
    other = verify_consent(
        session, second, lambda user: user.may(Right.DESTROY), ("lead", "admin"), "destruction consented",
        reports=len(found), months=rule.months,
    )  # fmt: skip
    act = _Act(session, (REASON, order), other, folder, handover, rule.cutoff)
    try:
        with keep_typesetter():
            for start in range(0, len(found), AT_ONCE):
                check_cancelled(cancel)
                with WriterLock(session.store.directory / LOCK).hold(LOCK_WAIT, IMPORT_RUNS):
                    some = found[start : start + AT_ONCE]
                    act.begin(some)
                    for n, due in enumerate(some, start):
                        check_cancelled(cancel)
                        on_progress(Progress(done=n, total=len(found), unit="reports", note=Message("destroying")))
                        act.destroy(due)
    finally:
        emptied = _finish(session, folder, handover, on_progress) if act.destroyed else True
    return RetentionResult(destroyed=tuple(act.destroyed), kept=act.kept, folder=str(folder), log_emptied=emptied)


class _Act:
    """The destructions of one act: what they share, and what became of each report."""

    def __init__(
        self, session: Session, why: tuple[str, str], other: SecondPerson, folder: Path, handover: Handover, cutoff: Cutoff
    ) -> None:
        self._session, self._why, self._other, self._folder = session, why, other, folder
        self._handover, self._cutoff = handover, cutoff
        self._survey: Survey | None = None
        self._volumes: tuple[Volume, ...] | None = None
        self.destroyed: list[str] = []
        self.kept: dict[str, Message] = {}

    def begin(self, some: Sequence[DueReport]) -> None:
        """Finds for these reports what is found in one walk for all. Nothing is imported until the last of them is gone."""
        if self._volumes is None:
            self._volumes = write_volumes(self._session, self._folder, self._handover)
        with self._session.reading() as db:
            found = reports.find_reports(db, [due.report_id for due in some])
            self._survey = survey_reports(db, set(found.values()))

    def destroy(self, due: DueReport) -> None:
        """Destroys one report, unless the rule keeps it by now."""
        try:
            destroy_and_certify(
                self._session, due.report_id, self._why, self._other, self._folder / f"{due.report_id}.json", self._handover,
                partial(_require_due, due, self._cutoff),
                volumes=None if self.destroyed else self._volumes, survey=self._survey,
            )  # fmt: skip
        except Refused as error:
            self.kept[due.report_id] = error.message
        else:
            self.destroyed.append(due.report_id)


def _require_due(due: DueReport, cutoff: Cutoff, db: Reader) -> None:
    """Raises Refused when the rule keeps the report now: others work in the store meanwhile."""
    if not retention.is_due(db, due.report_id, cutoff):
        raise Refused(
            "The rule keeps this report, or it is gone: somebody held it, decided, asked about it or sent it meanwhile."
        )


def _finish(session: Session, folder: Path, handover: Handover, on_progress: OnProgress) -> bool:
    """Judges what was linked to the destroyed reports anew, and rebuilds the database; returns whether that ended.

    In the end the folder gets the whole register of destructions instead of its parts.

    Raises:
        WorldError: if the folder refuses the register; then its parts stay, and say the same
    """
    assess(session, on_progress)
    emptied = rebuild_database(session, on_progress)
    join_register(session, folder, handover)
    return emptied
