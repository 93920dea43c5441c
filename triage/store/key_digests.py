"""Digests that stand for link keys in the table of their holders, so that it stays a seventh of the size of the keys themselves.

Keys are found by value all over a table, in whatever order they come. A short row lets a thousand of them share a page.
"""

from __future__ import annotations

import hashlib

OTHERS = "others"
"""Kind of link keys of what is a victim's, a recipient's or only mentioned, "<kind> <value>": it makes no link, it says of whom
one is. For each key of a report such a one is looked up, and few are there. They lie apart, so that few pages answer."""
_BITS = 63


def digest_key(salt: bytes, kind: str, value: bytes) -> int:
    """Returns the digest of a link key, whose value is in UTF-8: from -2**63 to 2**63 - 1, below 0 for the kind `OTHERS`.

    `salt` is random and of one store only, so that nobody outside can choose a name whose digest is that of somebody's number.
    Two of 40 million keys have the same digest by chance in one of 10,000 stores.
    """
    digest = hashlib.blake2b(kind.encode() + b"\0" + value, digest_size=8, key=salt).digest()
    drawn = int.from_bytes(digest, "big") >> 64 - _BITS
    return drawn - (1 << _BITS) if kind == OTHERS else drawn
