"""Documents that hold every element and attribute of NCMEC's schema, made from the schema itself (kept outside the project)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

SHARED = Path(__file__).parents[3] / "shared" / "samples"
XSD = SHARED / "cyber_tipline.xsd"
_XS = "{http://www.w3.org/2001/XMLSchema}"
_VALUES = {
    "xs:string": "word",
    "xs:boolean": "true",
    "xs:int": "12",
    "xs:long": "900000001",
    "xs:dateTime": "2026-01-02T03:04:05+05:00",
    "xs:date": "2010-01-02",
    "xs:double": "24.5",
}
_BY_NAME = {"ipAddress": "203.0.113.5", "port": "40123", "latitude": "24.86", "longitude": "67.01"}


class Schema:
    def __init__(self) -> None:
        root = etree.parse(str(XSD)).getroot()
        self.schema = etree.XMLSchema(root)
        self.words = 0
        """How many distinct words stand in what was made so far: "word0001" and so on."""
        self._elements = {e.get("name"): e for e in root.findall(f"{_XS}element")}
        self._types = {t.get("name"): t for t in root if t.tag in (f"{_XS}complexType", f"{_XS}simpleType")}

    def documents(self, name: str) -> Iterator[etree._Element]:
        """One document a branch: every choice of the schema is taken in one of them."""
        branch = 0
        while True:
            self._most = 0
            yield self._make(self._elements[name], branch)
            branch += 1
            if branch >= self._most:
                return

    def _make(self, declared: etree._Element, branch: int) -> etree._Element:
        if declared.get("ref"):
            declared = self._elements[declared.get("ref")]
        made = etree.Element(declared.get("name"))
        kind = declared.get("type")
        inner = declared.find(f"{_XS}complexType")
        if inner is None and kind in self._types:
            inner = self._types[kind]
        if inner is not None and inner.tag == f"{_XS}complexType":
            self._fill(made, inner, branch)
        else:
            made.text = self._value(made.tag, kind)
        return made

    def _fill(self, made: etree._Element, kind: etree._Element, branch: int) -> None:
        simple = kind.find(f"{_XS}simpleContent/{_XS}extension")
        if simple is not None:
            made.text = self._value(made.tag, simple.get("base"))
        for attribute in (kind if simple is None else simple).findall(f"{_XS}attribute"):
            made.set(attribute.get("name"), self._value(attribute.get("name"), attribute.get("type")))
        for group in kind:
            if group.tag in (f"{_XS}sequence", f"{_XS}all", f"{_XS}choice"):
                self._children(made, group, branch)

    def _children(self, made: etree._Element, group: etree._Element, branch: int) -> None:
        found = [c for c in group if c.tag in (f"{_XS}element", f"{_XS}choice", f"{_XS}sequence")]
        if group.tag == f"{_XS}choice":
            self._most = max(self._most, len(found))
            found = [found[branch % len(found)]]
        for child in found:
            if child.tag != f"{_XS}element":
                self._children(made, child, branch)
                continue
            one = self._make(child, branch)
            made.append(one)
            if child.get("maxOccurs") == "unbounded":
                made.append(copy.deepcopy(one))

    def _value(self, name: str, kind: str | None) -> str:
        if name in _BY_NAME:
            return _BY_NAME[name]
        restriction = self._types[kind].find(f"{_XS}restriction") if kind in self._types else None
        if restriction is None:
            self.words += kind in ("xs:string", "xs:token", None)
            return f"word{self.words:04}" if kind in ("xs:string", "xs:token", None) else _VALUES[kind]
        options = [e.get("value") for e in restriction.findall(f"{_XS}enumeration") if e.get("value")]
        if options:
            return options[-1]
        pattern = restriction.find(f"{_XS}pattern")
        if pattern is not None:
            return "+92" if pattern.get("value").startswith("\\+") else "12"
        return _VALUES[restriction.get("base")]
