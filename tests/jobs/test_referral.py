"""A referral holds the minimum, no media, and names no child without a plan for safe contact."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import MakeStore
from tests.jobs.listed import list_outgoing
from tests.people import add_person
from triage.errors import InputError, NotFound, Refused, WorldError
from triage.exports.verify import verify_file
from triage.jobs.casework import cases
from triage.jobs.casework.decisions import decide
from triage.jobs.casework.diary import load_diary
from triage.jobs.casework.referral import create_referral, list_bodies, preview_referral, read_plan
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import destruction
from triage.jobs.session import Session, unlock
from triage.model.handover import Receipt
from triage.model.referral import SafeContactPlan
from triage.model.users import Role

NUMBER, YOUNG = "900000651", "900000652"
CHILD = ("Zarmina", "zarmina.kites", "+92 301 0000456", "zarmina@child.example.invalid")
SUSPECT = (f"user_{NUMBER}", f"u{NUMBER}@mail.example.invalid", "0000777")
PLAN = {
    "who_may_know": "the aunt only",
    "safe_channel": "school counsellor, before noon",
    "family_risk": "high",
    "woman_officer": "yes",
    "interpreter": "Punjabi",
    "notes": "no call to the home",
}


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, folder: Path) -> None:
        told = json.loads(le_json(int(NUMBER)))
        told["victims"] = {
            "victims": [
                {
                    "firstName": CHILD[0],
                    "age": "11",
                    "screenName": {"value": CHILD[1]},
                    "phones": {"phones": [{"value": CHILD[2]}]},
                    "emails": {"emails": [{"value": CHILD[3]}]},
                }
            ]
        }
        young = json.loads(le_json(int(YOUNG)))
        young["reportedInformation"]["reportedPeople"]["reportedPersons"][0]["age"] = "14"
        for number, document in ((NUMBER, told), (YOUNG, young)):
            report = folder / "in" / number
            report.mkdir(parents=True)
            (report / "r.json").write_text(json.dumps(document))
            (report / f"{number}.jpg").write_bytes(jpeg(int(number) % 7))
        import_bundles(session, [folder / "in"], receipt=Receipt())

    return make_store(fill)


def write_plan(tmp_path: Path, **changes: str) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text("\n".join(f'{name} = "{text}"' for name, text in {**PLAN, **changes}.items()))
    return path


def read_all(folder: Path) -> str:
    """Returns all text of the folder, of Word files unpacked."""
    said = [(folder / "referral.json").read_text()]
    with zipfile.ZipFile(folder / "referral.docx") as packed:
        said += [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
    return "\n".join(said)


def test_child_protection_hears_of_the_child_and_of_the_plan_and_not_of_the_reported_user(
    filled: Session, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="names or locates a child"):
        create_referral(filled, NUMBER, "PB-CPWB", tmp_path / "out")
    assert not (tmp_path / "out").exists() and not list_outgoing(filled)
    made = create_referral(filled, NUMBER, "pb-cpwb", tmp_path / "out", safe_contact=read_plan(write_plan(tmp_path)))
    said = read_all(tmp_path / "out")
    assert made.names_child and all(text in said for text in (*CHILD, *PLAN.values(), "refusal does not end"))
    assert "counts in full" in said
    assert not [text for text in (*SUSPECT, "actionability", "the band is") if text in said]
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == sorted(
        [".docx", ".json", ".sig", ".pem", ".sig", ".pem"]
    )
    assert verify_file(tmp_path / "out/referral.docx").valid and verify_file(tmp_path / "out/referral.json").valid


@pytest.mark.parametrize("body", [body.id for body in list_bodies()])
def test_without_the_plan_no_body_hears_who_or_where_the_child_is(filled: Session, tmp_path: Path, body: str) -> None:
    made = create_referral(filled, NUMBER, body, tmp_path / "out", redact=True)
    said = read_all(tmp_path / "out").casefold()
    assert not made.names_child
    for text in CHILD:
        assert text.casefold() not in said
    sha256 = filled.store.read().value("SELECT sha256 FROM media_item LIMIT 1")
    assert str(sha256) not in said


def test_feedback_names_nobody_and_says_the_outcome(filled: Session, tmp_path: Path) -> None:
    decide(filled, NUMBER, status="closed", reason="adult", note="the neighbour knows him")
    for body in ("NCMEC", "PROVIDER"):
        create_referral(filled, NUMBER, body, tmp_path / body)
        said = read_all(tmp_path / body)
        assert "adult" in said and not [text for text in (*CHILD, *SUSPECT, "neighbour") if text in said]


def test_foreign_police_get_digests_and_identifiers_of_the_reported_user(filled: Session, tmp_path: Path) -> None:
    made = create_referral(filled, NUMBER, "INTERPOL-NCB", tmp_path / "out")
    assert {"md5", "sha1", "reported_email"} <= set(made.fields)
    assert SUSPECT[1] in read_all(tmp_path / "out")


@pytest.mark.parametrize("field", sorted(PLAN))
def test_a_plan_with_an_empty_or_missing_field_is_refused(tmp_path: Path, field: str) -> None:
    with pytest.raises(InputError, match=f"says nothing under: {field}"):
        read_plan(write_plan(tmp_path, **{field: "  "}))
    path = write_plan(tmp_path)
    path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith(field)))
    with pytest.raises(InputError, match="It needs: who_may_know"):
        read_plan(path)


def test_a_plan_is_a_value_and_its_fields_say_something(filled: Session, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="says nothing under: notes"):
        create_referral(filled, NUMBER, "PB-CPWB", tmp_path / "out", safe_contact=SafeContactPlan(**{**PLAN, "notes": " \n "}))
    made = create_referral(filled, NUMBER, "PB-CPWB", tmp_path / "out", safe_contact=SafeContactPlan(**PLAN))
    assert made.names_child and all(text in read_all(tmp_path / "out") for text in PLAN.values())


def test_the_preview_says_what_leaves_and_what_blocks_and_writes_nothing(filled: Session) -> None:
    seen = preview_referral(filled, NUMBER, "PB-CPWB")
    assert seen.names_child and seen.refused is None
    assert any(fact.field == "child_phone" and fact.value == CHILD[2] for fact in seen.facts)
    assert not preview_referral(filled, NUMBER, "PB-CPWB", redact=True).names_child
    assert "may be a child" in str(preview_referral(filled, YOUNG, "NCMEC").refused)
    destruction.clear_person(filled, NUMBER, "another person's account")
    blocked = preview_referral(filled, NUMBER, "NCMEC")
    assert blocked.cleared and "cleared" in str(blocked.refused)
    assert preview_referral(filled, NUMBER, "NCMEC", although_cleared="the provider asked").refused is None
    assert not list_outgoing(filled)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a = [" * 2000, b"", b"who_may_know = 1\n", b"x" * 70_000])
def test_a_hostile_plan_costs_one_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(data)
    with pytest.raises(InputError, match="is no safe-contact plan"):
        read_plan(path)


def test_the_child_lane_and_cleared_people_are_kept_in(filled: Session, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="may be a child"):
        create_referral(filled, YOUNG, "NCMEC", tmp_path / "out")
    destruction.clear_person(filled, NUMBER, reason="acquitted")
    with pytest.raises(Refused, match="was cleared"):
        create_referral(filled, NUMBER, "NCMEC", tmp_path / "out")
    create_referral(filled, NUMBER, "NCMEC", tmp_path / "out", although_cleared="the provider asked")
    assert "CLEARED" in read_all(tmp_path / "out")


def test_it_needs_its_right_a_known_body_and_a_new_folder_and_stands_in_the_diary(filled: Session, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="PB-CPWB"):
        create_referral(filled, NUMBER, "nobody", tmp_path / "out")
    number = cases.open_case(filled, [NUMBER]).number
    create_referral(filled, NUMBER, "NCMEC", tmp_path / "out")
    with pytest.raises(WorldError):
        create_referral(filled, NUMBER, "NCMEC", tmp_path / "out")
    assert [str(e.what) for e in load_diary(filled, number).entries].count("Referred to NCMEC; the referral names no child") == 1
    add_person(filled.store, "analyst", [Role.ANALYST], "nine grey hills")
    with unlock(filled.store.directory, "analyst", "nine grey hills") as analyst, pytest.raises(Refused, match="papers of cases"):
        create_referral(analyst, NUMBER, "NCMEC", tmp_path / "other")
