from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.locate.gazetteer import find_country, find_region, load_address_names, load_text_names, split_words
from triage.locate.names import find_names
from triage.locate.postal import read_address, read_fields


def found(text: str) -> list[tuple[str | None, str | None]]:
    return [(n.province, n.district) for n in find_names(text)]


@pytest.mark.parametrize(
    ("text", "province", "district"),
    [
        ("main Lahore mein hoon", "PB", "Lahore"),
        ("LAHORE!", "PB", "Lahore"),
        ("Dera Ismail Khan", "KP", "Dera Ismail Khan"),
        ("Mirpur Khas", "SD", "Mirpur Khas"),
        ("Mirpurkhas", "SD", "Mirpur Khas"),
        ("Gujar Khan", "PB", "Rawalpindi"),
        ("Muzaffargarh", "PB", "Muzaffargarh"),
        ("Muzaffarabad", "AJK", "Muzaffarabad"),
        ("مظفر گڑھ", "PB", "Muzaffargarh"),
        ("مظفرگڑھ", "PB", "Muzaffargarh"),
        ("مظفر آباد", "AJK", "Muzaffarabad"),
        ("مظفرآباد", "AJK", "Muzaffarabad"),
        ("کراچی", "SD", "Karachi"),
        ("ڪراچي", "SD", "Karachi"),
        ("پېښور", "KP", "Peshawar"),
        ("كوئٹہ", "BA", "Quetta"),
        ("گلگت", "GB", "Gilgit"),
        ("Gilgit-Baltistan", "GB", None),
        ("Azad Kashmir", "AJK", None),
        ("KPK", "KP", None),
        ("سندھ", "SD", None),
    ],
)
def test_names_in_texts(text: str, province: str, district: str | None) -> None:
    assert found(f"xx {text} yy") == [(province, district)]


@pytest.mark.parametrize(
    "text",
    [
        "Muzaffar garhi",
        "Muzaffarpur",
        "Lahoree",
        "overlahore",
        "a fish tank in the garden",
        "swat the fly",
        "bagh mein",
        "mera kya kasur hai",
        "karak chai",
        "مرے دل میں قصور",
        "یہ باغ ہے",
        "میں ڈاکٹر بنوں",
        "تربت پر پھول",
        "",
        "topi pehno",
        "dadu aur nana",
    ],
)
def test_words_that_mean_something_else_are_no_places(text: str) -> None:
    assert found(text) == []


def test_names_that_exist_elsewhere_say_so() -> None:
    for text in ("Hyderabad", "Punjab", "Mirpur", "Gujrat"):
        names = list(find_names(f"from {text} with love"))
        assert all(n.elsewhere for n in names), text


def test_muzaffargarh_and_muzaffarabad_share_no_spelling() -> None:
    both = {"Muzaffargarh", "Muzaffarabad"}
    texts = {form: {name.district} for form, name in load_text_names().plain.items()}
    addresses = {key: {name.district for name in found} for key, found in load_address_names().items()}
    for index in (texts, addresses):
        assert not [form for form, districts in index.items() if both <= districts]
        assert both <= {district for districts in index.values() for district in districts}
    for spelling in ("muzaffarabad", "muzafarabad", "مظفراباد"):
        assert {n.district for n in load_address_names()[spelling.replace("ff", "f")]} == {"Muzaffarabad"}


@pytest.mark.parametrize(
    ("text", "province", "district"),
    [
        ("Mardan", "KP", "Mardan"),
        ("Tank", "KP", "Tank"),
        ("Kasur", "PB", "Kasur"),
        ("Lahore City", "PB", "Lahore"),
        ("Swat", "KP", "Swat"),
        ("Karachi, Sindh", "SD", "Karachi"),
        ("Atlantis", None, None),
    ],
)
def test_fields_that_state_a_place(text: str, province: str | None, district: str | None) -> None:
    place = read_fields("PK", text, "")
    assert (place.province, place.district) == (province, district)


def test_regions_and_countries() -> None:
    assert [find_region(t) for t in ("Punjab", "Sindh", "PK-KP", "kpk", "Islamabad", "Azad Kashmir", "Bavaria")] == [
        "PB",
        "SD",
        "KP",
        "KP",
        "ICT",
        "AJK",
        None,
    ]
    assert [find_country(t) for t in ("PK", "Pakistan", "pk", "UAE", "United States", "india", "Atlantis", "")] == [
        "PK",
        "PK",
        "PK",
        "AE",
        "US",
        "IN",
        None,
        None,
    ]


def test_a_text_in_ascii_is_cut_into_the_same_words_as_any_other() -> None:
    for code in range(128):
        text = f"Lahore{chr(code)}x {chr(code)} Y_{chr(code)}"
        assert split_words(text) == split_words(f"{text} é")[:-1]


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    list(find_names(text))
    read_address(text)
    read_fields(None, text, text)


@pytest.mark.parametrize(
    "text",
    ["Lahore, Virginia", "Hyderabad, India", "Hyderabad Deccan", "Islamabad, Anantnag", "Mirpur, Dhaka", "Haripur, Bangladesh",
     "لاہور، بھارت"],
)  # fmt: skip
def test_what_stands_right_behind_a_name_may_settle_that_it_is_abroad(text: str) -> None:
    (name, *_) = find_names(text)
    assert name.elsewhere


@pytest.mark.parametrize("text", ["Hyderabad, Pakistan", "Gujrat Pakistan", "Punjab, Pakistan", "پنجاب، پاکستان"])
def test_or_that_it_is_here(text: str) -> None:
    first, country_itself = find_names(text)
    assert first.province and not first.elsewhere
    assert country_itself.name == "Pakistan"


@pytest.mark.parametrize("text", ["Lahore in winter", "Lahore is me", "Multan to us", "Lahore and India"])
def test_words_that_are_also_codes_of_countries_settle_nothing(text: str) -> None:
    assert all(not name.elsewhere for name in find_names(text))


@pytest.mark.parametrize(("text", "district"), [("Khairpur", "Khairpur"), ("Sahiwal", "Sahiwal"), ("ساہیوال", "Sahiwal")])
def test_a_stated_place_is_the_districts_seat_before_a_village_of_its_name(text: str, district: str) -> None:
    assert read_fields("PK", text, "").district == district
    assert [n.district for n in find_names(text)] in ([], [None]), "in a text nobody knows which of the two is meant"


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("I am from Tank", "Tank"),
        ("from Swat", "Swat"),
        ("Kasur se hoon", "Kasur"),
        ("Mardan mein rehta hun", "Mardan"),
        ("he lives in Tank", "Tank"),
        ("district Karak", "Karak"),
        ("ضلع قصور کا", "Kasur"),
        ("زه د مردان يم", "Mardan"),
        ("lhr mein hun", "Lahore"),
        ("KHI 19", "Karachi"),
        ("fsd wale", "Faisalabad"),
        ("in isb right now", "Islamabad"),
    ],
)
def test_a_word_beside_it_makes_a_name_a_place(text: str, district: str) -> None:
    assert [name.district for name in find_names(text)] == [district]


@pytest.mark.parametrize(
    "text",
    [
        "maine khi thi",
        "main khi se sunta hun",
        "water from tank",
        "tank full",
        "swat team",
        "Little Pakistan",
        "LHR airport",
        "Multani halwa",
    ],
)
def test_without_it_they_are_words(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["Lahore Kebab House", "Karachi Darbar", "Quetta cafe"])
def test_the_name_of_a_business_hardly_counts(text: str) -> None:
    (name,) = find_names(text)
    assert "business" in str(name.elsewhere)
