"""Opens the libraries that `make` compiles from our C files, each only if it was compiled from the source that Python expects."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class KernelFiles:
    """The C file of a kernel, its SHA-256, and the library that is compiled from it."""

    source: Path
    source_sha256: str
    library: Path


def name_files(source: str, library: str, source_sha256: str) -> KernelFiles:
    """Returns where the files of a kernel lie: `source` without ".c", `library` without what its name has on this system."""
    name = f"{library}.dll" if sys.platform == "win32" else f"lib{library}.so"
    return KernelFiles(_FOLDER / f"{source}.c", source_sha256, _FOLDER / name)


def open_library(path: Path, source_sha256: str) -> ctypes.CDLL | None:
    """Returns the library, or None when it is missing, comes from another source or can't run on this processor.

    A call through it lets other threads of Python run.
    """
    try:
        library = ctypes.CDLL(str(path))
        get_source_id, is_supported = library.get_source_id, library.is_supported
    except (OSError, AttributeError):
        return None
    get_source_id.restype = ctypes.c_uint64
    return library if get_source_id() == int(source_sha256[:16], 16) and is_supported() else None
