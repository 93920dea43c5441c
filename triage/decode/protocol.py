"""The wire between the host and a confined worker: length-prefixed frames of fixed-size integers and counted bytes.

A conversation: the worker says READY. The host sends a REQUEST, then, for input up to limits.MAX_WHOLE, one DATA frame with all
of it. For larger input the worker sends WANT frames and gets a DATA frame for each. The worker ends with ANSWER or REFUSED. A
REQUEST may be for several files: then as many DATA frames follow, and as many answers, in the same order. Before each file, or
some small ones, the worker says BEGUN with their numbers. Whatever ends the worker then was the fault of one of them.

Nothing is pickled. Only the packers and `PayloadReader` below parse, and every count is checked against its limit and what is
left. All integers are big-endian. Names beginning with `untrusted_` hold what a worker said and nobody has checked yet.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from triage import limits
from triage.decode.mime_types import MIMES
from triage.model.media import CROP_UNITS, ImageCrop, RevealStep


class ProtocolError(Exception):
    """The other side broke the rules of the wire."""


class EndOfWire(ProtocolError):
    """The other side closed the wire."""


class NotConfined(Exception):
    """A restriction that this platform can have is not in force.

    The worker must not read any input.
    """


class FrameKind(IntEnum):
    """The kinds of frames."""

    READY = 1
    REQUEST = 2
    DATA = 3
    WANT = 4
    ANSWER = 5
    REFUSED = 6
    BEGUN = 7


class Operation(IntEnum):
    """What a worker can be asked to do."""

    MEASURE = 1
    RENDER = 2
    PDF_TEXT = 3
    PROBE = 4
    CELLS = 5
    READ = 6
    READ_TEXT = 7
    READ_REPLY = 8


class Refusal(IntEnum):
    """Why a worker gave no answer.

    The host owns the sentences: no text of a worker's making reaches a person.
    """

    UNKNOWN_FORMAT = 1
    DAMAGED = 2
    TOO_LARGE = 3
    NO_MEMORY = 4
    NO_PICTURE = 5
    PASSWORD = 6
    NOT_CONFINED = 7
    FAILED = 8
    NO_INDEX = 9
    SOUND_ONLY = 10


SENTENCES = {
    Refusal.UNKNOWN_FORMAT: "could not be decoded: the format is not known",
    Refusal.DAMAGED: "could not be decoded: the file is damaged or cut short",
    Refusal.TOO_LARGE: "could not be decoded: it is larger than the limits allow",
    Refusal.NO_MEMORY: "could not be decoded: it needs more memory than the decoder may use",
    Refusal.NO_PICTURE: "could not be decoded: the file holds no picture",
    Refusal.PASSWORD: "could not be decoded: it is locked with a password",
    Refusal.NOT_CONFINED: "could not be decoded: the decoder could not be confined on this machine",
    Refusal.FAILED: "could not be decoded: the decoder failed",
    Refusal.NO_INDEX: "could not be decoded: the film's index is missing or not whole; it was cut off when recorded or sent",
    Refusal.SOUND_ONLY: "could not be decoded: it holds sound and no picture, and Triage reads no sound",
}
SPENDS_WORKER = frozenset({Refusal.TOO_LARGE, Refusal.NO_MEMORY, Refusal.NOT_CONFINED, Refusal.FAILED})
"""After these the worker is replaced."""

_HEADER = struct.Struct(">BIQ")
_REQUEST = struct.Struct(">BQBHQIIIIII")
_WANT = struct.Struct(">QI")
_MAX_ANSWER = {
    Operation.MEASURE: 64 * limits.KIB + 4 * limits.MAX_EXIF_TEXT + 8 * limits.MAX_EXIF_FIELDS,
    Operation.RENDER: 8 + 3 * limits.REVEAL_SIDE**2,
    Operation.PDF_TEXT: limits.MAX_PDF_TEXT + 4 * limits.MAX_PDF_PAGES + 4,
    Operation.PROBE: 4 * limits.KIB,
    Operation.CELLS: 8 * limits.KIB,
    Operation.READ: limits.MAX_READ_ANSWER,
    Operation.READ_TEXT: limits.MAX_TEXT_ANSWER,
    Operation.READ_REPLY: limits.MAX_REPLY_ANSWER,
}
"""Bytes that the host takes as the answer to each request: what its limits allow, and room for their counts."""
MAX_DATA = limits.MAX_WHOLE + 64 * limits.KIB
"""A document to be read comes with its name."""
MAX_READY = 4 * limits.KIB  # bytes with which a worker says that it is confined
MAX_REQUEST = 64 * limits.KIB  # bytes of a request without its file
MAX_WANT = 4 * limits.MIB
"""One range at most."""
_SHORT = 256 * limits.KIB
"""Copying so much costs less than to wake a process once more."""


def max_answer(operation: Operation) -> int:
    """Returns how long the answer to an operation may be, in bytes."""
    return _MAX_ANSWER[operation]


# Frames


@dataclass(frozen=True, slots=True)
class WireFrame:
    """One frame: its kind, the number of the request it belongs to, and its content."""

    kind: FrameKind
    request: int
    payload: bytes


def pack_frame(kind: FrameKind, request: int, payload: bytes) -> bytes:
    """Returns the bytes of a frame."""
    return _HEADER.pack(kind, request, len(payload)) + payload


def write_frame(
    write: Callable[[bytes | memoryview], None], kind: FrameKind, request: int, payload: bytes | memoryview, before: bytes = b""
) -> None:
    """Writes a frame, behind the whole frames in `before`.

    A short one is written in one piece, so that the reader wakes up once.
    """
    header = before + _HEADER.pack(kind, request, len(payload))
    if len(payload) <= _SHORT:
        write(header + payload)
    else:
        write(header)
        write(payload)


def read_frame(read: Callable[[int], bytes], largest: Callable[[FrameKind], int]) -> WireFrame:
    """Reads a frame.

    Raises ProtocolError for an unknown kind or a frame that is too long.

    `read(n)` returns exactly n bytes or raises EndOfWire. `largest` says how long a frame of a kind may be.
    """
    untrusted_kind, request, untrusted_length = _HEADER.unpack(read(_HEADER.size))
    try:
        kind = FrameKind(untrusted_kind)
    except ValueError:
        raise ProtocolError("unknown kind of frame") from None
    if untrusted_length > largest(kind):
        raise ProtocolError(f"{kind.name} frame of {untrusted_length} bytes")
    return WireFrame(kind, request, read(untrusted_length))


_SET, _FLAGS = b"\1", (b"\0", b"\1")


class PayloadReader:
    """Reads a payload from front to back.

    Whatever does not fit raises ProtocolError.
    """

    def __init__(self, payload: bytes) -> None:
        """Starts at the front."""
        self._payload = payload
        self._at = 0

    def take(self, length: int) -> bytes:
        """Returns the next `length` bytes."""
        start = self._at
        if length > len(self._payload) - start:
            raise ProtocolError("payload is too short")
        self._at = start + length
        return self._payload[start : self._at]

    def number(self, size: int, low: int, high: int) -> int:
        """Returns an unsigned integer of `size` bytes between `low` and `high`."""
        untrusted_value = int.from_bytes(self.take(size))
        if not low <= untrusted_value <= high:
            raise ProtocolError(f"{untrusted_value} is not within {low} to {high}")
        return untrusted_value

    def flag(self) -> bool:
        """Returns a byte that must be 0 or 1 as a boolean."""
        untrusted_value = self.take(1)
        if untrusted_value not in _FLAGS:
            raise ProtocolError("neither 0 nor 1")
        return untrusted_value == _SET

    def degrees(self, limit: float) -> float:
        """Returns a finite number between -`limit` and `limit`."""
        (untrusted_value,) = struct.unpack(">d", self.take(8))
        if not (math.isfinite(untrusted_value) and abs(untrusted_value) <= limit):
            raise ProtocolError("not a coordinate")
        return float(untrusted_value)

    def counted(self, largest: int) -> bytes:
        """Returns bytes that stand behind their count, at most `largest`."""
        return self.take(self.number(4, 0, largest))

    def text(self, largest: int) -> str:
        """Returns UTF-8 text that stands behind its count in bytes, at most `largest`."""
        try:
            return self.counted(largest).decode("utf-8")
        except UnicodeDecodeError:
            raise ProtocolError("text is not UTF-8") from None

    def end(self) -> None:
        """Requires that nothing is left."""
        if self._at != len(self._payload):
            raise ProtocolError("payload is too long")


def pack_counted(data: bytes) -> bytes:
    """Returns the bytes behind their count of 4 bytes."""
    return len(data).to_bytes(4) + data


# Requests

_SHEET = 0xFFFFFFFF
"""In place of a time: no single frame is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An operation with the limits it runs under.

    `inline` says that a DATA frame with all bytes follows at once for each of `count` files. Otherwise there is one file, of
    `size` bytes.
    """

    operation: Operation
    size: int = 0
    inline: bool = True
    count: int = 1
    max_pixels: int = limits.MAX_PIXELS
    max_side: int = limits.MAX_SIDE
    seconds: int = limits.DECODE_SECONDS
    exif_fields: int = limits.MAX_EXIF_FIELDS
    exif_text: int = limits.MAX_EXIF_TEXT
    pdf_pages: int = limits.MAX_PDF_PAGES
    pdf_text: int = limits.MAX_PDF_TEXT
    step: RevealStep = RevealStep.BLURRED
    side: int = 0
    at_ms: int | None = None
    """Of a film the one frame at this time is rendered, not the sheet."""
    window: ImageCrop | None = None
    """Nothing but this rectangle is rendered, in grey or colour."""
    passwords: tuple[bytes, ...] = ()


def pack_request(request: Request) -> bytes:
    """Returns the bytes of a request."""
    head = _REQUEST.pack(
        request.operation,
        request.size,
        request.inline,
        request.count,
        request.max_pixels,
        request.max_side,
        request.seconds,
        request.exif_fields,
        request.exif_text,
        request.pdf_pages,
        request.pdf_text,
    )
    frame = (_SHEET if request.at_ms is None else request.at_ms).to_bytes(4)
    tail = request.step.to_bytes(1) + request.side.to_bytes(2) + frame + _pack_window(request.window)
    tail += len(request.passwords).to_bytes(2)
    return head + tail + b"".join(map(pack_counted, request.passwords))


def unpack_request(payload: bytes) -> Request:
    """Returns the request that the host sent.

    Raises ProtocolError.
    """
    fields = PayloadReader(payload)
    numbers = _REQUEST.unpack(fields.take(_REQUEST.size))
    step, side = fields.number(1, RevealStep.PREVIEW, RevealStep.COLOUR), fields.number(2, 0, limits.REVEAL_SIDE)
    frame, window = fields.number(4, 0, _SHEET), _unpack_window(fields)
    passwords = tuple(fields.counted(MAX_REQUEST) for _ in range(fields.number(2, 0, MAX_REQUEST)))
    fields.end()
    return Request(
        operation=Operation(numbers[0]),
        size=numbers[1],
        inline=bool(numbers[2]),
        count=numbers[3],
        max_pixels=numbers[4],
        max_side=numbers[5],
        seconds=numbers[6],
        exif_fields=numbers[7],
        exif_text=numbers[8],
        pdf_pages=numbers[9],
        pdf_text=numbers[10],
        step=RevealStep(step),
        side=side,
        at_ms=None if frame == _SHEET else frame,
        window=window,
        passwords=passwords,
    )


def _pack_window(window: ImageCrop | None) -> bytes:
    """Returns a flag, and the numbers of a crop window unless it is None."""
    if window is None:
        return b"\0"
    return b"\1" + b"".join(number.to_bytes(2) for number in (window.left, window.top, window.right, window.bottom))


def _unpack_window(fields: PayloadReader) -> ImageCrop | None:
    """Returns a crop window. Raises ProtocolError for a rectangle that is no crop."""
    if not fields.flag():
        return None
    window = ImageCrop(*(fields.number(2, 0, CROP_UNITS) for _ in range(4)))
    if not window.is_crop():
        raise ProtocolError("no crop of an image")
    return window


def pack_want(start: int, length: int) -> bytes:
    """Returns the bytes of a wish for a range."""
    return _WANT.pack(start, length)


def unpack_want(payload: bytes, size: int) -> tuple[int, int]:
    """Returns (start, length) of a range that a worker wants.

    Raises ProtocolError when it is not inside the input.
    """
    if len(payload) != _WANT.size:
        raise ProtocolError("not a range")
    untrusted_start, untrusted_length = _WANT.unpack(payload)
    if not (0 < untrusted_length <= MAX_WANT and untrusted_start + untrusted_length <= size):
        raise ProtocolError("range outside the input")
    return untrusted_start, untrusted_length


BEGUN_BYTES = 5
"""Of the payload."""


def pack_begun(files: range, *, unhurried: bool) -> bytes:
    """Returns the bytes that announce the files with these numbers.

    `unhurried` asks for the full time.
    """
    return files.start.to_bytes(2) + files.stop.to_bytes(2) + bytes((unhurried,))


def unpack_begun(payload: bytes, count: int) -> tuple[range, bool]:
    """Returns the numbers of the files that were begun, and whether they may take long.

    The empty range at `count` means all together. Raises ProtocolError.
    """
    fields = PayloadReader(payload)
    first = fields.number(2, 0, count)
    stop = fields.number(2, min(first + 1, count), count)
    begun = range(first, stop), fields.flag()
    fields.end()
    return begun


def pack_refusal(refusal: Refusal, mime: str = MIMES[0]) -> bytes:
    """Returns the bytes of a refusal, with the file's type."""
    return bytes((refusal, MIMES.index(mime)))


def unpack_refusal(payload: bytes) -> tuple[Refusal, str]:
    """Returns why the worker gave no answer, and the file's type.

    Raises ProtocolError.
    """
    fields = PayloadReader(payload)
    refusal = Refusal(fields.number(1, min(Refusal), max(Refusal)))
    mime = MIMES[fields.number(1, 0, len(MIMES) - 1)]
    fields.end()
    return refusal, mime
