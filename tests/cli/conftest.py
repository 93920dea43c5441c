"""The command in a home of its own, so that everything it leaves behind is seen: in a process of its own where that matters,
else by its entry point, which takes a tenth of the time."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.bundles import write_bundle
from tests.jobs.conftest import CHEAP, cheap_passphrases  # noqa: F401 - a fixture for tests of new stores
from triage.cli.run import run
from triage.store.store import Store

WORDS = "seven green boats"


@dataclass
class Done:
    """What a command said. `json` fails unless standard output is exactly one JSON document."""

    code: int
    out: bytes
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def refusal(self) -> str:
        """The one line of a refusal."""
        assert self.code == 1 and not self.out, (self.code, self.out, self.err)
        (line,) = self.err.splitlines()
        assert "Traceback" not in line
        return line


@dataclass
class Desk:
    work: Path
    store: Path

    def run(self, *arguments: object, common: bool = True, stdin: str | None = None, **env: str) -> Done:
        """In a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "triage", *self._whole(arguments, common)],
            capture_output=True,
            input=None if stdin is None else stdin.encode(),
            stdin=subprocess.DEVNULL if stdin is None else None,
            env=self.env | env,
            cwd=self.work,
            timeout=100,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr.decode())

    def call(self, *arguments: object, common: bool = True) -> Done:
        """In this process."""
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), chdir(self.work):
            code = run(self._whole(arguments, common))
        buffer = out.detach()
        assert isinstance(buffer, io.BytesIO)
        return Done(code, buffer.getvalue(), err.getvalue())

    def _whole(self, arguments: tuple[object, ...], common: bool) -> list[str]:
        given = ["--store", self.store, "--user", "first", "--passphrase-file", self.work / "words"] if common else []
        return [str(argument) for argument in (*arguments, *given)]

    @property
    def env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PYTEST"))}
        return kept | {"HOME": str(self.work / "home"), "TMPDIR": str(self.work / "tmp"), "PYTHONWARNINGS": "error"}

    def outside(self) -> dict[str, int]:
        """Every file that is not the store's."""
        files = (p for p in self.work.rglob("*") if p.is_file() and self.store not in p.parents)
        return {str(p.relative_to(self.work)): p.stat().st_size for p in files}


@pytest.fixture(scope="package")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A store with the small bundle in it."""
    work = tmp_path_factory.mktemp("cli")
    for name in ("home", "tmp"):
        (work / name).mkdir()
    (work / "words").write_text(WORDS + "\nsecond line\n")
    (work / "wrong").write_text("not the passphrase\n")
    write_bundle(work / "bundle")
    Store.create(work / "store", "first", WORDS, cost=CHEAP).store.close()
    made = Desk(work, work / "store")
    assert made.run("import", "bundle", "--received-from", "the courier").code == 3
    return made
