from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import limits
from triage.decode import answers, protocol, restrictions
from triage.decode.mime_types import MIMES
from triage.decode.protocol import EndOfWire, FrameKind, Operation, ProtocolError, Refusal, Request, WireFrame
from triage.hashing.video_frames import FRAME_CROPS, decode_frames, encode_frames
from triage.hashing.video_frames import Frame as VideoFrame
from triage.hashing.window_codec import BLOB_BYTES
from triage.model.media import CROP_UNITS, PREVIEW_SIDE, Exif, Film, ImageCrop, MediaFacts, Perceptual, Pixels, RevealStep

texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Co", "Cn")), max_size=20)
perceptual = st.builds(
    lambda turns, windows, **rest: Perceptual(pdq=turns[0], turns=tuple(turns), windows=windows, **rest),
    st.lists(st.binary(min_size=32, max_size=32), min_size=8, max_size=8),
    st.binary(min_size=BLOB_BYTES, max_size=BLOB_BYTES),
    quality=st.integers(0, 100),
    phash=st.binary(min_size=8, max_size=8),
)
exif = st.builds(
    Exif,
    make=st.none() | texts,
    model=st.none() | texts,
    serial=st.none() | texts,
    software=st.none() | texts,
    taken=st.none() | texts,
    offset=st.none() | texts,
    gps=st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    gps_time=st.none() | texts,
    fields=st.lists(st.tuples(texts, texts), max_size=5).map(tuple),
)
hashes = st.just(b"") | st.binary(min_size=32, max_size=32).filter(any)
frames = st.lists(
    st.builds(
        VideoFrame,
        st.integers(0, answers.LONGEST_MS),
        st.integers(limits.MIN_PDQ_QUALITY, 100),
        st.binary(min_size=32, max_size=32),
        hashes,
        st.tuples(*[hashes] * len(FRAME_CROPS)),
    ),
    max_size=5,
)
film = st.builds(
    lambda kept, flat, still, more, **rest: Film(
        count=len(kept),
        frames=encode_frames(sorted(kept, key=lambda frame: frame.at_ms)),
        looked=len(kept) + flat + still + more,
        flat=flat,
        still=still,
        **rest,
    ),
    frames,
    st.integers(0, 1000),
    st.integers(0, 1000),
    st.integers(1, 1000),
    sampled=st.booleans(),
    partial=st.booleans(),
    tracks=st.integers(1, 5),
)
sizes = st.none() | st.tuples(st.integers(1, 3000), st.integers(1, 3000))
facts = st.builds(
    lambda size, **rest: MediaFacts(width=size and size[0], height=size and size[1], **rest),
    sizes,
    mime=st.sampled_from(MIMES),
    duration_ms=st.none() | st.integers(0, answers.LONGEST_MS),
    perceptual=st.none() | perceptual,
    film=st.none() | film,
    exif=st.none() | exif,
    preview=st.none() | st.binary(min_size=PREVIEW_SIDE**2, max_size=PREVIEW_SIDE**2),
)


@given(facts)
def test_facts_cross_the_wire(facts: MediaFacts) -> None:
    assert answers.unpack_facts(answers.pack_facts(facts)) == facts


@given(facts, st.data())
def test_damaged_facts_are_refused_or_still_within_bounds(facts: MediaFacts, data: st.DataObject) -> None:
    packed = bytearray(answers.pack_facts(facts))
    for _ in range(data.draw(st.integers(1, 3))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    with suppress(ProtocolError):
        found = answers.unpack_facts(packed)
        assert found.mime in MIMES
        assert found.width is None or 1 <= found.width <= limits.MAX_SIDE
        assert found.film is None or len(decode_frames(found.film.frames)) == found.film.count <= found.film.looked
        assert found.exif is None or found.exif.gps is None or abs(found.exif.gps[0]) <= 90


@given(st.binary(max_size=300))
def test_garbage_only_raises_protocol_error(garbage: bytes) -> None:
    for unpack in (
        answers.unpack_facts,
        answers.unpack_pages,
        restrictions.unpack_restrictions,
        lambda payload: answers.unpack_pixels(payload, 100),
        protocol.unpack_refusal,
        lambda payload: protocol.unpack_want(payload, 1000),
    ):
        with suppress(ProtocolError):
            unpack(garbage)


@given(
    st.builds(
        Request,
        operation=st.sampled_from(Operation),
        size=st.integers(0, 1 << 63),
        inline=st.booleans(),
        step=st.sampled_from(RevealStep),
        side=st.integers(0, limits.REVEAL_SIDE),
        at_ms=st.none() | st.integers(0, 1 << 31),
        window=st.none() | st.builds(ImageCrop, *[st.integers(0, CROP_UNITS)] * 4).filter(ImageCrop.is_crop),
        passwords=st.lists(st.binary(max_size=30), max_size=4).map(tuple),
    )
)
def test_requests_cross_the_wire(request: Request) -> None:
    packed = protocol.pack_request(request)
    assert protocol.unpack_request(packed) == request
    assert len(packed) <= protocol.MAX_REQUEST


@pytest.mark.parametrize(
    "numbers", [(0, 0, 10_001, 100), (500, 0, 100, 900), (0, 0, 99, 5_000), (0, 0, 10_000, 10_000), (0, 0, 0, 0)]
)
def test_a_rectangle_that_is_no_crop_is_refused_on_the_wire(numbers: tuple[int, int, int, int]) -> None:
    packed = protocol.pack_request(Request(operation=Operation.RENDER, step=RevealStep.GREY, window=ImageCrop(*numbers)))
    with pytest.raises(ProtocolError):
        protocol.unpack_request(packed)


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=30), max_size=5).map(tuple))
def test_pages_cross_the_wire(pages: tuple[str, ...]) -> None:
    assert answers.unpack_pages(answers.pack_pages(pages)) == pages


def test_pixels_cross_the_wire() -> None:
    pixels = Pixels(3, 2, bytes(range(18)))
    assert answers.unpack_pixels(answers.pack_pixels(pixels), 3) == pixels
    with pytest.raises(ProtocolError):
        answers.unpack_pixels(answers.pack_pixels(pixels), 2)


def test_walls_cross_the_wire() -> None:
    stand = tuple((name, f"on: {number}") for number, name in enumerate(restrictions.RESTRICTION_NAMES))
    assert restrictions.unpack_restrictions(restrictions.pack_restrictions(stand)) == stand
    with pytest.raises(ProtocolError):
        restrictions.unpack_restrictions(restrictions.pack_restrictions(((restrictions.RESTRICTION_NAMES[0], "\u202eon"),)))


@given(st.sampled_from(FrameKind), st.integers(0, (1 << 32) - 1), st.binary(max_size=100))
def test_frames_cross_the_wire(kind: FrameKind, request: int, payload: bytes) -> None:
    wire = bytearray()
    protocol.write_frame(wire.extend, kind, request, payload)
    assert protocol.read_frame(reader(bytes(wire)), lambda kind: 100) == WireFrame(kind, request, payload)
    for end in range(len(wire)):
        with pytest.raises(EndOfWire):
            protocol.read_frame(reader(bytes(wire[:end])), lambda kind: 100)


def reader(data: bytes):
    left = memoryview(data)

    def read(length: int) -> bytes:
        nonlocal left
        if length > len(left):
            raise EndOfWire("end")
        part, left = bytes(left[:length]), left[length:]
        return part

    return read


def test_a_frame_longer_than_may_be_is_not_read() -> None:
    wire = bytearray()
    protocol.write_frame(wire.extend, FrameKind.ANSWER, 1, bytes(101))
    with pytest.raises(ProtocolError, match="101"):
        protocol.read_frame(reader(bytes(wire)), lambda kind: 100)


@pytest.mark.parametrize(("start", "length"), [(0, 0), (0, protocol.MAX_WANT + 1), (995, 6), (1000, 1), ((1 << 64) - 1, 1)])
def test_ranges_outside_the_input_are_refused(start: int, length: int) -> None:
    with pytest.raises(ProtocolError):
        protocol.unpack_want(protocol.pack_want(start, length), 1000 if start else 1 << 40)


def test_text_from_a_worker_can_neither_control_a_terminal_nor_turn_a_line_around() -> None:
    facts = MediaFacts(mime="image/jpeg", exif=Exif(make="Lantern\x1b[2J\u202e\0", model="\u0645\u06cc\u200c\u0634\u0648\u062f"))
    found = answers.unpack_facts(answers.pack_facts(facts)).exif
    assert found is not None
    assert found.make == "Lantern\ufffd[2J\ufffd\ufffd"
    assert found.model == "\u0645\u06cc\u200c\u0634\u0648\u062f"


def test_every_refusal_has_its_sentence_and_starts_the_same() -> None:
    assert set(protocol.SENTENCES) == set(Refusal)
    assert all(sentence.startswith("could not be decoded: ") for sentence in protocol.SENTENCES.values())


@pytest.mark.parametrize("files", [range(1), range(2, 5), range(5, 5)])
def test_the_files_that_were_begun_cross_the_wire(files: range) -> None:
    assert protocol.unpack_begun(protocol.pack_begun(files, unhurried=True), 5) == (files, True)


@pytest.mark.parametrize("files", [range(0), range(4, 4), range(3, 2), range(2, 6), range(6, 6)])
def test_files_that_nobody_sent_or_none_at_all_were_not_begun(files: range) -> None:
    with pytest.raises(ProtocolError):
        protocol.unpack_begun(protocol.pack_begun(files, unhurried=False), 5)
