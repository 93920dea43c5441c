"""A chapter of the guide names no page, key or command that its role may not use, unless the sentence says who may.

Rights of keys are read from the screens: the guards in the methods that keys call. A guard that stands deeper is in DEEPER.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator

import click
import pytest

from tests.jobs.test_rights import ASKING
from tests.source_trees import ROOT
from tests.ui.help.test_guide_words import CODE, OTHER_SCREENS, list_keys, split_sections
from triage.cli import group
from triage.model.users import RIGHTS, Right, Role
from triage.ui.help.guide_pages import load_page, make_anchor
from triage.ui.help.help_places import HELP_PLACES
from triage.ui.kit.keys import KEYS
from triage.ui.shell.page_list import PAGES

CHAPTERS = {
    "guide/analyst.md": Role.ANALYST,
    "guide/lead.md": Role.LEAD,
    "guide/examiner.md": Role.EXAMINER,
    "guide/administrator.md": Role.ADMIN,
    "guide/auditor.md": Role.AUDITOR,
}
DEEPER = {("report", "print"): Right.CASE_PAPERS}
"""Keys whose guard stands in what their method calls."""
CALLED = {
    Role.ANALYST: "analyst",
    Role.LEAD: "lead",
    Role.EXAMINER: "examiner",
    Role.ADMIN: "administrator",
    Role.AUDITOR: "auditor",
}
Key = tuple[str, str]


def find_rights(node: ast.AST, flags: dict[str, set[Right]]) -> set[Right]:
    """The rights that a piece of source names, also by an attribute that holds whether the person has one."""
    found: set[Right] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            if each.value.id == "Right":
                found.add(Right[each.attr])
            elif each.value.id == "self":
                found |= flags.get(each.attr, set())
    return found


def read_flags(screen: ast.ClassDef) -> dict[str, set[Right]]:
    """Attributes such as `self._may = api.may(Right.RULES)`, with their rights."""
    flags: dict[str, set[Right]] = {}
    for each in ast.walk(screen):
        if not isinstance(each, ast.Assign):
            continue
        target, value = each.targets[0], each.value
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=True))
        flags |= {
            to.attr: find_rights(of, {}) for to, of in pairs if isinstance(to, ast.Attribute) and ".may(" in ast.unparse(of)
        }
    return flags


def find_screen(page: ast.ClassDef) -> str | None:
    """The screen whose keys a class binds: its `keys_of`, or what it gives to `keys.bind`."""
    for each in ast.walk(page):
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "keys_of" and isinstance(each.value, ast.Constant):
            return str(each.value.value)
        if isinstance(each, ast.Call) and ast.unparse(each.func) == "keys.bind" and isinstance(each.args[1], ast.Constant):
            return str(each.args[1].value)
    return None


def read_guards() -> dict[Key, set[Right]]:
    """(screen, action of a key) -> the rights that its method asks for."""
    found: defaultdict[Key, set[Right]] = defaultdict(set)
    for path in sorted((ROOT / "triage" / "ui").rglob("*.py")):
        for page in ast.parse(path.read_text("utf-8")).body:
            screen = find_screen(page) if isinstance(page, ast.ClassDef) else None
            if screen is None or not isinstance(page, ast.ClassDef):
                continue
            flags, methods = read_flags(page), {each.name: each for each in page.body if isinstance(each, ast.FunctionDef)}
            for calls in (each for each in ast.walk(page) if isinstance(each, ast.Dict)):
                for action, call in zip(calls.keys, calls.values, strict=True):
                    if isinstance(action, ast.Constant):
                        named = [methods[a.attr] for a in ast.walk(call) if isinstance(a, ast.Attribute) and a.attr in methods]
                        found[screen, str(action.value)] |= set().union(*(find_rights(each, flags) for each in (call, *named)))
    return found


GUARDS = {**{key: rights for key, rights in read_guards().items() if rights}, **{key: {right} for key, right in DEEPER.items()}}


def split_sentences(section: str) -> Iterator[str]:
    """Sentences, points and rows, with wrapped lines joined."""
    joined = re.sub(r"\n(?![\n|*]|\d\. )\s*", " ", section)
    for line in joined.split("\n"):
        yield from [line] if line.startswith("|") else re.split(r"(?<=[.:!?])\s+(?=[A-Z*`])", line)


def names_who_may(sentence: str, rights: set[Right]) -> bool:
    """Whether the sentence names a role that has these rights."""
    return any(re.search(rf"\b{CALLED[role]}s?\b", sentence, re.IGNORECASE) for role in Role if rights <= RIGHTS[role])


def list_sections(chapter: str) -> Iterator[tuple[str, str, list[str]]]:
    """Title, text and screens of each section."""
    for section, text in zip(load_page(chapter).sections, split_sections(chapter), strict=True):
        anchor = make_anchor(section.title)
        own = [screen for screen, place in HELP_PLACES.items() if place == (chapter, anchor)]
        yield section.title, text, [*own, *OTHER_SCREENS.get(anchor, "").split()]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_names_no_key_that_its_role_may_not_press(chapter: str) -> None:
    wrong = []
    for title, text, screens in list_sections(chapter):
        for sentence in split_sentences(text):
            for cap in list_keys([sentence]):
                asked = [GUARDS.get((s, key.action), set()) for s in screens for key in KEYS[s] if key.cap == cap]  # type: ignore[index]
                if asked and not any(each <= RIGHTS[CHAPTERS[chapter]] or names_who_may(sentence, each) for each in asked):
                    wrong.append((title, cap, sentence))
    assert wrong == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_names_no_page_that_its_role_may_not_open(chapter: str) -> None:
    wrong = []
    rights = {**{page.words: page.right for page in PAGES}, **{page.cap: page.right for page in PAGES if page.shortcut}}
    for title, text, _ in list_sections(chapter):
        for sentence in split_sentences(text):
            named = {*re.findall(r"\*\*([^*]+)\*\*", sentence), *CODE.findall(sentence)}
            for name in sorted(named & rights.keys()):
                right = rights[name]
                if right is not None and right not in RIGHTS[CHAPTERS[chapter]] and not names_who_may(sentence, {right}):
                    wrong.append((title, name, sentence))
    assert wrong == []


def find_command(words: list[str]) -> click.Command | None:
    """The command that a line of the guide begins with; None for a group alone."""
    command: click.Command | None = group.triage
    while isinstance(command, click.Group) and words:
        command = command.get_command(click.Context(command), words.pop(0))
    return None if isinstance(command, click.Group) else command


def find_rights_of_command(command: click.Command) -> set[Right]:
    """The rights of the jobs that the function of a command calls."""
    assert command.callback is not None
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(command.callback))))
    names = {}
    for each in ast.walk(tree):
        if isinstance(each, ast.ImportFrom) and (each.module or "").startswith("triage.jobs"):
            names |= {alias.asname or alias.name: (each.module or "", alias.name) for alias in each.names}
    found = set()
    for each in ast.walk(tree):
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in names:
            found.add(f"{names[each.value.id][1]}.{each.attr}")
        elif isinstance(each, ast.Name) and each.id in names:
            found.add(f"{names[each.id][0].rpartition('.')[2]}.{each.id}")
    return {ASKING[job] for job in found if job in ASKING}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_names_no_command_that_its_role_may_not_run(chapter: str) -> None:
    wrong = []
    for title, text, _ in list_sections(chapter):
        for sentence in split_sentences(text):
            for line in CODE.findall(sentence):
                command = find_command(line.split()[1:]) if line.startswith("triage ") else None
                rights = find_rights_of_command(command) if command is not None else set()
                if not rights <= RIGHTS[CHAPTERS[chapter]] and not names_who_may(sentence, rights):
                    wrong.append((title, line, sorted(rights)))
    assert wrong == []


def test_guards_and_jobs_are_found() -> None:
    """A test that finds no guard would pass whatever the guide says."""
    assert GUARDS["shift", "print"] == {Right.EXPORT_QUEUE}
    assert GUARDS["updates", "undo"] == {Right.RULES}
    assert len(GUARDS) > 40
    hold = find_command(["hold"])
    assert hold is not None and find_rights_of_command(hold) == {Right.HOLD}
    assert set(DEEPER) <= {(screen, key.action) for screen, keys in KEYS.items() for key in keys}
