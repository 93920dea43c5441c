"""Kinds of link keys that make no link. They say which reports count as one, and whose holders are counted."""

from __future__ import annotations

CONTENT = "content"
"""Tie kind of reports that say exactly the same: it makes no link, only `duplicates_of`."""
EVENT = "event"
"""Tie kind of reports of one event: it makes no link, but they count as one."""
SPREAD = "spread"
"""Kind of link key for viral bytes. They link no reports, but their holders are counted."""
OTHERS = "others"
"""Tie kind of what is a victim's, a recipient's or only mentioned, "<kind> <value>": it makes no link, it says of whom one is."""
