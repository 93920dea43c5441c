"""Integer sums are resized exactly as Pillow does, and what is scaled down is filtered as the original would be."""

from __future__ import annotations

import numpy as np
import pytest

from tests.hashing.scenes import Plane
from triage.hashing import resampling


def exactly_resized(plane: Plane) -> np.ndarray:
    whole, places = resampling._compute_lanczos_coefficients(plane.shape[1])
    sums = (plane.astype(np.int64)[:, places] * whole.astype(np.int64)).sum(axis=2)
    return np.clip((sums + (1 << 21)) >> 22, 0, 255)


@pytest.mark.parametrize("samples", [33, 400, 681, 5_000, 5_001, 40_000])
@pytest.mark.parametrize("lines", [12, 40])
def test_a_side_is_resized_exactly(samples: int, lines: int) -> None:
    """Grain of black and white brings the largest sums there are."""
    plane = np.random.default_rng(samples).choice(np.array([0, 255], np.uint8), (lines, samples))
    for axis, each in ((1, plane), (0, plane.T)):
        found = resampling._resize_axis(np.ascontiguousarray(each), axis)
        assert np.array_equal(found if axis else found.T, exactly_resized(plane))


@pytest.mark.parametrize("samples", [64, 400, 1_000])
def test_sums_that_lie_where_rounding_turns_are_resized_exactly(samples: int) -> None:
    plane = np.tile(np.array([100, 101], np.uint8), (60, samples // 2))
    for axis, each in ((1, plane), (0, plane.T)):
        found = resampling._resize_axis(np.ascontiguousarray(each), axis)
        assert np.array_equal(found if axis else found.T, exactly_resized(plane))


@pytest.mark.parametrize("samples", [*range(33, 60), 255, 400, 681, 1_001, 2_049, 4_999, resampling._MOST_IN_HALVES])
def test_single_precision_holds_every_sum_of_halves(samples: int) -> None:
    for band in resampling._build_lanczos_halves(samples).bands:
        for half, unit in ((band.weights[::2], resampling._UPPER_HALF), (band.weights[1::2], resampling._FIXED_POINT)):
            whole = half.astype(np.float64) * unit
            assert np.array_equal(whole, np.rint(whole))
            assert 255 * np.abs(whole).sum(axis=1).max() < 1 << 24
