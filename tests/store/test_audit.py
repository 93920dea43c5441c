from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import StoreError
from triage.store import audit
from triage.store.audit import encode_entry, read_head
from triage.store.store import CreatedStore, Store
from triage.store.tree import leaf_hash, verify_inclusion

HASH = "ab" * 32


def add(store: Store, count: int = 1) -> None:
    with store.batch() as batch:
        for n in range(count):
            batch.note("thing done", thing=n)


def test_an_entry_is_canonical_json() -> None:
    entry = encode_entry(7, "2026-01-04T19:00:00Z", 3, "report decided", {"report": 5, "status": "on_hold", "who": HASH})
    assert entry == (
        b'{"about":{"report":5,"status":"on_hold","who":"' + HASH.encode() + b'"},"kind":"report decided","n":7,"user":3,"v":1,'
        b'"when":"2026-01-04T19:00:00Z"}'
    )


@pytest.mark.parametrize("value", [1, None, "on_hold", HASH, [1, 2], ["analyst", "lead"], (HASH,), "2026-01-04T19:00:00Z", True])
def test_ids_words_hashes_and_times_may_be_noted(value: audit.Value) -> None:
    encode_entry(0, "2026-01-04T19:00:00Z", 1, "thing done", {"x": value})


@pytest.mark.parametrize(
    "value",
    [
        "203.0.113.7",
        "someone@example.invalid",
        "+92 300 0000000",
        "two words",
        "Name",
        "",
        "9" * 13,
        "a" * 65,
        1.5,
        b"x",
        ["a b"],
    ],
)
def test_what_may_be_content_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        encode_entry(0, "2026-01-04T19:00:00Z", 1, "thing done", {"x": value})  # type: ignore[dict-item]


@pytest.mark.parametrize("kind", ["", "Report", "a", "report_decided", "report 5", "x" * 65])
def test_kinds_are_plain_words(kind: str) -> None:
    with pytest.raises(ValueError):
        encode_entry(0, "2026-01-04T19:00:00Z", 1, kind, {})


def test_entries_are_numbered_from_zero_and_name_the_user(store: Store) -> None:
    with store.batch() as batch:
        first = batch.note("thing done", thing=1)
        assert batch.note("thing done", thing=2) == first + 1
    rows = [json.loads(row[0]) for row in store.read().all("SELECT json FROM audit_entry ORDER BY n")]
    assert [row["n"] for row in rows] == [0, 1, 2]
    assert {row["user"] for row in rows} == {1}


def test_the_head_is_signed_and_counts_commits(store: Store) -> None:
    before = store.read_head()
    add(store, 3)
    head = store.read_head()
    assert (head.commits, head.count) == (before.commits + 1, before.count + 3)
    assert head.is_signed_by(store.public_key)
    assert not msgspec.structs.replace(head, count=99).is_signed_by(store.public_key)
    assert not head.is_signed_by(bytes(32))


def test_a_head_that_was_changed_is_noticed_by_the_next_step_of_an_open_store(store: Store) -> None:
    add(store, 1)
    head, path = store.read_head(), store.directory / "head.json"
    for name, value in (("time", "2026-01-04T19:00:00Z"), ("signature", "0" * 128), ("pages", head.pages[::-1])):
        path.write_bytes(msgspec.structs.replace(head, **{name: value}).encode())
        with pytest.raises(StoreError, match="not signed by this store"):
            add(store, 1)
    path.write_bytes(head.encode())
    add(store, 1)
    assert store.verify_log().valid


def test_a_clean_record_verifies(store: Store, tmp_path: Path) -> None:
    add(store, 5)
    (tmp_path / "head.json").write_bytes(store.read_head().encode())
    add(store, 5)
    for exported in (None, tmp_path / "head.json"):
        result = store.verify_log(exported)
        assert (result.valid, result.entries, result.head) == (True, 11, store.read_head().root)


def test_proofs_hold_against_the_signed_head(store: Store) -> None:
    add(store, 12)
    head = store.read_head()
    proofs = store.prove_entries([0, 5, 12])
    for proof in proofs:
        assert (proof.count, proof.root.hex()) == (head.count, head.root)
        assert leaf_hash(proof.json.encode()) == proof.leaf
        assert verify_inclusion(proof.leaf, proof.n, proof.count, proof.path, proof.root)
    with pytest.raises(LookupError):
        store.prove_entries([13])


def doctor(store: Store, *statements: str) -> None:
    """Changes the database as one who has its key would, without the record."""
    for statement in statements:
        store._database.writer.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET json = replace(json, 'thing done', 'thing gone') WHERE n = 3",
        "UPDATE audit_entry SET json = json || ' ' WHERE n = 3",
        "UPDATE audit_entry SET json = 'no json' WHERE n = 3",
        "UPDATE audit_entry SET leaf = zeroblob(32) WHERE n = 3",
        "DELETE FROM audit_entry WHERE n = 3",
        "DELETE FROM audit_entry WHERE n = (SELECT max(n) FROM audit_entry)",
        "UPDATE audit_state SET root = zeroblob(32)",
        "UPDATE audit_state SET frontier = zeroblob(length(frontier))",
        "UPDATE audit_state SET count = count - 1",
        "UPDATE audit_state SET commits = commits + 5",
        "UPDATE audit_state SET commits = commits - 1",
    ],
)
def test_any_change_to_the_record_is_found(store: Store, statement: str) -> None:
    add(store, 6)
    doctor(store, statement)
    result = store.verify_log()
    assert not result.valid
    assert all(str(problem).endswith(".") for problem in result.problems)


def test_a_shortened_record_with_a_tree_computed_anew_is_found(store: Store, tmp_path: Path) -> None:
    """One who holds the database key deletes the last entries and makes the tree fit: head and exported head tell."""
    add(store, 6)
    (tmp_path / "exported.json").write_bytes(store.read_head().encode())
    shorten(store, by=2)
    assert "older than the audit log's head" in " ".join(map(str, store.verify_log().problems))

    store._heads.write(audit.audit_log.load_state(store.read()))
    assert store.verify_log().valid  # with the signing key even the head can be forged ...
    result = store.verify_log(tmp_path / "exported.json")  # ... but not the one that is kept elsewhere
    assert "By the exported head the last entry of the audit log is number 7" in " ".join(map(str, result.problems))


def test_a_rewritten_record_does_not_lead_to_the_exported_head(store: Store, tmp_path: Path) -> None:
    add(store, 6)
    (tmp_path / "exported.json").write_bytes(store.read_head().encode())
    shorten(store, by=2)
    store._heads.write(audit.audit_log.load_state(store.read()))
    add(store, 9)
    result = store.verify_log(tmp_path / "exported.json")
    assert tuple(map(str, result.problems)) == ("The entries do not lead to the root in the exported head.",)


def test_an_exported_head_of_another_store_or_changed_is_no_witness(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(store.read_head().encode())
    text = (tmp_path / "a.json").read_text()
    (tmp_path / "a.json").write_text(text.replace('"store":"', '"store":"0'))
    assert "not signed by this store" in " ".join(map(str, store.verify_log(tmp_path / "a.json").problems))
    (tmp_path / "a.json").write_text("{}")
    assert "damaged" in " ".join(map(str, store.verify_log(tmp_path / "a.json").problems))
    assert "missing" in " ".join(map(str, store.verify_log(tmp_path / "none.json").problems))


@given(st.binary(max_size=80))
def test_noise_is_no_head(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "noise.json"
    path.write_bytes(noise)
    with pytest.raises(StoreError):
        read_head(path)


def test_keyed_hashes_tell_nothing_outside_their_store(created: CreatedStore, tmp_path: Path, cheap: object) -> None:
    store = created.store
    with Store.create(tmp_path / "other", "x", "y", cost=cheap).store as other:  # type: ignore[arg-type]
        assert store.keyed("é") == store.keyed("é")
        assert store.keyed("a") != other.keyed("a")
        assert len(store.keyed("a")) == 64


def shorten(store: Store, by: int) -> None:
    writer = store._database.writer
    count = writer.value("SELECT count(*) FROM audit_entry") - by
    frontier = audit.Frontier()
    writer.execute("DELETE FROM audit_entry WHERE n >= ?", (count,))
    for leaf in audit.audit_log.load_leaves(writer):
        frontier.append(leaf)
    writer.execute(
        "UPDATE audit_state SET commits = commits - 1, count = ?, root = ?, frontier = ?",
        (count, frontier.root(), frontier.pack()),
    )
