"""Sets of reports as bits: how many there are, which they are, and which numbers a column of planes holds for them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from triage.jobs.state.queue_layout import COLUMNS, Bits, Ids
from triage.jobs.state.queue_planes import QueuePlanes, make_bits

Mask = NDArray[np.bool_]
FEW = 20_000
"""So many reports are handled one by one rather than as bits."""
NEAR = 64
"""So many reports are compared by their rows."""
_WIDEST = 15
"""Bits of the numbers that are counted in one table; longer ones are divided plane by plane."""
_STEP = 1_000
"""Words of a plane that are unpacked at once: so the numbers stay in the processor's cache."""
_IDS = 8_192
"""Ids that are looked up at once, for the same reason; a year's 250,000 copies took 6 MB for each question."""


def count_bits(bits: Bits) -> int:
    """Returns how many reports a set has."""
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def list_ids(bits: Bits) -> Ids:
    """Returns the ids of a set, ascending."""
    whole = bits.view(np.uint8)
    at = np.flatnonzero(whole)
    places, offsets = np.nonzero(np.unpackbits(whole[at], bitorder="little").reshape(-1, 8))
    found: Ids = at[places] * 8 + offsets
    return found


def have_bit(plane: Bits, ids: Ids) -> Mask:
    """Returns which of these reports have their bit set."""
    whole, found = plane.view(np.uint8), np.empty(len(ids), np.bool_)
    for start in range(0, len(ids), _IDS):
        part = ids[start : start + _IDS]
        found[start : start + _IDS] = whole[part >> 3] >> (part & 7).astype(np.uint8) & 1
    return found


def divide(planes: QueuePlanes, plane: int, among: Bits) -> tuple[Bits, Bits | None]:
    """Returns those of a set that have no bit in a plane, and those that have it; None when the plane is empty."""
    bits = planes.plane(plane)
    if bits is None:
        return among, None
    having = among & bits
    return among ^ having, having  # one pass less than with the complement of the plane


def find_equal(planes: QueuePlanes, column: str, number: int, among: Bits) -> Bits:
    """Returns those of a set whose number in a column is this one."""
    for bit, plane in _list_planes(column):
        without, having = divide(planes, plane, among)
        if number >> bit & 1:
            if having is None:
                return np.zeros_like(among)
            among = having
        else:
            among = without
    return among


def find_less(planes: QueuePlanes, column: str, number: int, among: Bits) -> Bits:
    """Returns those of a set whose number in a column is lower than this one."""
    less = np.zeros_like(among)
    for bit, plane in _list_planes(column):
        if not planes.is_loaded(plane) and count_bits(among) <= NEAR:  # their rows are fewer pages than the planes that are left
            rows = planes.load_rows(list_ids(among))
            return less | make_bits(planes, rows.ids[rows.columns[column] < np.uint64(number)])
        without, having = divide(planes, plane, among)
        if number >> bit & 1:
            less |= without
            if having is None:
                break
            among = having
        else:
            among = without
    return less


def _list_planes(column: str) -> Iterator[tuple[int, int]]:
    """Yields (bit, plane) of a column, the highest first."""
    planes = COLUMNS[column].planes()
    return zip(range(len(planes) - 1, -1, -1), planes, strict=True)


def read_numbers(planes: QueuePlanes, column: str, ids: Ids) -> Ids:
    """Returns the numbers of these reports in a column of at most 62 planes; 0 for ids that are not in the queue."""
    numbers = np.zeros(len(ids), np.int64)
    inside = ids < planes.size * 64
    for bit, plane in _list_planes(column):
        bits = planes.plane(plane)
        if bits is not None:
            numbers[inside] |= have_bit(bits, ids[inside]).astype(np.int64) << bit
    return numbers


def count_numbers(planes: QueuePlanes, column: str, among: Bits) -> dict[int, int]:
    """Returns number in a column -> how many reports of a set have it."""
    left = list(COLUMNS[column].planes())
    while left and planes.plane(left[0]) is None:
        del left[0]
    count = count_bits(among)
    if count <= FEW or len(left) > _WIDEST:
        return dict(_split(planes, left, 0, among, count))
    counts = np.zeros(1 << len(left), np.int64)
    for start in range(0, len(among), _STEP):
        part = slice(start, start + _STEP)
        inside = np.unpackbits(among[part].view(np.uint8), bitorder="little")
        numbers = np.zeros(len(inside), np.uint16)
        for plane in left:
            bits = planes.plane(plane)
            numbers <<= np.uint16(1)
            if bits is not None:
                numbers |= np.unpackbits(bits[part].view(np.uint8), bitorder="little")
        counts += np.bincount((numbers + np.uint16(1)) * inside, minlength=len(counts) + 1)[1:]  # 0: not of the set
    return {number: int(counts[number]) for number in np.flatnonzero(counts).tolist()}


def _split(planes: QueuePlanes, left: list[int], number: int, among: Bits, count: int) -> Iterator[tuple[int, int]]:
    """Yields (number, count) of a set of which the higher bits are known."""
    if not count:
        return
    if not left:
        yield number, count
    elif count <= FEW:
        ids = list_ids(among)
        numbers = np.zeros(len(ids), np.int64)
        for plane in left:
            bits = planes.plane(plane)
            numbers <<= 1
            if bits is not None:
                numbers |= have_bit(bits, ids)
        for rest, many in zip(*(each.tolist() for each in np.unique(numbers, return_counts=True)), strict=True):
            yield number << len(left) | rest, many
    else:
        without, having = divide(planes, left[0], among)
        with_bit = 0 if having is None else count_bits(having)
        yield from _split(planes, left[1:], number << 1, without, count - with_bit)
        if having is not None:
            yield from _split(planes, left[1:], number << 1 | 1, having, with_bit)
