from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.locate.reports import fact, identifier, of, person, report, text
from triage.locate.judge import locate

SENTENCES = [
    "یہ پتنگ بہت اچھی ہے اور ہوا تیز ہے",
    "هي پتنگ ڏاڍو سٺو آهي ۽ هوا به تيز آهي",
    "دا کاغذي باد ډېر ښه دی او هوا هم ښه ده",
    "تسیں پتنگ وچ ڈور پاؤ تے مینوں دسو",
    "yeh patang bohat achi hai, kya tum dekho ge",
    "یہ پتنگ لاہور اور کراچی کی ہے، پاکستان زندہ باد",
    "kya tum Lahore, Karachi, Peshawar ya Quetta mein ho, jaldi batao",
]


@given(st.lists(st.sampled_from(SENTENCES)), st.sampled_from(["profileBio", "additionalInfo"]))
def test_language_and_what_is_written_never_place_anyone(sentences: list[str], label: str) -> None:
    texts = tuple(text(words, "suspect", label) for words in sentences)
    names = [identifier("display_name", words) for words in sentences]
    found = locate(report(*names, identifier("email", "kite@mail.example.com.pk"), free_text=texts), {})
    assert found.in_pakistan is None
    assert all(p.in_pakistan is None for p in found.by_person)


def test_language_does_not_keep_a_person_from_being_elsewhere() -> None:
    there = [identifier("ip", "49.36.0.0"), identifier("phone", "+91 98000 00000")]
    found = locate(report(*there, free_text=(text(SENTENCES[4]),)), {})
    assert found.in_pakistan is False


def test_a_place_in_the_own_profile_neither_places_nor_chooses_an_office() -> None:
    found = locate(report(free_text=(text("Kite flyer from Multan", "suspect", "profileBio"),)), {})
    assert (found.in_pakistan, found.province, found.office) == (None, "PB", "HQ")
    assert "Only names of places point to Punjab" in str(found.office_why) and "unclear" in str(found.office_why)


def test_places_of_several_provinces_route_nothing() -> None:
    found = locate(report(free_text=(text("Multan, Sukkur, Pishin", "suspect", "profileBio"),)), {})
    assert found.province is None and found.office == "HQ"


def test_one_place_named_in_a_chat_is_not_enough_two_of_a_province_are() -> None:
    one = locate(report(free_text=(text("I saw Multan on a map"),)), {})
    two = locate(report(free_text=(text("I saw Multan and Khanewal on a map"),)), {})
    assert (one.province, two.province) == (None, "PB")


def test_reporters_texts_never_count_and_a_files_text_is_the_providers() -> None:
    found = locate(report(free_text=(text("Lahore", "reporter"), text("Multan", "file"))), {})
    assert [(e.of, e.value) for e in found.evidence] == [("incident", "Multan")]


def test_a_bio_kept_as_a_fact_is_read() -> None:
    found = locate(report(people=(person("victim", fact("profileBio", "from Gwadar")),)), {})
    assert of(found, "victim").province == "BA"


def test_identity_cards_tell_registration_not_residence() -> None:
    cards = [("42000-0000000-1", "SD"), ("20000-0000000-1", "KP"), ("80000-0000000-1", "AJK")]
    for number, province in cards:
        found = locate(report(identifier("cnic", number, normalised=number)), {})
        (piece,) = found.evidence
        assert (piece.province, found.province, found.office) == (province, None, "HQ")
        assert piece.weight > 0 and "not a residence" in str(piece.says)
        assert found.in_pakistan is None


def test_thirteen_digits_are_weaker_and_nine_is_no_province() -> None:
    plain = locate(report(identifier("cnic", "4200000000001", normalised="42000-0000000-1")), {})
    formatted = locate(report(identifier("cnic", "۴۲۰۰۰-۰۰۰۰۰۰۰-۱", normalised="42000-0000000-1")), {})
    invented = locate(report(identifier("cnic", "90000-0000000-1")), {})
    assert 0 < plain.total < formatted.total
    assert (invented.total, invented.evidence[0].country) == (0, None)


def test_domains() -> None:
    values = [
        ("email", "kite@example.com.pk"),
        ("url", "https://www.example.pk/kite"),
        ("url", "example.org/a.pk"),
        ("url", "http://[x.pk"),
    ]
    found = locate(report(*[identifier(kind, value) for kind, value in values]), {})
    assert sorted(e.value for e in found.evidence) == ["example.com.pk", "www.example.pk"]
    assert 0 < found.total < 30
