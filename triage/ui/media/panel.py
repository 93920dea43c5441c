"""Defines the panel beside a file: warnings, viewing steps, earlier views, facts and hashes."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout

from triage import wellbeing
from triage.model.views import ShowFile, ShowReport
from triage.ui.kit.widgets import KeyButton, clear, label, row, set_tooltip
from triage.ui.matches import match_words
from triage.ui.matches.match_pair import find_pairs
from triage.ui.media import media_words
from triage.ui.media.viewing_panel import ViewingPanel
from triage.ui.text.i18n import Safe, ltr, tr, trn

LONGEST_WORD = 22  # characters that fit into the narrow column without a break
MOST_LIKE = 3  # similar files that are listed; the rest is counted


class MediaPanel(ViewingPanel):
    """Shows what is known of a file, with its viewing steps."""

    def __init__(self) -> None:
        super().__init__("media")
        self.grade = KeyButton.for_action("media", "grade", tr("Grade"))
        self.compare = KeyButton.for_action("media", "compare", tr("Compare"))
        self.warning = label("", "strong", wrap=True)
        self._before, self._seen, self._after = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        for part in (self._before, self._seen, self._after):
            part.setSpacing(6)
        self.column.addWidget(label(tr("Before you view"), "heading"))
        self.column.addWidget(self.warning)
        self.column.addLayout(self._before)
        self.add_viewing_steps(tr("Viewing steps"))
        self.column.addSpacing(6)
        self.column.addWidget(label(tr("Viewed before"), "heading"))
        self.column.addLayout(self._seen)
        self.column.addLayout(row(self.grade, self.compare, None))
        self.column.addSpacing(6)
        self.column.addLayout(self._after)
        self.column.addStretch(1)

    def show_file(self, file: ShowFile, report: ShowReport) -> None:
        """Shows the words of another file; the viewing steps stay."""
        warned = bool(wellbeing.find_warnings(file, report.annotations))
        self.warning.setText(media_words.describe_warning(file, report))
        self.warning.setProperty("kind", "bad" if warned else "")
        self.warning.style().unpolish(self.warning)
        self.warning.style().polish(self.warning)
        clear(self._before)
        self._before.addWidget(label(media_words.describe_match_state(file), wrap=True, selectable=True))
        if wellbeing.was_graded_before(file):
            self._before.addWidget(label(tr("No need to open it: an exact copy has been graded."), "good", wrap=True))
        self._before.addWidget(label(media_words.describe_class(file), "muted", wrap=True))
        self._show_views(file, report)
        clear(self._after)
        if films := media_words.describe_videos(file):
            self._after.addWidget(label(tr("In videos"), "heading"))
            for said in films:
                self._after.addWidget(label(said, "muted", wrap=True))
            self._after.addSpacing(6)
        self._after.addWidget(label(tr("Facts"), "heading"))
        self._after.addLayout(build_fact_grid(media_words.list_facts(file)))
        self._after.addSpacing(6)
        self._after.addWidget(label(tr("Hashes") if file.present else tr("Hashes, as declared"), "heading"))
        self._after.addLayout(build_fact_grid([(kind, group_hash(value)) for kind, value in media_words.list_hashes(file)]))

    def _show_views(self, file: ShowFile, report: ShowReport) -> None:
        """Shows who graded the file, its copies and the nearest similar images."""
        clear(self._seen)
        self._seen.addWidget(label(media_words.describe_grade(file), wrap=True))
        if (alike := media_words.describe_similar(file)) is not None:
            self._seen.addWidget(label(alike, "warn" if file.held else "muted", wrap=True))
        for missing in file.not_checked:
            self._seen.addWidget(label(match_words.describe_not_checked(missing), "small", wrap=True))
        pairs = find_pairs(file, report.report_id)
        for pair in pairs[:MOST_LIKE]:
            self._seen.addWidget(label(match_words.describe_pair(pair), "small", wrap=True))
        if len(pairs) > MOST_LIKE:
            rest = len(pairs) - MOST_LIKE
            self._seen.addWidget(label(trn("and {n} more", "and {n} more", rest), "small"))
        self.grade.setVisible(file.present)
        self.compare.setVisible(bool(pairs))


def describe_holding(file: ShowFile, *, frame: bool = False) -> Safe:
    """Returns what holding the key does for this file; `frame` is True for a single frame of a video."""
    if frame:
        return tr("or the mouse shows this frame alone while held; no motion, no sound. Release to blur.")
    if (file.mime or "").startswith("video/"):
        return tr("or the mouse shows a sheet of still frames while held; no motion, no sound. Release to blur.")
    return tr("or the mouse on the image shows it while held. Release to blur; each view is recorded with its step and duration.")


def build_fact_grid(lines: list[tuple[Safe, Safe]]) -> QGridLayout:
    """Lays names and values out in two columns."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(1, 1)
    for at, (name, value) in enumerate(lines):
        muted = label(name, "muted", wrap=True)
        muted.setFixedWidth(124)
        grid.addWidget(muted, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_build_value(value), at, 1, Qt.AlignmentFlag.AlignTop)
    return grid


def _build_value(value: Safe) -> QLabel:
    """Builds the label of a value; a word longer than the column is broken and can't be copied."""
    if max(map(len, value.split()), default=0) <= LONGEST_WORD:
        return label(value, wrap=True, selectable=True)
    made = label(Safe(re.sub(rf"(\S{{{LONGEST_WORD}}})(?=\S)", "\\1\u200b", value)), wrap=True)
    set_tooltip(made, value)
    return made


def group_hash(value: str) -> Safe:
    """Returns a hash in groups of eight characters, so that it wraps and can be read aloud."""
    return ltr(" ".join(value[i : i + 8] for i in range(0, len(value), 8)))
