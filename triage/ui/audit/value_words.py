"""Says values of audit log entries in words: the log keeps them in a form without spaces, such as "legal_opinion"."""

from __future__ import annotations

from collections.abc import Iterable

from triage.jobs.keeping.audit_reading import AuditEntry
from triage.jobs.policy import SETTINGS
from triage.message import Message
from triage.model.casework import NumberKind, Stage
from triage.model.data_requests import RequestKind
from triage.model.judgement import VERDICTS
from triage.model.role_words import IDENTIFIER_KINDS
from triage.model.settings import Setting
from triage.model.users import Role
from triage.model.victim_id import VictimState
from triage.ui.audit.kind_words import describe_name
from triage.ui.audit.outgoing_page import KINDS
from triage.ui.text.i18n import Safe, isolated, mark, tr, tr_message, word
from triage.ui.text.role_names import name_role
from triage.ui.text.words import STATUSES

_POLICIES = {each.name: each for each in SETTINGS}
_LISTS = {
    "known": mark("known material"),
    "known-good": mark("known good: harmless files"),
    "negative": mark("negative: not what is looked for"),
    "case": mark("case: files of a seized device"),
}


def _by_stored_form(words: Iterable[str]) -> dict[str, str]:
    """Returns words of the program by how the log keeps them."""
    return {each.lower().replace(" ", "_").replace("-", "_"): each for each in words}


_OTHER_SORTS = IDENTIFIER_KINDS | {"text": mark("text"), "other": mark("other")} | _by_stored_form([*NumberKind, *RequestKind])
_WORDS: dict[str, dict[str, str]] = {
    "stage": _by_stored_form(Stage),
    "state": _by_stored_form(VictimState),
    "status": STATUSES,
    "says": _by_stored_form((*VERDICTS, mark("band raised"), mark("band lowered"))),
    "list_kind": _LISTS,
}
_EXPORTING = frozenset({"export registered", "graded media exported"})
"""Kinds of entries whose sort is a kind of the register of outgoing data."""
_YES_OR_NO = frozenset({"settles", "whole", "overlapping", "day_named", "recipient_named", "names_child", "right"})
"""Names whose value is 1 for yes and 0 for no."""


def describe_facts(entry: AuditEntry) -> list[tuple[Safe, Safe]]:
    """Returns what an entry names, each with its value: words of the program as the screens say them, the rest as it is."""
    policy = next((_POLICIES.get(str(value)) for name, value in entry.about if name == "policy"), None)
    return [(describe_name(name), _describe_values(entry.kind, policy, name, value)) for name, value in entry.about if value]


def _describe_values(kind: str, policy: Setting | None, name: str, value: str | tuple[str, ...]) -> Safe:
    """Returns a value of an entry, or those of a list one behind the other."""
    each = value if isinstance(value, tuple) else (value,)
    return Safe(tr(", ").join(_describe_value(kind, policy, name, one) for one in each))


def _describe_value(kind: str, policy: Setting | None, name: str, value: str) -> Safe:
    """Returns a value of an entry of a kind; `policy` is the setting that the entry is about."""
    if policy is not None and name in ("policy", "value"):
        return tr_message(policy.label) if name == "policy" else _describe_setting(policy, value)
    if name == "roles":
        return name_role(Role(value)) if value in set(Role) else word(value)
    if (name in _YES_OR_NO or (kind, name) == ("packet made", "media")) and value in ("0", "1"):
        return tr("yes") if value == "1" else tr("no")
    if name == "sort":
        return word(value if kind in _EXPORTING and value in KINDS else _OTHER_SORTS.get(value, value))
    return word(_WORDS[name].get(value, value)) if name in _WORDS else isolated(value)


def _describe_setting(policy: Setting, value: str) -> Safe:
    """Returns the value of a policy in words. Of a text the log keeps a keyed hash only."""
    try:
        said = policy.choices[policy.parse(value)] if policy.choices else None
    except (ValueError, KeyError):  # a value of another version
        said = None
    return tr_message(said) if isinstance(said, Message) else isolated(value)
