"""Records of what the feed invents before anything is written: reports with their people, captures and files.

The writers turn these into the provider's XML or law enforcement's JSON. truth.py writes down what was planted. None means "the
source does not state it", as in the documents themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Zone = Literal["Z", "+05:00", "-07:00", ""]
"""How a document writes the time; "" leaves the zone out."""
Gravity = Literal["acute", "grave", "ordinary", "low", "noise"]
Form = Literal["xml", "json", "pdf"]


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A point in time (aware) and the zone in which the document states it."""

    at: datetime
    zone: Zone = "Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """An address as captured by the provider. `operator` and `country` are the feed's own knowledge, for the truth."""

    address: str
    country: str
    operator: str
    when: When | None = None
    event: str | None = None
    port: int | None = None
    proxy: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A phone number or an e-mail address."""

    value: str
    kind: str | None = None
    verified: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device id of an account, with the event it was seen at."""

    kind: str
    value: str
    event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address."""

    street: str | None
    city: str
    region: str
    postcode: str | None
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """A person or account of a report. Tri-states are True, False or None."""

    first: str | None = None
    last: str | None = None
    phones: tuple[Contact, ...] = ()
    emails: tuple[Contact, ...] = ()
    address: Address | None = None
    age: int | None = None
    born: str | None = None
    user_id: str | None = None
    service: str | None = None
    screen_name: str | None = None
    display_names: tuple[str, ...] = ()
    profile_urls: tuple[str, ...] = ()
    bio: str | None = None
    captures: tuple[Capture, ...] = ()
    devices: tuple[Device, ...] = ()
    estimated: tuple[str, str, str] | None = None
    """(city, region, country code) as the provider estimates it."""
    compromised: bool | None = None
    third_party: bool | None = None
    disabled: bool | None = None
    all_emails: bool | None = None
    prior_reports: tuple[str, ...] = ()
    group: str | None = None
    vehicle: str | None = None
    school: str | None = None
    notes: str | None = None
    associated: tuple[tuple[str, Someone], ...] = ()
    """(type of account, account)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a report.

    `picture` is the id of the image whose bytes lie beside the documents.

    When `present` is False the image's digests are only declared.
    """

    id: str
    picture: str
    name: str
    original_name: str | None = None
    present: bool = True
    viewed: bool | None = None
    exif_viewed: bool | None = None
    public: bool | None = None
    relevance: str | None = None
    annotations: tuple[str, ...] = ()
    legacy_meme: bool | None = None
    """The older `potentialMeme` element instead of annotations."""
    classification: str | None = None
    hash_kinds: tuple[str, ...] = ("MD5",)
    wrong_hash: bool = False
    """Declares a digest that the bytes do not have."""
    uploaded: When | None = None
    capture: Capture | None = None
    device: Device | None = None
    url: str | None = None
    camera: tuple[tuple[str, str], ...] = ()
    """(name, value) pairs that the provider read from the EXIF."""
    notes: str | None = None
    tags: tuple[str, ...] = ()
    """NCMEC's tags, only in the law enforcement JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One description of the incident (`internetDetails`, `incidentDetails`): its kind and what it states."""

    kind: Literal["web", "email", "newsgroup", "chat", "game", "phone", "place", "p2p"]
    values: tuple[tuple[str, str], ...] = ()
    text: str | None = None
    captures: tuple[Capture, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An invented reporting company, with its office for police requests, which is nobody's identifier."""

    name: str
    service: str
    desk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report as planned.

    `number` is NCMEC's, None where a provider's copy carries none.
    """

    key: str
    number: str | None
    form: Form
    story: str
    gravity: Gravity
    country: str | None
    """Where the reported user is, as far as the report's evidence says; None: it does not say."""
    provider: Provider
    incident_type: str
    when: When
    received: datetime
    when_text: str | None = None
    platform: str | None = None
    escalation: str | None = None
    annotations: tuple[str, ...] = ()
    batched: bool = False
    priority: str | None = None
    designation: str | None = None
    incidents: tuple[Incident, ...] = ()
    suspects: tuple[Someone, ...] = ()
    recipients: tuple[Someone, ...] = ()
    victims: tuple[Someone, ...] = ()
    files: tuple[File, ...] = ()
    notes: str | None = None
    police: str | None = None
    """Agency that the provider says it has informed."""
    extra: tuple[tuple[str, str], ...] = ()
    """Elements that no schema knows (drift): name and text."""
    quirks: frozenset[str] = frozenset()
    """How the document is written: "bom", "nulls", "n/a", "int number", "typed incident", "text flags"; "pdf too": the JSON
    comes with its PDF."""
    cluster: str | None = None
    """Reports of one cluster share identifiers of the same planted person."""
