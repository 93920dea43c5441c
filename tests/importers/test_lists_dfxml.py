"""DFXML file listings: hashes of whole files with their paths, streamed, and nothing of a DTD."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.list_files import MD5, SHA1, SHA256, hashes, items, reading
from tests.importers.test_lists_hostile import QUICK, read_or_refuse
from triage.errors import InputError
from triage.importers.lists import open_list

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<dfxml xmlns="http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML" version="1.0">'
    "<metadata><dc:type xmlns:dc=\"http://purl.org/dc/elements/1.1/\">Disk Image</dc:type></metadata><volume offset='0'>"
)
FILE = (
    "<fileobject><filename>DCIM/a &amp; b.jpg</filename><filesize>5</filesize><alloc>1</alloc>"
    f"<byte_runs><byte_run offset='0' len='5'><hashdigest type='md5'>{'f' * 32}</hashdigest></byte_run></byte_runs>"
    f"<hashdigest type='MD5'>{MD5.upper()}</hashdigest><hashdigest type='sha1'> {SHA1}\n</hashdigest>"
    f"<hashdigest type='SHA-256'>{SHA256}</hashdigest></fileobject>"
)
TAIL = "</volume></dfxml>"
FOLDER = "<fileobject><filename>DCIM</filename></fileobject>"


def listing(*objects: str) -> bytes:
    return (HEAD + "".join(objects) + TAIL).encode()


def test_a_file_object_has_its_own_hashes_and_its_path() -> None:
    opened, (item,) = reading(listing(FILE))
    assert hashes(item) == {"md5": MD5, "sha1": SHA1, "sha256": SHA256}, "not those of its byte runs"
    assert (item.paths, item.category, opened.format, opened.remarks.unread) == (("DCIM/a & b.jpg",), None, "DFXML", 0)


def test_folders_have_no_hash_and_are_noted() -> None:
    opened, found = reading(listing(FOLDER, FILE, FOLDER))
    assert len(found) == 1 and opened.remarks.unread == 0
    assert opened.remarks.notes == ["File objects without a hash, as folders are: 2."]


def test_a_broken_hash_is_counted_and_the_others_come_in() -> None:
    broken = f"<fileobject><hashdigest type='md5'>xyz</hashdigest><hashdigest type='sha1'>{SHA1}</hashdigest></fileobject>"
    unnamed = f"<fileobject><hashdigest>{MD5}</hashdigest></fileobject>"
    opened, found = reading(listing(broken, unnamed, FILE))
    assert [hashes(item) for item in found] == [{"sha1": SHA1}, {"md5": MD5, "sha1": SHA1, "sha256": SHA256}]
    assert [str(each) for each in opened.remarks.examples] == [
        "file object 1: no md5 of 32 hexadecimal digits",
        "file object 2: a kind of hash that is not known: none",
    ]


def test_the_older_form_and_an_inner_original() -> None:
    inner = (
        f"<original_fileobject><filename>old.jpg</filename><hashdigest type='md5'>{'e' * 32}</hashdigest></original_fileobject>"
    )
    text = (
        f"<fiwalk><fileobject>{inner}<filename>new.jpg</filename><hashdigest type='md5'>{MD5}</hashdigest></fileobject></fiwalk>"
    )
    (item,) = items(text.encode())
    assert (hashes(item), item.paths) == ({"md5": MD5}, ("new.jpg",))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings(encoding: str) -> None:
    text = listing(FILE.replace("a &amp; b", "é")).decode().replace("UTF-8", encoding.removesuffix("-sig"))
    assert items(text.encode(encoding))[0].paths == ("DCIM/é.jpg",)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "b">]><dfxml>&a;</dfxml>', "DOCTYPE"),
        (b'<!DOCTYPE dfxml SYSTEM "file:///etc/passwd"><dfxml/>', "DOCTYPE"),
        (b"<dfxml>" + b"<a>" * 100, "nested too deeply"),
        (b'<dfxml><a b="' + b"x" * (3 << 20) + b'"/></dfxml>', "too long"),
        (b"<dfxml><fileobject>", "damaged at line 1"),
        (b"<?xml version='1.0'?><html/>", "not a DFXML"),
        (b"<?xml version='1.0' encoding='no-such'?><dfxml/>", "."),
    ],
)
def test_hostile_xml_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        items(data)


@QUICK
@given(st.data())
def test_a_damaged_listing_is_read_or_refused(data: st.DataObject) -> None:
    damaged = bytearray(listing(FILE, FOLDER))
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    read_or_refuse(bytes(damaged))


class Endless(io.RawIOBase):
    """A listing of many file objects that is made while it is read."""

    def __init__(self, objects: int) -> None:
        self._objects = self._left = objects
        self._rest = HEAD.encode()

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and self._left > 0:
            self._left -= 100
            self._rest += (FILE * 100 if self._left > 0 else FILE * 100 + TAIL).encode()
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def seek(self, at: int, whence: int = 0) -> int:
        self._left, self._rest = self._objects, HEAD.encode()
        return at


def test_memory_does_not_grow_with_the_listing() -> None:
    peaks = []
    for objects in (2_000, 12_000):
        tracemalloc.start()
        count = sum(1 for _ in open_list(Endless(objects)).items())  # type: ignore[arg-type]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert count >= objects
    assert peaks[1] < 1.2 * peaks[0]  # 86 KB: nine bytes for each object more
