"""Rule files edited as text: points, rules on and off, where bands begin, caps. Comments and order stay; the result is checked.

Only lines of the form that the shipped files have are edited. Whatever else changed by it is noticed and refused: the edited set
is read again, and must be the old one but for what was asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from triage.priority.change import CHILD_LANE
from triage.priority.rules import FRAME_FILE, RULE_FILES, Rule, RulesError, RuleSet, loaded

BANDS = ("A", "B", "C", "D")


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """Says what to change: points (or the share taken) by rule, rules on or off, where bands begin, and caps by family."""

    amounts: Mapping[str, float] = field(default_factory=dict)
    on: Mapping[str, bool] = field(default_factory=dict)
    bands: Mapping[str, float] = field(default_factory=dict)
    caps: Mapping[str, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.amounts or self.on or self.bands or self.caps)


def edited(raw: Mapping[str, bytes], edit: RuleEdit) -> dict[str, bytes]:
    """The files with the edit made and the version raised. Raises RulesError, in one sentence, for what is unknown or refused."""
    before = loaded(raw)
    _known(before, edit)
    texts = {name: data.decode() for name, data in raw.items()}
    for rule in (*before.rules, *before.off):
        for line in _lines_of(rule, edit):
            _in_one_of(texts, RULE_FILES, rule.id, f"id = {_quoted(rule.id)}", line)
    for name, cap in edit.caps.items():
        _in_one_of(texts, (FRAME_FILE,), name, f"name = {_quoted(name)}", f"cap = {_number(cap)}")
    for name, begin in edit.bands.items():
        _in_one_of(texts, (FRAME_FILE,), name, "[bands]", f"{name} = {_number(begin)}")
    _in_one_of(texts, (FRAME_FILE,), "version", "", f"version = {_quoted(raise_version(before.version))}")
    files = {name: text.encode() for name, text in texts.items()}
    _as_asked(before, loaded(files), edit)
    return files


def named(raw: Mapping[str, bytes], version: str) -> dict[str, bytes]:
    """Returns the files with this version, and nothing else changed.

    Raises:
        RulesError: if the frame is not written in a form that can be edited
    """
    texts = {FRAME_FILE: raw[FRAME_FILE].decode()}
    _in_one_of(texts, (FRAME_FILE,), "version", "", f"version = {_quoted(version)}")
    files = {**raw, FRAME_FILE: texts[FRAME_FILE].encode()}
    before, after = loaded(raw), loaded(files)
    _as_asked(before, after, RuleEdit())
    if after.version != version:
        raise RulesError("The rules are not written in a form that can be edited here; edit the files.")
    return files


def _known(rules: RuleSet, edit: RuleEdit) -> None:
    by_id = {rule.id: rule for rule in (*rules.rules, *rules.off)}
    for what, names, there in (
        ("rule", (*edit.amounts, *edit.on), by_id),
        ("band", edit.bands, BANDS),
        ("family", edit.caps, rules.families),
    ):
        for name in names:
            if name not in there:
                raise RulesError("There is no {what} {name} in this set of rules.", what=what, name=name)
    for name, value in (*edit.amounts.items(), *edit.bands.items(), *edit.caps.items()):
        if not math.isfinite(value) or not 0 < value <= 100:
            raise RulesError("{name} needs a number above 0 and up to 100.", name=name)
    for name in edit.amounts:
        if by_id[name].points is None and by_id[name].takes is None:
            raise RulesError("Rule {name} neither gives nor removes points.", name=name)
    for name, on in edit.on.items():
        if not on and by_id[name].flag == CHILD_LANE:
            raise RulesError("Rule {name} opens the child lane; it can't be turned off.", name=name)


def _lines_of(rule: Rule, edit: RuleEdit) -> list[str]:
    lines = []
    if (amount := edit.amounts.get(rule.id)) is not None:
        lines.append(f"{'points' if rule.takes is None else 'takes'} = {_number(amount)}")
    if (on := edit.on.get(rule.id)) is not None:
        lines.append(f"off = {'false' if on else 'true'}")
    return lines


def _in_one_of(texts: dict[str, str], files: tuple[str, ...], what: str, opening: str, line: str) -> None:
    """Sets a line `name = value` in the table that holds the line `opening`, "" being the head of the file."""
    name = line.partition(" ")[0]
    for file in files:
        tables = re.split(r"(?m)^(?=\[)", texts[file])
        for at, table in enumerate(tables):
            if at if not opening else not re.search(rf"(?m)^{re.escape(opening)}[ \t]*$", table):
                continue
            made, found = re.subn(rf"(?m)^{re.escape(name)}[ \t]*=[^\n]*$", lambda _: line, table)
            if not found:
                made = re.sub(rf"(?m)^{re.escape(opening)}[ \t]*$", lambda _: f"{opening}\n{line}", table, count=1)
            texts[file] = "".join((*tables[:at], made, *tables[at + 1 :]))
            return
    raise RulesError("{what} is not written in a form that can be edited here; edit the file.", what=what)


def _as_asked(before: RuleSet, after: RuleSet, edit: RuleEdit) -> None:
    """Nothing but what was asked is another than before."""

    def wanted(rule: Rule) -> Rule:
        if (amount := edit.amounts.get(rule.id)) is not None:
            rule = msgspec.structs.replace(rule, **{"points" if rule.takes is None else "takes": amount})
        on = edit.on.get(rule.id)
        return rule if on is None else msgspec.structs.replace(rule, off=not on)

    families = {
        name: msgspec.structs.replace(family, cap=edit.caps.get(name, family.cap)) for name, family in before.families.items()
    }
    asked = {rule.id: wanted(rule) for rule in (*before.rules, *before.off)}
    same = (
        {rule.id: rule for rule in (*after.rules, *after.off)} == asked
        and dict(after.families) == families
        and after.bands == msgspec.structs.replace(before.bands, **edit.bands)
    )
    if not same:
        raise RulesError("The rules are not written in a form that can be edited here; edit the files.")


def raise_version(version: str) -> str:
    """Returns the version of the edited rules: "2026.2" gives "2026.2+1", which gives "2026.2+2"."""
    base, plus, n = version.rpartition("+")
    return f"{base}+{int(n) + 1}" if plus and n.isdecimal() else f"{version}+1"


def _number(value: float) -> str:
    return repr(float(value))


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()
