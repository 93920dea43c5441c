"""The validation report says of each promise what its tests found, and never calls passed what did not run."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import validation
from bench.suite.model import Result
from bench.validation import (
    FAILED,
    PASSED,
    SKIPPED,
    Promise,
    format_markdown,
    judge_promise,
    make_blocks,
    read_junit,
    read_limits,
    read_promises,
)

JUNIT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="tests.store.test_vault" name="test_a[one]" time="0.5"/>
<testcase classname="tests.store.test_vault" name="test_a[two]" time="0.5"><failure message="no">x</failure></testcase>
<testcase classname="tests.store.test_vault.TestOfAClass" name="test_b" time="0.1"/>
<testcase classname="tests.decode.test_sandbox" name="test_c" time="0"><skipped message="needs Windows"/></testcase>
</testsuite></testsuites>"""
VAULT, SANDBOX = "tests/store/test_vault.py", "tests/decode/test_sandbox.py"


@pytest.fixture
def cases(tmp_path: Path) -> list[validation.Case]:
    (tmp_path / "tests.xml").write_text(JUNIT)
    return read_junit([tmp_path / "tests.xml"])


def test_outcomes_are_read(cases: list[validation.Case]) -> None:
    assert [(case.file, case.function, case.outcome) for case in cases] == [
        (VAULT, "test_a", PASSED), (VAULT, "test_a", FAILED), (VAULT, "test_b", PASSED), (SANDBOX, "test_c", SKIPPED),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tests", "outcome"),
    [
        (((VAULT, "test_b"),), PASSED),
        (((VAULT, "test_a"),), FAILED),
        (((VAULT, ""),), FAILED),
        (((SANDBOX, "test_c"),), SKIPPED),
        (((VAULT, "test_b"), (SANDBOX, "test_c")), SKIPPED),
        (((VAULT, "test_b"), ("tests/gone.py", "")), SKIPPED),
    ],
)
def test_a_promise_is_passed_only_when_all_of_its_tests_ran(
    cases: list[validation.Case], tests: tuple[tuple[str, str], ...], outcome: str
) -> None:
    assert judge_promise(Promise(1, "x", tests), cases)[0] == outcome


def test_every_promise_and_limit_of_the_page_is_read() -> None:
    page = (validation.ROOT / "SECURITY.md").read_text("utf-8")
    promises = read_promises(page)
    assert [each.number for each in promises] == list(range(1, len(promises) + 1)) and all(
        each.title and each.tests for each in promises
    )
    assert any("stolen disk" in limit for limit in read_limits(page))


def test_the_report_says_what_was_not_measured_and_what_was_missed(cases: list[validation.Case]) -> None:
    text = format_markdown(make_blocks(cases, [Promise(1, "No network", ((SANDBOX, ""),))], [], ["a limit"]))
    assert "Not measured in this run" in text and "| 1 | No network | not tested |" in text
    assert "needs Windows" in text and f"{VAULT}::test_a" in text and "a limit" in text
    slow = Result(name="import", size=100, value=3.0, unit="s", bound=2.0)
    assert "MISSED" in format_markdown(make_blocks(cases, [], [slow], []))


def test_a_run_without_tests_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "typeset", lambda *_, **__: b"%PDF-")
    (tmp_path / "tests.xml").write_text("<testsuites/>")
    assert (
        validation.main(["--junit", str(tmp_path / "tests.xml"), "--bench", str(tmp_path / "none"), "--out", str(tmp_path)]) == 1
    )
    assert "Tests that ran | 0" in (tmp_path / "validation.md").read_text()


def test_a_module_that_could_not_be_collected_is_a_failure(tmp_path: Path) -> None:
    said = (
        '<testcase classname="" name="tests.store.test_vault" time="0"><error message="collection failure">x</error></testcase>'
    )
    (tmp_path / "tests.xml").write_text(f"<testsuites><testsuite>{said}</testsuite></testsuites>")
    cases = read_junit([tmp_path / "tests.xml"])
    assert [(case.file, case.outcome) for case in cases] == [(VAULT, FAILED)]
    assert judge_promise(Promise(1, "", ((VAULT, ""),)), cases)[0] == FAILED


def test_a_failure_outside_of_the_tests_is_reported(tmp_path: Path) -> None:
    said = '<testcase classname="pytest" name="internal" time="0"><error message="internal error">x</error></testcase>'
    (tmp_path / "tests.xml").write_text(f"<testsuites><testsuite>{said}</testsuite></testsuites>")
    assert "internal" in format_markdown(make_blocks(read_junit([tmp_path / "tests.xml"]), (), (), ()))


def test_each_folder_of_tests_is_described_for_readers_who_are_no_engineers() -> None:
    tests = validation.ROOT / "tests"
    assert {path.relative_to(tests).parts[0] for path in tests.glob("*/**/test_*.py")} == set(validation.PARTS)
    cases = [validation.Case(file, "test", PASSED, "", 0.0) for file in ("tests/store/test_x.py", "tests/test_names.py")]
    assert [row[0] for row in validation._count_parts(cases)] == sorted([validation.WHOLE, validation.PARTS["store"]])


def test_a_promise_ends_with_no_comma() -> None:
    page = "## Promises\n\n1. **Nobody acts alone,** nor at night.\n   `tests/test_names.py`\n\n## Assumptions\n"
    assert [each.title for each in validation.read_promises(page)] == ["Nobody acts alone"]
