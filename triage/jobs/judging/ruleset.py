"""Loads the rule set in use: the shipped one, or one that a lead brought in and that is in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from triage.errors import InputError, Refused
from triage.priority import (
    RuleEdit,
    RuleSet,
    edited_rules,
    named_rules,
    raise_version,
    rule_texts,
    rules_from,
    shipped_rules,
)
from triage.resources import reads_tables, resource
from triage.store.database import Reader
from triage.store.queries import rulesets

MEANWHILE = "Other rules came into use meanwhile; look at them before you change them."


def load_active_rules(db: Reader) -> RuleSet:
    """Returns the rules in use."""
    files = rulesets.load_active_files(db)
    return shipped_rules() if files is None else parse_rules(files)


@reads_tables  # its name holds the edition of the words
@lru_cache(maxsize=4)
def parse_rules(files: str) -> RuleSet:
    """Returns the rules of `files`, a JSON object of name and text.

    Raises:
        RulesError: if they are not valid
    """
    return rules_from({name: text.encode() for name, text in json.loads(files).items()})


def load_active_files(db: Reader) -> dict[str, bytes]:
    """Returns the rule files in use by name."""
    files = rulesets.load_active_files(db)
    return rule_texts(resource("rules")) if files is None else {n: t.encode() for n, t in json.loads(files).items()}


def edit_active_files(db: Reader, edit: RuleEdit, base: str) -> str:
    """Returns the files in use with an edit, as JSON; `base` names the set that was edited.

    Raises:
        RulesError: if the edit is not valid
        Refused: if another set came into use since
    """
    if load_active_rules(db).name != base:
        raise Refused(MEANWHILE)
    return encode_files(edited_rules(load_active_files(db), edit))


def give_own_version(db: Reader, files: str) -> str:
    """Returns rule files with a version of their own: no other rules, shipped or stored, have it.

    Files that are the shipped ones, or those of a stored set, are returned as they are.

    Raises:
        RulesError: if they are not valid
    """
    shipped, stored = shipped_rules(), rulesets.list_names(db)
    taken = {shipped.version, *(name.rpartition(" ")[0] for name in stored)}
    while True:
        rules = parse_rules(files)
        if rules.version not in taken or rules.name in (shipped.name, *stored):
            return files
        raw = {name: text.encode() for name, text in json.loads(files).items()}
        files = encode_files(named_rules(raw, raise_version(rules.version)))


def encode_files(files: Mapping[str, bytes]) -> str:
    """Returns rule files as a JSON object of name and text.

    Raises:
        InputError: if a file is not UTF-8 text
    """
    try:
        return json.dumps({name: data.decode() for name, data in files.items()}, sort_keys=True, ensure_ascii=False)
    except UnicodeDecodeError:
        raise InputError("A rule file is not UTF-8 text.") from None
