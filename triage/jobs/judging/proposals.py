"""Proposes points from outcomes of this store, as rule files that a lead can try."""

from __future__ import annotations

from dataclasses import dataclass

from triage.errors import Refused
from triage.jobs.judging.rule_outcomes import load_decided_reports
from triage.jobs.judging.ruleset import load_active_files, load_active_rules
from triage.jobs.session import Session
from triage.model.json_text import encode_json
from triage.model.users import Right
from triage.priority import PointsProposal, RuleEdit, edited_rules, propose_points

LEAST_DECIDED = 30  # decided reports on whose cards a rule applies, for a proposal
CHANGES = "changes.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`changes` are the points that would change, the greatest change first. `decided` reports are in the store.

    `unread` reports have a damaged card and count for no rule.
    """

    based_on: str
    decided: int
    least: int
    changes: tuple[PointsProposal, ...]
    unread: int = 0


def propose_rules(session: Session, *, least: int = LEAST_DECIDED) -> tuple[Proposal, dict[str, bytes]]:
    """Returns proposed points, and the rule files with them and a table of the changes, by name. Nothing is applied.

    Raises:
        Refused: Too few reports are decided for a single proposal.
    """
    session.require(Right.RULES)
    with session.reading() as db:
        rules, files, found = load_active_rules(db), load_active_files(db), load_decided_reports(db)
    base = sum(found.confirmed.values()), len(found.confirmed)
    changes = propose_points(rules, found.decided, found.hits, base, least)
    if not changes:
        raise Refused(
            "There are not enough decided reports for proposals: {decided} are decided, and a rule needs {least} of its own.",
            decided=len(found.confirmed),
            least=least,
        )
    proposal = Proposal(based_on=rules.name, decided=len(found.confirmed), least=least, changes=changes, unread=found.unread)
    edited = edited_rules(files, RuleEdit(amounts={each.rule: each.proposed for each in changes}))
    return proposal, {**edited, CHANGES: encode_json(proposal)}
