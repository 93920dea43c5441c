"""Writes a BagIt folder (RFC 8493) with a signed tag manifest, or a tar of one. `bag_check` verifies one."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Self

from triage import limits
from triage.errors import WorldError
from triage.exports.folder_claim import make_leftover_error
from triage.exports.outgoing_file import cant_write, claim_folder, must_be_free, name_folder
from triage.exports.signature import to_pem
from triage.model.exports import Signer
from triage.safe_files import PRIVATE_FILE, create_file, flush, is_there, make_private_folder
from triage.target_path import resolve_target

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAGS, SIGNATURE, KEY = "manifest-sha256.txt", "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig", "signing-key.pem"
INFO, FINGERPRINT = "bag-info.txt", "Signing-Key-Fingerprint"
UNBOUND = frozenset({TAGS, SIGNATURE, KEY})
"""The only files that no manifest binds."""


class Bag(ABC):
    """Binds payload files below data/ with manifests, wherever they are written."""

    def __init__(self) -> None:
        self._payload: dict[str, str] = {}
        self._bytes = 0

    @abstractmethod
    def _write(self, path: str, chunks: Iterable[bytes]) -> None:
        """Writes one file of the bag. Raises WorldError."""

    def add(self, name: str, chunks: Iterable[bytes]) -> str:
        """Writes a payload file at a path below data/. Returns its SHA-256."""
        if len(self._payload) >= _MOST_FILES:
            raise WorldError("A packet holds at most {most:,} files; make several packets of fewer reports.", most=_MOST_FILES)
        digest = hashlib.sha256()

        def measure() -> Iterator[bytes]:
            for chunk in chunks:
                digest.update(chunk)
                self._bytes += len(chunk)
                yield chunk

        self._write(f"data/{name}", measure())
        self._payload[f"data/{name}"] = digest.hexdigest()
        return digest.hexdigest()

    def _write_tags(self, info: Iterable[tuple[str, str]], readme: str, signer: Signer) -> str:
        """Writes the tag files and signs them. Returns the SHA-256 of the tag manifest."""
        oxum = ("Payload-Oxum", f"{self._bytes}.{len(self._payload)}")
        tags = {
            "bagit.txt": DECLARATION,
            INFO: "".join(f"{name}: {_one_line(value)}\n" for name, value in (*info, oxum)).encode(),
            MANIFEST: _format_manifest(self._payload),
            "README.txt": readme.encode(),
        }
        manifest = _format_manifest({name: hashlib.sha256(data).hexdigest() for name, data in tags.items()})
        tags |= {TAGS: manifest, SIGNATURE: signer.sign(manifest), KEY: to_pem(signer.public_key)}
        for name, data in tags.items():
            self._write(name, [data])
        return hashlib.sha256(manifest).hexdigest()


class BagWriter(Bag):
    """Writes a folder. It must not exist; it appears whole, under its own name, last.

    A context manager: what was not finished is taken away again.
    """

    def __init__(self, out: Path) -> None:
        """Starts the folder under an unfinished name.

        Raises WorldError when `out` exists or can't be written.
        """
        super().__init__()
        self._out = out = resolve_target(out)
        must_not_exist(out)
        try:
            out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._part = _unfinished(out)
            self._claim = claim_folder(self._part)
        except OSError as error:
            raise cant_write(out, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._claim:
            shutil.rmtree(self._part, ignore_errors=True)

    def _write(self, path: str, chunks: Iterable[bytes]) -> None:
        """Writes one file of the folder."""
        target = self._part / path
        try:
            make_private_folder(target.parent)
            with create_file(target) as file:
                for chunk in chunks:
                    file.write(chunk)
                flush(file)  # the folder gets its name only with all its content on the disk
        except OSError as error:
            raise cant_write(target, error) from error

    def finish(
        self, info: Iterable[tuple[str, str]], readme: str, signer: Signer, register: Callable[[str], None] = lambda _: None
    ) -> str:
        """Writes the tag files, signs them and renames the folder.

        Returns the SHA-256 of the tag manifest.

        `register` gets that digest before the folder gets its name, so that the store knows every packet that exists.
        """
        digest = self._write_tags(info, readme, signer)
        try:
            register(digest)
        except OSError as error:
            raise cant_write(self._out, error) from error
        name_folder(self._part, self._out)
        return digest


class SealedBag(Bag):
    """Collects a bag as one tar in memory, so that nothing of it lies on a disk unencrypted."""

    def __init__(self, folder: str) -> None:
        """Starts the tar. All its files lie in `folder`."""
        super().__init__()
        self._folder = folder
        self._tar = bytearray()

    def _write(self, path: str, chunks: Iterable[bytes]) -> None:
        """Adds one file to the tar."""
        info = tarfile.TarInfo(f"{self._folder}/{path}")
        content = b"".join(chunks)
        info.size, info.mode = len(content), PRIVATE_FILE
        self._tar += info.tobuf(tarfile.PAX_FORMAT) + content + bytes(-info.size % tarfile.BLOCKSIZE)
        if len(self._tar) > limits.MAX_SIGNED_FILE // 2:
            raise WorldError(
                "An encrypted packet holds at most {most:,} MB. Make packets of fewer reports, or give --with-media without"
                " --encrypt-all.",
                most=(limits.MAX_SIGNED_FILE // 2) >> 20,
            )

    def finish(self, info: Iterable[tuple[str, str]], readme: str, signer: Signer) -> tuple[str, bytes]:
        """Adds the tag files and signs them. Returns the SHA-256 of the tag manifest, and the tar."""
        digest = self._write_tags(info, readme, signer)
        return digest, bytes(self._tar) + bytes(2 * tarfile.BLOCKSIZE)


def must_not_exist(out: Path) -> None:
    """Raises WorldError when the folder, or what another run writes or left of it, is there. An empty folder is no obstacle."""
    out = resolve_target(out)
    must_be_free(out)
    if is_there(_unfinished(out)):
        raise make_leftover_error(_unfinished(out))


def _unfinished(out: Path) -> Path:
    return out.with_name(out.name + ".part")


def safe_name(name: str) -> str:
    """Returns a safe payload path for a hostile one.

    It leads nowhere else, holds no character that breaks a manifest or another system, and no part is longer than file systems
    allow.
    """
    parts = [_safe_part(part) for part in PurePosixPath(name).parts if part not in ("/", "..", ".")]
    return "/".join(part for part in parts if part) or "unnamed"


def _safe_part(part: str) -> str:
    kept = "".join(
        "_" if c in '<>:"|?*\\%' or unicodedata.category(c)[0] == "C" or unicodedata.category(c) in ("Zl", "Zp") else c
        for c in unicodedata.normalize("NFC", part)
    )
    return kept.encode()[:_PART_BYTES].decode("utf-8", "ignore").rstrip(". ")


_PART_BYTES = 160
_MOST_FILES = limits.MAX_PACKET_FILES // 2
"""Well below what `bag_check` walks through: each report brings a folder too."""


def _format_manifest(digests: dict[str, str]) -> bytes:
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


def _one_line(value: str) -> str:
    return " ".join(value.split())
