"""Stands in a worker's place and breaks one rule of the wire. Started as `python evil.py RULE`."""

from __future__ import annotations

import os
import struct
import sys
import time

HEADER = struct.Struct(">BIQ")
READY, REQUEST, DATA, WANT, ANSWER, REFUSED, BEGUN = range(1, 8)
PDF = bytes((15,))  # a picture of which nothing is known would be called damaged


def send(kind: int, request: int, payload: bytes) -> None:
    os.write(1, HEADER.pack(kind, request, len(payload)) + payload)


def receive() -> tuple[int, bytes]:
    _, request, length = HEADER.unpack(read(HEADER.size))
    return request, read(length)


def read(length: int) -> bytes:
    data = b""
    while len(data) < length:
        part = os.read(0, length - len(data))
        if not part:
            sys.exit()
        data += part
    return data


def facts(**changes: bytes) -> bytes:
    parts = {"mime": PDF, "width": b"\0", "height": b"\0", "duration": b"\0", "hashes": b"\0"}
    parts |= {"film": b"\0", "exif": b"\0", "preview": b"\0"}
    return b"".join((parts | changes).values())


def size(width: int, height: int) -> bytes:
    return facts(width=b"\1" + width.to_bytes(4), height=b"\1" + height.to_bytes(4))


def film(looked: int = 9, flat: int = 0, tracks: int = 1, count: int = 1, frames: bytes = b"") -> bytes:
    numbers = b"".join(number.to_bytes(4) for number in (looked, flat, 0, tracks))
    return facts(film=b"\1" + numbers + b"\0\0" + count.to_bytes(2) + frames)


def frame(at_ms: int = 0, quality: int = 80) -> bytes:
    return at_ms.to_bytes(4) + bytes((quality,)) + b"\5" * 32 * 4


def exif(texts: bytes = b"\0" * 7, gps: bytes = b"\0", fields: bytes = bytes(4)) -> bytes:
    return facts(exif=b"\1" + texts + gps + fields)


ANSWERS = {
    "short": b"\1",
    "long": facts() + b"\0",
    "mime": facts(mime=b"\xff"),
    "flag": facts(width=b"\2"),
    "wide": size(1_000_000, 1),
    "huge": size(60_000, 60_000),
    "zero": size(0, 10),
    "half a size": facts(width=b"\1" + (5).to_bytes(4)),
    "quality": facts(hashes=b"\1\xff" + bytes(8 + 256)),
    "hashes": facts(hashes=b"\1\x10" + bytes(20)),
    "preview": facts(preview=b"\1" + bytes(100)),
    "duration": facts(duration=b"\1" + b"\xff" * 8),
    "frames missing": film(frames=frame()[:-1]),
    "too many frames": film(looked=3_000, count=301, frames=frame() * 301),
    "more frames than looks": film(looked=1, flat=1, frames=frame()),
    "a frame too late": film(frames=frame(at_ms=2**32 - 1)),
    "frames out of order": film(count=2, frames=frame(5) + frame(4)),
    "a poor frame": film(frames=frame(quality=49)),
    "a frame too good": film(frames=frame(quality=101)),
    "endless looks": film(looked=2**32 - 1, count=0),
    "no track": film(tracks=0, frames=frame()),
    "latitude": exif(gps=b"\1" + struct.pack(">dd", 91, 0)),
    "not a number": exif(gps=b"\1" + struct.pack(">dd", float("nan"), 0)),
    "infinite": exif(gps=b"\1" + struct.pack(">dd", 0, float("inf"))),
    "not UTF-8": exif(texts=b"\1" + (2).to_bytes(4) + b"\xff\xfe" + b"\0" * 6),
    "text count": exif(texts=b"\1\xff\xff\xff\xff" + b"\0" * 6),
    "field count": exif(fields=b"\xff\xff\xff\xff"),
}


def several(rule: str, request: int, count: int) -> None:
    for number in range(count):
        if rule == "one answer too few" and number == count - 1:
            os._exit(3)
        elif rule == "one bad answer" and number == 1:
            send(ANSWER, request, ANSWERS["mime"])
        elif rule == "no memory for one" and number == 1:
            send(REFUSED, request, bytes((4, 0)))
        else:
            send(ANSWER, request, facts())


def begun(files: range, *, film: bool = False) -> bytes:
    return files.start.to_bytes(2) + files.stop.to_bytes(2) + bytes((film,))


def one_by_one(rule: str, request: int, files: list[bytes]) -> None:
    """As a worker should, which says what it begins; or as one that says it for ever."""
    for number, data in enumerate(files):
        if rule == "begins together" and number == 0:
            send(BEGUN, request, begun(range(len(files))))
        elif rule != "begins together":
            send(BEGUN, request, begun(range(number, number + 1), film=data == b"film"))
        while rule == "begins for ever":
            send(BEGUN, request, begun(range(number, number + 1)))
        if data in (b"hangs", b"film"):
            time.sleep(600)
        if data == b"crashes":
            os._exit(3)
    for _ in files:
        send(ANSWER, request, facts())


def fail_later(rule: str, request: int) -> None:
    """Fails at the file behind the one that broke it."""
    if rule == "hangs later":
        time.sleep(600)
    if rule == "lies later":
        send(ANSWER, request, ANSWERS["mime"])
    os._exit(3)


def main(rule: str) -> None:
    if rule == "never ready":
        time.sleep(600)
    if rule == "not confined":
        return send(REFUSED, 0, bytes((7, 0)))
    if rule == "no welcome":
        return send(ANSWER, 0, b"")
    if rule == "dead on arrival":
        return None
    if rule == "bad walls":
        return send(READY, 0, b"\1\xff")
    send(READY, 0, b"\0")
    broken = False
    while True:
        request, asked = receive()
        if broken:
            fail_later(rule, request)
        count = int.from_bytes(asked[10:12])
        files = [receive()[1] for _ in range(count)]
        broken = b"breaks the worker" in files
        if rule.startswith("begins"):
            one_by_one(rule, request, files)
            continue
        if b"dies" in files or (count > 1 and rule == "dies of several"):
            os._exit(3)
        if count > 1:
            several(rule, request, count)
        elif rule in ANSWERS:
            send(ANSWER, request, ANSWERS[rule])
        elif rule == "another request":
            send(ANSWER, request + 1, facts())
        elif rule == "kind":
            send(99, request, b"")
        elif rule == "endless":
            os.write(1, HEADER.pack(ANSWER, request, 1 << 60))
            while True:
                os.write(1, bytes(65536))
        elif rule == "range of inline data":
            send(WANT, request, struct.pack(">QI", 0, 1))
        elif rule == "refusal":
            send(REFUSED, request, bytes((200, 0)))
        elif rule == "dies":
            os._exit(3)
        elif rule == "dies midway":
            os.write(1, HEADER.pack(ANSWER, request, 1000) + b"half")
            os._exit(3)
        elif rule == "hangs":
            time.sleep(600)
        elif rule == "noise":
            os.write(1, os.urandom(4096))
            time.sleep(600)
        else:
            send(ANSWER, request, facts())


if __name__ == "__main__":
    main(sys.argv[1])
