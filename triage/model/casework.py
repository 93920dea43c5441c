"""Cases and outcomes: stages, numbers, closing reasons and grades, for use cases, screens and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from triage.message import Message
from triage.model.judgement import Clock
from triage.model.views import Status


class Stage(StrEnum):
    """The stages of a case, in the order of procedure."""

    VERIFICATION = "verification"
    ENQUIRY = "enquiry"
    LEGAL_OPINION = "legal opinion"
    APPROVAL = "approval"
    FIR = "FIR"
    CHALLAN = "challan"
    TRIAL = "trial"


MAX_REGISTER_NUMBER = 200  # characters; a register writes some twenty


class NumberKind(StrEnum):
    """The registers in which a case has a number."""

    COMPLAINT = "complaint"
    SOURCE_REPORT = "source report"
    ENQUIRY = "enquiry"
    FIR = "FIR"
    WARRANT = "warrant"
    MUTUAL_ASSISTANCE = "mutual assistance"
    COURT = "court"
    PROPERTY_REGISTER = "property register"


class Closing(StrEnum):
    """The reasons for closing a report."""

    NOT_ABUSE = "not abuse material"
    ADULT = "adult"
    AGE_UNCERTAIN = "age uncertain"
    INNOCENT = "innocent family or medical picture"
    DRAWING = "drawing"
    DUPLICATE = "duplicate"
    VICTIM = "reported user is the victim"
    COMPROMISED = "account compromised"
    INSUFFICIENT = "insufficient information"
    DECLINED = "family declined"
    WITHDRAWN = "withdrawn by source"
    NO_CRIME = "not a crime here"
    REFERRED = "referred"
    WORKED = "worked to the end"
    CLEARED = "cleared"


NO_OFFENCE = (
    Closing.NOT_ABUSE, Closing.ADULT, Closing.INNOCENT, Closing.DRAWING, Closing.DUPLICATE, Closing.VICTIM, Closing.COMPROMISED,
    Closing.WITHDRAWN, Closing.NO_CRIME,
)  # fmt: skip
"""A report closed for one of these is no earlier report on its user: it told of no offence, of somebody else's, or twice of one.
Those of cleared people are set apart in a way of their own."""

REASONS: dict[Status, tuple[str, ...]] = {
    "in_progress": ("being worked on", "reported user may be the victim", "child to be located", "account compromised"),
    "case_opened": ("case opened", "joined to an open case"),
    "referred": ("referred to the office in charge", "referred to another agency", "not in Pakistan"),
    "on_hold": ("age uncertain", "waiting for the provider", "waiting for an operator", "insufficient information"),
    "closed": tuple(reason.value for reason in Closing if reason is not Closing.CLEARED),
    "new": ("taken back to the queue",),
}
"""What people choose from. "cleared" is not among them: it has a command of its own, which sets the report apart."""


class Grade(StrEnum):
    """What a file shows, as a person grades it."""

    ABUSE = "abuse material"
    EXPLOITIVE = "exploitive"
    AGE_UNCERTAIN = "age uncertain"
    ADULT = "adult"
    INNOCENT = "innocent family or medical picture"
    DRAWING = "drawing or made by a machine"
    OTHER = "not pertinent"


GRADED = "graded"
WAITS = "waits for a second grader"
DISAGREE = "graders disagree: a lead decides"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStage:
    """One stage that a case reached, with its deadline and the basis of that deadline."""

    stage: str
    since: str
    due: str | None
    """The day on which the stage should be over; None when nobody set one and no rule is known."""
    basis: str
    by: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNumber:
    """A number of a case in one register."""

    kind: str
    value: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """What the reported user, or somebody for them, says against the reports of a case. Open until it is answered."""

    id: int
    report: str | None
    """None: against the case as a whole."""
    received: str
    from_whom: str | None
    """None: the reported user."""
    text: str
    recorded: str
    by: str
    answer: str | None
    answered: str | None
    answered_by: str | None

    @property
    def open(self) -> bool:
        """Whether nobody has answered yet."""
        return self.answer is None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as people read it.

    `stages` are in the order in which the case reached them, the current one last.
    """

    number: str
    opened: str
    by: str
    officer: str | None
    stage: str
    stages: tuple[CaseStage, ...]
    numbers: tuple[CaseNumber, ...]
    reports: tuple[str, ...]
    clocks: tuple[Clock, ...]
    appeals: tuple[Appeal, ...] = ()
    """In the order in which they were recorded."""


@dataclass(frozen=True, slots=True)
class JoiningStep:
    """A case that reports were put into, which case each was in before, and when they were put in (ISO 8601 UTC)."""

    number: str
    before: dict[str, str | None]
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoiningUndone:
    """That reports were taken out of a case again, and whether the case was withdrawn, since it was opened for them."""

    number: str
    reports: int
    withdrawn: bool


@dataclass(frozen=True, slots=True, order=True)
class RegisterNumber:
    """The number under which a register keeps a case."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases a list holds: those with all words of a search that pass the other filters."""

    search: str = ""
    only_numbers: bool = False
    """The search is for numbers and kinds of numbers only, not for stages and officers."""
    own: bool = False
    """Only cases that the asking person is in charge of."""
    due_before: date | None = None
    """Only cases whose stage ends before it, the nearest first. Else the newest case is first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """A case as one line of a list."""

    number: str
    opened: str
    officer: str | None
    stage: str
    since: str
    due: str | None
    reports: int
    numbers: tuple[RegisterNumber, ...]
    """In the order of their kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeWork:
    """A file that waits for a second grader or for a lead.

    It hides the earlier grade and who gave it.
    """

    sha256: str
    disagree: bool
    """Two people graded it and differ: a lead who was neither decides. Else it waits for a second person."""
    damaged: bool = False
    """A stored grade can't be read: what it said is not known, and somebody grades the file again."""
    mine: bool
    """The asking user is one of those who graded it, and has to leave it to others."""
    since: str
    """When it was last graded for court."""
    name: str | None
    report: str
    """The report in which it was graded."""
    copies: int
    """Reports that hold the same bytes."""


@dataclass(frozen=True, slots=True)
class GradeWorkList:
    """The ids of the media items whose grade is open: those that a lead has to settle first, then the longest waiting."""

    ids: Sequence[int]
    disagree: int
    """So many at the head are graded differently by two people."""


@dataclass(frozen=True, slots=True)
class FileToGrade:
    """A file to grade, by report number and SHA-256, and the near copies (SHA-256) that shall take its grade over."""

    report_id: str
    sha256: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenGrade:
    """A file that was graded, the id of its grade, and the near copies that took it over."""

    report_id: str
    sha256: str
    grade_id: int
    inherited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotGraded:
    """A file that an act on many could not concern, by SHA-256, and why."""

    sha256: str
    why: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeAct:
    """One grade for many files, or its undoing. `files` are those that it concerned with all their exact copies.

    `stopped` says that a person stopped it; `given` is what was stored until then.
    """

    grade: str
    given: tuple[GivenGrade, ...]
    refused: tuple[NotGraded, ...]
    files: int
    reports: int
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeAgreement:
    """How often two independent graders gave the same grade.

    `pairs` counts pairs in which one of them chose the grade, `agreed` those in which both did. The last entry may be
    `damage.GRADE_UNREADABLE`: pairs of which a stored grade can't be read. They count under no other grade.
    """

    grade: str
    pairs: int
    agreed: int | None
    """None: not known, because a grade can't be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeState:
    """The state of one file's grade.

    `grade` is None as long as a second, blind grade or a lead's decision is missing.
    """

    sha256: str
    state: str
    """GRADED, WAITS, DISAGREE or GRADE_UNREADABLE."""
    grade: str | None
    graded_by: str | None
    copies: int
    """Reports that hold the same bytes: one grade covers them all."""
    graded_at: str | None = None
    says: Message | None = None
    """ "seen by X at T", or "inherited from ..., graded by X at T, distance d; applied by Y at T"."""
    report: str | None = None
    """The report in which it was looked at, or taken over."""
    inherited_from: str | None = None
    """SHA-256 of the like picture that was seen; None when this one was."""
    distance: int | None = None
    """Bits of PDQ between the two."""

    @property
    def seen(self) -> bool:
        """Returns whether a grade stands and its grader saw the file."""
        return self.grade is not None and self.distance is None
