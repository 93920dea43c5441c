"""Limits how much memory an import takes in this process. More ends the import between two steps, with a sentence."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from triage import limits
from triage.errors import MemoryUsedUp

SENTENCE = (
    "The import stopped, since it needs more memory than it may use. What was already taken in stays; import the same bundle "
    "again, in parts if it stops again."
)


class MemoryBound:
    """Measures the memory that was taken since this object was made."""

    def __init__(self) -> None:
        self._start = measure_memory()

    @contextmanager
    def leave_out(self) -> Iterator[None]:
        """Leaves out what is taken inside: it depends on the store, not on what is imported."""
        before = measure_memory()
        yield
        self._start += max(0, measure_memory() - before)

    def check(self) -> None:
        """Raises MemoryUsedUp when more than limits.IMPORT_MEMORY was taken."""
        used = measure_memory() - self._start
        if used > limits.IMPORT_MEMORY:
            raise MemoryUsedUp(SENTENCE, detail=f"{used // limits.MIB} MB more than at the start")


@contextmanager
def explain_memory_error() -> Iterator[None]:
    """Turns a MemoryError inside into MemoryUsedUp."""
    try:
        yield
    except MemoryError as error:
        raise MemoryUsedUp(SENTENCE) from error


if sys.platform == "linux":
    import ctypes
    import resource

    _MMAP_THRESHOLD, _TRIM_THRESHOLD, _ARENA_MAX = -3, -1, -8  # numbers of mallopt, from glibc's malloc.h
    _KEPT = {_MMAP_THRESHOLD: 32 * limits.MIB, _TRIM_THRESHOLD: 64 * limits.MIB, _ARENA_MAX: 2}
    """As the workers have it (decode/process.py)."""

    @contextmanager
    def keep_freed_memory() -> Iterator[None]:
        """Lets the C library keep freed memory for the next file inside, and gives it back to the system at the end.

        Otherwise memory is fetched anew for each file, and the system fills it with zeros: 4 % of what an import takes.
        """
        library = ctypes.CDLL(None)
        if not hasattr(library, "mallopt"):  # another C library than glibc
            yield
            return
        for number, value in _KEPT.items():
            library.mallopt(number, value)
        try:
            yield
        finally:
            library.malloc_trim(0)

    _PAGE = resource.getpagesize()
    _STATM_BYTES = 256

    def measure_memory() -> int:
        """Returns the bytes of this process that are in memory."""
        with io.FileIO("/proc/self/statm") as file:  # asked for each file of an import: a Path takes five times as long
            return int(file.read(_STATM_BYTES).split()[1]) * _PAGE

elif sys.platform == "win32":
    keep_freed_memory = nullcontext

    import ctypes
    from ctypes import wintypes

    class _Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS. Not yet run: written from Microsoft's documentation."""

        _fields_ = (
            ("size", wintypes.DWORD),
            ("page_faults", wintypes.DWORD),
            *((name, ctypes.c_size_t) for name in ("peak_working_set", "working_set", "peak_paged_pool", "paged_pool")),
            *((name, ctypes.c_size_t) for name in ("peak_other_pool", "other_pool", "committed", "peak_committed")),
        )

    def measure_memory() -> int:
        """Returns the bytes that this process has committed."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        counters = _Counters(size=ctypes.sizeof(_Counters))
        process = wintypes.HANDLE(kernel.GetCurrentProcess())
        known = kernel.K32GetProcessMemoryInfo(process, ctypes.byref(counters), wintypes.DWORD(counters.size))
        return int(counters.committed) if known else 0

else:
    keep_freed_memory = nullcontext

    def measure_memory() -> int:
        """Returns 0: this system is not asked."""
        return 0
