"""An evidence packet: what was received, what was found, why, and who did what, as a signed BagIt folder."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from triage.exports.bag import FINGERPRINT, Bag, BagWriter, SealedBag, must_not_exist, safe_name
from triage.exports.case_jsonld import make_graph
from triage.exports.description_sheets import make_sheets
from triage.exports.outgoing_file import must_not_exist as must_not_exist_file
from triage.exports.packet_media import encrypt_bytes, encrypt_tar, read_recipients
from triage.exports.packet_paper import make_blocks
from triage.exports.packet_readme import format_readme
from triage.exports.packet_tables import make_custody, make_file_table, make_report_json, name_sources
from triage.exports.pdf_documents import typeset
from triage.message import Message
from triage.model.exports import Signer
from triage.model.json_text import encode_json
from triage.model.moment import format_pakistan_day
from triage.model.packet import Packet, PacketMedium
from triage.model.progress import CancelToken, OnProgress, Progress

MEDIA_FILE = "media.tar.age"
SEALED_ENDING = ".tar.age"
STEPS = 2


def check_target(out: Path, recipients: Sequence[str], *, sealed: bool) -> None:
    """Raises WorldError when the folder or file exists or a recipient's key is invalid.

    Called before the audit log is written.
    """
    if sealed:
        must_not_exist_file(out)
    else:
        must_not_exist(out)
    read_recipients(recipients)


def name_sealed(out: Path) -> Path:
    """Returns the path of a packet that is encrypted as a whole: its name ends in .tar.age."""
    return out if out.name.endswith(SEALED_ENDING) else out.with_name(out.name + SEALED_ENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is written into a packet, and how.

    `proofs` is JSON that proves the custody entries to be in the store's audit log. `check` sees each text before it is written,
    and may refuse it.
    """

    packet: Packet
    proofs: bytes
    media: Sequence[PacketMedium]
    check: Callable[[str, bytes], None]
    on_progress: OnProgress
    cancel: CancelToken


def create_packet(contents: Contents, out: Path, signer: Signer, register: Callable[[str], None]) -> str:
    """Writes the packet as a folder. Media, if any, travel as one age file for the recipients.

    Returns the SHA-256 of its tag manifest, which `register` gets before the folder gets its name. Raises WorldError when a
    recipient's key is invalid, or the folder can't be written.
    """
    with BagWriter(out) as bag:
        _fill(bag, contents)
        return bag.finish(_make_info(contents), format_readme(contents.packet), signer, register)


def seal_packet(contents: Contents, folder: str, signer: Signer) -> tuple[str, bytes]:
    """Returns the SHA-256 of the packet's tag manifest, and the packet as one age file for the recipients.

    It decrypts to a tar of `folder`. Nothing is written to a disk. Raises WorldError when it is too large, or a key is invalid.
    """
    bag = SealedBag(safe_name(folder))
    _fill(bag, contents)
    digest, tar = bag.finish(_make_info(contents), format_readme(contents.packet), signer)
    contents.cancel.check()
    return digest, encrypt_bytes(tar, read_recipients(contents.packet.recipients))


def _fill(bag: Bag, contents: Contents) -> None:
    """Writes everything below data/."""
    packet, check, on_progress = contents.packet, contents.check, contents.on_progress
    on_progress(Progress(done=0, total=STEPS, unit="steps", note=Message("writing the report")))
    blocks = tuple(make_blocks(packet))
    check("report.pdf", encode_json(blocks))
    footer = f"signing key {packet.about.fingerprint}"
    bag.add("report.pdf", [typeset(blocks, title=f"Evidence packet {packet.numbers}", footer=footer)])
    if packet.descriptions:
        sheets = tuple(make_sheets(packet))
        check("descriptions.pdf", encode_json(sheets))
        bag.add("descriptions.pdf", [typeset(sheets, title=f"Description of files, {packet.numbers}", footer=footer)])
    contents.cancel.check()
    for name, content in _make_files(packet, contents.proofs).items():
        check(name, content)
        bag.add(name, [content])
    for rule in packet.rules:
        bag.add(f"rules/{safe_name(rule.name)}", [rule.data])
    on_progress(Progress(done=1, total=STEPS, unit="steps", note=Message("source documents")))
    for report in packet.reports if packet.edition == "full" else ():
        for name, data in name_sources(report).values():
            bag.add(name, [data])
    contents.cancel.check()
    if contents.media:
        keys, total = read_recipients(packet.recipients), sum(medium.size for medium in contents.media)
        bag.add(MEDIA_FILE, _report_progress(encrypt_tar(contents.media, keys), total, on_progress, contents.cancel))
    on_progress(Progress(done=STEPS, total=STEPS, unit="steps", note=Message("done")))


def _make_files(packet: Packet, proofs: bytes) -> dict[str, bytes]:
    """Returns the files for programs by name."""
    return {
        "report.json": make_report_json(packet),
        "case.jsonld": make_graph(packet.reports, packet.about),
        "custody.jsonl": b"".join(make_custody(packet)),
        "record-proof.json": proofs,
        "files.csv": make_file_table(packet.reports),
    }


def _make_info(contents: Contents) -> Iterator[tuple[str, str]]:
    """Yields the lines of bag-info.txt."""
    packet, about = contents.packet, contents.packet.about
    yield "Source-Organization", about.by
    yield "External-Identifier", packet.numbers
    yield "Bagging-Date", format_pakistan_day(about.made)
    yield "Bag-Software-Agent", about.tool
    yield FINGERPRINT, about.fingerprint
    if packet.cleared:
        yield "Cleared", packet.cleared.sentence
    yield "Edition", packet.edition
    yield "Second-Person", packet.second_person
    yield "Clock-Source", about.clock
    yield "Media", f"{len(contents.media)} files, encrypted" if contents.media else "none"


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
