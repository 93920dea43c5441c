"""An image of low texture, from the bundle to what a person reads of it: only its bytes are compared, and the output says so."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from tests.cli.conftest import Desk
from tests.hashing.test_window_hashing import draw_bare as bare
from tests.jobs.bundles import le_json

NUMBER, AGAIN = "900000011", "900000012"
BYTES_ALONE = "the image could not be compared, only its exact bytes"


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
    words = own.call("show", NUMBER).out.decode().split()
    assert "exact" in words and "bytes." in words, "a column of the table holds the whole sentence"
    (told,) = own.call("match", f"bare/{AGAIN}/{AGAIN}.jpg", "--json").json
    assert told["near"] == [] and any("low quality image" in missing for missing in told["not_checked"])

    (own.work / "known.csv").write_text("md5\n" + "0" * 32 + "\n")
    assert own.call("lists", "add", "known.csv", "--name", "drawn", "--kind", "known").code == 0
    why = own.call("show", NUMBER, "--json").json["files"][0]["verdict"]["why"]
    assert why.startswith("Not in drawn of ") and BYTES_ALONE in why


def test_match_says_of_every_file_what_was_checked_also_where_one_can_not_be_read(own: Desk) -> None:
    (own.work / "lists.csv").write_text("md5\n" + "0" * 32 + "\n")
    assert own.call("lists", "add", "lists.csv", "--name", "seized", "--kind", "case").code == 0
    (own.work / "text.txt").write_text("words")
    os.mkfifo(own.work / "pipe")
    files = (f"bare/{AGAIN}/{AGAIN}.jpg", "bundle/900000001/a.jpg", "text.txt", "bare", "pipe")
    done = own.call("match", *files, "--json")
    assert done.code == 3
    bare_one, picture, text, *unread = done.json
    assert [result["sha256"] for result in unread] == [None] * 2
    assert [len(result["not_checked"]) for result in unread] == [1] * 2
    assert all(result["checked"] == [] and "can't be read" in result["not_checked"][0] for result in unread)
    assert any(told.startswith("near duplicates, among images of the store: 1,") for told in picture["checked"])
    assert any("seized" in told and told.endswith(": md5") for told in picture["checked"])
    assert any("seized" in told and "no PDQ hash" in told for told in picture["not_checked"])
    for nothing_near in (bare_one, text):
        assert not any(told.startswith("near") for told in nothing_near["checked"])
        assert nothing_near["checked"] and any(told.startswith("near") for told in nothing_near["not_checked"])
    assert "pipe" in own.call("match", "pipe").refusal
    told = own.call("match", *files)
    assert told.code == 3 and "not checked: the file can't be read" in told.out.decode()
