"""Beside the stage: what to know before looking, the ladder, what others saw, facts and hashes."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from triage import wellbeing
from triage.model.views import ShowFile, ShowReport
from triage.ui.kit.widgets import KeyButton, clear, label, row, scrolled, tip
from triage.ui.matches import words
from triage.ui.matches.pair import pairs_of
from triage.ui.media import words as media_words
from triage.ui.media.ladder import Ladder
from triage.ui.text.i18n import Safe, is_rtl, ltr, tr, trn
from triage.wellbeing import BreakAdvice

WIDTH = 372
LONGEST_WORD = 22
MOST_LIKE = 3


class MediaPanel(QWidget):
    """The ladder stays; the words around it are those of the file on stage."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "side")
        self.setProperty("mirrored", is_rtl())
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.ladder = Ladder()
        self.latch = KeyButton.of("media", "latch", tr("Keep it open {n} s", n=_seconds(wellbeing.ViewingPolicy())))
        self.grade = KeyButton.of("media", "grade", tr("Grade"))
        self.compare = KeyButton.of("media", "compare", tr("Compare"))
        self.warning = label("", "strong", wrap=True)
        self._before, self._seen, self._after = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        for part in (self._before, self._seen, self._after):
            part.setSpacing(6)
        self.advice = label("", "warn", wrap=True)
        self.advice.hide()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(8)
        column.addWidget(label(tr("Before you view"), "heading"))
        column.addWidget(self.warning)
        column.addLayout(self._before)
        column.addSpacing(6)
        column.addWidget(label(tr("Viewing steps"), "heading"))
        column.addWidget(self.ladder)
        column.addLayout(row(label(tr("If you can't hold the key:"), "small"), None, self.latch))
        column.addWidget(self.advice)
        column.addSpacing(6)
        column.addWidget(label(tr("Viewed before"), "heading"))
        column.addLayout(self._seen)
        column.addLayout(row(self.grade, self.compare, None))
        column.addSpacing(6)
        column.addLayout(self._after)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(content))

    def show_file(self, file: ShowFile, report: ShowReport) -> None:
        warned = bool(wellbeing.find_warnings(file, report.annotations))
        self.warning.setText(media_words.warning(file, report))
        self.warning.setProperty("kind", "bad" if warned else "")
        self.warning.style().unpolish(self.warning)
        self.warning.style().polish(self.warning)
        clear(self._before)
        self._before.addWidget(label(media_words.known(file), wrap=True, selectable=True))
        if wellbeing.was_graded_before(file):
            self._before.addWidget(label(tr("No need to open it: an exact copy has been graded."), "good", wrap=True))
        self._before.addWidget(label(media_words.classification(file), "muted", wrap=True))
        self._tell_seen(file, report)
        clear(self._after)
        if films := media_words.films(file):
            self._after.addWidget(label(tr("In videos"), "heading"))
            for said in films:
                self._after.addWidget(label(said, "muted", wrap=True))
            self._after.addSpacing(6)
        self._after.addWidget(label(tr("Facts"), "heading"))
        self._after.addLayout(_grid(media_words.facts(file)))
        self._after.addSpacing(6)
        self._after.addWidget(label(tr("Hashes") if file.present else tr("Hashes, as declared"), "heading"))
        self._after.addLayout(_grid([(kind, _broken(value)) for kind, value in media_words.hashes(file)]))

    def _tell_seen(self, file: ShowFile, report: ShowReport) -> None:
        """Who saw it, how many copies one verdict covers, and the nearest of what is like it."""
        clear(self._seen)
        self._seen.addWidget(label(media_words.grade(file), wrap=True))
        if (alike := media_words.alike(file)) is not None:
            self._seen.addWidget(label(alike, "warn" if file.held else "muted", wrap=True))
        for missing in file.not_checked:
            self._seen.addWidget(label(words.not_checked(missing), "small", wrap=True))
        pairs = pairs_of(file, report.report_id)
        for pair in pairs[:MOST_LIKE]:
            self._seen.addWidget(label(words.short(pair), "small", wrap=True))
        if len(pairs) > MOST_LIKE:
            rest = len(pairs) - MOST_LIKE
            self._seen.addWidget(label(trn("and {n} more", "and {n} more", rest), "small"))
        self.grade.setVisible(file.present)
        self.compare.setVisible(bool(pairs))

    def advise(self, advice: BreakAdvice | None) -> None:
        self.advice.setVisible(advice is not None)
        if advice is not None:
            self.advice.setText(break_words(advice))


def break_words(advice: BreakAdvice) -> Safe:
    """Advice, not an order; and for nobody else's eyes."""
    return tr(
        "You have been viewing for {spell} min, {looking} s of it unblurred. "
        "A break of {pause} min is advised. Only you see this.",
        spell=round(advice.spell.total_seconds() / 60),
        looking=round(advice.looking.total_seconds()),
        pause=round(advice.pause.total_seconds() / 60),
    )


def held_words(file: ShowFile, *, frame: bool = False) -> Safe:
    """Under the stage: what holding does. `frame` when one frame of a film is chosen."""
    if frame:
        return tr("or the mouse shows this frame alone while held; no motion, no sound. Release to blur.")
    if (file.mime or "").startswith("video/"):
        return tr("or the mouse shows a sheet of still frames while held; no motion, no sound. Release to blur.")
    return tr("or the mouse on the image shows it while held. Release to blur; each view is recorded with its step and duration.")


def _seconds(policy: wellbeing.ViewingPolicy) -> int:
    return round(policy.latch.total_seconds())


def _grid(lines: list[tuple[Safe, Safe]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(1, 1)
    for at, (name, value) in enumerate(lines):
        muted = label(name, "muted", wrap=True)
        muted.setFixedWidth(124)
        grid.addWidget(muted, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_value(value), at, 1, Qt.AlignmentFlag.AlignTop)
    return grid


def _value(value: Safe) -> QLabel:
    """A word too long for the column is broken where it has to be, and then can't be copied from here."""
    if max(map(len, value.split()), default=0) <= LONGEST_WORD:
        return label(value, wrap=True, selectable=True)
    made = label(Safe(re.sub(rf"(\S{{{LONGEST_WORD}}})(?=\S)", "\\1\u200b", value)), wrap=True)
    tip(made, value)
    return made


def _broken(value: str) -> Safe:
    """A hash in groups of eight, so that it wraps and can be read aloud. Copying from the table of hashes goes by the button."""
    return ltr(" ".join(value[i : i + 8] for i in range(0, len(value), 8)))
