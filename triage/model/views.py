"""What people and other programs read. Field names are the JSON keys of the command line contract: extend, never rename."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from triage.message import Message
from triage.model.damage import GRADE_UNREADABLE, StoredPart
from triage.model.file_text import ShowFileText
from triage.model.films import ShowFilm
from triage.model.import_counts import DocumentCounts, MediaCounts, ReportCounts, SetAside
from triage.model.judgement import CardCorrection, Clock, Factor, LawSuggestion, Link, PersonPlace, PlaceEvidence
from triage.model.matches import FileMatch, MatchingFile, NearMatch
from triage.model.notes import ShowNote
from triage.model.work import ShowNotice, ShowWork, WorkImport

Status = Literal["new", "in_progress", "referred", "case_opened", "closed", "on_hold"]
STATUSES: tuple[Status, ...] = ("new", "in_progress", "referred", "case_opened", "closed", "on_hold")


def name_status(number: int) -> Status:
    """Returns the status that a stored number means. One that means none is new: such a report stays open."""
    return STATUSES[number] if 0 <= number < len(STATUSES) else STATUSES[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class RanOut:
    """A deadline that ran out: the data may still exist, so it is asked for all the same."""

    name: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One report in the queue.

    `id` is the store's internal number, by which screens fetch rows when needed.
    """

    id: int
    report_id: str
    band: str
    risk: float
    actionability: float
    deadline: str | None
    """The next one that still runs; None when none runs. A duty of a person runs until it is done, so it may be overdue."""
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
    ran_out: tuple[RanOut, ...] = ()
    """The deadlines that ran out, the latest last."""
    languages: tuple[str, ...] = ()
    copies: int = 0
    """Reports that the filter lets through and that fold into this one; 0 where nothing is folded."""
    version_waiting: bool = False
    """What arrived says less, or otherwise, and a person has not chosen; the graver counts."""
    changed_after_closing: bool = False
    """What arrived opened the closed report again."""
    sources_disagree: tuple[str, ...] = ()
    """"incident_type" and "reported_user", as far as the sources disagree on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which reports a queue shows: those that fit every field. A facet is fitted by any of its values; without values by all.

    The value "" stands for a report that has none: no assignee, no flag ... `excluded` are (facet, value) that none may have.
    """

    bands: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    incident_types: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    excluded: tuple[tuple[str, str], ...] = ()
    open_only: bool = False  # only reports without an outcome: new, in progress, on hold
    search: str | None = None
    expiring_within_days: int | None = None  # only reports with a deadline that still runs and falls within so many days
    preserve_within_days: int | None = None  # the same, but the deadline of a case's stage alone does not count
    new_since: str | None = None  # only reports that came into this store after this moment in UTC
    fold_duplicates: bool = False  # a copy folds into the report that it duplicates, when that one is shown too


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSource:
    """The place of a value for display: document, page or path, label."""

    document: str
    page: int | None
    path: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowIdentifier:
    """An identifier of a report for display. Times are ISO 8601 UTC, with the source's original text."""

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
    """A person of a report for display, with facts by name."""

    role: str
    says: str
    facts: dict[str, str | int | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerdict:
    """What lists and people say about a file, and why.

    `known` is "exact", "near", "possible", "held for review", "not known" or "not checked". `why` names the list and its date, or
    who saw the file. `grade_says` tells how a grade came: "seen by X at T" or "inherited from ...". `inherited_from` is the
    SHA-256 of the file that was seen. `inherited_distance` is how far it is from this one, in bits.
    """

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

    @property
    def ungraded_words(self) -> str:
        """Returns what is said instead of a grade. A grade that can't be read is not none."""
        return GRADE_UNREADABLE if self.grade_state == GRADE_UNREADABLE else "not graded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFile:
    """A file of a report for display: what the source states, what the bytes show, and the verdict."""

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
    alike: tuple[MatchingFile, ...] = ()
    """The nearest of those that are like it, then those that are possibly so."""
    held: Message | None = None
    """Why its group folds nothing together, when a lead has still to say what so many pictures have in common."""
    duration_ms: int | None = None
    film: ShowFilm | None = None
    in_films: tuple[NearMatch, ...] = ()
    """Films that have something in common with this film, or hold this picture; and the pictures that this film shows."""
    not_checked: tuple[Message, ...] = ()
    """Ways in which it was not compared with others, and why: not yet, or it could not be."""
    file_text: ShowFileText | None = None
    """None for a file that holds no text by its content."""
    exhibit: str | None = None
    """Its exhibit number, given at receipt; None when its bytes did not come."""
    uploaded_original: str | None = None
    """As the source wrote it. `uploaded_zone` is "stated" or "assumed UTC"."""
    uploaded_zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowText:
    """A text block of a report for display."""

    text: str
    of: str
    label: str
    sources: tuple[ShowSource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowLocation:
    """The location verdict of a report for display."""

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
    """The score card of a report for display."""

    band: str
    risk: float
    actionability: float
    factors: tuple[Factor, ...]
    would_change_if: tuple[Message, ...]
    flags: tuple[str, ...]
    rules: str
    near: tuple[str, ...] = ()
    """Bands in which the report would stand if every point of risk were a tenth more or less."""
    corrections: tuple[CardCorrection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowVersion:
    """One version of a report: when it was imported, from which documents, and what changed."""

    n: int
    imported: str
    sources: tuple[str, ...]
    changes: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowConflictValue:
    """One of several conflicting values, with its sources."""

    value: str
    sources: tuple[ShowSource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowConflict:
    """A field on which the sources of a report disagree."""

    field: str
    values: tuple[ShowConflictValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowNotUnderstood:
    """A part of a document that the importer did not understand."""

    source: str
    path: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDecision:
    """A decision that a person took on a report."""

    id: int
    when: str
    user: str
    status: Status
    reason: str | None
    note: str | None
    assignee: str | None
    undone: bool
    elsewhere: bool = False
    """It was recorded at another workstation. It does not set the status here, and its id is below 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowReport:
    """Everything that `triage show` prints of one report."""

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
    work: tuple[ShowWork, ...] = ()
    """The work packages that the report came or went with, and what the other workstation says of it."""
    notices: tuple[ShowNotice, ...] = ()
    incident_time_original: str | None = None
    """As the source wrote it. `_zone` is "stated" or "assumed UTC"."""
    incident_time_zone: str | None = None
    received_original: str | None = None
    received_zone: str | None = None
    from_tipline: bool = True
    """NCMEC or a provider made one of its documents, and NCMEC received it at `received`; otherwise the agency did."""
    notes: tuple[ShowNote, ...] = ()
    """What people noted on it, the oldest first. Nothing that leaves the office holds a note but a work package."""
    damaged: tuple[StoredPart, ...] = ()
    """Stored parts that can't be read. They are empty here, which is not "none"."""
    version_waiting: bool = False
    changed_after_closing: bool = False
    sources_disagree: tuple[str, ...] = ()
    """As in a row of the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """The result of an import."""

    reports: ReportCounts
    media: MediaCounts
    quarantined: tuple[SetAside, ...]
    skipped: tuple[SetAside, ...]
    seconds: float
    report_ids: tuple[str, ...] = ()
    """Reports that are new or changed, gravest first."""
    held: int = 0
    """Hashes that match hundreds by now and are held for review since this import."""
    documents: tuple[DocumentCounts, ...] = ()
    """How many reports each document holds that was read, in the order of the import."""
    versions_waiting: int = 0
    """Reports with a version of this import that says less, or otherwise, and waits for a person."""
    rose_after_closing: int = 0
    """Closed reports that this import opened again."""
    new_by_band: dict[str, int] = field(default_factory=dict)
    """Band -> how many new reports stand in it."""
    package: WorkImport | None = None
    """What came beside the reports when a work package or results were imported."""
