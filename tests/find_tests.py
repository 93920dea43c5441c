"""Finds the tests of a module: `python -m tests.find_tests triage/store/vault.py`.

The tests of triage/PACKAGE/.../NAME.py are, in this order: the mirror tests/PACKAGE/.../test_NAME.py or tests/PACKAGE/test_NAME.py, the
test files that import the module, and the rows of tests/README.md for what is tested through other modules only.
"""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "tests" / "README.md"
_ROW = re.compile(r"^\| `(triage/[^`]+\.py)` \| (.+) \|$", re.MULTILINE)


def list_modules() -> list[str]:
    """Returns the paths of all modules of the program, without the `__init__.py` of packages."""
    return [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "triage").rglob("*.py")) if path.name != "__init__.py"]


def find_mirrors(module: str) -> list[str]:
    """Returns the test files that are named after a module and lie where its package lies."""
    package, name = Path(*Path(module).parts[1:-1]), f"test_{Path(module).name}"
    places = dict.fromkeys((package, Path(*package.parts[:1])))
    return [path.as_posix() for place in places if (ROOT / (path := Path("tests") / place / name)).is_file()]


@cache
def read_imports() -> dict[str, tuple[str, ...]]:
    """Returns the test files that import each module, by the module's path."""
    found: dict[str, list[str]] = {}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        names: set[str] = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        for name in sorted(names):
            found.setdefault(f"{name.replace('.', '/')}.py", []).append(file.relative_to(ROOT).as_posix())
    return {module: tuple(files) for module, files in found.items()}


@cache
def read_table() -> dict[str, tuple[str, ...]]:
    """Returns the rows of tests/README.md: the test files of each module."""
    rows = _ROW.findall(TABLE.read_text(encoding="utf-8"))
    return {module: tuple(re.findall(r"`([^`]+)`", files)) for module, files in rows}


def find_tests(module: str) -> list[str]:
    """Returns the test files of a module, the nearest ones first."""
    return list(dict.fromkeys((*find_mirrors(module), *read_imports().get(module, ()), *read_table().get(module, ()))))


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(*find_tests(Path(argument).resolve().relative_to(ROOT).as_posix()), sep="\n")
