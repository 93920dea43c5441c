"""The map shows what evidence names and no more; the timeline has one scale for a report and its linked ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from triage.model.report_page import ReportTrack, TrackEvent
from triage.ui.kit import theme
from triage.ui.report import location_map
from triage.ui.report.location_map import LocationMap, MapDot, load_cities
from triage.ui.report.timeline import TimelineView, TimeScale, list_events
from triage.ui.text.i18n import Safe


@pytest.fixture
def drawn(app: QApplication, qtbot: QtBot) -> LocationMap:
    made = LocationMap()
    qtbot.addWidget(made)
    made.resize(380, 320)
    made.show()
    return made


def colour_at(drawn: LocationMap, latitude: float, longitude: float) -> str:
    at = drawn._transform().map(location_map._project(latitude, longitude)).toPoint()
    return str(drawn.grab().toImage().pixelColor(at).name())


def test_a_named_province_is_shaded_so_that_one_sees_it(drawn: LocationMap) -> None:
    drawn.show_places(frozenset({"SD"}), ())
    sindh, punjab = colour_at(drawn, 25.2, 69.9), colour_at(drawn, 30.9, 71.9)
    assert sindh != punjab
    shades = [int(sindh[i : i + 2], 16) - int(punjab[i : i + 2], 16) for i in (1, 3, 5)]
    assert max(map(abs, shades)) > 30, "more than a hint"


def test_what_has_no_coordinates_gets_no_dot(drawn: LocationMap) -> None:
    red = theme.current().colours["bad"]
    drawn.show_places(frozenset({"SD"}), ())
    assert colour_at(drawn, 24.86, 67.01) != red
    drawn.show_places(frozenset({"SD"}), (MapDot(24.86, 67.01, Safe("image")),))
    assert colour_at(drawn, 24.86, 67.01) == red
    assert "dot: image at 24.86, 67.01" in drawn.accessibleName()


def test_keys_and_wheel_zoom_and_move(drawn: LocationMap) -> None:
    drawn.show_places(frozenset(), ())
    QTest.keyClick(drawn, Qt.Key.Key_Plus)
    QTest.keyClick(drawn, Qt.Key.Key_Plus)
    assert drawn.zoom == pytest.approx(location_map.ZOOM_STEP**2)
    before = drawn.centre
    QTest.keyClick(drawn, Qt.Key.Key_Right)
    assert drawn.centre.x() > before.x()
    QTest.keyClick(drawn, Qt.Key.Key_0)
    assert drawn.zoom == 1.0 and drawn.centre == location_map.WHOLE.center()
    QTest.keyClick(drawn, Qt.Key.Key_Minus)
    assert drawn.zoom == 1.0, "never smaller than the whole map"
    wheel = QWheelEvent(
        QPointF(200, 100), QPointF(200, 100), QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    under = drawn._transform().inverted()[0].map(QPointF(200, 100))
    drawn.wheelEvent(wheel)
    after = drawn._transform().inverted()[0].map(QPointF(200, 100))
    assert drawn.zoom > 1 and abs(under.x() - after.x()) < 0.3, "what is under the mouse stays there"


def test_dragging_never_leaves_the_map(drawn: LocationMap) -> None:
    drawn.zoom_by(4)
    for _ in range(60):
        drawn.pan_by(900, 900)
    assert location_map.WHOLE.contains(drawn.centre)


def test_cities_have_a_place_within_the_map_and_an_urdu_name() -> None:
    cities = load_cities()
    assert {"Karachi", "Lahore", "Quetta", "Gilgit", "Muzaffarabad"} <= {city.name for city in cities}
    for city in cities:
        assert location_map.SOUTH < city.latitude < location_map.NORTH
        assert location_map.WEST < city.longitude < location_map.EAST
        assert any("\u0600" <= letter <= "\u06ff" for letter in city.urdu)
        assert city.rank in location_map.FROM_ZOOM


# Timeline


def at(hours: float) -> datetime:
    return datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=hours)


def track(number: str, *hours: float, kind: str = "login") -> ReportTrack:
    events = tuple(TrackEvent(when=at(h).strftime("%Y-%m-%dT%H:%M:%SZ"), kind=kind) for h in hours)
    return ReportTrack(report_id=number, via="" if number == "1" else "phone", events=events)


def test_a_scale_keeps_the_order_and_shortens_long_gaps() -> None:
    moments = [at(0), at(1), at(2), at(9_000)]
    scale = TimeScale(moments)
    places = [scale.place(moment) for moment in moments]
    assert places == sorted(places) and places[0] == 0 and places[-1] == 1
    assert places[1] > 0.05, "an hour is seen beside a year"


def test_one_moment_stands_in_the_middle() -> None:
    assert TimeScale([at(0), at(0)]).place(at(0)) == 0.5


def test_reports_share_one_scale(app: QApplication, qtbot: QtBot) -> None:
    view = TimelineView()
    qtbot.addWidget(view)
    view.resize(700, 200)
    lanes = [(each, list_events(each)) for each in (track("1", 0, 100), track("2", 100, 200))]
    view.show_lanes(lanes)
    assert view._x(lanes[0][1][1]) == view._x(lanes[1][1][0]), "the same time stands at the same place"
    assert view.measure_height(700) > 0
    view.grab()


def test_a_press_on_the_number_opens_the_linked_report(app: QApplication, qtbot: QtBot) -> None:
    view = TimelineView()
    qtbot.addWidget(view)
    view.resize(700, 200)
    view.show_lanes([(each, list_events(each)) for each in (track("1", 0, 100), track("900000002", 50))])
    view.show()
    with qtbot.waitSignal(view.opened) as opened:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, int(view._y(1))))
    assert opened.args == ["900000002"]


def test_keys_go_from_event_to_event_and_name_it(app: QApplication, qtbot: QtBot) -> None:
    view = TimelineView()
    qtbot.addWidget(view)
    view.resize(700, 200)
    view.show_lanes([(track("1", 0, 100), list_events(track("1", 0, 100)))])
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert "5 Nov 2026" in view.accessibleDescription() and "log-in" in view.accessibleDescription()
    view.grab()


def test_deadlines_are_named_by_what_expires() -> None:
    event = TrackEvent(when="2026-12-01T00:00:00Z", kind="deadline", name="operator traffic data")
    (shown,) = list_events(ReportTrack(report_id="1", via="", events=(event,)))
    assert shown.words == "until: operator traffic data" and shown.deadline
