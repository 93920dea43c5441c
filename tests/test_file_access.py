"""Files below stores, backups, exports and carriers are opened, written and deleted by triage/safe_files.py alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.source_trees import ROOT, nodes

SOURCES = sorted(path for room in ("store", "exports", "jobs", "cli", "ui") for path in (ROOT / "triage" / room).rglob("*.py"))

METHODS = {
    "read_bytes", "read_text", "write_bytes", "write_text", "unlink", "mkdir", "rmdir", "touch", "chmod", "symlink_to",
    "hardlink_to", "iterdir", "rglob", "glob",
}  # fmt: skip
"""Of a Path. `open` counts with a mode, `replace` and `rename` with one argument: other things have methods of these names."""
MODULES = {
    "os": {
        "open", "replace", "rename", "renames", "unlink", "remove", "removedirs", "mkdir", "makedirs", "rmdir", "truncate", "link",
        "symlink", "scandir", "walk", "listdir", "chmod", "mkfifo",
    },
    "shutil": {"rmtree", "copy", "copy2", "copyfile", "copyfileobj", "copytree", "move"},
    "io": {"open", "FileIO"},
    "zipfile": {"ZipFile"},
    "sqlcipher3": {"connect"},
}  # fmt: skip

ALLOWED = {
    "triage/store/vault.py": {"io.FileIO": "around a handle of safe_files, without a buffer"},
    "triage/store/database.py": {
        "sqlcipher3.connect": "SQLite opens by name; each name is looked at before",
    },
    "triage/store/wiping.py": {"sqlcipher3.connect": "as the one above"},
    "triage/store/migrations.py": {"read_text": "the program's own migrations"},
    "triage/cli/run.py": {"os.open": "the null device"},
    "triage/cli/group.py": {"read_text": "the passphrase file of the person at the keyboard, read only"},
    "triage/cli/imports.py": {"read_bytes": "the password file of the person at the keyboard, read only"},
    "triage/jobs/intake/memory.py": {"io.FileIO": "the system's count of this process's memory"},
    "triage/jobs/keeping/machine_doctor.py": {"read_text": "what the system tells about memory, mounts and swap"},
    "triage/jobs/judging/worker.py": {"os.open": "the null device"},
    "triage/jobs/judging/rules.py": {"zipfile.ZipFile": "a rule set that a lead names, read only"},
    "triage/jobs/intake/containers.py": {
        "os.scandir": "bundles: links are not followed, tests/jobs hold that",
        "io.FileIO": "bundles: only what was listed as a plain file is opened",
    },
    "triage/exports/untrusted_folder.py": {
        "os.open": "a stranger's packet, opened step by step by handle, without links",
        "os.scandir": "as os.open",
    },
    "triage/exports/timeline_files.py": {"zipfile.ZipFile": "a zip that is written in memory"},
    "triage/exports/bag.py": {
        "mkdir": "the folder that the person at the keyboard named, links included",
        "shutil.rmtree": "the unfinished folder that this writer made a moment ago",
    },
    "triage/exports/sheet_rows.py": {"zipfile.ZipFile": "in memory: a spreadsheet of ours, packed anew"},
    "triage/exports/word_document.py": {"zipfile.ZipFile": "in memory: a document of ours, packed anew"},
    "triage/exports/outgoing_file.py": {"mkdir": "the folder that the person at the keyboard named, links included"},
    "triage/ui/shell/airgap.py": {"iterdir": "the system's network interfaces", "read_text": "the system's network interfaces"},
    "triage_demo/demo_window.py": {"read_text": "the passphrase of a demo, in which everything is invented"},
    "triage/ui/help/guide_pages.py": {"read_text": "the program's own guide"},
    "triage/ui/text/i18n.py": {"read_text": "the program's own translations"},
    "triage/ui/kit/table.py": {"replace": "rows of a table, no file"},
    "triage_demo/screenshots/save.py": {"mkdir": "pictures of the demo's screens"},
    "triage_demo/screenshots/__main__.py": {
        "read_text": "the documents of the repository, and the passphrase of a demo",
        "rglob": "the documents of the repository",
    },
}
"""Each exception with its reason."""


def accesses(path: Path) -> Iterator[tuple[str, int]]:
    """(function, line) of each call that opens, lists, writes or deletes by a path."""
    for node in nodes(path, ast.Call):
        called = node.func
        if isinstance(called, ast.Name) and called.id == "open":
            yield "open", node.lineno
        if not isinstance(called, ast.Attribute):
            continue
        owner, method = ast.unparse(called.value), called.attr
        if owner in MODULES:
            if method in MODULES[owner]:
                yield f"{owner}.{method}", node.lineno
        elif owner.startswith("resource("):
            continue  # the program's own
        elif (
            method in METHODS
            or (method == "open" and node.args and isinstance(node.args[0], ast.Constant))
            or (method in ("replace", "rename") and len(node.args) == 1 and not node.keywords)
        ):
            yield method, node.lineno


def test_files_are_touched_in_one_module_only() -> None:
    named = ((path.relative_to(ROOT).as_posix(), path) for path in SOURCES)
    found = [
        f"{name}:{line} {what}" for name, path in named for what, line in accesses(path) if what not in ALLOWED.get(name, {})
    ]
    assert found == []


def test_every_exception_is_needed() -> None:
    used = {name: {what for what, _ in accesses(ROOT / name)} for name in ALLOWED}
    assert {name: set(allowed) - used[name] for name, allowed in ALLOWED.items() if set(allowed) - used[name]} == {}


@pytest.mark.parametrize(
    "call",
    [
        "open(path)", "path.open('rb')", "path.read_bytes()", "path.unlink()", "path.replace(other)", "path.rename(other)",
        "shutil.rmtree(path)", "os.open(path, 0)", "os.replace(a, b)", "path.mkdir()",
    ],
)  # fmt: skip
def test_each_way_to_touch_a_file_is_seen(call: str, tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(call)
    assert list(accesses(tmp_path / "code.py"))
