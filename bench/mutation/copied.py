"""A copy of the tree in which one mutant after another is tried."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from bench.mutation.drawing import Mutant
from bench.mutation.reached import Reached
from tests.find_tests import find_tests

LEFT_OUT = (".git", ".venv", ".ci", "build", "dist")
"""What no test of these packages reads."""


@dataclass(frozen=True)
class Fate:
    """What became of a mutant."""

    word: str
    """killed, timeout, survived, or unsound: what failed fails without the change too."""
    tests: int
    """How many tests were run at most; 0 when no test reaches the place, and whole files were run."""
    by: str = ""
    """The test that failed."""


class Copy:
    """A copy of the tree with an environment of its own, so that programs which the tests start run the copied source too."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root, self.folder = root, folder
        folder.mkdir()
        for source in root.iterdir():
            if source.name in LEFT_OUT or source.name.endswith("_cache"):
                continue
            if source.is_dir():
                shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, folder / source.name)
        self._python = self._make_environment()
        self._home = folder / "home"
        self._sound: dict[tuple[str, str], bool] = {}
        """(module, test that failed once) -> whether it passes without a change: else it notices nothing."""
        self._process: subprocess.Popen[bytes] | None = None

    def _make_environment(self) -> Path:
        """Returns a Python that imports the copied tree, and its packages from the environment of this process.

        Programs of ours start isolated (-I): PYTHONPATH would not lead them to the copy.
        """
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(self.folder / ".venv")], check=True)
        site = Path(sysconfig.get_path("purelib", vars={"base": str(self.folder / ".venv")}))
        (site / "copied.pth").write_text(f"{self.folder}\n{sysconfig.get_path('purelib')}\n", encoding="utf-8")
        return self.folder / ".venv" / "bin" / "python"

    def measure(self, tests: list[str], into: Path) -> None:
        """Runs tests once, unchanged, and has them write down what they reach."""
        into.mkdir(parents=True, exist_ok=True)
        options = ["-p", "tests.reached", "-p", "no:cacheprovider", "-p", "no:pytest-qt", "-o", "timeout=900", "-q", "--tb=no"]
        self._start([*options, *tests], {"TRIAGE_REACHED": str(into)}).wait()

    def compile_tests(self, tests: list[str]) -> None:
        """Has pytest keep the compiled form of all tests: no later run of the copy writes any."""
        self._start(["--collect-only", "-q", *tests], {}).wait()

    def judge(self, mutant: Mutant, reached: Reached, patience: float, most_seconds: float) -> Fate:
        """Returns what becomes of a mutant."""
        chosen = reached.find_tests(mutant, most_seconds)
        groups = [chosen] if chosen else leave_out_measured(self._root, choose_files(self._root, mutant), reached)
        unfit = [] if chosen else [f"--deselect={test}" for test in reached.failed]
        slowest = max((reached.seconds.get(test, 12) for test in chosen), default=12)
        options = ["-o", f"timeout={20 + 10 * slowest:.0f}", *unfit]
        path = self.folder / mutant.path
        original, times = path.read_bytes(), path.stat()
        try:
            path.write_text(mutant.after, encoding="utf-8")
            for tests in groups:
                code = self._run([*options, *tests], patience)
                if code == 4:  # a test is not there any more: its name holds a value that was changed
                    code = self._run([*options, *dict.fromkeys(test.partition("::")[0] for test in tests)], patience)
                if code is None:
                    return Fate("timeout", len(chosen))
                if code:
                    by = self._read_failed()
                    path.write_text(mutant.before, encoding="utf-8")
                    return Fate("killed" if self._is_sound(mutant, by, tests, options, patience) else "unsound", len(chosen), by)
        finally:
            path.write_bytes(original)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # its compiled form counts again
        return Fate("survived", len(chosen))

    def _is_sound(self, mutant: Mutant, by: str, tests: list[str], options: list[str], patience: float) -> bool:
        """Returns whether what failed passes when only the layout of the module differs, as it does in each mutant."""
        key = (mutant.path, by)
        if key not in self._sound:
            again = ["--collect-only", by] if by and "::" not in by else [by] if by else tests
            self._sound[key] = self._run([*options, *again], patience) == 0
        return self._sound[key]

    def _read_failed(self) -> str:
        """Returns the test that failed, or the file that could not be read; empty when pytest did not come so far."""
        path = self._home / "cache" / "v" / "cache" / "lastfailed"
        failed = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return next(iter(failed), "")

    def _run(self, words: list[str], patience: float) -> int | None:
        """Returns the exit code of pytest, or None when it took too long."""
        shutil.rmtree(self._home, ignore_errors=True)
        self._home.mkdir()
        options = ["-o", f"cache_dir={self._home / 'cache'}", "-p", "no:pytest-qt", "-q", "-x", "--no-header", "--tb=no"]
        process = self._start([*options, *words], {"TMPDIR": str(self._home), "PYTHONDONTWRITEBYTECODE": "1"})
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def stop(self) -> None:
        """Ends the tests that run now, with the programs that they started."""
        process = self._process
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)

    def _start(self, words: list[str], more: dict[str, str]) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [str(self._python), "-m", "pytest", *words],
            cwd=self.folder,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **more},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self._process


def choose_files(root: Path, mutant: Mutant) -> list[list[str]]:
    """Returns the files of tests in the order in which they run: those of the module, then of its sub-package, then of the package.

    Those of the module are named after it, or tests/find_tests.py names them: jobs test what the store keeps.
    """
    _, package, *_ = Path(mutant.path).parts
    beside = Path("tests", *Path(mutant.path).parent.parts[1:])
    named = sorted((root / "tests").rglob(f"test_{Path(mutant.path).stem}.py"), key=lambda path: package not in path.parts)
    found = (root / path for path in find_tests(mutant.path) if not path.startswith(("tests/ui/", "tests/e2e/")))
    own = list(dict.fromkeys((*named, *found)))
    below, all_tests = (sorted((root / folder).rglob("test_*.py")) for folder in (beside, Path("tests") / package))
    groups: list[list[str]] = []
    for group in (own, below, all_tests):
        known = {path for tests in groups for path in tests}
        groups.append([name for path in group if (name := path.relative_to(root).as_posix()) not in known])
    return [tests for tests in groups if tests]


def leave_out_measured(root: Path, groups: list[list[str]], reached: Reached) -> list[list[str]]:
    """Returns what may still notice a place that no measured test reaches: files named after the module, not measured, or that start programs."""
    measured = {test.partition("::")[0] for test in (*reached.seconds, *reached.failed)}
    may_notice = (
        [file for file in files if n == 0 or file not in measured or "subprocess" in (root / file).read_text(encoding="utf-8")]
        for n, files in enumerate(groups)
    )
    return [files for files in may_notice if files]
