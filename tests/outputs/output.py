"""What a row of the table of outputs says, and the small store from which each row is run."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import Desk, Done
from tests.outputs import table
from triage.model.users import Right

SECOND = ("--consent-user", "second", "--consent-passphrase-file", "second-words")
"""The second person agrees: an examiner, lead and administrator."""
REPORT = "900000001"
"""The report that the store holds: tests/jobs/bundles.py says what is in it."""
TIMES = (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?( UTC|Z)?", r"\d\d [A-Z][a-z]{2} (\d{4} )?\d\d:\d\d PKT")
"""Times as JSON and as papers print them."""
DIGESTS = (r'"leaf": ?"[0-9a-f]{64}"', r"leaf hash is [0-9a-f]{64}\.")
"""Digests of audit log entries, which hold times, in JSON and in the sentence of a paper."""
SIGNATURE = (r'"signature": ?"[0-9a-f]{128}"',)
"""A signature over the time, inside a JSON file."""


@dataclass
class World(Desk):
    """A copy of the prepared store. Commands run in `work`, and what leaves goes below `work/out`."""

    @property
    def left(self) -> Path:
        return self.work / "out"

    def run_well(self, *arguments: object) -> Done:
        """Runs a command that prepares something; it must succeed."""
        done = self.call(*arguments)
        assert done.code in (0, 3), (arguments, done.err)
        return done


def patch_nothing(_: pytest.MonkeyPatch) -> None:
    pass


def no_arguments(_: World) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Output:
    """One output: a command that writes files for people.

    The contract (test_outputs.py) runs it on a store with one report (REPORT) and two users: "first", who acts and holds all
    roles, and "second", who can agree.
    """

    command: str
    """For example "export queue"."""
    out: str
    """The name of the file, or of the new folder, that the command is told to write."""
    kinds: tuple[str, ...]
    """The kinds of its entries in the register of outgoing data."""
    right: Right
    """Without this right the command is refused."""
    arguments: tuple[str, ...] = ()
    """What the command is given besides its target."""
    prepare: Callable[[World], tuple[str, ...]] = no_arguments
    """Prepares the store, once for all runs; returns further arguments, such as a case's number."""
    patch: Callable[[pytest.MonkeyPatch], None] = patch_nothing
    """Stands in for what the store is too small for, in each run."""
    option: str | None = "--out"
    """The option that takes the target; None when it is an argument."""
    folder: bool = False
    """The target is a new folder."""
    times: tuple[str, ...] = ()
    """Regular expressions of what may differ between two runs on the same store: declared time fields."""
    with_times: tuple[str, ...] = ()
    """Names of files that hold digests or signatures of times, and so differ as a whole."""
    codes: tuple[int, ...] = (0,)
    """Exit codes of a good run; 3 when something is left out."""

    @property
    def name(self) -> str:
        return f"{self.command} {self.out}"

    @property
    def target(self) -> str:
        return f"out/{self.out}"

    def run(self, world: World, prepared: tuple[str, ...], *more: str) -> Done:
        target = (self.target,) if self.option is None else (self.option, self.target)
        return world.call(*self.command.split(), *self.arguments, *prepared, *target, *more, "--json")


MakeWorld = Callable[[Output], tuple[World, tuple[str, ...]]]
"""Makes a copy of the store that is prepared for an output; returns it with the further arguments. Papers hold only their footer."""


def load_table() -> Iterator[Output]:
    """Yields all rows."""
    for info in pkgutil.iter_modules(table.__path__, "tests.outputs.table."):
        yield from importlib.import_module(info.name).OUTPUTS
