"""Files for people: written under an unfinished name, private to their owner, signed, then named.

Never over another file.
"""

from __future__ import annotations

import errno
from pathlib import Path

from triage.errors import WorldError
from triage.exports.signature import path_beside, to_pem
from triage.model.exports import Signer
from triage.safe_files import create_file, flush, is_there, make_private_folder, move_file, remove_file, resolve_file

_UNFINISHED = "unfinished-"


class OutgoingFiles:
    """Writes files, each with FILE.sig (64 raw bytes over its bytes) and FILE.pem (the public key) beside it.

    `add` all files, enter them in the register of outgoing data, then `publish`. So no file lies there under its name that the
    store does not know. Call `discard` when something failed.
    """

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._names: list[Path] = []

    def add(self, out: Path, data: bytes, *, overwrite: bool = False) -> None:
        """Writes one file under an unfinished name.

        Raises WorldError when the name is taken, or the place refuses.
        """
        try:
            if not overwrite:
                must_not_exist(out)
            out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            out = resolve_file(out)
            for path, content in (
                (out, data),
                (path_beside(out, ".sig"), self._signer.sign(data)),
                (path_beside(out, ".pem"), to_pem(self._signer.public_key)),
            ):
                remove_file(_unfinished(path))  # of a run that was killed
                self._names.append(path)
                with create_file(_unfinished(path)) as file:
                    file.write(content)
                    flush(file)
        except OSError as error:
            raise cant_write(out, error) from error

    def publish(self) -> None:
        """Gives the files their names.

        Raises WorldError.
        """
        for path in self._names:
            try:
                move_file(_unfinished(path), path)
            except OSError as error:
                raise cant_write(path, error) from error

    def discard(self) -> None:
        """Removes what was not published."""
        for path in self._names:
            remove_file(_unfinished(path))


def cant_write(path: Path, error: OSError) -> WorldError:
    """Returns the error for a file or folder that the system does not let us write."""
    reason = (error.strerror or "unknown error").lower()
    return WorldError("Can't write {path}: {reason}.", path=path.name, reason=reason, detail=f"errno {error.errno}")


def create_folder(path: Path) -> None:
    """Makes a new folder for its owner alone, and what is missing above it. Raises OSError when anything has the name."""
    path = resolve_file(path)
    if is_there(path):
        raise FileExistsError(errno.EEXIST, "it exists already", str(path))
    make_private_folder(path)


def must_not_exist(out: Path) -> None:
    """Raises WorldError when the file, its signature or its key is there, or no file can be there."""
    for path in (out, path_beside(out, ".sig"), path_beside(out, ".pem")):
        try:
            there = is_there(path)
        except OSError as error:
            raise cant_write(path, error) from error
        if there:
            raise WorldError("{path} exists already; name a file that does not.", path=path.name)


def _unfinished(path: Path) -> Path:
    return path.with_name(_UNFINISHED + path.name)
