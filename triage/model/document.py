"""What one source document says. Importers return these; nothing is dropped, nothing is invented.

A value that the source did not state is None, never False or "". Presence flags (ESP XML annotations) are names in a tuple:
a name that is missing was not asserted, which is not "no".

They are structs, not dataclasses: a report has hundreds of such values, and a struct is made in a twentieth of the time. None
holds a cycle, so the garbage collector may leave them out (`gc=False`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from triage.model.formats import ReportFormat
from triage.model.moment import Moment

_ON_PAGE = re.compile(r"page (\d+)(?:[, ]|$)", re.ASCII)
Role = Literal[
    "suspect", "recipient", "victim", "complainant", "witness", "associated", "file", "incident", "mentioned", "reporter",
    "subscriber",
]  # fmt: skip
"""Of whom an identifier speaks. "suspect" is the field's word for a person the source reports; screens say "reported user"."""

Scalar = str | int | bool | None


class Source(msgspec.Struct, frozen=True, gc=False):
    """The place of a value: the document's path in its bundle, the place in the document, and the label there.

    The place is an XML or JSON path, or what `place_on_page` returns.
    """

    document: str
    at: str
    label: str

    @property
    def page(self) -> int | None:
        """Returns the number of the page, or None where the place names no page."""
        found = _ON_PAGE.match(self.at)
        return int(found[1]) if found else None


def place_on_page(page: int, more: str = "") -> str:
    """Returns the place of a value on a page, which `Source.page` reads."""
    return f"page {page}, {more}" if more else f"page {page}"


class Identifier(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A value that may lead to a person, a line, a device or a location.

    `kind` is ip, email, phone, username, display_name, user_id, url, device, cnic, wallet, name, address, or another by need.
    `value` is verbatim. `normalised` is its normal form, or None. `person` is the index of the person in the document's (or
    report's) `people`. `file` is the key of the file entry it came with. `details` keeps the rest that the source stated about it
    ("type": "Mobile", "countryCallingCode": "+92").
    """

    kind: str
    value: str
    normalised: str | None = None
    role: Role
    port: int | None = None
    time: Moment | None = None
    event: str | None = None
    verified: bool | None = None
    possible_proxy: bool | None = None
    person: int | None = None
    file: str | None = None
    details: tuple[tuple[str, str], ...] = ()
    sources: tuple[Source, ...]


class Fact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A stated property: `name` in the source's spelling (age, compromisedAccount ...), its value, and its sources."""

    name: str
    value: Scalar
    sources: tuple[Source, ...]


class Person(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A person or account block of a report.

    `says` is the source's own word for it ("personOrUserReported", "Suspect 1").
    """

    role: Role
    says: str
    facts: tuple[Fact, ...] = ()


def find_owner(identifier: Identifier, people: Sequence[Person]) -> Role:
    """Returns of whom an identifier is: an account that is associated with a victim or recipient is theirs."""
    if identifier.role != "associated" or identifier.person is None:
        return identifier.role
    for fact in people[identifier.person].facts:
        owner = str(fact.value).casefold() if fact.name == "associatedWith" else ""
        if "victim" in owner:
            return "victim"
        if "recipient" in owner:
            return "recipient"
    return "associated"


class FreeText(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A whole text block.

    `of` is the role it belongs to ("incident" for the report as a whole), `label` its element or key.
    """

    text: str
    of: Role
    label: str
    sources: tuple[Source, ...]


class NotUnderstood(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An element, key or line that the importer does not know, kept whole."""

    source: str
    path: str
    value: str


class FileEntry(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A file that a report lists.

    Its bytes may be missing.

    `key` is stable across versions: the ESP's file id, else "name:<name>", else "hash:<declared>". `declared` maps hash kinds in
    lower case (md5, sha1, sha256, pdq, photodna ...) to the stated digest. Tri-states are True, False or None (not stated).
    `classification` is the ESP's A1, A2, B1 or B2. `annotations` are asserted presence flags and NCMEC tags.
    """

    key: str
    name: str | None = None
    original_name: str | None = None
    declared: tuple[tuple[str, str], ...] = ()
    viewed_by_esp: bool | None = None
    exif_viewed_by_esp: bool | None = None
    publicly_available: bool | None = None
    classification: str | None = None
    annotations: tuple[str, ...] = ()
    relevance: str | None = None
    uploaded: Moment | None = None
    metadata: tuple[tuple[str, str, str], ...] = ()
    """(type, name, value): type is EXIF, HASH, espMetadata or ""."""
    facts: tuple[Fact, ...] = ()
    sources: tuple[Source, ...]


class Document(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One source document as read.

    `slot` names its part of the report: "esp_xml/report", "esp_xml/file/<fileId>", "esp_xml/response", "le_json", "le_pdf". A
    later document replaces the one in the same slot, and adds to those in others. `numbers` are the NCMEC report numbers it
    carries for itself (none for an ESP-side `report`). `prior_reports` are other reports it names. `designation` is referral,
    informational, auto-referred or withdrawn, only when stated.
    """

    format: ReportFormat
    slot: str
    path: str
    numbers: tuple[str, ...] = ()
    designation: str | None = None
    incident_type: str | None = None
    incident_time: Moment | None = None
    received: Moment | None = None
    esp: str | None = None
    priority_code: str | None = None
    escalation: str | None = None
    """The provider's reason for `escalateToHighPriority`, verbatim; not None means escalated."""
    annotations: tuple[str, ...] = ()
    prior_reports: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    files: tuple[FileEntry, ...] = ()
    facts: tuple[Fact, ...] = ()
    free_text: tuple[FreeText, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
