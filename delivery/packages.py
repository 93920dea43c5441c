"""The packages that the bundle holds: what the lock names for this machine, with version, licence and licence texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from delivery.libraries import is_library

ROOT = Path(__file__).parents[1]
LICENCE_FILE = re.compile(r"(?:licen[cs]e|copying|notice|authors|copyright)[^/]*$|\.dist-info/licenses/", re.IGNORECASE)

COMMON_TEXTS = {
    "pyside6-essentials": ("LGPL-3", "GPL-3"),
    "shiboken6": ("LGPL-3", "GPL-3"),
}
"""Packages whose wheels hold no licence text, with its names below delivery/licences."""
STATED_LICENCES = {
    "pyrage": "MIT OR Apache-2.0",
    "sqlcipher3": "Zlib",
    "exifread": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "pyside6-essentials": "LGPL-3.0-only",
    "shiboken6": "LGPL-3.0-only",
}
"""Licences of packages whose metadata states none in a line, or more than one of which we use one."""


@dataclass(frozen=True, slots=True)
class ShippedPackage:
    """A Python package of the bundle."""

    name: str
    version: str
    licence: str
    summary: str
    texts: tuple[Path, ...]
    """Its licence texts, as installed."""
    boms: tuple[Path, ...]
    """Lists of what is inside it, which its makers put into the wheel."""
    modules: tuple[Path, ...]
    """Its compiled modules and libraries, as installed."""
    folder: Path
    """Where it is installed."""


def list_locked(lock: Path = ROOT / "requirements/base.txt") -> dict[str, str]:
    """Returns the version of each package in a lock. Packages of other systems (colorama on Windows) are in it too."""
    found = re.findall(r"^([\w.-]+)==([\w.]+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def list_packages() -> list[ShippedPackage]:
    """Returns the locked packages that are installed here.

    Raises:
        ValueError: if one has another version than the lock
    """
    found = []
    for name, version in list_locked().items():
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            if name != "colorama":  # Windows only
                raise
            continue
        if installed.version != version:
            raise ValueError(f"{name} {installed.version} is installed, the lock names {version}")
        found.append(_describe(name, installed))
    return found


def _describe(name: str, installed: Distribution) -> ShippedPackage:
    """Returns what the metadata of an installed package say."""
    metadata = installed.metadata
    files = [Path(str(installed.locate_file(file))) for file in installed.files or ()]
    inside = [file for file in files if ".dist-info" in str(file)]
    stated = metadata.get("License-Expression") or (metadata.get("License") or "").strip().splitlines()
    licence = stated if isinstance(stated, str) else (stated[0] if stated else "")
    return ShippedPackage(
        name=name,
        version=installed.version,
        licence=STATED_LICENCES.get(name) or licence,
        summary=(metadata.get("Summary") or "").strip(),
        texts=tuple(
            sorted(file for file in inside if LICENCE_FILE.search(file.as_posix()) and file.suffix not in (".pyc", ".py"))
        ),
        boms=tuple(sorted(file for file in inside if file.parent.name == "sboms" and file.suffix == ".json")),
        modules=tuple(sorted(file for file in files if is_library(file))),
        folder=Path(str(installed.locate_file(""))),
    )
