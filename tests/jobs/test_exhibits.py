"""Exhibit numbers are given at receipt and never move, and a packet holds every version of a report's sources."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pyrage
import pytest

from tests.jobs.bundles import DETAILS, REPORT, jpeg, le_json
from triage.exports import packet as packet_export
from triage.jobs.casework.cases import open_case, set_number, set_stage
from triage.jobs.casework.decisions import decide
from triage.jobs.casework.preservation import record_notice
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.leaving.packet import create_packet
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.handover import Handover, Receipt

NUMBER = "900000001"


@pytest.fixture(autouse=True)
def no_typesetting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The PDF has tests of its own; here it would only take time."""
    monkeypatch.setattr(packet_export, "typeset", lambda *_, **__: b"%PDF-")


def deliver(session: Session, place: Path, name: str, files: dict[str, bytes], *, courier: str = "the courier") -> Path:
    """Imports one delivery of the report."""
    folder = place / name / NUMBER
    folder.mkdir(parents=True)
    for each, data in files.items():
        (folder / each).write_bytes(data)
    import_bundles(session, [place / name], receipt=Receipt(received_from=courier))
    return folder


def packet_of(session: Session, out: Path) -> dict[str, Any]:
    create_packet(session, [NUMBER], out, handover=Handover(handed_to="the prosecutor"))
    found: dict[str, Any] = json.loads((out / "data" / "report.json").read_bytes())
    return found


def exhibits(session: Session) -> dict[str, str | None]:
    return {file.name or "": file.exhibit for file in load_report_view(session, NUMBER).files}


def three_versions(session: Session, place: Path) -> list[bytes]:
    """The report in three versions, the second with one more file; returns the three documents."""
    documents = [le_json(900000001), le_json(900000001, priorityLevel="E"), le_json(900000001, priorityLevel="1")]
    deliver(session, place, "v1", {"r.json": documents[0], "b.jpg": jpeg(2)}, courier="the first courier")
    deliver(session, place, "v2", {"r.json": documents[1], "a.jpg": jpeg(1)}, courier="the second courier")
    deliver(session, place, "v3", {"r.json": documents[2]}, courier="the third courier")
    return documents


def test_a_later_import_moves_no_exhibit(session: Session, tmp_path: Path) -> None:
    deliver(session, tmp_path, "v1", {"r.json": le_json(900000001), "b.jpg": jpeg(2)})
    before = exhibits(session)
    deliver(session, tmp_path, "v2", {"r.json": le_json(900000001, priorityLevel="E"), "a.jpg": jpeg(1)})
    after = exhibits(session)
    assert (before["b.jpg"], after["b.jpg"], after["a.jpg"]) == (f"{NUMBER}-F1", f"{NUMBER}-F1", f"{NUMBER}-F2")


def test_a_packet_holds_the_sources_of_all_versions_with_their_receipts(session: Session, tmp_path: Path) -> None:
    documents = three_versions(session, tmp_path)
    said = packet_of(session, tmp_path / "p")["reports"][0]["packet"]
    assert [s["exhibit"] for s in said["sources"]] == [f"{NUMBER}-S{n}" for n in (1, 2, 3)]
    assert [s["sha256"] for s in said["sources"]] == [hashlib.sha256(d).hexdigest() for d in documents]
    assert [(tmp_path / "p" / s["file"]).read_bytes() for s in said["sources"]] == documents
    couriers = {r["bundle"]: r["receipt"]["received_from"] for r in said["receipts"]}
    assert [[couriers[b] for b in s["received_in"]] for s in said["sources"]] == [
        ["the first courier"],
        ["the second courier"],
        ["the third courier"],
    ]
    assert [v["sources"] for v in said["versions"]] == [[f"{NUMBER}-S{n}"] for n in (1, 2, 3)]
    assert not said["versions"][0]["changes"] and all(v["changes"] for v in said["versions"][1:])
    custody = [json.loads(line) for line in (tmp_path / "p" / "data" / "custody.jsonl").read_text().splitlines()]
    assert {s["input_sha256"] for s in custody} >= {hashlib.sha256(d).hexdigest() for d in documents}


def test_exhibits_stand_in_every_table_of_the_packet(session: Session, tmp_path: Path) -> None:
    three_versions(session, tmp_path)
    first = packet_of(session, tmp_path / "p1")
    deliver(session, tmp_path, "v4", {"r.json": le_json(900000001, priorityLevel="2"), "0.jpg": jpeg(3)})
    packet_of(session, tmp_path / "p2")
    assert {f["exhibit"] for f in first["reports"][0]["files"]} >= {f"{NUMBER}-F1", f"{NUMBER}-F2"}

    def graph(name: str) -> dict[str, str]:
        nodes = json.loads((tmp_path / name / "data" / "case.jsonld").read_bytes())["@graph"]
        return {n["case-investigation:exhibitNumber"]: n["@id"] for n in nodes if "case-investigation:exhibitNumber" in n}

    before, after = graph("p1"), graph("p2")
    assert set(before) == {f"{NUMBER}-{e}" for e in ("S1", "S2", "S3", "F1", "F2")}
    assert before.items() < after.items(), "an IRI never moves"
    table = (tmp_path / "p1" / "data" / "files.csv").read_text("utf-8-sig").splitlines()
    assert table[0].startswith("exhibit,") and any(row.startswith(f"{NUMBER}-F2,") for row in table)


def test_equal_bytes_under_two_names_are_two_exhibits_that_name_each_other(session: Session, tmp_path: Path) -> None:
    deliver(session, tmp_path, "v1", {"r.json": le_json(900000001), "a.jpg": jpeg(1), "b.jpg": jpeg(1)})
    files = packet_of(session, tmp_path / "p")["reports"][0]["packet"]["files"]
    assert [(f["name"], f["same_as"]) for f in files] == [("a.jpg", None), ("b.jpg", f"{NUMBER}-F1")]


def test_a_local_number_that_is_replaced_keeps_its_exhibits(session: Session, tmp_path: Path) -> None:
    lone = tmp_path / "lone" / "x"
    lone.mkdir(parents=True)
    (lone / "report.xml").write_text(REPORT)
    import_bundles(session, [tmp_path / "lone"], receipt=Receipt())
    local = f"L-{hashlib.sha256(REPORT.encode()).hexdigest()[:16]}"
    deliver(session, tmp_path, "v1", {"report.xml": REPORT.encode(), "d.xml": DETAILS.encode(), "a.jpg": jpeg(1)})
    said = packet_of(session, tmp_path / "p")["reports"][0]
    assert said["report_id"] == NUMBER
    assert [s["exhibit"] for s in said["packet"]["sources"]] == [f"{local}-S1", f"{local}-S2"]
    assert [f["exhibit"] for f in said["packet"]["files"]] == [f"{local}-F1"]


def test_a_delivery_that_changes_nothing_is_another_receipt(session: Session, tmp_path: Path) -> None:
    for name in ("v1", "v2"):
        folder = tmp_path / name / "in" / NUMBER
        folder.mkdir(parents=True)
        (folder / "r.json").write_bytes(le_json(900000001))
        import_bundles(session, [tmp_path / name / "in"], receipt=Receipt(received_from=name))
    said = packet_of(session, tmp_path / "p")["reports"][0]["packet"]
    assert [r["receipt"]["received_from"] for r in said["receipts"]] == ["v1", "v2"]
    assert [s["received_in"] for s in said["sources"]] == [[1, 2]]


def test_internal_notes_stay_inside_and_the_case_goes_out(session: Session, tmp_path: Path) -> None:
    deliver(session, tmp_path, "v1", {"r.json": le_json(900000001)})
    case = open_case(session, [NUMBER]).number
    set_number(session, case, "FIR", "12/2026")
    set_stage(session, case, "enquiry", note="called the Muzaffarabad office")
    decide(session, NUMBER, status="in_progress", reason="being worked on", note="called the Muzaffarabad office")
    record_notice(session, NUMBER, issued="2026-10-03", to_whom="Lantern Chat", number="4/2026")
    said = packet_of(session, tmp_path / "p")
    report = said["reports"][0]
    assert [d["reason"] for d in report["decisions"]] == ["being worked on"]
    assert [(n["kind"], n["value"]) for n in report["packet"]["case"]["numbers"]] == [("FIR", "12/2026")]
    assert [(n["number"], n["to_whom"]) for n in report["packet"]["notices"]] == [("4/2026", "Lantern Chat")]
    assert said["handover"]["handed_to"] == "the prosecutor"
    assert any("decisions[].note" in line for line in said["internal"])
    assert b"Muzaffarabad" not in b"".join(p.read_bytes() for p in (tmp_path / "p").rglob("*") if p.is_file())


def test_the_rules_in_use_are_enclosed_with_their_hashes(session: Session, tmp_path: Path) -> None:
    deliver(session, tmp_path, "v1", {"r.json": le_json(900000001)})
    said = packet_of(session, tmp_path / "p")
    assert {r["path"] for r in said["rules"]} >= {"data/rules/frame.toml", "data/rules/risk.toml"}
    for rule in said["rules"]:
        assert hashlib.sha256((tmp_path / "p" / rule["path"]).read_bytes()).hexdigest() == rule["sha256"]


def test_two_reports_that_share_a_file_share_its_bytes_in_the_media(session: Session, tmp_path: Path) -> None:
    for number in (900000001, 900000002):
        folder = tmp_path / "in" / str(number)
        folder.mkdir(parents=True)
        (folder / "r.json").write_bytes(le_json(number))
        (folder / f"{number}.jpg").write_bytes(jpeg(1))
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    identity = pyrage.x25519.Identity.generate()
    numbers = ["900000001", "900000002"]
    create_packet(session, numbers, tmp_path / "p", with_media=True, recipients=[str(identity.to_public())])
    sealed = (tmp_path / "p" / "data" / "media.tar.age").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(sealed, [identity]))) as tar:
        assert tar.getnames() == ["900000001/900000001-F1.jpg"]
    reports = json.loads((tmp_path / "p" / "data" / "report.json").read_bytes())["reports"]
    files = [file for report in reports for file in report["packet"]["files"]]
    assert [file["exhibit"] for file in files] == ["900000001-F1", "900000002-F1"]
    assert {file["media_name"] for file in files} == {"900000001/900000001-F1.jpg"}


ODD_NAMES = ("..\\..\\con.jpg", "a\u202egpj.exe", "=cmd|calc.jpg", "-rf.jpg", "ق" * 80 + ".jpg", "%2e%2e.jpg")


def test_odd_names_stay_in_the_tables_and_never_name_a_file_of_the_packet(session: Session, tmp_path: Path) -> None:
    """Each name in a report of its own, all of them in one packet."""
    numbers = [str(900000001 + n) for n in range(len(ODD_NAMES))]
    for n, (number, name) in enumerate(zip(numbers, ODD_NAMES, strict=True)):
        document = json.loads(le_json(int(number)))
        document["reportedInformation"]["uploadedFiles"]["uploadedFiles"][0]["filename"] = name
        folder = tmp_path / "in" / number
        folder.mkdir(parents=True)
        (folder / name).write_bytes(jpeg(n))
        (folder / f"{name}.json").write_text(json.dumps(document))
    import_bundles(session, [tmp_path / "in"], receipt=Receipt(received_from="the courier"))
    identity = pyrage.x25519.Identity.generate()
    create_packet(session, numbers, tmp_path / "p", with_media=True, recipients=[str(identity.to_public())])
    told = json.loads((tmp_path / "p" / "data" / "report.json").read_bytes())["reports"]
    said = {each["packet"]["files"][0]["exhibit"]: each["packet"]["files"][0]["name"] for each in told}
    assert said == {f"{number}-F1": name for number, name in zip(numbers, ODD_NAMES, strict=True)}
    lying = [path.name for path in (tmp_path / "p" / "data" / "sources").rglob("*") if path.is_file()]
    assert sorted(name.partition("-S1-")[0] for name in lying) == numbers
    assert all(len(name.encode()) < 240 and not set(name) & set('<>:"|?*\\%\u202e/') for name in lying)
    sealed = (tmp_path / "p" / "data" / "media.tar.age").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(sealed, [identity]))) as tar:
        assert sorted(tar.getnames()) == [f"{number}/{number}-F1.jpg" for number in numbers]
