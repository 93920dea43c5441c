"""The shipped tables, rules, styles, fonts and guide: in a wheel `triage/_resources`, in a checkout `resources/` and `docs/`."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def find_root() -> Traversable:
    """Returns the folder of the shipped resources."""
    shipped = files("triage") / "_resources"
    return shipped if shipped.is_dir() else Path(__file__).parents[1] / "resources"


def resource(*parts: str) -> Traversable:
    """Returns a file below the resources, read-only."""
    return find_root().joinpath(*parts)


def document(*parts: str) -> Traversable:
    """Returns a file below the shipped pages of the guide, read-only."""
    shipped = files("triage") / "_resources"
    root = shipped / "docs" if shipped.is_dir() else Path(__file__).parents[1] / "docs"
    return root.joinpath(*parts)
