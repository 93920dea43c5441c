"""Which reports are linked, and by which shared values (docs/decisions/06-case.md).

Pure functions without store or clock.
"""

from triage.links.link_keys import find_link_keys, find_other_keys, find_user_keys, iter_identifier_keys
from triage.links.link_kinds import MAX_HOLDERS
from triage.links.link_strength import find_links

__all__ = ["MAX_HOLDERS", "find_link_keys", "find_links", "find_other_keys", "find_user_keys", "iter_identifier_keys"]
