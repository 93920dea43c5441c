"""An evidence packet: what was received, what was found, why, and who did what, as a signed BagIt folder."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from triage.exports.bag import FINGERPRINT, BagWriter, must_not_exist, safe_name
from triage.exports.case_jsonld import make_graph
from triage.exports.packet_media import encrypt_tar, read_recipients
from triage.exports.packet_readme import format_readme
from triage.exports.packet_report import make_blocks
from triage.exports.packet_tables import make_custody, make_file_table, make_report_json, name_sources
from triage.exports.pdf_documents import typeset
from triage.message import Message
from triage.model.exports import Signer
from triage.model.packet import Packet, PacketMedium
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.verification import Written

MEDIA_FILE = "media.tar.age"


def check_target(out: Path, recipients: Sequence[str]) -> None:
    """Raises WorldError when the folder exists or a recipient's key is invalid.

    Called before the audit log is written.
    """
    must_not_exist(out)
    read_recipients(recipients)


def create_packet(
    packet: Packet,
    out: Path,
    signer: Signer,
    *,
    proofs: bytes,
    media: Sequence[PacketMedium],
    register: Callable[[str], None],
    on_progress: OnProgress,
    cancel: CancelToken,
) -> Written:
    """Writes the packet.

    Media, if any, travel as one age file for the recipients.

    `proofs` is JSON that proves the custody entries to be in the store's audit log. `register` gets the manifest's digest before
    the folder gets its name. Raises WorldError when a recipient's key is invalid, or the folder can't be written.
    """
    keys, about = read_recipients(packet.recipients), packet.about
    steps = 2
    with BagWriter(out) as bag:
        on_progress(Progress(done=0, total=steps, unit="steps", note=Message("writing the report")))
        pdf = typeset(
            tuple(make_blocks(packet)),
            title=f"Evidence packet {packet.numbers}",
            footer=f"signing key {about.fingerprint}",
        )
        cancel.check()
        bag.add("report.pdf", [pdf])
        bag.add("report.json", [make_report_json(packet)])
        bag.add("case.jsonld", [make_graph(packet.reports, about)])
        bag.add("custody.jsonl", make_custody(packet))
        bag.add("record-proof.json", [proofs])
        bag.add("files.csv", [make_file_table(packet.reports)])
        for rule in packet.rules:
            bag.add(f"rules/{safe_name(rule.name)}", [rule.data])
        on_progress(Progress(done=1, total=steps, unit="steps", note=Message("source documents")))
        for report in packet.reports:
            for name, data in name_sources(report).values():
                bag.add(name, [data])
        cancel.check()
        if media:
            bag.add(
                MEDIA_FILE, _report_progress(encrypt_tar(media, keys), sum(medium.size for medium in media), on_progress, cancel)
            )
        manifest = bag.finish(_make_info(packet, len(media)), format_readme(packet), signer, register)
    on_progress(Progress(done=steps, total=steps, unit="steps", note=Message("done")))
    return Written(path=str(out), rows=len(packet.reports), signature_key=about.fingerprint, manifest_sha256=manifest)


def _make_info(packet: Packet, media: int) -> Iterator[tuple[str, str]]:
    """Yields the lines of bag-info.txt."""
    about = packet.about
    yield "Source-Organization", about.by
    yield "External-Identifier", packet.numbers
    yield "Bagging-Date", about.made[:10]
    yield "Bag-Software-Agent", about.tool
    yield FINGERPRINT, about.fingerprint
    if packet.cleared:
        yield "Cleared", packet.cleared.sentence
    yield "Edition", packet.edition
    yield "Second-Person", packet.second_person
    yield "Clock-Source", about.clock
    yield "Media", f"{media} files, encrypted" if media else "none"


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
