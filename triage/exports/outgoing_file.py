"""Files for people: written under an unfinished name, private to their owner, signed, then named.

Never over another file.
"""

from __future__ import annotations

import errno
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from triage import limits
from triage.errors import WorldError
from triage.exports.folder_claim import FolderClaim, make_leftover_error
from triage.exports.signature import path_beside, to_pem
from triage.model.exports import Signer
from triage.safe_files import (
    create_file,
    file_size,
    flush,
    is_plain_folder,
    is_there,
    list_names,
    make_private_folder,
    move_file,
    open_to_read,
    remove_file,
    remove_folder,
)
from triage.target_path import resolve_target

_UNFINISHED = "unfinished-"


@dataclass(slots=True)
class _Unfinished:
    """A file that has no name yet, and by what it is known from that of another export to the same name."""

    path: Path
    size: int
    digest: bytes
    overwrite: bool
    whole: bool = False

    def is_at(self, path: Path) -> bool:
        """Returns whether what lies there is what was signed, byte for byte."""
        try:
            if file_size(path) != self.size:
                return False
            with open_to_read(path) as file:  # not as a whole: an export may be as large as memory lets it be
                return file_digest(file, "sha256").digest() == self.digest
        except OSError:
            return False


class OutgoingFiles:
    """Writes files, each with FILE.sig (64 raw bytes over its bytes) and FILE.pem (the public key) beside it.

    `add` all files, enter them in the register of outgoing data, then `publish`. So no file lies there under its name that the
    store does not know, or without its signature. Call `discard` when something failed, also `publish` itself. Of two exports to
    one name at the same time the later one gets it, and the other one fails: never is one signed by the other's signature.
    """

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._names: list[_Unfinished] = []
        """Files that have no name yet."""
        self._named: list[_Unfinished] = []
        """Files that `publish` has named where nothing lay before."""

    def add(self, out: Path, data: bytes, *, overwrite: bool = False) -> None:
        """Writes one file under an unfinished name.

        Raises WorldError when the name is taken, or the place refuses.
        """
        out = resolve_target(out)
        try:
            if not overwrite:
                must_not_exist(out)
            out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path, content in _sign_file(out, data, self._signer):
                remove_file(_unfinished(path))  # of a run that was killed
                file = _Unfinished(path, len(content), sha256(content).digest(), overwrite)
                self._names.append(file)
                _write_file(_unfinished(path), content)
                file.whole = True
        except FileExistsError as error:  # of an export to the same name that began just now
            self._names.pop()
            raise _make_taken_error(out) from error
        except OSError as error:
            raise cant_write(out, error) from error

    def publish(self) -> None:
        """Gives the files their names, key and signature before the file that they belong to. Another call does the rest.

        Raises WorldError.
        """
        while self._names:
            file, path = self._names[0], self._names[0].path
            try:
                new = not is_there(path)
                if not file.is_at(_unfinished(path)) or not (new or file.overwrite):
                    raise _make_taken_error(path)
                move_file(_unfinished(path), path)
            except OSError as error:
                raise cant_write(path, error) from error
            self._named += [file] if new else []
            del self._names[0]

    def discard(self) -> None:
        """Removes what was not published, and what is new of a publication that failed; nothing of another export."""
        for file in self._names:
            if not file.whole or file.is_at(_unfinished(file.path)):
                remove_file(_unfinished(file.path))
        for file in self._named:
            if file.is_at(file.path):
                remove_file(file.path)


class OutgoingFolder:
    """Writes a new folder of signed files. It appears whole, under its own name, last.

    Used like `OutgoingFiles`; paths are relative to the folder.
    """

    def __init__(self, signer: Signer, out: Path) -> None:
        """Starts the folder under an unfinished name.

        Raises WorldError when something lies there already, except an empty folder, or the place refuses.
        """
        self._out = out = resolve_target(out)
        must_be_free(out)
        self._signer = signer
        try:
            out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._part = _unfinished(self._out)
            self._claim = claim_folder(self._part)
        except OSError as error:
            raise cant_write(out, error) from error
        self._folders = [self._part]
        self._names: set[str] = set()

    def add(self, name: Path, data: bytes, *, overwrite: bool = False) -> None:
        """Writes one file of the folder. A new folder holds nothing that could be overwritten.

        Raises WorldError when the place refuses.
        """
        path = self._part / name
        try:
            for parent in reversed(name.parents[:-1]):
                if self._part / parent not in self._folders:
                    self._folders.append(self._part / parent)
                    make_private_folder(self._part / parent)
            for file, content in _sign_file(path, data, self._signer):
                self._names.add(file.name)
                _write_file(file, content)
        except OSError as error:
            raise cant_write(name, error) from error

    def publish(self) -> None:
        """Gives the folder its name.

        Raises WorldError.
        """
        name_folder(self._part, self._out)
        self._claim.free()

    def discard(self) -> None:
        """Removes the unfinished folder."""
        with self._claim:
            for folder in reversed(self._folders):
                with suppress(FileNotFoundError):
                    remove_folder(folder, self._names)


def _sign_file(path: Path, data: bytes, signer: Signer) -> tuple[tuple[Path, bytes], ...]:
    """Returns key, signature and file, in the order in which they get their names.

    Raises:
        WorldError: if the file is too large to be verified
    """
    if len(data) > limits.MAX_SIGNED_FILE:
        raise WorldError(
            "{name} would have {size} MB, and a signed file of more than {most} MB can't be verified: export less at once.",
            name=path.name,
            size=len(data) >> 20,
            most=limits.MAX_SIGNED_FILE >> 20,
        )
    return (
        (path_beside(path, ".pem"), to_pem(signer.public_key)),
        (path_beside(path, ".sig"), signer.sign(data)),
        (path, data),
    )


def _write_file(path: Path, data: bytes) -> None:
    """Writes a new file to the disk. Raises OSError."""
    with create_file(path) as file:
        file.write(data)
        flush(file)


def cant_write(path: Path, error: OSError) -> WorldError:
    """Returns the error for a file or folder that the system does not let us write."""
    reason = (error.strerror or "unknown error").lower()
    return WorldError("Can't write {path}: {reason}.", path=path.name, reason=reason, detail=f"errno {error.errno}")


def create_folder(path: Path) -> None:
    """Makes a new folder for its owner alone, and what is missing above it. Raises OSError when anything has the name."""
    if is_there(path):
        raise FileExistsError(errno.EEXIST, "it exists already", str(path))
    make_private_folder(path)


def claim_folder(part: Path) -> FolderClaim:
    """Makes a new unfinished folder, and claims it until the claim is freed.

    Raises WorldError when another export writes it or has left it, and OSError.
    """
    try:
        create_folder(part)
    except FileExistsError as error:
        raise make_leftover_error(part) from error
    try:
        return FolderClaim(part)
    except BaseException:
        remove_folder(part, ())
        raise


def must_be_free(out: Path) -> None:
    """Raises WorldError when anything has the name of a new folder, or it would lie in a store. An empty one is no obstacle."""
    out = resolve_target(out)
    try:
        free = not is_there(out) or (is_plain_folder(out) and not list_names(out))
    except OSError as error:
        raise cant_write(out, error) from error
    if not free:
        raise WorldError("{path} exists already; name a new or an empty folder.", path=out.name)


def name_folder(part: Path, out: Path) -> None:
    """Gives an unfinished folder its name, in the place of an empty folder or of nothing.

    Raises WorldError when something has the name by now, or the place refuses.
    """
    must_be_free(out)
    try:
        remove_folder(out, ())  # Windows renames nothing over a folder
        move_file(part, out)
    except OSError as error:
        raise cant_write(out, error) from error


def must_not_exist(out: Path) -> None:
    """Raises WorldError when the file, its signature or its key is there, or no file can or may be there."""
    out = resolve_target(out)
    for path in (out, path_beside(out, ".sig"), path_beside(out, ".pem")):
        try:
            there = is_there(path)
        except OSError as error:
            raise cant_write(path, error) from error
        if there:
            raise _make_taken_error(path)


def _make_taken_error(path: Path) -> WorldError:
    """Returns the error for a name that another file has, or gets from an export that began later."""
    return WorldError("{path} exists already; name a file that does not.", path=path.name)


def _unfinished(path: Path) -> Path:
    return path.with_name(_UNFINISHED + path.name)
