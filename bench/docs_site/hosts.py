"""Finds addresses of other hosts that a browser would load while it shows a page of the docs site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

_ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_IN_STYLE = re.compile(r"(?:url\(|@import)\s*['\"]?([^'\")\s;]+)", re.IGNORECASE)
_LOADED = ("src", "srcset", "poster", "data", "background", "xlink:href")


def find_foreign_addresses(site: Path) -> list[str]:
    """Returns "file: address" for each script, style, font, image or frame of another host. Links that a person follows are none."""
    found = []
    for path in sorted(site.rglob("*")):
        if path.suffix in (".html", ".svg"):
            reader = _Reader()
            reader.feed(path.read_text(encoding="utf-8"))
            addresses = reader.addresses
        elif path.suffix == ".css":
            addresses = _IN_STYLE.findall(path.read_text(encoding="utf-8"))
        else:
            continue
        found += [f"{path.relative_to(site)}: {address}" for address in addresses if _ELSEWHERE.match(address)]
    return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        self.addresses += list(_list_loaded(tag, attrs))

    def handle_data(self, data: str) -> None:
        if self._style:
            self.addresses += _IN_STYLE.findall(data)


def _list_loaded(tag: str, attrs: list[tuple[str, str | None]]) -> Iterator[str]:
    """Yields what a tag makes a browser load. An `a` is followed by a person, and nothing else is."""
    for name, value in attrs:
        if name in _LOADED or (name == "href" and tag not in ("a", "area")):
            yield from re.split(r",\s+", value or "") if name == "srcset" else [value or ""]
        elif name == "style":
            yield from _IN_STYLE.findall(value or "")
