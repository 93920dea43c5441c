"""The docs site: every page has its place, and nothing of another host is loaded. Sphinx does not run here; `make docs` runs it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.docs_site import commands, hosts, reference, staging

PATH = re.compile(r"`((?:triage|tests|bench|resources|docs|delivery|requirements)/[a-z0-9_./-]+)(?:::[^`]*)?`")
MADE = ("docs/api/", "docs/commands/")  # pages that `make docs` writes


def test_each_page_has_one_place_and_each_place_a_page() -> None:
    navigation = staging.read_navigation()
    listed = [(patterns, "") for patterns in (part["pages"] for part in navigation["part"])]
    listed += [(patterns, index) for index, patterns in navigation["below"].items()]
    placed = [
        page
        for patterns, index in listed
        for page in staging.expand([found for found in patterns if not found.startswith(MADE)], staging.ROOT, index)
    ]
    pages = [str(path.relative_to(staging.ROOT)) for path in (staging.ROOT / "docs").rglob("*.md")]
    assert sorted(placed) == sorted(pages + staging.list_pages_elsewhere())


def test_a_place_without_a_page_is_refused() -> None:
    with pytest.raises(FileNotFoundError, match="gone"):
        staging.expand(["docs/gone.md"], staging.ROOT)


def test_each_path_that_a_page_names_exists() -> None:
    pages = [*(staging.ROOT / "docs").rglob("*.md"), *(staging.ROOT / page for page in staging.list_pages_elsewhere())]
    now = [page for page in pages if page.name != "CHANGELOG.md"]  # which names what was there once
    gone = [
        (page.name, path)
        for page in now
        for path in PATH.findall(page.read_text(encoding="utf-8"))
        if not (staging.ROOT / path).exists()
    ]
    assert gone == []


@pytest.mark.parametrize(
    "loads",
    [
        '<script src="https://cdn.invalid/a.js"></script>',
        '<link rel="stylesheet" href="//fonts.invalid/css">',
        '<img alt="" src="http://images.invalid/a.png">',
        '<img srcset="a.png 1x, https://images.invalid/a.png 2x">',
        '<p style="background: url(https://images.invalid/a.png)">',
        "<style>@import 'https://fonts.invalid/css';</style>",
        '<iframe src="https://films.invalid"></iframe>',
    ],
)
def test_an_address_that_a_browser_would_load_is_found(tmp_path: Path, loads: str) -> None:
    (tmp_path / "page.html").write_text(
        f'<a href="https://read.invalid">x</a><img src="data:image/png,">{loads}', encoding="utf-8"
    )
    assert len(hosts.find_foreign_addresses(tmp_path)) == 1


def test_a_font_of_another_host_is_found_in_a_style_sheet(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text(
        "a { src: url('near.woff') } b { src: url(\"https://fonts.invalid/x.woff\") }", encoding="utf-8"
    )
    assert hosts.find_foreign_addresses(tmp_path) == ["a.css: https://fonts.invalid/x.woff"]


def test_each_manual_page_stands_in_one_page_of_commands() -> None:
    pages = commands.make_pages(staging.ROOT / "docs/man")
    titles = [line[3:] for text in pages.values() for line in text.splitlines() if line.startswith("## ")]
    assert sorted(titles) == sorted(path.stem for path in (staging.ROOT / "docs/man").glob("*.1"))


def test_the_reference_shows_what_is_public_and_marks_no_text_up(tmp_path: Path) -> None:
    (tmp_path / "triage").mkdir()
    (tmp_path / "triage/__init__.py").write_text('"""Counts things."""\n__all__ = ["count"]\n', encoding="utf-8")
    source = 'def count(name: str) -> int:\n    """Counts [a](b).\n\n    Args:\n        name: Whose.\n    """\ndef _own() -> None: ...\n'
    (tmp_path / "triage/counting.py").write_text(source, encoding="utf-8")
    page = reference.make_pages(tmp_path / "triage")["triage.md"]
    assert "count(name: str) -> int" in page
    assert r"Counts \[a\](b)." in page and "* `name`: Whose." in page
    assert "_own" not in page
