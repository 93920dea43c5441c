"""NCMEC's own view of a report changes over time: each view stays a version, and nothing vanishes from the queue."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.bundles import le_json
from triage.jobs.casework.version_choices import accept_version
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import QueueFilter


def import_version(session: Session, folder: Path, n: int, **said: object) -> None:
    """Imports a version of one report."""
    path = folder / f"delivery-{n}" / "900000300"
    path.mkdir(parents=True)
    (path / "900000300.json").write_bytes(le_json(900_000_300, **said))
    import_bundles(session, [path.parent], receipt=Receipt())


@pytest.mark.parametrize("later", ["informational", "withdrawn"])
def test_a_designation_is_versioned_and_the_report_stays(session: Session, tmp_path: Path, later: str) -> None:
    import_version(session, tmp_path, 0, designation="Referral")
    before = list_queue_rows(session, QueueFilter(), -1, 0)[0]
    import_version(session, tmp_path, 1, designation=later)

    shown = load_report_view(session, "900000300")
    assert [version.n for version in shown.versions] == [1, 2]
    assert f"Designation: referral → {later}" in list(map(str, shown.versions[1].changes))
    assert shown.designation == "referral" and shown.version_waiting, "what arrives does not lower it"
    accept_version(session, "900000300", 2, "NCMEC confirmed it")
    assert load_report_view(session, "900000300").designation == later
    assert load_report_view(session, "900000300", version=1).designation == "referral"
    after = list_queue_rows(session, QueueFilter(), -1, 0)
    assert [row.report_id for row in after] == ["900000300"]
    assert (after[0].band, -after[0].risk) >= (before.band, -before.risk)


def test_what_is_informational_stands_below_the_same_without(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "both"
    for number, said in ((900_000_400, "informational"), (900_000_401, None)):
        path = folder / str(number)
        path.mkdir(parents=True)
        (path / f"{number}.json").write_bytes(le_json(number, designation=said))
    import_bundles(session, [folder], receipt=Receipt())
    assert [row.report_id for row in list_queue_rows(session, QueueFilter(), -1, 0)] == ["900000401", "900000400"]


def test_a_withdrawal_taken_back_is_known_already(session: Session, tmp_path: Path) -> None:
    for n, said in enumerate(("Referral", "withdrawn", "Referral")):
        import_version(session, tmp_path, n, designation=said)
    shown = load_report_view(session, "900000300")
    assert [version.n for version in shown.versions] == [1, 2]
    assert shown.designation == "referral" and shown.version_waiting
