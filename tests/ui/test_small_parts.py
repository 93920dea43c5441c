"""Preferences, idle watch, passphrase hints, times, status bar words, and a look at Qt itself."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import NOW, FakeApi, fake_machine, iso
from triage.message import Message
from triage.model.media import SandboxStatus
from triage.model.progress import Progress
from triage.ui.core import preferences
from triage.ui.core.preferences import Preferences
from triage.ui.core.runner import Job, Runner
from triage.ui.kit import theme
from triage.ui.kit.table import LEAST, RowsTable, TableColumn
from triage.ui.kit.widgets import KeyButton, escape_tooltip, label, set_tooltip
from triage.ui.shell import airgap
from triage.ui.shell.status_bar import StatusBar, describe_audit_log, describe_sandbox
from triage.ui.shell.sweeping import SweepControl, SweepPhase
from triage.ui.text import i18n, times
from triage.ui.text.i18n import Language, Safe
from triage.ui.unlock.idle_watch import IdleWatch
from triage.ui.unlock.passphrase_strength import describe_strength, is_strong_enough


def test_qt_counts_its_references_right(app: QApplication) -> None:
    """PySide6 6.12.0 on Python 3.11 gives None away without owning it, and the interpreter dies after a while."""
    made = QLabel("x")
    before = sys.getrefcount(None)
    for _ in range(500):
        made.parentWidget()
        made.setText("x")
    assert abs(sys.getrefcount(None) - before) < 100


def test_preferences_round_trip_and_survive_damage(tmp_path: Path) -> None:
    assert preferences.load(tmp_path) == Preferences()
    wanted = Preferences(theme="light", language="ur", idle_minutes=5)
    preferences.save(tmp_path, wanted)
    assert preferences.load(tmp_path) == wanted
    for damaged in (
        "",
        "[]",
        "{",
        '{"theme": "pink"}',
        '{"idle_minutes": 9999}',
        '{"idle_minutes": "5"}',
        '{"more": 1}',
        '{"language": []}',
    ):
        (tmp_path / preferences.FILE).write_text(damaged, "utf-8")
        assert preferences.load(tmp_path) == Preferences(), damaged


def test_idle_after_a_while_and_after_sleep(app: QApplication, qtbot: QtBot) -> None:
    watch = IdleWatch(app, 60)
    idle: list[int] = []
    watch.idle.connect(lambda: idle.append(1))
    watch.start()
    watch.check_time()
    assert idle == []
    watch._wall -= 61  # the machine slept: the steady clock stood still
    watch.check_time()
    assert idle == [1]
    watch.start()
    watch._steady -= 59
    watch.eventFilter(app, QEvent(QEvent.Type.KeyPress))
    watch._steady -= 59
    watch.check_time()
    assert idle == [1], "a touch begins anew"
    watch.stop()


@pytest.mark.parametrize(
    ("passphrase", "said"),
    [
        ("", "Five or more"),
        ("1", "not accepted"),
        ("triage2026", "not accepted"),
        ("khi-04", "not accepted"),
        ("password12345678", "not accepted"),
        ("other words", "Fair"),
        ("kite basin lamp velvet orchard", "Good"),
    ],
)
def test_strength_in_words(passphrase: str, said: str) -> None:
    assert said in describe_strength(passphrase, "khi-04", "store")
    assert is_strong_enough(passphrase, "khi-04", "store") == (said in ("Fair", "Good"))


def test_times_in_both_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    i18n.set_language("en")
    monkeypatch.setattr(times, "now", lambda: NOW)
    assert times.both("2026-11-21T18:14:09Z") == "21 Nov 2026 23:14:09 PKT (18:14:09 UTC)"
    assert times.both("2026-11-21T20:00:00.5Z") == "22 Nov 2026 01:00:00 PKT (21 Nov 2026 20:00:00 UTC)"
    assert times.ago(iso(NOW - timedelta(minutes=12))) == "12 min ago"
    assert times.ago(iso(NOW)) == "just now"
    assert times.ago(iso(NOW + timedelta(days=1))) == times.pkt(iso(NOW + timedelta(days=1))), "the clock was set back"
    assert times.ago(iso(NOW - timedelta(days=3))) == "3 d ago"
    assert times.left(iso(NOW + timedelta(days=9, hours=1))) == "9 d"
    assert times.left(iso(NOW + timedelta(hours=5))) == "5 h"
    assert times.left(iso(NOW - timedelta(hours=5))) == "overdue"
    assert times.duration(12) == "12 s"
    assert times.duration(7500) == "2 h 5 min"
    assert times.size(0) == "0 B"
    assert times.size(71_000) == "71.0 kB"


def test_status_bar_is_green_only_for_what_was_looked_at(
    app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.resize(1600, bar.height())  # on a narrower one it says less
    assert "not checked yet" in bar.audit_log.text()
    assert bar._dot.colour == "muted"
    machine = fake_machine()
    bar.show_machine(machine, iso(times.now()))
    assert bar._dot.colour == "good"
    assert "48,211" in bar.audit_log.text()
    assert describe_sandbox(machine) == ("Sandbox: Landlock + seccomp", True)
    later = times.now() + timedelta(minutes=12)
    monkeypatch.setattr(times, "now", lambda: later)
    bar.show_clock()
    assert "checked 12 min ago" in bar.audit_log.text(), "it does not stay 'just now' until the next look"
    bar.show_unknown("The store is locked.")
    assert bar._dot.colour == "bad"
    assert "PKT" in bar.clock.text() and "UTC" in bar.clock.text()


def test_status_bar_says_what_is_wrong(app: QApplication) -> None:
    machine = replace(fake_machine(), record_valid=False, sandbox=SandboxStatus((), confined=False))
    said, colour = describe_audit_log(machine, iso(times.now()))
    assert "NOT intact" in said and colour == "bad"
    said, colour = describe_audit_log(replace(fake_machine(), unsettled_since="2026-10-01T00:00:00Z"), iso(times.now()))
    assert said == "Restored from a backup of 1 Oct 2026: register of destructions not applied" and colour == "warn"
    assert describe_sandbox(machine) == ("Sandbox: NOT active, media stay closed", False)


def test_air_gap_is_read_from_the_machine(tmp_path: Path) -> None:
    i18n.set_language("en")
    for name, state in (("lo", "up"), ("eth0", "down"), ("wlan0", "down")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "operstate").write_text(f"{state}\n")
    assert airgap.live_interfaces(tmp_path) == ()
    assert airgap.describe_air_gap(()) == ("Air-gapped: no network is connected", True)
    (tmp_path / "eth0" / "operstate").write_text("up\n")
    assert airgap.live_interfaces(tmp_path) == ("eth0",)
    assert "eth0" in airgap.describe_air_gap(("eth0",))[0]
    assert airgap.live_interfaces(tmp_path / "none") is None
    assert airgap.describe_air_gap(None)[1] is False, "not checked is not green"


def test_text_from_outside_is_never_markup(app: QApplication, qtbot: QtBot) -> None:
    made = label("<img src='file:///etc/passwd'> & <b>bold</b>")
    qtbot.addWidget(made)
    assert made.textFormat().name == "PlainText"
    set_tooltip(made, "<b>x</b>")
    assert "<b>" not in made.toolTip().removeprefix("<p style='white-space:pre-wrap'>")
    assert escape_tooltip("a<b") == "<p style='white-space:pre-wrap'>a&lt;b</p>"


def test_keys_are_printed_on_buttons(app: QApplication, qtbot: QtBot) -> None:
    pressed: list[int] = []
    button = KeyButton.for_action("queue", "open", "Open", on=lambda: pressed.append(1))
    qtbot.addWidget(button)
    assert button.words() == "Open" and button.accessibleName() == "Open"
    assert button.sizeHint().width() > KeyButton("Open").sizeHint().width()
    button.click()
    assert pressed == [1]


def test_the_status_bar_says_that_the_clock_was_set_back(
    app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    monkeypatch.setattr(times, "now", lambda: NOW)
    bar.show_machine(replace(fake_machine(), clock_behind=iso(NOW + timedelta(hours=1))), iso(NOW))
    assert (bar.clock.property("kind"), "Set the clock" in bar.clock.text()) == ("bad", True)
    assert "audit log" in bar.clock.toolTip()
    monkeypatch.setattr(times, "now", lambda: NOW + timedelta(hours=2))
    bar.show_clock()
    assert (bar.clock.property("kind"), "UTC" in bar.clock.text()) == ("small", True)


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("width", [1280, 1440])
def test_the_status_bar_says_less_rather_than_cut_off(app: QApplication, qtbot: QtBot, language: Language, width: int) -> None:
    theme.apply(app, "dark", language)
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(1920, 60)
    bar = StatusBar()
    bar.setParent(host)
    host.show()
    bar.resize(1920, bar.height())
    bar.show_machine(replace(fake_machine(), clock_behind="2100-01-01T00:00:00Z"), "2026-11-24T09:00:00Z")
    bar.gap.setText(airgap.describe_air_gap(["wlp0s20f3"])[0])
    bar.show_screen_lock("perhaps")
    bar.show_counts(38_112, 4_120)
    bar.show_progress(Job(None), Progress(done=5, total=10, unit="files", note=Message("media")))
    wide = bar.audit_log.text()
    assert bar.counts.isVisible()
    bar.resize(width, bar.height())
    assert bar.layout().totalMinimumSize().width() <= width  # type: ignore[union-attr]
    assert bar.audit_log.text() and bar.audit_log.text() != wide
    assert bar.screen_lock.isVisible() and bar.gap.text(), "a warning is never left out"
    bar.resize(1920, bar.height())
    assert bar.audit_log.text() == wide


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_status_bar_fits_at_each_width_whichever_came_before(
    app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot, language: Language
) -> None:
    """The layout of the comparison remembered the short words while the long ones were measured, which were then cut."""
    theme.apply(app, "dark", language)
    host, bar = QWidget(), StatusBar()
    qtbot.addWidget(host)
    host.resize(1920, 60)
    bar.setParent(host)
    host.show()
    bar.show_machine(fake_machine(), "2026-11-24T09:00:00Z")
    bar.show_screen_lock("perhaps")
    bar.show_counts(38_112, 4_120)
    sweeping = SweepControl(api, runner)  # type: ignore[arg-type]
    sweeping.held_up, sweeping.left = True, 38_112
    assert sweeping.state is SweepPhase.HELD_UP
    bar.show_sweep(sweeping)
    for width in (each for wide in range(1920, 1024, -20) for each in (1024, wide)):
        bar.resize(width, bar.height())
        app.processEvents()
        cut = [
            part.text()
            for part in bar.findChildren(QLabel)
            if part.isVisible() and part.fontMetrics().horizontalAdvance(part.text()) > part.width() + 1
        ]
        assert cut == [], width


def test_a_table_whose_columns_do_not_fit_scrolls_to_the_side(app: QApplication, qtbot: QtBot) -> None:
    columns: tuple[TableColumn[str], ...] = (
        TableColumn("Name", 0, str),
        TableColumn("One", 200, str),
        TableColumn("Two", 200, str, spare=True),
    )
    table = RowsTable(columns, lambda row: row, name="Rows")
    qtbot.addWidget(table)
    table.show_rows(["a text that needs more than a hundred and fifty pixels"])
    table.show()
    policies = {}
    for width in (700, 420, 300, 260):
        table.resize(width, 200)
        policies[width] = (table.isColumnHidden(2), table.horizontalScrollBarPolicy())
    assert policies[700] == (False, Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    assert policies[420] == (True, Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    assert policies[300] == (True, Qt.ScrollBarPolicy.ScrollBarAlwaysOff), "a shorter name is better than a scroll bar"
    assert policies[260] == (True, Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    assert table.columnWidth(0) >= LEAST and table.columnWidth(1) >= 200, "no column is cut off"


def test_a_spare_column_goes_before_the_main_one_is_cut_and_comes_back_where_it_fits(app: QApplication, qtbot: QtBot) -> None:
    long = "a text that needs some two hundred pixels"
    columns: tuple[TableColumn[str], ...] = (
        TableColumn("No.", 60, lambda _: Safe("1"), spare=True),
        TableColumn("Roles", 0, lambda _: Safe(long)),
        TableColumn("Added", 190, lambda _: Safe("29 Nov 2026 00:01:19 PKT"), spare=True),
    )
    table = RowsTable(columns, lambda row: row, name="Rows")
    qtbot.addWidget(table)
    table.show_rows(["a"])
    table.show()
    need = QFontMetrics(theme.font()).horizontalAdvance(long)
    hidden = {}
    for width in (700, need + 150, need + 60):
        table.resize(width, 200)
        assert table.columnWidth(1) >= need, "the main column is whole"
        hidden[width] = [table.isColumnHidden(at) for at in range(3)]
    assert hidden == {700: [False] * 3, need + 150: [False, False, True], need + 60: [False, False, True]}
