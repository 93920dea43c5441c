"""Hash lists of every format, with the quirks of their exporters; no bytes raise anything but InputError."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from triage.errors import InputError
from triage.importers.lists import Item, Reading, open_list, words
from triage.importers.lists.vics import truth_of, when

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
MD5 = "0cc175b9c0f1b6a831c399e269772661"
SHA1 = hashlib.sha1(b"a").hexdigest()
SHA256 = hashlib.sha256(b"a").hexdigest()
CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#"


def reading(data: bytes) -> tuple[Reading, list[Item]]:
    opened = open_list(io.BytesIO(data))
    return opened, list(opened.items())


def items(data: bytes) -> list[Item]:
    return reading(data)[1]


def vics(*media: object, shape: str = "Media") -> bytes:
    return json.dumps({"@odata.context": CONTEXT + shape, "value": media}).encode()


def hashes(item: Item) -> dict[str, str]:
    return {kind: value.hex() for kind, value in item.hashes}


class TestVics:
    def test_absent_null_0_and_5_are_four_inputs(self) -> None:
        media = [{"MD5": MD5}, {"MD5": MD5, "Category": None}, {"MD5": MD5, "Category": 0}, {"MD5": MD5, "Category": "5"}]
        assert [item.category for item in items(vics(*media))] == [None, "null", "0", "5"]

    def test_what_is_said_is_kept_and_what_is_open_stays_open(self) -> None:
        (item,) = items(
            vics(
                {
                    "MediaID": "7",
                    "MD5": MD5,
                    "VictimIdentified": "true",
                    "OffenderIdentified": "false",
                    "IsDistributed": None,
                    "Series": "Kites",
                    "Tags": ["outdoor", "winter"],
                    "DateUpdated": "/Date(1700000000000)/",
                }
            )
        )
        assert dict(item.said) == {
            "media_id": "7",
            "victim_identified": True,
            "offender_identified": False,
            "series": "Kites",
            "tags": "outdoor, winter",
            "updated": "2023-11-14T22:13:20Z",
        }
        assert words(item.said) == 'series "Kites", victim identified, offender not identified, tags: outdoor, winter'

    def test_alternative_hashes_photodna_in_both_spellings(self) -> None:
        other = [{"HashName": "PhotoDNA", "HashValue": "A" * 192}, {"HashName": "SHA-256", "HashValue": SHA256.upper()}]
        (item,) = items(vics({"MD5": MD5, "SHA1": "", "AlternativeHashes": other}))
        assert hashes(item) == {"md5": MD5, "photodna": "00" * 144, "sha256": SHA256}
        (item,) = items(vics({"MD5": MD5, "PhotoDNA": "00" * 144}))
        assert hashes(item)["photodna"] == "00" * 144

    def test_paths_of_a_device(self) -> None:
        files = [
            {"FileName": "a.jpg", "FilePath": "E:\\pictures\\a.jpg"},
            {"FileName": "b.jpg", "FilePath": "E:\\pictures"},
            {"FileName": "c.jpg", "FilePath": "/sdcard/DCIM"},
            {"FileName": "d.jpg", "FilePath": None},
        ]
        (item,) = items(vics({"MD5": MD5, "MediaFiles": files, "RelativeFilePath": "VIC_Files\\a.jpg"}))
        assert item.paths == ("E:\\pictures\\a.jpg", "E:\\pictures\\b.jpg", "/sdcard/DCIM/c.jpg", "d.jpg")

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
    def test_encodings_and_padding(self, encoding: str) -> None:
        data = json.dumps(
            {"@odata.context": CONTEXT + "Media", "value": [{"MD5": MD5, "Series": "پتنگ"}]}, ensure_ascii=False, indent=1
        )
        (item,) = items(f"{data}\n".replace("\n", "\r\n").encode(encoding))
        assert dict(item.said)["series"] == "پتنگ"

    def test_cases_small_and_large_and_a_head_that_comes_last(self) -> None:
        def case(count: int, filler: str) -> dict[str, object]:
            media = [{"MD5": f"{n:032x}", "Comments": filler, "MediaID": n} for n in range(count)]
            return {"CaseID": "x", "Media": media, "CaseMetadata": [{"PropertyName": "a", "PropertyValue": "b"}]}

        data = json.dumps({"value": [case(2, ""), case(700, "x" * 3_000), {"MD5": MD5}], "@odata.context": CONTEXT + "Cases"})
        opened, found = reading(data.encode())
        assert len(found) == 703
        assert opened.format == "VICS 2.0 US, cases"
        assert opened.region == "US"
        assert [hashes(i)["md5"] for i in found[2:702]] == [f"{n:032x}" for n in range(700)]

    @pytest.mark.parametrize("version", ["1.2", "1.3"])
    def test_the_older_heads(self, version: str) -> None:
        head = f"http://github.com/ICMEC/ProjectVic/DataModels/{version}.xml#Media"
        opened, _ = reading(json.dumps({"odata.metadata": head, "value": [{"MD5": MD5}]}).encode())
        assert opened.format == f"VICS {version}, media"

    def test_bad_entries_are_told_and_the_good_ones_stay(self) -> None:
        media = [{"MD5": MD5}, {"MD5": "xyz"}, 7, {"MediaID": 3}, {"MD5": "xyz", "SHA1": SHA1}, {"MD5": ["x"]}]
        opened, found = reading(vics(*media))
        assert [hashes(i) for i in found] == [{"md5": MD5}, {"sha1": SHA1}]
        assert opened.remarks.unread == 6
        assert opened.remarks.examples[0] == "entry 2: no md5 of 32 hexadecimal digits"

    @pytest.mark.parametrize(
        "data",
        [
            b"{}",
            b'{"VictimListVersion": 2.1, "HashSets": [{"Hashes": [{"MD5": "x"}]}]}',
            b'{"value": [{"MD5": "a", "MD5": "b"}]}',
            b'{"value": [{"MD5": "' + MD5.encode() + b'"}]',
            b'{"value": [{"MD5": "' + MD5.encode() + b'"}]} and more',
            b'{"value": [1, 2,, 3]}',
            b'{"value": ' + b"[" * 100_000,
            b'{"value": [{"a": ' + b"[" * 100_000,
            b'{"value": ["\xff"]}',
            b"[1",
            b'{"value": [' + b'{"a": 1' * 30,
        ],
    )
    def test_what_is_no_list_or_damaged_is_refused(self, data: bytes) -> None:
        with pytest.raises(InputError):
            items(data)

    @pytest.mark.parametrize(
        ("text", "utc"),
        [
            ("2026-01-05T10:00:00.0000000Z", "2026-01-05T10:00:00Z"),
            ("2026-01-05T10:00:00-05:00", "2026-01-05T15:00:00Z"),
            ("2026-01-05T10:00:00+05:00Z", "2026-01-05T05:00:00Z"),
            ("/Date(1700000000000)/", "2023-11-14T22:13:20Z"),
            ("/Date(1700000000000+0500)/", "2023-11-14T22:13:20Z"),
            ("/Date(999999999999999)/", "/Date(999999999999999)/"),
            ("last week", "last week"),
        ],
    )
    def test_dates(self, text: str, utc: str) -> None:
        assert when(text) == utc

    def test_truths(self) -> None:
        said = [True, "true", "True ", 1, "yes", False, "false", 0, "no", None, "", "maybe"]
        assert [truth_of(each) for each in said] == [True] * 5 + [False] * 4 + [None] * 3


class TestTables:
    @pytest.mark.parametrize(
        "head",
        [
            "MD5,SHA1,SHA256",
            "md5;sha-1;SHA-256",
            "MD5 hash\tSHA_1\tsha256sum",
            '"File MD5","Hash SHA1","SHA256 (hex)"',
            "%%%% md5,sha1,sha256",
        ],
    )
    def test_headers_in_their_spellings(self, head: str) -> None:
        delimiter = next(d for d in ",;\t" if d in head)
        (item,) = items(f"{head}\r\n{delimiter.join((MD5.upper(), SHA1, SHA256))}\r\n".encode("utf-8-sig"))
        assert hashes(item) == {"md5": MD5, "sha1": SHA1, "sha256": SHA256}

    def test_pdq_and_unmatched_kinds_by_name(self) -> None:
        (item,) = items(f"PDQ,PhotoDNA,NetClean\n{SHA256},{'A' * 192},abc\n".encode())
        assert [kind for kind, _ in item.hashes] == ["pdq", "photodna", "netclean"]

    def test_a_column_for_the_kind(self) -> None:
        opened, found = reading(f"hash type,hash\nMD5,{MD5}\nSHA-1,{SHA1}\nMD4,{MD5}\n,{SHA256}\n".encode())
        assert [list(hashes(i)) for i in found] == [["md5"], ["sha1"], ["sha256"]]
        assert opened.remarks.examples == ["line 4: a kind of hash that is not known: md4"]

    def test_icse(self) -> None:
        columns = (
            "MD5", "SHA1", "PhotoDNA", "Image ID", "Is distributed", "Victim identified", "Offender identified", "Series name",
            "Number of submissions", "File Available", "Media Type", "Baseline",
        )  # fmt: skip
        head = ";".join(columns)
        opened, found = reading(f"{head}\n{MD5};{SHA1};;1;True;False;;KITES;3;False;Image;True\n".encode())
        assert opened.format == "ICSE CSV"
        assert found[0].category is None
        assert words(found[0].said) == 'series "KITES", victim not identified, distributed, on INTERPOL\'s baseline'

    def test_category_absent_and_empty(self) -> None:
        assert [i.category for i in items(f"MD5\n{MD5}\n".encode())] == [None]
        assert [i.category for i in items(f"MD5,Category\n{MD5},\n{MD5},0\n{MD5}\n".encode())] == ["null", "0", "null"]

    def test_paths_of_a_device(self) -> None:
        text = f'MD5,Path\n{MD5},"E:\\a, b.jpg"\n'
        assert items(text.encode())[0].paths == ("E:\\a, b.jpg",)
        text = f"MD5,Folder,File name\n{MD5},E:\\x,y.jpg\n"
        assert items(text.encode())[0].paths == ("E:\\x\\y.jpg",)

    def test_plain_lines_and_sums(self) -> None:
        text = f"# from the lab\n{MD5}\n\n{SHA1.upper()}  # note\n{SHA256} *pictures/a b.jpg\nnothing\n"
        opened, found = reading(text.encode())
        assert [(list(hashes(i)), i.paths) for i in found] == [
            (["md5"], ()),
            (["sha1"], ()),
            (["sha256"], ("pictures/a b.jpg",)),
        ]
        assert opened.remarks.examples == ["line 6: no MD5, SHA-1 or SHA-256"]

    def test_columns_without_names(self) -> None:
        (item,) = items(f"E:\\a.jpg;{MD5};{SHA1}\n".encode())
        assert (hashes(item), item.paths) == ({"md5": MD5, "sha1": SHA1}, ("E:\\a.jpg",))

    def test_bytes_of_another_encoding_are_kept_in_paths(self) -> None:
        (item,) = items(f"MD5,Path\n{MD5},caf".encode() + b"\xe9.jpg\n")
        assert item.paths == ("caf\\xe9.jpg",)
        (item,) = items(f"MD5,Path\n{MD5},café.jpg\n".encode("utf-16"))
        assert item.paths == ("café.jpg",)

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\n \n",
            b"# only notes\n",
            b"a\0b",
            b"x" * 100_000,
            b'MD5\n"' + b"x\n" * 100_000,
            b"\x89PNG\r\n\x1a\n",
            b"PK\3\4",
        ],
    )
    def test_what_is_no_list_is_refused(self, data: bytes) -> None:
        with pytest.raises(InputError):
            items(data)


def nsrl(path: Path, *statements: str, rows: int = 3_000, encoding: str = "UTF-8", table: str = "FILE", tail: str = "") -> bytes:
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA encoding = '{encoding}'")
        db.execute("PRAGMA page_size = 1024")
        db.execute("CREATE TABLE PKG (package_id INTEGER, name VARCHAR)")
        db.execute(
            f"CREATE TABLE {table} (file_name VARCHAR, sha256 VARCHAR NOT NULL, -- a comment, (with) parts\n"
            ' sha1 VARCHAR, "md5" VARCHAR(32), size DECIMAL(10,2), CONSTRAINT k PRIMARY KEY (sha256, md5, file_name))' + tail
        )
        for statement in statements:
            db.execute(statement)
        made = ((b"n%d" % n, n) for n in range(rows))
        db.executemany(
            f"INSERT INTO {table} (file_name, sha256, sha1, md5, size) VALUES (?,?,?,?,?)",
            (
                (
                    "f" * (n % 5_000),
                    hashlib.sha256(w).hexdigest(),
                    hashlib.sha1(w).hexdigest().upper(),
                    hashlib.md5(w).hexdigest(),
                    n / 3,
                )
                for w, n in made
            ),
        )
    db.close()
    return path.read_bytes()


class TestNsrl:
    @pytest.mark.parametrize("tail", ["", " WITHOUT ROWID"])
    @pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
    def test_every_row_is_read_without_a_database_engine(self, tmp_path: Path, encoding: str, tail: str) -> None:
        opened, found = reading(nsrl(tmp_path / "rds.db", encoding=encoding, tail=tail))
        assert opened.format == "NSRL RDS 3"
        assert len(found) == 3_000 and opened.remarks.unread == 0
        assert {i.hashes for i in found} == {
            (("sha256", hashlib.sha256(w).digest()), ("sha1", hashlib.sha1(w).digest()), ("md5", hashlib.md5(w).digest()))
            for w in (b"n%d" % n for n in range(3_000))
        }

    def test_the_full_sets_where_file_is_a_view(self, tmp_path: Path) -> None:
        view = "CREATE VIEW FILE AS SELECT sha256, sha1, md5, file_name FROM METADATA"
        assert len(items(nsrl(tmp_path / "rds.db", view, table="METADATA", rows=10))) == 10

    def test_a_column_added_later(self, tmp_path: Path) -> None:
        data = nsrl(tmp_path / "rds.db", "ALTER TABLE FILE ADD COLUMN note VARCHAR", rows=10)
        assert len(items(data)) == 10

    def test_other_databases_are_refused(self, tmp_path: Path) -> None:
        with sqlite3.connect(tmp_path / "x.db") as db:
            db.execute("CREATE TABLE kite (colour TEXT)")
        db.close()
        with pytest.raises(InputError, match="no table"):
            items((tmp_path / "x.db").read_bytes())

    def test_a_tree_that_bites_its_tail_ends(self, tmp_path: Path) -> None:
        data = bytearray(nsrl(tmp_path / "rds.db"))
        for page in range(1024, len(data), 1024):
            if data[page] == 5:
                data[page + 8 : page + 12] = (page // 1024 + 1).to_bytes(4, "big")
        with pytest.raises(InputError):
            items(bytes(data))

    @QUICK
    @given(st.data())
    def test_a_damaged_database_is_read_or_refused(self, data: st.DataObject) -> None:
        damaged = bytearray(_small_database())
        for _ in range(data.draw(st.integers(1, 12))):
            damaged[data.draw(st.integers(16, len(damaged) - 1))] = data.draw(st.integers(0, 255))
        read_or_refuse(bytes(damaged))


_SMALL: list[bytes] = []


def _small_database() -> bytes:
    if not _SMALL:
        db = sqlite3.connect(":memory:")
        db.execute("PRAGMA page_size = 512")
        db.execute("CREATE TABLE FILE (sha256 TEXT, name TEXT, PRIMARY KEY (sha256)) WITHOUT ROWID")
        db.executemany(
            "INSERT INTO FILE VALUES (?,?)", ((hashlib.sha256(b"%d" % n).hexdigest(), "x" * 40 * n) for n in range(30))
        )
        db.commit()
        _SMALL.append(db.serialize())
        db.close()
    return _SMALL[0]


GOOD = (
    vics(
        {"MediaID": 1, "Category": 0, "MD5": MD5, "AlternativeHashes": [{"HashName": "PDQ", "HashValue": SHA256}], "Series": "é"}
    ),
    f"MD5;SHA1;Category;Path\n{MD5};{SHA1};1;E:\\a.jpg\n".encode(),
    f"{MD5}  a.jpg\n{SHA256}\n".encode(),
)


def read_or_refuse(data: bytes) -> None:
    try:
        for item in items(data):
            assert item.hashes
            assert all(isinstance(value, bytes) and value for _, value in item.hashes)
            for _, text in item.said:
                assert isinstance(text, bool) or text.encode()
            assert all(path.encode() for path in item.paths)
    except InputError as refusal:
        assert str(refusal).endswith(".")


@QUICK
@given(st.sampled_from(GOOD), st.data())
def test_a_damaged_list_is_read_or_refused(good: bytes, data: st.DataObject) -> None:
    damaged = bytearray(good)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    read_or_refuse(bytes(damaged))


@QUICK
@given(st.sampled_from(GOOD), st.integers(0, 100))
def test_a_cut_list_is_read_or_refused(good: bytes, percent: int) -> None:
    read_or_refuse(good[: len(good) * percent // 100])


@QUICK
@given(st.binary(max_size=300))
@example(b"\xff\xfe{\0")
@example(b"\0\0\0{")
@example(b"[" + b'"\\ud800"')
@example(b"SQLite format 3\0" + bytes(84))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_or_refuse(data)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    (
        "MD5", "SHA1", "Category", "MediaID", "AlternativeHashes", "HashName", "HashValue", "MediaFiles", "FilePath", "FileName",
        "Series", "Tags", "VictimIdentified", "DateUpdated", "PhotoDNA", "RelativeFilePath", "Media",
    )
)  # fmt: skip


@QUICK
@given(st.lists(st.dictionaries(FIELDS, JSON_VALUES | st.lists(st.dictionaries(FIELDS, JSON_VALUES)), max_size=8), max_size=4))
def test_any_values_in_known_fields_are_read_or_told(media: list[dict[str, object]]) -> None:
    read_or_refuse(vics({"MD5": MD5}, *media))


class Endless(io.RawIOBase):
    """A case export that is made while it is read: nothing holds it whole."""

    def __init__(self, count: int) -> None:
        self._parts = self._made(count)
        self._left = b""

    def _made(self, count: int) -> Iterator[bytes]:
        yield b'{"@odata.context": "' + CONTEXT.encode() + b'Cases", "value": [{"CaseID": "1", "Media": ['
        for n in range(count):
            media = {
                "MediaID": n,
                "MD5": f"{n:032X}",
                "Category": None,
                "MediaFiles": [{"FilePath": "E:\\" + "d" * 500, "FileName": "a"}],
            }
            yield (b"" if n == 0 else b",") + json.dumps(media).encode()
        yield b"]}]}"

    def read(self, size: int = -1) -> bytes:
        while len(self._left) < size:
            part = next(self._parts, b"")
            if not part:
                break
            self._left += part
        taken, self._left = self._left[:size], self._left[size:]
        return taken

    def seek(self, offset: int, whence: int = 0) -> int:
        self.__init__(8_000)  # type: ignore[misc]
        return 0


def test_memory_does_not_grow_with_the_list() -> None:
    tracemalloc.start()
    try:
        count = sum(1 for _ in open_list(Endless(8_000)).items())  # type: ignore[arg-type]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 8_000
    assert peak < 8_000_000


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")
@pytest.mark.parametrize(
    ("name", "format", "entries"),
    [
        ("vics12_caid_media_hashset_synthetic.json", "VICS 1.2, media", 1),
        ("vics13_media_hashset_synthetic.json", "VICS 1.3, media", 1),
        ("vics20_case_synthetic.json", "VICS 2.0 US, cases", 3),
        ("vics20_media_hashset_thirdparty_example.json", "VICS 2.0 Default, media", 2),
        ("vics20_media_quirks_bom_stringbools_synthetic.json", "VICS 2.0 UK, media", 3),
        ("icse_export_header_synthetic.csv", "ICSE CSV", 1),
    ],
)
def test_the_samples_are_read_whole(name: str, format: str, entries: int) -> None:
    opened, found = reading((SAMPLES / name).read_bytes())
    assert (opened.format, len(found), opened.remarks.unread) == (format, entries, 0)
