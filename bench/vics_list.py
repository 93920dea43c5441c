"""Writes a Project VIC export of a seized device with invented hashes and paths, for benchmarks."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path


def make_digest(kind: str, n: int) -> str:
    """Returns an invented digest in upper-case hex."""
    return hashlib.new(kind, b"medium %d" % n, usedforsecurity=False).hexdigest().upper()


def write_vics(path: Path, entries: int) -> None:
    """Writes a VICS file of a seized device with so many entries."""
    with path.open("w", encoding="utf-8") as out:
        out.write('{"@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Cases",\n')
        out.write('"value": [{"CaseID": "00000000-0000-4000-8000-000000000001", "CaseNumber": "BENCH", "Media": [\n')
        for n in range(entries):
            md5, name = make_digest("md5", n), f"picture_{n}.jpg"
            folder = f"E:\\Users\\owner\\Pictures\\{n % 977}"
            media = {
                "MediaID": n + 1,
                "Category": (None, 0, 1, 2, 4)[n % 5],
                "MD5": md5,
                "SHA1": make_digest("sha1", n),
                "MediaSize": 100_000 + n,
                "RelativeFilePath": f"VIC_Files\\{name}",
                "MimeType": "image/jpeg",
                "DateUpdated": "2026-01-05T10:00:00.0000000Z",
                "IsPrecategorized": "false",
                "VictimIdentified": n % 7 == 0,
                "OffenderIdentified": False,
                "IsDistributed": None,
                "Series": f"series {n % 40}" if n % 9 == 0 else None,
                "Tags": "",
                "AlternativeHashes": [{"MD5": md5, "HashName": "PDQ", "HashValue": hashlib.sha256(b"%d" % n).hexdigest()}],
                "Exifs": [{"MD5": md5, "PropertyName": "Model", "PropertyValue": "bench"}],
                "MediaFiles": [{"MD5": md5, "FileName": name, "FilePath": f"{folder}\\{name}", "Deleted": False}],
            }
            out.write(("" if n == 0 else ",\n") + json.dumps(media))
        out.write("\n]}]}\n")
