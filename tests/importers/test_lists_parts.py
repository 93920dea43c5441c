"""Long lists are read in parts: the same entries and remarks as one by one, and from each position the rest."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.list_files import vics
from tests.importers.test_lists_hostile import QUICK
from tests.importers.test_lists_nsrl import nsrl
from triage.errors import InputError
from triage.importers.lists import ListItem, ListRemarks, Position, open_list, plain_rows

NSRL_2 = '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"'


def digest(kind: str, n: int) -> str:
    return hashlib.new(kind, b"%d" % n).hexdigest()


def row(n: int) -> str:
    return f'"{digest("sha1", n).upper()}","{digest("md5", n)}","0","a ""b"", {n}.dll",{n},1,"362",""'


Hashes = set[tuple[str, bytes]]


def read_parts(data: bytes, position: Position = ()) -> tuple[list[Hashes], dict[Position, int], ListRemarks]:
    """Returns the hashes of each entry, position behind a part -> entries up to there, and the remarks."""
    opened, entries, positions = open_list(io.BytesIO(data)), list[Hashes](), dict[Position, int]()
    for part in opened.parts(position, ListRemarks()):
        entries += [set(item.hashes) for item in part.items]
        columns = [
            [(kind, joined[at : at + len(joined) // part.plain]) for at in range(0, len(joined), len(joined) // part.plain)]
            for kind, joined in part.digests.items()
        ]
        entries += map(set, zip(*columns, strict=True))
        positions[part.position] = len(entries)
    return entries, positions, opened.remarks


def read_one_by_one(data: bytes) -> tuple[list[ListItem], ListRemarks]:
    opened = open_list(io.BytesIO(data))
    return list(opened.items()), opened.remarks


def check_same(data: bytes) -> None:
    """Checks that both ways give the same, and that every position is a place to go on from."""
    try:
        items, remarks = read_one_by_one(data)
    except InputError:
        with pytest.raises(InputError):
            read_parts(data)
        return
    entries, positions, said = read_parts(data)
    assert entries == [set(item.hashes) for item in items]
    assert (said.unread, said.examples, sorted(said.notes)) == (remarks.unread, remarks.examples, sorted(remarks.notes))
    for position, done in positions.items():
        assert read_parts(data, position)[0] == entries[done:]


LINES = st.one_of(
    st.integers(0, 9).map(lambda n: digest("md5", n)),
    st.integers(0, 9).map(row),
    st.sampled_from(
        [
            *(
                digest("sha256", 1),
                digest("sha1", 2).upper(),
                digest("md5", 1) + "  a.jpg",
                "",
                " ",
                "# a comment",
                "##x",
                "junk",
            ),
            *(
                row(1) + ',"more"',
                row(2)[:50],
                row(3).replace('"', "'"),
                row(4).replace(".dll", "\n" + row(5)[1:60]),
                '"' + row(6),
            ),
            *(
                row(7).replace("0", "", 1),
                "\r" + row(8),
                '"","","","","","","",""',
                digest("md5", 3) + '"',
                "é" + digest("md5", 4),
            ),
        ]
    ),
)


@QUICK
@given(
    st.sampled_from(["", NSRL_2, "MD5,SHA1", "sha256;name", "title\nMD5"]),
    st.lists(LINES, max_size=30),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_lines_are_read_the_same_in_parts(header: str, lines: list[str], end: str, closed: bool) -> None:
    text = end.join([header, *lines] if header else lines) + (end if closed else "")
    before, plain_rows._CHUNK = plain_rows._CHUNK, 200
    try:
        check_same(text.encode())
    finally:
        plain_rows._CHUNK = before


@pytest.mark.parametrize("tail", ["", " WITHOUT ROWID"])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le"])
def test_nsrl_is_read_the_same_in_parts(tmp_path: Path, tail: str, encoding: str) -> None:
    odd = "INSERT INTO FILE (file_name, sha256, sha1, md5, size) VALUES ('odd', 'x', NULL, X'00', 1)"
    check_same(nsrl(tmp_path / "rds.db", odd, encoding=encoding, tail=tail, rows=4_500))


def test_vics_goes_on_after_the_entries_that_were_read() -> None:
    check_same(vics(*({"MediaID": n, "MD5": digest("md5", n)} for n in range(2_100)), {"MediaID": 1}))


def test_rows_of_plain_digests_are_taken_at_once() -> None:
    """Else a list of a hundred million rows takes hours."""
    data = "\n".join([NSRL_2, *map(row, range(50))]).replace('a ""b"", ', "") + "\n"
    parts = list(open_list(io.BytesIO(data.encode())).parts((), ListRemarks()))
    assert [(part.plain, part.items) for part in parts] == [(50, [])]
