from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from PIL import Image

from tests.decode import media
from triage import limits
from triage.decode.client import MediaPool

if sys.platform != "linux":
    pytest.skip("forks are for Linux", allow_module_level=True)

from triage.decode import forkserver


@pytest.fixture(scope="module")
def data(drawn: Image.Image) -> bytes:
    return media.encoded(drawn.resize((64, 64)), "PNG")


@pytest.fixture
def pool() -> Iterator[MediaPool]:
    with MediaPool(2) as pool:
        yield pool


def server_of(pool: MediaPool) -> forkserver._Server | None:
    assert isinstance(pool._launcher, forkserver.ForkServer)
    return pool._launcher._server


def test_a_server_makes_only_so_many_workers(pool: MediaPool, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WORKER_FILES", 1)
    monkeypatch.setattr(forkserver, "_FORKS", 2)
    servers = []
    for _ in range(3):
        assert pool.measure(data).problem is None
        servers.append(server_of(pool))
    assert servers[0] is servers[1] is not servers[2]


def test_the_end_of_a_worker_is_seen_while_another_and_the_server_live(pool: MediaPool, data: bytes) -> None:
    """No other process holds an end of its wire."""
    one, other = pool._slots.get(), pool._slots.get()
    assert one is None and other is None
    pool._slots.put(None)
    pool.measure(data)
    pool._slots.put(None)
    pool.measure(data)
    workers = [pool._slots.get() for _ in range(2)]
    assert None not in workers
    for worker in workers:
        worker._process.kill()  # type: ignore[union-attr]
        assert worker._stdout.read(1) == b""  # type: ignore[union-attr]
        pool._slots.put(worker)
        assert pool.measure(data).problem is None


def test_after_a_crash_the_next_worker_comes_from_a_new_server(pool: MediaPool, data: bytes) -> None:
    pool.measure(data)
    server, worker = server_of(pool), pool._slots.get()
    assert worker is not None
    worker._process.kill()
    pool._slots.put(worker)
    assert pool.measure(data).problem is None
    assert server_of(pool) not in (server, None)


def test_a_server_that_died_costs_no_file(pool: MediaPool, data: bytes) -> None:
    pool.prepare()
    server = server_of(pool)
    assert server is not None
    server.process.kill()
    server.process.wait()
    assert pool.measure(data).problem is None
