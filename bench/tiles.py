"""How often strangers match, among thousands of millions of pairs: pieces of photographs, each with those of other photographs.

    OPENBLAS_NUM_THREADS=1 python -m bench.tiles DIR [--keep FILE] [--cuttings 1] [--asked 1000] [--processes 2]

Every different photograph below DIR (bench/photographs.py says where to get some) is taken whole, cut in four, those again in
four, and so on down to some 128 pixels: pieces of one cut have nothing in common, those of several `--cuttings` overlap. Two
pieces are strangers when they come from different photographs in different folders, since a folder often holds one scene in
several versions. Each piece is saved as JPEG, measured as an import measures it, and kept when its quality lets it match at all.
Then every pair is compared, by plain counting of bits, without an index: whole pictures, what lies inside borders and inside
captions, in eight turns. `--asked` of them, spread evenly, are also asked with every crop, through the index, for matches and
possible ones. Whatever lies within a match's radius is listed by file and place, for people to look at: a package may hold one
scene twice. `--keep` writes the hashes to a file, or takes them from there.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from bench.photographs import measured, pictures_in
from triage import limits
from triage.hashing import windows
from triage.hashing.likeness import PictureIndex, alike, may_match, possible
from triage.model.media import Perceptual

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the photograph."""
_LEAST, _MOST = 128, 640
"""Pixels of a piece's shorter side in the photograph, and of its longer one as it is saved."""
_LEAST_BYTES = 8_000
_BLOCK = 4_000
Signs = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Piece:
    photograph: int
    box: Box
    hashes: Perceptual
    whole: bool = False


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--keep", type=Path)
    ask.add_argument("--asked", type=int, default=1000)
    ask.add_argument("--processes", type=int, default=2)
    ask.add_argument("--cuttings", type=int, default=1, help="ways in which each photograph is cut")
    options = ask.parse_args()
    if options.keep and options.keep.exists():
        paths, pieces = loaded(options.keep)
    else:
        paths, pieces = cut_up(options.folder, options.processes, options.cuttings)
        if options.keep:
            keep(options.keep, paths, pieces)
    result = {"photographs": len(paths), "pieces": len(pieces)}
    result |= wholes(paths, pieces)
    print(json.dumps(result, indent=1), flush=True)
    print(json.dumps(crops(paths, pieces, options.asked), indent=1))


def cut_up(folder: Path, processes: int, cuttings: int) -> tuple[list[Path], list[Piece]]:
    """The pieces of each photograph once: packages hold the same one in several sizes. One that says too little as a whole can't
    be told from others, and is left."""
    paths = sorted(pictures_in(folder, _LEAST_BYTES))
    kept: list[Path] = []
    found: list[Piece] = []
    seen = PictureIndex()
    with ProcessPoolExecutor(processes) as pool:
        for number, pieces in enumerate(pool.map(partial(_pieces, cuttings), range(len(paths)), paths, chunksize=4)):
            if pieces and pieces[0].whole and not alike(seen, partial(_kept, found), pieces[0].hashes):
                seen.extend([(len(found), pieces[0].hashes.pdq, None)])
                kept.append(paths[number])
                found += [replace(piece, photograph=len(kept) - 1) for piece in pieces]
    return kept, found


def _pieces(cuttings: int, number: int, path: Path) -> list[Piece]:
    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
    except (OSError, SyntaxError, ValueError):
        return []
    found = []
    whole = (0, 0, *picture.size)
    ways = [boxes(whole, np.random.default_rng((number, cutting))) for cutting in range(cuttings)]
    for box in dict.fromkeys(box for way in ways for box in way):
        piece = picture.crop(box)
        hashes = measured(ImageOps.contain(piece, (_MOST, _MOST)) if max(piece.size) > _MOST else piece)
        if may_match(hashes):
            found.append(Piece(number, box, hashes, piece.size == picture.size))
    return found


def boxes(box: Box, dice: np.random.Generator) -> Iterator[Box]:
    """The whole, its quarters, theirs, as long as their sides have _LEAST pixels. Cuts lie near the middle, not in it."""
    left, top, right, bottom = box
    yield box
    across, down = (round(side * dice.uniform(0.42, 0.58)) for side in (right - left, bottom - top))
    if min(across, right - left - across, down, bottom - top - down) >= _LEAST:
        x, y = left + across, top + down
        for part in ((left, top, x, y), (x, top, right, y), (left, y, x, bottom), (x, y, right, bottom)):
            yield from boxes(part, dice)


# Whole pictures


def wholes(paths: list[Path], pieces: list[Piece]) -> dict[str, object]:
    """Every pair once; of a piece that has borders or a caption also what lies inside."""
    entries = [(number, entry) for number, piece in enumerate(pieces) for entry in _wholes_of(piece)]
    owner = np.array([number for number, _ in entries])
    photograph = np.array([pieces[number].photograph for number, _ in entries])
    folder = _folders(paths)[photograph]
    first = np.array([entry.variant == 0 for _, entry in entries])
    upright = _bits(entry.pdq for _, entry in entries)
    turns = [
        _bits(
            pieces[number].hashes.turns[turn] if entry.variant == 0 else windows.turned_pdq(entry.pdq)[turn]
            for number, entry in entries
        )
        for turn in range(8)
    ]
    pairs, nearest, near = 0, np.zeros(257, np.int64), []
    for top in range(0, len(entries), _BLOCK):
        rows = slice(top, top + _BLOCK)
        asked = [_signs(bits[rows]) for bits in turns]
        for left in range(0, top + 1, _BLOCK):
            columns = slice(left, left + _BLOCK)
            stored = _signs(upright[columns]).T
            far = np.minimum.reduce([128 - each @ stored / 2 for each in asked]).astype(np.uint16)
            unlike = (photograph[rows, None] > photograph[None, columns]) & (folder[rows, None] != folder[None, columns])
            pairs += int((unlike & first[rows, None] & first[None, columns]).sum())
            nearest += np.bincount(far[unlike], minlength=257)
            for row, column in np.argwhere(unlike & (far <= limits.MATCH_RADIUS)):
                near.append(
                    (int(far[row, column]), _place(paths, pieces[owner[top + row]]), _place(paths, pieces[owner[left + column]]))
                )
    return {
        "pairs of wholes": pairs,
        "match": len(near),
        "nearest of a pair, pairs by bits up to 90": {bits: int(count) for bits, count in enumerate(nearest[:91]) if count},
        "within a match's radius": sorted(near)[:200],
    }


def _folders(paths: list[Path]) -> NDArray[np.intp]:
    return np.unique([str(path.parent) for path in paths], return_inverse=True)[1]


def _wholes_of(piece: Piece) -> tuple[windows.Entry, ...]:
    return windows.entries(piece.hashes.windows, len(windows.WHOLE) - 1)


def _bits(hashes: Iterator[bytes]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32)


def _signs(packed: NDArray[np.uint8]) -> Signs:
    return np.unpackbits(packed, axis=1).astype(np.float32) * 2 - 1


def _place(paths: list[Path], piece: Piece) -> str:
    return f"{'/'.join(paths[piece.photograph].parts[-3:])} {piece.box}"


# With every crop


def crops(paths: list[Path], pieces: list[Piece], asked: int) -> dict[str, object]:
    """Some pieces against all others, thoroughly, as the sweep asks."""
    index = PictureIndex()
    index.extend((number, piece.hashes.pdq, piece.hashes.windows) for number, piece in enumerate(pieces))
    folder = _folders(paths)[[piece.photograph for piece in pieces]]
    chosen = np.linspace(0, len(pieces) - 1, min(asked, len(pieces))).astype(int).tolist()
    pairs = sum(int(np.count_nonzero(folder != folder[number])) for number in chosen)
    own = folder[chosen]
    pairs -= (len(chosen) ** 2 - sum(count**2 for count in Counter(own.tolist()).values())) // 2
    found: dict[str, dict[tuple[int, int], str]] = {"match": {}, "possible": {}}
    kept = partial(_kept, pieces)
    for number in chosen:
        hashes = pieces[number].hashes
        sure = alike(index, kept, hashes, thorough=True)
        for other, way in sure.items():
            found["match"][min(number, other), max(number, other)] = f"{way.distance} {way.variant}"
        for other, perhaps in possible(index, kept, hashes, sure).items():
            found["possible"][min(number, other), max(number, other)] = (
                f"{perhaps.how.distance} and {perhaps.second} {perhaps.how.variant}"
            )
    told: dict[str, object] = {"asked with every crop": len(chosen), "pairs": pairs}
    for tier, ways in found.items():
        strangers = {pair: how for pair, how in ways.items() if folder[pair[0]] != folder[pair[1]]}
        told[tier] = len(strangers)
        told[f"{tier}, which"] = [
            (how, *(_place(paths, pieces[number]) for number in pair)) for pair, how in sorted(strangers.items())
        ][:200]
    return told


def _kept(pieces: list[Piece], number: int) -> bytes:
    return pieces[number].hashes.windows


# Kept hashes


def keep(file: Path, paths: list[Path], pieces: list[Piece]) -> None:
    with file.open("wb") as stream:
        np.savez(
            stream,
            paths=np.array([str(path) for path in paths]),
            photograph=np.array([piece.photograph for piece in pieces]),
            box=np.array([piece.box for piece in pieces]),
            quality=np.array([piece.hashes.quality for piece in pieces]),
            turns=_bits(turn for piece in pieces for turn in piece.hashes.turns),
            windows=np.frombuffer(b"".join(piece.hashes.windows for piece in pieces), np.uint8),
        )


def loaded(file: Path) -> tuple[list[Path], list[Piece]]:
    with np.load(file) as kept:
        turns = [bytes(row) for row in kept["turns"]]
        blobs = [bytes(row) for row in kept["windows"].reshape(-1, windows.BLOB_BYTES)]
        rows = zip(kept["photograph"].tolist(), kept["box"].tolist(), kept["quality"].tolist(), blobs, strict=True)
        pieces = [
            Piece(photograph, tuple(box), Perceptual(turns[8 * n], quality, tuple(turns[8 * n : 8 * n + 8]), b"", blob))
            for n, (photograph, box, quality, blob) in enumerate(rows)
        ]
        return [Path(path) for path in kept["paths"].tolist()], pieces


if __name__ == "__main__":
    main()
