"""What the store compresses is read by every later version, and damaged bytes are refused within bounds."""

from __future__ import annotations

import hashlib
import zlib

import pytest

from triage import limits
from triage.errors import StoreError
from triage.resources import find_root, read_shipped
from triage.store.compression import Dictionary, compress, decompress

SHIPPED = {
    "1-locations.bin": "6e7d3ec14e71c599f6f9859710f41a18daf9bf0807d122611a115a452519d237",
    "2-scores.bin": "d229e937e8588409f9646cf3bdaaed7c01e053a095b8dd5f4f82a3af53dad1d4",
    "3-documents.bin": "c05b465fe8683e28da2f3f3532dc22a4517fcc54b6924999f35da9e1db15fa62",
}
"""SHA-256 of each dictionary. Stores hold bytes that need them: never change one, add the next number."""
DOCUMENT = b'{"format":"le_json","slot":"le_json","path":"kite/900000001.json","numbers":["900000001"],"designation":"referral"}'


def test_shipped_dictionaries_never_change() -> None:
    names = sorted(file.name for file in (find_root() / "dictionaries").iterdir() if file.name.endswith(".bin"))
    assert names == sorted(SHIPPED) == [f"{each}-{each.name.lower()}.bin" for each in Dictionary]
    assert {name: hashlib.sha256(read_shipped(f"dictionaries/{name}")).hexdigest() for name in names} == SHIPPED


def test_what_was_stored_is_read_with_the_dictionary_that_it_names() -> None:
    """By zlib alone, as the page on resources/dictionaries says."""
    stored = bytes.fromhex("c10323a96b08eaa083ef780039d910e662ccfea181219efe612d00")
    assert decompress(stored) == DOCUMENT
    assert stored[:2] == b"\xc1\x03"
    assert zlib.decompressobj(-15, zdict=read_shipped("dictionaries/3-documents.bin")).decompress(stored[2:]) == DOCUMENT


@pytest.mark.parametrize("dictionary", Dictionary)
def test_what_is_compressed_comes_back(dictionary: Dictionary) -> None:
    whole = read_shipped(f"dictionaries/{dictionary}-{dictionary.name.lower()}.bin")
    for plain in (b"", b"{", DOCUMENT, whole[100:4_000], whole * 9, bytes(100_000), hashlib.sha512(b"kite").digest()):
        stored = compress(plain, dictionary)
        assert decompress(stored) == plain
        assert len(stored) <= len(plain)
        assert stored == compress(plain, dictionary), "the same bytes are stored alike"


def test_bytes_that_are_not_compressed_are_read_as_they_are() -> None:
    for plain in (b"", b"[]", DOCUMENT, b"\x80"):
        assert decompress(plain) is plain


def test_damaged_bytes_and_unknown_dictionaries_are_refused() -> None:
    stored = compress(DOCUMENT * 20, Dictionary.DOCUMENTS)
    for damaged in (stored[:-1], stored[:2], stored + b"kite", stored[:2] + b"\xff" + stored[3:]):
        with pytest.raises(StoreError, match="is damaged; run a check"):
            decompress(damaged)
    for unknown in (b"\xc1", b"\xc1\x00" + stored[2:], b"\xc1\x63" + stored[2:]):
        with pytest.raises(StoreError, match="newer Triage"):
            decompress(unknown)


def test_no_more_is_unpacked_than_a_document_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = compress(bytes(10_000), Dictionary.SCORES)
    monkeypatch.setattr(limits, "MAX_COMPRESSED", 9_999)
    with pytest.raises(StoreError, match="is damaged"):
        decompress(stored)
    assert compress(bytes(10_000), Dictionary.SCORES) == bytes(10_000)
