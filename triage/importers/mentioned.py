"""Adds identifiers and file digests that only the free text of a document mentions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from triage.importers import mentions
from triage.importers.bounds import MAX_LISTED
from triage.model.digest_kinds import DIGEST_HEX
from triage.model.document import Fact, FreeText, Identifier

if TYPE_CHECKING:
    from triage.importers.building import BlockSubject, Builder, FileDraft

MOST_MENTIONS = 20_000
"""From all free text of one document; the texts themselves are kept whole."""
_LENGTHS = {**DIGEST_HEX, "pdq": 64}
_DIGEST = re.compile(
    r"(?<![A-Za-z0-9])(?P<kind>MD[ _\u2010\u2011-]?5|SHA[ _\u2010\u2011-]?(?:1|256)|PDQ)"
    r"(?:[ _-]?(?:hash|sum|digest|checksum|value|of|the|this|file|image|video|is|was)){0,6}"
    r"[^0-9A-Za-z]{0,12}(?P<digest>[0-9A-Fa-f]{32,64})(?![0-9A-Za-z])",
    re.IGNORECASE | re.ASCII,
)
_BETWEEN = re.compile("[^a-z0-9]")
_GOES_ON = re.compile(r"[^0-9A-Za-z]{0,40}(?:and[^0-9A-Za-z]{1,12})?", re.IGNORECASE | re.ASCII)
_KINDS = ("md", "sha", "pdq")
_SHORTEST_DIGEST = 32  # characters
_BEFORE = 300
"""Characters in front of a digest in which the name of its file may stand."""
_SHORTEST_NAME = 5

Texts = Sequence[tuple[FreeText, "BlockSubject | None"]]
"""Text blocks, each with whom or what it speaks of; None for text of which nothing is taken."""


def mentioned_identifiers(texts: Texts, stated: Iterable[Identifier]) -> list[Identifier]:
    """Returns the identifiers that stand only in free text.

    One that a field states already is not repeated.
    """
    seen = {(i.kind, i.normalised) for i in stated}
    found: list[Identifier] = []
    for block, subject in texts:
        for mention in mentions.find_mentions(block.text) if subject else ():
            if (mention.kind, mention.normalised) in seen or len(found) >= MOST_MENTIONS:
                continue
            seen.add((mention.kind, mention.normalised))
            found.append(
                Identifier(
                    kind=mention.kind,
                    value=mention.value,
                    normalised=mention.normalised,
                    role="reporter" if block.of == "reporter" else "mentioned",
                    person=subject.person if subject else None,
                    file=subject.file if subject else None,
                    sources=block.sources,
                )
            )
    return found


@dataclass(slots=True)
class _DigestGroup:
    """Digests of different kinds that stand together, and so belong to one file."""

    before: str
    """The text in front of them."""
    of: dict[str, str] = field(default_factory=dict)


def declare_mentioned_digests(b: Builder, texts: Texts) -> None:
    """Makes digests that a provider wrote into text ("SHA-256: ...") declared hashes of files.

    They are then compared with hash lists and other reports. A digest belongs to the file that the text describes, or whose name
    stands in front of it. Where neither is clear it becomes a file entry of its own.
    """
    by_key = {draft.file: draft for draft in b.files}
    known = {value.casefold() for draft in b.files for value in draft.declared.values()}
    for block, subject in texts:
        if subject is None or block.of == "reporter":
            continue
        source = block.sources[0]
        for digests in _find_digest_groups(block.text):
            if known.issuperset(digests.of.values()):
                continue
            known.update(digests.of.values())
            file = by_key.get(subject.file) or _find_named_file(b.files, digests.before)
            if file is None or any(file.declared.get(kind, value).casefold() != value for kind, value in digests.of.items()):
                file = b.add_file(f"hash:{next(iter(digests.of.values()))}", source.at, source.label)
            for kind, value in digests.of.items():
                if file.declared.setdefault(kind, value) == value:
                    where = f"{source.label}, {source.document}, {source.at}"
                    file.facts.append(Fact(name=f"{kind} stated in", value=where, sources=block.sources))


def _find_digest_groups(text: str) -> Iterator[_DigestGroup]:
    """Yields at most MAX_LISTED groups of digests.

    A repeated kind, or words between, begin the next file's group.
    """
    if not _may_hold_digest(text):
        return
    group, end = _DigestGroup(""), 0
    groups = 0
    for found in _DIGEST.finditer(text):
        kind, value = _BETWEEN.sub("", found["kind"].casefold()), found["digest"].casefold()
        if len(value) != _LENGTHS[kind]:
            continue
        if kind in group.of or not group.of or not _GOES_ON.fullmatch(text, end, found.start()):
            if group.of:
                yield group
            groups += 1
            if groups > MAX_LISTED:
                return
            group = _DigestGroup(text[max(end, found.start() - _BEFORE) : found.start()])
        group.of[kind] = value
        end = found.end()
    if group.of:
        yield group


def _may_hold_digest(text: str) -> bool:
    """Returns whether a text names a kind of digest and has a word as long as a digest. Most texts have neither."""
    lower = text.lower()
    return any(kind in lower for kind in _KINDS) and max(map(len, text.split()), default=0) >= _SHORTEST_DIGEST


def _find_named_file(files: Sequence[FileDraft], text: str) -> FileDraft | None:
    """Returns the file whose name stands in the text, or None unless exactly one does."""
    named = [file for file in files[:MAX_LISTED] if any(name in text for name in _searchable_names(file))]
    return named[0] if len(named) == 1 else None


def _searchable_names(file: FileDraft) -> list[str]:
    """Returns the names of a file that are long enough to search for."""
    return [name for name in (file.name, file.original_name) if name and len(name) >= _SHORTEST_NAME]
