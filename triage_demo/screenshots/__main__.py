"""Photographs every screen and dialog of the desktop: `python -m triage.ui.screenshots PICTURES`.

It makes a demo store in PICTURES/demo, or takes the one that is there, and writes a folder of PNG files for each language, theme
and size of window. `--guide` instead writes the pictures that the documents of this repository show, into docs/images.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import qInstallMessageHandler

from triage.jobs.session import unlock
from triage.ui.app import application
from triage.ui.core.api import Api
from triage.ui.kit.theme import THEMES
from triage_demo.demo_store import USER, make_demo
from triage_demo.screenshots.save import LANGUAGES, SIZES, Size, save, save_all

NAMED = re.compile(r"images/([\w-]+)\.png")
"""How a document names a picture."""


def find_named_pictures(root: Path) -> set[str]:
    """Returns the names of the pictures that the README and the documents show."""
    documents = (root / "README.md", *sorted((root / "docs").rglob("*.md")))
    return {name for document in documents for name in NAMED.findall(document.read_text("utf-8"))}


def _read_size(text: str) -> Size:
    """Reads a size such as 1366x768."""
    width, _, height = text.partition("x")
    return int(width), int(height)


def _read_arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m triage.ui.screenshots", description="Photograph every screen and dialog.")
    parser.add_argument("pictures", type=Path, help="folder for the pictures")
    parser.add_argument("--demo", type=Path, help="folder of the demo; PICTURES/demo unless named")
    parser.add_argument("--reports", type=int, help="reports in the feed of a new demo; 300 unless named")
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="only this language; may be repeated")
    parser.add_argument("--theme", action="append", choices=THEMES, help="only this theme; may be repeated")
    parser.add_argument("--size", action="append", type=_read_size, help="only this size, such as 1366x768; may be repeated")
    parser.add_argument("--scale", type=float, default=1.0, help="pixels for each pixel of the layout: 2 is 200 %%")
    parser.add_argument("--guide", action="store_true", help="only the pictures that the documents here show, one of each")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    """Makes a demo store, opens the desktop on it without a display, and saves the pictures."""
    asked = _read_arguments(argv)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(asked.scale)
    demo = make_demo(asked.demo or asked.pictures / "demo", reports=asked.reports)
    app = application()
    qInstallMessageHandler(lambda *_: None)  # a platform without a display complains of itself, also in the log's picture
    passphrase = demo.passphrase_file.read_text("utf-8").partition("\n")[0].rstrip("\r")
    api = Api(unlock(demo.store, USER, passphrase))
    try:
        if asked.guide:
            for path in save(app, api, asked.pictures, names=find_named_pictures(Path())):
                print(path)  # noqa: T201
        else:
            count = save_all(
                app,
                api,
                asked.pictures,
                languages=asked.language or LANGUAGES,
                themes=asked.theme or THEMES,
                sizes=asked.size or SIZES,
            )
            print(f"{count} pictures in {asked.pictures}")  # noqa: T201
    finally:
        api.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
