"""Defines the page of keys: this store's keys, the custodians of the recovery key, and the keys of other workstations."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.jobs.keeping.keys import KeyFacts, KnownHalf
from triage.model.users import Right
from triage.store.key_file import ShownHalf
from triage.ui.admin.key_dialogs import HalfDialog, RotateDialog, ShownHalfDialog, TrustDialog
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Runner
from triage.ui.kit.fields import ShownCode, label_field
from triage.ui.kit.listing import add_facts, lay_out, make_side, set_start_margin
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import Card, KeyButton, LabelKind, clear, label, row
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, trn, word
from triage.ui.text.times import pkt
from triage.ui.unlock.wizard import group_fingerprint


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """The signing key of another workstation."""

    name: str
    fingerprint: str


COLUMNS: tuple[TableColumn[TrustedKey], ...] = (
    TableColumn(mark("Workstation"), 220, lambda k: isolated(k.name)),
    TableColumn(mark("Fingerprint of its signing key"), 0, lambda k: ltr(group_fingerprint(k.fingerprint))),
)


class KeyringPage(DeskPage):
    """Shows keys and custodians. Nothing secret is shown, except a half of the recovery key to its custodian."""

    keys_of = "keyring"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Keys and custodians"))
        self._may = api.may(Right.KEYS)
        self.facts: KeyFacts | None = None
        self.trust = self.add_button("trust", tr("Record a key"), self.record_key)
        self.trust.setEnabled(self._may)
        self.add_button("back", tr("Administration"), lambda: self.page_asked.emit("admin", ""))
        self.custodians = QVBoxLayout()
        self.custodians.setSpacing(12)
        self.table = RowsTable(COLUMNS, lambda key: key.fingerprint, name=tr("Keys of other workstations"))
        self.nothing = label(
            tr("No other workstation is known. What they sign is then only checked for change, not for who signed it."),
            "muted",
            wrap=True,
        )
        main = QWidget()
        column = QVBoxLayout(main)
        set_start_margin(column, 12)
        column.setSpacing(8)
        column.addLayout(self.custodians)
        column.addWidget(label(tr("Keys of other workstations"), "heading"))
        self.nothing.setAlignment((self.nothing.alignment() & ~Qt.AlignmentFlag.AlignVCenter) | Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.nothing, 1)
        column.addWidget(self.table, 1)
        self._column = column
        self.side, area = make_side()
        lay_out(self.body, main, area)
        self.bind(
            {
                "back": lambda: self.page_asked.emit("admin", ""),
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "first": lambda: self.show_half(1),
                "second": lambda: self.show_half(2),
                "trust": self.record_key,
                "distrust": self.remove_key,
                "rotate": self.replace_key,
            }
        )

    def reload(self) -> None:
        """Reads the keys again."""
        self.read(self.api.key_facts, self.show_facts)

    def show_facts(self, facts: KeyFacts) -> None:
        """Shows keys and custodians."""
        self.facts = facts
        self._show_custodians(facts)
        self._show_store(facts)
        rows = [TrustedKey(name, fingerprint) for fingerprint, name in sorted(facts.trusted.items(), key=lambda pair: pair[1])]
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self.show_body()

    def _show_custodians(self, facts: KeyFacts) -> None:
        """Shows who holds which half, and the buttons that show a new one."""
        clear(self.custodians)
        card = Card(tr("Recovery key"))
        valid = [half for half in facts.recovery if half.valid]
        if len(valid) < 2:
            says = tr("There is no valid recovery key. If every passphrase is lost, the store can't be opened any more.")
            card.body.addWidget(label(says, "bad", wrap=True))
        else:
            says = tr("Two custodians keep one half each. Both halves together give a user a new passphrase.")
            card.body.addWidget(label(says, "muted", wrap=True))
        for number_of in (1, 2):
            for half in (each for each in facts.recovery if each.half == number_of):
                kind: LabelKind = "" if half.valid else "warn"
                card.body.addWidget(label(_describe_half(half), kind, wrap=True))
        buttons = [
            KeyButton.for_action("keyring", "first", tr("Show half 1"), on=lambda: self.show_half(1)),
            KeyButton.for_action("keyring", "second", tr("Show half 2"), on=lambda: self.show_half(2)),
        ]
        card.body.addLayout(row(*buttons, None))
        hint = tr("Each half is shown in another person's session, so that nobody sees both.")
        card.body.addWidget(label(hint, "small", wrap=True))
        self.custodians.addWidget(card)

    def _show_store(self, facts: KeyFacts) -> None:
        """Shows this store's own keys, and what can be done."""
        clear(self.side)
        card = Card(tr("This store"))
        slots = Safe(tr(", ").join(_describe_slots(kind, n) for kind, n in facts.slots.items()))
        add_facts(
            card,
            [
                (tr("Signing key"), ltr(group_fingerprint(facts.fingerprint))),
                (tr("Key file"), tr("generation {n}", n=number(facts.generation))),
                (tr("Opened by"), slots),
            ],
        )
        card.body.addWidget(label_field(tr("age recipient"), ShownCode(facts.recipient)))
        card.body.addWidget(
            label(tr("Give both to other workstations on paper: they check what this store signs."), "small", wrap=True)
        )
        self.side.addWidget(card)
        acts = Card(tr("What you can do"))
        replace = KeyButton.for_action("keyring", "rotate", tr("Replace the master key"), on=self.replace_key)
        remove = KeyButton.for_action("keyring", "distrust", tr("Remove the chosen key"), on=self.remove_key)
        replace.setEnabled(self._may)
        remove.setEnabled(self._may and bool(facts.trusted))
        acts.body.addWidget(replace)
        acts.body.addWidget(remove)
        if not self._may:
            acts.body.addWidget(
                label(tr("Only an administrator changes keys. You may be shown your own half."), "muted", wrap=True)
            )
        self.side.addWidget(acts)
        self.side.addStretch(1)

    # What a person does

    def _allowed(self) -> bool:
        """Returns whether this person changes keys, and says so when not."""
        if not self._may:
            self.said.emit(tr("Only an administrator changes keys. You may be shown your own half."))
        return self._may

    def show_half(self, half: int) -> None:
        """Asks for the custodian, then shows the half to them."""

        def shown(made: tuple[str, ShownHalf]) -> None:
            custodian, found = made
            fingerprint = "" if self.facts is None else self.facts.fingerprint
            dialog = ShownHalfDialog(found, custodian, fingerprint, "", parent=self)
            dialog.finished.connect(lambda _: self.reload())
            dialog.open()

        HalfDialog(self.api, self.runner, half, parent=self, done=shown).open()

    def record_key(self) -> None:
        """Asks for the key of another workstation."""
        if self._allowed():
            TrustDialog(self.api, self.runner, parent=self, done=self._recorded).open()

    def _recorded(self, fingerprint: str) -> None:
        """Selects the key that was recorded."""
        self.table.choose(fingerprint)
        self._done(tr("Recorded: {key}", key=ltr(fingerprint[:16])))

    def remove_key(self) -> None:
        """Removes the chosen key of another workstation; the notice says how to record it again."""
        key = self.table.current_row()
        if key is None or not self._allowed():
            return
        says = tr("The key of {name} is removed. Record {key} to undo.", name=isolated(key.name), key=ltr(key.fingerprint[:16]))
        self.runner.do(
            lambda _progress, _cancel: self.api.distrust_key(key.name), lambda _: self._done(says), owner=self, failed=self.failed
        )

    def replace_key(self) -> None:
        """Asks whether to replace the master key."""
        if self._allowed():
            done = lambda generation: self._done(tr("The master key is new: generation {n}.", n=generation))  # noqa: E731
            RotateDialog(self.api, self.runner, parent=self, done=done).open()

    def _done(self, sentence: Safe) -> None:
        """Says what was done, and reads the keys again."""
        self.said.emit(sentence)
        self.reload()

    def focus(self) -> None:
        """Moves the focus to the keys of other workstations."""
        if self.table.isVisibleTo(self):
            self.table.setFocus()
        else:
            self.setFocus()


def _describe_slots(kind: str, n: int) -> Safe:
    """Returns how many keys of a kind open the store."""
    if kind == "passphrase":
        return trn("{n} passphrase", "{n} passphrases", n)
    return trn("{n} recovery key", "{n} recovery keys", n) if kind == "recovery" else tr("{n} {what}", n=n, what=word(kind))


def _describe_half(half: KnownHalf) -> Safe:
    """Returns who holds a half since when, and whether it is valid."""
    says = tr("Half {n}: {name}, since {when}", n=half.half, name=isolated(half.custodian), when=pkt(half.shown))
    return says if half.valid else tr("{half}. Not valid until the other half was shown.", half=says)
