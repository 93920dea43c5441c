"""Makes the dictionaries with which stored bytes are compressed (`triage/store/compression.py`), from invented reports.

A dictionary is whole score cards, locations or documents, one behind the other. They are chosen one by one: each time the one by
which the others become shortest. A dictionary that was shipped is never made again: stores hold bytes that name it. A new one gets
the next number.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence

SIZE = 32_000
"""Bytes of a dictionary; zlib looks back 32,768."""
_CANDIDATES, _TRIED = 40, 120


def make_dictionary(samples: Sequence[bytes], seed: int = 1) -> bytes:
    """Returns the dictionary by which samples like these become short."""
    dice = random.Random(seed)
    tried = dice.sample(samples, min(_TRIED, len(samples)))
    chosen = b""
    while True:
        fitting = [one for one in samples if len(one) + len(chosen) <= SIZE]
        if not fitting:
            return chosen
        candidates = dice.sample(fitting, min(_CANDIDATES, len(fitting)))
        longer = [one + chosen for one in candidates]
        best = min(longer, key=lambda dictionary: measure(tried, dictionary))
        if measure(tried, best) >= measure(tried, chosen):
            return chosen
        chosen = best


def measure(samples: Sequence[bytes], dictionary: bytes) -> int:
    """Returns how many bytes the samples take when they are compressed with the dictionary."""
    begin = zlib.compressobj(1, zdict=dictionary)
    packed = 0
    for one in samples:
        packer = begin.copy()
        packed += len(packer.compress(one)) + len(packer.flush())
    return packed
