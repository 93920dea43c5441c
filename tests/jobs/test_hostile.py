"""The real command over families of hostile files: no traceback, no hang, nothing outside the store, a valid store after."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Desk
from tests.importers import hostile
from tests.jobs.conftest import CHEAP
from triage.store.store import Store

PASSPHRASE = "seven green boats"
HANG = 200
"""Seconds for all families and the check after them; one file may take 20."""


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In a home and with a folder for temporary files of its own, so that anything left there is seen."""
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home), "TEMP": str(home), "XDG_DATA_HOME": str(home / "data")}
    command = [sys.executable, "-c", "import sys; from triage.cli.run import main; sys.argv[0] = 'triage'; main()"]
    return subprocess.run(
        [*command, *arguments], env=environment, cwd=home, capture_output=True, text=True, timeout=HANG, check=False
    )


def test_hostile_files_do_no_harm(tmp_path: Path) -> None:
    """All families in one import: to start the command and what decodes beside it takes as long as a family."""
    Store.create(tmp_path / "store", "first", PASSPHRASE, cost=CHEAP).store.close()
    (tmp_path / "word").write_text(PASSPHRASE)
    home = tmp_path / "home"
    home.mkdir()
    for family in hostile.FAMILIES:
        write_family(tmp_path / "in" / family, family)
    before = {path: path.stat().st_size for path in (tmp_path / "in").rglob("*") if not path.is_symlink()}
    options = ("--store", str(tmp_path / "store"), "--user", "first", "--passphrase-file", str(tmp_path / "word"), "--json")

    done = run(home, "import", *(str(tmp_path / "in" / family) for family in hostile.FAMILIES), *options)

    assert (done.returncode, done.stderr) == (3, "")
    told = json.loads(done.stdout)
    assert {Path(each["path"]).parts[0] for each in told["quarantined"]} == set(hostile.FAMILIES)
    assert all(each["reason"] for each in told["quarantined"])
    assert list(home.rglob("*")) == []
    assert {path.name for path in tmp_path.iterdir()} == {"store", "word", "in", "home"}
    assert {path: path.stat().st_size for path in (tmp_path / "in").rglob("*") if not path.is_symlink()} == before
    checked = Desk(tmp_path, tmp_path / "store").call("check", *options, common=False)
    assert (checked.code, checked.json["problems"]) == (0, [])


def write_family(folder: Path, family: str) -> None:
    """Writes the files of a family, each in a folder of its own, some of them once more in a zip, and two links."""
    files = dict(hostile.FAMILIES[family]())
    for name, data in files.items():
        (folder / f"{name}-folder").mkdir(parents=True)
        (folder / f"{name}-folder" / name).write_bytes(data)
    (folder / "link.json").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to(folder)
    sample = {name: data for n, (name, data) in enumerate(sorted(files.items())) if n % 10 == 0 and len(data) < 100_000}
    (folder / "all.zip").write_bytes(hostile.in_a_zip(sample))
