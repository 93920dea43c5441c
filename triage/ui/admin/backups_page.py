"""Defines the page of backups: which there are, what they need, and the way back from one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.jobs.keeping.backup import BackupFolder, BackupResult, Restored
from triage.jobs.keeping.register import RegisterResult
from triage.model.handover import Handover
from triage.model.users import Right
from triage.ui.admin.backup_dialogs import DestroyedCarrierDialog, NoRegisterDialog, RestoreDialog
from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_file, ask_folder, ask_new_file
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Job, Runner
from triage.ui.kit.listing import add_facts, lay_out, make_side, set_start_margin
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import Card, KeyButton, clear, label
from triage.ui.text import times
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, trn


class BackupsPage(DeskPage):
    """Lists the backups, makes one, restores one into a new folder, and keeps the register of destructions."""

    keys_of = "backups"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Backup and restore"))
        self._may = api.may(Right.BACKUP)
        self._job: Job | None = None
        self._expires_after = 0
        self.make = self.add_button("make", tr("Back up"), self.choose_folder, kind="primary")
        self.restore = self.add_button("restore", tr("Restore"), self.ask_restore)
        self.add_button("back", tr("Administration"), lambda: self.page_asked.emit("admin", ""))
        columns: tuple[TableColumn[BackupFolder], ...] = (
            TableColumn(mark("Folder"), 0, lambda b: ltr(b.place), cut_middle=True),
            TableColumn(mark("State"), 64, lambda b: number(b.number), spare=True),
            TableColumn(mark("Made"), 190, lambda b: times.pkt(b.made)),
            TableColumn(mark("To do"), 240, self._describe_duty, lambda b: "bad" if b.to_do else "muted"),
        )
        self.table = RowsTable(columns, lambda backup: backup.id, name=tr("Backups"))
        self.table.row_changed.connect(self._show_backup)
        self.nothing = label("", "muted", wrap=True)
        main = QWidget()
        column = QVBoxLayout(main)
        column.setContentsMargins(0, 0, 0, 0)
        set_start_margin(self.nothing, 16)
        column.addWidget(self.nothing)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        self._facts = QVBoxLayout()
        self.progress = ProgressRows()
        self.stop = KeyButton.for_action("backups", "stop", tr("Stop"), kind="quiet", on=self.stop_work)
        self._under_way = Card(tr("Under way"))
        self._under_way.body.addWidget(self.progress)
        self._under_way.body.addWidget(self.stop)
        self._under_way.hide()
        side, area = make_side()
        side.addWidget(self._under_way)
        side.addLayout(self._facts)
        side.addWidget(self._build_acts())
        side.addStretch(1)
        lay_out(self.body, main, area)
        self.bind(
            {
                "back": lambda: self.page_asked.emit("admin", ""),
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "make": self.choose_folder,
                "again": self.back_up_again,
                "restore": self.ask_restore,
                "destroyed": self.state_destroyed,
                "register": self.choose_register_out,
                "apply": self.choose_register,
                "none": self.state_no_register,
                "stop": self.stop_work,
            }
        )

    def _build_acts(self) -> Card:
        """Builds the card with what can be done."""
        card = Card(tr("What you can do"))
        acts: tuple[tuple[str, Safe, Any], ...] = (
            ("again", tr("Bring this backup up to date"), self.back_up_again),
            ("destroyed", tr("Its carrier was destroyed"), self.state_destroyed),
            ("register", tr("Write the register of destructions"), self.choose_register_out),
            ("apply", tr("Apply a register"), self.choose_register),
            ("none", tr("There is no register"), self.state_no_register),
        )
        self.acts: dict[str, KeyButton] = {}
        for action, words, on in acts:
            self.acts[action] = KeyButton.for_action("backups", action, words, on=on)
            card.body.addWidget(self.acts[action])
        says = tr(
            "The register lists what was destroyed. It is kept away from this machine: restoring an older backup asks for it."
        )
        card.body.addWidget(label(says, "small", wrap=True))
        return card

    def reload(self) -> None:
        """Reads the backups again."""
        if not self._may:
            self.message.say(tr("Your roles do not include backups."), tr("Administrators keep the backups."))
            return
        self.read(
            lambda: (self.api.backups(), self.api.office_policy().backup_expires_after_days),
            lambda found: self.show_backups(*found),
        )

    def show_backups(self, rows: Sequence[BackupFolder], expires_after: int) -> None:
        """Shows the backups, the oldest state first."""
        self._expires_after = expires_after
        kept = [row for row in rows if row.gone is None]
        self.beside.setText(trn("{n} backup", "{n} backups", len(kept)))
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self.nothing.setText(
            tr("There is no backup. Press {key} and choose a folder on a carrier that is kept elsewhere.", key="N")
        )
        self._show_backup(self.table.current_row())
        self.show_body()

    def _describe_duty(self, backup: BackupFolder) -> Safe:
        """Returns what has to be done about a backup."""
        if backup.gone is not None:
            return tr("carrier destroyed {when}", when=times.pkt(backup.gone))
        if backup.destroyed_since:
            return tr("holds {n} destroyed since", n=backup.destroyed_since)
        return tr("older than {n} days", n=self._expires_after) if backup.to_do else tr("nothing")

    def _show_backup(self, backup: BackupFolder | None) -> None:
        """Shows what is known of the current backup."""
        clear(self._facts)
        live = backup is not None and backup.gone is None and self._job is None
        self.acts["again"].setEnabled(live)
        self.acts["destroyed"].setEnabled(live)
        if backup is None:
            return
        card = Card(tr("Backup"))
        add_facts(
            card,
            [
                (tr("Folder"), ltr(backup.place)),
                (tr("Made"), times.pkt(backup.made)),
                (tr("State"), number(backup.number)),
                (tr("To do"), self._describe_duty(backup)),
            ],
        )
        if backup.to_do:
            card.body.addWidget(label(tr("Back up into it again, or destroy its carrier."), "warn", wrap=True))
        self._facts.addWidget(card)

    # What a person does

    def choose_folder(self) -> None:
        """Asks for the folder of a backup."""
        if self._may and self._job is None:
            name = ask_folder(self, tr("Folder of the backup"), "out")
            if name:
                self.back_up(Path(name))

    def back_up_again(self) -> None:
        """Brings the current backup up to date."""
        backup = self.table.current_row()
        if backup is not None and backup.gone is None and self._job is None and self._may:
            self.back_up(Path(backup.place))

    def back_up(self, folder: Path) -> None:
        """Makes a backup in the background; the store may be used meanwhile."""

        def done(made: BackupResult) -> None:
            self._finish(tr("Backup {n} is complete. New media: {size}.", n=made.number, size=times.size(made.copied)))

        self._run(lambda on_progress, cancel: self.api.make_backup(folder, on_progress, cancel), done)

    def ask_restore(self) -> None:
        """Opens the dialog that restores a backup into a new folder."""
        if self._may and self._job is None:
            RestoreDialog(self.api, self.runner, parent=self, done=lambda found: self._say_restored(*found)).open()

    def _say_restored(self, result: Restored, target: Path | None) -> None:
        """Says what was restored."""
        where = ltr(str(target or ""))
        if not result.check.valid:
            self.said.emit(
                trn(
                    "The store in {folder} is NOT complete: {n} problem.",
                    "The store in {folder} is NOT complete: {n} problems.",
                    len(result.check.problems),
                    folder=where,
                )
            )
        elif result.waits:
            self.said.emit(tr("Restored to {folder}. It waits for a register of destructions.", folder=where))
        else:
            self.said.emit(tr("Restored to {folder} and complete.", folder=where))

    def state_destroyed(self) -> None:
        """Asks whether the carrier of the current backup was destroyed."""
        backup = self.table.current_row()
        if backup is not None and backup.gone is None and self._may:
            done = lambda _: self._finish(tr("Recorded: the carrier was destroyed."))  # noqa: E731
            DestroyedCarrierDialog(self.api, self.runner, backup, parent=self, done=done).open()

    def choose_register_out(self) -> None:
        """Asks where to write the register of destructions."""
        if self._may and self._job is None:
            name = ask_new_file(self, tr("Register of destructions"), "register.json", "*.json")
            if name:
                self.write_register(Path(name))

    def write_register(self, path: Path) -> None:
        """Writes the register; the file dialog has asked whether to overwrite."""
        self._run(
            lambda _progress, _cancel: self.api.export_register(path, handover=Handover(), overwrite=True),
            lambda named: self._finish(trn("The register names {n} destruction.", "The register names {n} destructions.", named)),
        )

    def choose_register(self) -> None:
        """Asks for a register to apply."""
        if self._may and self._job is None:
            name = ask_file(self, tr("Register of destructions"))
            if name:
                self.apply_register(Path(name))

    def apply_register(self, path: Path) -> None:
        """Destroys here what the register names."""

        def done(applied: RegisterResult) -> None:
            self._finish(
                tr(
                    "The register was applied. Destroyed again: {n}; already known: {known}.",
                    n=number(applied.destroyed),
                    known=number(applied.known),
                )
            )

        self._run(
            lambda on_progress, _cancel: self.api.apply_register(path, on_progress), done, changes=Changed(all_reports=True)
        )

    def state_no_register(self) -> None:
        """Asks why there is no register."""
        if self._may:
            done = lambda _: self._finish(tr("Recorded. The store can be used."))  # noqa: E731
            NoRegisterDialog(self.api, self.runner, parent=self, done=done).open()

    def stop_work(self) -> None:
        """Stops what runs; an earlier state of a backup stays as it was."""
        if self._job is not None:
            self._job.cancel()

    def _run(self, work: Any, done: Any, *, changes: Changed | None = None) -> None:
        """Runs long work with progress."""
        self._under_way.show()
        self.progress.begin()
        self._job = self.runner.do(
            work,
            done,
            changes=changes or Changed(),
            owner=self,
            failed=self._not_done,
            progress=self.progress.show_progress,
        )
        self._show_backup(self.table.current_row())

    def _finish(self, sentence: Safe) -> None:
        """Says what was done, and reads the backups again."""
        self._job = None
        self._under_way.hide()
        self.said.emit(sentence)
        self.reload()

    def _not_done(self, sentence: str) -> None:
        """Says why it was not done."""
        self._job = None
        self._under_way.hide()
        self._show_backup(self.table.current_row())
        self.said.emit(sentence)

    def focus(self) -> None:
        """Moves the focus to the table."""
        if self.table.isVisibleTo(self):
            self.table.setFocus()
        else:
            self.setFocus()
