"""What videos cost: a sandboxed worker beside decoding alone, and a search among many videos.

A row of the suite: `python -m bench videos`; its size is the videos that are searched. The worker hashes a drawn 10-second video of 1920 x
1080. Random frames of the searched videos, 40 of each, are asked with 60 frames of which half are in one of them, which must be found.
What is found of changed videos: `python -m bench.films`.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from bench.films import encode
from bench.suite.model import Place, Result
from tests.hashing.clips import clip, film
from triage.decode.client import MediaPool
from triage.decode.process import worker_command
from triage.hashing.video_frames import Frame
from triage.hashing.video_search import FrameIndex, StoredVideo, find_videos

SECONDS = 4
DECODING_TIMES = 2.0
"""Processor time of the worker beside decoding alone, at most; the hashing is the rest."""
PEAK_MIB = 250.0
UPRIGHT_MS, ALL_MS = 100.0, 300.0


def measure_videos(size: int, place: Place) -> Iterator[Result]:
    """Yields what a worker spends on a video, and what a search among so many takes."""
    yield from measure_worker()
    yield from measure_search(size)


def measure_worker() -> Iterator[Result]:
    """Yields processor time and memory of a confined worker; decoding alone beside it."""
    data = encode(clip(7, SECONDS, height=1080, width=1920, rate=30, speed=0.5, shot=3), bits=8_000_000, rate=30)
    started = time.process_time()
    with av.open(io.BytesIO(data), format="mov") as container:
        container.streams.video[0].codec_context.thread_count = 1
        sum(1 for _ in container.decode(video=0))
    decoding = time.process_time() - started
    with MediaPool(1, command=worker_command()) as pool:
        pool.measure(film(clip(1, 1)))
        process = find_process(pool)
        before = read_processor_seconds(process)
        pool.measure(data)
        spent, peak = read_processor_seconds(process) - before, read_peak_mib(process)
    yield Result(f"worker, {SECONDS} s of 1080p", 0, spent, "s", decoding, "decoding alone", allowed=DECODING_TIMES)
    yield Result("worker, memory at most", 0, peak, "MiB", PEAK_MIB)


def find_process(pool: MediaPool) -> int:
    """Returns the process of the pool's one worker, which was started as a program of its own."""
    return int(next(worker for worker in pool._slots.queue if worker is not None)._process._running.pid)


def read_processor_seconds(process: int) -> float:
    """Returns the processor time of a process."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read_peak_mib(process: int) -> int:
    """Returns the peak memory of a process in MiB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def measure_search(count: int) -> Iterator[Result]:
    """Yields what a search takes, upright and in all orientations."""
    dice = np.random.default_rng(1)
    hashes = dice.bytes(32 * 40 * count)
    index = FrameIndex()

    def kept(number: int) -> tuple[Frame, ...]:
        return tuple(Frame(0, 90, hashes[at : at + 32]) for at in range(number * 1280, (number + 1) * 1280, 32))

    index.extend(StoredVideo(number, kept(number)) for number in range(count))
    own = (*kept(5)[:30], *(Frame(0, 90, dice.bytes(32)) for _ in range(30)))
    find_videos(index, kept, own)
    for name, thorough, limit in (("upright", False, UPRIGHT_MS), ("in all orientations", True, ALL_MS)):
        started = time.process_time()
        found = find_videos(index, kept, own, thorough=thorough)
        yield Result(f"60 frames searched {name}", 0, (time.process_time() - started) * 1000, "ms", limit)
        yield Result(f"the planted video found, {name}", 0, float(list(found) == [5]), "of 1", 1, better="higher")
