"""A report's page says everything it knows, of whom and from where, and never more than it knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi, show
from tests.ui.screens import ChangedApi, open_page, settle, texts
from triage.errors import StoreError
from triage.message import NOTHING, Message
from triage.model.file_text import FileMessage, ShowFileText
from triage.model.judgement import Clock, PlaceEvidence
from triage.model.report_page import ReportTrack, ShowOperator, TrackEvent
from triage.model.users import Role
from triage.model.views import ShowFile, ShowIdentifier, ShowReport, ShowText
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import theme
from triage.ui.report import (
    answer_card,
    chat_items,
    conflicts_card,
    identifier_words,
    location_card,
    location_map,
    report_header,
    timeline,
)
from triage.ui.report.identifier_model import FIRST_ROWS
from triage.ui.report.identifiers import PAD, IdentifierTable
from triage.ui.report.page import ReportPage
from triage.ui.text import i18n, report_words


@pytest.fixture(scope="module")
def whole(lasting_runner: Runner) -> Iterator[ReportPage]:
    made = open_page(FakeApi(), lasting_runner, None)
    yield made
    made.host.close()  # type: ignore[attr-defined]
    made.host.deleteLater()  # type: ignore[attr-defined]  # else each later change of the look would dress it


@pytest.fixture
def page(whole: ReportPage) -> ReportPage:
    whole._api.calls.clear()  # type: ignore[attr-defined]
    whole.window().activateWindow()
    whole.view.area.setFocus()  # type: ignore[union-attr]
    return whole


@pytest.fixture
def report() -> ShowReport:
    api = FakeApi()
    return show(next(row for row in api.queue if row.report_id == MAIN))


def said(page: ReportPage) -> str:
    assert page.view is not None
    return "\n".join(texts(page.view))


def press(page: ReportPage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    assert page.view is not None
    QTest.keyClick(page.view.area, key, modifier)


# What is said, and how


def test_the_child_comes_first(page: ReportPage) -> None:
    assert page.view is not None
    lines = page.view.people.text.list_lines()
    roles = [line.split("  ")[0] for line in lines]
    assert roles.index("Child") < roles.index("Reported user")


def test_nobody_is_called_a_suspect_by_us(page: ReportPage) -> None:
    assert page.view is not None
    for line in texts(page.view):
        assert "suspect" not in line.lower().replace("(source says: suspect)", "")


def test_codes_say_whose_they_are(page: ReportPage) -> None:
    assert page.view is not None
    chips = [chip.strip() for line in page.view.chips.text.list_lines() for chip in line.split("    ")]
    assert "NCMEC E" in chips
    assert "class A2" in chips
    assert "A2" not in chips
    assert "E" not in chips


def test_a_silent_source_is_not_a_no(page: ReportPage) -> None:
    assert "age: not stated" in said(page)
    assert report_words.tri(None) != report_words.tri(False)


def test_every_conflict_keeps_all_its_values(page: ReportPage) -> None:
    assert "21 Nov 2026 23:14:09 PKT (18:14:09 UTC)" in said(page)
    assert "21 Nov 2026 23:14:00 PKT (18:14:00 UTC)" in said(page)


def test_a_conflict_about_a_person_quotes_the_sources_word() -> None:
    assert conflicts_card.describe_field("Suspect 1: age") == "“Suspect 1”: age"
    assert conflicts_card.describe_field("incident_time") == "incident time"


def test_what_was_not_understood_is_there_whole(page: ReportPage) -> None:
    assert "Thread ID: 77-example" in said(page)
    assert "900144218.pdf  page 5" in said(page)


def test_points_and_reasons_and_what_would_change(page: ReportPage) -> None:
    assert page.report is not None
    assert "Why band B".upper() in said(page)
    assert "+26.0\t" in said(page)
    for change in page.report.score.would_change_if:
        assert str(change) in said(page)


def test_place_says_of_whom_and_what_speaks_against(page: ReportPage) -> None:
    assert "Reported user: likely in Pakistan (Sindh); child: not located; office Karachi" in said(page)
    assert "but: A landline can be passed on to another place." in said(page)
    assert "Sum 57: likely in Pakistan" in said(page)


def test_decisions_and_versions(page: ReportPage) -> None:
    assert "new: read" in said(page)
    assert "File IMG_2031.jpg: its bytes came" in said(page)
    assert "Also known as L-5f0a91c2e4d7b386" in said(page)


def test_prior_reports_that_are_not_here_are_named(page: ReportPage) -> None:
    assert "900143000" in said(page)


# Identifiers


def table_of(page: ReportPage, value: str) -> IdentifierTable:
    assert page.view is not None
    table = page.view.identifiers.table
    assert any(row.entry is not None and row.entry.value == value for row in table.rows.items)
    return table


@pytest.mark.parametrize("width", [690, 760, 1100])
def test_kinds_and_remarks_of_identifiers_are_whole(page: ReportPage, width: int) -> None:
    """A card of identifiers is 690 pixels wide in a window of 1366."""
    table = page.view.identifiers.table  # type: ignore[union-attr]
    widths = table.share_width(width)
    plain, small = QFontMetrics(theme.font()), QFontMetrics(theme.small_font())
    for row in (n for n in range(table.rows.shown_rows) if table.rows.items[n].entry is not None):
        for column in (identifier_words.IdentifierColumn.KIND, identifier_words.IdentifierColumn.OPERATOR):
            text, rest = table.rows.cell(row, column)
            assert max(plain.horizontalAdvance(text), small.horizontalAdvance(rest)) <= widths[column] - 2 * PAD
    assert sum(widths) == width


def test_a_hostile_name_is_shown_escaped_and_copied_as_it_is(page: ReportPage, lasting_runner: Runner) -> None:
    hostile = "boat \u202e gnp.exe"
    table = table_of(page, hostile)
    row = next(i for i, each in enumerate(table.rows.items) if each.entry is not None and each.entry.value == hostile)
    index = table.rows.index(row, identifier_words.IdentifierColumn.VALUE)
    assert "\u202e" not in index.data()
    assert "U+202E" in index.data()
    table.setCurrentIndex(index)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settle(lasting_runner)
    assert QApplication.clipboard().text() == hostile


def test_times_stand_in_both_zones(report: ShowReport) -> None:
    entry = next(i for i in report.identifiers if i.value == "203.0.113.77")
    assert identifier_words.cell_text(entry, identifier_words.IdentifierColumn.TIME) == "upload, 21 Nov 2026 23:14:09"
    assert identifier_words.HEADERS[identifier_words.IdentifierColumn.TIME] == "Event, time in Pakistan"
    assert identifier_words.format_utc(entry) == "18:14:09 UTC"
    late = replace(entry, time="2026-11-20T21:00:00Z", time_zone="assumed UTC")
    assert identifier_words.cell_text(late, identifier_words.IdentifierColumn.TIME) == "upload, 21 Nov 2026 02:00:00"
    assert identifier_words.format_utc(late) == "20 Nov 21:00:00 UTC?"
    assert "The source states no time zone; UTC is assumed." in identifier_words.describe_identifier(late)


def test_the_tooltip_says_from_where(report: ShowReport) -> None:
    told = identifier_words.describe_identifier(report.identifiers[0])
    assert "normal form: +923160000144" in told
    assert "900144218.pdf, page 3" in told
    assert "900144218.json" in told


@pytest.mark.parametrize(
    ("proxy", "words"), [(True, "possible proxy"), (False, "not a proxy, according to the source"), (None, "")]
)
def test_a_proxy_is_possible_denied_or_not_said(proxy: bool | None, words: str, report: ShowReport) -> None:
    entry = replace(report.identifiers[4], possible_proxy=proxy, details={})
    assert identifier_words.describe_details(entry, report) == words


def test_verified_is_said_only_where_it_can_be(report: ShowReport) -> None:
    by_kind = {entry.kind: entry for entry in report.identifiers}
    assert identifier_words.describe_verified(by_kind["phone"]) == "yes"
    assert identifier_words.describe_verified(by_kind["email"]) == "not stated"
    assert identifier_words.describe_verified(by_kind["ip"]) == ""
    assert identifier_words.describe_verified(replace(by_kind["phone"], verified=False)) == "no"


def many(report: ShowReport, count: int) -> tuple[ShowIdentifier, ...]:
    login = report.identifiers[4]
    return tuple(replace(login, value=f"203.0.113.{n % 250}", time=f"2026-10-{n % 28 + 1:02d}T10:00:00Z") for n in range(count))


def test_thousands_of_log_ins_are_folded_and_all_there(report: ShowReport, lasting_runner: Runner, qtbot: QtBot) -> None:
    page = open_page(ChangedApi(identifiers=many(report, 3000)), lasting_runner, qtbot)
    assert page.view is not None
    card = page.view.identifiers
    first = card.table.rows.rowCount()
    assert FIRST_ROWS <= first < 200, "as many as there is room for"
    assert card.more.words() == f"Show {len(card.table.rows.items) - first:,} more"
    card.more.click()
    assert card.table.rows.rowCount() == len(card.table.rows.items) >= 3000


def test_who_reported_stands_last(report: ShowReport, lasting_runner: Runner, qtbot: QtBot) -> None:
    contact = replace(report.identifiers[2], role="reporter", person=None, value="desk@example.invalid")
    rows = identifier_words.group_rows(replace(report, identifiers=(contact, *report.identifiers)))
    assert rows[-1].entry == contact
    assert rows[-1].heading == "Reporting provider (not a party)"


def test_operator_and_sharing_stand_beside_each_address(lasting_runner: Runner, qtbot: QtBot, report: ShowReport) -> None:
    login = replace(report.identifiers[4], value="119.160.40.165", port=None)
    page = open_page(ChangedApi(identifiers=(*report.identifiers, login)), lasting_runner, qtbot)
    table = table_of(page, "119.160.40.165")
    row = next(i for i, each in enumerate(table.rows.items) if each.entry == login)
    operator, sharing = table.rows.cell(row, identifier_words.IdentifierColumn.OPERATOR)
    assert "Jazz" in operator
    assert sharing == "shared address"


def test_an_operator_that_one_table_alone_names_is_not_sure() -> None:
    said = Message("shared address")
    operator = ShowOperator(
        value="x", name="Zong", line=NOTHING, shared="shared", sharing=said, sure=False, country="PK", says=NOTHING
    )
    assert identifier_words.describe_operator(operator) == ("Zong", "shared address, one of two tables")
    assert identifier_words.describe_operator(replace(operator, sure=True)) == ("Zong", "shared address")
    assert identifier_words.describe_operator(replace(operator, name=None, country="US"))[0] == "abroad: US"
    assert identifier_words.describe_operator(None) == ("", "")


@pytest.mark.parametrize("width", [500, 736])
def test_every_value_is_read_whole(width: int, report: ShowReport, lasting_runner: Runner, qtbot: QtBot) -> None:
    """A value that does not fit on one line gets a second one."""
    long = replace(
        report.identifiers[2], value="a-long-name-of-somebody-who-writes@mail.of-a-house-with-a-long-name.example.invalid"
    )
    page = open_page(ChangedApi(identifiers=(long,)), lasting_runner, qtbot)
    table = table_of(page, long.value)
    row = next(i for i, each in enumerate(table.rows.items) if each.entry == long)
    short = next(i for i, each in enumerate(table.rows.items) if each.entry is None)
    assert table.row_height(row, width) > table.row_height(short, width)


# Texts


def test_texts_are_whole_and_t_unfolds_them(report: ShowReport, lasting_runner: Runner, qtbot: QtBot) -> None:
    whole_text = "\n".join(f"line {n} یہ سطر" for n in range(200))
    text = ShowText(text=whole_text, of="incident", label="chat", sources=report.free_text[0].sources)
    page = open_page(ChangedApi(free_text=(text,)), lasting_runner, qtbot)
    assert page.view is not None
    chat = page.view.chat.view
    assert [item.text for item in chat.rows.items] == [whole_text]
    folded = chat.height()
    press(page, Qt.Key.Key_T)
    assert chat.height() > 1.5 * folded
    assert chat.hasFocus(), "arrows go through the messages"
    press(page, Qt.Key.Key_T)
    assert chat.height() == folded


def chat_file(report: ShowReport, **said: object) -> ShowFile:
    messages = (FileMessage("Kite", "10:00", "shall we fly?"), FileMessage("پتنگ", "10:01", "ہاں"))
    text = ShowFileText(
        **{"state": "read", "why": None, "format": "text", "count": 2, "left_out": 0, "messages": messages, **said}
    )  # type: ignore[arg-type]
    return replace(report.files[0], name="log.txt", file_text=text)


def test_the_text_of_a_file_is_a_conversation(report: ShowReport, lasting_runner: Runner, qtbot: QtBot) -> None:
    page = open_page(ChangedApi(files=(chat_file(report), *report.files[1:])), lasting_runner, qtbot)
    assert page.view is not None
    items = page.view.chat.view.rows.items
    at = next(i for i, item in enumerate(items) if "log.txt" in item.heading)
    assert [(item.speaker, item.time, item.text) for item in items[at + 1 : at + 3]] == [
        ("Kite", "10:00", "shall we fly?"),
        ("\u2068پتنگ\u2069", "10:01", "ہاں"),
    ]
    assert "text read: 2 messages" in said(page), "beside the files"


def test_a_text_that_was_not_read_says_why(report: ShowReport, lasting_runner: Runner, qtbot: QtBot) -> None:
    why = Message("The file holds no text.")
    unread = chat_file(report, state="not read", why=why, format=None, count=0, messages=())
    page = open_page(ChangedApi(files=(unread,)), lasting_runner, qtbot)
    assert "text: not read" in said(page) and "The file holds no text." in said(page)
    assert page.view is not None
    assert not any("log.txt" in item.heading for item in page.view.chat.view.rows.items)


def test_hostile_marks_in_a_chat_are_written_out(report: ShowReport, lasting_runner: Runner, qtbot: QtBot) -> None:
    message = FileMessage("Ki\u202ete", "10:00", "a\u2066b")
    page = open_page(ChangedApi(files=(chat_file(report, messages=(message,), count=1),)), lasting_runner, qtbot)
    assert page.view is not None
    item = next(item for item in page.view.chat.view.rows.items if item.time == "10:00")
    shown = chat_items.build_document(item).toPlainText()
    assert "\u202e" not in shown and "‹U+202E›" in shown and "a‹U+2066›b" in shown


# When


def test_equal_events_of_a_day_are_one_dot(report: ShowReport) -> None:
    login = TrackEvent(when="", kind="login")
    events = tuple(replace(login, when=entry.time or "") for entry in many(report, 56))
    found = timeline.list_events(ReportTrack(report_id=MAIN, via="", events=events))
    log_ins = [event for event in found if event.words == "log-in"]
    assert len(log_ins) == 28
    assert sum(event.count for event in log_ins) == 56


def test_estimated_times_are_marked(report: ShowReport) -> None:
    events = (TrackEvent(when="2026-11-21T18:14:09Z", kind="received", sure=False),)
    found = timeline.list_events(ReportTrack(report_id=MAIN, via="", events=events))
    assert [event.sure for event in found if event.words == "received, estimated"] == [False]


# Where


def evidence(kind: str, value: str) -> PlaceEvidence:
    return PlaceEvidence(kind=kind, value=value, of="picture", says=NOTHING, weight=1, why=NOTHING)


def test_only_coordinates_get_a_dot() -> None:
    found = location_map.find_dots([
        evidence("gps", "24.86, 67.01"), evidence("text", "Karachi"), evidence("gps", "51.5, -0.1"),
        evidence("gps", "24.861, 67.012"), evidence("gps", "not a place"), evidence("ip", "24.86, 67.01"),
    ])  # fmt: skip
    assert [(dot.latitude, dot.longitude) for dot in found] == [(24.86, 67.01)]


def test_every_province_has_an_outline() -> None:
    assert {province for province, _ in location_map.load_outlines()} == {"PB", "SD", "KP", "BA", "ICT", "GB", "AJK"}


def test_an_unclear_place_is_not_located(report: ShowReport) -> None:
    nowhere = replace(report.location, by_person=(), in_pakistan=None, verdict="unclear", office=None)
    assert location_card.list_locations(replace(report, location=nowhere)) == ["Reported user: not located", "child: not located"]


@pytest.mark.parametrize("language", ["en", "ur"])
def test_each_location_has_a_line_of_its_own(language: i18n.Language, report: ShowReport) -> None:
    before = i18n.language()
    i18n.set_language(language)
    try:
        lines: list[str] = []
        writer = SimpleNamespace(write_heading=lambda _: None, write_line=lambda runs: lines.append(runs[0][0]))
        answer_card._write_where(writer, SimpleNamespace(report=report))  # type: ignore[arg-type]
        assert lines == location_card.list_locations(report) and len(lines) == 3
    finally:
        i18n.set_language(before)


# The bar


def test_the_next_clock_stands_above(report: ShowReport) -> None:
    over = Clock(name="operator log", due="2020-01-01T00:00:00Z", basis=NOTHING)
    far = Clock(name="provider data", due="2099-01-01T00:00:00Z", basis=NOTHING)
    found = report_header.find_next_deadline(replace(report, clocks=(over, far)))
    assert found is not None
    assert "provider data" in found[0]
    assert not found[1]
    assert report_header.find_next_deadline(replace(report, clocks=(over,))) is None


def test_no_designation_is_said_to_be_not_stated(report: ShowReport) -> None:
    assert "designation not stated" in report_header.list_codes(replace(report, designation=None))
    assert "escalated by the provider: no reason given" in report_header.list_codes(replace(report, escalation=""))


# Keys


@pytest.mark.parametrize(("key", "step"), [(Qt.Key.Key_J, 1), (Qt.Key.Key_K, -1)])
def test_j_and_k_ask_for_neighbours(key: Qt.Key, step: int, page: ReportPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.moved) as moved:
        press(page, key)
    assert moved.args == [step]


def test_escape_goes_back(page: ReportPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.closed):
        press(page, Qt.Key.Key_Escape)


def test_space_opens_the_ladder_and_escape_leaves_it(page: ReportPage, lasting_runner: Runner) -> None:
    press(page, Qt.Key.Key_Space)
    assert page.media is not None
    settle(lasting_runner)
    QTest.keyClick(page.media.stage, Qt.Key.Key_Escape)
    assert page.media is None
    assert page.view is not None
    assert page._pages.currentWidget() is page.view


def test_a_press_on_a_picture_opens_that_one(page: ReportPage) -> None:
    assert page.view is not None
    QTest.mouseClick(page.view.strip.thumbs[2], Qt.MouseButton.LeftButton)
    assert page.media is not None
    assert page.media.at == 2
    page.close_media()


def test_arrows_go_from_picture_to_picture(page: ReportPage) -> None:
    assert page.view is not None
    strip = page.view.strip
    strip.thumbs[0].setFocus()
    QTest.keyClick(strip.thumbs[0], Qt.Key.Key_Right)
    assert strip.current() == 1
    QTest.keyClick(strip.thumbs[1], Qt.Key.Key_Left)
    assert strip.current() == 0


def test_enter_presses_the_button_in_focus(page: ReportPage, qtbot: QtBot) -> None:
    assert page.view is not None
    button = page.view.header.buttons["next"]
    button.setFocus()
    with qtbot.waitSignal(page.moved):
        QTest.keyClick(button, Qt.Key.Key_Return)


def test_links_open_the_other_report(page: ReportPage, qtbot: QtBot) -> None:
    assert page.view is not None
    link = page.view.links.text.find_link("900101377")
    assert link is not None
    with qtbot.waitSignal(page.open_asked) as asked:
        link()
    assert asked.args == ["900101377"]


def test_undo_of_a_decision_in_the_history(page: ReportPage, lasting_runner: Runner) -> None:
    assert page.view is not None
    undo = page.view.decisions.text.find_link("Undo")
    assert undo is not None
    undo()
    settle(lasting_runner)
    assert ("undo", 7) in page._api.calls  # type: ignore[attr-defined]


def test_undo_without_a_decision_says_so(page: ReportPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.said) as told:
        press(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert told.args == ["There is nothing to undo: you have decided nothing since you began."]


def test_acknowledging_is_for_new_reports_of_band_a(page: ReportPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.said) as told:
        press(page, Qt.Key.Key_Y)
    assert told.args == ["Only new band A reports can be taken this way."]


def test_a_new_report_of_band_a_is_taken_by_name(lasting_runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi()
    page = open_page(api, lasting_runner, qtbot, api.queue[0].report_id)
    with qtbot.waitSignal(page.decided):
        press(page, Qt.Key.Key_Y)
    assert api.calls[-1][:3] == ("decide", api.queue[0].report_id, "in_progress")
    settle(lasting_runner)
    assert "in progress, khi-04, no case" in said(page)


# States


def test_a_report_that_says_nothing_says_so(lasting_runner: Runner, qtbot: QtBot, report: ShowReport) -> None:
    location = replace(report.location, evidence=(), by_person=(), foreign=(), province=None, in_pakistan=None, verdict="unclear")
    empty = ChangedApi(
        people=(), identifiers=(), files=(), free_text=(), clocks=(), links=(), prior_reports=(), decisions=(), conflicts=(),
        not_understood=(), annotations=(), facts={}, incident_time=None, received=None, location=location,
    )  # fmt: skip
    page = open_page(empty, lasting_runner, qtbot)
    for sentence in (
        "Child: not named in the sources. That does not mean there is none.",
        "The sources contain no chat and no free text.",
        "The sources state no time.",
        "The report names no files.",
        "No deadline known: the sources state no start time.",
        "No location evidence in this report.",
        "No decision yet.",
    ):
        assert sentence in said(page)
    press(page, Qt.Key.Key_Space)
    assert page.media is None


def test_a_failure_is_a_sentence_with_a_next_step(lasting_runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi()
    api.show = lambda *_: (_ for _ in ()).throw(StoreError("The disk is full."))  # type: ignore[method-assign]
    page = ReportPage(api, MAIN, runner=lasting_runner)
    qtbot.addWidget(page)
    settle(lasting_runner)
    assert page.report is None
    assert "The disk is full." in texts(page)
    assert not page._waiting._again.isHidden()


def test_a_change_elsewhere_is_shown_at_once(page: ReportPage, lasting_runner: Runner, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.loaded):
        lasting_runner.changed.emit(Changed(reports=frozenset({MAIN})))
    settle(lasting_runner)
    before = page.page
    lasting_runner.changed.emit(Changed(reports=frozenset({"900000000"})))
    settle(lasting_runner)
    assert page.page is before, "what does not touch this report changes nothing"


def test_a_search_that_finds_files_alike_moves_nothing(page: ReportPage, lasting_runner: Runner, qtbot: QtBot) -> None:
    strip = page.view.strip if page.view is not None else None
    lasting_runner.changed.emit(Changed(new_matches=frozenset({MAIN})))
    settle(lasting_runner)
    assert page.view is not None and page.view.strip is strip, "what lists say of the files is what it was"
    page.open_media(0)
    media = page.media
    assert media is not None
    lasting_runner.changed.emit(Changed(new_matches=frozenset({MAIN})))
    settle(lasting_runner)
    assert page.media is media and page._pages.currentWidget() is media
    page.close_media()


def test_roles_without_the_right_find_the_buttons_off(lasting_runner: Runner, qtbot: QtBot) -> None:
    page = open_page(FakeApi(roles=frozenset({Role.AUDITOR})), lasting_runner, qtbot)
    assert page.view is not None
    buttons = page.view.header.buttons
    assert not buttons["decide"].isEnabled()
    assert not buttons["export"].isEnabled()
    with qtbot.waitSignal(page.said) as told:
        page.decide()
    assert told.args == ["Your roles do not allow decisions."]


@pytest.mark.parametrize("name", theme.THEMES)
def test_it_stands_in_urdu_and_every_theme(
    name: theme.ThemeName, lasting_runner: Runner, qtbot: QtBot, qapp: QApplication
) -> None:
    theme.apply(qapp, name, "ur")
    page = open_page(FakeApi(), lasting_runner, qtbot)
    assert page.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert "رپورٹ شدہ صارف" in "\n".join(texts(page))
    assert f"{i18n.LRI}900144218{i18n.PDI}" in texts(page), "numbers run left to right"
    page.open_media(1)
    settle(lasting_runner)
    assert page.media is not None
    QTest.keyClick(page.media.stage, Qt.Key.Key_Left)
    assert page.media.at == 2, "left is onwards in Urdu"
    page.close_media()
