"""An evidence packet: what was received, what was found, why, and who did what, as a signed BagIt folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from triage.exports.bag import FINGERPRINT, BagWriter, must_not_exist, safe_name
from triage.exports.case_jsonld import make_graph
from triage.exports.packet_media import encrypt_tar, read_recipients
from triage.exports.packet_readme import format_readme
from triage.exports.packet_report import make_blocks
from triage.exports.pdf_documents import typeset
from triage.message import Message
from triage.model.exports import About, Cleared, PacketMedium, PacketReport, Signer
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.verification import Written

MEDIA_FILE = "media.tar.age"
_FILE_COLUMNS = (
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
    "known",
    "known_why",
    "grade",
)


def check_target(out: Path, recipients: Sequence[str]) -> None:
    """Raises WorldError when the folder exists or a recipient's key is invalid.

    Called before the audit log is written.
    """
    must_not_exist(out)
    read_recipients(recipients)


def create_packet(
    reports: Sequence[PacketReport],
    out: Path,
    signer: Signer,
    about: About,
    *,
    second_person: str,
    proofs: bytes,
    media: Sequence[PacketMedium],
    recipients: Sequence[str],
    cleared: Cleared | None,
    register: Callable[[str], None],
    on_progress: OnProgress,
    cancel: CancelToken,
) -> Written:
    """Writes the packet.

    Media, if any, travel as one age file for the recipients.

    `proofs` is JSON that proves the custody entries to be in the store's audit log. `register` gets the manifest's digest before
    the folder gets its name. Raises WorldError when a recipient's key is invalid, or the folder can't be written.
    """
    keys = read_recipients(recipients)
    steps = 2
    numbers = ", ".join(report.show.report_id for report in reports)
    with BagWriter(out) as bag:
        on_progress(Progress(done=0, total=steps, unit="steps", note=Message("writing the report")))
        pdf = typeset(
            tuple(make_blocks(reports, about, second_person, bool(media), cleared)),
            title=f"Evidence packet {numbers}",
            footer=f"signing key {about.fingerprint}",
        )
        cancel.check()
        bag.add("report.pdf", [pdf])
        bag.add("report.json", [_make_report_json(reports, about, cleared)])
        bag.add("case.jsonld", [make_graph(reports, about)])
        bag.add("custody.jsonl", _make_custody(reports))
        bag.add("record-proof.json", [proofs])
        bag.add("files.csv", [_make_file_table(reports)])
        on_progress(Progress(done=1, total=steps, unit="steps", note=Message("source documents")))
        for name, data in _name_sources(reports).items():
            bag.add(name, [data])
        cancel.check()
        if media:
            bag.add(
                MEDIA_FILE, _report_progress(encrypt_tar(media, keys), sum(medium.size for medium in media), on_progress, cancel)
            )
        manifest = bag.finish(
            (
                ("Source-Organization", about.by),
                ("External-Identifier", numbers),
                ("Bagging-Date", about.made[:10]),
                ("Bag-Software-Agent", about.tool),
                (FINGERPRINT, about.fingerprint),
                *((("Cleared", cleared.sentence),) if cleared else ()),
                ("Second-Person", second_person),
                ("Clock-Source", about.clock),
                ("Media", f"{len(media)} files, encrypted" if media else "none"),
            ),
            format_readme(about, with_media=bool(media), cleared=cleared),
            signer,
            register,
        )
    on_progress(Progress(done=steps, total=steps, unit="steps", note=Message("done")))
    return Written(path=str(out), rows=len(reports), signature_key=about.fingerprint, manifest_sha256=manifest)


def _report_progress(
    chunks: Generator[bytes, None, None], total: int, on_progress: OnProgress, cancel: CancelToken
) -> Iterator[bytes]:
    """Passes chunks on and reports progress. They are a little more than the media, since tar and age add headers."""
    done = 0
    with closing(chunks):
        for chunk in chunks:
            cancel.check()
            yield chunk
            done += len(chunk)
            on_progress(Progress(done=min(done, total) // 1000, total=total // 1000, unit="kB", note=Message("media")))


def _name_sources(reports: Sequence[PacketReport]) -> dict[str, bytes]:
    """Returns payload name -> bytes.

    The name holds the digest, so that equal bytes lie there once a report.
    """
    return {
        f"sources/{safe_name(report.show.report_id)}/{source.sha256[:12]}-{safe_name(Path(source.path).name)}": source.data
        for report in reports
        for source in report.sources
    }


def _make_report_json(reports: Sequence[PacketReport], about: About, cleared: Cleared | None) -> bytes:
    """Returns who made the packet, and for each report what `triage show --json` prints."""
    document = {"about": about, "cleared": cleared, "reports": [msgspec.Raw(report.show_json) for report in reports]}
    return msgspec.json.format(msgspec.json.encode(document), indent=1)


def _make_custody(reports: Sequence[PacketReport]) -> Iterable[bytes]:
    """Yields the chain of custody as JSON lines."""
    for report in reports:
        for step in report.custody:
            yield msgspec.json.encode({"report": report.show.report_id, **msgspec.to_builtins(step)}) + b"\n"


def _make_file_table(reports: Sequence[PacketReport]) -> bytes:
    """Returns the CSV of all files."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_FILE_COLUMNS)
    for report in reports:
        for file in report.show.files:
            values: dict[str, object] = {
                **{name: getattr(file, name) for name in _FILE_COLUMNS if hasattr(file, name)},
                "report": report.show.report_id,
                "declared": "; ".join(f"{kind} {value}" for kind, value in sorted(file.declared.items())),
                "annotations": "; ".join(file.annotations),
                "known": file.verdict.known,
                "known_why": file.verdict.why,
                "grade": f"{file.verdict.grade}: {file.verdict.grade_says}" if file.verdict.grade else "not graded",
            }
            writer.writerow([_format_cell(values[name]) for name in _FILE_COLUMNS])
    return text.getvalue().encode()


def _format_cell(value: object) -> str:
    """Returns a value in words.

    Text that a spreadsheet would run as a formula is disarmed.
    """
    if value is None:
        return "not stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
