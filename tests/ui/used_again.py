"""Whether a dialog whose act was refused can be used again, with what was typed still there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import shiboken6
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLineEdit, QPlainTextEdit, QPushButton

from triage.errors import Refused
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Runner
from triage.ui.core.writing_dialog import WritingDialog

REFUSAL = "Refused for this test; try again."
NEW_PLACE = "/media/nowhere/new"
_acting = threading.local()


class RefusingApi:
    """Refuses whatever an act calls, while `refusing_acts` lasts. Mixed into a fake of the desktop's calls."""

    def __getattribute__(self, name: str) -> Any:
        """Returns the attribute, unless an act asks for it."""
        if getattr(_acting, "refused", False) and not name.startswith("_"):
            raise Refused(REFUSAL)
        return super().__getattribute__(name)


@contextmanager
def refusing_acts(runner: Runner, of: QDialog | None = None) -> Iterator[list[None]]:
    """Lets each act of a runner meet a refusal, and yields a list that grows with each.

    Acts `of` one dialog meet it at their first call of a `RefusingApi`: one that only hands over what was typed is not refused.
    """
    made: list[None] = []

    def do(work: Callable[..., object], *args: Any, **more: Any) -> object:
        def act(*given: Any) -> object:
            made.append(None)
            if of is None:
                _refuse()
            _acting.refused = True
            try:
                return work(*given)
            finally:
                _acting.refused = False

        wanted = of is None or more.get("owner") is of
        return Runner.do(runner, act if wanted else work, *args, **more)

    runner.do = do  # type: ignore[assignment,method-assign]
    try:
        yield made
    finally:
        del runner.do


def find_unusable(dialog: QDialog, settle: Callable[[], None]) -> Iterator[str]:
    """Lets the act of a dialog fail twice, and yields what keeps a person from trying again."""
    if isinstance(dialog, WritingDialog):
        dialog.place.setText(NEW_PLACE)
        yield from _let_fail(dialog, dialog.write, settle)
    if not isinstance(dialog, FormDialog) or not dialog.record.isEnabled() or not dialog.record.isVisibleTo(dialog):
        return  # the last two: it waits for a choice, or only shows
    for field in dialog.findChildren(QLineEdit):
        if not field.text() and not field.isReadOnly() and field.maxLength() > 4 and not field.validator():
            field.setText("typed")
            if not dialog.record.isEnabled():  # it searches a list
                field.setText("")
    yield from _let_fail(dialog, dialog.record, settle)  # as far as it takes what stands in the fields
    if not shiboken6.isValid(dialog):
        return
    dialog.work = lambda: lambda *_: _refuse()  # type: ignore[method-assign]
    yield from _let_fail(dialog, dialog.record, settle, least=1)


def _refuse() -> None:
    raise Refused(REFUSAL)


def _let_fail(
    dialog: FormDialog | WritingDialog, button: QPushButton, settle: Callable[[], None], *, least: int = 0
) -> Iterator[str]:
    """Lets an act fail twice. One that does not begin, since a field holds what can't be, fails as well."""
    if not button.isEnabled():
        return
    before = _read_fields(dialog)
    with refusing_acts(dialog._runner, dialog) as made:
        for times in (1, 2):
            for field in dialog.findChildren(QLineEdit):
                if field.echoMode() != QLineEdit.EchoMode.Normal and not field.text():
                    field.setText("typed")  # a passphrase leaves its field at once, and is typed again
            dialog.accept()
            settle()
            if not shiboken6.isValid(dialog) or not dialog.isVisible() or not dialog.isEnabled() or not button.isEnabled():
                yield "it can't be used again"
                return
            if len(made) != times and (made or least):
                yield f"the act runs {len(made)} times after {times} tries"
            if made and dialog.problem.text() != REFUSAL:
                yield f"it says {dialog.problem.text()!r}"
            if _read_fields(dialog) != before:
                yield "what was typed is lost"


def _read_fields(dialog: QDialog) -> list[object]:
    """Returns what stands in the fields, without passphrases."""
    shown = QLineEdit.EchoMode.Normal
    found: list[object] = [field.text() for field in dialog.findChildren(QLineEdit) if field.echoMode() == shown]
    found += [field.toPlainText() for field in dialog.findChildren(QPlainTextEdit)]
    found += [field.currentIndex() for field in dialog.findChildren(QComboBox)]
    return found + [box.isChecked() for box in dialog.findChildren(QCheckBox)]
