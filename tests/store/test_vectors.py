"""Every committed faulty key file and head gets its sentence, and a doctored key file costs no work."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from triage.errors import StoreError
from triage.store import audit, key_form, keys, opening

FILES = sorted((Path(__file__).parent / "vectors").glob("*.json"))
NAME, PASSPHRASE = "First User", "seven green boats"


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def use(kind: str, folder: Path) -> None:
    if kind == "head":
        audit.read_head(folder / opening.HEAD)
    else:
        keys.unlock_key_file(opening.read_key_file(folder), NAME, PASSPHRASE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_fault_gets_its_sentence(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = keys._derive_passphrase_key

    def derive(salt: bytes, name: str, passphrase: str, cost: key_form.Cost) -> bytes:
        if vector["expected"] is not None and vector["stage"] == "read":
            pytest.fail("a doctored file must not cost work")
        return real(salt, name, passphrase, cost)

    monkeypatch.setattr(keys, "_derive_passphrase_key", derive)
    vector = read(path)
    name = opening.HEAD if vector["kind"] == "head" else opening.KEYS
    (tmp_path / name).write_bytes(base64.b64decode(vector["base64"]) + b" " * vector["pad"])
    if vector["expected"] is None:
        use(vector["kind"], tmp_path)
        return
    with pytest.raises(StoreError) as error:
        use(vector["kind"], tmp_path)
    assert vector["expected"] in str(error.value)


def test_there_is_a_good_one_of_each_kind() -> None:
    assert {read(path)["kind"] for path in FILES if read(path)["expected"] is None} == {"key file", "head"}


def test_the_most_work_that_is_accepted_is_bounded() -> None:
    dear = key_form.Cost(memory_kib=1 << 20, iterations=16, lanes=4)
    assert key_form.is_affordable(dear)
    assert not key_form.is_affordable(dear, key_form.Cost(memory_kib=64, iterations=1, lanes=1))
    assert key_form.is_affordable(key_form.Cost(), *[key_form.Cost()] * 64), "equal costs are tried once"
