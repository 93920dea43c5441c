"""The panel beside the grid: what is known of the current file, and the viewing steps that open it while a person holds them.

The rules of holding, recording, stamping and blurring are those of every page that shows media (ui/media/holding_page.py).
"""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout

from triage import wellbeing
from triage.model.gallery import FileState, GalleryCell
from triage.model.views import ShowFile, ShowReport
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.gallery import gallery_words
from triage.ui.kit.keys import find_key
from triage.ui.kit.widgets import ElidedLabel, clear, label
from triage.ui.media import media_words
from triage.ui.media.hidden_files import hidden_hashes, is_hidden_content
from triage.ui.media.holding_page import HoldingPage
from triage.ui.media.panel import build_fact_grid, group_hash
from triage.ui.media.reveal import RevealRequest
from triage.ui.media.viewing_panel import ViewingPanel
from triage.ui.text import report_words
from triage.ui.text.i18n import ltr, tr, trn, word
from triage.wellbeing import BreakAdvice, Rung

SETTLE_MS = 150
"""How long a cell is current before the facts of its file are read: a held arrow key reads none."""
STAGE_HEIGHTS = (130, 260)
BESIDE_STAGE = 392
"""Pixels of the words and viewing steps above and below the stage."""


class GalleryViewer(HoldingPage):
    """Shows one file beside the grid.

    `stepped` asks for the next or previous cell, `viewed` carries a media item of which a view was recorded.
    """

    stepped = Signal(int)
    viewed = Signal(int)

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, 1)
        self.cell: GalleryCell | None = None
        self._state = FileState(0)
        self._reports: dict[str, ShowReport] = {}
        self._reached: dict[int, Rung] = {}
        (self.stage,) = self.stages
        self.stage.setMinimumSize(240, STAGE_HEIGHTS[0])
        self.panel = ViewingPanel("gallery")
        self._name = label("", "strong", wrap=True)
        self._beside = ElidedLabel("", "small")
        self._warnings, self._known, self._facts = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._build()
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLE_MS)
        self._settled.timeout.connect(self._ask_facts)
        self.revealers[0].closed.connect(lambda _step, _seconds: self._view_ended())
        self.connect_controls(self.panel.ladder, self.panel.latch)

    def _build(self) -> None:
        """Lays out the words before the picture, the stage, the viewing steps and the facts."""
        column = self.panel.column
        column.setSpacing(4)
        for part in (self._warnings, self._known, self._facts):
            part.setSpacing(4)
        column.addWidget(self._name)
        column.addWidget(self._beside)
        column.addWidget(label(tr("Before you view"), "heading"))
        column.addLayout(self._warnings)
        column.addWidget(self.stage)
        self.panel.add_viewing_steps(tr("Viewing steps"))
        self.panel.make_compact()
        column.addLayout(self._known)
        column.addLayout(self._facts)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.panel)
        self.setFixedWidth(self.panel.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Gives the stage what the words and steps leave, so that the steps are in view without scrolling."""
        super().resizeEvent(event)
        self.stage.setFixedHeight(max(STAGE_HEIGHTS[0], min(STAGE_HEIGHTS[1], self.height() - BESIDE_STAGE)))

    # Which file

    def show_cell(
        self, cell: GalleryCell | None, state: FileState, chosen: list[GalleryCell], *, count: int, files: int, unviewed: int
    ) -> None:
        """Shows the current cell, and what is stated of the chosen ones.

        `count` and `files` are those of the whole selection, and `unviewed` how many of it this person has not viewed.
        """
        self._state = state
        if self.cell is None or cell is None or cell.media_id != self.cell.media_id:
            self.let_go()
            self.cell = cell
            self.current = Rung.FACTS if cell is None else min(self.reached_step(), Rung.VERDICT)
            self.refresh_preview()
            clear(self._facts)
            clear(self._known)
            self._settled.start()
        else:
            self.cell = cell
        self._name.setText(trn("{n} media item selected", "{n} media items selected", count))
        parts = [] if cell is None else [tr("report {report}", report=ltr(cell.report_id)), ltr(cell.name)]
        self._beside.setText(report_words.listed([trn("{n} file", "{n} files", files), *parts]))
        self._show_warnings(chosen, count, unviewed)
        self.show_state()

    def _show_warnings(self, chosen: list[GalleryCell], count: int, unviewed: int) -> None:
        """Shows warnings in words, and how much of the selection this person has not viewed."""
        clear(self._warnings)
        for sentence in gallery_words.describe_warnings(self.cell, chosen):
            self._warnings.addWidget(label(sentence, wrap=True))
        if count > len(chosen):
            rest = count - len(chosen)
            said = trn("{n} more file is not read yet.", "{n} more files are not read yet.", rest)
            self._warnings.addWidget(label(said, "muted", wrap=True))
        if unviewed:
            said = tr("You have not viewed {n} of {total}; a grade states that you did.", n=unviewed, total=count)
            self._warnings.addWidget(label(said, "muted", wrap=True))

    def _ask_facts(self) -> None:
        """Reads the report of the current file in the background, unless it was read already."""
        cell = self.cell
        if cell is None:
            return
        if cell.report_id in self._reports:
            self._show_facts()
            return
        number = cell.report_id
        self._runner.ask(
            lambda: self._api.show(number),
            lambda report: self._keep_report(number, report),
            owner=self,
            failed=self.said.emit,
            about="report",
        )

    def _keep_report(self, number: str, report: ShowReport) -> None:
        """Keeps a report that was read, and shows the facts of the current file."""
        if len(self._reports) >= 8:
            self._reports.clear()
        self._reports[number] = report
        if self.cell is not None and self.cell.report_id == number:
            self._show_facts()

    def forget_reports(self) -> None:
        """Reads reports anew, since something changed."""
        self._runner.drop_answers(self, "report")
        self._reports.clear()
        self._settled.start()

    def was_viewed(self) -> bool:
        """Returns whether this person viewed the current file unblurred."""
        return bool(self._state & FileState.SEEN_BY_ME)

    def current_file(self) -> tuple[ShowFile, ShowReport] | None:
        """Returns the current file as its report shows it, or None while it was not read."""
        report = self._reports.get(self.cell.report_id) if self.cell is not None else None
        if report is None or self.cell is None:
            return None
        file = next((file for file in report.files if file.present and file.sha256 == self.cell.sha256), None)
        return None if file is None else (file, report)

    def _show_facts(self) -> None:
        """Shows what is known of the current file: lists, copies, views and facts."""
        clear(self._known)
        clear(self._facts)
        found, cell = self.current_file(), self.cell
        if found is None or cell is None:
            return
        file, report = found
        self._known.addWidget(label(tr("Known"), "heading"))
        self._known.addWidget(label(media_words.describe_warning(file, report), "muted", wrap=True))
        self._known.addWidget(label(media_words.describe_match_state(file), wrap=True, selectable=True))
        if wellbeing.was_graded_before(file):
            self._known.addWidget(label(tr("No need to open it: an exact copy has been graded."), "good", wrap=True))
        self._known.addWidget(label(media_words.describe_grade(file), "muted", wrap=True))
        if (alike := media_words.describe_similar(file)) is not None:
            self._known.addWidget(label(alike, "warn" if file.held else "muted", wrap=True))
        viewed = gallery_words.describe_viewer(self._state)
        self._known.addWidget(label(tr("Viewed by: {users}", users=viewed), "muted", wrap=True))
        for said in media_words.describe_videos(file):
            self._known.addWidget(label(said, "muted", wrap=True))
        self._facts.addWidget(label(tr("Facts"), "heading"))
        self._facts.addLayout(build_fact_grid(media_words.list_facts(file)))
        self._facts.addWidget(label(tr("Hashes"), "heading"))
        self._facts.addLayout(build_fact_grid([(kind, group_hash(value)) for kind, value in media_words.list_hashes(file)]))

    # The viewing steps

    def is_hidden(self) -> bool:
        """Returns whether the person hid this file, or keeps away from one of its warnings."""
        return self.cell is not None and is_hidden_content(self._api, self.cell.sha256, self.cell.warnings)

    def refresh_preview(self) -> None:
        """Shows or hides the preview after the person hid the file or showed it again."""
        self.stage.show_preview(None if self.cell is None or self.is_hidden() else self.cell.preview)
        self.show_state()

    def can_show(self) -> bool:
        """Returns whether the file can be decoded and is not hidden."""
        return self.cell is not None and not self.cell.problem and not self.is_hidden()

    def requests_for(self, rung: Rung) -> tuple[RevealRequest | None, ...]:
        """Returns what to reveal of this file at a viewing step."""
        if self.cell is None:
            return (None,)
        return (RevealRequest(self.cell.report_id, self.cell.sha256, wellbeing.STEPS[rung]),)

    def reached_step(self) -> Rung:
        """Returns the highest viewing step reached for this file."""
        if self.cell is None:
            return Rung.FACTS
        return self._reached.setdefault(self.cell.media_id, wellbeing.first_rung(bool(self.cell.warnings)))

    def set_reached_step(self, rung: Rung) -> None:
        """Stores the highest viewing step reached for this file."""
        if self.cell is not None:
            self._reached[self.cell.media_id] = rung

    def go(self, step: int) -> None:
        """Asks for the next or previous cell."""
        self.stepped.emit(step)

    def show_advice(self, advice: BreakAdvice | None) -> None:
        """Shows the advice to take a break; None hides it."""
        self.panel.show_advice(advice)

    def _view_ended(self) -> None:
        """Announces that the current file was viewed, once its view is recorded."""
        if self.cell is not None:
            self.viewed.emit(self.cell.media_id)

    def show_state(self) -> None:
        """Updates the viewing steps and the words on the stage."""
        reached = self.reached_step()
        self.panel.ladder.show_state(self.current, reached, shows=self.can_show(), holding=self.holding)
        self.panel.latch.setEnabled(self.can_show() and reached >= Rung.VERDICT)
        self.stage.show_words(*self._words_instead(reached))

    def _words_instead(self, reached: Rung) -> tuple[str | None, str]:
        """Returns the title and text that stand in place of the image, or (None, "")."""
        cell = self.cell
        if cell is None:
            return tr("No file is chosen"), ""
        if self.is_hidden():
            if cell.sha256 in hidden_hashes(self._api):
                return tr("You hid this item"), tr("Only from you, until you lock.")
            return tr("You keep away from this item"), tr(
                "It has a warning that you chose. {key} shows it.", key=find_key("gallery", "hide").cap
            )
        if reached < Rung.VERDICT:
            return tr("Read the warning first: press {key}.", key=find_key("gallery", "verdict").cap), ""
        if cell.problem:
            return tr("Nothing can be shown"), word(cell.problem)
        return None, ""
