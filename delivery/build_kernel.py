"""Compiles both kernels, for digests and for hashing images, with the system's C compiler. `make` and `make bundle` start this.

Without a compiler, or when it fails, nothing is left behind. Then hashlib computes the digests and numpy the hashes: the same
ones, in more time. The bundle is not made without the kernels (--required). The libraries call no other one, so they run with
every C library. Two builds by one compiler are the same, byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from triage.hashing import digest_kernel, image_kernel
from triage.hashing.kernel_library import KernelFiles, open_library

KERNELS = (digest_kernel.FILES, image_kernel.FILES)
COMPILERS = ("cc", "gcc", "clang")
_COMMON = "-std=c11 -O2 -Wall -Wextra -shared -ffreestanding -fno-builtin -fno-stack-protector -nostdlib -s"
_LINUX = "-fPIC -fvisibility=hidden -Wl,-z,defs -Wl,-z,noexecstack -Wl,-z,relro -Wl,-z,now -Wl,--build-id=none"
_WINDOWS = "-Wl,--entry=0 -Wl,--no-insert-timestamp"
"""For gcc or clang of MinGW. Not run yet."""


class NotCompiledError(Exception):
    """The kernel was not compiled; the message says why."""


def build_kernel(library: Path, source: Path) -> None:
    """Compiles the library. An earlier one is removed in any case.

    Raises:
        NotCompiledError: when there is no compiler, or it fails.
    """
    library.unlink(missing_ok=True)
    compiler = next((found for name in COMPILERS if (found := shutil.which(name))), None)
    if compiler is None or platform.machine().lower() not in ("x86_64", "amd64"):
        raise NotCompiledError("there is no C compiler for x86-64")
    compile_kernel(compiler, library, source, hashlib.sha256(source.read_bytes()).hexdigest())


def compile_kernel(compiler: str, library: Path, source: Path, source_sha256: str) -> None:
    """Compiles one source. Raises NotCompiledError when the compiler fails."""
    flags = shlex.split(f"{_COMMON} {_WINDOWS if sys.platform == 'win32' else _LINUX}")
    command = [compiler, *flags, f"-DSOURCE_ID=0x{source_sha256[:16]}", "-o", str(library), str(source)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        library.unlink(missing_ok=True)
        raise NotCompiledError((ended.stderr.strip().splitlines() or ["the compiler gave no reason"])[0])


def main() -> int:
    """Builds the kernels and says what could not be done."""
    parser = argparse.ArgumentParser(description="Compile the kernels for digests and for hashing images.")
    parser.add_argument("--required", action="store_true", help="fail when one can't be compiled")
    required = parser.parse_args().required
    failed = [_build(files) for files in KERNELS]
    return int(required and any(failed))


def _build(files: KernelFiles) -> bool:
    """Builds a kernel and says what could not be done; returns whether it was not compiled."""
    name = files.source.name
    try:
        build_kernel(files.library, files.source)
    except NotCompiledError as reason:
        print(f"{name} was not compiled, so Python's libraries do its work in more time: {reason}.")
        return True
    if open_library(files.library, files.source_sha256) is None:
        print(f"{name} was compiled. This machine can't use it, so Python's libraries do its work in more time.")
    return False


if __name__ == "__main__":
    sys.exit(main())
