"""The messages that a store may hold: on score cards, as evidence of a location, in versions, for what was set aside.

A store keeps the English template. Who changes it in the source takes the Urdu from what stores hold already, so each template
that was ever built stands in `stored_messages.txt`, and one that is built no more keeps its Urdu in `ur_older.json`.
`python -m tests.ui.text.stored_messages` adds new templates to the list.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests import messages_used

LIST = Path(__file__).with_name("stored_messages.txt")
OLDER = messages_used.ROOT / "resources" / "translations" / "ur_older.json"
PACKAGES = tuple(
    f"triage/{package}/"
    for package in ("importers", "decode", "priority", "locate", "links", "jobs/intake", "jobs/judging", "jobs/requests")
)
TABLES = frozenset(
    {
        "place.toml", "frame.toml", "risk.toml", "floors.toml", "actionability.toml", "notes.toml", "ties.toml", "case.py", "base.py",
        "protocol.py", "readers.py", "zip_members.py", "document.py", "clocks.py", "profiles.toml",
    }
)  # fmt: skip


def list_stored() -> set[str]:
    """Returns the templates that the source and the shipped tables build today for what a store keeps."""
    return {key for key, file in messages_used.messages().items() if key and (file in TABLES or file.startswith(PACKAGES))}


def list_known() -> set[str]:
    """Returns the templates that were ever built."""
    return {json.loads(line) for line in LIST.read_text("utf-8").splitlines()}


def list_older() -> dict[str, str]:
    """Returns the Urdu of the templates that are built no more."""
    found: dict[str, str] = json.loads(OLDER.read_text("utf-8"))
    return found


if __name__ == "__main__":
    known = list_stored() | (list_known() if LIST.exists() else set())
    LIST.write_text("".join(f"{json.dumps(key, ensure_ascii=False)}\n" for key in sorted(known)), "utf-8")
