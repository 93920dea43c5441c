"""Shows what an export would hold, before it is written."""

from __future__ import annotations

from collections import Counter

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.model.outgoing_preview import OutgoingPreview
from triage.ui.kit.widgets import clear, label, scrolled
from triage.ui.text.i18n import Safe, number, tr, tr_message, trn


class PreviewView(QWidget):
    """Shows the rows of an export, and what it leaves out with the reasons."""

    def __init__(self) -> None:
        super().__init__()
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(8)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(label(tr("Preview"), "heading"))
        whole.addWidget(scrolled(inner), 1)
        self.forget()

    def forget(self) -> None:
        """Says that nothing was previewed yet."""
        self.show_lines(((tr("See first what the file would hold; nothing is written."), "muted"),))

    def show_lines(self, lines: tuple[tuple[Safe, str], ...]) -> None:
        """Shows lines, each with the kind of its label."""
        clear(self._column)
        for text, kind in lines:
            self._column.addWidget(label(text, kind, wrap=True))  # type: ignore[arg-type]
        self._column.addStretch(1)

    def show_preview(self, found: OutgoingPreview, counted: Safe) -> None:
        """Shows how much the file would hold, in the words of its kind, and how many files stay inside for which reason."""
        lines: list[tuple[Safe, str]] = [(counted, "strong")]
        if not found.rows:
            lines.append((tr("The file would be empty."), "warn"))
        if found.left_out:
            left = trn("{n} file is left out:", "{n} files are left out:", len(found.left_out))
            lines.append((left, "heading"))
            for reason, n in Counter(each.reason for each in found.left_out).most_common():
                lines.append((trn("{n} file: {reason}", "{n} files: {reason}", n, reason=tr_message(reason)), ""))
        elif found.withheld:
            lines.append((tr("{n} of them are withheld, since single people could be recognised.", n=number(found.withheld)), ""))
        else:
            lines.append((tr("Nothing is left out."), "muted"))
        self.show_lines(tuple(lines))
