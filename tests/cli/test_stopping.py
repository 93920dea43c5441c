"""Ctrl-C: a job that can be stopped is stopped at its next step."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import triage.cli
from tests.cli.conftest import Desk
from triage.cli.exit_codes import STOPPED
from triage.cli.stopping import stoppable
from triage.errors import Cancelled
from triage.store.compaction import Compactor

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")


def test_the_first_ctrl_c_asks_and_the_second_interrupts() -> None:
    before = signal.getsignal(signal.SIGINT)
    with stoppable() as token:
        signal.raise_signal(signal.SIGINT)
        assert token.cancelled()
        with pytest.raises(Cancelled):
            token.check()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_thread_hears_no_signals_and_gets_a_token_all_the_same() -> None:
    tokens = []

    def work() -> None:
        with stoppable() as token:
            tokens.append(token)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert not tokens[0].cancelled()


@pytest.mark.parametrize(
    ("module", "command"), [("admin", "check"), ("keeping", "keys rotate --database"), ("backups", "backup copy")]
)
def test_a_command_is_stopped_between_two_steps(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, command: str
) -> None:
    own = replace(desk, work=Path(shutil.copytree(desk.work, tmp_path / "work")), store=tmp_path / "work/store")
    reached = []

    @contextmanager
    def pressing() -> Iterator[Callable[[object], None]]:
        def press(_progress: object) -> None:
            if not reached:
                signal.raise_signal(signal.SIGINT)
                reached.append("the step ended in order")

        yield press

    monkeypatch.setattr(f"triage.cli.{module}.progress_bar", pressing)
    assert own.call(*command.split()).code == STOPPED
    assert reached
    monkeypatch.undo()
    assert own.call("check").code == 0


@pytest.mark.parametrize("at", ["while another program is waited for", "at its end"])
def test_unlocking_is_stopped_in_order(desk: Desk, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    with monkeypatch.context() as patched:
        if at == "at its end":
            patched.setattr(Compactor, "finish_at_opening", lambda *_: signal.raise_signal(signal.SIGINT))
        else:
            patched.setattr("triage.store.lock.try_lock", lambda _: signal.raise_signal(signal.SIGINT))
        done = desk.call("queue")
    assert done.code == STOPPED and done.err.startswith("Stopped.") and not done.out
    assert desk.call("queue").code == 0


def test_a_job_that_can_be_stopped_is_given_the_token() -> None:
    """Whether a job can be stopped stands in its signature."""
    found, without = 0, []
    for info in pkgutil.iter_modules(triage.cli.__path__, "triage.cli."):
        module = importlib.import_module(info.name)
        tree = ast.parse(inspect.getsource(module))
        names = dict(vars(module))
        for late in (
            node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
        ):  # jobs are imported late
            if late.module.startswith("triage.") and not late.module.startswith("triage.ui."):
                holder = importlib.import_module(late.module)
                for each in late.names:
                    if not hasattr(holder, each.name):
                        importlib.import_module(f"{late.module}.{each.name}")
                    names[each.asname or each.name] = getattr(holder, each.name)
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            owner, _, name = ast.unparse(call.func).rpartition(".")
            job = getattr(names.get(owner), name, None) if owner else names.get(name)
            if not inspect.isfunction(job) or not job.__module__.startswith("triage.jobs."):
                continue
            parameters = list(inspect.signature(job).parameters)
            if "cancel" in parameters:
                found += 1
                by_name = any(word.arg == "cancel" for word in call.keywords)
                if not by_name and len(call.args) <= parameters.index("cancel"):
                    without.append(f"{info.name}: {ast.unparse(call.func)}")
    assert found > 7
    assert without == []
