"""Referrals in the desktop: minimum data, the plan for safe contact, and what blocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.fakes_exchange import REPORT
from tests.ui.screens import settle, texts
from triage.model.referral import SafeContactPlan
from triage.model.users import Role
from triage.ui.core.runner import Runner
from triage.ui.referrals.dialog import ReferralDialog, open_referral


@pytest.fixture
def host(qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    yield made


def open_dialog(api: FakeApi, runner: Runner, host: QWidget) -> ReferralDialog:
    made = open_referral(api, runner, REPORT, parent=host)
    assert made is not None
    settle(runner)
    return made


def test_a_child_is_named_only_with_a_whole_plan(api: FakeApi, runner: Runner, host: QWidget, tmp_path: Path) -> None:
    asked = open_dialog(api, runner, host)
    said = texts(asked)
    assert "It names or locates a child: the plan for safe contact is needed (step 2)." in said
    assert "Child, name: Amber Specimen" in said and "media: no media leave with a referral" in said
    assert any("counts in full" in each for each in said) and any("does not end safeguarding" in each for each in said)
    assert not asked.write.isEnabled()
    for at, field in enumerate(asked.plan.values()):
        assert not asked.write.isEnabled()
        field.setText(f"reason {at}")
        field.textEdited.emit(field.text())
    assert asked.write.isEnabled()
    asked.place.setText(str(tmp_path / "out"))
    asked.accept()
    settle(runner)
    plan = SafeContactPlan(**{name: f"reason {at}" for at, name in enumerate(asked.plan)})
    assert api.calls[-1] == ("refer", REPORT, "PB-CPWB", tmp_path / "out", plan, False, None)


def test_without_the_childs_name_no_plan_is_asked_for(api: FakeApi, runner: Runner, host: QWidget, tmp_path: Path) -> None:
    asked = open_dialog(api, runner, host)
    asked.redact.setChecked(True)
    asked.read_preview()
    settle(runner)
    assert asked.write.isEnabled() and not asked.safe_contact.isEnabled()
    asked.place.setText(str(tmp_path / "out"))
    asked.accept()
    settle(runner)
    assert api.calls[-1] == ("refer", REPORT, "PB-CPWB", tmp_path / "out", None, True, None)


def test_bodies_are_listed_by_province(api: FakeApi, runner: Runner, host: QWidget) -> None:
    asked = open_dialog(api, runner, host)
    asked.province.setCurrentIndex(asked.province.findData("SD"))
    settle(runner)
    assert [asked.body.itemData(at) for at in range(asked.body.count())] == ["SD-CPA", "NCMEC"]
    assert asked.about.text() == "Child protection; helpline not known"


def test_a_cleared_person_blocks_until_a_reason_is_given(api: FakeApi, runner: Runner, host: QWidget, tmp_path: Path) -> None:
    api.cleared = True
    asked = open_dialog(api, runner, host)
    asked.body.setCurrentIndex(asked.body.findData("NCMEC"))
    settle(runner)
    assert "It can't leave: the reported user was cleared" in texts(asked) and not asked.write.isEnabled()
    asked.although.setText("the provider asked")
    asked.read_preview()
    settle(runner)
    assert asked.write.isEnabled()
    asked.place.setText(str(tmp_path / "out"))
    asked.accept()
    settle(runner)
    assert api.calls[-1][-1] == "the provider asked"


def test_who_may_not_write_papers_gets_no_dialog(runner: Runner, host: QWidget) -> None:
    assert open_referral(FakeApi(roles=frozenset({Role.ANALYST})), runner, REPORT, parent=host) is None
