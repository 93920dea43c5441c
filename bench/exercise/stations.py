"""The workstations of the exercise, the people at each, and a watch for how long each step took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from triage.jobs import users
from triage.jobs.consent import Consent
from triage.jobs.session import Session, unlock
from triage.jobs.trusted_keys import trust_key
from triage.store.key_form import Cost
from triage.store.store import Store

_CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
_CHIEF = "chief"
_STAFF = {"lead": ["lead"], "analyst": ["analyst"], "second": ["analyst"], "examiner": ["examiner"]}


def _words(name: str) -> str:
    return f"nine slow lanterns of {name}s"


@dataclass
class Station:
    """A workstation: its store, and a session of each person, opened when first needed."""

    name: str
    folder: Path
    age_key: str = ""
    fingerprint: str = ""
    papers: int = 0
    _open: dict[str, Session] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def person(self, name: str = _CHIEF) -> Session:
        if name not in self._open:
            self._open[name] = unlock(self.store, name, _words(name))
        return self._open[name]

    @property
    def chief(self) -> Session:
        """Holds all roles: makes packages with media, keeps keys and destroys."""
        return self.person(_CHIEF)

    @property
    def lead(self) -> Session:
        return self.person("lead")

    @property
    def analyst(self) -> Session:
        return self.person("analyst")

    def consent(self, name: str = "lead") -> Consent:
        return Consent(name, _words(name))

    def words(self, name: str = _CHIEF) -> str:
        return _words(name)

    def paper(self, name: str) -> Path:
        """Returns where a new file or folder of this station goes."""
        self.papers += 1
        return self.folder / f"{self.papers:04d}-{name}"

    def trust(self, other: Station) -> None:
        trust_key(self.chief, other.fingerprint, other.name)

    def close(self) -> None:
        for session in self._open.values():
            session.close()
        self._open.clear()


def open_station(folder: Path, name: str) -> Station:
    """Makes a store with its staff. Everybody sets a passphrase of their own, as the program demands."""
    folder.mkdir(parents=True)
    made = Station(name, folder)
    with Session(Store.create(made.store, _CHIEF, _words(_CHIEF), cost=_CHEAP).store) as chief:
        made.age_key, made.fingerprint = chief.store.recipient, chief.store.fingerprint
        for person, roles in _STAFF.items():
            first = f"first {_words(person)}"
            users.add_user(chief, person, roles, first, None if person == "lead" else made.consent())
            with unlock(made.store, person, first) as own:
                users.change_passphrase(own, _words(person))
    return made


@dataclass
class Watch:
    """How often each step was taken, and how long it took in all."""

    seconds: dict[str, float] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    longest: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            took = time.monotonic() - begun
            self.seconds[name] = self.seconds.get(name, 0.0) + took
            self.times[name] = self.times.get(name, 0) + 1
            self.longest[name] = max(self.longest.get(name, 0.0), took)
