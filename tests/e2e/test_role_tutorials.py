"""The tutorials of the other roles in Urdu, each to its certificate, key by key on a whole training store. Only `make thorough` runs them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.e2e.person import PASSPHRASE, Person, keep_record
from tests.e2e.trainee import answer_lessons, list_open_steps, open_step, view, write_certificate
from tests.people import add_person
from tests.thorough import THOROUGH
from triage.jobs.session import unlock
from triage.jobs.sweeping.sweep import run_sweep
from triage.model.users import Role
from triage.ui.admin import backups_page
from triage.ui.audit import checks_panel
from triage.ui.intake import page as import_page
from triage.ui.kit import theme
from triage.ui.queue import export_dialog
from triage.ui.text.i18n import tr
from triage_demo import demo_store
from triage_demo.training_store import COLLEAGUE, TrainingStore, make_training_store

pytestmark = [
    pytest.mark.ui,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not THOROUGH, reason="four long days at the desk; the examiner's tutorial runs always"),
]
REPORTS = 60
MINE = {"analyst": "a.aslam", "lead": "l.aslam", "admin": "m.aslam", "auditor": "r.aslam"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> TrainingStore:
    """A training store as `triage train` makes it, and somebody of each role who has chosen a passphrase."""
    made = make_training_store(tmp_path_factory.mktemp("training") / "t", name="sana", roles=["analyst"], reports=REPORTS)
    with unlock(made.store, demo_store.USER, read_passphrase(made, demo_store.USER)) as session:
        add_person(session.store, "first", [Role.AUDITOR], PASSPHRASE)
        for role, name in MINE.items():
            add_person(session.store, name, [Role(role)], PASSPHRASE)
        run_sweep(session)  # else it runs while keys are pressed
    return made


def read_passphrase(made: TrainingStore, name: str) -> str:
    """Returns the passphrase that the file beside the store gives to somebody."""
    lines = made.passphrase_file.read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)[name]


@pytest.fixture
def sit_down(made: TrainingStore, tmp_path: Path, qapp: QApplication) -> Iterator[Callable[[str], Person]]:
    """Seats the trainee of a role at the desk, in Urdu, before a store of their own."""
    people: list[Person] = []

    def sit(role: str) -> Person:
        shutil.copytree(made.store, tmp_path / "store")
        theme.apply(qapp, "dark", "ur")
        people.append(Person(tmp_path / "store", MINE[role]))
        return people[0]

    try:
        yield sit
    finally:
        for person in people:
            person.leave()
        theme.apply(qapp, "dark", "en")


@pytest.fixture
def choose_path(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Lets the next dialogs for files and folders answer with a path."""

    def choose(path: Path) -> None:
        for module, name in (
            (backups_page, "ask_folder"),
            (checks_panel, "ask_new_file"),
            (checks_panel, "ask_file"),
            (export_dialog, "ask_new_file"),
            (import_page, "ask_folder"),
        ):
            monkeypatch.setattr(module, name, lambda *_: str(path))

    return choose


def do(person: Person, step: str, *keys: str) -> None:
    """Goes to the page of a step and presses keys there."""
    person.go_to("Training")
    open_step(person, step)
    person.press(*keys)


def test_an_analyst(
    sit_down: Callable[[str], Person], choose_path: Callable[[Path], None], made: TrainingStore, tmp_path: Path, qtbot: QtBot
) -> None:
    ali = sit_down("analyst")
    answer_lessons(ali, "analyst")
    choose_path(made.practice)
    do(ali, "analyst-import", "I", "Ctrl+D")
    ali.tab_to(tr("Received from"))
    ali.type("NCMEC")
    ali.tab_to(tr("Carrier"))
    ali.type("USB 14")
    ali.press("Ctrl+Return")
    do(ali, "analyst-band", "A", "Return")
    do(ali, "analyst-note", "Return", "N")
    ali.type("Agla qadam")
    ali.press("Ctrl+Return")
    do(ali, "analyst-correct", "Return", "R", "1", "Return")
    ali.type("wajah")
    ali.press("Return")
    do(ali, "analyst-view", "Return", "Space", "1", "2")
    for record in keep_record(tmp_path / "store"):
        view(ali, Qt.Key.Key_3, record, qtbot)
        view(ali, Qt.Key.Key_4, record, qtbot)
    do(ali, "analyst-grade", "Return", "Space", "G", "N", "Return")
    do(ali, "analyst-possible", "S")
    assert list_open_steps(ali) == ["analyst-decide", "analyst-shift"]
    ali.go_to("In turn")  # the lane of band D
    ali.press("D", "C", "1", "Return", "Ctrl+Z")
    do(ali, "analyst-shift", "N")
    ali.type("Agle afsar ke liye")
    ali.press("Ctrl+Return")
    write_certificate(ali, tmp_path / "certificate.pdf", qtbot)


def test_a_lead(
    sit_down: Callable[[str], Person], choose_path: Callable[[Path], None], made: TrainingStore, tmp_path: Path, qtbot: QtBot
) -> None:
    lina = sit_down("lead")
    answer_lessons(lina, "lead")
    do(lina, "lead-assign", "A")
    names = [name for name in sorted([*MINE.values(), COLLEAGUE, "demo", "first", "sana"]) if name != lina.name]
    lina.press(str(2 + names.index(COLLEAGUE)), "Return")
    do(lina, "lead-case", "X", "C", "Return")
    do(lina, "lead-number", "Return", "N", "3")
    lina.type("EX-99/2026")
    lina.press("Return")
    do(lina, "lead-stage", "Return", "S", "2", "Return")
    assert "lead-stage" in list_open_steps(lina), "no day was set"
    do(lina, "lead-stage", "Return", "S", "2")
    lina.tab_to(tr("Day by which the stage should be complete"))
    lina.type("2099-12-20")
    lina.press("Return")
    do(lina, "lead-held", "F")
    do(lina, "lead-sample", "W", "Y")
    assert list_open_steps(lina) == ["lead-hold", "lead-export"]
    do(lina, "lead-hold", "H")
    lina.type(json.loads((made.store.parent / "truth.json").read_text("utf-8"))["reports"][0]["number"])
    lina.press("Tab")
    lina.type("wajah")
    lina.press("Return")
    do(lina, "lead-export", "F", "Return", "Down", "Space", "Esc", "E")
    lina.tab_to(tr("Handed to"))
    lina.type("Office Lahore")
    choose_path(tmp_path / "queue.xlsx")
    lina.press("Ctrl+Return", "Esc")
    write_certificate(lina, tmp_path / "certificate.pdf", qtbot)


def test_an_administrator(
    sit_down: Callable[[str], Person], choose_path: Callable[[Path], None], made: TrainingStore, tmp_path: Path, qtbot: QtBot
) -> None:
    mina = sit_down("admin")
    agreed = read_passphrase(made, COLLEAGUE)
    answer_lessons(mina, "admin")

    def add_user(name: str, *roles: str) -> None:
        do(mina, "admin-user", "N")
        mina.type(name)
        mina.press(*roles)
        mina.tab_to(tr("First passphrase"))
        mina.type("five green kites over rice")
        mina.press("Tab")
        mina.type("five green kites over rice")
        mina.tab_to(tr("Second person"))
        mina.choose(COLLEAGUE)
        mina.press("Tab")
        mina.type(agreed)
        mina.press("Return")

    add_user("zara")
    assert "admin-user" in list_open_steps(mina), "an analyst is no auditor"
    add_user("zoya", "Tab", "Space", "Tab", "Tab", "Tab", "Tab", "Space")
    do(mina, "admin-suspend", *["J"] * 12, "S", "Return")  # the last name
    do(mina, "admin-policy")
    mina.tab_to(tr("Where people who view media find help, in the words of the office"))
    mina.type("Kamra 5")
    mina.press("Return")
    do(mina, "admin-half", "1")
    mina.choose(mina.name)
    mina.tab_to(tr("Second person"))
    mina.choose(COLLEAGUE)
    mina.press("Tab")
    mina.type(agreed)
    mina.press("Return", "Space", "Esc")
    assert list_open_steps(mina) == ["admin-backup", "admin-log", "admin-check"]
    choose_path(tmp_path / "backup")
    do(mina, "admin-backup", "N")
    choose_path(tmp_path / "head.json")
    do(mina, "admin-log", "V", "E")
    do(mina, "admin-check", "C")
    write_certificate(mina, tmp_path / "certificate.pdf", qtbot)


def test_an_auditor(sit_down: Callable[[str], Person], choose_path: Callable[[Path], None], tmp_path: Path, qtbot: QtBot) -> None:
    rida = sit_down("auditor")
    answer_lessons(rida, "auditor")
    choose_path(tmp_path / "head.json")
    do(rida, "auditor-verify", "V")
    do(rida, "auditor-head", "E", "H")
    do(rida, "auditor-check", "C")
    write_certificate(rida, tmp_path / "certificate.pdf", qtbot)
