from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from delivery import notices, sbom
from delivery.inner_parts import (
    PARTS,
    STANDARD,
    InnerPart,
    describe_crate,
    describe_library,
    find_library_row,
    list_inner_parts,
    read_table,
    text_name,
    words_of,
)
from delivery.packages import ShippedPackage, list_packages

# The libraries of the wheels for Windows, as their files are named there: `unzip -l` of what requirements/windows-wheels.list names.
FOR_WINDOWS = (
    "avcodec", "avdevice", "avfilter", "avformat", "avutil", "dav1d", "gcc_s_seh-1", "iconv-2", "mp3lame", "opencore-amrnb", "opus",
    "sharpyuv", "stdc++-6", "SvtAv1Enc", "vpl", "vpx", "webp", "webpmux", "winpthread", "x264", "x265", "swresample", "swscale",
    "zlib1", "scipy_openblas64_", "msvcp140", "de265", "heif", "pdfium", "concrt140", "msvcp140_codecvt_ids", "vcamp140",
    "vccorlib140", "vcomp140", "vcruntime140", "vcruntime140_1", "geos", "geos_c", "Qt6Core", "Qt6Widgets",
)  # fmt: skip


@pytest.fixture(scope="module")
def packages() -> list[ShippedPackage]:
    return list_packages()


@pytest.fixture(scope="module")
def parts(packages: list[ShippedPackage]) -> list[InnerPart]:
    return [part for package in packages for part in list_inner_parts(package)]


def test_each_crate_and_library_of_each_locked_wheel_has_a_text(parts: list[InnerPart]) -> None:
    assert (
        len([part for part in parts if part.kind == "cargo"]) > 200 and len([part for part in parts if part.kind != "cargo"]) > 40
    )
    assert [words_of(part) for part in parts if part.lacks_text or not part.licence] == []
    assert {text for part in parts for text in part.texts if not (STANDARD / text).read_text(encoding="utf-8").strip()} == set()


def test_each_crate_that_a_module_names_is_in_the_list_of_its_makers(
    packages: list[ShippedPackage], parts: list[InnerPart]
) -> None:
    listed = {(part.package, part.name, part.version) for part in parts}
    named = {
        (package.name, name.decode(), version.decode())
        for package in packages
        if package.name in ("cryptography", "pyrage", "tzfpy")
        for path in package.modules
        for name, version in re.findall(rb"registry/src/[^/]+/([A-Za-z0-9_-]+?)-(\d[0-9A-Za-z.+-]*)/", path.read_bytes())
    }
    assert len(named) > 50 and named - listed == set()


def test_rust_s_standard_library_is_named_with_its_version(parts: list[InnerPart]) -> None:
    made_by_rust = {part.package for part in parts if part.name == "rust-std" and re.fullmatch(r"1\.\d+\.\d+", part.version)}
    assert made_by_rust == {part.package for part in parts if part.kind == "cargo"} >= {"cryptography", "pyrage", "tzfpy"}


@pytest.mark.parametrize("licences", [[], [{"expression": "MadeUp-1.0"}], [{"expression": "MIT AND MadeUp-1.0"}]])
def test_a_crate_without_a_text_is_named_as_missing(licences: list[dict[str, str]]) -> None:
    part = describe_crate({"name": "invented", "version": "1.0.0", "licenses": licences}, "wheel")
    assert part.lacks_text and "TEXT MISSING" in words_of(part)


def test_a_library_that_the_table_does_not_name_is_named_as_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = describe_library("libinvented", "1.0", "click", "")
    monkeypatch.setattr(notices, "list_inner_parts", lambda package: (part,) if package.name == "click" else ())
    assert notices.write_notices(tmp_path, tmp_path, "1.2.0") == ["libinvented 1.0 inside click"]
    assert "libinvented 1.0: licence not stated (TEXT MISSING)" in (tmp_path / "THIRD-PARTY.txt").read_text(encoding="utf-8")


def test_a_text_that_the_list_of_the_makers_holds_is_written(tmp_path: Path) -> None:
    words = {"license": {"name": "Unknown", "text": {"encoding": "base64", "content": "VGhlIHRlcm1z"}}}
    part = describe_crate({"name": "invented", "version": "1.0.0", "licenses": [words]}, "wheel")
    notices.write_own_text(part, tmp_path)
    assert not part.lacks_text and (tmp_path / "wheel/invented.txt").read_text(encoding="utf-8") == "The terms"


def test_what_only_took_part_in_the_build_is_left_out(parts: list[InnerPart]) -> None:
    assert {"cargo_metadata", "skeptic", "pkg-config"} & {part.name for part in parts} == set()


def test_libraries_of_the_wheels_for_windows_are_in_the_table() -> None:
    assert [name for name in FOR_WINDOWS if find_library_row(name) is None] == []


def test_what_has_no_text_says_why() -> None:
    part = describe_library("vcruntime140", "", "pyside6-essentials", "")
    assert not part.lacks_text and "NO TEXT: Microsoft" in words_of(part)


def test_the_folder_holds_the_texts_that_the_table_names() -> None:
    named = {text_name(row) for rows in read_table().values() for row in rows if "debian" in row}
    assert {path.name for path in PARTS.iterdir()} == named


def test_licences_that_the_texts_name_as_files_of_debian_lie_beside_them() -> None:
    named = {
        name.rstrip(".")
        for path in PARTS.iterdir()
        for name in re.findall(r"common-licenses/([A-Za-z0-9.-]+)", path.read_text(encoding="utf-8"))
    }
    newest = {"GPL": "GPL-3", "LGPL": "LGPL-3"}
    assert {name for name in named if not (STANDARD / f"{newest.get(name, name)}.txt").exists()} == set()


def test_the_list_of_everything_states_the_licences_of_libraries(packages: list[ShippedPackage], tmp_path: Path) -> None:
    (tmp_path / "libx265-f5385bb8.so.216").write_bytes(b"\0" + b"5.1\0" + b"4.2+1-e444744\0")
    bom = json.loads(sbom.make_sbom(tmp_path, "1.2.0", 1))
    named = {(each["name"], each["version"]): each.get("licenses") for each in bom["components"] if "version" in each}
    assert named["x265", "4.2+1-e444744"] == [{"expression": "GPL-2.0-or-later"}], "5.1 is the name of a channel layout"
    assert [name for name, of in named if name == "rust-std"] and named["GNU libiconv", "unknown"]
    assert [each["name"] for each in bom["components"] if not each.get("licenses")] == []
