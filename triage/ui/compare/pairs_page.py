"""The work list of pairs that may be the same picture: the gravest first, side by side below, S or N, and on to the next."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from triage.model.matches import PossiblePair, SweepState
from triage.model.users import Right
from triage.ui.compare.compare import Compare
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.table import Column, RowsTable
from triage.ui.matches import words
from triage.ui.matches.pair import Pair, waiting
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, trn
from triage.ui.text.match_way_words import describe_way

ROWS = 5


def _other(pair: Pair) -> Safe:
    if pair.list is not None:
        return tr("{list} of {date}", list=isolated(pair.list), date=ltr(pair.list_date or ""))
    return ltr(pair.other_report or pair.other[:12])


def _second(pair: Pair) -> Safe:
    return tr("a list has none") if pair.way.dhash_distance is None else ltr(f"{pair.way.dhash_distance} / 480")


COLUMNS: tuple[Column[Pair], ...] = (
    Column(mark("Report"), 110, lambda p: ltr(p.report or p.sha256[:12])),
    Column(mark("Possible match with"), 190, _other),
    Column(mark("PDQ distance"), 100, lambda p: ltr(f"{p.way.distance} / 256")),
    Column(mark("Difference hash"), 136, _second, lambda p: "muted" if p.way.dhash_distance is None else "text"),
    Column(mark("Which part"), 0, lambda p: describe_way(p.way), lambda _: "muted"),
)


class PairsPage(DeskPage):
    keys_of = "compare"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Possible matches"))
        self.add_button("back", tr("Go to the queue"), self.closed.emit)
        self.table = RowsTable(COLUMNS, lambda pair: pair.key, name=tr("Possible matches"))
        self.compare = Compare(api, runner)
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
        self.table.row_changed.connect(self._chosen)
        self.compare.moved.connect(self.table.go)
        self.compare.said.connect(self.said)
        self.compare.judged.connect(self._judged)
        self.compare.refused.connect(self._refused)
        self.compare.open_asked.connect(self._open)
        self.bind({"back": self.closed.emit})

    def reload(self) -> None:
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
            return
        self.runner.ask(
            lambda: (self.api.possible_pairs(), self.api.lanes().possible, self.api.sweep_state()),
            self._found,
            owner=self,
            failed=self.failed,
        )

    def on_changed(self, changed: Changed) -> None:
        if changed.all_reports or changed.likeness or changed.alike:
            self.reload()

    def focus(self) -> None:
        self.compare.focus_pictures()

    def conceal(self) -> None:
        """Whatever is revealed is blurred, and its record written, before this returns."""
        self.compare.conceal()

    def step(self, step: int) -> str | None:
        self.table.go(step)
        pair = self.table.current()
        return None if pair is None else pair.report

    def _found(self, found: tuple[tuple[PossiblePair, ...], int, SweepState]) -> None:
        told, self._waiting, self._swept = found
        pairs = [waiting(pair) for pair in told]
        self._count(len(pairs))
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
            self._nothing()

    def _count(self, listed: int) -> None:
        """What was not compared yet, or could not be, may still hide a pair."""
        said = [trn("{n} pair to review", "{n} pairs to review", max(self._waiting, listed))]
        if listed < self._waiting:
            said.append(trn("the first is listed", "the first {n} are listed", listed))
        if self._swept.left:
            said.append(tr("images are still being compared"))
        if self._swept.unchecked:
            said.append(words.unchecked(self._swept.unchecked))
        self.beside.setText(report_words.listed(said))

    def _nothing(self) -> None:
        if self._swept.left:
            title, hint = tr("No possible matches so far."), tr("Images are still being compared; possible matches appear here.")
        else:
            title = tr("No possible matches to review.")
            hint = tr("Possible matches appear here after an import; certain matches need no review.")
        self.message.say(title, hint)
        self.states.setCurrentWidget(self.message)

    def _chosen(self, pair: Pair | None) -> None:
        if pair is None or self.compare.pair is None or pair.key != self.compare.pair.key:
            self.compare.show_pair(pair)

    def _judged(self, pair: Pair, same: bool | None) -> None:
        """The pair leaves the list at once, and the next one stands in its place; one that is taken back comes with the list."""
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
        self._count(len(after))

    def _refused(self, pair: Pair, said: bool | None) -> None:
        """It stands in the list again, or, when what was said of it could not be taken back, not yet."""
        self._back = pair.key if said is None else None
        self.reload()

    def _open(self, report_id: str) -> None:
        pair = self.table.current()
        self.open_asked.emit(report_id, "" if pair is None else pair.sha256)
