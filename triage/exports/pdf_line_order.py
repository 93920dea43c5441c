"""Orders the parts of a printed line that is written in both directions, as Urdu with numbers or Latin words.

fpdf2 splits a text by direction alone. So it put a number within Urdu words behind those that follow, where the paragraph
begins with a Latin letter. Here each part carries its level of the Unicode bidirectional algorithm (UAX 9), and rule L2 orders
the parts of a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

from fpdf import FPDF
from fpdf.bidi import BidiParagraph, auto_detect_base_direction
from fpdf.enums import TextDirection
from fpdf.line_break import Fragment, TextLine

Part = TypeVar("Part")

_LEVEL = "embedding_level"
"""Where a fragment keeps its level among the parameters of shaping."""


class DirectedPdf(FPDF):
    """An FPDF whose lines are ordered by level."""

    def _preload_bidirectional_text(self, text: str, markdown: bool) -> Sequence[Fragment]:
        if not self.text_shaping:
            return self._preload_font_styles(text, markdown)
        base = self.text_shaping["direction"] or auto_detect_base_direction(text)
        self.text_shaping["paragraph_direction"] = base
        fragments: list[Fragment] = []
        for level, part in _split_by_level(text, base, self.str_alias_nb_pages):
            self.text_shaping[_LEVEL] = level
            self.text_shaping["fragment_direction"] = TextDirection.RTL if level % 2 else TextDirection.LTR
            fragments.extend(self._preload_font_styles(part, markdown))
        return tuple(fragments)

    def _render_styled_text_line(self, text_line: TextLine, *how: Any, **named: Any) -> bool:
        return super()._render_styled_text_line(_Line(*text_line), *how, **named)


class _Line(TextLine):
    """A line whose fragments are ordered by level."""

    def get_ordered_fragments(self) -> list[Fragment]:
        return order_by_level(self.fragments, [(each.text_shaping_parameters or {}).get(_LEVEL, 0) for each in self.fragments])


def _split_by_level(text: str, base: TextDirection, alias: str | None) -> Iterator[tuple[int, str]]:
    """Yields the parts of a text with their levels, in the order of writing. The alias stands for the number of pages."""
    paragraph = BidiParagraph(text=text, base_direction=base, preserve_bn_chars=True, alias=alias)
    for level, characters in groupby(paragraph.characters, key=lambda each: each.embedding_level):
        part = "".join(each.character for each in characters)
        yield level, part.replace(paragraph.sentinel, alias) if alias and paragraph.sentinel else part


def order_by_level(parts: Sequence[Part], levels: Sequence[int]) -> list[Part]:
    """Returns the parts of a line as they stand from left to right: rule L2 of UAX 9.

    Args:
        parts: The parts in the order of writing.
        levels: The level of each part. Odd levels are written from right to left.
    """
    ordered = list(zip(levels, parts, strict=True))
    for level in range(max(levels, default=0), 0, -1):
        runs = [(high, list(run)) for high, run in groupby(ordered, key=lambda each: each[0] >= level)]
        ordered = [each for high, run in runs for each in (reversed(run) if high else run)]
    return [part for _, part in ordered]
