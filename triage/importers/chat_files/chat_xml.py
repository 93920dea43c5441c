"""Finds the messages in XML exports: elements with a text and a sender or a time, as attributes or as elements within.

Nothing that the XML names is opened, and no entity of its own is expanded. XML that a strict parser refuses is read as a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from triage.errors import InputError
from triage.importers.chat_files.chat_html import find_html_messages
from triage.importers.chat_files.message_fields import SENDERS, TEXTS, TIMES, simplify_name
from triage.importers.chat_files.text_decoding import clean_text, decode_text
from triage.importers.xml_reading import Element, local_name, parse_xml
from triage.model.file_text import FileMessage

_SENDERS = SENDERS | {"contactname", "address", "friendlyname"}
"""`address` is the other side's number in backups of text messages."""
_FIELDS = _SENDERS | TIMES | TEXTS
_SENT_BY_OWNER = "2"
"""The `type` of a text message that the owner of the telephone sent: then `address` names the receiver."""
_OWN_TEXT = "text"
_MOST_MARKUP = 50
"""Elements that the text of one message may hold, such as links and line breaks."""
_MOST_IN_NAME = 5  # elements within a sender's name
_VALUE = re.compile(r"""=\s{0,9}(?:"([^"<]{2,50000})"|'([^'<]{2,50000})')""")


def find_xml_messages(data: bytes) -> list[FileMessage]:
    """Returns the messages in document order, and each other text of several words without a sender.

    Raises:
        InputError: if the bytes are no XML that can be read, and do not claim to be XML
    """
    try:
        root = parse_xml(data)
    except InputError:
        page = decode_text(data)
        if not page.lstrip().startswith(("<?xml", "<!")):  # "<kite> hi" is a line of a chat
            raise
        return _read_as_page(page)
    return list(_iter_messages(root))


def _read_as_page(page: str) -> list[FileMessage]:
    """Returns the text between tags of damaged or unsafe XML, and the values of attributes that have several words."""
    found = find_html_messages(page.replace("<![CDATA[", " ").replace("]]>", " "))
    values = ((double or single).strip() for double, single in _VALUE.findall(page))
    return [*found, *(FileMessage("", "", text) for text in values if " " in text)]


@dataclass(slots=True)
class _Fields:
    """What the attributes and the children of one element say of a message; `rest` are the children that are no field of it."""

    senders: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    rest: list[Element | str] = field(default_factory=list)

    def note(self, name: str, value: str) -> None:
        """Notes the value of a field."""
        kept = self.texts if name in TEXTS else self.senders if name in _SENDERS else self.times if name in TIMES else None
        if kept is not None and value:
            kept.append(value)

    def make_messages(self) -> list[FileMessage]:
        """Returns a message for each text; none without a sender or a time."""
        sender, time = next(iter(self.senders), ""), " ".join(dict.fromkeys(self.times))
        return [FileMessage(sender, time, text) for text in self.texts] if sender or time else []


def _iter_messages(root: Element) -> Iterator[FileMessage]:
    """Walks the elements without recursion, and each text of several words that is no field of a message."""
    waiting: list[Element | str] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield FileMessage("", "", node)
        elif local_name(node):  # else a comment or a processing instruction
            fields = _read_fields(node)
            found = fields.make_messages()
            yield from found
            if found:
                waiting.extend(reversed(fields.rest))
                continue
            yield from (FileMessage("", "", text) for text in map(_clean, node.attrib.values()) if " " in text)
            waiting.extend(reversed(_list_inside(node)))


def _list_inside(node: Element) -> list[Element | str]:
    """Returns the children of an element and the texts of several words between them, in order."""
    inside: list[Element | str] = [_clean(node.text)]
    for child in node:
        inside += (child, _clean(child.tail))
    return [each for each in inside if not isinstance(each, str) or " " in each]


def _read_fields(node: Element) -> _Fields:
    """Returns the fields of a message that stand in the attributes and children of an element, or in its own text."""
    fields = _Fields()
    for key, value in node.attrib.items():
        fields.note(simplify_name(key.rpartition("}")[2]), _clean(value))
    for child in node:
        name = _name_field(child)
        if _is_field(child, name):
            fields.note(name, _join_text(child) or _find_name(child))
        else:
            fields.rest.append(child)
    if node.attrib.get("type") == _SENT_BY_OWNER and "address" in node.attrib:
        fields.senders.clear()
    if not fields.texts and (not len(node) or (simplify_name(local_name(node)) in TEXTS and _is_plain(node))):
        fields.note(_OWN_TEXT, _join_text(node))
        fields.rest.clear()
    return fields


def _name_field(child: Element) -> str:
    """Returns the name of the field that a child element may be: its tag, or the name that a general `field` is given."""
    name = simplify_name(local_name(child))
    return simplify_name(child.attrib.get("name", "")) if name in ("field", "property") else name


def _is_field(child: Element, name: str) -> bool:
    """Returns whether a child element is a field of the message around it, and no message of its own."""
    if name not in TEXTS:
        return name in _FIELDS and sum(1 for _ in islice(child.iterdescendants(), _MOST_IN_NAME + 1)) <= _MOST_IN_NAME
    is_general = name != simplify_name(local_name(child))
    own = {simplify_name(key) for key in child.attrib if not (is_general and key == "name")}
    return own.isdisjoint(_FIELDS) and _is_plain(child)


def _is_plain(element: Element) -> bool:
    """Returns whether an element holds marked-up text and no fields of a message: few elements, and no field among them."""
    inside = list(islice(element.iterdescendants(), _MOST_MARKUP + 1))
    return len(inside) <= _MOST_MARKUP and _FIELDS.isdisjoint(simplify_name(local_name(each)) for each in inside)


def _find_name(element: Element) -> str:
    """Returns the name in the attributes of an element such as <From><User FriendlyName="Kite"/></From>."""
    found = (value for each in element.iter() for key, value in each.attrib.items() if simplify_name(key) in _SENDERS)
    return _clean(next(found, ""))


def _join_text(element: Element) -> str:
    return _clean(" ".join(element.itertext()))


def _clean(text: str | None) -> str:
    """Returns a text as it can be stored, with single spaces."""
    return " ".join(clean_text(text or "").split())
