"""Merging as properties: additions commute, a second file changes nothing, and no decision or value is lost."""

from __future__ import annotations

import os
import shutil
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.jobs.exchange_stores import NUMBERS, WORDS, Workstation, make_workstation, write_reports
from triage.exports.work_package import FORMAT, OpenedPackage, WorkManifest
from triage.exports.work_report import CaseForm, DecisionForm, NoticeForm, NumberForm, ReportForm, StageForm, StateForm
from triage.jobs.casework import decisions
from triage.jobs.exchange.package_import import Delivery
from triage.jobs.exchange.receive import _import_results
from triage.jobs.exchange.resolving import list_conflicts
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session, unlock
from triage.model.handover import Receipt
from triage.model.views import STATUSES

ONE = NUMBERS[0]
EXAMPLES = int(os.environ.get("TRIAGE_TEST_MERGES", "8"))
pytestmark = pytest.mark.timeout(300)
_count = count()

STATUS = st.sampled_from(["new", "in_progress", "on_hold", "referred", "case_opened"])
EVENT = st.one_of(
    st.tuples(st.just("decision"), STATUS, st.sampled_from(["a", "b", "c"]), st.booleans()),
    st.tuples(st.just("assignee"), st.sampled_from(["first", "hina"])),
    st.tuples(st.just("notice"), st.sampled_from(["Jazz", "Zong"])),
    st.tuples(st.just("stage"), st.sampled_from(["verification", "enquiry", "FIR"])),
    st.tuples(st.just("number"), st.sampled_from(["1/2026", "2/2026"])),
)
HISTORY = st.lists(st.lists(EVENT, min_size=1, max_size=3), min_size=2, max_size=3)
"""What the office did before each of its results files."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, Workstation]:
    folder = tmp_path_factory.mktemp("merge")
    hq, lahore = make_workstation(folder / "hq", "Headquarters"), make_workstation(folder / "lahore", "Lahore")
    hq.knows(lahore)
    hq.takes_in(write_reports(folder / "in", ONE))
    sent, _ = hq.sends(lahore, ONE)
    hq.session.close()
    return hq.folder / "store", sent.package_id, lahore


def make_files(history: list[list[tuple[Any, ...]]]) -> list[ReportForm]:
    """The results files of an office: each says everything that was done until then."""
    done: list[DecisionForm] = []
    notices: list[NoticeForm] = []
    state, case, told, files = (
        StateForm(status="new", reason=None, status_by=None, assignee=None, band=None, case=None),
        None,
        set(),
        [],
    )
    for events in history:
        for kind, *said in events:
            if kind == "decision":
                status, note, _ = said
                if done and said[2]:  # the newest decision is undone later
                    done[-1] = msgspec.structs.replace(done[-1], undone=True)
                done.append(
                    DecisionForm(
                        uid=f"decision/{len(done) + 1}", taken=f"2026-11-27T10:00:{len(done):02}Z", by="first", status=status,
                        reason=None, note=note, assignee=state.assignee, undone=False,
                    )
                )  # fmt: skip
                state = msgspec.structs.replace(state, status=status, status_by="first")
                told.add("status")
            elif kind == "assignee":
                state = msgspec.structs.replace(state, assignee=said[0])
                told.add("assignee")
            elif kind == "notice":
                notices.append(
                    NoticeForm(
                        uid=f"notice/{len(notices)}",
                        issued="2026-11-27",
                        to_whom=said[0],
                        number=None,
                        court_informed=None,
                        by="first",
                    )
                )
            else:
                old = case or CaseForm(number="C-2026-0001", stage=make_stage("verification"), numbers=())
                if kind == "stage":
                    case = msgspec.structs.replace(old, stage=make_stage(said[0]))
                else:
                    case = msgspec.structs.replace(old, numbers=(NumberForm(kind="FIR", value=said[0], by="first"),))
                    told.add("number FIR")
                told.add("stage")
        files.append(
            ReportForm(
                number=ONE, changed=tuple(sorted(told)), state=msgspec.structs.replace(state, case=case), card=None,
                decisions=tuple(done), notices=tuple(notices),
            )
        )  # fmt: skip
    return files


def make_stage(stage: str) -> StageForm:
    return StageForm(stage=stage, since="2026-11-27T10:00:00Z", due=None, note=None, by="first")


def merge(session: Session, package: str, of: Workstation, sequence: int, form: ReportForm, file_id: str | None = None) -> int:
    manifest = WorkManifest(
        format=FORMAT, version=1, kind="results", package_id=package, file_id=file_id or f"{sequence:032x}", sequence=sequence,
        sender=of.session.store.fingerprint, sender_age_key=of.age_key, recipient=session.store.recipient,
        made="2026-11-27T10:00:00Z", due=None, tool="Triage", rules="", although_alone=False, reports=(ONE,), members=(),
    )  # fmt: skip
    delivery = Delivery(Path("results.age"), b"", Receipt(), OpenedPackage(manifest, {}), (form,))
    result = _import_results(session, delivery, of.name)
    assert result.package is not None
    return result.package.added


def added(session: Session) -> set[tuple[Any, ...]]:
    return set(session.store.read().all("SELECT uid, kind, body FROM work_entry"))


def fields(session: Session) -> dict[str, str | None]:
    from triage.jobs.exchange.gather import Gatherer
    from triage.jobs.exchange.work_fields import list_fields

    return list_fields(Gatherer(session.store.read(), session.store.users.names(), passing_on=False).gather_state(1))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=HISTORY, here=st.lists(STATUS, max_size=2), order=st.randoms(use_true_random=False))
def test_merging_loses_nothing_in_any_order(base: tuple[Path, str, Workstation], history: Any, here: Any, order: Any) -> None:
    store, package, lahore = base
    files = list(enumerate(make_files(history), 1))
    shuffled = order.sample(files, len(files))
    after = []
    for way in (files, shuffled):
        copy = Path(shutil.copytree(store, store.parent / f"copy{next(_count)}"))
        with unlock(copy, "first", WORDS) as session:
            for status in here:
                decisions.decide(session, ONE, status=status, note=f"here {status}")
            own = len(here)
            for sequence, form in way:
                merge(session, package, lahore, sequence, form)
            after.append((added(session), fields(session)))
            check_nothing_is_lost(session, files[-1][1], own)
        shutil.rmtree(copy)
    assert after[0][0] == after[1][0], "additions commute, and the newest form of each stays"


def check_nothing_is_lost(session: Session, last: ReportForm, own: int) -> None:
    """Every decision of both sides is shown; every value of the other side stands here or in a conflict."""
    view = load_report_view(session, ONE)
    assert {(d.status, d.note) for d in view.decisions if d.elsewhere} == {(d.status, d.note) for d in last.decisions}
    assert len([d for d in view.decisions if d.note and d.note.startswith("here ")]) == own
    now, conflicts = fields(session), {(c.field, c.there) for c in list_conflicts(session)}
    stated = {"status": last.state.status, "assignee": last.state.assignee and f"{last.state.assignee} at Lahore"}
    if last.state.case is not None:
        stated["stage"] = last.state.case.stage.stage
        stated |= {f"number {n.kind}": n.value for n in last.state.case.numbers}
    for name in last.changed:
        assert now.get(name) == stated[name] or (name, stated[name]) in conflicts, (name, now, stated, conflicts)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=HISTORY, here=st.none() | STATUS)
def test_a_file_that_says_the_same_again_changes_nothing(base: tuple[Path, str, Workstation], history: Any, here: Any) -> None:
    store, package, lahore = base
    files = make_files(history)
    copy = Path(shutil.copytree(store, store.parent / f"copy{next(_count)}"))
    with unlock(copy, "first", WORDS) as session:
        if here is not None:
            decisions.decide(session, ONE, status=here)
        for sequence, form in enumerate(files, 1):
            merge(session, package, lahore, sequence, form)
        before = (added(session), fields(session), list_conflicts(session), load_report_view(session, ONE).decisions)
        assert merge(session, package, lahore, 10, files[-1]) == 0
        assert (added(session), fields(session), list_conflicts(session), load_report_view(session, ONE).decisions) == before
    shutil.rmtree(copy)


def test_the_events_of_these_tests_are_those_of_the_program() -> None:
    assert {"new", "in_progress", "on_hold", "referred", "case_opened"} < set(STATUSES)
