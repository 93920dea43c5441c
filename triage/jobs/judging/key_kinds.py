"""Kinds of link keys that judging treats apart. Most make no link: they say what counts as one, or whose holders count."""

from __future__ import annotations

from triage.store.queries.key_holders import LinkKey

CONTENT = "content"
"""Tie kind of reports that say exactly the same: it makes no link, only `duplicates_of`."""
EVENT = "event"
"""Tie kind of reports of one event: it makes no link, but they count as one."""
SPREAD = "spread"
"""Kind of link key for viral bytes. They link no reports, but their holders are counted."""
SPREAD_BY = "sha256:"
"""With this begin the values of that kind. Declared digests of other kinds are keys of the kind "file" alone."""
REPORT, OWN_NUMBER = "report", 95
"""Kind and strength of a report's own number as a link key, so that a report that names it as a prior one is linked to it."""


def is_own_number(key: LinkKey) -> bool:
    """Returns whether a link key is the report's own number and not one that it names."""
    return key[0] == REPORT and key[2] == OWN_NUMBER
