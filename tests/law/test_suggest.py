"""Sections are suggested by facts and the day of the act, never by an incident type alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.law import suggest
from triage.law.table import LawError, load, shipped
from triage.model.document import Fact, FileEntry, Identifier, Person
from triage.model.judgement import ListHit, Surroundings
from triage.model.moment import Moment
from triage.model.report import Report, ReportFile

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
    assert "not offered" in suggest(told, Surroundings())[0].why
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
    assert all("not stated" in s.why for s in found)


def test_a_child_among_the_reported_brings_the_juvenile_rules() -> None:
    for told in (
        report(people=(person("suspect", age="15-17"),)),
        report(people=(person("suspect", dateOfBirth="2010-05-05"),)),
        report(files=(file(None, None, "possibleSelfProduction"),)),
        report(annotations=("minorToMinorInteraction",)),
    ):
        assert "JJSA 2018 juvenile rules" in sections(told)
    assert sections(report(people=(person("suspect", age=30),))) == set()


def test_hands_on_trafficking_and_money() -> None:
    hands_on = report(people=(person("suspect", accessToChildVictim=True),))
    assert {"PPC 375, 376", "PPC 377A, 377B", "Anti-Rape Act 2021 procedure"} <= sections(hands_on)
    sold = report("Child Sex Trafficking", people=(person("victim"),))
    assert {"PECA 2016 22C", "PPC 371A, 371B", "Trafficking in Persons Act 2018 3"} == sections(sold)
    wallet = Identifier(kind="wallet", value="w", role="suspect", sources=())
    assert "PECA 2016 22B" in sections(report(identifiers=(wallet,), files=(file(),)))
    contact = report("Online Enticement of Children for Sexual Acts", people=(person("victim"),))
    assert sections(contact) == {"PECA 2016 22A"}
    assert {"PECA 2016 21", "PECA 2016 24"} == sections(report(annotations=("sextortion",)))


def test_every_suggestion_says_why_how_sure_and_who_decides() -> None:
    for found in suggest(report(files=(file("A1"),), annotations=("sextortion",)), Surroundings()):
        assert found.why and found.source and found.note == "Officer decides."
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
