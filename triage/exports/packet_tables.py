"""The tables of a packet for programs: report.json, custody.jsonl, files.csv."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from triage.exports.bag import safe_name
from triage.exports.packet_custody import list_custody_rows
from triage.exports.sheet_cells import format_csv
from triage.model.json_text import encode_json, format_text
from triage.model.packet import INTERNAL, Edition, Packet, PacketReport
from triage.model.views import ShowFile

SCHEMA = "triage/1"
_FILE_COLUMNS = (
    "exhibit",
    "report",
    "name",
    "original_name",
    "present",
    "size",
    "mime",
    "md5",
    "sha1",
    "sha256",
    "pdq",
    "pdq_quality",
    "declared",
    "declared_hash_matches",
    "viewed_by_esp",
    "exif_viewed_by_esp",
    "publicly_available",
    "classification",
    "annotations",
    "uploaded",
    "relevance",
    "known",
    "known_why",
    "grade",
    "media_file",
)


def name_sources(report: PacketReport) -> dict[str, tuple[str, bytes]]:
    """Returns exhibit -> (payload name, bytes) of the source documents. Equal bytes lie there once a report."""
    folder = f"sources/{safe_name(report.show.report_id)}"
    found: dict[str, tuple[str, bytes]] = {}
    for source in report.sources:
        found.setdefault(source.exhibit, (f"{folder}/{source.exhibit}-{safe_name(Path(source.path).name)}", source.data))
    return found


def make_report_json(packet: Packet) -> bytes:
    """Returns who made the packet, and for each report what `triage show --json` prints and what a packet adds."""
    document = {
        "schema": SCHEMA,
        "about": packet.about,
        "edition": packet.edition,
        "removed": packet.removed,
        "texts_read_by": packet.texts_read_by or None,
        "internal": INTERNAL,
        "cleared": packet.cleared,
        "second_person": packet.second_person,
        "second_officer": packet.second_officer,
        "handover": packet.handover,
        "media": {"enclosed": packet.with_media, "recipients": packet.recipients},
        "rules": [{"path": f"data/rules/{rule.name}", "sha256": rule.sha256} for rule in packet.rules],
        "reports": [_build_report(report, packet.edition) for report in packet.reports],
    }
    return msgspec.json.format(encode_json(document), indent=1)


def _build_report(report: PacketReport, edition: Edition) -> dict[str, object]:
    """Returns one report: what `triage show --json` prints, and under `packet` what a packet adds."""
    shown = msgspec.to_builtins(report.show, enc_hook=format_text)
    names = name_sources(report) if edition == "full" else {}
    added = {
        "sources": [
            {
                "exhibit": source.exhibit,
                "path": source.path,
                "file": f"data/{names[source.exhibit][0]}" if source.exhibit in names else None,
                "sha256": source.sha256,
                "size": source.size,
                "format": source.format,
                "since": source.since,
                "until": source.until,
                "state": source.state,
                "received_in": source.received_in,
            }
            for source in report.sources
        ],
        "files": report.files,
        "receipts": report.receipts,
        "versions": report.versions,
        "case": report.case,
        "notices": report.notices,
        "child_lane_confirmed": report.lane_confirmed,
        "not_done": report.not_done,
    }
    return {**shown, "packet": added}


def make_custody(packet: Packet) -> Iterable[bytes]:
    """Yields the chain of custody as JSON lines."""
    for report in packet.reports:
        for row in list_custody_rows(report, packet.about.tool):
            yield encode_json(row) + b"\n"


def make_file_table(reports: Sequence[PacketReport]) -> bytes:
    """Returns the CSV of all files. It begins with a byte order mark, without which Excel breaks Urdu."""
    rows: list[Sequence[str]] = [_FILE_COLUMNS]
    for report in reports:
        media_names = {each.exhibit: each.media_name for each in report.files}
        for file in report.show.files:
            values: dict[str, object] = {
                **{name: getattr(file, name) for name in _FILE_COLUMNS if hasattr(file, name)},
                "exhibit": file.exhibit or "not received",
                "report": report.show.report_id,
                "declared": "; ".join(f"{kind} {value}" for kind, value in sorted(file.declared.items())),
                "annotations": "; ".join(file.annotations),
                "known": file.verdict.known,
                "known_why": file.verdict.why,
                "grade": _format_grade(file),
                "media_file": media_names.get(file.exhibit or "") or "not enclosed",
            }
            rows.append([_format_cell(values[name]) for name in _FILE_COLUMNS])
    return format_csv(rows).encode("utf-8-sig")


def _format_grade(file: ShowFile) -> str:
    """Returns the grade, with who saw the file and when."""
    grade = file.verdict.grade
    return f"{grade}: {file.verdict.grade_says}" if grade else file.verdict.ungraded_words


def _format_cell(value: object) -> str:
    """Returns a value in words."""
    if value is None:
        return "not stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
