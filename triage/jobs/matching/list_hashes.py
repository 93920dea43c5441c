"""Where pictures, films and hash lists meet: as each comes in, and backwards through the whole store as each list does.

A list holds upright hashes of whole pictures and nothing else, so a picture is asked for in eight turns. Whole or without its
borders it matches as any picture does, when it is near or its own second hash has variety: few other pictures look like it then.
Else, and of a part alone, there is no second hash of the list's to ask: that is possible, and nothing more. So is a frame of a
film, whole or without bars: what else the film shows the list does not know.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from triage import limits
from triage.hashing.crop_windows import LAST_WHOLE, NUMBER_OF, WINDOWS
from triage.hashing.difference_hash import count_gradient_changes
from triage.hashing.hamming_index import HammingIndex, Hits
from triage.hashing.match_index import LOW_QUALITIES, MATCHING_QUALITIES, can_be_possible, can_match
from triage.hashing.orientations import INVERSE_ORIENTATIONS, ORIENTATIONS, orient_pdq
from triage.hashing.video_frames import Frame, decode_frames
from triage.hashing.window_codec import WindowHashes, decode_windows, encode_whole
from triage.model.match_way import CropWindow, MatchWay
from triage.model.media import Perceptual
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import list_matches, lists, media, videos
from triage.store.queries.list_matches import ListMatch
from triage.store.queries.users import load_store_id

_TRIMMED = NUMBER_OF[CropWindow.TRIMMED]
_VARIANTS = len(WINDOWS)
_AT_ONCE = 100

Entries = Sequence[WindowHashes]


@dataclass(frozen=True, slots=True, order=True)
class ListWay:
    """How a picture is like a list's: `part`, a number in crop_windows.WINDOWS, brought into the orientation `turn` (a number in
    orientations.ORIENTATIONS) is the list's; of a film that part of the frame at `at_ms`."""

    possible: bool
    distance: int
    part: int
    turn: int
    at_ms: int | None = None
    quality: int | None = field(default=None, compare=False)
    """PDQ's, of that frame."""

    def describe(self) -> MatchWay:
        """Returns it as data that is kept and shown."""
        return MatchWay(
            hash_kind="pdq",
            distance=self.distance,
            asked_window=WINDOWS[self.part],
            orientation=ORIENTATIONS[self.turn],
            time_ms=self.at_ms,
        )


def _plain(entry: WindowHashes) -> bool:
    """Whether it shows too little for PDQ alone. Of what came before second hashes were kept that is not known."""
    return any(entry.dhash) and count_gradient_changes(entry.dhash) < limits.LIST_VARIETY


class Asked(NamedTuple):
    """One hash of a picture, or of the frame of a film at `at_ms`, which has a quality of its own."""

    part: int
    turn: int
    pdq: bytes
    plain: bool = False
    at_ms: int | None = None
    quality: int | None = None


def _way(distance: int, asked: Asked) -> ListWay | None:
    """None when it is too far for a crop that no second hash speaks for."""
    too_far = asked.part > LAST_WHOLE and distance > limits.LIST_WINDOW_RADIUS
    plain = asked.plain and distance > limits.LIST_PLAIN_RADIUS
    possible = plain or asked.part > _TRIMMED or asked.at_ms is not None
    return None if too_far else ListWay(possible, distance, asked.part, asked.turn, asked.at_ms, asked.quality)


class ListPictures:
    """The PDQ hashes of lists: all of one state of a store, or of one list."""

    def __init__(self, rows: Sequence[tuple[bytes, int, int]]) -> None:
        self._rows = rows
        self._index = HammingIndex()
        self._guard = threading.Lock()
        self._index.extend(range(len(rows)), b"".join(value for value, _, _ in rows))

    def __len__(self) -> int:
        return len(self._rows)

    def like(self, entries: Entries) -> dict[tuple[bytes, int, int], ListWay]:
        """(value, list, item) -> the nearest way in which one of the picture's windows is like it."""
        asked = ((e.window, _plain(e), orient_pdq(e.pdq)) for e in entries)
        return self.answers([Asked(part, turn, pdq, plain) for part, plain, pdqs in asked for turn, pdq in enumerate(pdqs)])

    def like_picture(self, hashes: Perceptual, *, thorough: bool) -> dict[tuple[bytes, int, int], ListWay]:
        """Of a faint one all that is found is only possible."""
        found = self.like(windows_of(hashes, thorough=thorough)) if can_be_possible(hashes) else {}
        return found if can_match(hashes) else _possible(found)

    def like_frames(self, frames: Sequence[Frame], *, thorough: bool) -> dict[tuple[bytes, int, int], ListWay]:
        """Likewise of a film; thoroughly in eight turns, else upright."""
        asked = []
        for frame in frames:
            for part, pdq in ((0, frame.pdq), (_TRIMMED, frame.trimmed)):
                turns = orient_pdq(pdq) if pdq and thorough else (pdq,) if pdq else ()
                asked += [Asked(part, turn, turned, False, frame.at_ms, frame.quality) for turn, turned in enumerate(turns)]
        return self.answers(asked)

    def answers(self, asked: Sequence[Asked]) -> dict[tuple[bytes, int, int], ListWay]:
        """Of more than limits.CROWD the nearest."""
        best: dict[tuple[bytes, int, int], ListWay] = {}
        with self._guard:
            found = self._index.query_many([question.pdq for question in asked])
        for question, hits in zip(asked, found, strict=True):
            for key, distance in hits:
                _keep(best, self._rows[key], _way(distance, question))
        if len(best) <= limits.CROWD:
            return best
        return dict(sorted(best.items(), key=lambda pair: (pair[1], pair[0]))[: limits.CROWD])


def _possible(found: dict[tuple[bytes, int, int], ListWay]) -> dict[tuple[bytes, int, int], ListWay]:
    return {key: replace(way, possible=True) for key, way in found.items()}


def _keep(best: dict[tuple[bytes, int, int], ListWay], key: tuple[bytes, int, int], way: ListWay | None) -> None:
    if way is not None and (key not in best or way < best[key]):
        best[key] = way


_kept: tuple[object, ListPictures] | None = None
"""The index is dear to make and the same for every picture: it is kept until the lists change."""


def list_pictures(db: Reader) -> ListPictures:
    global _kept
    state = (load_store_id(db), tuple((row.id, row.sha256, row.added, row.entries) for row in lists.load_lists(db)))
    kept = _kept
    if kept is None or kept[0] != state:
        kept = _kept = (state, ListPictures(lists.list_pdq_hashes(db)))
    return kept[1]


def windows_of(hashes: Perceptual, *, thorough: bool) -> Entries:
    """What lists are asked for: at an import the whole picture and the trimmed one, thoroughly each window."""
    found = decode_windows(hashes.windows or encode_whole(hashes.pdq))
    return found if thorough else [entry for entry in found if entry.window <= _TRIMMED]


def meet_lists(batch: Batch, pictures: Iterable[tuple[int, Perceptual]], *, thorough: bool = False) -> None:
    """Keep where pictures of the store (medium id, hashes) meet the lists."""
    known = list_pictures(batch)
    if len(known):
        for medium_id, hashes in pictures:
            list_matches.save_list_matches(batch, _rows(medium_id, known.like_picture(hashes, thorough=thorough)))


def meet_lists_with_film(batch: Batch, medium_id: int, frames: Sequence[Frame], *, thorough: bool) -> None:
    """Keep where frames of a film meet the lists."""
    known = list_pictures(batch)
    if len(known):
        list_matches.save_list_matches(batch, _rows(medium_id, known.like_frames(frames, thorough=thorough)))


def _rows(medium_id: int, found: dict[tuple[bytes, int, int], ListWay]) -> Iterator[ListMatch]:
    for (value, list_id, item_id), way in found.items():
        yield ListMatch(value, medium_id, list_id, item_id, way.describe(), way.possible, way.quality)


def meet_store(batch: Batch, list_id: int, tell: Callable[[], None] = lambda: None) -> None:
    """Compares every image and video of the store with a list, in all windows and orientations, and stores the matches.

    `tell` is called between the steps, and may raise.
    """
    listed = lists.list_pdq_hashes(batch, list_id)
    if not listed:
        return
    many = media.count_images_with_windows(batch) * _VARIANTS >= len(listed)
    for rows in (_ask_store if many else _ask_list)(batch, listed):
        tell()
        list_matches.save_list_matches(batch, rows)
    for rows in _ask_few(batch, listed):
        tell()
        list_matches.save_list_matches(batch, rows)


def _ask_list(db: Reader, listed: Sequence[tuple[bytes, int, int]]) -> Iterator[list[ListMatch]]:
    """Yields matches of the store's images, each looked up among the list's hashes."""
    known = ListPictures(listed)
    for block in _stored(db, MATCHING_QUALITIES):
        for medium_id, entries in block:
            yield list(_rows(medium_id, known.like(entries)))


def _ask_store(db: Reader, listed: Sequence[tuple[bytes, int, int]]) -> Iterator[list[ListMatch]]:
    """Yields matches of the list's hashes, each looked up among the store's images."""
    index = HammingIndex()
    for block in _stored(db, MATCHING_QUALITIES):
        new = [(_key(medium_id, entry), entry.pdq) for medium_id, entries in block for entry in entries]
        index.extend([key for key, _ in new], b"".join(pdq for _, pdq in new))
        yield []
    for start in range(0, len(listed), _AT_ONCE):
        some = listed[start : start + _AT_ONCE]
        answers = iter(index.query_many([pdq for value, _, _ in some for pdq in orient_pdq(value)]))
        yield [met for row in some for met in _nearest(row, [next(answers) for _ in INVERSE_ORIENTATIONS])]


def _ask_few(db: Reader, listed: Sequence[tuple[bytes, int, int]]) -> Iterator[list[ListMatch]]:
    """Films, in eight turns, and faint pictures: of either there are few, or a film has far fewer frames than a list has
    pictures."""
    known: ListPictures | None = None
    for frames in videos.iter_frame_blocks(db):
        known = known or ListPictures(listed)
        for medium_id, blob in frames:
            yield list(_rows(medium_id, known.like_frames(decode_frames(blob), thorough=True)))
    for faint in _stored(db, LOW_QUALITIES):
        known = known or ListPictures(listed)
        for medium_id, entries in faint:
            yield list(_rows(medium_id, _possible(known.like(entries))))


def _key(medium_id: int, entry: WindowHashes) -> int:
    return (medium_id * _VARIANTS + entry.window) * 2 + _plain(entry)


def _nearest(row: tuple[bytes, int, int], by_turn: Sequence[Hits]) -> Iterator[ListMatch]:
    """`by_turn`: what each turn of a list's hash met."""
    nearest: dict[int, ListWay] = {}
    for back, hits in zip(INVERSE_ORIENTATIONS, by_turn, strict=True):
        for key, distance in hits:
            medium_id, part = divmod(key >> 1, _VARIANTS)
            way = _way(distance, Asked(part, back, row[0], bool(key & 1)))
            if way is not None and (medium_id not in nearest or way < nearest[medium_id]):
                nearest[medium_id] = way
    for medium_id, way in nearest.items():
        yield from _rows(medium_id, {row: way})


def _stored(db: Reader, qualities: range) -> Iterator[Iterable[tuple[int, Entries]]]:
    for block in media.iter_window_blocks(db, qualities):
        yield [(i, decode_windows(kept or encode_whole(pdq))) for i, pdq, kept in block]
