"""Scores how urgent a report is, and why: two numbers, a band and deadlines (docs/scoring.md). Pure: no store, no clock."""

from triage.priority.budget import RuleBudget, measure_budget, reach_of
from triage.priority.card import NOT_JUDGED, NOT_JUDGED_WHY, FactorBases, factor_bases, flag_order, score
from triage.priority.case import file_texts_of, texts_of
from triage.priority.change import CHILD_LANE
from triage.priority.clocks import clocks, notice_clocks
from triage.priority.conditions.incident import BOILERPLATE_FROM
from triage.priority.corrections import BAND_RULE, describe_correction
from triage.priority.edit import RuleEdit, raise_version
from triage.priority.edit import edited as edited_rules
from triage.priority.edit import named as named_rules
from triage.priority.ordering import OrderExplanation, explain_order
from triage.priority.pressing import pressing
from triage.priority.proposals import PointsProposal, propose_points
from triage.priority.rules import ALL_FILES as RULE_SET_FILES
from triage.priority.rules import Rule, RulesError, RuleSet, read_budget
from triage.priority.rules import load as load_rules
from triage.priority.rules import loaded as rules_from
from triage.priority.rules import shipped as shipped_rules
from triage.priority.rules import texts as rule_texts
from triage.priority.scoring import band_by_points
from triage.priority.scoring import steps as band_steps

__all__ = [
    "BAND_RULE",
    "BOILERPLATE_FROM",
    "CHILD_LANE",
    "NOT_JUDGED",
    "NOT_JUDGED_WHY",
    "RULE_SET_FILES",
    "FactorBases",
    "OrderExplanation",
    "PointsProposal",
    "Rule",
    "RuleBudget",
    "RuleEdit",
    "RuleSet",
    "RulesError",
    "band_by_points",
    "band_steps",
    "clocks",
    "describe_correction",
    "edited_rules",
    "explain_order",
    "factor_bases",
    "file_texts_of",
    "flag_order",
    "load_rules",
    "measure_budget",
    "named_rules",
    "notice_clocks",
    "pressing",
    "propose_points",
    "raise_version",
    "reach_of",
    "read_budget",
    "rule_texts",
    "rules_from",
    "score",
    "shipped_rules",
    "texts_of",
]
