"""Corrections in the store: rights, two people, undo, kill -9, new versions, destruction."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import MakeStore
from tests.jobs.plain import to_plain
from tests.people import add_person
from tests.priority.make import HERE, around, file, material
from triage import priority
from triage.errors import NotFound, Refused
from triage.jobs.casework import corrections
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging import rules
from triage.jobs.judging.assess import assess
from triage.jobs.judging.rule_counts import count_rules
from triage.jobs.keeping import destruction
from triage.jobs.keeping.check import check_store, verify_record
from triage.jobs.leaving import rule_files
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session, unlock
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.model.views import QueueFilter, ShowScore
from triage.priority import factor_bases, shipped_rules
from triage.store.queries import corrections as sql
from triage.store.queries import judgement, references

pytestmark = pytest.mark.usefixtures("short_papers")

ONE, LANE = "900000501", "900000502"
WORDS = "nine grey hills"


def write(folder: Path, number: str, **person: str) -> Path:
    inside = folder / number
    inside.mkdir(parents=True, exist_ok=True)
    document = le_json(int(number))
    for name, value in person.items():
        document = document.replace(b'"screenName"', f'"{name}": "{value}", "screenName"'.encode())
    (inside / "r.json").write_bytes(document)
    (inside / f"{number}.jpg").write_bytes(jpeg(3))
    return folder


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    """A report whose reported user has access to a child victim, and one whose reported user is 15."""

    def fill(session: Session, folder: Path) -> None:
        write(folder / "in", ONE, accessToChildVictim="Yes")
        write(folder / "in", LANE, age="15")
        import_bundles(session, [folder / "in"], receipt=Receipt())

    return make_store(fill)


def other(session: Session, name: str, *roles: Role) -> Session:
    add_person(session.store, name, roles, WORDS)
    return unlock(session.store.directory, name, WORDS)


def score(session: Session, number: str = ONE) -> ShowScore:
    return load_report_view(session, number).score


def points(session: Session) -> dict[str, float]:
    return {each.rule: each.points for each in score(session).factors}


def risk_rule(session: Session) -> str:
    """A factor with points of risk on whose fact no minimum band rests."""
    return next(each.rule for each in score(session).factors if each.axis == "risk" and not each.rule.startswith("access"))


def entries(session: Session) -> list[dict[str, object]]:
    return [json.loads(text) for (text,) in session.store.read().all("SELECT json FROM audit_entry ORDER BY n")]


def test_a_correction_counts_at_once_in_card_and_queue_and_is_undone(filled: Session) -> None:
    before, rule = score(filled), risk_rule(filled)
    made = corrections.correct_factor(filled, ONE, rule, "means-nothing", "read: a school play")
    after = score(filled)
    row = next(row for row in list_queue_rows(filled, QueueFilter()) if row.report_id == ONE)
    assert after.risk < before.risk and row.risk == after.risk and row.band == after.band
    assert points(filled)[rule] == 0.0
    assert (made.state, made.by, made.needs_second) == ("applied", "first", False)
    assert [each.id for each in after.corrections] == [made.id]
    assert corrections.undo_correction(filled, made.id).state == "undone"
    assert score(filled) == before
    assert [each.state for each in corrections.list_corrections(filled, ONE)] == ["undone"]
    with pytest.raises(Refused, match="undone already"):
        corrections.undo_correction(filled, made.id)
    assert check_store(filled).valid and verify_record(filled).valid


def test_the_audit_log_keeps_who_and_never_the_words(filled: Session) -> None:
    made = corrections.correct_factor(filled, ONE, risk_rule(filled), "agree", "secret words")
    last = entries(filled)[-1]
    assert (last["kind"], last["about"]["says"], last["about"]["correction"]) == ("judgement corrected", "agree", made.id)  # type: ignore[index]
    assert "secret words" not in json.dumps(entries(filled))


def test_a_minimum_band_goes_only_when_a_lead_who_did_not_ask_confirms(filled: Session) -> None:
    with other(filled, "amina", Role.ANALYST) as amina, other(filled, "bilal", Role.LEAD) as bilal:
        before = score(amina)
        asked = corrections.correct_factor(amina, ONE, "floor.access", "means nothing", "misread")
        assert (asked.state, score(amina).band) == ("waits for a lead", before.band)
        with pytest.raises(Refused, match="may not"):
            corrections.confirm_correction(amina, asked.id)
        assert list(corrections.list_correction_ids(bilal, waiting=True)) == [asked.id]
        done = corrections.confirm_correction(bilal, asked.id)
        assert (done.state, done.confirmed_by) == ("applied", "bilal")
        assert score(amina).band > before.band
        with pytest.raises(Refused, match="no confirmation"):
            corrections.confirm_correction(bilal, asked.id)
        own = corrections.correct_band(bilal, ONE, "A", "found at the address")
        assert own.state == "applied" and score(bilal).band == "A"
        down = corrections.correct_band(bilal, ONE, "E", "no danger")
        assert (down.state, score(bilal).band) == ("waits for a lead", "A"), "a band that a person raised is a minimum too"
        with pytest.raises(Refused, match="different user"):
            corrections.confirm_correction(bilal, down.id)
        assert corrections.confirm_correction(filled, down.id).state == "applied"
        assert score(filled).band == "E"
    assert references.find_problems(filled.store.read()) == []


def test_a_store_with_one_user_needs_no_second_person(filled: Session) -> None:
    made = corrections.correct_factor(filled, ONE, "floor.access", "means nothing", "misread")
    assert (made.state, made.confirmed is not None, made.confirmed_by) == ("applied", True, None)


def test_nothing_of_the_child_lane_is_lowered(filled: Session) -> None:
    card = score(filled, LANE)
    assert "child lane" in card.flags
    with pytest.raises(Refused, match="child"):
        corrections.correct_band(filled, LANE, "E", "no danger")
    lane = next(each.rule for each in card.factors if each.rule.startswith("lane."))
    with pytest.raises(Refused, match="child lane"):
        corrections.correct_factor(filled, LANE, lane, "means nothing", "adult")
    assert corrections.correct_factor(filled, LANE, lane, "agree", "read").state == "recorded"
    assert corrections.correct_band(filled, LANE, "A", "help first").state == "applied"


def test_others_corrections_are_undone_by_a_lead_only(filled: Session) -> None:
    with other(filled, "amina", Role.ANALYST) as amina, other(filled, "bilal", Role.ANALYST) as bilal:
        made = corrections.correct_factor(amina, ONE, risk_rule(amina), "means nothing", "read")
        with pytest.raises(Refused, match="may not"):
            corrections.undo_correction(bilal, made.id)
    assert corrections.undo_correction(filled, made.id).undone_by == "first"


def test_undoing_brings_back_what_was_said_before(filled: Session) -> None:
    rule = risk_rule(filled)
    first = corrections.correct_factor(filled, ONE, rule, "means nothing", "one")
    second = corrections.correct_factor(filled, ONE, rule, "agree", "two")
    assert points(filled)[rule] > 0
    corrections.undo_correction(filled, second.id)
    assert points(filled)[rule] == 0
    corrections.undo_correction(filled, first.id)
    assert points(filled)[rule] > 0


def test_a_new_version_and_new_rules_keep_it_and_another_value_makes_it_stale(filled: Session, tmp_path: Path) -> None:
    corrections.correct_factor(filled, ONE, "floor.access", "means nothing", "misread")
    rule_files.export_rules(filled, tmp_path / "rules")
    frame = tmp_path / "rules/frame.toml"
    frame.write_text(frame.read_text().replace('version = "', 'version = "9'))
    rules.use_rules(filled, tmp_path / "rules")
    assert score(filled).corrections[0].state == "applied"
    with filled.store.batch() as batch:
        judgement.mark_all_stale(batch)
    assess(filled)
    assert score(filled).corrections[0].state == "applied"
    import_bundles(filled, [write(tmp_path / "v2", ONE, accessToChildVictim="Yes", city="Sialkot")], receipt=Receipt())
    assert score(filled).corrections[0].state == "applied"
    import_bundles(filled, [write(tmp_path / "v3", ONE, accessToChildVictim="Yes, a nephew")], receipt=Receipt())
    assert len(load_report_view(filled, ONE).versions) == 3
    card = score(filled)
    assert (card.corrections[0].state, card.band) == ("stale", "A")


def test_a_kill_before_the_card_is_made_loses_nothing(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    before = score(filled)
    with monkeypatch.context() as patch:
        patch.setattr(corrections, "reassess", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            corrections.correct_band(filled, ONE, "E", "no danger")
    assert score(filled) == before, "the card is made after the commit"
    assert corrections.list_corrections(filled, ONE)[0].state == "not judged yet"
    assess(filled)
    assert score(filled).band == "E"


def test_the_same_reports_and_corrections_give_the_same_card(filled: Session, tmp_path: Path) -> None:
    corrections.correct_factor(filled, ONE, risk_rule(filled), "means nothing", "read")
    corrections.correct_band(filled, ONE, "C", "no danger")
    before = to_plain(load_report_view(filled, ONE))
    with filled.store.batch() as batch:
        judgement.mark_all_stale(batch)
    assess(filled, workers=2)
    assert to_plain(load_report_view(filled, ONE)) == before


def test_what_a_person_did_not_see_is_not_corrected(filled: Session) -> None:
    rule = risk_rule(filled)
    with pytest.raises(Refused, match="has changed"):
        corrections.correct_factor(filled, ONE, rule, "agree", "read", seen="another value")
    with pytest.raises(NotFound, match="no factor"):
        corrections.correct_factor(filled, ONE, "no.such", "agree", "read")
    with pytest.raises(Refused, match="reason"):
        corrections.correct_factor(filled, ONE, rule, "agree", "  ")
    with pytest.raises(Refused, match="no verdict"):
        corrections.correct_factor(filled, ONE, rule, "perhaps", "read")
    with pytest.raises(Refused, match="no band"):
        corrections.correct_band(filled, ONE, "F", "read")
    with pytest.raises(Refused, match="already"):
        corrections.correct_band(filled, ONE, score(filled).band, "read")
    assert not corrections.list_correction_ids(filled)


def test_a_report_that_has_changed_is_read_again_before_it_is_corrected(filled: Session) -> None:
    (report_id,) = [row.id for row in list_queue_rows(filled, QueueFilter()) if row.report_id == ONE]
    with filled.store.batch() as batch:
        judgement.mark_stale(batch, [report_id])
    with pytest.raises(Refused, match="try again"):
        corrections.correct_band(filled, ONE, "E", "no danger")
    assess(filled)
    assert corrections.correct_band(filled, ONE, "E", "no danger").state == "applied"


def test_a_lowered_band_does_not_rest_on_what_new_rules_found_since(filled: Session, tmp_path: Path) -> None:
    """A card that waits for new rules is still the one that people see."""
    corrections.correct_factor(filled, ONE, "floor.access", "means nothing", "misread")
    rule_files.export_rules(filled, tmp_path / "rules")
    risk = tmp_path / "rules/risk.toml"
    name = risk_rule(filled)
    risk.write_text(risk.read_text().replace(f'id = "{name}"', f'id = "{name}.renamed"'))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "assess", lambda *_, **__: None)
        rules.use_rules(filled, tmp_path / "rules")
    corrections.correct_band(filled, ONE, "E", "no danger")
    assess(filled)
    assert [each.state for each in corrections.list_corrections(filled, ONE)][-1] == "stale"


def test_a_lowered_band_rests_also_on_factors_that_a_stronger_one_excludes() -> None:
    """Of the provider's classes the card prints only the gravest; the others are no news."""
    what = material(files=(file("a", classification="A1"), file("b", classification="B1")))
    bases = factor_bases(what, HERE, {}, around(), shipped_rules())
    assert bases.excluded == {"material.B1"}
    assert {rule for rule, _ in corrections._seen_basis(priority.score(what, HERE, {}, around()), bases)} == set(bases.risk)


def test_destruction_takes_the_words_away(filled: Session, tmp_path: Path) -> None:
    add_person(filled.store, "second", [Role.LEAD], WORDS)
    corrections.correct_factor(filled, ONE, risk_rule(filled), "agree", "very particular words")
    destruction.destroy_report(
        filled, ONE, reason="acquitted", order="order 1", second=Consent("second", WORDS), certificate=tmp_path / "gone.json"
    )
    assert not sql.list_correction_ids(filled.store.read(), waiting=False)


def test_counts_per_rule_tell_each_report_once(filled: Session) -> None:
    rule = risk_rule(filled)
    corrections.correct_factor(filled, ONE, rule, "agree", "one")
    corrections.correct_factor(filled, ONE, rule, "means nothing", "two")
    undone = corrections.correct_factor(filled, ONE, "floor.access", "cannot tell", "three")
    corrections.undo_correction(filled, undone.id)
    counts = {each.rule: each for each in count_rules(filled)}
    assert (counts[rule].agreed, counts[rule].means_nothing, counts[rule].cannot_tell) == (0, 1, 0)
    assert (counts["floor.access"].applied, counts["floor.access"].cannot_tell) == (1, 0)
    assert counts["floor.escalated"].applied == 0


def test_a_killed_program_loses_neither_the_correction_nor_its_card(filled: Session, tmp_path: Path) -> None:
    """kill -9 right behind the commit, before the card is made anew."""
    store = filled.store.directory
    filled.close()
    (tmp_path / "words").write_text("seven green boats\n")
    done = subprocess.run(
        [
            sys.executable, "-c", KILLED, "correct", ONE, "--band", "E", "--reason", "no danger", "--store", str(store),
            "--user", "first", "--passphrase-file", str(tmp_path / "words"),
        ],
        timeout=120,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    with unlock(store, "first", "seven green boats") as again:
        assert [each.reason for each in corrections.load_corrections(again, corrections.list_correction_ids(again)).values()] == [
            "no danger"
        ]
        assess(again)
        assert score(again).band == "E"
        assert verify_record(again).valid


KILLED = """
import os, signal
from triage.jobs.casework import corrections
corrections.reassess = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from triage.cli.run import main
main()
"""
