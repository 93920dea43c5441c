"""The second delivery: the same bytes for the same arguments, numbers of its own, and a video that other programs read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import av
import numpy as np

from triage_demo.feed.avi_video import FRAMES_PER_SECOND, draw_shots, encode_avi
from triage_demo.feed.canvas import Noise
from triage_demo.feed.second_delivery import FIRST_NUMBER, make_second_delivery


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_arguments_make_the_same_bytes(tmp_path: Path) -> None:
    first = make_second_delivery(tmp_path / "one", forwarded=3, reports=24)
    second = make_second_delivery(tmp_path / "other", forwarded=3, reports=24)
    assert contents(first.bundles) == contents(second.bundles)
    again = make_second_delivery(tmp_path / "one", forwarded=2, reports=24)
    assert contents(again.bundles).keys() == contents(first.bundles).keys() and len(again.forwarded) == 2


def test_its_own_reports_have_other_numbers_than_the_feed(tmp_path: Path) -> None:
    made = make_second_delivery(tmp_path, forwarded=3, reports=24)
    assert all(int(number) >= FIRST_NUMBER for number in (made.videos, *made.forwarded))
    assert int(made.new_version) < FIRST_NUMBER and int(made.conflict) < FIRST_NUMBER != made.new_version
    names = zipfile.ZipFile(made.bundles / "forwarded.zip").namelist()
    assert len(names) == 6 and len({zipfile.ZipFile(made.bundles / "forwarded.zip").read(name) for name in names}) == 6


def test_the_video_is_read_by_ffmpeg_frame_by_frame() -> None:
    frames = list(draw_shots([(1, 8, 1), (1, 8, 2)], Noise(np.random.default_rng(7)), seconds=1.0))
    with av.open(io.BytesIO(encode_avi(frames, 90)), format="avi") as film:
        read = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        assert film.streams.video[0].average_rate == FRAMES_PER_SECOND
    assert len(read) == len(frames) == 2 * FRAMES_PER_SECOND
    for one, other in zip(read, frames, strict=True):
        assert np.abs(one.astype(int) - other).mean() < 6
