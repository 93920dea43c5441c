"""Reads the texts of a report: each sentence by slots, by phrases and by the classifier, then what speaks against a finding.

A finding is a reason to read the sentence, never proof. The work is bounded: so many sentences and findings a report, and what
was left unread is said (`Reading.whole`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

from triage.intents.files import WEIGHTS
from triage.intents.guards import guard_against, guard_prose
from triage.intents.lexicon import lexicon
from triage.intents.normalise import normalise_text, read_markup
from triage.intents.origin import Origin
from triage.intents.sentences import LANGUAGES, WORD, Language, language_of, sentence_of, split_sentences
from triage.intents.slots import find_slots, stated_ages
from triage.resources import reads_tables, resource

Intent = Literal["self_harm", "threat", "deadline", "meeting", "access", "secrecy", "money", "age"]
INTENTS: tuple[Intent, ...] = ("self_harm", "threat", "deadline", "meeting", "access", "secrecy", "money", "age")
"""The gravest first."""
How = Literal["slot", "phrase", "classifier"]

MAX_CHARACTERS = 200_000  # of the texts of one report
MAX_SENTENCES = 2_000  # of one report
MAX_FINDINGS = 60  # of one report
STAFF: tuple[Origin, ...] = ("provider", "NCMEC")
FEWEST_LETTERS = 4  # what is shorter says nothing
_CACHED_SENTENCES = 20_000
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class TextToRead:
    """A text and whose words it is."""

    text: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class IntentFinding:
    """An intent that a sentence may have: the sentence as written, how it was found and by what, and whose words it is.

    `score` is how probable the classifier holds it, knowing whether slots found it too. `age` is the age that the writer states
    of himself, where the intent is age and the words hold a number. `fingerprint` is that of the normalised sentence without its
    numbers, by which sentences that recur are known.
    """

    intent: Intent
    sentence: str
    how: How
    why: tuple[str, ...]
    language: Language
    score: float
    origin: Origin
    fingerprint: str
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the texts of a report may say. `whole`: all of their sentences were read."""

    findings: tuple[IntentFinding, ...]
    whole: bool = True


def read_intents(text: str, origin: Origin = "unknown") -> tuple[IntentFinding, ...]:
    """Returns what one text may intend; for the text of a file that holds a chat `origin` is "party"."""
    return read_texts((TextToRead(text, origin),)).findings


def read_texts(texts: Iterable[TextToRead]) -> Reading:
    """Returns what the texts of one report may intend, the parties' words first, without repetitions."""
    characters, sentences, whole = MAX_CHARACTERS, MAX_SENTENCES, True
    found: dict[tuple[str, str, Origin], IntentFinding] = {}
    for each in sorted(texts, key=lambda each: each.origin != "party"):
        whole = whole and len(each.text) <= characters
        for raw in split_sentences(read_markup(each.text[:characters])):
            if sentences <= 0:
                whole = False
                break
            sentences -= 1
            for finding in read_sentence(raw, each.origin in STAFF):
                key = (finding.intent, finding.fingerprint, each.origin)
                if key not in found and len(found) < MAX_FINDINGS:
                    found[key] = replace(finding, origin=each.origin)
        characters -= min(characters, len(each.text))
    return Reading(tuple(found.values()), whole)


@reads_tables
@lru_cache(maxsize=_CACHED_SENTENCES)
def read_sentence(raw: str, is_prose: bool = False) -> tuple[IntentFinding, ...]:
    """Returns what one sentence may intend, each intent once, slots before the classifier; of unknown origin.

    `is_prose`: staff of a provider or of NCMEC wrote it, who also write denials and rules.
    """
    from triage.intents import classifier  # numpy takes time to load

    sentence = sentence_of(raw)
    if len(sentence.words) < FEWEST_LETTERS and sum(map(len, sentence.words)) < FEWEST_LETTERS:
        return ()
    language = language_of(sentence)
    hits = lexicon().find(sentence, language)
    found: dict[str, IntentFinding] = {}
    refused: set[str] = set()
    for match in find_slots(sentence, hits, found):
        if match.intent in found:
            continue
        if guard_against(sentence, hits, match.intent, match.head, match.first, match.behind, match.slots):
            refused.add(match.intent)
            continue
        how: How = "phrase" if len(match.slots) == 1 else "slot"
        found[match.intent] = _finding(match.intent, raw, how, match.slots, language, 1.0, sentence.text)
    if "age" in found:
        found["age"] = replace(found["age"], age=next(iter(stated_ages(sentence, hits)), None))
    trained = classifier.shipped()
    if trained is not None:
        everything = (0, len(sentence.words))
        for intent, margin in trained.margins_of(sentence, hits).items():
            if intent in found:
                found[intent] = replace(found[intent], score=trained.score(intent, margin, by_slots=True))
            elif (
                intent not in refused
                and trained.is_found(intent, margin, language)
                and guard_against(sentence, hits, intent, everything, *everything) is None
            ):
                score = trained.score(intent, margin, by_slots=False)
                found[intent] = _finding(intent, raw, "classifier", (), language, score, sentence.text)
    named = [intent for intent in INTENTS if intent in found]
    return tuple(found[intent] for intent in named if not (is_prose and guard_prose(sentence, hits, intent, language)))


def _finding(
    intent: str, raw: str, how: How, why: tuple[str, ...], language: Language, score: float, normalised: str
) -> IntentFinding:
    named: Intent = next(each for each in INTENTS if each == intent)
    return IntentFinding(named, raw, how, why, language, score, "unknown", fingerprint_of(normalised))


def fingerprint_of(sentence: str) -> str:
    """Returns what a normalised sentence is known by, whatever numbers stand in it."""
    words = _DIGIT.sub("0", " ".join(WORD.findall(normalise_text(sentence))))
    return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


@reads_tables
@cache
def edition() -> str:
    """Returns the SHA-256 of the words, patterns and weights that a finding rests on."""
    whole = hashlib.sha256()
    words = (("words", f"{language}.toml") for language in LANGUAGES)
    names = [("patterns.toml",), ("small_words.toml",), (WEIGHTS,), *words]
    for name in names:
        file = resource("intents", *name)
        data = file.read_bytes() if file.is_file() else b""
        whole.update(f"{'/'.join(name)}\0{len(data)}\0".encode())
        whole.update(data)
    return whole.hexdigest()
