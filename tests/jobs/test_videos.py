"""Films in the store: what an import, a sweep, `match` and `show` say of them."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
import simplejpeg

from tests.hashing.clips import RATE, clip, film, letterboxed
from tests.hashing.scenes import Plane
from tests.jobs.bundles import REPORT
from triage import limits
from triage.cli.near import describe_near_match
from triage.cli.show_text import print_report
from triage.decode.client import MediaPool
from triage.hashing.perceptual import compute_pdq
from triage.hashing.video_frames import FRAME_BYTES
from triage.jobs.codec import facts_from_bytes, facts_to_bytes
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.lists.lists import add_list
from triage.jobs.matching.groups import find_group
from triage.jobs.reading.match_files import match_files
from triage.jobs.reading.media import list_frame_times, reveal
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.pairs import reject_same
from triage.jobs.session import Session
from triage.jobs.sweeping.sweep import run_sweep
from triage.model.handover import Receipt
from triage.model.match_way import Orientation
from triage.model.media import RevealStep
from triage.model.views import ImportResult, QueueFilter, ShowFile
from triage.store.queries import media, videos

DRAWN = list(clip(1, 5))
OTHER = list(clip(2, 5))


def jpeg(luma: Plane) -> bytes:
    return simplejpeg.encode_jpeg(np.ascontiguousarray(np.repeat(luma[:, :, None], 3, axis=2)), 85)


ORIGINAL = film(DRAWN)
SMALLER = film([plane[::2, ::2] for plane in DRAWN], bits=150_000, gop=8)
BARRED = film(letterboxed(DRAWN), bits=300_000)
CUT = film(DRAWN[RATE + 2 : RATE * 3], bits=300_000)
MIRRORED = film([plane[:, ::-1] for plane in DRAWN])
STRANGER = film(OTHER)
STILL = jpeg(DRAWN[RATE * 2])


def import_files(session: Session, folder: Path, **files: bytes) -> ImportResult:
    """Imports one report with these files."""
    folder.mkdir(parents=True)
    (folder / "report.xml").write_text(REPORT)
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(data)
    return import_bundles(session, [folder], receipt=Receipt())


def load_files(session: Session) -> dict[str | None, ShowFile]:
    """Returns the files of the first report by name."""
    with session.reading() as db:
        (number,) = db.all("SELECT number FROM report")[0]
    return {file.name: file for file in load_report_view(session, number).files}


def relations(file: ShowFile, of: dict[str | None, ShowFile]) -> dict[str | None, str]:
    names = {each.sha256: name for name, each in of.items()}
    return {names[near.sha256]: near.film.relation for near in file.in_films if near.film}


@pytest.mark.parametrize("first", ["abz", "cde"])
def test_an_import_finds_copies_parts_and_stills_whichever_came_first(session: Session, tmp_path: Path, first: str) -> None:
    several = {"a_mp4": ORIGINAL, "b_mp4": SMALLER, "c_mp4": CUT, "d_jpg": STILL, "e_mp4": BARRED, "z_mp4": STRANGER}
    early = {key: data for key, data in several.items() if key[0] in first}
    late = {key: data for key, data in several.items() if key not in early}
    counts = [import_files(session, tmp_path / f"{n}" / "900000001", **files).media for n, files in enumerate((early, late))]
    assert sum(count.near_duplicate for count in counts) == 2
    files = load_files(session)
    assert relations(files["a.mp4"], files) == {"b.mp4": "same", "e.mp4": "same", "c.mp4": "holds", "d.jpg": "shows"}
    assert relations(files["c.mp4"], files)["a.mp4"] == "part"
    assert relations(files["d.jpg"], files)["e.mp4"] == "frame of"
    assert relations(files["z.mp4"], files) == {}
    assert all(like.quality == like.other_quality and like.quality for like in files["a.mp4"].alike), "their frames' lowest"
    barred = next(near for near in files["a.mp4"].in_films if near.sha256 == files["e.mp4"].sha256)
    assert barred.variant == "upright, inside the borders of the other"
    still = next(near for near in files["d.jpg"].in_films if near.sha256 == files["a.mp4"].sha256)
    assert still.film is not None
    assert still.film.at_ms is not None
    assert abs(still.film.at_ms - 2_000) <= 200
    assert (files["a.mp4"].group_size, files["c.mp4"].group, files["d.jpg"].group) == (3, None, None)


def test_match_says_both_shares_and_what_was_not_checked(session: Session, tmp_path: Path) -> None:
    import_files(session, tmp_path / "900000001", a_mp4=ORIGINAL, d_jpg=STILL)
    asked = tmp_path / "asked"
    asked.mkdir()
    dark = film([np.full((180, 320), 20, np.uint8)] * 10)
    for name, data in (
        ("m.mp4", MIRRORED),
        ("s.jpg", jpeg(DRAWN[30])),
        ("z.mp4", STRANGER),
        ("dark.mp4", dark),
        ("a.mp4", ORIGINAL),
    ):
        (asked / name).write_bytes(data)
    mirrored, still, stranger, black, same = match_files(
        session, sorted(asked.iterdir(), key=lambda path: "mszda".index(path.name[0]))
    )
    found = mirrored.near[0]
    assert (found.tier, found.hash, found.variant) == ("match", "pdq of frames", "mirrored")
    assert found.film is not None
    assert found.film.relation == "same"
    assert min(found.film.found, found.film.other_found or 0) >= 25
    assert "of them distinct" in describe_near_match(found)
    assert mirrored.near[1].film is not None
    assert mirrored.near[1].film.relation == "shows"
    assert [near.film.relation for near in still.near if near.film] == ["frame of"]
    assert "a video whose frame at" in describe_near_match(still.near[0])
    assert stranger.near == ()
    assert any("every frame of the video is low quality" in str(missing) for missing in black.not_checked)
    assert [str(each) for each in mirrored.not_checked] == ["hash lists: none is loaded"]
    assert [near.film.relation for near in same.near if near.film] == ["shows"]


@pytest.mark.parametrize("grave", [True, False])
def test_all_turns_are_asked_by_the_sweep_or_at_the_end_of_an_import_of_bands_a_and_b(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, grave: bool
) -> None:
    if not grave:
        monkeypatch.setattr("triage.jobs.intake.import_bundles.sweep_gravest", lambda *_: None)
    import_files(session, tmp_path / "a" / "900000001", a_mp4=ORIGINAL, d_jpg=jpeg(DRAWN[20][:, ::-1]))
    import_files(session, tmp_path / "b" / "900000001", m_mp4=MIRRORED)
    files = load_files(session)
    assert bool(relations(files["a.mp4"], files)) == grave
    done = run_sweep(session)
    assert (done.films, done.left) == (0 if grave else 2, 0)
    files = load_files(session)
    assert relations(files["a.mp4"], files) == {"m.mp4": "same", "d.jpg": "shows"}
    assert files["m.mp4"].in_films[0].way.orientation is Orientation.MIRRORED
    assert run_sweep(session).films == 0


def test_not_the_same_holds_and_destruction_takes_all(
    session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import_files(session, tmp_path / "900000001", a_mp4=ORIGINAL, b_mp4=SMALLER, d_jpg=STILL)
    files = load_files(session)
    with session.reading() as db:
        row = media.find_media_item(db, files["a.mp4"].sha256 or "")
        assert row is not None
        assert row.facts is not None
        stored = facts_from_bytes(row.facts)
        assert stored.film is not None
        assert stored.film.frames == b""
        assert len(videos.load_frames(db, row.id) or b"") == FRAME_BYTES * stored.film.count
        assert find_group(db, row.id) is not None
        (number,) = db.all("SELECT number FROM report")[0]
    print_report(load_report_view(session, number))
    told = capsys.readouterr().out
    assert "frames compared," in told
    assert "largely the same video" in told
    reject_same(session, files["a.mp4"].sha256 or "", files["b.mp4"].sha256 or "")
    reject_same(session, files["a.mp4"].sha256 or "", files["d.jpg"].sha256 or "")
    run_sweep(session)
    assert load_files(session)["a.mp4"].in_films == ()
    with session.store.batch() as batch:
        batch.execute("DELETE FROM media_match")
        batch.execute("DELETE FROM file")
        batch.execute("DELETE FROM media_item")
        assert [batch.value(f"SELECT count(*) FROM {table}") for table in ("video", "video_match", "frame_match")] == [0, 0, 0]


def test_one_frame_is_opened_alone_and_its_time_is_recorded(session: Session, tmp_path: Path) -> None:
    import_files(session, tmp_path / "900000001", a_mp4=ORIGINAL)
    (number,) = list_queue_rows(session, QueueFilter())
    (file,) = load_files(session).values()
    assert file.sha256 is not None and file.film is not None
    times = list_frame_times(session, file.sha256)
    assert len(times) == file.film.frames > 2
    with MediaPool(1) as pool:
        with reveal(session, number.report_id, file.sha256, RevealStep.BLURRED, pool, at_ms=times[2]) as view:
            frame = view.render()
            assert (frame.width, frame.height) == (320, 180), "one frame, not the sheet"
        with reveal(session, number.report_id, file.sha256, RevealStep.BLURRED, pool):
            pass
    with session.reading() as db:
        entries = [json.loads(text) for (text,) in db.all("SELECT json FROM audit_entry ORDER BY n")]
    told = [entry["about"].get("frame_at_ms") for entry in entries if entry["kind"] == "media revealed"]
    assert told == [times[2], None]
    assert list_frame_times(session, "ab" * 32) == ()


def test_facts_of_before_are_still_read() -> None:
    old = facts_from_bytes(msgspec.msgpack.encode({"mime": "video/mp4", "duration_ms": 5}))
    assert (old.film, old.duration_ms) == (None, 5)
    assert facts_from_bytes(facts_to_bytes(old)) == old


def test_what_is_listed_of_many_copies_is_bounded(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.limits.FILM_MATCHES", 1)
    import_files(session, tmp_path / "900000001", a_mp4=ORIGINAL, b_mp4=SMALLER, e_mp4=BARRED)
    counts = [file.film.crowd for file in load_files(session).values() if file.film]
    assert max(counts) == 2
    with session.reading() as db:
        assert db.value("SELECT count(*) FROM video_match") == 2


def test_of_a_film_that_goes_round_one_stands_for_all(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.limits.HUB_FROM", 2)
    copies = {f"{n}_mp4": film(DRAWN, bits=200_000 + 40_000 * n) for n in range(5)}
    assert import_files(session, tmp_path / "900000001", **copies).media.near_duplicate == 4
    with session.reading() as db:
        assert db.all("SELECT count(*) FROM video WHERE swept = 2") == [(3,)]
        assert db.value("SELECT count(*) FROM media_match") == 1 + 3
    assert {file.group_size for file in load_files(session).values() if file.film} == {5}
    assert run_sweep(session).left == 0
    with session.reading() as db:
        assert db.value("SELECT count(*) FROM video WHERE swept = 2") == 3
    asked = tmp_path / "x.mp4"
    asked.write_bytes(SMALLER)
    (result,) = match_files(session, [asked])
    assert [near.stands_for for near in result.near] == [5, 5]


@pytest.mark.parametrize("first", ["film", "list"])
def test_a_picture_of_a_list_is_told_as_a_frame_of_a_film_and_is_only_possible(
    session: Session, tmp_path: Path, first: str
) -> None:
    """The film came first, or the list."""
    known = measured_pdq(DRAWN[RATE * 2])
    listed = tmp_path / "listed.csv"
    listed.write_text(f"PDQ,Path\n{known.hex()},E:\\still.jpg\n")
    if first == "film":
        import_files(session, tmp_path / "900000001", a_mp4=ORIGINAL, z_mp4=STRANGER)
    add_list(session, listed, name="device", kind="case", profile=None)
    if first == "list":
        import_files(session, tmp_path / "900000001", a_mp4=ORIGINAL, z_mp4=STRANGER)
    files = load_files(session)
    (hit,) = (each for each in files["a.mp4"].verdict.matches if each.list == "device")
    assert hit.tier == "possible" and hit.quality is not None and hit.quality >= limits.MIN_PDQ_QUALITY, "of the frame"
    assert hit.variant.startswith("frame at 2.")
    assert files["a.mp4"].verdict.known == "possible"
    assert "A frame of it is a possible match with an image in device" in str(files["a.mp4"].verdict.why)
    assert files["z.mp4"].verdict.matches == ()
    asked = tmp_path / "asked.mp4"
    asked.write_bytes(MIRRORED)
    (result,) = match_files(session, [asked])
    (near,) = (each for each in result.near if each.lists)
    assert (near.tier, near.list_hash) == ("possible", known.hex())
    assert "mirrored" in near.variant and near.quality is not None


def measured_pdq(luma: Plane) -> bytes:
    return compute_pdq(luma, (luma.shape[0], luma.shape[1])).pdq
