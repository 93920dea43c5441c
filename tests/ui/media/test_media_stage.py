"""Words in place of an image stand within their frame, however low the stage is."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from triage.ui.kit import theme
from triage.ui.media.media_stage import WRAP, MediaStage
from triage.ui.text.i18n import Language, tr


@pytest.mark.parametrize("language", ["en", "ur"])
def test_words_in_place_of_an_image_stay_in_their_frame(app: QApplication, qtbot: QtBot, language: Language) -> None:
    """The stage of the gallery is 330 x 130 pixels in a window of 1366 x 768."""
    theme.apply(app, "dark", language)
    stage = MediaStage("demo")
    qtbot.addWidget(stage)
    stage.resize(330, 130)
    title = tr("Read the warning first: press {key}.", key="2")
    place = stage.place_words(title, "")
    font = theme.font(px=theme.current().text_px + 4, bold=True)
    need = QFontMetrics(font).boundingRect(place.adjusted(16, 0, -16, 0), WRAP, title).height()
    assert need <= place.height() - 8
    assert stage.rect().contains(place)
