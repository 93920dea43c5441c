"""Draws bar charts side by side. Bars lie, so that names are read without turning the page; a withheld count has no length."""

from __future__ import annotations

from typing import Any

from triage.exports.pdf_documents import Chart, ChartsBlock

SIZE = 7.5  # points
TITLE = 10.0  # points
ROW = 6.2  # mm from one bar to the next
BAR = 4.2  # mm, the height of a bar
GAP = 8.0  # mm between the columns and between charts below one another
LABEL, NUMBER = 0.5, 0.15  # shares of a column's width
WITHHELD = "withheld"
_INK, _PALE = "#35648F", "#8A929C"


def add_charts(pdf: Any, block: ChartsBlock) -> None:
    """Adds charts in two columns, row by row."""
    if block.begins_page:
        pdf.add_page()
    width = (pdf.epw - GAP) / 2
    top = pdf.get_y() + 2
    for at in range(0, len(block.charts), 2):
        pair = block.charts[at : at + 2]
        height = max(_measure(chart) for chart in pair)
        if top + height > pdf.page_break_trigger:
            pdf.add_page()
            top = pdf.get_y()
        for n, chart in enumerate(pair):
            _draw(pdf, chart, pdf.l_margin + n * (width + GAP), top, width)
        top += height + GAP
    pdf.set_xy(pdf.l_margin, top)


def _measure(chart: Chart) -> float:
    """Returns the height of a chart in mm."""
    return 7 + len(chart.bars) * ROW + (5 if chart.note else 0)


def _draw(pdf: Any, chart: Chart, x: float, y: float, width: float) -> None:
    """Draws one chart with its upper left corner at (x, y)."""
    pdf.set_font("sans", "B", size=TITLE)
    pdf.set_xy(x, y)
    pdf.cell(width, 5, pdf.shown(chart.title))
    y += 7
    most = max((count for _, count in chart.bars if count is not None), default=0)
    left, room = x + width * LABEL, width * (1 - LABEL - NUMBER)
    pdf.set_font("sans", size=SIZE)
    for label, count in chart.bars:
        pdf.set_xy(x, y)
        pdf.cell(width * LABEL - 2, BAR, _shorten(pdf, label, width * LABEL - 3), align="R")
        length = 0.0 if not count or not most else max(room * count / most, 0.4)
        if length:
            pdf.set_fill_color(_INK)
            pdf.rect(left, y, length, BAR, style="F")
        pdf.set_xy(left + length + 0.5, y)
        pdf.set_text_color(_PALE if count is None else "#000000")
        pdf.cell(width * NUMBER, BAR, WITHHELD if count is None else f"{count:,}")
        pdf.set_text_color("#000000")
        y += ROW
    pdf.set_draw_color(_PALE)
    pdf.line(left, y - len(chart.bars) * ROW - 1, left, y - ROW + BAR + 1)
    pdf.set_draw_color(0)
    if chart.note:
        pdf.set_text_color(_PALE)
        pdf.set_xy(x, y)
        pdf.cell(width, 4, pdf.shown(chart.note))
        pdf.set_text_color("#000000")


def _shorten(pdf: Any, label: str, width: float) -> str:
    """Returns a label that fits, cut at its end."""
    shown = str(pdf.shown(label))
    if pdf.get_string_width(shown) <= width:
        return shown
    fits, too_long = 0, len(shown)  # to measure a text that is shaped takes long: not each length is tried
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if pdf.get_string_width(shown[:middle] + "...") <= width:
            fits = middle
        else:
            too_long = middle
    return shown[:fits] + "..."
