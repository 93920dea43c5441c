"""Defines the page of training: the steps of each tutorial, the lesson or task that is chosen, and the certificate."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.model.training import Step, StepProgress, TutorialProgress, Words
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import theme
from triage.ui.kit.table import RowHeading, RowsTable, TableColumn
from triage.ui.kit.widgets import KeyButton, clear, label, row, scrolled
from triage.ui.text.i18n import Safe, language, mark, number, tr, trn
from triage.ui.training.certificate_dialog import CertificateDialog

STEPS_WIDTH = 430
"""In pixels of the English size of text; the longest name of a step fits."""
MOST_ANSWERS = 3  # of one question
QUEUE = "queue"


class _Row:
    """A step of a tutorial with what the trainee did of it."""

    def __init__(self, role: str, step: Step, progress: StepProgress) -> None:
        self.role, self.step, self.progress = role, step, progress


STEPS: tuple[TableColumn[_Row], ...] = (
    TableColumn(
        mark("State"),
        76,
        lambda r: tr("done") if r.progress.done else tr("to do"),
        lambda r: "good" if r.progress.done else "muted",
    ),
    TableColumn(mark("Step"), 0, lambda r: choose_words(r.step.title)),
    TableColumn(mark("Time"), 64, lambda r: tr("{n} min", n=r.step.minutes), lambda _: "muted"),
)


def choose_words(words: Words) -> Safe:
    """Returns a text of a tutorial in the language of the window."""
    return Safe(words.ur if language() == "ur" else words.en)


class TrainingPage(DeskPage):
    """Shows the tutorials of the trainee's roles. What was done is read from the store, never from clicks."""

    keys_of = "training"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Training"))
        self.tutorials: tuple[TutorialProgress, ...] = ()
        self.hinted = ""
        self.certificate_button = self.add_button("certificate", tr("Certificate"), self.write_certificate, kind="primary")
        self.add_button("again", tr("Check again"), self.reload)
        self.add_way_back()
        self.steps: RowsTable[_Row] = RowsTable(STEPS, lambda r: (r.role, r.step.id), name=tr("Steps of the tutorial"))
        self.steps.setFixedWidth(STEPS_WIDTH * theme.current().text_px // theme.TEXT)
        self.steps.row_changed.connect(self._show_step)
        self.steps.opened.connect(lambda _: self.go_there())
        inner = QWidget()
        self.card = QVBoxLayout(inner)
        self.card.setContentsMargins(8, 16, 24, 16)
        self.card.setSpacing(12)
        whole = QHBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(16)
        whole.addWidget(self.steps)
        whole.addWidget(scrolled(inner), 1)
        self.bind(
            {
                "back": self.closed.emit,
                "next": lambda: self.steps.go(1),
                "previous": lambda: self.steps.go(-1),
                "open": self.go_there,
                "hint": self.show_hint,
                "again": self.reload,
                "certificate": self.write_certificate,
                **{f"answer_{n + 1}": partial(self.answer, n) for n in range(MOST_ANSWERS)},
            }
        )

    def reload(self) -> None:
        """Checks again what was done."""
        if not self.api.training:
            self.message.say(
                tr("This store holds work, not training."), tr("A training store is made at the command line: triage train")
            )
            return
        self.read(self.api.training_progress, self.show_tutorials)

    def show_tutorials(self, tutorials: tuple[TutorialProgress, ...]) -> None:
        """Shows the steps with their state."""
        self.tutorials = tutorials
        rows: list[_Row | RowHeading] = []
        for each in tutorials:
            total = len(each.steps)
            beside = tr("{done} of {total} done", done=number(each.done), total=number(total))
            rows.append(RowHeading(choose_words(each.tutorial.title), beside))
            rows += [
                _Row(each.tutorial.role, step, progress) for step, progress in zip(each.tutorial.steps, each.steps, strict=True)
            ]
        open_steps = sum(len(each.steps) - each.done for each in tutorials)
        self.beside.setText(trn("{n} step to do", "{n} steps to do", open_steps) if open_steps else tr("all steps done"))
        self.certificate_button.setEnabled(any(each.complete for each in tutorials))
        self.steps.show_rows(rows)
        self.show_body()
        self._show_step(self.steps.current_row())

    def on_changed(self, changed: Changed) -> None:
        """Checks again after any act."""
        self.reload()

    def _show_step(self, current: _Row | None) -> None:
        """Shows the lesson or the task of a row."""
        clear(self.card)
        if current is None:
            return
        step, progress = current.step, current.progress
        self.card.addWidget(label(choose_words(step.title), "title", wrap=True))
        self.card.addWidget(label(choose_words(step.text), wrap=True, selectable=True))
        if step.answers:
            self._add_question(step, progress)
        else:
            self._add_task(step, progress)
        self.card.addStretch(1)

    def _add_question(self, step: Step, progress: StepProgress) -> None:
        """Adds the question with its answers, and the explanation of the one that was chosen."""
        if step.question is not None:
            self.card.addWidget(label(choose_words(step.question), "strong", wrap=True))
        for n, answer in enumerate(step.answers):
            choose = KeyButton.for_action("training", f"answer_{n + 1}", tr("Choose"), on=partial(self.answer, n))
            choose.setAccessibleName(choose_words(answer.text))
            words = label(choose_words(answer.text), wrap=True)
            line = row(choose, words)
            line.setStretch(1, 1)
            line.setAlignment(choose, Qt.AlignmentFlag.AlignTop)
            self.card.addLayout(line)
            if progress.answer == n:
                self.card.addWidget(label(choose_words(answer.why), "good" if answer.right else "warn", wrap=True))

    def _add_task(self, step: Step, progress: StepProgress) -> None:
        """Adds whether the task is done, the way there, and the hint once it was asked for."""
        done = (
            tr("Done: the store says so.")
            if progress.done
            else tr("Not done yet. The program looks at the store, not at clicks.")
        )
        self.card.addWidget(label(done, "good" if progress.done else "muted", wrap=True))
        go = KeyButton.for_action("training", "open", tr("Go there"), kind="primary", on=self.go_there)
        hint = KeyButton.for_action("training", "hint", tr("Hint"), on=self.show_hint)
        self.card.addLayout(row(go, hint, None))
        if step.hint is not None and self.hinted == step.id:
            self.card.addWidget(label(choose_words(step.hint), wrap=True))

    # What a person does

    def answer(self, n: int) -> None:
        """Records an answer; its explanation is shown when it is stored."""
        current = self.steps.current_row()
        if current is not None and n < len(current.step.answers):
            self.runner.do(
                lambda _progress, _cancel: self.api.answer_question(current.step.id, n),
                lambda _: self.reload(),
                owner=self,
                failed=self.said.emit,
            )

    def show_hint(self) -> None:
        """Shows the hint of the task."""
        current = self.steps.current_row()
        if current is not None and current.step.hint is not None:
            self.hinted = current.step.id
            self._show_step(current)

    def go_there(self) -> None:
        """Goes to the page on which the task is done."""
        current = self.steps.current_row()
        if current is None or not current.step.page:
            return
        if current.step.page == QUEUE:
            self.closed.emit()
        else:
            self.page_asked.emit(current.step.page, "")

    def write_certificate(self) -> None:
        """Opens the dialog that writes the certificate of a finished tutorial."""
        finished = [each.tutorial for each in self.tutorials if each.complete]
        if finished:
            CertificateDialog(self.api, self.runner, finished, parent=self).open()
        else:
            self.said.emit(tr("The certificate is written when every step of a tutorial is done."))

    def focus(self) -> None:
        """Moves the focus to the steps."""
        self.steps.setFocus()
