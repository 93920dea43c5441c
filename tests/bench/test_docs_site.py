"""The docs site: every page has its place, and nothing of another host is loaded. Sphinx does not run here; `make docs` runs it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench import man_pages
from bench.docs_site import commands, hosts, reference, staging

NAMED_IN = re.compile(r"`(\w+)(?:\(\))?` \((?:a \w+ in )?`([\w/.-]+\.(?:py|toml|json|sql))`")  # `name` (`file`)
NAME = re.compile(r"_?[a-z]+(?:_[a-z0-9]+)+|[A-Z][a-z]+(?:[A-Z][a-z]+)+")
ATTRIBUTE = re.compile(r"[A-Z]\w+\.[a-z_]+")
NOT_OURS = {"cipher_memory_security", "verb_noun"}
"""A setting of SQLCipher's, and an example of how names are formed."""
MOST_BYTES = 2_000_000
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


def read_pages() -> dict[str, str]:
    """The text of each page by its path, without the changelog, which names what was there once."""
    pages = [*(staging.ROOT / "docs").rglob("*.md"), *(staging.ROOT / page for page in staging.list_pages_elsewhere())]
    return {str(p.relative_to(staging.ROOT)): p.read_text("utf-8") for p in pages if p.name != "CHANGELOG.md"}


def list_code_lines(page: str) -> list[str]:
    """The lines of code of a page: what stands between backticks or fences, or is indented. A continued line is one line."""
    blocks = [
        *re.findall(r"(?ms)^```.*?\n(.*?)^```", page),
        *re.findall(r"(?m)^    \S.*$", page),
        *re.findall(r"`([^`\n]+)`", page),
    ]
    return [line.partition(" #")[0] for block in blocks for line in block.replace("\\\n", " ").splitlines()]


def find_what_is_gone(line: str, manuals: dict[str, str]) -> list[str]:
    """What a line of code calls that does not exist: targets of make, modules and names of Python, commands and their options."""
    targets = re.findall(r"(?m)^([a-z-]+):", (staging.ROOT / "Makefile").read_text("utf-8"))
    gone = [target for target in re.findall(r"(?:^| )make ([a-z][a-z-]*)", line) if target not in targets]
    for name in re.findall(r"-m ((?:triage|bench|delivery)[\w.]*)|\b(triage(?:\.[a-z_]\w*)+)", line):
        gone += [part for part in name if part and part != "triage.db" and not is_python_name(part)]
    for words in re.findall(r"(?:^|[ /])triage ((?:[a-z][a-z-]*(?: |$))+)", line):
        named = ["-".join(["triage", *words.split()[:n]]) for n in (1, 2, 3)]
        command = next((name for name in reversed(named) if name in manuals), None)
        takes_another = command is None or any(name.startswith(f"{command}-") for name in manuals)
        if command is None or (takes_another and len(words.split()) >= command.count("-") + 1):
            gone.append(f"triage {words}")
            continue
        known = manuals[command] + manuals["triage"]
        gone += [option for option in re.findall(r" (--[a-z][a-z-]*)", line) if option not in known]
    return gone


def is_python_name(name: str) -> bool:
    """Whether it is a module, or something that a module names."""
    path = staging.ROOT / name.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").exists():
        return True
    module, part = path.parent.with_suffix(".py"), path.name
    return module.exists() and re.search(rf"(?m)^(?:class |def )?{part}\b", module.read_text("utf-8")) is not None


def test_each_path_that_a_page_names_exists() -> None:
    gone = [
        (page, path) for page, text in read_pages().items() for path in PATH.findall(text) if not (staging.ROOT / path).exists()
    ]
    assert gone == []


def read_source() -> dict[str, str]:
    """Path -> text of whatever a page may name: the program, its tests, tables and tools."""
    folders = (staging.ROOT / name for name in ("triage", "tests", "bench", "delivery", "resources", "requirements", ".ci"))
    kinds = {".py", ".toml", ".json", ".sql", ".c", ".sh", ".ps1", ".list", ".txt", ".cmd", ""}
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in kinds and path.is_file()]
    files += [path for path in staging.ROOT.iterdir() if path.is_file() and path.suffix in {*kinds, ".spec"}]
    small = (path for path in files if path.stat().st_size < MOST_BYTES and path != Path(__file__))
    return {str(path.relative_to(staging.ROOT)): path.read_text("utf-8", "replace") for path in small}


def find_names_that_are_gone(text: str, source: dict[str, str], words: set[str]) -> list[str]:
    """Names of functions and classes in a page that no source holds, or not the file that the page names beside them."""
    known = words | NOT_OURS | {path.rpartition("/")[2].removesuffix(".py") for path in source}
    codes = re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", text))
    names = [code.removesuffix("()") for code in codes]
    parts = [part for name in names if ATTRIBUTE.fullmatch(name) for part in name.split(".")]
    names = [*parts, *(name for name in names if NAME.fullmatch(name))]
    gone = [name for name in names if name not in known]
    for name, file in NAMED_IN.findall(" ".join(text.split())):
        held = (source[path] for path in source if f"/{path}".endswith(f"/{file}"))
        gone += [] if any(name in each for each in held) else [f"{name} ({file})"]
    return gone


def test_each_function_and_class_that_a_page_names_exists() -> None:
    source = read_source()
    words = {word for text in source.values() for word in re.findall(r"\w+", text)}
    gone = [(page, found) for page, text in read_pages().items() if (found := find_names_that_are_gone(text, source, words))]
    assert gone == []
    for made_up in ("`brew_the_tea`", "`KettleOfTea`", "`Kettle.boils`", "`read_pages` (`triage/limits.py`)"):
        assert find_names_that_are_gone(made_up, source, words), "the search itself finds nothing"


def test_each_command_that_a_page_names_exists() -> None:
    manuals = {name.removesuffix(".1"): page.replace("\\-", "-") for name, page in man_pages.make_pages().items()}
    lines = {(page, line) for page, text in read_pages().items() for line in list_code_lines(text)}
    gone = [(page, *found) for page, line in sorted(lines) if (found := find_what_is_gone(line, manuals))]
    assert gone == []
    for made_up in ("make brew", "python -m bench.gone", "triage.jobs.gone.call", "triage ghost", "triage queue --colour"):
        assert find_what_is_gone(made_up, manuals), "the search itself finds nothing"


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


def test_each_manual_page_stands_in_one_page_of_commands(tmp_path: Path) -> None:
    manuals = man_pages.make_pages()
    for name, page in manuals.items():
        (tmp_path / name).write_text(page, "utf-8")
    pages = commands.make_pages(tmp_path)
    titles = [line[3:] for text in pages.values() for line in text.splitlines() if line.startswith("## ")]
    assert sorted(titles) == sorted(name.removesuffix(".1") for name in manuals)


def test_the_reference_shows_what_is_public_and_marks_no_text_up(tmp_path: Path) -> None:
    (tmp_path / "triage").mkdir()
    (tmp_path / "triage/__init__.py").write_text('"""Counts things."""\n__all__ = ["count"]\n', encoding="utf-8")
    source = 'def count(name: str) -> int:\n    """Counts [a](b).\n\n    Args:\n        name: Whose.\n    """\ndef _own() -> None: ...\n'
    (tmp_path / "triage/counting.py").write_text(source, encoding="utf-8")
    page = reference.make_pages(tmp_path / "triage")["triage.md"]
    assert "count(name: str) -> int" in page
    assert r"Counts \[a\](b)." in page and "* `name`: Whose." in page
    assert "_own" not in page
