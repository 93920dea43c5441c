"""A store with a few invented reports, and a case that holds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.jobs.requests.reports import Told, write_reports
from triage.jobs.casework import cases
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.session import Session
from triage.model.handover import Receipt

Bring = Callable[[Sequence[Told]], str]


def bring_in(session: Session, folder: Path, told: Sequence[Told]) -> str:
    """Imports reports and opens a case with them; returns its number."""
    import_bundles(session, [write_reports(folder, told)], receipt=Receipt())
    return cases.open_case(session, [each.number for each in told]).number


@pytest.fixture
def bring(session: Session, tmp_path: Path) -> Bring:
    """Brings reports in, each time from a folder of its own."""
    made = 0

    def run(told: Sequence[Told]) -> str:
        nonlocal made
        made += 1
        return bring_in(session, tmp_path / f"in{made}", told)

    return run
