"""Lets a lead try other rules on the stored reports, use them, and return to the rules before."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

from triage.errors import NotFound, Refused
from triage.jobs.codec import read_or_none, score_from_bytes
from triage.jobs.consent import Consent, GivenConsent
from triage.jobs.judging import material
from triage.jobs.judging.assess import assess
from triage.jobs.judging.judge import Judged
from triage.jobs.judging.judges import Judges
from triage.jobs.judging.lowering import (
    Effect,
    check_given,
    is_agreement_open,
    list_lowered_minimums,
    request_agreement,
    require_agreement,
    rescore,
    summarize_effect,
)
from triage.jobs.judging.ruleset import (
    MEANWHILE,
    edit_active_files,
    encode_files,
    give_own_version,
    load_active_rules,
    parse_rules,
)
from triage.jobs.judging.steps import load_in_pieces
from triage.jobs.session import Session, now
from triage.model.progress import CancelToken, OnProgress, ignore_progress
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
from triage.store.queries import judgement, rulesets, signed_updates

SHIPPED = "shipped"
WHERE_BANDS_BEGIN = "where bands begin"
SCORE_DAMAGED = "the stored score can't be read"
"""Stands among the reasons of a move when it is not known which rules apply to the report now."""
_MOST_BYTES = 4 << 20  # of a rule file, and of a zip of them; all shipped ones have 75 kB
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
class Trial(Effect):
    """What other rules would do to the reports, and the names of those rules and of the ones in use."""

    name: str
    compared_with: str


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
    return measure_files(session, encode_files(_read_files(path)), on_progress, cancel)


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
    return measure_files(session, _edit_files(session, edit, base), on_progress, cancel)


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
    return measure_files(session, files, on_progress, cancel)


def measure_files(
    session: Session, files: str | None, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> Trial:
    """Scores every report by these rule files (None: the shipped rules) and compares with the queue."""
    with session.reading() as db:
        before, files = load_active_rules(db), None if files is None else give_own_version(db, files)
    rules = shipped_rules() if files is None else parse_rules(files)
    rescored, every = rescore(session, files)
    effect, ids = summarize_effect(rescored, len(every), list_lowered_minimums(before, rules), on_progress, cancel)
    why = _explain_moves(session, ids, files, before, rules)
    moves = tuple(replace(move, why=why.get(i, ())) for i, move in zip(ids, effect.moves, strict=True))
    parts = {each.name: getattr(effect, each.name) for each in fields(effect)}
    return Trial(**{**parts, "moves": moves}, name=rules.name, compared_with=before.name)


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


def use_rules(
    session: Session,
    path: Path | None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    consent: Consent | None = None,
) -> str:
    """Scores by the rule set in a folder or zip from now on; None is the shipped set. Returns its name.

    Raises:
        RulesError: if the set is not valid
        Refused: if it lowers reports and nobody consented
    """
    session.require(Right.RULES)
    return _use(session, None if path is None else encode_files(_read_files(path)), on_progress, cancel, consent)


def use_edit(
    session: Session,
    edit: RuleEdit,
    base: str,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    consent: Consent | None = None,
    tried: Trial | None = None,
) -> str:
    """Scores by the rules in use with an edit from now on; returns the new set's name.

    When it is stopped, reports that are not scored yet wait for `judge_rest`. `tried` is what a person saw: the reports are then
    not scored once more to find out what the rules do.

    Raises:
        RulesError: if the edit is not valid
        Refused: if it lowers reports and nobody consented
    """
    session.require(Right.RULES)
    return _use(session, _edit_files(session, edit, base), on_progress, cancel, consent, tried)


def _use(
    session: Session,
    files: str | None,
    on_progress: OnProgress,
    cancel: CancelToken | None,
    consent: Consent | None,
    tried: Trial | None = None,
) -> str:
    """Puts the rule files (None: the shipped rules) into use and scores all reports; returns the name."""
    with session.reading() as db:
        in_use, files = load_active_rules(db).name, None if files is None else give_own_version(db, files)
    name = shipped_rules().name if files is None else parse_rules(files).name
    given = require_consent(session, files, consent, tried if tried and tried.name == name else None, on_progress, cancel)
    with session.store.batch() as batch:
        if load_active_rules(batch).name != in_use:
            raise Refused(MEANWHILE)
        put_in_use(batch, session, files, given)
    assess(session, on_progress, cancel)
    return _load_active_name(session)


def require_consent(
    session: Session,
    files: str | None,
    consent: Consent | None,
    tried: Trial | None = None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> GivenConsent | None:
    """Returns who agreed that these rule files (None: the shipped rules) come into use, None where nobody has to.

    Raises:
        Refused: if the rules lower reports and nobody consented
        WrongPassphrase: if the second person's passphrase is wrong
    """
    name = shipped_rules().name if files is None else parse_rules(files).name
    given = request_agreement(session, consent, name=session.store.keyed(name))
    if is_agreement_open(session, given):
        require_agreement(session, tried or measure_files(session, files, on_progress, cancel))
    return given


def put_in_use(batch: Batch, session: Session, files: str | None, given: GivenConsent | None) -> int:
    """Puts the rule files (None: the shipped rules) into use; returns the id of the use. The caller scores the reports.

    `given` is the consent of `require_consent`. Files that came with the version of other rules get one of their own.
    """
    files = None if files is None else give_own_version(batch, files)
    name = SHIPPED if files is None else parse_rules(files).name
    set_id = None if files is None else rulesets.save_rule_set(batch, name, files, now(), session.user.id)
    use = rulesets.add_use(batch, set_id, now(), session.user.id)
    judgement.mark_scores_stale(batch)
    batch.note("rules used", use=use, name=session.store.keyed(name), **check_given(batch, given))
    return use


def back(
    session: Session,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    tried: Trial | None = None,
    consent: Consent | None = None,
) -> str:
    """Returns to the rules that were in use before; returns their name.

    Raises:
        NotFound: if there are none
        Refused: if `tried`, which a person saw and confirmed, compared other rules than those that would now be changed, or if
            the rules lower reports and nobody consented
    """
    session.require(Right.RULES)
    with session.reading() as db:
        in_use, can_go_back, files = load_active_rules(db).name, rulesets.can_go_back(db), rulesets.load_previous_files(db)
    if not can_go_back:
        raise NotFound(NOTHING_BEFORE)
    name = shipped_rules().name if files is None else parse_rules(files).name
    if tried is not None and (in_use, name) != (tried.compared_with, tried.name):
        raise Refused(MEANWHILE)
    given = require_consent(session, files, consent, tried, on_progress, cancel)
    with session.store.batch() as batch:
        before = load_active_rules(batch).name
        take_back(batch, given)
        if (before, load_active_rules(batch).name) != (in_use, name):
            raise Refused(MEANWHILE)
    assess(session, on_progress, cancel)
    return _load_active_name(session)


def take_back(batch: Batch, given: GivenConsent | None) -> int:
    """Takes the last use of a rule set back; returns its id. The caller scores the reports.

    Raises:
        NotFound: if there is none
    """
    use = rulesets.take_back_last_use(batch)
    if use is None:
        raise NotFound(NOTHING_BEFORE)
    judgement.mark_scores_stale(batch)
    batch.note("rules taken back", use=use, **check_given(batch, given))
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
