"""The compiled steps of hashing images say what numpy says, touch nothing else, and where they can't be used numpy does the same."""

from __future__ import annotations

import ctypes
import mmap
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from delivery import build_kernel as builder
from delivery.build_kernel import build_kernel, compile_kernel
from tests.thorough import THOROUGH
from triage.hashing import image_kernel, kernel_use, perceptual, resampling, window_hashing
from triage.hashing.difference_hash import compare_halves
from triage.hashing.image_kernel import FILES, ImageKernel, open_kernel
from triage.hashing.kernel_use import enable_kernel

COMPILER = next((found for name in builder.COMPILERS if (found := shutil.which(name))), None)
NEEDS_COMPILER = pytest.mark.skipif(
    COMPILER is None or sys.platform != "linux" or platform.machine() != "x86_64", reason="no C compiler for x86-64 on Linux"
)
EXAMPLES = 2_000 if THOROUGH else 100
FLOATS = st.floats(-300, 300, width=32)


@pytest.fixture(scope="module")
def library_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kernel") / FILES.library.name
    build_kernel(path, FILES.source)
    return path


@pytest.fixture(scope="module")
def kernel(library_path: Path) -> ImageKernel:
    if not ctypes.CDLL(str(library_path)).is_supported():
        pytest.skip("this processor has no AVX2")
    found = open_kernel(library_path)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def used_before() -> Iterator[None]:
    """Leaves the process as it was: no test outside a worker uses the kernel."""
    before = image_kernel.get_kernel()
    yield
    image_kernel.set_kernel(before)


def draw_plane(seed: int, height: int, width: int) -> resampling.Plane:
    chance = np.random.default_rng(seed)
    if seed % 2:
        return chance.integers(0, 256, (height, width), np.uint8)
    return chance.choice(np.array((0, 255), np.uint8), (height, width))


def check_resizing(kernel: ImageKernel, plane: resampling.Plane) -> None:
    for axis in (0, 1):
        taps = resampling.build_lanczos_taps(plane.shape[axis])
        assert taps is not None
        assert np.array_equal(kernel.shrink(plane, axis, taps), resampling.resize_with_numpy(plane, axis))


def check_windows(
    kernel: ImageKernel, coefficients: resampling.Matrix, cells: resampling.Matrix, lighter: resampling.Matrix
) -> None:
    found = kernel.hash_windows(coefficients, cells, lighter)  # type: ignore[arg-type]
    assert np.array_equal(found, window_hashing.compute_bits_with_numpy(coefficients, cells, lighter))


@NEEDS_COMPILER
class TestSameAsNumpy:
    @settings(max_examples=EXAMPLES, deadline=None)
    @given(st.integers(0, 1000), st.integers(1, 700), st.integers(1, 700))
    def test_resizing_planes_of_any_size(self, kernel: ImageKernel, seed: int, height: int, width: int) -> None:
        check_resizing(kernel, draw_plane(seed, height, width))

    @pytest.mark.parametrize("size", [(1, 1), (1, 5_000), (5_000, 1), (33, 12_345), (12_345, 33), (31, 33), (32, 32)])
    def test_resizing_planes_of_uncommon_sizes(self, kernel: ImageKernel, size: tuple[int, int]) -> None:
        check_resizing(kernel, draw_plane(1, *size))
        check_resizing(kernel, np.full(size, 255, np.uint8))

    @settings(max_examples=EXAMPLES // 2, deadline=None)
    @given(
        arrays.arrays(np.float32, (3, 256), elements=FLOATS),
        arrays.arrays(np.float32, (3, 16, 16), elements=st.floats(0, 255, width=32)),
        arrays.arrays(np.float32, (3, 2), elements=st.sampled_from([-1.0, 0.0, np.float32(0.1), 1.0])),
    )
    def test_bits_of_any_windows(
        self, kernel: ImageKernel, coefficients: resampling.Matrix, cells: resampling.Matrix, lighter: resampling.Matrix
    ) -> None:
        check_windows(kernel, coefficients, cells, lighter)

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(
        st.integers(0, 1_000_000),
        st.sampled_from([1e-30, 0.3, 1.0, 2.0, 3.0, 50.0, 1e30]),
        st.sampled_from([0.0, 1.0, 3.0, 20.0]),
    )
    def test_bits_around_every_limit(self, kernel: ImageKernel, seed: int, spread: float, texture: float) -> None:
        """Some coefficients are equal, zeros have both signs, and the counts lie on either side of what is still enough."""
        chance = np.random.default_rng(seed)
        coefficients = (chance.normal(0, spread, (20, 256))).astype(np.float32)
        coefficients[::2] = np.rint(coefficients[::2])
        cells = np.rint(chance.normal(100, texture, (20, 16, 16)) * 4).astype(np.float32) / 4
        check_windows(kernel, coefficients, cells, np.ascontiguousarray(compare_halves(cells)))

    @pytest.mark.parametrize("near", [101, 102, 103, 104])
    @pytest.mark.parametrize("large", [133, 134, 135, 136])
    def test_bits_at_both_limits(self, kernel: ImageKernel, near: int, large: int) -> None:
        """0.4 of 256 coefficients near the median, and 0.28 of 480 steps that are large."""
        coefficients = np.zeros((1, 256), np.float32)
        coefficients[0, : (256 - near) // 2] = -9
        coefficients[0, (256 - near) // 2 : 256 - near] = 9
        cells = np.zeros((1, 16, 16), np.float32)
        places = [(row, column) for row in range(0, 16, 2) for column in range(0, 16, 2)]
        steps = 0
        for row, column in places:
            own = 4 - (row == 0) - (column == 0)
            if steps + own <= large:
                cells[0, row, column] = 9
                steps += own
        lighter = np.ones((1, 2), np.float32)
        check_windows(kernel, coefficients, cells, lighter)

    def test_hashes_of_whole_images(self, kernel: ImageKernel) -> None:
        planes = [draw_plane(seed, 260 + 17 * seed, 300 + 11 * seed) for seed in range(6)]
        without = [self.hash_image(plane) for plane in planes]
        image_kernel.set_kernel(kernel)
        assert [self.hash_image(plane) for plane in planes] == without

    def hash_image(self, plane: resampling.Plane) -> object:
        return window_hashing.hash_windows(plane, perceptual.hash_plane(plane, plane.shape))


class TestTaps:
    @settings(max_examples=EXAMPLES, deadline=None)
    @given(st.integers(1, 30_000))
    def test_both_parts_are_the_whole(self, samples: int) -> None:
        whole, places = resampling._compute_lanczos_coefficients(samples)
        taps = image_kernel.build_taps(whole, places[:, 0])
        assert taps is not None
        parts = taps.parts.astype(np.int64)
        joined = ((parts[:, :, 0] << 11) + parts[:, :, 1]).reshape(32, -1)
        assert np.array_equal(joined[:, : whole.shape[1]], whole)
        assert not joined[:, whole.shape[1] :].any()
        assert (taps.starts + whole.shape[1] <= samples).all()

    def test_none_where_a_sum_would_not_fit(self) -> None:
        whole = np.full((32, 5), float(1 << 21))
        assert image_kernel.build_taps(whole, np.zeros(32, np.intp)) is None


@NEEDS_COMPILER
class TestMemory:
    """What lies outside the arrays is neither read nor written."""

    @pytest.fixture
    def pages(self) -> Iterator[int]:
        """Yields the address behind 64 pages; the page there can't be touched."""
        size = 64 * mmap.PAGESIZE
        with mmap.mmap(-1, size + mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
            start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
            protect = ctypes.CDLL(None, use_errno=True).mprotect
            assert protect(ctypes.c_void_p(start + size), ctypes.c_size_t(mmap.PAGESIZE), 0) == 0
            yield start + size
            protect(ctypes.c_void_p(start + size), ctypes.c_size_t(mmap.PAGESIZE), 3)

    def place(self, end: int, array: np.ndarray) -> np.ndarray:
        """Returns a copy of the array that ends at this address."""
        octets = (ctypes.c_uint8 * array.nbytes).from_address(end - array.nbytes)
        copy = np.frombuffer(octets, array.dtype).reshape(array.shape)
        copy[...] = array
        return copy

    @pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 7), (33, 40), (70, 300), (100, 37), (5, 129), (211, 67), (4, 16)])
    def test_planes_at_the_end_of_a_page(self, pages: int, kernel: ImageKernel, height: int, width: int) -> None:
        check_resizing(kernel, self.place(pages, draw_plane(3, height, width)))

    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_windows_at_the_end_of_a_page(self, pages: int, kernel: ImageKernel, place: int) -> None:
        chance = np.random.default_rng(place)
        given = [chance.normal(0, 9, size).astype(np.float32) for size in ((5, 256), (5, 16, 16), (5, 2))]
        given[place] = self.place(pages, given[place])
        check_windows(kernel, *given)

    def test_nothing_is_written_behind_the_answer(self, pages: int, library_path: Path, kernel: ImageKernel) -> None:
        chance = np.random.default_rng(5)
        given = [chance.normal(0, 9, size).astype(np.float32) for size in ((5, 256), (5, 16, 16), (5, 2))]
        out = self.place(pages, np.full(5 * 92 + 16, 0xA5, np.uint8))
        places = [ctypes.c_void_p(each.ctypes.data) for each in (*given, out)]
        ctypes.CDLL(str(library_path)).hash_windows(ctypes.c_size_t(5), *places)
        assert out[-16:].tobytes() == b"\xa5" * 16
        assert np.array_equal(out[:-16].reshape(5, 92), window_hashing.compute_bits_with_numpy(*given))


class TestNotUsed:
    def test_outside_a_worker(self) -> None:
        """The host runs no compiled code of ours over what a worker decoded."""
        package = FILES.source.parents[1]
        callers = [path for path in package.rglob("*.py") if "enable_kernel(" in path.read_text(encoding="utf-8")]
        assert sorted(path.name for path in callers) == ["kernel_use.py", "warm.py"]

    def test_when_it_is_missing(self, tmp_path: Path) -> None:
        assert not enable_kernel(tmp_path / FILES.library.name)
        assert image_kernel.get_kernel() is None

    @pytest.mark.parametrize("content", [b"", b"\x7fELF", b"no library at all" * 500])
    def test_when_the_file_is_no_library(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / FILES.library.name).write_bytes(content)
        assert not enable_kernel(tmp_path / FILES.library.name)

    @NEEDS_COMPILER
    @pytest.mark.parametrize("name", ["get_source_id", "is_supported", "shrink_across", "shrink_down", "hash_windows"])
    def test_when_it_lacks_a_function(self, tmp_path: Path, library_path: Path, kernel: ImageKernel, name: str) -> None:
        """The function has another name in a copy of the library: to compile one for each name takes 0.4 s."""
        library, named = library_path.read_bytes(), f"\0{name}\0".encode()
        assert library.count(named) == 1, "in the table of names"
        copy = tmp_path / FILES.library.name
        copy.write_bytes(library.replace(named, f"\0{name[:-1]}_\0".encode()))
        assert ctypes.CDLL(str(copy)), "it is a library still"
        assert not enable_kernel(copy)

    @NEEDS_COMPILER
    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ("(1 << (FRACTION_BITS - 1))", "(1 << FRACTION_BITS)"),
            ("level > 255 ? 255", "level > 255 ? 254"),
            ("level < 0 ? 0", "level < 0 ? 1"),
            ("for (; y < height; y++) shrink_rows(1", "for (; y + 1 < height; y++) shrink_rows(1"),
            ("for (; x < width; x++) line[x]", "for (; x + 1 < width; x++) line[x]"),
            ("LOWER_MIDDLE = 128", "LOWER_MIDDLE = 129"),
            ("MOST_NEAR = 102", "MOST_NEAR = 140"),
            ("LEAST_LARGE = 135", "LEAST_LARGE = 200"),
            ("NEARLY_EVEN = 0.01f", "NEARLY_EVEN = -0.01f"),
            ("lighter > LIGHTER", "lighter >= LIGHTER"),
            ("return (b & bit_AVX2) != 0;", "return 0;"),
        ],
    )
    def test_when_it_disagrees_with_numpy(self, tmp_path: Path, kernel: ImageKernel, right: str, wrong: str) -> None:
        source = FILES.source.read_text(encoding="utf-8")
        assert right in source
        assert not self.enable_source(tmp_path, source.replace(right, wrong, 1))

    @NEEDS_COMPILER
    def test_unchanged_it_is_used(self, tmp_path: Path, kernel: ImageKernel) -> None:
        assert self.enable_source(tmp_path, FILES.source.read_text(encoding="utf-8"))
        assert image_kernel.get_kernel() is not None

    def enable_source(self, folder: Path, source: str) -> bool:
        """Compiles a source under the name of ours, without optimizing it, which saves a third of the time."""
        assert COMPILER is not None
        path = folder / "source.c"
        path.write_text(source, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(builder, "_COMMON", builder._COMMON.replace("-O2", "-O0"))
            compile_kernel(COMPILER, folder / FILES.library.name, path, FILES.source_sha256)
        return kernel_use.enable_kernel(folder / FILES.library.name)
