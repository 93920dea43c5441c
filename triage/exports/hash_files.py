"""Graded media as hash lists: INTERPOL's ICSE table, and one hash a line for Autopsy, X-Ways and IPED."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from triage.exports.sheet_cells import Cell, format_csv
from triage.message import Message
from triage.model.casework import Grade
from triage.model.graded import GradedFile, HashListKind, LeftOut

ICSE_HEADER = (
    "MD5", "SHA1", "PhotoDNA", "Image ID", "Is distributed", "Victim identified", "Offender identified", "Series name",
    "Number of submissions", "File Available", "Media Type", "Baseline",
)  # fmt: skip
ICSE_GRADES = frozenset({Grade.ABUSE, Grade.EXPLOITIVE})
"""The table has no column for a category: whoever reads it takes every entry for material that shows a child."""
NOT_FOR_ICSE = Message("An ICSE table has no category and holds only material that shows a child.")
NOT_VIEWED = Message(
    "Nobody viewed this file: its grade was taken over from a matching image, and the list has no column to say so."
)
NO_PDQ = Message("It has no PDQ hash: only still images that could be decoded have one.")
DAMAGED_FACTS = Message("What was measured of it is damaged in the store, so its PDQ hash is not known.")
SAME_HASH = Message("Another file of the list has the same hash.")
LEAST_PDQ_QUALITY = 50
"""PDQ's published threshold: a hash under it is not compared."""
_HEADERS: Mapping[HashListKind, str] = {"md5": "MD5", "sha1": "SHA1", "sha256": "SHA256", "pdq": "PDQ"}


def split_for_icse(files: Sequence[GradedFile]) -> tuple[list[GradedFile], list[LeftOut]]:
    """Returns the files that an ICSE table may hold, and the others with the reason."""
    kept: list[GradedFile] = []
    left_out: list[LeftOut] = []
    for file in files:
        if file.grade not in ICSE_GRADES:
            left_out.append(LeftOut(sha256=file.sha256, reason=NOT_FOR_ICSE))
        elif file.inherited_from is not None:
            left_out.append(LeftOut(sha256=file.sha256, reason=NOT_VIEWED))
        else:
            kept.append(file)
    return kept, left_out


def format_icse(files: Sequence[GradedFile]) -> bytes:
    """Returns the table. What nobody has established is blank: unknown is not no."""
    rows: list[tuple[Cell, ...]] = [ICSE_HEADER]
    for file in files:
        kind = (file.mime or "").partition("/")[0]
        shown = {"image": "Image", "video": "Video"}.get(kind, "")
        submissions = len({place.report for place in file.places})
        victim = {None: "", True: "True", False: "False"}[file.victim_identified]
        rows.append((file.md5, file.sha1, "", file.id, "", victim, "", file.series, submissions, "True", shown, ""))
    return format_csv(rows, separator=";", line_end="\n").encode()


def format_hashes(files: Sequence[GradedFile], kind: HashListKind) -> tuple[bytes, int, list[LeftOut]]:
    """Returns the list, the number of its hashes, and the files that have no place in it.

    The first line names the kind; each other line is one hash in lower case, in order of the hash.
    """
    found: set[str] = set()
    left_out: list[LeftOut] = []
    for file in files:
        reason = NOT_VIEWED if file.inherited_from is not None else _refuse_pdq(file) if kind == "pdq" else None
        value = file.pdq.hex() if kind == "pdq" and file.pdq else str(getattr(file, kind) or "")
        reason = SAME_HASH if reason is None and value in found else reason
        if reason is None:
            found.add(value)
        else:
            left_out.append(LeftOut(sha256=file.sha256, reason=reason))
    return "".join(f"{line}\n" for line in (_HEADERS[kind], *sorted(found))).encode(), len(found), left_out


def _refuse_pdq(file: GradedFile) -> Message | None:
    """Returns why the file's PDQ hash may not stand in a list, or None."""
    if file.pdq is None:
        return DAMAGED_FACTS if file.damaged else NO_PDQ
    quality = file.pdq_quality or 0
    if quality < LEAST_PDQ_QUALITY:
        return Message(
            "Its PDQ hash has quality {quality} of 100. Under {least} it would match other people's images.",
            quality=quality,
            least=LEAST_PDQ_QUALITY,
        )
    return None
