"""Defines the dialogs of a deconfliction: begin it, answer the first file, and finish with the file that came back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from triage.model.deconfliction import Deconfliction, DeconflictionFile, DeconflictionPlan, DeconflictionResult
from triage.model.handover import Handover
from triage.model.work import Workstation
from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_file
from triage.ui.core.form_dialog import LongFormDialog
from triage.ui.core.runner import Runner
from triage.ui.core.writing_dialog import Work, WritingDialog
from triage.ui.kit.fields import label_field
from triage.ui.kit.widgets import KeyButton, label
from triage.ui.text.i18n import Safe, isolated, mark, searchable, tr, trn, word

LOW_PREVIEW = 96
"""Pixels, so that the dialog fits a low screen in both languages."""
STEPS = {"start": mark("first file"), "answer": mark("second file"), "finish": mark("third file")}


class StartDialog(WritingDialog):
    """Begins a session with another workstation and writes the first file."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget) -> None:
        title = tr("Compare with another workstation")
        super().__init__(api, runner, title, parent=parent, name="compare", ending=".json")
        self.other = QComboBox()
        self.form.addWidget(label_field(tr("Workstation whose key is trusted"), self.other))
        self.preview_area.setFixedHeight(LOW_PREVIEW)
        self.form.addWidget(label(tr(
            "The file holds points that hide the identifiers; nobody can read them back. Three files are carried: yours, their "
            "answer, and yours again. Only identifiers that both hold become known."
        ), "muted", wrap=True))  # fmt: skip
        self.other.setFocus()
        runner.ask(api.list_workstations, self._show_stations, owner=self, failed=self._failed, about="workstations")
        self.read_preview()

    def _show_stations(self, stations: tuple[Workstation, ...]) -> None:
        """Lists the workstations whose keys are trusted."""
        for each in stations:
            if not each.own:
                self.other.addItem(searchable(each.name), each.name)
        if not self.other.count():
            self.other.setEnabled(False)
            self.problem.setText(_describe_no_other())

    def plan_preview(self) -> Work | None:
        """Returns the call that counts what would be compared."""
        return lambda on_progress, cancel: self.api.plan_deconfliction(on_progress=on_progress, cancel=cancel)

    def show_preview(self, found: DeconflictionPlan) -> bool:
        """Says how many identifiers are compared, and that undercover ones stay silent."""
        _add_plan(self, found)
        return found.compared > 0

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that begins the session."""
        other = self.other.currentData()
        if not other:
            self.problem.setText(_describe_no_other())
            return None
        return lambda on_progress, cancel: self.api.start_deconfliction(
            other, out, handover=handover, on_progress=on_progress, cancel=cancel
        )

    def show_written(self, made: DeconflictionResult, column: QVBoxLayout) -> None:
        """Says what is carried next."""
        says = tr("Carry the file with its .sig and .pem to the other workstation. Nothing is known until their answer is back.")
        column.addWidget(label(says, wrap=True))


def _describe_no_other() -> Safe:
    """Returns why no comparison can begin, and what to do."""
    return tr("No other workstation is known. An administrator trusts its key first.")


class _FileDialog(WritingDialog):
    """Asks for a file that came from the other side, and writes the next one."""

    def __init__(self, api: Api, runner: Runner, title: Safe, says: Safe, *, parent: QWidget) -> None:
        super().__init__(api, runner, title, parent=parent, name="compare", ending=".json")
        self.came = ChosenFile(tr("File that came from the other workstation"))
        self.came.changed = self.ask_preview
        self.preview_area.setFixedHeight(LOW_PREVIEW)
        self.form.addWidget(self.came)
        self.form.addWidget(label(says, "muted", wrap=True))
        self.came.path.setFocus()

    def plan_preview(self) -> Work | None:
        """Returns the call that reads what the file is, and counts what would be compared."""
        path = self.came.get_path()
        if path is None:
            return None

        def read(on_progress, cancel):  # type: ignore[no-untyped-def]
            return self.api.inspect_deconfliction_file(path), self.api.plan_deconfliction(on_progress=on_progress, cancel=cancel)

        return read


class AnswerDialog(_FileDialog):
    """Answers the first file of another workstation with the second one."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget) -> None:
        says = tr("The answer hides your identifiers in the same way. You learn the result from their third file.")
        super().__init__(api, runner, tr("Answer a comparison"), says, parent=parent)

    def show_preview(self, found: tuple[DeconflictionFile, DeconflictionPlan]) -> bool:
        """Says from whom the file is, and whether it can be answered."""
        file, plan = found
        self.add_line(describe_file(file), "strong")
        _add_plan(self, plan)
        if file.step != "start":
            self.add_line(tr("Only a first file is answered. Use Finish for this one."), "warn")
        return file.step == "start" and plan.compared > 0

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that answers."""
        path = self.came.get_path()
        if path is None:
            return None
        return lambda on_progress, cancel: self.api.answer_deconfliction(
            path, out, handover=handover, on_progress=on_progress, cancel=cancel
        )

    def show_written(self, made: DeconflictionResult, column: QVBoxLayout) -> None:
        """Says what is carried next."""
        says = tr("Carry the answer back. Nothing is known here until their third file comes.")
        column.addWidget(label(says, wrap=True))


class FinishFirstDialog(_FileDialog):
    """Finishes a session that was begun here: reads the answer, and writes the third file."""

    def __init__(self, api: Api, runner: Runner, each: Deconfliction, *, parent: QWidget) -> None:
        self._session = each.session
        says = tr("You learn the result now. The third file lets the other side learn the same; carry it back.")
        title = tr("Finish the comparison with {store}", store=isolated(each.other))
        super().__init__(api, runner, title, says, parent=parent)

    def show_preview(self, found: tuple[DeconflictionFile, DeconflictionPlan]) -> bool:
        """Says whether the file answers this session."""
        file, _ = found
        self.add_line(describe_file(file), "strong")
        fits = file.step == "answer" and file.session == self._session
        if not fits:
            self.add_line(tr("This file does not belong to the comparison that is selected."), "warn")
        return fits

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that finishes."""
        path = self.came.get_path()
        if path is None:
            return None
        return lambda on_progress, cancel: self.api.finish_deconfliction(
            path, out, handover=handover, on_progress=on_progress, cancel=cancel
        )

    def show_written(self, made: DeconflictionResult, column: QVBoxLayout) -> None:
        """Says what both hold."""
        column.addWidget(label(describe_result(len(made.shared), made.silent), "strong", wrap=True))


class FinishSecondDialog(LongFormDialog):
    """Finishes a session that the other side began, from its third file. Nothing more is written."""

    def __init__(self, api: Api, runner: Runner, each: Deconfliction, *, parent: QWidget, done: Callable[[object], None]) -> None:
        title = tr("Finish the comparison with {store}", store=isolated(each.other))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Finish"))
        self._api = api
        self.came = ChosenFile(tr("Third file of the other workstation"))
        self.form.addWidget(self.came)
        self.form.addWidget(label(tr("The result stays here; nothing more is carried."), "muted", wrap=True))
        self.came.path.setFocus()

    def work(self) -> Work | None:  # type: ignore[override]
        """Returns the call that finishes, or None without a file."""
        path = self.came.get_path()
        if path is None:
            self.problem.setText(tr("Choose the file."))
            return None
        return lambda on_progress, cancel: self._api.finish_deconfliction(path, on_progress=on_progress, cancel=cancel)


class ChosenFile(QWidget):
    """Asks for a file, by its path or with a button."""

    def __init__(self, name: Safe) -> None:
        super().__init__()
        self.changed: Callable[[], None] = lambda: None
        self._name = name
        self.path = QLineEdit()
        self.path.textChanged.connect(lambda _: self.changed())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label_field(name, self.path, KeyButton(tr("Choose"), on=self._choose)))

    def get_path(self) -> Path | None:
        """Returns the path, or None when it is blank."""
        text = self.path.text().strip()
        return Path(text) if text else None

    def _choose(self) -> None:
        """Asks for the file."""
        name = ask_file(self, self._name, "*.json")
        if name:
            self.path.setText(name)


def describe_file(file: DeconflictionFile) -> Safe:
    """Returns from whom a carried file is, and which of the three it is."""
    return tr("{step} from {store}; its signature holds", step=word(STEPS[file.step]), store=isolated(file.other))


def describe_result(shared: int, silent: int) -> Safe:
    """Returns what a finished comparison found. That nothing is shared is said in words, never by an empty field."""
    found = trn("{n} identifier is held by both.", "{n} identifiers are held by both.", shared)
    if not shared:
        found = tr("The comparison is finished: no identifier is held by both.")
    if not silent:
        return found
    told = trn(
        "{n} more is of an undercover account: only you as a lead see it, and the other side was told nothing.",
        "{n} more are of undercover accounts: only you as a lead see them, and the other side was told nothing.",
        silent,
    )
    return Safe(f"{found} {told}")


def _add_plan(dialog: WritingDialog, plan: DeconflictionPlan) -> None:
    """Adds how many identifiers are compared."""
    if plan.unread:
        says = trn(
            "{n} report stays out, because its documents can't be read. The store check names it.",
            "{n} reports stay out, because their documents can't be read. The store check names them.",
            plan.unread,
        )
        dialog.add_line(says, "bad")
    if not plan.compared:
        dialog.add_line(tr("No report states an identifier of its reported user; there is nothing to compare."), "warn")
        return
    dialog.add_line(trn("{n} identifier is compared", "{n} identifiers are compared", plan.compared), "strong")
    dialog.add_line(tr("Reports of cleared people, and of possible children that no lead confirmed, stay out."), "small")
    if plan.silent:
        says = trn("{n} of them is undercover and stays silent towards the other side.",
                   "{n} of them are undercover and stay silent towards the other side.", plan.silent)  # fmt: skip
        dialog.add_line(says, "warn")
