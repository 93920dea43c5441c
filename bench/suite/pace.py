"""Measures how fast a machine is, with work that no change of the program touches, so that runs on two machines can be compared."""

from __future__ import annotations

import hashlib
import time
from statistics import median

import numpy as np

TURNS = 7


def measure_pace() -> float:
    """Returns how many milliseconds of processor time a fixed piece of work takes, the median of seven turns.

    It has some of each: Python's own work, SHA-512 as of pages of the database, and sets of bits as of the queue.
    """
    return round(median(_time_turn() for _ in range(TURNS)), 1)


def _time_turn() -> float:
    page, bits = bytes(16_304), np.arange(32_000, dtype=np.uint64)
    began = time.process_time()
    words = {str(number): number for number in range(30_000)}
    sum(words[str(number)] for number in range(0, 30_000, 2))
    for _ in range(500):
        hashlib.sha512(page).digest()
    for _ in range(400):
        np.bitwise_count(bits & ~bits)
    return (time.process_time() - began) * 1000
