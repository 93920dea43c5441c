from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.hashing.scenes import Plane, landscape
from triage import limits
from triage.hashing import perceptual, windows
from triage.hashing.likeness import PictureIndex, alike, may_match, possible
from triage.model.media import Perceptual


def measured(luma: Plane) -> Perceptual:
    luma = np.ascontiguousarray(luma)
    return windows.measure(luma, perceptual.measure(luma, luma.shape))


def cut(luma: Plane, top: float, left: float, bottom: float, right: float) -> Plane:
    height, width = luma.shape
    return luma[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]


def found(stored: Plane, asked: Plane) -> str | None:
    """How the asked picture is like the stored one."""
    index = PictureIndex()
    kept = measured(stored)
    index.learn(7, kept)
    near = alike(index, lambda medium_id: kept.windows, measured(asked), thorough=True)
    return near[7].variant if near else None


def near(stored: Plane, asked: Plane) -> bool:
    """A match or a possible one."""
    index = PictureIndex()
    kept, own = measured(stored), measured(asked)
    index.learn(7, kept)
    return bool(
        alike(index, lambda medium_id: kept.windows, own, thorough=True)
        or possible(index, lambda medium_id: kept.windows, own, ())
    )


def bits(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def bare(name: str, seed: int) -> Plane:
    """One edge or one spot on an even ground, with a little grain."""
    y, x = np.mgrid[0:480, 0:640]
    shapes = {"edge": y + x * x / 900 > 300 - 20 * seed, "spot": np.hypot(x - 220 - 20 * seed, y - 170) < 90}
    grain = np.random.default_rng(seed).integers(0, 3, y.shape)
    return (np.where(shapes[name], 200, 40) + grain).astype(np.uint8)


@pytest.mark.parametrize("name", ["edge", "spot"])
def test_a_picture_of_one_edge_or_one_spot_never_matches(name: str) -> None:
    """The reference gives them quality enough, and pictures that have nothing in common but such an edge look alike."""
    luma = bare(name, 0)
    assert may_match(perceptual.measure(luma, luma.shape))
    assert not may_match(measured(luma))
    assert measured(luma).quality == 0
    assert windows.some(luma, ("whole",)) == (b"",)


def test_a_crop_of_a_picture_that_shows_one_edge_is_not_kept() -> None:
    luma = landscape(480, 640, 5)
    luma[:400, :530] = bare("spot", 1)[:400, :530]
    assert may_match(measured(luma))
    kept = {windows.VARIANTS[entry.variant] for entry in windows.entries(measured(luma).windows)}
    assert "bottom right -20 %" in kept
    assert "top left -20 %" not in kept


def test_a_small_photograph_on_an_even_page_is_found() -> None:
    page = np.full((960, 1280), 230, np.uint8)
    page[200:500, 300:700] = landscape(300, 400, 3)
    assert windows.some(page, ("whole",)) == (b"",)
    assert may_match(measured(page))
    assert found(landscape(300, 400, 3), page) is not None


TURNED = {
    "upright": lambda p: p,
    "turned left": lambda p: np.rot90(p, 1),
    "turned half": lambda p: np.rot90(p, 2),
    "turned right": lambda p: np.rot90(p, 3),
    "flipped": lambda p: p[::-1],
    "mirrored": lambda p: p[:, ::-1],
    "transposed": lambda p: p.T,
    "transversed": lambda p: p[::-1, ::-1].T,
}
scene = landscape(450, 600, 3)


@pytest.mark.parametrize("name", windows.TURNS)
def test_hashes_are_turned_by_their_bits(name: str) -> None:
    place = windows.TURNS.index(name)
    true = windows.entries(measured(TURNED[name](scene)).windows)[0]
    own = windows.entries(measured(scene).windows)[0]
    assert bits(windows.turned_pdq(own.pdq)[place], true.pdq) <= 24
    assert windows.turned_second(own.second)[place] == true.second


@settings(max_examples=60)
@given(
    st.integers(0, 255),
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(8, 20), st.integers(8, 20)),
    st.integers(0, 1000),
)
def test_also_where_neighbours_are_equally_light(ground: int, place: tuple[int, int, int, int], seed: int) -> None:
    """A thing on an even ground, not in the very middle: there no half is the lighter one."""
    top, left, high, wide = place
    assume(abs(2 * top + high - 80) > 4 and abs(2 * left + wide - 80) > 4)
    cells = np.full((80, 80), ground, np.float32)
    thing = np.random.default_rng(seed).integers(60, 120, (high, wide))
    cells[top : top + high, left : left + wide] = ground + (thing if ground < 128 else -thing)
    own, *turned = (
        windows.between_cells(np.ascontiguousarray(TURNED[name](cells)), [(0, 0, 80, 80)])[0, 32:].tobytes()
        for name in windows.TURNS
    )
    assert windows.turned_second(own) == (own, *turned)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=windows.SECOND_BYTES, max_size=windows.SECOND_BYTES))
def test_every_turn_can_be_taken_back(pdq: bytes, second: bytes) -> None:
    assert all(pdq in windows.turned_pdq(turn) for turn in windows.turned_pdq(pdq))
    assert all(second in windows.turned_second(turn) for turn in windows.turned_second(second))


@pytest.mark.parametrize("part", windows.PARTS)
def test_every_crop_is_found_whichever_came_first(part: str) -> None:
    crop = cut(scene, *windows.PARTS[part])
    assert found(scene, crop) is not None
    assert found(crop, scene) is not None
    assert found(scene, crop[:, ::-1]) is not None


@pytest.mark.parametrize("edges", [((40, 40), (0, 0)), ((0, 0), (70, 90)), ((30, 30), (30, 30)), ((9, 60), (12, 5))])
@pytest.mark.parametrize("shade", [0, 255])
def test_borders_and_bars_are_trimmed(edges: tuple[tuple[int, int], tuple[int, int]], shade: int) -> None:
    framed = np.pad(scene, edges, constant_values=shade)
    assert found(scene, framed) is not None
    assert found(framed, np.rot90(scene)) is not None


@pytest.mark.parametrize("part", [(0, 0, 0.85, 0.85), (0.12, 0, 1, 0.88), (0, 0.15, 1, 1), (0.075, 0.075, 0.925, 0.925)])
def test_crops_between_the_steps_meet_as_crops_of_crops(part: windows.Part) -> None:
    crop = cut(scene, *part)
    assert found(scene, crop) is not None
    assert found(scene, np.rot90(crop)) is not None


@pytest.mark.parametrize("turn", windows.TURNS)
def test_a_turned_crop_keeps_its_edges(turn: str) -> None:
    marked = np.zeros((3, 3), np.int64)
    corner = windows.VARIANTS.index("top left -10 %")
    marked[0, 0] = 1
    turned = TURNED[turn](marked)
    edges = (turned[0].any(), turned[:, 0].any(), turned[-1].any(), turned[:, -1].any())
    assert windows.kept_edges(corner, windows.TURNS.index(turn)) == edges


def slanted(luma: Plane, degrees: float) -> Plane:
    """What lies in a frame that was turned, without its black corners."""
    height, width = luma.shape
    y, x = np.mgrid[0:height, 0:width] - np.array([height / 2, width / 2])[:, None, None]
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    row, column = (y * cosine - x * sine) * 0.88 + height / 2, (x * cosine + y * sine) * 0.88 + width / 2
    return luma[np.clip(row, 0, height - 1).astype(int), np.clip(column, 0, width - 1).astype(int)]


@pytest.mark.parametrize("degrees", [3, -3])
def test_a_slanted_picture_is_found(degrees: float) -> None:
    assert near(scene, slanted(scene, degrees))


def test_what_is_alike_as_a_whole_is_told_as_such_though_a_part_is_nearer() -> None:
    whole = landscape(450, 600, 3)
    marked = whole.copy()
    marked[-36:, :200] = 200
    assert found(whole, marked) == "upright"
    assert bits(measured(cut(whole, 0, 0, 0.9, 1)).pdq, measured(cut(marked, 0, 0, 0.9, 1)).pdq) == 0


def with_sticker(luma: Plane) -> Plane:
    height, width = luma.shape
    y, x = np.mgrid[0:height, 0:width]
    return np.where(((y / height - 0.6) / 0.15) ** 2 + ((x / width - 0.6) / 0.12) ** 2 < 1, 240, luma).astype(np.uint8)


def test_a_picture_with_a_sticker_is_possibly_the_same() -> None:
    assert near(scene, with_sticker(scene))
    assert near(scene, with_sticker(scene)[:, ::-1])


def test_strangers_are_not_alike() -> None:
    index = PictureIndex()
    pictures = [measured(landscape(300, 400, seed)) for seed in range(30)]
    for number, hashes in enumerate(pictures[:15]):
        index.learn(number, hashes)
    for hashes in pictures[15:]:
        assert not alike(index, lambda medium_id: pictures[medium_id].windows, hashes, thorough=True)
        assert not possible(index, lambda medium_id: pictures[medium_id].windows, hashes, ())


def test_a_possible_match_needs_both_hashes() -> None:
    whole = measured(scene)
    index = PictureIndex()
    index.learn(7, whole)
    far = (int.from_bytes(whole.pdq) ^ ((1 << 45) - 1)).to_bytes(32)
    asked = replace(whole, pdq=far, turns=(far,) * 8, windows=far + whole.windows[32 : windows.ENTRY_BYTES])
    perhaps = possible(index, lambda medium_id: whole.windows, asked, ())
    assert (perhaps[7].how.distance, perhaps[7].second) == (45, 0)
    assert possible(index, lambda medium_id: whole.windows, asked, {7}) == {}
    other = bytes(255 - octet for octet in whole.windows[32 : windows.ENTRY_BYTES])
    assert possible(index, lambda medium_id: whole.windows[:32] + other, asked, ()) == {}
    assert possible(index, lambda medium_id: None, asked, ()) == {}


@pytest.mark.parametrize(("share", "met"), [(0.9, True), (1.1, False)])
def test_a_possible_match_needs_a_second_hash_that_agrees_as_far_as_it_has_variety(share: float, met: bool) -> None:
    whole = measured(scene)
    half = whole.windows[32 : 32 + windows.SECOND_BYTES // 2] + bytes(windows.SECOND_BYTES // 2)
    apart = round(share * limits.POSSIBLE_SHARE * windows.variety(half))
    assert apart < limits.POSSIBLE_SECOND
    index = PictureIndex()
    index.extend([(7, whole.pdq, whole.pdq + half)])
    far = differing(whole.pdq, 45)
    # from the first comparison of the half that is left even, where a run of ones adds two changes or so
    other = (int.from_bytes(half) ^ ((1 << apart) - 1)).to_bytes(windows.SECOND_BYTES)
    asked = replace(whole, pdq=far, turns=(far,) * 8, windows=far + other)
    assert (possible(index, lambda medium_id: whole.pdq + half, asked, ()).keys() == {7}) is met


def test_flat_pictures_have_no_windows() -> None:
    flat = measured(np.full((300, 400), 90, np.uint8))
    assert [entry.variant for entry in windows.entries(flat.windows)] in ([], [0])
    assert len(flat.windows) == windows.BLOB_BYTES


def test_of_blobs_of_another_version_only_the_whole_is_known() -> None:
    older = measured(scene).windows[: 26 * windows.ENTRY_BYTES]
    assert [entry.variant for entry in windows.entries(older)] == [0]


@pytest.mark.parametrize(("first", "known"), [("square in the middle", 33), ("middle towards the top", 36)])
def test_of_blobs_from_before_shapes_and_inner_windows_the_others_are_known(first: str, known: int) -> None:
    blob = measured(scene).windows
    later = slice(*(windows.VARIANTS.index(name) * windows.ENTRY_BYTES for name in (first, windows.ASKED[0])))
    older = blob[: later.start] + blob[later.stop :]
    left = [entry.variant for entry in windows.entries(blob) if entry.variant < known]
    assert [entry.variant for entry in windows.entries(older)] == left
    assert windows.columns(older)[0].tolist() == left
    assert windows.entry(older, 12) == windows.entry(blob, 12)
    assert windows.entry(older, known) is None


def differing(bits_of: bytes, count: int) -> bytes:
    return (int.from_bytes(bits_of) ^ ((1 << count) - 1)).to_bytes(len(bits_of))


def agreeing(second: bytes, distance: int) -> int:
    """In how many bits another hash may differ from this one, from the last one on, so that the two still match."""
    close = distance <= limits.CLOSE_RADIUS
    share, plain = (limits.CLOSE_SHARE, 0) if close else (limits.SECOND_SHARE, limits.PLAIN_VARIETY)
    count = 0
    while count + 1 < share * (min(windows.variety(each) for each in (second, differing(second, count + 1))) - plain):
        count += 1
    return count


@pytest.mark.parametrize("more", [0, 1, 150])
@pytest.mark.parametrize("distance", [0, 7, 8, 31])
def test_the_second_hash_must_agree_as_far_as_it_has_variety(distance: int, more: int) -> None:
    """And when it does not, whole pictures are possible."""
    one = measured(scene)
    second = one.windows[32 : windows.ENTRY_BYTES]
    pdq, apart = differing(one.pdq, distance), agreeing(second, distance) + more
    asked = replace(one, pdq=pdq, turns=(pdq,) * 8, windows=pdq + differing(second, apart))
    index = PictureIndex()
    index.extend([(7, one.pdq, one.windows[: windows.ENTRY_BYTES])])
    near = alike(index, lambda medium_id: one.windows, asked)
    assert (near.keys() == {7}) is (more == 0)
    perhaps = possible(index, lambda medium_id: one.windows, asked, near)
    assert (perhaps.keys() == {7}) is (more > 0)
    if perhaps:
        assert (perhaps[7].how.distance, perhaps[7].second) == (distance, apart)


@pytest.mark.parametrize("asked_first", [True, False])
def test_a_picture_of_little_variety_allows_few_differences(asked_first: bool) -> None:
    """Whichever of the two it is: as many as agree in a rich one are too many beside a ball."""
    y, x = np.mgrid[0:450, 0:600]
    away = np.hypot(x - 260, y - 200)
    ball = measured(np.where(away < 150, 220 - away / 2, 30 + x / 12).astype(np.uint8))
    rich = measured(scene)
    of_rich, of_ball = (each.windows[32 : windows.ENTRY_BYTES] for each in (rich, ball))
    assert windows.variety(of_ball) < windows.variety(of_rich) / 2
    near = differing(of_ball, agreeing(of_rich, 20))
    kept, asked = (of_ball, near) if asked_first else (near, of_ball)
    index = PictureIndex()
    index.extend([(7, rich.pdq, rich.pdq + kept)])
    pdq = differing(rich.pdq, 20)
    assert not alike(index, lambda medium_id: rich.pdq + kept, replace(rich, pdq=pdq, windows=pdq + asked))


@pytest.mark.parametrize(("apart", "matches"), [(96, True), (97, False)])
def test_grids_of_holes_have_variety_and_must_agree_all_the_same(apart: int, matches: bool) -> None:
    one = measured(scene)
    holes, pdq = b"\x55" * windows.SECOND_BYTES, differing(one.pdq, 20)
    other = differing(holes, apart)
    assert limits.SECOND_SHARE * (min(map(windows.variety, (holes, other))) - limits.PLAIN_VARIETY) > 97
    index = PictureIndex()
    index.extend([(7, one.pdq, one.pdq + holes)])
    found = alike(index, lambda medium_id: one.pdq + holes, replace(one, pdq=pdq, windows=pdq + other))
    assert (found.keys() == {7}) is matches


def test_where_nothing_changes_nothing_agrees() -> None:
    """One slope from corner to corner is every other such slope."""
    slope = measured((np.add.outer(np.arange(300), np.arange(400)) / 3).astype(np.uint8))
    second = slope.windows[32 : windows.ENTRY_BYTES]
    assert windows.variety(second) == 0
    rich = measured(scene)
    index = PictureIndex()
    index.extend([(7, rich.pdq, rich.pdq + second)])
    assert not alike(index, lambda medium_id: rich.pdq + second, replace(rich, windows=rich.pdq + second))


@given(st.binary(min_size=windows.SECOND_BYTES, max_size=windows.SECOND_BYTES))
def test_turns_leave_the_variety_of_a_second_hash(second: bytes) -> None:
    across, down = np.unpackbits(np.frombuffer(second, np.uint8)).reshape(2, windows.GRID, windows.GRID - 1)
    changes = sum(np.count_nonzero(np.diff(half, axis=axis)) for half in (across, down) for axis in (0, 1))
    assert {windows.variety(turn) for turn in windows.turned_second(second)} == {changes}


def test_where_no_second_hash_was_kept_pdq_alone_decides() -> None:
    one = measured(scene)
    index = PictureIndex()
    index.extend([(7, one.pdq, None)])
    assert alike(index, lambda medium_id: None, one).keys() == {7}


@pytest.mark.parametrize("size", [(300, 400), (300, 533), (450, 300), (400, 480), (480, 400)])
@pytest.mark.parametrize("shape", windows.SHAPES.values())
def test_the_middle_in_any_usual_shape_is_found(size: tuple[int, int], shape: float) -> None:
    whole = landscape(*size, 21)
    tall, wide = (size[0] > size[1]) * (shape - 1) + 1, (size[1] > size[0]) * (shape - 1) + 1
    scale = min(size[0] / tall, size[1] / wide)
    height, width = round(scale * tall), round(scale * wide)
    down, across = (size[0] - height) // 2, (size[1] - width) // 2
    middle = whole[down : down + height, across : across + width]
    assert found(whole, middle) is not None
    assert found(middle, whole[:, ::-1]) is not None


@pytest.mark.parametrize("size", [(1, 161), (161, 1), (1, 1), (8, 3000), (3000, 70)])
def test_a_picture_of_any_shape_has_hashes(size: tuple[int, int]) -> None:
    """So long a one has no square in its middle that is worth a hash."""
    luma = np.random.default_rng(1).integers(0, 256, size).astype(np.uint8)
    assert len(measured(luma).windows) == windows.BLOB_BYTES
