"""Faults planted in the fuzzing bench's child, by the name of this module's argument in TRIAGE_FUZZ_PLANTED: the bench must find them."""

from __future__ import annotations

import os
from typing import Any


def raise_fault(*_: Any, **__: Any) -> Any:
    """Stands for any function of ours that fails on some input."""
    raise ZeroDivisionError("planted")


def plant_parser() -> None:
    """The host's side of reading documents raises what is no sentence for a person."""
    from triage.jobs.intake import readers

    readers._take_answer = raise_fault


def plant_judge() -> None:
    """The judgement of every report fails."""
    from triage.jobs.judging import judge

    judge.judge_all = raise_fault


def plant_newest() -> None:
    """Whatever arrives last replaces a report."""
    from triage.jobs.judging import judge

    judge.choose_documents = lambda documents, held: [(len(documents) - 1,)]


def plant_escape() -> None:
    """A list is copied beside the store."""
    from bench.fuzzing import intake

    honest = intake.add_list

    def escape(session: Any, path: Any, **more: Any) -> Any:
        (session.store.directory.parent / "escaped").write_bytes(b"x")
        return honest(session, path, **more)

    intake.add_list = escape


def plant_death() -> None:
    """The host dies."""
    from bench.fuzzing import wires

    wires.READERS["want"] = lambda data: os._exit(3)


def plant_memory() -> None:
    """An answer takes more memory than the host may have."""
    from bench.fuzzing import wires

    wires.READERS["want"] = lambda data: bytearray(9 << 30)


def plant_hang() -> None:
    """The host hangs."""
    import time

    from bench.fuzzing import wires

    wires.READERS["want"] = lambda data: time.sleep(600)


globals()[f"plant_{os.environ['TRIAGE_FUZZ_PLANTED']}"]()
