"""Loads the compiled kernel that digests several byte strings at once (digest_kernel.c). hashlib is its reference.

`make` compiles it where there is a compiler. Where the library is missing, was compiled from another source, can't run on this
processor or disagrees with hashlib, it is not used. Only the host loads it, and only to digest.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from triage.hashing.kernel_library import name_files, open_library
from triage.model.media import Digests

FILES = name_files("digest_kernel", "digests", "1b5a373f62277d6bed78a809790aaa76e93afc9a4f68f55838598ea2b33e6019")
"""The SHA-256 is that of digest_kernel.c. A test compares it, so that whoever changes the C file reads this."""

DigestAll = Callable[[Sequence[bytes]], list[Digests]]

_MD5_END, _SHA1_END, _BYTES = 16, 36, 68
"""Where the digests of one byte string end, as the kernel writes them."""
_CHECKED_SIZES = (*range(131), *range(180, 200), 4095, 4096, 4097, 9_999)
"""Around the bounds of blocks of 64 bytes, of which the last 9 hold the size, and some longer ones."""


@lru_cache(1)
def load_kernel() -> DigestAll | None:
    """Returns the kernel, or None where hashlib must do."""
    return open_kernel(FILES.library)


def open_kernel(path: Path) -> DigestAll | None:
    """Returns the kernel in this library after it was compared with hashlib, or None when it can't be used."""
    library = open_library(path, FILES.source_sha256)
    if library is None or not hasattr(library, "digest_strings"):
        return None
    digest_strings = library.digest_strings
    digest_strings.restype = None

    def digest_all(strings: Sequence[bytes]) -> list[Digests]:
        """Digests byte strings. The longest come first, so that both lanes have something to do up to the end."""
        count = len(strings)
        order = sorted(range(count), key=lambda place: len(strings[place]), reverse=True)
        data = (ctypes.c_char_p * count)(*(strings[place] for place in order))  # it keeps the strings alive
        sizes = (ctypes.c_uint64 * count)(*(len(strings[place]) for place in order))
        out = ctypes.create_string_buffer(count * _BYTES)
        digest_strings(ctypes.c_size_t(count), data, sizes, out)
        found = {place: _split(out.raw[n * _BYTES : (n + 1) * _BYTES], len(strings[place])) for n, place in enumerate(order)}
        return [found[place] for place in range(count)]

    return digest_all if _agrees(digest_all) else None


def _split(octets: bytes, size: int) -> Digests:
    return Digests(octets[:_MD5_END].hex(), octets[_MD5_END:_SHA1_END].hex(), octets[_SHA1_END:].hex(), size)


def _agrees(digest_all: DigestAll) -> bool:
    """Returns whether the kernel says the same as hashlib, for many strings together and for each alone."""
    pattern = hashlib.shake_128(b"triage").digest(max(_CHECKED_SIZES))
    strings = [pattern[-size:] if size else b"" for size in _CHECKED_SIZES]
    expected = [digest_with_hashlib(each) for each in strings]
    return digest_all(strings) == expected and [digest_all([each])[0] for each in strings] == expected


def digest_with_hashlib(data: bytes) -> Digests:
    """Returns the digests by hashlib."""
    md5, sha1 = hashlib.md5(data, usedforsecurity=False), hashlib.sha1(data, usedforsecurity=False)
    return Digests(md5.hexdigest(), sha1.hexdigest(), hashlib.sha256(data).hexdigest(), len(data))
