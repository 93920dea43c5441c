"""Facts of a report that may suggest a section. Each names where it stands; an incident type alone is no fact.

A provider's mark is its claim, and is called a mark. Missing values say nothing. The facts about files are in `file_facts`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from triage.law.context import SAYS_NOTHING, LawContext, bare
from triage.law.file_facts import find_files_of_access, find_material, find_material_of_minor, find_viewing
from triage.message import NOTHING, Message, join
from triage.model.provider_marks import name_annotation

FactCheck = Callable[[LawContext], Message | None]
"""Returns a sentence that says what was found and where, or None."""

MARKED = Message("The provider marks it as {marks}.", marks=()).key
"""The reason that a mark alone gives. A mark is a provider's claim, and states no act."""
_STRANGERS = ("stranger", "online", "internet", "norelation", "unrelated", "notrelated", "doesnotknow")
_MISSING = (
    "missing child", "child is missing", "missing girl", "missing boy", "missing minor", "reported missing", "ran away from home",
    "runaway child", "لاپتہ", "گمشدہ", "laapata", "lapata", "gumshuda",
)  # fmt: skip
_TAKEN = ("kidnapped", "kidnapping", "abducted", "abduction", "اغوا", "اغواء", "aghwa", "ighwa")
_MARRIAGE = (
    "child marriage", "child bride", "forced marriage", "married to the child", "marry the child", "underage marriage",
    "کم عمری کی شادی", "بچپن کی شادی", "زبردستی شادی", "kam umri ki shadi", "zabardasti shadi",
)  # fmt: skip
_SPOUSES = frozenset({"husband", "wife", "spouse", "fiance", "fiancee", "shohar", "biwi", "شوہر", "بیوی"})
_DENIALS = ("no ", "not ", "never ", "نہیں", "nahi", "nahin")
_DENIAL_REACH = 24  # characters before the words within which a denial speaks of them
_WORD = re.compile(r"\w+")


_MISSING_WORDS = re.compile(rf"(?<!\w)(?:{'|'.join(_MISSING)})(?!\w)")
_TAKEN_WORDS = re.compile(rf"(?<!\w)(?:{'|'.join(_TAKEN)})(?!\w)")
_MARRIAGE_WORDS = re.compile(rf"(?<!\w)(?:{'|'.join(_MARRIAGE)})(?!\w)")


def _find_words(context: LawContext, pattern: re.Pattern[str]) -> Message | None:
    """Finds the first of the words that no denial stands before, in the texts that are not the reporter's."""
    for text in context.report.free_text:
        if text.of == "reporter":
            continue
        folded = text.text.casefold()
        for found in pattern.finditer(folded):
            before = folded[max(0, found.start() - _DENIAL_REACH) : found.start()]
            if not any(denial in before for denial in _DENIALS):
                return Message("The text {label} contains the words {words}.", label=text.label, words=found.group())
    return None


def _check_marks(*names: str) -> FactCheck:
    wanted = {bare(name) for name in names}

    def check(context: LawContext) -> Message | None:
        of_files = (name for file in context.report.files for name in file.entry.annotations)
        found = sorted({name for name in (*context.report.annotations, *of_files) if bare(name) in wanted})
        marks = tuple(dict.fromkeys(map(name_annotation, found)))
        return Message("The provider marks it as {marks}.", marks=marks) if marks else None

    return check


def _find_child(context: LawContext) -> Message | None:
    """Finds somebody who may be a child and needs protection, whoever the report is about."""
    if context.user_is_stated_minor:
        return Message("The stated age of the reported user is {age}.", age=min(context.stated_ages("suspect")))
    return _name_child(context)


def _name_child(context: LawContext) -> Message | None:
    for role in context.possible_children:
        ages = context.stated_ages(role)
        if role == "victim":
            if ages:
                return Message("The report has a block for a victim; age {age} is stated.", age=min(ages))
            return Message("The report has a block for a victim; no age is stated.")
        if ages:
            return Message("The report is of contact with a child and names a recipient; age {age} is stated.", age=min(ages))
        return Message("The report is of contact with a child and names a recipient; no age is stated.")
    if any(True for _ in context.facts_of("complainant", "relationtochild")) and not context.has_role("victim"):
        return Message("The complainant states a relation to a child; the child is not described.")
    return None


def _find_contact(context: LawContext) -> Message | None:
    wanted = ("enticement", "grooming", "molestation", "obscenematerialsent")
    return _name_child(context) if any(word in context.incident_type for word in wanted) else None


def _find_material_shown(context: LawContext) -> Message | None:
    if "obscenematerialsent" not in context.incident_type or not context.possible_children:
        return None
    return join(Message("Obscene material is stated to have been sent to a child."), _name_child(context) or NOTHING)


def _find_sextortion(context: LawContext) -> Message | None:
    if "sextortion" in context.incident_type:
        return Message("The incident type is sextortion.")
    return _check_marks("sextortion")(context)


def _find_wallet(context: LawContext) -> Message | None:
    wallets = [
        each for each in context.report.identifiers if each.kind == "wallet" and each.role not in ("reporter", "mentioned")
    ]
    return Message("An account that takes money is named ({count}).", count=len(wallets)) if wallets else None


def _find_wallet_of_exploitation(context: LawContext) -> Message | None:
    return _find_wallet(context) if context.possible_children or context.report.files else None


def _find_sextortion_with_wallet(context: LawContext) -> Message | None:
    sextortion, wallet = _find_sextortion(context), _find_wallet(context)
    return join(sextortion, wallet) if sextortion and wallet else None


def _find_trafficking(context: LawContext) -> Message | None:
    if "trafficking" not in context.incident_type:
        return None
    reason = _name_child(context) or _find_wallet(context)
    return join(Message("The report is of trafficking."), reason) if reason else None


def _find_act(context: LawContext) -> Message | None:
    """Finds a stated act against a child. A mark on a file, or access to a child, is none."""
    child = _name_child(context) if "molestation" in context.incident_type else None
    return join(Message("The report is of in-person abuse."), child) if child else None


def _find_access(context: LawContext) -> Message | None:
    found = set()
    for name, value in context.facts_of("suspect", "accesstochildvictim", "relationshiptochildvictim"):
        if not any(word in bare(value) for word in _STRANGERS):
            found.add(name)
    if not found:
        return None
    return Message("Access to the child is stated for the reported user ({fields}).", fields=tuple(sorted(found)))


def _find_missing_child(context: LawContext) -> Message | None:
    for fact in context.report.facts:
        if "missingchild" in bare(fact.name) and bare(fact.value) not in SAYS_NOTHING:
            return Message("The report states a missing child ({field}).", field=fact.name)
    return _find_words(context, _MISSING_WORDS) or _find_kidnapping(context)


def _find_kidnapping(context: LawContext) -> Message | None:
    if any(word in context.incident_type for word in ("kidnap", "abduct")):
        return Message("The incident type is {kind}.", kind=context.report.incident_type or "")
    return _find_words(context, _TAKEN_WORDS)


def _find_child_marriage(context: LawContext) -> Message | None:
    for name, value in context.facts_of("suspect", "relationshiptochildvictim"):
        if _SPOUSES & set(_WORD.findall(str(value).casefold())):
            return Message("A marriage with the child is stated ({field}).", field=name)
    return _find_words(context, _MARRIAGE_WORDS)


def _find_minor_user(context: LawContext) -> Message | None:
    if not context.user_is_stated_minor:
        return None
    return Message("The stated age of the reported user is {age}.", age=min(context.stated_ages("suspect")))


def _find_differing_ages(context: LawContext) -> Message | None:
    stated = any(True for _ in context.facts_of("suspect", "ageassertiondiscrepancy"))
    return Message("The provider states that the reported user gave different ages.") if stated else None


FACTS: dict[str, FactCheck] = {
    "child": _find_child,
    "material held": find_material,
    "only viewed": find_viewing,
    "material of a minor's own": find_material_of_minor,
    "sextortion": _find_sextortion,
    "sextortion with a wallet": _find_sextortion_with_wallet,
    "sadistic exploitation": _check_marks("sadisticOnlineExploitation"),
    "solicitation": _check_marks("csamSolicitation"),
    "live streaming mark": _check_marks("liveStreaming"),
    "physical harm mark": _check_marks("physicalHarm"),
    "minors among themselves": _check_marks("minorToMinorInteraction"),
    "self-produced": _check_marks("possibleSelfProduction", "selfProduced"),
    "contact with a child": _find_contact,
    "shown to a child": _find_material_shown,
    "money": _find_wallet_of_exploitation,
    "trafficking of a named child": _find_trafficking,
    "act of abuse": _find_act,
    "access to the child": _find_access,
    "files of somebody with access": find_files_of_access(_find_access),
    "missing child": _find_missing_child,
    "kidnapping": _find_kidnapping,
    "child marriage": _find_child_marriage,
    "reported user under 18": _find_minor_user,
    "ages differ": _find_differing_ages,
}
