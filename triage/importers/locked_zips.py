"""Opens zip entries through pyzipper: locked ones, and those packed by rarer methods.

Only few bundles have such entries, and pyzipper is loaded with the first one.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, BinaryIO

from triage import limits
from triage.errors import InputError, PasswordNeeded
from triage.importers.zip_directory import AES, BZIP2, DEFLATED, LZMA, STORED, ZipMember
from triage.importers.zip_members import (
    DAMAGED,
    TROUBLE,
    UNLOCKED_WRONGLY,
    CheckedStream,
    OpenContainer,
    OpenZips,
    wrap_in_buffer,
)

_SLOW_STEP = limits.PEEK
"""Unlocking ZipCrypto takes a microsecond a byte: no more than is asked for."""
_RIVALS = 32
"""So many other passwords are asked whether they pass the check of an entry too."""
_SMALL = 1 * limits.MIB
"""Up to here a password is tried on the whole entry, so that the checksum confirms it."""


class LockedZip:
    """Opens entries through pyzipper: locked ones (ZipCrypto and AES), and rarer methods of compression."""

    def __init__(self, container: OpenContainer, in_use: OpenZips) -> None:
        """Takes the function that opens the zip, which is called on first use."""
        self._container = container
        self._in_use = in_use
        self._opened: _OpenedZip | None = None
        self._lock = threading.Lock()
        self._last: bytes | None = None

    def find_password(self, member: ZipMember, passwords: Sequence[bytes]) -> bytes:
        """Returns the password that opens the entry.

        Raises PasswordNeeded when none does.

        ZipCrypto checks one byte only: one wrong password in 256 passes. Where several pass, the entry is read to its checksum
        with each.
        """
        if member.is_unsupported:
            raise PasswordNeeded("The zip is locked in a way that a password alone does not open.")
        last = self._last
        if last is not None and self._password_opens(member, last, 0):
            rivals = [] if member.method == AES else [word for word in passwords[:_RIVALS] if word != last]
            if not any(self._password_opens(member, rival, 0) for rival in rivals):
                return last
        passing = [word for word in passwords if self._password_opens(member, word, 0)]
        whole = len(passing) > 1 or member.size <= _SMALL
        for word in passing:
            if self._password_opens(member, word, member.size + 1 if whole else limits.PEEK):
                self._last = word
                return word
        raise PasswordNeeded("The zip is locked, and no password at hand opens it.")

    def _password_opens(self, member: ZipMember, word: bytes, length: int) -> bool:
        """Returns whether a password passes its check and so many bytes can be read.

        Beyond the end the checksum counts too.
        """
        try:
            with self.open(member, word) as stream:
                while length > 0 and (data := stream.read(min(length, limits.CHUNK))):
                    length -= len(data)
        except InputError:
            return False
        return True

    def open(self, member: ZipMember, word: bytes | None) -> BinaryIO:
        """Opens an entry with a password, or without one when it is not locked.

        Raises InputError.
        """
        if member.method not in (STORED, DEFLATED, BZIP2, LZMA, AES):
            raise InputError("The archive entry uses a compression that Triage can't read.", detail=f"method {member.method}")
        damaged = UNLOCKED_WRONGLY if word is not None else DAMAGED
        self._in_use.mark_used(self)
        try:
            with self._lock:
                opened = self._opened = self._opened or _OpenedZip(self._container())
                inner = opened.zip.open(opened.infos[member.offset], pwd=word)
                opened.readers += 1
        except InputError:
            raise
        except _list_trouble() as error:
            raise InputError(damaged, detail=type(error).__name__) from error  # message-ok

        def at_end(size: int, crc: int) -> None:
            if size != member.size or (member.method != AES and crc != member.crc):
                raise InputError(damaged, detail="size or CRC")  # message-ok

        checked = CheckedStream(inner, at_end, damaged, lambda: self._end_reading(opened), _list_trouble())
        return wrap_in_buffer(checked, _SLOW_STEP)

    def close_for_now(self) -> None:
        """Closes the container once nobody reads from it.

        The next `open` opens it anew.
        """
        with self._lock:
            opened, self._opened = self._opened, None
            if opened is not None:
                opened.resting = True
                opened.close_if_done()

    def _end_reading(self, opened: _OpenedZip) -> None:
        """Counts a reader that was closed."""
        with self._lock:
            opened.readers -= 1
            opened.close_if_done()


class _OpenedZip:
    """A container that pyzipper has open, and the number of entries that are being read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.readers = 0
        self.resting = False
        try:
            self.zip: Any = _load_pyzipper().AESZipFile(stream)
        except _list_trouble():
            stream.close()
            raise
        self.infos = {info.header_offset: info for info in self.zip.infolist()}

    def close_if_done(self) -> None:
        """Closes the container when it should rest and nobody reads from it."""
        if self.resting and self.readers == 0:
            self.zip.close()
            self.stream.close()


def _load_pyzipper() -> Any:
    """Returns pyzipper. With the ciphers and the parser of C that it loads, that takes as long as to import ten reports."""
    import pyzipper

    return pyzipper


def _list_trouble() -> tuple[type[Exception], ...]:
    """Returns what the libraries raise, pyzipper included, for damage, wrong passwords and methods they do not know."""
    return (*TROUBLE, _load_pyzipper().BadZipFile)
