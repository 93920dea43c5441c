"""Lists how each dialog of a page is opened for its picture: from the page as a person who came there finds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from triage.jobs.signed_updates import UpdatePreview
from triage.jobs.update_changes import FileChange
from triage.message import NOTHING, Message
from triage.model.versions import ReportVersion, SaysLess
from triage.ui.cases.paper_dialogs import DiaryDialog, SourceReportDialog
from triage.ui.decisions.close_question import CloseQuestion
from triage.ui.requests.making_dialogs import RequestDataDialog

Opener = Callable[[Any], object]
"""Opens a dialog over the page that it is given. It opens none where the page has nothing to open it on."""

UPDATE_FILE = Path("/media/stick-14/law.update")
UPDATE = UpdatePreview(
    kind="law",
    name="",
    number=3,
    issued="2026-11-21",
    note="PECA as amended in November 2026",
    issuer="5f" * 32,
    issuer_name="Headquarters",
    digest="ab" * 32,
    in_use=2,
    changes=(
        FileChange(
            file="law.toml",
            added=2,
            removed=1,
            first_added=('as_of = "2026-11-20"', 'note = "as amended"'),
            first_removed=('as_of = "2026-06-30"',),
        ),
    ),
    problem=NOTHING,
    list_kind="",
    profile=None,
)
"""An invented update: a demo store has none."""

VERSION = ReportVersion(
    report_id="900000001",
    n=2,
    imported="2026-11-24T09:00:00Z",
    state="waiting",
    says_less=(SaysLess(what=Message("band"), before="A", after="C"),),
    sources=(),
    choices=(),
    needs_lead=True,
)
"""An invented version: no report of the demo store has one that waits."""


def _try_rows(page: Any, act: Callable[[], object]) -> None:
    """Selects one row of the page's table after the other until the act opens a dialog."""
    for at in range(page.table.model().rowCount()):
        page.table.setCurrentIndex(page.table.model().index(at, 0))
        act()
        if QApplication.activeModalWidget() is not None:
            return


def _set_passphrase(page: Any, *, own: bool) -> None:
    """Opens the dialog for the passphrase of this user or of another one."""

    def act() -> None:
        if (page.table.current_row().name == page.api.user.name) is own:
            page.set_passphrase()

    _try_rows(page, act)


def _refer(page: Any) -> None:
    page.refer(page.case.reports[0])


def _answer_appeal(page: Any) -> None:
    if page.case.appeals:
        page._answer(str(page.case.appeals[0].id))


def _tell_court(page: Any) -> None:
    page._record_court(page.case.number)


def _show_update(page: Any) -> None:
    page._show_file(UPDATE_FILE, UPDATE)


def _ask_to_close(page: Any) -> None:
    CloseQuestion(page.report, "not abuse material", parent=page).open()


DIALOGS: dict[str, dict[str, Opener]] = {
    "queue": {
        "columns": lambda queue: queue.choose_columns(),
        "save-view": lambda queue: queue.bar.views.save(),
        "order": lambda queue: queue.explain_order(),
        "preserve": lambda queue: queue.write_preserve(),
    },
    "queue-selected": {
        "bulk-assign": lambda queue: queue.bulk.ask_assign(),
        "bulk-decide": lambda queue: queue.bulk.ask_decide(),
    },
    "window": {
        "go-to": lambda window: window.show_palette(),
        "export": lambda window: window.exporting.export_queue(),
        "tool-export": lambda window: window.exporting.export_for_tools(),
        "viewing-log": lambda window: window.exporting.write_viewing_log(),
        "profile": lambda window: window.exporting.show_profile(),
        "agency": lambda window: window.exporting.show_agency(),
    },
    "report": {
        "decide": lambda page: page.decide(),
        "close-question": _ask_to_close,
        "assign": lambda page: page.assign(),
        "packet": lambda page: page.make_packet(),
        "note": lambda page: page.acts.write_note(),
        "case-choice": lambda page: page.report.case is None and page.acts.show_or_choose_case(),
        "report-print": lambda page: page.acts.print_report(),
        "correct-factor": lambda page: page.corrections.correct_factor(),
        "version": lambda page: page.acts.choose_version(VERSION, "accepted"),
        "correct-band": lambda page: page.corrections.correct_band(),
    },
    "cases": {"new-case": lambda page: page.open_new()},
    "case": {
        "case-number": lambda page: page.add_number(),
        "case-stage": lambda page: page.set_stage(),
        "case-officer": lambda page: page.assign_officer(),
        "case-reports": lambda page: page.add_reports(),
        "case-linked": lambda page: page.add_linked(),
        "request-data": lambda page: page.write(RequestDataDialog),
        "source-report": lambda page: page.write(SourceReportDialog),
        "diary": lambda page: page.write(DiaryDialog),
        "referral": _refer,
        "appeal": _answer_appeal,
        "court-told": _tell_court,
    },
    "links": {"case-of-links": lambda page: page.make_case()},
    "victims": {
        "new-series": lambda page: page.open_new(),
        "clue": lambda page: page.add_clue(),
        "series-state": lambda page: page.record_state(),
        "series-sheet": lambda page: page.write_sheet(),
    },
    "requests": {
        "request-sent": lambda page: page.record_sent(),
        "close-request": lambda page: page.close_request(),
        "remind": lambda page: page.remind(),
    },
    "gallery": {"grade-many": lambda page: page.grading.grade_nothing_here()},
    "ranking": {"draw-sample": lambda page: page.draw_sample()},
    "work": {
        "send-work": lambda page: page.send_work(),
        "results": lambda page: _try_rows(page, page.write_results),
        "work-conflict": lambda page: page.resolve_next(),
    },
    "shift": {
        "close-shift": lambda page: page.close_shift(),
        "acknowledge-shift": lambda page: page.acknowledge(),
        "print-shift": lambda page: page.print_sheet(),
    },
    "deconfliction": {
        "start-comparison": lambda page: page.begin(),
        "answer-comparison": lambda page: page.answer_file(),
        "finish-comparison": lambda page: page.finish_session(),
    },
    "leads": {"chart-export": lambda page: page.export()},
    "rules": {"bands": lambda page: page.listed.edit_bands()},
    "trial": {"use-rules": lambda page: page.ask_use()},
    "users": {
        "add-user": lambda page: page.add_user(),
        "roles": lambda page: page.set_roles(),
        "suspend": lambda page: page.suspend_user(),
        "passphrase": lambda page: _set_passphrase(page, own=False),
        "own-passphrase": lambda page: _set_passphrase(page, own=True),
        "confirm-person": lambda page: _try_rows(page, page.confirm_person),
    },
    "hash_lists": {
        "add-list": lambda page: page.ask_kind(Path("/media/stick-14/known.csv")),
        "list-distance": lambda page: page.set_distance(),
        "remove-list": lambda page: page.remove_list(),
    },
    "keyring": {
        "show-half": lambda page: page.show_half(1),
        "trust-key": lambda page: page.record_key(),
        "replace-key": lambda page: page.replace_key(),
    },
    "updates": {
        "update": _show_update,
        "trust-issuer": lambda page: page.ask_trust(),
        "distrust-issuer": lambda page: page.ask_distrust(),
        "undo-update": lambda page: _try_rows(page, page.ask_undo),
    },
    "backups": {
        "restore": lambda page: page.ask_restore(),
        "carrier-destroyed": lambda page: page.state_destroyed(),
        "no-register": lambda page: page.state_no_register(),
    },
    "destruction": {"destroy": lambda page: page.ask_destroy(), "hold": lambda page: page.ask_hold()},
}
"""By scene; the name of each dialog's picture, and what opens it."""
