"""Targets that are functions: answers of a worker, frames of the wires, and the typesetter's texts."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from functools import cache, partial

import msgspec

from bench.fuzzing.mutate import Chance, mutate_bytes, pick_text
from bench.fuzzing.place import Place, Problems
from bench.fuzzing.seeds import Files
from triage.decode import answers, protocol, restrictions
from triage.decode.protocol import EndOfWire, FrameKind, ProtocolError
from triage.exports import typesetter
from triage.exports.pdf_documents import HeadingBlock, Pairs, ParagraphBlock, Rows, TypesetJob
from triage.hashing.window_codec import BLOB_BYTES
from triage.jobs.codec import facts_from_bytes, facts_to_bytes
from triage.jobs.judging import wire
from triage.jobs.judging.report_keys import ReportKeys
from triage.model.json_text import encode_json
from triage.model.media import PREVIEW_SIDE, Exif, Film, MediaFacts, Perceptual, Pixels

SIDE = 64
TYPESET = 3_000
"""Characters of each text that is typeset."""
PROCESSOR_SECONDS = {"typeset": 60}
"""For extreme texts on some pages; an answer of a worker has ENOUGH."""
ENOUGH = 5


def _facts() -> bytes:
    turns = tuple(bytes([n]) * 32 for n in range(8))
    exif = Exif(
        make="Maker",
        model="M1",
        serial=None,
        software="x",
        taken="2026:10:01 10:00:00",
        offset="+05:00",
        gps=(31.5, 74.3),
        gps_time=None,
        fields=(("Image Make", "Maker"), ("EXIF DateTimeOriginal", "2026:10:01 10:00:00")),
    )
    return answers.pack_facts(
        MediaFacts(
            mime="video/mp4",
            width=640,
            height=480,
            duration_ms=60_000,
            perceptual=Perceptual(pdq=turns[0], quality=90, turns=turns, phash=bytes(8), windows=bytes(BLOB_BYTES)),
            film=Film(count=0, frames=b"", looked=9, flat=1, still=1, sampled=True, partial=False, tracks=1),
            exif=exif,
            preview=bytes(PREVIEW_SIDE**2),
        )
    )


@cache
def sound_messages() -> dict[str, bytes]:
    """Returns one sound message for each reader."""
    said = msgspec.msgpack.encode([ReportKeys(ties=(), hashes=(), words="words", warnings=(("", "infant"),), digest=bytes(32))])
    return {
        "facts": _facts(),
        "pages": answers.pack_pages(["CyberTipline Report 1", "رپورٹ", ""]),
        "restrictions": restrictions.pack_restrictions(tuple((name, "stands") for name in restrictions.RESTRICTION_NAMES)),
        "pixels": answers.pack_pixels(Pixels(4, 4, bytes(48))),
        "cells": bytes(answers.CELLS_SIDE**2),
        "refusal": protocol.pack_refusal(protocol.Refusal.DAMAGED, "image/jpeg"),
        "want": protocol.pack_want(10, 4096),
        "request": protocol.pack_request(protocol.Request(operation=protocol.Operation.MEASURE, passwords=(b"a", b"b"))),
        "frame": protocol.pack_frame(FrameKind.ANSWER, 7, b"x" * 40),
        "judged": wire.HEADER.pack(len(said), wire.ANSWER) + said,
    }


def _read_facts(data: bytes) -> None:
    found = answers.unpack_facts(data)
    encode_json(facts_from_bytes(facts_to_bytes(found)))


def _read_frame(data: bytes) -> None:
    stream = io.BytesIO(data)

    def read(length: int) -> bytes:
        got = stream.read(length)
        if len(got) < length:
            raise EndOfWire("cut short")
        return got

    protocol.read_frame(read, lambda kind: 1 << 16)


def _read_judged(data: bytes) -> None:
    message = wire.receive(io.BytesIO(data))
    if message is not None:
        msgspec.msgpack.Decoder(list[ReportKeys]).decode(message[1])


READERS: dict[str, Callable[[bytes], object]] = {
    "facts": _read_facts,
    "pages": answers.unpack_pages,
    "restrictions": restrictions.unpack_restrictions,
    "pixels": partial(answers.unpack_pixels, side=SIDE),
    "cells": answers.unpack_luma_cells,
    "refusal": protocol.unpack_refusal,
    "want": partial(protocol.unpack_want, size=1 << 20),
    "frame": _read_frame,
    "judged": _read_judged,
}


def make_message(chance: Chance) -> Files:
    """Returns one mutated message, or now and then texts for the typesetter."""
    if chance.random() < 0.005:
        texts = [pick_text(chance)[:TYPESET].encode("utf-8", "replace") for _ in range(4)]
        return {"typeset": b"\x1f".join(texts)}
    name = chance.choice(sorted(READERS))
    data = sound_messages()[name]
    if len(data) > 4_096 and chance.random() < 0.8:  # most of the facts are hashes, in which nothing can be wrong
        return {name: mutate_bytes(chance, data[:16]) + data[16:-9000] + mutate_bytes(chance, data[-9000:])}
    return {name: mutate_bytes(chance, data)}


def typeset_texts(data: bytes) -> None:
    """Typesets the texts in every kind of block. Raises when no PDF comes out."""
    one, two, three, four = [*data.decode().split("\x1f"), "", "", "", ""][:4]
    blocks = (
        HeadingBlock(one),
        ParagraphBlock(two, small=True),
        Pairs(((three, four),)),
        Rows(("A", "B"), ((three, four), (two, one)), (1, 2)),
    )
    made = typesetter.make_pdf(TypesetJob("Title", "Footer", False, blocks))
    if not made.startswith(b"%PDF-"):
        raise ValueError("no PDF")


class Wires:
    """Answers of workers and frames of the wires, checked field by field by the host."""

    name, batch, patience, make = "wires", 400, 60, staticmethod(make_message)

    def run(self, place: Place, cases: list[Files]) -> Problems:
        problems = Problems()
        for case in cases:
            for name, data in case.items():
                spent = time.process_time()
                if name == "typeset":
                    with problems.watch("typesetter"):
                        typeset_texts(data)
                else:
                    # A judge is a process of our own that decodes no media: an answer that is none may end as msgspec ends it.
                    allowed = (msgspec.DecodeError, UnicodeDecodeError) if name == "judged" else (ProtocolError,)
                    with problems.watch(f"answer of a worker: {name}", *allowed):
                        READERS[name](data)
                problems.demand(time.process_time() - spent < PROCESSOR_SECONDS.get(name, ENOUGH), f"{name} takes its time")
        return problems
