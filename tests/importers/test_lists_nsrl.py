"""NSRL's SQLite files: every row is read without a database engine, and a prepared file only gets itself refused."""

from __future__ import annotations

import hashlib
import sqlite3
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.list_files import items, reading
from tests.importers.test_lists_hostile import QUICK, read_or_refuse
from triage.errors import InputError


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


@cache
def _small_database() -> bytes:
    db = sqlite3.connect(":memory:")
    db.execute("PRAGMA page_size = 512")
    db.execute("CREATE TABLE FILE (sha256 TEXT, name TEXT, PRIMARY KEY (sha256)) WITHOUT ROWID")
    rows = ((hashlib.sha256(b"%d" % n).hexdigest(), "x" * 40 * n) for n in range(30))
    db.executemany("INSERT INTO FILE VALUES (?,?)", rows)
    db.commit()
    made = db.serialize()
    db.close()
    return made
