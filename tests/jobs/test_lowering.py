"""Whatever lowers reports takes a second lead, whichever way it comes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tests.jobs.conftest import PASSPHRASE
from tests.people import add_person
from tests.update_files import ISSUER, OFFICES, shipped, write_update
from triage.errors import Refused
from triage.importers.update_file import FILES_OF, read_update
from triage.jobs import signed_updates
from triage.jobs.consent import Consent
from triage.jobs.judging import lowering, rules
from triage.jobs.judging.rule_book import load_rule_book
from triage.jobs.judging.ruleset import load_active_files
from triage.jobs.keeping.audit_reading import count_audit_entries, load_audit_entries
from triage.jobs.lists.lists import add_list, list_hash_lists, remove_list
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.session import Session
from triage.model.users import Role
from triage.model.views import QueueFilter
from triage.priority import RuleEdit, shipped_rules
from triage.resources import replace_tables, tables_edition

SECOND = Consent("second", PASSPHRASE)


@pytest.fixture(autouse=True)
def shipped_tables() -> Iterator[None]:
    yield
    replace_tables({})


@pytest.fixture
def desk(bundle_store: Path, open_copy: Callable[[Path], Session]) -> Session:
    """A filled store with a second lead and an analyst."""
    session = open_copy(bundle_store)
    signed_updates.trust_issuer(session, ISSUER, "Headquarters")
    add_person(session.store, "second", [Role.LEAD], PASSPHRASE)
    add_person(session.store, "third", [Role.ANALYST], PASSPHRASE)
    return session


def bands(session: Session) -> dict[str, str]:
    return {row.report_id: row.band for row in list_queue_rows(session, QueueFilter())}


def lowered_files(session: Session) -> dict[str, bytes]:
    """Returns the rules in use with one minimum band only, and with points cut to next to nothing."""
    with session.reading() as db:
        files = load_active_files(db)
    floors = files["floors.toml"].decode()
    risk = re.sub(r"(?m)^(points|at_most) = .*$", r"\1 = 0.01", files["risk.toml"].decode())
    return {**files, "floors.toml": "[[rule]]".join(floors.split("[[rule]]")[:2]).encode(), "risk.toml": risk.encode()}


def write_rules(files: dict[str, bytes], folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def use_folder(session: Session, folder: Path, consent: Consent | None) -> object:
    return rules.use_rules(session, write_rules(lowered_files(session), folder / "rules"), consent=consent)


def use_edit(session: Session, folder: Path, consent: Consent | None) -> object:
    book = load_rule_book(session)
    floors = {rule.id: False for rule in book.rules if rule.axis == "floor" and not rule.fixed}
    edit = RuleEdit(bands={"A": 99.0, "B": 98.0, "C": 97.0}, on=floors)
    return rules.use_edit(session, edit, book.name, consent=consent)


def apply_rules(session: Session, folder: Path, consent: Consent | None) -> object:
    files = {name: data for name, data in lowered_files(session).items() if name in FILES_OF["rules"]}
    file = write_update(folder / "rules", kind="rules", files=files)
    return signed_updates.apply_update(session, file, read_update(file.read_bytes()).digest, consent=consent)


def go_back(session: Session, folder: Path, consent: Consent | None) -> object:
    if not load_rule_book(session).can_go_back:  # graver rules are used alone, and going back from them lowers
        rules.use_edit(session, RuleEdit(bands={"A": 0.4, "B": 0.3, "C": 0.2, "D": 0.1}), load_rule_book(session).name)
    return rules.back(session, consent=consent)


@pytest.mark.parametrize("act", [use_folder, use_edit, apply_rules, go_back])
def test_nobody_lowers_reports_alone(desk: Session, tmp_path: Path, act: Callable[..., object]) -> None:
    with pytest.raises(Refused, match="second person"):
        act(desk, tmp_path, None)
    before = bands(desk)
    with pytest.raises(Refused, match="lead"):
        act(desk, tmp_path, Consent("third", PASSPHRASE))
    assert bands(desk) == before
    act(desk, tmp_path, SECOND)
    after = bands(desk)
    assert any(before[number] in "AB" and after[number] > before[number] for number in before), (before, after)


def test_what_it_does_is_shown_before(desk: Session, tmp_path: Path) -> None:
    folder = write_rules(lowered_files(desk), tmp_path / "rules")
    before = bands(desk)
    trial = rules.try_rules(desk, folder)
    assert trial.second_lead and trial.leaving == sum(band in "AB" for band in before.values()) > 0
    assert len(trial.minimum_bands) > 10 and all(each.would_be is None for each in trial.minimum_bands)
    assert rules.use_rules(desk, folder, consent=SECOND) == trial.name
    assert {move.report_id: move.would_be for move in trial.moves}.items() <= bands(desk).items()


def test_changed_rules_never_have_the_version_of_the_shipped_ones(desk: Session, tmp_path: Path) -> None:
    files = lowered_files(desk)
    shipped = shipped_rules().version
    for n, more in enumerate((b"", b"# another edition\n", b""), 1):
        notes = {"notes.toml": files["notes.toml"] + more}
        rules.use_rules(desk, write_rules({**files, **notes}, tmp_path / str(n)), consent=SECOND)
    assert [name.split()[0] for name in dict.fromkeys(use.name for use in rules.show_rules(desk).uses)] == [
        f"{shipped}+1",
        f"{shipped}+2",
    ]


def test_who_agreed_stands_in_the_audit_log(desk: Session, tmp_path: Path) -> None:
    use_folder(desk, tmp_path, SECOND)
    newest = load_audit_entries(desk, list(range(count_audit_entries(desk))))
    notes = {entry.kind: dict(entry.about) for entry in newest if entry.kind in ("lowering consented", "rules used")}
    assert notes["lowering consented"]["name"] == notes["rules used"]["name"]
    assert notes["rules used"]["second"] == "second"


def test_rules_that_only_raise_need_nobody(desk: Session) -> None:
    book = load_rule_book(desk)
    trial = rules.try_edit(desk, edit := RuleEdit(bands={"D": 4.0}), book.name)
    assert not trial.second_lead and not trial.minimum_bands
    assert rules.use_edit(desk, edit, book.name, tried=trial) == trial.name


def test_a_minimum_band_sinks_in_every_way() -> None:
    old = shipped_rules()
    floor = next(rule for rule in old.rules if rule.band == "A" and rule.lift)
    for change in ({"band": "B"}, {"lift": 1.0}, {"argument": ("nothing",)}, {"unless": ("floor.",)}, {"off": True}):
        other = msgspec.structs.replace(floor, **change)
        new = [rule for rule in old.rules if rule.id != floor.id] + ([] if other.off else [other])
        after = type("Rules", (), {"rules": tuple(new)})()
        assert [each.rule for each in lowering.list_lowered_minimums(old, after)] == [floor.id], change
    assert lowering.list_lowered_minimums(old, old) == ()


FLOOR_OF_LIST = b"""
[[rule]]
id = "floor.listed"
axis = "floor"
field = "surroundings.hits"
condition = "on_list"
argument = ["known"]
band = "A"
reason = "A list of known material holds a file."
source = "invented"
"""


@pytest.mark.parametrize("way", ["remove", "add", "next", "undo"])
def test_a_list_that_lowers_takes_a_second_lead(desk: Session, tmp_path: Path, way: str) -> None:
    with desk.reading() as db:
        files = load_active_files(db)
        digest = db.value("SELECT m.sha256 FROM file o JOIN media_item m ON m.id = o.media_item_id WHERE o.report_id = 1")
    files["floors.toml"] += (
        FLOOR_OF_LIST
        if way != "add"
        else FLOOR_OF_LIST.replace(b"on_list", b"new_to_lists").replace(b'argument = ["known"]\n', b"")
    )
    rules.use_rules(desk, write_rules(files, tmp_path / "rules"))
    stated = {"kind": "hash-list", "name": "known", "list_kind": "known"}
    holding, other = f"sha256\n{digest}\n".encode(), f"sha256\n{'7' * 64}\n".encode()

    def bring(number: int, data: bytes, consent: Consent | None = None) -> object:
        file = write_update(tmp_path / f"u{number}", number=number, files={"list": data}, **stated)
        return signed_updates.apply_update(desk, file, read_update(file.read_bytes()).digest, consent=consent)

    def act(consent: Consent | None) -> object:
        (tmp_path / "l").write_bytes(holding)
        if way == "remove":
            return remove_list(desk, "known", consent)
        if way == "add":
            return add_list(desk, tmp_path / "l", name="listed", kind="known", profile=None, consent=consent)
        return bring(2, other, consent) if way == "next" else signed_updates.undo_update(desk, 1, consent=consent)

    bring(1, other if way == "add" else holding)
    before = bands(desk)
    assert set(before.values()) == {"A"}
    lists = list_hash_lists(desk)
    with pytest.raises(Refused, match="second person"):
        act(None)
    assert (bands(desk), list_hash_lists(desk)) == (before, lists)
    act(SECOND)
    assert set(bands(desk).values()) == {"B"}


def test_the_effect_of_an_update_is_shown_to_those_who_may_apply_it(desk: Session, tmp_path: Path) -> None:
    file = write_update(tmp_path / "u", kind="rules", files=lowered_files(desk))
    effect = signed_updates.show_update(desk, file).effect
    assert effect is not None and effect.second_lead and effect.leaving > 0 and effect.minimum_bands
    offices = signed_updates.show_update(desk, write_update(tmp_path / "v")).effect
    assert offices is not None and (offices.moved, offices.second_lead) == (0, False)


def test_a_table_that_lowers_is_measured_without_being_used(desk: Session, tmp_path: Path) -> None:
    """A law table is judged in other processes; this one goes on with the tables in use."""
    before = tables_edition()
    effect = lowering.measure_tables(desk, {OFFICES: shipped(OFFICES)})
    assert (effect.moved, effect.reports, tables_edition()) == (0, len(bands(desk)), before)
