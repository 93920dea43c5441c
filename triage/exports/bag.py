"""Writes a BagIt folder (RFC 8493) with a signed tag manifest. `bag_check` verifies one."""

from __future__ import annotations

import hashlib
import shutil
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import Self

from triage import limits
from triage.errors import WorldError
from triage.exports.outgoing_file import cant_write, create_folder, make_leftover_error, must_be_free, name_folder
from triage.exports.signature import to_pem
from triage.model.exports import Signer
from triage.safe_files import create_file, is_there, make_private_folder, resolve_file

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAGS, SIGNATURE, KEY = "manifest-sha256.txt", "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig", "signing-key.pem"
INFO, FINGERPRINT = "bag-info.txt", "Signing-Key-Fingerprint"
UNBOUND = frozenset({TAGS, SIGNATURE, KEY})
"""The only files that no manifest binds."""


class BagWriter:
    """Writes payload files under data/ and binds them. The folder must not exist; it appears whole, under its own name, last.

    A context manager: what was not finished is taken away again.
    """

    def __init__(self, out: Path) -> None:
        """Starts the folder under an unfinished name.

        Raises WorldError when `out` exists or can't be written.
        """
        must_not_exist(out)
        self._payload: dict[str, str] = {}
        self._bytes = 0
        try:
            out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._out = out = resolve_file(out)
            self._part = _unfinished(out)
            create_folder(self._part)
        except OSError as error:
            raise cant_write(out, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._part, ignore_errors=True)

    def add(self, name: str, chunks: Iterable[bytes]) -> str:
        """Writes a payload file at a path below data/. Returns its SHA-256."""
        path = f"data/{name}"
        if len(self._payload) >= _MOST_FILES:
            raise WorldError("A packet holds at most {most:,} files; make several packets of fewer reports.", most=_MOST_FILES)
        digest = hashlib.sha256()
        target = self._part / path
        try:
            make_private_folder(target.parent)
            with create_file(target) as file:
                for chunk in chunks:
                    digest.update(chunk)
                    self._bytes += file.write(chunk)
        except OSError as error:
            raise cant_write(target, error) from error
        self._payload[path] = digest.hexdigest()
        return digest.hexdigest()

    def finish(
        self, info: Iterable[tuple[str, str]], readme: str, signer: Signer, register: Callable[[str], None] = lambda _: None
    ) -> str:
        """Writes the tag files, signs them and renames the folder.

        Returns the SHA-256 of the tag manifest.

        `register` gets that digest before the folder gets its name, so that the store knows every packet that exists.
        """
        oxum = ("Payload-Oxum", f"{self._bytes}.{len(self._payload)}")
        tags = {
            "bagit.txt": DECLARATION,
            INFO: "".join(f"{name}: {_one_line(value)}\n" for name, value in (*info, oxum)).encode(),
            MANIFEST: _format_manifest(self._payload),
            "README.txt": readme.encode(),
        }
        manifest = _format_manifest({name: hashlib.sha256(data).hexdigest() for name, data in tags.items()})
        digest = hashlib.sha256(manifest).hexdigest()
        tags |= {TAGS: manifest, SIGNATURE: signer.sign(manifest), KEY: to_pem(signer.public_key)}
        try:
            for name, data in tags.items():
                with create_file(self._part / name) as file:
                    file.write(data)
            register(digest)
        except OSError as error:
            raise cant_write(self._out, error) from error
        name_folder(self._part, self._out)
        return digest


def must_not_exist(out: Path) -> None:
    """Raises WorldError when the folder, or what an interrupted run left of it, is there. An empty folder is no obstacle."""
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
