"""Reads the texts of a report: each sentence by slots, by phrases and by the classifier, then what speaks against a finding.

A finding is a reason to read the sentence, never proof. The work is bounded: so many sentences and findings a report, and what
was left unread is said (`Reading.whole`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

from triage.intents.files import WEIGHTS
from triage.intents.guards import guard_against, guard_prose
from triage.intents.lexicon import Hits, lexicon
from triage.intents.normalise import normalise_text, read_markup
from triage.intents.origin import Origin
from triage.intents.sentences import LANGUAGES, WORD, Language, Sentence, language_of, sentence_of, split_sentences
from triage.intents.slots import find_slots, stated_ages
from triage.resources import reads_tables, resource

if TYPE_CHECKING:
    from triage.intents.classifier import Classifier

Intent = Literal["self_harm", "threat", "deadline", "meeting", "access", "secrecy", "money", "age"]
INTENTS: tuple[Intent, ...] = ("self_harm", "threat", "deadline", "meeting", "access", "secrecy", "money", "age")
"""The gravest first."""
How = Literal["slot", "phrase", "classifier"]

MAX_CHARACTERS = 200_000  # of the texts of one report
MAX_SENTENCES = 2_000  # of one report
MAX_FINDINGS = 60  # of one report
STAFF: tuple[Origin, ...] = ("provider", "NCMEC")
FEWEST_LETTERS = 4  # what is shorter says nothing
_REMEMBERED_SENTENCES = 20_000
_READ_TOGETHER = 64  # sentences: in one call of numpy for each step
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
    characters, whole = MAX_CHARACTERS, True
    asked: list[tuple[str, Origin]] = []
    for each in sorted(texts, key=lambda each: each.origin != "party"):
        whole = whole and len(each.text) <= characters
        for raw in split_sentences(read_markup(each.text[:characters])):
            if len(asked) == MAX_SENTENCES:
                whole = False
                break
            asked.append((raw, each.origin))
        characters -= min(characters, len(each.text))
    read = read_sentences((raw, origin in STAFF) for raw, origin in asked)
    found: dict[tuple[str, str, Origin], IntentFinding] = {}
    for raw, origin in asked:
        for finding in read[raw, origin in STAFF]:
            key = (finding.intent, finding.fingerprint, origin)
            if key not in found and len(found) < MAX_FINDINGS:
                found[key] = replace(finding, origin=origin)
    return Reading(tuple(found.values()), whole)


def read_sentence(raw: str, is_prose: bool = False) -> tuple[IntentFinding, ...]:
    """Returns what one sentence may intend, as `read_sentences` does."""
    return read_sentences([(raw, is_prose)])[raw, is_prose]


def read_sentences(asked: Iterable[tuple[str, bool]]) -> dict[tuple[str, bool], tuple[IntentFinding, ...]]:
    """Returns what each sentence may intend, each intent once, slots before the classifier; of unknown origin.

    Args:
        asked: Sentences, and of each whether it is prose: staff of a provider or of NCMEC wrote it, who also write denials and
            rules.
    """
    remembered = _remembered.sentences
    found: dict[tuple[str, bool], tuple[IntentFinding, ...]] = {}
    new: list[tuple[str, bool]] = []
    for each in dict.fromkeys(asked):
        known = remembered.get(each)
        if known is None:
            new.append(each)
        else:
            found[each] = known
    for start in range(0, len(new), _READ_TOGETHER):
        together = new[start : start + _READ_TOGETHER]
        read = dict(zip(together, _read_together(together), strict=True))
        found |= read
        if len(remembered) + len(read) > _REMEMBERED_SENTENCES:
            remembered.clear()
        remembered |= read
    return found


class _Remembered:
    """What was found in sentences, so that those that recur are read once. Threads may share it."""

    def __init__(self) -> None:
        self.sentences: dict[tuple[str, bool], tuple[IntentFinding, ...]] = {}

    def cache_clear(self) -> None:
        """Forgets all. A reader that began before keeps the old ones for itself."""
        self.sentences = {}


_remembered = reads_tables(_Remembered())


@dataclass(frozen=True, slots=True)
class _SlotReading:
    """A sentence, its words by class, and what slots found in it. An intent is `refused` when a guard speaks against it."""

    raw: str
    is_prose: bool
    sentence: Sentence
    language: Language
    hits: Hits
    found: dict[str, IntentFinding]
    refused: set[str]


def _read_together(asked: Sequence[tuple[str, bool]]) -> list[tuple[IntentFinding, ...]]:
    """Returns what each sentence may intend. The classifier reads all of them at once."""
    from triage.intents import classifier  # numpy takes time to load

    readings = [_read_by_slots(raw, is_prose) for raw, is_prose in asked]
    told = [reading for reading in readings if reading is not None]
    trained = classifier.shipped()
    if trained is not None and told:
        margins = trained.find_margins([each.sentence for each in told], [each.hits for each in told])
        are_found = trained.are_found(margins, [each.language for each in told])
        for each, row, reached in zip(told, margins.tolist(), are_found.tolist(), strict=True):
            if each.found or True in reached:
                _add_classified(trained, each, row, reached)
    return [() if reading is None else _take_findings(reading) for reading in readings]


def _read_by_slots(raw: str, is_prose: bool) -> _SlotReading | None:
    """Returns what slots find in a sentence; None for one that is too short to say anything."""
    sentence = sentence_of(raw)
    if len(sentence.words) < FEWEST_LETTERS and sum(map(len, sentence.words)) < FEWEST_LETTERS:
        return None
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
    return _SlotReading(raw, is_prose, sentence, language, hits, found, refused)


def _add_classified(trained: Classifier, reading: _SlotReading, margins: Sequence[float], reached: Sequence[bool]) -> None:
    """Adds what the classifier finds besides, and how sure it is of what slots found."""
    sentence, hits, found = reading.sentence, reading.hits, reading.found
    everything = (0, len(sentence.words))
    for intent, margin, is_found in zip(trained.intents, margins, reached, strict=True):
        if intent in found:
            found[intent] = replace(found[intent], score=trained.score(intent, margin, by_slots=True))
        elif (
            is_found and intent not in reading.refused and guard_against(sentence, hits, intent, everything, *everything) is None
        ):
            score = trained.score(intent, margin, by_slots=False)
            found[intent] = _finding(intent, reading.raw, "classifier", (), reading.language, score, sentence.text)


def _take_findings(reading: _SlotReading) -> tuple[IntentFinding, ...]:
    """Returns the findings, the gravest first, without those that prose takes back."""
    sentence, hits, found = reading.sentence, reading.hits, reading.found
    named = [intent for intent in INTENTS if intent in found]
    taken = (intent for intent in named if not (reading.is_prose and guard_prose(sentence, hits, intent, reading.language)))
    return tuple(found[intent] for intent in taken)


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
