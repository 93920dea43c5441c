"""Defines what a condition may read, and what it answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import msgspec

from triage.intents import INTENTS, IntentFinding, Reading, TextToRead, origin_of, read_texts
from triage.message import Message
from triage.model.addresses import is_internal_address, parse_address
from triage.model.document import Fact, FreeText, Identifier, Scalar
from triage.model.file_text import FileMessage
from triage.model.judgement import ListHit, Location, Surroundings
from triage.model.media import MediaFacts
from triage.model.report import UNLISTED, Report
from triage.model.silence import says_none
from triage.priority.roles import RoleTable
from triage.priority.stated_values import bare


class Case(msgspec.Struct, frozen=True):
    """One report with all that is known around it: everything a condition may read, and nothing else. There is no clock in it.

    `hits` are those of the surroundings by SHA-256, since some reports have thousands of files. What many rules ask for is made
    once: `leads` are the identifiers that lead to somebody in the report, by kind (not the provider's contacts, not what only the
    text mentions, not the owners of lines whom operators named), `facts` those of people by role and bare name, `marks` the
    annotations of files with their bare names, `marked` these bare names alone.
    `findings` are what its texts may say, `boilerplate` what sentences say that recur over many reports of the provider;
    `read_whole`: all sentences were read. `kind` and `annotations` are bare.
    """

    report: Report
    location: Location
    media: Mapping[str, MediaFacts]
    surroundings: Surroundings
    roles: RoleTable
    hits: Mapping[str, Sequence[ListHit]]
    leads: Mapping[str, Sequence[Identifier]]
    facts: Mapping[tuple[str, str], Sequence[Fact]]
    marks: Sequence[tuple[str, str]]
    marked: frozenset[str]
    findings: Sequence[IntentFinding]
    boilerplate: Sequence[IntentFinding]
    read_whole: bool
    kind: str
    annotations: frozenset[str]
    captures: Sequence[Identifier]
    """Addresses of which an operator can be asked: those inside a network exist in thousands of networks."""
    strength: float
    """How sure it is that the words of the findings speak of a danger."""


_OF_ITSELF = {"money": 0.5, "age": 0.4}
"""How much an intent says of danger by itself, where that is less than all: people speak of money and ages every day."""


def case_of(
    report: Report,
    location: Location,
    media: Mapping[str, MediaFacts],
    surroundings: Surroundings,
    roles: RoleTable,
    reading: Reading | None = None,
) -> Case:
    """Builds the case of a report: everything that a condition may read. Without a `reading` its texts are read."""
    hits: defaultdict[str, list[ListHit]] = defaultdict(list)
    for hit in surroundings.hits:
        hits[hit.sha256].append(hit)
    leading: defaultdict[str, list[Identifier]] = defaultdict(list)
    for identifier in report.identifiers:
        if identifier.role not in ("reporter", "mentioned", "subscriber"):
            leading[identifier.kind].append(identifier)
    facts: defaultdict[tuple[str, str], list[Fact]] = defaultdict(list)
    for person in report.people:
        for fact in person.facts:
            facts[person.role, bare(fact.name)].append(fact)
    if reading is None:
        reading = read_texts([*texts_of(report.free_text), *file_texts_of(report, media)])
    recurring = surroundings.recurring_sentences
    marks = [(bare(name), name) for file in report.files for name in file.entry.annotations]
    repeated = [each for each in reading.findings if each.origin != "party" and each.fingerprint in recurring]
    findings = [each for each in reading.findings if each not in repeated] if repeated else reading.findings
    return Case(
        report,
        location,
        media,
        surroundings,
        roles,
        hits=hits,
        leads=leading,
        facts=facts,
        marks=marks,
        marked=frozenset([level for level, _ in marks]),
        findings=findings,
        boilerplate=repeated,
        read_whole=reading.whole,
        kind=bare(report.incident_type or ""),
        annotations=frozenset(bare(name) for name in report.annotations),
        captures=[each for each in leading.get("ip", ()) if _is_outside(each.normalised or each.value)],
        strength=_find_strength(findings) if findings else 0.0,
    )


@lru_cache(maxsize=16_384)
def _is_outside(text: str) -> bool:
    """Returns whether a text is an address that is not inside a network."""
    address = parse_address(text)
    return address is not None and not is_internal_address(address)


def _find_strength(findings: Sequence[IntentFinding]) -> float:
    """Returns how sure it is that a report's words speak of a danger: one of its intents is meant, if they were independent.

    Of each intent the surest sentence counts. Two dangers in one report make both more likely: a threat and a demand for money.
    """
    doubt = 1.0
    for intent in INTENTS:
        surest = max((each.score for each in findings if each.intent == intent), default=0.0)
        doubt *= 1.0 - surest * _OF_ITSELF.get(intent, 1.0)
    return 1.0 - doubt


def texts_of(texts: Iterable[FreeText]) -> list[TextToRead]:
    """Returns the texts that speak of what happened, with whose words they are: not what the provider says of itself."""
    return [TextToRead(text.text, origin_of(text)) for text in texts if text.of != "reporter"]


def file_texts_of(report: Report, media: Mapping[str, MediaFacts]) -> list[TextToRead]:
    """Returns the texts of the report's files that were read, a line for each message, without the senders' labels.

    A chat log is the parties' own words, and so is a text that the report lists as the user's file. Of another text that only
    lay beside the report nobody knows whose it is.
    """
    found: dict[str, TextToRead] = {}
    for file in report.files:
        facts = media.get(file.occurrence.sha256) if file.occurrence is not None else None
        if file.occurrence is None or facts is None or facts.file_text is None or not facts.file_text.messages:
            continue
        own = facts.file_text.is_chat or not file.entry.key.startswith(UNLISTED)
        if own or file.occurrence.sha256 not in found:
            found[file.occurrence.sha256] = TextToRead(_join_messages(facts.file_text.messages), "party" if own else "unknown")
    return list(found.values())


def _join_messages(messages: Sequence[FileMessage]) -> str:
    """Returns the messages of a file, with a blank line where another person speaks: no sentence goes on there."""
    parts = [messages[0].text]
    for before, message in pairwise(messages):
        parts += ["\n" if message.sender == before.sender else "\n\n", message.text]
    return "".join(parts)


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What a condition found: the value and the field it stands in, as the card prints them.

    `amount` is a count for rules that scale by logarithm, or a share of 0 to 1 for rules that give a part of their points.
    """

    value: str | Message
    """A `str` is only the source's own words."""
    field: str
    amount: float = 1.0


Words = tuple[str, ...]
Argument = Words | float | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A named question to a case. `takes` says which argument a rule has to give it."""

    name: str
    field: str
    takes: type[object]
    look: Callable[..., Seen | None]
    """The function: it gets the case and what `list_arguments` returns."""

    def accepts(self, argument: Argument) -> bool:
        """Returns whether a rule may give this argument."""
        return isinstance(argument, self.takes)

    def list_arguments(self, argument: Argument) -> tuple[object, ...]:
        """Returns what the function gets behind the case: the field's name, and the rule's argument if it takes one."""
        if self.takes is tuple:
            return self.field, argument if isinstance(argument, tuple) else ()
        if self.takes is float:
            return self.field, argument if isinstance(argument, float) else 0.0
        return (self.field,)

    def ask(self, case: Case, argument: Argument) -> Seen | None:
        """Returns what the condition finds in a case."""
        return self.look(case, *self.list_arguments(argument))


def plain(where: str) -> Callable[[Callable[[Case, str], Seen | None]], Condition]:
    """A condition without an argument. The function gets the case and the field's name."""

    def make(look: Callable[[Case, str], Seen | None]) -> Condition:
        return Condition(look.__name__, where, type(None), look)

    return make


def of_words(where: str) -> Callable[[Callable[[Case, str, Words], Seen | None]], Condition]:
    """A condition that takes a list of words."""

    def make(look: Callable[[Case, str, Words], Seen | None]) -> Condition:
        return Condition(look.__name__, where, tuple, look)

    return make


def of_number(where: str) -> Callable[[Callable[[Case, str, float], Seen | None]], Condition]:
    """A condition that takes a number."""

    def make(look: Callable[[Case, str, float], Seen | None]) -> Condition:
        return Condition(look.__name__, where, float, look)

    return make


@lru_cache(maxsize=4_096)
def all_bare(words: Words) -> frozenset[str]:
    """Returns the words that a rule gives, bare."""
    return frozenset(bare(word) for word in words)


def informative(value: Scalar) -> bool:
    """Returns whether a stated value says anything at all."""
    return value is not None and value is not False and bare(str(value)) != "" and not says_none(str(value))


def facts_of(case: Case, role: str, *names: str) -> Iterator[Fact]:
    """Facts of the people in a role, by bare name."""
    for name in all_bare(names):
        yield from case.facts.get((role, name), ())


def leads(case: Case, *kinds: str) -> list[Identifier]:
    """Identifiers of some kinds that lead to somebody in the report."""
    return [each for kind in kinds for each in case.leads.get(kind, ())]


Noun = Literal["file", "number", "address", "capture", "report", "recipient", "message", "owner"]
COUNTED: dict[Noun, tuple[str, str]] = {
    "file": ("{n} file", "{n} files"),
    "number": ("{n} number", "{n} numbers"),
    "address": ("{n} address", "{n} addresses"),
    "capture": ("{n} capture", "{n} captures"),
    "report": ("{n} report", "{n} reports"),
    "recipient": ("{n} recipient", "{n} recipients"),
    "message": ("{n} message", "{n} messages"),
    "owner": ("{n} owner of a line", "{n} owners of lines"),
}


@lru_cache(maxsize=4_096)
def counted(number: int, noun: Noun) -> Message:
    """Returns "1 file", "2 files", "3 addresses"."""
    one, many = COUNTED[noun]
    return Message(one if number == 1 else many, n=number)  # message-ok


def short(text: str, most: int = 160) -> str:
    """The beginning of a long text, for the card; the whole stands in the report."""
    return text if len(text) <= most else text[:most].rstrip() + "…"


def listing(values: Iterable[str | Message], most: int = 4) -> Message:
    """Returns a short, sorted, distinct listing for the card."""
    distinct = list(set(values))
    if len(distinct) > 1:
        distinct.sort(key=str)
    more = len(distinct) - most
    shown = tuple(short(value, 60) if isinstance(value, str) else value for value in distinct[:most])
    return Message("{values} and {n} more", values=shown, n=more) if more > 0 else Message("{values}", values=shown)
