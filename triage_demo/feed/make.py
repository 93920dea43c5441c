"""Makes the synthetic national feed: a folder of bundles as they arrive, and beside it the truth about them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from triage.errors import WorldError
from triage.message import Message
from triage.model.progress import OnProgress, Progress, ignore_progress
from triage_demo.feed.bundles import lay_out, write
from triage_demo.feed.canvas import Noise
from triage_demo.feed.pictures import develop
from triage_demo.feed.plan import Plan, plan
from triage_demo.feed.truth import describe

UNTIL = datetime(2026, 11, 20, tzinfo=UTC)
SEED = 1


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that was made: where it lies, and its size."""

    bundles: Path
    """What arrives: give this folder to the import."""
    truth: Path
    """truth.json, outside the bundles."""
    reports: int
    pictures: int
    """Different pictures, near duplicates included."""


def make(
    directory: Path, *, seed: int = SEED, reports: int = 300, until: datetime = UNTIL, on_progress: OnProgress = ignore_progress
) -> Feed:
    """Writes `directory`/bundles and `directory`/truth.json, with the same bytes for the same arguments.

    All reports lie before `until` (aware). A feed that is already there for the same arguments is left as it is. Another or a
    half-made one is replaced. Raises WorldError when `bundles` exists but is no feed.
    """
    bundles, truth = directory / "bundles", directory / "truth.json"
    planned = plan(seed, reports, until)
    pictures = sum(1 + len(picture.variants) for picture in planned.pictures)
    feed = Feed(bundles, truth, reports, pictures)
    if bundles.exists():
        found = _said(truth)
        if found is None:
            raise WorldError("{bundles} is there and no feed; name another folder.", bundles=str(bundles))
        if (found.get("seed"), found.get("count"), found.get("until")) == (
            seed,
            reports,
            f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        ):
            return feed
        shutil.rmtree(bundles)
    bundles.mkdir(parents=True)
    truth.write_text("{}\n", encoding="utf-8")  # says that the folder is a feed, though not a finished one
    made = _draw(planned, pictures, on_progress)
    layout = lay_out(planned.reports, made)
    write(layout, bundles)
    truth.write_text(json.dumps(describe(planned, made, layout), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return feed


def find_feed_size(directory: Path) -> int | None:
    """Returns how many reports the feed in `directory` has; None when there is none, or only a half-made one."""
    size = (_said(directory / "truth.json") or {}).get("count")
    return size if isinstance(size, int) else None


def _said(truth: Path) -> dict[str, Any] | None:
    """Returns what an earlier truth.json says about itself, or None when there is none."""
    try:
        said = json.loads(truth.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def make_noise(seed: int) -> Noise:
    """Returns the noise in all images of a feed with this seed."""
    return Noise(np.random.default_rng((seed, 2)))


def _draw(planned: Plan, total: int, on_progress: OnProgress) -> dict[str, bytes]:
    """Returns all images of the plan, encoded, by id."""
    noise = make_noise(planned.seed)
    made: dict[str, bytes] = {}
    for picture in planned.pictures:
        made |= develop(picture, noise)
        on_progress(Progress(done=len(made), total=total, unit="pictures", note=Message("drawing the feed")))
    return made
