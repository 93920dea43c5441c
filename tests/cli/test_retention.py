"""The rule of retention and the check in parts, as a script calls them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import Desk
from triage.jobs.keeping import retention
from triage.jobs.keeping.retention import RetentionPlan

NUMBER = "900000001"


@pytest.fixture
def own(desk: Desk, tmp_path: Path) -> Desk:
    """A copy of the store that one may change."""
    shutil.copytree(desk.work, tmp_path / "work")
    return replace(desk, work=tmp_path / "work", store=tmp_path / "work" / "store")


def test_the_rule_proposes_and_one_person_alone_destroys_nothing(own: Desk) -> None:
    assert own.call("retention", "list", "--json").json["months"] == 0
    assert own.call("policy", "set", "closed-kept-months", "12").code == 0
    assert own.call("set", NUMBER, "--status", "closed", "--reason", "insufficient information").code == 0
    plan = own.call("retention", "list", "--json").json
    assert (plan["months"], plan["due"], plan["reports"]) == (12, 0, [])
    (own.work / "papers").mkdir()
    (own.work / "second").write_text("eight blue kites\n")
    asked = ("--order", "Rule 12", "--second-user", "nobody", "--second-passphrase-file", own.work / "second")
    assert own.call("retention", "destroy", *asked, "--certificates", own.work / "papers").code == 1
    assert own.call("show", NUMBER, "--json").json["report_id"] == NUMBER


@pytest.mark.parametrize(("out", "said"), [(0, None), (1, "1 more report stays"), (3, "3 more reports stay")])
def test_reports_that_only_a_work_package_keeps_are_counted(
    own: Desk, monkeypatch: pytest.MonkeyPatch, out: int, said: str | None
) -> None:
    plan = RetentionPlan(months=36, before="2023-11-30T00:00:00Z", due=0, reports=(), out=out)
    monkeypatch.setattr(retention, "plan_retention", lambda _: plan)
    lines = own.call("retention", "list").out.decode()
    assert ("work package that is not answered. See: triage work list" in lines) == (said is not None)
    assert said is None or said in lines


def test_a_part_that_is_sound_says_what_was_not_read(own: Desk) -> None:
    assert "Everything agrees." in own.call("check", "--next", "1").out.decode()
    said = own.call("check", "--subset", "1/2").out.decode()
    assert "whether they are whole is unknown" in said and "Everything agrees" not in said
    assert own.call("check", "--next", "1", "--subset", "1/2").code == 2
