"""Names are used once: no two public classes share a name, nor do two modules that mean different things."""

from __future__ import annotations

import ast
from collections import defaultdict

from tests.source_trees import ROOT, SOURCES, nodes

SHARED_CLASS_NAMES = {
    # The feed invents a report and its parts. They are other types than those that are read from it, with the same meaning.
    "Place", "Report", "Stage",
}  # fmt: skip
SHARED_MODULE_NAMES = {
    # One subject in several layers: its data, its queries, its use case, its command or its screen.
    "appeals", "backup", "backups", "behind", "bundles", "case_list", "cases", "casework", "child_lane", "clusters", "compaction", "corrections",
    "deadlines", "decisions", "deconfliction", "demo", "destruction", "diary", "feedback", "films", "funnel", "gallery", "grades",
    "imports", "judge", "judgement", "lists", "media", "notes", "outgoing", "packet", "proposals", "queue", "queue_sheet",
    "readings", "bulk", "exposure", "lead_figures", "open_marks", "open_reports", "own_work", "private_account", "queue_planes",
    "queue_views", "report_page",
    "recovery", "referral", "register", "rules", "scoring", "shift", "show_text", "signed_updates", "source_report", "statistics", "stats",
    "users", "vault", "verify", "retention",
    # The feed writes what the importers read.
    "esp_xml", "le_json", "le_pdf", "people", "pictures", "texts",
    # Each feature of the desktop has its page, its panel, its table and its words.
    "page", "panel", "table",
    # To be renamed with the package that holds them.
    "files", "keys",
}  # fmt: skip


def test_no_two_public_classes_share_a_name() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in SOURCES:
        for node in nodes(path, ast.ClassDef):
            if not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1 and name not in SHARED_CLASS_NAMES} == {}


def test_no_two_modules_that_mean_different_things_share_a_name() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in SOURCES:
        if not path.name.startswith("__"):
            places[path.stem].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1 and name not in SHARED_MODULE_NAMES} == {}
