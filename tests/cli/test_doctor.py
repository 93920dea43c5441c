from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from triage.cli import display
from triage.cli import doctor as _doctor  # noqa: F401 - defines the command
from triage.cli.group import triage
from triage.jobs.keeping import machine_doctor
from triage.jobs.keeping.machine_doctor import MachineFinding


@pytest.fixture
def findings(monkeypatch: pytest.MonkeyPatch) -> list[MachineFinding]:
    found = [MachineFinding(name="swap", state="ok", found="There is none.")]
    monkeypatch.setattr(machine_doctor, "check_machine_for_work", lambda folder, sandbox, writing: tuple(found))
    monkeypatch.setattr(display, "require_display", lambda: None)
    return found


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(triage, ["doctor", *words], standalone_mode=False)
    return int(result.return_value), result.stdout


def test_a_machine_without_faults_ends_with_0(findings: list[MachineFinding], tmp_path: Path) -> None:
    code, said = run("--store", str(tmp_path / "store"))
    assert (code, "ok           swap: There is none." in said) == (0, True)
    assert list(tmp_path.iterdir()) == []


def test_a_fault_ends_with_1_and_says_what_to_do(findings: list[MachineFinding]) -> None:
    findings.append(MachineFinding(name="disk", state="failing", found="It is full.", advice="Free some space."))
    code, said = run()
    assert (code, "FAILING      disk: It is full.\n" in said, "-> Free some space." in said) == (1, True, True)


def test_json_holds_each_finding(findings: list[MachineFinding]) -> None:
    code, said = run("--json")
    assert code == 0
    assert json.loads(said)["findings"][0] == {"name": "swap", "state": "ok", "found": "There is none.", "advice": ""}
