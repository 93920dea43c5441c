"""Moves between the parts of a large scope, such as the whole store."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from triage.model.gallery import GalleryPart, GalleryScope
from triage.ui.core.page import DeskPage
from triage.ui.text.i18n import tr


class PartButtons(QObject):
    """The buttons of the next and the earlier part; hidden when all files of the scope are shown."""

    chosen = Signal(object)  # GalleryScope

    def __init__(self, page: DeskPage) -> None:
        super().__init__(page)
        self._scope = GalleryScope()
        self._part: GalleryPart | None = None
        self.earlier = page.add_button("earlier_part", tr("Earlier part"), self.go_back)
        self.next = page.add_button("next_part", tr("Next part"), self.go_on)
        self.show_part(self._scope, None)

    def begin(self, scope: GalleryScope) -> None:
        """Lets nobody go on until the scope is read. For another part of the same scope the buttons stay where they are."""
        if replace(scope, before=()) != replace(self._scope, before=()):
            self.show_part(scope, None)
            return
        self._part = None
        self.earlier.setEnabled(False)
        self.next.setEnabled(False)

    def show_part(self, scope: GalleryScope, part: GalleryPart | None) -> None:
        """Shows where one can go from a part; None when it is all."""
        self._scope, self._part = scope, part
        self.earlier.setVisible(part is not None)
        self.next.setVisible(part is not None)
        self.earlier.setEnabled(part is not None and part.start > 0)
        self.next.setEnabled(part is not None and part.stop < part.total)

    def go_on(self) -> None:
        """Asks for the next part."""
        if self._part is not None and self._part.stop < self._part.total:
            self.chosen.emit(replace(self._scope, before=(*self._scope.before, self._part.stop)))

    def go_back(self) -> None:
        """Asks for the part before."""
        if self._part is not None and self._scope.before:
            self.chosen.emit(replace(self._scope, before=self._scope.before[:-1]))
