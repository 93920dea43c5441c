"""The certificate of a destruction, as JSON for programs and as PDF for the file of the court; both signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from triage.errors import WorldError
from triage.exports.outgoing_file import OutgoingFiles, must_not_exist
from triage.exports.pdf import Block, Heading, Pairs, Paragraph, Rows, typeset
from triage.exports.times import pkt
from triage.model.exports import About, Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class StillHeld:
    """A backup or packet made before, over which this store has no power."""

    what: str
    where: str
    made: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What was destroyed, on whose word, and what is left. Keyed hashes are of use in this store only."""

    report: str
    """The number by which the report was known."""
    aliases: tuple[str, ...]
    report_id: int
    """The store's own number of it: what its record speaks of."""
    destroyed: str
    by: str
    by_since: str
    """Since when this user exists, who added them, and who set their passphrase."""
    second_person: str
    second_person_since: str
    reason: str
    order: str
    documents: tuple[str, ...]
    """Keyed hash of each document whose key was destroyed."""
    media: tuple[str, ...]
    shared_documents: int
    """Documents that also speak of other reports: they stay, with what they say of this one."""
    shared_media: int
    """Media that other reports hold too: they stay for those."""
    set_aside_beside: int
    """Files that could not be read, from the same bundles: nobody knows whether they speak of this report; they stay."""
    still_held: tuple[StillHeld, ...]
    store: str
    entry: int
    """Number of the record's entry, its canonical JSON, and the leaf that an inclusion proof begins with."""
    entry_json: str
    leaf: str


def places(out: Path) -> tuple[Path, Path]:
    """Where the JSON and the PDF go."""
    return out, out.with_suffix(".pdf") if out.suffix == ".json" else out.with_name(out.name + ".pdf")


def may_be_made(out: Path) -> None:
    """Raises WorldError when something is in the way. Called before anything is destroyed."""
    if not out.parent.is_dir():
        raise WorldError("The folder for the certificate {out} is not there; make it first.", out=out.name)
    for path in places(out):
        must_not_exist(path)


class Draft:
    """The certificate, and beside it the newest register of destructions, which replaces an older one.

    Written whole before the destruction is committed, named when it is: a certificate never tells of what did not happen."""

    def __init__(self, certificate: Certificate, out: Path, signer: Signer, about: About, register: tuple[Path, bytes]) -> None:
        self._out = out
        self._files = OutgoingFiles(signer)
        data, pdf = places(out)
        footer = f"Certificate of destruction, signed with key {about.fingerprint}"
        title = f"Certificate of destruction {certificate.report}"
        printed = typeset(tuple(_blocks(certificate, about)), title=title, footer=footer)
        self.contents = ((data, _json(certificate, about)), (pdf, printed))
        try:
            for path, content in self.contents:
                self._files.add(path, content)
            self._files.add(*register, overwrite=True)
        except BaseException:
            self.discard()
            raise

    def publish(self) -> tuple[Path, Path]:
        self._files.publish()
        return places(self._out)

    def discard(self) -> None:
        self._files.discard()


def _json(certificate: Certificate, about: About) -> bytes:
    body = {"kind": "triage destruction certificate", "version": 1, "certificate": certificate, "about": about}
    return msgspec.json.format(msgspec.json.encode(body, order="sorted"), indent=1) + b"\n"


def _blocks(c: Certificate, about: About) -> Iterator[Block]:
    yield Heading("Certificate of destruction")
    yield Pairs(
        (
            ("CyberTipline report", c.report),
            ("Also known as", ", ".join(c.aliases) or "no other number"),
            ("Destroyed", f"{c.destroyed} ({pkt(c.destroyed)})"),
            ("By", f"{c.by}: {c.by_since}"),
            ("Second person", f"{c.second_person}: {c.second_person_since}"),
            ("Reason", c.reason),
            ("Order", c.order),
            ("Store", f"{c.store}, report {c.report_id} in its record"),
            ("With", f"{about.tool}, {about.system}"),
            ("Clock", about.clock),
        )
    )
    yield Heading("What was destroyed", 2)
    yield Paragraph(
        f"The keys of {len(c.documents)} documents and {len(c.media)} media that only this report held, and every row about the "
        "report in the database: what the documents said, people and identifiers, ties to other reports, judgement, search "
        "words, decisions with their notes, names and paths. The sealed bytes can't be opened by anybody any more. The "
        "record keeps numbers and keyed hashes."
    )
    if c.documents or c.media:
        rows = [("document", mark) for mark in c.documents] + [("medium", mark) for mark in c.media]
        yield Rows(("What", "Keyed hash"), tuple(rows), (1, 5))
    yield Heading("What is left", 2)
    yield Paragraph(
        f"{c.shared_documents} documents also speak of other reports and stay with what they say. {c.shared_media} media are "
        f"held by other reports too and stay for those. {c.set_aside_beside} files of the same bundles could not be read when "
        "they came; whether they speak of this report is not known, and they stay set aside."
    )
    if c.still_held:
        yield Paragraph(
            "Made before, and not within this store's power: they hold the report until they are replaced or destroyed."
        )
        yield Rows(("What", "Where", "Made"), tuple((h.what, h.where, h.made) for h in c.still_held), (2, 4, 2))
    else:
        yield Paragraph("No backup or packet that was made before is on record.")
    yield Heading("Proof", 2)
    yield Paragraph(f"Entry {c.entry} of the record of this store says so; its leaf is {c.leaf}.")
    yield Paragraph(c.entry_json, small=True)
    yield Paragraph(
        "Check the signature with: openssl pkeyutl -verify -pubin -inkey FILE.pem -rawin -in FILE -sigfile FILE.sig", small=True
    )
