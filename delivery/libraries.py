"""The C libraries of the bundle with their versions, as far as they can be read from the files themselves."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_NAMED = re.compile(r"^(lib[A-Za-z0-9+_.-]*?)(?:-[0-9a-f]{8})*\.so(?:\.(.+))?$")
"""A library that auditwheel moved into a wheel has eight digits of its digest in its name."""
_NAMED_DLL = re.compile(r"^(?:lib)?([A-Za-z][A-Za-z0-9+_]*?)(?:-([0-9]+(?:\.[0-9]+)*))?(?:-[0-9a-f]{8,64})?\.dll$", re.IGNORECASE)
"""On Windows: avcodec-62-1f0c8f2b….dll. delvewheel adds digits of the digest."""

# What a file says of itself. The first group is the version.
_SPOKEN: tuple[tuple[str, str, bytes], ...] = (
    ("libavcodec", "FFmpeg", rb"FFmpeg version n?(\d+\.\d+(?:\.\d+)?)"),
    ("libx265", "x265", rb"\x00(\d\.\d+\+\d+-[0-9a-f]+)\x00"),  # names of channels look like 5.1 too
    ("libx264", "x264", rb"x264 - core (\d+)"),
    ("libSvtAv1Enc", "SVT-AV1", rb"SVT-AV1 Encoder Lib v?(\d+\.\d+\.\d+)"),
    ("libvpx", "libvpx", rb"WebM Project VP[89] [A-Za-z]+ v(\d+\.\d+\.\d+)"),
    ("libdav1d", "dav1d", rb"^(\d+\.\d+\.\d+)$"),
    ("libaom", "libaom", rb"AOMedia Project AV1 [A-Za-z]+ v?(\d+\.\d+\.\d+)"),
    ("libopus", "Opus", rb"libopus (\d+\.\d+(?:\.\d+)?)"),
    ("libmp3lame", "LAME", rb"LAME\x00+(\d+\.\d+)"),
    ("libgnutls", "GnuTLS", rb"GnuTLS (\d+\.\d+\.\d+)"),
    ("libjpeg", "libjpeg-turbo", rb"libjpeg-turbo version (\d+\.\d+(?:\.\d+)*)"),
    ("libtiff", "LibTIFF", rb"LIBTIFF, Version (\d+\.\d+\.\d+)"),
    ("libpng16", "libpng", rb"libpng version (\d+\.\d+\.\d+)"),
    ("libfreetype", "FreeType", rb"FreeType (\d+\.\d+\.\d+)"),
    ("libscipy_openblas64_", "OpenBLAS", rb"OpenBLAS (\d+\.\d+\.\d+)"),
    ("libgeos", "GEOS", rb"^(\d+\.\d+\.\d+)$"),
    ("_sqlite3", "SQLCipher", rb"\x00(4\.\d+\.\d+)\x00"),
    ("_sqlite3", "OpenSSL", rb"OpenSSL (\d+\.\d+\.\d+[a-z]?) \d"),
    ("_rust", "OpenSSL", rb"OpenSSL (\d+\.\d+\.\d+[a-z]?) \d"),
    ("_sodium", "libsodium", rb"\x00(1\.0\.\d\d)\x00"),
    ("_harfbuzz", "HarfBuzz", rb"\x00(\d{1,2}\.\d{1,2}\.\d{1,2})\x00"),
    ("_jpeg", "libjpeg-turbo", rb"libjpeg-turbo version (\d+\.\d+(?:\.\d+)*)"),
    ("etree", "libxml2", rb"\x00(2\d{4})\x00"),
)


@dataclass(frozen=True, slots=True, order=True)
class NativeLibrary:
    """A library in C, C++ or Rust within the bundle."""

    name: str
    version: str
    """Empty when the file does not say it."""
    file: str
    """Where it lies below the program's folder."""
    by_name: bool = False
    """The version is only that of the binary interface, from the file's name."""


def list_libraries(program: Path) -> list[NativeLibrary]:
    """Returns the libraries below the folder of the frozen program."""
    return find_in_folder((path for path in program.rglob("*") if is_library(path) and not path.is_symlink()), program)


def is_library(path: Path) -> bool:
    """Says whether a file is a library or a compiled module, by its name."""
    return path.suffix in (".dll", ".pyd") or (".so" in path.suffixes and path.is_file())


def find_in_folder(files: Iterable[Path], folder: Path) -> list[NativeLibrary]:
    """Returns the libraries that files below a folder hold."""
    return sorted({library for path in files for library in _read_library(path, path.relative_to(folder).as_posix())})


def _read_library(path: Path, place: str) -> Iterator[NativeLibrary]:
    """Yields what a file holds: by its name, and by the versions that stand in it."""
    named, dll = _NAMED.match(path.name), _NAMED_DLL.match(path.name)
    stem = named[1] if named else f"lib{dll[1]}" if dll else path.name.partition(".")[0]
    spoken = [(name, pattern) for begins, name, pattern in _SPOKEN if stem == begins]
    if spoken:
        data = path.read_bytes()
        for name, pattern in spoken:
            said = re.search(pattern, data, re.MULTILINE)
            version = said[1].decode() if said else (named[2] or "" if named else "")
            yield NativeLibrary(name, version, place, by_name=said is None)
    elif named and named[2] and not place.rpartition("/")[2].startswith(("libpyside", "libshiboken")):
        yield NativeLibrary(stem, named[2], place, by_name=True)
    elif dll and not dll[1].startswith(("pyside", "shiboken", "api", "ucrtbase", "digests")):
        yield NativeLibrary(dll[1], dll[2] or "", place, by_name=bool(dll[2]))


def find_debian_packages(program: Path) -> dict[str, tuple[str, str]]:
    """Returns library file -> (package, version) of what was taken from Debian. Empty where there is no dpkg."""
    try:
        listed = subprocess.run(
            ["dpkg-query", "--search", "*.so*"], capture_output=True, text=True, check=False
        ).stdout  # fmt: skip
        versions = subprocess.run(
            ["dpkg-query", "--show", "--showformat", "${Package} ${Version}\n"], capture_output=True, text=True, check=True
        ).stdout
    except OSError:
        return {}
    version_of = dict(line.split() for line in versions.splitlines() if " " in line)
    owner = {}
    for line in listed.splitlines():
        package, _, path = line.partition(": ")
        owner.setdefault(Path(path).name, package.partition(",")[0].partition(":")[0])
    inside = program / "_internal"
    folders = (inside, *inside.glob("python3*"), *inside.glob("python3*/lib-dynload"))
    files = [path for folder in folders if folder.is_dir() for path in folder.glob("*.so*") if not path.is_symlink()]
    return {
        path.relative_to(program).as_posix(): (owner[path.name], version_of[owner[path.name]])
        for path in files
        if path.name in owner and owner[path.name] in version_of
    }
