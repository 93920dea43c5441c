"""Which reports belong together, and what that rests on (docs/decisions/06-case.md). Pure functions, no store, no clock."""

from triage.links.keys import others_keys, tie_keys, user_keys
from triage.links.kinds import MAX_HOLDERS
from triage.links.verdict import judge

__all__ = ["MAX_HOLDERS", "judge", "others_keys", "tie_keys", "user_keys"]
