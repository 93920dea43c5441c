"""Which rule set is in use: the shipped one, or one that a lead brought in and that lies in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from triage.errors import InputError, Refused
from triage.priority import RuleEdit, RuleSet, edited_rules, rule_texts, rules_from, shipped_rules
from triage.resources import resource
from triage.store.database import Reader
from triage.store.queries import rulesets


def active_rules(db: Reader) -> RuleSet:
    files = rulesets.load_active_files(db)
    return shipped_rules() if files is None else parsed(files)


@lru_cache(maxsize=4)
def parsed(files: str) -> RuleSet:
    """`files` is a JSON object of name and text. Raises RulesError."""
    return rules_from({name: text.encode() for name, text in json.loads(files).items()})


def files_in_use(db: Reader) -> dict[str, bytes]:
    files = rulesets.load_active_files(db)
    return rule_texts(resource("rules")) if files is None else {n: t.encode() for n, t in json.loads(files).items()}


def edited_in_use(db: Reader, edit: RuleEdit, base: str) -> str:
    """The files in use with an edit made, as JSON; `base` names the set that was edited. Raises RulesError, and Refused when
    another set came into use since."""
    if active_rules(db).name != base:
        raise Refused("Other rules came into use meanwhile; look at them before you change them.")
    return as_json(edited_rules(files_in_use(db), edit))


def as_json(files: Mapping[str, bytes]) -> str:
    try:
        return json.dumps({name: data.decode() for name, data in files.items()}, sort_keys=True, ensure_ascii=False)
    except UnicodeDecodeError:
        raise InputError("A rule file is not UTF-8 text.") from None
