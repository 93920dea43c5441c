"""Builds the card of notes that people wrote on a report, and the dialog that adds one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from triage.model.notes import ShowNote
from triage.model.report_page import ReportPageView
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.keys import find_key
from triage.ui.kit.text_view import TextWriter
from triage.ui.kit.widgets import label
from triage.ui.report.report_card import TextCard
from triage.ui.text import times
from triage.ui.text.i18n import ltr, shown_block, tr, trn
from triage.ui.text.role_names import name_person


class NotesCard(TextCard):
    """Shows the notes, newest first, each with its author and time."""

    first = 4
    grows = 3

    def __init__(self, on_note: Callable[[], None]) -> None:
        super().__init__(tr("Notes"))
        self._on_note = on_note

    def show_page(self, page: ReportPageView) -> None:
        """Shows the notes on a report."""
        notes = page.report.notes
        self.set_beside(trn("{n} note", "{n} notes", len(notes)) if notes else "")
        super().show_page(page)

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes each note."""
        lines = [lambda note=note: _write_note(writer, note) for note in reversed(page.report.notes)]
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))
        if not page.report.notes:
            writer.write_line([(tr("No note yet."), "muted")])
            writer.add_link(tr("Write one ({key})", key=find_key("report", "note").cap), self._on_note, space=True)
        else:
            writer.write_link(tr("Write a note ({key})", key=find_key("report", "note").cap), self._on_note, gap=6)


def _write_note(writer: TextWriter, note: ShowNote) -> None:
    told = times.both(note.when)
    writer.write_line([(shown_block(note.text), "")], tip=told, gap=5)
    writer.write_line([(tr("{user}, {when}", user=name_person(note.user), when=times.pkt(note.when)), "small")], tip=told, gap=0)


class NoteDialog(FormDialog):
    """Asks for a note. It stays as it is written; a later note can correct it."""

    def __init__(self, api: Api, runner: Runner, report_id: str, *, parent: QWidget, done: Callable[[int], None]) -> None:
        super().__init__(
            runner, tr("Note on report {report}", report=ltr(report_id)), parent=parent, done=done, record=tr("Save the note")
        )
        self._api, self._report_id = api, report_id
        self.changes = Changed(reports=frozenset({report_id}))
        self.text = QPlainTextEdit()
        self.text.setProperty("kind", "note")
        self.text.setAccessibleName(tr("Note"))
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(120)
        self.form.addWidget(self.text)
        said = tr("Nobody can change or remove a note. It goes into work packages and into nothing else.")
        self.form.addWidget(label(said, "small", wrap=True))
        self.text.setFocus()

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that adds the note."""
        said = self.text.toPlainText().strip()
        if not said:
            self.problem.setText(tr("The note is empty; write what the next person should know."))
            return None
        return lambda: self._api.add_note(self._report_id, said)
