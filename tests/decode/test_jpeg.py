"""JPEGs that are small and take long: thousands of scans, millions of fill bytes."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.decode import media
from triage import limits
from triage.decode.client import MediaPool
from triage.decode.sandbox import jpeg
from triage.decode.sandbox.source import UnreadableMedia

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
