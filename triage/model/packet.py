"""What an evidence packet holds. The PDF, the tables, the JSON and the graph of a packet are all made from these values.

`ShowReport` in a packet carries no internal note: see `INTERNAL`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from triage.message import Message
from triage.model.casework import CaseView
from triage.model.exports import About, Cleared, CustodyStep
from triage.model.handover import Container, Handover, Receipt
from triage.model.media import MediaFacts
from triage.model.users import Officer
from triage.model.views import ShowReport

Edition = Literal["full", "redacted"]

INTERNAL = (
    "The notes of decisions (decisions[].note) and of case stages are internal. They stay in the store.",
    "People's own accounts of what they viewed stay in the store. Custody names each view, since a court may ask who saw a file.",
    "The text of a file leaves only with the media, as the file itself.",
)
"""What a packet never holds although the store does. `note` is null in every decision of report.json."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketSource:
    """A source document of any version, byte for byte as received.

    It counts from version `since` until, not including, version `until`. Equal numbers mean that it never counted: it repeats
    what another document states.
    """

    exhibit: str
    """Such as 900083777-S1, given at receipt. Equal bytes of one report share it."""
    path: str
    sha256: str
    size: int
    format: str
    since: int
    until: int | None
    received_in: tuple[int, ...]
    """The bundles that brought these bytes, by `PacketReceipt.bundle`."""
    data: bytes
    """Empty in a redacted edition."""
    held: Literal["waiting", "earlier", "refused"] | None = None
    """Why it does not count like others, as the store says it: nobody has chosen, or a person refused it."""

    @property
    def state(self) -> Message:
        """Returns whether the document counts now."""
        if self.held == "waiting":
            return Message("came as version {n}, says less or otherwise, and no person has accepted it", n=self.since)
        if self.held == "refused":
            return Message("came as version {n}; a person refused it", n=self.since)
        if self.until is None:
            return Message("in force since version {n}", n=self.since)
        if self.until == self.since:
            return Message("repeats what another document of version {n} states", n=self.since)
        return Message("in force from version {since}, replaced in version {until}", since=self.since, until=self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketFile:
    """A file that came with the report, as received. `ShowFile.exhibit` names it."""

    exhibit: str
    """Such as 900083777-F1, given at receipt."""
    name: str
    path: str
    sha256: str
    size: int
    same_as: str | None
    """The first exhibit of this report with the same bytes, under another name."""
    received_in: tuple[int, ...]
    media_name: str | None
    """Its name in media.tar.age; None when the media are not enclosed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketReceipt:
    """How one bundle was received, and the hashes of what was handed over, taken at receipt."""

    bundle: int
    imported: str
    finished: str | None
    """None: the import was interrupted."""
    by: str
    receipt: Receipt
    containers: tuple[Container, ...]
    completed_by: int | None
    """The later bundle that brought all of an interrupted one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketVersion:
    """A version of the report: the exhibits that counted in it, and what it changed."""

    n: int
    imported: str
    bundle: int
    sources: tuple[str, ...]
    changes: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketNotice:
    """A written notice to preserve data (PECA s.31)."""

    issued: str
    to_whom: str
    number: str | None
    court_informed: str | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDone:
    """Something that was not done, or could not be done. `exhibits` are the files it concerns; empty: the whole report."""

    what: Message
    exhibits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketReport:
    """Everything of one report that goes into a packet.

    `media` are facts by SHA-256; bytes are streamed separately.
    """

    show: ShowReport
    sources: tuple[PacketSource, ...]
    files: tuple[PacketFile, ...]
    """By exhibit number."""
    receipts: tuple[PacketReceipt, ...]
    versions: tuple[PacketVersion, ...]
    custody: tuple[CustodyStep, ...]
    media: dict[str, MediaFacts]
    case: CaseView | None
    """The case that the report belongs to, with its numbers in the registers (FIR, enquiry, warrant ...) and its appeals."""
    notices: tuple[PacketNotice, ...]
    lane_confirmed: tuple[str, str] | None
    """When, and by whom, the report was allowed to go out although its reported user may be a child."""
    not_done: tuple[NotDone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """One file of the rules that made the scores, byte for byte. The packet holds it as data/rules/<name>."""

    name: str
    sha256: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What a redacted edition leaves out, and why."""

    what: Message
    why: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedCheck:
    """A check that the examiner's statement names. `when` None: it was not run, and `result` says what that means."""

    what: Message
    result: Message
    when: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """A whole packet before it is written."""

    reports: tuple[PacketReport, ...]
    about: About
    second_person: str
    """Who agreed, since when they are a user, and who set their passphrase; or that there is nobody else."""
    second_officer: Officer | None
    """The second person as papers name them; None: the store has one user."""
    handover: Handover
    rules: tuple[RuleFile, ...]
    with_media: bool
    recipients: tuple[str, ...]
    cleared: Cleared | None = None
    encrypted: bool = False
    """The whole packet becomes one encrypted file for `recipients`."""
    descriptions: bool = False
    """A sheet for each file describes it in fixed neutral words."""
    edition: Edition = "full"
    removed: tuple[Removed, ...] = ()
    texts_read_by: str = ""
    """Who stated that they read the texts of a redacted edition; "" leaves the texts out."""
    checks: tuple[StatedCheck, ...] = ()

    @property
    def numbers(self) -> str:
        """Returns the numbers of all reports, separated by commas."""
        return ", ".join(report.show.report_id for report in self.reports)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPacket:
    """A packet that was written. `rows` counts its reports."""

    path: str
    rows: int
    signature_key: str
    manifest_sha256: str
    edition: Edition
    removed: tuple[Removed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketMedium:
    """An original for a packet.

    Its bytes come as a stream, once.
    """

    name: str
    sha256: str
    size: int
    chunks: Iterator[bytes]
