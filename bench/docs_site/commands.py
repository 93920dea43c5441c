"""Turns the manual pages in build/man into pages of the docs site: one page for each first word after `triage`."""

from __future__ import annotations

import re
from pathlib import Path

_ESCAPES = re.compile(r"\\(?:&|(.))")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|$~])")


def make_pages(folder: Path) -> dict[str, str]:
    """Returns file name -> Markdown, with an index."""
    pages: dict[str, list[str]] = {}
    for path in sorted(folder.glob("triage*.1"), key=lambda path: path.stem):
        words = path.stem.split("-")
        name = words[1] if len(words) > 1 else "triage"
        pages.setdefault(name, []).append(convert(path.read_text(encoding="utf-8")))
    made = {f"{name}.md": f"# {_heading(name)}\n" + "".join(texts) for name, texts in pages.items()}
    rows = "".join(f"* [{_heading(name)}]({name}.md)\n" for name in pages)
    return made | {"index.md": f"# Commands\n\nThe manual pages, as `man triage` shows them.\n\n{rows}"}


def convert(roff: str) -> str:
    """Returns one manual page as Markdown. It knows the macros that bench.man_pages writes, and raises at any other."""
    out: list[str] = []
    lines = iter(roff.splitlines())
    term = False
    for line in lines:
        macro, _, rest = line.partition(" ") if line.startswith(".") else ("", "", line)
        text = _plain(rest)
        if macro == ".TH":
            continue
        if macro == ".SH" and text == "NAME":
            name, _, says = _plain(next(lines)).partition(" - ")
            out += ["", f"## {name}", "", _escape(says)]
        elif macro == ".SH":
            out += ["", f"**{text.capitalize()}**", ""]
        elif macro == ".PP":
            out.append("")
        elif macro == ".TP":
            term = True
        elif macro == ".nf":
            out += ["", "```"]
        elif macro == ".fi":
            out += ["```", ""]
        elif macro in (".B", ".BR", ".I", ""):
            in_code = out.count("```") % 2 == 1
            words = text if in_code else f"`{text.replace('(1)', '').strip()}`" if macro else _escape(text)
            out.append(f"* {words}" if term else words if in_code or not out or not out[-1].startswith("* ") else f"  {words}")
            if not term and out[-1].startswith("  "):
                out.append("")
            term = False
        else:
            raise ValueError(f"The manual page holds a macro that is not known here: {line}")
    return "\n".join(out) + "\n"


def _heading(name: str) -> str:
    return "triage" if name == "triage" else f"triage {name}"


def _plain(text: str) -> str:
    return _ESCAPES.sub(lambda match: match[1] or "", text).strip('"')


def _escape(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)
