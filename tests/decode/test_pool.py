from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PIL import Image

from tests.decode import media
from triage import limits
from triage.decode.client import MediaPool
from triage.decode.process import TOO_LONG, Worker, WorkerFailed
from triage.decode.protocol import Operation, Request


def test_a_worker_that_was_killed_between_two_files_costs_none(drawn: Image.Image) -> None:
    data = media.encoded(drawn, "JPEG")
    with MediaPool(1) as pool:
        assert pool.measure(data).problem is None
        worker = pool._slots.get()
        assert worker is not None
        worker._process.kill()
        pool._slots.put(worker)
        assert pool.measure(data).problem is None
        other = pool._slots.get()
        assert other is not worker
        pool._slots.put(other)


def test_workers_are_replaced_after_so_many_files_and_at_a_bundles_end(
    drawn: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WORKER_FILES", 2)
    data, seen = media.encoded(drawn.resize((64, 64)), "PNG"), []

    def worker_of(pool: MediaPool) -> Worker | None:
        worker = pool._slots.get()
        pool._slots.put(worker)
        return worker

    with MediaPool(1) as pool:
        for _ in range(4):
            assert pool.measure(data).problem is None
            seen.append(worker_of(pool))
        assert [worker is None for worker in seen] == [False, True, False, True]
        pool.measure(data)
        kept = worker_of(pool)
        assert kept is not None
        wire = os.dup(kept._stdout.fileno())
        pool.recycle()
        assert worker_of(pool) is None
        assert os.read(wire, 1) == b""  # nobody is left at the other end
        os.close(wire)


def test_a_closed_pool_refuses() -> None:
    pool = MediaPool(1)
    pool.close()
    pool.close()
    with pytest.raises(RuntimeError):
        pool.measure(b"")


def test_nothing_is_loaded_after_the_walls_stand(drawn: Image.Image) -> None:
    """In a process of its own, without walls: after the warm-up no further module is imported by any format."""
    samples = [media.encoded(drawn, encoding, exif=media.exif()) for encoding in ("JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF")]
    samples += [media.encoded(drawn, encoding) for encoding in ("GIF", "BMP")]
    samples += [
        media.encoded(drawn.convert("CMYK"), "JPEG"),
        media.film("webm", "libvpx-vp9"),
        media.document(),
        media.document_by_columns(),
        b"%PDF-1.7",
        b"\xff\xd8\xff",
    ]
    program = """
import io, sys
from triage.decode.sandbox import media_types, operations
from triage.decode.sandbox.source import InputSource
from triage.decode.sandbox.warm import warm_up
from triage.decode.protocol import Operation, Request
data, size = sys.stdin.buffer, lambda: int.from_bytes(data.read(4))
samples = [data.read(size()) for _ in range(size())]
warm_up()
before = set(sys.modules)
for sample in samples:
    source, mime = InputSource(len(sample), sample, None), media_types.detect_mime(sample)
    for operation in (operations.measure_file, operations.render, operations.extract_pdf_text):
        try:
            operation(source, mime, Request(operation=Operation.RENDER, side=100))
        except Exception:
            pass
print(sorted(set(sys.modules) - before))
"""
    wire = len(samples).to_bytes(4) + b"".join(len(sample).to_bytes(4) + sample for sample in samples)
    done = subprocess.run([sys.executable, "-c", program], input=wire, capture_output=True, check=True, timeout=60)
    assert done.stdout.strip() == b"[]"


@pytest.mark.parametrize(
    ("begun", "alone"),
    [(range(1, 2), ["a", "c"]), (range(1, 3), ["a", "b", "c"]), (range(3, 3), ["a", "b", "c"]), (None, ["a", "b", "c"])],
)
def test_only_a_file_begun_by_itself_is_to_blame_for_the_time(
    begun: range | None, alone: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The group takes too long, and each file alone does not. No worker is started."""
    pool, late, asked = MediaPool(1), WorkerFailed(TOO_LONG, begun=begun), list[str]()

    def take_too_long(use: object) -> object:
        raise late

    def answer(request: Request, file: tuple[bytes, object]) -> str:
        asked.append(file[0].decode())
        return asked[-1]

    monkeypatch.setattr(pool, "_with_worker", take_too_long)
    monkeypatch.setattr(pool, "_ask_alone", answer)
    request = Request(operation=Operation.MEASURE)
    found = pool._ask_together(request, [(name, bytes) for name in (b"a", b"b", b"c")], request)
    assert found == [name if name in alone else late for name in "abc"]
    assert sorted(asked) == alone
    pool.close()
