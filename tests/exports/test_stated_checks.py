"""The checks that the examiner's statement names: what was run says when and with what result, the rest that it was not run."""

from __future__ import annotations

from dataclasses import replace

from tests.exports.conftest import NUMBER
from triage.jobs.leaving.packet_contents import load_packet_report
from triage.jobs.leaving.stated_checks import run_stated_checks
from triage.jobs.lookup import find_report
from triage.jobs.session import Session


def test_what_was_run_and_what_was_not(desk: Session) -> None:
    with desk.reading() as db:
        report = load_packet_report(desk, db, find_report(db, NUMBER))
    log, sources, store = run_stated_checks(desk, [report])
    assert str(log.result).startswith("whole: ") and log.when
    assert str(sources.result) == f"all have the SHA-256 taken at receipt; documents: {len({s.exhibit for s in report.sources})}"
    assert store.when is None


def test_other_bytes_are_named(desk: Session) -> None:
    with desk.reading() as db:
        report = load_packet_report(desk, db, find_report(db, NUMBER))
    first, *others = report.sources
    _, sources, _ = run_stated_checks(desk, [replace(report, sources=(replace(first, data=b"other"), *others))])
    assert str(sources.result) == f"these differ from the SHA-256 taken at receipt: {first.exhibit}"
