"""Dialogs for hash lists: import one, remove one, set its distance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from triage import limits
from triage.model.list_summary import LIST_KINDS, ListSummary
from triage.model.progress import CancelToken, OnProgress
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog, LongFormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.fields import NamedField, label_field
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, word

CHANGES = Changed(all_reports=True, match_decisions=True)
KINDS = {
    "known": mark("known material"),
    "known-good": mark("known good: harmless files"),
    "negative": mark("negative: not what is looked for"),
    "case": mark("case: files of a seized device"),
}
MEANINGS = {
    "known": mark("A hit raises the report."),
    "known-good": mark("A hit is noted and lowers nothing."),
    "negative": mark("A hit is noted and lowers nothing. Where a list of known material holds the same, both are shown."),
    "case": mark("A hit says where the device holds the file."),
}


def describe_kind(kind: str) -> Safe:
    """Returns what a hit means; the kind of a list comes from the store."""
    return word(KINDS[kind]) if kind in KINDS else tr("kind can't be read")


PROFILES: tuple[tuple[str, str | None], ...] = (
    (mark("not stated"), None),
    (mark("US categories"), "US"),
    (mark("UK categories"), "UK"),
    (mark("DHS categories"), "DHS"),
)
DISTANCES: tuple[int | None, ...] = (None, 24, 16, 8, 4, 0)


class AddListDialog(LongFormDialog):
    """Imports a hash list and compares the store with it."""

    stops_whole = False

    def __init__(self, api: Api, runner: Runner, file: Path, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("Import a hash list"), parent=parent, done=done, record=tr("Import"))
        self._api, self._file = api, file
        self.changes = CHANGES
        self.name = NamedField(tr("Name, with its date"), tr("e.g. INTERPOL 2026-10"))
        self.name.setText(file.stem[:60])
        self.kind, self.profile = QComboBox(), QComboBox()
        for kind in LIST_KINDS:
            self.kind.addItem(word(KINDS[kind]), kind)
        for words, profile in PROFILES:
            self.profile.addItem(word(words), profile)
        self.meaning = label("", "muted", wrap=True)
        self.kind.currentIndexChanged.connect(lambda _: self._explain())
        for part in (
            label(ltr(file.name), "strong", wrap=True),
            self.name.holder,
            label_field(tr("What a hit means"), self.kind),
            self.meaning,
            label_field(tr("Meaning of its categories"), self.profile),
        ):
            self.form.addWidget(part)
        self._explain()
        self.setMinimumWidth(480)

    def _explain(self) -> None:
        """Says what a hit on a list of this kind means."""
        self.meaning.setText(word(MEANINGS[self.kind.currentData()]))

    def work(self) -> Callable[[OnProgress, CancelToken], Any] | None:  # type: ignore[override]
        """Returns the call that imports the list, or None when its name is missing."""
        name, kind, profile = self.name.text().strip(), self.kind.currentData(), self.profile.currentData()
        if not name:
            self.problem.setText(tr("Type a name."))
            return None
        return lambda on_progress, cancel: self._api.add_list(
            self._file, name=name, kind=kind, profile=profile, on_progress=on_progress, cancel=cancel
        )


class RemoveListDialog(FormDialog):
    """Asks before a list is removed."""

    def __init__(self, api: Api, runner: Runner, row: ListSummary, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        title = tr("Remove {name}", name=isolated(row.name))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Remove"))
        self._api, self._row = api, row
        self.changes = CHANGES
        says = tr(
            "Its hits are removed, and each score card that named it is computed again. Its file is not kept: import it to undo."
        )
        self.form.addWidget(label(says, wrap=True))
        self.form.addWidget(label(tr("Type the name of the list to remove it."), "muted", wrap=True))
        self.typed = QLineEdit()
        self.form.addWidget(label_field(tr("Name"), self.typed))
        self.typed.setFocus()

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that removes the list."""
        if self.typed.text().strip() != self._row.name:
            self.problem.setText(tr("That is not the name of this list."))
            return None
        return lambda: self._api.remove_list(self._row.name)


class DistanceDialog(LongFormDialog):
    """Asks up to how many bits the images of a list match, then compares the store with it again."""

    stops_whole = False

    def __init__(self, api: Api, runner: Runner, row: ListSummary, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        title = tr("Distance of {name}", name=isolated(row.name))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Set and compare"))
        self._api, self._row = api, row
        self.changes = CHANGES
        self.distance = QComboBox()
        for bits in DISTANCES:
            self.distance.addItem(describe_distance(bits), -1 if bits is None else bits)
        wanted = -1 if row.distance is None else row.distance
        if self.distance.findData(wanted) < 0:
            self.distance.addItem(describe_distance(row.distance), wanted)
        self.distance.setCurrentIndex(self.distance.findData(wanted))
        says = tr(
            "A smaller distance finds fewer altered copies and fewer wrong ones. Digests (MD5, SHA) match exactly in any case."
        )
        self.form.addWidget(label(says, wrap=True))
        self.form.addWidget(label_field(tr("Images match up to"), self.distance))
        self.form.addWidget(
            label(tr("The whole store is compared with the list again. Verdicts on single matches stay."), "muted", wrap=True)
        )

    def chosen_bits(self) -> int | None:
        """Returns the distance that was chosen, None for the usual one."""
        bits: int = self.distance.currentData()
        return None if bits < 0 else bits

    def work(self) -> Callable[[OnProgress, CancelToken], Any]:  # type: ignore[override]
        """Returns the call that sets the distance and compares."""
        bits = self.chosen_bits()
        return lambda on_progress, cancel: self._api.set_list_distance(self._row.name, bits, on_progress, cancel)


def describe_distance(bits: int | None) -> Safe:
    """Returns a distance in words."""
    if bits is None:
        return tr("usual, {n} of 256 bits", n=limits.MATCH_RADIUS)
    return tr("same hash only") if bits == 0 else tr("{n} of 256 bits", n=bits)
