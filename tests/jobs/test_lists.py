"""Hash lists against reports, either way round: what they say, where they disagree, and that nothing of a bad list stays."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.hashing.scenes import landscape
from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import OpenCopy
from tests.jobs.plain import to_plain
from triage import limits
from triage.errors import InputError, NotFound, Refused
from triage.hashing.perceptual import hash_plane
from triage.jobs.intake.import_bundles import Receipt, import_bundles
from triage.jobs.lists.list_reading import read_example
from triage.jobs.lists.lists import add_list, list_hash_lists, list_hits, remove_list
from triage.jobs.matching.list_matcher import COMPARED_KINDS
from triage.jobs.reading.match_files import match_files
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.jobs.sweeping.sweep import run_sweep
from triage.message import Message, join, to_data
from triage.model.digest_kinds import DIGEST_KINDS
from triage.model.list_summary import ListSummary
from triage.model.progress import CancelToken
from triage.model.users import Role, User
from triage.model.views import FileVerdict

NUMBER = "900000001"
PICTURE = jpeg(1)
MD5, SHA1, SHA256 = (hashlib.new(kind, PICTURE).hexdigest() for kind in ("md5", "sha1", "sha256"))
HEAD = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#"


def add(
    session: Session, folder: Path, data: bytes | str, name: str, kind: str = "known", profile: str | None = None
) -> ListSummary:
    file = folder / f"list-{name.replace(' ', '-')}"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return add_list(session, file, name=name, kind=kind, profile=profile)


def vics(*media: dict[str, object]) -> str:
    return json.dumps({"@odata.context": HEAD + "Media", "value": media})


def verdict(session: Session, number: str = NUMBER) -> FileVerdict:
    return load_report_view(session, number).files[0].verdict


@pytest.fixture
def stored(bundle_store: Path, open_copy: OpenCopy) -> Session:
    return open_copy(bundle_store)


def test_what_a_list_says_stands_in_the_verdict(stored: Session, tmp_path: Path) -> None:
    assert verdict(stored).known == "not checked"
    media = {"MediaID": 1, "MD5": MD5.upper(), "Category": 1, "Series": "Kites", "VictimIdentified": "true"}
    other = {
        "MediaID": 2,
        "MD5": "0" * 32,
        "PhotoDNA": "A" * 192,
        "AlternativeHashes": [{"HashName": "NetClean", "HashValue": "x"}],
    }
    summary = add(stored, tmp_path, vics(media, other), "national", profile="US")
    assert (summary.entries, summary.hash_kinds, summary.unmatched_kinds) == (2, {"md5": 2}, {"netclean": 1, "photodna": 1})
    assert "licence" in summary.unmatched_why["photodna"]
    assert summary.format == "VICS 2.0 US, media" and summary.unread == 0 and summary.notes == ()
    found = verdict(stored)
    assert (found.known, found.conflict, found.list_kinds) == ("exact", False, ("known",))
    assert "national" in str(found.why) and "child abuse material" in str(found.why)
    assert "series “Kites”" in str(found.why) and "victim identified" in str(found.why)
    assert list_hash_lists(stored) == (summary,)


@pytest.mark.parametrize("kind", COMPARED_KINDS)
def test_each_kind_that_is_called_compared_finds_the_file(stored: Session, tmp_path: Path, kind: str) -> None:
    """A list of a kind that nothing compares would make an unchecked file look checked."""
    value = getattr(load_report_view(stored, NUMBER).files[0], kind)
    summary = add(stored, tmp_path, f"{kind}\n{value}\n", "one")
    assert (summary.hash_kinds, summary.unmatched_kinds) == ({kind: 1}, {})
    found = verdict(stored)
    assert found.known == ("exact" if kind in DIGEST_KINDS else "near") and "one" in str(found.why)


def test_each_kind_that_is_called_compared_finds_a_file_that_comes_after_the_list(stored: Session, tmp_path: Path) -> None:
    """The two ways are two searches: a kind that only one of them knows leaves files unchecked."""
    later = jpeg(2)
    digests = {kind: hashlib.new(kind, later).digest() for kind in DIGEST_KINDS}
    plane = np.asarray(Image.open(io.BytesIO(later)).convert("L"))
    hashes = hash_plane(plane, plane.shape)
    for kind in COMPARED_KINDS:
        add(stored, tmp_path, f"{kind}\n{(digests.get(kind) or getattr(hashes, kind)).hex()}\n", kind)
    (tmp_path / "more").mkdir()
    (tmp_path / "more/901.json").write_bytes(le_json(900000901))
    (tmp_path / "more/900000901.jpg").write_bytes(later)
    import_bundles(stored, [tmp_path / "more"], receipt=Receipt())
    assert [kind for kind in COMPARED_KINDS if not list_hits(stored, kind)] == []


@pytest.mark.parametrize(
    ("category", "profile", "kind"),
    [
        (0, "US", "negative"),
        (4, "US", "negative"),
        (5, "US", "known"),
        (None, "US", "known"),
        (0, None, "known"),
        (5, "DHS", "negative"),
    ],
)
def test_a_category_means_what_the_profile_says(
    stored: Session, tmp_path: Path, category: int | None, profile: str | None, kind: str
) -> None:
    add(stored, tmp_path, vics({"MD5": MD5, "Category": category}), "one", profile=profile)
    assert verdict(stored).list_kinds == (kind,)


def test_a_file_that_follows_another_scheme_is_noted(stored: Session, tmp_path: Path) -> None:
    data = vics({"MD5": MD5, "Category": 0})
    assert "follow US; no profile" in add(stored, tmp_path, data, "a").notes[0]
    assert "follow US; they are read as UK" in add(stored, tmp_path, data, "b", profile="UK").notes[0]


def test_lists_that_disagree_are_both_told(stored: Session, tmp_path: Path) -> None:
    add(stored, tmp_path, f"MD5\n{MD5}\n", "national")
    add(stored, tmp_path, f"SHA256\n{SHA256}\n", "software", kind="known-good")
    found = verdict(stored)
    assert found.conflict and found.known == "exact"
    assert "national" in str(found.why) and "software" in str(found.why) and "disagree" in str(found.why)
    within = vics({"MediaID": 1, "MD5": MD5, "Category": 1}, {"MediaID": 2, "MD5": MD5, "Category": 0})
    for name in ("national", "software"):
        remove_list(stored, name)
    assert not verdict(stored).conflict
    add(stored, tmp_path, within, "one list", profile="US")
    assert verdict(stored).conflict


def test_the_first_of_two_entries_with_one_id_counts(stored: Session, tmp_path: Path) -> None:
    twice = vics({"MediaID": 1, "MD5": MD5, "Category": 1}, {"MediaID": "1", "MD5": MD5, "Category": 0})
    add(stored, tmp_path, twice, "twice", profile="US")
    found = verdict(stored)
    assert not found.conflict and "non-pertinent" not in str(found.why)


def test_a_device_is_matched_both_ways(session: Session, bundle: Path, tmp_path: Path) -> None:
    device = vics(
        {"MediaID": 1, "MD5": MD5, "SHA1": SHA1, "MediaFiles": [{"FilePath": "E:\\a.jpg"}, {"FilePath": "E:\\copy of a.jpg"}]},
        {"MediaID": 2, "MD5": "0" * 32, "MediaFiles": [{"FilePath": "E:\\unknown.jpg"}]},
        {"MediaID": 3, "MD5": "1" * 32, "MediaFiles": [{"FilePath": "E:\\declared.jpg"}]},
    )
    add(session, tmp_path, device, "before", kind="case")
    import_bundles(session, [bundle], receipt=Receipt())
    loose, declared = tmp_path / "loose.jpg", tmp_path / "declared" / "r.json"
    loose.write_bytes(PICTURE)
    declared.parent.mkdir()
    document = json.loads(le_json(900000002))
    document["reportedInformation"]["uploadedFiles"]["uploadedFiles"] = [{"filename": "d.jpg", "verificationHash": "1" * 32}]
    declared.write_text(json.dumps(document))
    import_bundles(session, [loose, declared], receipt=Receipt())
    add(session, tmp_path, device, "after", kind="case")
    before, after = list_hits(session, "before"), list_hits(session, "after")
    assert tuple(replace(hit, list="after") for hit in before) == after
    assert [(h.report_id, Path(h.file).name, h.path, h.hash_kind, h.value, h.tier, h.declared) for h in after] == [
        (NUMBER, "a.jpg", "E:\\a.jpg", "sha1", SHA1, "exact", False),
        (NUMBER, "a.jpg", "E:\\copy of a.jpg", "sha1", SHA1, "exact", False),
        ("900000002", "d.jpg", "E:\\declared.jpg", "md5", "1" * 32, "exact", True),
        (None, "loose.jpg", "E:\\a.jpg", "sha1", SHA1, "exact", False),
        (None, "loose.jpg", "E:\\copy of a.jpg", "sha1", SHA1, "exact", False),
    ]
    assert "on a seized device" in load_report_view(session, NUMBER).score.flags
    assert verdict(session).list_kinds == ("case",)


@pytest.mark.parametrize("extra", [0, 30])
def test_like_pictures_of_a_device(stored: Session, tmp_path: Path, extra: int) -> None:
    """With fewer hashes than the store has pictures, and with more."""
    pdq = load_report_view(stored, NUMBER).files[0].pdq
    assert pdq is not None
    near = (int(pdq, 16) ^ 0b1011).to_bytes(32, "big").hex()
    others = "".join(f"{hashlib.sha256(b'%d' % n).hexdigest()},E:\\{n}.jpg\n" for n in range(extra))
    add(stored, tmp_path, f"PDQ,Path\n{near},E:\\small.jpg\n{others}", "device", kind="case")
    (hit,) = list_hits(stored, "device")
    assert (hit.path, hit.hash_kind, hit.value, hit.report_id, hit.file, hit.tier, hit.distance) == (
        "E:\\small.jpg",
        "pdq",
        near,
        NUMBER,
        "a.jpg",
        "near",
        3,
    )
    found = verdict(stored)
    assert found.known == "near" and "distance 3" in str(found.why)
    assert "on a seized device" in load_report_view(stored, NUMBER).score.flags


@pytest.mark.parametrize("late", [False, True])
def test_a_faint_copy_of_a_listed_picture_is_only_possible(stored: Session, tmp_path: Path, late: bool) -> None:
    """Whether the list came first or the picture, and when asked for by itself."""
    scene = landscape(450, 600, 3)
    picture = tmp_path / "faint" / "faint.png"
    picture.parent.mkdir()
    Image.fromarray((scene * 0.2 + 60).astype(np.uint8)).save(picture)
    steps = [
        lambda: add(stored, tmp_path, f"PDQ\n{hash_plane(scene, scene.shape).pdq.hex()}\n", "national"),
        lambda: import_bundles(stored, [picture.parent], receipt=Receipt()),
    ]
    for step in reversed(steps) if late else steps:
        step()
    assert [hit.tier for hit in list_hits(stored, "national")] == ["possible"]
    (told,) = match_files(stored, [picture])
    assert [near.tier for near in told.near if near.lists] == ["possible"]


@pytest.mark.parametrize(("changes", "bits", "tier"), [(900, 15, "near"), (900, 16, "possible"), (0, 31, "near")])
@pytest.mark.parametrize("extra", [0, 30])
def test_a_picture_of_few_gradient_changes_must_be_nearer_to_a_list(
    stored: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: int, bits: int, tier: str, extra: int
) -> None:
    """Since most strangers that are like one another are such; whichever side asks, and for a file outside the store too."""
    monkeypatch.setattr(limits, "LIST_GRADIENT_CHANGES", changes)
    pdq = load_report_view(stored, NUMBER).files[0].pdq
    assert pdq is not None
    near = (int(pdq, 16) ^ ((1 << bits) - 1)).to_bytes(32, "big").hex()
    others = "".join(f"{hashlib.sha256(b'%d' % n).hexdigest()},E:\\{n}.jpg\n" for n in range(extra))
    add(stored, tmp_path, f"PDQ,Path\n{near},E:\\small.jpg\n{others}", "device", kind="case")
    (hit,) = list_hits(stored, "device")
    assert (hit.tier, hit.distance) == (tier, bits)
    assert ("needs confirmation" in str(verdict(stored).why)) is (tier == "possible")
    loose = tmp_path / "again.jpg"
    loose.write_bytes(PICTURE)
    (outside,) = match_files(stored, [loose])
    assert {way.tier for way in outside.near if way.lists} == {"match" if tier == "near" else "possible"}


def test_cards_do_not_depend_on_whether_the_list_or_the_report_came_first(tmp_path: Path, bundle: Path) -> None:
    from tests.jobs.conftest import CHEAP
    from triage.store.store import Store

    made = []
    lists = [
        ("national", "known", f"MD5\n{MD5}\n"),
        ("device", "case", f"MD5,Path\n{MD5},E:\\a.jpg\n"),
        ("os", "known-good", SHA1),
    ]
    for order in ("lists", "reports"):
        with Session(Store.create(tmp_path / order, "first", "seven green boats", cost=CHEAP).store) as session:
            if order == "reports":
                import_bundles(session, [bundle], receipt=Receipt())
            for name, kind, data in lists if order == "lists" else reversed(lists):
                add(session, tmp_path, data, name, kind=kind)
            if order == "lists":
                import_bundles(session, [bundle], receipt=Receipt())
            made.append(to_plain(load_report_view(session, NUMBER).score))
    assert made[0] == made[1]


def test_taking_a_list_out_takes_back_all_it_said(stored: Session, tmp_path: Path) -> None:
    before = load_report_view(stored, NUMBER)
    for kind in ("known", "known-good", "negative", "case"):
        add(stored, tmp_path, f"MD5\n{MD5}\n", kind, kind=kind)
        assert load_report_view(stored, NUMBER).score != before.score
        remove_list(stored, kind)
        after = load_report_view(stored, NUMBER)
        assert (after.score, after.files) == (before.score, before.files)
    with pytest.raises(NotFound):
        list_hits(stored, "known")


def test_a_list_comes_in_whole_or_not_at_all(stored: Session, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        add(stored, tmp_path, vics({"MD5": MD5})[:-2], "cut")
    with pytest.raises(InputError):
        add(stored, tmp_path, "nothing\nof\nuse\n", "none")
    with pytest.raises(Refused, match="profile"):
        add(stored, tmp_path, f"MD5\n{MD5}\n", "x", profile="XX")
    assert list_hash_lists(stored) == ()
    with stored.reading() as db:
        assert [db.value(f"SELECT count(*) FROM {table}") for table in ("hash_list", "list_entry", "list_hash")] == [0, 0, 0]
    add(stored, tmp_path, f"MD5\n{MD5}\n", "x")
    with pytest.raises(Refused, match="already"):
        add(stored, tmp_path, f"MD5\n{MD5}\n", "x")


def test_what_could_not_be_read_is_told_and_kept_told(stored: Session, tmp_path: Path) -> None:
    summary = add(stored, tmp_path, f"MD5,Colour\n{MD5},red\nxyz,blue\n", "some")
    assert (summary.entries, summary.unread) == (1, 1)
    assert [str(each) for each in summary.unread_examples] == ["line 3: no md5 of 32 hexadecimal digits"]
    assert summary.notes == ("Columns that are not used: Colour.",)
    assert list_hash_lists(stored)[0].unread == 1


def test_who_may_ask(stored: Session) -> None:
    stored.store.user = User(1, "first", frozenset({Role.AUDITOR}))
    with pytest.raises(Refused):
        list_hits(stored, "any")


def test_a_complaint_is_tied_to_the_tip_on_the_same_account_and_phone(stored: Session, tmp_path: Path) -> None:
    complaint = {
        "complaintNumber": "17/2026",
        "channel": "helpline 1799",
        "received": "2026-10-02T09:30:00+05:00",
        "child": {"age": 13},
        "reportedAccounts": [{"username": "kite_flyer", "phone": "0300 0000123"}],
    }
    (tmp_path / "complaint.json").write_text(json.dumps(complaint))
    cases = "case number,kind,value\n12/2026,phone,0300 0000123\n13/2026,email,nobody@mail.example.invalid\n"
    (tmp_path / "cases.csv").write_text(cases)
    result = import_bundles(stored, [tmp_path / "complaint.json", tmp_path / "cases.csv"], receipt=Receipt())
    assert result.reports.new == 3 and not result.quarantined
    links = {(link.report_id, link.via, link.value) for link in load_report_view(stored, NUMBER).links}
    assert {number for number, _, _ in links} == {"C-17-2026", "K-12-2026"}
    assert {via for number, via, _ in links if number == "C-17-2026"} == {"phone", "handle"}
    assert ("K-12-2026", "phone", "+923000000123") in links
    assert {link.report_id for link in load_report_view(stored, "C-17-2026").links} == {NUMBER, "K-12-2026"}
    assert load_report_view(stored, "C-17-2026").people[0].role == "victim"


def test_a_complaint_is_tied_to_the_tip_that_declares_the_same_file(session: Session, tmp_path: Path) -> None:
    tip = json.loads(le_json(900000003))
    tip["reportedInformation"]["uploadedFiles"]["uploadedFiles"] = [{"filename": "d.jpg", "verificationHash": MD5}]
    (tmp_path / "tip.json").write_text(json.dumps(tip))
    (tmp_path / "complaints.csv").write_text(f"complaint number,file name,file md5\n18/2026,x.jpg,{MD5.upper()}\n")
    import_bundles(session, [tmp_path / "tip.json", tmp_path / "complaints.csv"], receipt=Receipt())
    assert [(link.report_id, link.via) for link in load_report_view(session, "900000003").links] == [("C-18-2026", "file")]


class _After(CancelToken):
    """Stops when it was asked for the n-th time."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self._times = times

    def check(self) -> None:
        self._times -= 1
        if self._times < 0:
            self.cancel()
        super().check()


def meetings(session: Session) -> list[tuple[object, ...]]:
    with session.reading() as db:
        return sorted(
            db.all("SELECT value, media_item_id, distance, crop_window, orientation, time_ms, possible FROM list_match")
        )


def write(session: Session, sql: str) -> None:
    with session.store.batch() as batch:
        batch.execute(sql)


@pytest.mark.parametrize("extra", [0, 300])
def test_a_list_finds_the_same_whichever_side_is_looked_up(stored: Session, tmp_path: Path, extra: int) -> None:
    """A new list is compared with the whole store at once, and an image of the sweep with all lists."""
    folder = tmp_path / "more"
    folder.mkdir()
    for n in range(5):
        (folder / f"{n}.jpg").write_bytes(jpeg(1, quality=60 + n))
    import_bundles(stored, [folder], receipt=Receipt())
    pdq = int(load_report_view(stored, NUMBER).files[0].pdq or "", 16)
    others = [hashlib.sha256(b"%d" % n).hexdigest() for n in range(extra)]
    hashes = [(pdq ^ 7 << 40 * n).to_bytes(32, "big").hex() for n in range(6)] + others
    add(stored, tmp_path, "PDQ\n" + "".join(f"{each}\n" for each in hashes), "national")
    found, known = meetings(stored), verdict(stored)
    assert len(found) == 36 and known.known == "near"
    write(stored, "DELETE FROM list_match")
    write(stored, "UPDATE image_hashes SET swept = 0")
    run_sweep(stored)
    assert meetings(stored) == found and verdict(stored) == known


def test_a_remark_of_an_older_store_is_read() -> None:
    assert str(read_example("line 3: no hash")) == "line 3: no hash"
    said = join(Message("line {n}", n=3), Message("no hash"), by=": ")
    assert read_example(to_data(said)) == said
