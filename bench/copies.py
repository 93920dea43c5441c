"""A large store for benches: the feed, and copies of it that are other people's.

In a copy every report number, account, phone, card, address, device, file and text is fresh, and all times are shifted; what the
reports of the feed share among themselves, the reports of a copy share among themselves. So a report of a copy has the neighbours
that its original has, and meets another copy only where reports of a real store would: addresses are drawn from the same
operator's range, and pictures that stand in many reports of the feed stand in all copies too.
"""

from __future__ import annotations

import dataclasses
import hashlib
import ipaddress
import re
from collections.abc import Set
from datetime import timedelta
from functools import lru_cache

from msgspec.structs import replace

from triage.jobs.codec import document_from_json, document_to_json, facts_from_bytes, facts_to_bytes
from triage.jobs.session import Session
from triage.locate.ip import look_up
from triage.model.document import Document, Fact, FileEntry, Identifier
from triage.model.moment import Moment, make_moment
from triage.store.batch import Batch
from triage.store.queries import judgement, media, reports

EVERYWHERE = 6
"""A picture that stands in so many reports of the feed goes round, and is the same in all copies."""
_SHIFT = timedelta(hours=7, minutes=13)
_DIGESTS = ("md5", "sha1", "sha256")
_NEXT = 2_741
"""Between the number of a person and that of the same person in the next copy; more than the feed has people."""


def copy_feed(session: Session, count: int) -> None:
    """Copies what is in the store until it holds `count` reports; those that are new are stale."""
    with session.reading() as db:
        first = [i for (i,) in db.all("SELECT id FROM report ORDER BY id")]
        shared = {
            digest
            for row in db.all(
                "SELECT md5, sha1, sha256 FROM media_item WHERE id IN (SELECT media_item_id FROM file GROUP BY media_item_id"
                " HAVING count(DISTINCT report_id) >= ?)",
                (EVERYWHERE,),
            )
            for digest in row
        }
    for turn in range(1, -(-count // len(first))):
        with session.store.batch() as batch:
            for report_id in first[: max(0, count - turn * len(first))]:
                _copy(batch, report_id, turn, shared)
            batch.note("bench filled", turn=turn)


def _copy(batch: Batch, report_id: int, turn: int, shared: Set[str]) -> None:
    new = reports.add_report(batch, _number(reports.load_number(batch, report_id), turn))
    for n, bundle, changes, imported in batch.all(
        "SELECT n, bundle_id, changes, imported FROM report_version WHERE report_id = ? ORDER BY n", (report_id,)
    ):
        reports.save_version(batch, new, n, imported=imported, bundle_id=bundle, changes=changes)
    for row in reports.list_sources(batch, report_id):
        parsed = document_to_json(another(document_from_json(row.parsed), turn, shared))
        reports.add_source(
            batch, new, slot=row.slot, format=row.format, path=row.path, sha256=row.sha256, parsed=parsed, since=row.since
        )
    for medium, bundle, name, path, level in batch.all(
        "SELECT media_item_id, bundle_id, name, path, level FROM file WHERE report_id = ?", (report_id,)
    ):
        media.add_file(batch, new, bundle, _medium(batch, medium, turn, shared), name, path, level)
    judgement.mark_stale(batch, [new])


def _medium(batch: Batch, medium_id: int, turn: int, shared: Set[str]) -> int:
    row = media.load_media_item(batch, medium_id)
    if row is None or row.sha256 in shared:
        return medium_id
    sha256 = _digest(row.sha256, turn, shared)
    there = media.find_media_item(batch, sha256)
    if there is not None:
        return there.id
    md5, sha1 = _digest(row.md5, turn, shared), _digest(row.sha1, turn, shared)
    facts = None if row.facts is None else _facts(row.facts, turn)
    return media.add_media_items(batch, [(sha256, md5, sha1, row.size, row.item, facts, None, None, None)])[0]


def _facts(measured: bytes, turn: int) -> bytes:
    """Another camera, some metres away."""
    facts = facts_from_bytes(measured)
    exif = facts.exif
    if exif is None:
        return measured
    serial = f"{exif.serial}{turn:04d}" if exif.serial else exif.serial
    gps = (exif.gps[0] + turn * 1e-6, exif.gps[1]) if exif.gps and any(exif.gps) else exif.gps
    return facts_to_bytes(dataclasses.replace(facts, exif=dataclasses.replace(exif, serial=serial, gps=gps)))


def another(document: Document, turn: int, shared: Set[str] = frozenset()) -> Document:
    """The same document about other people. `shared`: digests that stay."""
    return replace(
        document,
        numbers=tuple(_number(n, turn) for n in document.numbers),
        prior_reports=tuple(_number(n, turn) for n in document.prior_reports),
        incident_time=_shifted(document.incident_time, turn),
        received=_shifted(document.received, turn),
        identifiers=tuple(_identifier(i, turn) for i in document.identifiers),
        files=tuple(_file(f, turn, shared) for f in document.files),
        people=tuple(replace(p, facts=tuple(_fact(f, turn) for f in p.facts)) for p in document.people),
        free_text=tuple(replace(t, text=f"{t.text} ({turn})") for t in document.free_text),
    )


def _identifier(i: Identifier, turn: int) -> Identifier:
    if i.role == "reporter" or i.kind == "name":
        return i
    value = _value(i.kind, i.value, turn)
    normal = None if i.normalised is None else _value(i.kind, i.normalised, turn)
    port = None if i.port is None else i.port if i.port < 10_000 else 10_000 + (i.port + 7_919 * turn) % 50_000
    return replace(i, value=value, normalised=normal, port=port, time=_shifted(i.time, turn))


def _value(kind: str, text: str, turn: int) -> str:
    if kind == "ip":
        return _address(text, turn)
    if kind == "phone":
        return _digits(text, turn, end=0)
    if kind == "cnic":
        return _digits(text, turn, end=1)
    name, at, rest = text.partition("@")
    return f"{name}{turn:04d}{at}{rest}"


def _digits(text: str, turn: int, *, end: int) -> str:
    """The seven digits before the last `end` are another subscriber's."""
    places = [found.start() for found in re.finditer(r"\d", text)]
    places = places[-7 - end : len(places) - end]
    if len(places) < 7:
        return text
    number = (int("".join(text[at] for at in places)) + turn * _NEXT) % 10_000_000
    changed = dict(zip(places, f"{number:07d}", strict=True))
    return "".join(changed.get(at, c) for at, c in enumerate(text))


@lru_cache(maxsize=65_536)
def _address(text: str, turn: int) -> str:
    """Another address of the same operator: within 4,096 addresses where all of them are its own, else within 256."""
    try:
        own = ipaddress.ip_address(text)
    except ValueError:
        return text
    found = look_up(text)
    if found is None or not own.is_global:
        return text
    drawn = int.from_bytes(hashlib.blake2b(f"{text} {turn}".encode(), digest_size=8).digest(), "big")
    for bits in (12, 8) if own.version == 4 else (64,):
        new = str(type(own)((int(own) >> bits << bits) | (drawn % (1 << bits))))
        there = look_up(new)
        if there is not None and (there.rule, there.operator, there.country) == (found.rule, found.operator, found.country):
            return new
    return text


def _file(file: FileEntry, turn: int, shared: Set[str]) -> FileEntry:
    declared = tuple(
        (kind, _digest(value.casefold(), turn, shared) if kind in _DIGESTS else value) for kind, value in file.declared
    )
    return replace(file, declared=declared, uploaded=_shifted(file.uploaded, turn))


def _fact(fact: Fact, turn: int) -> Fact:
    """A person's own words are their own."""
    own = isinstance(fact.value, str) and re.search(r"bio$|description$", fact.name, re.IGNORECASE)
    return replace(fact, value=f"{fact.value} ({turn})") if own else fact


def _digest(digest: str, turn: int, shared: Set[str]) -> str:
    """Of other bytes, as long as this one."""
    return digest if digest in shared else hashlib.sha256(f"{digest} {turn}".encode()).hexdigest()[: len(digest)]


def _number(number: str, turn: int) -> str:
    return f"L-{turn}{number[2:]}" if reports.is_local(number) else f"{turn}{number}"


def _shifted(moment: Moment | None, turn: int) -> Moment | None:
    """The reports of a copy lie before those of the copy before it."""
    return None if moment is None else make_moment(moment.datetime() - turn * _SHIFT, moment.original, moment.zone)
