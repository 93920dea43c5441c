"""Which reports belong together, and what that rests on (docs/decisions/06-case.md). Pure functions, no store, no clock."""

from triage.links.link_keys import find_link_keys, find_other_keys, find_user_keys
from triage.links.link_kinds import MAX_HOLDERS
from triage.links.link_strength import find_links

__all__ = ["MAX_HOLDERS", "find_link_keys", "find_links", "find_other_keys", "find_user_keys"]
