"""SECURITY.md promises only what a test would notice to be broken: each promise names tests, and all of them exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
PROMISES = re.split(r"(?m)^(?=\d+\. )", PAGE.partition("## Promises")[2].partition("## Assumptions")[0])[1:]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda text: text.split(".")[0])
def test_a_promise_names_tests_that_exist(promise: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", promise)
    assert named, "a promise without a test"
    for file, name in named:
        functions = {
            node.name for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
        }
        assert not name or name in functions, f"{file}::{name}"
        assert any(function.startswith("test_") for function in functions), file


def test_promises_are_numbered_and_every_test_is_named_as_one() -> None:
    assert [int(promise.split(".")[0]) for promise in PROMISES] == list(range(1, len(PROMISES) + 1))
    assert not re.search(r"(?<!`)tests/\w+/", PAGE), "a test that is not checked"
