"""Turns the pages of a report PDF into lines, and tells cover and sections apart.

Hyphens at line ends are restored, and running heads are removed. Page text comes as PDFium gives it: a hyphen at the end of a
line is U+FFFE, and the line break behind it is missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from triage.importers.pdf_direction import to_reading_order

HIDDEN_HYPHEN = "\ufffe"
_TITLE = re.compile(r"Section ([A-D])\b(?:\s*:.*|\s*)", re.IGNORECASE)
_CONCLUDES = re.compile(r"This concludes Section ([A-D])\b.*", re.IGNORECASE)
_RUNNING = re.compile(
    r"(?:.{0,40}\|\s*)?(?:CyberTipline\s+Report\s*#?:?\s*\d{5,10}\b.{0,60}|Page\s+\d+(?:\s+of\s+\d+)?|\d{1,4}(?:\s+of\s+\d+)?)",
    re.IGNORECASE,
)
_DATA = re.compile(r"\d{2}-\d{2}-\d{4}\s+\d{2}:\d{2}|\b[0-9a-f]{32}\b|IP Address:?\s+[0-9a-f:.]{7,}|\S@\S", re.IGNORECASE)
"""What stands in a section itself and never in a table of contents or an explanation."""
_MAYBE_DATA = re.compile("[0-9@]")
"""Most lines of text have neither, and this is quickly seen."""
_WIDE = re.compile(r"\s{4,}")
"""A gap between columns. Endless ones would make patterns slow."""
_BLANKS = str.maketrans("\u00a0\u2007\u2009\u202f", "    ")
"""Blanks at which no line breaks, and thin ones: "Screen/User Name:" may be set with them."""
_LONGEST_LINE = 2_000
"""Characters: no page is so wide. A longer line goes on below."""
_LONGEST_LABEL = 48
"""Of those that we know."""
_MOST_BREAKS = 2  # line breaks within one value that are joined again
_MOST_WORDS = 4
"""A label that goes on below has at most so many words on its first line."""
_MOST_WRAPS = 3
"""So many further lines may belong to the sentence that concludes a section."""
_HEAD, _FOOT = 2, 3
"""So many lines at the top and bottom of a page may be running heads and feet."""
_LEAST_PAGES = 3
"""A line on fewer pages than this is no running head."""


_TYPES = {
    "IP": "Address", "Email": "Address", "MAC": "Address", "Profile": "URL", "Device": "ID", "Android": "ID",
    "Advertising": "ID", "Phone": "Number",
}  # fmt: skip
_WHOLE_TYPES = frozenset(f"{first} {second}" for first, second in _TYPES.items())


class PdfLine(NamedTuple):
    """One line of text and its page, counted from 1."""

    page: int
    """From 1."""
    text: str


class ReportParts(NamedTuple):
    """The parts of a report: the cover without its table of contents, and the lines of each section by letter."""

    cover: list[PdfLine]
    sections: dict[str, list[PdfLine]]


def extract_lines(printed: Iterable[str], begins_item: Callable[[str], bool]) -> list[PdfLine]:
    """Returns all lines except running heads and feet.

    `begins_item` recognises lines that begin with a label. A hyphen that was the whole value of the line above must not swallow
    them.
    """
    found: list[PdfLine] = []
    pages = [_page_lines(page, begins_item) for page in printed]
    repeated = _find_running_heads([page for page in pages if page], begins_item)
    first = next((number for number, texts in enumerate(pages, 1) if texts), 1)
    for number, texts in enumerate(pages, 1):
        foot = len(texts) - _FOOT
        found += [
            PdfLine(number, text)
            for n, text in enumerate(texts)
            if number == first
            or _HEAD <= n < foot
            or (text not in repeated and not _RUNNING.fullmatch(text))
            or (text.isdecimal() and int(text) > len(pages))
        ]
    found = _join_broken_labels(found, begins_item)
    return _join_broken_types(found) if any(line.text in _TYPES for line in found) else found


def _page_lines(page: str, begins_item: Callable[[str], bool]) -> list[str]:
    """Returns the lines of one page, hyphens restored, gaps reduced to one blank, overlong lines split."""
    restored = _restore_hyphens(page if page.isascii() else page.translate(_BLANKS), begins_item)
    wide = _may_have_gaps(restored)
    lines = restored.splitlines()
    if max(map(len, lines), default=0) > _LONGEST_LINE:
        lines = [line[at : at + _LONGEST_LINE] for line in lines for at in range(0, len(line), _LONGEST_LINE)]
    texts = [text for line in lines if (text := _WIDE.sub(" ", line.strip()) if wide else line.strip())]
    return texts if restored.isascii() else [to_reading_order(text, begins_item) for text in texts]


def _find_running_heads(pages: list[list[str]], begins_item: Callable[[str], bool]) -> set[str]:
    """Returns lines that stand at the top or bottom of most pages and hold no data."""
    if len(pages) < _LEAST_PAGES:
        return set()
    edges = Counter(text for page in pages for text in {*page[:_HEAD], *page[-_FOOT:]})
    return {
        text
        for text, times in edges.items()
        if times >= _LEAST_PAGES and 2 * times > len(pages)
        if " " in text and not begins_item(text) and not _MAYBE_DATA.search(text)
    }


def _join_broken_labels(lines: list[PdfLine], begins_item: Callable[[str], bool]) -> list[PdfLine]:
    """Returns the lines with labels put together that a narrow column broke: "Image Categorization by" over "ESP: A1"."""
    whole: list[PdfLine] = []
    last = ":"
    for line in lines:
        text = line.text
        broken = ":" not in last and ":" in text and text.index(":") < _LONGEST_LABEL
        for count in range(1, _count_label_beginnings(whole) + 1 if broken else 1):
            joined = " ".join((*(each.text for each in whole[-count:]), text))
            if begins_item(joined):
                line = PdfLine(whole[-count].page, joined)
                del whole[-count:]
                break
        else:
            line = _join_label_beside_value(whole, line, begins_item)
        whole.append(line)
        last = line.text
    return whole


def _join_label_beside_value(whole: list[PdfLine], line: PdfLine, begins_item: Callable[[str], bool]) -> PdfLine:
    """Joins a label that broke with its value beside it, and returns the line to add.

    "Home Email kite@mail.example (Verified 01-02-2026" may stand over "Address: 03:04:05 UTC)". The line above then becomes the
    label with the first line of the value.
    """
    label, colon, rest = line.text.partition(":")
    above = whole[-1].text if whole and colon and len(label) < _LONGEST_LABEL else ""
    if (
        " " not in above
        or (rest and not _count_open_parentheses(above) > 0 > _count_open_parentheses(rest))
        or begins_item(above)
    ):
        return line
    words = above.split(" ")
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        joined = f"{' '.join(words[:count])} {label}:"
        if begins_item(joined):
            first = PdfLine(whole[-1].page, f"{joined} {' '.join(words[count:])}")
            if not rest:
                whole.pop()
                return first
            whole[-1] = first
            return PdfLine(line.page, rest.strip())
    return line


def _count_open_parentheses(text: str) -> int:
    """Returns how many more parentheses are opened than closed."""
    return text.count("(") - text.count(")")


def _count_label_beginnings(lines: list[PdfLine]) -> int:
    """Returns how many of the last lines may be the beginning of a label."""
    count = 0
    while count < min(len(lines), _MOST_BREAKS):
        text = lines[-1 - count].text
        if len(text) > _LONGEST_LABEL or ":" in text or not text[0].isalpha():
            break
        count += 1
    return count


def _join_broken_types(lines: list[PdfLine]) -> list[PdfLine]:
    """Returns the lines with types put together that a narrow column broke: "IP" over "Address 203.0.113.5 Login"."""
    whole: list[PdfLine] = []
    for line in lines:
        above = whole[-1].text if whole else ""
        word = line.text.partition(" ")[0]
        if word == _TYPES.get(above) or above in _WHOLE_TYPES:
            whole[-1] = PdfLine(whole[-1].page, f"{above} {line.text}")
        else:
            whole.append(line)
    return whole


def _may_have_gaps(page: str) -> bool:
    """Returns whether a page may contain wide gaps.

    Most pages have none, and this test is quick.
    """
    return not page.isascii() or "    " in page or "\t" in page or "\x1f" in page


def _restore_hyphens(page: str, begins_item: Callable[[str], bool]) -> str:
    """Returns the page with each hidden hyphen restored, and the line break behind it where an item begins."""
    if HIDDEN_HYPHEN not in page:
        return page
    first, *rest = page.split(HIDDEN_HYPHEN)
    return first + "".join(("-\n" if begins_item(part.partition("\n")[0]) else "-") + part for part in rest)


def split_sections(lines: list[PdfLine], begins_item: Callable[[str], bool]) -> ReportParts:
    """Splits the lines of a report into cover and sections.

    Titles stand in the table of contents and in explanations too, and may head every page of their section. A section begins with
    the first title that has data behind it, and ends with the first title of another section.
    """
    titles, concludes = _find_titles(lines)
    concluded = {n for n, letter in concludes.items() if letter == "A"}
    starts: dict[str, int] = {"A": _find_start_of_section_a(lines, titles, concluded)}
    at = max([starts["A"], *(n for n in concluded if n > starts["A"])])
    for letter in "BCD":
        begins = next((n for n, own in titles if own == letter and n > at), None)
        if begins is not None:
            starts[letter] = at = begins
    order = sorted(starts.items(), key=lambda item: item[1])
    furniture = {*_find_concluding_lines(lines, concludes, begins_item), *(n for n, _ in titles)}
    sections: dict[str, list[PdfLine]] = {}
    for (letter, start), (_, stop) in zip(order, [*order[1:], ("", len(lines))], strict=True):
        sections[letter] = [lines[n] for n in range(start, stop) if n not in furniture]
    return ReportParts(_cut_contents(lines[: starts["A"]]), sections)


def _find_titles(lines: list[PdfLine]) -> tuple[list[tuple[int, str]], dict[int, str]]:
    """Returns titles of sections as (line number, letter), and the lines that conclude a section by number."""
    titles: list[tuple[int, str]] = []
    concludes: dict[int, str] = {}
    for n, (_, text) in enumerate(lines):
        if text[0] in "Ss" and (found := _TITLE.fullmatch(text)):
            titles.append((n, found[1].upper()))
        elif text[0] in "Tt" and (found := _CONCLUDES.fullmatch(text)):
            concludes[n] = found[1].upper()
    return titles, concludes


def _find_concluding_lines(lines: list[PdfLine], concludes: Iterable[int], begins_item: Callable[[str], bool]) -> set[int]:
    """Returns the numbers of lines that conclude a section, with those on which the sentence continues."""
    found: set[int] = set()
    for begin in concludes:
        found.add(begin)
        for n in range(begin + 1, min(begin + 1 + _MOST_WRAPS, len(lines))):
            if _TITLE.fullmatch(lines[n].text) or begins_item(lines[n].text) or _holds_data(lines[n]):
                break
            found.add(n)
    return found


def _find_start_of_section_a(lines: list[PdfLine], titles: list[tuple[int, str]], concluded: set[int]) -> int:
    """Returns the number of the line at which Section A begins."""
    ends = [*titles, (len(lines), "")][1:]
    last_of_a, first_of_run = None, None
    for (n, letter), (stop, following) in zip(titles, ends, strict=True):
        if letter != "A":
            continue
        last_of_a = n
        first_of_run = n if first_of_run is None else first_of_run
        if following != "A":
            if any(n in concluded or _holds_data(lines[n]) for n in range(first_of_run, stop)):
                return first_of_run
            first_of_run = None
    if last_of_a is not None:
        return last_of_a
    return next((n for n, line in enumerate(lines) if line.page > 1 and _holds_data(line)), len(lines))


def _holds_data(line: PdfLine) -> bool:
    """Returns whether a line holds data that never stand in a table of contents or an explanation."""
    return _MAYBE_DATA.search(line.text) is not None and _DATA.search(line.text) is not None


def _cut_contents(cover: list[PdfLine]) -> list[PdfLine]:
    """Returns the cover up to its table of contents."""
    contents = next((n for n, line in enumerate(cover) if line.text.casefold() in ("contents", "table of contents")), len(cover))
    return cover[:contents]
