from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.decode import media
from triage.decode import answers
from triage.decode.client import MediaPool
from triage.decode.protocol import ProtocolError
from triage.errors import InputError
from triage.hashing.resampling import compute_cells


def test_cells_of_a_picture_are_its_means(pool: MediaPool, drawn: Image.Image) -> None:
    own = np.frombuffer(pool.decode_cells(media.encoded(drawn, "PNG")), np.uint8).reshape(80, 80)
    assert np.abs(own - compute_cells(np.asarray(drawn.convert("L")))).max() <= 1


def test_of_what_is_no_picture_there_are_none(pool: MediaPool) -> None:
    for data in (b"words", media.document()):
        with pytest.raises(InputError):
            pool.decode_cells(data)


@pytest.mark.parametrize("length", [0, 6399, 6401])
def test_another_number_of_cells_is_nonsense(length: int) -> None:
    with pytest.raises(ProtocolError):
        answers.unpack_luma_cells(bytes(length))
