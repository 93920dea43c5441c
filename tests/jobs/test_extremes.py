"""Every field of every format at its extremes, through import, judging, show, queue export and packet: no report is lost, none
goes unjudged, and the sound report beside them stands where it would stand alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.jobs.bundles import le_json
from tests.jobs.conftest import OpenNew
from tests.jobs.extremes import FIRST, FORMATS, GOOD, pdf_texts, templates, write_mutants
from tests.jobs.invariants import check_invariants
from triage.decode.client import MediaPool
from triage.importers.registry import IMPORTERS
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.leaving.export_queue import export_queue
from triage.jobs.leaving.packet import create_packet
from triage.jobs.leaving.verify import verify
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import QueueFilter
from triage.store.queries import audit_log

pytestmark = pytest.mark.timeout(900)
PHASES = (Phase.explicit, Phase.generate)
ROUNDS = int(os.environ.get("TRIAGE_TEST_EXTREMES", "1"))
"""TRIAGE_TEST_EXTREMES=200 gives each field each value; otherwise each field gets another value at each run of one round."""


def refused_entries(session: Session) -> list[str]:
    with session.reading() as db:
        return [text for _, text, _ in audit_log.iter_entries(db) if '"report not judged"' in text]


@pytest.mark.parametrize("form", FORMATS)
def test_extremes_of_every_field(
    open_new: OpenNew, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(MediaPool, "extract_pdf_texts", pdf_texts)

    @settings(max_examples=ROUNDS, derandomize=ROUNDS < 10, database=None, suppress_health_check=list(HealthCheck), phases=PHASES)
    @given(st.integers(0, 10_000))
    def go(start: int) -> None:
        home = tmp_path_factory.mktemp(form)
        told = write_mutants(home / "in", form, start)
        with open_new(home / "store") as session:
            result = import_bundles(session, [home / "in"], receipt=Receipt())
            assert not [each for each in result.quarantined if "fault" in str(each.reason).casefold()], told
            check_invariants(session, [str(GOOD)], told_later=True)
            assert refused_entries(session) == [], told
            rows = list_queue_rows(session, QueueFilter())
            assert all("not judged" not in row.flags for row in rows), told
            export_queue(session, QueueFilter(), home / "queue.csv")
            export_queue(session, QueueFilter(), home / "queue.json")
            export_queue(session, QueueFilter(), home / "queue.xlsx")
            (home / "later").mkdir()
            (home / "later" / "r.json").write_bytes(le_json(GOOD + 1))
            import_bundles(session, [home / "later"], receipt=Receipt())
            check_invariants(session, [str(GOOD), str(GOOD + 1)])

    go()


def test_extremes_go_into_papers(open_new: OpenNew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Setting a page takes long: a few fields of each format, no long texts but one."""
    monkeypatch.setattr(MediaPool, "extract_pdf_texts", pdf_texts)
    with open_new(tmp_path / "store") as session:
        for n, form in enumerate(templates()):
            write_mutants(tmp_path / "in", form, 11 * n, first=FIRST + 1_000 * n, most=2)
        import_bundles(session, [tmp_path / "in"], receipt=Receipt())
        rows = list_queue_rows(session, QueueFilter())
        export_queue(session, QueueFilter(), tmp_path / "queue.pdf", limit=10)
        chosen = [row.report_id for row in rows if row.child_lane == "no"][:: max(1, len(rows) // (2 * ROUNDS))]
        create_packet(session, chosen, tmp_path / "packet")
        assert verify(tmp_path / "packet").valid
        check_invariants(session, [str(GOOD)])


def test_every_format_is_covered() -> None:
    assert tuple(templates()) == FORMATS
    assert {importer.format.replace("esp_xml", "esp_report") for importer in IMPORTERS} <= templates().keys()
    assert all(len(found) >= 6 for found in templates().values())
