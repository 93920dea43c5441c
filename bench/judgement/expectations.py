"""Expectations from published criteria: which report goes first, and which band a report may have. Not for unit tests.

    python -m bench.judgement.expectations [--set tune|test|all] [--json]

Half of each subject is for those who change rules ("tune"). The other half ("test") says whether a change holds in general. Sources:
KIRAT-2 (Long 2016), NIJ/OJP 250154, NCMEC's types, annotations and priorities, and the weights of CyberTip-triage. "point" is the
subject: 2 words, 4 people, 5 weights and order, 9 annotations, 0 what has always been asked of these rules.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter

from bench.judgement.expected_cards import (
    Expectation,
    Json,
    Test,
    at_least,
    at_most,
    card_has_flag,
    card_says,
    check,
    exactly,
    file,
    goes_before,
    judged_alike,
    not_behind,
    number_fits_band,
    report,
)
from bench.judgement.months import MATERIAL
from bench.judgement.twins import ENTICEMENT

MOLESTATION = "Child Sexual Molestation"
TRAFFICKING = "Child Sex Trafficking"
UNSOLICITED = "Unsolicited Obscene Material Sent to a Child"
KNOWN_FILE, NEW_FILE = file("B2", known=True), file()
CHILD = {"approximateAge": 13}
PLAIN = report(files=[NEW_FILE])
CONTACT = report(ENTICEMENT)


def _words() -> list[tuple[str, Test, tuple[Json, ...]]]:
    rows: list[tuple[str, Test, tuple[Json, ...]]] = []
    for no in ("N/A", "No", "none", "not applicable", "Not escalated", "-", "false", "NO - routine report"):
        rows.append(
            (f"an escalation field that says {no!r} is no escalation", at_most("C"), (report(files=[NEW_FILE], escalation=no),))
        )
    for text in (
        "No mention of suicide or self-harm was found.", "There was no threat to post your pictures.",
        "The minor does not want to die.", "He never said: send money or I will share it.",
        "The user did not write that he will expose you or that he would kill you.", "No deadline such as 24 hours was set.",
    ):  # fmt: skip
        rows.append(
            (
                f"a denial moves nothing: {text}",
                judged_alike,
                (report(ENTICEMENT, prose=text), report(ENTICEMENT, prose="A routine report.")),
            )
        )
    for text in (
        "The profile song is called 'Suicide Blonde'.", "The clip shows the film 'I Will Kill You, Darling'.",
        "The user posted a review of the book 'Meet Me in Malmö'.", "If somebody says 'I will leak it', tell us: safety page.",
        "This footer is under every report: call a helpline for suicide prevention.", "The game is called Final Warning 2.",
    ):  # fmt: skip
        rows.append(
            (
                f"a title or a footer moves nothing: {text}",
                judged_alike,
                (report(ENTICEMENT, prose=text), report(ENTICEMENT, prose="A routine report.")),
            )
        )
    for text in (
        "The child wrote that she wants to die.",
        "The victim said that he is suicidal.",
        "She told the user: I want to kill myself.",
    ):
        rows.append((f"the provider's prose on self-harm raises to B: {text}", exactly("B"), (report(ENTICEMENT, prose=text),)))
    for text in ("i want to kill myself", "I WANT TO DIE", "main marna chahti hoon", "میں خودکشی کر لوں گی"):
        rows.append((f"the party's own words on self-harm are A: {text}", exactly("A"), (report(ENTICEMENT, chat=text),)))
    plain = report(ENTICEMENT, chat="i want to kill myself")
    for text in (
        "i want to k1ll mys3lf",
        "i want to kill my self",
        "i want to k\u0456ll myself",
        "i want to ki\u200bll myself",
        "I want to... kill, myself",
    ):
        rows.append((f"a spelling moves nothing: {text!a}", judged_alike, (report(ENTICEMENT, chat=text), plain)))
    for text in (
        "ill forward it to your brothers", "your school will get the video", "sab rishtedaron ko bhej dunga", "ghar walo ko send krdunga",
        "تنهنجي گهر وارن کي موڪليندس", "ستا کور ته به یې واستوم", "tere ghar aalyan nu ghallan ga", "everyone you know receives this",
    ):  # fmt: skip
        rows.append((f"a threat in other words is B at least: {text}", at_least("B"), (report(ENTICEMENT, chat=text),)))
    for text in (
        "wait for me at the gate after school",
        "school k bahr milna",
        "سڀاڻي اسڪول کان پوءِ ملنداسين",
        "زما کور ته راشه",
    ):
        rows.append((f"a meeting in other words is B at least: {text}", at_least("B"), (report(ENTICEMENT, chat=text),)))
    return rows


def _people() -> list[tuple[str, Test, tuple[Json, ...]]]:
    rows: list[tuple[str, Test, tuple[Json, ...]]] = []
    household = (
        "chacha",
        "mamu",
        "phuppo's husband",
        "khala",
        "taya",
        "step dad",
        "husband of the girl",
        "her susar",
        "baap",
        "bhai",
    )
    for role in household:
        rows.append(
            (f"kin of the child: {role}", at_least("A"), (report(files=[NEW_FILE], user={"relationshipToChildVictim": role}),))
        )
    near = (
        "qari",
        "molvi sahib",
        "ustad",
        "employer",
        "landlord",
        "van driver",
        "hostel warden",
        "tuition teacher",
        "neighbor",
        "imam masjid",
    )
    for role in near:
        rows.append(
            (
                f"in touch with the child: {role}",
                at_least("B"),
                (report(files=[NEW_FILE], user={"relationshipToChildVictim": role}),),
            )
        )
    for role in (
        "not related to the family", "no relation to the child", "not her father", "stranger, not a teacher", "online friend of a friend",
        "unknown to the parents",
    ):  # fmt: skip
        rows.append(
            (
                f"a relationship that is denied: {role}",
                at_most("C"),
                (report(files=[NEW_FILE], user={"relationshipToChildVictim": role}),),
            )
        )
    for work in ("madrassa teacher", "qari", "school van driver", "hostel warden", "paediatric nurse", "sports coach"):
        rows.append((f"works with children: {work}", goes_before, (report(files=[NEW_FILE], user={"occupation": work}), PLAIN)))
    for work in ("retired teacher's assistant of a driving school", "truck driver", "student of a school"):
        rows.append(
            (f"does not work with children: {work}", judged_alike, (report(files=[NEW_FILE], user={"occupation": work}), PLAIN))
        )
    for role, age in (("classmate", 14), ("friend", 13), ("brother", 12), ("cousin", 13)):
        user: Json = {"relationshipToChildVictim": role, "approximateAge": age}
        rows.append(
            (
                f"peers of like age are not household: {role}, {age}",
                at_most("B"),
                (report(files=[NEW_FILE], user=user, victims=[CHILD]),),
            )
        )
    for age in (34, 19, 41):
        rows.append(
            (f"a stated adult of {age} is no child victim", judged_alike, (report(victims=[{"approximateAge": age}]), report()))
        )
    for user in ({"approximateAge": 14}, {"dateOfBirth": "2012-03-01"}, {"approximateAge": "about 15"}):
        rows.append(
            (f"a reported user who may be a child gets the child lane: {user}", card_has_flag("child lane"), (report(user=user),))
        )
    for text in ("i am 13 years old", "میں تیرہ سال کا ہوں", "im in class 7"):
        rows.append(
            (
                f"a child who states an age gets the child lane: {text}",
                card_has_flag("child lane"),
                (report(ENTICEMENT, chat=text),),
            )
        )
    return rows


def _weights() -> list[tuple[str, Test, tuple[Json, ...]]]:
    sextortion: Json = {"annotations": ("sextortion",)}
    rows: list[tuple[str, Test, tuple[Json, ...]]] = [
        ("sextortion alone is B at least", at_least("B"), (report(**sextortion),)),
        ("sextortion as NCMEC words the type is B at least", at_least("B"), (report("Online Enticement - Sextortion"),)),
        ("sextortion is B at least when informational", at_least("B"), (report(designation="informational", **sextortion),)),
        ("sextortion of a minor is A", at_least("A"), (report(victims=[{"approximateAge": 15}], **sextortion),)),
        ("sextortion with a threat is A", at_least("A"), (report(chat="i will leak your photos", **sextortion),)),
        ("sextortion with a wallet is A", at_least("A"), (report(chat="send usdt to 0x00000000219ab540356cbb839cbe05303d7705fa", **sextortion),)),
        ("sextortion of an adult is not A", at_most("B"), (report(ENTICEMENT, victims=[{"approximateAge": 40}], **sextortion),)),
    ]  # fmt: skip
    convicted: Json
    near: Json
    convicted, near = {"convictedSexOffender": "Yes"}, {"accessToChildren": "Yes"}
    for user, word in (
        (convicted, "convicted before"),
        (near, "near children"),
        ({"occupation": "school teacher"}, "works with children"),
    ):
        rows.append((f"{word}, with material: B at least", at_least("B"), (report(files=[KNOWN_FILE], user=user),)))
        rows.append(
            (
                f"{word}, with new material, informational: B at least",
                at_least("B"),
                (report(files=[NEW_FILE], user=user, designation="informational"),),
            )
        )
    rows += [
        ("KIRAT step 1 before step 3: convicted with material before obscene material sent", goes_before, (report(files=[KNOWN_FILE], user=convicted), report(UNSOLICITED))),
        ("KIRAT step 1 before step 2", goes_before, (report(files=[NEW_FILE], user=convicted), report(files=[NEW_FILE], user={"occupation": "school teacher"}))),
        ("KIRAT step 1 before step 3: convicted before solicitation alone", goes_before, (report(files=[NEW_FILE], user=convicted), report(files=[NEW_FILE], annotations=("csamSolicitation",)))),
        ("KIRAT step 2 before the class of known material", goes_before, (report(files=[KNOWN_FILE], user=near), report(files=[file("A1", known=True)]))),
        ("KIRAT steps 1 and 2 together before a bare enticement", goes_before, (report(files=[KNOWN_FILE], user=convicted | near), report(ENTICEMENT))),
        ("NIJ: a producer near children before many files of a possessor", goes_before, (report(files=[file("A1")], user=near), report(files=[file("A1", known=True)] * 8))),
        ("informational enticement does not sink", at_least("D"), (report(ENTICEMENT, designation="informational"),)),
        ("informational trafficking does not sink", at_least("B"), (report(TRAFFICKING, designation="informational"),)),
        ("informational solicitation does not sink", at_least("D"), (report(annotations=("csamSolicitation",), designation="informational"),)),
        ("an informational child's age does not sink", at_least("D"), (report(victims=[CHILD], designation="informational"),)),
        ("informational new infant material does not sink", at_least("D"), (report(files=[file("A1", "infant")] * 3, designation="informational"),)),
        ("an informational chat with a threat does not sink", at_least("B"), (report(chat="i will leak your photos", designation="informational"),)),
        ("informational known possession sinks", exactly("E"), (report(files=[KNOWN_FILE], designation="informational"),)),
        ("informational viral possession sinks", exactly("E"), (report(files=[file(None, "viral", known=True)], designation="informational"),)),
    ]  # fmt: skip
    viral = file(None, "viral", known=True)
    mail = {"emails": {"emails": [{"value": "kite@mail.example.invalid", "verified": True}]}}
    rows += [
        ("a telephone raises no risk of viral material", judged_alike, (report(files=[viral], phone="+92 300 0000123"), report(files=[viral]))),
        ("a telephone raises no risk of possession", judged_alike, (report(files=[KNOWN_FILE], phone="+92 300 0000123"), report(files=[KNOWN_FILE]))),
        ("a mail raises no risk of viral material", judged_alike, (report(files=[viral], user=mail), report(files=[viral]))),
        ("a mail raises no risk of possession", judged_alike, (report(files=[KNOWN_FILE], user=mail), report(files=[KNOWN_FILE]))),
        ("viral and unknown is not damped", goes_before, (report(files=[file(None, "viral")]), report(files=[viral]))),
        ("one unknown file beside a viral one is not damped", goes_before, (report(files=[viral, NEW_FILE]), report(files=[viral]))),
        ("a meme that no list knows is not damped", goes_before, (report(files=[file("B2", "potentialMeme")]), report(files=[file("B2", "potentialMeme", known=True)]))),
    ]  # fmt: skip
    here, there = ({"phones": {"phones": [{"value": value}]}} | CHILD for value in ("+92 300 0000999", "+44 7700 900999"))
    for kind in (MATERIAL, ENTICEMENT, UNSOLICITED):
        rows.append(
            (
                f"risk does not depend on where the child is: {kind}",
                judged_alike,
                (report(kind, victims=[here]), report(kind, victims=[there])),
            )
        )
    for word, what in (
        ("escalated", report(files=[KNOWN_FILE], escalation="A child may be in danger.")), ("NCMEC 1", report(code="1")),
        ("live", report(files=[file(None, "liveStreaming")])), ("kin", report(user={"relationshipToChildVictim": "uncle"})),
        ("self-harm", report(ENTICEMENT, chat="i want to kill myself")), ("molestation", report(MOLESTATION)),
        ("trafficking", report(TRAFFICKING)), ("a victim in Pakistan", report(victims=[here])),
    ):  # fmt: skip
        rows.append((f"a minimum band lifts the number too: {word}", number_fits_band, (what,)))
    self_harm, live = report(ENTICEMENT, chat="i want to kill myself"), report(files=[file(None, "liveStreaming")])
    escalated, meeting = report(escalation="A child may be in danger."), report(ENTICEMENT, chat="meet me tomorrow at the park")
    access = report(
        files=[file("A1")] * 6, user={"accessToChildVictim": "Yes", "relationshipToChildVictim": "uncle"}, victims=[CHILD]
    )
    ordered = (("self-harm", self_harm), ("live", live), ("escalated", escalated), ("meeting", meeting), ("access", access))
    for n, (first, a) in enumerate(ordered):
        rows += [(f"inside A {first} before {then}", goes_before, (a, b)) for then, b in ordered[n + 1 :]]
    return rows


def _annotations() -> list[tuple[str, Test, tuple[Json, ...]]]:
    rows: list[tuple[str, Test, tuple[Json, ...]]] = []
    for mark in ("potentialAggravatingFactors", "instrumentalUse", "newAnnotationOf2027"):
        rows.append((f"the report's annotation {mark} is shown", card_says(mark), (report(annotations=(mark,)),)))
        rows.append((f"a file's annotation {mark} is shown", card_says(mark), (report(files=[file(None, mark)]),)))
    return rows


def _always() -> list[tuple[str, Test, tuple[Json, ...]]]:
    return [
        ("NIJ: contact before possession", goes_before, (report(ENTICEMENT), report(files=[NEW_FILE]))),
        ("NIJ: hands-on before contact", goes_before, (report(MOLESTATION), report(ENTICEMENT))),
        ("NCMEC 1 before 2", goes_before, (report(code="1"), report(code="2"))),
        ("NCMEC 2 before 3", goes_before, (report(code="2"), report(code="3"))),
        ("NCMEC 3 before E", goes_before, (report(code="3"), report(code="E"))),
        ("NCMEC E says nothing", judged_alike, (report(code="E"), report(code=None))),
        ("new before known", goes_before, (report(files=[file("A1")]), report(files=[file("A1", known=True)]))),
        ("infants before others", goes_before, (report(files=[file("A1", "infant")]), report(files=[file("A1")]))),
        ("two children before one", goes_before, (report(victims=[CHILD, CHILD]), report(victims=[CHILD]))),
        ("adolescents are not lower than a child without an age", not_behind, (report(victims=[{"approximateAge": 17}]), report(victims=[{}]))),
        ("AI never lowers", not_behind, (report(files=[file("A1", "generativeAi")]), report(files=[file("A1")]))),
        ("a drawing never lowers", not_behind, (report(files=[file("B2", "animeDrawingVirtualHentai")]), report(files=[file("B2")]))),
        ("minor to minor never lowers", not_behind, (report(ENTICEMENT, annotations=("minorToMinorInteraction",)), CONTACT)),
        ("an account taken over never lowers", not_behind, (report(ENTICEMENT, user={"compromisedAccount": True}), CONTACT)),
        ("self-production never lowers", not_behind, (report(files=[file("B2", "possibleSelfProduction")]), report(files=[file("B2")]))),
        ("spam lowers no risk", judged_alike, (report(annotations=("spam",)), report())),
        ("a no is no access", judged_alike, (report(user={"accessToChildren": "No"}), report())),
        ("gender changes nothing", judged_alike, (report(victims=[CHILD | {"gender": "Male"}]), report(victims=[CHILD | {"gender": "Female"}]))),
        ("sadistic exploitation is B at least", at_least("B"), (report(annotations=("sadisticOnlineExploitation",)),)),
        ("an empty report is not E", at_least("D"), (report(None, code=None, designation=None),)),
    ]  # fmt: skip


def all_expectations() -> list[Expectation]:
    groups = (("2", _words()), ("4", _people()), ("5", _weights()), ("9", _annotations()), ("0", _always()))
    return [Expectation(point, why, test, reports) for point, rows in groups for why, test, reports in rows]


def expectations_of(set_name: str) -> list[Expectation]:
    """Returns every second expectation: "tune" or "test"; or "all"."""
    found = all_expectations()
    return found if set_name == "all" else found[("tune", "test").index(set_name) :: 2]


def main() -> None:
    ask = argparse.ArgumentParser(prog="bench.judgement.expectations", description=__doc__)
    ask.add_argument("--set", choices=("tune", "test", "all"), default="tune", dest="set_name")
    ask.add_argument("--json", action="store_true")
    options = ask.parse_args()
    expectations = expectations_of(options.set_name)
    held = check(expectations)
    all_of, good = (
        Counter(e.point for e in expectations),
        Counter(e.point for e, holds in zip(expectations, held, strict=True) if holds),
    )
    failing = [{"point": e.point, "why": e.why} for e, holds in zip(expectations, held, strict=True) if not holds]
    if options.json:
        print(json.dumps({"hold": dict(good), "of": dict(all_of), "failing": failing}, ensure_ascii=False, indent=1))
        return
    print(
        f"{sum(held)} of {len(held)} hold; by point "
        + ", ".join(f"{point}: {good[point]} of {all_of[point]}" for point in all_of)
    )
    print("\n".join(f"fails, point {each['point']}: {each['why']}" for each in failing))


if __name__ == "__main__":
    main()
