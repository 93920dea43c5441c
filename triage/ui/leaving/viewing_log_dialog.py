"""Defines the dialog that writes the form on which supervised viewings of a packet's files are logged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_folder, ask_new_file
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Runner
from triage.ui.kit.fields import NamedField
from triage.ui.kit.handover_form import HandoverForm
from triage.ui.kit.widgets import KeyButton, label
from triage.ui.text.i18n import Safe, tr

ENDING = ".pdf"


class ViewingLogDialog(FormDialog):
    """Asks for the packet, the file to write and the handover. The packet may be another workstation's; it is verified first."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("Form for supervised viewings"), parent=parent, done=done, record=tr("Write the form"))
        self._api = api
        self._replaceable: Path | None = None
        says = tr("A PDF to be filled in by hand: who viewed which file of a packet, when, and who was present.")
        self.form.addWidget(label(says, "muted", wrap=True))
        self.packet = _make_field(tr("Folder of the packet"), self._choose_packet)
        self.target = _make_field(tr("File to write"), self._choose_target)
        self.handover = HandoverForm()
        for part in (self.packet.holder, self.target.holder, self.handover):
            self.form.addWidget(part)
        self.resize(560, 0)
        self.packet.setFocus()

    def _choose_packet(self) -> None:
        """Asks for the folder of the packet."""
        folder = ask_folder(self, tr("Folder of the packet"), "out")
        if folder:
            self.packet.setText(folder)

    def _choose_target(self) -> None:
        """Asks for the file. Qt asks before one is replaced."""
        name = ask_new_file(self, tr("Write the file to"), f"viewings{ENDING}", f"*{ENDING}")
        if name:
            self._replaceable = Path(name) if name.endswith(ENDING) else None
            self.target.setText(name if name.endswith(ENDING) else name + ENDING)

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that writes the form, or says what is missing."""
        packet, target = self.packet.get_text(), self.target.get_text()
        missing: Safe | None = None
        if packet is None:
            missing = tr("Choose the folder of the packet.")
        elif target is None or not target.lower().endswith(ENDING):
            missing = tr("Choose a file whose name ends in .pdf.")
        if missing is not None or packet is None or target is None:
            self.problem.setText(missing or "")
            return None
        out, handover = Path(target), self.handover.read_handover()
        overwrite = out == self._replaceable
        return lambda: self._api.write_viewing_log(Path(packet), out, handover=handover, overwrite=overwrite)


def _make_field(name: Safe, choose: Callable[[], None]) -> NamedField:
    """Builds a field with a button that asks for its path."""
    button = KeyButton(tr("Choose"), on=choose)
    button.setAccessibleName(f"{button.words()} {name}")
    return NamedField(name, beside=button)
