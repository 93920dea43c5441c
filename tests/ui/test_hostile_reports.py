"""Every screen over a store into which mutated reports were imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import fuzz
from tests.thorough import THOROUGH


@pytest.mark.timeout(600)
def test_every_screen_shows_a_store_of_mutated_reports(tmp_path: Path) -> None:
    """In a process of its own, as `python -m bench.fuzz --target reports --seed 12` does it."""
    target = fuzz.targets()["reports"]
    run = fuzz.Run(fuzz.Child(tmp_path), screens=True, patience=300)
    try:
        run.do_round(target, 12, 0, list(range(0, target.batch, 1 if THOROUGH else 2)))
    finally:
        run.child.end()
    assert [fuzz.describe_finding(found) for found in run.found.values()] == []
