"""Learning from outcomes: rates with intervals, a sample from every band below A, proposals that nobody applies, providers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.jobs.bundles import le_json
from triage.errors import Refused
from triage.jobs.casework.decisions import decide
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging import proposals, rule_outcomes, rules, sampling
from triage.jobs.judging.rule_outcomes import is_confirmed, measure_rules
from triage.jobs.leaving import rule_files
from triage.jobs.reading import provider_profiles
from triage.jobs.reading.provider_profiles import measure_providers
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.session import Session
from triage.model.casework import Closing
from triage.model.handover import Receipt
from triage.model.views import QueueFilter

ACCESS = [str(900000600 + n) for n in range(12)]
PLAIN = [str(900000620 + n) for n in range(12)]


@pytest.fixture
def filled(session: Session, tmp_path: Path) -> Session:
    """Twelve reports of a provider that states access to a child, and twelve of one that states nothing."""
    for number in (*ACCESS, *PLAIN):
        folder = tmp_path / "in" / number
        folder.mkdir(parents=True)
        document = json.loads(le_json(int(number)))
        said = document["reportedInformation"]
        said["reportedPeople"]["reportedPersons"][0].pop("phones")
        if number in ACCESS:
            said["reportedPeople"]["reportedPersons"][0]["accessToChildVictim"] = "Yes"
        else:
            said["reportingEsp"]["espName"] = "Paper Boat"
        (folder / "r.json").write_text(json.dumps(document))
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    return session


def close_all(session: Session) -> None:
    for number in ACCESS:
        decide(session, number, status="case_opened")
    for number in PLAIN:
        decide(session, number, status="closed", reason="not abuse material")


def test_without_outcomes_it_says_so_and_never_nought(filled: Session) -> None:
    decide(filled, ACCESS[0], status="case_opened")
    found = measure_rules(filled)
    rule = next(each for each in found.rules if each.rule == "floor.access")
    assert (rule.applied, rule.share.of, rule.enough, rule.rate, rule.lift) == (12, 1, False, None, None)
    assert all(band.rate is None for band in found.bands)


def test_rules_and_bands_are_measured_by_what_became_of_their_reports(filled: Session) -> None:
    close_all(filled)
    found = measure_rules(filled)
    assert (found.base.hits, found.base.of) == (12, 24)
    rule = next(each for each in found.rules if each.rule == "floor.access")
    assert (rule.share.hits, rule.share.of, rule.rate, rule.lift, rule.band) == (12, 12, 1.0, 2.0, "A")
    assert 0.7 < rule.share.low < rule.share.high == 1.0
    top = next(each for each in found.bands if each.band == "A")
    assert (top.share.hits, top.share.of, top.rate) == (12, 12, 1.0)


def test_a_duplicate_or_too_little_information_says_nothing_of_a_rule() -> None:
    assert is_confirmed("referred", None) and is_confirmed("closed", Closing.WORKED.value)
    assert is_confirmed("closed", Closing.ADULT.value) is False
    for reason in (Closing.DUPLICATE, Closing.INSUFFICIENT, Closing.AGE_UNCERTAIN, Closing.DECLINED):
        assert is_confirmed("closed", reason.value) is None
    assert is_confirmed("in_progress", None) is None


def test_the_sample_draws_from_every_band_below_a(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    bands = {row.report_id: row.band for row in list_queue_rows(filled, QueueFilter())}
    plain = bands[PLAIN[0]]
    monkeypatch.setattr(sampling, "SHARES", (((sampling.BANDS.index(plain),), 3),))
    drawn = sampling.draw_sample(filled, "2026-W48")
    assert len(drawn.reports) == 3 and {bands[number] for number in drawn.reports} == {plain}
    assert sampling.draw_sample(filled, "2026-W48").reports == drawn.reports
    for number in drawn.reports:
        decide(filled, number, status="closed", reason="not abuse material")
    ranking = sampling.show_ranking(filled)
    assert ranking.sampled_by_band[plain].of == 3 and "A" not in ranking.sampled_by_band
    assert ranking.missed.of == (3 if plain in "DE" else 0)


def test_what_was_drawn_from_a_graver_band_was_not_missed(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "SHARES", (((sampling.BANDS.index("A"),), 3),))
    for number in sampling.draw_sample(filled, "2026-W48").reports:
        decide(filled, number, status="case_opened")
    assert (sampling.show_ranking(filled).missed.of, sampling.show_ranking(filled).sampled) == (0, 3)


def test_the_shares_of_the_sample_stand_in_one_place() -> None:
    drawn = {sampling.BANDS[band]: count for bands, count in sampling.SHARES for band in bands}
    assert set(drawn) == {"B", "C", "D", "E"} and sampling.PER_WEEK == 30


def test_proposals_are_a_folder_to_try_and_change_nothing(
    filled: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_all(filled)
    with pytest.raises(Refused, match="not enough decided"):
        rule_files.export_proposal(filled, tmp_path / "few")
    assert not (tmp_path / "few").exists()
    before = rules.show_rules(filled).name
    found = rule_files.export_proposal(filled, tmp_path / "out", least=10)
    assert found.decided == 24 and found.changes
    table = json.loads((tmp_path / "out" / proposals.CHANGES).read_bytes())
    assert [each["rule"] for each in table["changes"]] == [each.rule for each in found.changes]
    trial = rules.try_rules(filled, tmp_path / "out")
    assert trial.reports == 24 and trial.name != before
    assert rules.show_rules(filled).name == before


def test_providers_are_told_apart_by_what_they_state(filled: Session) -> None:
    close_all(filled)
    found = {each.name: each for each in measure_providers(filled)}
    assert set(found) == {"Lantern Chat", "Paper Boat"}
    assert (found["Paper Boat"].reports, found["Paper Boat"].flagged.hits, found["Paper Boat"].viewed.hits) == (12, 0, 0)
    assert (found["Lantern Chat"].confirmed.hits, found["Lantern Chat"].confirmed.of) == (12, 12)
    assert rule_outcomes.LEAST_DECIDED == 10


def test_of_a_provider_with_many_reports_some_are_read(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_profiles, "MOST_READ", 5)
    close_all(filled)
    found = {each.name: each for each in measure_providers(filled)}
    assert (found["Paper Boat"].reports, found["Paper Boat"].with_text.of) == (12, 5)
    assert (found["Lantern Chat"].confirmed.of, found["Lantern Chat"].viewed.of) == (12, 5)
    assert found == {each.name: each for each in measure_providers(filled)}, "the lot falls on the same ones"
