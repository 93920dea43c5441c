"""Builds the first card of a report whose versions or sources differ, and the dialog that records what a person chooses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from triage.model.report_page import ReportPageView
from triage.model.versions import Choice, ReportVersion, SaysLess
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.text_view import TextWriter
from triage.ui.kit.widgets import label
from triage.ui.report.report_card import TextCard
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, tr_message, trn, word
from triage.ui.text.role_names import name_person

_FIRST_LOSSES = 6
_CHOICES: dict[Choice, str] = {"accepted": mark("Accept"), "refused": mark("Refuse"), "asked": mark("Ask")}
_DISAGREEMENTS = {
    "incident_type": mark("The sources disagree on the incident type. The graver one counts."),
    "reported_user": mark("The sources name different reported users. Nobody has said which is right."),
}


class WaitingVersionsCard(TextCard):
    """Says first what arrived that says less or otherwise. `choose` is None for a person who may not choose."""

    def __init__(self, choose: Callable[[ReportVersion, Choice], None] | None) -> None:
        super().__init__(tr("Versions that wait"))
        self._choose = choose
        self.has_content = False

    def show_page(self, page: ReportPageView) -> None:
        """Shows what waits of a report; without anything the card is left out."""
        report = page.report
        self.has_content = bool(page.waiting_versions or report.sources_disagree or report.changed_after_closing)
        self.setVisible(self.has_content)
        if self.has_content:
            waiting = len(page.waiting_versions)
            self.set_beside(trn("{n} version", "{n} versions", waiting) if waiting else "")
            super().show_page(page)

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes why the report was opened again, on what the sources disagree, and each version that waits."""
        if page.report.changed_after_closing:
            writer.write_line([(tr("What arrived after it was closed makes it graver. It is open again."), "strong")])
        for what in page.report.sources_disagree:
            writer.write_line([(word(_DISAGREEMENTS[what]), "strong")])
        for version in page.waiting_versions:
            self._write_version(writer, version)

    def _write_version(self, writer: TextWriter, version: ReportVersion) -> None:
        """Writes a version: what it says less, what was asked, and the choices."""
        told = times.both(version.imported)
        name = tr("Version {n} says less than what was there, or something else:", n=version.n)
        writer.write_line([(name, "strong"), ("  ", ""), (times.pkt(version.imported), "small")], tip=told, gap=5)
        for each in version.says_less[:_FIRST_LOSSES]:
            writer.write_line([(describe_loss(each), "")], gap=0)
        if (more := len(version.says_less) - _FIRST_LOSSES) > 0:
            writer.write_line([(trn("and {n} more", "and {n} more", more), "small")], gap=0)
        for choice in version.choices:
            said = tr(
                "{user} asked the source, {when}: {why}",
                user=name_person(choice.by),
                when=times.pkt(choice.when),
                why=isolated(choice.reason),
            )
            if choice.choice == "asked":
                writer.write_line([(said, "muted")], gap=0)
        writer.write_line([(tr("The graver reading of all versions counts until a person chooses."), "muted")], gap=0)
        if version.needs_lead:
            writer.write_line([(tr("Accepting it takes a lead."), "muted")], gap=0)
        for n, (choice_name, words) in enumerate(_CHOICES.items() if self._choose is not None else ()):
            call = self._make_call(version, choice_name)
            if n == 0:
                writer.write_link(word(words), call, gap=4)
            else:
                writer.add_link(word(words), call, space=True)

    def _make_call(self, version: ReportVersion, choice: Choice) -> Callable[[], None]:
        """Returns what a link does."""
        return lambda: None if self._choose is None else self._choose(version, choice)


def describe_loss(loss: SaysLess) -> Safe:
    """Returns what a version says less, in words."""
    before, after = (tr_message(value) if not isinstance(value, str) else ltr(value) for value in (loss.before, loss.after))
    what = tr_message(loss.what)
    return tr("{what}: {before} → {after}", what=what, before=before, after=after) if loss.before else what


class VersionDialog(FormDialog):
    """Asks for the reason of a choice about a version."""

    def __init__(
        self,
        api: Api,
        runner: Runner,
        version: ReportVersion,
        choice: Choice,
        *,
        parent: QWidget,
        done: Callable[[ReportVersion], None],
    ) -> None:
        titles = {
            "accepted": tr("Accept version {n} of report {report}", n=version.n, report=ltr(version.report_id)),
            "refused": tr("Refuse version {n} of report {report}", n=version.n, report=ltr(version.report_id)),
            "asked": tr("Ask about version {n} of report {report}", n=version.n, report=ltr(version.report_id)),
        }
        super().__init__(runner, titles[choice], parent=parent, done=done, record=word(_CHOICES[choice]))
        self._api, self._version, self._choice = api, version, choice
        self.changes = Changed(reports=frozenset({version.report_id}))
        says = {
            "accepted": tr("It counts from now on, and what it replaces no longer does. Nothing is deleted."),
            "refused": tr("It counts no longer. It stays in the store and can be accepted later."),
            "asked": tr("Write whom you asked, and what. The version goes on waiting."),
        }
        self.form.addWidget(label(says[choice], "", wrap=True))
        self.text = QPlainTextEdit()
        self.text.setProperty("kind", "note")
        self.text.setAccessibleName(tr("Reason"))
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(90)
        self.form.addWidget(self.text)
        self.text.setFocus()

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that records the choice."""
        said = self.text.toPlainText().strip()
        if not said:
            self.problem.setText(tr("Say why: others and a court will read it."))
            return None
        version = self._version
        calls = {
            "accepted": self._api.accept_version,
            "refused": self._api.refuse_version,
            "asked": self._api.ask_about_version,
        }
        return lambda: calls[self._choice](version.report_id, version.n, said)
