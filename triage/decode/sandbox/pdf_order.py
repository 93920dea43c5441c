"""Puts the text of a page into reading order when its columns were drawn one after the other.

PDFium gives text in the order it was drawn. A page that draws all its labels, then all their values, reads "Name:", "Phone:",
"Ayesha", "+92 ...". Such pages are recognised by labels with nothing behind them. They are read again by where their characters
stand: each row its label first, then what stands to the right of it.

The two columns below "Submitter:" and "Point of Contact for Law Enforcement:" have no labels. A tab is put between the two names
on one line, since only their positions tell them apart.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice, pairwise

import pypdfium2.raw as pdfium

from triage.model.scripts import FROM_RIGHT

_LONGEST_LABEL = 91  # characters of a label with its colon
_MANY = 4
_SUBMITTER = re.compile(r"Submitter:?[ \t]+(?=Point of Contact)")
_APART = "\t"
_BESIDE_SUBMITTER, _ALIGNED = 3, 1.5
"""Lines below the heading of the submitter that may stand in its columns; points within which words of one column begin."""
_ONE_LINE, _ONE_STEP, _ONE_GAP = 0.4, 1.45, 2.5
"""In heights of a line: baselines of one line; from a line to the next; from a character to the next in one piece."""
_LABEL_ENDS = (":", "?")
_HIDDEN_HYPHEN = "\ufffe"
"""A hyphen at the end of a line, as PDFium gives it in the text of a page; the line break behind it is left out."""
_LINE = re.compile(r"[^\r\n]+")
_WORD = re.compile(r"[^ \ufffe]+\ufffe?|\ufffe")


@dataclass(slots=True)
class _Piece:
    """Characters drawn beside each other; in points from the lower left corner of the page."""

    x: float
    y: float
    height: float
    text: str = ""


@dataclass(slots=True)
class _Row:
    """A label on its lines, and the lines to the right of it."""

    y: float
    labels: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    has_value_beside: bool = False


def is_drawn_by_columns(text: str) -> bool:
    """Returns whether labels stand one below the other with nothing behind them.

    It runs for every page, and patterns would cost six times as much.
    """
    bare, above = 0, False
    for line in text.split("\n"):
        label = line.rstrip(" \t\r")
        ends = label.endswith(_LABEL_ENDS)
        if ends:
            if above and 1 < len(label) <= _LONGEST_LABEL:
                return True
            bare += label[-1] == ":" and not label.endswith("Information:")
        above = ends
    return bare >= _MANY


def text_by_position(page: pdfium.FPDF_PAGE, text: pdfium.FPDF_TEXTPAGE, count: int, drawn: str) -> str | None:
    """Returns the page's text row by row.

    None for a rotated page, or when no character has a position.
    """
    if pdfium.FPDFPage_GetRotation(page):
        return None
    pieces = [piece for piece in _find_pieces(text, count, drawn) if piece.text.strip()]
    return "\r\n".join(_join_rows(_group_rows(pieces))) if pieces else None


def separate_submitter_column(text: pdfium.FPDF_TEXTPAGE, count: int, drawn: str) -> str:
    """Returns the text with a tab before each first word of the column beside the submitter.

    Most pages have none.
    """
    heading = _SUBMITTER.search(drawn)
    if heading is None:
        return drawn
    at = _CharacterPositions(text, len(drawn) == count)
    column, _ = at.origin(heading.end())
    _, *below = islice(_LINE.finditer(drawn, heading.end()), 1 + _BESIDE_SUBMITTER)
    found = list(drawn)
    for line in below:
        starts = (word.start() for word in _WORD.finditer(drawn, *line.span()))
        aligned = next((n for n in starts if abs(at.origin(n)[0] - column) <= _ALIGNED), line.start())
        if aligned > line.start() and at.generated(aligned - 1):
            found[aligned - 1] = _APART
    return "".join(found)


def _find_pieces(text: pdfium.FPDF_TEXTPAGE, count: int, drawn: str) -> list[_Piece]:
    """Returns pieces of text drawn beside each other.

    PDFium puts a blank or a line break between what is drawn apart, so only the ends of words are asked for their positions.
    """
    pieces: list[_Piece] = []
    at = _CharacterPositions(text, len(drawn) == count)
    turned = None if drawn.isascii() else FROM_RIGHT
    for line in _LINE.finditer(drawn):
        current: _Piece | None = None
        end, last_turns = line.start(), False
        for word in _WORD.finditer(drawn, *line.span()):
            start = word.start()
            x, y = at.origin(start)
            turns = turned is not None and turned.search(word[0]) is not None
            if current is not None:
                before = end - 1 if at.generated(start - 1) else start - 1
                step = 0.0 if turns or last_turns else x - at.origin(before)[0]
            if current is None or _is_apart(current, y, step):
                current = _Piece(x, y, at.height(start))
                pieces.append(current)
            else:
                current.text += drawn[end:start]
            current.x = min(current.x, x, at.origin(word.end() - 1)[0] if turns else x)
            current.text += word[0]
            end, last_turns = word.end(), turns
    return pieces


def _is_apart(piece: _Piece, y: float, step: float) -> bool:
    """Returns whether a word at height `y`, `step` points further, begins a new piece."""
    return abs(y - piece.y) > _ONE_LINE * piece.height or not -piece.height <= step <= _ONE_GAP * piece.height


class _CharacterPositions:
    """Positions of a page's characters, in points.

    Numbers are PDFium's own when the text leaves no character out.
    """

    def __init__(self, text: pdfium.FPDF_TEXTPAGE, all_are_in_text: bool) -> None:
        self._text = text
        self._same = all_are_in_text
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def origin(self, n: int) -> tuple[float, float]:
        """Returns (x, y) of a character.

        One without a position gets that of the character asked for before.
        """
        pdfium.FPDFText_GetCharOrigin(self._text, self._own(n), self._x, self._y)
        return self._x.value, self._y.value

    def height(self, n: int) -> float:
        """Returns the height of a character's line, at least 1 point."""
        box = pdfium.FS_RECTF()
        found = pdfium.FPDFText_GetLooseCharBox(self._text, self._own(n), box)
        return max(1.0, abs(box.top - box.bottom)) if found else 10.0

    def generated(self, n: int) -> bool:
        """Returns whether PDFium inserted the character, and the page did not draw it."""
        return bool(pdfium.FPDFText_IsGenerated(self._text, self._own(n)) == 1)

    def _own(self, n: int) -> int:
        return n if self._same else pdfium.FPDFText_GetCharIndexFromTextIndex(self._text, n)


def _group_lines(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Returns the pieces in lines from the top down, each from left to right."""
    lines: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda p: -p.y):
        if lines and lines[-1][0].y - piece.y <= _ONE_LINE * min(piece.height, lines[-1][0].height):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [sorted(line, key=lambda p: p.x) for line in lines]


def _group_rows(pieces: list[_Piece]) -> list[_Row]:
    """Returns the lines as rows of a label and its values."""
    margin = _find_label_margin(pieces)
    rows: list[_Row] = []
    for first, *others in _group_lines(pieces):
        at_left = first.x <= margin + first.height
        right = " ".join(piece.text.strip() for piece in (others if at_left else (first, *others)))
        if at_left and (not rows or not _continues_label(rows[-1], first, right)):
            rows.append(_Row(first.y, has_value_beside=bool(right)))
        elif not rows:
            rows.append(_Row(first.y))
        if at_left:
            rows[-1].labels.append(first.text.strip())
            rows[-1].y = first.y
        if right:
            rows[-1].values.append(right)
    return rows


def _find_label_margin(pieces: list[_Piece]) -> float:
    """Returns the x at which most labels begin.

    Headings and feet may stand further left.
    """
    starts = Counter(round(piece.x) for piece in pieces if piece.text.rstrip().endswith(_LABEL_ENDS))
    return float(max(starts, key=starts.__getitem__)) if starts else min(piece.x for piece in pieces)


def _continues_label(row: _Row, piece: _Piece, right: str) -> bool:
    """Returns whether a piece at the left is the next line of a label that has its value beside it."""
    if not row.labels or not row.has_value_beside or row.labels[-1].endswith(_LABEL_ENDS):
        return False
    return row.y - piece.y <= _ONE_STEP * piece.height and (not right or piece.text.lstrip()[:1].islower())


def _join_rows(rows: list[_Row]) -> list[str]:
    """Returns the rows as lines.

    The last line of a label and the first of its value are joined.

    A line that ends with a hidden hyphen is joined to the next.
    """
    lines: list[str] = []
    between = " "
    for row in rows:
        own = [*row.labels[:-1], between.join((*row.labels[-1:], *row.values[:1])), *row.values[1:]]
        between = _APART if _SUBMITTER.match(own[0]) else " "
        for above, line in pairwise(("", *own)):
            if above.endswith(_HIDDEN_HYPHEN):
                lines[-1] += line
            else:
                lines.append(line)
    return lines
