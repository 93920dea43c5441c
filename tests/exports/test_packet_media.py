"""Encryption on the way out: flat memory, keys that are none, and a reader that goes away."""

from __future__ import annotations

import io
import tarfile
import threading
from collections.abc import Iterator

import pyrage
import pytest

from triage.errors import StoreError, WorldError
from triage.exports.packet_media import encrypt_tar, read_recipients
from triage.model.packet import PacketMedium


def medium(name: str, size: int, chunks: Iterator[bytes] | None = None) -> PacketMedium:
    return PacketMedium(name=name, sha256="0" * 64, size=size, chunks=chunks or iter([bytes(size)]))


@pytest.fixture
def identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


def keys(identity: pyrage.x25519.Identity) -> list[object]:
    return read_recipients([str(identity.to_public())])


def test_sizes_around_a_block_come_back(identity: pyrage.x25519.Identity) -> None:
    sizes = (0, 1, 511, 512, 513, 70_000)
    sealed = b"".join(encrypt_tar([medium(f"r/{n}", n) for n in sizes], keys(identity)))
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(sealed, [identity]))) as tar:
        assert [(m.name, m.size, m.mode) for m in tar] == [(f"r/{n}", n, 0o600) for n in sizes]


def test_every_recipient_can_open_it(identity: pyrage.x25519.Identity) -> None:
    other = pyrage.x25519.Identity.generate()
    sealed = b"".join(encrypt_tar([medium("r/a", 10)], [*keys(identity), *keys(other)]))
    assert pyrage.decrypt(sealed, [identity]) == pyrage.decrypt(sealed, [other])


@pytest.mark.parametrize("key", ["", "age1", "AGE-SECRET-KEY-1X", "ssh-ed25519 AAAA"])
def test_a_key_that_is_none(key: str) -> None:
    with pytest.raises(WorldError, match="not an age public key"):
        read_recipients([key])


def test_a_reader_that_goes_away_leaves_no_thread(identity: pyrage.x25519.Identity) -> None:
    """A full disk ends the taking early; the encrypting thread must not wait for ever."""
    endless = (bytes(1 << 20) for _ in iter(int, 1))
    stream = encrypt_tar([medium("r/a", 1 << 40, endless)], keys(identity))
    next(stream)
    stream.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "age"]


def test_a_failing_source_is_told(identity: pyrage.x25519.Identity) -> None:
    def damaged() -> Iterator[bytes]:
        yield bytes(1000)
        raise StoreError("A medium does not authenticate.")

    with pytest.raises(StoreError, match="authenticate"):
        b"".join(encrypt_tar([medium("r/a", 5000, damaged())], keys(identity)))
