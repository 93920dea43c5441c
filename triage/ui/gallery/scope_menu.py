"""Builds the menu that chooses whose files a gallery shows, and says how each scope is grouped at first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QMenu, QWidget

from triage.model.gallery import GalleryCell, GalleryScope, Grouping, ScopeKind
from triage.ui.text.i18n import isolated, ltr, tr

GROUPED: dict[ScopeKind, Grouping] = {
    "store": Grouping.NONE,
    "queue": Grouping.NONE,
    "list": Grouping.NONE,
    "case": Grouping.REPORT,
    "report": Grouping.SERIES,
    "like": Grouping.SERIES,
    "waiting": Grouping.NONE,
}
"""How a scope is grouped at first. Most reports hold one or two files, so headings of reports would leave a store half empty."""


def build_scope_menu(
    parent: QWidget, cell: GalleryCell | None, lists: Mapping[int, str], show: Callable[[GalleryScope], None]
) -> QMenu:
    """Returns the menu of scopes: all reports, what the current file belongs to, and the hash lists."""
    menu = QMenu(parent)
    menu.addAction(tr("Whole store"), lambda: show(GalleryScope()))
    if cell is not None:
        report, sha256 = cell.report_id, cell.sha256
        menu.addAction(tr("Report {report}", report=ltr(report)), lambda: show(GalleryScope("report", report)))
        menu.addAction(tr("Near copies of {file}", file=ltr(cell.name)), lambda: show(GalleryScope("like", sha256)))
    if lists:
        inner = menu.addMenu(tr("Hits of a hash list"))
        for name in sorted(lists.values()):
            inner.addAction(isolated(name).replace("&", "&&"), lambda name=name: show(GalleryScope("list", name)))
    return menu
