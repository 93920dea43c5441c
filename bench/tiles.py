"""How often strangers match, among thousands of millions of pairs: pieces of photographs, each with those of other photographs.

    OPENBLAS_NUM_THREADS=1 python -m bench.tiles DIR [--keep FILE] [--pieces 24] [--thorough 2000] [--processes 2] [--half 0|1]
        [--sheets DIR]

Every different photograph below DIR (bench/photographs.py says where to get some) is taken whole, and `--pieces` of what one gets
by cutting it in four, those again in four, and so on down to some 128 pixels. Two pieces are strangers when they come from
different photographs in different folders, since a folder often holds one scene in several versions. A piece is hashed from its
luma plane as an import does, and kept when it may match by hash at all.

Then each piece is asked for among all before it, the whole and what lies inside borders and captions in eight turns against every
stored window, so that every pair is compared once; `--thorough` of them, spread evenly, among all others as the sweep asks, with
every window in eight turns and for possible ones too. What is found is listed by file and place, for people to look
at: packages hold one thing twice under two names. `--sheets` shows each pair side by side, in the listed order. `--keep` writes the hashes to a file, or takes them from there. `--half` takes
the pieces of every other photograph alone: limits were chosen on 0, figures to be told come from 1.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bench.photographs import find_images
from triage.hashing.crop_windows import NUMBER_OF, WHOLE_WINDOWS
from triage.hashing.match_index import ImageIndex, StoredHashes, find_matches, find_possible_matches
from triage.hashing.match_quality import can_match
from triage.hashing.orientations import ORIENTATIONS, orient_dhash
from triage.hashing.perceptual import compute_hashes
from triage.hashing.resampling import Plane, compute_grids, stack_cells
from triage.hashing.window_codec import BLOB_BYTES, ENTRY_BYTES, decode_window
from triage.hashing.window_hashing import hash_windows_of_many
from triage.model.match_way import MatchWay, Orientation, describe_match_way
from triage.model.media import Perceptual

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the photograph."""
_LEAST, _MOST = 128, 512
"""Pixels of a piece's shorter side in the photograph, and of its longer one as it is hashed."""
_LEAST_BYTES = 16_000
_TOLD, _SHOWN = 200, 150
"""Pairs that are listed, the nearest first, and the pixels of a side as they are shown."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece cut out of a photograph, with its hashes."""

    photograph: int
    box: Box
    hashes: Perceptual


@dataclass(frozen=True, slots=True)
class Pieces:
    """`folders`: of each piece a number of its photograph's folder."""

    paths: list[Path]
    pieces: list[Piece]

    @property
    def folders(self) -> NDArray[np.intp]:
        """Returns the number of the folder that each piece comes from."""
        of_path = np.unique([str(path.parent) for path in self.paths], return_inverse=True)[1]
        return np.asarray(of_path[[piece.photograph for piece in self.pieces]], np.intp)

    def kept(self, number: int) -> bytes:
        """Returns the window hashes of a piece."""
        return self.pieces[number].hashes.windows

    def picture(self, number: int) -> Image.Image:
        """Returns the grey image of a piece."""
        piece = self.pieces[number]
        with Image.open(self.paths[piece.photograph]) as opened:
            return opened.convert("L").crop(piece.box)

    def place(self, number: int) -> str:
        """Returns the file and box of a piece in words."""
        piece = self.pieces[number]
        return f"{'/'.join(self.paths[piece.photograph].parts[-4:])} {piece.box}"


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--keep", type=Path)
    ask.add_argument("--pieces", type=int, default=24)
    ask.add_argument("--thorough", type=int, default=2000)
    ask.add_argument("--processes", type=int, default=2)
    ask.add_argument("--half", type=int, choices=(0, 1))
    ask.add_argument("--sheets", type=Path)
    options = ask.parse_args()
    if options.keep and options.keep.exists():
        cut = load_pieces(options.keep)
    else:
        cut = cut_up(options.folder, options.processes, options.pieces)
        if options.keep:
            save_pieces(options.keep, cut)
    if options.half is not None:
        cut = replace(cut, pieces=[piece for piece in cut.pieces if piece.photograph % 2 == options.half])
    index = ImageIndex()
    index.extend(StoredHashes(number, piece.hashes.pdq, piece.hashes.windows) for number, piece in enumerate(cut.pieces))
    counted: dict[str, object] = {
        "photographs": len({piece.photograph for piece in cut.pieces}),
        "pieces": len(cut.pieces),
        "windows": len(index),
    }
    compared = (partial(compare_wholes, cut, index), partial(compare_thoroughly, cut, index, options.thorough))
    for compare in compared:
        told, tiers = compare()
        for tier, pairs in tiers.items():
            counted |= told | {tier: len(pairs), f"{tier}, which": [as_text(cut, met) for met in pairs[:_TOLD]]}
            if options.sheets:
                sheets(cut, pairs[:_TOLD], options.sheets, tier)
        print(json.dumps(counted, indent=1), flush=True)
        counted = {}


def cut_up(folder: Path, processes: int, most: int) -> Pieces:
    """The pieces of each photograph once: packages hold the same one in several sizes.

    One that says too little as a whole can't be told from others, and is left.
    """
    paths = sorted(find_images(folder, _LEAST_BYTES))
    kept = Pieces([], [])
    seen = ImageIndex()
    with ProcessPoolExecutor(processes) as pool:
        for number, found in enumerate(pool.map(partial(_pieces, most), range(len(paths)), paths, chunksize=4)):
            if found and not find_matches(seen, kept.kept, found[0].hashes):
                seen.extend([StoredHashes(len(kept.pieces), found[0].hashes.pdq, None)])
                kept.paths.append(paths[number])
                kept.pieces.extend(replace(piece, photograph=len(kept.paths) - 1) for piece in found)
    return kept


def _pieces(most: int, number: int, path: Path) -> list[Piece]:
    """The whole first; none when it can't be read or compared."""
    try:
        with Image.open(path) as opened:
            picture = opened.convert("L")
    except (OSError, SyntaxError, ValueError):
        return []
    whole, *parts = boxes((0, 0, *picture.size), np.random.default_rng(number))
    chosen = np.random.default_rng(number).permutation(len(parts))[:most]
    places = [whole, *(parts[n] for n in chosen)]
    found = [Piece(number, box, hashes) for box, hashes in zip(places, _hashes(picture, places), strict=True)]
    return [piece for piece in found if can_match(piece.hashes)] if can_match(found[0].hashes) else []


def _hashes(picture: Image.Image, places: Iterable[Box]) -> list[Perceptual]:
    planes = [_plane(picture, box) for box in places]
    taken = [compute_grids(plane, plane.shape) for plane in planes]
    return hash_windows_of_many(planes, stack_cells(taken), compute_hashes(taken).hashes)


def _plane(picture: Image.Image, box: Box) -> Plane:
    """Sides in steps of 64, so that few filters are needed for all."""
    shrink = min(1.0, _MOST / max(box[2] - box[0], box[3] - box[1]))
    width, height = (max(1, round(shrink * side / 64)) * 64 for side in (box[2] - box[0], box[3] - box[1]))
    return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR, box, reducing_gap=2.0))


def boxes(box: Box, dice: np.random.Generator) -> Iterator[Box]:
    """The whole, its quarters, theirs, as long as their sides have _LEAST pixels. Cuts lie near the middle, not in it."""
    left, top, right, bottom = box
    yield box
    across, down = (round(side * dice.uniform(0.42, 0.58)) for side in (right - left, bottom - top))
    if min(across, right - left - across, down, bottom - top - down) >= _LEAST:
        x, y = left + across, top + down
        for part in ((left, top, x, y), (x, top, right, y), (left, y, x, bottom), (x, y, right, bottom)):
            yield from boxes(part, dice)


# Comparing


@dataclass(frozen=True, slots=True)
class Met:
    """Two strangers, `one` asked for and `other` found, and how."""

    one: int
    other: int
    way: MatchWay


Tiers = dict[str, list[Met]]


def compare_wholes(cut: Pieces, index: ImageIndex) -> tuple[dict[str, int], Tiers]:
    """Compares whole pieces of different folders, and returns counts and matches."""
    folders = cut.folders
    pairs = (len(folders) ** 2 - sum(count**2 for count in Counter(folders.tolist()).values())) // 2
    found = []
    for number, piece in enumerate(cut.pieces):
        whole = piece.hashes.windows[: len(WHOLE_WINDOWS) * ENTRY_BYTES].ljust(BLOB_BYTES, b"\0")
        near = find_matches(index, cut.kept, replace(piece.hashes, windows=whole), thorough=True)
        found += [Met(number, other, way) for other, way in near.items() if other < number]
    return {"pairs of wholes": pairs}, {"match": _strangers(folders, found)}


def compare_thoroughly(cut: Pieces, index: ImageIndex, count: int) -> tuple[dict[str, int], Tiers]:
    """Compares some pieces as the background comparison does, and returns counts and matches."""
    folders = cut.folders
    chosen = np.linspace(0, len(cut.pieces) - 1, min(count, len(cut.pieces))).astype(int).tolist()
    pairs = sum(int(np.count_nonzero(folders != folders[number])) for number in chosen)
    pairs -= (len(chosen) ** 2 - sum(count**2 for count in Counter(folders[chosen].tolist()).values())) // 2
    sure, perhaps = [], []
    for number in chosen:
        hashes = cut.pieces[number].hashes
        near = find_matches(index, cut.kept, hashes, thorough=True)
        sure += [Met(number, other, way) for other, way in near.items()]
        perhaps += [Met(number, other, way) for other, way in find_possible_matches(index, cut.kept, hashes, near).items()]
    told = {"asked as the sweep asks": len(chosen), "pairs": pairs}
    return told, {"match when swept": _strangers(folders, sure), "possible": _strangers(folders, perhaps)}


def _strangers(folders: NDArray[np.intp], found: list[Met]) -> list[Met]:
    """Each pair from different folders once, the nearest first."""
    pairs: dict[frozenset[int], Met] = {}
    for met in found:
        if folders[met.one] != folders[met.other]:
            pairs.setdefault(frozenset((met.one, met.other)), met)
    return sorted(pairs.values(), key=lambda met: met.way.distance)


def as_text(cut: Pieces, met: Met) -> str:
    """Both distances, how, and where the two lie."""
    one = decode_window(cut.kept(met.one), NUMBER_OF[met.way.asked_window])
    other = decode_window(cut.kept(met.other), NUMBER_OF[met.way.found_window])
    if one is None or other is None:
        raise RuntimeError("a window that was found is gone")
    second = int.from_bytes(orient_dhash(one.dhash)[ORIENTATIONS.index(met.way.orientation)]) ^ int.from_bytes(other.dhash)
    return f"{met.way.distance} and {second.bit_count()}, {describe_match_way(met.way)}: {cut.place(met.one)} | {cut.place(met.other)}"


def sheets(cut: Pieces, pairs: list[Met], folder: Path, name: str) -> None:
    """Each pair side by side, the first one turned as it is like the second, for people to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    across, down = 4, 6
    for first in range(0, len(pairs), across * down):
        some = pairs[first : first + across * down]
        sheet = Image.new("L", (across * 2 * (_SHOWN + 4), -(-len(some) // across) * (_SHOWN + 14)), 255)
        draw = ImageDraw.Draw(sheet)
        for place, met in enumerate(some):
            left, top = place % across * 2 * (_SHOWN + 4), place // across * (_SHOWN + 14)
            draw.text((left, top), f"{first + place}: {met.way.distance} {describe_match_way(met.way)}", 0)
            for beside, (number, orientation) in enumerate(((met.one, met.way.orientation), (met.other, Orientation.UPRIGHT))):
                shown = _turned(np.asarray(cut.picture(number).resize((_SHOWN, _SHOWN))), orientation)
                sheet.paste(Image.fromarray(shown), (left + beside * _SHOWN, top + 12))
        sheet.save(folder / f"{name} {first}.png")


def _turned(plane: Plane, orientation: Orientation) -> Plane:
    """In the order of ORIENTATIONS."""
    turns = (plane, np.rot90(plane, 1), np.rot90(plane, 2), np.rot90(plane, 3), plane[::-1], plane[:, ::-1], plane.T)
    return np.ascontiguousarray((*turns, np.rot90(plane, 2).T)[ORIENTATIONS.index(orientation)])


# Kept hashes


def save_pieces(file: Path, cut: Pieces) -> None:
    """Writes the pieces and their hashes to a file."""
    pieces = cut.pieces
    with file.open("wb") as stream:
        np.savez(
            stream,
            paths=np.array([str(path) for path in cut.paths]),
            photograph=np.array([piece.photograph for piece in pieces]),
            box=np.array([piece.box for piece in pieces]),
            quality=np.array([piece.hashes.quality for piece in pieces]),
            turns=np.frombuffer(b"".join(b"".join(piece.hashes.turns) for piece in pieces), np.uint8),
            windows=np.frombuffer(b"".join(piece.hashes.windows for piece in pieces), np.uint8),
        )


def _perceptual(quality: int, turns: list[bytes], blob: bytes) -> Perceptual:
    return Perceptual(pdq=turns[0], quality=quality, turns=tuple(turns), phash=bytes(8), windows=blob)


def load_pieces(file: Path) -> Pieces:
    """Reads the pieces that `save_pieces` wrote."""
    with np.load(file) as kept:
        turns = [bytes(row) for row in kept["turns"].reshape(-1, 32)]
        blobs = [bytes(row) for row in kept["windows"].reshape(-1, BLOB_BYTES)]
        rows = zip(kept["photograph"].tolist(), kept["box"].tolist(), kept["quality"].tolist(), blobs, strict=True)
        pieces = [
            Piece(photograph, tuple(box), _perceptual(quality, turns[8 * n : 8 * n + 8], blob))
            for n, (photograph, box, quality, blob) in enumerate(rows)
        ]
        return Pieces([Path(path) for path in kept["paths"].tolist()], pieces)


if __name__ == "__main__":
    main()
