"""Invented reports for the benches of the import: about 20 kB each (XML, JSON) or two pages (PDF), the same every time."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence

from bench.printing import printed

WORDS = [
    "the",
    "kite",
    "flew",
    "over",
    "the",
    "lake",
    "and",
    "the",
    "boat",
    "came",
    "home",
    "late",
    "with",
    "bread",
    "salt",
    "rope",
    "and",
    "lamp",
    "oil",
]


LINES = 3
"""Addresses of a person. With one of its own for each capture a report would share some with a dozen strangers: there are 131,072."""


class Invented:
    """Identifiers of one report, the same every time."""

    def __init__(self, n: int) -> None:
        chance = random.Random(n)
        self.number = 700_000_000 + n
        self.user = f"user_{n}"
        self.email = f"u{n}@mail.example.invalid"
        self.phone = f"+92 300 {n % 10_000_000:07d}"
        lines = [f"198.{18 + chance.randrange(2)}.{chance.randrange(256)}.{chance.randrange(256)}" for _ in range(LINES)]
        self.captures = [
            (
                lines[k % LINES],
                f"2026-09-{1 + k % 28:02d}T{k % 24:02d}:10:00Z",
                1024 + k,
            )
            for k in range(24)
        ]
        self.files = [f"{n:08x}{k:024x}" for k in range(8)]
        self.text = " ".join(chance.choice(WORDS) for _ in range(900))


def make_xml(n: int, urgent: bool = False, files: Sequence[str] | None = None) -> dict[str, bytes]:
    """Returns the files of an invented report as the provider's XML; `files` are MD5s, instead of one invented one."""
    said = Invented(n)
    captures = "".join(
        f"<ipCaptureEvent><ipAddress>{ip}</ipAddress><eventName>Login</eventName><dateTime>{at}</dateTime><port>{port}</port></ipCaptureEvent>"
        for ip, at, port in said.captures
    )
    tags = "<reportAnnotations><sextortion/></reportAnnotations>" if urgent else ""
    report = (
        '<?xml version="1.0" encoding="UTF-8"?><report><incidentSummary><incidentType>Child Pornography (possession, manufacture, and '
        f"distribution)</incidentType>{tags}<incidentDateTime>2026-10-01T10:00:00+05:00</incidentDateTime></incidentSummary><internetDetails>"
        "<chatImIncident><chatClient>Lantern</chatClient></chatImIncident></internetDetails><reporter><reportingPerson>"
        "<email>desk@provider.example.invalid</email></reportingPerson></reporter><personOrUserReported><personOrUserReportedPerson>"
        f'<phone type="Mobile" verified="true">{said.phone}</phone><email>{said.email}</email></personOrUserReportedPerson>'
        f"<espUserId>{said.number}</espUserId><screenName>{said.user}</screenName>{captures}</personOrUserReported>"
        f"<additionalInfo>{said.text}</additionalInfo></report>"
    )
    details = {
        f"file-{k}.xml": (
            f'<?xml version="1.0" encoding="UTF-8"?><fileDetails><reportId>{said.number}</reportId><fileId>{md5}</fileId><fileName>{md5}.jpg'
            f"</fileName><originalFileName>IMG_{k}.jpg</originalFileName><fileViewedByEsp>true</fileViewedByEsp><originalFileHash "
            f'hashType="MD5">{md5}</originalFileHash><fileAnnotations><viral/></fileAnnotations></fileDetails>'
        ).encode()
        for k, md5 in enumerate(said.files[:1] if files is None else files)
    }
    return {"report.xml": report.encode() + b"<!--" + b"." * max(0, 19_000 - len(report)) + b"-->", **details}


def make_json(n: int, urgent: bool = False, files: Sequence[str] | None = None) -> dict[str, bytes]:
    """Returns the files of an invented report as law enforcement's JSON; `files` are MD5s, instead of eight invented ones."""
    said = Invented(n)
    person = {
        "screenName": {"value": said.user},
        "espUserId": str(said.number),
        "emails": {"emails": [{"value": said.email, "verified": None}]},
        "phones": {"phones": [{"value": said.phone}]},
        "sourceCaptures": {
            "sourceCaptures": [
                {"captureType": "IP Address", "value": f"{ip}:{port}", "eventName": "LOGIN", "dateTime": at}
                for ip, at, port in said.captures
            ]
        },
    }
    document = {
        "reportId": str(said.number),
        "dateReceived": "2026-10-02T08:00:00Z",
        "priorityLevel": "1" if urgent else "E",
        "reportedInformation": {
            "reportingEsp": {"espName": "Lantern Chat"},
            "incidentSummary": {
                "incidentType": "Apparent Child Pornography",
                "incidentDateTime": "2026-10-01T05:00:00Z",
                "reportAnnotations": ["sextortion"] if urgent else None,
            },
            "reportedPeople": {"reportedPersons": [person]},
            "uploadedFiles": {
                "uploadedFiles": [
                    {"filename": f"{md5}.jpg", "originalFilename": f"IMG_{k}.jpg", "verificationHash": md5, "viewedByEsp": None}
                    for k, md5 in enumerate(said.files if files is None else files)
                ]
            },
            "additionalInformation": [{"value": said.text + " " * 2_000}],
        },
    }
    data = json.dumps(document, indent=1).encode()
    return {f"{said.number}.json": data + b" " * max(0, 20_000 - len(data))}


def make_pdf_lines(n: int) -> list[str]:
    """Returns the lines of an invented report's PDF."""
    said = Invented(n)
    return [
        f"CyberTipline Report {said.number}",
        "Section A: Reported Information",
        "Incident Type: Apparent Child Pornography (Unconfirmed)",
        "Incident Time: 10-01-2026 05:00:00 UTC",
        "Suspect",
        f"Phone: {said.phone}",
        f"Email Address: {said.email}",
        f"Screen/User Name: {said.user}",
        f"ESP User ID: {said.number}",
        *(f"IP Address: {ip} (Login)\n{at[5:10]}-{at[:4]} {at[11:19]} UTC" for ip, at, _ in said.captures),
        "Additional Information",
        said.text,
    ]


def make_pdf(n: int, urgent: bool = False) -> dict[str, bytes]:
    """Returns the files of an invented report as a PDF."""
    return {f"{Invented(n).number}.pdf": printed(make_pdf_lines(n))}


MAKERS: dict[str, Callable[..., dict[str, bytes]]] = {"xml": make_xml, "json": make_json, "pdf": make_pdf}
