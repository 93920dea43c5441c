"""Only a whole statement that its store signed says which export a sheet is."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from triage.exports import sheet_origin
from triage.exports.sheet_origin import KIND, read_origin, seal_origin, split_into_cells
from triage.model.queue_sheet import SheetOrigin

ORIGIN = SheetOrigin(export="e", store="aa", made="2026-11-20T07:00:00Z", rows=(("900000001", "sana"), ("900000002", None)))


def sign(body: bytes) -> bytes:
    return hashlib.sha512(body).digest()


def verify(body: bytes, signature: bytes) -> bool:
    return signature == sign(body)


def read(text: str) -> SheetOrigin | None:
    return read_origin(split_into_cells(text), verify)


def seal(**changed: object) -> str:
    body = msgspec.json.encode({"kind": KIND, "version": 1, "origin": ORIGIN} | changed)
    return sign(body).hex() + body.decode()


def test_what_was_sealed_is_read_back_from_any_number_of_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    text = seal_origin(ORIGIN, sign)
    assert text == seal() and read(text) == ORIGIN
    assert [len(cell) for cell in split_into_cells("x" * 60_001)] == [30_000, 30_000, 1] and split_into_cells("") == []
    for size in (1, 7, len(text)):
        monkeypatch.setattr(sheet_origin, "_CELL", size)
        assert "".join(split_into_cells(text)) == text and read(text) == ORIGIN


@pytest.mark.parametrize("text", [
    "", "x" * 200, seal()[:-1], seal() + " ", "0" + seal()[1:] if seal()[0] != "0" else "1" + seal()[1:], seal(kind="other"), seal(version=2), seal(more=1),
    seal(origin=1), sign(b"no json").hex() + "no json", sign(b"").hex()[:126], seal() + "\udcff",
])  # fmt: skip
def test_anything_else_is_no_statement(text: str) -> None:
    assert read(text) is None


def test_a_signature_of_another_length_is_not_even_compared() -> None:
    text = seal()
    assert read_origin([" " + text], lambda *_: True) is None
    assert read_origin([text[:127]], lambda *_: True) is None


def test_a_statement_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    text = seal()
    monkeypatch.setattr(sheet_origin, "LONGEST", len(text))
    assert read(text) == ORIGIN
    monkeypatch.setattr(sheet_origin, "LONGEST", len(text) - 1)
    assert read(text) is None
