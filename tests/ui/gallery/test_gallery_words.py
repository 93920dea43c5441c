"""What a cell says of a content: never that something is well that was not checked, and never by name who saw it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from triage.model.gallery import FileFacet, FileState, GalleryCell, GalleryHeading, GalleryScope, Grouping
from triage.ui.gallery import gallery_words

S = FileState
CELL = GalleryCell(
    media_id=1, sha256="ab" * 32, report_id="900144218", name="IMG_0042.jpg", kind="image", size=1, duration_ms=None, problem=None,
    preview=None, state=S(0), known="not checked", conflict=False, grade=None, graded_by=None, warnings=(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("state", "says", "mark"),
    [
        (S(0), "unseen", "open"),
        (S.SEEN_BY_ME | S.SEEN_BY_OTHERS, "seen, you", "half"),
        (S.SEEN_BY_OTHERS, "seen", "half"),
        (S.POSSIBLE, "possible match", "square"),
        (S.POSSIBLE | S.HELD, "possible match", "square"),
        (S.HELD, "held hash", "square"),
        (S.HELD | S.SEEN_BY_ME, "seen, you", "half"),
        (S.EXACT | S.NEAR | S.SEEN_BY_ME, "known, exact", "diamond"),
        (S.NEAR, "known, near", "diamond"),
        (S.WAITS, "second grade open", "full"),
        (S.WAITS | S.MINE, "waits for another grader", "full"),
        (S.DISAGREE, "graders disagree", "full"),
        (S.WAITS | S.GRADE_UNREADABLE, "grade can't be read", "full"),
        (S.GRADED | S.EXACT, "adult", "full"),
        (S.GRADED | S.INHERITED, "adult, inherited", "full"),
    ],
)
def test_a_cell_says_the_gravest_thing_that_is_known(app: QApplication, state: FileState, says: str, mark: str) -> None:
    assert gallery_words.describe_state(state, CELL, "adult") == says
    assert gallery_words.name_mark(state) == mark


def test_lists_that_disagree_are_named(app: QApplication) -> None:
    assert gallery_words.describe_state(S.EXACT, replace(CELL, conflict=True), None) == "lists disagree"


def test_a_grade_that_waits_is_not_told(app: QApplication) -> None:
    """The second grader stays blind."""
    assert "adult" not in gallery_words.describe_state(S.WAITS, CELL, None)


def test_warnings_come_in_words_and_silence_is_not_none(app: QApplication) -> None:
    warned = replace(CELL, warnings=("infant", "violenceGore"))
    said = gallery_words.describe_warnings(warned, [warned, CELL, replace(CELL, warnings=("infant",))])
    assert said == [
        "IMG_0042.jpg: the provider warns of an infant or toddler, violence or gore.",
        "Of all selected: an infant or toddler (2), violence or gore (1).",
        "1 file: no serious warning stated by the provider.",
    ]


def test_every_value_of_a_facet_has_words(app: QApplication) -> None:
    assert gallery_words.describe_value(FileFacet.STATE, "not checked") == "not checked"
    assert gallery_words.describe_value(FileFacet.VIEWER, "others") == "somebody else"
    assert gallery_words.describe_value(FileFacet.LIST, "drawn\u202e-2") == "drawn‹U+202E›-2", "a list's name moves nothing"


@pytest.mark.parametrize(
    ("grouping", "key", "heading", "says"),
    [
        (Grouping.REPORT, 5, GalleryHeading(name="900144218"), "Report 900144218"),
        (Grouping.DAY, 20_000, None, "4 Oct 2024"),
        (Grouping.DAY, -1, None, "Day not stated"),
        (Grouping.SERIES, -1, None, "Without a near copy"),
        (Grouping.LIST, 3, GalleryHeading(name="drawn-2"), "drawn-2"),
        (Grouping.USER, 0, None, "…"),
    ],
)
def test_headings(app: QApplication, grouping: Grouping, key: int, heading: GalleryHeading | None, says: str) -> None:
    assert gallery_words.describe_heading(grouping, key, heading) == says


def test_scopes_are_named(app: QApplication) -> None:
    assert gallery_words.describe_scope(GalleryScope("case", "C-2026-0016")) == "case C-2026-0016"
