from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from tests.hashing.scenes import Plane, landscape
from tests.jobs.bundles import le_json
from triage.decode.client import MediaPool
from triage.decode.process import RangeReader
from triage.errors import Cancelled, InputError, NotFound, Refused
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.matching.groups import find_group
from triage.jobs.matching.pictures import StoredImages, load_frames_and_wholes
from triage.jobs.matching.sweep_state import WAITS, load_sweep_state
from triage.jobs.reading.match_files import match_files
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.pairs import list_possible_pairs, reject_same
from triage.jobs.session import Session
from triage.jobs.sweeping.sweep import run_sweep
from triage.model.handover import Receipt
from triage.model.progress import CancelToken
from triage.store.database import Reader
from triage.store.queries import media


def bundle(folder: Path, **pictures: Plane) -> Path:
    folder.mkdir()
    for name, luma in pictures.items():
        pixels = np.ascontiguousarray(np.repeat(luma[:, :, None], 3, axis=2))
        (folder / f"{name}.jpg").write_bytes(simplejpeg.encode_jpeg(pixels, 88))
    return folder


scene = landscape(450, 600, 3)
mirrored_corner = scene[:405, :540][:, ::-1]
stranger = landscape(450, 600, 8)


def pairs(session: Session) -> int:
    with session.reading() as db:
        return int(db.value("SELECT count(*) FROM media_match"))


@pytest.mark.parametrize("order", [(scene, mirrored_corner), (mirrored_corner, scene)])
def test_a_mirrored_crop_is_found_by_the_sweep_whichever_came_first(
    session: Session, tmp_path: Path, order: tuple[Plane, Plane]
) -> None:
    for name, luma in zip("ab", order, strict=True):
        import_bundles(session, [bundle(tmp_path / name, picture=luma, other=stranger)], receipt=Receipt())
    result = run_sweep(session)
    assert (result.pictures, result.left) == (3, 0)
    assert pairs(session) == 1
    again = run_sweep(session)
    assert (again.pictures, again.pairs) == (0, 0)


def test_it_goes_on_where_it_stopped(session: Session, tmp_path: Path) -> None:
    import_bundles(session, [bundle(tmp_path / "a", one=scene, two=stranger)], receipt=Receipt())
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        run_sweep(session, cancel=token)
    assert run_sweep(session, most=1).left == 1
    with session.reading() as db:
        assert len(media.list_unswept_images(db, 2)) == 1
    assert run_sweep(session).left == 0


def test_an_import_leaves_what_earlier_ones_left_to_the_background_comparison(session: Session, tmp_path: Path) -> None:
    folder = bundle(tmp_path / "a", picture=scene, other=stranger)
    (folder / "r.json").write_bytes(le_json(1))
    import_bundles(session, [folder], receipt=Receipt())
    with session.store.batch() as batch:
        batch.execute("UPDATE image_hashes SET swept = 1")
        batch.execute("UPDATE queue SET band = 0")
    import_bundles(session, [folder], receipt=Receipt())
    assert load_sweep_state(session).left == 2
    run_sweep(session)
    assert load_sweep_state(session).left == 0


uneven = scene[63:430, 24:500]


@pytest.mark.parametrize("order", [(scene, uneven), (uneven, scene)])
def test_a_crop_cut_unevenly_is_possible_after_the_sweep_whichever_came_first(
    session: Session, tmp_path: Path, order: tuple[Plane, Plane]
) -> None:
    for name, luma in zip("ab", order, strict=True):
        import_bundles(session, [bundle(tmp_path / name, picture=luma, other=stranger)], receipt=Receipt())
    assert run_sweep(session).possible == 1
    (waiting,) = list_possible_pairs(session)
    assert waiting.second is not None and waiting.distance <= 31 and waiting.second.distance <= 60
    assert pairs(session) == 0
    assert run_sweep(session).pictures == 0
    (told,) = match_files(session, [tmp_path / "b" / "picture.jpg"])
    assert [near.tier for near in told.near if "uneven" in near.variant] == ["possible"]


faint = (scene * 0.2 + 60).astype(np.uint8)


@pytest.mark.parametrize("order", [(scene, faint), (faint, scene)])
def test_a_faint_copy_is_possible_and_never_more_whichever_came_first(
    session: Session, tmp_path: Path, order: tuple[Plane, Plane]
) -> None:
    """One that was darkened or lost its contrast says too little to match."""
    for name, luma in zip("ab", order, strict=True):
        import_bundles(session, [bundle(tmp_path / name, picture=luma, other=stranger)], receipt=Receipt())
    assert run_sweep(session).possible == 1
    assert len(list_possible_pairs(session)) == 1
    assert pairs(session) == 0
    (told,) = match_files(session, [tmp_path / "b" / "picture.jpg"])
    assert [near.tier for near in told.near] == ["possible"]
    said = [str(why) for why in told.not_checked if "low quality" in str(why)]
    assert all(why.startswith("certain near duplicates") for why in said) and bool(said) == (order[1] is faint)


def test_two_faint_copies_are_possible_and_never_more(session: Session, tmp_path: Path) -> None:
    import_bundles(session, [bundle(tmp_path / "a", one=faint, two=faint[:, ::-1] + 9, other=stranger // 8)], receipt=Receipt())
    assert run_sweep(session).possible == 1
    assert len(list_possible_pairs(session)) == 1
    assert pairs(session) == 0


def test_match_says_which_crop_and_turn(session: Session, tmp_path: Path) -> None:
    import_bundles(session, [bundle(tmp_path / "a", one=scene)], receipt=Receipt())
    asked = bundle(tmp_path / "b", crop=mirrored_corner, other=stranger)
    crop, other = match_files(session, [asked / "crop.jpg", asked / "other.jpg"])
    assert [near.tier for near in crop.near] == ["match"]
    assert "of the other" in crop.near[0].variant
    assert other.near == ()


def test_an_import_asks_upright_and_the_sweep_finds_what_is_turned(session: Session, tmp_path: Path) -> None:
    import_bundles(session, [bundle(tmp_path / "a", one=scene, two=scene[:, ::-1])], receipt=Receipt())
    with session.reading() as db:
        assert db.all("SELECT a, b FROM media_match") == []
    run_sweep(session)
    with session.reading() as db:
        assert len(db.all("SELECT a, b FROM media_match")) == 1


def test_not_the_same_is_remembered(session: Session, tmp_path: Path) -> None:
    import_bundles(session, [bundle(tmp_path / "a", one=scene, two=scene // 2 + 60, other=stranger)], receipt=Receipt())
    with session.reading() as db:
        (pair,) = db.all("SELECT a, b FROM media_match")
        names = [row.sha256 for i in pair if (row := media.load_media_item(db, i))]
        assert find_group(db, pair[0]) == find_group(db, pair[1]) is not None
    reject_same(session, *names)
    run_sweep(session)
    with session.reading() as db:
        assert find_group(db, pair[0]) is None
    with pytest.raises(Refused):
        reject_same(session, names[0], names[0])
    with pytest.raises(NotFound):
        reject_same(session, names[0], "ab" * 32)


def test_images_whose_matches_are_stored_are_not_asked_for_them_again(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import into a large store leaves images of grave reports at this stage."""
    import_bundles(session, [bundle(tmp_path / "a", one=scene, two=mirrored_corner)], receipt=Receipt())
    with session.store.batch() as batch:
        batch.execute("UPDATE image_hashes SET swept = 1")
        batch.execute("DELETE FROM media_match")
    monkeypatch.setattr("triage.jobs.sweeping.sweep._store_matches", lambda *_: pytest.fail("was asked"))
    assert run_sweep(session).pictures == 2
    with session.reading() as db:
        assert media.count_unswept_images(db) == 0


def test_it_tells_which_reports_hold_what_it_found(session: Session, tmp_path: Path) -> None:
    for number, luma in (("900000001", scene), ("900000002", mirrored_corner), ("900000003", stranger)):
        folder = bundle(tmp_path / number, **{number: luma})
        (folder / "r.json").write_bytes(le_json(int(number)))
        import_bundles(session, [folder], receipt=Receipt())
    with session.store.batch() as batch:
        batch.execute("UPDATE image_hashes SET swept = 0")
        batch.execute("DELETE FROM media_match")
        batch.execute("DELETE FROM possible_match")
    assert load_sweep_state(session).left == 3
    heard: list[frozenset[str]] = []
    run_sweep(session, on_found=heard.append)
    assert heard == [frozenset({"900000001", "900000002"})]
    assert load_sweep_state(session).left == 0


def not_decoded(*_: object) -> bytes:
    raise InputError("The file could not be decoded: took too long.")


def test_what_can_not_be_decoded_again_is_said_to_be_unchecked_until_it_was(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, luma in (("900000001", scene), ("900000002", uneven)):
        folder = bundle(tmp_path / number, **{number: luma})
        (folder / "r.json").write_bytes(le_json(int(number)))
        import_bundles(session, [folder], receipt=Receipt())
    why = "could not be decoded: took too long"

    def told() -> list[tuple[str, ...]]:
        return [tuple(map(str, load_report_view(session, number).files[0].not_checked)) for number in ("900000001", "900000002")]

    with monkeypatch.context() as patched:
        patched.setattr("triage.decode.client.MediaPool.decode_cells", not_decoded)
        result = run_sweep(session)
        assert (result.left, result.possible, result.unchecked) == (0, 0, {why: 2})
        assert told() == [(f"uneven crops: {why}",)] * 2
        (asked,) = match_files(session, [tmp_path / "900000002" / "900000002.jpg"])
        assert f"uneven crops: {why}" in [str(each) for each in asked.not_checked]
    assert run_sweep(session).pictures == 0, "not by itself: it would go round for ever"
    assert load_sweep_state(session).unchecked == {why: 2}
    again = run_sweep(session, again=True)
    assert (again.pictures, again.possible, again.unchecked) == (2, 1, {})
    assert told() == [(), ()]


def test_what_waits_for_the_sweep_says_so(session: Session, tmp_path: Path) -> None:
    folder = bundle(tmp_path / "a", **{"900000001": scene})
    (folder / "r.json").write_bytes(le_json(900000001))
    import_bundles(session, [folder], receipt=Receipt())
    with session.store.batch() as batch:
        batch.execute("UPDATE image_hashes SET swept = 0")
    assert load_report_view(session, "900000001").files[0].not_checked == (WAITS[0],)
    run_sweep(session)
    assert load_report_view(session, "900000001").files[0].not_checked == ()


def test_a_stop_ends_the_worker_and_keeps_nothing_of_what_it_said(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_bundles(session, [bundle(tmp_path / "a", one=scene)], receipt=Receipt())
    token = CancelToken()

    def stopped_meanwhile(pool: MediaPool, data: RangeReader) -> bytes:
        token.cancel()
        assert pool._watchdog._gave_up
        return not_decoded()

    monkeypatch.setattr("triage.decode.client.MediaPool.decode_cells", stopped_meanwhile)
    with pytest.raises(Cancelled):
        run_sweep(session, cancel=token)
    state = load_sweep_state(session)
    assert (state.left, state.unchecked) == (1, {})


def test_a_destruction_meanwhile_has_it_read_the_pictures_anew(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_bundles(session, [bundle(tmp_path / "a", one=scene, two=mirrored_corner)], receipt=Receipt())
    destroyed, read = iter((0, 1)), []

    def stored(db: Reader, *, whole: bool, cancel: CancelToken | None = None) -> StoredImages:
        read.append(load_frames_and_wholes(db, whole=whole, cancel=cancel))
        return read[-1]

    monkeypatch.setattr("triage.jobs.sweeping.sweep.load_frames_and_wholes", stored)
    monkeypatch.setattr("triage.jobs.matching.pictures.destruction.count_destructions", lambda _db: next(destroyed, 1))
    assert run_sweep(session).left == 0
    assert len(read) == 2
    assert pairs(session) == 1
