"""Provides the form that asks to whom and on which carrier an export leaves."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.model.handover import Handover
from triage.ui.kit.fields import NamedField, lay_side_by_side
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import tr


class HandoverForm(QWidget):
    """Asks for the recipient and the carrier of an export, for the register of outgoing data."""

    def __init__(self) -> None:
        super().__init__()
        self.handed_to = NamedField(tr("Handed to"), tr("e.g. the investigating officer, by name"))
        self.medium = NamedField(tr("Carrier"), tr("e.g. encrypted USB stick no. 14"))
        self.serial = NamedField(tr("Serial number of the carrier"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(tr("Handover, for the register of outgoing data"), "heading"))
        column.addWidget(self.handed_to.holder)
        column.addLayout(lay_side_by_side(self.medium.holder, self.serial.holder))

    def read_handover(self) -> Handover:
        """Returns what was entered; a blank field becomes None, which is recorded as "not stated"."""
        return Handover(handed_to=self.handed_to.get_text(), medium=self.medium.get_text(), medium_serial=self.serial.get_text())
