"""The part of the house of cards for the gallery: any number of files, which are graded in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from triage.jobs.reading.gallery_items import GalleryItems, GalleryOrder, Marks, Places, arrange
from triage.model.casework import FileToGrade, GivenGrade, Grade, GradeAct
from triage.model.gallery import FileState, GalleryCell, GalleryFilter, GalleryHeading, GalleryPart, GalleryScope, Grouping
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.users import Right
from triage.wellbeing import GRAVE_ANNOTATIONS

if TYPE_CHECKING:
    from tests.ui.fakes import FakeApi

GRADES = tuple(each.value for each in Grade)


class FakeGallery:
    """Mixed into FakeApi: `files` contents of the one report. Every 10th has a warning, every 15th a near copy before it."""

    files = 40
    warned_every = 10
    near_every = 15
    reports_at_once: int | None = None
    """Of a large store with nine reports; None for a store that is shown whole."""

    def _begin_gallery(self: FakeApi) -> None:
        self.acts_before_lock: list[GradeAct] = []
        self.grades_given: dict[int, list[str]] = {}
        self.seen: set[int] = set()
        self.asked_cells: list[list[int]] = []

    def gallery(self: FakeApi, scope: GalleryScope) -> GalleryItems:
        self._require(Right.READ_REPORT)
        self.calls.append(("gallery", scope))
        ids = np.arange(1, self.files + 1, dtype=np.int64)
        places = np.arange(self.files, dtype=np.int64)
        stack = ids.copy()
        if self.near_every:
            stack[ids % self.near_every == 0] -= 1
        if scope.kind == "like":
            ids = ids[:2] if len(ids) > 1 else ids
            stack, places = np.full(len(ids), ids[0]), places[: len(ids)]
        warned = np.flatnonzero(ids % self.warned_every == 0) if self.warned_every else np.zeros(0, np.int64)
        zeros = np.zeros(len(ids), np.int64)
        state, grade = self._states(ids)
        return GalleryItems(
            media=ids,
            state=state,
            grade=grade,
            kind=zeros.copy(),
            stack=stack,
            places=Places(places, zeros + 5, zeros, zeros, zeros + 20_000, zeros + 1 + (ids % 4 == 0)),
            lists=Marks(zeros[:0], zeros[:0]),
            warnings=Marks(warned, zeros[: len(warned)]),
            account={5: "paper_boat_77 at saffron chat"},
            grades=GRADES,
            list_names={1: "drawn-2"},
            warning_names=GRAVE_ANNOTATIONS,
            office_names={0: "LHR"},
            lists_loaded=True,
            part=self._find_part(scope),
        )

    def _find_part(self: FakeApi, scope: GalleryScope) -> GalleryPart | None:
        if self.reports_at_once is None or scope.kind != "store":
            return None
        return GalleryPart(scope.start, min(9, scope.start + self.reports_at_once), 9)

    def _states(self: FakeApi, ids: Any) -> tuple[Any, Any]:
        state, grade = np.zeros(len(ids), np.int64), np.full(len(ids), -1, np.int64)
        for at, medium_id in enumerate(ids.tolist()):
            if self.grades_given.get(medium_id):
                state[at] |= FileState.GRADED
                grade[at] = GRADES.index(self.grades_given[medium_id][-1])
            if medium_id in self.seen:
                state[at] |= FileState.SEEN_BY_ME
            if self.warned_every and medium_id % self.warned_every == 0:
                state[at] |= FileState.WARNED
        return state, grade

    def arrange_gallery(self: FakeApi, items: GalleryItems, wanted: GalleryFilter, grouping: Grouping) -> GalleryOrder:
        return arrange(items, wanted, grouping)

    def gallery_states(self: FakeApi, items: GalleryItems, medium_ids: Sequence[int]) -> tuple[Any, Any, Any]:
        at = items.find(medium_ids)
        return at, *self._states(items.media[at])

    def gallery_cells(self: FakeApi, wanted: Sequence[tuple[int, int]]) -> dict[int, GalleryCell]:
        self.asked_cells.append([medium_id for medium_id, _ in wanted])
        return {medium_id: self._cell(medium_id) for medium_id, _ in wanted}

    def _cell(self: FakeApi, medium_id: int) -> GalleryCell:
        from tests.ui.fakes import MAIN, sha256_of

        state, grade = self._states(np.array([medium_id]))
        sha256 = sha256_of(medium_id - 1)
        return GalleryCell(
            media_id=medium_id,
            sha256=sha256,
            report_id=MAIN,
            name=f"IMG_{medium_id + 39:04}.jpg",
            kind="image",
            size=200_000,
            duration_ms=None,
            problem=None,
            preview=self.preview(sha256),
            state=FileState(int(state[0])),
            known="not known",
            conflict=False,
            grade=None if grade[0] < 0 else GRADES[int(grade[0])],
            graded_by=self.user.name if grade[0] >= 0 else None,
            warnings=("infant",) if state[0] & FileState.WARNED else (),
        )

    def gallery_headings(
        self: FakeApi, grouping: Grouping, keys: Sequence[int], names: Sequence[str]
    ) -> dict[int, GalleryHeading]:
        return {key: GalleryHeading(name="900144218", band="B", detail="Saffron Chat") for key in keys}

    def gallery_files(self: FakeApi, places: Sequence[tuple[int, int, tuple[int, ...]]]) -> tuple[FileToGrade, ...]:
        from tests.ui.fakes import MAIN

        return tuple(FileToGrade(MAIN, str(medium_id), tuple(map(str, also))) for medium_id, _, also in places)

    def grade_files(
        self: FakeApi,
        files: Sequence[FileToGrade],
        grade: str,
        *,
        for_court: bool,
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> GradeAct:
        self._require(Right.DECIDE)
        self.calls.append(("grade files", grade, len(files), for_court))
        for file in files:
            for each in (file.sha256, *file.also):
                self.grades_given.setdefault(int(each), []).append(grade)
        on_progress(Progress(done=len(files), total=len(files), unit="files"))
        given = tuple(GivenGrade(file.report_id, file.sha256, at, file.also) for at, file in enumerate(files))
        return GradeAct(grade=grade, given=given, refused=(), files=len(files) + 1, reports=1)

    def own_grade_acts(self: FakeApi, since: str) -> tuple[GradeAct, ...]:
        return tuple(self.acts_before_lock)

    def take_back_grades(self: FakeApi, act: GradeAct, *, on_progress: OnProgress, cancel: CancelToken) -> GradeAct:
        self.calls.append(("take back grades", len(act.given)))
        for file in act.given:
            for each in (file.sha256, *file.inherited):
                self.grades_given[int(each)].pop()
        return act
