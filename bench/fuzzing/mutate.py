"""Mutations of bytes, texts, JSON, XML and tables. Every one draws from a seeded `random.Random` alone, so that it can be repeated."""

from __future__ import annotations

import copy
import csv
import io
import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

Chance = random.Random
Json = Any

TIMES = (
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "0000-00-00T00:00:00Z",
    "10000-01-01T00:00:00Z",
    "-2026-10-01T10:00:00Z",
    "1970-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "2038-01-19T03:14:08Z",
    "2026-02-30T10:00:00Z",
    "2026-10-01T24:00:00Z",
    "2026-12-31T23:59:60Z",
    "2026-10-01T10:00:00+99:99",
    "2026-10-01T10:00:00.999999999999999999Z",
    "12-31-9999 23:59:59 UTC",
    "01-01-0001 00:00:00 UTC",
    "2026-10-01",
    "253402300799",
    "99999999999999999999",
    "-62135596801",
    "٢٠٢٦-١٠-٠١T١٠:٠٠:٠٠Z",
)
NUMBERS = (
    "0",
    "-0",
    "-1",
    "255",
    "256",
    "65536",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "9" * 400,
    "9" * 5000,
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "0x10",
    "1_000",
    "٣",
    "²",
    "1/0",
    "91.0",
    "-180.0000001",
)
TEXTS = (
    "",
    " ",
    "\u00a0",
    "\u202e gnp.exe",
    "\u200b\u200f\u2066",
    "\x85\u2028\u2029",
    "\ufffe\uffff",
    "\U0010ffff",
    "\U000e0001\U000e0041",
    "e" + "\u0301" * 500,
    "\ufdfd" * 200,
    "ﷺ" + "ا" * 300,
    "=cmd|' /C calc'!A1",
    "-x",
    "--store=/",
    "%s%n{0}{__class__}",
    "';DROP TABLE report;--",
    "../../../outside",
    "/etc/outside",
    "con",
    "a/b\\c:d",
    "http://[::1",
    "http://user:pw@host.invalid:99999/%zz?q#f",
    "javascript:alert(1)",
    "a@b@c.invalid",
    "a@" + "b." * 200 + "invalid",
    "@",
    "+92",
    "+" + "9" * 40,
    "+92 300 0000777;ext=" + "1" * 50,
    "00000000000",
    "999.1.1.1",
    "1.2.3.4/33",
    "0.0.0.0",
    "255.255.255.255",
    "::ffff:203.0.113.9",
    "fe80::1%eth0",
    "1::2::3",
    "0cc175b9c0f1b6a831c399e26977266",
    "0CC175B9C0F1B6A831C399E269772661",
    "g" * 32,
    "true",
    "False",
    "null",
    "[]",
    "\x1b[2J\x1b]0;x\x07",
    "line\nbreak\r\nand\ttab",
)
SPACES = (" ", "\t", "\n", ",", ";", "/", "a", "1", ".", "@", "-", "(", "<", "&", "\\", '"', "{", "\u0301", "ا")
LONG = (200, 4_000, 100_000)
_TIME = re.compile(r"\d{4}-\d\d-\d\d|\d\d-\d\d-\d{4}")


def pick_text(chance: Chance) -> str:
    """Returns an extreme value: of a time, a number or a text, or a long run of one character."""
    group = chance.randrange(8)
    if group < 3:
        return chance.choice(TIMES)
    if group < 4:
        return chance.choice(NUMBERS)
    if group < 7:
        return chance.choice(TEXTS)
    return "a" + chance.choice(SPACES) * chance.choice(LONG) + "b"


def mutate_text(chance: Chance, text: str) -> str:
    """Returns an extreme value instead of the text, or the text changed in one place."""
    if _TIME.match(text) and chance.random() < 0.6:
        return chance.choice(TIMES)
    if not text or chance.random() < 0.6:
        return pick_text(chance)
    at = chance.randrange(len(text))
    return chance.choice(
        (
            lambda: text[:at],
            lambda: text[:at] + pick_text(chance) + text[at:],
            lambda: text[:at] + text[at + 1 :],
            lambda: text * chance.choice((2, 9, 300)),
            lambda: text[:at] + chance.choice("09-/:. \u202e") + text[at + 1 :],
            text.upper,
            lambda: text[::-1],
        )
    )()


# Bytes


def mutate_bytes(chance: Chance, data: bytes) -> bytes:
    """Returns the bytes with one to four changes: flipped, cut, doubled, removed, overwritten."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        if not changed:
            return bytes(changed)
        at, run = chance.randrange(len(changed)), chance.choice((1, 2, 4, 8, 64, 1024))
        match chance.randrange(7):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, 0x22, 0x3C, 0x7B, 0x0A))
            case 2:
                del changed[at:]
            case 3:
                del changed[at : at + run]
            case 4:
                changed[at:at] = changed[at : at + run]
            case 5:
                changed[at : at + min(run, 8)] = chance.choice(
                    (bytes(8), b"\xff" * 8, b"\x7f" + b"\xff" * 7, b"\xff\xff\xff\x7f", chance.randbytes(8))
                )[: min(run, 8)]
            case _:
                changed[at:at] = chance.randbytes(min(run, 64))
    return bytes(changed)


# JSON


def json_places(value: Json) -> Iterator[tuple[Json, Any]]:
    """Yields every container with each of its keys or indices."""
    stack = [value]
    while stack:
        here = stack.pop()
        keys: Any = list(here) if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
        for key in keys:
            yield here, key
            stack.append(here[key])


def _other_kind(chance: Chance, old: Json) -> Json:
    return chance.choice(
        (None, True, False, 0, -1, 2**63, -(2**70), 10**400, 1e308, 0.1, [], {}, [[[]]], {"value": old}, [old] * 3, "", str(old))
    )


def mutate_json(chance: Chance, data: bytes) -> bytes:
    """Returns the document with one to four values exchanged, doubled, moved, nested or removed, or renamed keys."""
    try:
        return _mutate_json(chance, data)
    except RecursionError:  # nested several times: deeper than Python copies and writes
        return b"[" * 100_000 + data


def _mutate_json(chance: Chance, data: bytes) -> bytes:
    root = json.loads(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        places = list(json_places(root))
        if not places:
            break
        holder, key = chance.choice(places)
        old = holder[key]
        match chance.randrange(9):
            case 0 | 1 | 2:
                holder[key] = mutate_text(chance, old) if isinstance(old, str) else pick_text(chance)
            case 3:
                holder[key] = _other_kind(chance, old)
            case 4:
                del holder[key]
            case 5:
                holder[key] = [copy.deepcopy(old) for _ in range(chance.choice((2, 50, 300)))]
            case 6:
                other, where = chance.choice(places)
                if where in other if isinstance(other, dict) else where < len(other):
                    other[where] = copy.deepcopy(old)
            case 7:
                for _ in range(chance.choice((1, 5, 90))):
                    old = {chance.choice(("value", "x", str(key))): old} if chance.random() < 0.5 else [old]
                holder[key] = old
            case _:
                if isinstance(holder, dict):
                    holder[mutate_text(chance, str(key))] = holder.pop(key)
    text = json.dumps(root, ensure_ascii=chance.random() < 0.5)
    if chance.random() < 0.1:  # a key that stands twice
        at = text.find('"')
        text = text[:at] + text[at : text.find(",", at) + 1] * 2 + text[at:] if at > 0 else text
    return text.encode("utf-8", "surrogatepass")


# XML


def _fit_xml(text: str) -> str:
    """Characters that no XML document can hold are left out, or lxml would refuse to write the mutant."""
    return "".join(c for c in text if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000")


def mutate_xml(chance: Chance, data: bytes) -> bytes:
    """Returns the document with one to four elements changed, doubled, moved, wrapped, renamed or removed."""
    root = etree.fromstring(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        nodes = [node for node in root.iter() if isinstance(node.tag, str)]
        node = chance.choice(nodes)
        leaves = [each for each in nodes if len(each) == 0]
        parent = node.getparent()
        match chance.randrange(10):
            case 0 | 1 | 2 | 3:
                leaf = chance.choice(leaves)
                leaf.text = _fit_xml(mutate_text(chance, leaf.text or ""))
            case 4:
                name = chance.choice([*node.attrib, "verified", "type", "possibleProxy", "x"])
                node.set(name, _fit_xml(pick_text(chance)))
            case 5 if parent is not None:
                for _ in range(chance.choice((1, 3, 100))):
                    parent.append(copy.deepcopy(node))
            case 6 if parent is not None:
                parent.remove(node)
            case 7 if parent is not None:
                target = chance.choice(nodes)
                if target is not node and not any(above is node for above in target.iterancestors()):
                    target.append(node)
            case 8 if parent is not None:
                for _ in range(chance.choice((1, 5, 80))):
                    wrap = etree.Element(chance.choice(("wrap", str(node.tag), "somethingNew")))
                    parent.replace(node, wrap)
                    wrap.append(node)
                    parent = wrap
            case 9:
                node.tag = chance.choice(("unknownThing", "{urn:x}" + str(node.tag).rpartition("}")[2], "report", "email"))
    made: bytes = etree.tostring(root, xml_declaration=True, encoding=chance.choice(("UTF-8", "UTF-8", "UTF-8", "UTF-16")))
    match chance.randrange(24):
        case 0:
            return made.replace(
                b"?>", b'?><!DOCTYPE report [<!ENTITY a "' + b"b" * 50 + b'"><!ENTITY c "' + b"&a;" * 50 + b'">]>', 1
            )
        case 1:
            spaces = b"".join(b' xmlns:q%d="urn:%s"' % (n, b"A" * 40) for n in range(chance.choice((1, 60, 400))))
            return made.replace(b"<report", b"<report" + spaces, 1)
        case 2:
            return made.replace(b"UTF-8", chance.choice((b"UTF-7", b"utf-16", b"latin-1", b"x-none", b"IBM037")), 1)
    return made


# Tables


def mutate_csv(chance: Chance, data: bytes) -> bytes:
    """Returns the table with cells, rows or columns changed."""
    rows = list(csv.reader(io.StringIO(data.decode())))
    for _ in range(chance.choice((1, 2, 4))):
        row = chance.choice(rows)
        at = chance.randrange(len(row)) if row else 0
        match chance.randrange(7):
            case 0 | 1 | 2 if row:
                row[at] = mutate_text(chance, row[at])
            case 3:
                rows.extend(list(chance.choice(rows)) for _ in range(chance.choice((1, 20, 400))))
            case 4 if row:
                del row[at]
            case 5:
                row.extend(pick_text(chance) for _ in range(chance.choice((1, 300))))
            case _ if len(rows) > 1:
                rows.remove(row)
    out = io.StringIO()
    csv.writer(out, delimiter=chance.choice(",,,;\t|"), lineterminator=chance.choice(("\n", "\r\n", "\r"))).writerows(rows)
    return out.getvalue().encode(chance.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16")), "replace")


STRUCTURED: dict[str, Callable[[Chance, bytes], bytes]] = {".xml": mutate_xml, ".json": mutate_json, ".csv": mutate_csv}


def mutate_file(chance: Chance, name: str, data: bytes) -> bytes:
    """Returns a mutant of a file: of its structure when the format is known, sometimes of its bytes as well."""
    by_structure = STRUCTURED.get(name[name.rfind(".") :])
    if by_structure is not None and chance.random() < 0.85:
        data = by_structure(chance, data)
        return mutate_bytes(chance, data) if chance.random() < 0.08 else data
    return mutate_bytes(chance, data)
