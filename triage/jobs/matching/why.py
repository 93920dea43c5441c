"""Describes why files match: the hash, the windows and orientation, the distance, both PDQ qualities, the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from triage.jobs.state.grades import load_grade_states
from triage.model.casework import GradeState
from triage.model.damage import GRADE_UNREADABLE
from triage.model.judgement import ListHit
from triage.model.match_way import MatchWay
from triage.model.matches import FileMatch, MatchingFile
from triage.model.moment import format_pakistan_day
from triage.model.user_names import name_user
from triage.store.database import Reader
from triage.store.queries import media, media_matches, reports, videos

MOST_ALIKE = 20
"""Similar files that are shown of a file, the nearest first."""


def describe_list_matches(hits: Sequence[ListHit]) -> tuple[FileMatch, ...]:
    """Returns the matches with lists, once what several entries of a list state in the same words."""
    told = [
        FileMatch(
            tier="match" if hit.tier == "near" else hit.tier,  # type: ignore[arg-type]
            way=hit.way or MatchWay(hash_kind=hit.hash_kind, distance=0),
            quality=hit.quality,
            list=hit.list_name,
            list_kind=hit.list_kind,
            list_date=format_pakistan_day(hit.added),
            list_hash=hit.value,
            says=hit.says,
            held=hit.held,
            joined=hit.joined,
        )
        for hit in hits
    ]
    return tuple(dict.fromkeys(told))


def _name_grade(state: GradeState | None) -> str | None:
    """Returns the grade of a file; one that can't be read is told from none."""
    if state is None:
        return None
    return GRADE_UNREADABLE if state.state == GRADE_UNREADABLE else state.grade


def list_similar_files(db: Reader, medium_id: int, users: Mapping[int, str]) -> tuple[MatchingFile, ...]:
    """Returns the matching and possibly matching files of the store, with the grades that people gave to them."""
    alike, perhaps = media_matches.load_matches(db, medium_id, MOST_ALIKE), media_matches.load_possible_matches(db, medium_id)
    rows = [("match", row) for row in alike] + [("possible", row) for row in perhaps]
    others = [row.other for _, row in rows]
    graded, holding = load_grade_states(db, others, users), media.load_linkable_reports(db, others)
    of_films = {
        tie.other: tie.quality for tie in videos.list_video_matches(db, medium_id)
    }  # a film has no quality but its frames' lowest
    return tuple(
        MatchingFile(
            sha256=media.load_sha256(db, row.other),
            tier=tier,  # type: ignore[arg-type]
            way=row.way,
            quality=of_films.get(row.other, media.load_quality(db, medium_id)),
            other_quality=of_films.get(row.other, media.load_quality(db, row.other)),
            joined_by=None if row.user_id is None else name_user(users, row.user_id),
            grade=graded[row.other].says if row.other in graded else None,
            graded=_name_grade(graded.get(row.other)),
            seen=row.other in graded and graded[row.other].seen,
            reports=tuple(reports.load_number(db, i) for i in holding.get(row.other, ())),
        )
        for tier, row in rows
    )
