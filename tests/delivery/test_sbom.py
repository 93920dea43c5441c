from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from delivery import libraries, notices, packages, sbom
from delivery.packages import COMMON_TEXTS, list_locked, list_packages


@pytest.fixture(scope="module")
def bom(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    inside = tmp_path_factory.mktemp("program") / "_internal"
    (inside / "av.libs").mkdir(parents=True)
    (inside / "av.libs/libavcodec-5e6b81c2.so.62.28.102").write_bytes(b"\0FFmpeg version 8.1.2\0")
    (inside / "av.libs/libx265-f5385bb8.so.216").write_bytes(b"\0" + b"4.2+1-e444744\0")
    (inside / "av.libs/libdrm-b0291a67.so.2.4.0").write_bytes(b"nothing")
    (inside / "libQt6Core.so.6").write_bytes(b"Qt")
    return sbom.make_sbom(inside.parent, "1.2.0", 1_700_000_000)


def test_it_is_valid_cyclonedx(bom: bytes) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator  # compiles grammars for seconds: not in each worker

    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(bom.decode()) is None


def test_every_package_of_the_lock_is_in_it(bom: bytes) -> None:
    named = {each["name"]: each for each in json.loads(bom)["components"] if each["bom-ref"].startswith("pkg:pypi/")}
    assert set(named) == set(list_locked()) - {"colorama"} | ({"colorama"} & set(named)) | {"pyinstaller"}
    assert [name for name, each in named.items() if not each.get("licenses")] == []


def test_it_names_what_the_notices_name(bom: bytes, tmp_path: Path) -> None:
    notices.write_notices(tmp_path, tmp_path, "1.2.0")
    text = (tmp_path / "THIRD-PARTY.txt").read_text(encoding="utf-8")
    said = {(name.lower(), version) for name, version in re.findall(r"^([\w.-]+) ([\w.+~:-]+): ", text, re.MULTILINE)}
    listed = {(each["name"].lower(), each.get("version")) for each in json.loads(bom)["components"]}
    assert len(said) > len(list_locked()) - 2 and said - listed == set()
    assert "python" in {name for name, _ in listed}, "what brings it: a package of Debian, or else it stands by itself"


def test_libraries_inside_the_wheels_are_in_it(bom: bytes) -> None:
    found = {(each["name"], each.get("version")) for each in json.loads(bom)["components"]}
    qt = list_locked()["pyside6-essentials"]
    assert {("FFmpeg", "8.1.2"), ("x265", "4.2+1-e444744"), ("libdrm", "2.4.0"), ("Qt", qt)} <= found
    assert "openssl" in {name for name, _ in found}, "what the makers of a wheel list"


def test_what_makers_state_of_licences_is_in_it(bom: bytes) -> None:
    listed = [each for each in json.loads(bom)["components"] if str(each.get("purl", "")).startswith("pkg:cargo/")]
    assert len(listed) > 100 and [each["name"] for each in listed if not each.get("licenses")] == []


def test_the_same_program_gives_the_same_bytes(bom: bytes, tmp_path: Path) -> None:
    (tmp_path / "_internal").mkdir()
    assert sbom.make_sbom(tmp_path, "1.2.0", 1) == sbom.make_sbom(tmp_path, "1.2.0", 1)


def test_a_package_of_another_version_than_the_lock_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "list_locked", lambda: {"click": "0.0.1"})
    with pytest.raises(ValueError, match=r"the lock names 0\.0\.1"):
        list_packages()


def test_every_package_has_its_licence_text(tmp_path: Path) -> None:
    without = [package.name for package in list_packages() if not notices.copy_texts(package, tmp_path)]
    assert without == []
    assert set(COMMON_TEXTS) <= set(list_locked())


def test_notices_name_every_package_and_the_whole(tmp_path: Path) -> None:
    notices.write_notices(tmp_path, tmp_path, "1.2.0")
    text = (tmp_path / "THIRD-PARTY.txt").read_text(encoding="utf-8")
    assert "GNU General Public License, version 3" in text
    assert [name for name in list_locked() if name != "colorama" and f"\n{name} " not in text] == []


def test_what_notice_md_names_is_shipped() -> None:
    helpers = {
        "colorama", "pycryptodomex", "typing-extensions", "shiboken6", "cffi", "defusedxml", "fonttools", "markdown-it-py", "mdurl",
        "pycparser", "pygments",
    }  # fmt: skip
    """Packages that others bring: THIRD-PARTY.txt of the bundle names them all."""
    assert set(list_locked()) - helpers <= notices.names_in_notice()


def test_a_file_s_own_words_say_its_version(tmp_path: Path) -> None:
    (tmp_path / "libjpeg-6dc8d115.so.62.4.0").write_bytes(b"\0libjpeg-turbo version 3.2.0 (build 1)\0")
    (tmp_path / "libheif-e72ea93c.so.1.23.6").write_bytes(b"")
    found = libraries.list_libraries(tmp_path)
    assert [(each.name, each.version, each.by_name) for each in found] == [
        ("libheif", "1.23.6", True),
        ("libjpeg-turbo", "3.2.0", False),
    ]
