"""How an export leaves: to whom, on what. It goes into the register of what left; empty is "not said"."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.model.handover import Handover
from triage.ui.kit.fields import Field, side_by_side
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import tr


class HandoverForm(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.handed_to = Field(tr("Handed to"), tr("e.g. the investigating officer, by name"))
        self.medium = Field(tr("Carrier"), tr("e.g. encrypted USB stick no. 14"))
        self.serial = Field(tr("Serial number of the carrier"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(tr("Handover, for the register of outgoing data"), "heading"))
        column.addWidget(self.handed_to.holder)
        column.addLayout(side_by_side(self.medium.holder, self.serial.holder))

    def handover(self) -> Handover:
        return Handover(handed_to=self.handed_to.said(), medium=self.medium.said(), medium_serial=self.serial.said())
