"""Defines the dialogs of work packages: send work, write results, and resolve what two workstations set differently."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QComboBox, QGridLayout, QPlainTextEdit, QRadioButton, QVBoxLayout, QWidget

from triage.locate.offices import read_offices
from triage.model.handover import Handover
from triage.model.users import Right
from triage.model.work import ResultsPreview, ResultsSent, WorkConflict, WorkPreview, WorkRow, WorkSent, Workstation
from triage.ui.core.api import Api
from triage.ui.core.consent_form import ConsentForm
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.core.writing_dialog import Work, WritingDialog
from triage.ui.exchange.work_words import describe_field, describe_value
from triage.ui.kit.fields import NamedField, label_field, lay_side_by_side
from triage.ui.kit.widgets import label, row, set_tooltip
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, number, searchable, tr, tr_message, trn
from triage.ui.text.words import office as office_name

OFFICE, PERSON, REPORTS = "office", "person", "reports"
LOW_PREVIEW = 96
"""Pixels, so that the dialog fits a low screen in both languages."""
MOST_NAMED = 40
"""Reports that a preview names; the rest is counted."""


class SendWorkDialog(WritingDialog):
    """Writes a work package for another workstation: of an office, of a person, or of named reports."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, reports: tuple[str, ...] = ()) -> None:
        super().__init__(api, runner, tr("Send work to another workstation"), parent=parent, name="work", ending=".age")
        self.changes = Changed(all_reports=True)
        self._named = reports
        self.of, self.office, self.person = QComboBox(), QComboBox(), QComboBox()
        self.reports = NamedField(tr("Report numbers"), "900000001 900000002")
        self.reports.setMaxLength(20_000)
        self.recipient = QComboBox()
        self.age_key = NamedField(tr("Age key of that workstation"), "age1 …")
        self.due = NamedField(tr("Results due; blank: no day"), "2026-12-31")
        self.with_media = QCheckBox(tr("Enclose images and videos"))
        self.consent = ConsentForm(api, runner, tr("Consent of a second person, a lead or examiner"))
        self._build_form()
        self.reports.setText(" ".join(reports))
        self.of.setCurrentIndex(2 if reports else 0)
        self._choose_of()
        self._show_consent()
        self.of.setFocus()
        runner.ask(self._read_choices, self._show_choices, owner=self, failed=self._failed, about="choices")

    def _build_form(self) -> None:
        """Lays out the fields."""
        for name, words in ((OFFICE, tr("Of an office")), (PERSON, tr("Of a person")), (REPORTS, tr("Named reports"))):
            self.of.addItem(words, name)
        self.of.currentIndexChanged.connect(self._choose_of)
        offices = read_offices()
        for each in offices.office:
            self.office.addItem(searchable(office_name(each.id)), each.id)
        self.office.addItem(searchable(office_name(offices.headquarters)), offices.headquarters)
        self._holders = {
            OFFICE: label_field(tr("Office"), self.office), PERSON: label_field(tr("Person"), self.person),
            REPORTS: self.reports.holder,
        }  # fmt: skip
        self.form.addLayout(lay_side_by_side(label_field(tr("Which open reports"), self.of), *self._holders.values()))
        station = label_field(tr("To which workstation"), self.recipient)
        self.form.addLayout(lay_side_by_side(station, self.age_key.holder, self.due.holder))
        self.form.addLayout(row(self.with_media, self.consent, None))
        self.preview_area.setFixedHeight(LOW_PREVIEW)
        self.recipient.currentIndexChanged.connect(self._choose_recipient)
        for box in (self.office, self.person):
            box.currentIndexChanged.connect(self.ask_preview)
        self.reports.textEdited.connect(self.ask_preview)
        may_media = self.api.may(Right.EXPORT_MEDIA)
        self.with_media.setEnabled(may_media)
        if not may_media:
            set_tooltip(self.with_media, tr("Your roles do not allow the export of media."))
        self.with_media.toggled.connect(self._show_consent)

    def _read_choices(self) -> tuple[tuple[Workstation, ...], tuple[str, ...]]:
        """Reads the known workstations and the users."""
        return self.api.list_workstations(), self.api.user_names()

    def _show_choices(self, found: tuple[tuple[Workstation, ...], tuple[str, ...]]) -> None:
        """Lists the workstations and the people."""
        stations, names = found
        for each in stations:
            if not each.own:
                self.recipient.addItem(searchable(each.name), each.age_key or "")
        self.recipient.addItem(tr("Another workstation"), "")
        self.person.blockSignals(True)
        for name in names:
            self.person.addItem(searchable(name), name)
        self.person.blockSignals(False)
        self.read_preview()

    def _choose_of(self, _: int = 0) -> None:
        """Shows the field that says which reports."""
        for name, holder in self._holders.items():
            holder.setVisible(name == self.of.currentData())
        self.ask_preview()

    def _choose_recipient(self, _: int = 0) -> None:
        """Fills in the age key of a workstation with which a package was exchanged before."""
        self.age_key.setText(self.recipient.currentData() or "")
        self.age_key.setCursorPosition(0)

    def _show_consent(self, _: bool = False) -> None:
        """Asks for the second person when media leave."""
        self.consent.setVisible(self.with_media.isChecked())
        self.ask_preview()

    def read_choice(self) -> tuple[tuple[str, ...], str | None, str | None]:
        """Returns the named reports, the office and the person; one of the three is given."""
        kind = self.of.currentData()
        named = tuple(self.reports.text().replace(",", " ").split()) if kind == REPORTS else ()
        return named, self.office.currentData() if kind == OFFICE else None, self.person.currentData() if kind == PERSON else None

    def plan_preview(self) -> Work | None:
        """Returns the call that makes the preview."""
        named, office, person = self.read_choice()
        if not (named or office or person):
            self.problem.setText(tr("Name the reports."))
            return None
        media = self.with_media.isChecked()
        return lambda on_progress, cancel: self.api.preview_work(
            named, office=office, assignee=person, with_media=media, on_progress=on_progress, cancel=cancel
        )

    def show_preview(self, found: WorkPreview) -> bool:
        """Shows what leaves, and what would be refused."""
        if found.refused is not None:
            self.add_line(tr("It is refused: {reason}", reason=tr_message(found.refused)), "bad")
        self.add_line(trn("{n} report", "{n} reports", len(found.reports)), "strong")
        parts = [
            trn("{n} document", "{n} documents", found.documents),
            trn("{n} image or video", "{n} images and videos", found.media),
            trn("{n} decision", "{n} decisions", found.decisions),
            trn("{n} grade", "{n} grades", found.grades),
            times.size(found.size),
        ]
        self.add_line(Safe(tr(", ").join(parts)))
        if found.grades_waiting:
            says = trn(
                "{n} grade waits for a second person and stays here.",
                "{n} grades wait for a second person and stay here.",
                found.grades_waiting,
            )
            self.add_line(says, "warn")
        self.add_line(tr("Who viewed which file never leaves."), "small")
        self.add_line(Safe(tr(", ").join(ltr(each) for each in found.reports[:MOST_NAMED])), "small")
        if (more := len(found.reports) - MOST_NAMED) > 0:
            self.add_line(tr("and {n} more", n=number(more)), "small")
        return found.refused is None

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes the package, or says what is missing."""
        named, office, person = self.read_choice()
        key, media, due = self.age_key.get_text(), self.with_media.isChecked(), self.due.get_text()
        if key is None:
            self.problem.setText(tr("Enter the age key of the workstation; it is on its paper with the fingerprint."))
            self.age_key.setFocus()
            return None
        if media and (problem := self.consent.problem()) is not None:
            self.problem.setText(problem)
            return None
        consent = self.consent.read() if media else None
        return lambda on_progress, cancel: self.api.export_work(
            named,
            key,
            out,
            office=office,
            assignee=person,
            with_media=media,
            due=due,
            consent=consent,
            handover=handover,
            on_progress=on_progress,
            cancel=cancel,
        )

    def show_written(self, made: WorkSent, column: QVBoxLayout) -> None:
        """Says what the package holds and what to do with it."""
        column.addWidget(label(tr("Work package {id}", id=ltr(made.package_id)), selectable=True, wrap=True))
        column.addWidget(label(trn("{n} report", "{n} reports", made.reports), "muted"))
        says = tr("Only the workstation with that key can open it. Until results come back, the package stands in the list.")
        column.addWidget(label(says, "muted", wrap=True))


class ResultsDialog(WritingDialog):
    """Writes results of a package for the workstation that sent it."""

    def __init__(self, api: Api, runner: Runner, package: WorkRow, *, parent: QWidget) -> None:
        title = tr("Results for {store}", store=isolated(package.with_))
        super().__init__(api, runner, title, parent=parent, name="results", ending=".age")
        self.changes = Changed(all_reports=True)
        self._package, self._recipient = package.package_id, ""
        says = tr("Decisions, notes, grades, stages, numbers and notices leave. Who viewed which file never leaves.")
        self.form.addWidget(label(says, "muted", wrap=True))
        self.place.setFocus()
        self.read_preview()

    def plan_preview(self) -> Work | None:
        """Returns the call that makes the preview."""
        return lambda on_progress, cancel: self.api.preview_results(self._package, on_progress=on_progress, cancel=cancel)

    def show_preview(self, found: ResultsPreview) -> bool:
        """Shows what is told, and which reports stay."""
        self._recipient = found.recipient
        if found.refused is not None:
            self.add_line(tr("It is refused: {reason}", reason=tr_message(found.refused)), "bad")
        self.add_line(trn("{n} report", "{n} reports", len(found.reports)), "strong")
        parts = [
            trn("{n} decision", "{n} decisions", found.decisions),
            trn("{n} grade", "{n} grades", found.grades),
            trn("{n} correction", "{n} corrections", found.corrections),
            trn("{n} notice", "{n} notices", found.notices),
        ]
        self.add_line(Safe(tr(", ").join(parts)))
        for held in found.held_back:
            self.add_line(tr("Stays here: {report}. {reason}", report=ltr(held.report), reason=tr_message(held.reason)), "warn")
        for report, field, value in found.fields[:MOST_NAMED]:
            said = describe_value(field, value)
            self.add_line(tr("{report}, {field}: {value}", report=ltr(report), field=describe_field(field), value=said), "small")
        if (more := len(found.fields) - MOST_NAMED) > 0:
            self.add_line(tr("and {n} more", n=number(more)), "small")
        return found.refused is None

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes the results."""
        recipient = self._recipient
        return lambda on_progress, cancel: self.api.export_results(
            self._package, recipient, out, handover=handover, on_progress=on_progress, cancel=cancel
        )

    def show_written(self, made: ResultsSent, column: QVBoxLayout) -> None:
        """Says what the file holds and which reports stayed."""
        column.addWidget(label(trn("{n} report", "{n} reports", made.reports), "muted"))
        for held in made.held_back:
            says = tr("Stays here: {report}. {reason}", report=ltr(held.report), reason=tr_message(held.reason))
            column.addWidget(label(says, "warn", wrap=True))
        column.addWidget(label(tr("More can be sent later: the next file then says everything anew."), "muted", wrap=True))


class ConflictDialog(FormDialog):
    """Shows both values of a field side by side, and lets a lead choose one with a reason."""

    def __init__(self, api: Api, runner: Runner, conflict: WorkConflict, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        title = tr("Report {report}: two values of {field}", report=ltr(conflict.report_id), field=describe_field(conflict.field))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Resolve"))
        self._api, self._conflict = api, conflict
        self.changes = Changed(reports=frozenset({conflict.report_id}))
        self.here, self.there = QRadioButton(tr("Keep this value")), QRadioButton(tr("Take this value"))
        self._sides = QButtonGroup(self)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        sides = (
            (tr("At this workstation"), conflict.here, self.here),
            (tr("At {store}", store=isolated(conflict.with_)), conflict.there, self.there),
        )
        for at, (where, value, button) in enumerate(sides):
            self._sides.addButton(button)
            said = describe_value(conflict.field, value)
            button.setAccessibleName(tr("{choice}: {value}", choice=button.text(), value=said))
            grid.addWidget(label(where, "small", wrap=True), 0, at)
            grid.addWidget(label(said, "strong", wrap=True, selectable=True), 1, at)
            grid.addWidget(button, 2, at)
            grid.setColumnStretch(at, 1)
        self.form.addLayout(grid)
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(84)
        self.form.addWidget(label_field(tr("Reason"), self.reason))
        says = tr("Both values stay listed with the reason. The choice can't be taken back; the field can be changed again.")
        self.form.addWidget(label(says, "muted", wrap=True))
        self.resize(560, 0)
        self.here.setFocus()

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that resolves the conflict, or None when something is missing."""
        chosen, reason = self._sides.checkedButton(), self.reason.toPlainText().strip()
        if chosen is None:
            self.problem.setText(tr("Choose one of the two values."))
            return None
        if not reason:
            self.problem.setText(tr("State the reason."))
            self.reason.setFocus()
            return None
        each, take = self._conflict, "here" if chosen is self.here else "there"
        return lambda: self._api.resolve_work_conflict(each.report_id, each.field, take, reason, package_id=each.package_id)
