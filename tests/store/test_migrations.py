"""A store of an older schema is migrated when it is opened, in one signed step; a store of a newer schema is refused."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3

from triage.errors import Cancelled, DiskFull, StoreError
from triage.message import Message
from triage.model.progress import CancelToken
from triage.resources import find_root
from triage.store import migrations, settling

EXAMPLE = Path(__file__).parent / "migrations" / "0002_example.sql"
"""A model for whoever writes the first migration."""

SHIPPED = {
    "0001_schema.sql": "be89d07b1f97d6005203012d7310102044480bcac07a2f6e955c8d536faa50f8",
    "0002_deadline_places.sql": "79311bb6cb4575fac4864a67f3ca63c6d056451abe77ed49e026ced4c7b97e82",
    "0003_backup_parts.sql": "b0c1e002d04cf0ae5e1d0738271ed40ba5a05f2e2f4554627c7b66371775ce27",
    "0004_planes_in_order.sql": "7bac874160b506ae8b5393086a4b0d61053e6054af9536f9a61a7ebdcc64f551",
    "0005_request_lists.sql": "67966e3b3b0937fd52db75b38a808c14a20919fa07798052b8b1c05541ad7f12",
    "0006_rebuilt_pages.sql": "54d433a0fdf788615d09063665eb22da2e5f52f285a621d0a00623891e5d6f37",
    "0007_backup_frontier.sql": "4b3d2d049cc405e6744495cee62d5b3ab45bea7c6ead474cc0a2ba10f9071899",
    "0008_database_names.sql": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "0009_list_pages.sql": "49f64c2111211469a313fac9cae7498db0769c212a3b33c0cd4bdcb058ba04a7",
    "0010_link_key_holders.sql": "2a8e255c0b623ff9741d8b017d84039a7459ab31e33e97f9f3f9349c1cd2acbd",
    "0011_flag_ranks.sql": "42751eed1453827ffed8597814d2e188110d9cc58b088b61c137a87ddf9dcdba",
    "0012_versions.sql": "1f305d8caf71068c9b2b55d0c24d957e6016f8487d8499b76546ba577672aa39",
}
"""SHA-256 of the SQL of each migration, without comments and line breaks. A store that was made with one never gets its changes."""


def test_migrations_never_change() -> None:
    files = sorted((find_root() / "migrations").iterdir(), key=lambda file: file.name)
    found = {file.name: " ".join(re.sub(r"--.*", "", file.read_text("utf-8")).split()) for file in files}
    assert {name: hashlib.sha256(sql.encode()).hexdigest() for name, sql in found.items()} == SHIPPED, "add the next number"


def with_migration(monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    """Lets the program know one migration more than it ships."""
    newer = [*migrations.load_migrations(), (migrations.load_migrations()[-1][0] + 1, sql)]
    for module in (migrations, settling):
        monkeypatch.setattr(module, "load_migrations", lambda: newer)


def test_an_older_store_is_migrated_in_one_signed_step(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = migrations.load_migrations()[-1][0]
    with made.open() as before:
        commits = before.read_head().commits
    with_migration(monkeypatch, EXAMPLE.read_text())
    with made.open() as migrated:
        assert migrated.read().all("SELECT user_id, note FROM user_note") == [(1, " ".join(sorted(migrated.user.roles)))]
        assert migrated.read().all("SELECT id, level FROM user") == [(1, 1)]
        entry = json.loads(migrated.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1"))
        assert (entry["kind"], entry["about"]) == ("schema migrated", {"before": newest, "after": newest + 1})
        assert migrated.read_head().commits == commits + 1
        assert migrated.check().valid, migrated.check().problems
    with made.open() as again:
        assert again.read_head().commits == commits + 1, "it was migrated once"


ENDLESS = "CREATE TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;\n"


def test_a_long_update_says_how_long_it_takes(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Message | None] = []
    monkeypatch.setattr(settling, "_SOON_BYTES", 1)
    with_migration(monkeypatch, EXAMPLE.read_text())
    for _ in range(2):
        made.open(hear=heard.append).close()
    message, end = heard
    assert message is not None and message.by_name == {"minutes": 1, "needed": "0.0"} and end is None


def test_the_update_of_a_small_store_says_nothing(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Message | None] = []
    with_migration(monkeypatch, EXAMPLE.read_text())
    made.open(hear=heard.append).close()
    assert not heard


def test_an_update_can_be_stopped_within_a_statement(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with made.open() as before:
        commits = before.read_head().commits
    cancel = CancelToken()
    with monkeypatch.context() as patched:
        with_migration(patched, EXAMPLE.read_text() + ENDLESS)
        patched.setattr(settling, "_SOON_BYTES", 1)
        timer = threading.Timer(0.2, cancel.cancel)
        with pytest.raises(Cancelled):
            made.open(hear=lambda message: timer.start() if message else None, cancel=cancel)
    with made.open() as opened:
        assert opened.read().value("SELECT count(*) FROM sqlite_master WHERE name = 'user_note'") == 0
        assert opened.read_head().commits == commits and opened.check().valid


DROPPED = """
import re, sys
from pathlib import Path
import sqlcipher3
from triage.store import migrations
from triage.store.database import PAGE, Writer

migrations.load_migrations = lambda: ((1, "-- Of long rows.\\nDROP TABLE long;\\n"),)
connection = sqlcipher3.connect(sys.argv[1], isolation_level=None)
for pragma in (f"page_size = {PAGE}", "journal_mode = WAL", "secure_delete = ON", "temp_store = MEMORY", "cache_size = -2000"):
    connection.execute(f"PRAGMA {pragma}")
writer = Writer(connection)
writer.begin()
writer.execute("CREATE TABLE long (id INTEGER PRIMARY KEY, bytes BLOB)")
writer.executemany("INSERT INTO long VALUES (?, zeroblob(16000))", [(n,) for n in range(4000)])
writer.commit()
Path("/proc/self/clear_refs").write_text("5")  # the most so far is what is used now
find_most = lambda: int(re.search(r"VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1])
before = find_most()
with writer.without_foreign_keys():
    writer.begin()
    migrations.apply_migrations(writer, 0)
    writer.commit()
print(find_most() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there a process is told its most memory")
def test_a_large_table_is_dropped_with_little_memory(tmp_path: Path) -> None:
    """Of 64 MB, which SQLite would copy into memory."""
    command = [sys.executable, "-c", DROPPED, str(tmp_path / "plain.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 16_000


def test_a_dropped_table_runs_no_triggers_and_foreign_keys_are_enforced_again(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sql = """CREATE TABLE one (id INTEGER PRIMARY KEY);
    CREATE TABLE gone (id INTEGER PRIMARY KEY);
    CREATE TRIGGER noted AFTER DELETE ON one BEGIN
        INSERT INTO gone VALUES (old.id);
    END;
    INSERT INTO one VALUES (7);
    DROP TABLE one;
    """
    with_migration(monkeypatch, sql)
    with made.open() as migrated, migrated.batch() as batch:
        assert batch.all("SELECT * FROM gone") == []
        assert batch.value("PRAGMA foreign_keys") == 1
        batch.note("test looked")


def test_an_update_on_a_full_disk_says_how_much_it_needs(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*_: object) -> None:
        raise DiskFull("full")

    with monkeypatch.context() as patched:
        with_migration(patched, EXAMPLE.read_text())
        patched.setattr(settling, "apply_migrations", fill)
        with pytest.raises(DiskFull, match=r"the store was not updated, and nothing was changed\. Free up to [0-9.]+ GB"):
            made.open()
    with made.open() as opened:
        assert opened.check().valid


def test_an_older_store_is_not_migrated_read_only(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with_migration(monkeypatch, EXAMPLE.read_text())
    with pytest.raises(StoreError, match="An older Triage made this store; open it once without --read-only"):
        made.open(read_only=True)


def test_a_newer_store_is_refused(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        with_migration(patched, EXAMPLE.read_text())
        made.open().close()
    with pytest.raises(StoreError, match="newer Triage"):
        made.open()


def test_a_migration_that_fails_leaves_the_store_as_it_was(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        with_migration(patched, EXAMPLE.read_text() + "INSERT INTO nowhere VALUES (1);\n")
        with pytest.raises(sqlcipher3.OperationalError):
            made.open()
    with made.open() as opened:
        assert opened.read().value("SELECT count(*) FROM sqlite_master WHERE name = 'user_note'") == 0
        assert opened.check().valid, opened.check().problems
