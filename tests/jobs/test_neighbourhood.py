"""The neighbourhood of a report: what ties, what doesn't, what is left out, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.test_cases import unlock_as
from triage.errors import NotFound, Refused
from triage.jobs.casework.cases import open_case
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading import link_reasons, neighbourhood, shared_files, shared_values
from triage.jobs.reading.neighbourhood import show_neighbourhood
from triage.jobs.session import Session
from triage.links.link_kinds import load_shipped_kinds
from triage.message import Message
from triage.model.handover import Receipt
from triage.model.link_graph import GraphEdge, Neighbourhood
from triage.model.match_way import MatchWay
from triage.store.queries import media, media_matches

PHONE = "+92 300 0000666"
NAT = "39.32.0.77"


def write(folder: Path, number: int, *, files: tuple[int, ...] = (), extra: dict[str, Any] | None = None, **told: Any) -> None:
    """Writes a report of a user of their own, with what is told of that user."""
    person = {"screenName": {"value": f"user_{number}"}, **told}
    place = folder / str(number)
    place.mkdir(parents=True)
    document = le_json(
        number,
        reportedInformation={
            "reportingEsp": {"espName": "Lantern Chat"},
            "incidentSummary": {"incidentType": "Online Enticement", "incidentDateTime": "2026-10-02T05:00:00Z"},
            "reportedPeople": {"reportedPersons": [person]},
            **(extra or {}),
        },
    )
    (place / "r.json").write_bytes(document)
    for n in files:
        (place / f"{number}-{n}.jpg").write_bytes(jpeg(n))


def phone(value: str = PHONE) -> dict[str, Any]:
    return {"phones": {"phones": [{"value": value}]}}


def email(value: str) -> dict[str, Any]:
    return {"emails": {"emails": [{"value": value}]}}


def bring(session: Session, folder: Path) -> None:
    import_bundles(session, [folder], receipt=Receipt())


def reports(graph: Neighbourhood) -> set[str]:
    return {node.title for node in graph.nodes if node.kind == "report"}


def values(graph: Neighbourhood) -> set[tuple[str, str]]:
    return {(node.what, node.title) for node in graph.nodes if node.kind == "value"}


def edges(graph: Neighbourhood, key: str) -> list[GraphEdge]:
    return [edge for edge in graph.edges if edge.other == key]


def test_a_shared_telephone_ties_and_says_what_it_does_not_show(session: Session, tmp_path: Path) -> None:
    for number in (900000701, 900000702):
        write(tmp_path / "in", number, **phone())
    write(tmp_path / "in", 900000703, **phone("+92 300 0000999"))
    bring(session, tmp_path / "in")
    graph = show_neighbourhood(session, "900000701")
    assert reports(graph) == {"900000701", "900000702"}
    assert values(graph) == {("phone", "+923000000666")}
    found = edges(graph, "phone:+923000000666")
    assert [edge.report for edge in found] == ["report:900000701", "report:900000702"]
    assert all(edge.roles == ("suspect",) and edge.captures == 1 and not edge.possible for edge in found)
    assert str(found[0].why) == "The same telephone, not shown to be the same person."
    assert [node.inside for node in graph.nodes if node.kind == "report"] == [True, False]
    assert graph.list_tied_reports() == {"900000702"} and graph.left_out == ()


def captured(address: str) -> dict[str, Any]:
    capture = {"captureType": "IP Address", "value": address, "eventName": "Login", "dateTime": "2026-10-02T05:00:00Z"}
    return {"sourceInformation": {"sourceCaptures": [capture]}}


def test_an_address_that_strangers_share_ties_nobody(session: Session, tmp_path: Path) -> None:
    for number in (900000711, 900000712):
        write(tmp_path / "in", number, **captured(NAT))
    bring(session, tmp_path / "in")
    graph = show_neighbourhood(session, "900000711")
    assert reports(graph) == {"900000711"} and graph.edges == ()


def test_beside_another_link_the_address_is_only_possible(session: Session, tmp_path: Path) -> None:
    for number in (900000711, 900000712):
        write(tmp_path / "in", number, **captured(NAT), **phone())
    write(tmp_path / "in", 900000713, **captured(NAT))
    bring(session, tmp_path / "in")
    graph = show_neighbourhood(session, "900000711")
    assert reports(graph) == {"900000711", "900000712"}, "the third one shares the address alone"
    found = edges(graph, f"ip:{NAT}")
    assert len(found) == 2 and all(edge.possible for edge in found)
    assert "Alone this ties nobody" in str(found[0].why)


def test_a_value_of_a_hundred_reports_ties_nobody_and_is_counted(session: Session, tmp_path: Path) -> None:
    common = load_shipped_kinds()["handle"].common_above
    for n in range(common + 2):
        write(tmp_path / "in", 900000800 + n, screenName={"value": "admin"}, **(phone() if n < 2 else {}))
    bring(session, tmp_path / "in")
    graph = show_neighbourhood(session, "900000800")
    assert "handle:admin" not in {node.key for node in graph.nodes}
    assert [str(left.rule) for left in graph.left_out if "tie nobody" in str(left.rule)]


def test_the_same_bytes_are_one_node(session: Session, tmp_path: Path) -> None:
    for number in (900000721, 900000722):
        write(tmp_path / "in", number, files=(4,))
    bring(session, tmp_path / "in")
    graph = show_neighbourhood(session, "900000721")
    (file,) = [node for node in graph.nodes if node.kind == "file"]
    assert file.reports == 2 and file.sha256 is not None and len(edges(graph, file.key)) == 2
    assert graph.list_tied_reports() == frozenset(), "files tie material, not people"


@pytest.mark.parametrize("linked", [False, True], ids=["alone", "beside a telephone"])
def test_viral_files_tie_nobody(session: Session, tmp_path: Path, linked: bool) -> None:
    for number in (900000725, 900000726):
        file = {"filename": f"{number}-4.jpg", "fileAnnotations": ["viral"]}
        told = {"uploadedFiles": {"uploadedFiles": [file]}}
        write(tmp_path / "in", number, files=(4,), extra=told, **(phone() if linked else {}))
    bring(session, tmp_path / "in")
    graph = show_neighbourhood(session, "900000725")
    assert len(reports(graph)) == (2 if linked else 1)
    assert not [node for node in graph.nodes if node.kind in ("file", "series")]


def test_a_chain_does_not_tie_its_ends_by_an_address(session: Session, tmp_path: Path) -> None:
    write(tmp_path / "in", 900000727, **phone(), **captured(NAT))
    write(tmp_path / "in", 900000728, **phone(), **email("kite@mail.example.invalid"))
    write(tmp_path / "in", 900000729, **email("kite@mail.example.invalid"), **captured(NAT))
    bring(session, tmp_path / "in")
    graph = show_neighbourhood(session, "900000727", steps=2)
    assert len(reports(graph)) == 3 and f"ip:{NAT}" not in {node.key for node in graph.nodes}


def test_near_copies_are_a_series_and_possible_matches_are_dashed(session: Session, tmp_path: Path) -> None:
    for n, number in enumerate((900000731, 900000732, 900000733, 900000734)):
        write(tmp_path / "in", number, files=(n,))
    bring(session, tmp_path / "in")
    with session.reading() as db:
        ids = [media.list_files(db, i)[0].medium_id for i in (1, 2, 3, 4)]
    way = MatchWay(hash_kind="pdq", distance=12)
    with session.store.batch() as batch:
        media_matches.save_match(batch, ids[0], ids[1], way)
        media_matches.save_possible_match(batch, ids[1], ids[2], MatchWay(hash_kind="pdq", distance=60, dhash_distance=90))
        media_matches.save_match(batch, ids[0], ids[3], way)
        media_matches.reject_match(batch, ids[0], ids[3], "2026-11-01T00:00:00Z", 1)
    graph = show_neighbourhood(session, "900000731", steps=2)
    assert reports(graph) == {"900000731", "900000732", "900000733"}, "what a person rejected ties nobody"
    (series,) = [node for node in graph.nodes if node.kind == "series"]
    assert series.files == 2
    assert {(edge.report, edge.possible) for edge in edges(graph, series.key)} == {
        ("report:900000731", False), ("report:900000732", False), ("report:900000733", True),
    }  # fmt: skip


def test_places_stay_when_a_report_comes(session: Session, tmp_path: Path) -> None:
    for number in (900000741, 900000742, 900000743):
        write(tmp_path / "one", number, **phone(), **email("kite@mail.example.invalid"))
    bring(session, tmp_path / "one")
    before = {node.key: node.place for node in show_neighbourhood(session, "900000741").nodes}
    write(tmp_path / "two", 900000744, **phone())
    bring(session, tmp_path / "two")
    after = {node.key: node.place for node in show_neighbourhood(session, "900000741").nodes}
    assert len(after) == len(before) + 1 and {key: after[key] for key in before} == before
    again = {node.key: node.place for node in show_neighbourhood(session, "900000741", kept=after).nodes}
    assert again == after


def test_the_weakest_are_left_out_and_counted(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbourhood, "MOST_REPORTS", 4)
    monkeypatch.setattr(neighbourhood, "MOST_NODES", 5)
    for n in range(8):
        write(tmp_path / "in", 900000750 + n, **phone(), **(email("kite@mail.example.invalid") if n < 3 else {}))
    bring(session, tmp_path / "in")
    graph = show_neighbourhood(session, "900000750", steps=1)
    assert {"900000751", "900000752"} < reports(graph) and len(graph.nodes) <= 5, "two kinds tie more strongly than one"
    said = {str(left.rule): left.count for left in graph.left_out}
    assert said["linked reports; those with the strongest links are shown"] == 4


def test_one_step_shows_only_what_is_linked_directly(session: Session, tmp_path: Path) -> None:
    write(tmp_path / "in", 900000761, **phone())
    write(tmp_path / "in", 900000762, **phone(), **email("kite@mail.example.invalid"))
    write(tmp_path / "in", 900000763, **email("kite@mail.example.invalid"))
    bring(session, tmp_path / "in")
    assert reports(show_neighbourhood(session, "900000761", steps=1)) == {"900000761", "900000762"}
    two = show_neighbourhood(session, "900000761", steps=2)
    assert reports(two) == {"900000761", "900000762", "900000763"}
    assert two.list_tied_reports() == {"900000762"}, "a chain puts nobody into a case"


def test_a_case_begins_with_its_reports(session: Session, tmp_path: Path) -> None:
    for number in (900000771, 900000772, 900000773):
        write(tmp_path / "in", number, **phone())
    bring(session, tmp_path / "in")
    case = open_case(session, ["900000771", "900000773"])
    graph = show_neighbourhood(session, case=case.number)
    assert graph.about == case.number
    assert {node.title: (node.inside, node.case) for node in graph.nodes if node.kind == "report"} == {
        "900000771": (True, case.number), "900000773": (True, case.number), "900000772": (False, None),
    }  # fmt: skip


def test_a_report_that_names_another_is_tied_to_it(session: Session, tmp_path: Path) -> None:
    write(tmp_path / "in", 900000781)
    write(tmp_path / "in", 900000782, priorReports=["900000781"])
    bring(session, tmp_path / "in")
    graph = show_neighbourhood(session, "900000781")
    assert [(edge.report, edge.other) for edge in graph.edges] == [("report:900000782", "report:900000781")]
    assert graph.list_tied_reports() == {"900000782"}


def test_another_person_s_value_is_said_to_be_theirs(session: Session, tmp_path: Path) -> None:
    write(tmp_path / "in", 900000791, **phone())
    write(tmp_path / "in", 900000792, extra={"victims": {"victims": [phone()]}})
    bring(session, tmp_path / "in")
    graph = show_neighbourhood(session, "900000791")
    (key,) = [node.key for node in graph.nodes if node.kind == "value"]
    assert {edge.roles for edge in edges(graph, key)} == {("suspect",), ("victim",)}
    assert all("not the reported user's in all" in str(edge.why) for edge in edges(graph, key))


def test_it_asks_for_rights_and_for_something_that_exists(session: Session) -> None:
    with pytest.raises(NotFound):
        show_neighbourhood(session, "900000999")
    with pytest.raises(NotFound):
        show_neighbourhood(session, case="C-2026-0099")
    with unlock_as(session, "second", "auditor") as auditor, pytest.raises(Refused):
        show_neighbourhood(auditor, "900000999")


def test_each_kind_of_link_has_its_reason() -> None:
    assert link_reasons.REASONS.keys() == load_shipped_kinds().keys()
    assert link_reasons.explain_link("phone", alone=True, of_users=True) == Message(
        "The same telephone, not shown to be the same person."
    )
    assert shared_values.is_possible(49.9) and not shared_values.is_possible(50.0)
    assert shared_files.FileSeries(media=(3, 9)).first == 3
