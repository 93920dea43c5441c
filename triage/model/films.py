"""What a report's view says of how a video was sampled."""

from __future__ import annotations

from dataclasses import dataclass

from triage.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFilm:
    """How a video was sampled: of `looked` frames, `frames` were hashed, `flat` have low texture, `still` match a hashed one.

    `not_checked` says what could not be sampled. `crowd` is the number of videos that share frames with it when these are too
    many to list, else 0.
    """

    frames: int
    looked: int
    flat: int
    still: int
    not_checked: tuple[Message, ...]
    crowd: int
