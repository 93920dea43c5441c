"""A picture that says too little, from the bundle to what a person reads of it: its bytes alone are compared, and that is said."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from tests.cli.conftest import Desk
from tests.hashing.test_windows import bare
from tests.jobs.bundles import le_json

NUMBER, AGAIN = "900000011", "900000012"
BYTES_ALONE = "its picture could not be compared, only its bytes"


def jpeg_of(name: str, seed: int) -> bytes:
    return simplejpeg.encode_jpeg(np.ascontiguousarray(np.repeat(bare(name, seed)[:, :, None], 3, axis=2)), 88)


@pytest.fixture
def own(desk: Desk, tmp_path: Path) -> Desk:
    shutil.copytree(desk.work, tmp_path / "work")
    made = replace(desk, work=tmp_path / "work", store=tmp_path / "work" / "store")
    for number, seed in ((NUMBER, 0), (AGAIN, 1)):
        folder = made.work / "bare" / number
        folder.mkdir(parents=True)
        (folder / "r.json").write_bytes(le_json(int(number)))
        (folder / f"{number}.jpg").write_bytes(jpeg_of("edge", seed))
    assert made.call("import", "bare", "--json").code == 0
    return made


def test_show_and_match_say_that_the_bytes_of_a_bare_picture_alone_are_compared(own: Desk) -> None:
    assert own.call("sweep", "--json").json["left"] == 0
    (file,) = own.call("show", NUMBER, "--json").json["files"]
    assert (file["pdq_quality"], file["alike"]) == (0, [])
    assert BYTES_ALONE in file["verdict"]["why"]
    assert "only its bytes." in own.call("show", NUMBER).out.decode(), "in a column of a table"
    (told,) = own.call("match", f"bare/{AGAIN}/{AGAIN}.jpg", "--json").json
    assert told["near"] == [] and any("too little in the picture" in missing for missing in told["not_checked"])

    (own.work / "known.csv").write_text("md5\n" + "0" * 32 + "\n")
    assert own.call("lists", "add", "known.csv", "--name", "drawn", "--kind", "known").code == 0
    why = own.call("show", NUMBER, "--json").json["files"][0]["verdict"]["why"]
    assert why.startswith("Not in drawn of ") and BYTES_ALONE in why
