"""Rules that a lead changes, clusters, and the weekly sample."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import MakeStore
from triage.errors import Cancelled, NotFound, Refused, WorldError
from triage.jobs.casework import cases
from triage.jobs.casework.decisions import decide
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging import rules, sampling
from triage.jobs.judging.assess import assess
from triage.jobs.judging.cluster_keeping import find_component, update_cluster
from triage.jobs.judging.rule_book import load_rule_book
from triage.jobs.leaving import rule_files
from triage.jobs.leaving.export_queue import export_queue
from triage.jobs.lookup import find_report
from triage.jobs.reading import clusters
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.jobs.stats import load_statistics
from triage.model.handover import Receipt
from triage.model.progress import CancelToken
from triage.model.views import QueueFilter
from triage.priority import RuleEdit
from triage.store.queries import clusters as clusters_sql
from triage.store.queries import judgement

NUMBERS = [str(900000400 + n) for n in range(6)]


def import_report(session: Session, folder: Path, number: str, phone: str, user: str, minute: str) -> None:
    """Imports a report of this user, phone and minute."""
    (folder / number).mkdir(parents=True)
    document = le_json(int(number)).decode()
    document = document.replace("+92 300 0000777", phone).replace(f"user_{number}", user)
    document = document.replace("2026-10-01T05:00:00Z", minute).replace(f"u{number}@", f"{user}@")
    (folder / number / "r.json").write_text(document)
    (folder / number / f"{number}.jpg").write_bytes(jpeg(int(number)))


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    """Three reports of one person, of which two are of one sitting; two of another person; one alone."""

    def fill(session: Session, folder: Path) -> None:
        what = [
            *[("1", "kite", time) for time in ("01T05:00", "01T09:00", "02T05:00")],
            ("2", "reed", "01T05:00"),
            ("2", "reed", "02T06:00"),
            ("3", "moss", "01T05:00"),
        ]
        for number, (phone, user, time) in zip(NUMBERS, what, strict=True):
            import_report(session, folder / "in", number, f"+92 300 000070{phone}", user, f"2026-10-{time}:00Z")
        import_bundles(session, [folder / "in"], receipt=Receipt())

    return make_store(fill)


def test_clusters_count_an_event_once_and_name_who_comes_again(filled: Session) -> None:
    found = clusters.list_clusters(filled)
    assert [(c.reports, c.events) for c in found] == [(tuple(NUMBERS[:3]), 2), (tuple(NUMBERS[3:5]), 2)]
    assert (found[0].first, found[0].last) == ("2026-10-01", "2026-10-02")
    assert ("reported user", "phone", 2) in {(r.of, r.kind, r.events) for r in found[0].repeated}
    case = cases.open_case(filled, [NUMBERS[0]])
    of_one = clusters.show_links(filled, NUMBERS[2])
    assert of_one.cluster is not None and of_one.cluster.open_cases == (case.number,)
    assert clusters.show_links(filled, NUMBERS[5]).cluster is None


def test_prior_counts_take_distinct_events(filled: Session) -> None:
    def prior(number: str) -> list[str]:
        return [str(f.value) for f in load_report_view(filled, number).score.factors if "in the store" in str(f.value)]

    assert prior(NUMBERS[2]) == ["0 named by the source, 1 linked in the store"]
    assert prior(NUMBERS[0]) == ["0 named by the source, 1 linked in the store"]


def test_a_cluster_falls_apart_when_its_bridge_goes(filled: Session) -> None:
    with filled.store.batch() as batch:
        ids = [find_report(batch, number) for number in NUMBERS]
        for one, others in (
            (ids[0], {ids[1]: 80}),
            (ids[1], {ids[0]: 80, ids[2]: 80}),
            (ids[2], {ids[1]: 80}),
            (ids[1], {ids[0]: 80}),
            (ids[2], {ids[3]: 60}),
        ):
            update_cluster(batch, one, clusters_sql.load_links(batch, [one]).get(one, {}), others)
        for one in ids:
            part = find_component(batch, one)
            roots = clusters_sql.load_cluster_roots(batch, part)
            assert set(roots.values()) == ({min(part)} if len(part) > 1 else set())


def test_rules_are_tried_used_and_taken_back(filled: Session, tmp_path: Path) -> None:
    before = load_report_view(filled, NUMBERS[0])
    out = tmp_path / "rules"
    assert rule_files.export_rules(filled, out) == before.score.rules
    assert rules.try_rules(filled, out).moved == 0
    frame = out / "frame.toml"
    frame.write_text(
        frame.read_text().replace("D = 5.0", "D = 0.1").replace("C = 14.0", "C = 0.2").replace("B = 22.0", "B = 0.3")
    )
    trial = rules.try_rules(filled, out)
    assert trial.moved == len(trial.moves) > 0
    assert sum(now for now, _ in trial.bands.values()) == sum(then for _, then in trial.bands.values()) == len(NUMBERS)
    assert load_report_view(filled, NUMBERS[0]) == before
    name = rules.use_rules(filled, out)
    assert name == trial.name != before.score.rules
    moved = {move.report_id: move.would_be for move in trial.moves}
    assert {r.report_id: r.band for r in list_queue_rows(filled, QueueFilter()) if r.report_id in moved} == moved
    assert load_report_view(filled, NUMBERS[0]).score.rules == name
    export_queue(filled, QueueFilter(), tmp_path / "q.csv")
    rows = list(csv.DictReader((tmp_path / "q.csv").read_text("utf-8-sig").splitlines()))
    assert {row["Rules"] for row in rows} == {name}
    assert rules.back(filled) == before.score.rules
    assert load_report_view(filled, NUMBERS[0]).score == before.score
    assert [(u.name, u.taken_back) for u in rules.show_rules(filled).uses] == [(name, True)]
    with pytest.raises(NotFound):
        rules.back(filled)


def test_a_revert_changes_only_the_rules_that_were_compared(filled: Session) -> None:
    first = rules.use_edit(filled, RuleEdit(bands={"D": 4.5}), load_rule_book(filled).name)
    tried = rules.try_back(filled)
    second = rules.use_edit(filled, RuleEdit(bands={"D": 4.0}), first)
    with pytest.raises(Refused, match="meanwhile"):
        rules.back(filled, tried=tried)
    assert rules.show_rules(filled).name == second
    assert rules.back(filled, tried=rules.try_back(filled)) == first


def test_rules_are_edited_where_they_are_read(filled: Session) -> None:
    book = load_rule_book(filled)
    assert book.shipped and not book.can_go_back and book.since is None and book.waiting == 0
    assert {family.name for family in book.families} == {rule.family for rule in book.rules if rule.family}
    assert all(0 < family.reach <= family.cap for family in book.families)
    before = {row.report_id: row.band for row in list_queue_rows(filled, QueueFilter())}
    edit = RuleEdit(amounts={"type.material": 1.0}, bands={"B": 0.3, "C": 0.2, "D": 0.1}, on={"floor.live": False})
    trial = rules.try_edit(filled, edit, book.name)
    assert trial.moved == len(trial.moves) > 0 and trial.name != book.name
    assert all(move.band == before[move.report_id] for move in trial.moves)
    assert all(set(move.why) <= {"type.material", "floor.live", rules.WHERE_BANDS_BEGIN} for move in trial.moves)
    assert any(rules.WHERE_BANDS_BEGIN in move.why for move in trial.moves)
    assert load_rule_book(filled) == book, "trying stores nothing"
    assert rules.use_edit(filled, edit, book.name) == trial.name
    after = load_rule_book(filled)
    assert (after.name, after.by, after.can_go_back, after.waiting) == (trial.name, "first", True, 0)
    assert after.bands["C"] == 0.2 and not next(r for r in after.rules if r.id == "floor.live").on
    moved = {move.report_id: move.would_be for move in trial.moves}
    assert {r.report_id: r.band for r in list_queue_rows(filled, QueueFilter()) if r.report_id in moved} == moved
    with pytest.raises(Refused, match="meanwhile"):
        rules.use_edit(filled, edit, book.name)
    back = rules.try_back(filled)
    assert (back.name, back.moved) == (book.name, trial.moved)
    assert rules.back(filled) == book.name
    assert {row.report_id: row.band for row in list_queue_rows(filled, QueueFilter())} == before
    with pytest.raises(NotFound):
        rules.try_back(filled)


def test_judging_by_new_rules_goes_on_where_it_was_stopped(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.jobs.judging.assess.AT_ONCE", 1)  # so few are else judged in one go
    stop = CancelToken()
    stop.cancel()
    name = load_rule_book(filled).name
    with pytest.raises(Cancelled):
        rules.use_edit(filled, RuleEdit(bands={"D": 5.0}), name, cancel=stop)
    waiting = load_rule_book(filled)
    assert waiting.name != name and waiting.waiting == len(NUMBERS)
    rules.judge_rest(filled)
    assert load_rule_book(filled).waiting == 0
    assert load_report_view(filled, NUMBERS[0]).score.rules == waiting.name


def test_rules_that_break_a_promise_are_refused(filled: Session, tmp_path: Path) -> None:
    out = tmp_path / "rules"
    rule_files.export_rules(filled, out)
    (out / "risk.toml").write_text("[[rule]]\nid = 1\n")
    with pytest.raises(WorldError, match=r"risk\.toml"):
        rules.use_rules(filled, out)
    (tmp_path / "x.zip").write_bytes(b"no zip")
    with pytest.raises(Refused):
        rules.try_rules(filled, tmp_path / "x.zip")


def test_the_weeks_sample_is_drawn_once_and_its_misses_are_counted(filled: Session) -> None:
    with filled.store.batch() as batch:
        batch.execute("UPDATE queue SET band = 3")
    found = sampling.draw_sample(filled, "2026-W48")
    assert found.new and set(found.reports) == set(NUMBERS)
    assert sampling.draw_sample(filled, "2026-W48") == sampling.Sample(week="2026-W48", reports=found.reports, new=False)
    assert sampling.draw_sample(filled, "2026-W49").reports == ()
    with pytest.raises(Refused):
        sampling.draw_sample(filled, "last week")
    decide(filled, NUMBERS[0], status="case_opened")
    decide(filled, NUMBERS[1], status="closed", reason="duplicate")
    ranking = load_statistics(filled).ranking
    assert (ranking.sampled, ranking.missed.hits, ranking.missed.of) == (6, 1, 2)
    assert ranking.missed.low < 0.5 < ranking.missed.high
    assert "D" in ranking.first_look_hours
    assert sum(p.cases for p in ranking.by_provider) == 0, "a status alone puts no report in a case"
    cases.open_case(filled, NUMBERS[2:4])
    ranking = load_statistics(filled).ranking
    assert sum(p.cases for p in ranking.by_provider) == sum(ranking.cases_by_band.values()) == 2


def test_the_sample_is_shown_with_how_far_it_is(filled: Session) -> None:
    with filled.store.batch() as batch:
        batch.execute("UPDATE queue SET band = 3")
    assert sampling.show_sample(filled, "2026-W48").reports == ()
    sampling.draw_sample(filled, "2026-W48")
    decide(filled, NUMBERS[0], status="case_opened")
    decide(filled, NUMBERS[1], status="in_progress", assignee="first")
    found = sampling.show_sample(filled, "2026-W48")
    assert found.weeks == (sampling.WeekCount(week="2026-W48", of=6, worked=1, hits=1),)
    by_number = {report.report_id: report for report in found.reports}
    assert set(by_number) == set(NUMBERS)
    assert by_number[NUMBERS[0]].worked and not by_number[NUMBERS[1]].worked
    assert (by_number[NUMBERS[1]].assignee, by_number[NUMBERS[1]].drawn_in) == ("first", "D")
    assert sampling.show_ranking(filled) == load_statistics(filled).ranking


def test_wilsons_interval() -> None:
    assert sampling.compute_share(0, 20) == sampling.Share(hits=0, of=20, low=0.0, high=0.1611)
    assert sampling.compute_share(0, 0).high == 1.0
    assert sampling.compute_share(10, 20).low == pytest.approx(0.2993, abs=1e-3)


def test_scoring_anew_under_the_same_rules_changes_nothing(filled: Session) -> None:
    before = [load_report_view(filled, number) for number in NUMBERS]
    with filled.store.batch() as batch:
        judgement.mark_all_stale(batch)
    assess(filled)
    assert [load_report_view(filled, number) for number in NUMBERS] == before
