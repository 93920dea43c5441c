from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pytest
import pyzipper
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.contract import QUICK
from tests.importers.zips import Made, crooked, honest, zipcrypto
from triage import limits
from triage.errors import InputError
from triage.importers import locked_zips
from triage.importers.archive import Bundle
from triage.importers.bundle_entry import Entry
from triage.message import Message


class Sink:
    """Notes what is told, and reads the bytes that come with it."""

    def __init__(self) -> None:
        self.aside: dict[str, str] = {}
        self.bytes: dict[str, bytes | None] = {}
        self.junk: list[str] = []

    def quarantined(self, path: str, reason: Message, data: Callable[[], BinaryIO] | None) -> None:
        said = str(reason)
        assert said.endswith(".")
        self.aside[path] = said
        self.bytes[path] = None
        if data is not None:
            with data() as stream:
                self.bytes[path] = stream.read()

    def skipped(self, path: str, reason: Message) -> None:
        self.junk.append(path)


def never(_: Iterator[bytes]) -> BinaryIO:
    raise AssertionError("nothing is large enough to be sealed")


def read(
    *paths: Path, passwords: Sequence[bytes] = (), spool: Callable[[Iterator[bytes]], BinaryIO] = never
) -> tuple[dict[str, bytes], Sink]:
    """Everything a bundle holds, by path: listed first, opened afterwards, as an import does."""
    sink = Sink()
    with Bundle(paths, passwords=passwords, spool=spool, sink=sink) as bundle:
        entries = list(bundle.entries())
        found = {}
        for entry in entries:
            assert entry.path == f"{entry.level}/{entry.name}"
            try:
                with entry.open() as stream:
                    found[entry.path] = stream.read()
                assert len(found[entry.path]) == entry.size
                assert entry.peek() == found[entry.path][: limits.PEEK]
            except InputError as damage:
                sink.quarantined(entry.path, damage.message, entry.raw)
    return found, sink


def read_zip(tmp_path: Path, data: bytes, **more: object) -> tuple[dict[str, bytes], Sink]:
    path = tmp_path / "b.zip"
    path.write_bytes(data)
    return read(path, **more)  # type: ignore[arg-type]


def test_a_folder_level_by_level(tmp_path: Path) -> None:
    for name in ("bundle/2/b.png", "bundle/2/a.png", "bundle/10/c.png", "bundle/z.txt", "bundle/2/deeper/d.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    found, sink = read(tmp_path / "bundle")
    assert list(found) == ["bundle/z.txt", "bundle/10/c.png", "bundle/2/a.png", "bundle/2/b.png", "bundle/2/deeper/d.png"]
    assert (sink.aside, sink.junk) == ({}, [])


def test_single_files_lie_at_the_level_of_their_folder(tmp_path: Path) -> None:
    (tmp_path / "900").mkdir()
    (tmp_path / "900" / "a.png").write_bytes(b"1")
    assert list(read(tmp_path / "900" / "a.png")[0]) == ["900/a.png"]


def test_zips_in_zips(tmp_path: Path) -> None:
    inner = honest({"x/y.txt": b"deep", "top.txt": b"top"})
    found, _ = read_zip(tmp_path, honest({"a/in.zip": inner, "a/p.png": b"p"}))
    assert found == {"b.zip!/a/p.png": b"p", "b.zip!/a/in.zip!/top.txt": b"top", "b.zip!/a/in.zip!/x/y.txt": b"deep"}


def test_zips_that_were_opened_can_be_had_whole(tmp_path: Path) -> None:
    inner = honest({"a.txt": b"1"})
    (tmp_path / "b.zip").write_bytes(honest({"x/in.zip": inner}))
    with Bundle([tmp_path / "b.zip"], passwords=(), spool=never, sink=Sink()) as bundle:
        assert len(list(bundle.entries())) == 1
        assert [(zipped.path, zipped.open().read()) for zipped in bundle.opened] == [("b.zip!/x/in.zip", inner)]


def test_two_folders_of_one_name_do_not_mix(tmp_path: Path) -> None:
    for where in ("one", "two"):
        (tmp_path / where / "bundle").mkdir(parents=True)
        (tmp_path / where / "bundle" / "a.txt").write_text(where)
    found, _ = read(tmp_path / "one" / "bundle", tmp_path / "two" / "bundle")
    assert found == {"bundle/a.txt": b"one", "bundle (2)/a.txt": b"two"}


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing"):
        read(tmp_path / "missing")


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "b" / "loop").symlink_to(tmp_path / "b", target_is_directory=True)
    found, sink = read(tmp_path / "b")
    assert found == {}
    assert set(sink.aside) == {"b/link", "b/loop"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipes_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert list(read(tmp_path)[1].aside) == [f"{tmp_path.name}/pipe"]


def test_junk_is_skipped_and_pictures_under_its_name_are_not(tmp_path: Path) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 50
    found, sink = read_zip(
        tmp_path,
        honest(
            {
                "__MACOSX/._a.png": b"\0\5\x16\7",
                ".DS_Store": b"x",
                "n/Thumbs.db": b"",
                "desktop.ini": b"[a]",
                "._b": picture,
                "x/Thumbs.db": picture,
            }
        ),
    )
    assert set(sink.junk) == {"b.zip!/__MACOSX/._a.png", "b.zip!/.DS_Store", "b.zip!/n/Thumbs.db", "b.zip!/desktop.ini"}
    assert set(found) == {"b.zip!/._b", "b.zip!/x/Thumbs.db"}
    assert sink.aside == {}


def test_other_archives_are_set_aside_whole(tmp_path: Path) -> None:
    (tmp_path / "a.rar").write_bytes(b"Rar!\x1a\x07\0 rest")
    _, sink = read(tmp_path / "a.rar")
    assert sink.bytes[f"{tmp_path.name}/a.rar"] == b"Rar!\x1a\x07\0 rest"


def test_office_files_are_not_unpacked(tmp_path: Path) -> None:
    found, _ = read_zip(tmp_path, honest({"letter.docx": honest({"word/document.xml": b"<w/>"})}))
    assert list(found) == ["b.zip!/letter.docx"]


def test_a_zip_is_known_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "pack.bin").write_bytes(honest({"a": b"1"}))
    (tmp_path / "picture.zip").write_bytes(b"\xff\xd8\xff\xe0 picture")
    found, sink = read(tmp_path)
    assert set(found) == {f"{tmp_path.name}/picture.zip", f"{tmp_path.name}/pack.bin!/a"}
    assert sink.aside == {}


@pytest.mark.parametrize("name", ["../../up.txt", "/etc/passwd", "C:/x.txt", "a/../b.txt"])
def test_names_are_only_names(tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    found, _ = read_zip(tmp_path, crooked([Made(name.encode(), b"data")]))
    assert list(found.values()) == [b"data"]
    assert sorted(tmp_path.rglob("*")) == [*before, tmp_path / "b.zip"]


def test_names_in_old_and_unflagged_encodings(tmp_path: Path) -> None:
    found, _ = read_zip(
        tmp_path,
        crooked([Made("تصویر.png".encode(), b"1"), Made("K\u00e4te.png".encode("cp437"), b"2"), Made(b"w\\in.txt", b"3")]),
    )
    assert set(found) == {"b.zip!/تصویر.png", "b.zip!/Käte.png", "b.zip!/w/in.txt"}


def test_every_way_of_packing(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        found, sink = read_zip(tmp_path, honest({"a": b"boat" * 9000, "empty": b""}, method))
        assert (found, sink.aside) == ({"b.zip!/a": b"boat" * 9000, "b.zip!/empty": b""}, {})


def test_streamed_entries_with_descriptors(tmp_path: Path) -> None:
    found, sink = read_zip(
        tmp_path, crooked([Made(b"a", b"boat" * 50, deflate=True, streamed=True), Made(b"b", b"kite", streamed=True)])
    )
    assert (found, sink.aside) == ({"b.zip!/a": b"boat" * 50, "b.zip!/b": b"kite"}, {})


def test_sixty_four_bit_zip(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z, z.open("big.txt", "w", force_zip64=True) as entry:
        entry.write(b"boat")
    assert read_zip(tmp_path, out.getvalue())[0] == {"b.zip!/big.txt": b"boat"}


def test_more_entries_than_sixteen_bits_count(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(crooked([Made(b"%05d" % n) for n in range(65_540)], wide=True))
    sink = Sink()
    with Bundle([tmp_path / "b.zip"], passwords=(), spool=never, sink=sink) as bundle:
        assert sum(1 for _ in bundle.entries()) == 65_540
    assert sink.aside == {}


def test_an_empty_zip_is_no_fault(tmp_path: Path) -> None:
    found, sink = read_zip(tmp_path, honest({}))
    assert (found, sink.aside) == ({}, {})


LIES: dict[str, Callable[[], bytes]] = {
    "no directory": lambda: b"PK\3\4 not a zip",
    "count too high": lambda: crooked([Made(b"a", b"1")], count=2),
    "count too low": lambda: crooked([Made(b"a", b"1"), Made(b"b", b"2")], count=1),
    "split": lambda: crooked([Made(b"a", b"1")], disk=1),
    "comment too long": lambda: crooked([Made(b"a", b"1")], comment_length=9),
    "count that overflows": lambda: crooked([Made(b"%d" % n) for n in range(65_537)], count=1),
    "other 64-bit count": lambda: crooked([Made(b"a", b"1")], wide=True, count=2),
    "64-bit split": lambda: crooked([Made(b"a", b"1")], wide=True, disk=1),
    "two directories": lambda: crooked([Made(b"a", b"1")], comment=crooked([Made(b"b", b"2")])),
    "directory elsewhere": lambda: crooked([Made(b"a", b"1")], directory_offset=3),
    "directory behind the end": lambda: crooked([Made(b"a", b"1")], directory_offset=10_000),
    "overlapping": lambda: crooked([Made(b"a", b"1" * 60, central={"packed": 99, "size": 99}), Made(b"b", b"2" * 60)]),
    "one body, many names": lambda: crooked([Made(b"a", b"1" * 60), *(Made(b"b%d" % n, b"1" * 60, offset=0) for n in range(3))]),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_zip_that_lies_is_set_aside_whole(tmp_path: Path, lie: str) -> None:
    data = LIES[lie]()
    found, sink = read_zip(tmp_path, data)
    path = f"{tmp_path.name}/b.zip" if lie == "nothing" else "b.zip"
    assert found == {}
    assert sink.bytes == {path: data}


SOUND = Made(b"sound", b"sound")
ODD: dict[str, Made] = {
    "name": Made(b"a", b"1", local={"name": b"b"}),
    "method": Made(b"a", b"1", local={"method": 8}),
    "crc in header": Made(b"a", b"1", local={"crc": 1}),
    "crc in directory": Made(b"a", b"1", central={"crc": 1}),
    "crc in both": Made(b"a", b"1", local={"crc": 1}, central={"crc": 1}),
    "size in directory": Made(b"a", b"1" * 50, deflate=True, central={"size": 49}),
    "size in both": Made(b"a", b"1" * 50, deflate=True, local={"size": 49}, central={"size": 49}),
    "larger in both": Made(b"a", b"1" * 50, deflate=True, local={"size": 51}, central={"size": 51}),
    "stored sizes": Made(b"a", b"1" * 50, local={"size": 49}, central={"size": 49}),
    "stamp": Made(b"a", b"1", local={"stamp": 0x58210001}),
    "flags": Made(b"a", b"1", local={"flags": 1}),
    "descriptor": Made(b"a", b"1", streamed=True, central={"crc": 7}),
    "zero in the name": Made(b"a\0.png", b"1"),
    "newline in the name": Made(b"a\n.png", b"1"),
    "no name": Made(b"", b"1"),
    "endless name": Made(b"a" * 2000, b"1"),
    "unknown method": Made(b"a", b"1", local={"method": 97}, central={"method": 97}),
    "deflate cut off": Made(b"a", b"1" * 50, deflate=True, body=b"\x4b", local={"packed": 1}, central={"packed": 1}),
    "deflate and more": Made(b"a", b"", local={"method": 8}, central={"method": 8}, body=b"\x03\0hidden"),
    "no deflate at all": Made(b"a", b"1" * 9, deflate=True, body=b"\xff\xff\xff\xff"),
    "link": Made(b"a", b"/etc/passwd", mode=0o120777),
    "folder with bytes": Made(b"a/", b"hidden"),
    "header missing": Made(b"a", b"", offset=2),
    "locked beyond passwords": Made(b"a", b"1" * 20, local={"flags": 0x41}, central={"flags": 0x41}),
}


@pytest.mark.parametrize("odd", ODD)
def test_one_bad_entry_is_set_aside_alone(tmp_path: Path, odd: str) -> None:
    found, sink = read_zip(tmp_path, crooked([SOUND, ODD[odd]]))
    assert found == {"b.zip!/sound": b"sound"}
    assert sink.aside


def test_twins_are_both_set_aside(tmp_path: Path) -> None:
    found, sink = read_zip(tmp_path, crooked([SOUND, Made(b"twin", b"1"), Made(b"twin", b"2")]))
    assert found == {"b.zip!/sound": b"sound"}
    assert list(sink.aside) == ["b.zip!/twin"]


@pytest.mark.parametrize(
    ("data", "hidden"),
    [
        (crooked([SOUND], prefix=b"in front"), b"in front"),
        (crooked([SOUND, Made(b"b", b"2", gap=b"between")]), b"between"),
        (crooked([SOUND], before_directory=b"before the directory"), b"before the directory"),
        (crooked([SOUND], behind=b"behind"), b"behind"),
    ],
)
def test_bytes_of_no_entry_are_kept(tmp_path: Path, data: bytes, hidden: bytes) -> None:
    found, sink = read_zip(tmp_path, data)
    assert found["b.zip!/sound"] == b"sound"
    assert list(sink.bytes.values()) == [hidden]


def test_zeros_between_entries_hide_nothing(tmp_path: Path) -> None:
    found, sink = read_zip(tmp_path, crooked([SOUND, Made(b"b", b"2", gap=bytes(64))]))
    assert (len(found), sink.aside) == (2, {})


@pytest.mark.parametrize("encryption", [None, pyzipper.WZ_AES])
def test_locked_zips(tmp_path: Path, encryption: int | None) -> None:
    out = io.BytesIO()
    if encryption is None:
        data = zipcrypto({"a.txt": b"boat" * 500, "b/c.txt": b"kite"}, b"seven boats")
    else:
        with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=encryption) as z:
            z.setpassword(b"seven boats")
            z.writestr("a.txt", b"boat" * 500)
            z.writestr("b/c.txt", b"kite")
        data = out.getvalue()
    for passwords in ((), (b"wrong", b"also wrong")):
        found, sink = read_zip(tmp_path, data, passwords=passwords)
        assert found == {}
        assert list(sink.aside) == ["b.zip"]
        assert "password" in sink.aside["b.zip"]
        assert sink.bytes["b.zip"] == data
    found, sink = read_zip(tmp_path, data, passwords=(b"wrong", b"seven boats"))
    assert (found, sink.aside) == ({"b.zip!/a.txt": b"boat" * 500, "b.zip!/b/c.txt": b"kite"}, {})


def test_a_wrong_password_that_passes_the_check_of_one_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locked_zips, "_SMALL", 1_000)
    data = zipcrypto({"a.txt": b"boat" * 100, "large.bin": bytes(range(256)) * 40}, b"seven boats")
    with pyzipper.AESZipFile(io.BytesIO(data)) as z:
        lying = [word for n in range(2_000) if _passes(z, word := b"word %d" % n)]
    assert len(lying) > 1
    for passwords in ((*lying[:2], b"seven boats"), (b"seven boats", *lying[:2])):
        found, sink = read_zip(tmp_path, data, passwords=passwords)
        assert (len(found), sink.aside) == (2, {})
    found, sink = read_zip(tmp_path, data, passwords=tuple(lying[:2]))
    assert (found, list(sink.aside)) == ({}, ["b.zip"])
    assert "password" in sink.aside["b.zip"]


def _passes(z: pyzipper.AESZipFile, word: bytes) -> bool:
    try:
        z.open("large.bin", pwd=word).close()
    except RuntimeError:
        return False
    return True


def test_a_partly_locked_zip_gives_what_is_open(tmp_path: Path) -> None:
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w") as z:
        z.writestr("open.txt", b"open")
        z.setpassword(b"x")
        z.setencryption(pyzipper.WZ_AES)
        z.writestr("locked.txt", b"locked")
    found, sink = read_zip(tmp_path, out.getvalue())
    assert found == {"b.zip!/open.txt": b"open"}
    assert list(sink.aside) == ["b.zip"]


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    zeros = bytes(20 * limits.MIB)
    found, sink = read_zip(tmp_path, honest({"zeros": zeros}))
    assert found == {}
    assert "weighs" in str(sink.aside)
    wide = honest({f"{n}.txt": bytes(1 * limits.MIB) for n in range(40)})
    assert "weighs" in str(read_zip(tmp_path, wide)[1].aside)
    nested = wide
    for _ in range(2):
        nested = honest({f"{n}.zip": nested for n in range(8)})
    found, sink = read_zip(tmp_path, nested)
    assert found == {}
    assert sink.aside


def test_depth_has_an_end(tmp_path: Path) -> None:
    data = honest({"core.txt": b"core"})
    for n in range(limits.MAX_ARCHIVE_DEPTH - 1):
        data = honest({f"{n}.zip": data}, zipfile.ZIP_STORED)
    assert list(read_zip(tmp_path, data)[0].values()) == [b"core"]
    found, sink = read_zip(tmp_path, honest({"one.zip": data}, zipfile.ZIP_STORED))
    assert found == {}
    assert "deeper" in str(sink.aside)


def test_the_number_of_entries_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ARCHIVE_ENTRIES", 3)
    data = honest({"a": b"1", "in.zip": honest({"b": b"2", "c": b"3"})})
    found, sink = read_zip(tmp_path, data)
    assert set(found) == {"b.zip!/a"}
    assert list(sink.aside) == ["b.zip!/in.zip"]


def test_large_inner_zips_are_sealed_and_read_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_INNER_ARCHIVE_IN_MEMORY", 100)
    sealed: list[bytes] = []

    def spool(data: Iterator[bytes]) -> BinaryIO:
        sealed.append(b"".join(data))
        return io.BytesIO(sealed[-1])

    inner = honest({"a.txt": b"boat" * 100, "b.txt": b"kite" * 100}, zipfile.ZIP_STORED)
    found, _ = read_zip(tmp_path, honest({"in.zip": inner}), spool=spool)
    assert sealed == [inner]
    assert found == {"b.zip!/in.zip!/a.txt": b"boat" * 100, "b.zip!/in.zip!/b.txt": b"kite" * 100}


def test_entries_stay_readable_when_inner_zips_were_dropped(tmp_path: Path) -> None:
    files = {f"{n}.zip": honest({"a.txt": bytes([n]) * 99}) for n in range(30)}
    path = tmp_path / "b.zip"
    path.write_bytes(honest(files))
    with Bundle([path], passwords=(), spool=never, sink=Sink()) as bundle:
        entries: list[Entry] = list(bundle.entries())
        bundle._held.clear()
        assert sorted(entry.open().read()[0] for entry in entries) == list(range(30))


@QUICK
@given(st.data())
def test_any_damage_is_told_or_harmless(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    sound = bytearray(honest({"900/a.txt": b"boat" * 40, "b.bin": bytes(range(256)), "in.zip": honest({"c": b"kite"})}))
    for _ in range(data.draw(st.integers(1, 4))):
        sound[data.draw(st.integers(0, len(sound) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(sound[: data.draw(st.integers(len(sound) // 2, len(sound)))])
    read_zip(tmp_path_factory.mktemp("z"), cut)


@QUICK
@given(st.binary(max_size=400))
def test_any_bytes_are_told_or_harmless(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    read_zip(tmp_path_factory.mktemp("z"), b"PK\3\4" + noise)
    read_zip(tmp_path_factory.mktemp("z"), noise + b"PK\5\6" + noise)


def test_entries_are_read_from_many_threads(tmp_path: Path) -> None:
    files = {f"{n}.txt": bytes([n]) * 5000 for n in range(40)}
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as z:
        z.setpassword(b"seven boats")
        for name, data in files.items():
            z.writestr(name, data)
    (tmp_path / "b.zip").write_bytes(honest({"open.zip": honest(files), "locked.zip": out.getvalue(), **files}))
    with Bundle([tmp_path / "b.zip"], passwords=(b"seven boats",), spool=never, sink=Sink()) as bundle:
        entries = list(bundle.entries())
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda entry: entry.open().read(), entries))
    assert len(found) == 120
    assert all(data == files[entry.name] for entry, data in zip(entries, found, strict=True))
