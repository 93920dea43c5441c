from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.people import add_person
from tests.update_files import ISSUER, OFFICES, STRANGER, make_update, shipped, write_update
from triage.errors import InputError, NotFound, Refused, WorldError
from triage.importers.update_file import FILES_OF, read_update
from triage.jobs import signed_updates as updates
from triage.jobs.consent import Consent
from triage.jobs.judging import judges, rules
from triage.jobs.lists.lists import add_list, list_hash_lists, remove_list
from triage.jobs.session import Session, unlock
from triage.locate.edition import edition
from triage.locate.offices import read_offices
from triage.locate.tables import read_announced_ranges
from triage.model.users import Role
from triage.resources import replace_tables, replaced_tables
from triage.store.queries import signed_updates as updates_sql


@pytest.fixture(autouse=True)
def shipped_tables() -> Iterator[None]:
    yield
    replace_tables({})


@pytest.fixture
def trusting(session: Session) -> Session:
    updates.trust_issuer(session, ISSUER, "Headquarters")
    return session


def apply(session: Session, file: Path) -> updates.AppliedUpdate:
    """Applies an update whatever it is: its digest is that of the file."""
    return updates.apply_update(session, file, read_update(file.read_bytes()).digest)


def city() -> str:
    return next(office.city for office in read_offices().office if office.city.startswith("Lahore"))


def test_an_update_is_shown_applied_and_undone(trusting: Session, tmp_path: Path) -> None:
    file, before = write_update(tmp_path / "u"), edition()
    shown = updates.show_update(trusting, file)
    assert (str(shown.problem), shown.issuer_name, shown.in_use) == ("", "Headquarters", None)
    assert [(c.file, c.added, c.removed) for c in shown.changes] == [(OFFICES, 2, 2)]
    assert city() == "Lahore"
    done = updates.apply_update(trusting, file, shown.digest)
    assert (city(), done.in_use) == ("Lahore 1", True)
    assert edition() != before, "locations are judged anew"
    updates.undo_update(trusting, done.id)
    assert (city(), edition()) == ("Lahore", before)
    assert [each.in_use for each in updates.list_updates(trusting)] == [False]


def test_an_update_serves_whoever_opens_the_store_next(trusting: Session, tmp_path: Path) -> None:
    apply(trusting, write_update(tmp_path / "u"))
    replace_tables({})
    with unlock(trusting.store.directory, "first", "seven green boats"):
        assert city() == "Lahore 1"


def test_undoing_the_second_brings_the_first_back(trusting: Session, tmp_path: Path) -> None:
    first = apply(trusting, write_update(tmp_path / "1", number=1))
    second = apply(trusting, write_update(tmp_path / "2", number=2))
    with pytest.raises(Refused, match="newer"):
        updates.undo_update(trusting, first.id)
    updates.undo_update(trusting, second.id)
    assert city() == "Lahore 1"
    with pytest.raises(Refused, match="already"):
        updates.undo_update(trusting, second.id)


@pytest.mark.parametrize("number", [1, 2])
def test_an_older_one_and_the_same_again_are_refused(trusting: Session, tmp_path: Path, number: int) -> None:
    apply(trusting, write_update(tmp_path / "2", number=2))
    with pytest.raises(Refused, match="not newer"):
        apply(trusting, write_update(tmp_path / "again", number=number))
    assert city() == "Lahore 2"


def test_a_foreign_one_is_refused(trusting: Session, tmp_path: Path) -> None:
    file = write_update(tmp_path / "u", key=STRANGER)
    assert "Nobody here trusts" in str(updates.show_update(trusting, file).problem)
    with pytest.raises(Refused, match="Nobody here trusts"):
        apply(trusting, file)
    assert updates.list_updates(trusting) == ()


def test_one_that_was_exchanged_since_it_was_shown_is_refused(trusting: Session, tmp_path: Path) -> None:
    file = write_update(tmp_path / "u")
    digest = updates.show_update(trusting, file).digest
    write_update(file, number=2)
    with pytest.raises(Refused, match="exchanged"):
        updates.apply_update(trusting, file, digest)


def test_a_tampered_one_changes_nothing(trusting: Session, tmp_path: Path) -> None:
    file = tmp_path / "u"
    file.write_bytes(make_update()[:-2] + b"!}")
    with pytest.raises(InputError, match="changed since"):
        apply(trusting, file)


@pytest.mark.parametrize(
    ("kind", "name", "data"),
    [
        ("offices", OFFICES, b"version = 1"),
        ("offices", OFFICES, b"\xff\xfe"),
        ("law", "law.toml", b'version = "1"\nlaw = []'),
        ("phrases", "intents/words/urdu.toml", b"threat = 3"),
        ("addresses", "geo/operators.tsv", b"asn\tname\nx\ty\n"),
        ("addresses", "geo/pakistan_ipv4_announced.csv", b"9,5,1\n"),
        ("addresses", "geo/pakistan_ipv4_announced.csv", b"1,5,1\n3,9,1\n"),
    ],
)
def test_a_table_that_is_not_valid_changes_nothing(trusting: Session, tmp_path: Path, kind: str, name: str, data: bytes) -> None:
    file = write_update(tmp_path / "u", kind=kind, files={name: data})
    with pytest.raises(InputError, match="not valid"):
        apply(trusting, file)
    assert updates.list_updates(trusting) == ()


def test_address_ranges_are_replaced(trusting: Session, tmp_path: Path) -> None:
    name = "geo/pakistan_ipv4_announced.csv"
    file = write_update(tmp_path / "u", kind="addresses", files={name: b"16777216,16777471,64500\n"})
    apply(trusting, file)
    assert read_announced_ranges(4).find(16777300) == 64500
    replace_tables({})
    assert read_announced_ranges(4).find(16777300) != 64500


WORKER_SAYS = """
import io, sys
from triage.jobs.judging import worker
from triage.locate.offices import read_offices
worker.receive = iter([(worker.TABLES, sys.stdin.buffer.read()), None]).__next__
worker.receive = (lambda step: lambda wire: step())(worker.receive)
worker.main()
print(*(office.city for office in read_offices().office), sep="\\n", file=sys.stderr)
"""


def test_workers_that_judge_use_the_tables_too(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[bytes, bytes]] = []
    replace_tables({OFFICES: shipped(OFFICES).replace(b'"Lahore"', b'"Lahore 9"')})
    monkeypatch.setattr(judges.wire, "send", lambda wire, kind, payload: sent.append((kind, payload)))
    judges._Worker(None, replaced_tables()).stop()
    [(kind, payload)] = sent
    assert kind == judges.wire.TABLES
    done = subprocess.run([sys.executable, "-c", WORKER_SAYS], input=payload, capture_output=True, check=True)
    assert b"Lahore 9" in done.stderr.splitlines()


def test_rules_go_where_those_of_the_office_go(trusting: Session, tmp_path: Path) -> None:
    files = {name: shipped(f"rules/{name}") for name in FILES_OF["rules"]}
    files["notes.toml"] += b"\n# another edition\n"
    before = rules.show_rules(trusting).name
    done = apply(trusting, write_update(tmp_path / "u", kind="rules", files=files))
    assert rules.show_rules(trusting).name != before
    rules.use_rules(trusting, None)
    with pytest.raises(Refused, match="Other rules came into use"):
        updates.undo_update(trusting, done.id)
    rules.back(trusting)
    updates.undo_update(trusting, done.id)
    assert rules.show_rules(trusting).name == before


def test_a_hash_list_comes_and_goes(trusting: Session, tmp_path: Path) -> None:
    stated = {"kind": "hash-list", "name": "Invented 2026", "list_kind": "known"}
    lines = "".join(f"{number:032x}\n" for number in range(1, 30)).encode()
    file = write_update(tmp_path / "u", files={"list": b"md5\n" + lines}, **stated)
    done = apply(trusting, file)
    assert [(each.name, each.entries) for each in list_hash_lists(trusting)] == [("Invented 2026", 29)]
    more = write_update(tmp_path / "v", number=2, files={"list": b"md5\n" + lines + b"f" * 32}, **stated)
    newer = apply(trusting, more)
    assert [each.entries for each in list_hash_lists(trusting)] == [30]
    updates.undo_update(trusting, newer.id)
    assert [each.entries for each in list_hash_lists(trusting)] == [29]
    assert [each.in_use for each in updates.list_updates(trusting)] == [True, False]
    updates.undo_update(trusting, done.id)
    assert list_hash_lists(trusting) == ()


def test_a_list_that_was_removed_can_come_again(trusting: Session, tmp_path: Path) -> None:
    stated = {"kind": "hash-list", "name": "Invented 2026", "list_kind": "known"}
    for number in (1, 2):
        file = write_update(tmp_path / "u", number=number, files={"list": b"md5\n%032x\n" % number}, **stated)
        apply(trusting, file)
    remove_list(trusting, "Invented 2026")
    assert [(each.in_use, each.undone is None) for each in updates.list_updates(trusting)] == [(False, False)] * 2
    assert updates.show_update(trusting, file).in_use is None
    updates.undo_update(trusting, apply(trusting, file).id)
    assert list_hash_lists(trusting) == ()


def test_rules_of_the_office_end_the_use_of_an_update(trusting: Session, tmp_path: Path) -> None:
    files = {name: shipped(f"rules/{name}") for name in FILES_OF["rules"]}
    apply(trusting, write_update(tmp_path / "u", kind="rules", files=files))
    steps: list[tuple[Callable[[], object], bool]]
    steps = [(lambda: rules.use_rules(trusting, None), False), (lambda: rules.back(trusting), True)]
    for step, in_use in steps:
        step()
        assert [each.in_use for each in updates.list_updates(trusting)] == [in_use]


def test_a_list_of_the_office_is_never_taken_for_one_of_an_update(
    trusting: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updates_sql, "find_list_updates", lambda *_: [])  # as lists were removed before 2026-11-29
    stated = {"kind": "hash-list", "name": "Invented 2026", "list_kind": "known"}
    data = b"md5\n" + b"".join(b"%032x\n" % number for number in range(1, 4))
    for number in (1, 2):
        newer = apply(trusting, write_update(tmp_path / "u", number=number, files={"list": data}, **stated))
    remove_list(trusting, "Invented 2026")
    own = tmp_path / "own.csv"
    own.write_bytes(data + b"%032x\n" % 99)
    add_list(trusting, own, name="Invented 2026", kind="known", profile=None)
    third = write_update(tmp_path / "3", number=3, files={"list": data}, **stated)
    assert "of no update" in str(updates.show_update(trusting, third).problem)
    with pytest.raises(Refused, match="of no update"):
        apply(trusting, third)
    with pytest.raises(Refused, match="of no update"):
        updates.undo_update(trusting, newer.id)
    assert [each.entries for each in list_hash_lists(trusting)] == [4]


def test_a_session_that_is_open_already_uses_what_another_program_applied(trusting: Session, tmp_path: Path) -> None:
    done = apply(trusting, write_update(tmp_path / "u"))
    replace_tables({})  # as in a window that was open before
    updates.list_updates(trusting)
    assert city() == "Lahore 1"
    updates.undo_update(trusting, done.id)
    replace_tables({OFFICES: shipped(OFFICES).replace(b'"Lahore"', b'"Lahore 1"')}, ("of another store",))
    updates.list_updates(trusting)
    assert city() == "Lahore"


def test_trust_takes_two_people(session: Session) -> None:
    add_person(session.store, "second", [Role.LEAD], "nine quiet lamps")
    with pytest.raises(Refused, match="second person"):
        updates.trust_issuer(session, ISSUER, "Headquarters")
    assert updates.list_issuers(session) == {}


def test_an_issuer_can_be_distrusted(trusting: Session, tmp_path: Path) -> None:
    updates.distrust_issuer(trusting, "Headquarters")
    with pytest.raises(Refused, match="Nobody here trusts"):
        apply(trusting, write_update(tmp_path / "u"))
    with pytest.raises(NotFound):
        updates.distrust_issuer(trusting, "Headquarters")


def test_a_fingerprint_that_is_none_is_refused(session: Session) -> None:
    with pytest.raises(InputError, match="64 digits"):
        updates.trust_issuer(session, "abc", "Headquarters", Consent("x", "y"))


def test_a_file_that_is_not_there_is_named(trusting: Session, tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="nothing can't be read"):
        updates.show_update(trusting, tmp_path / "nothing")


def show_changes(session: Session, file: Path) -> dict[str, tuple[int, int]]:
    return {each.file: (each.added, each.removed) for each in updates.show_update(session, file).changes}


def test_tables_that_an_update_brings_back_as_shipped_are_shown(trusting: Session, tmp_path: Path) -> None:
    announced, operators = "geo/pakistan_ipv4_announced.csv", "geo/operators.tsv"
    first = {announced: b"16777216,16777471,64500\n"}
    apply(trusting, write_update(tmp_path / "1", kind="addresses", files=first))
    second = write_update(tmp_path / "2", number=2, kind="addresses", files={operators: shipped(operators) + b"\n"})
    lines = len(shipped(announced).splitlines())
    assert show_changes(trusting, second)[announced] == (lines, 1)
    apply(trusting, second)
    assert read_announced_ranges(4).find(16777300) != 64500


def test_the_next_edition_of_a_list_is_compared_with_the_one_in_use(trusting: Session, tmp_path: Path) -> None:
    stated = {"kind": "hash-list", "name": "Invented 2026", "list_kind": "known-good", "profile": "UK"}
    hashes = [b"%032x\n" % number for number in range(1, 9)]
    first = write_update(tmp_path / "1", files={"list": b"md5\n" + b"".join(hashes)}, **stated)
    assert show_changes(trusting, first) == {"list": (9, 0)}
    apply(trusting, first)
    second = write_update(tmp_path / "2", number=2, files={"list": b"md5\n" + b"".join(hashes[:3])}, **stated)
    assert show_changes(trusting, second) == {"list": (0, 5)}
    shown = updates.show_update(trusting, second)
    assert (shown.list_kind, shown.profile) == ("known-good", "UK")


@pytest.mark.parametrize("stated", [{"list_kind": "invented"}, {"list_kind": "known", "profile": "invented"}])
def test_a_list_of_an_unknown_kind_is_refused_when_it_is_shown(trusting: Session, tmp_path: Path, stated: dict[str, str]) -> None:
    file = write_update(tmp_path / "u", kind="hash-list", name="Invented", files={"list": b"md5\n%032x\n" % 7}, **stated)
    with pytest.raises(WorldError, match=r"invented|INVENTED"):
        updates.show_update(trusting, file)


def test_no_table_of_a_stranger_is_read(trusting: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "check_tables", lambda update: pytest.fail("a stranger's table was read"))
    file = write_update(tmp_path / "u", key=STRANGER)
    assert updates.show_update(trusting, file).issuer_name == ""
    with pytest.raises(Refused, match="Nobody here trusts"):
        apply(trusting, file)


def test_rules_of_an_update_that_were_reverted_can_come_again(trusting: Session, tmp_path: Path) -> None:
    files = {name: shipped(f"rules/{name}") for name in FILES_OF["rules"]}
    files["notes.toml"] += b"\n# another edition\n"
    file = write_update(tmp_path / "u", kind="rules", files=files)
    before, done = rules.show_rules(trusting).name, apply(trusting, file)
    rules.back(trusting)
    assert [(each.id, each.in_use, each.undone is None) for each in updates.list_updates(trusting)] == [(done.id, False, False)]
    assert updates.show_update(trusting, file).in_use is None
    updates.undo_update(trusting, apply(trusting, file).id)
    assert rules.show_rules(trusting).name == before
