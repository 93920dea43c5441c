"""Defines the page of the audit log: its entries under a filter, and the checks of an auditor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.jobs.keeping.audit_reading import AuditEntry, AuditFilter
from triage.model.users import Right
from triage.ui.audit.checks_panel import ChecksPanel
from triage.ui.audit.entries_table import EntriesTable
from triage.ui.audit.filter_row import FilterRow
from triage.ui.audit.value_words import describe_facts
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Job, Runner
from triage.ui.core.window_calls import make_window_call
from triage.ui.kit.listing import add_facts, lay_out, make_side, set_start_margin
from triage.ui.kit.widgets import Card, clear, label, row
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, number, tr, trn, word

EVERYTHING = AuditFilter()


class AuditPage(DeskPage):
    """Shows the audit log. Whoever may not read its entries still verifies it."""

    keys_of = "audit"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Audit log and checks"))
        self._may_read = api.may(Right.AUDIT)
        self._search: Job | None = None
        self._count = self._hits = 0
        self._wanted = EVERYTHING
        self.add_button("back", tr("Administration"), lambda: self.page_asked.emit("admin", ""))
        self.filter = FilterRow()
        self.filter.changed.connect(self.search)
        self.filter.said.connect(self.said)
        self.table = EntriesTable(api, runner)
        self.table.row_changed.connect(self._show_entry)
        self.table.paged.failed.connect(self.said)
        self.state = label("", "small", wrap=True)
        self.nothing = label("", "muted", wrap=True)
        set_start_margin(self.nothing, 16)
        main = QWidget()
        column = QVBoxLayout(main)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._told = QWidget()
        told = row(self.state, self.filter.clear_button)
        told.setStretch(0, 1)
        set_start_margin(told, 0, 4)
        self._told.setLayout(told)
        for part in (self.filter, self._told, self.nothing):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        self._entry = QVBoxLayout()
        self.checks = ChecksPanel(api, runner)
        self.checks.said.connect(self.said)
        self.checks.done.connect(self._count_again)
        side, area = make_side()
        side.addLayout(self._entry)
        side.addWidget(self.checks)
        side.addStretch(1)
        lay_out(self.body, main, area)
        self.bind(
            {
                "back": lambda: self.page_asked.emit("admin", ""),
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "search": self.filter.about.setFocus,
                "clear": self.filter.reset,
                "verify": self.checks.verify_log,
                "compare": self.checks.choose_head,
                "check": self.checks.check_store,
                "export": self.checks.choose_out,
                "stop": self.stop,
            }
        )

    def reload(self) -> None:
        """Counts the entries, and shows them under the filter."""
        if not self.api.may(Right.RECORD):
            self.message.say(tr("Your roles do not include the audit log."), tr("Ask your administrator if that is wrong."))
            return
        if not self._may_read:
            for part in (self.filter, self._told, self.table):
                part.hide()
            self.nothing.setText(tr("Only administrators and auditors read the entries. You can verify the log here."))
            self.show_body()
            return
        self.runner.drop_answers(self, "count")
        self.read(lambda: (self.api.count_audit(), self.api.user_names()), lambda found: self.show_log(*found))

    def on_changed(self, changed: Changed) -> None:
        """Leaves the list as it is, so that it does not move under the reader; a count beside it says what is new."""
        self._count_again()

    def _count_again(self) -> None:
        """Counts the entries again."""
        if self._may_read:
            self.runner.ask(self.api.count_audit, self._say_new, owner=self, failed=self.said.emit, about="count")

    def _say_new(self, count: int) -> None:
        """Says how many entries came since the list was read."""
        said = trn("{n} entry", "{n} entries", self._count)
        new = count - self._count
        self.beside.setText(tr("{entries}, {n} newer", entries=said, n=number(new)) if new else said)

    def show_log(self, count: int, users: Sequence[str]) -> None:
        """Shows the whole log, or searches it again."""
        self._count = count
        self.filter.show_users(users)
        self.beside.setText(trn("{n} entry", "{n} entries", count))
        self.nothing.hide()
        self.show_body()
        self.search()

    # Searching

    def search(self) -> None:
        """Shows the entries that fit the filter, the newest first, while the search goes on."""
        wanted = self.filter.read()
        if wanted is None or not self._may_read:
            return
        self.runner.drop_answers(self, "search")
        self._search = None
        self._wanted = wanted
        self.nothing.hide()
        self.table.show()
        if wanted == EVERYTHING:
            self.state.setText("")
            self.table.show_all(self._count)
            return
        self._hits = 0
        self.table.begin_search()
        self._show_entry(None)
        self.state.setText(tr("Searching …"))

        add_found = make_window_call(self, self._add_found)

        def work(on_progress: object, cancel: object) -> int:
            return self.api.find_audit(wanted, lambda numbers: add_found(wanted, numbers), on_progress, cancel)  # type: ignore[arg-type]

        def done(hits: int) -> None:
            self._search = None
            self._say_found(hits)

        def fail(sentence: str) -> None:
            stopped = self._search is not None and self._search.token.cancelled()
            self._search = None
            words_ = tr("Stopped; {n} found in the newer part of the log.", n=number(self._hits))
            self.state.setText(words_ if stopped else Safe(sentence))

        def progress(made: object) -> None:
            share = made.done * 100 // max(1, made.total or 1)  # type: ignore[attr-defined]
            self.state.setText(tr("Searching: {share}, {n} found", share=ltr(f"{share} %"), n=number(self._hits)))

        self._search = self.runner.study(work, done, owner=self, failed=fail, progress=progress, about="search")

    def _add_found(self, wanted: AuditFilter, numbers: Sequence[int]) -> None:
        """Adds entries that the present search found."""
        if wanted is self._wanted:
            first = self._hits == 0
            self._hits += len(numbers)
            self.table.add_found(numbers)
            if first:
                self.table.select(0)

    def _say_found(self, hits: int) -> None:
        """Says how many entries fit."""
        self.state.setText(trn("{n} entry fits", "{n} entries fit", hits))
        self.table.setVisible(hits > 0)
        self.nothing.setVisible(hits == 0)
        self.nothing.setText(tr("No entry fits. Clear the filter to see all."))

    def stop(self) -> None:
        """Stops the search, or else the check."""
        if self._search is not None:
            self._search.cancel()
        else:
            self.checks.stop_check()

    def _show_entry(self, entry: AuditEntry | None) -> None:
        """Shows the current entry whole."""
        clear(self._entry)
        if entry is None:
            return
        card = Card(tr("Entry {n}", n=number(entry.n)))
        who = tr("shown to auditors only") if entry.hidden else isolated(entry.user)
        facts = [(tr("What"), word(entry.kind)), (tr("Who"), who), (tr("When"), times.both(entry.when))]
        facts += describe_facts(entry)
        add_facts(card, facts)
        if entry.hidden:
            says = tr("What a person viewed is private. Auditors read it to check views, nobody else.")
            card.body.addWidget(label(says, "small", wrap=True))
        self._entry.addWidget(card)

    def focus(self) -> None:
        """Moves the focus to the entries."""
        if self.table.isVisibleTo(self):
            self.table.setFocus()
        else:
            self.setFocus()
