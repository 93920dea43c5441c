"""The programs that Triage starts beside itself: only its own modules are theirs, and each can be started by its flag."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

import triage.__main__ as way_in
from triage import programs
from triage.exports.pdf_documents import HeadingBlock, typeset

FLAGS = (programs.DECODE, programs.READ, programs.JUDGE, programs.TYPESET)


def test_a_module_that_lies_in_the_working_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands in a bundle's folder and makes a PDF must not run the bundle."""
    for name in ("msgspec", "fpdf", "triage", "site", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert typeset([HeadingBlock("One")], title="t", footer="f").startswith(b"%PDF-")
    for flag in FLAGS:
        subprocess.run(
            programs.build_command(flag),
            input=b"",
            capture_output=True,
            cwd=programs.start_folder(),
            env=programs.build_environment(),
            check=False,
        )
    assert not (tmp_path / "ran").exists()


def test_each_runs_in_isolation(monkeypatch: pytest.MonkeyPatch) -> None:
    for flag in FLAGS:
        assert programs.build_command(flag)[1] == "-I"
    assert set(programs.build_environment()) <= {"HOME", "SYSTEMROOT", "LC_ALL", "OPENBLAS_NUM_THREADS"}
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert [programs.build_command(flag) for flag in FLAGS] == [(sys.executable, flag) for flag in FLAGS]


def test_a_frozen_build_finds_each_by_its_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    held: list[None] = []
    monkeypatch.setattr(way_in, "block_dangerous_calls", lambda: held.append(None))
    monkeypatch.setattr(way_in, "close_network", lambda: None)
    for module in (
        "triage.decode.media_worker",
        "triage.jobs.intake.document_worker",
        "triage.jobs.judging.worker",
        "triage.exports.typesetter",
        "triage.cli.run",
    ):
        monkeypatch.setattr(f"{module}.main", lambda module=module: called.append(module))
    for arguments in (
        (programs.DECODE, "forks", "3,4"),
        (programs.READ,),
        (programs.JUDGE,),
        (programs.TYPESET,),
        ("queue",),
        (),
    ):
        monkeypatch.setattr(sys, "argv", ["triage", *arguments])
        way_in.main()
    assert called == [
        "triage.decode.media_worker", "triage.jobs.intake.document_worker", "triage.jobs.judging.worker", "triage.exports.typesetter", "triage.cli.run", "triage.cli.run",
    ]  # fmt: skip
    assert len(held) == len(FLAGS)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
@pytest.mark.parametrize("flag", FLAGS)
def test_each_gives_up_privileges_and_system_calls_before_it_is_given_anything(flag: str) -> None:
    """As whoever looks at the tree of processes sees it."""
    process = subprocess.Popen(
        programs.build_command(flag),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=programs.start_folder(),
        env=programs.build_environment(),
    )
    try:
        for _ in range(200):
            status = Path(f"/proc/{process.pid}/status").read_text()
            if "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status:
                break
            time.sleep(0.1)
        else:
            pytest.fail("it never gave up anything")
    finally:
        process.kill()
        process.communicate()
