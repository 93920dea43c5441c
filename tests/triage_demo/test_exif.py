"""What the feed's camera writes is what a reader of EXIF finds."""

from __future__ import annotations

import io
from datetime import datetime, timedelta, timezone

import exifread
import numpy as np
from PIL import Image

from triage_demo.feed.exif import Camera
from triage_demo.feed.pictures import encode_jpeg, encode_png

PIXELS = np.full((16, 24, 3), 90, dtype=np.uint8)
TAKEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=5)))


def test_all_fields() -> None:
    camera = Camera(
        make="Mehr", model="M-12", serial="MZ1", software="v1", taken=TAKEN, gps=(-31.5925, 74.3095), orientation=6
    )  # fmt: skip
    tags = exifread.process_file(io.BytesIO(encode_jpeg(PIXELS, 80, camera)), details=False)
    said = {name: str(tag) for name, tag in tags.items()}
    assert said["Image Make"] == "Mehr" and said["Image Model"] == "M-12" and said["Image Software"] == "v1"
    assert said["EXIF BodySerialNumber"] == "MZ1"
    assert said["EXIF DateTimeOriginal"] == "2026:01:02 03:04:05" and said["EXIF OffsetTimeOriginal"] == "+05:00"
    assert said["GPS GPSDate"] == "2026:01:01" and said["GPS GPSTimeStamp"] == "[22, 4, 5]"
    latitude, longitude = exifread.utils.get_gps_coords(tags)
    assert abs(latitude + 31.5925) < 1e-5 and abs(longitude - 74.3095) < 1e-5


def test_without_position_there_is_no_gps_block() -> None:
    tags = exifread.process_file(io.BytesIO(encode_jpeg(PIXELS, 80, Camera(make="a", model="b"))))
    assert not [name for name in tags if name.startswith("GPS")]


def test_pillow_reads_both_encodings() -> None:
    for data in (encode_png(PIXELS), encode_jpeg(PIXELS, 90, Camera(make="Mehr", model="M-12", taken=TAKEN))):
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            assert image.size == (24, 16)
            assert abs(int(np.asarray(image).mean()) - 90) <= 2


def test_png_is_lossless() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    with Image.open(io.BytesIO(encode_png(pixels))) as image:
        assert (np.asarray(image) == pixels).all()
