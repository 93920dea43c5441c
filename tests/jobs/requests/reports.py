"""Invented reports for requests: captures at Pakistani operators, a child's number, and what must never leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

PTCL, PTCL_TWO, JAZZ_NET, ZONG_V6 = "39.32.10.9", "39.32.77.200", "119.160.56.7", "2407:aa80::17"
PHONE, CHILD_PHONE, IMEI = "+923000000123", "+923010000456", "490154203237518"
TYPE = "Online Enticement of Children for Sexual Acts"


def today() -> datetime:
    """Today, asked anew by each test: a run of all tests may go past midnight."""
    return datetime.now(UTC).replace(hour=4, minute=59, second=58, microsecond=0)


def day(ago: int) -> str:
    """The time so many days ago, as a source writes it."""
    return (today() - timedelta(days=ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Told:
    """What a report tells."""

    number: str
    captures: Sequence[tuple[str, str, str]] = ()
    """(address, time, port), "" when not stated."""
    phones: Sequence[str] = (PHONE,)
    handle: str = "kite_flyer"
    user_id: str = "acc-771"
    child: str | None = CHILD_PHONE
    ago: int = 30
    extra: str = ""
    proxies: Sequence[str] = field(default=())

    def xml(self) -> str:
        phones = "".join(f'<phone type="Mobile" verified="true">{each}</phone>' for each in self.phones)
        captures = "".join(
            f"<ipCaptureEvent><ipAddress>{address}</ipAddress><eventName>Login</eventName>"
            + (f"<dateTime>{time}</dateTime>" if time else "")
            + ("<possibleProxy>true</possibleProxy>" if address in self.proxies else "")
            + (f"<port>{port}</port>" if port else "")
            + "</ipCaptureEvent>"
            for address, time, port in self.captures
        )
        child = (
            f"<victim><victimPerson><firstName>Amber</firstName><lastName>Specimen</lastName><phone>{self.child}</phone></victimPerson>"
            "<screenName>amber_example</screenName></victim>"
            if self.child
            else ""
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><report><incidentSummary><incidentType>{TYPE}</incidentType>'
            f"<incidentDateTime>{day(self.ago)}</incidentDateTime></incidentSummary>"
            "<reporter><reportingPerson><email>desk@provider.example.invalid</email></reportingPerson></reporter>"
            f"<personOrUserReported><personOrUserReportedPerson><firstName>Juniper</firstName>{phones}"
            f"<email>{self.handle}@mail.example.invalid</email></personOrUserReportedPerson>"
            f"<espIdentifier>{self.user_id}</espIdentifier><espService>Lantern Chat</espService>"
            f"<screenName>{self.handle}</screenName>{captures}{self.extra}</personOrUserReported>{child}</report>"
        )


def write_reports(folder: Path, told: Sequence[Told]) -> Path:
    """Writes a bundle with these reports, a folder each."""
    for each in told:
        (folder / each.number).mkdir(parents=True)
        (folder / each.number / "report.xml").write_text(each.xml())
        (folder / each.number / "response.xml").write_text(
            f'<?xml version="1.0"?><reportResponse><responseCode>0</responseCode><reportId>{each.number}</reportId></reportResponse>'
        )
        (folder / each.number / "details.xml").write_text(
            f'<?xml version="1.0" encoding="UTF-8"?><fileDetails><reportId>{each.number}</reportId><fileId>aa11</fileId>'
            "<fileName>holiday-77.png</fileName><originalFileName>IMG_4711.png</originalFileName></fileDetails>"
        )
    return folder
