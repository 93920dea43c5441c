"""JPEGs that are small and take long: thousands of scans, millions of fill bytes."""

from __future__ import annotations

import io
from typing import Any

import pytest
import simplejpeg
from PIL import Image

from tests.decode import media
from triage import limits
from triage.decode.client import MediaPool
from triage.decode.protocol import Operation, Request
from triage.decode.sandbox import image_decoding, jpeg
from triage.decode.sandbox.source import InputSource, UnreadableMedia

TOO_LARGE = "could not be decoded: it is larger than the limits allow"
SOS, EOI = b"\xff\xda", b"\xff\xd9"


def progressive(drawn: Image.Image) -> bytes:
    stream = io.BytesIO()
    drawn.save(stream, "JPEG", progressive=True, exif=media.exif())
    return stream.getvalue()


def with_scans(data: bytes, more: int) -> bytes:
    """The last scan again and again: 480 kB of such take half a minute."""
    last, end = data.rindex(SOS), data.rindex(EOI)
    return data[:end] + data[last:end] * more + data[end:]


@pytest.fixture
def small(drawn: Image.Image) -> bytes:
    return progressive(drawn.resize((64, 64)))


def test_more_scans_than_any_encoder_writes_are_refused(small: bytes, pool: MediaPool) -> None:
    assert pool.measure(small).problem is None
    assert pool.measure(with_scans(small, jpeg.MAX_SCANS)).problem == TOO_LARGE


def test_a_large_picture_may_have_fewer_scans(small: bytes) -> None:
    jpeg.check_scans(small, 64, 64)
    jpeg.check_scans(small, 14_000, 14_000)
    with pytest.raises(UnreadableMedia):
        jpeg.check_scans(with_scans(small, 10), 14_000, 14_000)


def test_scans_behind_tables_with_an_end_in_them_are_counted(small: bytes) -> None:
    comment = b"\xff\xfe\x00\x06" + EOI + EOI
    end = small.rindex(EOI)
    with pytest.raises(UnreadableMedia):
        jpeg.check_scans(small[:end] + comment + with_scans(small, jpeg.MAX_SCANS)[end:], 64, 64)


def test_what_is_appended_to_a_picture_is_no_scan(small: bytes) -> None:
    """A phone's moving picture is a film behind the JPEG."""
    jpeg.check_scans(small + SOS * 1_000, 64, 64)


def test_endless_markers_are_refused() -> None:
    with pytest.raises(UnreadableMedia):
        jpeg.check_scans(b"\xff\xd8" + b"\xff\xfe\x00\x02" * 1_000_000 + SOS * 1_000, 64, 64)


def test_fill_bytes_are_skipped_at_once(drawn: Image.Image, pool: MediaPool) -> None:
    plain = media.encoded(drawn, "JPEG", exif=media.exif())
    filled = plain[:2] + b"\xff" * 20 * limits.MIB + plain[2:]
    assert jpeg.remove_fill_bytes(filled) == plain
    assert jpeg.remove_fill_bytes(plain) is plain
    there, here = pool.measure(filled), pool.measure(plain)
    assert there.problem is None
    assert (there.perceptual, there.exif) == (here.perceptual, here.exif)


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8" + b"\xff" * 100, b"\xff\xd8\xff\xff\xe1"]
)
def test_nothing_can_be_followed_in_vain(data: bytes) -> None:
    assert jpeg.remove_fill_bytes(data)[:2] == data[:2]
    jpeg.check_scans(data, 1, 1)


class Unsearched(bytes):
    """Bytes that must not be searched as a whole."""

    def count(self, *_: object) -> int:
        raise AssertionError("all bytes were searched for scans")


@pytest.fixture
def sequential(drawn: Image.Image) -> bytes:
    return media.encoded(drawn.resize((64, 64)), "JPEG")


def test_a_sequential_image_in_one_scan_is_not_searched_for_more(sequential: bytes, small: bytes) -> None:
    jpeg.check_scans(Unsearched(sequential), 64, 64)
    with pytest.raises(AssertionError):
        jpeg.check_scans(Unsearched(small), 64, 64)


def test_the_decoder_refuses_scans_behind_one_that_holds_all_components(sequential: bytes) -> None:
    """This is why the bytes behind such a scan need not be searched."""
    simplejpeg.decode_jpeg(sequential)
    with pytest.raises(ValueError, match="more than one scan"):
        simplejpeg.decode_jpeg(with_scans(sequential, 1))
    with pytest.raises(OSError, match="broken data stream"):
        Image.open(io.BytesIO(with_scans(sequential, 1))).load()


@pytest.mark.parametrize(
    ("plain", "hostile"),
    [
        (b"\xff\xda\x00\x0c\x03", b"\xff\xda\x00\x0c\x02"),  # fewer components than the frame has
        (b"\xff\xc0", b"\xff\xff\xc0"),  # a fill byte
        (b"\xff\xc0", b"\xff\xc2"),  # progressive
        (b"\xff\xc0", b"\xff\xc9"),  # arithmetic coding
        (b"\xff\xc0", b"\xff\xc0\x00\x0b\x08\x00\x40\x00\x40\x01\x01\x11\x00\xff\xc0"),  # another frame in front
        (b"\xff\xc0", b"\xff\xd8\xff\xc0"),  # another image in front
    ],
)
def test_any_other_image_is_searched_for_scans(sequential: bytes, plain: bytes, hostile: bytes) -> None:
    assert sequential.count(plain) == 1
    with pytest.raises(UnreadableMedia):
        jpeg.check_scans(with_scans(sequential.replace(plain, hostile), jpeg.MAX_SCANS), 64, 64)


@pytest.mark.parametrize("side", [200, 600, 1200, 2400])  # decoded at the full size, a half, a quarter, an eighth
def test_no_scale_is_decoded_by_the_fast_transform(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At half scale libjpeg-turbo's fast transform spoils colour, and everywhere it moves hashes."""
    data = media.encoded(Image.new("RGB", (side, side), (200, 40, 90)), "JPEG")
    asked: list[tuple[int, bool, bool]] = []
    decode = simplejpeg.decode_jpeg

    def note(data: bytes, **options: Any) -> Any:
        asked.append((options["min_factor"], options["fastdct"], options["fastupsample"]))
        return decode(data, **options)

    monkeypatch.setattr(simplejpeg, "decode_jpeg", note)
    request, source = Request(operation=Operation.MEASURE), InputSource(len(data), data, lambda start, length: b"")
    decoded = image_decoding.decode_luma(source, "image/jpeg", request)
    for thorough in (False, True):
        image_decoding.decode_again_in_colour(source, "image/jpeg", request, decoded, thorough)
    by = image_decoding.scale_divisor(side, side)
    wanted = [by] if by == 1 else [by, by, 1]
    assert asked == [(factor, False, False) for factor in wanted]
