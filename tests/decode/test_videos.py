"""Films looked through, sound and hostile: what is found is bounded, and what was not seen is said."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from itertools import islice
from typing import Any

import av
import numpy as np
import pytest

from tests.decode import media
from tests.hashing.clips import RATE, clip, film, letterboxed
from tests.hashing.scenes import Plane
from triage import limits
from triage.decode.client import MediaPool
from triage.decode.protocol import Operation, Request
from triage.decode.sandbox import blur, frame_sampling, video
from triage.decode.sandbox.source import InputSource, UnreadableMedia
from triage.hashing.perceptual import compute_pdq
from triage.hashing.video_frames import Frame, count_differing_bits, decode_frames
from triage.hashing.video_search import FrameIndex, find_videos
from triage.model.media import PREVIEW_SIDE, RevealStep

SECONDS = 6


def look(data: bytes, mime: str = "video/mp4") -> frame_sampling.VideoMeasurement:
    source = InputSource(len(data), data, lambda start, length: b"")
    return frame_sampling.measure_video(source, mime, Request(operation=Operation.MEASURE))


def drawn(seed: int = 1, seconds: float = SECONDS) -> list[Plane]:
    return list(clip(seed, seconds))


@cache
def usual_film() -> bytes:
    """Encoded once: a dozen tests look at it."""
    return film(drawn())


@pytest.fixture(scope="module")
def original() -> tuple[Frame, ...]:
    return decode_frames(look(usual_film()).film.frames)


def relation(original: tuple[Frame, ...], changed: Iterable[Plane], **options: Any) -> str | None:
    index = FrameIndex()
    index.add(1, original)
    found = find_videos(index, lambda medium: original, decode_frames(look(film(changed, **options)).film.frames), thorough=True)
    return found[1].verdict.relation if found and not found[1].verdict.is_possible else None


def test_a_film_comes_out_of_the_confined_worker(pool: MediaPool, original: tuple[Frame, ...]) -> None:
    facts = pool.measure(usual_film())
    assert facts.film is not None
    assert (facts.problem, facts.width, facts.height, facts.film.tracks) == (None, 320, 180, 1)
    assert decode_frames(facts.film.frames) == original
    assert not facts.film.partial
    assert not facts.film.sampled
    assert facts.film.looked == SECONDS * RATE == facts.film.count + facts.film.flat + facts.film.still


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda planes: planes, "same"),
        (lambda planes: planes[RATE + 3 :], "same"),
        (lambda planes: planes[: RATE * 2], "part"),
        (lambda planes: [*drawn(2, 3 * SECONDS), *planes], "holds"),
        (lambda planes: letterboxed(planes), "same"),
        (lambda planes: [plane[:, ::-1] for plane in planes], "same"),
        (lambda planes: [plane[::2, ::2] for plane in planes], "same"),
        (lambda planes: drawn(2), None),
    ],
    ids=["re-encoded", "trimmed", "a part", "holds", "letterboxed", "mirrored", "smaller", "stranger"],
)
def test_what_is_found(original: tuple[Frame, ...], change: Any, expected: str | None) -> None:
    assert relation(original, change(drawn()), bits=150_000, gop=7) == expected


def test_a_still_film_has_one_frame_and_a_dark_one_none() -> None:
    still = look(film([drawn()[0]] * 40)).film
    assert (still.count, still.still, still.flat) == (1, still.looked - 1, 0)
    dark = look(film([np.zeros((180, 320), np.uint8)] * 20))
    assert (dark.film.count, dark.film.flat) == (0, dark.film.looked)
    assert len(dark.preview) == PREVIEW_SIDE**2


def test_the_preview_is_a_sheet_of_nine_blurred_frames(pool: MediaPool) -> None:
    facts = pool.measure(usual_film())
    sheet = np.frombuffer(facts.preview or b"", np.uint8).reshape(PREVIEW_SIDE, PREVIEW_SIDE)
    step = blur.CELL_SIDE + 1
    for line in (step - 1, 2 * step - 1):
        assert not sheet[line].any()
        assert not sheet[:, line].any()
    cells = [sheet[y : y + blur.CELL_SIDE, x : x + blur.CELL_SIDE] for y in (0, step, 2 * step) for x in (0, step, 2 * step)]
    assert len({cell.tobytes() for cell in cells}) == blur.CELLS
    assert all(np.abs(np.diff(cell.astype(int), axis=axis)).max() < 90 for cell in cells for axis in (0, 1))


def test_a_sheet_is_blurred_frame_by_frame(pool: MediaPool) -> None:
    data = film(drawn(), gop=5)
    blurred, grey = (pool.render(data, step, 960) for step in (RevealStep.BLURRED, RevealStep.GREY))
    assert (blurred.width, blurred.height) == (grey.width, grey.height) == (960, 540)

    def roughness(pixels: Any) -> float:
        luma = np.frombuffer(pixels.rgb, np.uint8).reshape(pixels.height, pixels.width, 3)[20:160, 20:300, 0]
        return float(np.abs(np.diff(luma.astype(int), axis=1)).mean())

    assert roughness(blurred) < roughness(grey) / 3


@pytest.mark.parametrize("gop", [1, 5, 60])
def test_one_frame_is_the_one_that_was_hashed_at_its_time(pool: MediaPool, gop: int) -> None:
    data = film(drawn(), gop=gop)
    measured = pool.measure(data).film
    assert measured is not None
    for frame in decode_frames(measured.frames)[:: max(1, measured.count // 6)]:
        shown = pool.render(data, RevealStep.GREY, 960, frame.at_ms)
        assert (shown.width, shown.height) == (320, 180)
        luma = np.frombuffer(shown.rgb, np.uint8).reshape(180, 320, 3)[:, :, 0]
        assert count_differing_bits(compute_pdq(luma, (180, 320)).pdq, frame.pdq) <= 4


@pytest.mark.parametrize(("container", "codec"), [("mpegts", "libx264"), ("vob", "mpeg2video"), ("flv", "flv")])
@pytest.mark.parametrize("begins", [0, 0.2])
def test_without_an_index_and_without_its_beginning_too(pool: MediaPool, container: str, codec: str, begins: float) -> None:
    """Such containers seek into the middle of what follows a key frame, and their clock need not begin at nought."""
    data = film(drawn(), container=container, codec=codec, rate=25, gop=20)
    packet = {"mpegts": 188, "vob": 2048}.get(container, len(data))
    data = data[int(begins * len(data)) // packet * packet :]
    measured = pool.measure(data).film
    assert measured is not None
    assert measured.count > 10
    for frame in decode_frames(measured.frames)[:: measured.count // 5]:
        shown = pool.render(data, RevealStep.GREY, 960, frame.at_ms)
        luma = np.frombuffer(shown.rgb, np.uint8).reshape(180, 320, 3)[:, :, 0]
        assert count_differing_bits(compute_pdq(luma, (180, 320)).pdq, frame.pdq) <= 4


@pytest.mark.parametrize("begins", [57, 188 * 100 + 101])
def test_a_broadcast_is_looked_through_from_the_middle_of_a_packet_on(pool: MediaPool, begins: int) -> None:
    facts = pool.measure(film(drawn(), container="mpegts", rate=25, gop=20)[begins:])
    assert facts.problem is None and facts.film is not None and facts.film.count > 10


def test_a_sheet_shows_the_whole_of_a_film_whose_clock_begins_late(pool: MediaPool) -> None:
    data = film(drawn(), container="mpegts", codec="libx264", rate=25, gop=5)
    whole, rest = (pool.render(part, RevealStep.GREY, 960) for part in (data, data[len(data) // 4 // 188 * 188 :]))
    assert (whole.width, whole.height) == (rest.width, rest.height) == (960, 540)


def test_a_frame_past_the_end_is_the_last_one_and_is_blurred_like_a_picture(pool: MediaPool) -> None:
    data = film(drawn(), gop=10)
    last = pool.render(data, RevealStep.GREY, 960, 10_000_000)
    blurred = pool.render(data, RevealStep.BLURRED, 960, 10_000_000)
    rough = [
        np.abs(np.diff(np.frombuffer(p.rgb, np.uint8).reshape(180, 320, 3)[:, :, 0].astype(int))).mean() for p in (blurred, last)
    ]
    assert rough[0] < rough[1] / 3


def test_the_way_to_a_frame_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a film has one key frame alone, whoever asks for its end does not decode all of it."""
    data = film(drawn(seconds=2.4), gop=1000)
    source = InputSource(len(data), data, lambda start, length: b"")
    asked = Request(operation=Operation.RENDER, step=RevealStep.GREY, side=960)
    whole = video.render_frame(source, "video/mp4", asked, 2_000)
    monkeypatch.setattr(limits, "FRAME_PIXELS", 320 * 180 * 3)
    assert video.render_frame(source, "video/mp4", asked, 2_000).tobytes() != whole.tobytes()


# What lies or never ends


def stamped(stamps: Iterable[int], rate: int = 30, base: int = 90_000) -> bytes:
    """A film of moving things whose time stamps are these."""
    stream = io.BytesIO()
    with av.open(stream, "w", format="matroska") as made:
        track: Any = made.add_stream("mpeg4", rate=rate)
        track.height, track.width, track.pix_fmt, track.gop_size = 180, 320, "yuv420p", 10
        packets = []
        for plane in islice(clip(4, 60), len(list(stamps))):
            packets += track.encode(av.VideoFrame.from_ndarray(plane, format="gray").reformat(format="yuv420p"))
        packets += track.encode()
        for packet, stamp in zip(packets, stamps, strict=False):
            packet.pts = packet.dts = stamp
            packet.time_base = Fraction(1, base)
            made.mux(packet)
    return stream.getvalue()


def test_time_stamps_that_hardly_move_hide_nothing() -> None:
    """Forty frames said to pass within 4 ms: by the clock there would be one look."""
    seen = look(stamped([9 * place for place in range(40)]), "video/x-matroska").film
    assert seen.looked >= 40 // limits.FILM_STEP_FRAMES


def test_time_stamps_that_leap_are_not_believed() -> None:
    seen = look(stamped([place * 90_000 * 86_400 for place in range(20)]), "video/x-matroska")
    assert decode_frames(seen.film.frames)[-1].at_ms < 20_000


def test_times_never_go_back() -> None:
    at = 0.0
    for stamp in (0.0, 40.0, 20.0, None, 5e12, float(2**62), 200.0, 200.0):
        later = frame_sampling._next_time(at, stamp, 0.0, 40.0)
        assert at <= later <= 30 * 24 * 3600 * 1000
        at = later


def test_a_stated_duration_that_was_not_reached_is_said() -> None:
    data = usual_film()
    found = bytearray(data)
    header = found.index(b"mvhd") + 4
    scale = int.from_bytes(found[header + 12 : header + 16])
    found[header + 16 : header + 20] = struct.pack(">I", scale * 3600)
    track = found.index(b"tkhd") + 4
    found[track + 20 : track + 24] = struct.pack(">I", scale * 3600)
    seen = look(bytes(found))
    assert seen.film.count > 10
    assert (seen.duration_ms or 0) <= 7_000 or seen.film.partial


@pytest.mark.parametrize("keep", [0.95, 0.6])
def test_a_film_cut_short_gives_what_it_holds_and_says_so(keep: float) -> None:
    data = film(drawn(), container="avi")
    whole, part = look(data, "video/x-msvideo").film, look(data[: int(len(data) * keep)], "video/x-msvideo").film
    assert 0 < part.count < whole.count
    assert keep > 0.9 or part.partial


def test_damage_in_the_middle_costs_only_what_it_hits() -> None:
    data = bytearray(film(drawn(), container="avi", gop=5))
    middle = len(data) // 2
    data[middle : middle + 2_000] = bytes(dice % 256 for dice in range(2_000))
    assert look(bytes(data), "video/x-msvideo").film.count > 20


def test_of_a_long_film_key_frames_and_some_of_what_follows_are_read(
    monkeypatch: pytest.MonkeyPatch, original: tuple[Frame, ...]
) -> None:
    monkeypatch.setattr(limits, "FILM_PIXELS", 320 * 180 * 40)
    seen = look(film(drawn(), gop=5)).film
    assert seen.sampled
    assert not seen.partial
    assert SECONDS * RATE / 5 < seen.looked <= 50
    assert decode_frames(seen.frames)[-1].at_ms > 5_000
    nearest = [min(count_differing_bits(frame.pdq, other.pdq) for other in original) for frame in decode_frames(seen.frames)]
    assert max(nearest) <= limits.MATCH_RADIUS


def test_a_film_that_states_less_than_it_holds_goes_on_by_key_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILM_PIXELS", 320 * 180 * 20)
    monkeypatch.setattr(frame_sampling, "_decodable_share", lambda stream, duration: 1.0)
    seen = look(film(drawn(), gop=5)).film
    assert (seen.sampled, seen.partial) == (True, False)
    assert decode_frames(seen.frames)[-1].at_ms > 5_000


@pytest.mark.parametrize(
    ("limit", "value"),
    [("FILM_DECODED", 12), ("FILM_PACKETS", 12), ("FILM_SECONDS", -1)],
)
def test_whatever_ends_the_work_is_said(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    monkeypatch.setattr(limits, limit, value)
    seen = look(usual_film()).film
    assert seen.partial
    assert 1 <= seen.looked <= 13


def test_without_marked_key_frames_the_start_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILM_PIXELS", 320 * 180 * 20)
    data = bytearray(usual_film())
    at = data.index(b"stss") - 4  # which samples are key frames
    count = int.from_bytes(data[at + 12 : at + 16])
    data[at + 16 : at + 16 + 4 * count] = (5_000).to_bytes(4) * count
    seen = look(bytes(data)).film
    assert seen.count > 0
    assert seen.partial


def test_looks_are_bounded_whatever_the_film(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILM_SAMPLES", 16)
    seen = look(usual_film()).film
    assert seen.count <= 16
    assert seen.looked <= 40
    assert decode_frames(seen.frames)[-1].at_ms > 4_000


def test_frames_of_any_size_are_checked_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    data = usual_film()
    small = Request(operation=Operation.MEASURE, max_pixels=320 * 180 - 1)
    with pytest.raises(UnreadableMedia):
        frame_sampling.measure_video(InputSource(len(data), data, lambda start, length: b""), "video/mp4", small)


def test_a_cover_and_sound_do_not_stand_for_the_film(pool: MediaPool) -> None:
    stream = io.BytesIO()
    with av.open(stream, "w", format="matroska") as made:
        cover: Any = made.add_stream("mpeg4", rate=RATE)
        sound: Any = made.add_stream("aac", rate=8000)
        track: Any = made.add_stream("mpeg4", rate=RATE)
        for each in (cover, track):
            each.height, each.width, each.pix_fmt = 180, 320, "yuv420p"
        cover.disposition, track.disposition = av.stream.Disposition.still_image, av.stream.Disposition.default
        planes = drawn()
        for each, shown in ((cover, planes[:1]), (track, planes)):
            for plane in shown:
                made.mux(each.encode(av.VideoFrame.from_ndarray(plane, format="gray").reformat(format="yuv420p")))
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        silence.sample_rate = 8000
        made.mux(sound.encode(silence))
        for each in (cover, track, sound):
            made.mux(each.encode())
    facts = pool.measure(stream.getvalue())
    assert facts.film is not None
    assert facts.film.tracks == 2
    assert facts.film.count > 10


@pytest.mark.parametrize("codec", ["mjpeg", "libvpx", "libx264"])
def test_codecs_agree_on_the_frames(original: tuple[Frame, ...], codec: str) -> None:
    container, name, mime = next(each for each in media.FILMS.values() if each[1] == codec)
    stream = film(drawn(seconds=2), container=container, codec=name, bits=600_000) if codec != "mjpeg" else None
    seen = look(stream or media.film("avi", "mjpeg"), mime)
    assert seen.film.count > 0
    if stream:
        nearest = [
            min(count_differing_bits(frame.pdq, other.pdq) for other in original) for frame in decode_frames(seen.film.frames)
        ]
        assert max(nearest) <= limits.MATCH_RADIUS
