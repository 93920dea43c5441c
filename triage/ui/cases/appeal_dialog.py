"""Defines the dialog that answers an appeal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from triage.model.casework import Appeal, CaseView
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Runner
from triage.ui.kit.fields import label_field
from triage.ui.kit.widgets import label
from triage.ui.text.case_words import day_words
from triage.ui.text.i18n import isolated, ltr, tr


class AppealAnswerDialog(FormDialog):
    """Shows what an appeal says and records the answer, which ends it."""

    def __init__(
        self, api: Api, runner: Runner, case: CaseView, appeal: Appeal, *, parent: QWidget, done: Callable[[CaseView], None]
    ) -> None:
        title = tr("Answer an appeal in case {number}", number=ltr(case.number))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Record the answer"))
        self._api, self._case, self._appeal = api, case, appeal
        who = tr("the reported user") if appeal.from_whom is None else isolated(appeal.from_whom)
        self.form.addWidget(label(tr("From {who}, received {day}", who=who, day=day_words(appeal.received)), "muted"))
        self.form.addWidget(label(isolated(appeal.text), wrap=True, selectable=True))
        self.answer = QPlainTextEdit()
        self.answer.setProperty("kind", "note")
        self.answer.setMaximumHeight(120)
        self.answer.setTabChangesFocus(True)
        self.form.addWidget(label_field(tr("Answer; it can't be taken back"), self.answer))
        self.answer.setFocus()

    def work(self) -> Callable[[], CaseView] | None:
        """Returns the call that records the answer, or None while it is empty."""
        text = self.answer.toPlainText().strip()
        if not text:
            self.problem.setText(tr("Enter the answer."))
            return None
        return lambda: self._api.answer_appeal(self._case.number, self._appeal.id, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Records on Enter outside the text."""
        if not self.answer.hasFocus():
            super().keyPressEvent(event)
