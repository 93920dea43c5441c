"""Writes a planned report as the PDF that law enforcement gets: cover, contents, and Sections A to D.

Labels are those that public readers of such PDFs look for. It writes Latin text only, since the font is a built-in one.
"""

from __future__ import annotations

import ipaddress
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from triage_demo.feed.esp_xml import Digests
from triage_demo.feed.records import Capture, Contact, File, Report, Someone
from triage_demo.feed.scan_pdf import assemble

_LINES, _WIDTH = 58, 96
_ANSWERS = {True: "Yes", False: "No", None: "(Information Not Provided by Company)"}
_DEVICE_LABELS = {"GAID": "Advertising ID"}


def report_pdf(report: Report, declared: dict[str, Digests]) -> bytes:
    """Returns the PDF of a report.

    `declared` holds the digests of each file by its id.
    """
    section_a = list(_section_a(report, declared))
    pages = [list(_cover(report)), list(_contents(report)), *_broken(section_a), list(_added(report))]
    foot = f"CyberTipline Report {report.number}"
    return _pdf([[*page[:_LINES], "", f"{foot} | Page {number}"] for number, page in enumerate(pages, 1)])


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%m-%d-%Y %H:%M:%S UTC")


def _cover(report: Report) -> Iterator[str]:
    yield f"CyberTipline Report {report.number}"
    yield f"Priority Level: {report.priority or 'E'}"
    yield f"Received by NCMEC on {_stamp(report.received)}"
    yield "Executive Summary"
    yield "This report was invented for demonstration and tests; nothing in it is about anyone."
    yield f"Incident Type: {report.incident_type} (Unconfirmed)"
    yield f"Total Uploaded Files: {len(report.files)}"
    yield f"Date PDF Generated: {_stamp(report.received + timedelta(hours=1))}"


def _contents(report: Report) -> Iterator[str]:
    """Yields a table of contents, with the labels of later pages and nothing behind them.

    A reader must not take them for data.
    """
    yield "Contents"
    yield "Section A: Reported Information"
    yield from ("Reporting Electronic Service Provider (ESP)", "Incident Information")
    yield from (label for label, _ in _people(report))
    yield "Uploaded File Information"
    yield "Section B: Automated Information Added by NCMEC Systems"
    yield "Section C: Additional Information Provided by NCMEC"
    yield "Section D: Law Enforcement Contact Information"


def _people(report: Report) -> Iterator[tuple[str, Someone]]:
    for word, people in (("Suspect", report.suspects), ("Recipient", report.recipients), ("Victim", report.victims)):
        for number, someone in enumerate(people, 1):
            yield (word if len(people) == 1 else f"{word} {number}"), someone


def _section_a(report: Report, declared: dict[str, Digests]) -> Iterator[str]:
    yield "Section A: Reported Information"
    yield "Reporting Electronic Service Provider (ESP)"
    yield from ("Submitter:", report.provider.name, f"Company Email: {report.provider.desk}")
    yield "Incident Information"
    yield f"Incident Type: {report.incident_type}"
    yield f"Incident Time: {_stamp(report.when.at)}"
    if report.when_text:
        yield f"Description of Incident Time: {report.when_text}"
    for incident in report.incidents:
        yield from (f"URL: {value}" for name, value in incident.values if name == "url")
        yield from (f"Chat Service/IM Client: {value}" for name, value in incident.values if name == "chatClient")
        for capture in incident.captures:
            yield from _capture(capture)
    texts = [*(incident.text for incident in report.incidents if incident.text), *((report.notes,) if report.notes else ())]
    if texts:
        yield "Additional Information:"
        yield from texts
    for label, someone in _people(report):
        yield label
        yield from _person(someone)
    yield "Uploaded File Information"
    yield f"Number of uploaded files: {len(report.files)}"
    for file in report.files:
        yield from _file(file, declared[file.id])
    yield "This concludes Section A"


def _person(someone: Someone) -> Iterator[str]:
    if someone.first or someone.last:
        yield f"Name: {' '.join(name for name in (someone.first, someone.last) if name)}"
    yield from (f"{'Mobile ' if phone.kind == 'Mobile' else ''}Phone: {_verified(phone)}" for phone in someone.phones)
    yield from (f"{'Home ' if email.kind == 'Home' else ''}Email Address: {_verified(email)}" for email in someone.emails)
    for label, value in (
        ("Screen/User Name", someone.screen_name),
        ("ESP User ID", someone.user_id),
        ("Date of Birth", someone.born),
        ("Approximate Age", someone.age),
        ("School Name", someone.school),
        ("Vehicle Description", someone.vehicle),
        ("Group Identifier", someone.group),
        ("Estimated Location", ", ".join(someone.estimated) if someone.estimated else None),
    ):
        if value is not None:
            yield f"{label}: {value}"
    yield from (f"Display Name: {name}" for name in someone.display_names)
    yield from (f"Profile URL: {url}" for url in someone.profile_urls)
    if someone.address:
        home = someone.address
        yield f"Home Address: {home.street}, {home.city}, {home.region}, {home.country}"
    for device in someone.devices:
        yield f"{_DEVICE_LABELS.get(device.kind, device.kind)}: {device.value}"
    if someone.prior_reports:
        yield f"Prior CT Reports: {', '.join(someone.prior_reports)}"
    for capture in someone.captures:
        yield from _capture(capture)
    if someone.notes or someone.bio:
        yield f"Additional Information: {' '.join(text for text in (someone.notes, someone.bio) if text)}"


def _verified(contact: Contact) -> str:
    return (
        contact.value if contact.verified is None else f"{contact.value} ({'Verified' if contact.verified else 'Not Verified'})"
    )


def _capture(capture: Capture) -> Iterator[str]:
    """Yields the lines of a captured address.

    IPv6 has all its zeros here, and none of them in Section B.
    """
    proxy = " (Possible Proxy)" if capture.proxy else ""
    event = f" ({capture.event})" if capture.event else ""
    yield f"IP Address: {ipaddress.ip_address(capture.address).exploded}{event}{proxy}"
    if capture.port is not None:
        yield f"Port: {capture.port}"
    if capture.when is not None:
        yield _stamp(capture.when.at)


def _file(file: File, declared: Digests) -> Iterator[str]:
    yield f"Filename: {file.name}"
    yield from (f"{kind}: {digest}" for kind, digest in declared.items())
    if file.original_name:
        yield f"Original Filename: {file.original_name}"
    yield f"Did Reporting ESP view entire contents of uploaded file? {_ANSWERS[file.viewed]}"
    yield f"Did Reporting ESP view the EXIF of uploaded file? {_ANSWERS[file.exif_viewed]}"
    yield f"Were entire contents of uploaded file publicly available? {_ANSWERS[file.public]}"
    if file.classification:
        yield f"Image Categorization by ESP: {file.classification}"
    if file.annotations:
        yield f"File Annotations: {', '.join(file.annotations)}"
    if file.capture:
        yield "Source Information:"
        if file.capture.when and file.capture.port is None:
            yield "Type Value Event Date/Time"
            yield f"IP Address {file.capture.address} Upload {_stamp(file.capture.when.at)}"
        else:  # the table has no column for the port
            yield from _capture(file.capture)


def _added(report: Report) -> Iterator[str]:
    """Yields Sections B to D."""
    yield "Section B: Automated Information Added by NCMEC Systems"
    for label, someone in _people(report):
        rows = [capture for capture in someone.captures if capture.country]
        if rows:
            yield f"Geo-Lookup ({label})"
            yield "IP Address Country Region City Postal Code Lat/Long ISP/Org"
        for capture in rows:
            yield f"{capture.address} {capture.country} Invented Region Invented City 00000 0.0/0.0 {capture.operator}"
    yield "Section C: Additional Information Provided by NCMEC"
    if report.designation:
        yield f"Classification: {'Auto-referred International' if report.designation == 'auto-referred' else report.designation}"
    yield "Section D: Law Enforcement Contact Information"
    yield f"Time/Date was made available: {_stamp(report.received + timedelta(hours=2))}"


def _broken(lines: list[str]) -> Iterator[list[str]]:
    """Yields the lines in pages, wrapped to the width of the page."""
    wrapped = [part for line in lines for part in textwrap.wrap(line, _WIDTH, break_long_words=False) or [""]]
    for start in range(0, len(wrapped), _LINES):
        yield wrapped[start : start + _LINES]


def _pdf(pages: list[list[str]]) -> bytes:
    """Returns a PDF with pages of lines in Helvetica.

    Objects: catalogue, page tree, font, then a page and its content in turn.
    """
    kids = b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for i, lines in enumerate(pages):
        shown = b"".join(b"(%s) Tj T*\n" % _escaped(line) for line in lines)
        content = b"BT /F1 9 Tf 12 TL 45 790 Td\n%sET" % shown
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
            % (5 + 2 * i)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return assemble(objects)


def _escaped(line: str) -> bytes:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252", "replace")
