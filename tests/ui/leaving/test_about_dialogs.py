from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from triage.jobs.policy import SETTINGS
from triage.model.users import Role
from triage.ui.core.runner import Runner
from triage.ui.kit.fields import NamedField
from triage.ui.leaving.about_dialogs import AgencyDialog, ProfileDialog


def test_a_person_states_only_what_changed(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    host, told = QWidget(), []
    qtbot.addWidget(host)
    dialog = ProfileDialog(api, runner, parent=host, done=told.append)
    assert not dialog.record.isEnabled(), "what is stated now is not read yet"
    qtbot.waitUntil(dialog.record.isEnabled)
    assert dialog.fields["full_name"].text() == "Invented Officer"
    assert any("not stated; an administrator sets it" in label.text() for label in dialog.findChildren(QLabel))
    dialog.accept()
    assert dialog.problem.text() == "Nothing was changed."
    dialog.fields["badge"].setText(" 9-17 ")
    dialog.fields["rank"].clear()
    dialog.accept()
    qtbot.waitUntil(lambda: bool(told))
    assert api.calls == [("set_profile", api.user.name, {"rank": "", "badge": "9-17"})]


def test_an_administrator_sets_the_texts_for_papers(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.policy = replace(api.policy, agency_name="Invented Agency")
    host, told = QWidget(), []
    qtbot.addWidget(host)
    dialog = AgencyDialog(api, runner, parent=host, done=told.append)
    assert dialog.fields.keys() == {each.name for each in SETTINGS}
    qtbot.waitUntil(dialog.record.isEnabled)
    name, days, source = (dialog.fields[each] for each in ("agency-name", "backup-expires-after-days", "clock-source"))
    assert isinstance(name, NamedField) and isinstance(days, QComboBox) and isinstance(source, NamedField)
    assert name.text() == "Invented Agency" and days.currentData() == "90"
    days.setCurrentIndex(days.findData("30"))
    source.setText("time.example.invalid, 2026-11-24, +0.2 s")
    dialog.accept()
    qtbot.waitUntil(lambda: told == [None])
    assert api.calls == [
        ("set_policy", "backup-expires-after-days", "30"),
        ("set_policy", "clock-source", "time.example.invalid, 2026-11-24, +0.2 s"),
    ]


def test_others_read_the_policy_and_change_nothing(runner: Runner, qtbot: QtBot) -> None:
    api, host = FakeApi(roles=frozenset({Role.ANALYST})), QWidget()
    qtbot.addWidget(host)
    dialog = AgencyDialog(api, runner, parent=host, done=lambda _: None)
    dialog.open()
    qtbot.waitUntil(lambda: runner.under_way() == 0)
    assert dialog.record.isHidden() and dialog._before
    assert all(field.isReadOnly() if isinstance(field, NamedField) else not field.isEnabled() for field in dialog.fields.values())
    dialog.accept()
    assert api.calls == []
