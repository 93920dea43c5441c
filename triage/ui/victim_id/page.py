"""Defines the page for victim identification: series of material, clues in words, and whether the child is identified."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from triage.model.case_page import CaseFile
from triage.model.users import Right
from triage.model.victim_id import ClueHit, SeriesCandidate, SeriesRow, SeriesView, VictimClue, VictimState
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Runner
from triage.ui.kit.marked_lines import LinkButton, keep_whole
from triage.ui.kit.search_line import SearchLine
from triage.ui.kit.table import RowHeading, RowsTable, TableColumn
from triage.ui.kit.widgets import KeyButton, LabelKind, clear, column, label, row, rule, scrolled, set_tooltip
from triage.ui.media.file_tiles import FileStrip
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, tr_message, trn
from triage.ui.text.role_names import name_person
from triage.ui.victim_id.crop_dialog import CropDialog
from triage.ui.victim_id.sheet_dialog import SheetDialog
from triage.ui.victim_id.victim_dialogs import ClueDialog, NewSeriesDialog, StateDialog, describe_clue_kind, describe_victim_state

FIRST_CANDIDATES = 12
NARROW = 1_000
_INKS: dict[VictimState | None, LabelKind] = {
    None: "warn",
    VictimState.IDENTIFIED: "good",
    VictimState.NOT_IDENTIFIED: "warn",
    VictimState.NOT_KNOWN: "muted",
}


def _title(found: SeriesRow | ClueHit) -> Safe:
    """Returns the first cell of a row: the series, or what a search found."""
    return ltr(found.number if isinstance(found, SeriesRow) else found.name)


def _says(found: SeriesRow | ClueHit) -> Safe:
    """Returns the second cell of a row: the state of a series, or the clue."""
    if isinstance(found, ClueHit):
        return isolated(found.words) if found.what == "clue" else tr("the words stand in its texts")
    counts = (
        trn("{n} file", "{n} files", found.media),
        trn("{n} report", "{n} reports", found.reports),
        trn("{n} clue", "{n} clues", found.clues),
    )
    return Safe(tr(", ").join((describe_victim_state(found.state), *counts)))


COLUMNS: tuple[TableColumn[SeriesRow | ClueHit], ...] = (
    TableColumn(mark("Series"), 110, _title),
    TableColumn(mark("State"), 0, _says),
)


class VictimPage(DeskPage):
    """Lists series; shows files, clues and the recorded state of one; finds clues over all series and reports."""

    keys_of = "victims"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Victim identification"))
        self.number = ""
        self.view: SeriesView | None = None
        self._rows: tuple[SeriesRow, ...] = ()
        self.search = SearchLine("victims", tr("Find clues"))
        self.search.changed.connect(self._search)
        self.search.left.connect(self.focus)
        self.bar.insertWidget(2, self.search, 1)
        self.beside.setMinimumWidth(1)  # else a wide window could not be made narrow, where it is left out
        may = api.may(Right.DECIDE)
        new = self.add_button("new", tr("New"), self.open_new)
        clue = self.add_button("clue", tr("Clue"), self.add_clue)
        state = self.add_button("state", tr("Identified?"), self.record_state, kind="primary")
        for button in (new, clue, state):
            button.setEnabled(may)
            if not may:
                set_tooltip(button, tr("Your roles do not allow decisions."))
        sheet = self.add_button("sheet", tr("Sheet"), self.write_sheet)
        sheet.setEnabled(api.may(Right.EXPORT_TOOLS))
        if not api.may(Right.EXPORT_TOOLS):
            set_tooltip(sheet, tr("Your roles do not allow exports."))
        self._of_series = [button for button in (clue, state, sheet) if button.isEnabled()]
        """Acts of this person on the chosen series."""
        self._allow_acts()
        self.add_button("back", tr("Back"), self._back)
        self.table = RowsTable(COLUMNS, _title, name=tr("Series"))
        self.table.row_changed.connect(self._choose_row)
        self.table.opened.connect(lambda _: self.open_current())
        self.files = FileStrip(api, runner)
        self.files.opened.connect(self.open_asked)
        self.details = QVBoxLayout()
        self.details.setSpacing(8)
        self.nothing = label("", "muted", wrap=True)
        self._lay_out()
        self.bind(
            {
                "back": self._back,
                "search": self.search.take_focus,
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "open": self.open_current,
                "new": self.open_new,
                "clue": self.add_clue,
                "state": self.record_state,
                "sheet": self.write_sheet,
            }
        )

    def _lay_out(self) -> None:
        """Puts the list at the left, and the chosen series at the right."""
        inner = QWidget()
        right = QVBoxLayout(inner)
        right.setContentsMargins(16, 12, 16, 12)
        right.setSpacing(8)
        self.head = QVBoxLayout()
        right.addWidget(self.nothing)
        right.addLayout(self.head)
        right.addWidget(self.files)
        right.addLayout(self.details)
        right.addStretch(1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(scrolled(inner))
        split.setSizes([460, 720])
        split.setStretchFactor(1, 1)
        whole = QHBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves out the count in the bar where the buttons need the room."""
        super().resizeEvent(event)
        self.beside.setVisible(self.width() >= NARROW)

    # What is read

    def choose(self, what: str) -> None:
        """Chooses the series that is shown first."""
        self.number = what

    def _allow_acts(self) -> None:
        """Offers what is done to a series only while one is shown."""
        for button in self._of_series:
            button.setEnabled(self.view is not None)

    def reload(self) -> None:
        """Reads the list of series, then the chosen one."""
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
            return
        self.read(self.api.victim_series, self.show_list)

    def show_list(self, found: tuple[SeriesRow, ...]) -> None:
        """Shows the series that were read."""
        self._rows = found
        open_ones = sum(each.state is not VictimState.IDENTIFIED for each in found)
        self.beside.setText(tr("{n} series, {open} not identified", n=number(len(found)), open=number(open_ones)))
        if self.search.text().strip():
            self._search()
            return
        if not found:
            step = tr("Press N to open one with files of a report, or search the texts of all reports with /.")
            self.message.say(tr("No series yet."), step)
            self.states.setCurrentWidget(self.message)
            return
        wanted = self.number
        before = self.table.blockSignals(True)
        self.table.show_rows(found)
        self.table.select(next((n for n, each in enumerate(found) if each.number == wanted), 0))
        self.table.blockSignals(before)
        self.show_body()
        self._choose_row(self.table.current_row())

    def _search(self) -> None:
        """Searches clues and the texts of all reports, or lists the series again without words."""
        words = self.search.text().strip()
        self.runner.drop_answers(self, "search")
        if not words:
            self.show_list(self._rows)
            return
        self.runner.ask(lambda: self.api.search_clues(words), self._show_hits, owner=self, failed=self.failed, about="search")

    def _show_hits(self, found: tuple[ClueHit, ...]) -> None:
        """Shows what a search found, clues first."""
        clues, reports = [each for each in found if each.what == "clue"], [each for each in found if each.what == "report"]
        listed: list[SeriesRow | ClueHit | RowHeading] = []
        for heading, held in ((tr("Clues"), clues), (tr("Reports"), reports)):
            if held:
                listed.append(RowHeading(heading, number(len(held))))
                listed.extend(held)
        if not listed:
            self.message.say(tr("Nothing holds these words."), tr("Esc shows all series."))
            self.states.setCurrentWidget(self.message)
            return
        self.table.show_rows(listed)
        self.show_body()

    def _choose_row(self, found: SeriesRow | ClueHit | None) -> None:
        """Reads the series of the current row."""
        if found is None or (isinstance(found, ClueHit) and found.what == "report"):
            self._show_nothing(found)
            return
        wanted = found.number if isinstance(found, SeriesRow) else found.name
        self.number = wanted
        self.runner.ask(
            lambda: self.api.victim_view(wanted),
            lambda view: self.show_series(view) if self.number == wanted else None,
            owner=self,
            failed=self.failed,
            about="series",
        )

    def _show_nothing(self, found: ClueHit | None) -> None:
        """Says what Enter does on a report, where no series is shown."""
        self.runner.drop_answers(self, "series")
        self.view = None
        self._allow_acts()
        clear(self.head)
        clear(self.details)
        self.files.show_files(())
        self.nothing.setText(tr("Enter opens report {report}.", report=ltr(found.name)) if found is not None else "")
        self.nothing.show()

    def show_series(self, view: SeriesView) -> None:
        """Shows a series: state, files, clues, and what may belong to it."""
        self.view = view
        self._allow_acts()
        self.nothing.hide()
        clear(self.head)
        found = view.row
        state = label(describe_victim_state(found.state), _INKS[found.state])
        self.head.addLayout(row(label(ltr(found.number), "title"), state, None))
        opened = times.day(times.to_pkt(times.parse(found.opened)))
        says = [tr("opened {when} by {name}", when=opened, name=name_person(found.by))]
        says += [tr("case {number}", number=ltr(each)) for each in view.cases]
        self.head.addWidget(keep_whole(label(Safe(tr(", ").join(says)), "small", wrap=True)))
        self.files.show_files(view.files)
        clear(self.details)
        self._add_clues(view)
        self._add_states(view)
        self._add_candidates(view)

    def _add_clues(self, view: SeriesView) -> None:
        """Lists the clues, each with a link that strikes it out."""
        self.details.addWidget(rule())
        self.details.addLayout(row(label(tr("Clues"), "heading"), label(number(len(view.clues)), "small"), None))
        if not view.clues:
            said = tr("No clue yet. Press C to record one in words; words are found over all series and reports.")
            self.details.addWidget(keep_whole(label(said, "muted", wrap=True)))
        for clue in view.clues:
            self.details.addLayout(self._build_clue(clue, view))

    def _build_clue(self, clue: VictimClue, view: SeriesView) -> QVBoxLayout:
        """Builds a clue with its kind, file, and who recorded it."""
        names = {file.sha256: file.name for file in view.files}
        where = tr("the series as a whole") if clue.sha256 is None else ltr(names.get(clue.sha256, clue.sha256[:12]))
        said = tr("{kind}, on {where}, {name}", kind=describe_clue_kind(clue.kind), where=where, name=name_person(clue.by))
        line = row()
        line.addWidget(keep_whole(label(isolated(clue.words), "strong", wrap=True, selectable=True)), 1)
        if clue.crop is not None and clue.sha256 in names:
            show = LinkButton(tr("Show the crop"), lambda: self.show_crop(clue))
            show.setAccessibleName(tr("Show the crop of the clue {words}", words=isolated(clue.words)))
            line.addWidget(show)
        if self.api.may(Right.DECIDE):
            strike = LinkButton(tr("Strike out"), lambda: self.strike_out(clue))
            strike.setAccessibleName(tr("Strike out the clue {words}", words=isolated(clue.words)))
            line.addWidget(strike)
        return column(line, keep_whole(label(said, "small", wrap=True)), spacing=0)

    def _add_states(self, view: SeriesView) -> None:
        """Lists what was recorded of the child, the latest first."""
        self.details.addWidget(rule())
        self.details.addWidget(label(tr("Is the child identified?"), "heading"))
        if not view.states:
            said = tr("Nobody has recorded it. Press I when ICSE, an officer or another source says so.")
            self.details.addWidget(keep_whole(label(said, "muted", wrap=True)))
        for entry in reversed(view.states):
            said = tr("{state}, source: {source}", state=describe_victim_state(entry.state), source=isolated(entry.source))
            self.details.addWidget(keep_whole(label(said, "strong" if entry is view.states[-1] else "muted", wrap=True)))
            when = tr("{when}, {name}", when=times.pkt(entry.recorded), name=name_person(entry.by))
            note = when if entry.note is None else tr("{when}: {note}", when=when, note=isolated(entry.note))
            self.details.addWidget(keep_whole(label(note, "small", wrap=True)))

    def _add_candidates(self, view: SeriesView) -> None:
        """Lists media that may belong to the series, by name and reason."""
        self.details.addWidget(rule())
        heading = row(label(tr("May belong to it"), "heading"), label(number(len(view.candidates)), "small"), None)
        self.details.addLayout(heading)
        if not view.candidates:
            self.details.addWidget(label(tr("No near copy and no other file of its reports is left."), "muted", wrap=True))
        for each in view.candidates[:FIRST_CANDIDATES]:
            self.details.addLayout(self._build_candidate(each))
        if (more := len(view.candidates) - FIRST_CANDIDATES) > 0:
            self.details.addWidget(label(tr("and {n} more", n=number(more)), "small"))

    def _build_candidate(self, each: SeriesCandidate) -> QVBoxLayout:
        """Builds a candidate with a button that adds it."""
        add = KeyButton(tr("Add"), kind="mini", on=lambda: self.add_file(each.file))
        add.setAccessibleName(tr("Add {name}", name=ltr(each.file.name)))
        add.setEnabled(self.api.may(Right.DECIDE))
        said = tr(
            "{name}, report {report}: {why}", name=ltr(each.file.name), report=ltr(each.file.report), why=tr_message(each.why)
        )
        line = row()
        line.addWidget(keep_whole(label(said, "warn" if each.possible else "small", wrap=True)), 1)
        line.addWidget(add)
        return column(line, spacing=0)

    # What a person does

    def open_current(self) -> None:
        """Opens the report of the current row, or the first file of the series in its report, blurred."""
        found = self.table.current_row()
        if isinstance(found, ClueHit) and found.what == "report":
            self.open_asked.emit(found.name, "")
        elif self.view is not None and self.view.files:
            self.open_asked.emit(self.view.files[0].report, self.view.files[0].sha256)

    def open_new(self) -> None:
        """Asks which files of a report begin a series."""
        if self._may_decide():
            NewSeriesDialog(self.api, self.runner, parent=self, done=self._changed).open()

    def add_clue(self) -> None:
        """Asks for a clue in words."""
        if self._may_decide() and self.view is not None:
            ClueDialog(self.api, self.runner, self.view, parent=self, done=self._changed).open()

    def record_state(self) -> None:
        """Asks whether the child is identified."""
        if self._may_decide() and self.view is not None:
            StateDialog(self.api, self.runner, self.view, parent=self, done=self._changed).open()

    def write_sheet(self) -> None:
        """Asks where to write the sheet of the series."""
        if not self.api.may(Right.EXPORT_TOOLS):
            self.said.emit(tr("Your roles do not allow exports."))
        elif self.view is not None:
            SheetDialog(self.api, self.runner, self.view, parent=self).open()

    def show_crop(self, clue: VictimClue) -> None:
        """Opens the crop of a clue, blurred until a person holds a key."""
        files = () if self.view is None else self.view.files
        file = next((each for each in files if each.sha256 == clue.sha256), None)
        if file is not None:
            CropDialog(self.api, self.runner, file, parent=self, fixed=clue.crop, at_ms=clue.crop_at_ms).open()

    def add_file(self, file: CaseFile) -> None:
        """Puts a file into the series."""
        wanted = self.number
        self._do(lambda: self.api.add_to_series(wanted, file.report, file.sha256), tr("The file is in series {number}."))

    def strike_out(self, clue: VictimClue) -> None:
        """Strikes out a clue."""
        wanted = self.number
        self._do(lambda: self.api.withdraw_clue(wanted, clue.id), tr("The clue of series {number} was struck out."))

    def _do(self, work: Callable[[], SeriesView], says: str) -> None:
        """Changes the series in the background, says so and shows it."""

        def announce(view: SeriesView) -> None:
            self.said.emit(Safe(says.replace("{number}", ltr(view.row.number))))
            self._changed(view)

        self.runner.do(lambda _progress, _cancel: work(), announce, owner=self)

    def _changed(self, view: SeriesView) -> None:
        """Reads the list again and shows the series that changed."""
        self.number = view.row.number
        self.search.clear()
        self.reload()

    def _may_decide(self) -> bool:
        """Returns whether the person may decide, and says so when they may not."""
        if not self.api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
        return self.api.may(Right.DECIDE)

    def _back(self) -> None:
        """Clears the search if there is one, and otherwise closes the page."""
        if self.search.text():
            self.search.clear()
            self._search()
            self.focus()
        else:
            self.closed.emit()

    def focus(self) -> None:
        """Moves the focus to the list."""
        self.table.setFocus()
