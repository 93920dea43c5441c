"""Finds the weak evidence of profiles and texts: languages, names of places, domains and identity card numbers.

All of it together never places anyone. People write of places they are not in, in languages they share with others. Nothing here
looks at religion, ethnicity, sex or the hours at which someone writes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from triage.locate.evidence import Evidence, find_subject, make_evidence
from triage.locate.gazetteer import Name
from triage.locate.language import find_languages
from triage.locate.names import find_names
from triage.locate.places import name_province
from triage.message import Message
from triage.model.document import FreeText, Identifier
from triage.model.judgement import Of
from triage.model.languages import WORDS
from triage.model.report import Report

LONGEST = 20_000  # characters of one text that are read for places and languages
MOST_NAMES = 20
"""Names of places listed from one text."""

_OWN = re.compile(r"bio|profile|display|screen|status|about", re.IGNORECASE)
_CNIC = re.compile(r"(\d{5})-(\d{7})-(\d)")
_CNIC_DIGITS = re.compile(r"\d{13}")
_NOT_DIGIT = re.compile(r"\D")
_REGISTERED = {"1": "KP", "2": "KP", "3": "PB", "4": "SD", "5": "BA", "6": "ICT", "7": "GB", "8": "AJK"}
"""First digit of an identity card number: province of first registration (2 was the former FATA, now KP)."""
_SCOPES = {"urdu", "sindhi", "pashto", "punjabi", "roman_urdu"}


def find_evidence(report: Report) -> Iterator[Evidence]:
    """Yields the evidence of texts, profiles, identity card numbers, mail addresses and web addresses."""
    for text, of, label, own in _find_texts(report):
        yield from _weigh_languages(text, of, label)
        yield from _weigh_names(text, of, label, own=own)
    for item in report.identifiers:
        of_whom = find_subject(item.role)
        if of_whom is None:
            continue
        if item.kind == "cnic":
            yield from _weigh_card(item, of_whom)
        elif item.kind in ("email", "url"):
            yield from _weigh_domain(item, of_whom)


def _find_texts(report: Report) -> Iterator[tuple[str, Of, str, bool]]:
    """Yields text, of whom it is, where it stands, and whether it is an own profile.

    Reporters' texts are left out; a file's text is the provider's.
    """
    for block in report.free_text:
        of = _find_subject(block)
        if of:
            yield block.text[:LONGEST], of, block.label, of != "incident" and bool(_OWN.search(block.label))
    for item in report.identifiers:
        of = find_subject(item.role)
        if item.kind == "display_name" and of:
            yield item.value[:LONGEST], of, "display name", True
    for person in report.people:
        of = find_subject(person.role)
        for fact in person.facts:
            if of and isinstance(fact.value, str) and fact.name.lower().endswith(("bio", "description")):
                yield fact.value[:LONGEST], of, fact.name, True


def _find_subject(block: FreeText) -> Of | None:
    return "incident" if block.of == "file" else find_subject(block.of)


def _weigh_languages(text: str, of: Of, label: str) -> Iterator[Evidence]:
    for language in find_languages(text):
        rule = f"language.{language.name}" if language.name in _SCOPES else "language.other"
        name = WORDS.get(language.name, f"language {language.name}")
        yield make_evidence(
            rule, kind="language", value=name, of=of, source=name, says=_describe_language(label, name, language.by)
        )


def _weigh_names(text: str, of: Of, label: str, *, own: bool) -> Iterator[Evidence]:
    names = list(find_names(text))
    if not names:
        return
    for name, times in sorted(Counter(names).items(), key=lambda item: (-item[1], item[0].name))[:MOST_NAMES]:
        rule = "names.ambiguous" if name.elsewhere else "names.own" if own else "names.text"
        says = Message("{label}: names {place}", label=label, place=_describe_name(name))
        if times > 1:
            says = Message("{label}: names {place}, {n} times", label=label, place=_describe_name(name), n=times)
        yield make_evidence(
            rule,
            kind="place_name",
            value=name.name,
            of=of,
            source=name.name,
            says=says,
            against=name.elsewhere,
            province=name.province,
            district=name.district,
            country="PK" if not name.elsewhere else None,
            routes=not name.elsewhere,
        )


def _describe_name(name: Name) -> str | Message:
    if name.province is None:
        return name.name
    province = name_province(name.province)
    return province if name.district is None else Message("{place}, {province}", place=name.name, province=province)


def _describe_language(label: str, name: str, by: Message) -> Message:
    return Message("{label}: {language}, {by}", label=label, language=Message(name), by=by)  # message-ok


def _weigh_card(item: Identifier, of: Of) -> Iterator[Evidence]:
    """Yields the evidence of an identity card number. Its province is that of first registration, so it chooses no office."""
    digits = _NOT_DIGIT.sub("", item.normalised or item.value)
    if not _CNIC_DIGITS.fullmatch(digits):
        return
    province = _REGISTERED.get(digits[0])
    if province is None:
        rule, says = "cnic.invalid", Message("An identity card number can't begin with {digit}", digit=digits[0])
    else:
        rule = "cnic.formatted" if _CNIC.search(_to_plain_digits(item.value)) else "cnic.digits"
        says = Message("First registered in {province}; not a residence", province=name_province(province))
    yield make_evidence(
        rule,
        kind="cnic",
        value=item.value,
        of=of,
        source=digits,
        says=says,
        province=province,
        country="PK" if province else None,
        routes=False,
    )


def _to_plain_digits(text: str) -> str:
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def _weigh_domain(item: Identifier, of: Of) -> Iterator[Evidence]:
    host = _find_host(item).lower().rstrip(".")
    if host == "pk" or not host.endswith(".pk"):
        return
    yield make_evidence(
        "domain.pakistan", kind="domain", value=host, of=of, source=host, country="PK",
        says=Message("E-mail address under .pk") if item.kind == "email" else Message("Web address under .pk"),
    )  # fmt: skip


def _find_host(item: Identifier) -> str:
    if item.kind == "email":
        return item.value.rpartition("@")[2].strip("<> ")
    try:
        return urlsplit(item.value if "//" in item.value else "//" + item.value).hostname or ""
    except ValueError:
        return ""
