"""Fetches the texts of inner_parts.toml from Debian's packages into delivery/licences/parts: `python -m delivery.collect_texts`.

Run it on Debian 13 after a change of the lock, and read the difference before you commit it. Nothing is installed. A wheel may
hold another version than Debian; each text therefore begins with where it is from.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from delivery.inner_parts import PARTS, read_table, text_name
from delivery.packages import ROOT

HEAD = "From Debian's package {package} {version}. The licences that it names as files of Debian lie in the folder licences.\n\n"


def main() -> None:
    """Fetches each text that a row names, and removes texts that no row names any more."""
    PARTS.mkdir(exist_ok=True)
    rows = [row for kind in ("library", "crate") for row in read_table()[kind] if "debian" in row]
    for row in rows:
        folder = ROOT / "build/texts" / row["debian"]
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (PARTS / text_name(row)).write_text(fetch_text(row["debian"], folder), encoding="utf-8")
    for path in set(PARTS.iterdir()) - {PARTS / text_name(row) for row in rows}:
        path.unlink()


def fetch_text(package: str, folder: Path) -> str:
    """Returns the licence texts of a package of Debian: those of a crate's makers, else Debian's copyright file."""
    subprocess.run(["apt-get", "--quiet", "download", package], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    archive = next(folder.glob("*.deb"))
    version = subprocess.run(["dpkg-deb", "--field", str(archive), "Version"], capture_output=True, text=True, check=True).stdout
    subprocess.run(["dpkg-deb", "--extract", str(archive), str(folder / "x")], check=True)
    registry = folder / "x/usr/share/cargo/registry"
    texts = sorted(path for path in registry.glob("*/*") if path.name.upper().startswith(("LICENSE", "COPYING", "UNLICENSE")))
    if not texts:
        texts = [folder / "x/usr/share/doc" / package / "copyright"]
    return HEAD.format(package=package, version=version.strip()) + "\n".join(path.read_text(encoding="utf-8") for path in texts)


if __name__ == "__main__":
    main()
