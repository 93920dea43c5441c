"""Grades what is selected in the grid: asks once where needed, records in one act, goes on, and undoes several steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from triage.model.casework import Grade, GradeAct
from triage.model.damage import GRADE_UNREADABLE
from triage.model.gallery import DONE, FileState
from triage.model.progress import Progress
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.run_start import find_start
from triage.ui.core.runner import Changed, Job, Runner
from triage.ui.gallery.grade_question import GradeQuestion, GradeReach, Plan
from triage.ui.gallery.grading_bar import GradingBar
from triage.ui.gallery.grid import GalleryGrid
from triage.ui.gallery.session_acts import DoneAct, add_act, list_acts, restore_acts, was_restored
from triage.ui.gallery.shown_cells import ShownCells
from triage.ui.gallery.viewer import GalleryViewer
from triage.ui.kit.keys import find_key
from triage.ui.media.grade_dialog import LETTERS, GradeDialog
from triage.ui.media.hidden_files import hidden_hashes, hide, is_hidden_content, show_again
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, number, tr, tr_message, trn, word

if TYPE_CHECKING:
    from triage.jobs.reading.gallery_items import GalleryItems

WORDS: dict[str, str] = {grade: words for _, grade, words in LETTERS}


class Grading(QObject):
    """Records grades of the selection.

    `states_changed` is emitted once the grid's arrays hold the new states, and `hidden_changed` after a file was hidden or shown
    again.
    """

    said = Signal(str)
    states_changed = Signal()
    hidden_changed = Signal()

    def __init__(self, api: Api, runner: Runner, grid: GalleryGrid, bar: GradingBar, page: QWidget) -> None:
        super().__init__(page)
        self._api, self._runner, self._grid, self._bar, self._page = api, runner, grid, bar, page
        self._items: GalleryItems | None = None
        self._unread_states: set[int] = set()
        self._after_states: list[Callable[[], None]] = []
        self._job: Job | None = None
        self._own_changes = 0
        bar.graded.connect(self.grade)
        bar.nothing_here.connect(self.grade_nothing_here)
        bar.undone.connect(self.undo)
        self._show_last()

    def show_items(self, items: GalleryItems) -> None:
        """Takes the items whose states change by grading."""
        self._items = items
        self._unread_states.clear()
        self._after_states.clear()
        self._show_last()
        if not was_restored(self._api):
            since = find_start(self._api)
            self._runner.ask(
                lambda: self._api.own_grade_acts(since), self._restore, owner=self, failed=lambda _: None, about="acts"
            )

    def _restore(self, acts: tuple[GradeAct, ...]) -> None:
        """Takes over what was graded before a lock in this run of the program."""
        restore_acts(self._api, [DoneAct(_name_act(act), graded=act) for act in acts])
        self._show_last()

    def list_actions(self, viewer: GalleryViewer) -> dict[str, Callable[[], object]]:
        """Returns the actions of the keys that grade, hide and undo."""
        grades: dict[str, Callable[[], object]] = {
            f"grade_{letter.lower()}": partial(self.grade, grade) for letter, grade, _ in LETTERS
        }
        return grades | {
            "nothing": self.grade_nothing_here,
            "all_grades": lambda: self.grade_with_choices(viewer),
            "undo": self.undo,
            "hide": lambda: self.toggle_hidden(viewer),
        }

    # Grading

    def grade(self, grade: Grade) -> None:
        """Grades the selection, after a question when the grade reaches more than one viewed file."""
        self._ask(grade, self._grid.list_chosen())

    def grade_nothing_here(self) -> None:
        """Grades all files in view that nobody graded as not pertinent, after a question that names their number."""
        cells = self.list_open_in_view()
        if cells:
            self._ask(Grade.OTHER, cells, always=True)
        else:
            self.said.emit(tr("All files in view are graded."))

    def list_open_in_view(self) -> list[int]:
        """Returns the cells wholly in view that this person can still grade."""
        shown = self._grid.shown
        return [] if shown is None else [cell for cell in self._grid.list_visible() if not shown.find_state(cell) & DONE]

    def _ask(self, grade: Grade, cells: list[int], *, always: bool = False) -> None:
        """Asks before a grade that reaches more than one viewed file; else records it."""
        shown = self._grid.shown
        if not self._api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
        elif self._job is not None and not self._job.done:
            self.said.emit(tr("The grade before is still being recorded."))
        elif shown is not None and cells:
            reach = GradeReach(
                media=len(cells),
                files=shown.count_files(cells),
                near=sum(shown.count_near(cell) - 1 for cell in cells),
                unviewed=shown.count_state(cells, FileState.SEEN_BY_ME, without=True),
                graded=shown.count_state(cells, DONE),
            )
            touched = [medium_id for cell in cells for medium_id in shown.find_media(cell)]
            recorded = lambda act: self._recorded(act, touched, max(cells))  # noqa: E731
            if always or reach.needs_question:
                GradeQuestion(
                    self._runner,
                    word(WORDS[grade]),
                    reach,
                    parent=self._page,
                    plan=partial(self._plan_grade, shown, grade, cells),
                    changes=describe_change,
                    done=recorded,
                ).open()
            else:
                self._job = self._runner.do(
                    self._plan_grade(shown, grade, cells, near=False, court=False),
                    recorded,
                    changes=describe_change,
                    owner=self,
                    failed=self._failed,
                    progress=self._show_running,
                )

    def _plan_grade(self, shown: ShownCells, grade: Grade, cells: list[int], near: bool, court: bool) -> Plan:
        """Returns the call that records a grade of the contents on top of some cells, and of their near copies if wanted."""
        places = [
            (medium_id, report_id, tuple(shown.find_media(cell)[1:]) if near else ())
            for cell, (medium_id, report_id) in zip(cells, shown.list_places(cells), strict=True)
        ]
        api = self._api
        return lambda progress, cancel: api.grade_files(
            api.gallery_files(places), grade.value, for_court=court, on_progress=progress, cancel=cancel
        )

    def _recorded(self, act: GradeAct, touched: Sequence[int], last: int) -> None:
        """Announces an act, and goes on once its states are shown."""
        self._own_changes += 1
        words = word(WORDS.get(act.grade, GRADE_UNREADABLE))
        if act.given:
            add_act(self._api, DoneAct(_name_act(act), graded=act, media=tuple(touched)))
            said = tr(
                "Graded {grade}: {what}. Undo: {key}",
                grade=words,
                what=Safe(
                    tr(", ").join(
                        (trn("{n} media item", "{n} media items", len(act.given)), trn("{n} file", "{n} files", act.files))
                    )
                ),
                key=find_key("gallery", "undo").cap,
            )
        else:
            said = tr("Nothing was graded.")
        self.said.emit(report_words.listed([said, *_describe_refused(act)]))
        self._show_last()
        self.read_states(touched, then=partial(self._advance, last) if act.given else None)

    def _advance(self, after: int) -> None:
        """Goes on after a grade, unless the person turned that off."""
        if self._bar.advance.isChecked():
            self.go_on(after)

    def go_on(self, after: int) -> None:
        """Goes to the next cell that this person can still grade."""
        shown = self._grid.shown
        if shown is None or not shown.count:
            return
        cell = shown.find_open(after)
        if cell is None:
            self.said.emit(tr("All files here are graded."))
        else:
            self._grid.go_to(cell)

    def grade_with_choices(self, viewer: GalleryViewer) -> None:
        """Opens the grade dialog of the current file, with its near copies and all options."""
        found, cell = viewer.current_file(), viewer.cell
        if not self._api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
        elif found is None or cell is None:
            self.said.emit(tr("The file is still being read."))
        else:
            viewer.let_go()
            medium_id, after = cell.media_id, self._grid.current
            GradeDialog(
                self._api,
                self._runner,
                cell.report_id,
                found[0],
                parent=self._page,
                done=lambda _sha256, sentence: self._graded_by_dialog(medium_id, sentence, after),
                opened=viewer.was_viewed(),
            ).open()

    def _graded_by_dialog(self, medium_id: int, sentence: str, after: int) -> None:
        self._own_changes += 1
        self.said.emit(sentence)
        shown = self._grid.shown
        touched = [medium_id] if shown is None else shown.find_media(after)
        self.read_states(touched, then=partial(self._advance, after))

    # Undo

    def undo(self) -> None:
        """Takes back the last act of this session, also one from another gallery."""
        acts = list_acts(self._api)
        if self._job is not None and not self._job.done:
            self.said.emit(tr("The grade before is still being recorded."))
        elif not acts:
            self.said.emit(tr("There is nothing to undo."))
        elif (act := acts[-1]).graded is None:
            acts.pop()
            hidden_hashes(self._api).difference_update(act.hidden)
            self.said.emit(tr("Undone: {what}", what=act.words))
            self._show_last()
            self.hidden_changed.emit()
        else:
            self._take_back(act, act.graded)

    def _take_back(self, act: DoneAct, graded: GradeAct) -> None:
        api = self._api
        self._job = self._runner.do(
            lambda progress, cancel: api.take_back_grades(graded, on_progress=progress, cancel=cancel),
            lambda undone: self._taken_back(act, undone),
            changes=describe_change,
            owner=self,
            failed=self._failed,
            progress=self._show_running,
        )

    def _taken_back(self, act: DoneAct, undone: GradeAct) -> None:
        """Announces what was taken back. What a stop left over can be undone again."""
        if act in (acts := list_acts(self._api)):
            acts.remove(act)
        if act.media:  # else it is from before a lock, and the page reads all its files again
            self._own_changes += 1
        left = [file for file in act.graded.given if file not in undone.given] if act.graded is not None else []
        if undone.stopped and left and act.graded is not None:
            rest = GradeAct(grade=undone.grade, given=tuple(left), refused=(), files=0, reports=0)
            add_act(self._api, DoneAct(act.words, graded=rest, media=act.media))
        self.said.emit(report_words.listed([tr("Undone: {what}", what=act.words), *_describe_refused(undone)]))
        self._show_last()
        if act.media:
            self.read_states(act.media)

    def _show_last(self) -> None:
        """Shows what undo would take back."""
        acts = list_acts(self._api)
        self._bar.show_last(tr("Last: {what}", what=acts[-1].words) if acts else None)

    def _show_running(self, progress: Progress) -> None:
        """Shows how far a long act is."""
        if progress.total and progress.total > progress.done:
            done, total = number(progress.done), number(progress.total)
            key = find_key("gallery", "back").cap
            self._bar.show_last(tr("Recording {n} of {total}. Stop: {key}", n=done, total=total, key=key))

    def stop(self) -> bool:
        """Stops an act that is under way; returns whether there was one."""
        if self._job is None or self._job.done:
            return False
        self._job.cancel()
        return True

    def _failed(self, sentence: str) -> None:
        self._show_last()
        self.said.emit(sentence)

    def take_own_change(self) -> bool:
        """Returns whether a change came from here, once for each act."""
        if not self._own_changes:
            return False
        self._own_changes -= 1
        return True

    # Hiding

    def toggle_hidden(self, viewer: GalleryViewer) -> None:
        """Hides the current file from this person, or shows it again."""
        cell = viewer.cell
        if cell is None:
            return
        viewer.let_go()
        if is_hidden_content(self._api, cell.sha256, cell.warnings):
            show_again(self._api, cell.sha256)
            self.said.emit(tr("Shown again."))
        else:
            hide(self._api, cell.sha256)
            add_act(self._api, DoneAct(tr("hidden from you"), hidden=frozenset({cell.sha256})))
            self.said.emit(tr("Hidden from you only. Undo: {key}", key=find_key("gallery", "undo").cap))
        self._show_last()
        self.hidden_changed.emit()

    # States

    def read_states(self, medium_ids: Sequence[int], then: Callable[[], None] | None = None) -> None:
        """Reads the states of some contents again, and shows them in the grid."""
        items = self._items
        if items is None:
            return
        self._unread_states.update(medium_ids)
        if then is not None:
            self._after_states.append(then)
        wanted = tuple(self._unread_states)  # also those of an earlier question, whose answer is dropped

        def apply(found: tuple) -> None:
            at, state, grade = found
            if items is self._items:
                items.state[at], items.grade[at] = state, grade
                calls, self._after_states = self._after_states, []
                self._unread_states.clear()
                self._grid.forget_cells(wanted)
                self.states_changed.emit()
                for call in calls:
                    call()

        self._runner.ask(
            lambda: self._api.gallery_states(items, wanted), apply, owner=self, failed=lambda _: None, about="states"
        )


def describe_change(act: GradeAct) -> Changed:
    """Returns what an act changed: the reports it names, or all when exact copies lie in others."""
    named = frozenset(file.report_id for file in act.given)
    near = any(file.inherited for file in act.given)
    return Changed(reports=named, all_reports=near or act.reports > len(named))


def _name_act(act: GradeAct) -> Safe:
    """Returns what an act is called in "Last: ..." and "Undone: ..."."""
    grade = word(WORDS.get(act.grade, GRADE_UNREADABLE))
    return trn("{n} media item, {grade}", "{n} media items, {grade}", len(act.given), grade=grade)


def _describe_refused(act: GradeAct) -> list[Safe]:
    """Returns how many files an act left out, with the reason of the first."""
    if not act.refused:
        return []
    return [trn("{n} file left out: {why}", "{n} files left out: {why}", len(act.refused), why=tr_message(act.refused[0].why))]
