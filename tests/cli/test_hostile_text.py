"""Whatever a stranger wrote, and in whatever command: a terminal gets printable lines of ours, and programs get JSON."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.conftest import Desk
from tests.jobs.bundles import jpeg, le_json
from triage.cli import group
from triage.model.printable import make_printable, printable_lines

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="such names can't be made there")
BAD = "a\x1b[2J\u202egpj\u2066\r\nFORGED: valid\x07\x9b\u2028\u200b\U000e0041"
FILE = "b\x1b[1A\u202e\nFORGED.jpg"
UNDECODABLE = os.fsdecode(b"c\xff\x1b.csv")
NUMBER, SHA = "900000701", "0" * 64

AGREED = ("--consent-user", BAD, "--consent-passphrase-file", "words")

COMMANDS: dict[str, tuple[str, ...]] = {
    "init": ("--store", BAD, "--user", BAD),
    "user add": (BAD, "--role", BAD, "--new-passphrase-file", "words"),
    "user list": (),
    "user roles": (BAD, "--role", "lead"),
    "user disable": (BAD,),
    "user enable": (BAD, "--new-passphrase-file", "words", *AGREED),
    "user passphrase": ("--for", BAD, "--new-passphrase-file", "words", *AGREED),
    "user profile": (BAD, "--rank", BAD),
    "user confirm": (BAD,),
    "audit verify": (),
    "audit export-head": ("--out", f"{BAD}.json"),
    "audit accept-loss": (),
    "audit outgoing": (),
    "policy list": (),
    "policy set": (BAD, BAD),
    "check": (),
    "doctor": (),
    "completion": ("bash",),
    "stats": (),
    "stats rules": (),
    "stats providers": (),
    "keys show": (),
    "keys trust": (BAD, "--name", BAD),
    "keys distrust": (BAD,),
    "keys recovery": ("--half", "1", "--custodian", BAD, *AGREED),
    "keys rotate": (),
    "recover": ("--half-file", "words", "--half-file", "words", "--new-passphrase-file", "words"),
    "destroy": (
        NUMBER,
        "--reason",
        BAD,
        "--order",
        BAD,
        "--second-user",
        BAD,
        "--second-passphrase-file",
        "words",
        "--certificate",
        BAD,
    ),
    "retention list": (),
    "retention destroy": ("--certificates", BAD, "--order", BAD, "--second-user", BAD, "--second-passphrase-file", "words"),
    "hold": (NUMBER, "--reason", BAD),
    "clear": (BAD, "--reason", BAD),
    "import": (FILE, "bad", UNDECODABLE, "--received-from", BAD, "--note", BAD),
    "lists add": ("list.csv", "--name", BAD, "--kind", "case", "--profile", BAD),
    "lists list": (),
    "lists hits": (BAD,),
    "lists distance": (BAD, "8"),
    "lists conflicts": (),
    "lists remove": (f"{BAD}1",),
    "match": (FILE, UNDECODABLE),
    "demo": ("--reports", BAD),
    "train": ("--role", BAD),
    "queue": ("--search", BAD),
    "show": (NUMBER,),
    "why": (NUMBER, BAD),
    "versions list": (NUMBER,),
    "versions waiting": (),
    "versions accept": (NUMBER, "1", "--reason", BAD),
    "versions refuse": (NUMBER, "1", "--reason", BAD),
    "versions ask": (NUMBER, "1", "--reason", BAD),
    "set": (NUMBER, "--note", BAD, "--status", "in_progress"),
    "note": (NUMBER, BAD),
    "correct": (NUMBER, "--band", "A", "--reason", BAD),
    "corrections": (NUMBER,),
    "case appeal": (BAD, "--text", BAD, "--from", BAD),
    "case open": (NUMBER,),
    "case add": (BAD, BAD),
    "case stage": (BAD, BAD, "--note", BAD),
    "case number": (BAD, BAD, BAD),
    "case officer": (BAD, BAD),
    "case show": (BAD,),
    "case draft": (BAD, "--out", f"{BAD}.docx"),
    "case diary": (BAD, "--out", f"{BAD}.pdf"),
    "deconflict start": ("--with", BAD, "--out", f"{BAD}.json"),
    "deconflict answer": ("list.csv", "--out", f"{BAD}.json"),
    "deconflict finish": ("list.csv",),
    "deconflict show": (BAD,),
    "deconflict withdraw": (BAD,),
    "deconflict list": (),
    "export work": (NUMBER, "--recipient", BAD, "--out", f"{BAD}.age", "--due", BAD, *AGREED),
    "export results": ("--package", BAD, "--recipient", BAD, "--out", f"{BAD}.age"),
    "work list": (),
    "work conflicts": ("--package", BAD),
    "work resolve": (NUMBER, BAD, "--take", BAD, "--reason", BAD),
    "series open": (NUMBER, BAD),
    "series list": (),
    "series show": (BAD,),
    "series add": (BAD, NUMBER, SHA),
    "series remove": (BAD, SHA),
    "series clue": (BAD, BAD),
    "series state": (BAD, BAD, "--source", BAD),
    "series sheet": (BAD, "--out", f"{BAD}.pdf", "--handed-to", BAD),
    "update trust": (BAD, "--name", BAD, *AGREED),
    "update distrust": (BAD,),
    "update issuers": (),
    "update show": (FILE,),
    "update apply": (FILE,),
    "update list": (),
    "update undo": (BAD,),
    "referral bodies": (),
    "referral create": (NUMBER, "--to", BAD, "--out", f"{BAD}-referral"),
    "case list": (),
    "exposure": (),
    "funnel": (),
    "funnel overdue": (),
    "shift close": ("--note", BAD),
    "shift show": ("1",),
    "shift print": ("1", "--out", f"{BAD}.pdf"),
    "shift acknowledge": ("1",),
    "shift list": (),
    "grade": (NUMBER, BAD, "--grade", BAD),
    "preserve": (NUMBER, "--issued", "2026-10-01", "--to", BAD, "--number", BAD),
    "links": (NUMBER,),
    "rules show": (),
    "rules budget": (FILE,),
    "rules export": (f"{BAD}rules",),
    "rules counts": (),
    "rules propose": ("--out", f"{BAD}proposed"),
    "rules try": (FILE,),
    "rules use": (FILE,),
    "rules back": (),
    "sample": ("--week", BAD),
    "sweep": (),
    "same": (BAD, BAD),
    "not-same": (BAD, SHA),
    "possible": (),
    "held": (),
    "held confirm": (BAD,),
    "held reject": ("7",),
    "imports": (),
    "set-aside": (),
    "export feedback": ("--out", f"{BAD}.csv", "--esp", BAD, "--handed-to", BAD),
    "export vics": ("--out", f"{BAD}.json", "--handed-to", BAD),
    "export icse": ("--out", f"{BAD}2.csv", "--handed-to", BAD),
    "export hashes": ("--kind", "md5", "--grade", "adult", "--out", f"{BAD}.txt", "--handed-to", BAD),
    "export timeline": (NUMBER, "--out", f"{BAD}3.csv", "--handed-to", BAD),
    "export queue": ("--out", f"{BAD}.csv", "--handed-to", BAD),
    "export statistics": (
        "--from",
        "2026-01-01",
        "--to",
        "2026-03-31",
        "--out",
        BAD,
        "--although-overlapping",
        BAD,
        "--handed-to",
        BAD,
    ),
    "export chart": ("backlog", "--out", f"{BAD}4.csv", "--handed-to", BAD),
    "export report": (NUMBER, "--out", f"{BAD}2.pdf", "--handed-to", BAD),
    "packet create": (NUMBER, "--out", f"{BAD}packet", "--handed-to", BAD),
    "packet texts": (NUMBER,),
    "packet verify": ("bad",),
    "packet viewing-log": ("bad", "--out", f"{BAD}.pdf", "--handed-to", BAD),
    "verify": (FILE,),
    "backup": (f"{BAD}backup",),
    "request create": ("--case", BAD, "--kind", "subscriber", "--operator", BAD, "--warrant", BAD, "--out", f"{BAD}requests"),
    "request preserve": ("--expiring", "400", "--out", f"{BAD}preserve", "--handed-to", BAD),
    "request list": (),
    "request sent": (BAD, "--on", BAD),
    "request court": (BAD, "--on", BAD),
    "request close": (BAD,),
    "request reply": (BAD, FILE),
    "request remind": ("--older-than", "0", "--out", f"{BAD}reminders"),
    "restore": ("bad",),
    "backups": ("--gone", BAD),
    "register export": (f"{BAD}r.json",),
    "register apply": (FILE,),
    "register none": ("--reason", BAD),
}


def commands(of: click.Group = group.triage, before: str = "") -> Iterator[str]:
    context = click.Context(of)
    for name in of.list_commands(context):
        command = of.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
            if not command.invoke_without_command:
                continue
        yield before + name


@pytest.fixture(scope="module")
def hostile(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A store with hostile text at every place where a report, a bundle, a list and a user can bring it in."""
    work = tmp_path_factory.mktemp("hostile") / "work"
    shutil.copytree(desk.work, work)
    own = replace(desk, work=work, store=work / "store")
    folder = work / "bad" / f"{BAD}folder"
    folder.mkdir(parents=True)
    document = json.loads(le_json(int(NUMBER)))
    told = document["reportedInformation"]
    told["reportingEsp"]["espName"] = BAD
    told["incidentSummary"]["incidentType"] = BAD
    told["reportedPeople"]["reportedPersons"][0]["screenName"]["value"] = BAD
    told["uploadedFiles"]["uploadedFiles"][0] |= {"filename": FILE, "originalFilename": BAD}
    told["additionalInformation"] = [{"value": f"free {BAD}"}]
    document[f"unknown{BAD}"] = {BAD: BAD}
    (folder / f"{BAD}.json").write_text(json.dumps(document))
    (folder / FILE).write_bytes(jpeg(7))
    (folder / f"{BAD}.zip").write_bytes(b"PK\x03\x04 not a zip")
    for name in (FILE, UNDECODABLE):
        (work / name).write_bytes(jpeg(8))
    (work / "list.csv").write_text("md5\n" + "0" * 32 + "\n")
    assert own.call("import", "bad", "--received-from", BAD).code == 3
    for act in (("lists", "add", "list.csv", "--name", BAD, "--kind", "known"), ("set", NUMBER, "--note", BAD)):
        assert own.call(*act).code == 0
    return own


def test_every_command_is_driven() -> None:
    assert sorted(commands()) == sorted(COMMANDS)


@pytest.mark.usefixtures("cheap_passphrases")
@pytest.mark.parametrize("command", COMMANDS)
def test_only_printable_lines_of_ours_reach_the_terminal(hostile: Desk, tmp_path: Path, command: str) -> None:
    own = replace(
        hostile, work=Path(shutil.copytree(hostile.work, tmp_path / "work", symlinks=True)), store=tmp_path / "work/store"
    )
    given = () if command == "init" else ("--store", own.store, "--user", "first")
    done = own.call(*command.split(), *COMMANDS[command], *given, "--passphrase-file", "words", common=False)
    for line in (done.out.decode() + done.err).split("\n"):
        assert line.isprintable(), ascii(line)
        assert not line.lstrip().startswith("FORGED"), line
    assert "fault of Triage" not in done.err
    assert done.code == 0 or len(done.err.splitlines()) == (done.code != 3) or done.out
    said = own.call(*command.split(), *COMMANDS[command], *given, "--passphrase-file", "words", "--json", common=False)
    assert not said.out or json.loads(said.out) is not None


def test_show_and_queue_name_it_escaped(hostile: Desk) -> None:
    for command in (("show", NUMBER), ("queue",), ("set-aside",), ("imports",), ("lists", "list")):
        assert "\\u202e" in hostile.call(*command).out.decode()
    shown = hostile.call("show", NUMBER, "--json").json
    assert shown["incident_type"] == BAD and BAD in {i["value"] for i in shown["identifiers"]}, "JSON stays exact"


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=50))
def test_any_text_becomes_one_printable_line(text: str) -> None:
    assert make_printable(text).isprintable()
    assert make_printable(make_printable(text)) == make_printable(text)
    assert all(line.isprintable() for line in printable_lines(text))
    if text.isprintable():
        assert make_printable(text) == text
