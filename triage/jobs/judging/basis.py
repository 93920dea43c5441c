"""What cards are made by: the rules and the tables in use. Another process may change them while reports are judged."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from triage.jobs.session import use_stored_tables
from triage.resources import tables_edition
from triage.store.database import Reader
from triage.store.queries import rulesets

P = ParamSpec("P")
Basis = tuple[int | None, tuple[str, ...]]


class BasisChanged(Exception):
    """Other rules or tables came into use since the judges were made."""


def load_basis(db: Reader) -> Basis:
    """Puts the tables in use into use in this process, and returns what names them and the rules."""
    use_stored_tables(db)
    return rulesets.find_last_use(db), tables_edition()


def require_basis(db: Reader, basis: Basis | None) -> None:
    """Raises BasisChanged when others are in use than the judges know."""
    if basis != load_basis(db):
        raise BasisChanged


def start_again_when_changed(judging: Callable[P, None]) -> Callable[P, None]:
    """Makes a function that judges stale reports begin again with new judges when the basis has changed."""

    @wraps(judging)
    def judge(*args: P.args, **kwargs: P.kwargs) -> None:
        while True:
            try:
                return judging(*args, **kwargs)
            except BasisChanged:
                continue

    return judge
