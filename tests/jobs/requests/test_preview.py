"""A preview says what would be written, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.listed import list_requests
from tests.jobs.requests.conftest import Bring
from tests.jobs.requests.reports import CHILD_PHONE, PTCL, Told, day
from triage.errors import Cancelled, Refused
from triage.jobs.requests import life
from triage.jobs.requests.making import create_requests, preserve_expiring
from triage.jobs.requests.planning import MOST_DAYS, NO_ENQUIRY
from triage.jobs.requests.preview import preview_expiring, preview_requests
from triage.jobs.session import Session
from triage.model.data_requests import RequestKind
from triage.model.progress import CancelToken, Progress

FIRST = "900000501"


def test_the_preview_says_what_is_written(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST, [(PTCL, day(30), "40123"), ("10.1.2.3", day(30), "")])])
    planned = preview_requests(session, case, RequestKind.SUBSCRIBER)
    assert list_requests(session) == (), "nothing is stored"
    made = create_requests(session, case, RequestKind.SUBSCRIBER, tmp_path / "out")
    assert [(p.kind, p.addressee, p.lines, p.missing) for p in planned.requests] == [
        (m.kind, m.addressee, m.lines, m.missing) for m in made.requests
    ]
    assert planned.left_out == made.left_out and CHILD_PHONE in {each.identifier for each in planned.left_out}
    assert all(NO_ENQUIRY in each.missing for each in planned.requests)


def test_what_was_sent_is_left_out_of_the_next_preview(session: Session, bring: Bring, tmp_path: Path) -> None:
    bring([Told(FIRST, [(PTCL, day(30), "40123")])])
    before = preview_expiring(session, 400)
    made = preserve_expiring(session, 400, tmp_path / "out")
    assert sum(each.lines for each in before.requests) == sum(each.lines for each in made.requests) > 0
    for each in made.requests:
        life.send_request(session, each.number, sent=day(0)[:10])
    after = preview_expiring(session, 400)
    assert after.requests == ()
    assert any("asked for already" in str(each.reason) for each in after.left_out)


def test_a_number_of_days_that_is_none_is_refused(session: Session) -> None:
    with pytest.raises(Refused, match="number of days"):
        preview_expiring(session, MOST_DAYS + 1)


def test_writing_tells_how_far_it_is_and_stops(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST, [(PTCL, day(30), "40123")])])
    told: list[Progress] = []
    stop = CancelToken()

    def see(progress: Progress) -> None:
        told.append(progress)
        if progress.unit == "files":
            stop.cancel()

    with pytest.raises(Cancelled):
        create_requests(session, case, RequestKind.SUBSCRIBER, tmp_path / "out", on_progress=see, cancel=stop)
    assert {each.unit for each in told} == {"reports", "files"} and not (tmp_path / "out").exists()
    stored = [row.number for row in list_requests(session)]
    made = create_requests(session, case, RequestKind.SUBSCRIBER, tmp_path / "out")
    assert sorted(each.number for each in made.requests) == stored, "what was stored is written out under its numbers"
