"""The names of report formats stand in one place: everything else says `ReportFormat`."""

from __future__ import annotations

import ast
import re
import sys

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
        if not path.is_relative_to(ROOT / "triage"):
            continue
        file = path.relative_to(ROOT / "triage").as_posix()
        if file == "model/formats.py":
            continue
        for node in nodes(path, ast.Constant):
            if isinstance(node.value, str):
                name = node.value.partition("/")[0]
                if name in set(ReportFormat) and not node.value.endswith((".xml", ".json", ".pdf")):
                    found.add((file, node.value))
    assert found == OTHER_MEANINGS.keys()


def test_the_module_of_each_importer_names_the_page_of_its_format() -> None:
    for importer in IMPORTERS:
        said = sys.modules[type(importer).__module__].__doc__ or ""
        pages = re.findall(r"docs/formats/[a-z-]+\.md", said)
        assert pages and all((ROOT / page).is_file() for page in pages), type(importer).__module__
