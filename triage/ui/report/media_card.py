"""Builds the card of the report's files, blurred, with what is known of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.model.damage import DAMAGE
from triage.model.file_text import ShowFileText
from triage.model.report_page import ReportPageView
from triage.model.views import ShowFile
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit.keys import find_key
from triage.ui.kit.text_view import TextWriter
from triage.ui.kit.widgets import KeyButton
from triage.ui.media import media_words
from triage.ui.media.thumbnail_strips import MediaStrip
from triage.ui.report.report_card import TextCard, set_visible
from triage.ui.text.i18n import Safe, isolated, ltr, shown, tr, tr_message, trn
from triage.ui.text.report_words import file_name

MOST_SENDERS = 4
"""So many senders' labels stand beside the text of a file."""


class MediaCard(TextCard):
    """Shows the files in a strip of blurred thumbnails. A strip serves one report: its thumbnails hold previews.

    `opened` is called with the position of a pressed file.
    """

    pinned = "main"
    least_width = 300
    first = 6
    grows = 6

    def __init__(self, api: Api, runner: Runner, on_media: Callable[[], None], opened: Callable[[int], None]) -> None:
        super().__init__(tr("Media, blurred"))
        self._api, self._runner, self._opened = api, runner, opened
        self.strip: MediaStrip | None = None
        self.holder = StripHolder()
        self.holder.setParent(self)
        self.parts.insert(1, self.holder)
        self.button = KeyButton.for_action("report", "media", tr("View"), kind="mini", on=on_media)
        self.add_button(self.button)

    def show_page(self, page: ReportPageView) -> None:
        """Shows the files of a report."""
        before = None if self.page is None else self.page.report
        report = page.report
        here = sum(file.present for file in report.files)
        count = trn("{n} file, {here} stored", "{n} files, {here} stored", len(report.files), here=here)
        self.set_beside(count if report.files else "")
        set_visible(self.button, bool(report.files))
        set_visible(self.holder, bool(report.files))
        if before is None or before.files != report.files:
            self.strip = MediaStrip(self._api, self._runner, report.files) if report.files else None
            if self.strip is not None:
                self.strip.opened.connect(self._opened)
            self.holder.hold(self.strip)
        super().show_page(page)

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes what is known of the files, and of their texts."""
        report = page.report
        damaged = "documents" in report.damaged
        if damaged:
            writer.write_line([(tr_message(DAMAGE["documents"]), "bad")])
        if not report.files:
            if not damaged:
                writer.write_line([(tr("The report names no files."), "muted")])
            return
        writer.write_line([(Safe(" ".join(media_words.summarise_files(report.files, report))), "")])
        texts = [(file, file.file_text) for file in report.files if file.file_text is not None]
        lines = [lambda file=file, text=text: _write_text(writer, file, text) for file, text in texts]
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))

    def show_files(self, page: ReportPageView) -> None:
        """Keeps what is shown; only the report behind it is newer."""
        self.page = page

    def current_file(self) -> int:
        """Returns the position of the focused file, or 0."""
        return 0 if self.strip is None else self.strip.current()

    def refresh_strip(self) -> None:
        """Shows the strip again after a file was hidden or shown."""
        if self.strip is not None:
            self.strip.refresh()


class StripHolder(QWidget):
    """Holds the strip of one report after the other."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._strip: MediaStrip | None = None

    def hold(self, strip: MediaStrip | None) -> None:
        """Shows a strip in place of the one before; its previews leave memory."""
        if self._strip is not None:
            self._strip.hide()
            self._column.removeWidget(self._strip)
            self._strip.deleteLater()
        self._strip = strip
        if strip is not None:
            self._column.addWidget(strip)

    def measure_height(self, width: int) -> int:
        """Returns the height in pixels at a width."""
        layout = None if self._strip is None else self._strip.layout()
        return 0 if layout is None else layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()


def _write_text(writer: TextWriter, file: ShowFile, text: ShowFileText) -> None:
    """Writes whether the text of a file was read, why not, and who wrote."""
    writer.write_line([(ltr(file_name(file)), "strong"), ("  ", ""), (describe_state(text), "muted")], gap=4)
    if text.why is not None:
        writer.write_line([(tr_message(text.why), "small")], gap=0)
    if senders := list_senders(text):
        said = tr("Senders: {names}; key {key} reads them", names=senders, key=find_key("report", "text").cap)
        writer.write_line([(said, "small")], gap=0)


def describe_state(text: ShowFileText) -> Safe:
    """Returns whether the text was read, and how many messages it has."""
    if text.state == "not read":
        return tr("text: not read")
    count = trn("{n} message", "{n} messages", text.count)
    if text.state == "read in part":
        return tr("text read in part: {count}", count=count)
    return tr("text read: {count}", count=count)


def list_senders(text: ShowFileText) -> Safe:
    """Returns the first senders' labels, and how many more there are."""
    names = list(dict.fromkeys(message.sender for message in text.messages if message.sender))
    listed = ", ".join(isolated(name) for name in names[:MOST_SENDERS])
    more = len(names) - MOST_SENDERS
    return tr("{names} and {n} more", names=Safe(listed), n=more) if more > 0 else Safe(listed) if listed else shown("")
