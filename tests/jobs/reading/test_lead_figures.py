"""The figures of the leads' page against counting by hand, and the list behind each of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.jobs.bundles import le_json
from tests.jobs.listed import list_outgoing
from tests.people import add_person
from triage.errors import Cancelled, NotFound, Refused
from triage.jobs.casework.cases import open_case
from triage.jobs.casework.decisions import decide
from triage.jobs.casework.funnel import measure_funnel
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging.sampling import draw_sample
from triage.jobs.leaving.export_chart import INTERNAL, export_chart, format_chart_table
from triage.jobs.reading.behind import list_reports_behind
from triage.jobs.reading.lead_figures import AGES, measure_lead_figures
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.lead_figures import Behind, LeadFigures
from triage.model.progress import CancelToken, Progress
from triage.model.users import Role, User
from triage.model.views import QueueFilter, QueueRow

PKT = timedelta(hours=5)
OPEN = ("new", "in_progress", "on_hold")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Some dozens of reports of all ages, on which two people worked."""
    from tests.jobs.conftest import CHEAP
    from triage.store.store import Store

    folder = tmp_path_factory.mktemp("office")
    lot = random.Random(7)
    with Session(Store.create(folder / "store", "first", "seven green boats", cost=CHEAP).store) as session:
        add_person(session.store, "second", [Role.ANALYST], "eight red kites fly")
        numbers = [str(900000001 + n) for n in range(40)]
        for number in numbers:
            received = datetime.now(UTC) - timedelta(
                days=lot.choice((0, 0, 1, 5, 9, 20, 40, 80, 120, 300)), hours=lot.randrange(20)
            )
            place = folder / "in" / number
            place.mkdir(parents=True)
            information = {
                "reportingEsp": {"espName": lot.choice(("Lantern Chat", "Nimbus Chat"))},
                "incidentSummary": {"incidentType": lot.choice(("Apparent Child Pornography", "Online Enticement of Children"))},
            }
            document = le_json(int(number), dateReceived=received.strftime("%Y-%m-%dT%H:%M:%SZ"), reportedInformation=information)
            (place / "r.json").write_bytes(document)
        import_bundles(session, [folder / "in"], receipt=Receipt())
        draw_sample(session)
        for number in numbers[::3]:
            decide(session, number, status="in_progress", assignee=lot.choice(("first", "second")))
        for number in numbers[::4]:
            decide(session, number, status="closed", reason="adult")
        open_case(session, numbers[1:6:2])
        yield session


@pytest.fixture
def figures(office: Session) -> LeadFigures:
    return measure_lead_figures(office)


def rows(session: Session) -> tuple[QueueRow, ...]:
    return list_queue_rows(session, QueueFilter())


def received_day(row: QueueRow) -> date:
    assert row.received is not None
    return (datetime.fromisoformat(row.received) + PKT).date()


def today() -> date:
    return (datetime.now(UTC) + PKT).date()


def all_behind(found: LeadFigures) -> Iterator[tuple[str, int, Behind]]:
    """Every number of the figures, with what it says it counts."""
    for each in (*found.inflow_days, *found.inflow_weeks, found.overdue_duties, found.unassigned):
        yield each.name, each.reports, each.behind
    for part in (*found.by_age, *found.by_office):
        yield f"{part.band} {part.column}", part.reports, part.behind
    for due in found.due:
        yield f"{due.day} {due.name}", due.reports, due.behind
    for month in found.months:
        yield month.month, month.cases, month.behind
    for load in found.load:
        yield f"{load.person} open", load.open, load.open_behind
        yield f"{load.person} finished", load.finished, load.finished_behind
    for provider in found.providers:
        yield provider.name or "not stated", provider.reports, provider.behind
    for miss in (found.missed, *found.missed_weeks):
        yield f"sample {miss.week}", miss.of, miss.behind
        yield f"hits {miss.week}", miss.hits, miss.hits_behind


def test_every_number_opens_as_many_reports_as_it_says(office: Session, figures: LeadFigures) -> None:
    counted = list(all_behind(figures))
    assert len(counted) > 80
    for name, reports, behind in counted:
        found = list_reports_behind(office, behind)
        assert found.total == reports == len(found.rows), name


def test_the_backlog_agrees_with_counting_by_hand(office: Session, figures: LeadFigures) -> None:
    still_open = [row for row in rows(office) if row.status in OPEN]
    assert (figures.open, figures.received) == (len(still_open), len(rows(office)))
    wanted: Counter[tuple[str, str]] = Counter()
    for row in still_open:
        age = (today() - received_day(row)).days
        wanted[row.band, next(name for name, low, high in AGES if age >= low and (high is None or age < high))] += 1
    assert {(part.band, part.column): part.reports for part in figures.by_age} == dict(wanted)
    by_office = Counter((row.band, row.office or "") for row in still_open)
    assert {(part.band, part.column): part.reports for part in figures.by_office} == dict(by_office)


def test_the_inflow_agrees_with_counting_by_hand(office: Session, figures: LeadFigures) -> None:
    days = Counter(received_day(row) for row in rows(office))
    assert [(each.name, each.reports) for each in figures.inflow_days] == [
        (str(day), days[day]) for day in (today() - timedelta(days=27 - n) for n in range(28))
    ]
    assert figures.inflow_weeks[-1].reports == sum(days[today() - timedelta(days=n)] for n in range(7))


def test_the_oldest_open_report_of_each_band(office: Session, figures: LeadFigures) -> None:
    for oldest in figures.oldest:
        own = [row for row in rows(office) if row.band == oldest.band and row.status in OPEN]
        assert oldest.report_id == min(own, key=lambda row: row.received or "").report_id
    assert {oldest.band for oldest in figures.oldest} == {row.band for row in rows(office) if row.status in OPEN}


def test_people_are_counted_by_work(office: Session, figures: LeadFigures) -> None:
    held = Counter(row.assignee for row in rows(office) if row.status in OPEN)
    assert {load.person: load.open for load in figures.load if load.open} == {who: n for who, n in held.items() if who}
    assert figures.unassigned.reports == held[None]
    assert {load.person: load.finished for load in figures.load if load.finished} == {"first": 10}


def test_an_office_narrows_the_figures_of_reports(office: Session, figures: LeadFigures) -> None:
    (name, *_) = figures.offices
    narrowed = measure_lead_figures(office, name)
    assert narrowed.received == sum(row.office == name for row in rows(office))
    assert narrowed.offices == figures.offices
    for part in narrowed.by_age:
        assert list_reports_behind(office, part.behind).total == part.reports
    with pytest.raises(NotFound, match="No report lies"):
        measure_lead_figures(office, "XXX")


def test_progress_is_told_and_a_count_can_be_stopped(office: Session) -> None:
    told: list[Progress] = []
    measure_lead_figures(office, on_progress=told.append)
    assert [each.done for each in told] == list(range(1, told[-1].total + 1))  # type: ignore[operator]
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        measure_lead_figures(office, cancel=token)


def test_each_step_of_the_funnel_opens_its_reports(office: Session) -> None:
    for step in measure_funnel(office).steps:
        assert list_reports_behind(office, Behind(funnel=step.step)).total == step.reports, step.step  # type: ignore[arg-type]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.EXAMINER, Role.ADMIN, Role.AUDITOR])
def test_only_a_lead_sees_the_figures(office: Session, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.store, "user", User(1, "first", frozenset({role})))
    for call in (measure_lead_figures, lambda session: list_reports_behind(session, Behind())):
        with pytest.raises(Refused, match="assign reports"):
            call(office)


def test_a_chart_leaves_by_the_register_and_is_what_its_name_says(office: Session, tmp_path: Path) -> None:
    made = export_chart(office, format_chart_table(("band", "reports"), [("A", 3), ("=1+1", 2)]), tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_bytes() == b'band,reports,"%s"\r\nA,3,\r\n"\'=1+1",2,\r\n' % INTERNAL.encode()
    assert (tmp_path / "c.csv.sig").exists() and made.signature_key == office.store.fingerprint
    assert [(each.kind, each.name) for each in list_outgoing(office)][:1] == [("internal_chart", "c.csv")]
    for name, data in (("c.png", b"no image"), ("c.exe", b"MZ"), ("c.svg", b"\x89PNG\r\n\x1a\n")):
        with pytest.raises(Refused, match="chart"):
            export_chart(office, data, tmp_path / name)
        assert not (tmp_path / name).exists()
