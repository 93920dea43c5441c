"""The bench of mutants leaves nothing behind: neither when it is stopped, nor for longer than until the next run when it is killed."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.mutants import prepare_map
from bench.mutation.copied import Copy
from bench.mutation.drawing import find_place
from bench.mutation.place import PREFIX, clear_left

RUN = """
import subprocess, sys, time
from bench.mutation.place import make_place
tests = []
with make_place(lambda: [each.kill() for each in tests]) as folder:
    (folder / "0").mkdir()
    (folder / "0" / "copied.py").write_text("pass")
    tests.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], cwd=folder))
    print(folder, tests[0].pid, flush=True)
    if sys.argv[1] == "waits":
        time.sleep(600)
"""
ROOT = Path(__file__).parents[2]
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="the bench runs where processes have groups")


def start(how: str, temporary: Path) -> tuple[subprocess.Popen[str], Path, int]:
    """Starts a run that writes below a folder for temporary files; returns it, its folder and the process id of its tests."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, how],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as said:
        folder, tests = said.readline().split()
    return process, Path(folder), int(tests)


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@needs_signals
@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_stopped_run_takes_its_folder_and_its_tests_along(number: str, tmp_path: Path) -> None:
    process, folder, tests = start("waits", tmp_path)
    assert folder.is_dir()
    process.send_signal(getattr(signal, number))
    assert process.wait(120) == 128 + getattr(signal, number)
    assert not folder.exists()
    ends = time.monotonic() + 120
    while is_running(tests) and time.monotonic() < ends:
        time.sleep(0.01)
    assert not is_running(tests)


@needs_signals
def test_the_next_run_clears_what_a_killed_run_left_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process, folder, tests = start("waits", tmp_path)
    process.kill()
    process.wait(120)
    os.kill(tests, signal.SIGKILL)
    running = tmp_path / f"{PREFIX}{os.getpid()}-x"
    others = (running, tmp_path / f"{PREFIX}named", tmp_path / "other")
    for each in others:
        each.mkdir()
    assert (folder / "0" / "copied.py").exists()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    clear_left()
    assert not folder.exists() and all(each.is_dir() for each in others)


@needs_signals
def test_a_run_that_ends_removes_its_folder(tmp_path: Path) -> None:
    process, folder, tests = start("ends", tmp_path)
    assert process.wait(120) == 0 and not folder.exists()
    os.kill(tests, signal.SIGKILL)


class _NoCopy(Copy):
    """Measures nothing."""

    def __init__(self) -> None:
        self.measured: list[Path] = []

    def measure(self, tests: list[str], into: Path) -> None:
        self.measured.append(into)


def test_half_a_map_is_not_taken_for_a_part_of_the_next(tmp_path: Path) -> None:
    for name in ("lines.host.pid1.abc", "seconds-1.json", "failed-1.json"):
        (tmp_path / name).write_text("")
    copied = _NoCopy()
    prepare_map(tmp_path, ["law"], copied)
    assert copied.measured == [tmp_path] and [path.name for path in tmp_path.iterdir()] == ["source"]
    prepare_map(tmp_path, ["law"], copied)
    assert len(copied.measured) == 1, "the map is there now"
    (tmp_path / "source").write_text("of another source")
    with pytest.raises(SystemExit, match="another source"):
        prepare_map(tmp_path, ["law"], copied)


@pytest.mark.parametrize(
    ("above", "each_time"),
    [("", True), ("@cache\n", False), ("@lru_cache(maxsize=4)\n", False), ("@functools.cache\n", False), ("@wraps(f)\n", True)],
)
def test_what_is_cached_does_not_run_in_each_test_that_rests_on_it(above: str, each_time: bool) -> None:
    """Else only the first test that asked is tried, and a change that all others notice survives."""
    tree = ast.parse(f"{above}def find():\n    def inner():\n        return 1\n    return inner()\nOUTSIDE = 2\n")
    one, two = (node for n in (1, 2) for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value == n)
    assert find_place(tree, one)[1] is each_time and find_place(tree, two)[1] is False
    assert len(find_place(tree, one)[0]) == 1
