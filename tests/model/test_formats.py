"""The names of report formats stand in one place: everything else says `ReportFormat`."""

from __future__ import annotations

import ast

from tests.source_trees import ROOT, SOURCES, nodes
from triage.importers.registry import IMPORTERS
from triage.model.formats import ReportFormat

OTHER_MEANINGS = {
    ("model/casework.py", "complaint"): "a kind of number of a case",
    ("ui/text/case_words.py", "complaint"): "its word on screens",
}

MADE_HERE = {ReportFormat.OPERATOR_REPLY}
"""Of matched rows of replies: no file is detected as it."""


def test_each_format_has_one_importer() -> None:
    assert sorted(importer.format for importer in IMPORTERS) == sorted(set(ReportFormat) - MADE_HERE)


def test_no_other_module_writes_the_name_of_a_format() -> None:
    found = set()
    for path in SOURCES:
        file = path.relative_to(ROOT / "triage").as_posix()
        if file == "model/formats.py":
            continue
        for node in nodes(path, ast.Constant):
            if isinstance(node.value, str):
                name = node.value.partition("/")[0]
                if name in set(ReportFormat) and not node.value.endswith((".xml", ".json", ".pdf")):
                    found.add((file, node.value))
    assert found == OTHER_MEANINGS.keys()
