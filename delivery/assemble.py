"""Lays the folder of a bundle out: program, wheels, papers, scripts. `.ci/bundle` starts this in a root of Debian 12."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from delivery.guide import make_guide, order_pages
from delivery.libraries import find_debian_packages
from delivery.notices import write_notices
from delivery.packages import ROOT
from delivery.sbom import make_sbom
from triage import __version__
from triage.hashing import digest_kernel, image_kernel

FILES = ROOT / "delivery/files"
SCRIPTS = ("common.sh", "install.sh", "verify.sh", "upgrade.sh", "remove.sh", "README.txt")


def assemble(program: Path, wheels: Path, docs: Path, out: Path, moment: int) -> Path:
    """Lays the bundle out in a new folder below `out`, and returns that folder."""
    folder = out / f"triage-{__version__}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    check_kernels(program)
    shutil.copytree(program, folder / "app", symlinks=True)
    for name in SCRIPTS:
        shutil.copyfile(FILES / name, folder / name)
    needed = find_needed_glibc(folder / "app")
    (folder / "VERSION").write_text(f"{__version__}\n{needed}\n", encoding="utf-8")
    _add_shared_files(folder)
    _add_wheels(folder, wheels)
    _add_guides(folder, moment)
    shutil.copytree(docs, folder / "docs")
    if without := write_notices(folder, folder / "app", __version__):
        raise SystemExit(f"No licence text was found for: {', '.join(without)}")
    (folder / "sbom.cdx.json").write_bytes(make_sbom(folder / "app", __version__, moment))
    _write_build(folder, needed, moment)
    return folder


def assemble_for_windows(program: Path, docs: Path, out: Path, moment: int) -> Path:
    """Lays the bundle for Windows out in a new folder below `out`, and returns that folder. Not run on Windows yet."""
    folder = out / f"triage-{__version__}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(program, folder / "app")
    for name in ("install.ps1", "remove.ps1"):
        shutil.copyfile(FILES / name, folder / name)
    shutil.copyfile(FILES / "README-windows.txt", folder / "README.txt")
    (folder / "VERSION").write_text(f"{__version__}\n", encoding="utf-8", newline="\n")
    _add_guides(folder, moment)
    shutil.copytree(docs, folder / "docs")
    if without := write_notices(folder, folder / "app", __version__):
        raise SystemExit(f"No licence text was found for: {', '.join(without)}")
    (folder / "sbom.cdx.json").write_bytes(make_sbom(folder / "app", __version__, moment))
    system, python = platform.platform(), platform.python_version()
    made_with = {"version": __version__, "source_date": moment, "system": system, "python": python}
    (folder / "BUILD.json").write_text(json.dumps(made_with, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")
    return folder


def check_kernels(program: Path) -> None:
    """Ends the build when the frozen program lacks a compiled kernel: without them each import would take a sixth longer."""
    for files in (digest_kernel.FILES, image_kernel.FILES):
        if not (program / "_internal/triage/hashing" / files.library.name).is_file():
            raise SystemExit(
                f"The frozen program holds no {files.library.name}; look at delivery/build_kernel.py and build.spec."
            )


def find_needed_glibc(program: Path) -> str:
    """Returns the newest version of the C library that a file of the program asks for."""
    newest = (2, 0)
    for path in program.rglob("*"):
        if path.is_file() and not path.is_symlink() and (".so" in path.name or path.name == "triage"):
            symbols = subprocess.run(["objdump", "-T", str(path)], capture_output=True, text=True, check=False).stdout
            newest = max([newest, *((2, int(minor)) for minor in re.findall(r"GLIBC_2\.(\d+)", symbols))])
    return f"{newest[0]}.{newest[1]}"


def _add_shared_files(folder: Path) -> None:
    """Adds the menu entry, the icon and the manual pages."""
    share = folder / "share"
    (share / "man").mkdir(parents=True)
    for name in ("triage.desktop", "triage.svg"):
        shutil.copyfile(FILES / name, share / name)
    for page in sorted((ROOT / "build/man").glob("*.1")):
        shutil.copyfile(page, share / "man" / page.name)


def _add_wheels(folder: Path, wheels: Path) -> None:
    """Adds the second way: all wheels, the project's own, and the list with their hashes."""
    target = folder / "wheels"
    shutil.copytree(wheels, target)
    subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "wheel", "--no-index", "--no-deps",
         "--no-build-isolation", "--wheel-dir", str(target), str(ROOT)],
        check=True,
    )  # fmt: skip
    own = next(target.glob("triage-*.whl"))
    digest = subprocess.run(["sha256sum", str(own)], capture_output=True, text=True, check=True).stdout.split()[0]
    lock = (ROOT / "requirements/base.txt").read_text(encoding="utf-8")
    (target / "requirements.txt").write_text(f"{lock}triage=={__version__} --hash=sha256:{digest}\n", encoding="utf-8")


def _add_guides(folder: Path, moment: int) -> None:
    """Adds the guide in English and in Urdu."""
    guide = ROOT / "docs/guide"
    english = [page for page in order_pages(guide) if page.stem != "ur"]
    urdu = order_pages(guide / "ur") if (guide / "ur").is_dir() else [guide / "ur.md"]
    resources = ROOT / "resources"
    (folder / "guide.pdf").write_bytes(make_guide(english, resources, "Triage: guide", moment))
    (folder / "guide-ur.pdf").write_bytes(make_guide(urdu, resources, "Triage: رہنما", moment, right_to_left=True))


def _write_build(folder: Path, needed: str, moment: int) -> None:
    """Writes what the bundle was made with."""
    made_with = {
        "version": __version__,
        "source_date": moment,
        "system": Path("/etc/debian_version").read_text(encoding="utf-8").strip(),
        "glibc": platform.libc_ver()[1],
        "glibc_needed": needed,
        "python": platform.python_version(),
        "debian_packages": dict(sorted(set(find_debian_packages(folder / "app").values()))),
    }
    (folder / "BUILD.json").write_text(json.dumps(made_with, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def main() -> None:
    """Lays the bundle out as the arguments say."""
    parser = argparse.ArgumentParser(description="Lays the folder of a bundle out.")
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--wheels", type=Path, help="without them the bundle is for Windows")
    parser.add_argument("--docs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    moment = int(os.environ["SOURCE_DATE_EPOCH"])
    if given.wheels is None:
        print(assemble_for_windows(given.program, given.docs, given.out, moment))
    else:
        print(assemble(given.program, given.wheels, given.docs, given.out, moment))


if __name__ == "__main__":
    main()
