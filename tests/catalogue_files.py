"""Says in which file of the Urdu catalogue each key belongs: that of the screen or feature which uses it."""

from __future__ import annotations

from tests import messages_used
from tests.ui import words_used

SHARED = frozenset({"kit", "core", "text", "app.py", "demo.py"})
"""Parts of the desktop that are no screen."""
OF_PACKAGES = {
    "triage/importers/lists": "lists", "triage/importers": "importing", "triage/jobs/intake": "importing", "triage_demo/feed": "importing", "triage_demo": "users",
    "triage/decode": "media", "triage/jobs/lists": "lists", "triage/jobs/matching": "matches", "triage/jobs/review": "matches",
    "triage/jobs/sweeping": "matches", "triage/hashing": "matches", "triage/model/match": "matches", "triage/model/packet": "leaving", "triage/model/damage": "report",
    "triage/jobs/casework": "cases", "triage/jobs/exchange": "exchange", "triage/jobs/judging": "rules", "triage/priority": "rules", "triage/locate": "location",
    "triage/law": "law", "triage/links": "report", "triage/jobs/reading": "report", "triage/jobs/case_page": "cases", "triage/jobs/reading/neighbourhood": "graph", "triage/jobs/reading/link_reasons": "graph",
    "triage/jobs/victim_id": "victim_id", "triage/jobs/state": "grades",
    "triage/jobs/requests": "requests", "triage/importers/reply_files": "requests", "triage/exports": "leaving", "triage/jobs/leaving": "leaving", "triage/store": "store", "triage/jobs/keeping": "store",
    "triage/safe_files": "store", "triage/jobs": "users", "triage/model": "users", "triage/cli": "commands", "triage/errors": "users",
}  # fmt: skip
"""Beginning of a path -> feature; the longest beginning counts. What is in none belongs to `common`."""
OF_TABLES = {
    "place.toml": "location", "places.py": "location", "languages.py": "location", "offices.toml": "location", "districts.tsv": "location", "names.toml": "location",
    "risk.toml": "rules", "actionability.toml": "rules", "floors.toml": "rules", "notes.toml": "rules", "frame.toml": "rules",
    "ties.toml": "report", "case.py": "rules", "law.toml": "law", "profiles.toml": "lists", "base.py": "lists",
    "grades.py": "grades", "casework.py": "cases", "protocol.py": "media", "restrictions.py": "shell", "hardening.py": "shell",
    "words.py": "common", "judgement.py": "matches",
    "names.py": "users", "readers.py": "importing", "zip_members.py": "importing", "clocks.py": "rules", "document.py": "report",
}  # fmt: skip


def features() -> dict[str, set[str]]:
    """Returns key -> features that use it; a key of several screens may stand in the file of any of them, or in `common`."""
    found: dict[str, set[str]] = {}
    for key, file in messages_used.messages().items():
        found.setdefault(key, set()).add(_of_message(file))
    for key, file in words_used.sentences().items():
        found.setdefault(key, set()).add(_of_screen(file))
    return found


def _of_message(file: str) -> str:
    if "/" not in file:
        return OF_TABLES.get(file, "common")
    beginnings = [start for start in OF_PACKAGES if file.startswith(start)]
    if file.startswith("triage/ui/"):
        return _of_screen(file.removeprefix("triage/ui/"))
    return OF_PACKAGES[max(beginnings, key=len)] if beginnings else "common"


def _of_screen(file: str) -> str:
    folder = file.partition("/")[0]
    if "/" not in file:
        return OF_TABLES.get(file, "common")
    return "common" if folder in SHARED else {"intake": "importing"}.get(folder, folder)
