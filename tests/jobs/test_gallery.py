"""The gallery's arrays say the same as the pages of reports, and arrange as a plain loop would."""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import MakeStore
from tests.jobs.test_match_pairs import flipped, import_images, make_hashes
from triage import limits
from triage.errors import NotFound
from triage.hashing.perceptual import hash_plane
from triage.jobs.casework.cases import open_case
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.lists.lists import add_list
from triage.jobs.matching.groups import find_group
from triage.jobs.matching.holding import hold_frequent_hashes
from triage.jobs.matching.pictures import StoredImages
from triage.jobs.reading import gallery_parts, gallery_reading
from triage.jobs.reading.gallery import arrange_gallery, load_cells, load_gallery, load_headings, read_states
from triage.jobs.reading.gallery_items import GalleryItems, GalleryOrder, Marks, Places, arrange
from triage.jobs.reading.gallery_stacks import find_stacks
from triage.jobs.reading.queue import list_queue_ids
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.grading import grade_file, inherit_grade
from triage.jobs.session import Session, now
from triage.jobs.state import account
from triage.model.gallery import (
    ANY_GRADE,
    KNOWN,
    NO_OFFICE,
    NO_WARNING,
    SEEN,
    UNCERTAIN,
    FileFacet,
    FileState,
    GalleryFilter,
    GalleryPart,
    GalleryScope,
    Grouping,
)
from triage.model.handover import Receipt
from triage.model.media import SEEN_FROM, RevealStep
from triage.model.users import Role, User
from triage.model.views import QueueFilter, ShowReport
from triage.store.database import Reader
from triage.store.queries import gallery, media, media_matches, private, reports
from triage.wellbeing import find_warnings

FIRST, NEAR, COPY, FAR = "900000701", "900000702", "900000703", "900000704"
WHOLE = GalleryScope()


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    """A report of four images and a text, a near copy, an exact copy, and another image."""

    def fill(session: Session, folder: Path) -> None:
        contents = {FIRST: [jpeg(seed) for seed in (31, 32, 33, 34)], NEAR: [jpeg(31, 60)], COPY: [jpeg(32)], FAR: [jpeg(35)]}
        for number, files in contents.items():
            (folder / number).mkdir()
            changes: dict[str, object] = {}
            if number == FIRST:
                changes["uploadedFiles"] = {
                    "uploadedFiles": [{"filename": f"{FIRST}-{at}.jpg", "annotations": ["infant"] * (at == 2)} for at in range(4)]
                }
            (folder / number / "r.json").write_bytes(le_json(int(number), **changes))
            for at, data in enumerate(files):
                (folder / number / f"{number}-{at}.jpg").write_bytes(data)
        (folder / FIRST / "note.bin").write_bytes(b"no picture at all")
        import_bundles(session, [folder], receipt=Receipt())

    return make_store(fill)


def sha(session: Session, number: str, at: int = 0) -> str:
    return [file.sha256 or "" for file in load_report_view(session, number).files if file.present][at]


def state_of(session: Session, items: GalleryItems, sha256: str) -> FileState:
    with session.reading() as db:
        medium_id = media.load_media_ids(db, [sha256])[sha256]
    return FileState(int(items.state[items.find([medium_id])[0]]))


def as_user(session: Session, user_id: int) -> None:
    session.store.user = User(user_id, f"user {user_id}", frozenset({Role.ANALYST}))


def view(session: Session, sha256: str, step: RevealStep, *, mine: bool = True) -> None:
    """Records a view as `reveal` does: in one's own account, and without a name for all."""
    with session.store.batch() as batch:
        medium_id = media.load_media_ids(batch, [sha256])[sha256]
        if step >= SEEN_FROM:
            private.note_seen(batch, medium_id)
        if mine:
            account.add_view(session, batch, step=step, medium=medium_id, began=now(), milliseconds=900, warnings=())
        batch.note("media revealed")


def everything_happens(session: Session, folder: Path) -> None:
    """Views by two people, grades of all kinds, a list with an exact and a near hit."""
    view(session, sha(session, FIRST), RevealStep.BLURRED)
    view(session, sha(session, FIRST, 1), RevealStep.EDGES)
    view(session, sha(session, FIRST, 2), RevealStep.COLOUR, mine=False)
    grade_file(session, FIRST, sha(session, FIRST, 2), "adult")
    grade_file(session, FAR, sha(session, FAR), "drawing or made by a machine", for_court=True)
    grade_file(session, FIRST, sha(session, FIRST), "adult")
    inherit_grade(session, NEAR, sha(session, NEAR), sha(session, FIRST))
    luma = np.asarray(__import__("simplejpeg").decode_jpeg(jpeg(33, 50), "GRAY")[:, :, 0])
    pdq = hash_plane(luma, luma.shape).pdq.hex()
    (folder / "near.csv").write_text(f"PDQ\n{pdq}\n")
    (folder / "exact.csv").write_text(f"MD5\n{hashlib.md5(jpeg(34)).hexdigest()}\n")
    add_list(session, folder / "near.csv", name="near list", kind="known", profile=None)
    add_list(session, folder / "exact.csv", name="exact list", kind="case", profile=None)


def test_the_state_is_by_content_and_as_the_report_says(filled: Session, tmp_path: Path) -> None:
    everything_happens(filled, tmp_path)
    items = load_gallery(filled, WHOLE)
    assert (len(items.media), items.files, items.reports) == (7, 8, 4)
    for number in (FIRST, NEAR, COPY, FAR):
        shown: ShowReport = load_report_view(filled, number)
        for file in (each for each in shown.files if each.present):
            state, verdict = state_of(filled, items, file.sha256 or ""), file.verdict
            assert bool(state & FileState.GRADED) == (verdict.grade is not None)
            assert bool(state & FileState.INHERITED) == bool(verdict.inherited_distance)
            assert bool(state & (FileState.WAITS | FileState.DISAGREE)) == (
                verdict.grade is None and verdict.grade_state is not None
            )
            assert {FileState.EXACT: "exact", FileState.NEAR: "near"}.get(state & KNOWN, "not known") == verdict.known
            assert bool(state & UNCERTAIN) == (verdict.known in ("possible", "held for review"))
            assert bool(state & FileState.WARNED) == bool(find_warnings(file, shown.annotations))
    assert state_of(filled, items, sha(filled, FIRST)) & SEEN == 0, "blurred is not seen"
    assert state_of(filled, items, sha(filled, COPY)) & SEEN == FileState.SEEN_BY_ME, "seen as the copy in the other report"
    assert state_of(filled, items, sha(filled, FIRST, 2)) & SEEN == FileState.SEEN_BY_OTHERS
    assert state_of(filled, items, sha(filled, FAR)) & FileState.MINE and state_of(filled, items, sha(filled, FAR)).done
    as_user(filled, 7)
    again = load_gallery(filled, WHOLE)
    assert not state_of(filled, again, sha(filled, FAR)).done, "it waits for this person"


def test_a_cell_says_what_the_arrays_say(filled: Session, tmp_path: Path) -> None:
    everything_happens(filled, tmp_path)
    items = load_gallery(filled, WHOLE)
    order = arrange_gallery(filled, items, GalleryFilter(), Grouping.REPORT)
    cells = load_cells(filled, list(zip(order.media.tolist(), order.report.tolist(), strict=True)))
    assert sorted(cells) == items.media.tolist()
    for at, medium_id in enumerate(items.media.tolist()):
        cell = cells[medium_id]
        assert int(cell.state) == items.state[at] & ~int(SEEN), cell
        shown = load_report_view(filled, cell.report_id)
        (file,) = [file for file in shown.files if file.sha256 == cell.sha256]
        assert (cell.known, cell.conflict, cell.grade) == (file.verdict.known, file.verdict.conflict, file.verdict.grade)
        assert cell.warnings == find_warnings(file, shown.annotations)
        assert cell.kind == ("image" if file.pdq else "other") and cell.name == file.name
        assert cell.preview is None or len(cell.preview) == 1024
    with filled.reading() as db:
        plan = db.all("EXPLAIN QUERY PLAN SELECT id FROM media_item WHERE pdq IS NOT NULL")
    assert "media_item_image" in plan[0][3], "kinds are told without opening rows"


def test_scopes(filled: Session, tmp_path: Path) -> None:
    everything_happens(filled, tmp_path)
    case = open_case(filled, [NEAR, FAR])

    def count(kind: str, name: str = "", wanted: QueueFilter | None = None) -> int:
        return len(load_gallery(filled, GalleryScope(kind, name, wanted)).media)  # type: ignore[arg-type]

    assert [count("store"), count("report", FIRST), count("report", COPY), count("case", case.number)] == [7, 5, 1, 2]
    assert count("case", f" {case.number.lower()}") == 2, "as every command takes the number of a case"
    assert count("like", sha(filled, FIRST)) == 2 == count("like", sha(filled, NEAR)) and count("like", sha(filled, FAR)) == 1
    assert count("list", "near list") == 1 == count("list", "exact list")
    assert count("queue", wanted=QueueFilter(search=FAR)) == 1 and count("queue", wanted=QueueFilter()) == 7
    for kind, name in (("report", "1"), ("case", "C-1"), ("list", "no"), ("like", "ab" * 32)):
        with pytest.raises(NotFound):
            count(kind, name)


@pytest.mark.parametrize("wanted", [QueueFilter(), QueueFilter(search=FAR), QueueFilter(search="nothing-like-it")])
def test_files_of_many_reports_are_the_same_when_all_files_are_looked_through(filled: Session, wanted: QueueFilter) -> None:
    """A statement with the ids of two million reports took 3.5 s and 200 MB."""
    found = load_gallery(filled, GalleryScope("queue", filter=wanted))
    ids = list_queue_ids(filled, wanted)
    with filled.reading() as db:
        expected = {(medium_id, report_id) for medium_id, report_id in gallery.iter_files_of_reports(db, ids)}
    assert set(zip(found.media[found.places.item].tolist(), found.places.report.tolist(), strict=True)) == expected


@pytest.mark.parametrize("at_once", [1, 5_000])
@pytest.mark.parametrize(("most_files", "most_reports"), [(1, 50), (3, 50), (4, 50), (5, 50), (50, 1), (50, 3)])
def test_the_parts_of_a_large_scope_hold_each_file_once_the_gravest_reports_first(
    filled: Session, monkeypatch: pytest.MonkeyPatch, most_files: int, most_reports: int, at_once: int
) -> None:
    """Reading all 200,000 files of a store took 2.3 s, those of three million would have taken half a minute and a gigabyte."""
    case = open_case(filled, [FIRST, NEAR, COPY, FAR])
    scopes = (WHOLE, GalleryScope("queue", filter=QueueFilter(search="9000007*")), GalleryScope("case", case.number))
    expected = [load_gallery(filled, scope) for scope in scopes]
    queue = list(list_queue_ids(filled, QueueFilter()))
    monkeypatch.setattr(gallery_parts, "MOST_FILES", most_files)
    monkeypatch.setattr(gallery_parts, "MOST_REPORTS", most_reports)
    monkeypatch.setattr(gallery_parts, "_AT_FIRST", at_once)
    monkeypatch.setattr(gallery, "has_more_files", lambda _db, _most: True)
    for scope, whole in zip(scopes, expected, strict=True):
        assert whole.part is None
        files: Counter[tuple[int, int]] = Counter()
        seen: list[int] = []
        while True:
            items = load_gallery(filled, scope)
            part = items.part
            assert part is not None and part.start == scope.start < part.stop <= part.total == len(queue)
            assert set(items.places.report.tolist()) <= set(queue[part.start : part.stop])
            assert items.files <= most_files or part.stop == part.start + 1
            assert part.stop - part.start <= most_reports
            for at, report, count in zip(items.places.item, items.places.report, items.places.files, strict=True):
                files[int(items.media[at]), int(report)] += int(count)
            seen += queue[part.start : part.stop]
            if part.stop == part.total:
                break
            scope = replace(scope, before=(*scope.before, part.stop))
        assert seen == queue
        assert files == {
            (int(whole.media[at]), int(report)): int(count)
            for at, report, count in zip(whole.places.item, whole.places.report, whole.places.files, strict=True)
        }


def test_a_store_with_few_files_is_shown_whole_and_a_place_behind_the_last_report_shows_nothing(
    filled: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_gallery(filled, WHOLE).part is None
    monkeypatch.setattr(gallery_parts, "MOST_FILES", 7)
    assert load_gallery(filled, WHOLE).part is not None, "it holds eight files"
    behind = load_gallery(filled, replace(WHOLE, before=(99,)))
    assert behind.part is not None and (behind.part.start, behind.part.stop, len(behind.media)) == (99, 99, 0)
    monkeypatch.setattr(gallery_parts, "MOST_FILES", 8)
    assert load_gallery(filled, WHOLE).part is None


def test_a_part_ends_where_reports_left_the_queue_while_it_was_read(filled: Session) -> None:
    """A colleague may close reports meanwhile: the list is shorter then than it was when it was counted."""
    queue = list(list_queue_ids(filled, QueueFilter()))
    order = gallery_parts.ReportOrder(len(queue) + 3, lambda start, stop: queue[start:stop])
    (media, reports), part = gallery_parts.read_part(filled, order, 0)
    assert part is None and len(media) == 8 and set(reports.tolist()) == set(queue)
    (media, reports), part = gallery_parts.read_part(filled, order, len(queue))
    assert part == GalleryPart(len(queue), len(queue), len(queue)) and len(media) == len(reports) == 0


def test_files_with_an_open_grade_are_found_wherever_they_lie(filled: Session, tmp_path: Path) -> None:
    everything_happens(filled, tmp_path)
    items, sha256 = load_gallery(filled, GalleryScope("waiting")), sha(filled, FAR)
    with filled.reading() as db:
        far = media.load_media_ids(db, [sha256])[sha256]
    assert items.media.tolist() == [far] and items.part is None
    assert int(items.state[0]) & FileState.WAITS


def test_a_cleared_persons_files_are_shown_by_number_only(filled: Session) -> None:
    with filled.store.batch() as batch:
        batch.execute(
            "INSERT INTO cleared (report_id, since, user_id, reason) VALUES ((SELECT id FROM report WHERE number = ?), '', 1, '')",
            (FAR,),
        )
        batch.note("thing done")
    assert len(load_gallery(filled, WHOLE).media) == 6
    assert len(load_gallery(filled, GalleryScope("report", FAR)).media) == 1


def test_stacks_are_the_groups_of_their_files(session: Session) -> None:
    """Hubs, stars, rejected pairs and held groups, against the group of each file alone."""
    dice, pictures = random.Random(5), StoredImages()
    origin, small = dice.randbytes(32), [dice.randbytes(32) for _ in range(12)]
    with session.store.batch() as batch:
        hashes = [make_hashes(flipped(origin, dice, 8), dice) for _ in range(limits.HUB_FROM + 30)]
        for each in small:
            hashes += [make_hashes(flipped(each, dice, dice.choice((6, 10, 14))), dice) for _ in range(dice.randint(1, 5))]
        ids = import_images(batch, pictures, hashes)
        batch.note("thing done")
    with session.store.batch() as batch:
        near = [(a, b) for a, b, _ in gallery.iter_matches(batch, None)]
        for a, b in dice.sample(near, 12):
            media_matches.reject_match(batch, a, b, "2026-11-01T00:00:00Z", 1)
        batch.note("thing done")

    def compare() -> int:
        with session.reading() as db:
            stacks = find_stacks(db, None)
            sizes = Counter(stacks.values())
            for one in ids:
                group = find_group(db, one)
                size = 1 if group is None or group.held else group.size
                stands = stacks.get(one)
                if stands is None and media_matches.list_hubs_of(db, one) and size < limits.HUB_FROM:
                    continue  # a person took it out of its group: here it is alone
                assert size == (1 if stands is None else sizes[stands]), (one, stands, group, media_matches.list_hubs_of(db, one))
                assert find_stacks(db, [one]).get(one) == stands, "the same from one file as from all"
            return len(set(stacks.values()))

    assert compare() > 5
    with session.store.batch() as batch:
        hold_frequent_hashes(batch)
        batch.note("thing done")
    compare()


def test_what_people_do_is_read_again_for_single_contents(filled: Session, tmp_path: Path) -> None:
    items = load_gallery(filled, WHOLE)
    everything_happens(filled, tmp_path)
    at, state, grade = read_states(filled, items, [*items.media.tolist(), 10**9])
    whole = load_gallery(filled, WHOLE)
    assert at.tolist() == list(range(len(items.media)))
    assert state.tolist() == whole.state.tolist() and grade.tolist() == whole.grade.tolist()
    assert not (items.state & ANY_GRADE).any(), "the window applies it, not the thread that reads"


def test_headings_and_reported_users(filled: Session, tmp_path: Path) -> None:
    everything_happens(filled, tmp_path)
    items = load_gallery(filled, WHOLE)
    for grouping, names in (
        (Grouping.REPORT, {FIRST, NEAR, COPY, FAR} - {COPY}),
        (Grouping.LIST, {"near list", "exact list"}),
        (Grouping.SERIES, None),
        (Grouping.USER, None),
    ):
        order = arrange_gallery(filled, items, GalleryFilter(), grouping)
        told = load_headings(filled, grouping, order.keys.tolist(), order.accounts)
        assert set(told) == {key for key in order.keys.tolist() if key >= 0}
        assert names is None or {heading.name for heading in told.values()} <= names | {COPY}
    order = arrange_gallery(filled, items, GalleryFilter(), Grouping.USER)
    assert all(name.startswith("user_9") for name in order.accounts) and len(order.accounts) >= 3


def test_accounts_are_read_of_the_reports_in_view_however_many_they_are(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with filled.reading() as db:
        ids = [i for (i,) in db.all("SELECT DISTINCT report_id FROM link_key WHERE kind = 'username' ORDER BY 1")]
        every = gallery_reading.read_accounts(db, np.array(ids))
        asked: list[str] = []
        each = Reader.each
        monkeypatch.setattr(Reader, "each", lambda db, sql, params=(): (asked.append(sql), each(db, sql, params))[1])
        monkeypatch.setattr(gallery_reading, "LARGE", 0)
        assert gallery_reading.read_accounts(db, np.array(ids[:1])) == {ids[0]: every[ids[0]]}
        assert asked and all("report_id IN" in sql for sql in asked)


def test_a_new_import_changes_warnings_and_destroying_takes_them(filled: Session) -> None:
    with filled.reading() as db:
        report_id = reports.find_report(db, FIRST)
        assert report_id is not None
        assert db.all("SELECT warning FROM file_warning WHERE report_id = ?", (report_id,)) == [("infant",)]


def test_a_content_has_the_warnings_that_another_report_states_of_it(filled: Session) -> None:
    """Who keeps away from a warning does not ask which report states it, nor in which part of the gallery that report is."""
    shared = sha(filled, COPY)
    with filled.store.batch() as batch:
        medium_id = media.load_media_ids(batch, [shared])[shared]
        first, copy = (reports.find_report(batch, number) for number in (FIRST, COPY))
        batch.execute("DELETE FROM file_warning")
        batch.execute("INSERT INTO file_warning VALUES (?, ?, 'infant')", (first, shared))
        batch.note("warning stated")
    cell = load_cells(filled, [(medium_id, copy or 0)])[medium_id]
    assert cell.warnings == ("infant",) and cell.state & FileState.WARNED
    items = load_gallery(filled, GalleryScope("report", COPY))
    assert items.state[items.find([medium_id])] & int(FileState.WARNED)
    for value, found in ((NO_WARNING, False), ("infant", True)):
        wanted = GalleryFilter().toggle(FileFacet.WARNING, value)
        assert (medium_id in arrange_gallery(filled, items, wanted, Grouping.NONE).media) == found


# -- arranging against a plain loop ----------------------------------------------------------------------------------------


def random_items(seed: int) -> GalleryItems:
    dice = np.random.default_rng(seed)
    count, of_reports = int(dice.integers(1, 40)), int(dice.integers(1, 9))
    media_ids = np.sort(dice.choice(1000, count, replace=False)).astype(np.int64)
    pairs = sorted({(int(i), int(r)) for i in range(count) for r in dice.integers(0, of_reports, dice.integers(1, 4))})
    rank = dice.permutation(of_reports)
    pairs.sort(key=lambda pair: (pair[0], rank[pair[1]]))
    item, report = (np.array([pair[n] for pair in pairs], np.int64) for n in (0, 1))
    stack = media_ids.copy()
    for _ in range(count // 4):
        some = dice.choice(count, 2)
        stack[stack == stack[some[0]]] = stack[some[1]]
    offices, days = dice.integers(-1, 3, of_reports), dice.integers(-1, 4, of_reports)
    marks = [Marks(dice.integers(0, count, count // 2), dice.integers(0, 3, count // 2)) for _ in range(2)]
    state = dice.integers(0, 4096, count).astype(np.int64)
    return GalleryItems(
        media=media_ids,
        state=state,
        grade=dice.integers(-1, 3, count).astype(np.int64),
        kind=dice.integers(0, 3, count).astype(np.int64),
        stack=stack,
        places=Places(item, report, rank[report], offices[report], days[report], dice.integers(1, 4, len(item))),
        lists=marks[0],
        warnings=marks[1],
        account={r: "ab"[r % 2] for r in range(of_reports) if r % 3},
        grades=("g0", "g1", "g2"),
        list_names={0: "l0", 1: "l1", 2: "l2"},
        warning_names=("w0", "w1", "w2"),
        office_names={0: "o0", 1: "o1", 2: "o2"},
        lists_loaded=seed % 3 > 0,
    )


def fits(items: GalleryItems, at: int, facet: FileFacet, value: str) -> bool:
    state = FileState(int(items.state[at]))
    lies = [int(o) for i, o in zip(items.places.item, items.places.office, strict=True) if i == at]
    on = {
        FileFacet.LIST: [f"l{c}" for i, c in zip(items.lists.item, items.lists.code, strict=True) if i == at],
        FileFacet.WARNING: [f"w{c}" for i, c in zip(items.warnings.item, items.warnings.code, strict=True) if i == at],
        FileFacet.OFFICE: [NO_OFFICE if o < 0 else f"o{o}" for o in lies],
        FileFacet.GRADE: [f"g{items.grade[at]}"],
        FileFacet.KIND: [("image", "video", "other")[items.kind[at]]],
        FileFacet.VIEWER: ["me"] * bool(state & FileState.SEEN_BY_ME)
        + ["others"] * bool(state & FileState.SEEN_BY_OTHERS)
        + ["nobody"] * (not state & SEEN),
        FileFacet.STATE: ["unseen"] * (not state & (SEEN | ANY_GRADE))
        + ["seen"] * bool(state & SEEN and not state & ANY_GRADE)
        + ["graded"] * bool(state & FileState.GRADED)
        + ["second grade"] * bool(state & (FileState.WAITS | FileState.DISAGREE))
        + ["known"] * bool(state & KNOWN)
        + ["possible match"] * bool(state & FileState.POSSIBLE and not state & KNOWN)
        + ["held hash"] * bool(state & FileState.HELD and not state & KNOWN)
        + ["not known" if items.lists_loaded else "not checked"] * (not state & (KNOWN | UNCERTAIN)),
    }
    if facet is FileFacet.WARNING and value == NO_WARNING:
        return not state & FileState.WARNED
    return value in on[facet]


def fits_all(items: GalleryItems, at: int, wanted: GalleryFilter, but: FileFacet | None = None) -> bool:
    return all(any(fits(items, at, facet, value) for value in values) for facet, values in wanted.chosen if facet is not but)


@pytest.mark.parametrize("seed", range(60))
def test_arranging_agrees_with_a_plain_loop(seed: int) -> None:
    items, dice = random_items(seed), random.Random(seed)
    empty = arrange(items, GalleryFilter(), Grouping.NONE)
    wanted = GalleryFilter(fold_done=seed % 4 == 3)
    for facet in dice.sample(list(FileFacet), dice.randint(0, 3)):
        for value in dice.sample(list(empty.counts[facet]), min(2, len(empty.counts[facet]))):
            wanted = wanted.toggle(facet, value)
    grouping = dice.choice(list(Grouping))
    order = arrange(items, wanted, grouping)
    check(items, order, wanted, grouping)
    assert order.total == len(items.media)
    for facet, counts in order.counts.items():
        for value, count in counts.items():
            assert count == sum(
                fits(items, at, facet, value) and fits_all(items, at, wanted, but=facet) for at in range(len(items.media))
            )


def check(items: GalleryItems, order: GalleryOrder, wanted: GalleryFilter, grouping: Grouping) -> None:
    folded = ANY_GRADE | KNOWN
    kept = [
        at
        for at in range(len(items.media))
        if fits_all(items, at, wanted) and not (wanted.fold_done and items.state[at] & folded)
    ]
    assert sorted(order.item.tolist()) == kept and order.media.tolist() == items.media[order.item].tolist()
    offices = wanted.values(FileFacet.OFFICE)
    place: dict[int, tuple[int, int, int]] = {}
    files: defaultdict[int, int] = defaultdict(int)
    for item, report, rank, office, day, n in zip(
        *(getattr(items.places, name).tolist() for name in ("item", "report", "rank", "office", "day", "files")), strict=True
    ):
        files[item] += n
        if not offices or (NO_OFFICE if office < 0 else f"o{office}") in offices:
            place.setdefault(item, (report, rank, day))
    keys = []
    for group, (first, last) in enumerate(zip(order.groups[:-1], order.groups[1:], strict=True)):
        for cell in range(first, last):
            members = order.item[order.members(cell)].tolist()
            leader = members[0]
            stacks = {int(items.stack[at]) for at in members}
            assert len(stacks) == 1
            if grouping is Grouping.SERIES:
                assert len(members) == 1
            else:
                assert sorted(members) == [at for at in kept if items.stack[at] in stacks]
                own = [at for at in members if items.media[at] in stacks]
                assert leader == (own[0] if own else min(members))
            report, _, day = place[leader]
            lists = [int(c) for i, c in zip(items.lists.item, items.lists.code, strict=True) if i == leader]
            series = int(items.stack[leader]) if sum(items.stack[at] in stacks for at in kept) > 1 else -1
            account = items.account.get(report)
            expected = {
                Grouping.REPORT: report,
                Grouping.DAY: day,
                Grouping.NONE: -1,
                Grouping.LIST: min(lists, default=-1),
                Grouping.SERIES: series,
                Grouping.USER: order.accounts.index(account) if account in order.accounts else -1,
            }[grouping]
            assert expected == order.keys[group]
            for at in members:
                assert order.report[np.flatnonzero(order.item == at)[0]] == place[at][0]
                assert order.files[np.flatnonzero(order.item == at)[0]] == files[at]
            assert order.find_cell(int(items.media[leader])) == cell
        keys.append(int(order.keys[group]))
    assert len(keys) == len(set(keys)) and (-1 not in keys or keys[-1] == -1), "a group once, the rest last"
    if grouping is Grouping.DAY:
        dated = [key for key in keys if key >= 0]
        assert dated == sorted(dated, reverse=True)
    if grouping is Grouping.REPORT and keys:
        ranks = [min(place[at][1] for at in order.item.tolist() if place[at][0] == key and at in kept) for key in keys]
        assert ranks == sorted(ranks)
    assert order.find_cell(5000) is None
