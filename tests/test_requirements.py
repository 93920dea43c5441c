"""The lock in requirements/: nothing is installed whose version and bytes are not written down."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def normalize(name: str) -> str:
    """Returns a package's name as the index spells it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(path: Path) -> dict[str, tuple[str, list[str]]]:
    """Returns version and hashes of each package of a lock file. Any line of another form fails the test."""
    text = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    found = {}
    for entry in text.replace("\\\n", " ").splitlines():
        match = re.fullmatch(
            r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)(?: ; [^#]*?)?((?: +--hash=sha256:[0-9a-f]{64})+)", entry.strip()
        )
        assert match, f"{path.name}: not pinned with hashes: {entry[:80]}"
        found[normalize(match[1])] = (match[2], match[3].split())
    return found


def read_needs(*groups: str) -> list[str]:
    """Returns the names that pyproject.toml needs at run time and in the given extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = [*project["dependencies"], *(need for group in groups for need in project["optional-dependencies"][group])]
    return [normalize(re.split(r"[><=~!\[ ;]", need)[0]) for need in needs]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_each_package_has_a_version_and_hashes(path: Path) -> None:
    assert read_lock(path)


@pytest.mark.parametrize(("lock", "groups"), [("base", ["ui"]), ("test", ["ui", "test", "packet"]), ("freeze", ["ui", "freeze"])])
def test_a_lock_holds_all_that_the_project_needs(lock: str, groups: list[str]) -> None:
    locked = read_lock(ROOT / f"requirements/{lock}.txt")
    assert [name for name in read_needs(*groups) if name not in locked] == []


def test_what_builds_is_locked_too() -> None:
    """pip checks no hashes of what it fetches for an isolated build, so the Makefile never lets it fetch anything for one."""
    build = read_lock(ROOT / "requirements/build.txt")
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    assert {normalize(re.split(r"[><=~!]", need)[0]) for need in wanted} | {"editables", "setuptools", "setuptools-scm"} <= set(
        build
    )


def test_machines_that_were_not_at_hand_find_their_files_too() -> None:
    """numpy alone has wheels for each Python, system and processor; a lock made from one machine's files would hold one hash."""
    assert len(read_lock(ROOT / "requirements/base.txt")["numpy"][1]) > 20


@pytest.mark.parametrize("python", ["311", "313"])
def test_every_runtime_package_has_a_wheel_for_windows(python: str) -> None:
    """`make lock` writes their names: the lock itself has hashes alone."""
    locked = read_lock(ROOT / "requirements/base.txt")
    named = dict(line.split() for line in (ROOT / "requirements/windows-wheels.list").read_text(encoding="utf-8").splitlines())
    found = set()
    for digest, name in named.items():
        package, version, *_, interpreter, abi, system = name.removesuffix(".whl").split("-")
        assert locked[normalize(package)][0] == version and f"--hash=sha256:{digest}" in locked[normalize(package)][1], name
        assert system in ("win_amd64", "any"), name
        if abi == "abi3" or interpreter.startswith("py") or interpreter == f"cp{python}":
            found.add(normalize(package))
    assert sorted(set(locked) - found) == []


def test_the_docs_site_is_locked_and_stays_out_of_every_other_lock() -> None:
    assert {"sphinx", "myst-parser"} <= set(read_lock(ROOT / "requirements/docs.txt"))
    assert [path.name for path in LOCKS if "sphinx" in read_lock(path)] == ["docs.txt"]


def test_no_two_locks_disagree() -> None:
    versions: dict[str, set[str]] = {}
    for path in LOCKS:
        for name, (version, _) in read_lock(path).items():
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_windows_has_every_target_that_can_run_there() -> None:
    """A bundle for Linux, its trial, the lock, and what measures the tests run on Linux."""
    names = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    there = re.search(r"ValidateSet\((.*?)\)", (ROOT / "make.ps1").read_text(encoding="utf-8"), re.DOTALL)
    assert names and there
    assert set(names[1].split()) - {"bundle", "try-bundle", "lock", "clean", "mutants", "coverage"} == set(
        re.findall(r'"([\w-]+)"', there[1])
    )


@pytest.mark.parametrize("script", ["Makefile", ".ci/install", "make.ps1"])
def test_every_installation_checks_hashes_or_fetches_nothing(script: str) -> None:
    text = re.sub(r"[`\\]\n\s*", " ", (ROOT / script).read_text(encoding="utf-8"))
    commands = [line for line in text.splitlines() if re.search(r"(?:PIP\)|-m pip\b.*|\bpip) install ", line)]
    assert commands
    assert [line for line in commands if "--no-build-isolation" not in line] == []
    assert [line for line in commands if "--require-hashes" not in line and "--no-index" not in line] == []
