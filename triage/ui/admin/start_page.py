"""Defines the start page of administrators and auditors: what needs attention, and the way to each page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from triage.jobs.keeping.audit_reading import AuditEntry
from triage.jobs.keeping.duties import Duty
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.listing import ScrolledContent, lay_out, make_side, set_start_margin
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import Card, KeyButton, LabelKind, clear, label, scrolled
from triage.ui.text import times
from triage.ui.text.i18n import isolated, mark, tr, tr_message, trn, word

URGENCIES = {"now": mark("Now"), "soon": mark("Soon"), "fine": mark("In order")}
INKS: dict[str, LabelKind] = {"now": "bad", "soon": "warn", "fine": "good"}
PAGES: tuple[tuple[str, str, Right | None, str], ...] = (
    ("users", mark("Users and roles"), Right.RECORD, "users"),
    ("policies", mark("Policies"), None, "policies"),
    ("hash_lists", mark("Hash lists"), Right.READ_REPORT, "hash_lists"),
    ("offices", mark("Offices"), Right.STATISTICS, "offices"),
    ("keyring", mark("Keys and custodians"), None, "keyring"),
    ("updates", mark("Signed updates"), Right.STATISTICS, "updates"),
    ("audit", mark("Audit log and checks"), Right.RECORD, "audit"),
    ("outgoing", mark("What left"), Right.RECORD, "outgoing"),
    ("backups", mark("Backup and restore"), Right.BACKUP, "backups"),
    ("destruction", mark("Destruction and holds"), Right.RECORD, "destruction"),
    ("statistics", mark("Statistics"), Right.STATISTICS, "statistics"),
    ("program_log", mark("Log of the program"), Right.RECORD, "program_log"),
)
"""(page, words, right, action of its key)."""
ROLES = {
    "analyst": mark("analyst"),
    "lead": mark("lead"),
    "examiner": mark("examiner"),
    "admin": mark("administrator"),
    "auditor": mark("auditor"),
}


NEWEST: tuple[TableColumn[AuditEntry], ...] = (
    TableColumn(mark("When"), 190, lambda e: times.pkt(e.when), lambda _: "muted"),
    TableColumn(mark("Who"), 110, lambda e: tr("auditors only") if e.hidden else isolated(e.user)),
    TableColumn(mark("What"), 0, lambda e: word(e.kind)),
)
MOST_NEWEST = 30  # entries of the audit log, the newest


class DutyRow(QFrame):
    """Shows one duty: how pressing it is, what is the case, and what to do. Enter or a click opens its page."""

    opened = Signal(str)

    def __init__(self, duty: Duty) -> None:
        super().__init__()
        self.duty = duty
        self.setProperty("kind", "duty")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        says, step = tr_message(duty.says), tr_message(duty.next_step)
        urgency = word(URGENCIES[duty.urgency])
        self.setAccessibleName(f"{urgency}: {says} {step}")
        mark_of = label(urgency, INKS[duty.urgency])
        mark_of.setFixedWidth(72)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(says, "strong" if duty.urgency != "fine" else "", wrap=True))
        if duty.urgency != "fine":
            words.addWidget(label(step, "muted", wrap=True))
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 12, 8)
        line.setSpacing(12)
        line.addWidget(mark_of, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        if duty.urgency != "fine":
            open_it = KeyButton(tr("Open"), kind="mini", on=lambda: self.opened.emit(duty.page))
            open_it.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            line.addWidget(open_it, 0, Qt.AlignmentFlag.AlignTop)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Opens the page of the duty on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.duty.page)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Opens the page of the duty."""
        self.opened.emit(self.duty.page)


class AdminPage(DeskPage):
    """Shows the duties of this person's roles, and the pages of administration."""

    keys_of = "admin"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Administration"))
        if api.may(Right.READ_REPORT):
            self.add_way_back()
        self.lines = QVBoxLayout()
        self.lines.setSpacing(4)
        set_start_margin(self.lines, 12, 16)
        inner = ScrolledContent()
        inner.setLayout(self.lines)
        self.newest = RowsTable(NEWEST, lambda entry: entry.n, name=tr("Newest entries of the audit log"), inset=True)
        self._heading = label(tr("Newest entries of the audit log"), "heading")
        set_start_margin(self._heading, 8)
        main = QWidget()
        column = QVBoxLayout(main)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scrolled(inner), 3)
        column.addWidget(self._heading)
        column.addWidget(self.newest, 4)
        side, area = make_side(320)
        pages = Card(tr("Pages"))
        calls: dict[str, Callable[[], object]] = {
            "back": self.closed.emit,
            "next": lambda: self.go(1),
            "previous": lambda: self.go(-1),
        }
        for name, words, right, action in PAGES:
            if right is None or api.may(right):
                button = KeyButton.for_action("admin", action, word(words), on=self._ask(name))
                pages.body.addWidget(button)
                calls[action] = self._ask(name)
        side.addWidget(pages)
        you = Card(tr("You"))
        roles = tr(", ").join(word(ROLES[role.value]) for role in sorted(api.user.roles))
        you.body.addWidget(label(isolated(api.user.name), "strong"))
        you.body.addWidget(label(roles, "muted", wrap=True))
        side.addWidget(you)
        side.addStretch(1)
        lay_out(self.body, main, area)
        self.bind(calls)

    def _ask(self, name: str) -> Callable[[], None]:
        """Returns a call that asks for a page."""
        return lambda: self.page_asked.emit(name, "")

    def reload(self) -> None:
        """Judges again what needs attention."""
        if not self.api.may(Right.RECORD):
            self.message.say(tr("Your roles do not include administration."), tr("Ask your administrator if that is wrong."))
            return
        self.read(self.api.duties, self.show_duties)
        reads = self.api.may(Right.AUDIT)
        self.newest.setVisible(reads)
        self._heading.setVisible(reads)
        if reads:
            self.runner.ask(self._read_newest, self.newest.show_rows, owner=self, failed=self.said.emit, about="newest")

    def _read_newest(self) -> tuple[AuditEntry, ...]:
        """Returns the newest entries of the audit log."""
        count = self.api.count_audit()
        return self.api.audit_entries(range(count - 1, max(-1, count - 1 - MOST_NEWEST), -1))

    def on_changed(self, changed: Changed) -> None:
        """Judges again when something was set aside."""
        if changed.set_aside:
            self.reload()

    def show_duties(self, duties: Sequence[Duty]) -> None:
        """Shows the duties, the pressing ones first."""
        clear(self.lines)
        pressing = [duty for duty in duties if duty.urgency != "fine"]
        said = trn("{n} thing needs attention", "{n} things need attention", len(pressing))
        self.beside.setText(said if pressing else tr("Nothing needs attention"))
        for words, some in ((tr("Needs attention"), pressing), (tr("In order"), [d for d in duties if d not in pressing])):
            if some:
                self.lines.addWidget(label(words, "heading"))
                for duty in some:
                    line = DutyRow(duty)
                    line.opened.connect(lambda page: self.page_asked.emit(page, ""))
                    self.lines.addWidget(line)
        self.lines.addStretch(1)
        self.show_body()
        if self.isVisible():  # else the keys of the page that is shown would be dead
            self.take_focus()

    def rows(self) -> list[DutyRow]:
        """Returns the lines of the duties, in their order."""
        items = (self.lines.itemAt(at) for at in range(self.lines.count()))
        return [widget for item in items if item is not None and isinstance(widget := item.widget(), DutyRow)]

    def go(self, step: int) -> None:
        """Moves the focus to the next or previous duty."""
        rows = self.rows()
        at = next((n for n, line in enumerate(rows) if line.hasFocus()), -1 if step > 0 else len(rows))
        if rows:
            rows[max(0, min(len(rows) - 1, at + step))].setFocus()

    def focus(self) -> None:
        """Moves the focus to the first duty."""
        if rows := self.rows():
            rows[0].setFocus()
        else:
            self.setFocus()
