"""Keeping a store for years: backup, restore, keys, recovery, users' roles, holds, destruction, and going on after a loss."""

from __future__ import annotations

import json
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import WORDS, Desk
from triage.store import lock

NUMBER = "900000001"


@pytest.fixture
def own(desk: Desk, tmp_path: Path) -> Desk:
    """A copy that may be changed and broken."""
    shutil.copytree(desk.work, tmp_path / "work")
    return replace(desk, work=tmp_path / "work", store=tmp_path / "work" / "store")


def test_backup_and_restore(own: Desk) -> None:
    made = own.call("backup", own.work / "backup", "--json").json
    assert (made["number"], made["expires_after_days"], made["checked"]["vault_items"] > 0) == (1, 90, True)
    listed = own.call("backups", "--json").json
    assert [(row["id"], row["to_do"]) for row in listed] == [(made["id"], "")]
    new = replace(own, store=own.work / "new")
    restored = new.call("restore", own.work / "backup", "--json").json
    assert (restored["valid"], restored["waits_for_register"]) == (True, True)
    assert "Restored from a backup of" in new.call("show", NUMBER).err
    assert "restored from a backup of" in new.call("export", "queue", "--out", own.work / "new.csv").err
    assert new.call("register", "none", "--reason", "the first backup", "--json").code == 0
    assert new.call("show", NUMBER, "--json").json["report_id"] == NUMBER
    assert "already a store" in new.call("restore", own.work / "backup").refusal
    assert "carrier destroyed" in own.call("backups", "--gone", made["id"]).out.decode()


def test_a_command_says_what_it_waits_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "LONG_WAIT_SECONDS", 0)
    held = threading.Event()

    def hold() -> None:
        with lock.WriterLock(desk.store / "lock").hold():
            held.set()
            time.sleep(0.3)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(60)
    done = desk.call("queue")
    thread.join()
    assert done.code == 0 and "Another program or window is writing to the store." in done.err


def test_keys_are_shown_trusted_and_replaced(own: Desk) -> None:
    facts = own.call("keys", "show", "--json").json
    assert set(facts) >= {"fingerprint", "recipient", "generation"}
    assert own.call("export", "queue", "--out", own.work / "q.csv", "--json").json["signature_key"] == facts["fingerprint"]
    assert own.call("verify", own.work / "q.csv", "--json").json["signer"] == {"known": True, "name": "this store"}
    assert own.call("verify", own.work / "q.csv", "--json", common=False).json["signer"] == {"known": None, "name": None}
    assert own.call("keys", "trust", "cd" * 32, "--name", "Karachi", "--json").json["fingerprint"] == "cd" * 32
    assert b"Karachi" in own.call("keys", "show").out
    assert own.call("keys", "distrust", "Karachi").code == 0
    assert own.call("keys", "rotate", "--json").json["generation"] == facts["generation"] + 1
    assert own.call("keys", "rotate", "--database", "--json").json["generation"] == facts["generation"] + 2
    assert own.call("check").code == 0
    assert own.call("keys", "recovery").code == 2
    for n, custodian in enumerate(("Amal", "Basit")):
        shown = own.call("keys", "recovery", "--half", n + 1, "--custodian", custodian, "--json").json
        assert (shown["half"], shown["custodian"], shown["whole"]) == (n + 1, custodian, n == 1)
        (own.work / f"half{n}").write_text(shown["recovery"] + "\n")
    (own.work / "newer").write_text("newer words\n")
    own.call("backup", own.work / "backup")
    how = (
        "--user", "first", "--half-file", own.work / "half0", "--half-file", own.work / "half1",
        "--new-passphrase-file", own.work / "newer", "--json",
    )  # fmt: skip
    anew = own.call("recover", "--store", own.work / "anew", "--backup", own.work / "backup", *how, common=False)
    assert anew.json["user"] == "first" and (own.work / "anew" / "triage.db").exists()
    recovered = own.call("recover", "--store", own.store, *how, common=False)
    assert recovered.json["user"] == "first" and recovered.json["confirmed"] is False and "recovery" not in recovered.json
    assert "passphrase is wrong" in own.call("keys", "show").refusal
    assert own.call("recover", "--half-file", own.work / "half0").code == 2


def test_a_loss_is_accepted(own: Desk) -> None:
    assert "no loss to accept" in own.call("audit", "accept-loss").refusal
    head = (own.store / "head.json").read_bytes()
    for name in ("a", "b", "c"):
        own.call("keys", "trust", "cd" * 32, "--name", name)
    (own.store / "head.json").write_bytes(head)
    assert "old head" in own.call("queue").refusal
    assert own.call("audit", "verify", "--json").code == 1
    assert len(own.call("audit", "accept-loss", "--json").json["accepted"]) == 1
    assert own.call("audit", "verify", "--json").json["valid"] is True


def changes_passphrase(own: Desk, name: str, file: str) -> None:
    (own.work / "newer").write_text(f"my own words of {name} 73\n")
    options = (
        "--store",
        own.store,
        "--user",
        name,
        "--passphrase-file",
        own.work / file,
        "--new-passphrase-file",
        own.work / "newer",
    )
    for command in (("queue",), ("user", "list"), ("keys", "show")):
        refused = own.call(*command, "--store", own.store, "--user", name, "--passphrase-file", own.work / file, common=False)
        assert "triage user passphrase" in refused.refusal
    same = (*options[:-1], own.work / file)
    assert "is the old one" in own.call("user", "passphrase", *same, common=False).refusal
    assert own.call("user", "passphrase", *options, common=False).code == 0
    (own.work / "newer").rename(own.work / file)


def test_a_report_is_held_then_destroyed_and_stays_away(own: Desk) -> None:
    (own.work / "second").write_text("eight blue kites\n")
    added = own.call("user", "add", "second", "--role", "analyst", "--new-passphrase-file", own.work / "second", "--json")
    assert added.json["roles"] == ["analyst"]
    order = ("--reason", "acquitted", "--order", "court order 12 of 2026", "--second-user", "second")
    files = ("--second-passphrase-file", own.work / "second", "--certificate", own.work / "gone.json")
    assert "another person set the passphrase" in own.call("destroy", NUMBER, *order, *files).refusal
    changes_passphrase(own, "second", "second")
    assert "another role is needed (lead, admin)" in own.call("destroy", NUMBER, *order, *files).refusal
    (own.work / "third").write_text("nine red carts\n")
    consent = ("--consent-user", "second", "--consent-passphrase-file", own.work / "second")
    added = own.call("user", "add", "third", "--role", "lead", "--new-passphrase-file", own.work / "third", *consent)
    assert added.code == 0, "there is nobody else who could agree"
    changes_passphrase(own, "third", "third")
    role = own.call(
        "user",
        "roles",
        "second",
        "--role",
        "lead",
        "--consent-user",
        "third",
        "--consent-passphrase-file",
        own.work / "third",
        "--json",
    )
    assert role.json["roles"] == ["lead"]
    assert own.call("hold", NUMBER, "--reason", "appeal", "--json").json["held"] is True
    assert "legal hold" in own.call("destroy", NUMBER, *order, *files).refusal
    assert own.call("hold", NUMBER).code == 2
    nowhere = own.call("destroy", NUMBER, *order, *files, "--backup", own.work / "nowhere")
    assert (nowhere.code, nowhere.out) == (2, b"") and "does not exist" in nowhere.err
    assert own.call("hold", NUMBER, "--release").code == 0
    before = own.call("stats", "--json").json
    done = own.call("destroy", NUMBER, *order, *files, "--json").json
    assert done["media"] == 1 and done["log_emptied"] is True
    assert own.call("verify", own.work / "gone.json", "--json").json["valid"] is True
    assert own.call("verify", own.work / "gone.pdf", "--json").json["valid"] is True
    assert "no report" in own.call("show", NUMBER).refusal
    again = own.call("import", "bundle", "--json").json
    assert again["reports"] == {"new": 0, "updated": 0, "unchanged": 0}
    assert "destroyed by order, not taken in again" in {row["reason"] for row in again["skipped"]}
    after = own.call("stats", "--json").json
    assert (after["reports"], after["destroyed"], after["by_band"]) == (before["reports"], 1, before["by_band"])
    assert own.call("check", "--json").json["valid"] is True
    assert WORDS not in (own.work / "gone.json").read_text() and json.loads((own.work / "gone.json").read_text())["version"] == 1


def test_a_cleared_person_is_set_apart(own: Desk) -> None:
    assert own.call("clear", NUMBER, "--reason", "the account was stolen", "--json").json["cleared"] is True
    shown = own.call("show", NUMBER, "--json").json
    assert (shown["status"], shown["score"]["risk"], shown["links"]) == ("closed", 0.0, [])
    assert own.call("clear", NUMBER, "--undo").code == 0
    assert own.call("show", NUMBER, "--json").json["score"]["risk"] > 0
    assert own.call("clear", NUMBER).code == 2


def test_the_last_step_is_told_and_a_clock_behind_it(own: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older copy of the whole store is consistent in itself: what a person can see is when its last step was made."""
    told = own.call("audit", "verify").out.decode()
    assert "The last entry was made 20" in told and "Only a log head kept elsewhere" in told and "clock is behind" not in told
    assert own.call("audit", "verify", "--json").json["last_step"].endswith("Z")
    monkeypatch.setattr("triage.jobs.session.now", lambda: "2001-01-01T00:00:00Z")
    assert "clock is behind" in own.call("audit", "verify").out.decode()
