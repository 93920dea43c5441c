from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from triage.errors import InputError
from triage.store import log
from triage.store.log import log_error, start_log, stop_log

logger = logging.getLogger("triage.somewhere")


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    log._last = None


def read(store: Path) -> str:
    return (store / "log" / "triage.log").read_text("utf-8")


def test_messages_go_below_the_store_and_are_private(tmp_path: Path) -> None:
    handler = start_log(tmp_path)
    logger.info("took back %d bytes", 7)
    stop_log(handler)
    logger.info("nobody hears this")
    assert read(tmp_path).endswith("Z INFO triage.somewhere took back 7 bytes\n")
    assert len(read(tmp_path).splitlines()) == 1
    assert stat.S_IMODE((tmp_path / "log" / "triage.log").stat().st_mode) & 0o077 == 0


def test_an_exceptions_text_stays_out_its_place_and_detail_go_in(tmp_path: Path) -> None:
    handler = start_log(tmp_path)
    try:
        raise InputError("secret content of a file", detail="line 7")
    except InputError as error:
        log_error(error)
        logger.exception("failed")
    stop_log(handler)
    text = read(tmp_path)
    assert "secret content" not in text
    assert text.count("triage.errors.InputError") == 2
    assert "line 7" in text
    assert "test_log.py:" in text


def test_an_error_that_closed_the_store_is_still_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("triage"), "handlers", [])  # another test's store may be open
    stop_log(start_log(tmp_path))
    log_error(KeyError("secret"))
    assert "builtins.KeyError" in read(tmp_path)
    assert "secret" not in read(tmp_path)
    assert not logging.getLogger("triage").handlers


def test_without_a_store_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    log_error(KeyError("x"))
    assert list(tmp_path.iterdir()) == []


def test_it_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_BYTES", 2_000)
    handler = start_log(tmp_path)
    for n in range(200):
        logger.info("a line of some length, number %d", n)
    stop_log(handler)
    names = sorted(path.name for path in (tmp_path / "log").iterdir())
    assert names == ["triage.log", *(f"triage.log.{n}" for n in range(1, 6))]
    assert all(path.stat().st_size <= 2_000 for path in (tmp_path / "log").iterdir())


def test_a_log_that_cannot_be_written_ends_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    handler = start_log(tmp_path)
    (tmp_path / "log").write_bytes(b"no folder")
    logger.info("into the void")
    stop_log(handler)
    assert capfd.readouterr() == ("", "")
