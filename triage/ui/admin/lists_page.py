"""Defines the page of hash lists: what is loaded, how old it is, what it disputes with other lists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout

from triage.model.list_summary import ListConflicts, ListSummary, MatchConflict
from triage.model.users import Right
from triage.ui.admin.list_dialogs import AddListDialog, DistanceDialog, RemoveListDialog, describe_distance, describe_kind
from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_file
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Job, Runner
from triage.ui.kit.listing import add_facts, lay_out, make_side
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import Card, KeyButton, clear, label
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, stack_lines, tr, tr_message, trn, word

UNMATCHED = (mark("not matched (needs a licence)"), mark("not matched (nothing here computes it)"))
"""Why hashes of a list are kept and not compared, as the use case says it."""
OLD_DAYS = 180
MOST_CONFLICTS = 12  # disputed files that are listed; the rest is counted


class ListsPage(DeskPage):
    """Lists the hash lists, and shows where they disagree."""

    keys_of = "hash_lists"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Hash lists"))
        self._may = api.may(Right.LISTS)
        self._comparing: Job | None = None
        self.conflicts: ListConflicts | None = None
        self.add = self.add_button("add", tr("Import a list"), self.choose_file, kind="primary")
        self.add.setEnabled(self._may)
        self.add_button("back", tr("Administration"), lambda: self.page_asked.emit("admin", ""))
        columns: tuple[TableColumn[ListSummary], ...] = (
            TableColumn(mark("Name"), 0, lambda r: isolated(r.name)),
            TableColumn(mark("A hit means"), 160, lambda r: describe_kind(r.kind)),
            TableColumn(mark("Entries"), 84, lambda r: number(r.entries)),
            TableColumn(mark("Added"), 120, _describe_age, lambda r: "warn" if _age(r) > OLD_DAYS else "text"),
            TableColumn(mark("Distance"), 96, _describe_short_distance, spare=True),
            TableColumn(mark("Match conflict"), 120, self._describe_conflict, self._choose_ink),
        )
        self.table = RowsTable(columns, lambda row: row.name, name=tr("Hash lists"))
        self.table.row_changed.connect(self._show_list)
        side, area = make_side()
        self._facts = QVBoxLayout()
        self._facts.setSpacing(12)
        acts = Card(tr("What you can do"))
        self.distance = KeyButton.for_action("hash_lists", "distance", tr("Set distance"), on=self.set_distance)
        self.remove = KeyButton.for_action("hash_lists", "remove", tr("Remove"), on=self.remove_list)
        self.compare = KeyButton.for_action("hash_lists", "conflicts", tr("Look for conflicts"), on=self.look_for_conflicts)
        self.stop = KeyButton.for_action("hash_lists", "stop", tr("Stop"), kind="quiet", on=self.stop_work)
        self.progress = ProgressRows()
        for part in (self.distance, self.remove, self.compare, self.progress, self.stop):
            acts.body.addWidget(part)
        self.progress.hide()
        self.stop.hide()
        side.addLayout(self._facts)
        side.addWidget(acts)
        self._disputed = QVBoxLayout()
        side.addLayout(self._disputed)
        side.addStretch(1)
        lay_out(self.body, self.table, area)
        self.bind(
            {
                "back": lambda: self.page_asked.emit("admin", ""),
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "add": self.choose_file,
                "distance": self.set_distance,
                "remove": self.remove_list,
                "conflicts": self.look_for_conflicts,
                "stop": self.stop_work,
            }
        )

    def reload(self) -> None:
        """Reads the lists again."""
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Leads keep the hash lists."))
            return
        self.read(self.api.hash_lists, self.show_lists)

    def show_lists(self, rows: Sequence[ListSummary]) -> None:
        """Shows the lists."""
        self.beside.setText(trn("{n} list", "{n} lists", len(rows)))
        if not rows:
            step = (
                tr("Press {key} to import one: VICS, a table or a text of hashes.", key="N")
                if self._may
                else tr("Leads keep the hash lists.")
            )
            self.message.say(tr("No hash list is loaded; files were not checked."), step)
            self.states.setCurrentWidget(self.message)
            if self.isVisible():
                self.setFocus()
            return
        self.table.show_rows(rows)
        self._show_list(self.table.current_row())
        self.show_body()

    def _show_list(self, row: ListSummary | None) -> None:
        """Shows what is known of the current list."""
        clear(self._facts)
        self.distance.setEnabled(self._may)
        self.remove.setEnabled(self._may)
        if row is None:
            return
        card = Card(isolated(row.name))
        counts = (tr("{n} {what}", n=n, what=ltr(kind.upper())) for kind, n in row.hash_kinds.items())
        hashes = Safe(tr(", ").join(counts)) or tr("none")
        facts = [
            (tr("A hit means"), describe_kind(row.kind)),
            (tr("Categories"), ltr(row.profile) if row.profile else tr("not stated")),
            (tr("Compared"), hashes),
            (tr("Images match"), describe_distance(row.distance)),
            (tr("Added"), times.pkt(row.added)),
            (tr("Format"), ltr(row.format)),
        ]
        if row.unmatched_kinds:
            kept = tr(", ").join(
                tr("{n} {kind}: {why}", n=n, kind=kind, why=word(row.unmatched_why[kind]))
                for kind, n in row.unmatched_kinds.items()
            )
            facts.append((tr("Not compared"), Safe(kept)))
        if row.unread:
            facts.append((tr("Not read"), trn("{n} place of the file", "{n} places of the file", row.unread)))
        add_facts(card, facts)
        if row.unread_examples:
            card.body.addWidget(label(stack_lines(*map(tr_message, row.unread_examples[:3])), "small", wrap=True))
        self._facts.addWidget(card)
        self._show_disputed(row)

    # Conflicts

    def _describe_conflict(self, row: ListSummary) -> Safe:
        """Returns what the list disputes with others: files of the store, or hashes only."""
        if self.conflicts is None:
            return tr("not checked")
        files, hashes = self.conflicts.count(row.name)
        if files:
            return trn("{n} file", "{n} files", files)
        return trn("{n} hash", "{n} hashes", hashes) if hashes else tr("none")

    def _choose_ink(self, row: ListSummary) -> str:
        """Returns the colour of the conflicts."""
        if self.conflicts is None:
            return "muted"
        files, hashes = self.conflicts.count(row.name)
        return "bad" if files else "warn" if hashes else "text"

    def look_for_conflicts(self) -> None:
        """Compares the lists with one another, in the background."""
        if self._comparing is not None:
            return
        self._begin(tr("Comparing lists"))
        self._comparing = self.runner.study(
            lambda on_progress, cancel: self.api.list_conflicts(on_progress, cancel),
            self._show_conflicts,
            owner=self,
            failed=self._not_done,
            progress=self.progress.show_progress,
            about="conflicts",
        )

    def _show_conflicts(self, found: ListConflicts) -> None:
        """Shows where lists disagree."""
        self.conflicts, self._comparing = found, None
        self._finish()
        self.table.viewport().update()
        self._show_list(self.table.current_row())
        said = trn("{n} file is disputed between lists.", "{n} files are disputed between lists.", len(found.files))
        self.said.emit(said if found.files else tr("No file of the store is disputed between lists."))

    def _show_disputed(self, row: ListSummary) -> None:
        """Lists the files that the current list disputes, each with a button to its report."""
        clear(self._disputed)
        if self.conflicts is None:
            return
        mine = [each for each in self.conflicts.files if row.name in (each.known, each.harmless)]
        shared = [(names, n) for names, n in self.conflicts.shared.items() if row.name in names]
        if not mine and not shared:
            return
        card = Card(tr("Match conflict"))
        card.body.addWidget(
            label(tr("Both lists stand. Compare the file, then tell the keeper of the wrong list."), "muted", wrap=True)
        )
        for (known, harmless), n in shared:
            other = harmless if known == row.name else known
            shares = trn("{n} hash is also in {list}", "{n} hashes are also in {list}", n, list=isolated(other))
            card.body.addWidget(label(shares, wrap=True))
        for each in mine[:MOST_CONFLICTS]:
            card.body.addWidget(label(_describe_dispute(each, row.name), wrap=True))
            if each.report_id is not None:
                ask = lambda report=each.report_id: self.open_asked.emit(report, "")  # noqa: E731
                card.body.addWidget(KeyButton(tr("Open {report}", report=ltr(each.report_id)), kind="mini", on=ask))
        if len(mine) > MOST_CONFLICTS:
            card.body.addWidget(label(trn("and {n} more", "and {n} more", len(mine) - MOST_CONFLICTS), "muted"))
        self._disputed.addWidget(card)

    # What a person does

    def choose_file(self) -> None:
        """Asks for the file of a list."""
        if not self._may:
            self.said.emit(tr("Your roles do not include hash lists."))
            return
        name = ask_file(self, tr("Hash list"))
        if name:
            self.ask_kind(Path(name))

    def ask_kind(self, file: Path) -> None:
        """Opens the dialog that imports the list."""

        def added(made: ListSummary) -> None:
            self.table.choose(made.name)
            self._changed(tr("{name} is imported and compared.", name=isolated(made.name)))

        AddListDialog(self.api, self.runner, file, parent=self, done=added).open()

    def set_distance(self) -> None:
        """Asks for the distance of the current list, then compares."""
        row = self.table.current_row()
        if row is None or not self._may:
            return

        def was_set(made: ListSummary) -> None:
            self._changed(tr("{name}: {distance}.", name=isolated(made.name), distance=describe_distance(made.distance)))

        DistanceDialog(self.api, self.runner, row, parent=self, done=was_set).open()

    def remove_list(self) -> None:
        """Asks whether to remove the current list."""
        row = self.table.current_row()
        if row is None or not self._may:
            return

        def removed(_: object) -> None:
            self._changed(tr("{name} is removed.", name=isolated(row.name)))

        RemoveListDialog(self.api, self.runner, row, parent=self, done=removed).open()

    def _changed(self, said: Safe) -> None:
        """Says what was done, and reads the lists again."""
        self.conflicts = None
        self.said.emit(said)
        self.reload()

    def stop_work(self) -> None:
        """Stops the comparison of the lists with one another."""
        if self._comparing is not None:
            self._comparing.cancel()

    def _begin(self, says: Safe) -> None:
        """Shows the progress."""
        self.progress.begin()
        self.progress.stage.setText(says)
        self.progress.show()
        self.stop.show()
        self.compare.setEnabled(False)

    def _finish(self) -> None:
        """Hides the progress."""
        self.progress.hide()
        self.stop.hide()
        self.compare.setEnabled(True)

    def _not_done(self, sentence: str) -> None:
        """Says why it was not done."""
        self._comparing = None
        self._finish()
        self._show_list(self.table.current_row())
        self.said.emit(sentence)
        if not self.table.rows():
            self.reload()

    def focus(self) -> None:
        """Moves the focus to the table."""
        self.table.setFocus()


def _age(row: ListSummary) -> int:
    """Returns the days since the list was added."""
    return max(0, (times.now() - times.parse(row.added)).days)


def _describe_age(row: ListSummary) -> Safe:
    """Returns how long ago the list was added."""
    days = _age(row)
    return tr("today") if days == 0 else trn("{n} day ago", "{n} days ago", days)


def _describe_short_distance(row: ListSummary) -> Safe:
    """Returns the distance for a narrow column."""
    return tr("usual") if row.distance is None else trn("{n} bit", "{n} bits", row.distance)


def _describe_dispute(each: MatchConflict, name: str) -> Safe:
    """Returns which file is disputed with which list."""
    other, tier = (each.harmless, each.harmless_tier) if each.known == name else (each.known, each.known_tier)
    return tr("{file}: also in {list} ({tier})", file=ltr(each.file), list=isolated(other), tier=word(tier))
