"""Each file of JSON that a store or a backup reads says in one sentence that it is damaged, whatever byte was changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.store.conftest import CHEAP
from triage.errors import StoreError
from triage.store import audit, key_form, register
from triage.store.store import Store

READERS: dict[str, Callable[[Path], Any]] = {
    "head.json": audit.read_head,
    "keys.json": lambda path: key_form.decode_key_file(path.read_bytes()),
    "register": register.read_register,
}


@pytest.mark.parametrize("name", READERS)
def test_a_byte_that_is_no_text_is_damage(tmp_path: Path, name: str) -> None:
    Store.create(tmp_path / "store", "first", "seven green boats", cost=CHEAP).store.close()
    path = tmp_path / "store" / name
    if name == "register":
        path.write_bytes(b'{"format": "x"}')
    sound = path.read_bytes()
    for at in range(min(len(sound), 120)):
        path.write_bytes(sound[:at] + b"\xff" + sound[at + 1 :])
        with pytest.raises(StoreError):
            READERS[name](path)


def test_an_entry_that_is_nested_without_end_is_damage() -> None:
    deep = "[" * 100_000
    assert not audit._is_entry_intact(1, deep, audit.leaf_hash(deep.encode()))
