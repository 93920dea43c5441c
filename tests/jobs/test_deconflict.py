"""Two stores learn which identifiers both hold, and nothing else; undercover accounts reach their own lead alone."""

from __future__ import annotations

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.jobs.bundles import le_json
from tests.jobs.conftest import CHEAP
from tests.jobs.listed import list_deconflictions, list_outgoing
from tests.people import add_person
from triage.errors import InputError, NotFound, Refused, WorldError
from triage.jobs.exchange import deconflict
from triage.jobs.exchange.deconflict import (
    answer_deconfliction,
    finish_deconfliction,
    show_deconfliction,
    start_deconfliction,
)
from triage.jobs.exchange.deconflict_file import DeconflictFile, encode_file
from triage.jobs.exchange.deconflict_list import list_deconfliction_ids
from triage.jobs.exchange.deconflict_preview import inspect_deconfliction_file, plan_deconfliction
from triage.jobs.exchange.own_identifiers import gather_identifiers
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import destruction
from triage.jobs.leaving.outgoing import write_out
from triage.jobs.session import Session, unlock
from triage.jobs.trusted_keys import trust_key
from triage.links.private_sets import POINT
from triage.model.handover import Receipt
from triage.model.progress import ignore_progress
from triage.model.users import Role
from triage.store.store import Store


@dataclass
class Side:
    """A store and the folder in which its files lie."""

    session: Session
    folder: Path

    def hold(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            destruction.place_hold(self.session, str(number), reason="undercover")


def make_side(tmp_path: Path, name: str, people: dict[int, dict[str, object]]) -> Side:
    """A store with one report for each number; its reported user has these fields instead of the usual ones."""
    session = Session(Store.create(tmp_path / name / "store", name, "seven green boats", cost=CHEAP).store)
    for number, person in people.items():
        told = json.loads(le_json(number))
        told["reportedInformation"]["reportedPeople"]["reportedPersons"] = [person]
        folder = tmp_path / name / "in" / str(number)
        folder.mkdir(parents=True)
        (folder / "r.json").write_text(json.dumps(told))
    import_bundles(session, [tmp_path / name / "in"], receipt=Receipt())
    return Side(session, tmp_path / name)


def mail(name: str) -> dict[str, object]:
    return {"emails": {"emails": [{"value": f"{name}@mail.example.invalid", "verified": None}]}}


def introduce(one: Side, other: Side) -> None:
    trust_key(one.session, other.session.store.fingerprint, "the other")
    trust_key(other.session, one.session.store.fingerprint, "the first")


@pytest.fixture(scope="module")
def closed_sides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the closed stores of both sides."""
    folder = tmp_path_factory.mktemp("sides")
    one = make_side(folder, "lahore", {900000701: mail("kite"), 900000702: mail("boat"), 900000703: mail("hill")})
    other = make_side(folder, "quetta", {900000801: mail("KITE"), 900000802: mail("river"), 900000803: mail("hill")})
    introduce(one, other)
    one.session.close()
    other.session.close()
    return folder


@pytest.fixture
def sides(closed_sides: Path, tmp_path: Path) -> Iterator[tuple[Side, Side]]:
    names = ("lahore", "quetta")
    for name in names:
        shutil.copytree(closed_sides / name, tmp_path / name)
    one, other = (Side(unlock(tmp_path / name / "store", name, "seven green boats"), tmp_path / name) for name in names)
    yield one, other
    one.session.close()
    other.session.close()


def play(one: Side, other: Side) -> tuple[object, object]:
    """All three files; returns what each side found."""
    start_deconfliction(one.session, "the other", one.folder / "1.json")
    answer_deconfliction(other.session, one.folder / "1.json", other.folder / "2.json")
    first = finish_deconfliction(one.session, other.folder / "2.json", one.folder / "3.json")
    return first, finish_deconfliction(other.session, one.folder / "3.json")


def test_both_sides_learn_what_both_hold(sides: tuple[Side, Side]) -> None:
    first, second = play(*sides)
    assert [(s.kind, s.value, s.reports) for s in first.shared] == [  # type: ignore[attr-defined]
        ("email", "hill@mail.example.invalid", ("900000703",)),
        ("email", "kite@mail.example.invalid", ("900000701",)),
    ]
    assert [(s.value, s.reports) for s in second.shared] == [  # type: ignore[attr-defined]
        ("hill@mail.example.invalid", ("900000803",)),
        ("kite@mail.example.invalid", ("900000801",)),
    ]
    assert first.silent == second.silent == 0  # type: ignore[attr-defined]
    (session,) = list_deconflictions(sides[0].session)
    assert (session.state, session.shared, session.other) == ("finished", 2, "the other")
    assert show_deconfliction(sides[0].session, session.session) == first
    assert [o.kind for o in list_outgoing(sides[0].session)] == ["deconfliction", "deconfliction"]


@pytest.mark.parametrize("holder", [0, 1])
def test_an_undercover_account_is_counted_for_its_own_lead_and_seen_by_nobody(sides: tuple[Side, Side], holder: int) -> None:
    sides[holder].hold([900000701 if holder == 0 else 900000801])
    found = play(*sides)
    assert [found[side].silent for side in (0, 1)] == [1 - holder, holder]  # type: ignore[attr-defined]
    for side in found:
        assert [s.value for s in side.shared] == ["hill@mail.example.invalid"]  # type: ignore[attr-defined]


def test_two_undercover_accounts_stay_silent_towards_each_other(sides: tuple[Side, Side]) -> None:
    sides[0].hold([900000701])
    sides[1].hold([900000801])
    assert [found.silent for found in play(*sides)] == [0, 0]  # type: ignore[attr-defined]


def test_no_file_holds_an_identifier_or_tells_how_many_there_are(sides: tuple[Side, Side]) -> None:
    one, other = sides
    play(one, other)
    files = [(one.folder / "1.json"), (other.folder / "2.json"), (one.folder / "3.json")]
    for file in files:
        found = msgspec.json.decode(file.read_bytes(), type=DeconflictFile)
        points = b64encode(found.points)
        assert len(found.points) == 16 * POINT and points in file.read_bytes()
        for data in (
            file.read_bytes().replace(points, b""),
            found.points,
        ):  # as text the points spell any short word now and then
            for word in (b"kite", b"hill", b"river", b"boat", b"9000007", b"9000008"):
                assert word not in data.lower()


def test_two_sessions_share_no_point(sides: tuple[Side, Side]) -> None:
    one, other = sides
    points: list[set[bytes]] = []
    for n in (1, 2):
        start_deconfliction(one.session, "the other", one.folder / f"1-{n}.json")
        answer_deconfliction(other.session, one.folder / f"1-{n}.json", other.folder / f"2-{n}.json")
        said = [
            msgspec.json.decode((s.folder / f"{k}-{n}.json").read_bytes(), type=DeconflictFile) for s, k in ((one, 1), (other, 2))
        ]
        lists = [part for file in said for part in (file.points, file.doubled)]
        points.append({data[at : at + POINT] for data in lists for at in range(0, len(data), POINT)})
    assert not points[0] & points[1]


def test_a_carried_file_is_looked_at_before_anything_is_written(sides: tuple[Side, Side], tmp_path: Path) -> None:
    one, other = sides
    plan = plan_deconfliction(one.session)
    begun = start_deconfliction(one.session, "the other", one.folder / "1.json")
    assert plan.compared == begun.compared
    seen = inspect_deconfliction_file(other.session, one.folder / "1.json")
    assert (seen.step, seen.other, seen.begun_here) == ("start", "the first", None)
    assert list_deconflictions(other.session) == (), "looking stores nothing"
    answer_deconfliction(other.session, one.folder / "1.json", other.folder / "2.json")
    back = inspect_deconfliction_file(one.session, other.folder / "2.json")
    assert (back.step, back.session, back.begun_here, back.finished) == ("answer", begun.session, True, None)
    with pytest.raises(InputError, match="made by this store itself"):
        inspect_deconfliction_file(one.session, one.folder / "1.json")


def test_before_it_is_finished_nothing_is_known(sides: tuple[Side, Side]) -> None:
    one, _ = sides
    begun = start_deconfliction(one.session, "the other", one.folder / "1.json")
    (session,) = list_deconflictions(one.session)
    assert (session.state, session.shared, session.silent) == ("started", None, None)
    with pytest.raises(Refused, match="nothing is known yet"):
        show_deconfliction(one.session, begun.session)


def test_a_step_can_be_repeated_with_the_same_file_only(sides: tuple[Side, Side], tmp_path: Path) -> None:
    one, other = sides
    play(one, other)
    again = answer_deconfliction(other.session, one.folder / "1.json", other.folder / "2b.json")
    assert again.compared == 3 and len(list_deconflictions(other.session)) == 1
    told = [(other.folder / name).read_bytes() for name in ("2.json", "2b.json")]
    assert told[0] == told[1], "two lists whose fillers differ would tell which points are identifiers"
    assert len(finish_deconfliction(one.session, other.folder / "2.json").shared) == 2
    answer = msgspec.json.decode(told[0], type=DeconflictFile)
    turned = answer.points[POINT:] + answer.points[:POINT]
    with pytest.raises(Refused, match="finished with another file"):
        finish_deconfliction(one.session, forge(other, other.folder / "2.json", points=turned))
    with pytest.raises(WorldError, match="exists already"):
        answer_deconfliction(other.session, one.folder / "1.json", other.folder / "2.json")


def test_what_another_program_did_meanwhile_is_not_overwritten(sides: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch) -> None:
    """Both programs read the session before either of them wrote."""
    one, other = sides
    start_deconfliction(one.session, "the other", one.folder / "1.json")
    with monkeypatch.context() as patch:
        real = deconflict._hide_all

        def answer_first(*given: Any) -> list[bytes]:
            patch.setattr(deconflict, "_hide_all", real)
            answer_deconfliction(other.session, one.folder / "1.json", other.folder / "2.json")
            return real(*given)

        patch.setattr(deconflict, "_hide_all", answer_first)
        with pytest.raises(Refused, match="knows already"):
            answer_deconfliction(other.session, one.folder / "1.json", other.folder / "late.json")
    assert not (other.folder / "late.json").exists()
    answer = msgspec.json.decode((other.folder / "2.json").read_bytes(), type=DeconflictFile)
    turned = forge(other, other.folder / "2.json", points=answer.points[POINT:] + answer.points[:POINT])
    find = deconflict._find_first

    def finish_first(*given: Any) -> Any:
        monkeypatch.setattr(deconflict, "_find_first", find)
        finish_deconfliction(one.session, other.folder / "2.json")
        return find(*given)

    monkeypatch.setattr(deconflict, "_find_first", finish_first)
    with pytest.raises(Refused, match="finished with another file"):
        finish_deconfliction(one.session, turned)
    assert len(show_deconfliction(one.session, list_deconflictions(one.session)[0].session).shared) == 2


def forge(side: Side, path: Path, **changes: object) -> Path:
    """Writes the file anew with changes, properly signed by this side."""
    said = msgspec.json.decode(path.read_bytes(), type=DeconflictFile)
    out = path.with_name("forged.json")
    write_out(side.session, ((out, encode_file(msgspec.structs.replace(said, **changes))),), kind="deconfliction", overwrite=True)
    return out


def test_what_comes_from_a_stranger_is_refused(sides: tuple[Side, Side], tmp_path: Path) -> None:
    one, other = sides
    start_deconfliction(one.session, "the other", one.folder / "1.json")
    file = one.folder / "1.json"
    points = msgspec.json.decode(file.read_bytes(), type=DeconflictFile).points
    low_order = bytes.fromhex("0100000000000000000000000000000000000000000000000000000000000000")
    for changes in (
        {"points": points[:POINT] + points[:POINT]},
        {"points": points[:-1]},
        {"points": b""},
        {"points": low_order + points[POINT:]},
        {"points": b"\xff" * POINT},
    ):
        with pytest.raises(InputError, match="is no deconfliction file"):
            answer_deconfliction(other.session, forge(one, file, **changes), other.folder / "2.json")
    with pytest.raises(InputError, match="for another store"):
        answer_deconfliction(other.session, forge(one, file, recipient="0" * 64), other.folder / "2.json")
    with pytest.raises(InputError, match="another sender"):
        answer_deconfliction(other.session, forge(one, file, sender="0" * 64), other.folder / "2.json")
    with pytest.raises(InputError, match="made by this store itself"):
        answer_deconfliction(one.session, file, one.folder / "2.json")
    changed = tmp_path / "changed.json"
    for ending in ("", ".sig", ".pem"):
        shutil.copy(f"{file}{ending}", f"{changed}{ending}")
    changed.write_bytes(file.read_bytes().replace(b'"session"', b'"session" '))
    with pytest.raises(InputError, match="does not hold"):
        answer_deconfliction(other.session, changed, other.folder / "2.json")
    stranger = make_side(tmp_path, "stranger", {900000901: mail("kite")})
    trust_key(stranger.session, other.session.store.fingerprint, "the other")
    start_deconfliction(stranger.session, "the other", stranger.folder / "1.json")
    with pytest.raises(InputError, match="triage keys trust"):
        answer_deconfliction(other.session, stranger.folder / "1.json", other.folder / "2.json")
    stranger.session.close()
    assert not (other.folder / "2.json").exists() and not list_deconflictions(other.session)


def test_an_answer_of_another_session_or_length_is_refused(sides: tuple[Side, Side]) -> None:
    one, other = sides
    start_deconfliction(one.session, "the other", one.folder / "1.json")
    answer_deconfliction(other.session, one.folder / "1.json", other.folder / "2.json")
    answer = other.folder / "2.json"
    doubled = msgspec.json.decode(answer.read_bytes(), type=DeconflictFile).doubled
    with pytest.raises(InputError, match="does not answer"):
        finish_deconfliction(one.session, forge(other, answer, doubled=doubled[:POINT]))
    with pytest.raises(NotFound, match="belongs to no session"):
        finish_deconfliction(one.session, forge(other, answer, session="another"))
    with pytest.raises(NotFound, match="belongs to no session"):
        finish_deconfliction(one.session, forge(other, answer, kind="deconflict finish"))
    with pytest.raises(InputError, match="is of the step"):
        answer_deconfliction(one.session, answer, one.folder / "x.json")
    assert list_deconflictions(one.session)[0].state == "started"


def test_children_and_cleared_people_are_not_compared(tmp_path: Path) -> None:
    young = {**mail("young"), "age": "15"}
    side = make_side(tmp_path, "lahore", {900000701: young, 900000702: mail("boat"), 900000703: mail("cleared")})
    destruction.clear_person(side.session, "900000703", reason="acquitted")
    found, _ = gather_identifiers(side.session, ignore_progress, None)
    assert [each.value for each in found if each.kind == "email"] == ["boat@mail.example.invalid"]
    side.session.close()


def test_only_a_lead_compares(sides: tuple[Side, Side]) -> None:
    one, _ = sides
    add_person(one.session.store, "analyst", [Role.ANALYST, Role.EXAMINER], "nine grey hills")
    with unlock(one.session.store.directory, "analyst", "nine grey hills") as analyst:
        for act in (
            lambda: start_deconfliction(analyst, "the other", one.folder / "1.json"),
            lambda: answer_deconfliction(analyst, one.folder / "1.json", one.folder / "2.json"),
            lambda: finish_deconfliction(analyst, one.folder / "2.json"),
            lambda: list_deconfliction_ids(analyst),
        ):
            with pytest.raises(Refused, match="assign reports"):
                act()
    with pytest.raises(NotFound, match="No signing key is trusted"):
        start_deconfliction(one.session, "somebody", one.folder / "1.json")


NAMES = st.sets(st.sampled_from(["kite", "boat", "hill", "river", "lamp", "door"]), min_size=1)


@given(NAMES, NAMES, st.data())
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_result_is_the_intersection(
    tmp_path_factory: pytest.TempPathFactory, mine: set[str], theirs: set[str], data: st.DataObject
) -> None:
    tmp_path = tmp_path_factory.mktemp("sets")
    numbers = {name: 900000701 + n for n, name in enumerate(sorted(mine | theirs))}
    hidden = data.draw(st.sets(st.sampled_from(sorted(mine))))
    one = make_side(tmp_path, "lahore", {numbers[name]: mail(name) for name in mine})
    other = make_side(tmp_path, "quetta", {numbers[name]: mail(name) for name in theirs})
    introduce(one, other)
    one.hold([numbers[name] for name in hidden])
    first, second = play(one, other)
    wanted = {f"{name}@mail.example.invalid" for name in (mine & theirs) - hidden}
    assert {s.value for s in first.shared} == {s.value for s in second.shared} == wanted  # type: ignore[attr-defined]
    assert (first.silent, second.silent) == (len(mine & theirs & hidden), 0)  # type: ignore[attr-defined]
    one.session.close()
    other.session.close()
