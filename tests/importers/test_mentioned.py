"""Digests that a provider wrote into text are declared hashes of the file that they are about."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.importers import mentioned
from triage.importers.esp_xml import EspXmlImporter
from triage.importers.le_json import LeJsonImporter
from triage.model.document import Document

MD5, SHA1, SHA256, PDQ = "d4" * 16, "5e" * 20, "a1" * 32, "3c" * 32


def read(**parts: Any) -> Document:
    (document,) = LeJsonImporter().read("a.json", json.dumps({"reportId": 123, **parts}).encode(), None)
    return document


def declared(document: Document) -> list[tuple[str, dict[str, str]]]:
    return [(file.key, dict(file.declared)) for file in document.files]


def test_of_the_file_whose_text_names_them() -> None:
    text = f"SHA-256: {SHA256.upper()}\nMD5 hash = {MD5}; PDQ {PDQ}"
    document = read(uploadedFiles=[{"submittalId": "f1", "additionalInformation": text}, {"submittalId": "f2"}])
    assert declared(document) == [("f1", {"sha256": SHA256, "md5": MD5, "pdq": PDQ}), ("f2", {})]
    assert document.free_text[0].text == text


def test_of_the_file_whose_name_stands_in_front() -> None:
    files = [{"submittalId": "f1", "filename": "kite.jpg"}, {"submittalId": "f2", "filename": "boat.jpg"}]
    document = read(uploadedFiles=files, additionalInformation=f"boat.jpg has SHA1 ({SHA1}), kite.jpg MD5:{MD5}")
    assert declared(document) == [("f1", {"md5": MD5}), ("f2", {"sha1": SHA1})]


def test_of_the_report_when_that_is_not_clear() -> None:
    document = read(additionalInformation=f"The two files are MD5: {MD5}, SHA-1: {SHA1} and MD5: {'e7' * 16}.")
    assert declared(document) == [(f"hash:{MD5}", {"md5": MD5, "sha1": SHA1}), (f"hash:{'e7' * 16}", {"md5": "e7" * 16})]
    assert document.files[0].sources == document.free_text[0].sources


def test_another_digest_than_the_declared_one_is_of_another_file() -> None:
    file = {"submittalId": "f1", "verificationHash": MD5, "additionalInformation": f"Original MD5: {'e7' * 16}"}
    assert declared(read(uploadedFiles=[file])) == [("f1", {"md5": MD5}), (f"hash:{'e7' * 16}", {"md5": "e7" * 16})]


def test_what_is_no_digest_or_known_already_declares_nothing() -> None:
    file = {"submittalId": "f1", "verificationHash": MD5}
    said = f"MD5: {MD5}. MD5: {SHA1}. {SHA256}. XMD5: {'e7' * 16}. MD5: {'e7' * 17}. PDQ quality 80 SHA-256 {MD5}"
    assert declared(read(uploadedFiles=[file], additionalInformation=said)) == [("f1", {"md5": MD5})]


def test_declared_hashes_are_in_lower_case_whatever_the_source_used() -> None:
    xml = '<fileDetails><fileId>f1</fileId><originalFileHash hashType="PhotoDNA">AbC=</originalFileHash>'
    xml += f'<originalFileHash hashType="SHA1">{SHA1.upper()}</originalFileHash></fileDetails>'
    (document,) = EspXmlImporter().read("a.xml", xml.encode(), None)
    assert declared(document) == [("f1", {"photodna": "AbC=", "sha1": SHA1})]
    assert declared(read(uploadedFiles=[{"submittalId": "f1", "md5": MD5.upper()}])) == [("f1", {"md5": MD5})]


@pytest.mark.parametrize(
    "text",
    [
        f"SHA 256: {SHA256}", f"sha_256 = {SHA256}", f"SHA\u2011256 {SHA256}", f"(SHA-256) {SHA256}", f"SHA256sum: {SHA256}",
        f"SHA-256 hash value of the image is {SHA256}", f"Hash (SHA-256): '{SHA256.upper()}'",
    ],
)  # fmt: skip
def test_spellings_of_providers(text: str) -> None:
    assert declared(read(additionalInformation=text)) == [(f"hash:{SHA256}", {"sha256": SHA256})]


def test_the_place_of_the_text_is_kept_with_the_hash() -> None:
    file = {"submittalId": "f1", "additionalInformation": f"PDQ: {PDQ}"}
    (entry,) = read(uploadedFiles=[file]).files
    (fact,) = [fact for fact in entry.facts if fact.name == "pdq stated in"]
    assert fact.value == "additionalInformation, a.json, $.uploadedFiles[0].additionalInformation"
    assert fact.sources[0].document == "a.json"


_HEX = re.compile("[0-9A-Fa-f]{32}", re.ASCII)


@given(
    st.lists(
        st.sampled_from(["md5", "SHA-1", "sHa1", "pDq", "M", "D5", ":", " ", "\n", MD5, SHA1, MD5[1:], "ſha1", "İ"]), max_size=8
    )
)
def test_a_text_that_may_hold_a_digest_is_searched(parts: list[str]) -> None:
    text = "".join(parts)
    if mentioned._DIGEST.search(text):
        assert mentioned._may_hold_digest(text)
    if not _HEX.search(text) and not any(len(word) >= 32 for word in text.split()):
        assert not mentioned._may_hold_digest(text)
