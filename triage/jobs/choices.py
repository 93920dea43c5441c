"""Offers the names that can be chosen when an unknown name is refused."""

from triage.model.choices import MOST_NAMED, name_choices

__all__ = ["MOST_NAMED", "name_choices"]
