"""Packs a folder so that the same files give the same bytes."""

from __future__ import annotations

import gzip
import shutil
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

ZIP_BEGINS = 315532800
"""1980: no time in a ZIP is earlier."""


def pack_folder(folder: Path, target: Path, moment: int) -> None:
    """Writes a folder as a .tar.gz: names sorted, one owner, one time, no name of the archive in its header."""
    names = {path.relative_to(folder.parent).as_posix(): path for path in (folder, *folder.rglob("*"))}
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, path in sorted(names.items(), key=lambda pair: pair[0].encode()):
            entry = tar.gettarinfo(path, name)
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = "root"
            entry.mtime = moment
            entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
            if entry.isdir() or entry.issym():
                tar.addfile(entry)
                continue
            entry.type, entry.linkname, entry.size = tarfile.REGTYPE, "", path.stat().st_size  # also a second name of a file
            with path.open("rb") as file:
                tar.addfile(entry, file)


def zip_folder(folder: Path, target: Path, moment: int) -> None:
    """Writes a folder as a .zip, which Windows opens by itself: names sorted, one time, one way of packing."""
    when = datetime.fromtimestamp(max(moment, ZIP_BEGINS), UTC).timetuple()[:6]
    with zipfile.ZipFile(target, "w") as packed:
        names = {path.relative_to(folder.parent).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        for name, path in sorted(names.items(), key=lambda pair: pair[0].encode()):
            entry = zipfile.ZipInfo(name, when)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            with path.open("rb") as file, packed.open(entry, "w", force_zip64=True) as inside:
                shutil.copyfileobj(file, inside, 1 << 20)
