"""Whatever program wrote a document, the same content is found: recall and precision are 1 over random reports."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.jobs.dialects import XML_ENCODINGS, Content, JsonWriter, XmlWriter, content, instants
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import ShowReport

SEED = int(os.environ.get("TRIAGE_TEST_SEED", "11"))
REPORTS = int(os.environ.get("TRIAGE_TEST_REPORTS", "48"))


def written(form: str) -> tuple[list[Content], list[dict[str, bytes]]]:
    chance = Random(f"{form} {SEED}")
    found = [content(chance, 900_100_000 + n) for n in range(REPORTS)]
    documents = []
    for n, report in enumerate(found):
        if form == "xml":
            documents.append(XmlWriter(chance, XML_ENCODINGS[n % len(XML_ENCODINGS)]).documents(report))
        else:
            documents.append({f"{report['number']}.json": JsonWriter(chance).document(report)})
    return found, documents


@pytest.mark.parametrize("form", ["xml", "json"])
def test_every_value_is_found_however_it_was_written(session: Session, tmp_path: Path, form: str) -> None:
    reports, documents = written(form)
    for report, files in zip(reports, documents, strict=True):
        folder = tmp_path / "in" / report["number"]
        folder.mkdir(parents=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    result = import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    assert (result.quarantined, result.reports.new) == ((), REPORTS)
    for report in reports:
        compare(report, load_report_view(session, report["number"]))


def compare(report: Content, said: ShowReport) -> None:
    planted = Counter(instants(report))
    found = Counter(
        (i.kind, i.value, i.role, i.port, i.time, i.event and i.event.casefold())
        for i in said.identifiers
        if i.role not in ("reporter", "mentioned")
    )
    assert planted - found == Counter(), ("recall", report)
    assert found - planted == Counter(), ("precision", report)
    assert (said.incident_type, said.incident_time) == (report["type"], report["time"])
    assert sorted(said.annotations) == sorted(report["annotations"])
    assert report["note"] in [text.text for text in said.free_text]
    contacts = [i for i in said.identifiers if i.kind in ("email", "phone") and i.role not in ("reporter", "mentioned")]
    verified = {i.value: i.verified for i in contacts}
    assert verified == {value: truth for p in report["people"] for value, truth in (*p["emails"], *p["phones"])}
    proxies = Counter((i.value, i.possible_proxy) for i in said.identifiers if i.kind == "ip")
    assert proxies == Counter(
        (ip["value"], ip["proxy"]) for whole in (*report["people"], *report["files"]) for ip in whole["ips"]
    )
    compromised = [p.facts.get("compromisedAccount") for p in said.people if p.role != "reporter"]
    assert Counter(compromised) == Counter(p["compromised"] for p in report["people"])
    files = {file.name: file for file in said.files}
    assert set(files) == {file["name"] for file in report["files"]}
    for file in report["files"]:
        there = files[file["name"]]
        assert (there.original_name, there.classification, there.declared) == (
            file["original"],
            file["class"],
            {"md5": file["md5"]},
        )
        tri = (there.viewed_by_esp, there.exif_viewed_by_esp, there.publicly_available)
        assert tri == (file["viewed"], file["exif"], file["public"]), report
    unknown = [n for n in said.not_understood if not n.value.startswith("<!--")]
    assert not said.conflicts and not unknown, (said.conflicts, unknown)
