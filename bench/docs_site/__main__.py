"""Builds the docs site in build/site: `make docs`. A broken link, a page without a place and a foreign address end it with exit code 1."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.docs_site import hosts, staging


def main() -> int:
    """Returns 0 when the whole site is built and loads nothing from another host."""
    source, site = staging.ROOT / "build/site-source", staging.ROOT / "build/site"
    staging.stage_pages(source)
    # -W: each warning is a fault. -E -a: nothing stays of an earlier build.
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-E", "-a", "-b", "html"]
    command += ["-c", str(Path(__file__).parent), "-d", str(staging.ROOT / "build/site-pickles"), str(source), str(site)]
    if code := subprocess.run(command, check=False).returncode:
        return code
    if foreign := hosts.find_foreign_addresses(site):
        print("The site loads from other hosts:", *foreign, sep="\n")
        return 1
    print(f"Open {site / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
