"""Timelines as a CSV that Timesketch reads, and places as a KMZ for maps."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC

from triage.exports.sheet_cells import format_csv
from triage.exports.time_labels import format_pakistan_time
from triage.model.moment import format_utc
from triage.model.printable import make_printable
from triage.model.report_times import MappedPlace, TimelineEntry

COLUMNS = (
    "datetime", "message", "timestamp_desc", "datetime_pkt", "zone", "precision", "time_as_written", "report", "source", "remark",
)  # fmt: skip
"""The first three are Timesketch's; the others become attributes of the event there."""
_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)
"""A fixed time, so that the same places give the same bytes."""


def format_timeline(entries: Sequence[TimelineEntry], remarks: dict[str, str]) -> bytes:
    """Returns the CSV in order of time, in UTF-8. `remarks` is report -> what has to be said of it in each line."""
    rows: list[tuple[str, ...]] = [COLUMNS]
    for entry in sort_entries(entries):
        cells = (
            entry.when.astimezone(UTC).isoformat(timespec="microseconds"),
            _format_message(entry),
            entry.what,
            format_pakistan_time(format_utc(entry.when.astimezone(UTC))),
            entry.zone,
            entry.precise,
            entry.written,
            entry.report,
            entry.source,
            remarks.get(entry.report, ""),
        )
        rows.append(tuple(cell or "" for cell in cells))
    return format_csv(rows).encode()


def sort_entries(entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """Returns the entries in order of time, and equal times in an order that does not depend on the store."""
    return sorted(entries, key=lambda entry: (entry.when, entry.report, entry.what, entry.message, entry.source))


def _format_message(entry: TimelineEntry) -> str:
    """Returns the sentence of an event, with what is not certain about its time: tools show only the sentence."""
    doubts = [text for text in (entry.precise, entry.zone if "assumed" in entry.zone else "") if text]
    return f"{entry.message} ({'; '.join(doubts)})" if doubts else entry.message


def format_places(places: Sequence[MappedPlace], remarks: dict[str, str]) -> bytes:
    """Returns a zip with one KML: a folder for each report. Evidence without a position is listed without a point."""
    by_report: dict[str, list[MappedPlace]] = {}
    for place in places:
        by_report.setdefault(place.report, []).append(place)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>']
    lines.append("<name>Places of reports</name>")
    for report, found in by_report.items():
        lines.append(f"<Folder><name>{_format_name(report)}</name>")
        if report in remarks:
            lines.append(f"<description>{_format_description(remarks[report])}</description>")
        for place in found:
            lines += _format_placemark(place)
        lines.append("</Folder>")
    lines.append("</Document></kml>")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("doc.kml", _FIRST_DAY_OF_ZIP), "\n".join(lines), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _format_placemark(place: MappedPlace) -> list[str]:
    """Returns the lines of one place."""
    described = _format_description(f"{place.of}: {place.says}", place.sure)
    lines = [f"<Placemark><name>{_format_name(place.name)}</name><description>{described}</description>"]
    if place.latitude is not None and place.longitude is not None:
        lines.append(f"<Point><coordinates>{place.longitude:.6f},{place.latitude:.6f}</coordinates></Point>")
    return [*lines, "</Placemark>"]


def _format_name(text: str) -> str:
    """Returns a text of strangers as text of XML."""
    return html.escape(make_printable(text), quote=False)


def _format_description(*lines: str) -> str:
    """Returns lines as text of XML. Map programs show a description as a web page, so a stranger's tags are disarmed first."""
    return html.escape("<br>".join(html.escape(make_printable(line)) for line in lines), quote=False)
