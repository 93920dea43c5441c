"""Sections are suggested by facts and the day of the act, never by an incident type alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from msgspec import structs

from triage.law import suggest
from triage.law.table import LawError, load_shipped_table, load_table
from triage.model.document import Fact, FileEntry, FreeText, Identifier, Person
from triage.model.judgement import LawSuggestion, ListHit, PersonPlace, Surroundings
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
    return structs.replace(file, occurrence=there)


def person(role: str, **facts: object) -> Person:
    return Person(role=role, says=role, facts=tuple(Fact(name=n, value=v, sources=()) for n, v in facts.items()))  # type: ignore[arg-type]


def event(name: str, of: str | None = None) -> Identifier:
    return Identifier(kind="ip", value="203.0.113.9", role="suspect", event=name, file=of, sources=())


@dataclass(frozen=True)
class Place:
    """A verdict on place."""

    province: str | None = None
    by_person: tuple[PersonPlace, ...] = ()


TODAY = date(2026, 11, 27)


def suggestions(
    told: Report, around: Surroundings | None = None, place: Place | None = None, today: date = TODAY
) -> tuple[LawSuggestion, ...]:
    """Returns the suggestions for a report without the rows on the protection of the child."""
    found = suggest(told, around or Surroundings(), location=place, today=today)
    return tuple(each for each in found if each.act != "Child protection")


def sections(told: Report, around: Surroundings | None = None, offered: bool = True, place: Place | None = None) -> set[str]:
    """Returns the sections that are offered, or those that are shown and not offered; bills left out."""
    found = suggestions(told, around, place)
    return {f"{s.act} {s.section}" for s in found if s.offered is offered and "bill" not in s.section}


@pytest.mark.parametrize("kind", [
    MATERIAL, "Online Enticement of Children for Sexual Acts", "Child Sex Trafficking", "Child Sexual Molestation",
    "Unsolicited Obscene Material Sent to a Child", "Child Sex Tourism",
])  # fmt: skip
def test_no_incident_type_alone_suggests_anything(kind: str) -> None:
    assert suggestions(report(kind)) == ()
    assert suggestions(report(kind, files=(file(),))) == ()


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
    assert "not offered" in str(suggestions(told)[0].why)
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
    found = suggestions(report(day=None, files=(file("A1"),)))
    assert {s.section for s in found} == {"22", "22 (bill of 2026)", "292B, 292C", "procedure"}
    assert {s.certainty for s in found} == {"unverified"}
    assert all("not stated" in str(s.why) or "bill" in s.section for s in found)


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


def test_an_act_trafficking_and_money() -> None:
    hands_on = report("Child Sexual Molestation", people=(person("suspect"), person("victim", age=11)))
    act = {"PPC 375, 376", "PPC 377A, 377B", "PPC 328A", "PPC 354", "Anti-Rape Act 2021 procedure"}
    assert act <= sections(hands_on)
    sold = report("Child Sex Trafficking", people=(person("victim"),))
    wanted = {"PECA 2016 22C", "PPC 366A", "PPC 369A", "PPC 371A, 371B", "Prevention of Trafficking in Persons Act 2018 3"}
    assert sections(sold) == wanted
    wallet = Identifier(kind="wallet", value="w", role="suspect", sources=())
    assert "PECA 2016 22B" in sections(report(identifiers=(wallet,), files=(file(),)))
    contact = report("Online Enticement of Children for Sexual Acts", people=(person("victim"),))
    assert sections(contact) == {"PECA 2016 22A"}
    extorted = {
        "PECA 2016 21",
        "PECA 2016 24",
        "PECA 2016 24A",
        "PPC 383-386",
        "PPC 506",
        "PPC 509",
        "Anti-Rape Act 2021 procedure",
    }
    assert sections(report(annotations=("sextortion",))) == extorted
    paid = report(annotations=("sextortion",), identifiers=(wallet,))
    assert sections(paid) == extorted | {"Anti-Money Laundering Act 2010 3, 4"}


@pytest.mark.parametrize("mark", ["physicalHarm", "liveStreaming", "infant", "violenceGore"])
def test_a_mark_alone_is_no_act(mark: str) -> None:
    offered = sections(report(files=(file(None, None, mark),)))
    assert not {"PPC 375, 376", "PPC 377", "PPC 377A, 377B", "KP Child Protection and Welfare Act 2010 48"} & offered


def test_the_recipient_of_contact_is_the_child() -> None:
    contact = "Online Enticement of Children for Sexual Acts"
    assert "PECA 2016 22A" in sections(report(contact, people=(person("suspect"), person("recipient", age=13))))
    assert "PECA 2016 22A" in sections(report(contact, people=(person("suspect"), person("recipient"))))
    assert "PECA 2016 22A" not in sections(report(contact, people=(person("suspect"), person("recipient", age=34))))
    assert "PECA 2016 22A" not in sections(report(contact, people=(person("victim", age=34),)))
    assert "PECA 2016 22A" not in sections(report(contact, people=(person("victim", age="34 y/o, has 2 kids"),)))
    assert "PPC 377A, 377B" not in sections(report("Child Sexual Molestation", people=(person("victim", age="19"),)))


@pytest.mark.parametrize(
    ("sex", "day", "expected"),
    [
        ("male", "2019-05-01", {"PPC 377"}), ("female", "2019-05-01", {"PPC 375, 376"}), (None, "2019-05-01", {"PPC 375, 376", "PPC 377"}),
        ("male", "2024-05-01", {"PPC 375, 376"}), ("female", "2024-05-01", {"PPC 375, 376"}),
    ],
)  # fmt: skip
def test_boys_before_2021(sex: str | None, day: str, expected: set[str]) -> None:
    facts = {"age": 10} | ({"gender": sex} if sex else {})
    told = report("Child Sexual Molestation", day=day, people=(person("victim", **facts),))
    assert sections(told) & {"PPC 375, 376", "PPC 377"} == expected


def test_no_section_against_a_child_for_material_of_herself() -> None:
    alone = ("PECA 2016 22", "PPC 292B, 292C")
    for told in (
        report(people=(person("suspect", age=14),), files=(file("B1", None, "possibleSelfProduction"),)),
        report(people=(person("suspect"),), files=(file("B1", None, "possibleSelfProduction"),)),
        report(people=(person("suspect", age=15),), files=(file("B1"),), annotations=("minorToMinorInteraction",)),
    ):
        for day in ("2026-03-01", "2020-03-01"):
            dated = replace(told, incident_time=Moment(utc=f"{day}T06:00:00Z", original=day))
            assert not set(alone) & sections(dated)
            assert "PECA 2016 22" in sections(dated, offered=False)
            assert "JJSA 2018 juvenile rules" in sections(dated)
    adult = report(people=(person("suspect", age=40),), files=(file("B1", None, "possibleSelfProduction"),))
    assert "PECA 2016 22" in sections(adult)


@pytest.mark.parametrize(
    ("province", "act"),
    [
        ("PB", "Punjab"), ("SD", "Sindh"), ("KP", "KP"), ("BA", "Balochistan"), ("ICT", "ICT"), ("GB", "Gilgit"),
        ("AJK", "Azad Jammu"), (None, "of the child's province"),
    ],
)  # fmt: skip
def test_the_protection_of_the_child_stands_first(province: str | None, act: str) -> None:
    for told in (
        report("Online Enticement of Children for Sexual Acts", people=(person("victim", age=12),)),
        report(people=(person("suspect", age=15),), files=(file("A1"),)),
    ):
        first = suggest(told, Surroundings(), location=Place(province), today=TODAY)[0]
        assert first.act == "Child protection" and first.section.startswith(act), province
    of_child = PersonPlace(of="victim", in_pakistan=True, verdict="yes", total=70, province="SD")
    told = report("Online Enticement of Children for Sexual Acts", people=(person("victim", age=12),))
    assert suggest(told, Surroundings(), location=Place("PB", (of_child,)), today=TODAY)[0].section.startswith("Sindh")


def test_a_province_has_its_own_section() -> None:
    told = report("Child Sexual Molestation", people=(person("victim", age=9),))
    assert "KP Child Protection and Welfare Act 2010 48" in sections(told, place=Place("KP"))
    assert "KP Child Protection and Welfare Act 2010 48" not in sections(told, place=Place("PB"))


def test_a_missing_child_comes_first_of_all() -> None:
    def text(words: str, of: str = "incident") -> Report:
        return report("Child Sex Trafficking", free_text=(FreeText(text=words, of=of, label="additionalInfo", sources=()),))

    assert (
        suggest(text("The missing child was last seen at a bus stand."), Surroundings(), today=TODAY)[0].act
        == "Zainab Alert Act 2020"
    )
    assert "Zainab Alert Act 2020 alert" not in sections(text("There is no missing child in this report."))
    assert "Zainab Alert Act 2020 alert" not in sections(text("missing child", of="reporter"))
    taken = sections(text("The girl was kidnapped."))
    assert {"Zainab Alert Act 2020 alert", "PECA 2016 22C", "PPC 361-364A", "PPC 367A"} <= taken


def test_the_marriage_of_a_child_by_province() -> None:
    told = report(people=(person("suspect", relationshipToChildVictim="husband"), person("victim", age=14)))
    assert "Child marriage Islamabad Child Marriage Restraint Act 2025" in sections(told, place=Place("ICT"))
    assert "Child marriage Punjab Child Marriage Restraint Ordinance 2026" in sections(told, place=Place("PB"))
    assert "Child marriage Sindh Child Marriages Restraint Act 2013" in sections(told, place=Place("SD"))
    assert "Child marriage Child Marriage Restraint Act 1929" in sections(told)


def test_a_bill_is_shown_and_never_offered() -> None:
    found = suggestions(report(files=(file("A1"),)))
    bill = next(each for each in found if each.section == "22 (bill of 2026)")
    assert not bill.offered and "not known to be law" in str(bill.why)
    before = suggestions(report(files=(file("A1"),)), today=date(2026, 1, 1))
    assert not any("bill" in each.section for each in before)


@pytest.mark.parametrize("facts", [{"accessToChildVictim": True}, {"relationshipToChildVictim": "uncle"}])
def test_access_to_a_child_is_no_act_and_rape_is_not_offered_on_it(facts: dict[str, object]) -> None:
    told = report(people=(person("suspect", **facts),))
    assert sections(told) == set()
    assert "PPC 375, 376" in sections(told, offered=False)
    with_files = replace(told, files=(came(file("A1")),))
    assert not {"PPC 377A, 377B", "PPC 375, 376"} & sections(with_files)
    graded = Surroundings(verdicts=(("ab" * 32, "abuse material"),))
    assert "PPC 377A, 377B" in sections(with_files, graded)


@pytest.mark.parametrize(
    "relation",
    ["stranger", "Not related to the family", "online friend", "No relation", "unknown", "none", "Information not provided"],
)
def test_a_stranger_has_no_access(relation: str) -> None:
    told = report(people=(person("suspect", relationshipToChildVictim=relation),), files=(came(file("A1")),))
    assert not {"PPC 375, 376", "PPC 377A, 377B"} & (sections(told) | sections(told, offered=False))


@pytest.mark.parametrize(
    "grade", ["adult", "innocent family or medical picture", "drawing or made by a machine", "not pertinent"]
)
def test_who_looked_here_goes_before_a_providers_class_and_a_list(grade: str) -> None:
    seen = Surroundings(verdicts=(("ab" * 32, grade),))
    assert sections(report(files=(file("A1", True),)), seen) == set()
    other = structs.replace(file("A1"), entry=structs.replace(file("A1").entry, key="f2", declared=(("sha256", "cd" * 32),)))
    assert "PECA 2016 22" in sections(report(files=(file("A1"), other)), seen)


def test_children_among_themselves_are_not_called_bullies() -> None:
    told = report(annotations=("minorToMinorInteraction",))
    assert sections(told) == {"JJSA 2018 juvenile rules"}
    assert sections(told, offered=False) == {"PECA 2016 24A"}


@pytest.mark.parametrize("event_name", ["Account access", "Reviewed by the company", "App opened", "Login"])
def test_what_is_no_look_at_material_is_not_called_one(event_name: str) -> None:
    assert suggestions(report(identifiers=(event(event_name),))) == ()


@pytest.mark.parametrize("event_name", ["Image opened", "File access", "Searched", "Watched", "viewed"])
def test_what_is_one_is(event_name: str) -> None:
    assert sections(report(identifiers=(event(event_name),)), offered=False) == {"PECA 2016 22"}


@pytest.mark.parametrize("born", ["2030-01-01", "1800-01-01", "01/02/2010"])
def test_an_impossible_day_of_birth_makes_nobody_a_child(born: str) -> None:
    assert sections(report(people=(person("suspect", dateOfBirth=born),))) == set()


def test_who_investigates_follows_today_and_is_one_body() -> None:
    told = report(day="2020-03-01", files=(file("A1"),), annotations=("sextortion",))
    for found in suggest(told, Surroundings(), today=TODAY):
        assert len(found.investigators) == 1
    (section_22,) = (each for each in suggestions(told) if each.section == "22")
    assert section_22.investigators[0].startswith("NCCIA (probable")
    (then,) = (each for each in suggestions(told, today=date(2025, 4, 3)) if each.section == "22")
    assert then.investigators[0].startswith("FIA Cybercrime Wing")
    (ajk,) = (each for each in suggestions(told, place=Place("AJK")) if each.section == "22")
    assert ajk.investigators[0].startswith("AJK: not under these Acts; headquarters decide")
    assert ajk.certainty == "unverified" and "headquarters decide" in str(ajk.why)
    (gilgit,) = (each for each in suggestions(told, place=Place("GB")) if each.section == "22")
    assert "PECA was extended" in gilgit.investigators[0]


@pytest.mark.parametrize("province", [None, "PB", "SD", "KP", "BA", "ICT", "GB", "AJK"])
def test_every_row_has_its_investigator(province: str | None) -> None:
    table = load_shipped_table()
    for row in table.law:
        if row.holds_in(province):
            assert any(each.fits(row, province, TODAY) for each in table.investigator), (row.act, row.section)


def test_every_suggestion_says_why_how_sure_and_who_decides() -> None:
    for found in suggestions(report(files=(file("A1"),), annotations=("sextortion",))):
        assert found.why and found.source and str(found.note) == "Officer decides."
        assert found.certainty in ("certain", "probable", "unverified")
        assert len(found.investigators) == 1


def test_the_table_holds_what_the_law_part_asks_for() -> None:
    there = {(row.act, row.section) for row in load_shipped_table().law}
    assert {("PECA 2016", each) for each in ("21", "22", "22A", "22B", "22C", "24", "24A")} <= there
    assert next(row for row in load_shipped_table().law if row.section.startswith("292B")).certainty == "unverified"


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "law.toml"
    table.write_text(
        'version = "1"\ninvestigator = []\n[[law]]\nact = "X"\nsection = "1"\ntitle = "t"\nfrom = 2020-01-01\n'
        'certainty = "certain"\nsource = "s"\nsuggested_by = ["the stars"]\n'
    )
    with pytest.raises(LawError, match="the stars"):
        load_table(table)
    table.write_text("version = 1")
    with pytest.raises(LawError):
        load_table(table)


def test_what_rests_on_a_mark_alone_says_so() -> None:
    """A court paper leaves it out: a mark states no act."""
    marked = suggestions(report(annotations=("sextortion",)))
    assert marked and all(each.only_marked for each in marked if each.offered)
    stated = suggestions(report("Sextortion", annotations=("sextortion",)))
    assert stated and not any(each.only_marked for each in stated if each.offered)
