"""Keys of an open store lie in one page, which is zeroed when it closes."""

from __future__ import annotations

from typing import Any

import pytest

from triage.store.secret import SecretPage


def test_what_is_kept_is_there_until_it_is_wiped() -> None:
    page = SecretPage()
    one, other = page.keep(b"first"), page.keep(b"second")
    assert (bytes(one), bytes(other)) == (b"first", b"second")
    page.wipe()
    assert (bytes(one), bytes(other)) == (bytes(5), bytes(6))


def test_a_full_page_is_a_bug() -> None:
    page = SecretPage()
    page.keep(bytes(4000))
    with pytest.raises(ValueError, match="full"):
        page.reserve(100_000)


def test_closing_a_store_zeroes_its_keys(made: Any) -> None:
    store = made.open()
    ring = store.keys.ring
    assert all(any(key) for key in ring.keys.by_purpose().values()) and any(ring._master)
    store.close()
    assert not any(any(key) for key in ring.keys.by_purpose().values()) and not any(ring._master)
    with pytest.raises(AttributeError):
        store.sign(b"anything")


def test_a_changed_ring_is_wiped_too(made: Any) -> None:
    with made.open() as store:
        before = store.keys.ring
        store.keys.rotate_master()
        after = store.keys.ring
    assert not any(before._master) and not any(after._master)
