"""Families of malformed archives and documents, made anew each time: no sample from anywhere is needed to be hostile."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

from tests.importers.pdf_pages import ABROAD, pdf
from tests.importers.zips import Made, crooked, honest, zipcrypto
from tests.jobs.bundles import DETAILS, REPORT, le_json

Files = Iterator[tuple[str, bytes]]
"""(file name, bytes)."""

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DAMAGED_NAMES = (
    b"../../outside.json",
    b"/etc/outside.json",
    b"C:\\outside.json",
    b"\\\\server\\share\\outside.json",
    b"a\0.json",
    b"\xff\xfe.json",
    b"a/" * 500 + b"x.json",
    b"n" * 60_000,
    b"",
    b".",
    b"..",
    b"con",
    b"a:stream",
    "\u202egnp.exe".encode(),
)


def cut(name: str, data: bytes, offsets: Iterator[int] | range | list[int]) -> Files:
    stem, _, suffix = name.rpartition(".")
    for offset in sorted(set(offsets)):
        yield f"{stem}-cut-{offset}.{suffix}", data[:offset]


def flipped(name: str, data: bytes, times: int) -> Files:
    """Single bits, and runs of bytes, changed by seeded chance."""
    stem, _, suffix = name.rpartition(".")
    for seed in range(times):
        chance = random.Random(seed)
        changed = bytearray(data)
        for _ in range(1 + seed % 4):
            at = chance.randrange(len(changed))
            changed[at] ^= 1 << chance.randrange(8)
        if seed % 5 == 0:
            at = chance.randrange(len(changed))
            changed[at : at + 8] = chance.randbytes(8)
        yield f"{stem}-flip-{seed}.{suffix}", bytes(changed)


def joints(data: bytes) -> list[int]:
    """Offsets of a zip's records and a byte to either side."""
    marks = (b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\x08")
    found = {0, 1, len(data) - 1}
    for mark in marks:
        at = data.find(mark)
        while at >= 0:
            found |= {at - 1, at, at + 3, at + 4, at + 12, at + 29, at + 46}
            at = data.find(mark, at + 1)
    return sorted(offset for offset in found if 0 <= offset < len(data))


def archives() -> Files:
    files = {"900/900.json": le_json(900), "900/a.txt": b"boat" * 40}
    sound, stored = honest(files), honest(files, zipfile.ZIP_STORED)
    yield from cut("zip.zip", sound, joints(sound))
    yield from cut("stored.zip", stored, joints(stored))
    yield from flipped("zip.zip", sound, 60)
    yield from flipped("stored.zip", stored, 20)
    for n, bad in enumerate(DAMAGED_NAMES):
        yield f"name-{n}.zip", crooked([Made(bad, le_json(901)), Made(b"b.txt", b"b")])
    one = Made(b"a.json", le_json(902))
    lies: dict[str, dict[str, int | bytes]] = {
        "encrypted": {"flags": 1},
        "strong": {"flags": 0x41},
        "masked": {"flags": 0x2001},
        "method": {"method": 99},
        "lzma": {"method": 14},
        "method-98": {"method": 98},
        "crc": {"crc": 1},
        "size": {"size": 0xFFFFFFF0},
        "packed": {"packed": 0xFFFFFFF0},
        "zero": {"size": 0},
        "extra": {"extra": struct.pack("<HHQQ", 1, 16, 1 << 62, 1 << 62), "size": 0xFFFFFFFF, "packed": 0xFFFFFFFF},
        "extra-cut": {"extra": b"\1\0\xff"},
        "aes-extra": {"extra": struct.pack("<HHHBBBH", 0x9901, 7, 9, 0, 0, 9, 77), "method": 99, "flags": 1},
    }
    for name, said in lies.items():
        data = le_json(902)
        yield f"lie-{name}.zip", crooked([Made(b"a.json", data, local=said, central=said), Made(b"b.txt", b"b")])
        yield f"lie-local-{name}.zip", crooked([Made(b"a.json", data, local=said), Made(b"b.txt", b"b")])
        yield f"lie-central-{name}.zip", crooked([Made(b"a.json", data, central=said), Made(b"b.txt", b"b")])
    yield "twice.zip", crooked([one, Made(b"a.json", b"{}")])
    yield "one-body.zip", crooked([one, Made(b"b.json", le_json(902), offset=0)])
    yield "overlap.zip", crooked([Made(b"a.bin", bytes(999)), Made(b"b.bin", bytes(40), offset=20)])
    yield "link.zip", crooked([Made(b"a.json", b"/etc/passwd", mode=0o120777), one])
    yield "device.zip", crooked([Made(b"a.json", b"", mode=0o020666), one])
    yield "folder-with-bytes.zip", crooked([Made(b"a/", b"1234")])
    for name, end in {
        "count-more": {"count": 3},
        "count-less": {"count": 0},
        "disk": {"disk": 2},
        "directory-far": {"directory_offset": 0xFFFFFF00},
        "directory-here": {"directory_offset": 0},
        "comment": {"comment": b"PK\5\6" * 20},
        "comment-lie": {"comment_length": 9},
        "behind": {"behind": b"x" * 70_000},
        "prefix": {"prefix": b"MZ" + bytes(3_000)},
        "wide": {"wide": True},
        "wide-count": {"wide": True, "count": 1 << 60},
        "wide-far": {"wide": True, "directory_offset": 1 << 62},
    }.items():
        yield f"end-{name}.zip", crooked([one], **end)  # type: ignore[arg-type]
    yield "many.zip", crooked([one, *(Made(b"%d/" % n) for n in range(65_600))], wide=True)
    yield "locked.zip", zipcrypto(files, b"seven boats")
    yield "empty.zip", crooked([])
    yield "no-bytes.zip", b""
    yield "only-mark.zip", b"PK\3\4"
    yield "gzip.json", zlib.compress(le_json(1), wbits=31)
    yield "rar.rar", b"Rar!\x1a\x07\x01\0" + bytes(90)
    yield "sevenzip.7z", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(90)
    yield from _bombs()


def _bombs() -> Files:
    zeros = bytes(20 << 20)
    yield "bomb.zip", honest({"a.json": zeros, "b.xml": zeros})
    one = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = one.compress(zeros) + one.flush()
    said: dict[str, int | bytes] = {"method": 8, "size": len(zeros), "crc": zlib.crc32(zeros)}
    first = Made(b"0.bin", local=said, central=said, body=kernel)
    yield "shared-kernel.zip", crooked([first, *(Made(b"%d.bin" % n, central=said, offset=0) for n in range(1, 60))])
    nested = honest({"a.json": le_json(903)})
    for n in range(12):
        nested = honest({f"{n}.zip": nested})
    yield "deep.zip", nested
    wide = honest({"a.bin": bytes(1 << 20)})
    for _ in range(5):
        wide = honest({f"{n}.zip": wide for n in range(12)})
    yield "wide.zip", wide
    body = honest({"a.json": le_json(904)})
    yield "head-of-itself.zip", crooked([Made(b"self.zip", body), Made(b"self2.zip", body[:-30])])


def xml() -> Files:
    sound = REPORT.encode()
    yield from cut("report.xml", sound, range(1, len(sound), 37))
    yield from flipped("report.xml", sound, 60)
    yield from flipped("details.xml", DETAILS.encode(), 30)
    for name, prolog in {
        "laughs": f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]>',
        "quadratic": f'<!DOCTYPE r [<!ENTITY l9 "{"a" * 50_000}">]>',
        "outside": '<!DOCTYPE r [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
        "parameter": '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://198.18.0.1/x"> %p;]>',
        "dtd": '<!DOCTYPE r SYSTEM "http://198.18.0.1/x.dtd">',
    }.items():
        body = "<report><additionalInfo>" + "&l9;" * 200 + "</additionalInfo></report>"
        yield f"{name}.xml", f'<?xml version="1.0"?>{prolog}{body}'.encode()
        yield f"{name}-utf16.xml", f'<?xml version="1.0" encoding="UTF-16"?>{prolog}{body}'.encode("utf-16")
    yield "utf7.xml", b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE'
    yield (
        "include.xml",
        b'<report xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd" parse="text"/></report>',
    )
    yield "sheet.xml", b'<?xml version="1.0"?><?xml-stylesheet href="http://198.18.0.1/x"?><report/>'
    for depth in (63, 64, 65, 300, 100_000):
        yield f"deep-{depth}.xml", b"<report>" + b"<a>" * depth + b"</a>" * depth + b"</report>"
    yield "attribute.xml", b'<report a="' + b"x" * 11_000_000 + b'"/>'
    yield "attributes.xml", b"<report " + b" ".join(b'a%d="1"' % n for n in range(50_000)) + b"/>"
    yield "name.xml", b"<report><" + b"n" * 100_000 + b"/></report>"
    yield "siblings.xml", b"<report>" + b"<additionalInfo/>" * 200_000 + b"</report>"
    yield "text.xml", b"<report><additionalInfo>" + b"0300 " * 400_000 + b"</additionalInfo></report>"
    yield "comments.xml", b"<report>" + b"<!-- -->" * 50_000 + b"</report>"
    yield "cdata.xml", b"<report><![CDATA[" + b"]" * 100_000 + b"]]></report>"
    yield "nul.xml", sound.replace(b"kite", b"ki\0te")
    yield "latin.xml", sound.replace(b"UTF-8", b"ISO-8859-1").replace(b"kite", b"kit\xe9")
    yield "bad-utf8.xml", sound.replace(b"kite", b"kit\xe9")
    yield "surrogate.xml", sound.replace(b"kite", b"\xed\xa0\x80")
    yield "utf16-odd.xml", REPORT.replace("UTF-8", "UTF-16").encode("utf-16")[:-1]
    yield "codec.xml", sound.replace(b"UTF-8", b"unicode_escape")
    yield "twice.xml", sound + sound
    yield "spaces.xml", b" " * 2_000_000 + sound
    yield "bom.xml", b"\xef\xbb\xbf" * 3 + sound
    yield "dates.xml", sound.replace(b"2026-10-01T10:00:00+05:00", b"99999999-99-99T99:99:99+99:99")
    yield "port.xml", sound.replace(b"40123", b"9" * 5_000)


def json() -> Files:
    sound = le_json(905)
    yield from cut("report.json", sound, range(1, len(sound), 29))
    yield from flipped("report.json", sound, 60)
    for depth in (63, 64, 65, 1_000, 200_000):
        yield f"deep-{depth}.json", b'{"reportId":"906","a":' + b"[" * depth + b"]" * depth + b"}"
        yield f"deep-map-{depth}.json", b'{"reportId":"906","a":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
    yield "duplicate.json", b'{"reportId":"907","reportId":"908","reportedInformation":{},"reportedInformation":null}'
    yield "number.json", b'{"reportId":' + b"9" * 20_000 + b',"reportedInformation":{}}'
    yield "exponent.json", b'{"reportId":"909","reportedInformation":{"incidentSummary":{"incidentDateTime":1e999999}}}'
    yield "nan.json", b'{"reportId":NaN,"reportedInformation":{"uploadedFiles":Infinity}}'
    yield "minus.json", b'{"reportId":-1,"reportedInformation":{}}'
    yield "surrogates.json", b'{"reportId":"910","reportedInformation":{"x":"\\ud800","y":"\\udfff\\ud800"}}'
    yield "nul.json", sound.replace(b"user_905", b"user\\u0000_905")
    yield "raw-nul.json", sound.replace(b"user_905", b"user\0_905")
    yield "bad-utf8.json", sound.replace(b"user_905", b"\xff\xfe\xed\xa0\x80")
    for codec in ("utf-16", "utf-16-be", "utf-32", "utf-7"):
        yield f"{codec}.json", sound.decode().encode(codec)
    yield "utf16-odd.json", sound.decode().encode("utf-16")[:-1]
    yield "boms.json", b"\xef\xbb\xbf\xef\xbb\xbf" + sound
    yield "text.json", b'{"reportId":"911","reportedInformation":{"additionalInformation":"' + b"a@" * 500_000 + b'"}}'
    yield "key.json", b'{"reportId":"912","reportedInformation":{"' + b"k" * 1_000_000 + b'":1}}'
    yield "keys.json", b'{"reportId":"913","reportedInformation":{' + b",".join(b'"k%d":1' % n for n in range(100_000)) + b"}}"
    yield "people.json", le_json(914).replace(b'"reportedPersons": [', b'"reportedPersons": [' + b"{}," * 100_000)
    for n, kind in enumerate((b"1", b"true", b'"text"', b"null", b"[[]]", b'{"a":{}}', b"[null,1,{}]")):
        yield f"kind-{n}.json", b'{"reportId":"9200%d","reportedInformation":%s}' % (n, kind)
        for key in ("reportingEsp", "incidentSummary", "reportedPeople", "uploadedFiles"):
            yield f"kind-{key}-{n}.json", b'{"reportId":"93%d","reportedInformation":{"%s":%s}}' % (n, key.encode(), kind)
    yield "top.json", b"[" + sound + b"," + sound + b"]"
    yield "lines.json", sound + b"\n" + sound
    yield "escape.json", sound.replace(b"user_905", b"\\u202e\\u2066user\\u001b[2J")


def pdfs() -> Files:
    sound = pdf(ABROAD)
    yield from cut("report.pdf", sound, list(range(1, len(sound), max(1, len(sound) // 16))))
    yield from flipped("report.pdf", sound, 24)
    yield "locked.pdf", pdf(ABROAD, owner_password="owner", user_password="seven boats")
    yield "empty.pdf", b"%PDF-1.7\n%%EOF"
    yield "trailer.pdf", sound.replace(b"startxref", b"startxref\n99999999999999999999\n")
    yield (
        "loop.pdf",
        (
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
            b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 2147483647>>endobj\ntrailer<</Root 1 0 R/Prev 0>>\nstartxref\n0\n%%EOF"
        ),
    )
    yield "count.pdf", sound.replace(b"/Count ", b"/Count 99999")
    yield "deep.pdf", sound.replace(b"/MediaBox", b"/X " + b"[" * 60_000 + b"]" * 60_000 + b"/MediaBox")
    yield "bomb.pdf", sound[:-200] + zlib.compress(bytes(50 << 20)) + sound[-200:]
    yield "script.pdf", sound.replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction <</S /JavaScript /JS (app.alert(1))>>")
    yield "zip-and-pdf.pdf", sound + honest({"a.json": le_json(915)})
    yield "head-late.pdf", bytes(900) + sound


FAMILIES = {"archives": archives, "xml": xml, "json": json, "pdf": pdfs}


def in_a_zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in files.items():
            z.writestr(f"{name}-folder/{name}", data)
    return out.getvalue()
