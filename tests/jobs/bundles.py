"""Small bundles for the tests: documents as bytes, pictures drawn with numpy."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import simplejpeg

from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.session import Session
from triage.model.handover import Receipt

REPORT = """<?xml version="1.0" encoding="UTF-8"?><report><incidentSummary>
<incidentType>Online Enticement of Children for Sexual Acts</incidentType>
<reportAnnotations><sextortion/></reportAnnotations><incidentDateTime>2026-10-01T10:00:00+05:00</incidentDateTime></incidentSummary>
<reporter><reportingPerson><email>desk@provider.example.invalid</email></reportingPerson></reporter>
<personOrUserReported><personOrUserReportedPerson><phone type="Mobile" verified="true">+92 300 0000123</phone>
<email>kite@mail.example.invalid</email></personOrUserReportedPerson><screenName>kite_flyer</screenName>
<ipCaptureEvent><ipAddress>203.0.113.9</ipAddress><eventName>Upload</eventName><dateTime>2026-10-01T04:59:58Z</dateTime>
<port>40123</port></ipCaptureEvent><somethingNew>kept</somethingNew></personOrUserReported></report>"""
DETAILS = """<?xml version="1.0" encoding="UTF-8"?><fileDetails><reportId>900000001</reportId><fileId>aa11</fileId>
<fileName>a.jpg</fileName><originalFileName>IMG_1.jpg</originalFileName><fileViewedByEsp>true</fileViewedByEsp>
<fileAnnotations><viral/></fileAnnotations></fileDetails>"""


def scene(seed: int, side: int = 320) -> np.ndarray:
    """A drawn landscape, RGB: a sky, rough hills, a round sun; enough structure for perceptual hashes to mean something."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side] / side
    picture = np.stack([0.4 + 0.3 * y, 0.5 + 0.2 * y, 0.9 - 0.3 * y], axis=-1)
    for depth in range(4):
        line = (
            0.35
            + 0.15 * depth
            + sum(random.uniform(0.01, 0.08) * np.sin(2 * np.pi * (f * x[0] + random.uniform())) for f in (1, 2, 3, 5, 8))
        )
        picture[y > line] = random.uniform(0.1, 0.8, 3) * (1 - 0.15 * depth)
    for _ in range(6):
        cx, cy, r = random.uniform(0, 1), random.uniform(0, 1), random.uniform(0.03, 0.12)
        picture[(x - cx) ** 2 + (y - cy) ** 2 < r * r] = random.uniform(0.2, 1, 3)
    return (np.clip(picture + random.normal(0, 0.02, picture.shape), 0, 1) * 255).astype(np.uint8)


@cache
def jpeg(seed: int, quality: int = 90) -> bytes:
    return simplejpeg.encode_jpeg(np.ascontiguousarray(scene(seed)), quality=quality)


def write_bundle(folder: Path) -> Path:
    """One report as a folder, with one picture, and a damaged zip."""
    report = folder / "900000001"
    report.mkdir(parents=True)
    (report / "report.xml").write_text(REPORT)
    (report / "file-aa11.xml").write_text(DETAILS)
    (report / "a.jpg").write_bytes(jpeg(1))
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 not a zip")
    return folder


def le_json(number: int, **changes: object) -> bytes:
    """A law-enforcement JSON document with one picture named <number>.jpg."""
    document: dict[str, object] = {
        "reportId": str(number),
        "dateReceived": "2026-10-02T08:00:00Z",
        "reportedInformation": {
            "reportingEsp": {"espName": "Lantern Chat"},
            "incidentSummary": {
                "incidentType": "Apparent Child Pornography",
                "incidentDateTime": "2026-10-01T05:00:00Z",
            },
            "reportedPeople": {
                "reportedPersons": [
                    {
                        "screenName": {"value": f"user_{number}"},
                        "emails": {"emails": [{"value": f"u{number}@mail.example.invalid", "verified": None}]},
                        "phones": {"phones": [{"value": "+92 300 0000777"}]},
                    }
                ]
            },
            "uploadedFiles": {"uploadedFiles": [{"filename": f"{number}.jpg", "viewedByEsp": None}]},
        },
    }
    document.update(changes)
    return json.dumps(document).encode()


def write_zip(path: Path, numbers: range, seed: int = 100) -> Path:
    """Reports in one zip, a folder each; every second picture is the same one."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in numbers:
            archive.writestr(f"{number}/{number}.json", le_json(number))
            archive.writestr(f"{number}/{number}.jpg", jpeg(seed if number % 2 else seed + number % 97))
    return path


def import_reports(session: Session, folder: Path, numbers: Iterable[str]) -> None:
    """Imports a JSON document for each number, from a folder of its own."""
    for number in numbers:
        (folder / number).mkdir()
        (folder / number / "r.json").write_bytes(le_json(int(number)))
    import_bundles(session, [folder], receipt=Receipt())
