"""Sound files to start from: the feed's reports in every format, complaints, own cases, hash lists, archives."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import textwrap
import zipfile
from collections import defaultdict
from dataclasses import replace
from functools import cache

import numpy as np
import simplejpeg

from bench.fuzzing.mutate import Chance, mutate_bytes, mutate_csv, mutate_file, mutate_json, mutate_text
from triage_demo.feed import le_pdf as feed_le_pdf
from triage_demo.feed.bundles import documents
from triage_demo.feed.make import UNTIL
from triage_demo.feed.plan import plan

Files = dict[str, bytes]
REPORTS = 48

COMPLAINT = {
    "complaintNumber": "17/2026",
    "channel": "helpline 1799",
    "office": "LHR",
    "received": "2026-10-02T09:30:00+05:00",
    "verification": "verified",
    "verifiedAt": "2026-10-02",
    "familyWishes": "No visit at home; call after 18:00.",
    "relatedReports": ["900000001"],
    "complainant": {"name": "A. Example", "phones": ["0300 0000123"], "relationToChild": "mother", "cnic": "35202-0000000-1"},
    "child": {"age": 13, "dateOfBirth": "2013-01-01", "accounts": [{"platform": "Lantern Chat", "username": "little_kite"}]},
    "reportedAccounts": [
        {"platform": "Lantern Chat", "username": "kite_flyer", "phone": "+92 300 0000777", "ip": "203.0.113.9", "wallet": "x1"}
    ],
    "files": [{"name": "a.jpg", "md5": "0cc175b9c0f1b6a831c399e269772661", "description": "what was sent"}],
    "incidentTime": "2026-10-01T20:00:00+05:00",
    "incidentType": "Sextortion",
    "description": "The account asked for pictures.",
}
COMPLAINTS_CSV = b"""Complaint number,Channel,Office,Received,Family wishes,Related reports,Complainant name,Complainant phone,Child age,\
Child username,Account platform,Account username,Account phone,Account email,File name,File MD5,Incident time,Description
18/2026,portal,KHI,2026-10-02T09:30:00+05:00,none,900000001,B. Example,0300 0000123,12,little_kite,Lantern Chat,kite_flyer,\
+92 300 0000777,kite@mail.example.invalid,x.jpg,0cc175b9c0f1b6a831c399e269772661,2026-10-01T20:00:00+05:00,asked for pictures
"""
OWN_CASES = b"""case number,kind,value,role,platform,note
12/2026,phone,+92 300 0000777,,,seized in March
12/2026,imei,490154203237518,,,
12/2026,md5,0cc175b9c0f1b6a831c399e269772661,,,
13/2026,username,kite_flyer,suspect,Lantern Chat,
13/2026,ip,203.0.113.9,victim,,
"""


@cache
def picture() -> bytes:
    """Returns one small drawn JPEG, which stands for every file of every report."""
    y, x = np.mgrid[0:96, 0:96]
    drawn = np.stack([x * 2, y * 2, (x * y) % 255], axis=-1).astype(np.uint8)
    made: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(drawn), quality=85)
    return made


@cache
def feed_reports() -> tuple[Files, ...]:
    """Returns the documents and attachments of each planned report of the feed, the same every time."""
    made: defaultdict[str, bytes] = defaultdict(picture)
    found = []
    for report in plan(7, REPORTS, UNTIL).reports:
        files = documents(replace(report, files=report.files[:2]), made, flat=True)
        found.append(files)
    return tuple(found)


def pdf_lines() -> list[list[str]]:
    """Returns the text of the feed's PDF reports, by line."""
    import pypdfium2

    pages = []
    for files in feed_reports():
        for name, data in files.items():
            if name.endswith(".pdf"):
                with contextlib.closing(pypdfium2.PdfDocument(data)) as opened:
                    pages.append([line for page in opened for line in page.get_textpage().get_text_range().splitlines()])
    return pages


PDF_LINES = cache(pdf_lines)


def mutate_pdf_report(chance: Chance) -> bytes:
    """Returns a PDF report printed from lines of which some were changed, doubled, moved or removed."""
    lines = list(chance.choice(PDF_LINES()))
    for _ in range(chance.choice((1, 2, 6))):
        at = chance.randrange(len(lines))
        label, colon, value = lines[at].partition(": ")
        match chance.randrange(6):
            case 0 | 1 | 2:
                lines[at] = label + colon + mutate_text(chance, value)
            case 3:
                lines[at:at] = lines[at : at + chance.choice((1, 5, 30))] * chance.choice((1, 20))
            case 4 if len(lines) > 1:
                del lines[at : at + chance.choice((1, 10))]
            case _:
                lines.insert(chance.randrange(len(lines)), lines[at])
    wrapped = [
        part for line in lines for part in textwrap.wrap(line[:20_000], 96, break_long_words=chance.random() < 0.5) or [""]
    ]
    return feed_le_pdf._pdf([wrapped[at : at + 58] for at in range(0, len(wrapped), 58)])


def mutate_report(chance: Chance) -> Files:
    """Returns one report's folder with mutated documents, of any of the formats."""
    form = chance.randrange(10)
    if form == 0:
        return {"complaint.json": mutate_json(chance, json.dumps(COMPLAINT).encode())}
    if form == 1:
        return {"complaints.csv": mutate_csv(chance, COMPLAINTS_CSV)}
    if form == 2:
        return {"cases.csv": mutate_csv(chance, OWN_CASES)}
    if form == 3:
        return {"report.pdf": mutate_pdf_report(chance)}
    files = dict(chance.choice(feed_reports()))
    for name in chance.sample(sorted(files), k=min(len(files), chance.choice((1, 1, 2)))):
        files[name] = mutate_file(chance, name, files[name])
    if chance.random() < 0.05:
        moved = chance.choice(sorted(files))
        files[chance.choice(("\u202egnp.json", "a\nb.xml", "n" * 200 + ".pdf", "report.xml", ".hidden", "x"))] = files.pop(moved)
    return files


# Archives


def pack_zip(chance: Chance, files: Files) -> bytes:
    """Returns a sound zip of the files."""
    out = io.BytesIO()
    method = chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2))
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, data)
    return out.getvalue()


_ENTRY = {
    b"PK\3\4": (4, 6, 8, 14, 18, 22, 26, 28, 30),
    b"PK\1\2": (6, 8, 10, 16, 20, 24, 28, 30, 32, 34, 38, 42, 46),
    b"PK\5\6": (4, 8, 10, 12, 16, 20),
}
_VALUES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\1\0\1\0", b"\x63\0\x63\0", b"\x2e\x2e\x2f\x2e")


def mutate_zip(chance: Chance, data: bytes) -> bytes:
    """Returns the zip with fields of its records overwritten, or its bytes changed, or itself within a further zip."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3))):
        mark = chance.choice(sorted(_ENTRY))
        places = [at for at in range(len(changed) - 4) if changed[at : at + 4] == mark]
        if places:
            at = chance.choice(places) + chance.choice(_ENTRY[mark])
            length = chance.choice((1, 2, 4))
            changed[at : at + length] = chance.choice((*_VALUES, chance.randbytes(4)))[:length]
    data = bytes(changed) if chance.random() < 0.7 else mutate_bytes(chance, data)
    for _ in range(chance.choice((0, 0, 1, 12))):
        data = pack_zip(chance, {"inner.zip": data})
    return data


def make_archive(chance: Chance) -> Files:
    """Returns one mutated zip with a report or two."""
    files: Files = {}
    for n in range(chance.choice((1, 2))):
        files |= {f"{n}/{name}": data for name, data in chance.choice(feed_reports()).items()}
    return {"bundle.zip": mutate_zip(chance, pack_zip(chance, files))}


# Hash lists


@cache
def lists() -> Files:
    """Returns a sound list of each kind that the product reads from a text file."""
    digests = [hashlib.md5(str(n).encode()).hexdigest() for n in range(8)]
    sha1 = [hashlib.sha1(str(n).encode()).hexdigest() for n in range(8)]
    media = [{"MediaID": n, "MD5": md5, "SHA1": sha1[n], "Category": 1, "MediaSize": 10} for n, md5 in enumerate(digests)]
    context = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"
    return {
        "plain.csv": "\n".join(["md5", *digests]).encode(),
        "table.csv": "\n".join(["name,md5,sha1,category", *(f"f{n},{digests[n]},{sha1[n]},1" for n in range(8))]).encode(),
        "pdq.csv": "\n".join(["hash", *(hashlib.sha256(str(n).encode()).hexdigest() for n in range(8))]).encode(),
        "vics.json": json.dumps({"@odata.context": context, "value": media}).encode(),
    }


def make_list(chance: Chance) -> Files:
    """Returns one mutated hash list."""
    name = chance.choice(sorted(lists()))
    return {name: mutate_file(chance, name, lists()[name])}
