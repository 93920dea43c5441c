"""Rules are a lead's: taken out, tried on what is in the store, used, and taken back. Who would move is seen first."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from triage.errors import NotFound, Refused
from triage.exports.outgoing_file import create_folder
from triage.jobs.codec import score_from_bytes
from triage.jobs.judging import material
from triage.jobs.judging.assess import BATCH, assess, parts
from triage.jobs.judging.judge import Judged, Moved
from triage.jobs.judging.judges import Judges, workers_for
from triage.jobs.judging.ruleset import active_rules, as_json, edited_in_use, files_in_use, parsed
from triage.jobs.session import Session, now
from triage.message import Message
from triage.model.judgement import BANDS
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.users import Right
from triage.priority import RuleEdit, RuleSet, band_by_points, rule_texts, shipped_rules
from triage.safe_files import create_file
from triage.store.files import disk
from triage.store.queries import judgement, rulesets
from triage.store.queries.judgement import QueueFacts

SHIPPED = "shipped"
WHERE_BANDS_BEGIN = "where bands begin"
MOST_TOLD = 200
NOTHING_BEFORE = "The shipped rules are in use; there is nothing to go back to."


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleUse:
    name: str
    since: str
    user: str
    taken_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesView:
    name: str
    rules: int
    uses: tuple[RuleUse, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
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
    session.require(Right.READ_REPORT)
    users = {user.id: user.name for user in session.store.users.all()}
    with session.reading() as db:
        rules = active_rules(db)
        uses = tuple(
            RuleUse(name=u.name or SHIPPED, since=u.since, user=users.get(u.user_id, ""), taken_back=u.taken_back)
            for u in rulesets.uses(db)
        )
    return RulesView(name=rules.name, rules=len(rules.rules), uses=uses)


def export_rules(session: Session, out: Path) -> str:
    """The rule files in use, into a new folder; returns the set's name."""
    session.require(Right.RULES)
    with session.reading() as db:
        texts, name = files_in_use(db), active_rules(db).name
    with disk(Message("the rules were written")):
        create_folder(out)
        for file, data in texts.items():
            with create_file(out / file) as made:
                made.write(data)
    return name


def try_rules(
    session: Session, path: Path, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> Trial:
    """Judge every report by the rule set in a folder or zip, and say who would move. Nothing is stored."""
    session.require(Right.RULES)
    return _trial(session, _read(path), on_progress, cancel)


def try_edit(
    session: Session,
    edit: RuleEdit,
    base: str,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> Trial:
    """The same for the rules in use with an edit made; `base` is the name of the set that was edited. Raises RulesError."""
    session.require(Right.RULES)
    return _trial(session, _edited(session, edit, base), on_progress, cancel)


def try_back(session: Session, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None) -> Trial:
    """The same for the rules to which `back` would return."""
    session.require(Right.RULES)
    with session.reading() as db:
        if not rulesets.can_go_back(db):
            raise NotFound(NOTHING_BEFORE)
        files = rulesets.before(db)
    return _trial(session, files, on_progress, cancel)


def _trial(session: Session, files: str | None, on_progress: OnProgress, cancel: CancelToken | None) -> Trial:
    """`files` None: the shipped rules."""
    rules = shipped_rules() if files is None else parsed(files)
    with session.reading() as db:
        before = active_rules(db)
        ids = [i for (i,) in db.all("SELECT report_id FROM queue ORDER BY report_id")]
    bands: dict[str, list[int]] = {band: [0, 0] for band in BANDS}
    moves: list[tuple[int, Move]] = []
    for done, (report_id, number, facts, would) in enumerate(_would_be(session, ids, files), 1):
        if cancel:
            cancel.check()
        on_progress(Progress(done=done, total=len(ids), unit="reports", note="trying"))
        if facts is None or would is None:
            continue
        now_in, (band, risk) = BANDS[facts.band], would
        bands[now_in][0] += 1
        bands[band][1] += 1
        if now_in != band:
            move = Move(report_id=number, band=now_in, would_be=band, risk=facts.risk / 10, would_risk=risk)
            moves.append((report_id, move))
    moves.sort(key=lambda m: (ord(m[1].band) - ord(m[1].would_be), m[1].band, m[1].report_id))
    told = moves[:MOST_TOLD]
    why = _why(session, [i for i, _ in told], files, before, rules)
    return Trial(
        name=rules.name,
        compared_with=before.name,
        reports=len(ids),
        moved=len(moves),
        rise=sum(move.would_be < move.band for _, move in moves),
        bands={band: (n, m) for band, (n, m) in bands.items()},
        moves=tuple(replace(move, why=why.get(i, ())) for i, move in told),
    )


def _why(session: Session, ids: Sequence[int], files: str | None, before: RuleSet, after: RuleSet) -> dict[int, tuple[str, ...]]:
    """Report -> what of the difference between two sets touches it, the greatest difference in points first."""
    old = {rule.id: rule for rule in before.rules}
    new = {rule.id: rule for rule in after.rules}
    changed = {name for name in (*old, *new) if old.get(name) != new.get(name)}
    found: dict[int, tuple[str, ...]] = {}
    with Judges(files, 0) as judges, session.reading() as db:
        for work, answers in judges.judge(material.with_surroundings(db, part, score_only=True) for part in parts(ids)):
            for each, judged in zip(work.materials, answers, strict=True):
                was = {} if each.around.card is None else _points(each.around.card.score)
                would = _points(judged.score)
                apply = sorted(changed & {*was, *would}, key=lambda name: (-abs(would.get(name, 0) - was.get(name, 0)), name))
                found[each.report_id] = (*apply, *_bands_too(judged, before, after))
    return found


def _bands_too(judged: Judged, before: RuleSet, after: RuleSet) -> tuple[str, ...]:
    """Whether the points that a report would have stand in another band because bands begin elsewhere."""
    risk = judged.risk / 10
    return () if band_by_points(risk, before.bands) == band_by_points(risk, after.bands) else (WHERE_BANDS_BEGIN,)


def _points(card: bytes) -> dict[str, float]:
    return {factor.rule: factor.points for factor in score_from_bytes(card).factors}


def _would_be(session: Session, ids: Sequence[int], files: str | None) -> Iterator[tuple[int, str, QueueFacts | None, Moved]]:
    """(report, number, as the queue has it, as it would be) of each report that is still there."""
    with Judges(files, workers_for(len(ids))) as judges:
        for start in range(0, len(ids), BATCH):
            some = ids[start : start + BATCH]
            with session.reading() as db:
                facts = judgement.queue_facts(db, some)
                work = (material.with_surroundings(db, part, score_only=True) for part in parts(some))
                answers = [pair for each, moved in judges.rejudge(work) for pair in zip(each.materials, moved, strict=True)]
            for report, would in answers:
                yield report.report_id, report.number, facts.get(report.report_id), would


def use_rules(session: Session, path: Path | None, on_progress: OnProgress = ignore_progress) -> str:
    """Judge by the rule set in a folder or zip from now on; None is the shipped one. Returns its name."""
    session.require(Right.RULES)
    return _use(session, None if path is None else _read(path), on_progress, None)


def use_edit(
    session: Session,
    edit: RuleEdit,
    base: str,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> str:
    """Judge by the rules in use with an edit made from now on. Stopped, what is not judged yet waits for `judge_rest`."""
    session.require(Right.RULES)
    return _use(session, _edited(session, edit, base), on_progress, cancel)


def _use(session: Session, files: str | None, on_progress: OnProgress, cancel: CancelToken | None) -> str:
    with session.store.batch() as batch:
        name = SHIPPED if files is None else parsed(files).name
        set_id = None if files is None else rulesets.put(batch, name, files, now(), session.user.id)
        use = rulesets.use(batch, set_id, now(), session.user.id)
        judgement.mark_scores_stale(batch)
        batch.note("rules used", use=use, name=session.store.keyed(name))
    assess(session, on_progress, cancel)
    return _name(session)


def back(session: Session, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None) -> str:
    """Return to the rules that were in use before; returns their name."""
    session.require(Right.RULES)
    with session.store.batch() as batch:
        use = rulesets.take_back(batch)
        if use is None:
            raise NotFound(NOTHING_BEFORE)
        judgement.mark_scores_stale(batch)
        batch.note("rules taken back", use=use)
    assess(session, on_progress, cancel)
    return _name(session)


def judge_rest(session: Session, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None) -> None:
    """Go on where judging by new rules was stopped or cut off."""
    session.require(Right.RULES)
    assess(session, on_progress, cancel)


def _edited(session: Session, edit: RuleEdit, base: str) -> str:
    with session.reading() as db:
        return edited_in_use(db, edit, base)


def _name(session: Session) -> str:
    with session.reading() as db:
        found: RuleSet = active_rules(db)
        return found.name


def _read(path: Path) -> str:
    """The rule files of a folder or zip as JSON."""
    try:
        if path.is_file():
            with zipfile.ZipFile(path) as archive:
                return as_json(rule_texts(zipfile.Path(archive)))
        return as_json(rule_texts(path))
    except zipfile.BadZipFile:
        raise Refused("{path} is neither a folder nor a zip of rule files.", path=path.name) from None
