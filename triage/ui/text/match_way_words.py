"""Describes how two files match: which part of each, and how it is rotated."""

from __future__ import annotations

from dataclasses import dataclass

from triage.model.match_way import FRAME_PDQ, CropWindow, MatchWay, Orientation
from triage.ui.text.i18n import Safe, decimal, ltr, mark, tr, word


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Is a sentence of the catalogue with the values to fill in."""

    template: str
    n: str = ""
    """A percentage or a ratio."""
    side: str = ""


ORIENTATIONS = {
    Orientation.UPRIGHT: mark("not rotated"),
    Orientation.ROTATED_LEFT: mark("rotated left"),
    Orientation.ROTATED_180: mark("upside down"),
    Orientation.ROTATED_RIGHT: mark("rotated right"),
    Orientation.FLIPPED: mark("flipped top to bottom"),
    Orientation.MIRRORED: mark("mirrored"),
    Orientation.TRANSPOSED: mark("rotated and mirrored"),
    Orientation.TRANSVERSED: mark("rotated and mirrored the other way"),
}
_SIDES = {"top": mark("top"), "bottom": mark("bottom"), "left": mark("left"), "right": mark("right")}
_CORNERS = {
    "top-left": mark("top left"),
    "top-right": mark("top right"),
    "bottom-left": mark("bottom left"),
    "bottom-right": mark("bottom right"),
}
_CENTRE = mark("the middle, {n} % cut off around it")
_CORNER = mark("the corner {side}, {n} % cut off")
_WITHOUT = mark("{n} % cut off at {side}")
_RATIO = mark("the middle, cut to {shape}")
_INNER = mark("its middle, further {side}")
_ROTATED = mark("the middle, rotated a little to the {side}")
_PHRASES = {
    CropWindow.WHOLE: _Phrase(mark("the whole")),
    CropWindow.TRIMMED: _Phrase(mark("what is inside the borders")),
    CropWindow.PHOTO: _Phrase(mark("the photo inside it")),
    **{CropWindow(f"centre-{n}"): _Phrase(_CENTRE, str(n)) for n in (5, 10, 20, 40)},
    CropWindow.WITHOUT_LEFT_AND_RIGHT_25: _Phrase(_WITHOUT, "25", mark("left and right")),
    CropWindow.WITHOUT_TOP_AND_BOTTOM_25: _Phrase(_WITHOUT, "25", mark("top and bottom")),
    **{CropWindow(f"{name}-{n}"): _Phrase(_CORNER, str(n), said) for name, said in _CORNERS.items() for n in (5, 10, 20)},
    **{CropWindow(f"without-{name}-{n}"): _Phrase(_WITHOUT, str(n), said) for name, said in _SIDES.items() for n in (5, 10, 20)},
    CropWindow.SQUARE: _Phrase(mark("the middle, cut to a square")),
    CropWindow.RATIO_4_3: _Phrase(_RATIO, "4:3"),
    CropWindow.RATIO_16_9: _Phrase(_RATIO, "16:9"),
    **{CropWindow(f"inner-{name}"): _Phrase(_INNER, side=said) for name, said in {**_SIDES, **_CORNERS}.items()},
    CropWindow.ROTATED_3_LEFT: _Phrase(_ROTATED, side=_SIDES["left"]),
    CropWindow.ROTATED_3_RIGHT: _Phrase(_ROTATED, side=_SIDES["right"]),
    CropWindow.UNEVEN: _Phrase(mark("an uneven crop")),
    CropWindow.TILTED: _Phrase(mark("a part, rotated back a little")),
}


def describe_way(way: MatchWay) -> Safe:
    """Returns for instance "rotated left; this one: the middle, 10 % cut off around it"."""
    said = []
    if way.time_ms is not None:
        said.append(tr("at {n} s", n=decimal(way.time_ms / 1000)))
    elif way.hash_kind == FRAME_PDQ:
        said.append(tr("as videos"))
    if way.damaged:
        return Safe(tr("; ").join((*said, tr("the stored windows can't be read"))))
    said.append(word(ORIENTATIONS[way.orientation]))
    if way.asked_window is not CropWindow.WHOLE:
        said.append(tr("this one: {part}", part=describe_window(way.asked_window)))
    if way.found_window is not CropWindow.WHOLE:
        said.append(tr("the other: {part}", part=describe_window(way.found_window)))
    return Safe(tr("; ").join(said))


def describe_window(window: CropWindow) -> Safe:
    """Returns which part of an image a crop window is."""
    phrase = _PHRASES[window]
    values = {
        name: value
        for name, value in (("n", ltr(phrase.n)), ("shape", ltr(phrase.n)), ("side", word(phrase.side)))
        if f"{{{name}}}" in phrase.template
    }
    return tr(phrase.template, **values)  # tr-ok: marked in _PHRASES
