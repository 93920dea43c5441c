"""List hashes that match hundreds, and parts of pictures that only may be a list's: neither counts until somebody says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from tests.jobs.bundles import jpeg, le_json, scene
from triage import limits
from triage.errors import NotFound, Refused
from triage.hashing.crop_windows import NUMBER_OF
from triage.hashing.orientations import orient_pdq
from triage.hashing.perceptual import hash_plane
from triage.hashing.window_codec import decode_windows
from triage.hashing.window_hashing import hash_windows
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping.check import verify_record
from triage.jobs.lists.lists import add_list, list_hits, remove_list
from triage.jobs.reading.match_files import match_files
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.held_hashes import decide_held, list_held, take_back_held
from triage.jobs.review.pairs import confirm_same, list_possible_pairs, read_possible_pairs, reject_same
from triage.jobs.session import Session
from triage.jobs.stats import load_statistics
from triage.jobs.sweeping.sweep import run_sweep
from triage.message import Message
from triage.model.handover import Receipt
from triage.model.match_way import CropWindow, MatchWay
from triage.model.users import Role, User
from triage.model.views import FileVerdict
from triage.store.queries import media_matches

NUMBERS = ("900000401", "900000402", "900000403")
DEVICE = "on a seized device"
LUMA = simplejpeg.decode_jpeg(jpeg(1), "GRAY")[:, :, 0]
HASHES = hash_plane(LUMA, LUMA.shape)


def variant(folder: Path, number: str, seed: int) -> Path:
    """A report with the scene, each time with other noise."""
    inside = folder / number
    inside.mkdir(parents=True)
    (inside / "r.json").write_bytes(le_json(int(number)))
    pixels = np.clip(scene(1).astype(int) + np.random.default_rng(seed).integers(0, 9, (320, 320, 1)), 0, 255).astype(np.uint8)
    (inside / f"{number}.jpg").write_bytes(simplejpeg.encode_jpeg(pixels, 90))
    return inside


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    for n, number in enumerate(NUMBERS):
        variant(tmp_path / "in", number, n)
    return tmp_path / "in"


def add(session: Session, folder: Path, pdq: bytes, name: str = "device") -> None:
    file = folder / "list.csv"
    file.write_text(f"PDQ\n{pdq.hex()}\n")
    add_list(session, file, name=name, kind="case", profile=None)


def verdict(session: Session, number: str = NUMBERS[0]) -> FileVerdict:
    return load_report_view(session, number).files[0].verdict


def flagged(session: Session) -> list[bool]:
    return [DEVICE in load_report_view(session, number).score.flags for number in NUMBERS]


@pytest.mark.parametrize("list_first", [True, False])
def test_a_list_hash_that_matches_too_many_waits_for_a_lead(
    session: Session, tmp_path: Path, reports: Path, monkeypatch: pytest.MonkeyPatch, list_first: bool
) -> None:
    monkeypatch.setattr(limits, "HELD_FROM", 3)
    steps = [lambda: add(session, tmp_path, HASHES.pdq), lambda: import_bundles(session, [reports], receipt=Receipt())]
    for step in steps if list_first else reversed(steps):
        step()
    found = verdict(session)
    assert found.known == "held for review" and "does not count" in str(found.why) and found.list_kinds == ()
    assert "Not in device" not in str(found.why)
    (why,) = found.matches
    assert why.held and why.tier == "match" and why.list == "device" and why.list_date and why.quality
    assert flagged(session) == [False] * 3
    (held,) = list_held(session)
    assert (held.of, held.hash, held.files, held.reports) == ("list", HASHES.pdq.hex(), 3, 3)
    assert held.lists == (Message("{list} of {date}", list="device", date=why.list_date),)
    assert load_statistics(session).held_for_review == 1
    (outside,) = match_files(session, [reports / NUMBERS[0] / f"{NUMBERS[0]}.jpg"])
    assert [near.held for near in outside.near if near.lists] == [True]
    assert all(hit.held for hit in list_hits(session, "device"))

    remove_list(session, "device")
    assert list_held(session) == ()
    add(session, tmp_path, HASHES.pdq)
    (held,) = list_held(session)
    decide_held(session, held.id, confirm=True)
    assert flagged(session) == [True] * 3 and verdict(session).known == "near"
    assert load_statistics(session).held_for_review == 0
    with pytest.raises(Refused, match="already"):
        decide_held(session, held.id, confirm=True)
    decide_held(session, held.id, confirm=False)
    assert flagged(session) == [False] * 3
    with pytest.raises(Refused, match="There is no decision on hash 1"):
        take_back_held(session, take_back_held(session, held.id).id)
    assert (list_held(session)[0].outcome, flagged(session)) == ("waits for a lead", [False] * 3)
    decide_held(session, held.id, confirm=False)
    remove_list(session, "device")
    add(session, tmp_path, HASHES.pdq, "again")
    assert flagged(session) == [False] * 3, "what a lead said stands when the list comes again"
    assert verify_record(session, None).valid


def test_fewer_count_at_once(session: Session, tmp_path: Path, reports: Path) -> None:
    import_bundles(session, [reports], receipt=Receipt())
    add(session, tmp_path, HASHES.pdq)
    assert flagged(session) == [True] * 3 and list_held(session) == ()


def test_a_hash_that_a_list_holds_several_times_is_told_once(session: Session, tmp_path: Path, reports: Path) -> None:
    import_bundles(session, [reports], receipt=Receipt())
    file = tmp_path / "list.csv"
    file.write_text("PDQ,MD5\n" + f"{HASHES.pdq.hex()},\n" * 3)
    add_list(session, file, name="device", kind="known", profile=None)
    assert len(verdict(session).matches) == 1
    (outside,) = match_files(session, [reports / NUMBERS[0] / f"{NUMBERS[0]}.jpg"])
    assert len([near for near in outside.near if near.lists]) == 1
    assert {(hit.list, hit.list_date) for hit in list_hits(session, "device")} == {
        ("device", verdict(session).matches[0].list_date)
    }


def test_only_a_lead_decides(session: Session) -> None:
    with pytest.raises(NotFound):
        decide_held(session, 7, confirm=True)
    session.store.user = User(1, "first", frozenset({Role.ANALYST}))
    with pytest.raises(Refused):
        decide_held(session, 7, confirm=True)


def crop() -> bytes:
    """Of a list that holds the middle of the scene."""
    place = NUMBER_OF[CropWindow.CENTRE_20]
    return next(e.pdq for e in decode_windows(hash_windows(LUMA, HASHES).windows) if e.window == place)


@pytest.mark.parametrize("list_first", [True, False])
def test_a_part_that_is_like_a_lists_picture_is_only_possible(
    session: Session, tmp_path: Path, reports: Path, list_first: bool
) -> None:
    value = orient_pdq(crop())[1]
    steps = [lambda: add(session, tmp_path, value), lambda: import_bundles(session, [reports], receipt=Receipt())]
    for step in steps if list_first else reversed(steps):
        step()
    run_sweep(session)
    found = verdict(session)
    assert found.known == "possible" and "needs confirmation" in str(found.why) and flagged(session) == [False] * 3
    pairs = [pair for pair in list_possible_pairs(session) if pair.list]
    assert {(pair.other, pair.list, pair.second) for pair in pairs} == {(value.hex(), "device", None)} and len(pairs) == 3
    assert {pair.variant for pair in pairs} == {"rotated left, centre -20 % of this"}
    assert {hit.tier for hit in list_hits(session, "device")} == {"possible"}

    shown = [load_report_view(session, number).files[0].sha256 or "" for number in NUMBERS]
    confirm_same(session, shown[0], value.hex())
    reject_same(session, shown[1], value.hex())
    assert flagged(session) == [True, False, False]
    assert "confirmed by a person" in str(verdict(session).why) and verdict(session).matches[0].joined
    assert verdict(session, NUMBERS[1]).matches == () and verdict(session, NUMBERS[1]).known == "not checked"
    remove_list(session, "device")
    add(session, tmp_path, value)
    run_sweep(session)
    assert flagged(session) == [True, False, False]
    assert [pair.sha256 for pair in list_possible_pairs(session) if pair.list] == [shown[2]]
    with pytest.raises(NotFound, match="PDQ hash"):
        confirm_same(session, shown[0], "ab" * 32)
    assert verify_record(session, None).valid


def test_what_waits_comes_by_gravity_pairs_of_files_and_lists_alike(session: Session, tmp_path: Path, reports: Path) -> None:
    other = "900000404"
    (reports / other).mkdir()
    (reports / other / "r.json").write_bytes(le_json(int(other)))
    (reports / other / f"{other}.jpg").write_bytes(jpeg(7))
    import_bundles(session, [reports], receipt=Receipt())
    add(session, tmp_path, orient_pdq(crop())[1])
    run_sweep(session)
    with session.store.batch() as batch:
        for band, number in enumerate((NUMBERS[1], NUMBERS[2], NUMBERS[0], other)):
            batch.execute("UPDATE queue SET band = ? WHERE report_id = (SELECT id FROM report WHERE number = ?)", (band, number))
        ids = dict(batch.all("SELECT r.number, o.media_item_id FROM file o JOIN report r ON r.id = o.report_id"))
        assert media_matches.save_possible_match(
            batch, ids[other], ids[NUMBERS[2]], MatchWay(hash_kind="pdq", distance=60, dhash_distance=80)
        )
    told = [(set(pair.reports) | set(pair.other_reports), pair.list) for pair in list_possible_pairs(session)]
    pair = ({NUMBERS[2], other}, None)
    assert told == [({NUMBERS[1]}, "device"), ({NUMBERS[2]}, "device"), pair, ({NUMBERS[0]}, "device")]
    assert len(list_possible_pairs(session, 1)) == 2, "the first of either"
    assert [pair for part in read_possible_pairs(session) for pair in part] == list(list_possible_pairs(session))


def test_nothing_new_costs_no_index(session: Session, reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_bundles(session, [reports], receipt=Receipt())
    run_sweep(session)
    monkeypatch.setattr("triage.jobs.sweeping.sweep.load_frames_and_wholes", lambda *_, **__: pytest.fail("was opened"))
    assert run_sweep(session).pictures == 0
