"""Computes PDQ and pHash from the grids of an image, equal to the reference implementations bit for bit on the same plane.

Images are hashed together: for one alone most of the time would go into calling numpy.

Sources: Facebook ThreatExchange, "PDQ and TMK+PDQF" (the hash); imagehash 4.3 `phash`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage import limits
from triage.hashing import resampling
from triage.hashing.resampling import PDQ_SIDE, PHASH_SIDE, Matrix, Plane, SampleGrids
from triage.model.media import Perceptual

PDQ_DCT = 16  # DCT coefficients along a side, frequencies 1 to 16
PDQ_BYTES = PDQ_DCT**2 // 8
PHASH_DCT = 8  # DCT coefficients along a side, frequencies 0 to 7

_NEAR_MEDIAN = 1.0  # coefficients nearer to the median than this may go either way by the last bit of a sample
_MOST_UNDETERMINED = 0.4  # share of such coefficients from which a hash is noise; photographs have about 0.05
_EQUAL_COEFFICIENTS = 1e-6  # pHash coefficients this near are equal: symmetric and flat images have many
_MOST_DOUBTFUL_BITS = 2.2  # expected wrong bits of PDQ from which an image of high quality is decoded again. Of 850 such images
# all that strayed by more than 4 bits had more (docs/measurements-hashing.md)
_MOST_DOUBTFUL_BITS_BELOW = 8.0  # the same below _HIGH_QUALITY; from here on all pixels are decoded
_HIGH_QUALITY = 80  # of 100, PDQ's quality
_MOSTLY_ROUNDING = 2 * resampling.ROUNDING_VARIANCE  # below this variance rounding causes the doubt, and the same scale in colour
# settles most of it
_SAFE_DEVIATIONS = 3.0  # beyond so many standard deviations times the root of two from the median, a bit is safe


@dataclass(frozen=True, slots=True)
class PdqHash:
    """An upright PDQ hash (32 bytes) and PDQ's quality, 0 to 100."""

    pdq: bytes
    quality: int


@dataclass(frozen=True, slots=True)
class HashedImages:
    """The hashes of some images in order.

    `doubtful` holds the places of images that are worth decoding again, since many of their PDQ bits may be wrong. The value is
    whether all pixels are needed.
    """

    hashes: list[Perceptual]
    doubtful: dict[int, bool]


def hash_plane(luma: Plane, original_size: tuple[int, int]) -> Perceptual:
    """Returns the hashes of one upright image, without those of its windows.

    Args:
        luma: 8-bit samples (height, width).
        original_size: (height, width) before the decoder scaled the image down by 1, 2, 4 or 8. A plain hash of the small image
            strays up to 24 bits from the full one, a folded one (resampling.py) at most 4.
    """
    return compute_hashes([resampling.compute_grids(luma, original_size)]).hashes[0]


def compute_hashes(images: Sequence[SampleGrids]) -> HashedImages:
    """Returns PDQ in eight orientations, its quality and pHash of each image, and which of them should be decoded again.

    The quality is the reference's, but 0 for flat, half-and-half, striped and mirrored drawings. Their hashes are mostly noise,
    yet the reference gives a sharp edge full marks. `window_hashing.hash_windows` sets it to 0 for low texture too.
    """
    spectra = _compute_spectra(resampling.stack_buffers(images))
    orientations = _compare_with_medians(_orient_blocks(spectra.blocks))
    phashes = _compute_phashes(np.stack([image.phash for image in images]))
    hashes = [
        Perceptual(pdq=eight[0], quality=quality, turns=eight, phash=phash)
        for eight, quality, phash in zip(orientations, _adjust_qualities(spectra), phashes, strict=True)
    ]
    return HashedImages(hashes, _find_doubtful(spectra, np.array([image.variance for image in images])))


def compute_pdq(luma: Plane, original_size: tuple[int, int]) -> PdqHash:
    """Returns the upright PDQ hash alone, for the many frames of a video. Arguments as in `hash_plane`."""
    spectra = _compute_spectra(resampling.compute_pdq_buffer(luma, original_size)[None])
    return PdqHash(_compare_with_medians(spectra.blocks[:, None])[0][0], _adjust_qualities(spectra)[0])


@dataclass(frozen=True, slots=True)
class _Spectra:
    """The spectra that PDQ computes of n images.

    `blocks` (n, 16, 16) are the DCT coefficients. `deviations` (n, 256) say how far each lies from their median. `qualities` (n)
    are the reference's. `determined` (n) says whether most coefficients are clear of the median.
    """

    blocks: Matrix
    deviations: Matrix
    qualities: NDArray[np.intp]
    determined: NDArray[np.bool_]


def _compute_spectra(buffers: Matrix) -> _Spectra:
    """Computes the spectra of buffers (n, 64, 64)."""
    exact = buffers.astype(np.float64)
    blocks = PDQ_BASIS @ exact @ PDQ_BASIS.T
    coefficients = blocks.reshape(len(blocks), -1)
    deviations = np.abs(coefficients - compute_lower_medians(coefficients))
    return _Spectra(blocks, deviations, _compute_qualities(buffers), ~is_undetermined(deviations))


def _adjust_qualities(spectra: _Spectra) -> list[int]:
    found: list[int] = np.where(spectra.determined, spectra.qualities, 0).tolist()
    return found


def _find_doubtful(spectra: _Spectra, variances: Matrix) -> dict[int, bool]:
    """Returns which images to decode again, with True where all pixels are needed.

    `variances` (n) are as in SampleGrids.

    Below _HIGH_QUALITY an image that is compared by its bytes alone is left as it is.
    """
    bits = _expect_wrong_bits(spectra.deviations, variances)
    compared = (spectra.qualities >= limits.MIN_PDQ_QUALITY) & spectra.determined
    again = (bits > _MOST_DOUBTFUL_BITS) & (spectra.qualities >= _HIGH_QUALITY) | (bits > _MOST_DOUBTFUL_BITS_BELOW) & compared
    all_pixels = (bits > _MOST_DOUBTFUL_BITS_BELOW) | (variances > _MOSTLY_ROUNDING)
    return {place: bool(all_pixels[place]) for place in np.flatnonzero(again).tolist()}


def _expect_wrong_bits(deviations: Matrix, variances: Matrix) -> Matrix:
    """Returns how many bits of each image are expected to differ from those of all pixels in colour."""
    reach = np.sqrt(2 * variances)
    image, coefficient = np.nonzero(deviations < _SAFE_DEVIATIONS * reach[:, None])
    found = np.zeros(len(deviations))
    np.add.at(found, image, [math.erfc(far) / 2 for far in (deviations[image, coefficient] / reach[image]).tolist()])
    return found


def _build_cosines(size: int, frequencies: range) -> Matrix:
    columns = (2 * np.arange(size) + 1) * math.pi / (2 * size)
    return np.cos(np.outer(np.array(frequencies), columns))


PDQ_BASIS: Matrix = math.sqrt(2 / PDQ_SIDE) * _build_cosines(PDQ_SIDE, range(1, PDQ_DCT + 1))
"""(16, 64): the DCT of one side of PDQ's buffer."""
_LOWER_MIDDLE = PDQ_DCT**2 // 2 - 1  # place of the lower of the two middle coefficients of 256
_PHASH_BASIS: Matrix = 2 * _build_cosines(PHASH_SIDE, range(PHASH_DCT))
_ALTERNATING: Matrix = np.where(np.arange(PDQ_DCT) % 2 == 0, -1.0, 1.0)
"""Mirroring an image negates the odd frequencies along that side; the 16 kept ones start at frequency 1."""


def _orient_blocks(blocks: Matrix) -> Matrix:
    """Returns the coefficients of all eight orientations, in the order of orientations.ORIENTATIONS: (n, 8, 16, 16)."""
    mirrored_x = blocks * _ALTERNATING
    mirrored_y = blocks * _ALTERNATING[:, None]
    both = mirrored_x * _ALTERNATING[:, None]
    left, right, transposed, transversed = (each.transpose(0, 2, 1) for each in (mirrored_x, mirrored_y, blocks, both))
    return np.stack([blocks, left, both, right, mirrored_y, mirrored_x, transposed, transversed], axis=1)


def _compare_with_medians(blocks: Matrix) -> list[tuple[bytes, ...]]:
    """Returns the 256 bits of each orientation of each image (n, orientations, 16, 16), the last coefficient first."""
    flat = blocks.reshape(*blocks.shape[:2], -1)
    octets = pack_bits(flat > compute_lower_medians(flat)).tobytes()
    image_bytes = flat.shape[1] * PDQ_BYTES
    return [
        tuple(octets[start : start + PDQ_BYTES] for start in range(first, first + image_bytes, PDQ_BYTES))
        for first in range(0, len(octets), image_bytes)
    ]


def pack_bits(bits: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Returns bits (..., 256) as bytes (..., 32) in the order of PDQ's reference, the last bit first.

    They are packed from the little end, then the bytes are reversed: reversing the bits first takes far longer.
    """
    found: NDArray[np.uint8] = np.packbits(bits, axis=-1, bitorder="little")[..., ::-1]
    return found


def compute_lower_medians(coefficients: Matrix) -> Matrix:
    """Returns the medians (..., 1) of 256 coefficients each: PDQ's reference takes the lower of the two in the middle."""
    return np.partition(coefficients, _LOWER_MIDDLE, axis=-1)[..., _LOWER_MIDDLE, None]


def _compute_qualities(buffers: Matrix) -> NDArray[np.intp]:
    """Returns PDQ's quality, 0 to 100: how much a buffer (n, 64, 64) changes from sample to sample.

    Flat images get little.
    """
    steps = sum(_sum_steps(buffers, axis) for axis in (1, 2))
    found: NDArray[np.intp] = np.minimum(100, np.floor(steps / 90)).astype(np.intp)
    return found


def _sum_steps(buffers: Matrix, axis: int) -> Matrix:
    """Returns how much each buffer changes along a side, in whole hundredths of the range for each step."""
    steps = np.diff(buffers, axis=axis)
    steps *= 100
    steps /= 255
    found: Matrix = np.abs(np.trunc(steps, out=steps), out=steps).sum(axis=(1, 2))
    return found


def is_undetermined(deviations: Matrix) -> NDArray[np.bool_]:
    """Returns whether the last bit of a sample decides a large part of a hash.

    Args:
        deviations: (..., 256), how far each coefficient lies from the median.
    """
    near: NDArray[np.uint16] = (deviations < _NEAR_MEDIAN).sum(axis=-1, dtype=np.uint16)  # np.count_nonzero is far slower
    found: NDArray[np.bool_] = near > _MOST_UNDETERMINED * deviations.shape[-1]
    return found


def _compute_phashes(grids: NDArray[np.uint8]) -> list[bytes]:
    coefficients = (_PHASH_BASIS @ grids.astype(np.float64) @ _PHASH_BASIS.T).reshape(len(grids), -1)
    middle = PHASH_DCT**2 // 2  # numpy's own median loads a library that takes a hundredth of the time of a thousand images
    medians = np.partition(coefficients, (middle - 1, middle), axis=1)[:, middle - 1 : middle + 1].mean(axis=1, keepdims=True)
    bits = np.packbits(coefficients > medians + _EQUAL_COEFFICIENTS, axis=1)
    return [each.tobytes() for each in bits]
