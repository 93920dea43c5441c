"""Writes which wheel of each locked package is for 64-bit Windows: requirements/windows-wheels.list. `make lock` calls it.

The lock holds hashes without names of files, so without the index nobody could tell whether a wheel for Windows exists. The list
names it, for the two versions of Python of the bundle. Nothing is installed.
"""

from __future__ import annotations

import json
import subprocess
import sys

from delivery.packages import ROOT

LIST = ROOT / "requirements/windows-wheels.list"
VERSIONS = ("3.11", "3.13")


def find_wheels(version: str) -> set[tuple[str, str]]:
    """Returns (SHA-256, name of the file) of the wheels that pip would install on Windows.

    Raises:
        CalledProcessError: if one is missing
    """
    said = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", "install", "--dry-run",
         "--ignore-installed", "--no-deps", "--no-build-isolation", "--require-hashes", "--only-binary=:all:",
         "--implementation", "cp", "--platform", "win_amd64", "--python-version", version,
         "--target", str(ROOT / "build/nothing"), "--report", "-", "-r", str(ROOT / "requirements/base.txt")],
        check=True, stdout=subprocess.PIPE,
    ).stdout  # fmt: skip
    found = [each["download_info"] for each in json.loads(said)["install"]]
    return {(each["archive_info"]["hashes"]["sha256"], each["url"].rpartition("/")[2]) for each in found}


def main() -> None:
    """Writes the list, sorted by name."""
    wheels = sorted(set().union(*map(find_wheels, VERSIONS)), key=lambda wheel: wheel[1])
    LIST.write_text("".join(f"{digest}  {name}\n" for digest, name in wheels), encoding="utf-8")


if __name__ == "__main__":
    main()
