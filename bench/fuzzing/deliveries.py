"""Defines the adversary of deliveries: older, poorer, contradicting, renumbered, folded and packaged documents of few reports.

They come in random order. Asked after each: no band, number, lane, deadline or party of a report got weaker, for no person acted;
reports in are reports out; every file is a source, a file of a report or set aside. Asked at the end: another order of the same
deliveries leads to the same standing of every report.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.fuzzing import seeds
from bench.fuzzing.mutate import Chance, json_places, mutate_file
from bench.fuzzing.place import CHEAP, USER, WORDS, Place, Problems
from bench.fuzzing.seeds import Files
from triage.errors import Refused, WorldError
from triage.jobs.exchange.receive import import_paths
from triage.jobs.exchange.send import export_work
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.jobs.trusted_keys import trust_key
from triage.model.handover import Receipt
from triage.model.views import QueueFilter, QueueRow
from triage.store.store import Store

REPORTS = 3
"""Few, so that many deliveries meet in one report."""
PACKAGED = "packaged/"
"""Files in this folder come by way of another workstation, in a work package."""
LESSER = ("Apparent Child Pornography", "Misleading Words or Digital Images on the Internet", "Misleading Domain Name", "", None)
TIES = 5.0
"""The most points for acting that ties give. What many reports hold ties nobody: that truth is about all reports, not about one."""
_LANES = ("no", "waits for a lead", "confirmed")
_OF_VERSIONS = ("version waits", "changed after closing", "sources disagree: type", "sources disagree: person")
"""Flags that tell what arrived and not how grave a report is: they come and go with it."""


@cache
def originals() -> tuple[Files, ...]:
    """Returns the reports that every delivery is about: the feed's first ones that have a JSON document."""
    with_json = [files for files in seeds.feed_reports() if any(name.endswith(".json") for name in files)]
    return tuple(with_json[:REPORTS])


def find_number(files: Files) -> str:
    """Returns the number of a report of the feed."""
    return next(str(json.loads(data)["reportId"]) for name, data in files.items() if name.endswith(".json"))


# What a delivery is


def _change_json(files: Files, change: Callable[[Any], None]) -> Files:
    """Returns the files with their JSON documents changed."""
    changed = {}
    for name, data in files.items():
        if name.endswith(".json"):
            value = json.loads(data)
            change(value)
            data = json.dumps(value).encode()
        changed[name] = data
    return changed


def make_poorer(chance: Chance, files: Files) -> Files:
    """Returns the report with fewer statements, documents or attachments, as an older version has them."""

    def forget(value: Any) -> None:
        for _ in range(chance.choice((1, 3, 8))):
            inside, key = chance.choice(list(json_places(value)))
            if key != "reportId":
                del inside[key]

    kept = _change_json(files, forget)
    for name in sorted(kept):
        if len(kept) > 1 and chance.random() < 0.3:
            del kept[name]
    return kept


def make_contradicting(chance: Chance, files: Files) -> Files:
    """Returns the report with another type, other days, or another person in the place of the reported one."""

    def contradict(value: Any) -> None:
        for inside, key in list(json_places(value)):
            if key == "incidentType" and chance.random() < 0.7:
                inside[key] = chance.choice(LESSER)
            elif key == "value" and isinstance(inside[key], str) and chance.random() < 0.5:
                inside[key] = chance.choice(("somebody_else", "else@mail.example.invalid", "+92 300 0000999", ""))
            elif key in ("dateReceived", "incidentDateTime", "dateTime") and chance.random() < 0.5:
                inside[key] = chance.choice(("2019-01-01T00:00:00Z", "2026-10-01T00:00:00Z", "2031-01-01T00:00:00Z", None))

    return _change_json(files, contradict)


def make_renumbered(chance: Chance, files: Files) -> Files:
    """Returns the report under the number of another one, or under its own in another spelling."""
    own = find_number(files)
    other = chance.choice([*map(find_number, originals()), f" {own} ", f"0{own}", f"{own[:3]} {own[3:]}", f"{own}\u200f"])
    return {name: data.replace(own.encode(), other.encode()) for name, data in files.items() if not name.endswith(".pdf")}


def make_mutated(chance: Chance, files: Files) -> Files:
    """Returns the report with mutants in the place of some of its files."""
    changed = dict(files)
    for name in chance.sample(sorted(changed), k=min(len(changed), chance.choice((1, 2)))):
        changed[name] = mutate_file(chance, name, changed[name])
    return changed


def make_reworded(chance: Chance, files: Files) -> Files:
    """Returns the same statements in other bytes."""
    indent = chance.choice((None, 1, 7))
    return {
        name: json.dumps(json.loads(data), indent=indent).encode() if name.endswith(".json") else data
        for name, data in files.items()
    }


def fold(chance: Chance, files: Files) -> Files:
    """Returns the files in a zip, which may lie in another one."""
    packed = files
    for level in range(chance.choice((1, 1, 2))):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as bundle:
            for name, data in packed.items():
                bundle.writestr(zipfile.ZipInfo(name), data)
        packed = {f"bundle{level}.zip": out.getvalue()}
    return packed


MAKERS = (make_poorer, make_poorer, make_contradicting, make_contradicting, make_renumbered, make_mutated, make_reworded)


def make_delivery(chance: Chance) -> Files:
    """Returns one delivery about one or two of the reports."""
    files: Files = {}
    for n, original in enumerate(chance.sample(originals(), k=chance.choice((1, 1, 1, 2)))):
        made = dict(original) if chance.random() < 0.15 else chance.choice(MAKERS)(chance, original)
        files |= {f"{n}/{name}": data for name, data in made.items()}
    how = chance.random()
    if how < 0.25:
        return fold(chance, files)
    return {PACKAGED + name: data for name, data in files.items()} if how < 0.4 else files


# What is asked


@dataclass(frozen=True, slots=True)
class Standing:
    """What nothing that arrives may weaken."""

    row: QueueRow
    clocks: dict[str, str]
    parties: frozenset[tuple[str, str, str]]
    flags: frozenset[str]
    ties: frozenset[tuple[str, str]]

    def list_weakened(self, later: Standing) -> list[str]:
        """Returns what is weaker in a later standing of the same report."""
        old, new = self.row, later.row
        lost_clocks = [name for name, due in self.clocks.items() if later.clocks.get(name, "9") > due]
        values = {value for _, value, _ in later.parties}  # what a text mentions is no longer listed there once a field states it
        gone = {each for each in self.parties - later.parties if each[2] != "mentioned" or each[1] not in values}
        faded = TIES if self.ties - later.ties else 0.0
        weaker = {
            f"the band fell from {old.band} to {new.band}": new.band > old.band,
            f"the risk fell from {old.risk} to {new.risk}": new.risk < old.risk,
            f"the number for acting fell from {old.actionability} to {new.actionability}": new.actionability
            < old.actionability - faded,
            f"the child lane was left: {old.child_lane}, {new.child_lane}": _LANES.index(new.child_lane)
            < _LANES.index(old.child_lane),
            f"clocks became later or vanished: {lost_clocks}": bool(lost_clocks),
            f"parties vanished: {sorted(gone)[:3]}": bool(gone),
            f"flags vanished: {sorted(self.flags - later.flags)}": not self.flags <= later.flags,
            f"Pakistan is no longer seen: {old.in_pakistan}, {new.in_pakistan}": old.in_pakistan is True
            and new.in_pakistan is not True,
            f"files vanished: {old.files}, {new.files}": new.files < old.files,
            f"the status changed: {old.status}, {new.status}": new.status != old.status,
        }
        return [sentence for sentence, holds in weaker.items() if holds]

    def summarise(self) -> tuple[Any, ...]:
        """Returns what must be the same whatever the order of the deliveries."""
        row = self.row
        return (
            *(row.band, row.risk, row.actionability, row.office, row.incident_type, row.child_lane, row.in_pakistan, row.files),
            *(sorted(self.clocks.items()), sorted(self.parties), sorted(self.flags)),
        )


def read_standings(session: Session) -> dict[str, Standing]:
    """Returns the standing of every report by its number."""
    found = {}
    for row in list_queue_rows(session, QueueFilter()):
        shown = load_report_view(session, row.report_id)
        found[row.report_id] = Standing(
            row,
            {clock.name: str(clock.due) for clock in shown.clocks if clock.due},
            frozenset((each.kind, each.value, str(each.role)) for each in shown.identifiers),
            frozenset(map(str, row.flags)) - set(_OF_VERSIONS),
            frozenset((each.report_id, each.via) for each in shown.links),
        )
    return found


def list_contents(files: Files) -> Files:
    """Returns the files of a delivery, those in zips too."""
    found = {}
    for name, data in files.items():
        if name.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(data)) as opened:
                found |= list_contents({f"{name}/{each}": opened.read(each) for each in opened.namelist()})
        else:
            found[name] = data
    return found


def is_findable(session: Session, digest: str) -> bool:
    """Returns whether a file of this SHA-256 is a source or a file of a report, or is set aside."""
    in_gallery = "SELECT 1 FROM file f JOIN media_item m ON m.id = f.media_item_id WHERE m.sha256 = ?"
    in_gallery += " AND (f.report_id IS NOT NULL OR m.pdq IS NOT NULL)"
    ways = ("SELECT 1 FROM source WHERE sha256 = ?", in_gallery, "SELECT 1 FROM quarantined WHERE sha256 = ?")
    return any(session.store.read().value(way, (digest,)) is not None for way in ways)


class Deliveries:
    """Deliveries about few reports, one after the other, in two orders."""

    name, batch, patience, make = "deliveries", 10, 240, staticmethod(make_delivery)

    def run(self, place: Place, cases: list[Files]) -> Problems:
        """Returns what went wrong in a round."""
        problems = Problems()
        place.begin("store")
        folder = place.put("in", cases)
        # Whatever comes, comes twice: the second time each is an earlier version that is known already.
        order = [*range(len(cases)), *range(0, len(cases), 3)]
        with place.unlock() as session, _make_sender(place, session) as sender:
            paths = [_pack(sender, folder / f"{n:03d}", session.store.recipient) for n in range(len(cases))]
            first = self._deliver(problems, session, [(paths[n], cases[n]) for n in order])
            place.is_clean(problems, session)
        shutil.rmtree(place.store)
        shutil.copytree(place.template / "store", place.store)
        with place.unlock() as session:
            _trust(session, sender)
            second = self._deliver(problems, session, [(paths[n], cases[n]) for n in reversed(order)])
        problems.demand(set(first) == set(second), f"the order decides which reports there are: {set(first) ^ set(second)}")
        for number in sorted(set(first) & set(second)):
            one, other = first[number].summarise(), second[number].summarise()
            differing = [f"{a} / {b}"[:300] for a, b in zip(one, other, strict=True) if a != b]
            problems.demand(not differing, f"the order decides how a report stands: {differing[:2]}")
        place.nothing_outside(problems, "sender", "packages")
        return problems

    def _deliver(self, problems: Problems, session: Session, deliveries: list[tuple[Path, Files]]) -> dict[str, Standing]:
        """Imports deliveries one after the other, asks after each, and returns how the reports stand at the end."""
        standings = read_standings(session)
        for path, files in deliveries:
            known = len(standings)
            with problems.watch("import", Refused):  # a package that came before is refused, and changes nothing
                result = import_paths(session, [path], receipt=Receipt())
                now = read_standings(session)
                problems.demand(
                    len(now) == known + result.reports.new, f"{result.reports.new} new, {known} before, {len(now)} after"
                )
                for number, before in standings.items():
                    problems.demand(number in now, "a report vanished")
                    if number in now:
                        problems.extend(f"nobody acted: {sentence}" for sentence in before.list_weakened(now[number]))
                named = {Path(each.path).name for each in (*result.quarantined, *result.skipped)}
                for name, data in list_contents(files).items():
                    findable = is_findable(session, hashlib.sha256(data).hexdigest()) or Path(name).name in named
                    problems.demand(findable or path.is_file(), f"neither findable nor set aside: {Path(name).suffix}")
                standings = now
        return standings


# The other workstation


def _make_sender(place: Place, receiver: Session) -> Session:
    """Returns the session of another workstation, whose key the receiver knows."""
    sender = Session(Store.create(place.round / "sender", USER, WORDS, cost=CHEAP).store)
    _trust(receiver, sender)
    return sender


def _trust(receiver: Session, sender: Session) -> None:
    """Lets the receiver take packages of the sender."""
    trust_key(receiver, sender.store.fingerprint, "sender")


def _pack(sender: Session, folder: Path, recipient: str) -> Path:
    """Returns the work package of a delivery that comes by way of the sender; the folder itself when it comes directly.

    The sender keeps what it has: later packages hold all versions that it has.
    """
    if not (folder / PACKAGED).exists():
        return folder
    result = import_paths(sender, [folder], receipt=Receipt())
    package = folder.parent.parent / "packages" / f"{folder.name}.age"
    package.parent.mkdir(exist_ok=True)
    try:
        export_work(sender, result.report_ids, recipient, package)
    except WorldError:  # nothing new in it, or nothing that a package takes
        return folder
    return package
