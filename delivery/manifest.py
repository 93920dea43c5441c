"""The lists by which a bundle is checked: every file with its SHA-256, and every link with its target."""

from __future__ import annotations

import hashlib
from pathlib import Path

SUMS, SIGNATURE, KEY, LINKS = "SHA256SUMS", "SHA256SUMS.sig", "SHA256SUMS.pem", "LINKS"


def list_files(folder: Path) -> list[Path]:
    """Returns all plain files below a folder, sorted by their names in it."""
    found = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix().encode())


def write_links(folder: Path) -> None:
    """Writes the list of links, as `find -type l -printf '%P -> %l\\n' | sort` prints it."""
    lines = [f"{path.relative_to(folder).as_posix()} -> {path.readlink()}" for path in folder.rglob("*") if path.is_symlink()]
    text = "".join(f"{line}\n" for line in sorted(lines, key=str.encode))
    (folder / LINKS).write_text(text, encoding="utf-8")


def write_sums(folder: Path) -> bytes:
    """Writes the list of all files with their SHA-256, as `sha256sum` reads it, and returns its bytes.

    The list and its signature are not in it. The issuer's key is.
    """
    lines = []
    for path in list_files(folder):
        name = path.relative_to(folder).as_posix()
        if name not in (SUMS, SIGNATURE):
            with path.open("rb") as file:
                lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {name}\n")
    data = "".join(lines).encode()
    (folder / SUMS).write_bytes(data)
    return data
