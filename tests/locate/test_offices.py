from __future__ import annotations

import csv
import io

import msgspec
import pytest

from tests.locate.reports import PTCL, fact, identifier, person, report, text
from triage.locate.judge import locate
from triage.locate.offices import Offices, choose_office, read_offices
from triage.locate.places import read_places
from triage.resources import resource

FIFTEEN = ["ISB", "RWP", "GRW", "LHR", "FSD", "MUX", "PEW", "ATD", "DIK", "KHI", "HYD", "SKR", "UET", "GWD", "GLT"]


def test_fifteen_offices() -> None:
    assert [office.id for office in read_offices().office] == FIFTEEN


@pytest.mark.parametrize(
    ("province", "district", "office"),
    [
        ("PB", "Lahore", "LHR"),
        ("PB", "Rawalpindi", "RWP"),
        ("PB", "Muzaffargarh", "MUX"),
        ("PB", "Sialkot", "GRW"),
        ("PB", "Sargodha", "FSD"),
        ("ICT", "Islamabad", "ISB"),
        ("KP", "Peshawar", "PEW"),
        ("KP", "Mansehra", "ATD"),
        ("KP", "Bannu", "DIK"),
        ("SD", "Karachi", "KHI"),
        ("SD", "Mirpur Khas", "HYD"),
        ("SD", "Larkana", "SKR"),
        ("BA", "Quetta", "UET"),
        ("BA", "Kech", "GWD"),
        ("GB", "Skardu", "GLT"),
        ("PB", None, "LHR"),
        ("SD", None, "KHI"),
        ("KP", None, "PEW"),
        ("BA", None, "UET"),
        ("GB", None, "GLT"),
        ("ICT", None, "ISB"),
        ("AJK", "Muzaffarabad", "HQ"),
        ("AJK", None, "HQ"),
        (None, None, "HQ"),
    ],
)
def test_routing(province: str | None, district: str | None, office: str) -> None:
    found, why = choose_office(province, district)
    assert found == office
    assert str(why).endswith(".")


def test_what_is_only_inferred_says_so() -> None:
    assert "inferred" in str(choose_office("SD", "Larkana")[1])
    assert "notified" in str(choose_office("PB", "Lahore")[1])


def test_every_district_outside_ajk_has_an_office_of_its_province() -> None:
    rows = list(csv.DictReader(io.StringIO(resource("geo", "districts.tsv").read_text(encoding="utf-8")), delimiter="\t"))
    served = {d for o in read_offices().office for d in (*o.notified, *o.press, *o.inferred)}
    assert {r["district"] for r in rows if r["province"] != "AJK"} == served
    assert {p.district for p in read_places() if p.province != "AJK"} <= served


def test_a_mistake_in_the_file_is_refused() -> None:
    text = resource("offices.toml").read_text(encoding="utf-8")
    for wrong in (text.replace('"Kasur"', '"Lahore"'), text.replace('PB = "LHR"', 'PB = "XXX"'), text + "\ntypo = 1\n"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.toml.decode(wrong, type=Offices)


def test_names_alone_choose_no_office_while_the_verdict_is_unclear() -> None:
    bio = text("Kite flyer from Multan", "suspect", "profileBio")
    unclear = locate(report(free_text=(bio,)), {})
    assert (unclear.verdict, unclear.province, unclear.office) == ("unclear", "PB", "HQ")
    assert "Only names of places point to Punjab" in str(unclear.office_why)
    stated = fact("estimatedLocation.city", "Lahore"), fact("estimatedLocation.countryCode", "PK")
    doubted = locate(report(people=(person("suspect", *stated, fact("estimatedLocation.verified", "false")),)), {})
    assert (doubted.verdict, doubted.office) == ("unclear", "HQ")
    likely = locate(report(identifier("ip", PTCL), free_text=(bio,)), {})
    assert (likely.verdict, likely.office) == ("likely", "MUX")


def test_a_landline_chooses_an_office_while_the_verdict_is_unclear() -> None:
    found = locate(report(identifier("phone", "+92 42 30000000", verified=False)), {})
    assert (found.verdict, found.office) == ("unclear", "LHR")
