"""The notices of the bundle: who made what is in it, under which licence, with the texts of all licences."""

from __future__ import annotations

import shutil
from pathlib import Path

from delivery.inner_parts import InnerPart, list_inner_parts, words_of
from delivery.libraries import find_debian_packages
from delivery.packages import COMMON_TEXTS, ROOT, ShippedPackage, list_locked, list_packages

COMMON = ROOT / "delivery/licences"
"""The texts that many packages share."""

HEAD = """Third-party notices of Triage {version}

The bundle as a whole is distributed under the GNU General Public License, version 3 or later (licences/GPL-3.txt), since the
FFmpeg of PyAV's wheel has parts under the GPL and that of pillow-heif holds x265. Triage's own source is under the Apache
License 2.0 (licences/Apache-2.0.txt). Qt and PySide6 are used under the LGPL-3.0 as unmodified, replaceable shared libraries:
they lie under app/_internal/PySide6 and can be exchanged there. Whoever gave you this bundle gives you the complete
corresponding source on request, for three years from then; the names and versions below and in sbom.cdx.json say which it is.

A wheel may hold more than its package: crates of Rust and libraries in C stand under it, as "inside it". Where their makers offer
several licences, the line says which one this bundle uses. The texts that many of them share stand once, in the folder licences,
with a place for the holder of the rights; the holder stands in the line.

The data under resources/ and their licences stand in app/_internal/NOTICE.md.

Python packages
"""


def write_notices(folder: Path, program: Path, version: str) -> list[str]:
    """Writes THIRD-PARTY.txt and the folder licences/ of a bundle. Returns the names of packages without a licence text."""
    licences = folder / "licences"
    shutil.copytree(COMMON, licences)
    lines, without = [HEAD.format(version=version)], []
    for package in list_packages():
        texts = copy_texts(package, licences)
        if not texts:
            without.append(package.name)
        lines.append(f"{package.name} {package.version}: {package.licence or 'see its texts'} ({', '.join(texts) or 'no text'})")
        for part in list_inner_parts(package):
            write_own_text(part, licences)
            lines.append(f"    inside it: {words_of(part)}")
            if part.lacks_text:
                without.append(f"{part.name} {part.version} inside {package.name}".replace("  ", " "))
    freezer = list_locked(ROOT / "requirements/freeze.txt")["pyinstaller"]
    lines.append(f"\nThe program that starts all this\n\nPyInstaller {freezer}:"
                 " GPL-2.0-or-later WITH Bootloader-exception (licences/PyInstaller.txt)")  # fmt: skip
    lines.append("\nLibraries and Python from Debian 12\n")
    for name, of_version in sorted(set(find_debian_packages(program).values())):
        copyright_file = Path("/usr/share/doc", name, "copyright")
        if copyright_file.exists():
            (licences / "debian").mkdir(exist_ok=True)
            shutil.copyfile(copyright_file, licences / "debian" / f"{name}.txt")
        else:
            without.append(name)
        lines.append(f"{name} {of_version}: licences/debian/{name}.txt")
    (folder / "THIRD-PARTY.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return without


def copy_texts(package: ShippedPackage, licences: Path) -> list[str]:
    """Copies the licence texts of a package into a folder of its own. Returns their names below the bundle."""
    found = []
    for path in package.texts:
        inside = path.as_posix().partition(".dist-info/")[2].removeprefix("licenses/").replace("/", "-").replace(" ", "-")
        target = licences / package.name / inside
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
        found.append(f"licences/{package.name}/{target.name}")
    if not found:
        found = [f"licences/{name}.txt" for name in COMMON_TEXTS.get(package.name, ())]
    return found


def write_own_text(part: InnerPart, licences: Path) -> None:
    """Writes the licence text that the list of a wheel's makers holds for a part, if it holds one."""
    if part.own_text:
        target = licences / part.package / f"{part.name}.txt"
        target.parent.mkdir(exist_ok=True)
        target.write_text(part.own_text, encoding="utf-8")


def names_in_notice() -> set[str]:
    """Returns the packages that NOTICE.md of the source names, as the index spells them."""
    text = (ROOT / "NOTICE.md").read_text(encoding="utf-8").partition("## Libraries")[2]
    cells = [line.split("|")[1].partition("(")[0] for line in text.splitlines() if line.startswith("|")]
    return {name.strip().lower().replace("_", "-").replace(".", "-") for cell in cells for name in cell.split(",")}
