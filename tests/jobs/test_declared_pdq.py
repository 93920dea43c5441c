"""A digest that a provider wrote into additional information meets the lists and other reports, with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.lists.hits import find_hits, load_hits
from triage.jobs.lists.lists import add_list, list_hits
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import ShowFile

PICTURE, STATED, OTHER = "900000801", "900000802", "900000803"


def import_report(session: Session, folder: Path, number: str, text: str | None = None, picture: bytes | None = None) -> None:
    document = json.loads(le_json(int(number)))
    if text is not None:
        document["reportedInformation"]["additionalInformations"] = [{"value": text}]
        document["reportedInformation"]["uploadedFiles"]["uploadedFiles"] = []
    place = folder / number / number
    place.mkdir(parents=True)
    (place / "r.json").write_text(json.dumps(document))
    if picture is not None:
        (place / f"{number}.jpg").write_bytes(picture)
    import_bundles(session, [folder / number], receipt=Receipt())


def only_file(session: Session, number: str) -> ShowFile:
    (file,) = load_report_view(session, number).files
    return file


def add_csv(session: Session, folder: Path, name: str, text: str, kind: str = "known") -> None:
    (folder / f"{name}.csv").write_text(text)
    add_list(session, folder / f"{name}.csv", name=name, kind=kind, profile=None)


@pytest.mark.parametrize("kind", ["sha256", "sha1", "md5"])
@pytest.mark.parametrize("list_first", [True, False])
def test_a_written_digest_meets_lists_and_the_report_with_the_bytes(
    session: Session, tmp_path: Path, kind: str, list_first: bool
) -> None:
    import_report(session, tmp_path, PICTURE, picture=jpeg(5))
    value = getattr(only_file(session, PICTURE), kind)
    if list_first:
        add_csv(session, tmp_path, "kites", f"{kind}\n{value}\n")
    import_report(session, tmp_path, STATED, text=f"Their system gave the hash value {kind.upper()}: {value.upper()} for it.")
    if not list_first:
        add_csv(session, tmp_path, "kites", f"{kind}\n{value}\n")
    file = only_file(session, STATED)
    assert (file.present, file.declared, file.verdict.known) == (False, {kind: value}, "exact")
    assert "r.json" in str(file.facts[f"{kind} stated in"]) and "additionalInformations" in str(file.facts[f"{kind} stated in"])
    assert "kites" in str(file.verdict.why)
    hits = [(hit.report_id, hit.declared, hit.tier) for hit in list_hits(session, "kites")]
    assert (STATED, True, "exact") in hits and (PICTURE, False, "exact") in hits
    links = [(link.report_id, link.value) for link in load_report_view(session, STATED).links if link.via == "file"]
    assert [report for report, _ in links] == [PICTURE]


@pytest.mark.parametrize("list_first", [True, False])
def test_a_written_pdq_is_a_possible_match_of_a_list(session: Session, tmp_path: Path, list_first: bool) -> None:
    import_report(session, tmp_path, PICTURE, picture=jpeg(5))
    value = only_file(session, PICTURE).pdq or ""
    near = f"{int(value, 16) ^ 0b1011:064x}"
    if list_first:
        add_csv(session, tmp_path, "kites", f"PDQ\n{near}\n")
    import_report(session, tmp_path, STATED, text=f"PDQ: {value}")
    import_report(session, tmp_path, OTHER, text=f"PDQ: {'0f' * 32}")
    if not list_first:
        add_csv(session, tmp_path, "kites", f"PDQ\n{near}\n")
    file, before = only_file(session, STATED), load_report_view(session, OTHER)
    assert (file.pdq, file.verdict.known) == (value, "possible"), "nobody knows the quality of the image"
    (match,) = file.verdict.matches
    assert (match.tier, match.way.distance if match.way else None) == ("possible", 3)
    assert before.files[0].verdict.known == "not known"
    scored = load_report_view(session, STATED).score
    assert (scored.risk, scored.band) == (before.score.risk, before.score.band), "a possible match scores nothing"


def test_the_same_pdq_in_a_list_is_possible_too(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_report(session, tmp_path, STATED, text=f"PDQ {'3c' * 32}")
    add_csv(session, tmp_path, "kites", f"PDQ\n{'3c' * 32}\n")
    (hit,) = list_hits(session, "kites")
    found = find_hits(session, "kites")
    with monkeypatch.context() as gone:
        gone.setattr("triage.store.queries.reports.load_numbers", lambda *_: {})
        assert load_hits(session, found, found.ids) == {}, "its report was destroyed since"
    assert (hit.report_id, hit.tier, hit.declared, hit.hash_kind) == (STATED, "possible", True, "pdq")
    assert only_file(session, STATED).verdict.known == "possible"
