"""A second person who loses the account or the role between their consent and the act no longer agrees: nothing happens in their name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.bundles import import_reports, jpeg, le_json
from tests.jobs.conftest import NAME, PASSPHRASE, MakeStore
from tests.people import add_person
from triage.errors import Refused
from triage.jobs import consent
from triage.jobs.casework import decisions
from triage.jobs.consent import Consent
from triage.jobs.exchange import send
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import destruction, retention
from triage.jobs.leaving import export_series, packet
from triage.jobs.policy import set_policy
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session, unlock
from triage.jobs.users import disable_user
from triage.jobs.victim_id import clues, series
from triage.model.handover import Receipt
from triage.model.media import ImageCrop
from triage.model.users import Role
from triage.store.queries import reports

pytestmark = pytest.mark.usefixtures("short_papers")

ONE = "900000881"
SECOND = Consent("second", "eight blue kites")
AGE_KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, folder: Path) -> None:
        report = folder / "in" / ONE
        report.mkdir(parents=True)
        (report / "r.json").write_bytes(le_json(int(ONE)))
        (report / "a.jpg").write_bytes(jpeg(1))
        import_bundles(session, [folder / "in"], receipt=Receipt())

    return make_store(fill)


def lapse(session: Session) -> None:
    disable_user(session, "second")


def add_another(session: Session) -> None:
    with unlock(session.store.directory, NAME, PASSPHRASE) as other:  # this session may be reading an older state
        add_person(other.store, "third", [Role.LEAD], "nine red carts")


def destroy(session: Session, out: Path, who: Consent | None) -> object:
    assert who is not None
    return destruction.destroy_report(session, ONE, reason="r", order="o", second=who, certificate=out)


def write_packet(session: Session, out: Path, who: Consent | None) -> object:
    return packet.create_packet(session, [ONE], out, consent=who)


def write_work(session: Session, out: Path, who: Consent | None) -> object:
    return send.export_work(session, [ONE], AGE_KEY, out, with_media=True, consent=who)


def write_crops(session: Session, out: Path, who: Consent | None) -> object:
    sha256 = next(file.sha256 or "" for file in load_report_view(session, ONE).files if file.sha256)
    number = series.open_series(session, ONE, [sha256]).row.number
    clues.record_clue(session, number, "place", "a red gate", sha256=sha256, crop=ImageCrop(1_000, 1_000, 4_000, 3_000))
    return export_series.export_series_sheet(session, number, out, with_crops=True, consent=who)


Act = Callable[[Session, Path, Consent | None], object]
ACTS: dict[str, tuple[Act, Any, str]] = {
    "destruction": (destroy, destruction, "write_volumes"),
    "packet": (write_packet, packet, "load_packet"),
    "work package": (write_work, send, "_gather"),
    "crops": (write_crops, export_series, "_cut_crops"),
}
"""The act, and what it does between the consent and its batch."""


def change_between(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, change: Callable[[], object]) -> None:
    """Has others change something just before this step of an act."""
    real = getattr(module, name)

    def step(*given: Any, **how: Any) -> object:
        change()
        return real(*given, **how)

    monkeypatch.setattr(module, name, step)


@pytest.mark.parametrize("act", ACTS)
def test_who_was_disabled_after_agreeing_agrees_no_more(
    filled: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    add_person(filled.store, "second", [Role.LEAD], SECOND.passphrase)
    do, module, name = ACTS[act]
    change_between(monkeypatch, module, name, lambda: lapse(filled))
    out = tmp_path / "out" / "made"
    out.parent.mkdir()
    with pytest.raises(Refused, match="second can't consent: the account is disabled"):
        do(filled, out, SECOND)
    assert not out.exists()
    assert reports.find_report(filled.store.read(), ONE) is not None


@pytest.mark.parametrize("act", [act for act in ACTS if act != "destruction"])
def test_a_store_that_gets_a_second_user_meanwhile_needs_that_user(
    filled: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    do, module, name = ACTS[act]
    change_between(monkeypatch, module, name, lambda: add_another(filled))
    out = tmp_path / "made"
    with pytest.raises(Refused, match="consent of a second person"):
        do(filled, out, None)
    assert not out.exists()


def test_nothing_more_is_destroyed_by_the_rule_once_the_second_person_is_disabled(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [str(900000900 + n) for n in range(3)]
    (tmp_path / "in").mkdir()
    import_reports(session, tmp_path / "in", numbers)
    for number in numbers:
        decisions.decide(session, number, status="closed", reason="adult")
    add_person(session.store, "second", [Role.LEAD], SECOND.passphrase)
    set_policy(session, "closed-kept-months", "12")
    later = consent.utc_now().replace(year=2099)
    monkeypatch.setattr(retention, "utc_now", lambda: later)
    real = retention.destroy_and_certify

    def disable_after(session: Session, *given: Any, **how: Any) -> object:
        made = real(session, *given, **how)
        lapse(session)
        return made

    monkeypatch.setattr(retention, "destroy_and_certify", disable_after)
    (tmp_path / "papers").mkdir()
    result = retention.destroy_due_reports(session, order="Rule 12", second=SECOND, folder=tmp_path / "papers")
    assert (list(result.destroyed), list(result.kept)) == (numbers[:1], numbers[1:])
