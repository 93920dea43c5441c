"""Defines the dialog that refers a report to child protection, foreign police, NCMEC or the provider, in two steps."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QStackedWidget, QVBoxLayout, QWidget

from triage.model.handover import Handover
from triage.model.referral import ReferralBody, ReferralMade, ReferralPreview, SafeContactPlan
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Runner
from triage.ui.core.writing_dialog import Work, WritingDialog
from triage.ui.kit.fields import NamedField, label_field, lay_side_by_side
from triage.ui.kit.widgets import KeyButton, label, row, scrolled
from triage.ui.text import words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, searchable, tr, tr_message, trn, word

STEP_HEIGHT, LOW_PREVIEW = 156, 80
"""Pixels, so that the dialog fits a low screen in both languages."""
MOST_PLAN = 1_000
"""Characters of one field of the plan."""
ALL = ""
KINDS = {
    "child protection": mark("Child protection"),
    "foreign police": mark("Police abroad"),
    "ncmec": mark("NCMEC"),
    "provider": mark("Provider"),
}
LEFT_OUT = (
    mark("media"), mark("no media leave with a referral"), mark("score and band"),
    mark("they order work here and are evidence of nothing"), mark("free text and chats"), mark("they may name others"),
    mark("identifiers of the reported user"), mark("not needed to protect the child"), mark("what names or locates the child"),
    mark("left out on request"), mark("asked for case by case"), mark("all people and identifiers"),
    mark("feedback names nobody"), mark("digests of files"), mark("feedback names no file"),
)  # fmt: skip
"""What a referral leaves out and why, as the job names it."""
PLAN: tuple[tuple[str, str], ...] = (
    ("who_may_know", mark("Who may know of the contact, and why")),
    ("safe_channel", mark("Safe way and time to reach the child")),
    ("family_risk", mark("Risk from the family, and how it was judged")),
    ("woman_officer", mark("Woman officer who makes the contact")),
    ("interpreter", mark("Interpreter or language; “none needed” with the reason")),
    ("notes", mark("What else the body should know")),
)


def open_referral(api: Api, runner: Runner, report: str, *, parent: QWidget) -> ReferralDialog | None:
    """Opens the dialog that refers a report; returns it, or None when the person may not write papers of a case."""
    if not api.may(Right.CASE_PAPERS):
        return None
    dialog = ReferralDialog(api, runner, report, parent=parent)
    dialog.open()
    return dialog


class ReferralDialog(WritingDialog):
    """Asks to whom a report goes, shows the minimum data, and asks for the plan of safe contact where a child is named."""

    def __init__(self, api: Api, runner: Runner, report: str, *, parent: QWidget) -> None:
        title = tr("Refer report {report}", report=ltr(report))
        super().__init__(api, runner, title, parent=parent, name="referral")
        self.changes = Changed(reports=frozenset({report}))
        self._report, self._bodies = report, api.list_bodies()
        self._found: ReferralPreview | None = None
        self.province, self.body = QComboBox(), QComboBox()
        self.about = label("", "small", wrap=True)
        self.redact = QCheckBox(tr("Leave out what names or locates the child"))
        self.although = NamedField(tr("The reported user was cleared; reason to refer all the same"))
        self.plan = {name: NamedField(word(words_)) for name, words_ in PLAN}
        self.body.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.body.setMinimumContentsLength(24)
        self.steps = QStackedWidget()
        self.to_whom = KeyButton(tr("1. To whom"), kind="pill", on=lambda: self.show_step(0))
        self.safe_contact = KeyButton(tr("2. Safe contact"), kind="pill", on=lambda: self.show_step(1))
        self._build_steps()
        self._list_provinces()
        self.province.currentIndexChanged.connect(self._list_bodies)
        self.body.currentIndexChanged.connect(self._choose_body)
        self.redact.toggled.connect(self.ask_preview)
        self.although.textEdited.connect(self.ask_preview)
        for field in self.plan.values():
            field.setMaxLength(MOST_PLAN)
            field.textEdited.connect(lambda _: self._update_write())
        self._list_bodies()
        self.show_step(0)

    def _build_steps(self) -> None:
        """Lays out the two steps."""
        first = QWidget()
        column = QVBoxLayout(first)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        asked = lay_side_by_side(label_field(tr("Province"), self.province), label_field(tr("Body"), self.body))
        asked.setStretch(1, 2)  # names of bodies are long
        column.addLayout(asked)
        column.addWidget(self.about)
        column.addWidget(self.redact)
        column.addWidget(self.although.holder)
        says = tr("A manipulated image of a real child counts in full: the child whom it shows is as real.")
        column.addWidget(label(says, "small", wrap=True))
        column.addStretch(1)
        self.although.holder.hide()
        inner = QWidget()
        second = QVBoxLayout(inner)
        second.setContentsMargins(0, 0, 0, 0)
        second.setSpacing(6)
        says = tr(
            "Write your own reasons. A refusal of the family does not end safeguarding: then state here who goes on, and how."
        )
        second.addWidget(label(says, "muted", wrap=True))
        for each in self.plan.values():
            second.addWidget(each.holder)
        second.addStretch(1)
        for page in (first, inner):
            page.setMinimumHeight(1)  # else its height would be that of its narrowest width
            self.steps.addWidget(scrolled(page))
        self.steps.setFixedHeight(STEP_HEIGHT)
        for button in (self.to_whom, self.safe_contact):
            button.setCheckable(True)
        self.form.addLayout(row(self.to_whom, self.safe_contact, None))
        self.form.addWidget(self.steps)
        self.preview_area.setFixedHeight(LOW_PREVIEW)

    def show_step(self, at: int) -> None:
        """Shows one of the two steps."""
        self.steps.setCurrentIndex(at)
        for place, button in enumerate((self.to_whom, self.safe_contact)):
            button.setChecked(place == at)
        (self.province if at == 0 else self.plan["who_may_know"]).setFocus()

    def _list_provinces(self) -> None:
        """Lists the provinces that have a body of their own."""
        self.province.addItem(tr("All provinces"), ALL)
        for code in dict.fromkeys(each.province for each in self._bodies if each.province is not None):
            self.province.addItem(words.province(code), code)

    def _list_bodies(self, _: int = 0) -> None:
        """Lists the bodies of the chosen province, and those that serve all."""
        province = self.province.currentData()
        self.body.blockSignals(True)
        self.body.clear()
        for each in self._bodies:
            if province == ALL or each.province in (province, None):
                self.body.addItem(searchable(each.name), each.id)
        self.body.blockSignals(False)
        self._choose_body()

    def chosen_body(self) -> ReferralBody | None:
        """Returns the chosen body."""
        return next((each for each in self._bodies if each.id == self.body.currentData()), None)

    def _choose_body(self, _: int = 0) -> None:
        """Shows what kind of body it is and its helpline."""
        body = self.chosen_body()
        if body is not None:
            helpline = tr("helpline not known") if body.helpline is None else tr("helpline {number}", number=ltr(body.helpline))
            self.about.setText(tr("{kind}; {helpline}", kind=word(KINDS[body.kind]), helpline=helpline))
        self.read_preview()

    # Preview

    def plan_preview(self) -> Work | None:
        """Returns the call that gathers what would leave."""
        body = self.chosen_body()
        if body is None:
            return None
        to, redact, although = body.id, self.redact.isChecked(), self._read_reason()
        return lambda _progress, _cancel: self.api.preview_referral(self._report, to, redact=redact, although_cleared=although)

    def show_preview(self, found: ReferralPreview) -> bool:
        """Shows what blocks the referral, then what leaves, then what is left out."""
        self._found = found
        self.although.holder.setVisible(found.cleared)
        self.safe_contact.setEnabled(found.names_child)
        if found.refused is not None:
            self.add_line(tr("It can't leave: {reason}", reason=tr_message(found.refused)), "bad")
        if found.names_child:
            self.add_line(tr("It names or locates a child: the plan for safe contact is needed (step 2)."), "warn")
        else:
            self.add_line(tr("It names and locates no child."), "good")
        self.add_line(trn("{n} fact leaves", "{n} facts leave", len(found.facts)), "heading")
        for fact in found.facts:
            self.add_line(tr("{name}: {value}", name=isolated(fact.label), value=isolated(fact.value)), "small")
        self.add_line(tr("Left out"), "heading")
        for each in found.withheld:
            self.add_line(tr("{what}: {why}", what=word(each.what), why=word(each.why)), "small")
        return self._may_write()

    def _may_write(self) -> bool:
        """Returns whether nothing blocks the referral."""
        found = self._found
        if found is None or found.refused is not None:
            return False
        return not found.names_child or not self.list_blank()

    def _update_write(self) -> None:
        """Says which fields of the plan are blank, and allows writing once there is none."""
        if self._found is None or self._previewing is None or not self._previewing.done:
            return
        self._ready = self._may_write()
        self.write.setEnabled(self._ready)
        blank = self.list_blank() if self._found.names_child else ()
        says = trn("{n} field of the plan is blank.", "{n} fields of the plan are blank.", len(blank))
        self.problem.setText(says if blank else "")

    def list_blank(self) -> tuple[str, ...]:
        """Returns the fields of the plan that say nothing."""
        return tuple(name for name, field in self.plan.items() if field.get_text() is None)

    def _read_reason(self) -> str | None:
        """Returns why a cleared person's report is referred, or None."""
        return self.although.get_text() if self.although.holder.isVisibleTo(self) else None

    # Writing

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes the referral."""
        body, found = self.chosen_body(), self._found
        if body is None or found is None:
            return None
        plan = SafeContactPlan(**{name: field.text() for name, field in self.plan.items()}) if found.names_child else None
        to, redact, although = body.id, self.redact.isChecked(), self._read_reason()
        return lambda _progress, _cancel: self.api.create_referral(
            self._report, to, out, safe_contact=plan, redact=redact, although_cleared=although, handover=handover
        )

    def show_written(self, made: ReferralMade, column: QVBoxLayout) -> None:
        """Says what left, and that safeguarding goes on."""
        says = tr("It names or locates a child.") if made.names_child else tr("It names and locates no child.")
        column.addWidget(label(says, "warn" if made.names_child else "good"))
        column.addWidget(label(tr("Fields that leave: {n}", n=number(len(made.fields))), "muted"))
        says = tr("When the family refuses contact, safeguarding goes on: follow the plan, and record what was done.")
        column.addWidget(label(Safe(says), "muted", wrap=True))
