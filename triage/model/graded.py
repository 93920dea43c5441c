"""Graded media for other tools: what an export may say of each file, and what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from triage.message import Message
from triage.model.casework import Grade
from triage.model.digest_kinds import DIGEST_KINDS, DigestKind

HashListKind = Literal[DigestKind, "pdq"]
HASH_LIST_KINDS: tuple[HashListKind, ...] = (*DIGEST_KINDS, "pdq")
"""The kinds of hashes that a hash list for another tool may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlace:
    """Where a report holds a file: the report's number, the file's name there, and its path in the bundle."""

    report: str
    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedFile:
    """One media item whose grade is final."""

    id: int
    """The store's number of the media item: the same in every export."""
    sha256: str
    md5: str
    sha1: str
    size: int
    mime: str | None
    grade: Grade
    graded_at: str
    for_court: bool
    """Two people graded it without knowing of each other, or a lead decided between them."""
    inherited_from: str | None
    """SHA-256 of the matching image that was viewed; None when this file was viewed."""
    pdq: bytes | None
    pdq_quality: int | None
    exif: tuple[tuple[str, str], ...]
    places: tuple[FilePlace, ...]
    """Only those in reports that may leave."""
    series: str = ""
    """Number of its series for victim identification, the oldest one; "" without one."""
    victim_identified: bool | None = None
    """What people recorded of its series; None: not known, or its series differ."""
    damaged: bool = False
    """What was measured of it is damaged in the store, so type, hashes of its look and metadata are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file that an export leaves out, and why."""

    sha256: str
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedCase:
    """A case as other tools take it."""

    number: str
    registers: tuple[tuple[str, str], ...]
    """(kind, value) of the numbers that registers gave it."""
    reports: tuple[str, ...]
    officer: str
    """Name of the officer in charge, or "" when the case has none."""
    rank: str
    agency: str
    """The agency's name, or "" when nobody has set one."""
    store: str
    """Fingerprint of the store's key: numbers of cases are unique only within one store."""
    cleared: str | None = None
    """The reports whose reported user was cleared, and why they are in the export all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenMedia:
    """What an export of graded media wrote. Field names are the JSON keys of the command line contract."""

    path: str
    media: int
    left_out: tuple[LeftOut, ...] = field(default=())
    signature_key: str
