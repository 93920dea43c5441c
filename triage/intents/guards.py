"""What takes a finding back: a denial, a policy or helpline text, a title, news. A guard never lowers anything else on a card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from triage.intents.lexicon import Hits
from triage.intents.normalise import spell_roman
from triage.intents.sentences import Language, Sentence, small_words

Guard = Literal[
    "denial",
    "policy",
    "helpline",
    "title",
    "news",
    "surprise",
    "company",
    "figure of speech",
    "paid already",
    "household",
    "past",
    "own people",
    "accident",
    "no person",
]

REACH_OF_NO = 4  # words between a negation and the verb that it negates
REACH_OF_SAYING = 2  # words between a negation and the verb of saying that it denies
REACH_OF_DENIAL = 14  # words between a denial and what it denies
_BREAKS = re.compile(
    r"[,;:]|\b(?:or|and|but|else|then|warna|werna|lekin|magar|aur|phir)\b|\bto (?=sab|main|mein|yeh|ye|teri|tumhari|ghar)"
    r"|ورنہ|لیکن|مگر|اور|پہر|نہ تہ|کنہ"
)
"""What ends a clause."""
_QUOTE = re.compile(r"[\"']")
_QUOTATION_MARK = re.compile(r"\"|(?<!\w)'|'(?!\w)")
_AUXILIARIES = frozenset(("do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "could"))
_RULES = ("duty", "habit", "we_who_run_it", "training")
"""Lists of small words by which staff write of nobody in particular."""
_POSSIBLY_TITLES = frozenset({"self_harm", "meeting", "threat", "secrecy", "access", "deadline", "money", "age"})
NEAR_TITLE = 1  # words between the title's word and the finding


_CONTEXT: dict[str, tuple[tuple[str, Guard], ...]] = {
    "self_harm": (("figure", "figure of speech"),),
    "secrecy": (("party", "surprise"), ("spoiler", "surprise"), ("past", "past")),
    "meeting": (("company", "company"), ("figure", "figure of speech"), ("was_to_meet", "past")),
    "age": (("past", "past"), ("old_thing", "no person")),
    "money": (("bills", "household"), ("dues", "household"), ("paid", "paid already")),
    "deadline": (("bills", "household"), ("dues", "household"), ("school_work", "household")),
    "threat": (("party", "household"), ("courtesy", "household"), ("figure", "figure of speech")),
}
"""Classes of words that make an intent harmless, unless there is an "or else" in the sentence.

What a school or an office asks for (`dues`) has an "or else" of its own, which says nothing without a picture.
"""
_NOT_SPOKEN: tuple[tuple[str, Guard], ...] = (("helpline", "helpline"), ("policy", "policy"), ("news", "news"))
"""Classes of words of texts in which nobody speaks of himself."""


def guard_against(
    sentence: Sentence, hits: Hits, intent: str, head: tuple[int, int], first: int, behind: int, slots: tuple[str, ...] = ()
) -> Guard | None:
    """Returns what takes the finding of an intent at these words back, found by these slots; None when nothing does."""
    return (
        _guard_by_kind(sentence, hits, intent)
        or _guard_of_own_child(hits, intent)
        or _guard_of_slots(hits, slots, first, behind)
        or _guard_at_place(sentence, hits, intent, head, first, behind)
    )


def guard_prose(sentence: Sentence, hits: Hits, intent: str, language: Language) -> Guard | None:
    """Returns what takes a finding in the prose of a provider's staff back: a denial, or a rule for everybody.

    The parties' own words are never guarded by this. A sentence in which somebody says something is left alone, and so is one
    with a condition. Of self-harm a denial is believed where a trace of it was not found.
    """
    small = small_words()
    spelled = [spell_roman(word) for word in sentence.words] if language == "roman_urdu" else ()
    words = [*sentence.words, *spelled]
    noes = [place for place in hits.get("deny", ()) if not _belongs_to_condition(hits, *place)]
    if _is_reported_speech(sentence, noes, spelled):
        return None
    denied = any(_negates_statement(sentence, language, intent, *place) for place in noes)
    if denied and (small["condition"].isdisjoint(words) or ("but" not in hits and _denies_saying(sentence, noes, spelled))):
        return "denial"
    rules = _RULES if intent != "deadline" else _RULES[1:]  # "must be met by six" is a deadline
    is_rule = any(not small[name].isdisjoint(words) for name in rules)
    return "policy" if is_rule and small["somebody"].isdisjoint(words) else None


def _negates_statement(sentence: Sentence, language: Language, intent: str, start: int, end: int) -> bool:
    """Whether a negation says that something did not happen: "did not ...", or at the end in languages of the country."""
    if intent == "self_harm":
        beside = sentence.words[max(start - 1, 0) : start] if language != "english" else sentence.words[end : end + 1]
        return not small_words()["trace"].isdisjoint(beside)
    if language != "english":
        return start >= len(sentence.words) - REACH_OF_NO
    word = sentence.words[start]
    if word == "not":
        return start > 0 and sentence.words[start - 1] in _AUXILIARIES
    if intent == "secrecy" and word in ("nobody", "none"):  # "nobody may know" asks for secrecy, "nobody was told" does not
        return sentence.words[end : end + 1] in (("was",), ("were",), ("has",))
    return word != "without"


def _denies_saying(sentence: Sentence, noes: Sequence[tuple[int, int]], spelled: Sequence[str]) -> bool:
    """Whether the first thing that is said is that nobody said it: a condition behind it was not said either."""
    saying = small_words()["saying"]
    said = [n for n, word in enumerate(sentence.words) if word in saying or (spelled and spelled[n] in saying)]
    return bool(said) and any(end <= said[0] < end + REACH_OF_SAYING for _, end in noes)


def _is_reported_speech(sentence: Sentence, noes: Sequence[tuple[int, int]], spelled: Sequence[str]) -> bool:
    """Whether somebody says something in the sentence, and the saying itself is not denied ("never asked", "nahi kaha")."""
    saying = small_words()["saying"]
    said = [n for n, word in enumerate(sentence.words) if word in saying or (spelled and spelled[n] in saying)]
    return any(all(not (end <= n < end + REACH_OF_SAYING or start == n + 1) for start, end in noes) for n in said)


def _guard_by_kind(sentence: Sentence, hits: Hits, intent: str) -> Guard | None:
    """What kind of text the sentence is, and words that make its intent harmless."""
    if not _is_spoken(sentence):
        for name, guard in _NOT_SPOKEN:
            if name in hits:
                return guard
    for name, guard in _CONTEXT.get(intent, ()):
        cancelled = "in_earnest" in hits if name == "figure" else "or_else" in hits and (name != "dues" or "material" in hits)
        if name in hits and not cancelled:
            return guard
    return None


def _guard_of_own_child(hits: Hits, intent: str) -> Guard | None:
    """A parent who is with his child is ordinary talk, unless a word of danger stands beside it: alone, at night, in bed.

    Who lets a sick child sleep in his bed is a parent, unless they are alone.
    """
    if intent != "access" or "own_child" not in hits:
        return None
    return "household" if "in_danger" not in hits or ("sick" in hits and "alone" not in hits) else None


def _guard_of_slots(hits: Hits, slots: tuple[str, ...], first: int, behind: int) -> Guard | None:
    """What makes a single pattern harmless: cooking beside a cut, a drama on life and death, one's own family."""
    if "cut" in slots and "kitchen" in hits:
        return "accident"
    if "worthless" in slots and "ordinary_life" in hits:
        return "figure of speech"
    if "death" in slots and ("title" in hits or "title_quoted" in hits):
        return "title"
    if "send_i" in slots and "your_familiar" not in hits and "or_else" not in hits and _is_of_own_people(hits, first, behind):
        return "own people"
    return None


def _is_of_own_people(hits: Hits, first: int, behind: int) -> bool:
    """Whether "my" stands right before the family: who tells her own mother threatens nobody."""
    own = {end for _, end in hits.get("own", ())}
    return any(start in own for start, end in hits.get("circle", ()) if first <= start and end <= behind)


def _guard_at_place(sentence: Sentence, hits: Hits, intent: str, head: tuple[int, int], first: int, behind: int) -> Guard | None:
    """What stands before, behind or around the finding."""
    if _is_absent(sentence, hits, first, behind) or _is_refused(sentence, hits, intent, head, first, behind):
        return "denial"
    if ("title" in hits or "title_quoted" in hits) and _is_quoted(sentence, first, behind):
        return "title"
    if intent in _POSSIBLY_TITLES and _is_title(sentence, hits, first, behind):
        return "title"
    if intent == "self_harm" and ("title" in hits or "title_quoted" in hits) and _is_topic(sentence, first, behind):
        return "title"
    return None


def _is_refused(sentence: Sentence, hits: Hits, intent: str, head: tuple[int, int], first: int, behind: int) -> bool:
    """Secrecy is asked for with a no, and an age stands beside other noes, so that only a denial right before them counts."""
    if intent == "age" and any(end == first for _, end in hits.get("deny", ())):
        return True
    if intent == "age":
        return _is_denied(sentence, hits, intent, first, behind)
    if intent == "secrecy":
        return any(end <= first and first - end < 2 for _, end in hits.get("denial", ()))
    return _is_denied(sentence, hits, intent, first, behind) or _is_negated(sentence, hits, head)


def _is_absent(sentence: Sentence, hits: Hits, first: int, behind: int) -> bool:
    """Whether staff write that it was not there: "no mention of ..." before it, "... was not found" right behind it."""
    for start, end in hits.get("absence", ()):
        if _stands_in(hits, ("hopeless",), start, end):
            continue
        if start <= first and first - end < REACH_OF_DENIAL and not _is_broken(sentence, end, first, only_but=True):
            return True
    after = [place for place in hits.get("absence_after", ()) if not _is_unmet(hits, *place)]
    return any(0 <= start - behind < REACH_OF_NO or first < start < behind for start, _ in after)


def _is_quoted(sentence: Sentence, first: int, behind: int) -> bool:
    """Whether the finding stands between quotation marks."""
    before = sentence.text[: sentence.spans[first][0]]
    after = sentence.text[sentence.spans[behind - 1][1] :]
    return len(_QUOTATION_MARK.findall(before)) % 2 == 1 and _QUOTATION_MARK.search(after) is not None


def _is_topic(sentence: Sentence, first: int, behind: int) -> bool:
    """Whether the finding is only the noun of a subject, and nobody does it."""
    around = {*sentence.words[max(first - 1, 0) : first], *sentence.words[behind : behind + 2]}
    small = small_words()
    return behind == first + 1 and sentence.words[first] in small["topic"] and around.isdisjoint(small["doing"])


def _is_spoken(sentence: Sentence) -> bool:
    """Whether somebody speaks of himself."""
    return not small_words()["speaker"].isdisjoint(sentence.words)


def _is_denied(sentence: Sentence, hits: Hits, intent: str, first: int, behind: int) -> bool:
    """A denial before the finding or around it, in the same clause: "never said he would ...", "no threat to ...".

    Of self-harm a denial counts only right before it: a child who writes "he denied it, i want to die" is read.
    """
    reach = REACH_OF_NO if intent == "self_harm" else REACH_OF_DENIAL
    for start, end in hits.get("denial", ()):
        if _is_unmet(hits, start, end):
            continue
        if end <= first:
            broken = _is_broken(sentence, end, first, only_but=intent != "self_harm")
            if first - end < reach and not broken:
                return True
        elif start < behind:
            if not _is_whole_phrase(hits, first, behind):
                return True
        elif start < behind + 2 and intent != "self_harm":
            return True
    return False


def _is_whole_phrase(hits: Hits, first: int, behind: int) -> bool:
    """A phrase that holds its own negation ("jeena nahi chahta") denies nothing."""
    return any((first, behind) in hits.get(name, ()) for name in ("self_harm", "tell_none", "alone", "where_you"))


def _is_negated(sentence: Sentence, hits: Hits, head: tuple[int, int]) -> bool:
    """A small word of negation in front of the head, or directly behind it, in the same clause."""
    for start, end in hits.get("deny", ()):
        if head[0] <= start and end <= head[1]:
            continue
        near = end <= head[0] and head[0] - end < REACH_OF_NO
        if start == head[1] and end >= len(sentence.words) - 1 and not _belongs_to_condition(hits, start, end):
            return True
        if near and not _is_broken(sentence, start, head[0]) and not _belongs_to_condition(hits, start, end):
            return True
    return False


def _belongs_to_condition(hits: Hits, start: int, end: int) -> bool:
    """The no of "or else", "if you don't pay", "if she does not pay", "don't tell anyone", "not joking" negates no threat."""
    return _stands_in(hits, ("or_else", "unless_met", "tell_none", "self_harm", "alone", "in_earnest"), start, end)


def _is_unmet(hits: Hits, start: int, end: int) -> bool:
    """Whether a no says what happens if a demand is not met: "paise nahi mile to" is no "was not found"."""
    return _stands_in(hits, ("unless_met", "in_earnest"), start, end)


def _stands_in(hits: Hits, names: tuple[str, ...], start: int, end: int) -> bool:
    """Whether these words are a part of a phrase of one of the classes."""
    return any(first <= start and end <= behind for name in names for first, behind in hits.get(name, ()))


def _is_broken(sentence: Sentence, start: int, stop: int, *, only_but: bool = False) -> bool:
    """Whether a clause ends between two words."""
    if start >= stop:
        return False
    between = sentence.text[sentence.spans[start][0] if start < len(sentence.spans) else 0 : sentence.spans[stop][0]]
    if only_but:
        return any(word in between for word in (" but ", " however ", " lekin ", " magar ", "لیکن", "مگر", " خو ", ";"))
    return _BREAKS.search(between) is not None


def _is_title(sentence: Sentence, hits: Hits, first: int, behind: int) -> bool:
    """A word for a song or film right beside the finding, or the finding between quotation marks that such a word introduces."""
    for name in ("title", "title_quoted"):
        for start, end in hits.get(name, ()):
            if name == "title" and (0 <= first - end <= NEAR_TITLE or 0 <= start - behind < NEAR_TITLE):
                return True
            if end <= first:
                between = sentence.text[sentence.spans[end - 1][1] : sentence.spans[first][0]]
                if len(_QUOTE.findall(between)) % 2 == 1:
                    return True
    return False
