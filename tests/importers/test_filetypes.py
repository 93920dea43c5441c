from __future__ import annotations

import pytest

from triage.importers.filetypes import is_junk
from triage.importers.registry import classify

FTYP = b"\0\0\0\x18ftyp"


@pytest.mark.parametrize(
    ("name", "peek", "sort"),
    [
        ("a.jpg", b"\xff\xd8\xff\xe0", "media"),
        ("report.xml", b"\xff\xd8\xff\xe0", "media"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "media"),
        ("a.webp", b"RIFF\0\0\0\0WEBP", "media"),
        ("a.heic", FTYP + b"heic", "media"),
        ("a.avif", FTYP + b"avif", "media"),
        ("a.bin", FTYP + b"isom", "media"),
        ("a.bmp", b"BM\0\1\0\0\0\0\0\0", "media"),
        ("BMW.txt", b"BMW and other cars", "document"),
        ("a.webm", b"\x1a\x45\xdf\xa3", "media"),
        ("a.mp3", b"ID3\4", "media"),
        ("cut.jpg", b"", "media"),
        ("a.zip", b"PK\3\4", "archive"),
        ("a.bin", b"PK\3\4", "archive"),
        ("a.docx", b"PK\3\4", "document"),
        ("a.rar", b"Rar!\x1a\x07", "archive"),
        ("a.tar", b"a" * 257 + b"ustar", "archive"),
        ("a.csv", b"content,src,target", "document"),
        ("hashes.json", b'{"value":[]}', "document"),
        ("place.kml", b"<kml/>", "document"),
        ("what", b"\1\2\3", "unknown"),
        ("empty", b"", "unknown"),
    ],
)
def test_sorts(name: str, peek: bytes, sort: str) -> None:
    assert classify(name, peek) == sort


@pytest.mark.parametrize(
    ("name", "peek", "format"),
    [
        ("x.XML", b"\xef\xbb\xbf<?xml version='1.0'?><report>", "esp_xml"),
        ("details", b"<fileDetails>", "esp_xml"),
        ("answer.txt", b"<?xml version='1.0'?><ns2:reportResponse xmlns:ns2='x'>", "esp_xml"),
        ("x", "<report/>".encode("utf-16"), "esp_xml"),
        ("1.json", b'{"reportId": 1', "le_json"),
        ("all.txt", b'[ {"dateReceived": null, "reportId": 1', "le_json"),
        ("1", b'\xef\xbb\xbf{"reportedInformation":{', "le_json"),
        ("1.pdf", b"%PDF-1.7", "le_pdf"),
        ("1", b"junk\n%PDF-1.4", "le_pdf"),
    ],
)
def test_documents(name: str, peek: bytes, format: str) -> None:
    found = classify(name, peek)
    assert not isinstance(found, str)
    assert found.format == format


@pytest.mark.parametrize(
    ("name", "level", "peek", "junk"),
    [
        (".DS_Store", "b", b"", True),
        ("Thumbs.db", "b", b"\xd0\xcf\x11\xe0", True),
        ("Thumbs.db", "b", b"\xff\xd8\xff", False),
        ("a.png", "b/__MACOSX/x", b"text", True),
        ("a.png", "b/__MACOSX/x", b"\x89PNG\r\n\x1a\n", False),
        ("._a", "b", b"\0\5\x16\7", True),
        ("._a.json", "b", b'{"reportId"', False),
        ("desktop.ini.png", "b", b"x", False),
    ],
)
def test_junk(name: str, level: str, peek: bytes, junk: bool) -> None:
    assert is_junk(name, level, peek) is junk
