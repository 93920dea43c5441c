"""Files for people: written whole under an unfinished name for their owner alone, signed, then named; never over another file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from triage.errors import WorldError
from triage.exports.signature import beside, pem
from triage.model.exports import Signer

_UNFINISHED = "unfinished-"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700


class OutgoingFiles:
    """Each file with FILE.sig (64 raw bytes over its bytes) and FILE.pem (the public key) beside it.

    `add` all, enter them in the register of outgoing data, then `publish`: so nothing lies there under its name that the store
    does not know of. `discard` instead when something failed.
    """

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._names: list[Path] = []

    def add(self, out: Path, data: bytes, *, overwrite: bool = False) -> None:
        """Writes one file, not yet under its name. Raises WorldError when something is in the way, or the place refuses."""
        if not overwrite:
            must_not_exist(out)
        try:
            out.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            for path, content in (
                (out, data),
                (beside(out, ".sig"), self._signer.sign(data)),
                (beside(out, ".pem"), pem(self._signer.public_key)),
            ):
                _unfinished(path).unlink(missing_ok=True)  # of a run that was killed
                self._names.append(path)
                with create_file(_unfinished(path)) as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise WorldError(f"{out.name} can't be written: {error.strerror}.", detail=f"errno {error.errno}") from error

    def publish(self) -> None:
        """Names the files. Raises WorldError."""
        for path in self._names:
            try:
                _unfinished(path).replace(path)
            except OSError as error:
                raise WorldError(f"{path.name} can't be written: {error.strerror}.", detail=f"errno {error.errno}") from error

    def discard(self) -> None:
        """Removes what was not published."""
        for path in self._names:
            _unfinished(path).unlink(missing_ok=True)


def create_file(path: Path) -> IO[bytes]:
    """Returns a new file for its owner alone, whatever the umask. Raises OSError when anything has the name, a link too."""
    return os.fdopen(os.open(path, _NEW, _PRIVATE_FILE), "wb")


def create_folder(path: Path) -> None:
    """Makes a new folder for its owner alone, and what is missing above it. Raises OSError when anything has the name."""
    path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    path.mkdir(mode=_PRIVATE_FOLDER)


def must_not_exist(out: Path) -> None:
    """Raises WorldError when the file, its signature or its key is there."""
    for path in (out, beside(out, ".sig"), beside(out, ".pem")):
        if os.path.lexists(path):
            raise WorldError(f"{path.name} exists already; name a file that does not.")


def _unfinished(path: Path) -> Path:
    return path.with_name(_UNFINISHED + path.name)
