"""The fields of a report that two stores can set differently, as texts that people compare."""

from __future__ import annotations

import json
from collections.abc import Mapping

from triage.exports.work_report import StateForm

STATUS, ASSIGNEE, BAND, STAGE = "status", "assignee", "band", "stage"
NUMBER = "number "
"""Begins the field of a register: "number FIR"."""

Fields = dict[str, str | None]


def list_fields(state: StateForm) -> Fields:
    """Returns the fields of a state. A register's field is missing when the case has no number of it."""
    fields: Fields = {
        STATUS: state.status,
        ASSIGNEE: state.assignee,
        BAND: None if state.band is None else state.band.band,
        STAGE: None if state.case is None else state.case.stage.stage,
    }
    registers: dict[str, list[str]] = {}
    for number in () if state.case is None else state.case.numbers:
        registers.setdefault(number.kind, []).append(number.value)
    return fields | {NUMBER + kind: "; ".join(sorted(values)) for kind, values in registers.items()}


def find_changed(now: Mapping[str, str | None], base: Mapping[str, str | None], told: Mapping[str, str | None]) -> list[str]:
    """Returns the fields that are not as they were, and those of which the other store was told before."""
    names = sorted({*now, *base})
    return [name for name in names if now.get(name) != base.get(name) or name in told]


def to_text(fields: Fields) -> str:
    """Returns fields as the database stores them."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)


def from_text(text: str) -> Fields:
    """Returns the fields that `to_text` wrote."""
    found: Fields = json.loads(text)
    return found
