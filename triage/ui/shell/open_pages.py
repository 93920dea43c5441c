"""Finds what is open over the queue, and opens it again in a window that was built anew for another theme or language."""

from __future__ import annotations

from dataclasses import dataclass

from triage.ui.shell.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class OpenPages:
    """What is open over the queue: a page of the desk or "", a report or "", and how far the report is scrolled."""

    desk: str
    report_id: str
    scroll: int


def find_open_pages(window: MainWindow) -> OpenPages:
    """Returns what is open over the queue."""
    desk, report = window.opened_from or window.desk.current(), window.report
    return OpenPages(
        desk="" if desk is None else window.desk.name_of(desk),
        report_id="" if report is None else report.report_id,
        scroll=0 if report is None else report.scroll_position(),
    )


def open_again(window: MainWindow, pages: OpenPages) -> None:
    """Opens the page of the desk and the report."""
    if pages.desk:
        window.show_desk(pages.desk)
    if pages.report_id:
        if pages.desk:
            window.open_from_desk(pages.report_id, "")
        else:
            window.open_report(pages.report_id)
        if window.report is not None:
            window.report.scroll_to(pages.scroll)
