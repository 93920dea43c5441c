"""Defines the page about oneself: one's views, what one keeps away from, the outcomes of one's work, and where to find help."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMessageBox, QVBoxLayout, QWidget

from triage.model.private_account import ExposureSummary, KeptAwayReport, OwnOutcome, PrivateSettings, TeamWeekTotal
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.own_choices import keep_choices
from triage.ui.core.report_table_page import ReportTablePage
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.marked_lines import LinkButton
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import Card, KeyButton, label, row, scrolled
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, trn, word
from triage.ui.wellbeing import cards

TABLE_HEIGHT = 260
WIDE = 760
"""From this width the cards stand in two columns."""

OUTCOMES: tuple[TableColumn[OwnOutcome], ...] = (
    TableColumn(mark("Report"), 100, lambda r: ltr(r.report_id), cut_middle=True),
    TableColumn(mark("Became"), 120, lambda r: words.status(r.status)),
    TableColumn(mark("Reason"), 0, lambda r: isolated(word(r.reason)) if r.reason else tr("none given"), lambda _: "muted"),
    TableColumn(mark("Case"), 110, lambda r: ltr(r.case) if r.case else tr("no case")),
    TableColumn(mark("Stage"), 110, lambda r: word(r.stage) if r.stage else Safe("")),
    TableColumn(mark("Since"), 100, lambda r: times.ago(r.since), lambda _: "muted", spare=True),
)


@dataclass(frozen=True, slots=True)
class _Own:
    """All that the page reads."""

    exposure: ExposureSummary
    settings: PrivateSettings
    kept_away: tuple[KeptAwayReport, ...]
    outcomes: tuple[OwnOutcome, ...]
    help_text: str
    team: tuple[TeamWeekTotal, ...] | None


class WellbeingPage(ReportTablePage):
    """Shows what only this person may see of themselves. It keeps no score and judges nobody."""

    keys_of = "wellbeing"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Wellbeing"))
        self.beside.setText(tr("Only you see this page."))
        self.settings = PrivateSettings()
        self.kept_away: tuple[KeptAwayReport, ...] = ()
        self.given_back: tuple[int, ...] = ()
        self.add_way_back()
        self.kinds = {kind: QCheckBox(word(text)) for kind, text in cards.KINDS.items()}
        self.calm = QCheckBox(tr("Calm screen between reports (C)"))
        self.away_words = label("", wrap=True)
        self.give_back_button = KeyButton.for_action("wellbeing", "give_back", tr("Give back"), on=self.give_back)
        self.undo_link = LinkButton(tr("Undo"), self.undo_giving_back)
        self.table = RowsTable(OUTCOMES, lambda r: r.report_id, name=tr("What became of your work"), inset=True)
        self.nothing = label(tr("No report on which you worked has an outcome yet."), "muted", wrap=True)
        self._both, self._sides = QHBoxLayout(), (QVBoxLayout(), QVBoxLayout())
        self._columns = 0
        self._cards: tuple[list[Card], list[Card]] = ([], [])
        self._own: _Own | None = None
        self.choices_card = self._make_choices_card()
        self.outcomes_card = self._make_outcomes_card()
        self._build()
        for box in (*self.kinds.values(), self.calm):
            box.clicked.connect(self.save_choices)
        self.bind_table({"give_back": self.give_back, "calm": self.calm.click})

    def _build(self) -> None:
        """Lays out the cards in a page that scrolls."""
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(16, 12, 16, 16)
        inner.setSpacing(12)
        self._both.setSpacing(12)
        for side in self._sides:
            side.setSpacing(12)
            self._both.addLayout(side, 1)
        inner.addLayout(self._both)
        inner.addWidget(self.outcomes_card, 1)
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(content))

    def _make_choices_card(self) -> Card:
        """Builds the card with what the person keeps away from."""
        card = Card(tr("Not these for me"))
        what = tr(
            "Files with such a warning stay hidden from you until you show them again. J and K skip reports with one; the queue"
            " still lists them. Your open reports with one are listed here to give back. Nobody is told what you choose."
        )
        card.body.addWidget(label(what, "small", wrap=True))
        for box in self.kinds.values():
            card.body.addWidget(box)
        card.body.addWidget(self.away_words)
        card.body.addLayout(row(self.give_back_button, self.undo_link, None))
        limits = tr("The warning is the provider's. Where no warning is stated, nothing can be kept away.")
        card.body.addWidget(label(limits, "small", wrap=True))
        card.body.addWidget(self.calm)
        card.body.addStretch(1)
        return card

    def _make_outcomes_card(self) -> Card:
        """Builds the card with the outcomes of one's own work."""
        card = Card(tr("What became of your work"), tr("reports on which you decided or graded"))
        card.body.addWidget(self.nothing)
        card.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(TABLE_HEIGHT)
        card.body.addStretch(0)
        return card

    # What is read

    def reload(self) -> None:
        """Reads one's own account again."""
        may_read, lead = self.api.may(Right.READ_REPORT), self.api.may(Right.ASSIGN)

        def read() -> _Own:
            return _Own(
                exposure=self.api.own_exposure(),
                settings=self.api.own_settings(),
                kept_away=self.api.kept_away() if may_read else (),
                outcomes=self.api.own_outcomes() if may_read else (),
                help_text=self.api.office_policy().help_text,
                team=self.api.team_weeks() if lead else None,
            )

        self.read(read, self.show_own)

    def show_own(self, own: _Own) -> None:
        """Shows the account."""
        self._own = own
        self._show_settings(own.settings)
        self._show_kept_away(own.kept_away)
        left = [cards.make_views_card(own.exposure), cards.make_days_card(own.exposure)]
        right = [
            self.choices_card,
            cards.make_avoided_card(own.exposure),
            cards.make_breaks_card(),
            cards.make_help_card(own.help_text),
        ]
        if own.team is not None:
            left.append(cards.make_team_card(own.team))
        self._replace_cards(left, right)
        self.nothing.setVisible(not own.outcomes)
        self.table.setVisible(bool(own.outcomes))
        self.table.show_rows(own.outcomes)
        self.show_body()

    def _replace_cards(self, left: list[Card], right: list[Card]) -> None:
        """Puts new cards in place of the old ones."""
        for old in (card for side in self._cards for card in side if card is not self.choices_card):
            old.hide()
            old.deleteLater()
        self._cards, self._columns = (left, right), 0
        self._lay_out()

    def _lay_out(self) -> None:
        """Lays the cards out side by side, or all below one another where the page is narrow."""
        columns = 2 if self.width() >= WIDE else 1
        if columns == self._columns:
            return
        self._columns = columns
        for side in self._sides:
            while side.takeAt(0) is not None:
                pass
        for at, cards_of_side in enumerate(self._cards):
            for card in cards_of_side:
                self._sides[at if columns == 2 else 0].addWidget(card)
                card.show()
        for side in self._sides:
            side.addStretch(1)
        self._both.setStretch(1, 1 if columns == 2 else 0)

    def resizeEvent(self, event: object) -> None:
        """Lays the cards out again when another number of columns fits."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._lay_out()

    # Choices

    def _show_settings(self, settings: PrivateSettings) -> None:
        """Ticks what the person chose."""
        self.settings = settings
        for kind, box in self.kinds.items():
            box.setChecked(kind in settings.keeps_away)
        self.calm.setChecked(settings.calm_screen)

    def save_choices(self) -> None:
        """Keeps what is ticked, sealed in one's own account. Before it was read, the ticks mean nothing."""
        if self._own is None:
            return
        away = tuple(kind for kind, box in self.kinds.items() if box.isChecked())
        wanted = replace(self.settings, keeps_away=away, calm_screen=self.calm.isChecked())
        self.settings = wanted
        self.runner.drop_answers(self, "page")  # it would bring back what was ticked before

        def saved(_: object) -> None:
            keep_choices(self.api, wanted)
            if self.api.may(Right.READ_REPORT):
                self.runner.ask(self.api.kept_away, self._show_kept_away, owner=self, about="kept away")

        self.runner.do(
            lambda _progress, _cancel: self.api.save_own_settings(wanted), saved, owner=self, failed=self._refuse_choices
        )

    def _refuse_choices(self, sentence: str) -> None:
        """Shows what is stored again, and says why nothing was kept."""
        self.said.emit(sentence)
        self.reload()

    def _show_kept_away(self, found: tuple[KeptAwayReport, ...]) -> None:
        """Shows how many of one's open reports could be given back."""
        self.kept_away = found
        self.give_back_button.setVisible(bool(found))
        self.undo_link.setVisible(bool(self.given_back))
        if found:
            kinds = cards.list_kinds(sorted({kind for each in found for kind in each.kinds}))
            said = trn(
                "{n} open report of yours has such a warning ({kinds}).",
                "{n} open reports of yours have such a warning ({kinds}).",
                len(found),
                kinds=kinds,
            )
        elif self.settings.keeps_away:
            said = tr("None of your open reports has such a warning.")
        else:
            said = tr("You keep away from nothing now.")
        self.away_words.setText(said)

    def give_back(self) -> None:
        """Asks once, and gives the reports back without a reason."""
        numbers = tuple(each.report_id for each in self.kept_away)
        if not numbers:
            self.said.emit(tr("There is no report to give back."))
            return
        question = trn(
            "Give back {n} report? It becomes unassigned. The history says that you gave it back, as after any decision, and no"
            " reason.",
            "Give back {n} reports? They become unassigned. The history says that you gave them back, as after any decision, and"
            " no reason.",
            len(numbers),
        )
        box = QMessageBox(QMessageBox.Icon.NoIcon, tr("Give back"), question, parent=self)
        yes = box.addButton(tr("Give back"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.buttonClicked.connect(lambda button: self._give_back(numbers) if button is yes else None)
        box.open()

    def _give_back(self, numbers: tuple[str, ...]) -> None:
        """Gives these reports back."""

        def done(made: tuple[int, ...]) -> None:
            self.given_back = made
            self.said.emit(trn("{n} report is unassigned now.", "{n} reports are unassigned now.", len(made)))

        self.runner.do(
            lambda _progress, _cancel: self.api.give_back(numbers),
            done,
            changes=Changed(reports=frozenset(numbers)),
            owner=self,
        )

    def undo_giving_back(self) -> None:
        """Takes the reports back that were given back last. What could not be taken back can be tried again."""
        left = list(self.given_back)
        self.given_back = ()

        def undo(_progress: object, _cancel: object) -> None:
            while left:
                self.api.undo(left[0])
                left.pop(0)

        def refused(sentence: str) -> None:
            self.given_back = tuple(left)
            self.said.emit(sentence)

        self.runner.do(
            undo, lambda _: self.said.emit(tr("Undone.")), changes=Changed(all_reports=True), owner=self, failed=refused
        )

    def focus(self) -> None:
        """Gives the keys to the page."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
