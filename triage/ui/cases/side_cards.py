"""Builds the sections at the right of a case: requests, papers, numbers, stages and appeals."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from triage.model.case_page import CaseOverview, CasePaper
from triage.model.casework import Appeal, CaseNumber, CaseStage, CaseView, NumberKind
from triage.model.data_requests import RequestRow
from triage.ui.kit.due_label import choose_stage_due_kind
from triage.ui.kit.marked_lines import LinkButton, keep_whole
from triage.ui.kit.widgets import KeyButton, LabelKind, column, label, row, rule, set_tooltip
from triage.ui.requests.request_words import describe_day, describe_kind, list_messages
from triage.ui.text import times
from triage.ui.text.case_words import day_words, due_words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, tr_message, trn, word
from triage.ui.text.report_words import reason
from triage.ui.text.role_names import name_person

FIRST_REQUESTS = 12
PAPERS = {
    "source_report": mark("Source report"),
    "packet": mark("Evidence packet"),
    "referral": mark("Referral"),
    "diary": mark("Diary"),
}
_STATES = {"draft": mark("draft"), "made": mark("not sent"), "sent": mark("sent"), "overdue": mark("overdue"),
           "partly answered": mark("partly answered"), "answered": mark("answered"), "closed": mark("closed")}  # fmt: skip
_KINDS: dict[str, LabelKind] = {
    "overdue": "bad",
    "draft": "warn",
    "partly answered": "warn",
    "answered": "good",
    "closed": "muted",
}


def build_requests(overview: CaseOverview, open_requests: Callable[[str], None]) -> QVBoxLayout:
    """Builds the requests, each with one state and with what it lacks."""
    found = overview.requests
    section = column(label(tr("Requests"), "heading"), spacing=4)
    if found:
        section.addWidget(keep_whole(label(_count_states(found), "small", wrap=True)))
    if not found:
        said = tr("Nobody was asked for data of this case yet. Press X to write requests.")
        section.addWidget(keep_whole(label(said, "muted", wrap=True)))
    for each in found[:FIRST_REQUESTS]:
        section.addWidget(rule())
        name = LinkButton(ltr(each.number), lambda number=each.number: open_requests(number))  # type: ignore[misc]
        state = keep_whole(label(describe_request_state(each), _KINDS.get(each.state, ""), wrap=True))
        state.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        line = row(name)
        line.addWidget(state, 1)
        section.addLayout(line)
        lines = trn("{n} line", "{n} lines", each.lines)
        said = tr("{kind}, {addressee}, {lines}", kind=describe_kind(each.kind), addressee=isolated(each.addressee), lines=lines)
        section.addWidget(keep_whole(label(said, "small", wrap=True)))
        if each.missing:
            lacks = tr("missing: {what}", what=list_messages(each.missing))
            section.addWidget(keep_whole(label(lacks, "warn", wrap=True)))
    if (more := len(found) - FIRST_REQUESTS) > 0:
        section.addWidget(label(trn("{n} more request", "{n} more requests", more), "small"))
    return section


def describe_request_state(each: RequestRow) -> Safe:
    """Returns the one state of a request with its day."""
    state = word(_STATES[each.state])
    if each.state == "overdue" and each.due is not None:
        return trn("overdue by {n} day", "overdue by {n} days", max(0, -times.days_left(each.due) - 1))
    if each.state == "sent" and each.due is not None:
        return tr("sent, due {day}", day=describe_day(each.due))
    if each.state == "partly answered":
        return tr("lines answered: {n} of {total}", n=each.answered_lines, total=each.lines)
    if each.state == "answered" and each.unmatched:
        return trn("answered, {n} unmatched", "answered, {n} unmatched", each.unmatched)
    return state


def _count_states(found: tuple[RequestRow, ...]) -> Safe:
    """Returns how many requests are overdue, awaited and drafts."""
    counts = (
        (sum(each.state == "overdue" for each in found), mark("{n} overdue")),
        (sum(each.state == "sent" for each in found), mark("{n} awaited")),
        (sum(each.state in ("draft", "made") for each in found), mark("{n} not sent")),
    )
    return Safe(tr(", ").join(Safe(word(words).replace("{n}", ltr(str(n)))) for n, words in counts if n))


def build_papers(overview: CaseOverview, open_paper: Callable[[CasePaper], None], refusal: Safe) -> QVBoxLayout:
    """Builds the papers, each with where it stands and with what blocks it.

    `refusal` says why this person may not write papers of a case; it is empty when they may.
    """
    section = column(label(tr("Papers"), "heading"), spacing=4)
    for paper in overview.papers:
        section.addWidget(rule())
        name = word(PAPERS[paper.name])
        title = tr("{paper} {report}", paper=name, report=ltr(paper.report)) if paper.report else name
        button = KeyButton(tr("Open"), kind="mini", on=lambda paper=paper: open_paper(paper))  # type: ignore[misc]
        button.setAccessibleName(tr("Open: {what}", what=title))
        if refusal and paper.name != "packet":  # which only shows the report, on whose page a packet is made
            button.setEnabled(False)
            set_tooltip(button, refusal)
        section.addLayout(row(label(title, "strong"), None, button))
        section.addWidget(keep_whole(label(tr_message(paper.state), "small", wrap=True)))
        for made in paper.made:
            section.addWidget(keep_whole(label(tr_message(made), "small", wrap=True)))
        if paper.blocked:
            section.addWidget(keep_whole(label(tr_message(paper.blocked), "warn", wrap=True)))
    return section


def build_numbers(case: CaseView, strike_out: Callable[[CaseNumber], None] | None) -> QVBoxLayout:
    """Builds the register numbers, in the order of the registers. Without `strike_out` they can't be struck out."""
    opened = tr("opened {when} by {name}", when=times.day(times.to_pkt(times.parse(case.opened))), name=name_person(case.by))
    section = column(label(tr("Numbers"), "heading"), keep_whole(label(opened, "small", wrap=True)), spacing=4)
    if not case.numbers:
        said = tr("No register number yet; press N to add one.")
        section.addWidget(keep_whole(label(said, "muted", wrap=True)))
        return section
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    order = [kind.value for kind in NumberKind]
    for at, kept in enumerate(sorted(case.numbers, key=lambda n: (order.index(n.kind), n.value))):
        grid.addWidget(label(word(kept.kind), "muted"), at, 0)
        value = label(ltr(kept.value), "strong", wrap=True, selectable=True)
        set_tooltip(value, tr("entered by {name}", name=name_person(kept.by)))
        grid.addWidget(value, at, 1)
        if strike_out is not None:
            link = LinkButton(tr("Strike out"), lambda kept=kept: strike_out(kept))  # type: ignore[misc]
            link.setAccessibleName(tr("Strike out {kind} {value}", kind=word(kept.kind), value=ltr(kept.value)))
            grid.addWidget(link, at, 2)
    section.addLayout(grid)
    return section


def build_stage(case: CaseView) -> QVBoxLayout:
    """Builds the current stage with its deadline, and all stages before it."""
    now = case.stages[-1]
    due = label(due_words(now.due), choose_stage_due_kind(now.due))
    section = column(label(tr("Current stage"), "heading"), spacing=4)
    section.addLayout(row(label(word(case.stage), "title"), None, due))
    if now.due is None:
        said = tr("No standard deadline for this stage; press S to set one.")
    else:
        said = tr("should be over by {day}: {basis}", day=day_words(now.due), basis=reason(now.basis))
    section.addWidget(keep_whole(label(said, "small", wrap=True)))
    section.addWidget(label(tr("History of stages"), "heading"))
    for before, stage in zip((None, *case.stages), case.stages, strict=False):
        section.addWidget(keep_whole(label(_describe_stage(before, stage), wrap=True)))
        if stage.note:
            section.addWidget(keep_whole(label(isolated(stage.note), "muted", wrap=True, selectable=True)))
        said = tr("{when}, {name}", when=times.pkt(stage.since), name=name_person(stage.by))
        section.addWidget(keep_whole(label(said, "small", wrap=True)))
    return section


def build_appeals(case: CaseView) -> QVBoxLayout:
    """Builds the appeals with their text and answer; the layout stays empty without any."""
    section = column(spacing=4)
    if case.appeals:
        section.addWidget(label(tr("Appeals"), "heading"))
    for appeal in case.appeals:
        section.addWidget(rule())
        section.addWidget(keep_whole(label(_name_appeal(appeal), "strong", wrap=True)))
        section.addWidget(label(_describe_answer(appeal), _pick_kind(appeal)))
        section.addWidget(keep_whole(label(isolated(appeal.text), wrap=True, selectable=True)))
        if appeal.answer is not None:
            answer = tr("Answer: {text}", text=isolated(appeal.answer))
            section.addWidget(keep_whole(label(answer, "muted", wrap=True, selectable=True)))
    return section


def _name_appeal(appeal: Appeal) -> Safe:
    """Returns from whom an appeal came and when."""
    who = tr("the reported user") if appeal.from_whom is None else isolated(appeal.from_whom)
    return tr("{who}, {day}", who=who, day=day_words(appeal.received))


def _describe_answer(appeal: Appeal) -> Safe:
    """Returns whether an appeal was answered."""
    return tr("not answered") if appeal.answered is None else tr("answered {day}", day=describe_day(appeal.answered))


def _pick_kind(appeal: Appeal) -> LabelKind:
    """Returns the look of an appeal's state."""
    return "warn" if appeal.open else "small"


def _describe_stage(before: CaseStage | None, stage: CaseStage) -> Safe:
    """Returns a stage of the history in words, with its deadline.

    A stage that equals the one before is shown as a new deadline.
    """
    again = before is not None and before.stage == stage.stage
    said = tr("new deadline for {stage}", stage=word(stage.stage)) if again else word(stage.stage)
    return said if stage.due is None else tr("{what}, until {day}", what=said, day=day_words(stage.due))
