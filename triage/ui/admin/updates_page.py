"""Defines the page of signed updates: which tables, rules and lists are in use, who signed them, and the way to change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout

from triage.jobs.signed_updates import AppliedUpdate, UpdatePreview
from triage.model.users import Right
from triage.ui.admin.update_dialogs import CHANGES, KINDS, DistrustIssuerDialog, TrustIssuerDialog, UpdateDialog, describe_kind
from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_file
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Job, Runner
from triage.ui.kit.listing import add_facts, lay_out, make_side
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.question_dialog import QuestionDialog
from triage.ui.kit.table import RowHeading, RowsTable, TableColumn
from triage.ui.kit.widgets import Card, KeyButton, clear, label
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, trn
from triage.ui.unlock.wizard import group_fingerprint


@dataclass(frozen=True, slots=True)
class TableInUse:
    """A line of the page: an update, or the tables of a kind as they were shipped."""

    kind: str
    update: AppliedUpdate | None = None

    @property
    def what(self) -> Safe:
        """Returns what the line is about."""
        return describe_kind(self.kind, "" if self.update is None else self.update.name)


COLUMNS: tuple[TableColumn[TableInUse], ...] = (
    TableColumn(mark("Table or list"), 0, lambda r: r.what),
    TableColumn(mark("Number"), 104, lambda r: number(r.update.number) if r.update else tr("as shipped")),
    TableColumn(mark("Issued"), 110, lambda r: times.calendar_day(r.update.issued) if r.update else Safe(""), spare=True),
    TableColumn(mark("Signed by"), 170, lambda r: _name_issuer(r.update) if r.update else tr("part of the program"), spare=True),
    TableColumn(mark("Applied"), 190, lambda r: times.pkt(r.update.applied) if r.update else Safe(""), spare=True),
    TableColumn(mark("State"), 130, lambda r: _describe_state(r.update), lambda r: "text" if _is_used(r.update) else "muted"),
)


class UpdatesPage(DeskPage):
    """Lists what is in use and what was before. Files come on a carrier; nothing is ever fetched."""

    keys_of = "updates"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Signed updates"))
        self._may, self._may_trust = api.may(Right.RULES), api.may(Right.KEYS)
        self._job: Job | None = None
        self.issuers: dict[str, str] = {}
        self._unknown = ""
        self.add_button("open", tr("Look at a file"), self.choose_file, kind="primary")
        self.add_button("back", tr("Administration"), lambda: self.page_asked.emit("admin", ""))
        self.table = RowsTable(COLUMNS, lambda row: (row.kind, row.update.id if row.update else 0), name=tr("Signed updates"))
        self.table.row_changed.connect(self._show_row)
        side, area = make_side()
        self._facts, self._issuers = QVBoxLayout(), QVBoxLayout()
        acts = Card(tr("What you can do"))
        self.undo = KeyButton.for_action("updates", "undo", tr("Undo this update"), on=self.ask_undo)
        self.trust = KeyButton.for_action("updates", "trust", tr("Trust an issuer"), on=self.ask_trust)
        self.distrust = KeyButton.for_action("updates", "distrust", tr("End the trust in an issuer"), on=self.ask_distrust)
        self.stop = KeyButton.for_action("updates", "stop", tr("Stop"), kind="quiet", on=self.stop_work)
        self.progress = ProgressRows()
        for part in (self.undo, self.trust, self.distrust, self.progress, self.stop):
            acts.body.addWidget(part)
        self._show_running(False)
        for layout in (self._facts, self._issuers):
            layout.setSpacing(12)
        side.addLayout(self._facts)
        side.addWidget(acts)
        side.addLayout(self._issuers)
        says = tr("Updates come as files on a carrier, signed by their issuer. Nothing is fetched.")
        side.addWidget(label(says, "small", wrap=True))
        side.addStretch(1)
        lay_out(self.body, self.table, area)
        self.bind(
            {
                "back": lambda: self.page_asked.emit("admin", ""),
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "open": self.choose_file,
                "undo": self.ask_undo,
                "trust": self.ask_trust,
                "distrust": self.ask_distrust,
                "stop": self.stop_work,
            }
        )

    def reload(self) -> None:
        """Reads the updates and their issuers again."""
        self.read(lambda: (self.api.updates(), self.api.update_issuers()), lambda found: self.show_updates(*found))

    def show_updates(self, updates: Sequence[AppliedUpdate], issuers: dict[str, str]) -> None:
        """Shows what is in use of each kind, then what is not any more, the newest first."""
        self.issuers = issuers
        used = [update for update in updates if update.in_use]
        rows: list[TableInUse | RowHeading] = [RowHeading(tr("In use"))]
        for kind in KINDS:
            of_kind = [TableInUse(kind, update) for update in used if update.kind == kind]
            rows += of_kind or ([] if kind == "hash-list" else [TableInUse(kind)])
        over = [TableInUse(update.kind, update) for update in reversed(updates) if not update.in_use]
        if over:
            rows += [RowHeading(tr("No longer in use")), *over]
        self.beside.setText(
            trn("{n} update in use", "{n} updates in use", len(used))
            if updates
            else tr("No update was applied; all is as shipped")
        )
        self.table.show_rows(rows)
        self._show_issuers()
        self._show_row(self.table.current_row())
        self.show_body()

    def _show_row(self, row: TableInUse | None) -> None:
        """Shows all that is known of the current line."""
        clear(self._facts)
        update = row.update if row is not None else None
        free = self._job is None
        self.undo.setEnabled(self._may and free and update is not None and update.in_use)
        self.trust.setEnabled(self._may_trust and free)
        self.distrust.setEnabled(self._may_trust and free and bool(self.issuers))
        if row is None:
            return
        card = Card(row.what)
        if update is None:
            card.body.addWidget(label(tr("As shipped with this version of the program; no update replaces it."), wrap=True))
        else:
            facts = [
                (tr("Number"), number(update.number)),
                (tr("Issued"), times.calendar_day(update.issued)),
                (tr("Signed by"), _name_issuer(update)),
                (tr("Key"), ltr(group_fingerprint(update.issuer))),
                (tr("Applied"), times.pkt(update.applied)),
                (tr("Applied by"), isolated(update.user) if update.user else tr("unknown")),
                (tr("State"), _describe_state(update)),
            ]
            if update.undone is not None:
                facts.append((tr("Undone"), times.pkt(update.undone)))
            if update.note:
                facts.append((tr("Note"), isolated(update.note)))
            add_facts(card, facts)
        self._facts.addWidget(card)

    def _show_issuers(self) -> None:
        """Lists the trusted issuers, or says how to trust one."""
        clear(self._issuers)
        card = Card(tr("Trusted issuers"))
        if not self.issuers:
            says = tr("No issuer is trusted, so no update can be applied. An administrator and a second person trust one first.")
            card.body.addWidget(label(says, "warn", wrap=True))
        for key, name in sorted(self.issuers.items(), key=lambda pair: pair[1]):
            card.body.addWidget(label(isolated(name), "strong", wrap=True))
            card.body.addWidget(label(ltr(group_fingerprint(key)), "small", wrap=True, selectable=True))
        self._issuers.addWidget(card)

    # What a person does

    def choose_file(self) -> None:
        """Asks for the file of an update."""
        if self._job is None:
            name = ask_file(self, tr("Signed update"))
            if name:
                self.look_at(Path(name))

    def look_at(self, path: Path) -> None:
        """Shows what an update would change."""
        self.runner.ask(
            lambda: self.api.show_update(path),
            lambda found: self._show_file(path, found),
            owner=self,
            failed=self.said.emit,
            about="file",
        )

    def _show_file(self, path: Path, found: UpdatePreview) -> None:
        """Opens the dialog of an update that was read. The key of an unknown issuer is kept for the dialog of trust."""
        self._unknown = "" if found.issuer_name else found.issuer
        what = describe_kind(found.kind, found.name)
        done = lambda made: self._finish(tr("{what}, number {n}, is in use. Ctrl Z undoes it.", what=what, n=made.number))  # noqa: E731
        UpdateDialog(self.api, self.runner, path, found, may=self._may, parent=self, done=done).open()

    def ask_undo(self) -> None:
        """Asks before the chosen update is undone."""
        row = self.table.current_row()
        if row is None or row.update is None or not row.update.in_use or not self._may or self._job is not None:
            return
        update, what = row.update, row.what
        says = (
            tr("What was in use before is in use again, and the reports that it concerns are judged again."),
            tr("To have the update back, look at its file and apply it again."),
        )
        said = tr("{what}, number {n}, is undone.", what=what, n=update.number)
        undo = lambda: self._undo(update.id, said)  # noqa: E731
        title = tr("Undo {what}, number {n}?", what=what, n=update.number)
        QuestionDialog(title, says, tr("Undo"), undo, parent=self).open()

    def ask_trust(self) -> None:
        """Asks for name and key of an issuer, with the key of the file that was shown last."""
        if not self._may_trust:
            self.said.emit(tr("Only an administrator trusts issuers."))
            return
        done = lambda name: self._finish(tr("Updates of {name} can be applied.", name=isolated(name)))  # noqa: E731
        TrustIssuerDialog(self.api, self.runner, key=self._unknown, parent=self, done=done).open()

    def ask_distrust(self) -> None:
        """Asks which issuer is no longer trusted."""
        if self._may_trust and self.issuers:
            done = lambda name: self._finish(tr("Updates of {name} are refused from now on.", name=isolated(name)))  # noqa: E731
            DistrustIssuerDialog(self.api, self.runner, self.issuers, parent=self, done=done).open()

    def stop_work(self) -> None:
        """Stops the undoing of an update. Once it is undone it stays so, and its reports are judged later."""
        if self._job is not None:
            self._job.cancel()

    def _undo(self, update_id: int, said: Safe) -> None:
        """Undoes an update with progress, and says so."""
        self._show_running(True)
        self.progress.begin()
        self._job = self.runner.do(
            lambda on_progress, cancel: self.api.undo_update(update_id, on_progress, cancel),
            lambda _: self._finish(said),
            changes=CHANGES,
            owner=self,
            failed=self._finish,
            progress=self.progress.show_progress,
        )
        self._show_row(self.table.current_row())

    def _show_running(self, running: bool) -> None:
        """Shows or hides the progress."""
        self.progress.setVisible(running)
        self.stop.setVisible(running)

    def _finish(self, sentence: str) -> None:
        """Says what was done or why it was not, and reads the updates again."""
        self._job = None
        self._show_running(False)
        self.said.emit(sentence)
        self.reload()

    def focus(self) -> None:
        """Moves the focus to the table."""
        self.table.setFocus()


def _name_issuer(update: AppliedUpdate) -> Safe:
    """Returns the name of who signed an update, or that nobody trusts that key any more."""
    return isolated(update.issuer_name) if update.issuer_name else tr("no longer trusted")


def _is_used(update: AppliedUpdate | None) -> bool:
    """Returns whether a line is in use."""
    return update is None or update.in_use


def _describe_state(update: AppliedUpdate | None) -> Safe:
    """Returns whether a line is in use, was undone, or was followed by a newer update."""
    if _is_used(update):
        return tr("in use")
    return tr("undone") if update is not None and update.undone is not None else tr("replaced")
