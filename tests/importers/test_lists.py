"""Hash lists as JSON and as tables: what is in them is read, with the quirks of their exporters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.importers.list_files import CONTEXT, MD5, SHA1, SHA256, hashes, items, reading, vics
from triage.errors import InputError
from triage.importers.lists import describe
from triage.importers.lists.list_items import is_hash_kind, normalise_hash_kind, parse_truth
from triage.importers.lists.vics import normalise_time

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


ICSE_HEADER = (
    "MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;Number of submissions;"
    "File Available;Media Type;Baseline"
)


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
        assert str(describe(item.said)) == "series “Kites”, victim identified, offender not identified, tags: outdoor, winter"

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
        assert str(opened.remarks.examples[0]) == "entry 2: no md5 of 32 hexadecimal digits"

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
        assert normalise_time(text) == utc

    @pytest.mark.parametrize(
        ("written", "kind"),
        [
            ("MD5", "md5"),
            ("md5", "md5"),
            ("SHA-1", "sha1"),
            ("sha", "sha1"),
            ("pdna", "photodna"),
            ("PDNA", "photodna"),
            ("tmk", "tmkpdqf"),
        ],
    )
    def test_a_kind_of_hash_has_one_spelling(self, written: str, kind: str) -> None:
        assert normalise_hash_kind(written) == kind == normalise_hash_kind(kind)
        assert is_hash_kind(written)

    @pytest.mark.parametrize("word", ["true", "True ", "yes", "Y", "T", "1", "1.0", "TRUE"])
    def test_words_for_yes(self, word: str) -> None:
        assert parse_truth(word, "x") is True

    @pytest.mark.parametrize("word", ["false", "False", "NO", "n", "f", "0", "0.0"])
    def test_words_for_no(self, word: str) -> None:
        assert parse_truth(word, "x") is False

    @pytest.mark.parametrize("word", [None, "", " ", "null", "N/A"])
    def test_nothing_stated_is_neither(self, word: str | None) -> None:
        assert parse_truth(word, "x") is None

    @pytest.mark.parametrize("value", ["maybe", 2, {"a": 1}, [True], 0.5])
    def test_what_is_neither_yes_nor_no_is_counted_and_the_entry_stays(self, value: object) -> None:
        opened, found = reading(vics({"MD5": MD5, "VictimIdentified": value, "IsDistributed": "Y"}))
        assert dict(found[0].said) == {"distributed": True}
        (told,) = opened.remarks.examples
        assert str(told).startswith("entry 1: VictimIdentified is neither yes nor no: ") and opened.remarks.unread == 1


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
        assert [str(each) for each in opened.remarks.examples] == ["line 4: a kind of hash that is not known: md4"]

    def test_icse(self) -> None:
        opened, found = reading(f"{ICSE_HEADER}\n{MD5};{SHA1};;1;True;False;;KITES;3;False;Image;True\n".encode())
        assert opened.format == "ICSE CSV"
        assert found[0].category is None
        assert str(describe(found[0].said)) == "series “KITES”, victim not identified, distributed, on INTERPOL's baseline"

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            ("Y;N;;KITES;3;N;Image;Y", "series “KITES”, victim not identified, distributed, on INTERPOL's baseline"),
            ("Yes;no;;KITES;3;No;Image;YES", "series “KITES”, victim not identified, distributed, on INTERPOL's baseline"),
            ("1;0;;KITES;3;0;Image;1", "series “KITES”, victim not identified, distributed, on INTERPOL's baseline"),
            ('="TRUE";FALSE;;KITES;3;;Image;true', "series “KITES”, victim not identified, distributed, on INTERPOL's baseline"),
        ],
    )
    def test_icse_in_the_spellings_of_real_exports(self, cells: str, said: str) -> None:
        opened, found = reading(f"{ICSE_HEADER}\n{MD5};{SHA1};;1;{cells}\n".encode())
        assert (str(describe(found[0].said)), opened.remarks.unread) == (said, 0)

    def test_icse_other_text_is_counted_and_named(self) -> None:
        text = f"{ICSE_HEADER}\n{MD5};{SHA1};;1;vielleicht\u202e{'x' * 99};Y;?;;;;Image;True\n"
        opened, found = reading(text.encode())
        assert dict(found[0].said) == {"media_id": "1", "victim_identified": True, "media_type": "Image", "baseline": True}
        assert opened.remarks.unread == 2
        assert str(opened.remarks.examples[0]).startswith("line 2: distributed is neither yes nor no: vielleicht\\u202exxx")
        assert str(opened.remarks.examples[1]) == "line 2: offender identified is neither yes nor no: ?"

    @pytest.mark.parametrize("cell", ["1", '"=""1"""', "'1", "1.0", "1.000"])
    def test_a_category_that_was_written_for_excel_or_as_a_decimal(self, cell: str) -> None:
        assert items(f"MD5,Category\n{MD5},{cell}\n".encode())[0].category == "1"

    def test_a_decimal_zero_is_zero_in_json_too(self) -> None:
        assert [i.category for i in items(vics({"MD5": MD5, "Category": 0.0}, {"MD5": MD5, "Category": 0.5}))] == ["0", "0.5"]

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
        assert [str(each) for each in opened.remarks.examples] == ["line 6: no MD5, SHA-1 or SHA-256"]

    def test_columns_without_names(self) -> None:
        (item,) = items(f"E:\\a.jpg;{MD5};{SHA1}\n".encode())
        assert (hashes(item), item.paths) == ({"md5": MD5, "sha1": SHA1}, ("E:\\a.jpg",))

    @pytest.mark.parametrize(
        ("text", "noted"),
        [
            ("{h}\n", True),
            ("a.jpg;{h}\n", True),
            ("hash,path\n{h},a.jpg\n", True),
            ("{h}  a.jpg\n", False),
            ("hash,hash type\n{h},sha256\n", False),
            ("PDQ\n{h}\n", False),
            (f"{MD5}\n", False),
        ],
    )
    def test_that_64_digits_may_be_a_hash_of_pictures_is_noted(self, text: str, noted: bool) -> None:
        opened, found = reading(text.replace("{h}", "ab" * 32).encode())
        assert len(found) == 1
        assert len([note for note in opened.remarks.notes if "PDQ" in note]) == noted

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


@pytest.mark.parametrize(
    "text",
    [
        f"sep=;\r\nMD5;Category;Path\r\n{MD5};1;a,b.jpg\r\n",
        f'Export of a telephone\n\nMade on 2 October,,\nPath,MD5,Category\n"a,b.jpg",{MD5},1\n',
        f'MD5,Category,Path\n"=""{MD5}""",1,"a,b.jpg"\n',
        f'MD5,Category,Path\n\'{MD5},1,"a,b.jpg"\n',
        f'#,Category,Path,MD5\n1,1,"a,b.jpg",{MD5}\n',
        f"MD5,Category,File name\n{MD5},1,a,b.jpg\n",
    ],
)
def test_tables_as_programs_write_them(text: str) -> None:
    (item,) = items(text.encode())
    assert (hashes(item), item.category, item.paths) == ({"md5": MD5}, "1", ("a,b.jpg",))


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (f"MD5 (a (1).jpg) = {MD5}", "a (1).jpg"),
        (f"\\{MD5}  a\\\\b\\nc", "a\\b\nc"),
        (f"\\MD5 (a\\nb) = {MD5}", "a\nb"),
        (f"{MD5} *a\\nb", "a\\nb"),
    ],
)
def test_lines_of_sums(line: str, path: str) -> None:
    (item,) = items(f"{line}\n".encode())
    assert (hashes(item), item.paths) == ({"md5": MD5}, (path,))


@pytest.mark.parametrize(
    ("header", "cells", "path"),
    [
        ("Path,Name", "/x,a.jpg", "/x/a.jpg"),
        ("Path,Name", "/x/a.jpg,a.jpg", "/x/a.jpg"),
        ("Folder,File name", "C:\\x\\,a.jpg", "C:\\x\\a.jpg"),
        ("FileNames", "a.jpg", "a.jpg"),
    ],
)
def test_where_a_file_lay(header: str, cells: str, path: str) -> None:
    (item,) = items(f"{header},MD5\n{cells},{MD5}\n".encode())
    assert item.paths == (path,)
