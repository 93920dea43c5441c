"""A house of cards with the same doors: `FakeApi` answers as the jobs do, from 300 invented rows and one full report.

Everything is invented: numbers beginning 900, example.invalid, 203.0.113.0/24, CNICs beginning with 9, drawn noise for previews.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tests.ui.fakes_admin import FakeAdmin
from tests.ui.fakes_cases import FakeCases
from tests.ui.fakes_corrections import FakeCorrections
from tests.ui.fakes_exchange import FakeExchange
from tests.ui.fakes_exports import FakeExports
from tests.ui.fakes_figures import FakeFigures
from tests.ui.fakes_funnel import FakeFunnel
from tests.ui.fakes_gallery import FakeGallery
from tests.ui.fakes_imports import FakeImports
from tests.ui.fakes_leads import FakeLeads
from tests.ui.fakes_papers import FakePapers
from tests.ui.fakes_queue import FACET_VALUES, FakeQueue
from tests.ui.fakes_requests import FakeRequests
from tests.ui.fakes_training import FakeTraining
from tests.ui.fakes_updates import FakeUpdates
from tests.ui.fakes_victims import FakeVictims
from tests.ui.slow_work import take_time
from triage.decode.protocol import SENTENCES, Refusal
from triage.errors import NotFound, Refused
from triage.importers.archive import ZIP_LOCKED
from triage.importers.le_pdf import IMAGE_ONLY
from triage.intents import IntentFinding
from triage.jobs.consent import Consent
from triage.jobs.matching.sweep_state import OnFound
from triage.jobs.policy import OfficePolicy
from triage.jobs.reading.media import OpenView
from triage.jobs.reading.queue import LaneCounts
from triage.jobs.reading.report_page import list_operators
from triage.jobs.reading.show_chat import show_texts
from triage.jobs.status import MachineStatus
from triage.jobs.sweeping.sweep import SweepResult
from triage.message import Message
from triage.model.bulk import OwnAct
from triage.model.casework import GradeState
from triage.model.handover import Handover
from triage.model.judgement import Clock, Factor, Link, PersonPlace, PlaceEvidence
from triage.model.match_way import CropWindow, MatchWay, Orientation
from triage.model.matches import HeldHash, MatchingFile, PossiblePair, SweepState
from triage.model.media import PREVIEW_SIDE, ImageCrop, Pixels, Restriction, RevealStep, SandboxStatus
from triage.model.packet import Edition, PacketReport, WrittenPacket
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.report_page import ReportPageView, ReportTrack, TrackEvent
from triage.model.users import RIGHTS, Right, Role, User
from triage.model.verification import VerifyResult, Written
from triage.model.views import (
    FileVerdict,
    QueueFilter,
    QueueRow,
    ShowConflict,
    ShowConflictValue,
    ShowDecision,
    ShowFile,
    ShowIdentifier,
    ShowLocation,
    ShowNotUnderstood,
    ShowPerson,
    ShowReport,
    ShowScore,
    ShowSource,
    ShowText,
    ShowVersion,
)
from triage.store.queries.bundles import SetAsideRow
from triage.wellbeing import Exposure

NOW = datetime(2026, 11, 24, 9, 26, tzinfo=UTC)
CSAM = "Child Pornography (possession, manufacture, and distribution)"
ENTICEMENT = "Online Enticement of Children for Sexual Acts"
MAIN = "900144218"
WAITS = "waits for a lead"
REASON_ENTICING = "Online enticement: contact with a child, possibly continuing."
REASON_ASKED = "A child, or another person, was asked for such material."
REASON_OPERATOR = "An operator in Pakistan holds the subscriber of this number."
REASON_NEW = "These files are on none of the lists checked (named with their dates)."
OPERATOR = Message(
    "Pakistani address: {operator}; {tables}", operator=Message("operator not known"), tables=Message("both tables agree")
)
LANDLINE = Message("Pakistani landline of {place}", place="Karachi South")
PICTURE = Message(
    "{file}: made {here}",
    file="IMG_0043.jpg",
    here=Message("in {country} (time zone {zone})", country=Message("country {country}", country="PK"), zone="Asia/Karachi"),
)
SUPPOSE = "the conversation showed blackmail"
WITHOUT = "the escalation proved to be a mistake"
REASON_E = "NCMEC E means that a provider sent the report and no analyst ranked it; no effect on the score."


def iso(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def rows(count: int = 300) -> list[QueueRow]:
    """In queue order. Row 0 and 1 are new and of band A; the report `MAIN` is of band B."""
    return list(_make_rows(count))


@cache
def _make_rows(count: int) -> tuple[QueueRow, ...]:
    """Makes the rows once: most tests of a process ask for the same."""
    types = [CSAM, ENTICEMENT, "Child Sex Trafficking", "Child Sexual Molestation", CSAM, CSAM]
    offices = ["KHI", "LHR", "ISB", "PEW", "QTA", "MUX", "HQ", None]
    provinces = ["SD", "PB", "ICT", "KP", "BA", "PB", None, None]
    flags = [
        ("live", "infant", "victim in Pakistan"),
        ("solicitation", "victim named"),
        ("victim named", "possible VPN"),
        ("viral",),
        ("AI claimed", "spam"),
        ("viral",),
        (),
        ("solicitation", "victim named", "reported user may be the victim", "child lane", "camera original"),
    ]
    made = []
    for i in range(count):
        risk = round(97.4 - i * 0.31 + (i * 7 % 5) * 0.1, 1)
        band = "A" if i < 2 else "B" if i < 8 else "C" if i < 60 else "D" if i < 200 else "E"
        days = [3, 9, 88, 21, 44, 140, 362, 230][i * 5 % 8]
        received = NOW - timedelta(days=365 - days, hours=i)
        made.append(
            QueueRow(
                id=1000 + i,
                report_id=MAIN if i == 5 else f"9001{(i * 7919 + 12345) % 90000 + 10000}",
                band=band,
                risk=risk,
                actionability=round((i * 37) % 83 + 14.5, 1),
                deadline=iso(NOW + timedelta(days=days, hours=2)) if i % 11 else None,
                deadline_name=("provider data", "operator traffic data")[i % 3 == 0] if i % 11 else None,
                esp=("Saffron Chat", "Indigo Drive", "Paper Boat")[i % 3],
                incident_type=ENTICEMENT if i == 5 else types[i % 6],
                received=iso(received),
                received_estimated=i % 9 == 0,
                office=offices[i % 8],
                status="new" if i < 6 or i % 3 else "in_progress",
                assignee=None if i < 6 or i % 3 else ("khi-04", "lhr-02")[i % 2],
                duplicates_of=None if i % 17 else "900101111" if i else None,
                flags=flags[7] if i == 5 else flags[i % 8] if i else flags[0],
                in_pakistan=(True, None, True, False)[i % 4],
                province=provinces[i % 8],
                files=i % 9,
                files_present=i % 9 if i % 2 else 0,
            )
        )
    return tuple(made)


def source(document: str, page: int | None = None, path: str = "", label: str = "") -> ShowSource:
    return ShowSource(document=document, page=page, path=path, label=label)


def show(row: QueueRow) -> ShowReport:
    """A full report that stands at `row` of the queue."""
    pdf, json, xml = (source(name, page) for name, page in (("900144218.pdf", 3), ("900144218.json", None), ("report.xml", None)))

    def identifier(kind: str, value: str, role: str, sources: tuple[ShowSource, ...], **more: Any) -> ShowIdentifier:
        base: dict[str, Any] = {
            "normalised": value,
            "port": None,
            "time": None,
            "time_original": None,
            "time_zone": None,
            "event": None,
            "verified": None,
            "possible_proxy": None,
            "person": None,
            "file": None,
            "details": {},
        }
        return ShowIdentifier(kind=kind, value=value, role=role, sources=sources, **{**base, **more})

    identifiers = (
        identifier("phone", "+92 316 000 0144", "suspect", (pdf, json), normalised="+923160000144", verified=True, person=0),
        identifier("username", "paper_boat_77", "suspect", (json, xml), person=0),
        identifier("email", "boat77@example.invalid", "suspect", (json,), person=0),
        identifier(
            "ip", "203.0.113.77", "file", (json, pdf), port=41522, time="2026-11-21T18:14:09Z",
            time_original="2026-11-21T18:14:09Z", time_zone="stated", event="Upload", file="file-3",
        ),
        identifier(
            "ip", "2001:db8::7", "suspect", (pdf,), time="2026-11-20T05:01:44Z",
            time_original="11-20-2026 05:01:44 UTC", time_zone="stated", event="Login", possible_proxy=True, person=0,
        ),
        identifier("device", "35 6938 03 564380 9", "suspect", (xml,), details={"idType": "IMEI"}, person=0),
        identifier("display_name", "boat \u202e gnp.exe", "suspect", (json,), person=0),
        identifier("username", "little_kite", "victim", (json,), person=1),
    )  # fmt: skip
    return ShowReport(
        report_id=row.report_id,
        aliases=("L-5f0a91c2e4d7b386",),
        versions=(
            ShowVersion(n=1, imported=iso(NOW - timedelta(days=2)), sources=("900144218.json",), changes=()),
            ShowVersion(
                n=2, imported=iso(NOW - timedelta(hours=4)), sources=("900144218.pdf", "report.xml"),
                changes=(
                    Message("{what} added: {value}", what=Message("Earlier report"), value="900144001"),
                    Message("{what}: {before} → {after}", what=Message("Designation"), before=Message("not stated"), after="referral"),
                    Message("File {file}: its bytes came", file="IMG_2031.jpg"),
                ),
            ),
        ),
        designation="referral",
        incident_type=row.incident_type,
        incident_time="2026-11-21T18:14:09Z",
        received=row.received,
        received_estimated=row.received_estimated,
        esp=row.esp,
        priority_code="E",
        escalation=None,
        people=(
            ShowPerson(role="suspect", says="Suspect", facts={"age": None, "accountCreated": "2024-02-11"}),
            ShowPerson(role="victim", says="Intended recipient 1", facts={"age": 13, "school": "named in chat"}),
        ),
        identifiers=identifiers,
        files=tuple(_file(i) for i in range(7)),
        annotations=("csamSolicitation",),
        facts={"platform": "Saffron Chat mobile"},
        free_text=(
            ShowText(
                text="paper_boat_77: kal milte hain?\nlittle_kite: nahi, ammi ghar par hain\npaper_boat_77: tasveer bhejo",
                of="incident", label="chatImIncident/content", sources=(json,),
            ),
            ShowText(text="Account reported by another user.\nNo further information.", of="incident",
                     label="additionalInfo", sources=(pdf,)),
        ),
        location=ShowLocation(
            evidence=(
                PlaceEvidence(kind="ip", value="203.0.113.77", of="suspect", says=OPERATOR, weight=30,
                              why=OPERATOR, against=Message("Lines may share one address")),
                PlaceEvidence(kind="phone", value="+923160000144", of="suspect", says=Message("A number of country {country}", country="PK"), weight=15,
                              why=Message("A number of country {country}", country="PK")),
                PlaceEvidence(kind="phone", value="021 000 0144", of="suspect", says=LANDLINE, weight=12,
                              why=LANDLINE, against=Message("A landline can be passed on to another place."), province="SD", district="Karachi South"),
                PlaceEvidence(kind="gps", value="24.86, 67.01", of="picture", says=PICTURE, weight=20,
                              why=PICTURE, against=Message("The district is that of the nearest known place, not by its boundary."),
                              province="SD", district="Karachi South"),
            ),
            in_pakistan=True, verdict="likely", total=57, province="SD", district="Karachi South", office="KHI",
            office_why=Message("No evidence points clearly to a province: headquarters decides."),
            by_person=(
                PersonPlace(of="suspect", in_pakistan=True, verdict="likely", total=57, province="SD"),
                PersonPlace(of="victim", in_pakistan=None, verdict="unclear", total=0, province=None),
                PersonPlace(of="picture", in_pakistan=True, verdict="likely", total=20, province="SD"),
            ),
            foreign=("AE",),
        ),
        score=ShowScore(
            band=row.band,
            risk=row.risk,
            actionability=row.actionability,
            factors=(
                _factor("incident", 26, "incident type", row.incident_type or "", REASON_ENTICING, "risk"),
                _factor("solicitation", 18, "annotation", "csamSolicitation", REASON_ASKED, "risk"),
                _factor("new_media", 14, "files", "4 of 7", REASON_NEW, "risk"),
                _factor("prior", 9, "phone", "3 reports", "Other reports name the same account, e-mail address, card or device of the reported user.", "risk"),
                _factor("ncmec_code", 0, "NCMEC code", "NCMEC E", REASON_E, "note"),
                _factor("port", 30, "ip", "203.0.113.77", "IP address with source port and exact time.", "actionability"),
                _factor("phone", 22, "phone", "+923160000144", REASON_OPERATOR, "actionability"),
                _factor("place", 10, "text", "021", "The district is known, so an office can take it.", "actionability"),
            ),
            would_change_if=(
                Message("Band {band} if {fact} (risk {risk:.1f}).", band="A", fact=Message(SUPPOSE), risk=88.0),
                Message("Band {band} if {fact}.", band="C", fact=Message(WITHOUT)),
            ),
            flags=row.flags,
            rules="triage-1 4f2a91c0",
        ),
        clocks=(
            Clock(name="operator traffic data", due=row.deadline or iso(NOW + timedelta(days=362)), basis=Message("365 days, REPORT Act")),
            Clock(name="provider data", due=iso(NOW + timedelta(days=365)), basis=Message("365 days, REPORT Act"), estimated=True),
        ),
        links=(
            Link(report_id="900098112", via="phone", value="+923160000144", strength=90),
            Link(report_id="900101377", via="file", value="+923160000144", strength=95),
            Link(report_id="900120954", via="device", value="35 6938 03 564380 9", strength=88),
        ),
        prior_reports=("900143000",),
        case=None,
        status=row.status,
        assignee=row.assignee,
        decisions=(
            ShowDecision(id=7, when=iso(NOW - timedelta(hours=3)), user="khi-04", status="new", reason="read",
                         note="Chat is Roman Urdu", assignee=None, undone=False),
        ),
        conflicts=(
            ShowConflict(field="incident time", values=(
                ShowConflictValue(value="2026-11-21T18:14:09Z", sources=(json,)),
                ShowConflictValue(value="2026-11-21T18:14:00Z", sources=(pdf,)),
            )),
        ),
        not_understood=(
            ShowNotUnderstood(source="report.xml", path="person/ageAssertionDiscrepancy", value="true"),
            ShowNotUnderstood(source="900144218.pdf", path="page 5", value="Thread ID: 77-example"),
        ),
    )  # fmt: skip


def _events(report: ShowReport) -> Iterator[TrackEvent]:
    """The times of a report, as the use case finds them."""
    if report.incident_time is not None:
        yield TrackEvent(when=report.incident_time, kind="incident")
    if report.received is not None:
        yield TrackEvent(when=report.received, kind="received", sure=not report.received_estimated)
    for entry in report.identifiers:
        if entry.time is not None and entry.role != "reporter":
            yield TrackEvent(when=entry.time, kind=(entry.event or "captured").lower(), sure=entry.time_zone == "stated")
    for clock in report.clocks:
        yield TrackEvent(when=clock.due, kind="deadline", sure=not clock.estimated, name=clock.name)


def sha256_of(i: int) -> str:
    """Of the file at place `i` of the report."""
    return hashlib.sha256(f"drawn {i}".encode()).hexdigest()


def alike(i: int, *, distance: int = 38, dhash_distance: int | None = 61, **more: Any) -> MatchingFile:
    """The file at place `i`, as another one's match."""
    way = MatchWay(
        hash_kind="pdq",
        distance=distance,
        asked_window=CropWindow.CENTRE_10,
        orientation=Orientation.ROTATED_LEFT,
        dhash_distance=dhash_distance,
    )
    base: dict[str, Any] = {"tier": "possible", "way": way, "quality": 100, "other_quality": 88, "reports": (MAIN,)}
    return MatchingFile(sha256=sha256_of(i), **{**base, **more})


def pair(i: int, other: int, distance: int = 38, **more: Any) -> PossiblePair:
    """Two files of the report that may be the same image."""
    base: dict[str, Any] = {
        "sha256": sha256_of(i),
        "reports": (MAIN,),
        "other": sha256_of(other),
        "other_reports": (MAIN,),
        "list": None,
        "list_date": None,
        "way": MatchWay(hash_kind="pdq", distance=distance, asked_window=CropWindow.WITHOUT_LEFT_10, dhash_distance=61),
        "quality": 100,
        "other_quality": 88,
    }
    return PossiblePair(**{**base, **more})


def held_hash(number: int, **more: Any) -> HeldHash:
    base: dict[str, Any] = {
        "of": "list",
        "hash": hashlib.sha256(b"h%d" % number).hexdigest(),
        "lists": (Message("{list} of {date}", list="drawn-2", date="2026-11-03"),),
        "files": 212,
        "reports": 208,
        "since": iso(NOW - timedelta(days=1)),
        "outcome": WAITS,
        "decided": None,
        "decided_by": None,
    }
    return HeldHash(id=number, **{**base, **more})


def _factor(rule: str, points: float, field: str, value: str, why: str, axis: Any) -> Factor:
    return Factor(rule=rule, points=points, field=field, value=Message("{value}", value=value), why=Message(why), axis=axis)


def _file(i: int) -> ShowFile:
    sha256 = sha256_of(i)
    known = ("not known", "not known", "not known", "not checked", "exact", "near", "not known")[i]
    why = {
        "exact": Message("Exact copy in {lists}.", lists="drawn-2 of 2026-11-03"),
        "near": Message("Match with an image in {lists}.", lists="drawn-2 of 2026-11-03"),
        "not known": Message("Not in {lists}.", lists="drawn-2 of 2026-11-03"),
        "not checked": Message(SENTENCES[Refusal.DAMAGED]),
    }[known]
    return ShowFile(
        name=f"VID_07_{i}.mp4" if i == 3 else f"IMG_004{i}.jpg",
        original_name=None,
        md5=hashlib.sha256(b"m%d" % i).hexdigest()[:32],
        sha1=hashlib.sha256(b"s%d" % i).hexdigest()[:40],
        sha256=sha256,
        pdq=None if i == 3 else hashlib.sha256(b"p%d" % i).hexdigest(),
        pdq_quality=None if i == 3 else 100,
        phash=None if i == 3 else "d1d1b1a1c3e0f0f8",
        size=183_000 + i * 7919,
        mime="video/mp4" if i == 3 else "image/jpeg",
        present=i != 6,
        declared={"md5": hashlib.sha256(b"m%d" % i).hexdigest()[:32]},
        declared_hash_matches=(True, True, None, None, True, False, None)[i],
        viewed_by_esp=(True, True, True, False, None, None, None)[i],
        exif_viewed_by_esp=None,
        publicly_available=(None, False, None, True, None, None, None)[i],
        classification="A2" if i < 2 else None,
        annotations=("infant",) if i == 0 else (),
        relevance="Reported" if i < 5 else "Supplemental Reported",
        uploaded="2026-11-21T18:14:09Z",
        metadata=(),
        facts={},
        exif={"GPS": "24.86, 67.01", "Make": "Example"} if i == 2 else {},
        problem=SENTENCES[Refusal.DAMAGED] if i == 3 else None,
        verdict=FileVerdict(known=known, why=why, grade="Comparison" if i == 4 else None, graded_by="lhr-02" if i == 4 else None),
        group="g1" if i in (0, 1) else None,
        group_size=2 if i in (0, 1) else 1,
        seen_in=("900098112",) if i == 4 else (),
        key=f"file-{i + 1}",
        sources=(source("900144218.json"),),
    )


def some_set_aside() -> tuple[SetAsideRow, ...]:
    reasons = (
        Message(IMAGE_ONLY),
        Message(ZIP_LOCKED, n=4, total=4),
        Message("The XML is damaged."),
        Message(SENTENCES[Refusal.DAMAGED]),
    )
    return tuple(
        SetAsideRow(i + 1, 1, f"bundle/{name}", reason, None if i == 3 else "ab" * 32, iso(NOW - timedelta(hours=i * 5)))
        for i, (name, reason) in enumerate(zip(("scan.pdf", "b.zip", "900/x.xml", "900/\u202egpj.exe"), reasons, strict=True))
    )


class FakeApi(
    FakeAdmin,
    FakeCases,
    FakeCorrections,
    FakeExchange,
    FakeExports,
    FakeFigures,
    FakeFunnel,
    FakeGallery,
    FakeImports,
    FakeLeads,
    FakePapers,
    FakeQueue,
    FakeRequests,
    FakeTraining,
    FakeUpdates,
    FakeVictims,
):
    """Everything the screens ask, in memory. `calls` remembers what was changed; `slow` seconds make jobs last."""

    def __init__(self, count: int = 300, roles: frozenset[Role] = frozenset(Role), slow: float = 0.0) -> None:
        self.user = User(1, "khi-04", roles)
        self.store_name = "kites-of-lahore"
        self.findings: tuple[IntentFinding, ...] = ()
        self.set_aside_rows = some_set_aside()
        self.linked_tracks: tuple[ReportTrack, ...] = ()
        self.queue = rows(count)
        self.calls: list[tuple[Any, ...]] = []
        self.slow = slow
        self.policy = OfficePolicy(receipt_required=True)
        self.closed = False
        self.looked: list[Exposure] = []
        self.times: tuple[int, ...] = ()
        self.pairs: tuple[PossiblePair, ...] = ()
        self.most_listed = 200
        self.said: dict[tuple[str, str], bool] = {}
        self.hashes: list[HeldHash] = []
        self.unswept = 0
        self.unchecked: dict[str, int] = {}
        self.sweep_fails: Exception | None = None
        self.graph_calls: list[tuple[Any, ...]] = []
        self._begin_desk()
        self._begin_queue()
        self._begin_requests()
        self._begin_victims()
        self._begin_exchange()
        self._begin_exports()
        self._begin_gallery()
        self._begin_imports()
        self._begin_admin()
        self._begin_training()
        self._begin_updates()

    def may(self, right: Right) -> bool:
        return any(right in RIGHTS[role] for role in self.user.roles)

    def _require(self, right: Right) -> None:
        if not self.may(right):
            raise Refused(f"{self.user.name} may not {right.value}: none of the user's roles allows it.")

    _fits = staticmethod(lambda row, wanted: _fits(row, wanted))

    def lanes(self) -> LaneCounts:
        def count(**wanted: Any) -> int:
            return sum(_fits(row, QueueFilter(**wanted)) for row in self.queue)

        return LaneCounts(
            total=len(self.queue),
            open=count(open_only=True),
            bands={band: count(bands=(band,), open_only=True) for band in "ABCDE"},
            statuses={s: count(statuses=(s,)) for s in ("new", "in_progress", "referred", "case_opened", "closed", "on_hold")},
            offices={
                office: count(offices=(office,), open_only=True) for office in ("KHI", "LHR", "ISB", "PEW", "QTA", "MUX", "HQ")
            },
            expiring=count(preserve_within_days=30),
            child_lane=count(flags=("child lane",), open_only=True),
            set_aside=len(self.set_aside_rows),
            possible=len(self._unsaid()),
            held=sum(each.outcome == WAITS for each in self.held()),
            stale=0,
        )

    def show(self, report_id: str, version: int | None = None) -> ShowReport:
        for row in self.queue:
            if row.report_id == report_id:
                return show(row)
        raise NotFound(f"There is no report {report_id} in this store.")

    def report_page(self, report_id: str) -> ReportPageView:
        shown = self.show(report_id)
        texts = show_texts(shown, self.findings)
        return ReportPageView(
            report=shown,
            operators=list_operators(shown),
            conversations=texts.conversations,
            texts=texts.texts,
            tracks=(ReportTrack(report_id=report_id, via="", events=tuple(_events(shown))), *self.linked_tracks),
            next_act=Message("Decide: open a case, refer, or close"),
        )

    def preview_report(self, report_id: str) -> PacketReport:
        self._require(Right.CASE_PAPERS)
        return PacketReport(
            show=self.show(report_id), sources=(), files=(), receipts=(), versions=(), custody=(), media={}, case=None, notices=(),
            lane_confirmed=None, not_done=(),
        )  # fmt: skip

    def export_report(self, report_id: str, out: Path, *, handover: Handover) -> str:
        self._require(Right.CASE_PAPERS)
        self.calls.append(("export_report", report_id, out.name))
        return "54f2c413"

    def record_copy(self, report_id: str, kind: str, value: str) -> None:
        self.calls.append(("record_copy", report_id, kind, value))

    def add_note(self, report_id: str, text: str) -> int:
        self._require(Right.DECIDE)
        self.calls.append(("add_note", report_id, text))
        return 1

    def decide(
        self,
        report_id: str,
        *,
        status: Any = None,
        reason: str | None = None,
        note: str | None = None,
        assignee: str | None = None,
    ) -> int:
        self._require(Right.DECIDE)
        self.calls.append(("decide", report_id, status, reason, note, assignee))
        for i, row in enumerate(self.queue):
            if row.report_id == report_id:
                before = list(self.queue)
                self.queue[i] = replace(row, status=status or row.status, assignee=assignee or row.assignee)
                act = OwnAct(
                    decision=len(self.calls), bulk_act=None, report=report_id, reports=1, taken="",
                    status=self.queue[i].status, reason=reason, assignee=self.queue[i].assignee,
                )  # fmt: skip
                self.acts.append((act, before))
        return len(self.calls)

    def undo(self, decision_id: int) -> None:
        self.calls.append(("undo", decision_id))

    def office_policy(self) -> OfficePolicy:
        return self.policy

    def list_set_aside_ids(self) -> Sequence[int]:
        return [row.id for row in self.set_aside_rows]

    def load_set_aside(self, ids: Sequence[int]) -> dict[int, SetAsideRow]:
        return {row.id: row for row in self.set_aside_rows if row.id in ids}

    def preview(self, sha256: str) -> bytes | None:
        seed = int(sha256[:8], 16)
        side = PREVIEW_SIDE
        return bytes(60 + (x * (seed % 5 + 1) + y * (seed // 7 % 4 + 1)) // 3 for y in range(side) for x in range(side))

    def film_times(self, sha256: str) -> tuple[int, ...]:
        return self.times

    def sweep_state(self) -> SweepState:
        self._require(Right.READ_REPORT)
        return SweepState(left=self.unswept, unchecked=self.unchecked)

    def sweep(self, *, on_progress: OnProgress, on_found: OnFound, cancel: CancelToken) -> SweepResult:
        """A slice a picture. Every third is possibly like another; `sweep_fails` stops it."""
        self._require(Right.IMPORT)
        self.calls.append(("sweep", self.unswept))
        total, unchecked = self.unswept, self.unchecked
        while self.unswept:
            cancel.check()
            take_time(self, cancel)
            if self.sweep_fails is not None:
                raise self.sweep_fails
            self.unswept -= 1
            if self.unswept % 3 == 0:
                on_found(frozenset({MAIN}))
            on_progress(
                Progress(done=total - self.unswept, total=total, unit="files", note=Message("crops, turns and possible matches"))
            )
        return SweepResult(pictures=total, pairs=0, possible=total // 3, left=0, unchecked=unchecked)

    def possible_pairs(self, most: int) -> tuple[PossiblePair, ...]:
        return self._unsaid()[: min(most, self.most_listed)]

    def _unsaid(self) -> tuple[PossiblePair, ...]:
        return tuple(pair for pair in self.pairs if (pair.sha256, pair.other) not in self.said)

    def decide_pair(self, sha256: str, other: str, same: bool | None) -> None:
        self._require(Right.DECIDE)
        self.calls.append(("same", sha256, other, same))
        if same is None:
            self.said.pop((sha256, other), None)
        else:
            self.said[sha256, other] = same

    def held(self) -> tuple[HeldHash, ...]:
        return tuple(self.hashes)

    def decide_held(self, held_id: int, confirm: bool | None) -> None:
        self._require(Right.LISTS)
        self.calls.append(("held", held_id, confirm))
        outcome = WAITS if confirm is None else "confirmed" if confirm else "rejected"
        self.hashes = [replace(each, outcome=outcome) if each.id == held_id else each for each in self.hashes]

    def grade(self, report_id: str, sha256: str, grade: str, *, also: Sequence[str], for_court: bool, settle: bool) -> GradeState:
        self._require(Right.DECIDE)
        more = {"also": also, "for_court": for_court, "settle": settle}
        self.calls.append(("grade", report_id, sha256, grade, more))
        return GradeState(sha256=sha256, state="graded", grade=grade, graded_by=self.user.name, copies=2)

    def inherit_grade(self, report_id: str, sha256: str, seen: str) -> GradeState:
        self._require(Right.DECIDE)
        self.calls.append(("inherit", report_id, sha256, seen))
        return GradeState(sha256=sha256, state="graded", grade="adult", graded_by=self.user.name, copies=1)

    def take_back_grade(self, report_id: str, sha256: str) -> None:
        self.calls.append(("take back grade", report_id, sha256))

    @contextmanager
    def reveal(self, report_id: str, sha256: str, step: RevealStep, at_ms: int | None = None, window: ImageCrop | None = None) -> Iterator[OpenView]:  # fmt: skip
        self._require(Right.REVEAL)
        self.calls.append(("reveal", report_id, sha256, step, *(() if window is None else (window,))))
        width, height = 64, 48
        rgb = lambda: bytes(c for y in range(height) for x in range(width) for c in (x * 3, y * 4, 90))  # noqa: E731
        yield OpenView(lambda: Pixels(width, height, rgb()))
        self.calls.append(("reveal ended", report_id, sha256, step))

    def exposures(self, since: datetime) -> tuple[Exposure, ...]:
        return tuple(e for e in self.looked if e.began >= since)

    def machine(self) -> MachineStatus:
        return fake_machine()

    def change_passphrase(self, new: str, present: str | None = None) -> None:
        self.calls.append(("change_passphrase", new) if present is None else ("change_passphrase", new, present))

    def user_names(self) -> tuple[str, ...]:
        return ("khi-04", "khi-07", "lhr-02")

    def has_one_user(self) -> bool:
        return False

    def export_queue(self, wanted: QueueFilter, out: Path, *, handover: Handover, overwrite: bool) -> Written:
        self._require(Right.EXPORT_QUEUE)
        self.calls.append(("export_queue", wanted, out, handover, overwrite))
        return Written(path=str(out), rows=len(self._matching(wanted)), signature_key="SHA256:EXAMPLE")

    def create_packet(
        self,
        report_ids: Sequence[str],
        out: Path,
        *,
        edition: Edition,
        with_media: bool,
        encrypt_all: bool,
        descriptions: bool,
        texts_read: bool,
        recipients: Sequence[str],
        consent: Consent | None,
        although_cleared: str | None,
        handover: Handover,
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> WrittenPacket:
        self._require(Right.PACKET)
        more = {
            "edition": edition,
            "with_media": with_media,
            "encrypt_all": encrypt_all,
            "descriptions": descriptions,
            "texts_read": texts_read,
            "recipients": recipients,
            "consent": consent,
            "although_cleared": although_cleared,
            "handover": handover,
        }
        self.calls.append(("create_packet", tuple(report_ids), out, more))
        return WrittenPacket(
            path=f"{out}.tar.age" if encrypt_all else str(out),
            rows=len(report_ids),
            signature_key="SHA256:EXAMPLE",
            manifest_sha256="0" * 64,
            edition=edition,
            removed=(),
        )

    def verify(self, path: Path) -> VerifyResult:
        return VerifyResult(valid=True, problems=(), checked={"files": 12}, signature_key="SHA256:EXAMPLE")

    def close(self) -> None:
        self.closed = True


def _fits(row: QueueRow, wanted: QueueFilter) -> bool:
    days = wanted.expiring_within_days or wanted.preserve_within_days
    return all(
        (
            not wanted.bands or row.band in wanted.bands,
            not any(value in FACET_VALUES[facet](row) for facet, value in wanted.excluded),
            not wanted.statuses or row.status in wanted.statuses,
            not wanted.offices or (row.office or "") in wanted.offices,
            not wanted.assignees or (row.assignee or "") in wanted.assignees,
            not wanted.providers or (row.esp or "") in wanted.providers,
            not wanted.incident_types or (row.incident_type or "") in wanted.incident_types,
            not wanted.provinces or (row.province or "") in wanted.provinces,
            not wanted.flags or bool(set(wanted.flags) & set(row.flags or ("",))),
            not wanted.languages or bool(set(wanted.languages) & set(row.languages or ("",))),
            not wanted.open_only or row.status in ("new", "in_progress", "on_hold"),
            not wanted.search or wanted.search.lower() in f"{row.report_id} {row.incident_type} {row.esp}".lower(),
            not wanted.new_since or row.received is None or row.received > wanted.new_since,
            days is None or (row.deadline is not None and row.deadline <= iso(NOW + timedelta(days=days))),
        )
    )


def fake_machine() -> MachineStatus:
    return MachineStatus(
        store=Path("store"),
        fingerprint="5b1f 0c77 example",
        record_entries=48_211,
        record_valid=True,
        record_problems=(),
        record_whole_at=iso(NOW),
        clock_behind=None,
        unsettled_since=None,
        sandbox=SandboxStatus(
            restrictions=(
                Restriction("memory limit", "on", "1400 MB"),
                Restriction("file and network rules (Landlock)", "on", "ABI 7"),
                Restriction("system call filter (seccomp)", "on"),
            ),
            confined=True,
        ),
        hardening=(Restriction("no core dumps", "off"),),
    )
