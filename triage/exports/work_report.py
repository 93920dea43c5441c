"""The form of what a work package or results file says of one report (docs/formats/work-package.md).

Everything read from a file is bounded here. Words that become names or keys are printable; notes keep every character, since the
screens write control characters out.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeVar

import msgspec

from triage import limits
from triage.exports.work_package import Count, Day, DayOrTime, Hex, Number, Time
from triage.model.casework import MAX_REGISTER_NUMBER
from triage.model.judgement import Band, Verdict
from triage.model.match_way import HashKind
from triage.model.printable import make_printable
from triage.model.user_names import clean_name, find_form_problem, split_store
from triage.model.views import Status

_CONTROLS = r"\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069"
_NO_CONTROLS = rf"^[^{_CONTROLS}]*$"
MOST_WORD = 1_000  # characters
Word = Annotated[str, msgspec.Meta(max_length=MOST_WORD, pattern=_NO_CONTROLS)]
Text = Annotated[str, msgspec.Meta(max_length=100_000)]
Uid = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{1,20}/[0-9a-f]{1,64}$")]
"""Names a row in the sender's store: its table and id there."""
Path = Annotated[str, msgspec.Meta(min_length=1, max_length=32_768)]
"""Within a delivery: a path of the disk, and the names within zips that lie in one another, each up to `limits.MAX_NAME`."""
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
"""The name of a user of the sender's store, or "NAME at STORE" of somebody whose work the sender passes on."""
T = TypeVar("T")
Many = Annotated[tuple[T, ...], msgspec.Meta(max_length=limits.MAX_PACKAGE_ENTRIES)]


def fit_word(text: str, most: int = MOST_WORD) -> str:
    """Returns a text as a `Word` holds it: characters that it can't have are written as escapes, and what is too long is cut.

    It may come from a hash list or from somebody's keyboard, and must not keep its report here.
    """
    return re.sub(f"[{_CONTROLS}]", lambda found: make_printable(found[0]), text)[:most]


class ReceiptForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a version of the report came to the sender."""

    version: Count
    imported: Time
    received_from: Text | None = None
    delivered_by: Text | None = None
    received_at: Text | None = None
    medium: Text | None = None
    medium_serial: Text | None = None
    seal: Text | None = None
    write_blocked: bool | None = None
    note: Text | None = None


class SourceForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A document of the report: its bytes are the member sources/<sha256>. `exhibit` is its name as an exhibit of the sender."""

    version: Annotated[int, msgspec.Meta(ge=1, le=limits.MAX_PACKAGE_VERSIONS)]
    until: Annotated[int, msgspec.Meta(ge=1, le=limits.MAX_PACKAGE_VERSIONS)] | None
    """The version that it no longer belongs to; None: it still counts. The same as `version`: it only repeats another one."""
    path: Path
    sha256: Hex
    exhibit: Word


class FileForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A file of the report that the sender holds. Its bytes are the member media/<sha256> when the package encloses media."""

    name: Path
    path: Path
    sha256: Hex
    exhibit: Word


class DecisionForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A decision as it was recorded; undone ones too."""

    uid: Uid
    taken: Time
    by: Name
    status: Status
    reason: Text | None
    note: Text | None
    assignee: Name | None
    undone: bool


class NoteForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a person noted on the report."""

    uid: Uid
    made: Time
    by: Name
    text: Text


class GradeForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A grade that stands: one that waits for a blind second grader does not travel."""

    uid: Uid
    given: Time
    by: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=3)]
    grade: Word
    sha256: Hex


class CorrectionForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a person said of a factor, or of the band."""

    uid: Uid
    made: Time
    by: Name
    rule: Word | None
    verdict: Verdict | None
    band: Band | None
    lowers: bool
    value: Text
    basis: Annotated[tuple[tuple[Text, Text], ...], msgspec.Meta(max_length=1_000)]
    reason: Text
    needs_second: bool
    confirmed: Time | None
    undone: Time | None

    def __post_init__(self) -> None:
        """Refuses what is neither of a factor nor of the band."""
        if (self.rule is None) != (self.verdict is None) or (self.rule is None) == (self.band is None):
            raise ValueError("a correction is of a factor or of the band")


class NoticeForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A written notice to preserve data."""

    uid: Uid
    issued: DayOrTime
    to_whom: Text
    number: Text | None
    court_informed: DayOrTime | None
    by: Name


class ListMatchForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A match of a file with a hash list of the sender. It counts as a score input of the receiver."""

    uid: Uid
    sha256: Hex | None
    md5: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")] | None
    sha1: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{40}$")] | None
    list_name: Word
    list_kind: Literal["known", "known-good", "negative", "case"]
    added: Time
    hash_kind: HashKind
    tier: Literal["exact", "near"]
    category: Word | None
    says: Text
    distance: Annotated[int, msgspec.Meta(ge=0, le=256)] | None


class FactorForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A factor of the sender's score card."""

    rule: Word
    points: Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]
    value: Text
    why: Text


class CardForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The sender's score card, shown beside the receiver's own."""

    band: Band
    risk: Annotated[float, msgspec.Meta(ge=0, le=100)]
    actionability: Annotated[float, msgspec.Meta(ge=0, le=100)]
    rules: Word
    flags: Annotated[tuple[Word, ...], msgspec.Meta(max_length=200)]
    factors: Annotated[tuple[FactorForm, ...], msgspec.Meta(max_length=1_000)]


class StageForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The present stage of a case."""

    stage: Word
    since: Time
    due: Day | None
    note: Text | None
    by: Name


class NumberForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A number that a register gave to a case."""

    kind: Word
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_REGISTER_NUMBER, pattern=_NO_CONTROLS)]
    by: Name


class CaseForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The case of the report in the sender's store."""

    number: Word
    stage: StageForm
    numbers: Annotated[tuple[NumberForm, ...], msgspec.Meta(max_length=200)]


class BandForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The band that a person set, by the newest correction that stands."""

    band: Band
    uid: Uid


class StateForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The values of the fields that two stores can set differently."""

    status: Status
    reason: Text | None
    status_by: Name | None
    assignee: Name | None
    band: BandForm | None
    case: CaseForm | None


class ReportForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a package or results file says of one report. Results have no sources, receipts, files and list matches."""

    number: Number
    aliases: Annotated[tuple[Number, ...], msgspec.Meta(max_length=100)] = ()
    changed: Annotated[tuple[Word, ...], msgspec.Meta(max_length=50)] = ()
    """Results: the fields that the sender changed since it imported the package."""
    state: StateForm
    card: CardForm | None
    receipts: Annotated[tuple[ReceiptForm, ...], msgspec.Meta(max_length=limits.MAX_PACKAGE_VERSIONS)] = ()
    sources: Many[SourceForm] = ()
    files: Many[FileForm] = ()
    decisions: Many[DecisionForm] = ()
    notes: Many[NoteForm] = ()
    grades: Many[GradeForm] = ()
    corrections: Many[CorrectionForm] = ()
    notices: Many[NoticeForm] = ()
    list_matches: Many[ListMatchForm] = ()

    def list_versions(self) -> list[int]:
        """Returns the versions that a document began, the first first."""
        return sorted({source.version for source in self.sources})

    def list_sources_at(self, version: int) -> list[SourceForm]:
        """Returns the documents that count at a version."""
        return [each for each in self.sources if each.version <= version and (each.until is None or each.until > version)]

    def list_uids(self) -> list[str]:
        """Returns the names of all rows."""
        found = [decision.uid for decision in self.decisions]
        found += [note.uid for note in self.notes]
        found += [grade.uid for grade in self.grades]
        found += [correction.uid for correction in self.corrections]
        found += [notice.uid for notice in self.notices]
        return found + [match.uid for match in self.list_matches]

    def list_people(self) -> list[str]:
        """Returns the names of everybody."""
        found = [decision.by for decision in self.decisions]
        found += [note.by for note in self.notes]
        found += [correction.by for correction in self.corrections]
        found += [notice.by for notice in self.notices]
        found += [each.assignee for each in self.decisions if each.assignee is not None]
        found += [name for grade in self.grades for name in grade.by]
        found += [name for name in (self.state.status_by, self.state.assignee) if name is not None]
        if self.state.case is not None:
            found += [self.state.case.stage.by, *(number.by for number in self.state.case.numbers)]
        return found


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a store keeps of another one's view of a report, to show it beside its own."""

    made: str
    """When the file counts as made, by which files of that store are put in order."""
    card: CardForm | None
    state: StateForm
    log_entries: int = 0
    """How many entries that store's audit log had when it made the file; 0 of a file that does not say."""
    receipts: tuple[ReceiptForm, ...] = ()
    exhibits: tuple[tuple[str, str], ...] = ()
    """(name of the exhibit there, SHA-256)"""


def is_sound_name(name: str) -> bool:
    """Returns whether a name could be that of a user, also one who is named "NAME at STORE"."""
    return name == clean_name(name) and all(find_form_problem(part) is None for part in split_store(name) if part is not None)


encode_report = msgspec.json.Encoder(order="sorted").encode
decode_report = msgspec.json.Decoder(ReportForm).decode
decode_decision = msgspec.json.Decoder(DecisionForm).decode
decode_grade = msgspec.json.Decoder(GradeForm).decode
decode_notice = msgspec.json.Decoder(NoticeForm).decode
decode_told = msgspec.json.Decoder(Told).decode
decode_list_match = msgspec.json.Decoder(ListMatchForm).decode


def encode_text(value: object) -> str:
    """Returns a part as the text that the database stores."""
    return msgspec.json.encode(value, order="sorted").decode()
