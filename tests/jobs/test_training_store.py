"""A training store has its mark, its people and their passphrases. The feed itself is tested with the demo."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.jobs.conftest import CHEAP
from triage.errors import Refused, WorldError
from triage.jobs.session import Session, unlock
from triage.jobs.state.training_mark import is_training_store
from triage.jobs.training.trainee import load_training
from triage.jobs.users import all_users
from triage.store.store import Store
from triage_demo import demo_store, training_store
from triage_demo.training_store import make_training_store


@pytest.fixture
def without_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_store, "make_demo", lambda *_, **__: None)
    monkeypatch.setattr(training_store, "make", lambda *_, **__: SimpleNamespace())
    monkeypatch.setattr(training_store, "create_store", create_cheaply)


def create_cheaply(store: Path, user: str, passphrase: str) -> SimpleNamespace:
    return SimpleNamespace(session=Session(Store.create(store, user, passphrase, cost=CHEAP).store))


@pytest.mark.usefixtures("without_feed")
def test_the_trainee_works_in_a_marked_store(tmp_path: Path) -> None:
    made = make_training_store(tmp_path / "training", name="sana", roles=["lead", "auditor"])
    passphrase = made.trainee_file.read_text("utf-8").strip()
    assert f"sana: {passphrase}\n" in made.passphrase_file.read_text("utf-8")
    with unlock(made.store, "sana", passphrase) as session:
        assert is_training_store(session)
        assert [each.tutorial.role for each in load_training(session)] == ["lead", "auditor"]
        assert {user.name for user in all_users(session)} == {"demo", "colleague", "sana"}
    for roles in ((), ("lead",)):
        assert make_training_store(tmp_path / "training", name="sana", roles=roles) == made, "calling it again goes on"
    with pytest.raises(Refused, match="for auditor, lead"):
        make_training_store(tmp_path / "training", name="sana", roles=["lead", "examiner"])


@pytest.mark.usefixtures("without_feed")
def test_another_folder_or_name_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(WorldError, match="not empty"):
        make_training_store(tmp_path, name="sana", roles=["lead"])
    with pytest.raises(Refused, match="taken"):
        make_training_store(tmp_path / "new", name="colleague", roles=["lead"])


@pytest.mark.usefixtures("without_feed")
@pytest.mark.parametrize("name", ["../sana", "a/b", "sana\n", "", "Colleague", "c\u043elleague"])
def test_a_name_that_no_user_may_have_makes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused):
        make_training_store(tmp_path / "new", name=name, roles=["lead"])
    assert not (tmp_path / "new").exists()
