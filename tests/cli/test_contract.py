"""Exit codes, options, one JSON document, one line for a refusal, nothing outside the store."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import WORDS, Desk
from triage.store.lock import WriterLock

NUMBER = "900000001"


@pytest.mark.usefixtures("cheap_passphrases")
def test_init_makes_a_private_store_and_tells_the_recovery_key_once(desk: Desk, tmp_path: Path) -> None:
    store = tmp_path / "new"
    arguments = ("init", "--store", store, "--user", "Amal", "--passphrase-file", "words", "--json")
    made = desk.call(*arguments, common=False)
    assert made.code == 0 and set(made.json) >= {"store", "user", "fingerprint", "recovery"}
    assert (made.json["user"], len(made.json["recovery"]), len(made.json["fingerprint"])) == ("Amal", 2, 64)
    halves = [half.encode() for half in made.json["recovery"]]
    for path in [store, *store.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
        assert path.is_dir() or not [half for half in halves if half in path.read_bytes()]
    again = desk.call(*arguments, common=False)
    assert "already a store" in again.refusal


def test_options_stand_before_or_after_the_command(desk: Desk) -> None:
    before = desk.call("--store", desk.store, "--user", "first", "--passphrase-file", "words", "--json", "queue", common=False)
    after = desk.call("queue", "--json")
    assert before.json == after.json and [row["report_id"] for row in after.json] == [NUMBER]
    nested = desk.call("--json", "user", "list")
    assert nested.json[0]["name"] == "first"
    wins = desk.call("--passphrase-file", "wrong", "queue", "--json")
    assert wins.code == 0, "what stands after the command's name wins"


def test_a_table_ends_after_a_thousand_rows_and_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert b"More follow" not in desk.call("queue").out
    monkeypatch.setattr("triage.cli.output.MOST_LISTED", 0)
    for command in ("queue", "queue --limit 1"):
        said = desk.call(*command.split()).out
        assert (b"More follow" in said, NUMBER.encode() in said) == ((True, False) if command == "queue" else (False, True))
    assert len(desk.call("queue", "--json").json) == 1, "JSON holds all"
    assert desk.call("queue", "--json", "--offset", "1").json == []


def test_the_passphrase_comes_from_standard_input(desk: Desk) -> None:
    arguments = ("queue", "--json", "--store", desk.store, "--user", "first", "--passphrase-file", "-")
    assert desk.run(*arguments, common=False, stdin=WORDS + "\r\n").json
    assert "passphrase" in desk.run(*arguments, common=False, stdin="").refusal


REFUSALS = {
    "wrong passphrase": (("queue", "--passphrase-file", "wrong"), "name or the passphrase is wrong"),
    "wrong user": (("queue", "--user", "nobody"), "name or the passphrase is wrong"),
    "no store": (("queue", "--store", "nowhere"), "no store in nowhere;"),
    "a folder for the passphrase": (("queue", "--passphrase-file", "bundle"), "Name a text file that you may read"),
    "unknown report": (("show", "1"), "no report 1"),
    "unknown report for a packet": (("packet", "create", "1", "--out", "p"), "no report 1"),
    "unknown assignee": (("queue", "--assignee", "nobody"), "no user 'nobody'; choose one of first."),
    "unknown office": (("queue", "--office", "NOWHERE"), "choose one of HQ, ISB, "),
    "unknown office for an export": (("export", "queue", "--out", "q.csv", "--office", "NOWHERE"), "no office 'NOWHERE'"),
    "unknown version": (("show", NUMBER, "--version", "99"), "no version 99 of report 900000001; choose one of 1."),
    "unknown case": (("case", "show", "C-1"), "no case C-1; there is none yet."),
    "unknown list": (("lists", "remove", "none"), "no list"),
    "another ending": (("export", "queue", "--out", "q.doc"), ".xlsx"),
    "media without recipient": (("packet", "create", NUMBER, "--out", "p", "--with-media"), "--recipient"),
    "a recipient that is none": (("packet", "create", NUMBER, "--out", "p", "--with-media", "--recipient", "x"), "age"),
    "a folder in the way": (("packet", "create", NUMBER, "--out", "bundle"), "exists already"),
    "no role": (("user", "add", "next", "--role", "king", "--new-passphrase-file", "words"), "'king' is not a role"),
    "a weak wish": (("set", NUMBER, "--assign", "nobody"), "nobody"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_is_one_sentence(desk: Desk, case: str) -> None:
    arguments, words = REFUSALS[case]
    given = ("--store", desk.store, "--user", "first", "--passphrase-file", "words")
    done = desk.call(*given, *arguments, common=False)
    assert words in done.refusal
    assert done.refusal.endswith(".") and str(desk.work) not in done.refusal
    assert not (desk.work / "p").exists() and not (desk.work / "q.doc").exists()


@pytest.mark.parametrize("office", ["HQ", "GLT"])
def test_each_office_filters_the_queue_also_while_no_report_lies_there(desk: Desk, office: str) -> None:
    assert desk.call("queue", "--office", office, "--json").code == 0


def test_without_a_terminal_nobody_is_asked(desk: Desk) -> None:
    assert "--passphrase-file" in desk.call("queue", "--store", desk.store, "--user", "first", common=False).refusal
    assert "--user" in desk.call("queue", "--store", desk.store, common=False).refusal


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("queue", "--band", "Z"),
        ("queue", "--limit", "-1"),
        ("import",),
        ("show",),
        ("import", "x"),
        ("set", NUMBER),
        ("set", NUMBER, "--status", "done"),
        ("check", "--subset", "4/3"),
        ("lists", "add", "words", "--name", "x"),
        ("--no-such-option",),
        ("queue", "--no-such-option"),
        ("audit",),
        ("audit", "no-such-command"),
        ("hold", NUMBER),
    ],
)
def test_wrong_usage_is_two_and_one_line(desk: Desk, arguments: tuple[str, ...]) -> None:
    done = desk.call(*arguments, common=False)
    assert (done.code, done.out) == (2, b"")
    (line,) = done.err.splitlines()
    assert "Usage" not in line and " --help" in line


WITH_PATHS = {
    "import": ("{}",),
    "import --password-file": ("bundle", "--password-file", "{}"),
    "match": ("{}",),
    "lists add": ("{}", "--name", "x", "--kind", "known"),
    "verify": ("{}",),
    "packet verify": ("{}",),
    "audit verify": ("--head", "{}"),
    "restore": ("{}",),
    "restore --register": ("bundle", "--register", "{}"),
    "register apply": ("{}",),
    "rules budget": ("{}",),
    "rules try": ("{}",),
    "rules use": ("{}",),
    "queue": ("--passphrase-file", "{}", "--user", "first"),
}


@pytest.mark.parametrize("command", WITH_PATHS)
def test_a_path_that_does_not_exist_is_two_and_one_line(desk: Desk, command: str) -> None:
    arguments = [each.format("no\nsuch\u202epath") for each in WITH_PATHS[command]]
    done = desk.call(*command.partition(" --")[0].split(), *arguments, common=False)
    assert (done.code, done.out) == (2, b"")
    (line,) = done.err.splitlines()
    assert "does not exist" in line and "Usage" not in line and line.isprintable()


def test_a_store_in_use_says_so(desk: Desk) -> None:
    with WriterLock(desk.store / "import.lock").hold():
        assert "Another import or a destruction is running" in desk.call("import", "bundle").refusal


def test_an_import_that_sets_something_aside_is_three(desk: Desk, tmp_path: Path) -> None:
    again = desk.call("import", "bundle", "--json")
    assert (again.code, again.err) == (3, "")
    assert again.json["reports"] == {"new": 0, "updated": 0, "unchanged": 1}
    assert [q["path"] for q in again.json["quarantined"]] == ["bundle/broken.zip"]
    assert [(q["reason_key"], q["reason"]) for q in again.json["quarantined"]] == [
        ("The zip is damaged: {what}.", "The zip is damaged: it is cut off.")
    ]
    (tmp_path / "note.txt").write_text("benign")  # belongs to no report, so that no search finds it
    assert desk.call("import", tmp_path / "note.txt").code == 3
    (tmp_path / "empty").mkdir()
    assert desk.call("import", tmp_path / "empty").code == 0


def test_progress_is_for_terminals_only(desk: Desk) -> None:
    assert desk.call("import", "bundle").err == ""
    assert desk.call("check", "--subset", "1/3").err == ""


def test_show_for_people(desk: Desk) -> None:
    done = desk.call("show", NUMBER)
    text = done.out.decode()
    for words in ("reported user", "kite_flyer", "203.0.113.9", "40123", "PKT", "UTC", "not stated", "Band "):
        assert words in text, words
    assert "suspect" not in text.lower()


def test_output_survives_a_terminal_without_unicode(desk: Desk) -> None:
    assert desk.call("set", NUMBER, "--note", "نوٹ 漢").code == 0
    plain = desk.run("show", NUMBER, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert plain.code == 0 and plain.out.isascii()
    assert "نوٹ 漢" in str(desk.run("show", NUMBER, "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0").json["decisions"])


def test_a_reader_that_goes_away_is_no_fault(desk: Desk) -> None:
    command = [sys.executable, "-m", "triage", "show", NUMBER, "--json"]
    command += ["--store", str(desk.store), "--user", "first", "--passphrase-file", "words"]
    with subprocess.Popen(command, cwd=desk.work, env=desk.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_nothing_outside_the_store_changes(desk: Desk, tmp_path: Path) -> None:
    before = desk.outside()
    for arguments in (("import", "bundle"), ("match", "bundle/900000001/a.jpg"), ("check",)):
        assert desk.run(*arguments).code in (0, 3), arguments
    assert desk.outside() == before


def test_what_is_written_out_is_private(desk: Desk, tmp_path: Path) -> None:
    assert desk.call("export", "queue", "--out", tmp_path / "q.csv").code == 0
    assert desk.call("packet", "create", NUMBER, "--out", tmp_path / "packet").code == 0
    for path in tmp_path.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert desk.call("verify", tmp_path / "q.csv", common=False).code == 0
    assert desk.call("packet", "verify", tmp_path / "packet", "--json", common=False).json["valid"] is True
    (tmp_path / "packet" / "data" / "files.csv").write_text("changed")
    changed = desk.call("packet", "verify", tmp_path / "packet", "--json", common=False)
    assert (changed.code, changed.json["problems"]) == (1, ["data/files.csv was changed."])
    (tmp_path / "q.csv").write_text("changed")
    people = desk.call("verify", tmp_path / "q.csv", common=False)
    assert people.code == 1 and b"NOT valid" in people.out


def test_match_says_where_and_what_was_not_checked(desk: Desk) -> None:
    (found,) = desk.call("match", "bundle/900000001/a.jpg", "--json").json
    assert found["exact"][0]["reports"] == [NUMBER]
    assert any("hash lists" in missing for missing in found["not_checked"])
