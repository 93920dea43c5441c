from __future__ import annotations

import pytest

from tests.locate.reports import fact, identifier, of, person, report
from triage.locate.judge import locate
from triage.model.judgement import Location


def estimated(**fields: str | bool) -> Location:
    facts = [fact(f"estimatedLocation.{name}", value) for name, value in fields.items()]
    return locate(report(people=(person("suspect", *facts),)), {})


@pytest.mark.parametrize(
    ("fields", "in_pakistan", "province", "district"),
    [
        ({"city": "Lahore", "region": "Punjab", "countryCode": "PK"}, True, "PB", "Lahore"),
        ({"city": "Hyderabad", "countryCode": "PK"}, True, "SD", "Hyderabad"),
        ({"city": "Hyderabad", "region": "Telangana", "countryCode": "IN"}, False, None, None),
        ({"city": "Hyderabad"}, None, None, None),
        ({"region": "PK-KP", "countryCode": "PK"}, True, "KP", None),
        ({"city": "Mardan", "region": "Khyber Pakhtunkhwa", "countryCode": "PK"}, True, "KP", "Mardan"),
        ({"city": "Muzaffargarh", "countryCode": "PK"}, True, "PB", "Muzaffargarh"),
        ({"city": "Muzaffarabad", "countryCode": "PK"}, True, "AJK", "Muzaffarabad"),
        ({"countryCode": "PK"}, True, None, None),
        ({"countryCode": "PK", "verified": "false"}, None, None, None),
        ({"countryCode": "AE", "verified": False}, None, None, None),
        ({"countryCode": "AE"}, False, None, None),
        ({"city": "Lahore", "region": "Sindh", "countryCode": "PK"}, True, None, None),
        ({"city": "N/A", "countryCode": "N/A"}, None, None, None),
        ({"city": "لاہور", "countryCode": "PK"}, True, "PB", "Lahore"),
    ],
)
def test_estimates(fields: dict[str, str | bool], in_pakistan: bool | None, province: str | None, district: str | None) -> None:
    found = estimated(**fields)
    assert (found.in_pakistan, found.province, found.district) == (in_pakistan, province, district)


def test_verified_estimates_weigh_more() -> None:
    verified, open_, denied = (
        estimated(countryCode="PK", **more).total for more in ({"verified": True}, {}, {"verified": False})
    )
    assert verified > open_ > denied > 0


def test_city_and_region_that_disagree_are_said() -> None:
    found = estimated(city="Lahore", region="Sindh", countryCode="PK")
    assert "The city is in Punjab, the stated region is Sindh." in str(found.evidence[0].against)


@pytest.mark.parametrize(
    ("text", "in_pakistan", "district"),
    [
        ("Lahore, Punjab, PK", True, "Lahore"),
        ("Karachi, Pakistan", True, "Karachi"),
        ("Dubai, AE", False, None),
        ("Pakistan", True, None),
    ],
)
def test_an_estimate_written_as_one_text(text: str, in_pakistan: bool, district: str | None) -> None:
    found = locate(report(people=(person("victim", fact("estimatedLocation", text)),)), {})
    assert (of(found, "victim").in_pakistan, found.district) == (in_pakistan, district)


@pytest.mark.parametrize(
    ("value", "details", "in_pakistan", "province"),
    [
        ("1 Kite Road, Mardan, PK", (("address", "1 Kite Road"), ("city", "Mardan"), ("country", "PK")), True, "KP"),
        ("1 Kite Road, Lahore, Pakistan", (), True, "PB"),
        ("1 Kite Road, Lahore", (), True, "PB"),
        ("1 Kite Road, Pakistan", (), True, None),
        ("1 Kite Road, Hyderabad", (), None, None),
        ("1 Kite Road, Springfield", (("city", "Springfield"), ("state", "SD")), False, None),
        ("Lahore Kebab House, London", (), False, None),
        ("1 Kite Road, Springfield", (("city", "Springfield"), ("country", "US")), False, None),
    ],
)
def test_a_postal_address_in_pakistan_is_likely_by_itself(
    value: str, details: tuple[tuple[str, str], ...], in_pakistan: bool | None, province: str | None
) -> None:
    found = locate(report(identifier("address", value, details=details)), {})
    assert (found.in_pakistan, found.province) == (in_pakistan, province)


def test_a_typed_location_without_a_country_is_not_a_postal_address() -> None:
    assert locate(report(identifier("location", "Lahore")), {}).in_pakistan is None
    assert locate(report(identifier("location", "Lahore, Pakistan")), {}).in_pakistan is True


def test_a_stated_address_of_the_incident_counts_whole() -> None:
    found = locate(report(identifier("address", "1 Kite Road, Pattoki, Kasur", "incident")), {})
    assert (found.verdict, found.province, found.district, found.office) == ("likely", "PB", "Kasur", "LHR")
    assert (of(found, "incident").verdict, of(found, "incident").total) == ("likely", found.total)
    assert "The stated location of the incident points there." in str(found.office_why)


def test_associated_accounts_hardly_count() -> None:
    found = locate(report(people=(person("associated", fact("estimatedLocation.countryCode", "PK")),)), {})
    assert found.in_pakistan is None and 0 < found.total < 10


def test_an_estimate_of_islamabad_may_rest_on_a_table_of_addresses_and_says_so() -> None:
    where = {"city": "Islamabad", "countryCode": "PK"}
    assert "half of Pakistan in Islamabad" in str(estimated(**where).evidence[0].against)
    assert "half of Pakistan" not in str(estimated(**where, verified=True).evidence[0].against)
    assert "half of Pakistan" not in str(estimated(city="Lahore", countryCode="PK").evidence[0].against)
