"""Digests that stand for link keys in the table of their holders.

Keys are looked up all over that table, in whatever order they come. Its rows are short, so that eight hundred share a page.
"""

from __future__ import annotations

import hashlib


def digest_key(salt: bytes, kind: str, value: bytes) -> int:
    """Returns the digest of a link key, whose value is in UTF-8: from -2**63 to 2**63 - 1.

    `salt` is random and of one store only, so that nobody outside can choose a name whose digest is that of somebody's number.
    Two of 40 million keys have the same digest by chance in one of 20,000 stores.
    """
    digest = hashlib.blake2b(kind.encode() + b"\0" + value, digest_size=8, key=salt).digest()
    return int.from_bytes(digest, "big", signed=True)
