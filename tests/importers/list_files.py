"""Small hash lists for the tests, and how they are read."""

from __future__ import annotations

import hashlib
import io
import json

from triage.importers.lists import ListItem, ListReader, open_list

MD5 = "0cc175b9c0f1b6a831c399e269772661"
SHA1 = hashlib.sha1(b"a").hexdigest()
SHA256 = hashlib.sha256(b"a").hexdigest()
CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#"


def reading(data: bytes) -> tuple[ListReader, list[ListItem]]:
    opened = open_list(io.BytesIO(data))
    return opened, list(opened.items())


def items(data: bytes) -> list[ListItem]:
    return reading(data)[1]


def vics(*media: object, shape: str = "Media") -> bytes:
    return json.dumps({"@odata.context": CONTEXT + shape, "value": media}).encode()


def hashes(item: ListItem) -> dict[str, str]:
    return {kind: value.hex() for kind, value in item.hashes}
