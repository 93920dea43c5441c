"""Packs a folder so that the same files give the same bytes."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path


def pack_folder(folder: Path, target: Path, moment: int) -> None:
    """Writes a folder as a .tar.gz: names sorted, one owner, one time, no name of the archive in its header."""
    with target.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path in sorted([folder, *folder.rglob("*")], key=lambda path: path.relative_to(folder.parent).as_posix().encode()):
                entry = tar.gettarinfo(path, path.relative_to(folder.parent).as_posix())
                entry.uid = entry.gid = 0
                entry.uname = entry.gname = "root"
                entry.mtime = moment
                entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
                entry.pax_headers = {}
                if entry.isreg():
                    entry.type, entry.linkname, entry.size = tarfile.REGTYPE, "", path.stat().st_size
                    with path.open("rb") as file:
                        tar.addfile(entry, file)
                elif entry.islnk():  # a second name of the same file; it becomes a file of its own
                    data = path.read_bytes()
                    entry.type, entry.linkname, entry.size = tarfile.REGTYPE, "", len(data)
                    tar.addfile(entry, io.BytesIO(data))
                else:
                    tar.addfile(entry)
