"""Which tests reach which lines of the source, as one run of the tests with the plug-in tests/reached.py found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import coverage

from bench.mutation.drawing import Mutant


class Reached:
    """The map that a run has left in a folder."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._root = root
        self.seconds: dict[str, float] = {}
        """Test -> how long it took; tests that did not pass are left out, since they notice nothing."""
        for path in folder.glob("seconds-*.json"):
            self.seconds.update(json.loads(path.read_text(encoding="utf-8")))
        self.failed: list[str] = []
        """Tests that did not pass without a change, or were left out."""
        for path in folder.glob("failed-*.json"):
            self.failed += json.loads(path.read_text(encoding="utf-8"))
        self._measured = [coverage.CoverageData(str(path)) for path in folder.glob("lines.*") if path.stat().st_size]
        for data in self._measured:
            data.read()
        self._of_file: dict[str, list[str]] = {}
        for test in self.seconds:
            self._of_file.setdefault(test.partition("::")[0], []).append(test)

    def find_tests(self, mutant: Mutant, most_seconds: float) -> list[str]:
        """Returns the tests that reach the changed statement: those that are named after the module, those of its package, others.

        What runs at import is reached by all tests that run a function of the module, or of a module that imports it. As many are
        chosen as take `most_seconds` in sum, the quickest; the first always.
        """
        if mutant.called:
            found = self._reaching(mutant.path, mutant.lines)
        else:
            paths = [mutant.path, *self._find_importing(mutant.path)]
            found = {test for path in paths for test in self._reaching(path)}
        own, (_, package, *_) = f"/test_{Path(mutant.path).stem}.py::", Path(mutant.path).parts

        def is_far(test: str) -> tuple[bool, bool]:
            return own not in test, not test.startswith(f"tests/{package}/")

        chosen, spent = [], 0.0
        for test in sorted(found, key=lambda test: (*is_far(test), self.seconds[test], test)):
            spent += self.seconds[test]
            if chosen and spent > most_seconds:
                break
            chosen.append(test)
        first: dict[str, str] = {}
        for test in chosen:
            first.setdefault(test.partition("::")[0], test)

        def rank(test: str) -> tuple[object, ...]:
            """The quickest of each file, then file by file: fixtures of a file are made twice at most."""
            file = test.partition("::")[0]
            return (*is_far(test), test != first[file], self.seconds[first[file]], file, self.seconds[test], test)

        return sorted(chosen, key=rank)

    def _reaching(self, path: str, lines: Iterable[int] | None = None) -> set[str]:
        """Returns the tests that reach any of these lines of a file, or any line of it; an import is no test."""
        contexts: set[str] = set()
        for data in self._measured:
            for measured in (name for name in data.measured_files() if name.endswith(f"/{path}")):
                by_line = data.contexts_by_lineno(measured)
                contexts.update(context for line in by_line if lines is None or line in lines for context in by_line[line])
        return set(self._name_tests(contexts))

    def _name_tests(self, contexts: set[str]) -> Iterator[str]:
        """Yields the tests of contexts: a test stands for itself, a file for all of its tests."""
        for context in contexts:
            yield from self._of_file.get(context, [context] if context in self.seconds else [])

    def _find_importing(self, path: str) -> list[str]:
        """Returns the modules of triage/ that import this one by name."""
        parent, stem = ".".join(Path(path).parts[:-1]), Path(path).stem
        names = re.compile(rf"(?:from|import) {re.escape(parent)}\.{stem}\b|from {re.escape(parent)} import [^\n]*\b{stem}\b")
        files = (self._root / "triage").rglob("*.py")
        return [file.relative_to(self._root).as_posix() for file in files if names.search(file.read_text(encoding="utf-8"))]
