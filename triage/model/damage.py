"""Names the stored parts of a report that can be damaged, and says of each what is not known then: unknown is not "none"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from triage.message import Message

StoredPart = Literal["documents", "score", "location", "clocks", "links"]

DAMAGE: Mapping[StoredPart, Message] = {
    "documents": Message("The stored documents of this report can't be read: what they state is not known."),
    "score": Message("The stored score can't be read: the urgency of this report is not known."),
    "location": Message("The stored location is damaged, so it is not known."),
    "clocks": Message("The stored deadlines can't be read: which deadlines run is not known."),
    "links": Message("The stored links can't be read: which reports belong with this one is not known."),
}
"""What is said instead of "none" where a part can't be read."""
