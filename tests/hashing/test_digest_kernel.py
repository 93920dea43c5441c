"""The compiled kernel says what hashlib says, and where it can't be used hashlib does."""

from __future__ import annotations

import ctypes
import hashlib
import mmap
import platform
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery import build_kernel as builder
from delivery.assemble import check_kernels
from delivery.build_kernel import KERNELS, NotCompiledError, build_kernel, compile_kernel
from tests.thorough import THOROUGH
from triage.hashing import digests
from triage.hashing.digest_kernel import FILES, DigestAll, digest_with_hashlib, open_kernel
from triage.hashing.kernel_library import KernelFiles

COMPILER = next((found for name in builder.COMPILERS if (found := shutil.which(name))), None)
NEEDS_COMPILER = pytest.mark.skipif(
    COMPILER is None or sys.platform != "linux" or platform.machine() != "x86_64", reason="no C compiler for x86-64 on Linux"
)
SOURCE, SOURCE_SHA256, LIBRARY_NAME = FILES.source, FILES.source_sha256, FILES.library.name
PATTERN = hashlib.shake_128(b"test").digest(200_000)
BYTES = 68
ZEROS = (
    "8b4a2365d46e1741670d69af8aeab34a",
    "bf99e7343a13f60d435aae067948102cf1b40b5b",
    "19095b118d22e183ccbd606d4b02a447ea6cc9a522821c421adb5b5e16a471ed",
)
"""MD5, SHA-1 and SHA-256 of 2**29 + 77 zeros, by hashlib, which takes a second for them."""


@pytest.fixture(scope="module")
def library_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kernel") / LIBRARY_NAME
    build_kernel(path, SOURCE)
    return path


@pytest.fixture(scope="module")
def kernel(library_path: Path) -> DigestAll:
    if not ctypes.CDLL(str(library_path)).is_supported():
        pytest.skip("this processor has no SHA instructions")
    found = open_kernel(library_path)
    assert found is not None
    return found


def reference(strings: list[bytes]) -> list[object]:
    return [digest_with_hashlib(each) for each in strings]


@pytest.mark.parametrize("files", KERNELS)
def test_the_source_is_the_one_that_python_expects(files: KernelFiles) -> None:
    assert hashlib.sha256(files.source.read_bytes()).hexdigest() == files.source_sha256


@NEEDS_COMPILER
class TestSameAsHashlib:
    def test_of_every_size_around_many_blocks(self, kernel: DigestAll) -> None:
        strings = [PATTERN[start : start + size] for start, size in enumerate(range(700))]
        assert kernel(strings) == reference(strings)
        assert [kernel([each])[0] for each in strings] == reference(strings)

    def test_of_every_pair_of_ends(self, kernel: DigestAll) -> None:
        """Both lanes end, one ends first, or the next string begins while the other goes on."""
        for left in range(0, 200, 7):
            for right in (0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 127, 128, 1000):
                strings = [PATTERN[:left], PATTERN[left : left + right], PATTERN[right : right + 64]]
                assert kernel(strings) == reference(strings)

    @settings(max_examples=2_000 if THOROUGH else 100, deadline=None)
    @given(st.lists(st.one_of(st.binary(max_size=300), st.integers(0, 20_000).map(lambda size: PATTERN[-size:])), max_size=12))
    def test_of_any_strings(self, kernel: DigestAll, strings: list[bytes]) -> None:
        assert kernel(strings) == reference(strings)

    @pytest.mark.parametrize("octet", [0, 0x80, 0xFF])
    def test_of_one_octet_over_and_over(self, kernel: DigestAll, octet: int) -> None:
        strings = [bytes([octet]) * size for size in (1, 63, 64, 4096, 3_000_001)]
        assert kernel(strings) == reference(strings)

    def test_published_values(self, kernel: DigestAll) -> None:
        """RFC 1321 appendix A.5 and FIPS 180: "abc" and a million times "a"."""
        short, long = kernel([b"abc", b"a" * 1_000_000])
        assert (short.md5, short.sha1) == ("900150983cd24fb0d6963f7d28e17f72", "a9993e364706816aba3e25717850c26c9cd0d89d")
        assert short.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        assert (long.md5, long.sha1) == ("7707d6ae4e027c70eea2a935c2296f21", "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
        assert long.sha256 == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

    def test_from_many_threads_at_once(self, kernel: DigestAll) -> None:
        groups = [[PATTERN[start : start + 5_000 * n] for n in range(1, 8)] for start in range(12)]
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(kernel, groups)) == [reference(group) for group in groups]

    def test_of_more_than_four_thousand_million_bits(self, library_path: Path, kernel: DigestAll) -> None:
        """The count of bits no longer fits into 32 of them. Pages that nobody wrote to take no memory."""
        size = ((1 << 32) + 77) if THOROUGH else ((1 << 29) + 77)
        with mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as zeros:
            own = digest_at(library_path, [(address_of(zeros), size)])
            names = ("md5", "sha1", "sha256")
            assert own == ([hashlib.new(name, zeros).digest() for name in names] if THOROUGH else list(map(bytes.fromhex, ZEROS)))


@NEEDS_COMPILER
class TestMemory:
    """What lies outside the strings is neither read nor written."""

    @pytest.fixture
    def page(self) -> Iterator[tuple[mmap.mmap, int]]:
        """Yields three pages and the address of the middle one; the outer two can't be touched."""
        with mmap.mmap(-1, 3 * mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
            memory[mmap.PAGESIZE : 2 * mmap.PAGESIZE] = PATTERN[: mmap.PAGESIZE]
            start = address_of(memory)
            protect = ctypes.CDLL(None, use_errno=True).mprotect
            for outer in (start, start + 2 * mmap.PAGESIZE):
                assert protect(ctypes.c_void_p(outer), ctypes.c_size_t(mmap.PAGESIZE), 0) == 0
            yield memory, start + mmap.PAGESIZE
            for outer in (start, start + 2 * mmap.PAGESIZE):
                protect(ctypes.c_void_p(outer), ctypes.c_size_t(mmap.PAGESIZE), 3)

    @pytest.mark.parametrize("size", [*range(140), 1000, 4096])
    def test_reads_up_to_both_ends_of_a_page(
        self, page: tuple[mmap.mmap, int], library_path: Path, kernel: DigestAll, size: int
    ) -> None:
        address = page[1]
        at_start, at_end = PATTERN[:size], PATTERN[mmap.PAGESIZE - size : mmap.PAGESIZE]
        found = digest_at(library_path, [(address, size), (address + mmap.PAGESIZE - size, size)])
        assert found == [
            getattr(hashlib, name)(data).digest() for data in (at_start, at_end) for name in ("md5", "sha1", "sha256")
        ]

    def test_at_every_alignment(self, page: tuple[mmap.mmap, int], library_path: Path, kernel: DigestAll) -> None:
        places = [(page[1] + shift, 515) for shift in range(64)]
        found = digest_at(library_path, places)
        expected = [PATTERN[shift : shift + 515] for shift in range(64)]
        assert found == [getattr(hashlib, name)(data).digest() for data in expected for name in ("md5", "sha1", "sha256")]

    def test_nothing_is_written_for_no_string(self, library_path: Path, kernel: DigestAll) -> None:
        assert kernel([]) == []
        assert digest_at(library_path, []) == []


def address_of(memory: mmap.mmap) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


def digest_at(library_path: Path, places: list[tuple[int, int]]) -> list[bytes]:
    """Digests what lies at these addresses. The bytes around the answer must stay as they were."""
    count = len(places)
    out = ctypes.create_string_buffer(b"\xa5" * (BYTES * count + 32), BYTES * count + 32)
    pointers = (ctypes.c_void_p * count)(*(address for address, _ in places))
    sizes = (ctypes.c_uint64 * count)(*(size for _, size in places))
    start = ctypes.c_void_p(ctypes.addressof(out) + 16)
    ctypes.CDLL(str(library_path)).digest_strings(ctypes.c_size_t(count), pointers, sizes, start)
    assert out.raw[:16] == out.raw[-16:] == b"\xa5" * 16
    answers = [out.raw[16 + BYTES * n : 16 + BYTES * (n + 1)] for n in range(count)]
    return [part for one in answers for part in (one[:16], one[16:36], one[36:])]


class TestNotUsed:
    def test_when_it_is_missing(self, tmp_path: Path) -> None:
        assert open_kernel(tmp_path / LIBRARY_NAME) is None

    @pytest.mark.parametrize("content", [b"", b"\x7fELF", b"no library at all" * 500])
    def test_when_the_file_is_no_library(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / LIBRARY_NAME).write_bytes(content)
        assert open_kernel(tmp_path / LIBRARY_NAME) is None

    @NEEDS_COMPILER
    def test_when_it_has_other_functions(self, tmp_path: Path) -> None:
        assert self.compile_source(tmp_path, "int another(void); int another(void) { return 1; }") is None

    @NEEDS_COMPILER
    def test_when_it_was_compiled_from_another_source(self, tmp_path: Path, kernel: DigestAll) -> None:
        changed = tmp_path / "digest_kernel.c"
        changed.write_bytes(SOURCE.read_bytes() + b"\n")
        build_kernel(tmp_path / LIBRARY_NAME, changed)
        assert open_kernel(tmp_path / LIBRARY_NAME) is None

    @NEEDS_COMPILER
    def test_when_the_processor_can_not_run_it(self, tmp_path: Path, kernel: DigestAll) -> None:
        assert self.compile_changed(tmp_path, "return (b & second) == second;", "return 0;") is None

    @NEEDS_COMPILER
    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ("0xeb86d391", "0xeb86d390"),  # MD5's last constant
            ("0xc67178f2", "0xc67178f3"),  # SHA-256's last constant
            ("0xc3d2e1f0", "0xc3d2e1f1"),  # SHA-1's last word at the start
            ("rest < BLOCK - 8", "rest < BLOCK - 9"),  # where the size no longer fits into the block
            ("if (--busy) jobs[0] = jobs[1]", "--busy"),  # the other lane's string
            ("case 2: lane->sha1", "case 3: lane->sha1"),
        ],
    )
    def test_when_it_disagrees_with_hashlib(self, tmp_path: Path, kernel: DigestAll, right: str, wrong: str) -> None:
        assert self.compile_changed(tmp_path, right, wrong) is None

    @NEEDS_COMPILER
    def test_unchanged_it_would_be_used(self, tmp_path: Path, kernel: DigestAll) -> None:
        assert self.compile_changed(tmp_path, "", "") is not None

    def test_hashlib_does_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(digests, "load_kernel", lambda: None)
        strings = [PATTERN[:size] for size in (0, 1, 64, 100_000)]
        assert digests.digest_all(strings) == reference(strings)

    def compile_changed(self, folder: Path, right: str, wrong: str) -> DigestAll | None:
        source = SOURCE.read_text(encoding="utf-8")
        assert right in source
        return self.compile_source(folder, source.replace(right, wrong, 1))

    def compile_source(self, folder: Path, source: str) -> DigestAll | None:
        """Compiles a source under the name of ours, with less optimizing, which saves a quarter of the time."""
        assert COMPILER is not None
        path = folder / "source.c"
        path.write_text(source, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(builder, "_COMMON", builder._COMMON.replace("-O2", "-O1"))
            compile_kernel(COMPILER, folder / LIBRARY_NAME, path, SOURCE_SHA256)
        return open_kernel(folder / LIBRARY_NAME)


class TestBuilding:
    def test_without_a_compiler_an_earlier_library_goes(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(builder.shutil, "which", lambda name: None)
        (tmp_path / LIBRARY_NAME).write_bytes(b"earlier")
        with pytest.raises(NotCompiledError, match="no C compiler"):
            build_kernel(tmp_path / LIBRARY_NAME, SOURCE)
        assert not (tmp_path / LIBRARY_NAME).exists()

    @NEEDS_COMPILER
    def test_a_compiler_that_fails_leaves_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "bad.c").write_text("int main(void) {", encoding="utf-8")
        with pytest.raises(NotCompiledError, match=r"bad\.c"):
            build_kernel(tmp_path / LIBRARY_NAME, tmp_path / "bad.c")
        assert not (tmp_path / LIBRARY_NAME).exists()

    @NEEDS_COMPILER
    def test_a_source_that_calls_a_library_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "calls.c").write_text(
            'int puts(const char *); int f(void); int f(void) { return puts(""); }', encoding="utf-8"
        )
        with pytest.raises(NotCompiledError):
            build_kernel(tmp_path / LIBRARY_NAME, tmp_path / "calls.c")

    @NEEDS_COMPILER
    def test_two_builds_are_the_same(self, tmp_path: Path, library_path: Path) -> None:
        build_kernel(tmp_path / "again.so", SOURCE)
        assert (tmp_path / "again.so").read_bytes() == library_path.read_bytes()

    @pytest.mark.parametrize(("required", "code"), [([], 0), (["--required"], 1)])
    def test_only_the_bundle_needs_it(self, required: list[str], code: int, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(library: Path, source: Path) -> None:
            raise NotCompiledError("there is none")

        monkeypatch.setattr(builder, "build_kernel", fail)
        monkeypatch.setattr(sys, "argv", ["build_kernel", *required])
        assert builder.main() == code


@pytest.mark.parametrize("missing", KERNELS)
def test_a_bundle_without_one_is_not_made(tmp_path: Path, missing: KernelFiles) -> None:
    folder = tmp_path / "_internal/triage/hashing"
    folder.mkdir(parents=True)
    for each in KERNELS:
        (folder / each.library.name).write_bytes(b"library")
    check_kernels(tmp_path)
    (folder / missing.library.name).unlink()
    with pytest.raises(SystemExit, match=f"holds no {missing.library.name}"):
        check_kernels(tmp_path)


@pytest.mark.parametrize("files", KERNELS)
def test_the_library_beside_the_program_is_none_or_of_this_source(files: KernelFiles) -> None:
    """`make` compiles it anew when its source changes."""
    if files.library.exists():
        library = ctypes.CDLL(str(files.library))
        library.get_source_id.restype = ctypes.c_uint64
        assert library.get_source_id() == int(files.source_sha256[:16], 16)
