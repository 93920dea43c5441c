"""Manual pages: one for each command, readable by `man`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bench.man_pages import make_pages
from tests.cli.test_hostile_text import commands


def test_every_command_has_its_page() -> None:
    pages = make_pages()
    assert {f"triage-{command.replace(' ', '-')}.1" for command in commands()} <= set(pages)
    assert "TRIAGE_STORE" in pages["triage.1"] and "130" in pages["triage.1"]
    assert "\\-\\-office" in pages["triage-queue.1"] and "EXAMPLE" in pages["triage-queue.1"]


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff checks the form of the pages")
def test_no_page_has_a_fault_of_form(tmp_path: Path) -> None:
    pages = []
    for name, page in make_pages().items():
        (tmp_path / name).write_text(page, "utf-8")
        pages.append(str(tmp_path / name))
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", *pages], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), "it names the page's file"
