"""Every format through a confined worker, whole and broken."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from fpdf import FPDF
from fpdf.enums import AccessPermission
from PIL import Image

from tests.decode import media
from tests.hashing.scenes import landscape
from triage import limits
from triage.decode.client import Pool
from triage.decode.process import Worker
from triage.errors import InputError, PasswordNeeded
from triage.hashing import perceptual
from triage.model.media import PREVIEW_SIDE, MediaFacts, Pixels, RevealStep


def distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


@pytest.fixture(scope="session")
def drawn() -> Image.Image:
    return media.picture()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has every wall")
def test_the_walls_hold_from_inside(pool: Pool) -> None:
    barriers = pool.barriers()
    assert barriers.confined
    walls = dict(barriers.walls)
    assert walls["system call filter (seccomp)"].startswith("on")
    for attempt in ("open files", "list folders", "sockets", "new processes", "run programs"):
        assert walls[attempt].startswith("blocked")
    assert walls["no file writes"] == "on"


@pytest.mark.parametrize("mime", media.PICTURES)
def test_every_picture_format(pool: Pool, drawn: Image.Image, mime: str) -> None:
    facts = pool.measure(media.encoded(drawn, media.PICTURES[mime]))
    assert (facts.problem, facts.mime, facts.width, facts.height) == (None, mime, 400, 300)
    assert facts.perceptual is not None
    assert facts.perceptual.quality == 100
    expected = perceptual.measure(np.asarray(drawn.convert("L")), (300, 400))
    assert distance(facts.perceptual.pdq, expected.pdq) <= (0 if mime in ("image/png", "image/bmp", "image/tiff") else 12)
    assert facts.preview is not None
    assert len(facts.preview) == PREVIEW_SIDE**2


@pytest.mark.parametrize("name", media.FILMS)
def test_every_film_format(pool: Pool, name: str) -> None:
    container, codec, mime = media.FILMS[name]
    film = media.film(container, codec)
    facts = pool.measure(film)
    assert (facts.problem, facts.mime, facts.width, facts.height) == (None, mime, 176, 144)
    assert facts.duration_ms is not None
    assert 1000 <= facts.duration_ms <= 1400
    assert facts.perceptual is None
    assert facts.preview is not None
    sheet = pool.render(film, RevealStep.COLOUR, 300)
    assert sheet.width <= 300
    assert sheet.height <= 300


def test_a_film_turned_by_its_header_stands_upright(pool: Pool) -> None:
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
    "black and white": ("1", "PNG", {}),
}


@pytest.mark.parametrize("name", MODES)
def test_every_kind_of_pixel(pool: Pool, drawn: Image.Image, name: str) -> None:
    mode, encoding, options = MODES[name]
    facts = pool.measure(media.encoded(drawn.convert(mode), encoding, **options))
    assert facts.problem is None
    assert facts.perceptual is not None
    expected = perceptual.measure(np.asarray(drawn.convert("L")), (300, 400))
    assert distance(facts.perceptual.pdq, expected.pdq) <= 24


def test_sixteen_bits_a_sample(pool: Pool, drawn: Image.Image) -> None:
    deep = Image.fromarray(np.asarray(drawn.convert("L")).astype(np.uint16) * 257)
    facts = pool.measure(media.encoded(deep, "PNG"))
    assert facts.perceptual is not None
    assert facts.perceptual == perceptual.measure(np.asarray(drawn.convert("L")), (300, 400))


@pytest.mark.parametrize("encoding", ["GIF", "WEBP", "PNG", "MPO"])
def test_of_an_animation_the_first_frame_counts(pool: Pool, drawn: Image.Image, encoding: str) -> None:
    moving = media.encoded(drawn, encoding, save_all=True, append_images=[media.picture(seed=30)])
    still = pool.measure(media.encoded(drawn, "JPEG" if encoding == "MPO" else encoding)).perceptual
    found = pool.measure(moving).perceptual
    assert still is not None
    assert found is not None
    assert distance(still.pdq, found.pdq) <= 8


@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_undone(pool: Pool, drawn: Image.Image, encoding: str, orientation: int) -> None:
    """A picture stored turned, with the tag that says so, hashes like the upright one, and is shown upright."""
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}.get(orientation)
    turned = drawn if undo is None else drawn.transpose(Image.Transpose(undo))
    stored = media.encoded(turned, encoding, exif=media.exif(orientation=orientation))
    facts = pool.measure(stored)
    expected = perceptual.measure(np.asarray(drawn.convert("L")), (300, 400))
    assert (facts.width, facts.height) == (400, 300)
    assert facts.perceptual is not None
    assert distance(facts.perceptual.pdq, expected.pdq) <= 12
    shown = pool.render(stored, RevealStep.COLOUR, 400)
    seen = np.frombuffer(shown.rgb, np.uint8).reshape(300, 400, 3).astype(int)
    assert np.abs(seen - np.asarray(drawn)).mean() < 12


@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF"])
def test_metadata_of_every_container(pool: Pool, drawn: Image.Image, encoding: str) -> None:
    exif = pool.measure(media.encoded(drawn, encoding, exif=media.exif())).exif
    assert exif is not None
    assert (exif.make, exif.model, exif.serial, exif.software) == ("Lantern Works", "Box 3", "SN-0001", "Firmware 1.2")
    assert (exif.taken, exif.offset, exif.gps_time) == ("2026:01:04 19:00:00", "+05:00", "2026:01:04 14:00:05Z")
    assert exif.gps == pytest.approx((31.55, 74.34), abs=1e-6)
    assert ("Image Make", "Lantern Works") in exif.fields


@pytest.mark.parametrize("place", [(0.0, 0.0), (-33.5, -70.25), (90.0, -180.0), (24.86, 67.01)])
def test_places_are_kept_as_they_are(pool: Pool, drawn: Image.Image, place: tuple[float, float]) -> None:
    exif = pool.measure(media.encoded(drawn, "JPEG", exif=media.exif(gps=place))).exif
    assert exif is not None
    assert exif.gps == pytest.approx(place, abs=1e-6)


def test_impossible_places_are_none(pool: Pool, drawn: Image.Image) -> None:
    exif = pool.measure(media.encoded(drawn, "JPEG", exif=media.exif(gps=(120.0, 10.0)))).exif
    assert exif is not None
    assert exif.gps is None


def test_without_metadata_there_is_none(pool: Pool, drawn: Image.Image) -> None:
    assert pool.measure(media.encoded(drawn, "JPEG")).exif is None


@pytest.mark.parametrize(("data", "mime", "words"), [
    (b"", "application/octet-stream", "the format is not known"),
    (b"hello", "application/octet-stream", "the format is not known"),
    (b"<svg/>", "application/octet-stream", "the format is not known"),
    (media.sound(), "audio/wav", "holds no picture"),
    (b"\xff\xd8\xff\xe0", "image/jpeg", "damaged"),
    (media.png_claiming(60_000, 60_000, zlib.compress(bytes(1000))), "image/png", "larger than the limits"),
    (media.png_claiming(70_000, 10, zlib.compress(bytes(1000))), "image/png", "larger than the limits"),
    (media.png_claiming(1000, 1000, zlib.compress(bytes(1000))), "image/png", "damaged"),
])  # fmt: skip
def test_what_cant_be_decoded_says_why(pool: Pool, data: bytes, mime: str, words: str) -> None:
    facts = pool.measure(data)
    assert facts == MediaFacts(mime=mime, problem=facts.problem)
    assert facts.problem is not None
    assert facts.problem.startswith("could not be decoded: ")
    assert words in facts.problem


def test_a_bomb_within_the_pixel_limit_is_decoded_and_one_beyond_costs_nothing(pool: Pool) -> None:
    rows = zlib.compress(bytes(5001) * 5000, 1)
    assert len(rows) < 200_000
    facts = pool.measure(media.png_claiming(5000, 5000, rows))
    assert (facts.width, facts.height, facts.problem) == (5000, 5000, None)
    assert facts.perceptual is not None
    assert facts.perceptual.quality == 0


@pytest.mark.parametrize("seed", range(4))
def test_broken_media_never_raises(pool: Pool, drawn: Image.Image, seed: int) -> None:
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


def test_the_ladder(pool: Pool, drawn: Image.Image) -> None:
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


@pytest.mark.parametrize("step", [RevealStep.BLURRED, None])
def test_blurring_removes_fine_detail(pool: Pool, step: RevealStep | None) -> None:
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


def test_the_side_is_capped(pool: Pool, drawn: Image.Image) -> None:
    wide = media.encoded(Image.new("RGB", (4000, 100), (10, 90, 30)), "PNG")
    assert pool.render(wide, RevealStep.COLOUR, 100_000).width == limits.REVEAL_SIDE
    small = pool.render(media.encoded(drawn, "JPEG"), RevealStep.COLOUR, 40)
    assert (small.width, small.height) == (40, 30)


def test_the_preview_is_not_rendered(pool: Pool) -> None:
    with pytest.raises(ValueError, match="stored"):
        pool.render(b"", RevealStep.PREVIEW, 10)


def test_what_cant_be_rendered_raises(pool: Pool) -> None:
    with pytest.raises(InputError, match=r"^The file could not be decoded: .*no picture\.$"):
        pool.render(media.sound(), RevealStep.GREY, 100)


def test_pixels_stay_in_the_cell_but_for_a_reveal(monkeypatch: pytest.MonkeyPatch, drawn: Image.Image) -> None:
    """Counts all that comes out of the worker: the answer of a measure has no room for a picture."""
    came = [0]
    read = Worker._read

    def counted(self: Worker, length: int) -> bytearray:
        came[0] += length
        return read(self, length)

    monkeypatch.setattr(Worker, "_read", counted)
    with Pool(1) as pool:
        pool.barriers()
        for data in (media.encoded(drawn, "PNG"), media.film("mp4", "mpeg4")):
            came[0] = 0
            assert pool.measure(data).problem is None
            assert came[0] < PREVIEW_SIDE**2 + 8 * 32 + 200
        came[0] = 0
        pool.render(media.encoded(drawn, "PNG"), RevealStep.COLOUR, 100)
        assert came[0] > 100 * 75 * 3


# Large input by ranges


class Ranges:
    def __init__(self, data: bytes) -> None:
        self._data, self.asked = data, []

    @property
    def size(self) -> int:
        return len(self._data)

    def read(self, start: int, length: int) -> bytes:
        self.asked.append((start, length))
        return self._data[start : start + length]


@pytest.fixture
def small_whole(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(limits, "MAX_WHOLE", 1000)
    return None


@pytest.mark.usefixtures("small_whole")
@pytest.mark.parametrize("kind", ["bytes", "reader"])
def test_large_input_is_read_by_ranges(pool: Pool, drawn: Image.Image, kind: str) -> None:
    for data in (
        media.film("mp4", "libx264"),
        media.film("matroska", "libx264"),
        media.encoded(drawn, "JPEG", exif=media.exif()),
        media.encoded(drawn, "HEIF", exif=media.exif()),
        media.encoded(drawn, "PNG"),
        document(),
    ):
        reader = Ranges(data)
        facts = pool.measure(data if kind == "bytes" else reader)
        assert facts.problem is None
        assert facts.preview is not None
        assert kind == "bytes" or reader.asked


@pytest.mark.usefixtures("small_whole")
@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "WEBP"])
def test_large_pictures_hash_the_same_by_every_path(pool: Pool, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    """Over 8 MP: reduced after decoding, or scaled by Pillow when read by ranges; PDQ stays within 4 bits of the full plane's."""
    plane = landscape(625, 825, 8).repeat(4, axis=0).repeat(4, axis=1)
    data = media.encoded(Image.fromarray(plane), encoding, exif=media.exif(orientation=6))
    expected = perceptual.measure(np.rot90(plane, -1).copy(), (3300, 2500))
    for whole in (1000, 64 * limits.MIB):
        monkeypatch.setattr(limits, "MAX_WHOLE", whole)
        facts = pool.measure(data)
        assert (facts.width, facts.height) == (2500, 3300)
        assert facts.perceptual is not None
        assert distance(facts.perceptual.pdq, expected.pdq) <= (4 if encoding == "PNG" else 8)
        assert distance(facts.perceptual.phash, expected.phash) <= 2


@pytest.mark.usefixtures("small_whole")
def test_an_index_at_the_end_is_found_without_reading_all(pool: Pool) -> None:
    film = media.film("mp4", "libx264")
    assert film.index(b"moov") > len(film) // 2
    padding = b"\0\0\0\0free"
    size = 40 * limits.MIB
    start = film.index(b"mdat") - 4
    large = film[:start] + size.to_bytes(4) + padding[4:] + bytes(size - 8) + film[start:]
    # The index names absolute places in the file: the table of chunks moves with them.
    table = large.index(b"stco") + 12
    count = int.from_bytes(large[table - 4 : table])
    moved = b"".join((int.from_bytes(large[at : at + 4]) + size).to_bytes(4) for at in range(table, table + 4 * count, 4))
    large = large[:table] + moved + large[table + 4 * count :]
    reader = Ranges(large)
    assert pool.measure(reader).problem is None
    assert sum(length for _, length in reader.asked) < size


def test_a_reader_that_fails_is_the_callers_error_and_the_pool_lives_on(pool: Pool, drawn: Image.Image) -> None:
    class Failing(Ranges):
        def read(self, start: int, length: int) -> bytes:
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk is gone"):
        pool.measure(Failing(bytes(10)))
    assert pool.measure(media.encoded(drawn, "JPEG")).problem is None


# PDF


def document(pages: int = 2, **encryption: Any) -> bytes:
    pdf = FPDF()
    pdf.set_font("Helvetica")
    for number in range(1, pages + 1):
        pdf.add_page()
        pdf.cell(text=f"Page {number}: lanterns and boats")
    if encryption:
        pdf.set_encryption(permissions=AccessPermission.all(), **encryption)
    return bytes(pdf.output())


def test_the_text_of_pages(pool: Pool) -> None:
    assert pool.pdf_text(document(), ()) == ("Page 1: lanterns and boats", "Page 2: lanterns and boats")


def test_an_empty_user_password_opens_by_itself(pool: Pool) -> None:
    assert len(pool.pdf_text(document(owner_password="owner"), ())) == 2


def test_a_locked_document_needs_its_password(pool: Pool) -> None:
    locked = document(owner_password="owner", user_password="boats")
    with pytest.raises(PasswordNeeded):
        pool.pdf_text(locked, ())
    with pytest.raises(PasswordNeeded):
        pool.pdf_text(locked, (b"wrong",))
    assert len(pool.pdf_text(locked, (b"wrong", b"boats"))) == 2
    assert pool.measure(locked).problem == "could not be decoded: it is locked with a password"


def test_a_document_has_a_preview_and_can_be_revealed(pool: Pool) -> None:
    facts = pool.measure(document())
    assert (facts.mime, facts.problem) == ("application/pdf", None)
    assert facts.preview is not None
    assert pool.render(document(), RevealStep.GREY, 300).height == 300


def test_too_many_pages_are_refused_as_a_whole(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="larger than the limits"):
        pool.pdf_text(document(pages=limits.MAX_PDF_PAGES + 1), ())


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 not really", b"<html>"])
def test_no_document(pool: Pool, data: bytes) -> None:
    with pytest.raises(InputError):
        pool.pdf_text(data, ())


# The pool


def test_a_killed_worker_costs_one_file(drawn: Image.Image) -> None:
    data = media.encoded(drawn, "JPEG")
    with Pool(1) as pool:
        assert pool.measure(data).problem is None
        worker = pool._slots.get()
        assert worker is not None
        worker._process.kill()
        pool._slots.put(worker)
        assert pool.measure(data).problem == "could not be decoded: the decoder crashed"
        assert pool.measure(data).problem is None


def test_workers_are_replaced_after_so_many_files_and_at_a_bundles_end(
    drawn: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WORKER_FILES", 2)
    data, seen = media.encoded(drawn.resize((64, 64)), "PNG"), []

    def worker_of(pool: Pool) -> Worker | None:
        worker = pool._slots.get()
        pool._slots.put(worker)
        return worker

    with Pool(1) as pool:
        for _ in range(4):
            assert pool.measure(data).problem is None
            seen.append(worker_of(pool))
        assert [worker is None for worker in seen] == [False, True, False, True]
        pool.measure(data)
        kept = worker_of(pool)
        assert kept is not None
        pool.recycle()
        assert worker_of(pool) is None
        assert kept._process.returncode is not None


def test_a_closed_pool_refuses() -> None:
    pool = Pool(1)
    pool.close()
    pool.close()
    with pytest.raises(RuntimeError):
        pool.measure(b"")


def test_nothing_is_loaded_after_the_walls_stand(drawn: Image.Image) -> None:
    """In a process of its own, without walls: after the warm-up no further module is imported by any format."""
    samples = [media.encoded(drawn, encoding, exif=media.exif()) for encoding in ("JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF")]
    samples += [media.encoded(drawn, encoding) for encoding in ("GIF", "BMP")]
    samples += [
        media.encoded(drawn.convert("CMYK"), "JPEG"),
        media.film("webm", "libvpx-vp9"),
        document(),
        b"%PDF-1.7",
        b"\xff\xd8\xff",
    ]
    program = """
import io, sys
from triage.decode.cell import kinds, operations
from triage.decode.cell.source import Source
from triage.decode.cell.warm import warm_up
from triage.decode.protocol import Operation, Request
data, size = sys.stdin.buffer, lambda: int.from_bytes(data.read(4))
samples = [data.read(size()) for _ in range(size())]
warm_up()
before = set(sys.modules)
for sample in samples:
    source, mime = Source(len(sample), sample, None), kinds.mime_of(sample)
    for operation in (operations.measure, operations.render, operations.pdf_text):
        try:
            operation(source, mime, Request(operation=Operation.RENDER, side=100))
        except Exception:
            pass
print(sorted(set(sys.modules) - before))
"""
    wire = len(samples).to_bytes(4) + b"".join(len(sample).to_bytes(4) + sample for sample in samples)
    done = subprocess.run([sys.executable, "-c", program], input=wire, capture_output=True, check=True, timeout=60)
    assert done.stdout.strip() == b"[]"
