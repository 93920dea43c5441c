"""The fields of the second person."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle, wait_active
from triage.ui.core.consent_form import ConsentForm
from triage.ui.core.runner import Runner
from triage.ui.text.i18n import tr


def test_a_missing_passphrase_gets_the_focus(app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    """The sentence named it, and the keys still went elsewhere."""
    host, other = QWidget(), QLineEdit()
    qtbot.addWidget(host)
    whole = QVBoxLayout(host)
    form = ConsentForm(api, runner, tr("Consent"))  # type: ignore[arg-type]
    whole.addWidget(other)
    whole.addWidget(form)
    host.show()
    host.activateWindow()
    wait_active(host)
    settle(runner)
    other.setFocus()
    assert "passphrase is missing" in (form.problem() or "")
    assert form.passphrase.hasFocus()
    form.passphrase.setText("nine grey hills")
    assert form.problem() is None
