"""Sections are suggested by facts and the day of the act, never by an incident type alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from triage.law import suggest
from triage.law.table import LawError, load, shipped
from triage.model.document import Fact, FileEntry, Identifier, Person
from triage.model.judgement import ListHit, Surroundings
from triage.model.moment import Moment
from triage.model.report import Occurrence, Report, ReportFile

MATERIAL = "Child Pornography (possession, manufacture, and distribution)"


def report(kind: str = MATERIAL, day: str | None = "2026-03-01", **more: object) -> Report:
    values: dict[str, object] = dict.fromkeys(("designation", "received", "esp", "priority_code", "escalation"), None)
    values |= dict.fromkeys(
        ("annotations", "prior_reports", "people", "identifiers", "files", "facts", "free_text", "conflicts", "not_understood"),
        (),
    )
    when = None if day is None else Moment(utc=f"{day}T06:00:00Z", original=day)
    values |= {"incident_type": kind, "incident_time": when, "received_estimated": False, **more}
    return Report(**values)  # type: ignore[arg-type]


def file(classification: str | None = None, viewed: bool | None = None, *annotations: str) -> ReportFile:
    entry = FileEntry(
        key="f1", name="a.jpg", declared=(("sha256", "ab" * 32),), classification=classification, viewed_by_esp=viewed,
        annotations=annotations, sources=(),
    )  # fmt: skip
    return ReportFile(entry=entry, occurrence=None, declared_hash_matches=None)


def came(file: ReportFile) -> ReportFile:
    there = Occurrence(sha256="ab" * 32, md5="0" * 32, sha1="0" * 40, size=1, name="a.jpg", path="a.jpg", level="")
    return replace(file, occurrence=there)


def person(role: str, **facts: object) -> Person:
    return Person(role=role, says=role, facts=tuple(Fact(name=n, value=v, sources=()) for n, v in facts.items()))  # type: ignore[arg-type]


def event(name: str, of: str | None = None) -> Identifier:
    return Identifier(kind="ip", value="203.0.113.9", role="suspect", event=name, file=of, sources=())


def sections(told: Report, around: Surroundings | None = None, offered: bool = True) -> set[str]:
    found = suggest(told, around or Surroundings())
    return {f"{s.act} {s.section}" for s in found if s.offered is offered}


@pytest.mark.parametrize("kind", [
    MATERIAL, "Online Enticement of Children for Sexual Acts", "Child Sex Trafficking", "Child Sexual Molestation",
    "Unsolicited Obscene Material Sent to a Child", "Child Sex Tourism",
])  # fmt: skip
def test_no_incident_type_alone_suggests_anything(kind: str) -> None:
    assert suggest(report(kind), Surroundings()) == ()
    assert suggest(report(kind, files=(file(),)), Surroundings()) == ()


def test_material_by_class_list_grade_or_the_provider_that_looked() -> None:
    hit = ListHit(
        list_name="l", list_kind="known", added="2026-01-01", sha256="ab" * 32, hash_kind="sha256", tier="exact", category=None
    )
    graded = Surroundings(verdicts=(("ab" * 32, "abuse material"),))
    assert "PECA 2016 22" in sections(report(files=(file("A1"),)))
    assert "PECA 2016 22" in sections(report(files=(file(None, True),)))
    assert "PECA 2016 22" in sections(report(files=(file(),)), Surroundings(hits=(hit,)))
    assert "PECA 2016 22" in sections(report(files=(file(),)), graded)
    assert "PECA 2016 22" not in sections(report(files=(file(),)), Surroundings(verdicts=(("ab" * 32, "adult"),)))


def test_looking_alone_is_told_and_section_22_is_not_offered() -> None:
    told = report(identifiers=(event("Video viewed"),))
    assert sections(told) == set()
    assert sections(told, offered=False) == {"PECA 2016 22"}
    assert "not offered" in str(suggest(told, Surroundings())[0].why)
    kept = report(identifiers=(event("Video viewed"), event("Upload")))
    assert sections(kept, offered=False) == set()
    seen = report(files=(file("A2"),), identifiers=(event("view", "f1"),))
    assert sections(seen, offered=False) == {"PECA 2016 22"}


def test_the_law_of_the_day_of_the_act() -> None:
    files = (file("A1"),)
    assert "PPC 292B, 292C" in sections(report(day="2023-07-23", files=files))
    assert "PPC 292B, 292C" not in sections(report(day="2023-07-24", files=files))
    young = {"annotations": ("csamSolicitation",)}
    assert "PECA 2016 22A" not in sections(report(day="2023-07-23", **young))
    assert "PECA 2016 22A" in sections(report(day="2023-07-24", **young))
    assert sections(report(day="2015-01-01", files=files)) == set()


def test_the_day_is_pakistans() -> None:
    late = Moment(utc="2023-07-23T19:30:00Z", original="")
    early = Moment(utc="2023-07-23T18:30:00Z", original="")
    assert "PPC 292B, 292C" not in sections(report(files=(file("A1"),), incident_time=late))
    assert "PPC 292B, 292C" in sections(report(files=(file("A1"),), incident_time=early))


def test_without_a_day_all_is_unverified() -> None:
    found = suggest(report(day=None, files=(file("A1"),)), Surroundings())
    assert {s.section for s in found} == {"22", "292B, 292C"}
    assert {s.certainty for s in found} == {"unverified"}
    assert all("not stated" in str(s.why) for s in found)


def test_a_child_among_the_reported_brings_the_juvenile_rules() -> None:
    for told in (
        report(people=(person("suspect", age="15-17"),)),
        report(people=(person("suspect", dateOfBirth="2010-05-05"),)),
        report(files=(file(None, None, "possibleSelfProduction"),)),
        report(annotations=("minorToMinorInteraction",)),
        report(people=(person("suspect", ageAssertionDiscrepancy=True),)),
    ):
        assert "JJSA 2018 juvenile rules" in sections(told)
    assert sections(report(people=(person("suspect", age=30),))) == set()


def test_hands_on_trafficking_and_money() -> None:
    hands_on = report("Child Sexual Molestation", people=(person("suspect"), person("victim")))
    assert {"PPC 375, 376", "PPC 377A, 377B", "Anti-Rape Act 2021 procedure"} <= sections(hands_on)
    assert {"PPC 375, 376", "PPC 377A, 377B"} <= sections(report(files=(file(None, None, "physicalHarm"),)))
    sold = report("Child Sex Trafficking", people=(person("victim"),))
    assert {"PECA 2016 22C", "PPC 371A, 371B", "Trafficking in Persons Act 2018 3"} == sections(sold)
    wallet = Identifier(kind="wallet", value="w", role="suspect", sources=())
    assert "PECA 2016 22B" in sections(report(identifiers=(wallet,), files=(file(),)))
    contact = report("Online Enticement of Children for Sexual Acts", people=(person("victim"),))
    assert sections(contact) == {"PECA 2016 22A"}
    assert {"PECA 2016 21", "PECA 2016 24", "PECA 2016 24A"} == sections(report(annotations=("sextortion",)))


@pytest.mark.parametrize("facts", [{"accessToChildVictim": True}, {"relationshipToChildVictim": "uncle"}])
def test_access_to_a_child_is_no_act_and_rape_is_not_offered_on_it(facts: dict[str, object]) -> None:
    told = report(people=(person("suspect", **facts),))
    assert sections(told) == set()
    assert "PPC 375, 376" in sections(told, offered=False)
    with_files = replace(told, files=(came(file("A1")),))
    assert "PPC 377A, 377B" in sections(with_files) and "PPC 375, 376" not in sections(with_files)


@pytest.mark.parametrize("relation", ["stranger", "online friend", "No relation", "unknown", "none", "Information not provided"])
def test_a_stranger_has_no_access(relation: str) -> None:
    told = report(people=(person("suspect", relationshipToChildVictim=relation),), files=(came(file("A1")),))
    assert not {"PPC 375, 376", "PPC 377A, 377B"} & (sections(told) | sections(told, offered=False))


@pytest.mark.parametrize(
    "grade", ["adult", "innocent family or medical picture", "drawing or made by a machine", "not pertinent"]
)
def test_who_looked_here_goes_before_a_providers_class_and_a_list(grade: str) -> None:
    seen = Surroundings(verdicts=(("ab" * 32, grade),))
    assert sections(report(files=(file("A1", True),)), seen) == set()
    other = replace(file("A1"), entry=structs.replace(file("A1").entry, key="f2", declared=(("sha256", "cd" * 32),)))
    assert "PECA 2016 22" in sections(report(files=(file("A1"), other)), seen)


def test_children_among_themselves_are_not_called_bullies() -> None:
    told = report(annotations=("minorToMinorInteraction",))
    assert sections(told) == {"JJSA 2018 juvenile rules"}
    assert sections(told, offered=False) == {"PECA 2016 24A"}


@pytest.mark.parametrize("event_name", ["Account access", "Reviewed by the company", "App opened", "Login"])
def test_what_is_no_look_at_material_is_not_called_one(event_name: str) -> None:
    assert suggest(report(identifiers=(event(event_name),)), Surroundings()) == ()


@pytest.mark.parametrize("event_name", ["Image opened", "File access", "Searched", "Watched", "viewed"])
def test_what_is_one_is(event_name: str) -> None:
    assert sections(report(identifiers=(event(event_name),)), offered=False) == {"PECA 2016 22"}


@pytest.mark.parametrize("born", ["2030-01-01", "1800-01-01", "01/02/2010"])
def test_an_impossible_day_of_birth_makes_nobody_a_child(born: str) -> None:
    assert sections(report(people=(person("suspect", dateOfBirth=born),))) == set()


def test_who_may_investigate_since_when() -> None:
    (found, *_) = suggest(report(files=(file("A1"),)), Surroundings())
    said = " | ".join(found.investigators)
    assert "FIA Cybercrime Wing until 2025-04-04" in said and "NCCIA since 2025-04-04" in said
    assert "not Punjab Police since 2025-09-26" in said
    assert "from 2024" not in said and "unverified: Notification of 29 April 2024" in said
    assert "Azad Jammu and Kashmir" in said


def test_every_suggestion_says_why_how_sure_and_who_decides() -> None:
    for found in suggest(report(files=(file("A1"),), annotations=("sextortion",)), Surroundings()):
        assert found.why and found.source and str(found.note) == "Officer decides."
        assert found.certainty in ("certain", "probable", "unverified")
        assert any("NCCIA" in who for who in found.investigators)


def test_the_table_holds_what_the_law_part_asks_for() -> None:
    there = {(row.act, row.section) for row in shipped().law}
    assert {("PECA 2016", each) for each in ("21", "22", "22A", "22B", "22C", "24", "24A")} <= there
    assert next(row for row in shipped().law if row.section.startswith("292B")).certainty == "unverified"


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "law.toml"
    table.write_text(
        'version = "1"\ninvestigator = []\n[[law]]\nact = "X"\nsection = "1"\ntitle = "t"\nfrom = 2020-01-01\n'
        'certainty = "certain"\nsource = "s"\nsuggested_by = ["the stars"]\n'
    )
    with pytest.raises(LawError, match="the stars"):
        load(table)
    table.write_text("version = 1")
    with pytest.raises(LawError):
        load(table)
