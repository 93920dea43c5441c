"""Reads XML from strangers without entities, network or DTD, and walks it so that nothing is passed over.

Any DOCTYPE is refused. Limits hold before the tree is built: every node costs a `<`, every attribute a `=`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from lxml import etree

from triage import limits
from triage.errors import InputError
from triage.importers.base import NotAReport
from triage.importers.building import BlockSubject, Builder

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_XSI_DECLARATION = f' xmlns:xsi="{XSI[1:-1]}"'
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAFE_ENCODING = re.compile(
    r"utf-?8|us-ascii|ascii|utf-?16(?:-?[lb]e)?|iso[-_]?8859-\d{1,2}|latin-?1|(?:windows-|cp)125\d", re.IGNORECASE
)
_PYTHONS_NAMES = {"latin-1": "iso-8859-1"}
"""What Python writes when it is told so, and libxml2 does not know."""
_DECLARED = re.compile(r"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,40})[\"']")
_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_MOST_ATTRIBUTES = 1_000
"""On one element; to read them takes the square of their number."""
_MOST_NAMESPACES = 32
"""Declared by one element: each part below that is written as text declares them all again."""
_LONGEST_NAMESPACE = 256
"""Bytes: the parser gives the whole name of each element, with its namespace in front."""
_LONG_NAMESPACE = re.compile(rb"xmlns(?::[^\s=<>]{1,200})?\s{0,99}=\s{0,99}[\"'][^\"'<]{%d}" % _LONGEST_NAMESPACE)
_TAG_AND_TEXT = re.compile(rb"<[^<]+")
_TOO_MANY_ATTRIBUTES = etree.XPath(f"boolean(//*[@*[{_MOST_ATTRIBUTES + 1}]])")
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (limits.MAX_XML_DEPTH + 1) + ")")

Element = Any
"""An lxml element."""


def parse_xml(data: bytes) -> Element:
    """Returns the root element.

    Raises InputError when the XML is damaged, too large, too deep, or has a DOCTYPE.

    White space before the declaration and padding at the end are tolerated.
    """
    data = data.lstrip(b" \t\r\n")
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.rstrip(b"\0\x1a")
    declared = _refuse_doctype(data)
    _refuse_namespaces(data)
    if max(data.count(b"<"), data.count(b"=")) > limits.MAX_XML_NODES:
        raise InputError("The XML has more nodes than a report can have.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        collect_ids=False,
        encoding=_PYTHONS_NAMES.get(declared),
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError("The XML is damaged.", detail=type(error).__name__) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError("The XML has a DOCTYPE, which no report needs and which can do harm.")
    if data.count(b"=") > _MOST_ATTRIBUTES and _TOO_MANY_ATTRIBUTES(root):
        raise InputError("An element of the XML has more attributes than a report can have.")
    if _TOO_DEEP(root):
        raise InputError("The XML is nested deeper than a report can be.")
    return root


def parse_report_xml(data: bytes, roots: re.Pattern[bytes]) -> Element:
    """Returns the root element like `parse_xml`.

    Raises NotAReport for damaged or unsafe XML whose beginning names no root of a report: it may be a file of a report.
    """
    try:
        return parse_xml(data)
    except InputError as refusal:
        if roots.search(data[: limits.PEEK].replace(b"\0", b"")) is None:
            raise NotAReport(refusal.message.key) from refusal  # message-ok
        raise


def _refuse_namespaces(data: bytes) -> None:
    """Raises InputError when a namespace is too long, or an element declares too many."""
    plain = data.replace(b"\0", b"")  # of UTF-16 the characters that matter here
    if _LONG_NAMESPACE.search(plain):
        raise InputError("The XML declares a namespace that is longer than a report can have.")
    if plain.count(b"xmlns") <= _MOST_NAMESPACES:
        return
    if any(each[0].count(b"xmlns") > _MOST_NAMESPACES for each in _TAG_AND_TEXT.finditer(plain)):
        raise InputError("The XML declares more namespaces than a report can have.")


def _refuse_doctype(data: bytes) -> str:
    """Raises InputError for a DOCTYPE or an unusual encoding, and returns the declared encoding in lower case.

    The prolog is checked before any parser sees it, in the document's own encoding.
    """
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "latin-1")
    if not encoding or data[:2] in (b"\0<", b"<\0"):
        raise InputError("The XML is in an encoding that reports do not use.")
    text = data.decode(encoding, "replace").removeprefix("\ufeff") if encoding.startswith("utf-16") else _decode_prolog(data)
    declared = _DECLARED.match(text)
    if declared and not _SAFE_ENCODING.fullmatch(declared[1]):
        raise InputError("The XML is in an encoding that reports do not use.")
    prolog = _PROLOG.match(text)
    if text.startswith("<!", prolog.end() if prolog else 0):
        raise InputError("The XML has a DOCTYPE, which no report needs and which can do harm.")
    return declared[1].lower() if declared else ""


def _decode_prolog(data: bytes) -> str:
    """Returns the bytes as Latin-1 text, without copying what lies behind the prolog where possible."""
    text = data[: limits.PEEK].removeprefix(codecs.BOM_UTF8).decode("latin-1")
    prolog = _PROLOG.match(text)
    whole = prolog is not None and prolog.end() < len(text) - 16
    return text if whole else data.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def local_name(element: Element) -> str:
    """Returns an element's name without its namespace.

    The schema has none, but some writers add one.
    """
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


Handler = Callable[["XmlReader", Element, str, BlockSubject], None]
"""Reads one element: (reader, element, its path, of whom it speaks)."""
Blocks = Mapping[str, Handler]


class XmlReader:
    """Walks blocks of a document by tables of handlers.

    Whatever no table names is kept whole as not understood.
    """

    def __init__(self, builder: Builder, root: Element) -> None:
        """Starts a reader that adds values to `builder`.

        The root's namespace counts as the document's own.
        """
        self.b = builder
        self._space = root.tag.rpartition("}")[0]

    def read_block(self, element: Element, at: str, handlers: Blocks, subject: BlockSubject, *attributes: str) -> None:
        """Gives each child element to the handler of its name.

        `attributes` names those that the caller has read.
        """
        self.keep_unknown_attributes(element, at, attributes)
        for child, name, path in self.iter_children(element, at):
            handler = handlers.get(name)
            if handler is None:
                self.keep_unknown(child, path)
            else:
                handler(self, child, path, subject)

    def keep_unknown(self, element: Element, at: str) -> None:
        """Keeps an element that no table names as not understood."""
        self.b.add_unknown_part(at, partial(serialise_xml, element))

    def iter_children(self, element: Element, at: str) -> Iterator[tuple[Element, str, str]]:
        """Yields (child, local name, path) of the child elements.

        The path has [n] where several siblings share the name. Stray text, comments, processing instructions and elements of
        foreign namespaces are kept as not understood. An element without a namespace is accepted.
        """
        if element.text and not element.text.isspace():
            self.b.add_unknown(f"{at}/text()", element.text)
        several = _count_tags(element) if len(element) > 1 else {}
        seen: dict[str, int] = {}
        for child in element:
            if child.tail and not child.tail.isspace():
                self.b.add_unknown(f"{at}/text()", child.tail)
            tag = child.tag
            if not isinstance(tag, str):
                self.b.add_unknown_part(f"{at}/{_node_kind(child)}", partial(serialise_xml, child))
                continue
            if child.attrib and _is_nil(child):
                continue
            name = tag.rpartition("}")[2]
            path = f"{at}/{name}"
            if several.get(tag, 1) > 1:
                seen[tag] = seen.get(tag, 0) + 1
                path = f"{path}[{seen[tag]}]"
            if tag.rpartition("}")[0] not in (self._space, ""):
                self.keep_unknown(child, path)
            else:
                yield child, name, path

    def read_leaves(
        self, element: Element, at: str, names: frozenset[str], subject: BlockSubject, *attributes: str
    ) -> dict[str, str]:
        """Returns the texts of an element's children by name.

        Only the given names are expected, each once.
        """
        stated: dict[str, str] = {}
        skip = len(self._space) + 1 if self._space else 0
        for child in element:
            tag = child.tag
            name = tag[skip:] if isinstance(tag, str) else ""
            if name not in names or name in stated or len(child) or child.attrib or (child.tail and not child.tail.isspace()):
                break
            stated[name] = (child.text or "").strip()
        else:
            if not element.attrib and (not element.text or element.text.isspace()):
                return stated
        return self._read_leaves_one_by_one(element, at, names, subject, attributes)

    def _read_leaves_one_by_one(
        self, element: Element, at: str, names: frozenset[str], subject: BlockSubject, attributes: tuple[str, ...]
    ) -> dict[str, str]:
        """Returns the same as `read_leaves` when attributes, nested or unexpected elements occur.

        A second, different leaf of one name is kept as not understood.
        """
        stated: dict[str, str] = {}

        def keep(r: XmlReader, el: Element, at: str, _: BlockSubject) -> None:
            text = r.read_text(el, at)
            if stated.setdefault(local_name(el), text) != text:
                r.b.add_unknown(at, text)

        self.read_block(element, at, dict.fromkeys(names, keep), subject, *attributes)
        return stated

    def read_text(self, element: Element, at: str, *attributes: str) -> str:
        """Returns the text of an element without outer white space, "" when it is empty.

        Child elements are kept as not understood.
        """
        if element.attrib:
            self.keep_unknown_attributes(element, at, attributes)
        if len(element):
            parts = [element.text or ""]
            for child in element:
                self.keep_unknown(child, f"{at}/{local_name(child) or _node_kind(child)}")
                parts.append(child.tail or "")
            return "".join(parts).strip()
        return (element.text or "").strip()

    def keep_unknown_attributes(self, element: Element, at: str, known: tuple[str, ...] = ()) -> None:
        """Keeps every attribute as not understood that is neither in `known` nor of the schema instance."""
        for name, value in element.attrib.items():
            if name not in known and not name.startswith(XSI):
                self.b.add_unknown(f"{at}/@{name.rpartition('}')[2]}", value)


def _is_nil(element: Element) -> bool:
    """Returns whether an empty element has `xsi:nil="true"`: a serializer's way to write that there is no value."""
    return element.get(f"{XSI}nil") in ("true", "1") and not len(element) and not (element.text or "").strip()


def _count_tags(element: Element) -> dict[str, int]:
    """Returns how often each tag occurs among the children."""
    counts: dict[str, int] = {}
    for child in element:
        tag = child.tag
        if isinstance(tag, str):
            counts[tag] = counts.get(tag, 0) + 1
    return counts


def _node_kind(node: Element) -> str:
    """Returns the XPath name of a comment, processing instruction or entity."""
    return "comment()" if node.tag is etree.Comment else "processing-instruction()" if node.tag is etree.PI else "entity()"


def serialise_xml(element: Element) -> str:
    """Returns the element as text, without the schema-instance declaration that lxml repeats on every part."""
    text = str(etree.tostring(element, encoding="unicode", with_tail=False))
    return text.replace(_XSI_DECLARATION, "", 1)
