"""What a person does with the report that a page shows, beside deciding: notes, copies, prints, its case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.model.casework import CaseView
from triage.model.users import Right
from triage.model.versions import Choice, ReportVersion
from triage.ui.cases.case_choice import CaseChoice
from triage.ui.core.api import Api
from triage.ui.core.joining_steps import add_step
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.clipboard import copy_text
from triage.ui.kit.question_dialog import QuestionDialog
from triage.ui.report.notes_card import NoteDialog
from triage.ui.report.report_print_dialog import ReportPrintDialog
from triage.ui.report.waiting_versions import VersionDialog
from triage.ui.text.i18n import ltr, tr

if TYPE_CHECKING:
    from triage.ui.report.page import ReportPage


class ReportActs:
    """Opens the dialogs, and announces what was recorded."""

    def __init__(self, api: Api, runner: Runner, page: ReportPage) -> None:
        self._api, self._runner, self._page = api, runner, page

    def write_note(self) -> None:
        """Opens the dialog for a note, if the person may write one."""
        if self._page.may_decide() and self._page.report is not None:
            NoteDialog(self._api, self._runner, self._page.report_id, parent=self._page, done=lambda _: self._say_noted()).open()

    def _say_noted(self) -> None:
        self._page.said.emit(tr("{report}: note saved.", report=ltr(self._page.report_id)))

    def copy(self, kind: str, value: str) -> None:
        """Copies a value to the clipboard once the copy is recorded."""
        number = self._page.report_id
        self._runner.do(
            lambda _progress, _cancel: self._api.record_copy(number, kind, value),
            lambda _: self._copied(value),
            owner=self._page,
        )

    def _copied(self, value: str) -> None:
        copy_text(value)
        self._page.said.emit(tr("Copied. The audit log records the copy, not the value."))

    def show_or_choose_case(self) -> None:
        """Opens the case of the report, or asks for one when it is in none."""
        if self._page.report is None:
            return
        if self._page.report.case is not None:
            self._page.case_asked.emit(self._page.report.case)
        elif self._page.may_decide():
            CaseChoice(self._api, self._runner, (self._page.report_id,), parent=self._page, done=self._joined).open()

    def _joined(self, case: CaseView, before: dict[str, str | None]) -> None:
        """Announces that the report is now in a case."""
        add_step(self._api, case, before)
        said = tr(
            "{report} is now in case {number}; its status stays until you decide.",
            report=ltr(self._page.report_id),
            number=ltr(case.number),
        )
        self._page.said.emit(said)

    def confirm_child_lane(self) -> None:
        """Asks a lead whether the report, whose reported user may be a child, may leave the store."""
        number = self._page.report_id

        def confirm() -> None:
            self._runner.do(
                lambda _progress, _cancel: self._api.confirm_child_lane(number),
                lambda _: self._page.said.emit(tr("{report} may leave. Your name is recorded.", report=ltr(number))),
                changes=Changed(reports=frozenset({number})),
                owner=self._page,
            )

        title = tr("May {report} leave?", report=ltr(number))
        says = (
            tr(
                "The reported user may be a child. You state that you have read the report, and that packets and exports may"
                " hold it."
            ),
            tr("This can't be undone. Your name is recorded."),
        )
        QuestionDialog(title, says, tr("It may leave"), confirm, parent=self._page).open()

    def choose_version(self, version: ReportVersion, choice: Choice) -> None:
        """Asks why a version is accepted or refused, or what its source was asked, and records it."""
        VersionDialog(
            self._api, self._runner, version, choice, parent=self._page, done=lambda made: self._say_chosen(made, choice)
        ).open()

    def _say_chosen(self, made: ReportVersion, choice: Choice) -> None:
        said = {
            "accepted": tr("{report}: version {n} is accepted.", report=ltr(made.report_id), n=made.n),
            "refused": tr("{report}: version {n} is refused.", report=ltr(made.report_id), n=made.n),
            "asked": tr("{report}: it is noted that the source of version {n} was asked.", report=ltr(made.report_id), n=made.n),
        }
        self._page.said.emit(said[choice])

    def print_report(self) -> None:
        """Opens the dialog that prints the report, if the person may write papers."""
        if not self._api.may(Right.CASE_PAPERS):
            self._page.said.emit(tr("Your roles do not allow papers of cases."))
        elif self._page.report is not None:
            ReportPrintDialog(self._api, self._runner, self._page.report_id, parent=self._page).open()
