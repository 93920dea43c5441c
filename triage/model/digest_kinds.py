"""The digests by which the bytes of a file are known: names, lengths and order of strength, in this one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

DigestKind = Literal["md5", "sha1", "sha256"]
DIGEST_KINDS: tuple[DigestKind, ...] = ("md5", "sha1", "sha256")
"""The weakest first. The fields of `Digests` and `Occurrence` and the columns of `media_item` have these names."""
STRONGEST_FIRST = tuple(reversed(DIGEST_KINDS))
DIGEST_BYTES: Mapping[str, int] = {"md5": 16, "sha1": 20, "sha256": 32}
"""Kind -> its length in bytes."""
DIGEST_HEX: Mapping[str, int] = {kind: 2 * length for kind, length in DIGEST_BYTES.items()}
"""Kind -> its length in hexadecimal digits."""


def list_digests_of(digests: object) -> list[tuple[DigestKind, str]]:
    """Returns (kind, hexadecimal digest) for all kinds, of an object that has a field of each: digests, an occurrence, a row."""
    return [(kind, getattr(digests, kind)) for kind in DIGEST_KINDS]
