"""Where the shipped tables, rules, styles and fonts are: in the wheel `triage/_resources`, in a checkout `resources/`."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def find_root() -> Traversable:
    shipped = files("triage") / "_resources"
    return shipped if shipped.is_dir() else Path(__file__).parents[1] / "resources"


def resource(*parts: str) -> Traversable:
    """A file below resources/, read-only."""
    return find_root().joinpath(*parts)
