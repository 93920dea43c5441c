"""All pages of a store's database, decrypted and decompressed: also what no table points to any more."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from triage.resources import read_shipped
from triage.store.compression import Dictionary
from triage.store.database import PAGE

_SALT, _RESERVE, _IV = 16, 80, 16
"""SQLCipher 4: the file begins with its salt, and a page ends with its IV and HMAC."""


def plain_pages(path: Path, key: bytes) -> bytes:
    """The plain bytes of all pages in the file, in order, and behind them what stands in them compressed.

    The write-ahead log has to be empty or gone.
    """
    log = path.with_name(f"{path.name}-wal")
    assert not log.exists() or not log.stat().st_size
    sealed, opened = path.read_bytes(), bytearray()
    for start in range(0, len(sealed), PAGE):
        page = sealed[start : start + PAGE]
        body = page[_SALT if start == 0 else 0 : -_RESERVE]
        decryptor = Cipher(algorithms.AES(key), modes.CBC(page[-_RESERVE : _IV - _RESERVE])).decryptor()
        opened += decryptor.update(body) + decryptor.finalize()
    plain = bytes(opened)
    assert b"CREATE TABLE report" in plain, "the pages were not opened"
    return plain + b"\n".join(_decompress_all(plain))


def _decompress_all(plain: bytes) -> list[bytes]:
    """Returns what comes out of each place where compressed bytes may begin, also where their end was overwritten."""
    found = []
    for dictionary in Dictionary:
        begun = zlib.decompressobj(-15, zdict=read_shipped(f"dictionaries/{dictionary}-{dictionary.name.lower()}.bin"))
        for place in re.finditer(re.escape(bytes((0xC1, dictionary))), plain):
            unpacker, out = begun.copy(), bytearray()
            try:
                for at in range(place.end(), len(plain), 64):  # until the stream ends, or is none
                    out += unpacker.decompress(plain[at : at + 64])
                    if unpacker.eof:
                        break
            except zlib.error:
                pass
            found.append(bytes(out))
    return found
