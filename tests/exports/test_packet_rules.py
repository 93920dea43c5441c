"""Who may make a packet, and what the record says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from tests.exports.conftest import NUMBER, write_bundle
from tests.jobs.conftest import CHEAP
from tests.people import add_person
from triage.errors import NotFound, Refused, WorldError, WrongPassphrase
from triage.exports import packet as packet_export
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.leaving.packet import Consent, create_packet
from triage.jobs.session import Session
from triage.jobs.users import disable_user
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.store.store import Store

KEY = str(pyrage.x25519.Identity.generate().to_public())


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A store with a lead, an examiner, an analyst and an administrator beside its first user."""
    work = tmp_path_factory.mktemp("office")
    with Session(Store.create(work / "store", "first", "seven green boats", cost=CHEAP).store) as session:
        import_bundles(session, [write_bundle(work / "bundle")], receipt=Receipt())
        for role in (Role.LEAD, Role.EXAMINER, Role.ANALYST, Role.ADMIN):
            add_person(session.store, role.value, [role], f"words of the {role.value}")
        yield session


@pytest.fixture(autouse=True)
def no_typesetting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The PDF has tests of its own; here it would only take time."""
    monkeypatch.setattr(packet_export, "typeset", lambda *_, **__: b"%PDF-")


def entries(session: Session) -> list[str]:
    return [json.loads(row[0])["kind"] for row in session.store.read().all("SELECT json FROM audit_entry ORDER BY n")]


def of(who: str) -> Consent:
    return Consent(who, f"words of the {who}")


def test_one_user_needs_nobody_and_the_packet_says_so(desk: Session, tmp_path: Path) -> None:
    create_packet(desk, [NUMBER], tmp_path / "p")
    assert "Second-Person: no second person: this store has one user\n" in (tmp_path / "p" / "bag-info.txt").read_text()
    assert not (tmp_path / "p" / "data" / "media.tar.age").exists()
    assert "media.tar.age" not in (tmp_path / "p" / "README.txt").read_text()


def test_with_more_users_a_second_person_is_asked_for(office: Session, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="second person"):
        create_packet(office, [NUMBER], tmp_path / "p")
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("who", ["lead", "examiner"])
def test_a_lead_or_examiner_consents(office: Session, tmp_path: Path, who: str) -> None:
    create_packet(office, [NUMBER], tmp_path / "p", consent=of(who))
    said = (tmp_path / "p" / "bag-info.txt").read_text().replace("\n ", " ")
    assert f"Second-Person: {who} (user since 20" in said and "passphrase set by themselves on 20" in said
    steps = [json.loads(line) for line in (tmp_path / "p" / "data" / "custody.jsonl").read_text().splitlines()]
    assert [(s["who"], s["what"]) for s in steps[-3:]] == [
        (who, "packet consented"),
        ("first", "packet made"),
        ("first", "packet handed over"),
    ]
    assert steps[-3]["says"] == f"{who} agreed, with their own passphrase, to an evidence packet that first made."


@pytest.mark.parametrize("who", ["analyst", "admin"])
def test_others_can_not_consent(office: Session, tmp_path: Path, who: str) -> None:
    with pytest.raises(Refused, match="another role is needed"):
        create_packet(office, [NUMBER], tmp_path / "p", consent=of(who))


@pytest.mark.parametrize("name", ["first", "First", "FIRST "])
def test_nobody_consents_to_their_own(office: Session, tmp_path: Path, name: str) -> None:
    with pytest.raises((Refused, WrongPassphrase)):
        create_packet(office, [NUMBER], tmp_path / "p", consent=Consent(name, "seven green boats"))


def test_a_wrong_passphrase_consents_to_nothing(office: Session, tmp_path: Path) -> None:
    before = len(entries(office))
    with pytest.raises(WrongPassphrase):
        create_packet(office, [NUMBER], tmp_path / "p", consent=Consent("lead", "guessed"))
    assert "packet consented" not in entries(office)[before:]


def test_a_disabled_user_can_not_consent(office: Session, tmp_path: Path) -> None:
    add_person(office.store, "gone", [Role.LEAD], "words of the gone")
    disable_user(office, "gone")
    with pytest.raises(Refused, match="disabled"):
        create_packet(office, [NUMBER], tmp_path / "p", consent=of("gone"))


def test_media_ask_for_a_recipient(desk: Session, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="recipient"):
        create_packet(desk, [NUMBER], tmp_path / "p", with_media=True)


@pytest.mark.parametrize(("numbers", "recipients", "error"), [(["1"], [], NotFound), ([NUMBER], ["age1no"], WorldError)])
def test_a_refused_packet_leaves_no_trace(
    desk: Session, tmp_path: Path, numbers: list[str], recipients: list[str], error: type[Exception]
) -> None:
    before = entries(desk)
    with pytest.raises(error):
        create_packet(desk, numbers, tmp_path / "p", with_media=bool(recipients), recipients=recipients)
    assert (list(tmp_path.iterdir()), entries(desk)) == ([], before)


def test_a_folder_that_is_there_is_not_written_over(desk: Session, tmp_path: Path) -> None:
    before = entries(desk)
    (tmp_path / "theirs").touch()
    with pytest.raises(WorldError, match="exists already"):
        create_packet(desk, [NUMBER], tmp_path)
    assert entries(desk) == before


def test_a_packet_that_failed_halfway_is_said_to_have(desk: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> bytes:
        raise WorldError("Can't write report.pdf: no space left on device.")

    monkeypatch.setattr(packet_export, "make_graph", full)
    with pytest.raises(WorldError, match="no space"):
        create_packet(desk, [NUMBER], tmp_path / "p")
    assert entries(desk)[-2:] == ["packet made", "packet not finished"]
    assert list(tmp_path.iterdir()) == []


def test_a_report_named_twice_is_in_it_once(desk: Session, tmp_path: Path) -> None:
    written = create_packet(desk, [NUMBER, NUMBER], tmp_path / "p")
    assert written.rows == 1
