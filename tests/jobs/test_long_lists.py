"""Long lists: taken in step by step they find the same as short ones, go on after a kill, and have no effect before their end."""

from __future__ import annotations

import hashlib
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hashing.clips import RATE, film
from tests.hashing.scenes import landscape
from tests.jobs.bundles import REPORT, jpeg
from tests.jobs.test_videos import DRAWN, ORIGINAL, STILL
from triage import limits
from triage.errors import Cancelled, InputError, Refused
from triage.hashing.orientations import orient_pdq
from triage.hashing.perceptual import hash_plane
from triage.hashing.video_frames import decode_frames
from triage.hashing.window_codec import decode_windows, encode_whole
from triage.importers.lists import plain_rows
from triage.importers.lists.list_items import ListItem, split_items
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.lists import long_import, long_list
from triage.jobs.lists.lists import add_list, list_hash_lists, list_hits, remove_list
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.progress import CancelToken
from triage.store.batch import Batch
from triage.store.queries import audit_log, gallery, list_blocks, list_matches, media, videos
from triage.store.queries import lists as lists_sql


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes every list a long one, of small runs, parts, steps and blocks."""
    monkeypatch.setattr(limits, "LONG_LIST", 0)
    monkeypatch.setattr(plain_rows, "_CHUNK", 1_000)
    monkeypatch.setattr(long_list, "RUN", 50)
    monkeypatch.setattr(long_list, "_PART", 160)
    monkeypatch.setattr(long_list, "_STEP", 40)
    monkeypatch.setattr(long_list, "BLOCK", 200)


def digest(kind: str, n: int) -> str:
    return hashlib.new(kind, b"%d" % n).hexdigest()


def write_table(path: Path, rows: int) -> Path:
    """Writes a table in which some digests stand several times, with the same or another category."""
    lines = [f"{digest('md5', n % 150)},{digest('sha1', n)},{n % 3}" for n in range(rows)]
    path.write_text("\n".join(["MD5,SHA-1,Category", *lines]) + "\n")
    return path


def list_kinds(session: Session) -> list[str]:
    with session.reading() as db:
        return audit_log.list_kinds(db, 0)


def load_digests(session: Session) -> list[tuple[str, bytes, str | None]]:
    """Returns all (kind, digest, category) that stand in blocks or rows, in order."""
    with session.reading() as db:
        found = [
            (kind, block[n], block.get_entry(n))
            for (list_id,) in db.all("SELECT id FROM hash_list")
            for kind in list_blocks.WIDTHS
            for block in list_blocks.iter_blocks(db, list_id, kind)
            for n in range(len(block))
        ] + [(kind, value, entry) for kind, value, entry in db.all("SELECT hash_kind, value, entry_id FROM list_hash")]
        said = dict(db.all("SELECT id, category FROM list_entry"))
    return sorted((kind, value, said[entry]) for kind, value, entry in found)


def test_a_long_list_holds_what_a_short_one_holds(session: Session, tmp_path: Path, long: None) -> None:
    path = write_table(tmp_path / "table", 400)
    summary = add_list(session, path, name="long", kind="known-good", profile=None)
    assert (summary.entries, summary.hash_kinds) == (400, {"md5": 150, "sha1": 400})
    expected = {
        (kind, bytes.fromhex(digest(kind, n % 150 if kind == "md5" else n)), str(n % 3))
        for n in range(400)
        for kind in ("md5", "sha1")
    }
    assert load_digests(session) == sorted(expected)
    assert [kind for kind in list_kinds(session) if kind.startswith("list")] == ["list begun", "list added"]
    with session.reading() as db:
        assert db.value("SELECT count(*) FROM list_run") == 0
        rng = random.Random(1)
        asked = sorted({bytes.fromhex(digest("md5", rng.randrange(300))) for _ in range(200)})
        told = lists_sql.find_entries(db, "md5", asked)
    assert {(row.value, row.category) for row in told} == {(v, c) for k, v, c in expected if k == "md5" and v in set(asked)}


def test_a_digest_of_many_entries_is_found_across_blocks(session: Session, tmp_path: Path, long: None) -> None:
    same = digest("md5", 1)
    lines = [f"{same},E:\\{n}.jpg" for n in range(60)] + [f"{digest('md5', n)},E:\\x.jpg" for n in range(2, 90)]
    (tmp_path / "table").write_text("\n".join(["MD5,Path", *lines]))
    add_list(session, tmp_path / "table", name="long", kind="case", profile=None)
    with session.reading() as db:
        asked = sorted(bytes.fromhex(digest("md5", n)) for n in range(100))
        found = [value for value, _ in list_blocks.find_digests(db, 1, "md5", asked)]
    assert found.count(bytes.fromhex(same)) == 60 and len(set(found)) == 89


class Killed(BaseException):
    """Stands for kill -9: no handler of the product catches it."""


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Kills the program at the end of its n-th batch, just before it is committed."""
    after, finish = [0], Batch.finish

    def stop(batch: Batch) -> object:
        """Raises when the time has come."""
        after[0] -= 1
        if after[0] == 0:
            raise Killed
        return finish(batch)

    monkeypatch.setattr(Batch, "finish", stop)
    yield after
    after[0] = 0


def test_a_killed_import_goes_on_where_it_stopped(session: Session, tmp_path: Path, long: None, killed: list[int]) -> None:
    """At each of its steps; nothing is missing, nothing stands twice."""
    path = write_table(tmp_path / "table", 400)
    add_list(session, path, name="whole", kind="known-good", profile=None)
    expected = load_digests(session)
    remove_list(session, "whole")
    assert load_digests(session) == []
    kills, read = 0, 0
    while True:
        killed[0] = kills % 6 + 2
        try:
            summary = add_list(session, path, name="long", kind="known-good", profile=None)
        except Killed:
            kills += 1
            with session.reading() as db:
                row = lists_sql.find_unfinished_list(db, "long")
                assert row is not None and lists_sql.find_entries(db, "md5", [bytes.fromhex(digest("md5", 1))]) == []
                state = list_blocks.load_unfinished(db, row.id)
            assert state is not None and int(str(state["entries"])) >= read
            read = int(str(state["entries"]))
        else:
            break
    killed[0] = 0
    assert kills > 5 and read == 400
    assert load_digests(session) == expected
    assert (summary.entries, summary.hash_kinds) == (400, {"md5": 150, "sha1": 400})


def test_an_unfinished_list_is_told_refuses_another_file_and_can_be_removed(session: Session, tmp_path: Path, long: None) -> None:
    path, token = write_table(tmp_path / "table", 400), CancelToken()
    with pytest.raises(Cancelled):
        add_list(
            session,
            path,
            name="long",
            kind="known",
            profile=None,
            cancel=token,
            on_progress=lambda p: p.unit == "hashes" and token.cancel(),
        )
    (told,) = list_hash_lists(session)
    assert told.unfinished and "no effect" in told.notes[-1]
    with session.store.batch() as batch:
        batch.execute("INSERT INTO list_hash SELECT 'pdq', x'01', list_id, id FROM list_entry LIMIT 1")
        assert list_matches.list_lists_with_hash(batch, b"\1") == [], "not even by name"
        batch.note("hash stored")
    with pytest.raises(Refused, match="another file"):
        add_list(session, write_table(tmp_path / "other", 9), name="long", kind="known", profile=None)
    remove_list(session, "long")
    assert list_hash_lists(session) == () and load_digests(session) == []


def test_a_long_file_that_is_damaged_leaves_nothing(session: Session, tmp_path: Path, long: None) -> None:
    path = write_table(tmp_path / "table", 400)
    path.write_bytes(path.read_bytes() + b"\0\n")
    with pytest.raises(InputError):
        add_list(session, path, name="long", kind="known", profile=None)
    with session.reading() as db:
        tables = ("hash_list", "list_entry", "list_run", "list_block", "list_hash")
        assert [db.value(f"SELECT count(*) FROM {table}") for table in tables] == [0] * 5


def test_a_damaged_file_takes_nothing_back_that_another_program_finished(
    session: Session, tmp_path: Path, long: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finish_elsewhere(work: long_import._LongImport, *_: object) -> None:
        """Lets another program finish the list, and then finds the file damaged here."""
        with session.store.batch() as batch:
            list_blocks.save_unfinished(batch, work._list_id, None)
            batch.note("list added")
        raise InputError("The hash list is not a text file.")

    monkeypatch.setattr(long_import._LongImport, "read", finish_elsewhere)
    with pytest.raises(Refused, match="another program"):
        add_list(session, write_table(tmp_path / "table", 9), name="long", kind="known-good", profile=None)
    assert [each.unfinished for each in list_hash_lists(session)] == [False]


# -- recall ----------------------------------------------------------------------------------------------------------------

PICTURES = {f"picture{n}.jpg": jpeg(n) for n in range(3)}
MEDIA = {**PICTURES, "still.jpg": STILL, "one.mp4": ORIGINAL, "two.mp4": film([plane[::-1] for plane in DRAWN])}


def write_golden_list(path: Path) -> set[tuple[str, str, str]]:
    """Writes a list of exact digests of all kinds and of perceptual hashes, of images and videos, among strangers.

    Returns (file, hash kind, hash) of each entry that has to be found: it is compared by brute force here, digest by digest.
    """
    lines: list[tuple[str, str]] = []
    for n, data in enumerate(MEDIA.values()):
        lines += [(kind, hashlib.new(kind, data).hexdigest()) for kind in ("md5", "sha1", "sha256")[: 1 + n % 3]]
    for n, plane in enumerate((DRAWN[RATE], DRAWN[RATE * 2])):
        near = int.from_bytes(hash_plane(plane, plane.shape).pdq, "big") ^ (0b101 << 40 * n)
        lines.append(("pdq", near.to_bytes(32, "big").hex()))
    lines += [("pdq", hash_plane(scene, scene.shape).pdq.hex()) for scene in (landscape(300, 400, n) for n in range(50, 54))]
    lines += [(kind, digest(kind, n)) for n in range(40) for kind in ("md5", "sha1", "sha256")]
    random.Random(3).shuffle(lines)
    path.write_text("\n".join(["Hash type,Hash", *(f"{kind},{value}" for kind, value in lines)]))
    digests = {
        (name, kind, hashlib.new(kind, data).hexdigest()) for name, data in MEDIA.items() for kind in ("md5", "sha1", "sha256")
    }
    return {each for each in digests if each[1:] in set(lines)}


def find_near_by_brute_force(session: Session, path: Path) -> set[tuple[str, str]]:
    """Returns (file, PDQ hash) of each near match: each hash of the list against each frame and image in all orientations."""
    with session.reading() as db:
        names = dict(db.all("SELECT media_item_id, name FROM file"))
        stored = [
            (names[i], frame.pdq) for block in videos.iter_frame_blocks(db) for i, blob in block for frame in decode_frames(blob)
        ]
        for block in media.iter_window_blocks(db, range(101)):
            stored += [(names[i], decode_windows(kept or encode_whole(pdq))[0].pdq) for i, pdq, kept in block]
    listed = [line.split(",")[1] for line in path.read_text().splitlines() if line.startswith("pdq,")]
    return {
        (name, value)
        for value in listed
        for name, pdq in stored
        if min((int(value, 16) ^ int.from_bytes(turned, "big")).bit_count() for turned in orient_pdq(pdq)) <= limits.MATCH_RADIUS
    }


def load_golden_hits(session: Session, path: Path) -> tuple[set[tuple[str, str, str]], set[tuple[str, str]]]:
    """Takes the list in; returns what it finds: (file, kind, digest), and (file, PDQ hash)."""
    add_list(session, path, name="golden", kind="known", profile=None)
    with session.reading() as db:
        (row,) = lists_sql.load_lists(db)
        exact = {(found.name, found.hash_kind, found.value.hex()) for found in lists_sql.iter_exact_matches(db, row.id)}
        names = dict(db.all("SELECT media_item_id, name FROM file"))
        near = {(names[medium_id], met.value.hex()) for medium_id, met in list_matches.load_matches_of_list(db, row.id)}
    assert {hit.file for hit in list_hits(session, "golden")} == {name for name, *_ in (*exact, *near)}
    return exact, near


def import_golden_media(session: Session, folder: Path) -> None:
    """Imports a report with the images and videos."""
    folder.mkdir()
    (folder / "report.xml").write_text(REPORT)
    for name, data in MEDIA.items():
        (folder / name).write_bytes(data)
    import_bundles(session, [folder], receipt=Receipt())


def test_a_mixed_list_finds_all_that_brute_force_finds(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Images and videos, by digests of all kinds and by perceptual hashes, in both forms of a list.

    Then the rows of videos are dropped, as a known program did once it had a list of videos: the comparison has to notice.
    """
    path = tmp_path / "golden.csv"
    exact = write_golden_list(path)
    import_golden_media(session, tmp_path / "in")
    near = find_near_by_brute_force(session, path)
    assert {name for name, *_ in exact} == set(MEDIA) and {name for name, _ in near} >= {"still.jpg", "one.mp4"}
    assert load_golden_hits(session, path) == (exact, near)
    remove_list(session, "golden")
    request.getfixturevalue("long")
    assert load_golden_hits(session, path) == (exact, near)
    with session.reading() as db:
        held = {medium_id for medium_id, _ in gallery.iter_exact_list_matches(db, None)}
        names = dict(db.all("SELECT media_item_id, name FROM file"))
    assert {names[medium_id] for medium_id in held} == set(MEDIA)
    remove_list(session, "golden")
    monkeypatch.setattr("triage.store.queries.videos.iter_frame_blocks", lambda db: iter(()))
    with session.store.batch() as batch:
        batch.execute("DELETE FROM file_hash WHERE name LIKE '%.mp4'")
    monkeypatch.setattr("triage.jobs.lists.lists.assess", lambda *_: None)
    monkeypatch.setattr("triage.jobs.lists.hits.assess", lambda *_: None)
    found = load_golden_hits(session, path)
    videos_only = {"one.mp4", "two.mp4"}
    assert {name for name, *_ in exact - found[0]} == {name for name, _ in near - found[1]} == videos_only


def make_device_items(count: int, comment: str = "") -> Iterator[ListItem]:
    """Yields items as an export of a seized device states them."""
    for n in range(count):
        stated = (("media_id", str(n)), ("mime", "image/jpeg"), ("size", str(n)), ("updated", "2026-01-05T10:00:00Z"))
        hashes = (*((kind, bytes.fromhex(digest(kind, n))) for kind in ("md5", "sha1")), ("pdq", b"%032d" % n))
        yield ListItem(hashes, str(n % 5), (f"E:\\Pictures\\{n}.jpg",), (*stated, ("comments", f"{n} {comment}")))


def test_what_a_device_states_is_held_packed_and_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run was bounded by its number of items alone: 200,000 of a device took 470 MB, and nothing bounded what they say."""
    tracemalloc.start()
    writer = long_list.RunWriter(1)
    for part in split_items(make_device_items(1_000), ()):
        writer.add(part)
    del part
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held / 1_000 < 1_000, "bytes for each item"
    monkeypatch.setattr(long_list, "_RUN_BYTES", 100_000)
    wordy = long_list.RunWriter(1)
    parts = list(split_items(make_device_items(40, "kite" * 25_000), ()))
    assert not wordy.is_full()
    wordy.add(parts[0])
    assert wordy.is_full()


def test_a_part_of_a_list_is_bounded_by_what_its_items_say() -> None:
    items = list(make_device_items(100, "kite" * 100_000))
    parts = list(split_items(iter(items), ()))
    assert len(parts) > 5 and [item for part in parts for item in part.items] == items
    again = list(split_items(iter(items), parts[2].position))
    assert [item for part in again for item in part.items] == items[parts[2].position[0] :]
