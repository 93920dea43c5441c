"""English words for roles, where the data keep the field's own words.

Screens translate them.
"""

from __future__ import annotations

ROLES = {
    "victim": "child or victim",
    "suspect": "reported user",
    "recipient": "recipient",
    "associated": "associated account",
    "file": "captured with a file",
    "incident": "incident",
    "mentioned": "only mentioned in text",
    "reporter": "provider, NCMEC or police contact",
    "subscriber": "operator's reply",
    "picture": "picture",
}
"""Of whom a value speaks, the child first. A person whom a source calls "suspect" is a reported user."""
