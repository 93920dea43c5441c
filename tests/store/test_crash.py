"""kill -9 at random times: what was acknowledged is there, the rest left no trace."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.thorough import THOROUGH
from triage.errors import WrongPassphrase
from triage.model.users import Role
from triage.store.key_form import Cost
from triage.store.store import Store

KILLS = int(os.environ.get("TRIAGE_TEST_KILLS", "12" if THOROUGH else "6"))
"""TRIAGE_TEST_KILLS=200 before a release."""

pytestmark = [
    pytest.mark.crash,
    pytest.mark.timeout(120 + 10 * KILLS),
    pytest.mark.skipif(sys.platform == "win32", reason="forks its writers"),
]


class Crasher:
    def __init__(self, directory: Path, name: str, passphrase: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("crasher.py")), str(directory), name, passphrase],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def round(self, seconds: float, *, opened: bool) -> list[str]:
        """Starts a writer, kills it after so long (since it has opened the store, or since its start), and returns what it
        acknowledged."""
        assert self._process.stdin
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        lines: list[str] = []
        pid = None
        while pid is None or (opened and "open" not in lines):
            line = self._line()
            if line.startswith("pid "):
                pid = int(line.split()[1])
            else:
                lines.append(line)
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        while (line := self._line()) != "dead":
            lines.append(line)
        return [line for line in lines if line != "open"]

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline().rstrip("\n")
        assert line, "the crasher died"
        return line

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def test_every_acknowledged_item_survives_kill_9(tmp_path: Path, cheap: Cost) -> None:
    directory, chance = tmp_path / "store", random.Random(KILLS)
    with Store.create(directory, "First", "first words", cost=cheap).store as store:
        store.users.add("Second", [Role.ANALYST], "second words", store.user)
        (tmp_path / "head.json").write_bytes((directory / "head.json").read_bytes())
    items: dict[int, str] = {}
    possible = ["second words"]
    crasher = Crasher(directory, "First", "first words")
    try:
        for n in range(KILLS):  # every fourth kill may fall into opening the store
            for line in crasher.round(chance.uniform(0.01, 0.2), opened=n % 4 != 0):
                what, _, rest = line.partition(" ")
                if what == "item":
                    item, digest = rest.split()
                    items[int(item)] = digest
                elif what == "passphrase":
                    possible = [rest]
                else:
                    possible.append(rest)
            with Store.open(directory, "First", "first words") as store:
                result = store.check()
                assert result.valid, result.problems
                assert store.verify_log(tmp_path / "head.json").valid
                assert {n: hashlib.sha256(store.unseal(n)).hexdigest() for n in list(items)[-20:]} == dict(
                    list(items.items())[-20:]
                )
                assert store.read().value("SELECT count(*) FROM vault_item") >= len(items)
            assert sum(opens(directory, words) for words in possible) == 1
    finally:
        crasher.close()
    assert items, "no batch was ever acknowledged: the kills came too early"


def opens(directory: Path, words: str) -> bool:
    try:
        Store.open(directory, "Second", words).close()
    except WrongPassphrase:
        return False
    return True


def test_two_processes_write_one_after_the_other(tmp_path: Path, cheap: Cost) -> None:
    directory = tmp_path / "store"
    Store.create(directory, "First", "first words", cost=cheap).store.close()
    work = (
        "import sys; from pathlib import Path; from triage.store.store import Store\n"
        "store = Store.open(Path(sys.argv[1]), 'First', 'first words')\n"
        "for n in range(40):\n"
        "    with store.batch() as batch:\n"
        "        batch.note('thing done', item=batch.seal(b'x' * 1000 * n))\n"
        "store.close()\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", work, str(directory)]) for _ in range(2)]
    with Store.open(directory, "First", "first words") as store:
        for n in range(40):
            with store.batch() as batch:
                batch.note("thing done", item=batch.seal(b"y" * 1000 * n))
        assert [process.wait(60) for process in processes] == [0, 0]
        result = store.check()
        assert result.valid, result.problems
        assert (result.checked["vault_items"], result.checked["record_entries"]) == (120, 121)
