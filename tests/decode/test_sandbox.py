"""Every format through a confined worker, whole and broken."""

from __future__ import annotations

import io
import random
import struct
import sys
import zlib
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageOps

from tests.decode import media
from triage import limits
from triage.decode.client import MediaPool
from triage.decode.process import Worker
from triage.decode.protocol import Operation, Request
from triage.decode.sandbox import image_decoding, jpeg, operations
from triage.decode.sandbox.image_hashing import DecodedFile
from triage.decode.sandbox.source import InputSource
from triage.errors import InputError
from triage.hashing.perceptual import hash_plane
from triage.hashing.window_codec import BLOB_BYTES
from triage.model.media import PREVIEW_SIDE, ImageCrop, MediaFacts, Pixels, RevealStep


def distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has every wall")
def test_the_walls_hold_from_inside(pool: MediaPool) -> None:
    barriers = pool.check_restrictions()
    assert barriers.confined
    restrictions = {each.name: each.state for each in barriers.restrictions}
    assert restrictions["system call filter (seccomp)"] == "on"
    for attempt in ("open files", "list folders", "sockets", "new processes", "run programs"):
        assert restrictions[attempt] == "blocked"
    assert restrictions["no file writes"] == "on"


@pytest.mark.parametrize("mime", media.PICTURES)
def test_every_picture_format(pool: MediaPool, drawn: Image.Image, mime: str) -> None:
    facts = pool.measure(media.encoded(drawn, media.PICTURES[mime]))
    assert (facts.problem, facts.mime, facts.width, facts.height) == (None, mime, 400, 300)
    assert facts.perceptual is not None
    assert facts.perceptual.quality == 100
    expected = hash_plane(np.asarray(drawn.convert("L")), (300, 400))
    assert distance(facts.perceptual.pdq, expected.pdq) <= (0 if mime in ("image/png", "image/bmp", "image/tiff") else 12)
    assert facts.preview is not None
    assert len(facts.preview) == PREVIEW_SIDE**2


@pytest.mark.parametrize("turn", [1, 6])
def test_a_busy_texture_is_decoded_as_a_whole(pool: MediaPool, turn: int) -> None:
    """At half its size too many bits of its hash would be in doubt."""
    grain = np.random.default_rng(2).integers(0, 256, (300, 400, 3), np.uint8)
    texture = Image.fromarray(grain).resize((1000, 750), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x0112] = turn
    data = media.encoded(texture, "JPEG", quality=85, exif=exif)
    seen = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    assert seen is not None
    shown = np.asarray(seen.convert("RGB"), np.float32) @ np.array((0.299, 0.587, 0.114), np.float32)
    facts = pool.measure(data)
    assert facts.perceptual is not None
    assert distance(facts.perceptual.pdq, hash_plane(shown, shown.shape).pdq) <= 2
    assert distance(facts.perceptual.phash, hash_plane(np.rint(shown), shown.shape).phash) <= 2


@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "WEBP"])
def test_a_small_picture_is_hashed_as_its_colours_say(pool: MediaPool, encoding: str) -> None:
    """Saturated colours are clipped when they are shown, and rounded luma moves a hash of few pixels: up to 10 bits together."""
    loud = Image.fromarray((np.asarray(media.picture(180, 700, 3)).astype(int) * 3 - 250).clip(0, 255).astype(np.uint8))
    data = media.encoded(loud, encoding, quality=60, exif=media.exif(orientation=6))
    seen = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    assert seen is not None
    shown = np.asarray(seen.convert("RGB"), np.float32) @ np.array((0.299, 0.587, 0.114), np.float32)
    found, expected = pool.measure(data).perceptual, hash_plane(shown, shown.shape)
    assert found is not None
    assert found.pdq == expected.pdq
    assert found.phash == hash_plane(np.rint(shown), shown.shape).phash


@pytest.mark.parametrize("encoding", ["PNG", "JPEG"])
@pytest.mark.parametrize("contrast", [8, 14])
def test_faint_texture_on_an_even_colour_is_hashed_as_it_is_before_rounding(
    pool: MediaPool, encoding: str, contrast: int
) -> None:
    """A luma of whole numbers strays by 12 to 24 bits here: even colours are all rounded alike."""
    grain = np.random.default_rng(4).integers(0, 256, (120, 160)).astype(np.uint8)
    texture = np.asarray(Image.fromarray(grain).resize((640, 480), Image.Resampling.BICUBIC), np.float64) / 128 - 1
    tint = np.add.outer(np.linspace(-6, 6, 480), np.linspace(-4, 4, 640))[:, :, None] * (1, -0.6, 0.4) + (181, 143, 97)
    data = media.encoded(Image.fromarray((tint + contrast * texture[:, :, None]).astype(np.uint8)), encoding, quality=85)
    with Image.open(io.BytesIO(data)) as shown:
        exact = np.asarray(shown.convert("RGB")) @ np.array((0.299, 0.587, 0.114), np.float32)
    facts = pool.measure(data)
    assert facts.perceptual is not None
    assert distance(facts.perceptual.pdq, hash_plane(exact, exact.shape).pdq) <= 4


@pytest.mark.parametrize("name", media.FILMS)
def test_every_film_format(pool: MediaPool, name: str) -> None:
    container, codec, mime = media.FILMS[name]
    film = media.film(container, codec)
    facts = pool.measure(film)
    assert (facts.problem, facts.mime, facts.width, facts.height) == (None, mime, 176, 144)
    assert facts.duration_ms is not None
    assert 300 <= facts.duration_ms <= 1400  # 12 frames, 10 or 25 a second
    assert facts.perceptual is None
    assert facts.preview is not None
    sheet = pool.render(film, RevealStep.COLOUR, 300)
    assert sheet.width <= 300
    assert sheet.height <= 300


def test_a_film_turned_by_its_header_stands_upright(pool: MediaPool) -> None:
    film = bytearray(media.film("mp4", "libx264"))
    matrix = film.index(b"tkhd") + 4 + 4 + 20 + 8 + 8
    film[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    facts = pool.measure(bytes(film))
    assert (facts.width, facts.height) == (144, 176)


MODES = {
    "CMYK JPEG": ("CMYK", "JPEG", {}),
    "grey JPEG": ("L", "JPEG", {}),
    "progressive JPEG": ("RGB", "JPEG", {"progressive": True}),
    "palette": ("P", "PNG", {}),
    "palette with a hole": ("P", "PNG", {"transparency": 0}),
    "alpha": ("RGBA", "PNG", {}),
    "grey with alpha": ("LA", "PNG", {}),
    "alpha WebP": ("RGBA", "WEBP", {}),
    "alpha AVIF": ("RGBA", "AVIF", {}),
    "CMYK TIFF": ("CMYK", "TIFF", {}),
    "LZW TIFF": ("RGB", "TIFF", {"compression": "tiff_lzw"}),
    "JPEG TIFF": ("RGB", "TIFF", {"compression": "jpeg"}),
    "deflate TIFF": ("RGB", "TIFF", {"compression": "tiff_deflate"}),
    "float TIFF": ("F", "TIFF", {}),
    "TIFF of 32 bits a sample": ("I", "TIFF", {}),
    "big TIFF": ("RGB", "TIFF", {"big_tiff": True}),
    "LAB TIFF": ("LAB", "TIFF", {}),
    "black and white": ("1", "PNG", {}),
}


@pytest.mark.parametrize("name", MODES)
def test_every_kind_of_pixel(pool: MediaPool, drawn: Image.Image, name: str) -> None:
    mode, encoding, options = MODES[name]
    facts = pool.measure(media.encoded(drawn.convert(mode), encoding, **options))
    assert facts.problem is None
    assert facts.perceptual is not None
    expected = hash_plane(np.asarray(drawn.convert("L")), (300, 400))
    assert distance(facts.perceptual.pdq, expected.pdq) <= 24


@pytest.mark.parametrize(("kind", "encoding", "times"), [(np.uint16, "PNG", 257), (np.uint16, "TIFF", 16), (np.int32, "TIFF", 1)])
def test_more_bits_a_sample(pool: MediaPool, drawn: Image.Image, kind: type, encoding: str, times: int) -> None:
    """Of 8 and of 12 bits, written into more, as many are left out as nobody used."""
    grey = np.asarray(drawn.convert("L"))
    deep = media.encoded(Image.fromarray(grey.astype(kind) * times), encoding)
    found = pool.measure(deep).perceptual
    assert found is not None
    assert replace(found, windows=b"") == hash_plane(grey, grey.shape)
    assert rgb(pool.render(deep, RevealStep.COLOUR, 400)).mean() == pytest.approx(grey.mean(), abs=1)


@pytest.mark.parametrize("encoding", ["GIF", "WEBP", "PNG", "MPO"])
def test_of_an_animation_the_first_frame_counts(pool: MediaPool, drawn: Image.Image, encoding: str) -> None:
    moving = media.encoded(drawn, encoding, save_all=True, append_images=[media.picture(seed=30)])
    still = pool.measure(media.encoded(drawn, "JPEG" if encoding == "MPO" else encoding)).perceptual
    found = pool.measure(moving).perceptual
    assert still is not None
    assert found is not None
    assert distance(still.pdq, found.pdq) <= 8


@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_undone(pool: MediaPool, drawn: Image.Image, encoding: str, orientation: int) -> None:
    """A picture stored turned, with the tag that says so, hashes like the upright one, and is shown upright."""
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}.get(orientation)
    turned = drawn if undo is None else drawn.transpose(Image.Transpose(undo))
    stored = media.encoded(turned, encoding, exif=media.exif(orientation=orientation))
    facts = pool.measure(stored)
    expected = hash_plane(np.asarray(drawn.convert("L")), (300, 400))
    assert (facts.width, facts.height) == (400, 300)
    assert facts.perceptual is not None
    assert distance(facts.perceptual.pdq, expected.pdq) <= 12
    shown = pool.render(stored, RevealStep.COLOUR, 400)
    seen = np.frombuffer(shown.rgb, np.uint8).reshape(300, 400, 3).astype(int)
    assert np.abs(seen - np.asarray(drawn)).mean() < 12


@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF"])
def test_metadata_of_every_container(pool: MediaPool, drawn: Image.Image, encoding: str) -> None:
    exif = pool.measure(media.encoded(drawn, encoding, exif=media.exif())).exif
    assert exif is not None
    assert (exif.make, exif.model, exif.serial, exif.software) == ("Lantern Works", "Box 3", "SN-0001", "Firmware 1.2")
    assert (exif.taken, exif.offset, exif.gps_time) == ("2026:01:04 19:00:00", "+05:00", "2026:01:04 14:00:05Z")
    assert exif.gps == pytest.approx((31.55, 74.34), abs=1e-6)
    assert ("Image Make", "Lantern Works") in exif.fields


@pytest.mark.parametrize("place", [(0.0, 0.0), (-33.5, -70.25), (90.0, -180.0), (24.86, 67.01)])
def test_places_are_kept_as_they_are(pool: MediaPool, drawn: Image.Image, place: tuple[float, float]) -> None:
    exif = pool.measure(media.encoded(drawn, "JPEG", exif=media.exif(gps=place))).exif
    assert exif is not None
    assert exif.gps == pytest.approx(place, abs=1e-6)


def test_impossible_places_are_none(pool: MediaPool, drawn: Image.Image) -> None:
    exif = pool.measure(media.encoded(drawn, "JPEG", exif=media.exif(gps=(120.0, 10.0)))).exif
    assert exif is not None
    assert exif.gps is None


def test_without_metadata_there_is_none(pool: MediaPool, drawn: Image.Image) -> None:
    assert pool.measure(media.encoded(drawn, "JPEG")).exif is None


@pytest.mark.parametrize(("data", "mime", "words"), [
    (b"", "application/octet-stream", "the format is not known"),
    (b"hello", "application/octet-stream", "the format is not known"),
    (b"<svg/>", "application/octet-stream", "the format is not known"),
    (media.sound(), "audio/wav", "holds sound and no picture"),
    (b"\xff\xd8\xff\xe0", "image/jpeg", "damaged"),
    (media.png_claiming(60_000, 60_000, zlib.compress(bytes(1000))), "image/png", "larger than the limits"),
    (media.png_claiming(70_000, 10, zlib.compress(bytes(1000))), "image/png", "larger than the limits"),
    (media.png_claiming(1000, 1000, zlib.compress(bytes(1000))), "image/png", "damaged"),
])  # fmt: skip
def test_what_cant_be_decoded_says_why(pool: MediaPool, data: bytes, mime: str, words: str) -> None:
    facts = pool.measure(data)
    assert facts == MediaFacts(mime=mime, problem=facts.problem)
    assert facts.problem is not None
    assert facts.problem.startswith("could not be decoded: ")
    assert words in facts.problem


@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_is_cut_short_keeps_its_metadata(pool: MediaPool, drawn: Image.Image, encoding: str) -> None:
    data = media.encoded(drawn, encoding, exif=media.exif())
    facts = pool.measure(data[: len(data) * 2 // 3])
    assert facts.problem == "could not be decoded: the file is damaged or cut short"
    assert (facts.perceptual, facts.preview, facts.width) == (None, None, None)
    if encoding != "WEBP":  # its metadata stands behind the pixels
        assert facts.exif is not None
        assert facts.exif.gps == pytest.approx((31.55, 74.34), abs=1e-4)


def test_a_bomb_within_the_pixel_limit_is_decoded_and_one_beyond_costs_nothing(pool: MediaPool) -> None:
    rows = zlib.compress(bytes(5001) * 5000, 1)
    assert len(rows) < 200_000
    facts = pool.measure(media.png_claiming(5000, 5000, rows))
    assert (facts.width, facts.height, facts.problem) == (5000, 5000, None)
    assert facts.perceptual is not None
    assert facts.perceptual.quality == 0


@pytest.mark.parametrize("seed", range(4))
def test_broken_media_never_raises(pool: MediaPool, drawn: Image.Image, seed: int) -> None:
    dice = random.Random(seed)
    small = drawn.resize((120, 90))
    whole = [media.encoded(small, encoding) for encoding in media.PICTURES.values()]
    whole.append(media.film("mp4", "libx264", frames=4, side=(96, 96)))
    for data in whole:
        for _ in range(8):
            broken = bytearray(data[: dice.randrange(len(data))] if dice.random() < 0.3 else data)
            for _ in range(dice.randrange(6)):
                if broken:
                    broken[dice.randrange(len(broken))] ^= 1 << dice.randrange(8)
            facts = pool.measure(bytes(broken))
            assert facts.problem is None or facts.problem.startswith("could not be decoded: ")
    assert pool.measure(whole[0]).problem is None


def rgb(pixels: Pixels) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.frombuffer(pixels.rgb, np.uint8).reshape(pixels.height, pixels.width, 3)


def test_the_ladder(pool: MediaPool, drawn: Image.Image) -> None:
    data = media.encoded(drawn, "PNG")
    blurred, grey, colour = (
        rgb(pool.render(data, step, 400)) for step in (RevealStep.BLURRED, RevealStep.GREY, RevealStep.COLOUR)
    )
    assert np.array_equal(colour, np.asarray(drawn))
    for flat in (blurred, grey):
        assert np.array_equal(flat[:, :, 0], flat[:, :, 1])
        assert np.array_equal(flat[:, :, 0], flat[:, :, 2])
    steps = [np.abs(np.diff(picture[:, :, 0].astype(int), axis=1)).mean() for picture in (blurred, grey)]
    assert steps[0] < steps[1] / 5


def test_edges_stand_between_blurred_and_grey(pool: MediaPool, drawn: Image.Image) -> None:
    """Lines where the light changes, and nothing of how light a surface is: an image and its negative look the same."""
    negative = Image.fromarray(255 - np.asarray(drawn))
    edges, turned = (rgb(pool.render(media.encoded(each, "PNG"), RevealStep.EDGES, 400)) for each in (drawn, negative))
    assert edges.shape == np.asarray(drawn).shape
    assert np.abs(edges.astype(int) - turned).max() <= 12
    flat = media.encoded(Image.new("RGB", (400, 300), (180, 140, 120)), "PNG")
    assert not rgb(pool.render(flat, RevealStep.EDGES, 400)).any()
    shaded = np.tile(np.linspace(90, 160, 400).astype(np.uint8), (300, 1))
    assert not rgb(pool.render(media.encoded(Image.fromarray(shaded), "PNG"), RevealStep.EDGES, 400)).any(), "no skin, no shade"
    fine = np.tile((np.arange(400) // 2 % 2 * 40 + 100).astype(np.uint8), (300, 1))
    assert not rgb(pool.render(media.encoded(Image.fromarray(fine), "PNG"), RevealStep.EDGES, 400)).any(), "no texture"
    assert edges.max() > 200


def test_a_crop_holds_its_rectangle_and_nothing_around_it(pool: MediaPool) -> None:
    pixels = np.zeros((1200, 1600, 3), np.uint8)
    pixels[300:600, 400:1200] = (10, 200, 30)  # a quarter to a half down, a quarter to three quarters across
    data = media.encoded(Image.fromarray(pixels), "PNG")
    window = ImageCrop(2_500, 2_500, 7_500, 5_000)
    colour, grey = (rgb(pool.render_crop(data, step, window)) for step in (RevealStep.COLOUR, RevealStep.GREY))
    assert colour.shape == (300, 800, 3) and (colour == (10, 200, 30)).all()
    assert (grey[:, :, 0] == grey[:, :, 1]).all()
    small = pool.render_crop(data, RevealStep.COLOUR, ImageCrop(0, 0, 100, 100))
    assert (small.width, small.height) == (16, 12)


@pytest.mark.parametrize(
    ("step", "window"),
    [(RevealStep.BLURRED, ImageCrop(0, 0, 500, 500)), (RevealStep.GREY, ImageCrop(0, 0, 10_000, 9_000))],
    ids=["blurred, which would show more than the whole", "most of the image"],
)
def test_the_host_asks_for_no_crop_that_is_none(pool: MediaPool, step: RevealStep, window: ImageCrop) -> None:
    with pytest.raises(ValueError, match="a crop is"):
        pool.render_crop(b"", step, window)


def test_several_files_at_once_are_told_as_one_by_one(pool: MediaPool, drawn: Image.Image) -> None:
    framed = Image.new("RGB", (500, 420), "white")
    framed.paste(drawn, (50, 60))
    files = [media.encoded(drawn, media.PICTURES[mime]) for mime in media.PICTURES]
    files += [media.encoded(framed, "JPEG"), b"text", files[0][:200], media.encoded(drawn.rotate(90, expand=True), "PNG"), b""]
    found = pool.measure_all(files)
    for together, data in zip(found, files, strict=True):
        alone = pool.measure(data)
        if together.perceptual and alone.perceptual:  # windows are sums in single precision, in another order
            assert distance(together.perceptual.windows, alone.perceptual.windows) <= 8
            alone = replace(alone, perceptual=replace(alone.perceptual, windows=together.perceptual.windows))
        assert together == alone


@pytest.mark.parametrize("step", [RevealStep.BLURRED, None])
def test_blurring_removes_fine_detail(pool: MediaPool, step: RevealStep | None) -> None:
    """Stripes of 1/16 of the side, far coarser than a face or a line of text, are gone."""
    stripes = np.tile((np.arange(640) // 40 % 2 * 255).astype(np.uint8), (640, 1))
    data = media.encoded(Image.fromarray(stripes), "PNG")
    if step is None:
        preview = pool.measure(data).preview
        assert preview is not None
        seen = np.frombuffer(preview, np.uint8).reshape(PREVIEW_SIDE, PREVIEW_SIDE)
    else:
        seen = rgb(pool.render(data, step, 640))[:, :, 0]
    middle = seen[:, seen.shape[1] // 4 : -seen.shape[1] // 4].astype(int)
    assert middle.max() - middle.min() < 30


def test_the_side_is_capped(pool: MediaPool, drawn: Image.Image) -> None:
    wide = media.encoded(Image.new("RGB", (4000, 100), (10, 90, 30)), "PNG")
    assert pool.render(wide, RevealStep.COLOUR, 100_000).width == limits.REVEAL_SIDE
    small = pool.render(media.encoded(drawn, "JPEG"), RevealStep.COLOUR, 40)
    assert (small.width, small.height) == (40, 30)


def test_the_preview_is_not_rendered(pool: MediaPool) -> None:
    with pytest.raises(ValueError, match="stored"):
        pool.render(b"", RevealStep.PREVIEW, 10)


def test_only_a_jpeg_without_an_app1_segment_is_not_searched_for_metadata(drawn: Image.Image) -> None:
    plain = media.encoded(drawn, "JPEG")
    start = plain.index(b"\xff\xdb")
    xmp = plain[:start] + b"\xff\xe1\0\x06xmp " + plain[start:]
    hidden = plain[:start] + b"\xff\xec\0\x0aExif\0\0II" + plain[start:]
    for data, may in (
        (plain, False),
        (hidden, False),
        (media.encoded(drawn, "JPEG", exif=media.exif()), True),
        (xmp, True),
        (plain[:start] + b"\xff" + plain[start:], True),
        (plain[:start], True),
        (b"\xff\xd8\xff", True),
        (b"", True),
    ):
        assert jpeg.may_have_metadata(data) is may


def test_no_other_picture_of_a_heic_stands_for_its_main_one(pool: MediaPool, drawn: Image.Image) -> None:
    file, stream = pillow_heif.HeifFile(), io.BytesIO()
    for picture in (drawn, drawn.rotate(180)):
        file.add_from_pillow(picture)
    file.save(stream, primary_index=0)
    data = stream.getvalue()
    assert pool.measure(data).problem is None
    first = data.index(b"hvc1", data.index(b"infe"))
    assert "damaged" in (pool.measure(data[:first] + b"grid" + data[first + 4 :]).problem or "")


@pytest.mark.parametrize("container", ["mp4", "mov"])
def test_of_a_film_that_was_cut_off_it_is_said_that_its_index_is_missing(
    pool: MediaPool, monkeypatch: pytest.MonkeyPatch, container: str
) -> None:
    """Its samples are all there, or some, or a part of the index; of one whose index is whole and damaged that is not said."""
    film = media.film(container, "mpeg4")
    index = film.index(b"moov") - 4
    missing = "could not be decoded: the film's index is missing or not whole; it was cut off when recorded or sent"
    for whole in (limits.MAX_WHOLE, 1000):
        monkeypatch.setattr(limits, "MAX_WHOLE", whole)
        for data in (film[:index], film[: index - 500], film[: index + 60]):
            assert pool.measure(data).problem == missing
        blank = film[: index + 8] + bytes(len(film) - index - 8)
        assert "index" not in (pool.measure(blank).problem or "index")


def test_what_cant_be_rendered_raises(pool: MediaPool) -> None:
    with pytest.raises(InputError, match=r"^The file could not be decoded: .*reads no sound\.$"):
        pool.render(media.sound(), RevealStep.GREY, 100)


@pytest.mark.parametrize("error", [MemoryError(), KeyError("tile"), Image.DecompressionBombError()])
def test_a_second_look_that_fails_leaves_the_first(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """For want of memory only of a file alone: of several each is asked for again alone."""

    def refuses(*_: object) -> None:
        raise error

    grain = np.random.default_rng(2).integers(0, 256, (300, 400, 3), np.uint8)
    texture = Image.fromarray(grain).resize((1000, 750), Image.Resampling.BICUBIC)
    data, request = media.encoded(texture, "JPEG", quality=85), Request(operation=Operation.MEASURE)
    source = InputSource(len(data), data, lambda start, length: b"")
    sharp = operations.measure_file(source, "image/jpeg", request)
    monkeypatch.setattr(image_decoding, "decode_again_in_colour", refuses)
    first = operations.measure_file(source, "image/jpeg", request)
    assert first.perceptual is not None and sharp.perceptual is not None
    assert first.perceptual.pdq != sharp.perceptual.pdq
    several = [operations.begin_measuring(source, "image/jpeg", request) for _ in range(2)]
    with pytest.raises(MemoryError) if isinstance(error, MemoryError) else nullcontext():
        assert operations.finish_measuring([seen for seen in several if isinstance(seen, DecodedFile)], request) == [first, first]


def test_pixels_stay_in_the_sandbox_but_for_a_reveal(monkeypatch: pytest.MonkeyPatch, drawn: Image.Image) -> None:
    """Counts all that comes out of the worker: the answer of a measure has no room for a picture."""
    came = [0]
    read = Worker._read

    def counted(self: Worker, length: int) -> bytearray:
        came[0] += length
        return read(self, length)

    monkeypatch.setattr(Worker, "_read", counted)
    with MediaPool(1) as pool:
        pool.check_restrictions()
        for data in (media.encoded(drawn, "PNG"), media.film("mp4", "mpeg4")):
            came[0] = 0
            assert pool.measure(data).problem is None
            assert came[0] < PREVIEW_SIDE**2 + 8 * 32 + BLOB_BYTES + 200
        came[0] = 0
        pool.render(media.encoded(drawn, "PNG"), RevealStep.COLOUR, 100)
        assert came[0] > 100 * 75 * 3
