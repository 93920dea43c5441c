from __future__ import annotations

import os
import tarfile
from pathlib import Path

from delivery.archive import pack_folder
from tests.delivery.small_bundle import make_bundle


def test_the_same_files_give_the_same_archive(tmp_path: Path) -> None:
    archives = []
    for at, name in enumerate(("one", "two")):
        folder = tmp_path / name / "triage-1.2.0"
        make_bundle(folder)
        for path in sorted(folder.rglob("*"), reverse=bool(at)):
            if not path.is_symlink():
                os.utime(path, (at, at))
        pack_folder(folder, tmp_path / f"{name}.tar.gz", 1_700_000_000)
        archives.append((tmp_path / f"{name}.tar.gz").read_bytes())
    assert archives[0] == archives[1]


def test_an_archive_holds_links_and_rights_but_nobody_s_name(tmp_path: Path) -> None:
    folder = tmp_path / "triage-1.2.0"
    make_bundle(folder)
    pack_folder(folder, tmp_path / "a.tar.gz", 1_700_000_000)
    with tarfile.open(tmp_path / "a.tar.gz") as tar:
        entries = {entry.name: entry for entry in tar.getmembers()}
    assert entries["triage-1.2.0/app/_internal/b.so"].linkname == "a [1].so"
    assert entries["triage-1.2.0/app/triage"].mode == 0o755
    assert {(entry.uid, entry.uname, entry.mtime) for entry in entries.values()} == {(0, "root", 1_700_000_000)}
