"""What lies inside the wheels without being a package of the lock: crates of Rust and libraries in C, with licences and texts."""

from __future__ import annotations

import base64
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from delivery.libraries import find_in_folder
from delivery.licence_terms import choose_terms
from delivery.packages import ROOT, ShippedPackage

TABLE = Path(__file__).with_name("inner_parts.toml")
STANDARD = ROOT / "delivery/licences"
"""Texts of licences that many parts share, by their SPDX names."""
PARTS = STANDARD / "parts"
"""Texts of single libraries and crates."""
BUILD_ONLY = "excluded"
"""What the makers of a wheel call a crate that only took part in its build."""

_OF_STANDARD_LIBRARY = "MIT OR Apache-2.0"
"""Rust's standard library and each crate inside it may be used under these."""
_COMPILER = re.compile(rb"rustc version (\d+\.\d+\.\d+)")
_MADE_BY_RUST = (b"/rustc/", b"\\rustc\\")
"""What stands in each module that Rust's compiler made, on Linux and on Windows."""
_CRATE_OF_COMPILER = re.compile(rb"/rust/deps/([A-Za-z0-9_-]+?)-(\d+\.\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class InnerPart:
    """A crate or a library inside a wheel."""

    package: str
    """The wheel that holds it."""
    kind: str
    """'cargo' or 'generic', as package addresses (purl) call it."""
    name: str
    version: str
    """Empty when nothing states it."""
    licence: str
    """As its makers state it."""
    terms: tuple[str, ...] = ()
    """The licences of these under which the bundle passes it on."""
    holders: str = ""
    """Who holds the rights, where the text does not name them."""
    texts: tuple[str, ...] = ()
    """Names of its texts below delivery/licences."""
    own_text: str = ""
    """A text that the maker's list holds itself."""
    in_wheel_text: bool = False
    """The licence texts of the wheel hold its text."""
    no_text: str = ""
    """Why no text exists that could be passed on."""

    @property
    def lacks_text(self) -> bool:
        """Says whether nobody knows why no text of this part is here."""
        return not (self.texts or self.own_text or self.in_wheel_text or self.no_text)


@cache
def read_table() -> dict[str, list[dict[str, Any]]]:
    """Returns the table of libraries, and of crates with a text of their own."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def list_inner_parts(package: ShippedPackage) -> tuple[InnerPart, ...]:
    """Returns what lies inside a wheel, in the order of names. Each file of the wheel is read once."""
    found: dict[tuple[str, ...], InnerPart] = {}
    for part in _list_all(package):  # of the files of one library the first one that states a version speaks for all
        found.setdefault((part.kind, part.name, part.version if part.kind == "cargo" else ""), part)
    return tuple(found[key] for key in sorted(found))


def _list_all(package: ShippedPackage) -> Iterator[InnerPart]:
    """Yields the crates of the maker's list, what Rust's compiler added, and the libraries."""
    for path in package.boms:
        for listed in json.loads(path.read_text(encoding="utf-8")).get("components", []):
            if str(listed.get("purl") or "").startswith("pkg:cargo/") and listed.get("scope") != BUILD_ONLY:
                yield describe_crate(listed, package.name)
    for file in package.modules:
        yield from _list_compiled_in(file, package.name)
    own_texts = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in package.texts)
    for row in read_table()["library"]:
        if package.name in row.get("inside", ()):
            yield describe_library(row["name"], "", package.name, own_texts)
    for library in sorted(find_in_folder(package.modules, package.folder), key=lambda each: each.by_name):
        version = f"(binary interface {library.version})" if library.by_name and library.version else library.version
        yield describe_library(library.name, version, package.name, own_texts)


def describe_crate(listed: dict[str, Any], package: str) -> InnerPart:
    """Returns the crate that an entry of a maker's list states."""
    name, version = str(listed["name"]), str(listed.get("version") or "")
    authors = listed.get("author") or ", ".join(str(each.get("name")) for each in listed.get("authors") or ())
    stated, text = _read_licence(listed)
    terms = choose_terms(stated)
    own = next((row for row in read_table()["crate"] if name in row["names"]), None)
    texts = [f"parts/{text_name(own)}"] if own else [f"{term}.txt" for term in terms]
    complete = bool(texts) and all((STANDARD / each).exists() for each in texts)
    return InnerPart(
        package, "cargo", name, version, stated or "in its text", terms,
        holders=authors or f"its authors; the list inside {package} names none",
        texts=tuple(texts) if complete else (), own_text=text,
    )  # fmt: skip


def _read_licence(listed: dict[str, Any]) -> tuple[str, str]:
    """Returns the licence that a maker states for a crate, and the text if the list holds it."""
    for each in listed.get("licenses") or ():
        if "expression" in each:
            return str(each["expression"]), ""
        licence = each.get("license", {})
        held = licence.get("text", {})
        text = held.get("content", "")
        if text and held.get("encoding") == "base64":
            text = base64.b64decode(text).decode("utf-8", "replace")
        if text:
            return "", text
        return str(licence.get("id") or licence.get("name") or ""), ""
    return "", ""


def _list_compiled_in(file: Path, package: str) -> Iterator[InnerPart]:
    """Yields Rust's standard library and the crates inside it, if a module was made by Rust's compiler."""
    data = file.read_bytes()
    if b"rustc" not in data or not any(words in data for words in _MADE_BY_RUST):  # one word is sought fast in large libraries
        return
    version = _COMPILER.search(data)
    found = {("rust-std", version[1].decode() if version else "")}
    found |= {(name.decode(), of.decode()) for name, of in _CRATE_OF_COMPILER.findall(data)}
    terms = choose_terms(_OF_STANDARD_LIBRARY)
    for name, of_version in sorted(found):
        yield InnerPart(
            package, "cargo", name, of_version, _OF_STANDARD_LIBRARY, terms,
            holders="The Rust Project contributors", texts=tuple(f"{term}.txt" for term in terms),
        )  # fmt: skip


def find_library_row(name: str, package: str = "") -> dict[str, Any] | None:
    """Returns the row of the table for a library, by the name that a file gives it and the wheel that holds it."""
    rows = read_table()["library"]
    named = (row for row in rows if name == row["name"] or ("files" in row and re.fullmatch(row["files"], name)))
    return next(named, None) or next((row for row in rows if package in row.get("rest_of", ())), None)


def describe_library(name: str, version: str, package: str, own_texts: str) -> InnerPart:
    """Returns a library in C with its text. One that the table does not name has none."""
    row = find_library_row(name, package)
    if row is None:
        return InnerPart(package, "generic", name, version, "")
    in_wheel = bool(row.get("own")) and row["own"] in own_texts
    texts = [f"{each}.txt" for each in row.get("texts", ())]
    if "debian" in row and not in_wheel:
        texts.append(f"parts/{text_name(row)}")
    there = all((STANDARD / each).exists() for each in texts)
    return InnerPart(
        package, "generic", row["name"], version, row["licence"],
        texts=tuple(texts) if there else (), in_wheel_text=in_wheel, no_text=row.get("no_text", ""),
    )  # fmt: skip


def text_name(row: dict[str, Any]) -> str:
    """Returns the name of the file that holds the text of a row, by the package that it came from."""
    return f"{row['debian'].removesuffix('-dev')}.txt"


def words_of(part: InnerPart) -> str:
    """Returns the line of the notices for a part."""
    where = ", ".join(f"licences/{each}" for each in part.texts)
    if part.own_text:
        where = f"licences/{part.package}/{part.name}.txt"
    if part.in_wheel_text:
        where = f"in the texts of {part.package}"
    if part.no_text:
        where = f"NO TEXT: {part.no_text}"
    if part.lacks_text:
        where = "TEXT MISSING"
    used = f", used under {' and '.join(part.terms)}" if part.terms and " and ".join(part.terms) != part.licence else ""
    held = f" Rights: {part.holders}." if part.holders else ""
    return f"{part.name} {part.version or '(version not stated)'}: {part.licence or 'licence not stated'}{used} ({where}).{held}"
