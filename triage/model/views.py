"""What people and other programs read. Field names are the JSON keys of the command line contract: extend, never rename."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from triage.message import Message
from triage.model.judgement import Clock, Factor, LawSuggestion, Link, PersonPlace, PlaceEvidence
from triage.model.matches import AlikeFile, FileMatch, NearMatch

Status = Literal["new", "in_progress", "referred", "case_opened", "closed", "on_hold"]
STATUSES: tuple[Status, ...] = ("new", "in_progress", "referred", "case_opened", "closed", "on_hold")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One report in the queue. `id` is the store's internal number: screens keep these and fetch rows lazily."""

    id: int
    report_id: str
    band: str
    risk: float
    actionability: float
    deadline: str | None
    deadline_name: str | None
    esp: str | None
    incident_type: str | None
    received: str | None
    received_estimated: bool
    office: str | None
    status: Status
    assignee: str | None
    duplicates_of: str | None
    flags: tuple[str, ...]
    in_pakistan: bool | None
    province: str | None
    files: int
    files_present: int
    child_lane: Literal["no", "waits for a lead", "confirmed"] = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    office: str | None = None
    band: str | None = None
    status: str | None = None
    assignee: str | None = None
    search: str | None = None
    expiring_within_days: int | None = None
    """Only reports whose next deadline falls within so many days (the "preserve now" lane)."""
    flag: str | None = None
    """Only reports with this flag ("child lane", "escalated" ...)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSource:
    document: str
    page: int | None
    path: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowIdentifier:
    kind: str
    value: str
    normalised: str | None
    role: str
    port: int | None
    time: str | None
    time_original: str | None
    time_zone: str | None
    event: str | None
    verified: bool | None
    possible_proxy: bool | None
    person: int | None
    file: str | None
    details: dict[str, str]
    sources: tuple[ShowSource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPerson:
    role: str
    says: str
    facts: dict[str, str | int | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerdict:
    """`known` is "exact", "near", "possible", "held for review", "not known" or "not checked"; `why` says which list and date,
    or seen by whom. `grade_says` tells how a grade came: "seen by X at T" or "inherited from ...": `inherited_from` is the
    SHA-256 of the file that was seen, `inherited_distance` how far it is from this one."""

    known: str
    why: Message
    grade: str | None = None
    graded_by: str | None = None
    graded_at: str | None = None
    grade_says: Message | None = None
    grade_state: str | None = None
    """"graded", or why no grade stands yet."""
    inherited_from: str | None = None
    inherited_distance: int | None = None
    matches: tuple[FileMatch, ...] = ()
    conflict: bool = False
    """One list calls it known, another known-good or negative."""
    list_kinds: tuple[str, ...] = ()
    """What the lists that hold it say: known, known-good, negative, case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFilm:
    """How a film was looked through: at so many places, of which `frames` were hashed, `flat` say too little and `still` are as
    one of them. `not_checked` says what could not be looked at; `crowd`, with how many films it shares frames when these
    are too many to be told, else 0."""

    frames: int
    looked: int
    flat: int
    still: int
    not_checked: tuple[Message, ...]
    crowd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFile:
    name: str | None
    original_name: str | None
    md5: str | None
    sha1: str | None
    sha256: str | None
    pdq: str | None
    pdq_quality: int | None
    phash: str | None
    size: int | None
    mime: str | None
    present: bool
    declared: dict[str, str]
    declared_hash_matches: bool | None
    viewed_by_esp: bool | None
    exif_viewed_by_esp: bool | None
    publicly_available: bool | None
    classification: str | None
    annotations: tuple[str, ...]
    relevance: str | None
    uploaded: str | None
    metadata: tuple[tuple[str, str, str], ...]
    facts: dict[str, str | int | bool | None]
    exif: dict[str, str]
    problem: str | None
    verdict: FileVerdict
    group: str | None
    """Id of the group of near duplicates, or None when the file stands alone."""
    group_size: int
    seen_in: tuple[str, ...]
    """Other reports that hold the same bytes."""
    key: str
    sources: tuple[ShowSource, ...]
    alike: tuple[AlikeFile, ...] = ()
    """The nearest of those that are like it, then those that are possibly so."""
    held: Message | None = None
    """Why its group folds nothing together, when a lead has still to say what so many pictures have in common."""
    duration_ms: int | None = None
    film: ShowFilm | None = None
    in_films: tuple[NearMatch, ...] = ()
    """Films that have something in common with this film, or hold this picture; and the pictures that this film shows."""
    not_checked: tuple[Message, ...] = ()
    """Ways in which it was not compared with others, and why: not yet, or it could not be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowText:
    text: str
    of: str
    label: str
    sources: tuple[ShowSource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowLocation:
    evidence: tuple[PlaceEvidence, ...]
    in_pakistan: bool | None
    verdict: str
    total: int
    province: str | None
    district: str | None
    office: str | None
    office_why: Message
    by_person: tuple[PersonPlace, ...]
    foreign: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowScore:
    band: str
    risk: float
    actionability: float
    factors: tuple[Factor, ...]
    would_change_if: tuple[Message, ...]
    flags: tuple[str, ...]
    rules: str
    near: tuple[str, ...] = ()
    """Bands in which the report would stand if every point of risk were a tenth more or less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowVersion:
    n: int
    imported: str
    sources: tuple[str, ...]
    changes: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowConflictValue:
    value: str
    sources: tuple[ShowSource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowConflict:
    field: str
    values: tuple[ShowConflictValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowNotUnderstood:
    source: str
    path: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDecision:
    id: int
    when: str
    user: str
    status: Status
    reason: str | None
    note: str | None
    assignee: str | None
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowReport:
    report_id: str
    aliases: tuple[str, ...]
    versions: tuple[ShowVersion, ...]
    designation: str | None
    incident_type: str | None
    incident_time: str | None
    received: str | None
    received_estimated: bool
    esp: str | None
    priority_code: str | None
    escalation: str | None
    people: tuple[ShowPerson, ...]
    identifiers: tuple[ShowIdentifier, ...]
    files: tuple[ShowFile, ...]
    annotations: tuple[str, ...]
    facts: dict[str, str | int | bool | None]
    free_text: tuple[ShowText, ...]
    location: ShowLocation
    score: ShowScore
    clocks: tuple[Clock, ...]
    links: tuple[Link, ...]
    prior_reports: tuple[str, ...]
    case: str | None
    status: Status
    assignee: str | None
    decisions: tuple[ShowDecision, ...]
    conflicts: tuple[ShowConflict, ...]
    not_understood: tuple[ShowNotUnderstood, ...]
    child_lane: Literal["no", "waits for a lead", "confirmed"] = "no"
    """Nothing of a report that waits for a lead goes out: its reported user may be a child."""
    law: tuple[LawSuggestion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """One file of an import that could not be read, or that was skipped. `reason_key` is for programs: it never changes with the
    values in the reason."""

    path: str
    reason: Message
    reason_key: str = field(init=False)

    def __post_init__(self) -> None:
        """Fills in the key."""
        object.__setattr__(self, "reason_key", self.reason.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCounts:
    new: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaCounts:
    """new + duplicate + near_duplicate = media files seen. A near duplicate is new bytes like a picture already in the store."""

    new: int
    duplicate: int
    near_duplicate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    reports: ReportCounts
    media: MediaCounts
    quarantined: tuple[SetAside, ...]
    skipped: tuple[SetAside, ...]
    seconds: float
    report_ids: tuple[str, ...] = ()
    """Reports that are new or changed, gravest first."""
    held: int = 0
    """Hashes that match hundreds by now and are held for review since this import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSummary:
    name: str
    kind: str
    profile: str | None
    added: str
    entries: int
    """Entries of the file: media of a VICS file, rows of a table."""
    hash_kinds: dict[str, int]
    """Distinct hashes that are compared, by kind."""
    unmatched_kinds: dict[str, int]
    """Distinct hashes that are kept and not compared."""
    unmatched_why: dict[str, str] = field(default_factory=dict)
    format: str = ""
    unread: int = 0
    """Places of the file that could not be read; `unread_examples` names the first of them, each with its reason."""
    unread_examples: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """Of `check`, `audit verify`, `packet verify` and `verify`: what was looked at, and what is wrong in one sentence each."""

    valid: bool
    problems: tuple[str, ...]
    checked: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    valid: bool
    entries: int
    head: str
    last_step: str | None
    """When the head was signed, by this machine's clock: an older copy of the whole store tells an older time."""
    problems: tuple[Message, ...]
    head_problem: Message | None = None
    """Why the exported head can't be compared with the audit log. It says nothing about the log, of which `valid` speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOwner:
    """Whose key signed. `known` is None when neither a store nor a fingerprint was at hand to compare with."""

    known: bool | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """`valid`: unchanged since it was signed, and all parts are of one key. Whose key it is says `signer`."""

    valid: bool
    problems: tuple[Message, ...]
    checked: dict[str, int]
    signature_key: str | None
    signer: KeyOwner = KeyOwner(known=None, name=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A signed file or folder that went out."""

    path: str
    rows: int
    signature_key: str
    manifest_sha256: str | None = None
