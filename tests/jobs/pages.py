"""All pages of a store's database, decrypted: also what no table points to any more."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from triage.store.database import PAGE

_SALT, _RESERVE, _IV = 16, 80, 16
"""SQLCipher 4: the file begins with its salt, and a page ends with its IV and HMAC."""


def plain_pages(path: Path, key: bytes) -> bytes:
    """The plain bytes of all pages in the file, in order. The write-ahead log has to be empty or gone."""
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
    return plain
