"""What commands say of damaged values: that they can't be read, and never "none"."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import WORDS, Desk
from triage.model.damage import DAMAGE
from triage.store.store import Store

REPORT = "900000001"


@pytest.fixture(scope="module")
def damaged(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The store with links, deadlines and score of its report damaged."""
    store = Path(shutil.copytree(desk.store, tmp_path_factory.mktemp("damaged") / "store"))
    opened = Store.open(store, "first", WORDS)
    with opened.batch() as batch:
        batch.execute("UPDATE score_card SET links = ?, deadlines = ?, score = ?", (b"\xc1\x02 kite",) * 3)
    opened.close()
    return Desk(desk.work, store)


def test_links(desk: Desk, damaged: Desk) -> None:
    assert desk.call("links", REPORT, "--json").json["damaged"] is False
    found = damaged.call("links", REPORT, "--json").json
    assert (found["damaged"], found["links"]) == (True, [])
    text = damaged.call("links", REPORT).out.decode()
    assert str(DAMAGE["links"]) in text and "has no links" not in text


def test_show(desk: Desk, damaged: Desk) -> None:
    assert desk.call("show", REPORT, "--json").json["damaged"] == []
    assert damaged.call("show", REPORT, "--json").json["damaged"] == ["score", "clocks", "links"]
    text = damaged.call("show", REPORT).out.decode()
    assert all(str(DAMAGE[part]) in text for part in ("score", "clocks", "links"))


def test_figures_of_rules(desk: Desk, damaged: Desk) -> None:
    for command in (("rules", "counts"), ("stats", "rules")):
        assert "left out" not in desk.call(*command).out.decode()
        assert "left out because their score card is damaged: 1." in damaged.call(*command).out.decode()
    assert {each["unread"] for each in damaged.call("rules", "counts", "--json").json} == {1}
    assert damaged.call("stats", "rules", "--json").json["unread"] == 1


def test_a_check_that_decodes_all_documents(desk: Desk) -> None:
    found = desk.call("check", "--documents", "--json")
    assert found.code == 0 and found.json["checked"]["documents"] > 0 and "documents_unread" not in found.json["checked"]
    parts = desk.call("check", "--subset", "1/9")
    assert parts.code == 0 and b"stored documents were not decoded: whether they can be read is unknown" in parts.out
    assert desk.call("check", "--documents", "--subset", "1/2").code == 2
