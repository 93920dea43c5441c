"""Chooses the images of the feed: new ones, near duplicates of earlier ones, and a few that everybody forwards."""

from __future__ import annotations

from dataclasses import replace

from triage_demo.feed.exif import Camera
from triage_demo.feed.people import Dice
from triage_demo.feed.pictures import Change, Picture, Variant

SIZES: tuple[tuple[int, int], ...] = ((800, 600),) * 11 + ((640, 480),) * 4 + ((1600, 1200),) * 4 + ((600, 800),) * 2
LARGE = (2400, 1800)
CHANGES: tuple[Change, ...] = (
    "recompressed", "resized", "cropped", "brightened", "recompressed", "resized", "png", "mirrored", "sideways", "turned",
)  # fmt: skip
VIRAL = 3


class Gallery:
    """Hands out ids of images.

    The images themselves are made later, each once with its variants.
    """

    def __init__(self, seed: int, dice: Dice) -> None:
        self._seed, self._dice = seed, dice
        self._pictures: list[Picture] = []
        self._changed = 0
        self.viral = tuple(self.fresh() for _ in range(VIRAL))

    def fresh(self, camera: Camera | None = None) -> str:
        """Returns the id of a new image."""
        number = len(self._pictures)
        width, height = LARGE if number % 53 == 52 else self._dice.of(SIZES)
        png = camera is None and self._dice.chance(0.12) and width <= 800
        self._pictures.append(
            Picture(
                id=f"picture-{number:03d}",
                dice=(self._seed, 7, number),
                width=width,
                height=height,
                png=png,
                quality=self._dice.whole(72, 93),
                camera=camera,
            )
        )
        return self._pictures[-1].id

    def near(self) -> str:
        """Returns the id of a near duplicate of an earlier image."""
        at = self._dice.whole(0, len(self._pictures) - 1)
        picture = self._pictures[at]
        change = CHANGES[self._changed % len(CHANGES)]
        self._changed += 1
        camera = Camera(make="Mehr", model="M-12", orientation=6) if change == "sideways" else None
        variant = Variant(id=f"{picture.id}-{change}-{len(picture.variants)}", change=change, camera=camera)
        self._pictures[at] = replace(picture, variants=(*picture.variants, variant))
        return variant.id

    def again(self) -> str:
        """Returns the id of an earlier image, whose bytes are used again."""
        return self._dice.of(self._pictures).id

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Returns all images with their variants."""
        return tuple(self._pictures)

    def ending(self, id: str) -> str:
        """Returns the file ending of an image: "png" or "jpg"."""
        base, _, change = id.removeprefix("picture-").partition("-")
        png = change.startswith("png") if change else self._pictures[int(base)].png
        return "png" if png else "jpg"
