"""Lays documents and pictures out as they arrive: folders, a zip, zips in a zip, a flat bulk zip, and things that cannot be read.

Everything is a mapping of paths to bytes until it is written, so that the same plan gives the same bytes: zip entries carry
one fixed time, and order is that of the plan.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import md5, sha1, sha256
from pathlib import Path

from triage_demo.feed import esp_xml as feed_esp_xml
from triage_demo.feed import le_json as feed_le_json
from triage_demo.feed import le_pdf as feed_le_pdf
from triage_demo.feed.locked_zip import locked_zip
from triage_demo.feed.records import File, Report
from triage_demo.feed.scan_pdf import scan_pdf

STORED = (".jpg", ".png", ".zip")
LOCK = "kite string 27"
ZIP_TIME = (2026, 1, 1, 0, 0, 0)


@dataclass
class Layout:
    """The files of all bundles, by path below the bundles' folder, and where each report lies."""

    entries: dict[str, bytes] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    set_aside: dict[str, str] = field(default_factory=dict)
    junk: list[str] = field(default_factory=list)
    loose: dict[str, str] = field(default_factory=dict)
    """path -> SHA-256 of media that belong to no report."""


def declared(file: File, data: bytes) -> dict[str, str]:
    """Returns the digests that the report states: those of the bytes, or reversed ones when a mismatch is planted."""
    functions = {"MD5": md5, "SHA1": sha1, "SHA256": sha256}
    digests = {kind: functions[kind](data, usedforsecurity=False).hexdigest() for kind in file.hash_kinds}
    return {kind: digest[::-1] for kind, digest in digests.items()} if file.wrong_hash else digests


def documents(report: Report, made: Mapping[str, bytes], *, flat: bool = False) -> dict[str, bytes]:
    """Returns the report's documents and attachments by path, in a folder of their own unless `flat`."""
    digests = {file.id: declared(file, made[file.picture]) for file in report.files}
    if report.form == "json":
        found = {f"{report.key}.json": feed_le_json.report_json(report, digests)}
        if "pdf too" in report.quirks:
            found[f"{report.key}.pdf"] = feed_le_pdf.report_pdf(report, digests)
    elif report.form == "pdf":
        found = {f"CT{report.key}.pdf": feed_le_pdf.report_pdf(report, digests)}
    else:
        found = {"report.xml": feed_esp_xml.report_xml(report)}
        for file in report.files:
            found[f"{file.id}.xml"] = feed_esp_xml.file_xml(report, file, digests[file.id])
        if report.number is not None:
            found["response.xml"] = feed_esp_xml.response_xml(report)
    found |= {file.name: made[file.picture] for file in report.files if file.present}
    return found if flat else {f"{report.key}/{path}": data for path, data in found.items()}


def lay_out(reports: Sequence[Report], made: Mapping[str, bytes]) -> Layout:
    """Returns the layout of all bundles of a feed."""
    layout = Layout()
    xml = [report for report in reports if report.form == "xml"]
    police = [report for report in reports if report.form != "xml"]
    third, half = -(-len(xml) // 3), len(police) // 2

    _folder(layout, "provider-copies", xml[:third], made)
    _zip(layout, "hand-over.zip", xml[third : 2 * third], made)
    inner = {
        "karachi/reports.zip": pack_zip(_files(xml[2 * third :], made)),
        "lahore/reports.zip": pack_zip(_files(police[half + half // 2 :], made)),
    }
    for path, part in zip(inner, (xml[2 * third :], police[half + half // 2 :]), strict=True):
        layout.where.update({report.key: f"regions.zip!/{path}!/{report.key}" for report in part})
    layout.entries["regions.zip"] = pack_zip(inner)
    _folder(layout, "case-tool", police[:half], made)
    _zip(layout, "bulk.zip", police[half : half + half // 2], made, flat=True)
    _odds_and_ends(layout, reports, made)
    return layout


def _files(reports: Sequence[Report], made: Mapping[str, bytes], *, flat: bool = False) -> dict[str, bytes]:
    """Returns the documents and attachments of several reports by path."""
    return {path: data for report in reports for path, data in documents(report, made, flat=flat).items()}


def _folder(layout: Layout, name: str, reports: Sequence[Report], made: Mapping[str, bytes]) -> None:
    """Adds reports to the layout as a folder."""
    layout.entries.update({f"{name}/{path}": data for path, data in _files(reports, made).items()})
    layout.where.update({report.key: f"{name}/{report.key}" for report in reports})


def _zip(layout: Layout, name: str, reports: Sequence[Report], made: Mapping[str, bytes], *, flat: bool = False) -> None:
    """Adds reports to the layout as a zip, each in a folder of its own unless `flat`."""
    layout.entries[name] = pack_zip(_files(reports, made, flat=flat))
    layout.where.update({report.key: f"{name}!" if flat else f"{name}!/{report.key}" for report in reports})


def pack_zip(entries: Mapping[str, bytes]) -> bytes:
    """Returns a zip of these files. All entries carry one fixed time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in entries.items():
            info = zipfile.ZipInfo(path, ZIP_TIME)
            info.compress_type = zipfile.ZIP_STORED if path.endswith(STORED) else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def _odds_and_ends(layout: Layout, reports: Sequence[Report], made: Mapping[str, bytes]) -> None:
    """Adds junk that file managers leave, media without a report, and files that must be quarantined."""
    for path in ("provider-copies/.DS_Store", "provider-copies/Thumbs.db", "provider-copies/__MACOSX/._report.xml"):
        layout.entries[path] = b"\0\0\0\1Bud1"
        layout.junk.append(path)

    pictures = [data for data in made.values() if data[:2] == b"\xff\xd8"]
    layout.entries["loose/without-a-report.jpg"] = pictures[0]
    layout.entries["loose/cut-short.jpg"] = pictures[-1][: len(pictures[-1]) // 3]
    layout.entries["loose/only-a-name.jpg"] = b"this was never a picture\n" * 40
    for path in [path for path in layout.entries if path.startswith("loose/")]:
        layout.loose[path] = sha256(layout.entries[path]).hexdigest()
    layout.set_aside |= {"loose/cut-short.jpg": "could not be decoded", "loose/only-a-name.jpg": "belongs to no report"}

    whole = pack_zip(_files(reports[:2], made))
    layout.entries["damaged.zip"] = whole[: len(whole) * 2 // 3]
    layout.set_aside["damaged.zip"] = "damaged"
    layout.entries["locked.zip"] = locked_zip(_files([_find_smallest(reports, made)], made), LOCK.encode())
    layout.set_aside["locked.zip"] = "password"
    layout.entries["scan-0007.pdf"] = scan_pdf(pictures[0])
    layout.set_aside["scan-0007.pdf"] = "image only"
    layout.entries["cut-short/report.xml"] = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<report><incidentSummary><incidentType>Child'
    )
    layout.set_aside["cut-short/report.xml"] = "not well-formed"


def _find_smallest(reports: Sequence[Report], made: Mapping[str, bytes]) -> Report:
    """Returns the report with a number and a file whose files have the fewest bytes: to lock a megabyte takes half a second."""

    def count_bytes(report: Report) -> int:
        """Counts the bytes of a report's files."""
        return sum(len(made[file.picture]) for file in report.files if file.present)

    return min((report for report in reports if report.number and count_bytes(report)), key=count_bytes, default=reports[0])


def write(layout: Layout, directory: Path) -> None:
    """Writes the files of a layout below a folder."""
    for path, data in layout.entries.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
