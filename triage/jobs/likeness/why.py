"""Why files match: the hash, which part turned how, the distance, what PDQ thinks of both pictures, the list and its date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def seen_from(medium_id: int, row: NearRow) -> str:
    """A pair's variant is told of the picture that asked; from the other's side the parts change names and turns go back."""
    if row.asked is None or row.asked == medium_id:
        return row.variant
    swap = {_THIS: _OTHER, _OTHER: _THIS}
    told = []
    for part in row.variant.split(", "):
        end = next((each for each in swap if part.endswith(each)), None)
        told.append(part if end is None else part.removesuffix(end) + swap[end])
    if told:
        told[0] = {_LEFT: _RIGHT, _RIGHT: _LEFT}.get(told[0], told[0])
    return ", ".join(sorted(told, key=lambda part: part.endswith(_OTHER)))


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
            reports=tuple(reports.number(db, i) for i in holding.get(row.other, ())),
        )
        for tier, row in rows
    )
