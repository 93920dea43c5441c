"""Shows the texts of files, such as chat logs, under the files of a report: closed at first, with the senders' labels."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.model.file_text import ShowFileText
from triage.model.views import ShowFile
from triage.ui.kit.keys import find_key
from triage.ui.kit.widgets import KeyButton, cap, label, row
from triage.ui.report.texts import WholeText
from triage.ui.text.i18n import Safe, isolated, ltr, shown, tr, tr_message, trn
from triage.ui.text.report_words import file_name

MOST_SENDERS = 4
"""So many senders' labels stand beside a closed text."""


class FileTexts(QWidget):
    """Holds the texts of all files of a report that hold text."""

    def __init__(self, files: Sequence[ShowFile]) -> None:
        super().__init__()
        self.blocks = [FileTextBlock(file, file.file_text) for file in files if file.file_text is not None]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        if any(block.text.messages for block in self.blocks):
            key = cap(find_key("report", "text").cap)
            column.addLayout(row(key, label(tr("shows the texts of files"), "small"), None))
        for block in self.blocks:
            column.addWidget(block)
        if not self.blocks:
            self.hide()

    def has_closed(self) -> bool:
        """Returns whether a text is not shown yet."""
        return any(block.text.messages and not block.is_open() for block in self.blocks)

    def open(self, wanted: bool) -> None:
        """Opens or closes all texts."""
        for block in self.blocks:
            block.open(wanted)


class FileTextBlock(QWidget):
    """Shows the text of one file: whether it was read, who wrote, and on request the messages."""

    def __init__(self, file: ShowFile, text: ShowFileText) -> None:
        super().__init__()
        self.text = text
        self.body: WholeText | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        head = row(label(ltr(file_name(file)), "strong"), label(_describe_state(text), "muted"), None)
        self._column.addLayout(head)
        if text.why is not None:
            self._column.addWidget(label(tr_message(text.why), "small", wrap=True))
        if senders := _list_senders(text):
            self._column.addWidget(label(tr("Senders: {names}", names=senders), "small", wrap=True))
        self._more = KeyButton(tr("Show the text"), kind="quiet", on=lambda: self.open(not self.is_open()))
        self._column.addLayout(row(self._more, None))
        if not text.messages:
            self._more.hide()

    def is_open(self) -> bool:
        """Returns whether the messages are shown."""
        return self.body is not None

    def open(self, wanted: bool) -> None:
        """Shows or removes the messages. They are laid out only while they are shown."""
        if wanted == self.is_open() or not self.text.messages:
            return
        if self.body is not None:
            self._column.removeWidget(self.body)
            self.body.deleteLater()
            self.body = None
        else:
            self.body = WholeText(format_messages(self.text))
            self.body.set_folded(False)
            self._column.addWidget(self.body)
        self._more.set_words(tr("Collapse") if self.is_open() else tr("Show the text"))


def format_messages(text: ShowFileText) -> str:
    """Returns the messages as lines: sender and time as the file states them, then the text."""
    parts = []
    for message in text.messages:
        head = "  ".join(filter(None, (message.sender, message.time)))
        parts.append(f"{head}\n{message.text}" if head else message.text)
    return "\n\n".join(parts)


def _describe_state(text: ShowFileText) -> Safe:
    """Returns whether the text was read, and how many messages it has."""
    if text.state == "not read":
        return tr("text: not read")
    count = trn("{n} message", "{n} messages", text.count)
    if text.state == "read in part":
        return tr("text read in part: {count}", count=count)
    return tr("text read: {count}", count=count)


def _list_senders(text: ShowFileText) -> Safe:
    """Returns the first senders' labels, and how many more there are."""
    names = list(dict.fromkeys(message.sender for message in text.messages if message.sender))
    listed = ", ".join(isolated(name) for name in names[:MOST_SENDERS])
    more = len(names) - MOST_SENDERS
    return tr("{names} and {n} more", names=Safe(listed), n=more) if more > 0 else Safe(listed) if listed else shown("")
