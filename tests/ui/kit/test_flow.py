"""A flowing layout measures its lines once, until one of its items changes."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from triage.ui.kit.flow import FlowLayout


def test_lines_are_laid_out_anew_only_when_an_item_changed(
    app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    flow = FlowLayout()
    host.setLayout(flow)
    items = [QLabel("some words") for _ in range(6)]
    for item in items[:5]:
        flow.addWidget(item)
    laid: list[int] = []
    plain = flow._lay
    monkeypatch.setattr(flow, "_lay", lambda rect, *, move: (laid.append(rect.width()), plain(rect, move=move))[1])
    width = 2 * items[0].sizeHint().width() + 6
    three_lines = flow.heightForWidth(width)
    assert flow.heightForWidth(width) == three_lines and len(laid) == 1
    items[0].hide()
    items[1].hide()
    assert flow.heightForWidth(width) < three_lines, "hidden items take no line"
    for item in items[:2]:
        item.show()
    flow.addWidget(items[5])
    assert flow.heightForWidth(width) == three_lines
    items[5].setText("more words than fit beside another item")
    assert flow.heightForWidth(width) > three_lines
