"""Whether a dialog whose act was refused can be used again, with what was typed still there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit

from triage.errors import Refused
from triage.ui.core.form_dialog import FormDialog

OWN_TESTS = frozenset({"BulkAssignDialog", "BulkStatusDialog", "DestroyDialog", "RestoreDialog"})
"""Dialogs that hand their act to the page, or run it themselves: tests/ui/decisions and tests/ui/admin let it fail."""
REFUSAL = "Refused for this test; try again."


def find_unusable(dialog: FormDialog, settle: Callable[[], None]) -> Iterator[str]:
    """Lets the act of a dialog fail twice, and yields what keeps a person from trying again."""
    if type(dialog).__name__ in OWN_TESTS or not dialog.record.isEnabled() or not dialog.record.isVisibleTo(dialog):
        return  # the last two: it waits for a choice, or only shows
    made: list[None] = []

    def refuse(*_: object) -> None:
        made.append(None)
        raise Refused(REFUSAL)

    for field in dialog.findChildren(QLineEdit):
        if not field.text() and not field.isReadOnly() and field.maxLength() > 4 and not field.validator():
            field.setText("typed")
            if not dialog.record.isEnabled():  # it searches a list
                field.setText("")
    dialog.work = lambda: refuse  # type: ignore[method-assign]
    before = _read_fields(dialog)
    for times in (1, 2):
        dialog.accept()
        settle()
        if len(made) != times:
            yield f"the act runs {len(made)} times after {times} tries"
        if not dialog.isVisible() or not dialog.isEnabled() or not dialog.record.isEnabled():
            yield "it can't be used again"
        if dialog.problem.text() != REFUSAL:
            yield f"it says {dialog.problem.text()!r}"
        if _read_fields(dialog) != before:
            yield "what was typed is lost"


def _read_fields(dialog: FormDialog) -> list[object]:
    """Returns what stands in the fields."""
    found: list[object] = [field.text() for field in dialog.findChildren(QLineEdit)]
    found += [field.toPlainText() for field in dialog.findChildren(QPlainTextEdit)]
    found += [field.currentIndex() for field in dialog.findChildren(QComboBox)]
    return found + [box.isChecked() for box in dialog.findChildren(QCheckBox)]
