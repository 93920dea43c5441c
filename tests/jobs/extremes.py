"""Reports in which one field holds an extreme value: each field of each format, found in documents that the feed writes.

A field that the feed or the tables of our own forms get later is covered by itself.
"""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from tests.jobs.bundles import le_json as sound_report
from triage.decode.client import MediaPool
from triage.errors import InputError
from triage.importers import complaint, own_cases
from triage.model.digest_kinds import DIGEST_HEX
from triage_demo.feed import esp_xml as feed_esp_xml
from triage_demo.feed import le_json as feed_le_json
from triage_demo.feed import le_pdf as feed_le_pdf
from triage_demo.feed.make import UNTIL
from triage_demo.feed.plan import plan
from triage_demo.feed.records import Report

GOOD = 900000001
FIRST = 910000000
TOKEN = "@@value@@"
LONG = 100_000
TIMES = (
    "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999-14:00", "9999-12-31", "9998-12-31T20:00:00Z", "10000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0000-00-00T00:00:00Z", "1582-10-10", "1601-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z", "1989-12-31T23:59:59Z", "2026-12-31T23:59:60Z", "2026-02-30T24:00:00Z", "2026-01-01T00:00:00+23:59",
    "2026-10-01T24:00:00Z", "2026-10-01T04:59:58.123456789012Z", "2030-01-01T00:00:00Z", "12-31-9999 23:59:59 UTC",
    "01-01-0001 00:00:00 UTC", "13-45-2026 25:61:61 UTC", "0000000000", "9999999999", "9999999999999", "253402300799999",
)  # fmt: skip
NUMBERS = (
    "-1", "-0", "0", "00000000000000000000000000000013", "9223372036854775808", "-9223372036854775809", "18446744073709551616",
    "9" * 400, "9" * 5_000, "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "0x10", "1_000", "1.7976931348623157e308",
    "٣٢١", "१३", "²", "Ⅷ", "90.0000001,180", "1e308,1e308", "NaN,NaN", "-0.0, -0.0", "65536", "4294967296",
)  # fmt: skip
TEXTS = (
    "", " ", "x" * LONG, "9" * LONG, "ab " * (LONG // 3), "ﷺ" * 2_000, "e\u0301" * 2_000, "😀" * 2_000, "\ud800", "\udfff\ud800", "\x00",
    "a\x00b", "\x1b[2J\x07\x08", "\n" * 5_000, "\u202eabc\u2066\u2069\u200e", "\ufeff", "\uffff", "\U0010ffff", "=cmd|'/c calc'!A1",
    "../../../etc/passwd", "%s%n{0}{report.__class__}", "' OR 1=1 --", "]]>&amp;<x/>", "http://[::1", "http://" + "a." * 2_000,
    "[::ffff:203.0.113.9]:99999", "256.256.256.256", "::", "0.0.0.0", "+92" + "3" * 200, "@" * 2_000, "a@b" + ".c" * 500,
    "https://xn--a.invalid/\ud800", "٩٢-٣٠٠", "null", "true", "N/A", "کیا " * 500,
)  # fmt: skip
JSON_TOKENS = (
    "NaN", "-Infinity", "1e999", "-1e999", "1e-999", "-0.0", "18446744073709551616", "-9223372036854775809", "9" * 400, "9" * 5_000,
    "1.7976931348623157e308", "null", "true", "[]", "{}", "[[[[[1]]]]]", "[" * 400 + "]" * 400, '{"value": {"value": [{"value": 1e999}]}}',
    '["9999-12-31T23:59:59Z", null, 1e999]', '"\\ud800"', '"\\u0000"', '{"\\ud800": "\\udfff"}', '{"": ""}',
)  # fmt: skip
STRINGS = (*TIMES, *NUMBERS, *TEXTS)


@dataclass(frozen=True, slots=True)
class Template:
    """A document whose field `field` is still to be filled; `write` makes its bytes, of a report with a number of its own."""

    field: str
    name: str
    write: Callable[[int, str], bytes]
    tokens: tuple[str, ...] = ()
    """Values that are no strings in this format."""

    @property
    def values(self) -> int:
        return len(STRINGS) + len(self.tokens)

    def mutant(self, number: int, value: int) -> tuple[str, bytes]:
        """(path, bytes) with one of the values."""
        return f"{number}/{self.name}", self.write(number, self.text(value))

    def text(self, value: int) -> str:
        """As the format writes it; JSON tokens come behind a mark, so that nobody quotes them."""
        n = value % self.values
        return STRINGS[n] if n < len(STRINGS) else RAW + self.tokens[n - len(STRINGS)]


RAW = "\x02raw\x02"
FORMATS = ("esp_report", "esp_file", "le_json", "le_pdf", "complaint", "complaint_table", "own_case", "own_case_kinds")
"""The keys of `templates`, which takes a second."""


@cache
def templates() -> Mapping[str, tuple[Template, ...]]:
    """Format -> one template for each of its fields."""
    planned = plan(3, 60, UNTIL).reports
    return {
        "esp_report": tuple(_of_xml("report.xml", map(feed_esp_xml.report_xml, planned))),
        "esp_file": tuple(
            _of_xml("aa11.xml", (feed_esp_xml.file_xml(r, f, {"MD5": "0" * 32}) for r in planned for f in r.files if r.number))
        ),
        "le_json": tuple(
            _of_json("r.json", (json.loads(feed_le_json.report_json(r, _digests(r)).decode("utf-8-sig")) for r in planned))
        ),
        "le_pdf": tuple(_of_pages(le_pdf_lines(report) for report in planned if report.number)),
        "complaint": tuple(_of_json("c.json", [_complaint()])),
        "complaint_table": tuple(_of_table("c.csv", _complaint_row(), ("complaintNumber",))),
        "own_case": tuple(
            _of_table("k.csv", dict.fromkeys(("case number", "kind", "value", "role", "platform", "note"), "x"), ())
        ),
        "own_case_kinds": tuple(_of_kinds()),
    }


def le_pdf_lines(report: Report) -> list[str]:
    return [*feed_le_pdf._cover(report), *feed_le_pdf._section_a(report, _digests(report)), *feed_le_pdf._added(report)]


def _digests(report: Report) -> dict[str, Any]:
    return {file.id: {"MD5": "0" * 32, "SHA1": "0" * 40} for file in report.files}


def _of_xml(name: str, documents: Iterator[bytes]) -> Iterator[Template]:
    """Texts of elements without children, and attributes."""
    seen: set[str] = set()
    for document in documents:
        root = etree.fromstring(document)
        for element in [*root.iter(etree.Element)]:
            path = "/".join(str(each.tag) for each in (*reversed(list(element.iterancestors())), element))
            if len(element) == 0 and path not in seen:
                seen.add(path)
                yield _xml(name, path, root, element, None)
            for attribute in element.attrib:
                if (at := f"{path}/@{attribute}") not in seen:
                    seen.add(at)
                    yield _xml(name, at, root, element, str(attribute))


def _xml(name: str, path: str, root: Any, element: Any, attribute: str | None) -> Template:
    before = element.text if attribute is None else element.get(attribute)
    if attribute is None:
        element.text = TOKEN
    else:
        element.set(attribute, TOKEN)
    template = etree.tostring(root, encoding="unicode")
    if attribute is None:
        element.text = before
    else:
        element.set(attribute, before)

    def write(number: int, value: str) -> bytes:
        own = etree.fromstring(template)
        stated = own.find("reportId")
        if stated is not None and stated.text != TOKEN:
            stated.text = str(number)
        own.append(etree.Element("comesFrom", number=str(number)))
        text = etree.tostring(own, encoding="unicode").replace(TOKEN, escape(value, {'"': "&quot;"}))
        data: bytes = text.encode("utf-8", "surrogatepass")
        return data

    return Template(path, name, write)


def _of_json(name: str, documents: Iterator[Any] | list[Any]) -> Iterator[Template]:
    """Scalars, wherever they stand; one of each path, whatever the place in a list."""
    seen: set[str] = set()
    for document in documents:
        for path, keys in _leaves(document):
            if path not in seen:
                seen.add(path)
                yield _json(name, path, document, keys)


def _leaves(node: Any, path: str = "$", keys: tuple[Any, ...] = ()) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, f"{path}.{key}", (*keys, key))
    elif isinstance(node, list):
        for n, value in enumerate(node):
            yield from _leaves(value, f"{path}[]", (*keys, n))
    else:
        yield path, keys


def _json(name: str, path: str, document: Any, keys: tuple[Any, ...]) -> Template:
    mutant = copy.deepcopy(document)
    _inner(mutant, keys[:-1])[keys[-1]] = TOKEN

    def write(number: int, value: str) -> bytes:
        own = copy.deepcopy(mutant)
        for key in ("reportId", "complaintNumber"):
            if own.get(key, TOKEN) != TOKEN:
                own[key] = str(number)
        raw = value.removeprefix(RAW) if value.startswith(RAW) else json.dumps(value)
        return json.dumps(own).replace(json.dumps(TOKEN), raw).encode()

    return Template(path, name, write, JSON_TOKENS)


def _inner(node: Any, keys: tuple[Any, ...]) -> Any:
    for key in keys:
        node = node[key]
    return node


def _complaint() -> dict[str, Any]:
    """Every key that a complaint may have, those of people, accounts and files too."""
    account = dict.fromkeys(complaint._ACCOUNT, "x")
    file = dict.fromkeys(("name", "md5", "sha1", "sha256", *complaint._FILE), "x")
    person = {key: "x" for key in complaint._PERSON if key not in ("accounts", "account")}
    inner = {"child": person, "files": [file], "reportedAccounts": [account], "children": [{"accounts": [{"username": "x"}]}]}
    return {key: inner.get(key, "x") for key in complaint._COMPLAINT}


def _complaint_row() -> dict[str, str]:
    return {"complaintNumber": "1/2026"} | dict.fromkeys(complaint._BY_COLUMN, "x")


def _of_table(name: str, row: Mapping[str, str], numbered: tuple[str, ...]) -> Iterator[Template]:
    for column in row:
        yield Template(column, name, _table(dict(row), column, numbered or tuple(row)[:1]))


def _table(row: dict[str, str], column: str, numbered: tuple[str, ...]) -> Callable[[int, str], bytes]:
    def write(number: int, value: str) -> bytes:
        cells = {key: str(number) if key in numbered else cell for key, cell in row.items()} | {column: value}
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(cells)
        writer.writerow(cells.values())
        return text.getvalue().encode("utf-8", "surrogatepass")

    return write


def _of_kinds() -> Iterator[Template]:
    """The value of each kind of identifier that an own case may name."""
    for kind in (*own_cases._KINDS, *DIGEST_HEX):
        yield Template(kind, "k.csv", _table({"case number": "1", "kind": kind, "value": "x"}, "value", ("case number",)))


PAGE_MARK = b"%PDF-1.4 pages "


def _of_pages(documents: Iterator[list[str]]) -> Iterator[Template]:
    """What stands behind each label of the PDF's text, and lines without a label. The pages are handed over as JSON behind
    PAGE_MARK: whoever uses these templates puts `pages_of` in the place of the sandbox that reads PDFs."""
    seen: set[str] = set()
    for lines in documents:
        for n, line in enumerate(lines):
            label, colon, rest = line.partition(": ")
            path = "".join(c for c in label if not c.isdigit())[:60]
            if path not in seen and n:
                seen.add(path)
                yield Template(path, "r.pdf", _pages(lines, n, f"{label}: " if colon and rest else ""))


def _pages(lines: list[str], n: int, label: str) -> Callable[[int, str], bytes]:
    def write(number: int, value: str) -> bytes:
        own = [*lines]
        own[n] = label + value
        own[0] = f"CyberTipline Report {number}"
        return PAGE_MARK + json.dumps(["\n".join(own[:40]), "\n".join(own[40:])]).encode()

    return write


def pages_of(data: bytes) -> tuple[str, ...]:
    """The text of a made-up PDF, page by page. Like the sandbox it gives no lone surrogates."""
    pages = json.loads(data.removeprefix(PAGE_MARK))
    return tuple(page.encode("utf-8", "replace").decode() for page in pages)


def pdf_texts(self: MediaPool, files: Sequence[bytes], passwords: Sequence[bytes] = ()) -> list[tuple[str, ...] | InputError]:
    return [pages_of(data) if data.startswith(PAGE_MARK) else InputError("no PDF of these tests") for data in files]


def write_mutants(folder: Path, form: str, start: int, *, first: int = FIRST, most: int | None = None) -> dict[str, str]:
    """Writes one report for each field, or `most` spread over them, and a sound one. Returns what stands in which report."""
    told = {}
    found = templates()[form]
    for n in range(0, len(found), 1 if most is None else -(-len(found) // most)):
        path, data = found[n].mutant(first + n, start + 7 * n)
        told[str(first + n)] = f"{found[n].field} = {found[n].text(start + 7 * n)[:60]!r}"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    (folder / "good").mkdir(parents=True, exist_ok=True)
    (folder / "good" / "r.json").write_bytes(sound_report(GOOD))
    return told
