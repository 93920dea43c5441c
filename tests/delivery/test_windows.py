"""The bundle for Windows, as far as it can be tried without Windows."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from delivery import assemble, manifest
from delivery.archive import zip_folder
from delivery.libraries import list_libraries
from delivery.sign import sign_bundle
from tests.delivery.small_bundle import KEY, make_bundle

ROOT = Path(__file__).parents[2]
SCRIPTS = [ROOT / "make.ps1", ROOT / ".ci/windows.ps1", *sorted((ROOT / "delivery/files").glob("*.ps1"))]


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A laid out bundle, without the guides, whose pages take long to draw."""
    monkeypatch.setattr(assemble, "_add_guides", lambda folder, _: [(folder / f"guide{of}.pdf").touch() for of in ("", "-ur")])
    (tmp_path / "program/_internal").mkdir(parents=True)
    (tmp_path / "program/triage.exe").write_bytes(b"MZ")
    (tmp_path / "docs").mkdir()
    return assemble.assemble_for_windows(tmp_path / "program", tmp_path / "docs", tmp_path / "out", 1_700_000_000)


def test_the_install_script_finds_all_that_it_copies(bundle: Path) -> None:
    script = (bundle / "install.ps1").read_text(encoding="utf-8")
    lists = re.findall(r"foreach \(\$name in @\(([^)]*)\)\)", script)
    named = {name for words in lists for name in re.findall(r'"([^"]+)"', words)}
    sign_bundle(bundle, KEY)
    assert "remove.ps1" in named
    assert "foreach ($part in Get-ChildItem -LiteralPath $root -Force)" in script, "licences and lists are installed too"
    assert [name for name in named if not (bundle / name).exists()] == []
    assert not (bundle / "versions").exists(), "remove.ps1 tells an installation from an unpacked bundle by it"
    assert (bundle / "licences/GPL-3.txt").read_text(encoding="utf-8").lstrip().startswith("GNU GENERAL PUBLIC LICENSE")


def test_each_line_of_the_list_has_the_form_that_the_install_script_wants(bundle: Path) -> None:
    sign_bundle(bundle, KEY)
    form = re.search(r'-notmatch "(\^\(\[0-9a-f\][^"]+)"', (bundle / "install.ps1").read_text(encoding="utf-8"))
    assert form
    lines = (bundle / manifest.SUMS).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.search(form[1], line)] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_ascii_and_say_that_they_were_not_run(script: Path) -> None:
    """Windows' own PowerShell reads other letters by the code page of the machine."""
    assert "not run" in script.read_text(encoding="ascii").casefold()


def test_the_same_files_give_the_same_zip(tmp_path: Path) -> None:
    archives = []
    for at, name in enumerate(("one", "two")):
        folder = tmp_path / name / "triage-1.2.0"
        make_bundle(folder)
        for path in folder.rglob("*"):
            if not path.is_symlink():
                os.utime(path, (at, at))
        zip_folder(folder, tmp_path / f"{name}.zip", 1_700_000_000)
        archives.append((tmp_path / f"{name}.zip").read_bytes())
    assert archives[0] == archives[1]


def test_libraries_of_windows_are_listed_too(tmp_path: Path) -> None:
    (tmp_path / "avcodec-62-0123456789abcdef0123456789abcdef.dll").write_bytes(b"\0FFmpeg version 8.1.2\0")
    (tmp_path / "libx265-216-0123abcd.dll").write_bytes(b"\0" + b"4.2+1-e444744\0")
    (tmp_path / "zlib1.dll").write_bytes(b"")
    assert [(each.name, each.version) for each in list_libraries(tmp_path)] == [
        ("FFmpeg", "8.1.2"),
        ("x265", "4.2+1-e444744"),
        ("zlib1", ""),
    ]
