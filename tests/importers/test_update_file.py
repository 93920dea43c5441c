from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.update_files import ISSUER, KEY, OFFICES, make_update, shipped
from triage.errors import InputError
from triage.importers import update_file
from triage.importers.update_file import FILES_OF, HEAD, read_update
from triage.priority.rules import ALL_FILES


def test_an_update_is_read_with_its_issuer() -> None:
    found = read_update(make_update(3))
    assert (found.issuer, found.content.number, found.content.kind) == (ISSUER, 3, "offices")
    assert b"Lahore 3" in found.content.files[OFFICES]


@given(at=st.integers(0, 5000), bit=st.integers(0, 7))
def test_one_changed_bit_is_refused(at: int, bit: int) -> None:
    data = bytearray(make_update())
    data[at % len(data)] ^= 1 << bit
    end, whole = len(HEAD) + 194, make_update()
    if data[:16] + bytes(data[16:end]).lower() + data[end:] == whole:
        return  # a hex digit in capitals is the same digit
    with pytest.raises(InputError):
        read_update(bytes(data))


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_with_a_sentence(rest: bytes) -> None:
    for data in (rest, HEAD + rest, make_update()[:210] + rest):
        with pytest.raises(InputError):
            read_update(data)


def test_a_signed_body_of_another_form_is_refused() -> None:
    body = b'{"kind":"offices","number":1,"issued":"2026-11-01","files":{},"run":"this"}'
    data = HEAD + KEY.public_key().public_bytes_raw().hex().encode() + b"\n" + KEY.sign(HEAD + body).hex().encode() + b"\n" + body
    with pytest.raises(InputError, match="can't read it"):
        read_update(data)


@pytest.mark.parametrize(
    "name", ["../offices.toml", "/etc/passwd", "law.toml", "rules/floors.toml", "migrations/0001_schema.sql"]
)
def test_a_file_that_is_not_of_the_kind_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="may not hold"):
        read_update(make_update(files={name: b"x"}))


def test_an_update_without_files_is_refused() -> None:
    with pytest.raises(InputError, match="may not hold nothing"):
        read_update(make_update(files={}))


def test_a_hash_list_needs_a_name() -> None:
    with pytest.raises(InputError, match="has a name"):
        read_update(make_update(kind="hash-list", files={"list": b"x"}))


def test_too_large_a_file_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_file, "MOST_BYTES", 100)
    with pytest.raises(InputError, match="larger than"):
        read_update(make_update())


def test_too_large_a_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_file, "MOST_TABLE_BYTES", 1_000)
    with pytest.raises(InputError, match=r"table offices\.toml is larger"):
        read_update(make_update())


def test_every_file_that_an_update_may_hold_is_shipped() -> None:
    names = [name for kind in ("addresses", "offices", "law", "phrases") for name in FILES_OF[kind]]
    assert [name for name in names if not shipped(name)] == []
    assert sorted(FILES_OF["rules"]) == sorted(ALL_FILES)


@pytest.mark.parametrize("changed", [{"name": "Invented \u202e2026"}, {"name": "two\nlines"}, {"issued": "2026-13-99"}])
def test_a_name_that_misleads_and_a_day_that_is_none_are_refused(changed: dict[str, str]) -> None:
    stated = {"kind": "hash-list", "name": "Invented", "list_kind": "known", "files": {"list": b"x"}}
    with pytest.raises(InputError, match="invisible characters"):
        read_update(make_update(**(stated | changed)))
