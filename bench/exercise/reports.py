"""Invented reports of the exercise: each with captures at operators in Pakistan or elsewhere, a phone, and now and then a picture."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import simplejpeg

_FIRST = 910_000_001
_OPERATORS = ("39.32", "119.160", "39.40", "182.180")
_ELSEWHERE = "198.51"
_MOBILE = ("300", "301", "333", "345", "311")
_TYPES = (
    "Online Enticement of Children for Sexual Acts",
    "Child Pornography (possession, manufacture, and distribution)",
    "Child Pornography (possession, manufacture, and distribution)",
    "Misleading Words or Digital Images on the Internet",
)
_REPEATED = 7
"""Every so-manieth report is of a person who was reported before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """An address at a time. `expires` is when the operator may delete it."""

    address: str
    time: str
    port: int
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """What a report of the exercise tells."""

    number: str
    kind: str
    extorted: bool
    person: int
    phone: str
    captures: tuple[Capture, ...]
    day: int
    """On which day of the exercise it comes."""
    when: str
    child: bool
    """Whether the reported user says to be a child."""
    pictured: bool

    @property
    def email(self) -> str:
        return f"person{self.person}@mail.example.invalid"


def invent(seed: int, reports: int, days: int, start: datetime) -> tuple[Invented, ...]:
    """Returns so many reports that come over so many days, the same for the same arguments."""
    chance = random.Random(seed)
    found: list[Invented] = []
    for n in range(reports):
        day = n * days // reports
        person = chance.choice(found).person if found and n % _REPEATED == 6 else n
        moment = start + timedelta(days=day)
        net = chance.choice(_OPERATORS) if chance.random() < 0.85 else _ELSEWHERE
        phone = "+92" + _MOBILE[person % len(_MOBILE)] + f"{person:07d}"
        captures = tuple(_capture(chance, net, moment) for _ in range(chance.randrange(1, 4)))
        found.append(
            Invented(
                number=str(_FIRST + n),
                kind=_TYPES[n % len(_TYPES)],
                extorted=n % 6 == 0,
                person=person,
                phone="+14155550100" if net == _ELSEWHERE else phone,
                captures=captures,
                day=day,
                when=_text(moment - timedelta(days=chance.randrange(1, 20), hours=5)),
                child=n % 29 == 7,
                pictured=n % 10 == 1,
            )
        )
    return tuple(found)


def _capture(chance: random.Random, net: str, moment: datetime) -> Capture:
    """Half of the captures are so old that operators may delete them within weeks."""
    ago = chance.randrange(330, 360) if chance.random() < 0.5 else chance.randrange(3, 90)
    when = (moment - timedelta(days=ago)).replace(
        hour=chance.randrange(24), minute=chance.randrange(60), second=chance.randrange(60)
    )
    address = f"{net}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
    return Capture(
        address=address, time=_text(when), port=chance.randrange(1024, 65000), expires=when + timedelta(days=365)
    )  # fmt: skip


def _text(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def write_reports(folder: Path, told: list[Invented]) -> Path:
    """Writes a bundle with these reports, a folder each."""
    for each in told:
        here = folder / each.number
        here.mkdir(parents=True)
        (here / "report.xml").write_text(_xml(each), encoding="utf-8")
        (here / "response.xml").write_text(
            f'<?xml version="1.0"?><reportResponse><responseCode>0</responseCode><reportId>{each.number}</reportId></reportResponse>'
        )
        if each.pictured:
            (here / "file-aa11.xml").write_text(
                f'<?xml version="1.0" encoding="UTF-8"?><fileDetails><reportId>{each.number}</reportId><fileId>aa11</fileId>'
                f"<fileName>{each.number}.jpg</fileName><originalFileName>IMG_1.jpg</originalFileName></fileDetails>"
            )
            (here / f"{each.number}.jpg").write_bytes(_draw(int(each.number)))
    return folder


def _xml(each: Invented) -> str:
    captures = "".join(
        f"<ipCaptureEvent><ipAddress>{c.address}</ipAddress><eventName>Login</eventName><dateTime>{c.time}</dateTime>"
        f"<port>{c.port}</port></ipCaptureEvent>"
        for c in each.captures
    )
    age = "<age>15</age>" if each.child else ""
    tags = "<reportAnnotations><sextortion/></reportAnnotations>" if each.extorted else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><report><incidentSummary><incidentType>{each.kind}</incidentType>{tags}'
        f"<incidentDateTime>{each.when}</incidentDateTime></incidentSummary>"
        "<reporter><reportingPerson><email>desk@provider.example.invalid</email></reportingPerson></reporter>"
        f'<personOrUserReported><personOrUserReportedPerson><phone type="Mobile" verified="true">{each.phone}</phone>'
        f"<email>{each.email}</email>{age}</personOrUserReportedPerson>"
        f"<espIdentifier>acc-{each.person}</espIdentifier><espService>Lantern Chat</espService>"
        f"<screenName>user_{each.person}</screenName>{captures}</personOrUserReported></report>"
    )


def _draw(seed: int) -> bytes:
    """Returns a drawn picture: coloured hills below a sky."""
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[0:160, 0:160] / 160
    picture = np.stack([0.4 + 0.3 * y, 0.5 + 0.2 * y, 0.9 - 0.3 * y], axis=-1)
    for depth in range(4):
        line = 0.3 + 0.16 * depth + 0.06 * np.sin(2 * np.pi * (chance.integers(1, 6) * x + chance.uniform()))
        picture[y > line] = chance.uniform(0.1, 0.9, 3)
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray((picture * 255).astype(np.uint8)), quality=85))
