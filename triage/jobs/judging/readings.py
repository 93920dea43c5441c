"""Keeps what the reader found in the texts of a report, so that its texts are read once and not at each judging.

A stored reading belongs to one report and goes with it when the report is destroyed. It rests on the report's documents and
texts, on the words and weights of the reader and on this version of the program. When one of them changes, the texts are read
anew.

An import reads the texts of a new report to find out whether it can't wait. That reading is stored with the report, so that
judging does not read the same texts a second time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import msgspec

from triage import __version__
from triage.importers.merge import merge_texts
from triage.intents import Reading, edition, read_texts
from triage.jobs.codec import read_or_none
from triage.jobs.judging.material import Material, digest_documents
from triage.model.document import Document
from triage.model.media import MediaFacts
from triage.model.report import Report
from triage.priority import file_texts_of, texts_of
from triage.resources import reads_tables
from triage.store.queries.judgement import StoredReading

DIGEST_BYTES = 16
"""As much of a SHA-256 is kept: it tells one state of a report from another, and protects nothing."""
_to_bytes = msgspec.msgpack.encode
_from_bytes = msgspec.msgpack.Decoder(Reading).decode


def read_report(material: Material, report: Report, media: Mapping[str, MediaFacts]) -> tuple[Reading, StoredReading]:
    """Returns what the texts of a report may say: the stored reading while it rests on the same, else one made anew."""
    basis = _digest_basis(material)
    stored = material.reading
    if stored is not None and stored.basis == basis:
        kept = read_or_none(_from_bytes, stored.reading, material.report_id)
        if kept is not None:  # a damaged one is made anew: all that it rests on is here
            return kept, stored
    reading = read_texts([*texts_of(report.free_text), *file_texts_of(report, media)])
    return reading, StoredReading(basis, _to_bytes(reading))


def read_documents(documents: Sequence[Document]) -> Reading:
    """Returns what the texts of a report may say that has these documents and no files."""
    return read_texts(texts_of(merge_texts(documents)))


def make_stored_reading(reading: Reading, documents: Iterable[bytes]) -> StoredReading:
    """Returns a reading of documents as it is stored. They are given as the store holds them, in the order of its rows."""
    return StoredReading(_digest_parts([digest_documents(documents)]), _to_bytes(reading))


def _digest_basis(material: Material) -> bytes:
    """Returns a digest of what a reading rests on. Files without a text are left out: measuring an image changes nothing here."""
    parts = [material.digest]
    if material.texts:
        parts.append(msgspec.msgpack.encode(material.occurrences))
    for sha256, text in sorted(material.texts.items()):
        parts += [sha256.encode(), material.facts.get(sha256, b""), text]
    return _digest_parts(parts)


def _digest_parts(parts: Iterable[bytes]) -> bytes:
    """Returns a digest of the reader and of what it read."""
    whole = hashlib.sha256(_edition_of_reader())  # processors have instructions for it: BLAKE2 takes three times as long
    for part in parts:
        whole.update(b"%d\n" % len(part))
        whole.update(part)
    return whole.digest()[:DIGEST_BYTES]


@reads_tables
@cache
def _edition_of_reader() -> bytes:
    """Returns what names the reader: its words, patterns and weights, and the version of the program."""
    return f"{__version__} {edition()}".encode()
