"""Reads the period of an export: two days, both included, by Pakistan's clock."""

from __future__ import annotations

from datetime import date

from triage.errors import Refused
from triage.jobs.session import now
from triage.model.moment import pakistan_day
from triage.model.statistics import Period

_YEARS = 20  # the longest period


def read_period(first: str, last: str) -> Period:
    """Returns the period. Raises Refused when it can't be one."""
    days = []
    for text in (first, last):
        try:
            if len(text) != len("YYYY-MM-DD"):
                raise ValueError(text)
            days.append(date.fromisoformat(text))
        except ValueError:
            raise Refused("{text} is not a day; write it as YYYY-MM-DD.", text=repr(text)) from None
    if days[0] > days[1]:
        raise Refused("The period ends before it begins: {first} to {last}.", first=first, last=last)
    if days[1] > pakistan_day(now()):
        raise Refused("{day} is later than today by this workstation's clock; that is not over yet.", day=last)
    if days[1].year - days[0].year > _YEARS:
        raise Refused("A statistic covers at most {years} years.", years=_YEARS)
    return Period(first=first, last=last)
