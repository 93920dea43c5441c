"""Lets a lead try other rules on the stored reports, use them, and return to the rules before."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from triage.errors import NotFound, Refused
from triage.jobs.codec import read_or_none, score_from_bytes
from triage.jobs.judging import material
from triage.jobs.judging.assess import BATCH, assess
from triage.jobs.judging.judge import Judged, Moved
from triage.jobs.judging.judges import Judges, choose_workers
from triage.jobs.judging.ruleset import MEANWHILE, edit_active_files, encode_files, load_active_rules, parse_rules
from triage.jobs.judging.steps import load_in_pieces
from triage.jobs.session import Session, now
from triage.message import Message
from triage.model.judgement import BANDS, name_band
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.users import Right
from triage.priority import (
    RULE_SET_FILES,
    RuleBudget,
    RuleEdit,
    RulesError,
    RuleSet,
    band_by_points,
    measure_budget,
    read_budget,
    shipped_rules,
)
from triage.safe_files import read_file, resolve_file
from triage.store.batch import Batch
from triage.store.queries import judgement, queue, rulesets, signed_updates
from triage.store.queries.judgement import QueueFacts

SHIPPED = "shipped"
WHERE_BANDS_BEGIN = "where bands begin"
SCORE_DAMAGED = "the stored score can't be read"
"""Stands among the reasons of a move when it is not known which rules apply to the report now."""
_MOST_BYTES = 4 << 20  # of a rule file, and of a zip of them; all shipped ones have 75 kB
MOST_TOLD = 200  # reports of a trial that are listed; the rest is counted
NOTHING_BEFORE = "The shipped rules are in use; there is nothing to go back to."


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleUse:
    """A use of a rule set: since when and by whom; `taken_back` when it was reverted."""

    name: str
    since: str
    user: str
    taken_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesView:
    """The name of the rule set in use, its number of rules, and all uses, the oldest first."""

    name: str
    rules: int
    uses: tuple[RuleUse, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A report that would change its band under other rules. `risk` and `would_risk` are in points."""

    report_id: str
    band: str
    would_be: str
    risk: float
    would_risk: float
    why: tuple[str, ...] = ()
    """Ids of the rules that are others than now and apply to it; WHERE_BANDS_BEGIN when that puts its points elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`moves` are the first MOST_TOLD reports that change their band, those that fall first; `bands` count (now, then)."""

    name: str
    compared_with: str
    reports: int
    moved: int
    rise: int
    """Of those that moved, into a graver band."""
    bands: dict[str, tuple[int, int]]
    moves: tuple[Move, ...]


def show_rules(session: Session) -> RulesView:
    """Returns which rules are in use, and which were."""
    session.require(Right.READ_REPORT)
    users = session.store.users.names()
    with session.reading() as db:
        rules = load_active_rules(db)
        uses = tuple(
            RuleUse(name=u.name or SHIPPED, since=u.since, user=users.get(u.user_id, ""), taken_back=u.taken_back)
            for u in rulesets.list_uses(db)
        )
    return RulesView(name=rules.name, rules=len(rules.rules), uses=uses)


def show_budget(session: Session, path: Path | None = None) -> RuleBudget:
    """Returns the reach, cap and slack of each family of the rules in use, or of the rule files in a folder or zip.

    Rule files that break caps are measured too. Raises RulesError for other faults of them.
    """
    session.require(Right.READ_REPORT)
    if path is not None:
        return read_budget(_read_files(path))
    with session.reading() as db:
        return measure_budget(load_active_rules(db))


def try_rules(
    session: Session, path: Path, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> Trial:
    """Scores every report by the rule set in a folder or zip, and returns who would change band. Nothing is stored.

    Raises:
        RulesError: if the set is not valid
    """
    session.require(Right.RULES)
    return _run_trial(session, encode_files(_read_files(path)), on_progress, cancel)


def try_edit(
    session: Session,
    edit: RuleEdit,
    base: str,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> Trial:
    """Scores every report by the rules in use with an edit, as `try_rules`. `base` names the set that was edited.

    Raises:
        RulesError: if the edit is refused
    """
    session.require(Right.RULES)
    return _run_trial(session, _edit_files(session, edit, base), on_progress, cancel)


def try_back(session: Session, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None) -> Trial:
    """Scores every report by the rules to which `back` would return, as `try_rules`.

    Raises:
        NotFound: if there are none
    """
    session.require(Right.RULES)
    with session.reading() as db:
        if not rulesets.can_go_back(db):
            raise NotFound(NOTHING_BEFORE)
        files = rulesets.load_previous_files(db)
    return _run_trial(session, files, on_progress, cancel)


def _run_trial(session: Session, files: str | None, on_progress: OnProgress, cancel: CancelToken | None) -> Trial:
    """Scores every report by these rule files (None: the shipped rules) and compares with the queue."""
    rules = shipped_rules() if files is None else parse_rules(files)
    with session.reading() as db:
        before = load_active_rules(db)
        ids = queue.list_judged_reports(db)
    bands: dict[str, list[int]] = {band: [0, 0] for band in BANDS}
    moves: list[tuple[int, Move]] = []
    for done, (report_id, number, facts, would) in enumerate(_score_anew(session, ids, files), 1):
        if cancel:
            cancel.check()
        on_progress(Progress(done=done, total=len(ids), unit="reports", note=Message("trying")))
        if facts is None or would is None:
            continue
        now_in, (band, risk) = name_band(facts.band), would
        bands[now_in][0] += 1
        bands[band][1] += 1
        if now_in != band:
            move = Move(report_id=number, band=now_in, would_be=band, risk=facts.risk / 10, would_risk=risk)
            moves.append((report_id, move))
    moves.sort(key=lambda m: (ord(m[1].band) - ord(m[1].would_be), m[1].band, m[1].report_id))
    told = moves[:MOST_TOLD]
    why = _explain_moves(session, [i for i, _ in told], files, before, rules)
    return Trial(
        name=rules.name,
        compared_with=before.name,
        reports=len(ids),
        moved=len(moves),
        rise=sum(move.would_be < move.band for _, move in moves),
        bands={band: (n, m) for band, (n, m) in bands.items()},
        moves=tuple(replace(move, why=why.get(i, ())) for i, move in told),
    )


def _explain_moves(
    session: Session, ids: Sequence[int], files: str | None, before: RuleSet, after: RuleSet
) -> dict[int, tuple[str, ...]]:
    """Returns report -> the differing rules that apply to it, the greatest difference in points first."""
    old = {rule.id: rule for rule in before.rules}
    new = {rule.id: rule for rule in after.rules}
    changed = {name for name in (*old, *new) if old.get(name) != new.get(name)}
    found: dict[int, tuple[str, ...]] = {}
    with Judges(files, 0) as judges, session.reading() as db:
        load = partial(material.load_with_context, db, score_only=True)
        for work, answers in judges.judge_reports(load_in_pieces(ids, load)):
            for each, judged in zip(work.materials, answers, strict=True):
                was = {} if each.around.card is None else _load_points(each.around.card.score, each.report_id)
                would = _load_points(judged.score, each.report_id)
                if was is None or would is None:
                    found[each.report_id] = (SCORE_DAMAGED,)
                    continue
                apply = sorted(changed & {*was, *would}, key=lambda name: (-abs(would.get(name, 0) - was.get(name, 0)), name))
                found[each.report_id] = (*apply, *_explain_bands(judged, before, after))
    return found


def _explain_bands(judged: Judged, before: RuleSet, after: RuleSet) -> tuple[str, ...]:
    """Returns WHERE_BANDS_BEGIN when the report's points are in another band only because bands begin elsewhere."""
    risk = judged.risk / 10
    return () if band_by_points(risk, before.bands) == band_by_points(risk, after.bands) else (WHERE_BANDS_BEGIN,)


def _load_points(card: bytes, report_id: int) -> dict[str, float] | None:
    """Returns rule -> points of a stored score, or None when it is damaged."""
    score = read_or_none(score_from_bytes, card, report_id)
    return None if score is None else {factor.rule: factor.points for factor in score.factors}


def _score_anew(session: Session, ids: Sequence[int], files: str | None) -> Iterator[tuple[int, str, QueueFacts | None, Moved]]:
    """Yields (report, number, its queue row, its band and risk under other rules) of each report that still exists."""
    with Judges(files, choose_workers(len(ids))) as judges:
        for start in range(0, len(ids), BATCH):
            some = ids[start : start + BATCH]
            with session.reading() as db:
                facts = judgement.load_queue_facts(db, some)
                work = load_in_pieces(some, partial(material.load_with_context, db, score_only=True))
                answers = [
                    pair for each, moved in judges.rescore_reports(work) for pair in zip(each.materials, moved, strict=True)
                ]
            for report, would in answers:
                yield report.report_id, report.number, facts.get(report.report_id), would


def use_rules(session: Session, path: Path | None, on_progress: OnProgress = ignore_progress) -> str:
    """Scores by the rule set in a folder or zip from now on; None is the shipped set. Returns its name.

    Raises:
        RulesError: if the set is not valid
    """
    session.require(Right.RULES)
    return _use(session, None if path is None else encode_files(_read_files(path)), on_progress, None)


def use_edit(
    session: Session,
    edit: RuleEdit,
    base: str,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> str:
    """Scores by the rules in use with an edit from now on; returns the new set's name.

    When it is stopped, reports that are not scored yet wait for `judge_rest`.
    """
    session.require(Right.RULES)
    return _use(session, _edit_files(session, edit, base), on_progress, cancel)


def _use(session: Session, files: str | None, on_progress: OnProgress, cancel: CancelToken | None) -> str:
    """Puts the rule files (None: the shipped rules) into use and scores all reports; returns the name."""
    with session.store.batch() as batch:
        put_in_use(batch, session, files)
    assess(session, on_progress, cancel)
    return _load_active_name(session)


def put_in_use(batch: Batch, session: Session, files: str | None) -> int:
    """Puts the rule files (None: the shipped rules) into use; returns the id of the use. The caller scores the reports."""
    name = SHIPPED if files is None else parse_rules(files).name
    set_id = None if files is None else rulesets.save_rule_set(batch, name, files, now(), session.user.id)
    use = rulesets.add_use(batch, set_id, now(), session.user.id)
    judgement.mark_scores_stale(batch)
    batch.note("rules used", use=use, name=session.store.keyed(name))
    return use


def back(
    session: Session,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    tried: Trial | None = None,
) -> str:
    """Returns to the rules that were in use before; returns their name.

    Raises:
        NotFound: if there are none
        Refused: if `tried`, which a person saw and confirmed, compared other rules than those that would now be changed
    """
    session.require(Right.RULES)
    with session.store.batch() as batch:
        in_use = load_active_rules(batch).name
        take_back(batch)
        if tried is not None and (in_use, load_active_rules(batch).name) != (tried.compared_with, tried.name):
            raise Refused(MEANWHILE)
    assess(session, on_progress, cancel)
    return _load_active_name(session)


def take_back(batch: Batch) -> int:
    """Takes the last use of a rule set back; returns its id. The caller scores the reports.

    Raises:
        NotFound: if there is none
    """
    use = rulesets.take_back_last_use(batch)
    if use is None:
        raise NotFound(NOTHING_BEFORE)
    judgement.mark_scores_stale(batch)
    batch.note("rules taken back", use=use)
    update = signed_updates.find_rules_update(batch, use)
    if update is not None:  # else it would be listed as in use, and could be neither undone nor applied again
        signed_updates.mark_undone(batch, update, now())
        batch.note("update undone", update=update)
    return use


def judge_rest(session: Session, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None) -> None:
    """Scores the reports that wait since a change of rules was stopped."""
    session.require(Right.RULES)
    assess(session, on_progress, cancel)


def _edit_files(session: Session, edit: RuleEdit, base: str) -> str:
    """Returns the rule files in use with an edit, as JSON."""
    with session.reading() as db:
        return edit_active_files(db, edit, base)


def _load_active_name(session: Session) -> str:
    """Returns the name of the rule set in use."""
    with session.reading() as db:
        found: RuleSet = load_active_rules(db)
        return found.name


def _read_files(path: Path) -> dict[str, bytes]:
    """Returns the rule files of a folder or zip by name. They are read with a bound: somebody else may have written them.

    Raises:
        RulesError: A file is missing, too large or can't be read.
        Refused: The path is neither a folder nor a zip.
    """
    if path.is_dir():
        return {name: _read_plain(path / name) for name in RULE_SET_FILES}
    neither = Refused("{path} is neither a folder nor a zip of rule files.", path=path.name)
    try:
        archive = zipfile.ZipFile(io.BytesIO(read_file(resolve_file(path), _MOST_BYTES)))
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise neither from error
    with archive:
        return {name: _read_member(archive, name) for name in RULE_SET_FILES}


def _make_read_error(name: str) -> RulesError:
    """Returns the error for a rule file that can't be read."""
    return RulesError("The rule file {name} can't be read.", name=name)


def _read_plain(path: Path) -> bytes:
    """Returns the bytes of a file in a folder. Raises RulesError."""
    try:
        return read_file(resolve_file(path), _MOST_BYTES)
    except OSError as error:
        raise _make_read_error(path.name) from error


def _read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Returns the bytes of a file in a zip. Raises RulesError, also for one that is locked, damaged or too large."""
    try:
        with archive.open(name) as member:
            data = member.read(_MOST_BYTES + 1)
    except (KeyError, OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
        raise _make_read_error(name) from error
    if len(data) > _MOST_BYTES:
        raise _make_read_error(name)
    return data
