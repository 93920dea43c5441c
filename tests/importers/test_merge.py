from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from msgspec.structs import replace

from tests.importers.contract import QUICK
from tests.importers.making import details, document, entry, identifier, occurrence, person, report, source
from triage.importers import time_parsing
from triage.importers.changes import _FILE_FIELDS
from triage.importers.levels import content_key
from triage.importers.merge import changes, merge_documents
from triage.importers.unite import unite_facts, unite_statements
from triage.model.document import Document, Fact, FileEntry, FreeText, NotUnderstood

T1, T2 = time_parsing.parse_iso_time("2026-01-02T03:04:05Z"), time_parsing.parse_iso_time("2026-01-03T03:04:05Z")
JPEG = b"\xff\xd8\xff one"


def test_law_enforcements_copy_goes_first_and_disagreement_is_told() -> None:
    merged = merge_documents(
        [report("a.xml", esp="Kite", incident_type="A"), document("z.json", "1", esp="Boat", incident_type="A")], []
    )
    assert merged.esp == "Boat"
    assert [(c.field, [v for v, _ in c.values]) for c in merged.conflicts] == [("esp", ["Boat", "Kite"])]
    assert [s.document for _, sources in merged.conflicts[0].values for s in sources] == ["z.json", "a.xml"]


def test_the_path_of_a_document_decides_nothing_between_equals() -> None:
    """Of equal documents the path of the first to come is kept, so that it may be any."""
    merged = [
        merge_documents([document(one, "1", esp="Boat"), document(other, "1", esp="Kite")], [])
        for one, other in (("a.json", "b.json"), ("b.json", "a.json"))
    ]
    assert merged[0].esp == merged[1].esp


def test_no_path_takes_a_word_out_of_what_a_document_says() -> None:
    """The sender chooses the path: one equal to a word of the document would make two different documents one."""
    assert content_key(document("kite", "1", esp="kite")) != content_key(document("boat", "1", esp="boat"))
    assert content_key(document("a.json", "1", facts=(Fact(name="esp", value="x", sources=source("a.json")),))) == content_key(
        document("b.json", "1", facts=(Fact(name="esp", value="x", sources=source("b.json")),))
    )


def test_a_company_and_its_short_name_agree() -> None:
    assert merge_documents([report("a.xml", esp="Instagram"), document("b.json", "1", esp="Instagram, Inc.")], []).conflicts == ()


def test_received_is_estimated_from_the_incident() -> None:
    assert (
        merge_documents([report("a.xml", incident_time=T1)], []).received,
        merge_documents([report("a.xml", incident_time=T1)], []).received_estimated,
    ) == (T1, True)
    stated = merge_documents([document("a.json", "1", incident_time=T1, received=T2)], [])
    assert (stated.received, stated.received_estimated) == (T2, False)
    assert merge_documents([report("a.xml")], []).received_estimated is False


def test_equal_identifiers_are_united_with_both_sources() -> None:
    xml = report(
        "a.xml", people=(person(),), identifiers=(identifier("phone", "+923000000123", "a.xml", person=0, verified=True),)
    )
    json_ = document("b.json", "1", people=(person(),), identifiers=(identifier("phone", "+923000000123", "b.json", person=0),))
    only, *others = merge_documents([xml, json_], []).identifiers
    assert others == []
    assert only.verified is True
    assert [s.document for s in only.sources] == ["b.json", "a.xml"]


def test_what_differs_stays_apart() -> None:
    ips = [identifier("ip", "203.0.113.5", time=when, port=port, event=event) for when, port, event in
           ((T1, 1, None), (T1, 2, None), (T2, 1, None), (None, None, "Login"), (None, None, "upload"))]  # fmt: skip
    merged = merge_documents([document("a.json", "1", identifiers=tuple(ips))], [])
    assert len(merged.identifiers) == 5


def test_opposite_verification_is_a_conflict() -> None:
    both = [
        report(f"{v}.xml", identifiers=(identifier("email", "k@example.invalid", f"{v}.xml", verified=v),)) for v in (True, False)
    ]
    merged = merge_documents(both, [])
    assert [c.field for c in merged.conflicts] == ["email k@example.invalid: verified"]


def test_people_of_two_sources_meet_by_identifier_or_by_being_alone() -> None:
    def two(path: str, first: str, second: str, fact: tuple[str, object]) -> dict[str, object]:
        return {
            "people": (person(fact, path=path), person(path=path)),
            "identifiers": (identifier("username", first, path, person=0), identifier("username", second, path, person=1)),
        }

    xml = report("a.xml", **two("a.xml", "kite", "boat", ("age", 30)))
    merged = merge_documents([xml, document("b.json", "1", **two("b.json", "boat", "kite", ("gender", "F")))], [])
    assert len(merged.people) == 2
    assert {(i.value, i.person) for i in merged.identifiers} == {("boat", 0), ("kite", 1)}
    assert [[f.name for f in p.facts] for p in merged.people] == [["gender"], ["age"]]
    alone = merge_documents(
        [report("a.xml", people=(person(("age", 30)),)), document("b.json", "1", people=(person(("age", 31)),))], []
    )
    assert len(alone.people) == 1
    assert [c.field for c in alone.conflicts] == ["suspect: age"]
    roles = merge_documents([report("a.xml", people=(person(),)), document("b.json", "1", people=(person(role="victim"),))], [])
    assert len(roles.people) == 2


def test_people_of_one_document_are_never_united() -> None:
    same = tuple(identifier("username", "kite", person=n) for n in (0, 1))
    assert len(merge_documents([report("a.xml", people=(person(), person()), identifiers=same)], []).people) == 2


def test_mentions_are_dropped_when_a_field_states_them() -> None:
    mentioned = report("a.xml", identifiers=(identifier("email", "k@example.invalid", role="mentioned"),))
    stated = document("b.json", "1", identifiers=(identifier("email", "k@example.invalid", "b.json"),))
    assert [i.role for i in merge_documents([mentioned, stated], []).identifiers] == ["suspect"]
    assert [i.role for i in merge_documents([mentioned], []).identifiers] == ["mentioned"]


def test_files_of_two_sources_meet_by_key_hash_or_name() -> None:
    md5 = occurrence("a", JPEG).md5
    xml = [
        details("b/x.xml", "1", "f1", name="a.jpg", viewed_by_esp=True),
        details("b/y.xml", "1", "f2", declared=(("md5", md5),)),
        details("b/z.xml", "1", "f3", name="only.jpg"),
    ]
    json_ = document(
        "b/j.json", "1",
        files=(
            entry("s-1", name="A.JPG", viewed_by_esp=False),
            entry("s-2", name="b.jpg", declared=(("md5", md5.upper()),)),
            entry("s-3"),
        ),
        identifiers=(identifier("ip", "203.0.113.5", role="file", file="s-1"),),
    )  # fmt: skip
    merged = merge_documents([*xml, json_], [])
    assert [f.entry.key for f in merged.files] == ["f1", "f2", "s-3", "f3"]
    assert [i.file for i in merged.identifiers] == ["f1"]
    assert [c.field for c in merged.conflicts] == ["A.JPG: viewed_by_esp", "A.JPG: name"]
    assert merged.files[0].entry.viewed_by_esp is False


def test_bytes_belong_by_hash_then_name_then_original_name() -> None:
    one, two, three, four = (occurrence(f"b/{name}", name.encode()) for name in ("x.bin", "two.png", "IMG_3.png", "stray.png"))
    merged = merge_documents(
        [
            document(
                "b/j.json",
                "1",
                files=(
                    entry("1", name="renamed.png", declared=(("sha1", one.sha1.upper()), ("pdq", "f" * 64))),
                    entry("2", name="TWO.png", declared=(("md5", "0" * 32),)),
                    entry("3", name="3.png", original_name="IMG_3.png"),
                    entry("4", name="missing.png"),
                ),
            )
        ],
        [four, three, two, one],
    )
    assert [(f.occurrence.name if f.occurrence else None, f.declared_hash_matches) for f in merged.files] == [
        ("x.bin", True),
        ("two.png", False),
        ("IMG_3.png", None),
        (None, None),
        ("stray.png", None),
    ]
    assert merged.files[-1].entry.key == f"unlisted:{four.sha256}"


@pytest.mark.parametrize("listed", [True, False])
def test_another_copy_at_the_same_path_is_a_file_of_its_own(listed: bool) -> None:
    files = (entry("1", name="log.pdf"),) if listed else ()
    copies = [occurrence("1/log.pdf", b"locked"), occurrence("1/log.pdf", b"open")]
    found = merge_documents([document("a.json", "1", files=files)], copies).files
    assert {each.occurrence for each in found} == set(copies)


def test_one_file_that_two_entries_declare_and_copies() -> None:
    first, second = occurrence("b/a.png", JPEG), occurrence("b/b.png", JPEG)
    declared = (("md5", first.md5),)
    twice = document(
        "b/j.json", "1", files=(entry("1", name="b.png", declared=declared), entry("2", name="c.png", declared=declared))
    )
    merged = merge_documents([twice], [first, second])
    assert [f.occurrence.name for f in merged.files if f.occurrence] == ["b.png", "a.png"]
    assert len(merged.files) == 2
    named = document("b/j.json", "1", files=(entry("1", declared=declared), entry("2", name="b.png")))
    assert [f.occurrence.name for f in merge_documents([named], [first, second]).files if f.occurrence] == ["a.png", "b.png"]


def test_a_name_in_two_folders_goes_to_the_nearer_one() -> None:
    docs = [details("b/1/f.xml", "1", "f1", name="a.png"), details("b/2/f.xml", "1", "f2", name="a.png")]
    merged = merge_documents(docs, [occurrence("b/2/a.png", b"2"), occurrence("b/1/a.png", b"1")])
    assert [f.occurrence.path for f in merged.files if f.occurrence] == ["b/1/a.png", "b/2/a.png"]


def test_own_number_is_no_prior_report() -> None:
    assert merge_documents(
        [document("a.json", "1", prior_reports=("2", "1")), report("b.xml", prior_reports=("3", "2"))], []
    ).prior_reports == ("2", "3")


def test_texts_and_unknown_parts_are_kept_once() -> None:
    def text(path: str) -> FreeText:
        return FreeText(text="same", of="incident", label="x", sources=source(path))

    merged = merge_documents(
        [report("a.xml", free_text=(text("a.xml"),)), document("b.json", "1", free_text=(text("b.json"),))], []
    )
    assert [[s.document for s in t.sources] for t in merged.free_text] == [["b.json", "a.xml"]]


_NAMES = ["kite", "boat", "tree"]


def _random_document(rng: random.Random, path: str) -> Document:
    def perhaps() -> bool | None:
        return rng.choice([True, False, None])

    roles = [rng.choice(["suspect", "victim"]) for _ in range(rng.randint(0, 2))]
    people = tuple(person(("age", rng.randint(1, 3)), role=role, path=path) for role in roles)
    whose = [rng.randrange(len(people)) if people else None for _ in range(rng.randint(0, 4))]
    return document(
        path,
        slot=rng.choice(["le_json", "esp_xml/report"]),
        esp=rng.choice([*_NAMES, None]),
        people=people,
        identifiers=tuple(identifier("username", rng.choice(_NAMES), path, person=p, verified=perhaps()) for p in whose),
        files=tuple(
            entry(f"k{k}", path, name=rng.choice([*_NAMES, None]), viewed_by_esp=perhaps()) for k in range(rng.randint(0, 3))
        ),
    )


@QUICK
@given(st.randoms(use_true_random=False))
def test_order_does_not_matter(rng: random.Random) -> None:
    documents = [_random_document(rng, f"b/{n}.x") for n in range(rng.randint(1, 4))]
    found = [occurrence(f"b/{rng.choice(_NAMES)}{n}", bytes([n])) for n in range(3)] + [occurrence("b/kite", b"k")]
    merged = merge_documents(documents, found)
    assert merge_documents(rng.sample(documents, len(documents)), rng.sample(found, len(found))) == merged
    assert all(i.person is None or i.person < len(merged.people) for i in merged.identifiers)
    assert merge_documents([*documents, *documents], found) is not None


def test_changes_tell_what_a_person_wants_to_know() -> None:
    before = merge_documents([report("a.xml", esp="Kite", identifiers=(identifier("email", "k@example.invalid"),))], [])
    later = document(
        "b.json", "1", esp="Kite", received=T2, designation="referral", people=(person(("age", 30)),),
        files=(entry("1", name="a.png"),), not_understood=(NotUnderstood(source="b.json", path="$.x", value="strange"),),
        identifiers=(identifier("phone", "+923000000123", person=0),),
    )  # fmt: skip
    after = merge_documents([report("a.xml", esp="Kite"), later], [])
    told = [str(change) for change in changes(before, after)]
    assert "Designation: not stated → referral" in told
    assert "Received: not stated → 2026-01-03T03:04:05Z" in told
    assert "Identifier added: phone +923000000123 (reported user)" in told
    assert "Identifier no longer stated: email k@example.invalid (reported user)" in told
    assert "Statement added: suspect: age = 30" in told
    assert "File added: a.png" in told
    assert "Not understood added: $.x: strange" in told


def test_provenance_alone_changes_nothing() -> None:
    one = report("a.xml", esp="Kite", identifiers=(identifier("email", "k@example.invalid", "a.xml"),))
    other = replace(one, path="z.xml", identifiers=(identifier("email", "k@example.invalid", "z.xml"),))
    assert changes(merge_documents([one], []), merge_documents([other], [])) == ()
    assert changes(merge_documents([one], []), merge_documents([one, other], [])) == ()


def test_changes_of_files_follow_the_file() -> None:
    before = merge_documents([document("a.json", "1", files=(entry("name:a.png", name="a.png"),))], [])
    after = merge_documents(
        [details("b.xml", "1", "f1", name="a.png", viewed_by_esp=True, annotations=("viral",))], [occurrence("b/a.png", b"x")]
    )
    assert [str(change) for change in changes(before, after)] == [
        "File a.png: its bytes came",
        "File a.png: viewed by the provider: not stated → yes",
        "File a.png: annotations: nothing → viral",
    ]


def test_every_field_of_a_file_can_be_told() -> None:
    assert {field.name for field in structs.fields(FileEntry)} - {"key", "facts", "sources"} == set(_FILE_FIELDS)


def test_what_one_document_tells_apart_stays_apart() -> None:
    """An address without a port, and the same with one: another document may mean either, this one means both."""
    one = document("a.json", "1", identifiers=tuple(identifier("ip", "203.0.113.5", "a.json", port=port) for port in (None, 443)))
    two = document("b.json", "2", identifiers=(identifier("ip", "203.0.113.5", "b.json", port=443),))
    assert [(i.port, len(i.sources)) for i in merge_documents([one], []).identifiers] == [(None, 1), (443, 1)]
    assert [(i.port, len(i.sources)) for i in merge_documents([one, two], []).identifiers] == [(None, 1), (443, 2)]


def test_a_time_without_its_fraction_is_the_same_time() -> None:
    """The PDF prints whole seconds; two fractions of one second are two captures."""
    exact, other, whole = (time_parsing.parse_iso_time(f"2026-10-01T10:00:00{fraction}Z") for fraction in (".25", ".75", ""))
    pdf = document("a.pdf", "1", slot="le_pdf", identifiers=(identifier("ip", "203.0.113.5", "a.pdf", time=whole),))
    json_ = document("b.json", "1", identifiers=tuple(identifier("ip", "203.0.113.5", "b.json", time=t) for t in (exact, other)))
    united = merge_documents([pdf, json_], []).identifiers
    assert [(i.time, len(i.sources)) for i in united] == [(exact, 2), (other, 1)]


MANY = 60_000


def _many(shape: str) -> Document:
    """A report in which one thing stands very often, each time at another place, as only a hostile one says it."""
    at = [source("p", f"/{n}") for n in range(MANY)]
    if shape == "one fact":
        return document("p", "1", facts=tuple(Fact(name="note", value="x", sources=own) for own in at))
    if shape == "one text":
        return document("p", "1", free_text=tuple(FreeText(text="x", of="", label="note", sources=own) for own in at))
    if shape == "one identifier":
        said = (identifier("ip", "203.0.113.9", verified=n % 2 == 0) for n in range(MANY))
    else:
        said = (identifier("ip", "203.0.113.9", port=n) for n in range(MANY))
    return document("p", "1", identifiers=tuple(replace(i, sources=own) for i, own in zip(said, at, strict=True)))


@pytest.mark.timeout(30)
@pytest.mark.parametrize("shape", ["one fact", "one text", "one identifier", "one address with many ports"])
def test_what_is_said_very_often_takes_no_longer_than_as_many_different_things(shape: str) -> None:
    """To compare or join each with all before it takes minutes here, and an hour in a report of 2 MB."""
    merged = merge_documents([_many(shape)], [])
    stated = [*merged.facts, *merged.free_text, *merged.identifiers]
    assert len(stated) == (MANY if "ports" in shape else 1)
    assert sum(len(each.sources) for each in stated) == MANY
    assert len(merged.conflicts) == (shape == "one identifier")


@pytest.mark.timeout(30)
def test_many_files_of_one_name_are_attached_one_by_one() -> None:
    entries = tuple(entry(f"k{n:05}", name="same.jpg") for n in range(20_000))
    came = [occurrence(f"d{n:05}/same.jpg", str(n).encode()) for n in range(20_000)]
    attached = merge_documents([document("p", "1", files=entries)], came).files
    assert [file.occurrence for file in attached] == came


def test_a_time_without_a_zone_says_so_in_changes_and_conflicts() -> None:
    bare = time_parsing.parse_iso_time("2026-11-12T14:09:56")
    other = time_parsing.parse_iso_time("2026-11-12T15:09:56Z")
    first, second = (document("a.xml", "1", incident_time=when) for when in (bare, other))
    told = [str(change) for change in changes(merge_documents([second], []), merge_documents([first], []))]
    assert any("2026-11-12T14:09:56Z (the source states no zone; UTC assumed)" in text for text in told), told
    later = document("b.json", "1", slot="le_json", incident_time=other)
    values = [value for conflict in merge_documents([first, later], []).conflicts for value, _ in conflict.values]
    assert "2026-11-12T14:09:56Z (the source states no zone; UTC assumed)" in values and "2026-11-12T15:09:56Z" in values


NAMED_FACTS = st.lists(
    st.builds(
        Fact,
        name=st.sampled_from("abc"),
        value=st.sampled_from(("x", "1", 1, True, None)),
        sources=st.lists(st.sampled_from([*source("a.xml"), *source("b.json")]), max_size=3).map(tuple),
    ),
    max_size=4,
)


@given(NAMED_FACTS)
@QUICK
def test_facts_that_need_no_uniting_are_the_same_as_united(facts: list[Fact]) -> None:
    assert unite_facts(facts) == unite_statements(facts, lambda fact: (fact.name, repr(fact.value)))
