"""Links and pipes where jobs read or write files of a carrier: nothing is followed, and nothing is waited for without end."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from triage.errors import WorldError
from triage.jobs.keeping.register import apply_register
from triage.jobs.leaving.rule_files import export_rules
from triage.jobs.lists.lists import add_list
from triage.jobs.reading.match_files import match_files
from triage.jobs.session import Session
from triage.jobs.trusted_keys import trust_key

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need privileges there")


@pytest.fixture(autouse=True)
def _end() -> Iterator[None]:
    timer = threading.Timer(60, os._exit, [1])
    timer.start()
    yield
    timer.cancel()


READ: dict[str, Callable[[Session, Path], object]] = {
    "list": lambda session, path: add_list(session, path, name="theirs", kind="known", profile=None),
    "key": lambda session, path: trust_key(session, str(path), "theirs"),
    "register": lambda session, path: apply_register(session, path),
    "head": lambda session, path: session.store.verify_log(path),
}


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("what", ["pipe", "link", "folder"])
def test_what_is_no_plain_file_is_refused_with_a_sentence(session: Session, tmp_path: Path, name: str, what: str) -> None:
    place = tmp_path / "place"
    (tmp_path / "theirs").write_bytes(b"theirs")
    {"pipe": os.mkfifo, "link": lambda p: p.symlink_to(tmp_path / "theirs"), "folder": Path.mkdir}[what](place)
    if name == "head":
        assert not session.store.verify_log(place).valid
        return
    with pytest.raises(WorldError) as error:
        READ[name](session, place)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize("what", ["pipe", "link"])
def test_a_file_that_is_matched_is_not_followed(session: Session, tmp_path: Path, what: str) -> None:
    place = tmp_path / "place"
    os.mkfifo(place) if what == "pipe" else place.symlink_to(tmp_path / "store" / "head.json")
    (found,) = match_files(session, [place])
    assert found.sha256 is None and "can't be read" in str(found.not_checked[0])


def test_rules_are_not_written_through_a_link(session: Session, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "rules").symlink_to(tmp_path / "theirs")
    with pytest.raises(WorldError):
        export_rules(session, tmp_path / "rules")
    assert not list((tmp_path / "theirs").iterdir())
    export_rules(session, tmp_path / "mine")
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (tmp_path / "mine").iterdir())
