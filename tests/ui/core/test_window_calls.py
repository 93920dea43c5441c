"""Threads hand over to the window's thread, and never touch what the window may delete meanwhile."""

from __future__ import annotations

import ast
import gc
import re
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import triage.ui
from triage.ui.core.window_calls import WindowCall, get_dispatcher, make_window_call

UI = Path(triage.ui.__file__).parent
RUNS_IN_A_THREAD = frozenset({"ask", "do", "study", "quietly", "read", "Thread"})
"""Names of functions whose first argument, or `target`, runs in a thread."""


def in_thread(call: object) -> None:
    thread = threading.Thread(target=call)  # type: ignore[arg-type]
    thread.start()
    thread.join()


def test_a_thread_has_a_call_made_on_the_windows_thread(app: QApplication, qtbot: QtBot) -> None:
    made: list[tuple[int, str]] = []
    tell = make_window_call(None, lambda said: made.append((threading.get_ident(), said)))
    in_thread(lambda: tell("found"))
    assert made == [], "the window's thread had no turn yet"
    qtbot.waitUntil(lambda: bool(made))
    assert made == [(threading.get_ident(), "found")]


def test_nothing_is_called_for_an_owner_that_was_deleted(app: QApplication) -> None:
    made: list[int] = []
    owner = QObject()
    tell = make_window_call(owner, made.append)
    in_thread(lambda: tell(1))
    shiboken6.delete(owner)
    in_thread(lambda: tell(2))
    app.processEvents()
    assert made == []


def test_what_was_handed_over_is_let_go_where_it_arrives(app: QApplication) -> None:
    """Also while the thread still holds it."""

    class Held:
        pass

    held = Held()
    gone = weakref.ref(held)
    dispatched = WindowCall(None, lambda _: None, held)
    del held
    in_thread(lambda: get_dispatcher().send(dispatched))
    app.processEvents()
    gc.collect(0)
    assert gone() is None
    dispatched.arrive()  # once more does nothing


def test_there_is_one_dispatcher_and_it_stays(app: QApplication) -> None:
    assert get_dispatcher() is get_dispatcher()
    assert get_dispatcher().parent() is None, "else it goes with its parent, and a thread may be sending"


# Nothing else emits in a thread


RUN_IN_A_THREAD = frozenset({"QRunnable", "QThread", "Thread"})
"""Names of classes whose `run` runs in a thread."""
STARTS = re.compile(rf"\b(?:{'|'.join(RUNS_IN_A_THREAD | RUN_IN_A_THREAD)})\b")


def _name(node: ast.expr | None) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _find_work(every: list[ast.AST]) -> Iterator[ast.AST]:
    """Yields what runs in threads, and the functions of the file that this names: inner ones, and methods by way of `self`."""
    methods: dict[str, ast.AST] = {}
    inner: dict[str, ast.AST] = {}
    waiting: list[ast.AST] = []
    for node in every:  # classes come before their methods
        if isinstance(node, ast.ClassDef):
            own = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
            methods |= own
            if "run" in own and RUN_IN_A_THREAD & {_name(base) for base in node.bases}:
                waiting.append(own["run"])
        elif isinstance(node, ast.FunctionDef) and methods.get(node.name) is not node:
            inner[node.name] = node
        elif isinstance(node, ast.Call) and _name(node.func) in RUNS_IN_A_THREAD:
            waiting += [*node.args[:1], *(each.value for each in node.keywords if each.arg == "target")]
    seen: set[ast.AST] = set()
    while waiting:
        if (node := waiting.pop()) in seen:
            continue
        seen.add(node)
        yield node
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in inner:
                waiting.append(inner[part.id])
            elif isinstance(part, ast.Attribute) and _name(part.value) == "self" and part.attr in methods:
                waiting.append(methods[part.attr])


def find_emissions(source: str) -> list[int]:
    """Returns the lines that emit a signal, or ask whether an object is still there, in a thread."""
    if STARTS.search(source) is None:
        return []
    calls = (
        part for work in _find_work(list(ast.walk(ast.parse(source)))) for part in ast.walk(work) if isinstance(part, ast.Call)
    )
    return sorted({call.lineno for call in calls if _name(call.func) in {"emit", "isValid"}})


def test_no_thread_emits_a_signal() -> None:
    """The window deletes the sender meanwhile, which crashed: a reveal, a search of the audit log and the comparison did so.

    Asking first whether the sender is there does not help: it may go before the next step.
    """
    files = [path for path in UI.rglob("*.py") if path.name != "window_calls.py"]
    assert {path.name: lines for path in files if (lines := find_emissions(path.read_text(encoding="utf-8")))} == {}


def test_the_search_for_emissions_finds_them() -> None:
    source = """
class Page:
    def search(self):
        def on_found(numbers):
            self.found.emit(numbers)
        def work(on_progress, cancel):
            return self.api.find(on_found)
        self.runner.study(work, self.done.emit)
    def hold(self):
        Thread(target=self._hold).start()
    def _hold(self):
        self._send(self.closed)
    def _send(self, signal):
        signal.emit()
    def done(self):
        self.runner.ask(lambda: self.said.emit(1), lambda _: self.said.emit(2))
class Work(QRunnable):
    def run(self):
        if isValid(self.page):
            self.page.landed.emit()
    def stop(self):
        self.page.ended.emit()
"""
    assert find_emissions(source) == [5, 14, 16, 19, 20]
