"""Custody in sentences: who did what with which exhibit, to whom earlier packets went, and the handover as the last step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from triage.decode.client import MediaPool
from triage.errors import WorldError
from triage.exports import packet as packet_export
from triage.exports.packet_custody import list_custody_rows
from triage.jobs.casework.cases import open_case
from triage.jobs.casework.decisions import decide
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.leaving.packet import create_packet, load_packet
from triage.jobs.reading.media import reveal
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.grading import grade_file
from triage.jobs.session import Session
from triage.model.handover import Handover, Receipt
from triage.model.media import RevealStep
from triage.model.packet import Packet

NUMBER = "900000001"
TO = Handover(handed_to="the prosecutor", medium="DVD", medium_serial="77", note="sealed")


@pytest.fixture(autouse=True)
def no_typesetting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packet_export, "typeset", lambda *_, **__: b"%PDF-")


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Session:
    """A store with one report and one picture."""
    folder = tmp_path / "in" / NUMBER
    folder.mkdir(parents=True)
    (folder / "r.json").write_bytes(le_json(900000001))
    (folder / f"{NUMBER}.jpg").write_bytes(jpeg(1))
    import_bundles(session, [tmp_path / "in"], receipt=Receipt(received_from="the courier"))
    return session


def load(session: Session, handover: Handover = TO) -> Packet:
    return load_packet(session, [1], second_person="", second_officer=None, handover=handover, recipients=(), cleared=None)


def sentences(session: Session) -> list[str]:
    return [str(step.says) for step in load(session).reports[0].custody]


def test_the_handover_is_the_last_step(desk: Session) -> None:
    assert sentences(desk)[-1] == (
        "first made this packet. Handed to: the prosecutor. Carrier: DVD. Serial number: 77. Note: sealed."
    )


def test_what_people_did_stands_with_its_exhibit_and_its_reason(desk: Session) -> None:
    sha256 = load_report_view(desk, NUMBER).files[0].sha256 or ""
    with MediaPool(1) as pool, reveal(desk, NUMBER, sha256, RevealStep.BLURRED, pool):
        pass
    decide(desk, NUMBER, status="in_progress", reason="being worked on", note="an internal note")
    grade_file(desk, NUMBER, sha256, "adult")
    open_case(desk, [NUMBER])
    said = sentences(desk)
    assert said[:5] == [
        "first began to import bundle 1.",
        f"first imported version 1 of the report. It rests on {NUMBER}-S1.",
        f"The workstation hashed, encrypted and stored {NUMBER}-F1.",
        said[3],
        "The import of bundle 1 ended.",
    ]
    assert re.fullmatch(r"The workstation took the SHA-256 of what was handed over in bundle 1: [\d,]+ bytes\.", said[3])
    assert said[5:9] == [
        f"first viewed {NUMBER}-F1.",
        "first set the status in_progress for this reason: being worked on.",
        f"first graded {NUMBER}-F1.",
        "first opened a case with the report.",
    ]


def test_no_sentence_holds_a_keyed_hash_or_an_unknown_kind(desk: Session, tmp_path: Path) -> None:
    test_what_people_did_stands_with_its_exhibit_and_its_reason(desk)
    create_packet(desk, [NUMBER], tmp_path / "p")
    for step in load(desk).reports[0].custody:
        assert not re.search("[0-9a-f]{16}", str(step.says))
        assert not str(step.says).endswith(f": {step.what}.")


def test_an_earlier_packet_says_to_whom_it_went_and_a_failed_one_does_not(
    desk: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bytes:
        raise WorldError("Can't write report.pdf: no space left on device.")

    with monkeypatch.context() as patch, pytest.raises(WorldError):
        patch.setattr(packet_export, "make_graph", full)
        create_packet(desk, [NUMBER], tmp_path / "p")
    create_packet(desk, [NUMBER], tmp_path / "p", handover=TO)
    made = [(str(s.says), s.what) for s in load(desk, Handover()).reports[0].custody if s.what.startswith("packet")]
    assert made == [
        ("first began to make an evidence packet (reports: 1).", "packet made"),
        ("The evidence packet was not finished. Nothing of it was left.", "packet not finished"),
        (
            "first made an evidence packet (reports: 1). Handed to: the prosecutor. Carrier: DVD. Serial number: 77. Note: sealed.",
            "packet made",
        ),
        ("first made this packet. It is not recorded to whom the packet is handed.", "packet handed over"),
    ]


def test_the_rows_for_programs_name_each_exhibit_at_its_receipt(desk: Session) -> None:
    rows = list(list_custody_rows(load(desk).reports[0], "Triage"))
    received = {row["exhibit"]: (row["input_sha256"], row["bundle"]) for row in rows if "exhibit" in row}
    report = load(desk).reports[0]
    assert received == {
        f"{NUMBER}-S1": (report.sources[0].sha256, 1),
        f"{NUMBER}-F1": (report.files[0].sha256, 1),
    }
    assert str(rows[0]["what"]) == "SHA-256 of the delivered folder recorded"
