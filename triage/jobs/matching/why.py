"""Why files match: the hash, which part turned how, the distance, what PDQ thinks of both pictures, the list and its date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from triage.jobs.state.grades import states
from triage.model.judgement import ListHit
from triage.model.match_way import MatchWay
from triage.model.matches import FileMatch, MatchingFile
from triage.store.database import Reader
from triage.store.queries import films, likeness, media, reports

MOST_ALIKE = 20
"""Like pictures that are told of a file, the nearest first."""


def of_lists(hits: Sequence[ListHit]) -> tuple[FileMatch, ...]:
    """Once what several entries of a list say in the same words."""
    told = [
        FileMatch(
            tier="match" if hit.tier == "near" else hit.tier,  # type: ignore[arg-type]
            way=hit.way or MatchWay(hash_kind=hit.hash_kind, distance=0),
            quality=hit.quality,
            list=hit.list_name,
            list_kind=hit.list_kind,
            list_date=hit.added[:10],
            list_hash=hit.value,
            says=hit.says,
            held=hit.held,
            joined=hit.joined,
        )
        for hit in hits
    ]
    return tuple(dict.fromkeys(told))


def alike_files(db: Reader, medium_id: int, users: Mapping[int, str]) -> tuple[MatchingFile, ...]:
    """Like and possibly like pictures of the store, with the grades that people gave to them."""
    alike, perhaps = likeness.near(db, medium_id, MOST_ALIKE), likeness.possible(db, medium_id)
    rows = [("match", row) for row in alike] + [("possible", row) for row in perhaps]
    others = [row.other for _, row in rows]
    graded, holding = states(db, others, users), media.reports_linked(db, others)
    of_films = {tie.other: tie.quality for tie in films.ties(db, medium_id)}  # a film has no quality but its frames' lowest
    return tuple(
        MatchingFile(
            sha256=media.sha256_of(db, row.other),
            tier=tier,  # type: ignore[arg-type]
            way=row.way,
            quality=of_films.get(row.other, media.quality_of(db, medium_id)),
            other_quality=of_films.get(row.other, media.quality_of(db, row.other)),
            joined_by=None if row.user_id is None else users.get(row.user_id, f"user {row.user_id}"),
            grade=graded[row.other].says if row.other in graded else None,
            graded=graded[row.other].grade if row.other in graded else None,
            seen=row.other in graded and graded[row.other].seen,
            reports=tuple(reports.number(db, i) for i in holding.get(row.other, ())),
        )
        for tier, row in rows
    )
