"""Makes what arrives a week after the feed.

A new version, conflicts, videos, complaints, one image in many reports, and a series of near copies with a chat log.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from triage_demo.feed.avi_video import draw_shots, encode_avi
from triage_demo.feed.bundles import Layout, documents, pack_zip, write
from triage_demo.feed.canvas import Noise
from triage_demo.feed.make import SEED, UNTIL, make_noise
from triage_demo.feed.pictures import Pixels, develop, draw, encode_jpeg
from triage_demo.feed.plan import Plan, plan
from triage_demo.feed.records import Contact, File, Provider, Report, Someone, When
from triage_demo.feed.stage import PROVIDERS
from triage_demo.feed.stories import ENTICEMENT, POSSESSION

FIRST_NUMBER = 901_000_001
"""Behind all numbers of the feed."""
ESCALATION = "A second family wrote to the provider: the child may be in danger now."
CALLER = "+92 300 0000946"
"""The phone of a reported user who stands in a report with videos and in a complaint."""
_NEAR_COPIES = 6
_SERIES_PLACE = 5_000
"""Behind the places of all forwarded copies."""
_CHAT = (
    ("garden_gate_5", "hello, saw your kite video"),
    ("little_kite", "thank you"),
    ("garden_gate_5", "kis school mein parhte ho?"),
    ("little_kite", "میں نہیں بتاؤں گا"),
    ("garden_gate_5", "sent you the picture of the garden again, other colours"),
    ("little_kite", "why do you send the same picture?"),
    ("garden_gate_5", "کل سکول کے بعد باغ میں ملو، کسی کو مت بتانا"),
    ("little_kite", "my mother says no"),
    ("garden_gate_5", "ghar par mat batana, main phone la raha hoon"),
    ("little_kite", "یہ بات میں امی کو دکھاؤں گا"),
)
"""Speaker and message, all invented."""
_SCENES = 8
"""The part of a seed that keeps these drawings apart from those of the feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondDelivery:
    """What was written, and which report or file shows what. Reports by number, files by name."""

    bundles: Path
    new_version: str
    """Came before, and now says more."""
    conflict: str
    """The provider's copy states another time and type than NCMEC's."""
    videos: str
    """Holds a video, a shorter copy of it, a still image of it, and a file that is cut short."""
    still: str
    """The still image. A frame of the video is as it is."""
    unreadable: str
    forwarded: tuple[str, ...]
    """Each has another copy of one image."""
    complaints: tuple[str, ...]
    series: str
    """Holds near copies of one image, and a chat log in two scripts."""


def make_second_delivery(
    directory: Path, *, forwarded: int, seed: int = SEED, reports: int = 300, until: datetime = UNTIL
) -> SecondDelivery:
    """Writes `directory`/second-delivery: the same bytes for the same arguments, which are those of the feed.

    `forwarded` is the number of reports that hold a copy of the one image.
    """
    planned = plan(seed, reports, until)
    noise = Noise(np.random.default_rng((seed, _SCENES)))
    layout, made = Layout(), dict[str, bytes]()
    numbered = [report for report in planned.reports if report.form == "json" and report.number and report.suspects]
    updated, doubted = numbered[0], numbered[1]
    made |= _draw_again(updated, planned)
    layout.entries |= documents(_tell_more(updated), made)
    layout.entries |= documents(_contradict(doubted), made)
    videos = _report_videos(seed, until, noise, made)
    layout.entries |= documents(videos, made)
    copies = _forward(seed, until, noise, made, forwarded)
    layout.entries["forwarded.zip"] = pack_zip(
        {path: data for report in copies for path, data in documents(report, made, flat=True).items()}
    )
    series = _report_series(seed, until, noise, made)
    layout.entries |= documents(series, made)
    complaints = _complain(updated, until)
    layout.entries |= complaints
    bundles = directory / "second-delivery"
    if bundles.exists():
        shutil.rmtree(bundles)
    write(layout, bundles)
    return SecondDelivery(
        bundles=bundles,
        new_version=updated.key,
        conflict=doubted.key,
        videos=videos.key,
        still=videos.files[2].name,
        unreadable=videos.files[3].name,
        forwarded=tuple(report.key for report in copies),
        complaints=("C-LHR-17-2026", "C-KHI-41-2026", "C-KHI-42-2026"),
        series=series.key,
    )


def _tell_more(report: Report) -> Report:
    """The same report, escalated, with a phone number more. Its files came before and do not come again."""
    suspect, *others = report.suspects
    known = replace(suspect, phones=(*suspect.phones, Contact(value="+92 300 0000947", verified=True)))
    return replace(
        report,
        escalation=ESCALATION,
        priority="1",
        suspects=(known, *others),
        files=tuple(replace(file, present=False) for file in report.files),
        quirks=frozenset(),
    )


def _contradict(report: Report) -> Report:
    """The provider's own copy of a report that came from NCMEC: other time, other type."""
    when = replace(report.when, at=report.when.at - timedelta(days=3))
    kind = ENTICEMENT if report.incident_type != ENTICEMENT else POSSESSION
    return replace(report, form="xml", when=when, incident_type=kind, files=(), quirks=frozenset(), extra=())


def _draw_again(report: Report, planned: Plan) -> dict[str, bytes]:
    """Returns the images of a report of the feed, byte for byte, by id. A document states their digests."""
    wanted = {file.picture for file in report.files}
    noise = make_noise(planned.seed)
    drawn: dict[str, bytes] = {}
    for picture in planned.pictures:
        if wanted & {picture.id, *(variant.id for variant in picture.variants)}:
            drawn |= develop(picture, noise)
    return drawn


def _new_report(
    place: int,
    until: datetime,
    provider: Provider,
    *,
    story: str,
    days: int,
    suspect: Someone,
    files: tuple[File, ...],
    notes: str | None = None,
    annotations: tuple[str, ...] = (),
    kind: str = POSSESSION,
) -> Report:
    number = str(FIRST_NUMBER + place)
    at = until - timedelta(days=days, minutes=7 * place)
    return Report(
        key=number,
        number=number,
        form="json",
        story=story,
        gravity="ordinary",
        country="PK",
        provider=provider,
        incident_type=kind,
        when=When(at=at),
        received=at + timedelta(hours=5),
        platform=provider.service,
        priority="E",
        suspects=(suspect,),
        files=files,
        notes=notes,
        annotations=annotations,
    )


def _report_videos(seed: int, until: datetime, noise: Noise, made: dict[str, bytes]) -> Report:
    frames = list(draw_shots([(seed, _SCENES, shot) for shot in (1, 2, 3)], noise))
    still: Pixels = frames[len(frames) // 2]
    made["video"] = encode_avi(frames, 88)
    made["video-part"] = encode_avi(frames[: len(frames) * 2 // 3], 60)
    made["still"] = encode_jpeg(still, 92, None)
    made["cut"] = encode_jpeg(draw((seed, _SCENES, 4), 640, 480, noise), 85, None)[:9_000]
    names = (
        ("video", "kites-over-the-roofs.avi"),
        ("video-part", "kites-short.avi"),
        ("still", "kites-still.jpg"),
        ("cut", "cut-short.jpg"),
    )
    files = tuple(
        File(id=f"{place:032x}", picture=picture, name=name, original_name=name, viewed=place < 2, hash_kinds=("MD5", "SHA256"))
        for place, (picture, name) in enumerate(names)
    )
    suspect = Someone(screen_name="roof_watcher", user_id="700000000000001", phones=(Contact(value=CALLER, verified=True),))
    return _new_report(
        0,
        until,
        PROVIDERS[3],
        story="videos",
        days=9,
        suspect=suspect,
        files=files,
        notes="Two videos and a still image of one of them.",
    )


def _forward(seed: int, until: datetime, noise: Noise, made: dict[str, bytes], count: int) -> list[Report]:
    """Returns reports that each hold another copy of one image: other quality, a little noise."""
    drawn = draw((seed, _SCENES, 5), 320, 240, noise).astype(np.int16)
    rng = np.random.default_rng((seed, _SCENES, 6))
    reports = []
    for place in range(1, count + 1):
        changed = np.clip(drawn + rng.integers(-4, 5, drawn.shape), 0, 255).astype(np.uint8)
        picture = f"forwarded-{place:03d}"
        made[picture] = encode_jpeg(changed, int(rng.integers(62, 94)), None)
        file = File(
            id=f"{place:032x}", picture=picture, name=f"forwarded-{place:03d}.jpg", annotations=("viral",), hash_kinds=("MD5",)
        )
        suspect = Someone(screen_name=f"forwards_{place:03d}", user_id=str(710000000000000 + place))
        reports.append(
            _new_report(
                place,
                until,
                PROVIDERS[place % 2],
                story="forwarded",
                days=4 + place % 20,
                suspect=suspect,
                files=(file,),
                annotations=("viral",),
            )
        )
    return reports


def _report_series(seed: int, until: datetime, noise: Noise, made: dict[str, bytes]) -> Report:
    """Returns a report with near copies of one image and the log of a chat."""
    drawn = draw((seed, _SCENES, 7), 640, 480, noise).astype(np.int16)
    rng = np.random.default_rng((seed, _SCENES, 8))
    files = []
    for place in range(_NEAR_COPIES):
        changed = np.clip(drawn + 3 * place + rng.integers(-3, 4, drawn.shape), 0, 255).astype(np.uint8)
        made[f"series-{place}"] = encode_jpeg(changed, 92 - 5 * place, None)
        name = f"garden-{place + 1}.jpg"
        files.append(File(id=f"{place + 1:032x}", picture=f"series-{place}", name=name, original_name=name, viewed=place == 0))
    made["chat"] = _write_chat(until)
    files.append(File(id=f"{_NEAR_COPIES + 1:032x}", picture="chat", name="chat-log.txt", original_name="chat-log.txt"))
    suspect = Someone(screen_name="garden_gate_5", user_id="720000000000001", display_names=("باغ کا دروازہ",))
    return _new_report(
        _SERIES_PLACE,
        until,
        PROVIDERS[0],
        story="series",
        days=5,
        suspect=suspect,
        files=tuple(files),
        notes="Several versions of one image, and the log of the chat in which they were sent.",
        kind=ENTICEMENT,
    )


def _write_chat(until: datetime) -> bytes:
    """Returns an invented chat as a messenger exports it, in Latin and in Urdu script."""
    begins = (until - timedelta(days=5)).replace(hour=20, minute=4, second=0)
    lines = (
        f"{begins + timedelta(minutes=2 * at):%d/%m/%Y, %H:%M} - {speaker}: {said}" for at, (speaker, said) in enumerate(_CHAT)
    )
    return ("\n".join(lines) + "\n").encode()


def _complain(report: Report, until: datetime) -> dict[str, bytes]:
    """One complaint as a form, two as rows of a table. The first names the phone of the report with videos and another report."""
    day = until - timedelta(days=6)
    form = {
        "complaintNumber": "LHR-17/2026",
        "channel": "helpline 1799",
        "office": "LHR",
        "received": day.strftime("%Y-%m-%dT09:30:00+05:00"),
        "verification": "verified",
        "familyWishes": "No visit at home; call after 18:00.",
        "relatedReports": [report.key],
        "complainant": {"name": "A. Example", "phones": ["0300 0000123"], "relationToChild": "mother"},
        "child": {"age": 13, "accounts": [{"platform": "StreamTree Live", "username": "little_kite"}]},
        "reportedAccounts": [{"platform": "StreamTree Live", "username": "roof_watcher", "phone": CALLER}],
        "description": "The account asked the child for pictures and threatened to tell the school.",
    }
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(
        ("Complaint number", "Channel", "Office", "Received", "Child age", "Account platform", "Account username", "Description")
    )
    for number, name in (("KHI-41/2026", "green_garden_7"), ("KHI-42/2026", "blue_lake_9")):
        said = "The account sends messages to pupils of an invented school."
        rows.writerow((number, "walk-in", "KHI", day.strftime("%Y-%m-%dT11:00:00+05:00"), 12, "PictureBox Albums", name, said))
    return {
        "complaints/complaint-17.json": json.dumps(form, ensure_ascii=False, indent=1).encode(),
        "complaints/karachi.csv": table.getvalue().encode(),
    }
