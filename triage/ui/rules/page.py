"""Defines the page on which a lead edits, tries, uses and reverts the scoring rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from triage.jobs.judging.rule_book import RuleBook
from triage.jobs.judging.rules import Trial
from triage.model.progress import CancelToken, OnProgress
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.page import MESSAGE_WIDTH, DeskPage
from triage.ui.core.runner import Changed, Job, Runner
from triage.ui.kit import keys
from triage.ui.kit.key_binding import Screen
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.search_line import SearchLine
from triage.ui.kit.widgets import KeyButton, column, label, row, set_tooltip
from triage.ui.rules.rule_words import describe_use
from triage.ui.rules.rules_list import RulesList
from triage.ui.rules.trial_view import TrialView
from triage.ui.rules.use_dialog import UseDialog
from triage.ui.text.i18n import Safe, ltr, stack_lines, tr
from triage.ui.text.rule_field_words import name_rules


@dataclass(frozen=True, slots=True)
class _TriedRules:
    """Holds the result of a trial, whether it tried the previous rules, and what puts exactly the tried rules into use."""

    trial: Trial
    back: bool
    use: Callable[[OnProgress, CancelToken], str]


class RulesPage(DeskPage):
    """Shows the rules, the progress of a trial and its result."""

    keys_of = "rules"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Rules"))
        self.tried: _TriedRules | None = None
        self.job: Job | None = None
        self.search = SearchLine("rules", tr("Find a rule"))
        self.bar.insertWidget(2, self.search, 1)
        self.earlier = self.add_button("earlier", tr("Revert"), self.try_back)
        self.try_button = self.add_button("try", tr("Which reports would change band?"), self.try_edits, kind="primary")
        self.to_queue = self.add_way_back()
        self.listed = RulesList(api, runner, self.search)
        self.trial = TrialView()
        self.progress = ProgressRows()
        self.stop_button = KeyButton.for_action("rules", "stop", tr("Stop"), on=self.stop)
        self.doing = label("", "title", wrap=True)
        self.hint = label("", "muted", wrap=True)
        self.under_way = QWidget()
        self.steps = QStackedWidget()
        self._build()
        self._connect()

    def _build(self) -> None:
        """Lays out the three steps."""
        middle = QWidget()
        middle.setFixedWidth(MESSAGE_WIDTH)
        middle.setLayout(column(self.doing, 8, self.progress, 8, self.hint, row(self.stop_button, None), None))
        holder = QHBoxLayout(self.under_way)
        holder.setContentsMargins(24, 24, 24, 24)
        holder.addStretch(1)
        holder.addWidget(middle)
        holder.addStretch(1)
        for step in (self.listed, self.under_way, self.trial):
            self.steps.addWidget(step)
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.steps)

    def _connect(self) -> None:
        """Connects keys, buttons and the steps."""
        self.listed.said.connect(self.said)
        self.listed.closed.connect(self.closed)
        self.listed.edited.connect(self._update_buttons)
        self.listed.rest_asked.connect(self.score_rest)
        self.trial.closed.connect(self.show_list)
        self.trial.use_asked.connect(self.ask_use)
        self.trial.open_asked.connect(lambda number: self.open_asked.emit(number, ""))
        keys.bind(self.listed, "rules", "try", self.try_edits)
        keys.bind(self.listed, "rules", "earlier", self.try_back)
        keys.bind(self.under_way, "rules", "stop", self.stop)
        for place in (self.under_way, self.message):
            keys.bind(place, "rules", "back", self.closed.emit)
        for button in (self.try_button, self.earlier):
            button.setEnabled(False)
            if not self.listed.may_edit:
                set_tooltip(button, tr("Only a lead can change the rules."))

    def screen_now(self) -> Screen:
        """Returns the name of the screen whose keys apply now."""
        return "trial" if self.steps.currentWidget() is self.trial else "rules"

    # What is read

    def reload(self) -> None:
        """Reads the rules in use again."""
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
            return
        self.read(lambda: self.api.rule_book(), self.show_book)

    def show_book(self, book: RuleBook) -> None:
        """Shows the rules that were read."""
        self.beside.setText(name_rules(book.name))
        set_tooltip(self.beside, stack_lines(describe_use(book), ltr(f"sha256:{book.sha256}")))
        self.listed.show_book(book)
        self.show_body()

    def _update_buttons(self) -> None:
        """Enables the buttons that fit the edits."""
        edits, may = self.listed.edits, self.listed.may_edit
        self.try_button.setEnabled(may and edits is not None and bool(edits.now))
        self.earlier.setEnabled(may and edits is not None and edits.book.can_go_back)

    # Trying

    def try_edits(self) -> None:
        """Calculates in the background which reports would change band under the edits."""
        edits = self.listed.edits
        if edits is None or not self.try_button.isEnabled():
            first = tr("Edit something first; then you see which reports would change band.")
            self.said.emit(first if self.listed.may_edit else tr("Only a lead can change the rules."))
            return
        edit, base = edits.now, edits.book.name

        def use(_tried: Trial, on_progress: OnProgress, cancel: CancelToken) -> str:
            return self.api.use_edit(edit, base, on_progress, cancel)

        self._try(lambda on_progress, cancel: self.api.try_edit(edit, base, on_progress, cancel), use, back=False)

    def try_back(self) -> None:
        """Calculates which reports would change band under the previous rules."""
        if not self.earlier.isEnabled():
            none = tr("There are no previous rules.")
            self.said.emit(none if self.listed.may_edit else tr("Only a lead can change the rules."))
            return

        def use(tried: Trial, on_progress: OnProgress, cancel: CancelToken) -> str:
            return self.api.rules_back(on_progress, cancel, tried=tried)

        self._try(self.api.try_back, use, back=True)

    def _try(
        self,
        work: Callable[[OnProgress, CancelToken], Trial],
        use: Callable[[Trial, OnProgress, CancelToken], str],
        *,
        back: bool,
    ) -> None:
        """Runs a trial in the background; nothing is stored. `use` will put the tried rules into use."""
        self._show_progress(tr("Trying the rules"), tr("Nothing is stored. You can keep working elsewhere."))
        self.job = self.runner.study(
            work,
            lambda trial: self._show_tried(_TriedRules(trial, back, partial(use, trial))),
            owner=self,
            failed=lambda sentence: self._end(sentence, tr("Stopped. Nothing was changed.")),
            progress=self.progress.show_progress,
            about="trial",
        )

    def _show_tried(self, tried: _TriedRules) -> None:
        """Shows the result of a trial."""
        self.job = None
        self.tried = tried
        if self.listed.edits is not None:
            self.trial.reasons.update((rule.id, rule.reason) for rule in self.listed.edits.book.rules)
        self.trial.show_trial(tried.trial, may_use=self.listed.may_edit)
        self._show_step(self.trial)
        self.focus()

    # Using

    def ask_use(self) -> None:
        """Asks whether the tried rules should be used."""
        if (tried := self.tried) is not None:
            UseDialog(tried.trial, self.api.user.name, back=tried.back, parent=self, use=lambda: self._use(tried)).open()

    def _use(self, tried: _TriedRules) -> None:
        """Uses the tried rules, as they were tried and shown, and scores all reports again."""
        self._score_all(tried.use, lambda name: tr("Rules {name} are now in use.", name=ltr(name)))

    def score_rest(self) -> None:
        """Scores the reports that still wait after a stop."""
        edits = self.listed.edits
        if self.listed.may_edit and edits is not None and edits.book.waiting:
            self._score_all(self.api.judge_rest, lambda _: tr("All reports have been scored with the current rules."))
        else:
            self.said.emit(tr("No reports waiting."))

    def _score_all(self, work: Callable[[OnProgress, CancelToken], str | None], done: Callable[[str], Safe]) -> None:
        """Scores all reports in the background and announces the end."""

        def ended(name: str) -> None:
            self.said.emit(done(name))
            self._return_to_list()

        hint = tr("If you stop, the rules stay in use and the rest waits until you go on. An import under way ends first.")
        stopped = tr("Stopped. The rules stay in use; the remaining reports are not scored yet.")
        self._show_progress(tr("Scoring all reports"), hint)
        self.job = self.runner.do(
            work,
            ended,
            changes=Changed(all_reports=True),
            owner=self,
            failed=lambda sentence: self._end(sentence, stopped),
            progress=self.progress.show_progress,
            long=True,
        )

    def _show_progress(self, doing: Safe, hint: Safe) -> None:
        """Shows the progress step."""
        self.doing.setText(doing)
        self.hint.setText(hint)
        self.progress.begin()
        self.stop_button.setEnabled(True)
        self._show_step(self.under_way)
        self.stop_button.setFocus()

    def stop(self) -> None:
        """Stops the trial or the scoring."""
        if self.job is not None:
            self.job.cancel()
            self.stop_button.setEnabled(False)
            self.progress.stage.setText(tr("Stopping …"))

    def _end(self, sentence: str, stopped: Safe) -> None:
        """Says what a stop left behind, or why the job failed; the edits stay."""
        was_stopped = self.job is not None and self.job.token.cancelled()
        self.said.emit(stopped if was_stopped else sentence)
        self._return_to_list()

    def _return_to_list(self) -> None:
        """Shows the list and reads the rules again."""
        self.job = None
        self.show_list()
        self.reload()

    def show_list(self) -> None:
        """Shows the list of rules."""
        self.tried = None
        self._show_step(self.listed)
        self.focus()

    def _show_step(self, step: QWidget) -> None:
        """Shows a step, with the buttons of the bar that belong to it."""
        self.steps.setCurrentWidget(step)
        self.to_queue.setVisible(step is not self.trial)
        for part in (self.search, self.earlier, self.try_button):
            part.setVisible(step is self.listed)

    def step(self, step: int) -> str | None:
        """Moves the current row of the trial and returns the report number there."""
        return self.trial.step(step)

    def on_changed(self, changed: Changed) -> None:
        """Reads the rules again when all reports changed and no job is running."""
        if changed.all_reports and self.job is None:
            self.reload()

    def focus(self) -> None:
        """Moves the focus to the table or the stop button of the current step."""
        step = self.steps.currentWidget()
        (self.trial.table if step is self.trial else self.stop_button if step is self.under_way else self.listed.table).setFocus()
