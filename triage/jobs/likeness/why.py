"""Why files match: the hash, which part turned how, the distance, what PDQ thinks of both pictures, the list and its date."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

from triage.hashing.windows import TURNS
from triage.jobs.casework.grades import states
from triage.jobs.likeness.films import FILM, FRAME_HASH
from triage.model.judgement import ListHit
from triage.model.matches import AlikeFile, FileMatch, SecondHash
from triage.store.database import Reader
from triage.store.queries import films, likeness, media, reports
from triage.store.queries.likeness import NearRow

MOST_ALIKE = 20
"""Like pictures that are told of a file, the nearest first."""
_THIS, _OTHER = " of this", " of the other"
_LEFT, _RIGHT = TURNS[1], TURNS[3]
_TURNS = frozenset((*TURNS, FILM))
_PART_ENDS = re.compile(f"(?<={_THIS}), |(?<={_OTHER}), ")
"""Between two parts; a part itself may hold a comma."""


def seen_from(medium_id: int, row: NearRow) -> str:
    """A pair's variant is told of the picture that asked; from the other's side the parts change names and turns go back."""
    if row.asked is None or row.asked == medium_id:
        return row.variant
    words = row.variant.split(", ")
    turns = list(takewhile(_TURNS.__contains__, words))
    parts = [part for part in _PART_ENDS.split(", ".join(words[len(turns) :])) if part]
    told = [{_LEFT: _RIGHT, _RIGHT: _LEFT}.get(turn, turn) for turn in turns]
    told += [part.removesuffix(_OTHER) + _THIS for part in parts if part.endswith(_OTHER)]
    told += [part.removesuffix(_THIS) + _OTHER for part in parts if part.endswith(_THIS)]
    return ", ".join(told)


def of_lists(hits: Sequence[ListHit]) -> tuple[FileMatch, ...]:
    """Once what several entries of a list say in the same words."""
    told = [
        FileMatch(
            tier="match" if hit.tier == "near" else hit.tier,  # type: ignore[arg-type]
            hash=hit.hash_kind,
            variant=hit.variant or ("upright" if hit.distance is not None else ""),
            distance=hit.distance or 0,
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


def alike_files(db: Reader, medium_id: int, users: Mapping[int, str]) -> tuple[AlikeFile, ...]:
    """Like and possibly like pictures of the store, with the grades that people gave to them."""
    alike, perhaps = likeness.near(db, medium_id, MOST_ALIKE), likeness.possible(db, medium_id)
    rows = [("match", row) for row in alike] + [("possible", row) for row in perhaps]
    others = [row.other for _, row in rows]
    graded, holding = states(db, others, users), media.reports_linked(db, others)
    of_films = {tie.other: tie.quality for tie in films.ties(db, medium_id)}  # a film has no quality but its frames' lowest
    return tuple(
        AlikeFile(
            sha256=media.sha256_of(db, row.other),
            tier=tier,  # type: ignore[arg-type]
            hash=FRAME_HASH if row.variant.startswith(FILM) else "pdq",
            variant=seen_from(medium_id, row) or "upright",
            distance=row.distance,
            second=None if row.second is None else SecondHash(hash="gradient", distance=row.second),
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
