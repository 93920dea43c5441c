"""Reads and digests the attachments of a bundle, several together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage import limits
from triage.errors import InputError
from triage.hashing.digests import digest_all, digest_stream
from triage.importers.bundle_entry import Entry
from triage.jobs.intake.attachments import Attachment
from triage.jobs.intake.common import Intake
from triage.model.media import Digests, MediaFacts

KEPT_AS_DOCUMENTS = {".txt": "text/plain", ".csv": "text/csv", ".eml": "message/rfc822"}
"""Kept beside their report. Their text is read in the sandbox."""


@dataclass(frozen=True, slots=True)
class ReadAttachment:
    """An attachment that was read and digested.

    `data` is None when the bytes are known already or too large to hold. `facts` is None when the media item is known, or is
    measured later from the vault.
    """

    entry: Entry
    digests: Digests
    known: bool
    data: bytes | None
    facts: MediaFacts | None
    destroyed: bool = False
    """These bytes were destroyed by order: they are imported again only as a part of another report."""


def read_and_digest(intake: Intake, group: Sequence[Attachment]) -> list[ReadAttachment | None]:
    """Reads and digests a group; returns the attachments in order, None for those that were quarantined."""
    read = [_read(intake, attachment.entry) for attachment in group]
    digests = iter(digest_all([found for found in read if isinstance(found, bytes)]))
    looked: list[ReadAttachment | None] = []
    for attachment, found in zip(group, read, strict=True):
        if found is None:
            looked.append(None)
            continue
        own, data = (next(digests), found) if isinstance(found, bytes) else (found, None)
        destroyed = own.sha256 in intake.destroyed
        looked.append(ReadAttachment(attachment.entry, own, False, data, _state_type(attachment), destroyed))
    return looked


def _read(intake: Intake, entry: Entry) -> bytes | Digests | None:
    """Returns the bytes of an entry, of a large one only the digests. Returns None when it was quarantined."""
    try:
        with entry.open() as stream:
            if entry.size > limits.MAX_WHOLE:
                return digest_stream(stream)
            data = stream.read(entry.size + 1)
            if len(data) > entry.size:  # it grew, or the archive lied
                data += stream.read(limits.MAX_WHOLE + 1 - len(data))
            if len(data) <= limits.MAX_WHOLE:
                return data
        with entry.open() as stream:  # after all it is too large to hold
            return digest_stream(stream)
    except InputError as damage:
        intake.quarantined(entry.path, damage.message, entry.raw)
        return None


def _state_type(attachment: Attachment) -> MediaFacts | None:
    """Returns the type of a file that is kept as a document, by its name; None for all others."""
    if attachment.kind != "document":
        return None
    name = attachment.entry.name
    suffix = name[name.rfind(".") :].lower()
    return MediaFacts(mime=KEPT_AS_DOCUMENTS.get(suffix, "application/octet-stream"))
