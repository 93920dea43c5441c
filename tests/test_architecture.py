"""The rules of docs/architecture.md and of CONTRIBUTING.md that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from tests.source_trees import ROOT, SOURCES, nodes
from triage import resources
from triage.model.users import RIGHTS, Right, Role

NETWORK = {
    "socket", "socketserver", "ssl", "http", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib",
    "poplib", "imaplib", "xmlrpc", "asyncio", "PySide6.QtNetwork", "PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets",
}  # fmt: skip
UNSAFE = {"pickle", "marshal", "shelve", "dill", "tempfile"}
DECODERS = ("PIL", "pillow_heif", "av", "pypdfium2", "exifread", "simplejpeg", "openpyxl", "fpdf", "imagehash", "PySide6")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[str]:
    """Full dotted names that a file imports; of `from a import b` both "a" and "a.b"."""
    for plain in nodes(path, ast.Import):
        yield from (alias.name for alias in plain.names)
    for node in nodes(path, ast.ImportFrom):
        if node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, banned: set[str]) -> bool:
    parts = module.split(".")
    return any(".".join(parts[:n]) in banned for n in range(1, len(parts) + 1))


def places(found: Iterator[tuple[Path, int]]) -> list[str]:
    return [f"{name(path)}:{line}" for path, line in found]


def test_packages_keep_to_their_layers() -> None:
    run = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_network_and_no_unsafe_module() -> None:
    found = [f"{name(path)}: {module}" for path in SOURCES for module in imports(path) if within(module, NETWORK | UNSAFE)]
    assert found == []


def test_the_message_bus_is_heard_in_one_place() -> None:
    """QtDBus could reach beyond the machine; triage/ui/unlock/session_lock.py opens local sockets only, which its tests try."""
    assert [name(path) for path in SOURCES if any(within(module, {"PySide6.QtDBus"}) for module in imports(path))] == [
        "triage/ui/unlock/session_lock.py"
    ]


def test_no_assert_in_production_code() -> None:
    found = ((path, node.lineno) for path in SOURCES for node in nodes(path, ast.Assert))
    assert places(found) == []


def test_no_shell() -> None:
    def shells() -> Iterator[tuple[Path, int]]:
        for path in SOURCES:
            yield from ((path, node.value.lineno) for node in nodes(path, ast.keyword) if node.arg == "shell")
            for node in nodes(path, ast.Attribute):
                if node.attr in {"system", "popen"} and ast.unparse(node.value) == "os":
                    yield path, node.lineno

    assert places(shells()) == []


GOES_ON = {
    "triage/decode/sandbox/": "a decoder's error on hostile bytes: the file can't be read",
    "triage/jobs/judging/worker.py": "the host does the work itself, and sees why it fails",
    "triage/ui/shell/crash_dialog.py": "the log must not bring down what it reports",
}
"""Where an error of any type is neither passed on nor looked at, each with its reason."""


def test_no_exception_is_swallowed() -> None:
    """Whoever catches all types of errors raises again, or says of what type this one was (`triage.jobs.faults`)."""

    def swallowed() -> Iterator[tuple[Path, int]]:
        for path in SOURCES:
            if name(path).startswith(tuple(GOES_ON)):
                continue
            for node in nodes(path, ast.ExceptHandler):
                broad = node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
                steps = [step for statement in node.body for step in ast.walk(statement)]
                names = {step.id for step in steps if isinstance(step, ast.Name)}
                if broad and node.name not in names and not any(isinstance(step, ast.Raise) for step in steps):
                    yield path, node.lineno

    assert places(swallowed()) == []


SQL = re.compile(
    r"\b(SELECT\s+\S|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(\w+\s+)?(TABLE|INDEX)\s|PRAGMA\s)"
)
WITH_SQL = {f"triage/store/{name}.py" for name in ("database", "database_copy", "connections", "migrations", "pages", "wiping")}
"""The store's own connection, its copies, its migrations, and the look at the write-ahead log."""


def docstrings(path: Path) -> set[int]:
    """Lines on which a text of its own begins: docstrings, and those of fields."""
    return {node.value.lineno for node in nodes(path, ast.Expr) if isinstance(node.value, ast.Constant)}


def test_all_sql_is_in_the_queries_of_the_store() -> None:
    def with_sql() -> Iterator[tuple[Path, int]]:
        for path in SOURCES:
            if path.is_relative_to(ROOT / "triage/store/queries") or name(path) in WITH_SQL:
                continue
            for node in nodes(path, ast.Constant):
                if isinstance(node.value, str) and SQL.search(node.value) and node.lineno not in docstrings(path):
                    yield path, node.lineno

    assert places(with_sql()) == []
    assert all(SQL.search((ROOT / path).read_text(encoding="utf-8")) for path in WITH_SQL), "an exception that is none"


def test_no_timer_of_qt_deletes_itself() -> None:
    """PySide's QTimer.singleShot makes a timer that deletes itself, which ended the process now and then on a busy machine."""
    found = [
        f"{name(path)}:{node.lineno}" for path in SOURCES for node in nodes(path, ast.Attribute) if node.attr == "singleShot"
    ]
    assert found == []


def test_every_question_of_the_desktop_says_what_it_is_about() -> None:
    """Else an older answer can arrive last and be shown; `about=None` where each answer is wanted."""

    def silent() -> Iterator[tuple[Path, int]]:
        for path in SOURCES:
            for node in nodes(path, ast.Call):
                if isinstance(node.func, ast.Attribute) and node.func.attr in {"ask", "study"}:
                    asked = ast.unparse(node.func.value).endswith("runner")
                    if asked and "about" not in {each.arg for each in node.keywords}:
                        yield path, node.lineno

    assert places(silent()) == []


def test_the_host_loads_no_decoder() -> None:
    """Everything that the command line and the jobs import at start, in a fresh interpreter."""
    program = (
        "import importlib, pkgutil, sys, triage.jobs\n"
        "names = [m.name for m in pkgutil.walk_packages(triage.jobs.__path__, 'triage.jobs.')]\n"
        "names += ['triage.cli'] if importlib.util.find_spec('triage.cli') else []\n"
        "for name in names: importlib.import_module(name)\n"
        f"print(*sorted(set({DECODERS!r}) & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", "import importlib.util\n" + program],
        cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout.strip()) == (0, ""), run.stderr


def shipped(folder: Traversable) -> Iterator[Traversable]:
    for entry in folder.iterdir():
        yield from shipped(entry) if entry.is_dir() else (entry,)


def test_every_resource_is_readable_and_not_empty() -> None:
    files = list(shipped(resources.find_root()))
    assert files
    assert [file.name for file in files if not file.read_bytes()] == []


def test_the_rights_page_says_what_the_code_does() -> None:
    """The table of docs/decisions/10-jobs-and-rights.md: a row a right, a column a role, "yes" or a dash."""
    page = (ROOT / "docs/decisions/10-jobs-and-rights.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in page.splitlines() if line.startswith("|")]
    roles = rows[0][1:]
    assert roles == [role.value for role in Role]
    said = {(role, row[0]) for row in rows[2:] for role, cell in zip(roles, row[1:], strict=True) if cell == "yes"}
    assert {row[0] for row in rows[2:]} == {right.value for right in Right}
    assert said == {(role.value, right.value) for role, rights in RIGHTS.items() for right in rights}


def test_decisions_are_all_in_the_index() -> None:
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in sorted(folder.glob("[0-9]*.md")) if f"({page.name})" not in index] == []


def test_every_library_and_table_has_its_notice() -> None:
    """Each dependency by name, and each folder of resources that others' work lies in."""
    notice = (ROOT / "NOTICE.md").read_text(encoding="utf-8").lower()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [re.split(r"[><=~!]", name)[0] for name in [*project["dependencies"], *project["optional-dependencies"]["ui"]]]
    assert [name for name in wanted if name.lower() not in notice] == []
