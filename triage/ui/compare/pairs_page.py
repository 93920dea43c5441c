"""Defines the work list of possible matches, with the comparison of the selected pair below."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from triage.model.matches import PAIRS_LISTED, PossiblePair, SweepState
from triage.model.users import Right
from triage.ui.compare.compare_view import CompareView
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.matches import match_words
from triage.ui.matches.match_pair import MatchPair, pair_from_work_list
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, trn
from triage.ui.text.match_way_words import describe_way

ROWS = 5


def _describe_other(pair: MatchPair) -> Safe:
    """Returns the other side of a pair: a hash list with its date, a report number, or the start of a SHA-256."""
    if pair.list is not None:
        return tr("{list} of {date}", list=isolated(pair.list), date=times.calendar_day(pair.list_date or ""))
    return ltr(pair.other_report or pair.other[:12])


def _describe_dhash_distance(pair: MatchPair) -> Safe:
    """Returns the distance of the difference hashes, or that a hash list has none."""
    return tr("a list has none") if pair.way.dhash_distance is None else ltr(f"{pair.way.dhash_distance} / 480")


COLUMNS: tuple[TableColumn[MatchPair], ...] = (
    TableColumn(mark("Report"), 110, lambda p: ltr(p.report or p.sha256[:12])),
    TableColumn(mark("Possible match with"), 190, _describe_other),
    TableColumn(mark("PDQ distance"), 100, lambda p: ltr(f"{p.way.distance} / 256")),
    TableColumn(
        mark("Difference hash"), 136, _describe_dhash_distance, lambda p: "muted" if p.way.dhash_distance is None else "text"
    ),
    TableColumn(mark("Which part"), 0, lambda p: describe_way(p.way), lambda _: "muted"),
)


class PairsPage(DeskPage):
    """Lists the possible matches that await an answer, and shows the selected pair below."""

    keys_of = "compare"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Possible matches"))
        self.add_way_back()
        self.table = RowsTable(COLUMNS, lambda pair: pair.key, name=tr("Possible matches"))
        self.compare = CompareView(api, runner)
        self._back: tuple[str, str] | None = None
        self._waiting = 0
        self._swept = SweepState(left=0, unchecked={})
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table)
        column.addWidget(self.compare, 1)
        header = 32
        self.table.setFixedHeight(ROWS * self.table.verticalHeader().defaultSectionSize() + header)
        self.table.row_changed.connect(self._show_pair)
        self.compare.moved.connect(self.table.go)
        self.compare.said.connect(self.said)
        self.compare.judged.connect(self._judged)
        self.compare.refused.connect(self._refused)
        self.compare.open_asked.connect(self._ask_to_open)
        self.bind({"back": self.closed.emit})

    def reload(self) -> None:
        """Reads the possible matches again, or says that the person's roles do not include reports."""
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
            return
        self.read(
            lambda: (self.api.possible_pairs(PAIRS_LISTED), self.api.lanes().possible, self.api.sweep_state()), self._show_pairs
        )

    def on_changed(self, changed: Changed) -> None:
        """Reads the list again when reports or matches changed."""
        if changed.all_reports or changed.match_decisions or changed.new_matches:
            self.reload()

    def focus(self) -> None:
        """Moves the focus to the first image."""
        self.compare.focus_pictures()

    def conceal(self) -> None:
        """Blurs both images, and returns after the views are recorded."""
        self.compare.conceal()

    def step(self, step: int) -> str | None:
        """Moves the current row by `step` rows and returns the report number there, or None."""
        self.table.go(step)
        pair = self.table.current_row()
        return None if pair is None else pair.report

    def _show_pairs(self, found: tuple[tuple[PossiblePair, ...], int, SweepState]) -> None:
        """Shows the possible matches that were read, and selects a pair that came back."""
        told, self._waiting, self._swept = found
        pairs = [pair_from_work_list(pair) for pair in told]
        self._show_count(len(pairs))
        self.table.show_rows(pairs)
        wanted, self._back = self._back, None
        if wanted is not None and (at := next((n for n, pair in enumerate(pairs) if pair.key == wanted), None)) is not None:
            self.table.select(at)
        if pairs:
            fresh = self.states.currentWidget() is not self.body
            self.show_body()
            if fresh and self.isVisible():
                self.compare.focus_pictures()
        else:
            self._show_empty()

    def _show_count(self, listed: int) -> None:
        """Says how many pairs await review, and what was not compared yet."""
        said = [trn("{n} pair to review", "{n} pairs to review", max(self._waiting, listed))]
        if listed < self._waiting:
            said.append(trn("the first is listed", "the first {n} are listed", listed))
        if self._swept.left:
            said.append(tr("images are still being compared"))
        if self._swept.unchecked:
            said.append(match_words.describe_unchecked(self._swept.unchecked))
        self.beside.setText(report_words.listed(said))

    def _show_empty(self) -> None:
        """Shows a message in place of the empty list."""
        if self._swept.left:
            title, hint = tr("No possible matches so far."), tr("Images are still being compared; possible matches appear here.")
        else:
            title = tr("No possible matches to review.")
            hint = tr("Possible matches appear here after an import; certain matches need no review.")
        self.message.say(title, hint)
        self.states.setCurrentWidget(self.message)

    def _show_pair(self, pair: MatchPair | None) -> None:
        """Shows the pair of the selected row."""
        if pair is None or self.compare.pair is None or pair.key != self.compare.pair.key:
            self.compare.show_pair(pair)

    def _judged(self, pair: MatchPair, same: bool | None) -> None:
        """Removes an answered pair from the list and selects the next one.

        A pair whose answer was undone is selected after the next read.
        """
        self._waiting += 1 if same is None else -1
        if same is None:
            self._back = pair.key
            return
        self.compare.focus_pictures()
        rest = self.table.rows()
        at = next((place for place, other in enumerate(rest) if other.key == pair.key), None)
        if at is None:
            return
        after = [other for other in rest if other.key != pair.key]
        if after:
            self.table.select(min(at + 1, len(rest) - 1) if at + 1 < len(rest) else at - 1)
        self.table.show_rows(after)
        self._show_count(len(after))

    def _refused(self, pair: MatchPair, said: bool | None) -> None:
        """Reads the list again after an answer could not be recorded."""
        self._back = pair.key if said is None else None
        self.reload()

    def _ask_to_open(self, report_id: str) -> None:
        """Asks to open a report at the file of the current pair."""
        pair = self.table.current_row()
        self.open_asked.emit(report_id, "" if pair is None else pair.sha256)
