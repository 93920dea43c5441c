"""The bench of judgement can fail: its truth follows no incident type, and each source of evidence moves its figures."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from bench.judgement import __main__ as command
from bench.judgement import expectations, expected_cards, sentences
from bench.judgement.figures import WORKLOADS, measure, measure_false, measure_recall, share_of
from bench.judgement.judging import JudgedReport, judge_month, judge_through_store
from bench.judgement.months import Mix, MonthReport, Truth, make_month
from bench.judgement.orders import sort_by_all
from bench.judgement.providers import SOURCES, Source
from bench.judgement.sentences import INTENTS, LANGUAGES, SETS, Sentence, find_leaks, find_shared_wording, read_sentences
from bench.judgement.twins import ENTICEMENT, judge_sentences
from triage import priority
from triage.model.judgement import ScoreCard
from triage.resources import resource

TRAIN = Path(sentences.__file__).parents[1] / "intents" / "data" / "train"
SMALL = 250
MIX = Mix(grave=0.3)
"""Many grave reports, so that a small month shows a difference."""


@cache
def small_month(*without: Source) -> list[JudgedReport]:
    return judge_month(make_month(1, SMALL, Mix(grave=0.3, without=frozenset(without))))


def grave_in_a_or_b(month: list[JudgedReport]) -> int:
    return sum(judged.truth.grave and judged.band in "AB" for judged in month)


# --- sentences


@pytest.mark.parametrize(("set_name", "least"), [("tune", 15), ("test", 25), ("fresh", 5)])
def test_every_intent_has_enough_sentences_in_every_language(set_name: str, least: int) -> None:
    counted = Counter((s.language, s.intent, s.positive) for s in read_sentences(set_name))
    wanted = [(language, intent, positive) for language in LANGUAGES for intent in INTENTS for positive in (True, False)]
    assert {key: counted[key] for key in wanted if counted[key] < least} == {}


def test_no_author_writes_for_two_sets_and_every_language_has_several() -> None:
    authors = {name: {s.author for s in read_sentences(name)} for name in SETS}
    assert not any(authors[one] & authors[other] for one, other in combinations(SETS, 2))
    for name in SETS:
        for language in LANGUAGES:
            of = {s.author for s in read_sentences(name) if s.language == language}
            assert len(of) >= 4 and any(author.startswith("staff") for author in of), (name, language)


def test_sets_share_no_wording() -> None:
    for one, other in combinations(SETS, 2):
        assert list(find_shared_wording(*([s.text for s in read_sentences(name)] for name in (one, other)))) == []


def test_training_data_share_no_wording_with_a_set() -> None:
    """What stands here has to leave the training data; `python -m bench.judgement.sentences` names file and line."""
    assert [f"{path.name}:{number}" for path, number, _ in find_leaks(TRAIN)] == []


def test_a_leak_is_found_in_training_data_of_any_form(tmp_path: Path) -> None:
    leaked = read_sentences("test")[0].text
    (tmp_path / "a.tsv").write_text(
        f"threat\tsays\tsomebody\tnothing of the kind here\nthreat\tsays\tsomebody\t{leaked.upper()}\n"
    )
    (tmp_path / "b.txt").write_text("words of our own\n")
    assert [(path.name, number) for path, number, _ in find_leaks(tmp_path)] == [("a.tsv", 2)]


def test_shared_wording_is_found_through_case_marks_and_a_changed_word() -> None:
    theirs = ["Wait for me behind the school at two", "an entirely different line of words"]
    assert list(find_shared_wording(["WAIT, for me: behind the school at two!"], theirs))
    assert list(find_shared_wording(["wait for me behind the school at four"], theirs))
    assert not list(find_shared_wording(["the school is behind the park"], theirs))


# --- months


def test_a_month_is_the_same_again_and_another_with_another_seed() -> None:
    assert make_month(1, 20, MIX) == make_month(1, 20, MIX)
    assert [r.document for r in make_month(1, 20, MIX)] != [r.document for r in make_month(2, 20, MIX)]


def incident_type(report: MonthReport) -> str:
    return str(json.loads(report.document)["reportedInformation"]["incidentSummary"]["incidentType"])[:12]


def test_truth_follows_neither_type_nor_provider_nor_language() -> None:
    month = make_month(3, 1_600, Mix(grave=0.5))
    for read in (incident_type, lambda r: r.truth.profile, lambda r: r.truth.language):
        grave = Counter(read(report) for report in month if report.truth.grave)
        harmless = Counter(read(report) for report in month if not report.truth.grave)
        for value in grave | harmless:
            ours, theirs = grave[value] / grave.total(), harmless[value] / harmless.total()
            assert abs(ours - theirs) < 0.08, (value, ours, theirs)  # three standard errors of a share of one half


@pytest.mark.parametrize("source", SOURCES)
def test_without_a_source_nothing_tells_by_it_and_the_rest_stays(source: Source) -> None:
    whole, less = make_month(1, 200, MIX), make_month(1, 200, Mix(grave=0.3, without=frozenset([source])))
    assert any(source in report.truth.told_by for report in whole)
    assert not any(source in report.truth.told_by for report in less)
    assert [(r.truth.grave, r.truth.about, incident_type(r)) for r in whole] == [
        (r.truth.grave, r.truth.about, incident_type(r)) for r in less
    ]


def test_chats_come_as_files_when_asked() -> None:
    plain, filed = make_month(1, 60, MIX), make_month(1, 60, Mix(grave=0.3, chat_files=1.0))
    chats = [name for report in filed for name, _ in report.files if "-chat." in name]
    assert chats and not [name for report in plain for name, _ in report.files if "-chat." in name]
    assert not any(b'"contents"' in report.document for report in filed)


# --- the bench can fail


@pytest.mark.parametrize("source", SOURCES)
def test_removing_a_source_of_evidence_moves_the_figures(source: Source) -> None:
    whole, less = small_month(), small_month(source)
    assert grave_in_a_or_b(less) < grave_in_a_or_b(whole)
    assert any(measure_recall([less], workload) != measure_recall([whole], workload) for workload in WORKLOADS)


def test_sorting_by_type_is_visibly_worse() -> None:
    orders = sort_by_all(small_month())
    triage, by_type = measure_recall([orders["Triage"]], 0.2), measure_recall([orders["incident type"]], 0.2)
    assert by_type.value is not None and triage.value is not None
    assert by_type.value < triage.value - 0.1


def test_a_sabotaged_scorer_is_visibly_worse() -> None:
    """Only rules on the incident type are left on."""
    shipped = priority.shipped_rules()
    off = {r.id: False for r in shipped.rules if not r.id.startswith("type.") and r.flag != priority.CHILD_LANE}
    only_types = priority.rules_from(priority.edited_rules(priority.rule_texts(resource("rules")), priority.RuleEdit(on=off)))
    sabotaged = judge_month(make_month(1, SMALL, MIX), only_types)
    assert grave_in_a_or_b(sabotaged) < grave_in_a_or_b(small_month()) / 2
    worse, whole = measure_recall([sabotaged], 0.2), measure_recall([small_month()], 0.2)
    assert worse.value is not None and whole.value is not None and worse.value < whole.value - 0.05


# --- judging


def test_the_direct_way_gives_the_cards_of_a_full_import() -> None:
    """But for what other reports of a store add: ties, which count for actionability only."""

    def core(card: ScoreCard) -> object:
        rules = sorted((f.rule, f.points) for f in card.factors if f.axis != "actionability")
        return card.band, card.risk, card.flags, rules

    month = make_month(7, 24, MIX)
    direct = {judged.number: judged for judged in judge_month(month)}
    stored = {judged.number: judged for judged in judge_through_store(month)}
    assert direct.keys() == stored.keys()
    assert {n: core(j.card) for n, j in stored.items()} == {n: core(j.card) for n, j in direct.items()}
    assert {n: j.location for n, j in stored.items()} == {n: j.location for n, j in direct.items()}


# --- figures


def test_shares_have_wilson_intervals() -> None:
    share = share_of(8, 10)
    assert (share.value, round(share.low, 3), round(share.high, 3)) == (0.8, 0.49, 0.943)
    assert share_of(0, 0).value is None and (share_of(0, 0).low, share_of(0, 0).high) == (0.0, 1.0)


def test_recall_counts_the_grave_among_the_first_of_each_month() -> None:
    def judged(n: int, grave: bool) -> JudgedReport:
        like = small_month()[0]
        truth = Truth(grave=grave, about="", told_by=(), language="", profile="")
        return JudgedReport(number=str(n), truth=truth, report=like.report, location=like.location, card=like.card)

    month = [judged(n, n in (0, 9)) for n in range(10)]
    assert measure_recall([month, month], 0.1).value == 0.5
    assert measure_recall([month[::-1]], 0.1).value == 0.5
    assert measure_false([month], month[0].band).value == 0.8


def test_all_figures_are_there_and_no_order_beats_the_best() -> None:
    found = measure([small_month()])
    assert set(found["recall"]) == {"Triage", "arrival", "NCMEC's code", "incident type", "published weights", "best possible"}
    for workload, best in found["recall"]["best possible"].items():
        assert all(shares[workload]["value"] <= best["value"] for shares in found["recall"].values())
    assert set(found["groups"]["language"]) == set(LANGUAGES)
    assert json.loads(json.dumps(found)) == found


# --- expectations and twins


def test_expectations_fall_into_two_halves_of_every_subject() -> None:
    tune, test = expectations.expectations_of("tune"), expectations.expectations_of("test")
    assert len(tune) + len(test) == len(expectations.all_expectations()) >= 120
    assert {e.point for e in tune} == {e.point for e in test} == {"0", "2", "4", "5", "9"}


def test_expectations_are_checked_on_real_cards() -> None:
    plain = expected_cards.report()
    contact = expected_cards.report(ENTICEMENT)
    rows = [
        (expected_cards.goes_before, (contact, plain)),
        (expected_cards.goes_before, (plain, contact)),
        (expected_cards.judged_alike, (plain, plain)),
    ]
    assert expected_cards.check([expected_cards.Expectation("0", "", test, reports) for test, reports in rows]) == [
        True,
        False,
        True,
    ]


def test_a_sentence_is_judged_in_a_bare_report() -> None:
    said = Sentence("english", "self_harm", "says", "test", "i want to kill myself")
    (_, band), (_, bare) = judge_sentences([said, Sentence("english", "age", "everyday", "test", "good morning")])
    assert band < bare


def test_the_command_prints_all_tables(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command, "measure_sentences", lambda *_: {"raised": {"all": {"all": {"value": 0.5, "of": 2}}}})
    monkeypatch.setattr("sys.argv", ["bench", "--reports", "40", "--seeds", "1", "2", "--without", "words"])
    command.main()
    printed = capsys.readouterr().out
    assert "of 80 reports" in printed and "best possible" in printed and "50% of 2" in printed
