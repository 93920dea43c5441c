"""What a benchmark is, and what it finds."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Better = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True)
class Result:
    """One measured value beside a limit, or beside a peer that was measured in the same run."""

    name: str
    size: int
    value: float
    unit: str
    bound: float
    """The limit, or the peer's value, in the same unit."""
    bound_name: str = "limit"
    better: Better = "lower"
    allowed: float = 1.0
    """How large the ratio to the bound may be; how small, where higher is better."""
    clock: float | None = None
    """The same by the clock, where `value` is processor time."""

    @property
    def ratio(self) -> float:
        """Returns the value as a share of the bound."""
        return self.value / self.bound if self.bound else float("inf")

    @property
    def cost(self) -> float:
        """Returns how much of what is allowed was used, in either direction: above 1 the bound is missed."""
        if self.better == "lower":
            return self.ratio / self.allowed
        return self.allowed / self.ratio if self.ratio else float("inf")

    def is_missed(self, slack: float = 1.0) -> bool:
        """Returns whether the bound is missed by more than the factor `slack`."""
        return self.cost > slack


@dataclass(frozen=True, slots=True)
class Plant:
    """A regression that can be planted: a function of the program that takes longer."""

    function: str
    """`module:name` or `module:Class.name`, where its callers look it up."""
    milliseconds: float
    """Of processor time, and so long at each call."""

    def apply(self) -> None:
        """Makes the function slow in this process."""
        module, _, path = self.function.partition(":")
        *outer, name = path.split(".")
        owner: object = importlib.import_module(module)
        for each in outer:
            owner = getattr(owner, each)
        setattr(owner, name, self.slow_down(getattr(owner, name)))

    def slow_down(self, inner: Callable[..., object]) -> Callable[..., object]:
        """Returns the same function, only slower."""

        def slow(*values: object, **named: object) -> object:
            until = time.thread_time() + self.milliseconds / 1000
            while time.thread_time() < until:
                pass
            return inner(*values, **named)

        return slow


@dataclass(frozen=True, slots=True)
class Place:
    """Where a benchmark may write: a folder that goes away after it, and one for stores that take long to build."""

    scratch: Path
    stores: Path


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One row of the suite."""

    name: str
    measures: str
    function: str
    """`module:name` of a function (size, place) that yields results; loaded only when the benchmark runs."""
    unit: str
    """What is counted by `sizes`."""
    sizes: tuple[int, ...]
    quick: tuple[int, ...]
    plant: Plant
    needs: tuple[str, ...] = ()
    """Modules without which the benchmark can't run, for example a peer."""

    def load(self) -> Callable[[int, Place], Iterable[Result]]:
        """Returns the function that measures."""
        module, _, name = self.function.partition(":")
        found: Callable[[int, Place], Iterable[Result]] = getattr(importlib.import_module(module), name)
        return found
