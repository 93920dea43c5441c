"""Collects the pages of the docs site in one folder, and the tables of contents that lead to them."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

from bench.docs_site import commands, reference

ROOT = Path(__file__).parents[2]
NAVIGATION = Path(__file__).parent / "navigation.toml"
_URDU_FRAME = re.compile(r"^(?:<div dir=\"rtl\" lang=\"ur\">|</div>)$", re.MULTILINE)


def stage_pages(folder: Path) -> None:
    """Writes everything that Sphinx reads into `folder`, which it empties first.

    Pages lie there as they lie in the repository, so that links between them hold. A link to a file that is no page of the
    site fails the build: name such a file as code instead.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "docs", folder / "docs")
    for page in list_pages_elsewhere():
        (folder / page).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / page, folder / page)
    made = {f"docs/api/{name}": text for name, text in reference.make_pages(ROOT / "triage").items()}
    made |= {f"docs/commands/{name}": text for name, text in commands.make_pages(ROOT / "build" / "man").items()}
    for page, text in made.items():
        (folder / page).parent.mkdir(parents=True, exist_ok=True)
        (folder / page).write_text(text, encoding="utf-8")
    navigation = read_navigation()
    for page, patterns in navigation["below"].items():
        whole = (folder / page).read_text(encoding="utf-8")
        (folder / page).write_text(whole + _make_contents(expand(patterns, folder, page), page), encoding="utf-8")
    for path in (folder / "docs/guide/ur").glob("*.md"):
        path.write_text(_URDU_FRAME.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
    parts = [
        f"\n## {part['title']}\n" + _make_contents(expand(part["pages"], folder), "index.md", part["title"])
        for part in navigation["part"]
    ]
    (folder / "index.md").write_text(
        "# Triage\n\nEverything that is written about it, by reader.\n" + "".join(parts), encoding="utf-8"
    )


def read_navigation() -> dict:
    """Returns the parts of the site and what stands below which page."""
    return tomllib.loads(NAVIGATION.read_text(encoding="utf-8"))


def list_pages_elsewhere() -> list[str]:
    """Returns the pages of the site that lie outside docs/."""
    return [page for part in read_navigation()["part"] for page in part["pages"] if not page.startswith("docs/")]


def expand(patterns: list[str], folder: Path, index: str = "") -> list[str]:
    """Returns the pages that patterns name, in their order, without the page `index` itself. A page that is gone raises."""
    pages = []
    for pattern in patterns:
        found = sorted(str(path.relative_to(folder)) for path in folder.glob(pattern))
        if not found:
            raise FileNotFoundError(f"navigation.toml names {pattern}, and no page fits")
        pages += [page for page in found if page != index]
    return pages


def _make_contents(pages: list[str], at: str, caption: str = "") -> str:
    """Returns a table of contents in the form that MyST reads. On the first page it is shown, elsewhere it stands in the sidebar."""
    options = [":titlesonly:", ":maxdepth: 1", *([f":caption: {caption}"] if caption else [":hidden:"])]
    return "\n```{toctree}\n" + "\n".join([*options, *(f"/{page}" for page in pages)]) + "\n```\n"
