"""A BagIt folder (RFC 8493) with a signed tag manifest: written once, and verified against everything that lies in it."""

from __future__ import annotations

import hashlib
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Self

from triage import limits
from triage.errors import InputError, WorldError
from triage.exports.signature import fingerprint, pem, read_pem, signature_holds
from triage.model.exports import Signer

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAGS, SIGNATURE, KEY = "manifest-sha256.txt", "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig", "signing-key.pem"
UNBOUND = frozenset({TAGS, SIGNATURE, KEY})
"""The only files that no manifest binds."""


class BagWriter:
    """Writes payload files under data/ and binds them. The folder must not exist; it appears whole, under its own name, last.

    A context manager: what was not finished is taken away again.
    """

    def __init__(self, out: Path) -> None:
        must_not_exist(out)
        self._out = out
        self._part = _part(out)
        self._payload: dict[str, str] = {}
        self._bytes = 0
        try:
            self._part.mkdir(parents=True)
        except OSError as error:
            raise WorldError(f"{out.name} can't be made: {error.strerror}.", detail=f"errno {error.errno}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._part, ignore_errors=True)

    def add(self, name: str, chunks: Iterable[bytes]) -> str:
        """A payload file by its path below data/; its SHA-256 is returned."""
        path = f"data/{name}"
        digest = hashlib.sha256()
        target = self._part / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                for chunk in chunks:
                    digest.update(chunk)
                    self._bytes += file.write(chunk)
        except OSError as error:
            raise WorldError(f"{path} can't be written: {error.strerror}.", detail=f"errno {error.errno}") from error
        self._payload[path] = digest.hexdigest()
        return digest.hexdigest()

    def finish(self, info: Iterable[tuple[str, str]], readme: str, signer: Signer) -> str:
        """Write the tag files, sign, put the folder in its place; the SHA-256 of the tag manifest is returned."""
        oxum = ("Payload-Oxum", f"{self._bytes}.{len(self._payload)}")
        tags = {
            "bagit.txt": DECLARATION,
            "bag-info.txt": "".join(f"{name}: {_one_line(value)}\n" for name, value in (*info, oxum)).encode(),
            MANIFEST: _lines(self._payload),
            "README.txt": readme.encode(),
        }
        manifest = _lines({name: hashlib.sha256(data).hexdigest() for name, data in tags.items()})
        tags |= {TAGS: manifest, SIGNATURE: signer.sign(manifest), KEY: pem(signer.public_key)}
        try:
            for name, data in tags.items():
                (self._part / name).write_bytes(data)
            self._part.rename(self._out)
        except OSError as error:
            raise WorldError(f"{self._out.name} can't be written: {error.strerror}.", detail=f"errno {error.errno}") from error
        return hashlib.sha256(manifest).hexdigest()


def must_not_exist(out: Path) -> None:
    """Raises WorldError when the folder, or what an interrupted run left of it, is there."""
    for path in (out, _part(out)):
        if path.exists() or path.is_symlink():
            raise WorldError(f"{path.name} exists already; name a folder that does not.")


def _part(out: Path) -> Path:
    return out.with_name(out.name + ".part")


def safe_name(name: str) -> str:
    """A path for the payload from a hostile one: no way out, no characters that a manifest or another system trips over,
    and no part longer than file systems take."""
    parts = [_safe_part(part) for part in PurePosixPath(name).parts if part not in ("/", "..", ".")]
    return "/".join(part for part in parts if part) or "unnamed"


def _safe_part(part: str) -> str:
    kept = "".join(
        "_" if c in '<>:"|?*\\%' or unicodedata.category(c)[0] == "C" or unicodedata.category(c) in ("Zl", "Zp") else c
        for c in unicodedata.normalize("NFC", part)
    )
    return kept.encode()[:_PART_BYTES].decode("utf-8", "ignore").rstrip(". ")


_PART_BYTES = 160


def _lines(digests: dict[str, str]) -> bytes:
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


def _one_line(value: str) -> str:
    return " ".join(value.split())


@dataclass(slots=True)
class Findings:
    """What a verification came to."""

    problems: list[str] = field(default_factory=list)
    files: int = 0
    size: int = 0
    key: str | None = None


def verify(folder: Path) -> Findings:
    """Everything that is bound is there and unchanged, nothing else lies there, and the signature holds. Never raises for
    a bad bag: what is wrong stands in the findings, one sentence each."""
    found = Findings()
    try:
        _verify(folder, found)
    except (InputError, OSError) as error:
        found.problems.append(str(error))
    return found


def _verify(folder: Path, found: Findings) -> None:
    there = dict(_walk(folder, found))
    for name in ("bagit.txt", MANIFEST, TAGS, SIGNATURE, KEY):
        if name not in there:
            found.problems.append(f"{name} is missing.")
    if "fetch.txt" in there:
        found.problems.append("The packet asks to fetch files from elsewhere; an evidence packet never does.")
    if found.problems:
        return
    _signature(folder, found)
    if _read(folder / "bagit.txt") != DECLARATION:
        found.problems.append("bagit.txt is not that of a BagIt 1.0 folder.")
    bound = _read_manifest(folder / TAGS, payload=False) | _read_manifest(folder / MANIFEST, payload=True)
    for path in sorted(set(there) - set(bound) - UNBOUND):
        found.problems.append(f"{path} is bound by no manifest.")
    for path, digest in sorted(bound.items()):
        if path not in there:
            found.problems.append(f"{path} is missing.")
        elif _sha256(there[path]) != digest:
            found.problems.append(f"{path} was changed.")
        else:
            found.files += 1
            found.size += there[path].stat().st_size
    if found.key and "bag-info.txt" in there and found.key not in _read(folder / "bag-info.txt").decode("utf-8", "replace"):
        found.problems.append("bag-info.txt names another signing key than the one that signed.")


def _signature(folder: Path, found: Findings) -> None:
    key = read_pem(_read(folder / KEY))
    found.key = fingerprint(key)
    if not signature_holds(key, _read(folder / SIGNATURE), _read(folder / TAGS)):
        found.problems.append("The signature does not hold: the tag manifest was changed, or another key signed it.")


def _walk(folder: Path, found: Findings) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found.problems.append(f"{name} is a link; a packet holds none.")
        elif path.is_file():
            yield name, path
        elif not path.is_dir():
            found.problems.append(f"{name} is neither file nor folder; a packet holds nothing else.")


def _read(path: Path) -> bytes:
    """A tag file, whole: larger than a document it is none."""
    if path.stat().st_size > limits.MAX_DOCUMENT:
        raise InputError(f"{path.name} is larger than it may be.")
    return path.read_bytes()


def _read_manifest(path: Path, *, payload: bool) -> dict[str, str]:
    """Path -> SHA-256. Payload lies below data/, and nothing else does."""
    entries: dict[str, str] = {}
    for line in _read(path).decode("utf-8", "replace").removesuffix("\n").split("\n"):
        digest, _, name = line.partition("  ")
        if not re.fullmatch("[0-9a-f]{64}", digest) or ".." in name.split("/") or not name or name.startswith("/"):
            raise InputError(f"{path.name} holds a line that is no manifest entry.")
        if name.startswith("data/") is not payload:
            raise InputError(f"{path.name} names a file that is not for it to name.")
        if name in entries:
            raise InputError(f"{path.name} names a file twice.")
        entries[name] = digest
    return entries


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
