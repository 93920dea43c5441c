"""Headquarters and offices for the tests of work packages: stores that open fast and know one another's keys."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import CHEAP
from triage.jobs.exchange.receive import import_paths
from triage.jobs.exchange.send import export_work
from triage.jobs.exchange.send_results import export_results
from triage.jobs.session import Session
from triage.jobs.trusted_keys import trust_key
from triage.model.handover import Receipt
from triage.model.views import ImportResult
from triage.model.work import WorkSent
from triage.store.store import Store

WORDS = "seven green boats"
NUMBERS = ("900000001", "900000002", "900000003")


@dataclass
class Workstation:
    """One store with its folder for carriers."""

    name: str
    session: Session
    folder: Path

    age_key: str = ""

    def __post_init__(self) -> None:
        self.age_key = self.session.store.recipient

    def knows(self, *others: Workstation) -> None:
        for other in others:
            trust_key(self.session, other.session.store.fingerprint, other.name)

    def takes_in(self, *paths: Path) -> ImportResult:
        return import_paths(self.session, paths, receipt=Receipt())

    def sends(self, to: Workstation, *numbers: str, file: str = "work.age", **how: Any) -> tuple[WorkSent, Path]:
        out = self.folder / file
        return export_work(self.session, numbers or NUMBERS, to.age_key, out, **how), out

    def answers(self, to: Workstation, package_id: str, file: str = "results.age") -> Path:
        out = self.folder / file
        export_results(self.session, package_id, to.age_key, out)
        return out


def make_workstation(folder: Path, name: str, user: str = "first") -> Workstation:
    folder.mkdir(parents=True, exist_ok=True)
    return Workstation(name, Session(Store.create(folder / "store", user, WORDS, cost=CHEAP).store), folder)


def open_workstation(template: Path, folder: Path, name: str) -> Workstation:
    """Opens a copy of a closed store, as the workstation of a test."""
    folder.mkdir(parents=True)
    return Workstation(name, Session(Store.open(Path(shutil.copytree(template, folder / "store")), "first", WORDS)), folder)


def write_reports(folder: Path, *numbers: str) -> Path:
    """A bundle with a report and a picture a number."""
    for number in numbers or NUMBERS:
        there = folder / number
        there.mkdir(parents=True)
        (there / f"{number}.json").write_bytes(le_json(int(number)))
        (there / f"{number}.jpg").write_bytes(jpeg(int(number) % 97))
    return folder


def copy_store(of: Workstation, to: Path) -> Path:
    """A copy of a closed store."""
    return Path(shutil.copytree(of.folder / "store", to))
