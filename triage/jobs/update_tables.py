"""Checks the tables of a signed update as the program will read them. A trusted issuer can be wrong, too."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping

from triage.errors import InputError, WorldError
from triage.importers.lists.profiles import find_profile
from triage.importers.update_file import SignedUpdate
from triage.intents.lexicon import parse_words
from triage.jobs.judging.ruleset import encode_files, parse_rules
from triage.law.table import load_table
from triage.locate.offices import parse_offices
from triage.locate.tables import parse_operators, parse_ranges
from triage.model.list_summary import LIST_KINDS
from triage.resources import ReplacedTable


def holds_tables(kind: str) -> bool:
    """Returns whether updates of a kind replace tables of the program."""
    return kind not in ("rules", "hash-list")


_CHECKS: Mapping[str, Callable[[str, bytes], object]] = {
    "addresses": lambda name, data: (
        parse_operators(data.decode()) if name.endswith(".tsv") else parse_ranges(data.decode("ascii"))
    ),
    "offices": lambda name, data: parse_offices(data),
    "law": lambda name, data: load_table(ReplacedTable(name, data)),
    "phrases": lambda name, data: parse_words(data),
}


def check_tables(update: SignedUpdate) -> None:
    """Raises InputError when a table of an update is not one that this version can use, or a list of no kind that it knows."""
    content = update.content
    if content.kind == "hash-list":
        if content.list_kind not in LIST_KINDS:
            raise InputError(
                "The update brings a list of the kind {kind}, which this version does not know; nothing was changed.",
                kind=repr(content.list_kind),
            )
        if content.profile is not None:
            find_profile(content.profile)
    if content.kind == "rules":
        parse_rules(encode_files(content.files))
    for name, data in content.files.items() if holds_tables(content.kind) else ():
        try:
            _CHECKS[content.kind](name, data)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, csv.Error, WorldError) as error:
            raise InputError(
                "The table {file} of the update is not valid; nothing was changed.", file=name, detail=str(error)
            ) from error
