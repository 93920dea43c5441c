"""Manual pages: one for each command, as the commands are now, and readable by `man`."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from bench.man_pages import FOLDER, make_pages
from tests.cli.test_hostile_text import commands


def test_the_pages_say_what_the_commands_say() -> None:
    there = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.1")}
    pages = make_pages()
    assert sorted(there) == sorted(pages), "run: make man"
    assert [name for name, page in pages.items() if there[name] != page] == [], "run: make man"


def test_every_command_has_its_page() -> None:
    pages = make_pages()
    assert {f"triage-{command.replace(' ', '-')}.1" for command in commands()} <= set(pages)
    assert "TRIAGE_STORE" in pages["triage.1"] and "130" in pages["triage.1"]
    assert "\\-\\-office" in pages["triage-queue.1"] and "EXAMPLE" in pages["triage-queue.1"]


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff checks the form of the pages")
def test_no_page_has_a_fault_of_form() -> None:
    pages = [str(FOLDER / name) for name in make_pages()]
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", *pages], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), "it names the page's file"
