"""No regular expression that meets text of strangers takes the square of its length: each is run on long hostile texts."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from types import FrameType, FunctionType, NoneType
from typing import Any

import pytest

import triage
from tests.source_trees import nodes
from triage.importers.lists import plain_rows

PACKAGES = ("importers", "intents", "locate", "links", "priority", "law")
LENGTH = 15_000
BOUND = 0.06  # seconds of processor time; linear patterns take 0.02 at most, quadratic ones 0.09 at least
LONGER = 4  # what is slow is asked again with a text so many times as long,
LONGER_BOUND = 0.5  # where linear patterns take 0.1 and quadratic ones 1.5: a slow machine alone fails nothing
METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")
RUNS = (" ", "\t", "\n", "0", "a", "A", ".", ",", "-", "@", ":", "/", "(", "[", '"', "<", "_", "%", "=", ";", "\u0627", "\u00a0")
MIXED = ("a ", "A ", "a.", "1.", "1:", "a-", "0-", "1 ", " ,", " /", ";\n", "a@", "::", "-1", "a\n", "\\", "(a", "()", "'a", "%2")
AROUND = (("", " "), ("(", " "), ("(", ""), (" ", ":"), ("\n", ": "))
MADE_OF_WORDS = {
    # The words of an installation's own rules: edited by its lead, not sent by strangers.
    "triage/priority/edit.py",
    # Made of the kinds of digest in a list's columns; `patterns` adds those of a wide list.
    "importers/lists/plain_rows.py",
}
SOURCES = sorted(path for package in PACKAGES for path in (Path(triage.__file__).parent / package).rglob("*.py"))


def modules() -> Iterator[Any]:
    for package in PACKAGES:
        root = importlib.import_module(f"triage.{package}")
        yield root
        for found in pkgutil.walk_packages(root.__path__, root.__name__ + "."):
            yield importlib.import_module(found.name)


PLAIN = frozenset({str, bytes, int, float, bool, NoneType, FunctionType})
"""What holds no pattern: nearly all of the tables of words, which take a second to walk else."""


def inside(value: object, name: str) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, dict):
        yield from (each for key, part in value.items() if type(part) not in PLAIN for each in inside(part, f"{name}[{key}]"))
    elif isinstance(value, list | tuple | frozenset | set):
        yield from (each for n, part in enumerate(value) if type(part) not in PLAIN for each in inside(part, f"{name}[{n}]"))
    elif isinstance(value, type):
        yield from (each for key, part in vars(value).items() for each in inside(part, f"{name}.{key}"))


def ends_word(before: str) -> bool:
    """Returns whether a name can begin behind this text."""
    return not before or not (before[-1].isalnum() or before[-1] == "_")


@cache
def patterns() -> dict[re.Pattern[Any], tuple[str, tuple[str, ...]]]:
    """Every pattern, with its name and the methods that are called on that name."""
    sources = "\n".join(path.read_text() for path in SOURCES)
    calls = list(dict.fromkeys(re.findall(rf"([\w.\[\]]+)\.({'|'.join(METHODS)})\(", sources)))
    wide = plain_rows.make_row_form(["sha1", None, "md5", None, None, "sha256"], ",")
    assert wide is not None
    found: dict[re.Pattern[Any], tuple[str, tuple[str, ...]]] = {
        form.pattern: ("triage.importers.lists.plain_rows", ("findall",)) for form in (wide, plain_rows.make_line_form("md5"))
    }
    for module in modules():
        for variable, value in vars(module).items():
            for name, pattern in inside(value, variable):
                used = tuple(dict.fromkeys(method for of, method in calls if of.endswith(name) and ends_word(of[: -len(name)])))
                found.setdefault(pattern, (f"{module.__name__}.{name}", used or METHODS[:4]))
    return found


def literals(pattern: re.Pattern[Any]) -> list[str]:
    """The words that the pattern itself spells out, and each of their characters."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    plain = re.sub(r"\\[a-zA-Z]|\{[\d,]+\}|\(\?P<\w+>|\(\?[:=!<]+", "\0", text).replace("\\", "")
    words = [word for word in re.split(r"[\0()\[\]|?*+^$]+", plain) if word]
    return list(
        dict.fromkeys([*words, *(before + word + behind for word in words for before, behind in AROUND), *"".join(words)])
    )


def hostile(pattern: re.Pattern[Any]) -> Iterator[Callable[[int], str]]:
    """What makes a hostile text of about a length."""
    own = literals(pattern)
    for part in (*RUNS, *MIXED, *own):
        yield partial(make_text, "", part)
    for blank in (" ", "\t", "\n"):
        for word in ("a", *own[:12]):
            yield partial(make_text, word, blank)


def make_text(word: str, part: str, length: int) -> str:
    return f"{word}{part * (length // len(part))}!"


class TooSlow(Exception):
    pass


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooSlow


def apply(pattern: re.Pattern[Any], method: str, text: Any) -> None:
    empty = b"" if isinstance(text, bytes) else ""
    if method in ("sub", "subn"):
        getattr(pattern, method)(empty, text)
    elif method == "finditer":
        for _ in pattern.finditer(text):
            pass
    else:
        getattr(pattern, method)(text)


def is_slow(pattern: re.Pattern[Any], method: str, text: str, bound: float) -> bool:
    given: Any = text if isinstance(pattern.pattern, str) else text.encode("utf-8")
    signal.setitimer(signal.ITIMER_VIRTUAL, bound)
    try:
        apply(pattern, method, given)
    except TooSlow:
        return True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return False


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs an interval timer")
@pytest.mark.parametrize(
    ("pattern", "name", "methods"), [(p, n, m) for p, (n, m) in patterns().items()], ids=lambda v: str(v)[:60]
)
def test_no_pattern_takes_the_square_of_its_text(pattern: re.Pattern[Any], name: str, methods: tuple[str, ...]) -> None:
    before = signal.signal(signal.SIGVTALRM, _stop)
    try:
        for make in hostile(pattern):
            text = make(LENGTH)
            for method in methods:
                if is_slow(pattern, method, text, BOUND) and is_slow(pattern, method, make(LONGER * LENGTH), LONGER_BOUND):
                    pytest.fail(f"{name}.{method} takes the square of {text[:12]!r} ... {text[-3:]!r}")
    finally:
        signal.signal(signal.SIGVTALRM, before)


def test_patterns_are_found() -> None:
    assert len(patterns()) > 100


def test_patterns_are_made_where_the_test_above_finds_them() -> None:
    """`re.search("...", text)` and patterns made inside functions would be seen by nobody; patterns of words no stranger writes."""
    looked_at = [path for path in SOURCES if "/".join(path.parts[-3:]) not in MADE_OF_WORDS]
    found = [f"{path.parent.name}/{path.name}:{line}" for path in looked_at for line in list_unseen(path)]
    assert not found, f"{found}: give the pattern a name at the top of the module"


def list_unseen(path: Path) -> list[int]:
    inside_functions = {
        call
        for function in (*nodes(path, ast.FunctionDef), *nodes(path, ast.Lambda))
        for call in ast.walk(function)
        if _asks_re(call, (*METHODS, "compile"))
    }
    anywhere = {call for call in nodes(path, ast.Call) if _asks_re(call, METHODS)}
    return sorted({call.lineno for call in inside_functions | anywhere})  # type: ignore[attr-defined]


def _asks_re(node: ast.AST, methods: tuple[str, ...]) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in methods
    )
