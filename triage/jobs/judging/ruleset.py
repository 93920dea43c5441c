"""Which rule set is in use: the shipped one, or one that a lead brought in and that lies in the store."""

from __future__ import annotations

import json
from functools import lru_cache

from triage.priority import RuleSet, rules_from, shipped_rules
from triage.store.database import Reader
from triage.store.queries import rulesets


def active_rules(db: Reader) -> RuleSet:
    files = rulesets.in_use(db)
    return shipped_rules() if files is None else parsed(files)


@lru_cache(maxsize=4)
def parsed(files: str) -> RuleSet:
    """`files` is a JSON object of name and text. Raises RulesError."""
    return rules_from({name: text.encode() for name, text in json.loads(files).items()})
