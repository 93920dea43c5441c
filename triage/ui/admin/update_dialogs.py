"""Dialogs for signed updates: what a file would change, and the trust in an issuer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox, QWidget

from triage.jobs.signed_updates import UpdatePreview
from triage.jobs.update_changes import FileChange
from triage.model.progress import CancelToken, OnProgress
from triage.ui.admin.list_dialogs import KINDS as LIST_KINDS
from triage.ui.admin.list_dialogs import MEANINGS
from triage.ui.core.api import Api
from triage.ui.core.consent_form import ConsentForm
from triage.ui.core.form_dialog import FormDialog, LongFormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.fields import NamedField, ShownLines, label_field
from triage.ui.kit.widgets import label
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, searchable, tr, tr_message, trn, word
from triage.ui.unlock.wizard import group_fingerprint

CHANGES = Changed(all_reports=True, match_decisions=True)
KINDS = {
    "addresses": mark("Address ranges"),
    "offices": mark("Offices"),
    "law": mark("Law"),
    "phrases": mark("Phrase lists"),
    "rules": mark("Rules of the score"),
    "hash-list": mark("Hash list"),
}
"""What updates can bring, in the order of the page."""
SEEN_LINES = 8
"""Changed lines of a file that are seen at once; the others are reached by scrolling."""


def describe_kind(kind: str, name: str) -> Safe:
    """Returns what an update brings: a hash list has a name."""
    return tr("{kind}: {name}", kind=word(KINDS[kind]), name=isolated(name)) if name else word(KINDS[kind])


class UpdateDialog(LongFormDialog):
    """Shows who signed an update and what it would change, and applies it.

    `may` says whether this person's roles apply updates. One that can't be applied says why. A file that was exchanged since it
    was shown is refused.
    """

    stops_whole = False

    def __init__(
        self,
        api: Api,
        runner: Runner,
        path: Path,
        found: UpdatePreview,
        *,
        may: bool,
        parent: QWidget,
        done: Callable[[Any], None],
    ) -> None:
        title = tr("{what}, number {n}", what=describe_kind(found.kind, found.name), n=found.number)
        super().__init__(runner, title, parent=parent, done=done, record=tr("Apply update"))
        self._api, self._path = api, path
        self.changes = CHANGES
        self.found = found
        self.form.addWidget(label(tr("Issued on {day}.", day=times.calendar_day(found.issued)), "muted", wrap=True))
        used = tr("In use now: what was shipped.") if found.in_use is None else tr("In use now: number {n}.", n=found.in_use)
        self.form.addWidget(label(used, "muted", wrap=True))
        signer = tr("Signed by {name}", name=isolated(found.issuer_name)) if found.issuer_name else tr("Signed by an unknown key")
        self.form.addWidget(label(signer, "strong", wrap=True))
        self.form.addWidget(label(ltr(group_fingerprint(found.issuer)), "small", wrap=True, selectable=True))
        if found.note:
            self.form.addWidget(label(isolated(found.note), wrap=True))
        if found.list_kind in LIST_KINDS:  # of an issuer whom nobody trusts it may be any word
            self.form.addWidget(label(tr("What a hit means: {what}", what=word(LIST_KINDS[found.list_kind])), wrap=True))
            self.form.addWidget(label(word(MEANINGS[found.list_kind]), "muted", wrap=True))
            profile = isolated(found.profile) if found.profile else tr("not stated")
            self.form.addWidget(label(tr("Meaning of its categories: {what}", what=profile), wrap=True))
        self.form.addWidget(label(tr("What it changes"), "heading"))
        if not any(change.added or change.removed for change in found.changes):
            self.form.addWidget(label(tr("Nothing: these tables are in use already."), "muted", wrap=True))
        for change in found.changes:
            self._add_change(change)
        self.record.setEnabled(may and not found.problem)
        if found.problem:
            self.problem.setText(tr_message(found.problem))
        elif may:
            says = tr("All of it is applied, or nothing. Reports that it concerns are judged again. You can undo it.")
            self.form.addWidget(label(says, wrap=True))
        else:
            self.problem.setText(tr("Leads apply updates. Your roles do not include rules."))
        self.setMinimumWidth(560)

    def _add_change(self, change: FileChange) -> None:
        """Adds how many lines of a file change, and a list of them."""
        counts = (
            trn("{n} line added", "{n} lines added", change.added),
            trn("{n} line removed", "{n} lines removed", change.removed),
        )
        self.form.addWidget(label(tr("{file}: {changes}", file=ltr(change.file), changes=Safe(tr(", ").join(counts))), wrap=True))
        lines = [*(f"- {line}" for line in change.first_removed), *(f"+ {line}" for line in change.first_added)]
        if not lines:
            return
        self.form.addWidget(ShownLines(lines, SEEN_LINES, ltr(change.file)))
        if more := change.added + change.removed - len(lines):
            says = trn("{n} further changed line is not shown.", "{n} further changed lines are not shown.", more)
            self.form.addWidget(label(says, "warn", wrap=True))

    def work(self) -> Callable[[OnProgress, CancelToken], Any] | None:  # type: ignore[override]
        """Returns the call that applies the update, or None where it can't be applied."""
        if not self.record.isEnabled():
            return None
        return lambda on_progress, cancel: self._api.apply_update(self._path, self.found.digest, on_progress, cancel)


class TrustIssuerDialog(FormDialog):
    """Trusts an issuer of updates, with a second person who compared the fingerprint as well."""

    def __init__(self, api: Api, runner: Runner, *, key: str, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("Trust an issuer of updates"), parent=parent, done=done, record=tr("Trust"))
        self._api = api
        says = tr("Both of you compare the fingerprint with the issuer's paper, not with what came beside the file.")
        self.form.addWidget(label(says, wrap=True))
        self.name = NamedField(tr("Name of the issuer"), tr("e.g. NCCIA headquarters"))
        self.key = NamedField(tr("Fingerprint of 64 digits"))
        self.key.setText(key)
        self.consent = ConsentForm(
            api, runner, tr("A second person agrees: what an issuer signs changes how reports are judged.")
        )
        for part in (self.name.holder, self.key.holder, self.consent):
            self.form.addWidget(part)
        self.setMinimumWidth(560)

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that records the trust."""
        name, key = self.name.get_text(), self.key.get_text()
        missing = tr("Type the name and the fingerprint.") if name is None or key is None else self.consent.problem()
        if missing or name is None or key is None:
            self.problem.setText(missing or "")
            return None
        consent = self.consent.read()
        return lambda: (self._api.trust_issuer(key, name, consent), name)[1]


class DistrustIssuerDialog(FormDialog):
    """Ends the trust in one of the issuers."""

    def __init__(
        self, api: Api, runner: Runner, issuers: dict[str, str], *, parent: QWidget, done: Callable[[Any], None]
    ) -> None:
        super().__init__(runner, tr("End the trust in an issuer"), parent=parent, done=done, record=tr("End the trust"))
        self._api = api
        self.issuer = QComboBox()
        for name in sorted(issuers.values()):
            self.issuer.addItem(searchable(name), name)
        self.form.addWidget(label_field(tr("Issuer"), self.issuer))
        says = tr("Further updates of this issuer are refused. What was applied stays until it is undone.")
        self.form.addWidget(label(says, wrap=True))
        self.setMinimumWidth(520)

    def work(self) -> Callable[[], Any]:
        """Returns the call that ends the trust."""
        name = str(self.issuer.currentData())
        return lambda: (self._api.distrust_issuer(name), name)[1]
