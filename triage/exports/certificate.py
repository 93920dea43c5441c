"""The certificate of a destruction, as JSON for programs and as PDF for the court's file.

Both are signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from triage.errors import WorldError
from triage.exports.officer_forms import describe_officer, make_officer_form, make_signature_form
from triage.exports.outgoing_file import OutgoingFiles, must_not_exist
from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows, typeset
from triage.exports.time_labels import format_own_time
from triage.model.exports import About, Signer
from triage.model.users import Officer


@dataclass(frozen=True, slots=True, kw_only=True)
class StillHeld:
    """An earlier backup or packet, which this store can't change."""

    what: str
    where: str
    made: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A destruction: what was destroyed, on whose authority, and what is left.

    Keyed hashes are of use in this store only.
    """

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
    second_officer: Officer
    """The second person as papers name them."""
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


def list_files(out: Path) -> tuple[Path, Path]:
    """Returns the paths of the JSON and of the PDF."""
    return out, out.with_suffix(".pdf") if out.suffix == ".json" else out.with_name(out.name + ".pdf")


def check_target(out: Path) -> None:
    """Raises WorldError when something is in the way. Called before anything is destroyed."""
    if not out.parent.is_dir():
        raise WorldError("The folder for the certificate {out} is not there; make it first.", out=out.name)
    for path in list_files(out):
        must_not_exist(path)


class CertificateDraft:
    """The certificate, and beside it the newest register of destructions, which replaces an older one.

    It is written before the destruction is committed, and named after. So a certificate never tells of what did not happen.
    """

    def __init__(self, certificate: Certificate, out: Path, signer: Signer, about: About, register: tuple[Path, bytes]) -> None:
        """Writes all files under unfinished names.

        Raises WorldError.
        """
        self._out = out
        self._files = OutgoingFiles(signer)
        data, pdf = list_files(out)
        footer = f"signed with key {about.fingerprint}"
        title = f"Certificate of destruction {certificate.report}"
        printed = typeset(tuple(_make_blocks(certificate, about)), title=title, footer=footer)
        self.contents = ((data, _make_json(certificate, about)), (pdf, printed))
        try:
            for path, content in self.contents:
                self._files.add(path, content)
            self._files.add(*register, overwrite=True)
        except BaseException:
            self.discard()
            raise

    def publish(self) -> tuple[Path, Path]:
        """Gives the files their names, and returns the paths of JSON and PDF.

        Raises WorldError.
        """
        self._files.publish()
        return list_files(self._out)

    def publish_at_any_rate(self) -> tuple[Path, Path]:
        """Gives the files their names, in a second attempt if need be: the report is gone, they must not be.

        Raises WorldError if that fails too; it says where the files lie.
        """
        try:
            return self.publish()
        except WorldError:
            return self.publish_again()
        except BaseException:
            self.publish_again()
            raise

    def publish_again(self) -> tuple[Path, Path]:
        """Names the files that `publish` could not name. When that fails, they stay.

        Raises WorldError.
        """
        try:
            return self.publish()
        except WorldError as error:
            raise WorldError(
                "The report is destroyed, but {file} could not get its name: in its folder, remove unfinished- from the names of"
                " its files.",
                file=self._out.name,
            ) from error

    def discard(self) -> None:
        """Removes the files."""
        self._files.discard()


def _make_json(certificate: Certificate, about: About) -> bytes:
    body = {"kind": "triage destruction certificate", "version": 1, "certificate": certificate, "about": about}
    return msgspec.json.format(msgspec.json.encode(body, order="sorted"), indent=1) + b"\n"


def _describe_held_alone(documents: int, media: int) -> str:
    """Returns a sentence on how much only this report held."""
    counted = f"{documents or 'No'} {'document' if documents == 1 else 'documents'}"
    counted += f" and {media or 'no'} {'media item' if media == 1 else 'media items'}"
    verb = "was" if (documents, media) in ((1, 0), (0, 1)) else "were"
    return (
        f"{counted} {verb} held by this report alone; their keys were destroyed."
        if documents + media
        else ("No document and no media item was held by this report alone.")
    )


def _make_blocks(c: Certificate, about: About) -> Iterator[Block]:
    yield HeadingBlock("Certificate of destruction")
    yield Pairs(
        (
            ("CyberTipline report", c.report),
            ("Also known as", ", ".join(c.aliases) or "none"),
            ("Destroyed", format_own_time(c.destroyed)),
            ("By", f"{about.by}: {c.by_since}"),
            ("Second person", f"{describe_officer(c.second_officer)}: {c.second_person_since}"),
            ("Reason", c.reason),
            ("Order", c.order),
            ("Store", f"{c.store}, report {c.report_id} in its audit log"),
            ("Software", f"{about.tool}, {about.system}"),
            ("Clock", about.clock),
        )
    )
    yield HeadingBlock("What was destroyed", 2)
    yield ParagraphBlock(
        f"{_describe_held_alone(len(c.documents), len(c.media))} "
        "Every row about the report in the database was deleted: contents of documents, people and identifiers, links to other "
        "reports, score card, search words, decisions with their notes, names and paths. Nobody can open the encrypted bytes any "
        "more. The audit log keeps numbers and keyed hashes."
    )
    if c.documents or c.media:
        rows = [("document", mark) for mark in c.documents] + [("media item", mark) for mark in c.media]
        yield Rows(("What", "Keyed hash"), tuple(rows), (1, 5))
    yield HeadingBlock("What is left", 2)
    yield ParagraphBlock(
        f"Documents kept because they also belong to other reports: {c.shared_documents}. Media kept because other reports hold "
        f"them too: {c.shared_media}. Unreadable files from the same bundles: {c.set_aside_beside}; it is unknown whether they "
        "belong to this report, and they stay set aside."
    )
    if c.still_held:
        yield ParagraphBlock(
            "These were made before and are outside this store. They hold the report until they are replaced or destroyed."
        )
        rows_of_held = tuple((h.what, h.where, format_own_time(h.made, lines=True)) for h in c.still_held)
        yield Rows(("What", "Where", "Made"), rows_of_held, (2, 4, 3))
    else:
        yield ParagraphBlock("No earlier backup, packet or work package is recorded.")
    yield HeadingBlock("Proof", 2)
    yield ParagraphBlock(f"Entry {c.entry} of this store's audit log records the destruction; its leaf hash is {c.leaf}.")
    yield ParagraphBlock(c.entry_json, small=True)
    yield ParagraphBlock(
        "Check the signature with: openssl pkeyutl -verify -pubin -inkey FILE.pem -rawin -in FILE -sigfile FILE.sig", small=True
    )
    yield HeadingBlock("Signatures", 2)
    yield ParagraphBlock("We destroyed the report named above on this order. What is left, and where, stands above.")
    yield ParagraphBlock("ہم نے اس حکم پر اوپر دی گئی رپورٹ تلف کی۔ جو کچھ باقی ہے اور جہاں ہے، اوپر درج ہے۔")
    yield make_officer_form(about.officer)
    yield make_signature_form(about.officer, c.second_officer)
