"""Makes a month of invented reports whose truth is independent of incident type, provider and language.

First a report is grave or not. Then a danger, a provider and a language are drawn, and which sources tell of it. The incident type
comes from the same shares for both. The document is the JSON that law enforcement receives.
"""

from __future__ import annotations

import hashlib
import html
import json
import random
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np

from bench.judgement import dangers, harmless
from bench.judgement.drawn_files import draw_file, draw_known
from bench.judgement.providers import PROFILES, Profile, Source
from bench.judgement.sentences import EVERYDAY, LANGUAGES, SAYS, TRAPS, Sentence, read_sentences
from triage_demo.feed.networks import FOREIGN, PAKISTANI, address, pick

Json = dict[str, Any]
GRAVE = 0.06  # share of a month; 1 to 10 % are published, by country and year
TRAPPED = 0.04  # reports with a denial, a title or a provider's policy in their text; in grave ones a policy only
TRAP_SHARES = {"policy": 0.5, "denial": 0.3, "title": 0.2}
FOOTERS = 2  # standing sentences of policy that a provider puts under reports of any language
BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
MATERIAL = "Child Pornography (possession, manufacture, and distribution)"
TYPES = (
    (MATERIAL, 0.83),
    ("Online Enticement of Children for Sexual Acts", 0.10),
    ("Unsolicited Obscene Material Sent to a Child", 0.03),
    ("Misleading Words or Digital Images on the Internet", 0.01),
    ("Child Sex Trafficking", 0.004),
    ("Child Sexual Molestation", 0.004),
    (None, 0.022),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The truth of a report. `about` is the danger or the kind of harmless report; `told_by` the sources that tell of the danger."""

    grave: bool
    about: str
    told_by: tuple[Source, ...]
    language: str
    profile: str
    trap: str | None = None

    @property
    def way(self) -> str:
        """How the danger is told: by one source alone, or by several."""
        return f"{self.told_by[0]} only" if len(self.told_by) == 1 else "several" if self.told_by else "not told"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthReport:
    """A report as it arrives: its document, the files beside it by name, and what was meant."""

    number: str
    document: bytes
    files: tuple[tuple[str, bytes], ...]
    truth: Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Sentences of the parties and of the provider's staff."""

    chat: tuple[str, ...] = ()
    prose: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """How a month is made up. `set_name` names the sentences; `chat_files` is the share of chats that come as files."""

    set_name: str = "test"
    without: Set[Source] = frozenset()
    trapped: float = TRAPPED
    grave: float = GRAVE
    chat_files: float = 0.0


def make_month(seed: int, count: int, mix: Mix = Mix()) -> list[MonthReport]:
    """Returns `count` reports; the same for the same arguments, and without a source the same but for that source."""
    return [_Writer(f"{seed} {mix.set_name} {n}", mix).write(900_000_000 + n) for n in range(count)]


@cache
def _by_kind(set_name: str) -> dict[tuple[str, str, bool], tuple[Sentence, ...]]:
    """(language, intent or kind of a negative, whether a provider writes it) -> sentences."""
    found: dict[tuple[str, str, bool], list[Sentence]] = {}
    for each in read_sentences(set_name):
        found.setdefault((each.language, each.intent if each.kind == SAYS else each.kind, each.of_provider), []).append(each)
    return {key: tuple(sentences) for key, sentences in found.items()}


class _Writer:
    """Draws and writes one report from a stream of random numbers of its own."""

    def __init__(self, seed: str, mix: Mix) -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.numbers = np.random.default_rng(list(hashlib.sha256(seed.encode()).digest()[:8]))
        self.sentences = _by_kind(mix.set_name)
        self.mix = mix
        self.profile: Profile = self.dice.choices(PROFILES, [p.share for p in PROFILES])[0]
        self.language = self.dice.choice(LANGUAGES)

    def write(self, number: int) -> MonthReport:
        self.type = self.dice.choices([t for t, _ in TYPES], [share for _, share in TYPES])[0]
        grave = self.dice.random() < self.mix.grave
        truth, parts = self._grave() if grave else self._harmless()
        truth = replace(truth, told_by=tuple(s for s in truth.told_by if s not in self.mix.without))
        about, chat_file = self._draw_summary(number, grave), None
        if self.dice.random() < self.mix.chat_files:
            chat_file = self.dice.choice(tuple(CHAT_FORMATS))
        return make_report(about, self._drop_sources(parts, self.mix.without), truth, self.seed, chat_file)

    def _grave(self) -> tuple[Truth, Json]:
        dice = self.dice
        danger = dice.choices(dangers.DANGERS, [d.share for d in dangers.DANGERS])[0]
        told = [s for s in danger.sources if dice.random() < self.profile.chance(s)]
        told = told or dice.choices(danger.sources, [self.profile.chance(s) for s in danger.sources])
        parts: Json = {
            "flags": dangers.draw_flags(danger.name, dice) if "flags" in told else {},
            "fields": dangers.draw_fields(danger.name, dice) if "fields" in told else {},
            "files": dangers.draw_files(danger.name, dice) if "attachments" in told else self._bland_files(),
            "texts": self._telling(danger.intents) if "words" in told else self._small_talk(0.5),
        }
        trap = "policy" if dice.random() < self.mix.trapped else None
        if trap:
            parts["texts"] = self.add_sentence(parts["texts"], self._footer())
        truth = Truth(
            grave=True, about=danger.name, told_by=tuple(told), language=self.language, profile=self.profile.name, trap=trap
        )  # fmt: skip
        return truth, parts

    def _harmless(self) -> tuple[Truth, Json]:
        dice = self.dice
        kind = dice.choices(harmless.HARMLESS, [k.share for k in harmless.HARMLESS])[0]
        texts, trap = self._small_talk(kind.texts), None
        if dice.random() < self.mix.trapped and kind.texts:
            trap = dice.choices(TRAPS, [TRAP_SHARES[name] for name in TRAPS])[0]
            texts = self.add_sentence(texts, self._footer() if trap == "policy" else self._pick(trap, dice.random() < 0.7))
        parts: Json = {
            "flags": harmless.draw_flags(kind, dice),
            "fields": harmless.draw_fields(kind, dice, dice.random() < self.profile.fields),
            "files": harmless.draw_files(kind, dice),
            "texts": texts,
        }
        truth = Truth(
            grave=False, about=kind.name, told_by=(), language=self.language, profile=self.profile.name, trap=trap
        )  # fmt: skip
        return truth, parts

    def _bland_files(self) -> list[Json]:
        return [{"annotations": [], "class": self.dice.choice((None, "B2"))} for _ in range(self.dice.randint(0, 2))]

    def _pick(self, what: str, of_provider: bool) -> Sentence:
        """Returns a sentence of the language; when none was written by that side, one of the other."""
        found = self.sentences.get((self.language, what, of_provider)) or self.sentences[self.language, what, not of_provider]
        return self.dice.choice(found)

    def _footer(self) -> Sentence:
        """Returns one of the few sentences that this provider puts under its reports, in English more often than not."""
        own = random.Random(self.profile.name)
        english = own.sample(self.sentences["english", "policy", True], FOOTERS)
        return self.dice.choice(english) if self.dice.random() < 0.7 else self._pick("policy", True)

    def _telling(self, intents: Sequence[tuple[str, float]]) -> Texts:
        prose = self.dice.random() < self.profile.prose / (self.profile.prose + self.profile.chat)
        told = [self._pick(intent, prose) for n, (intent, share) in enumerate(intents) if n == 0 or self.dice.random() < share]
        around = [self._pick("everyday", prose) for _ in range(self.dice.randint(1, 3))]
        both = [*told, *around]
        self.dice.shuffle(both)
        texts = Texts()
        for sentence in both:
            texts = self.add_sentence(texts, sentence)
        return texts

    def _small_talk(self, share: float) -> Texts:
        texts = Texts()
        for of_provider, chance in ((False, self.profile.chat), (True, self.profile.prose)):
            if self.dice.random() < chance * share:
                for _ in range(self.dice.randint(1, 4)):
                    kind = self.dice.choices(EVERYDAY, (0.85, 0.05, 0.05, 0.05))[0]
                    texts = self.add_sentence(texts, self._pick(kind, of_provider))
        return texts

    @staticmethod
    def add_sentence(texts: Texts, sentence: Sentence) -> Texts:
        if sentence.of_provider:
            return Texts(chat=texts.chat, prose=(*texts.prose, sentence.text))
        return Texts(chat=(*texts.chat, sentence.text), prose=texts.prose)

    def _draw_summary(self, number: int, grave: bool) -> Json:
        dice = self.dice
        return {
            "number": number, "received": BEGIN + timedelta(minutes=dice.randrange(31 * 24 * 60)), "type": self.type,
            "provider": self.profile.provider,
            "code": dice.choices(("E", "3", "2", None), (0.70, 0.12, 0.05, 0.13) if grave else (0.74, 0.14, 0.02, 0.10))[0],
            "designation": dice.choices(("referral", "informational", "auto-referred", None), (0.6, 0.1, 0.1, 0.2))[0],
            "ip": address(pick(PAKISTANI if dice.random() < 0.8 else FOREIGN, self.numbers), self.numbers),
            "phone": f"+92 300 {dice.randrange(10_000_000):07d}" if dice.random() < 0.3 else None,
        }  # fmt: skip

    @staticmethod
    def _drop_sources(parts: Json, without: Set[Source]) -> Json:
        """Returns the parts of a report without some sources; without attachments its files stay, and nothing is said of them."""
        left: Json = {name: {} if name in without else parts[name] for name in ("flags", "fields")}
        left["texts"] = Texts() if "words" in without else parts["texts"]
        left["files"] = [{} for _ in parts["files"]] if "attachments" in without else parts["files"]
        return left


CHAT_FORMATS: Mapping[str, Callable[[Sequence[str]], str]] = {
    "txt": "\n".join,
    "csv": lambda lines: "time,text\n" + "".join(f'2026-10-01T10:{n:02d}:00Z,"{line}"\n' for n, line in enumerate(lines)),
    "html": lambda lines: "<html><body>" + "".join(f"<p>{html.escape(line)}</p>" for line in lines) + "</body></html>",
    "json": lambda lines: json.dumps([{"message": line} for line in lines], ensure_ascii=False),
}


def make_report(about: Json, parts: Json, truth: Truth, seed: str = "", chat_file: str | None = None) -> MonthReport:
    """Returns a report with its document and drawn files. A file that is "known" is one of those on the list.

    With `chat_file`, one of CHAT_FORMATS, the parties' words come as a file of that format beside the document.
    """
    number, texts = about["number"], parts["texts"]
    drawn = [
        draw_known(number * 7 + n) if given.get("known") else draw_file(f"new {seed} {number} {n}")
        for n, given in enumerate(parts["files"])
    ]
    named = [(f"{number}-{n}.jpg", content) for n, content in enumerate(drawn)]
    if chat_file and texts.chat:
        named.append((f"{number}-chat.{chat_file}", CHAT_FORMATS[chat_file](texts.chat).encode()))
        parts = {**parts, "files": [*parts["files"], {}], "texts": replace(texts, chat=())}
    return MonthReport(number=str(number), document=write_document(about, parts, named), files=tuple(named), truth=truth)


def write_document(about: Json, parts: Json, named: Sequence[tuple[str, bytes]]) -> bytes:
    """Returns law enforcement's JSON of a report."""
    flags, fields, texts = parts["flags"], parts["fields"], parts["texts"]
    stamp = about["received"].strftime("%Y-%m-%dT%H:%M:%SZ")
    happened = (about["received"] - timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    user = {
        "espUserId": f"user-{about['number']}",
        "phones": {"phones": [{"value": about["phone"]}] if about["phone"] else []},
        "sourceInformation": {
            "sourceCaptures": [{"captureType": "IP Address", "value": about["ip"], "eventName": "Login", "dateTime": happened}]
        },
        **fields.get("user", {}),
    }
    document = {
        "reportId": str(about["number"]),
        "dateReceived": stamp,
        "priorityLevel": flags.get("priority", about["code"]),
        "designation": about["designation"],
        "reportedInformation": {
            "reportingEsp": {"espName": about["provider"]},
            "incidentSummary": {
                "incidentType": about["type"],
                "incidentDateTime": happened,
                "escalateToHighPriority": flags.get("escalation"),
                "annotations": flags.get("annotations", []),
            },
            "incidentDetails": {"chatImIncident": [{"contents": [{"value": "\n".join(texts.chat)}]}]} if texts.chat else {},
            "additionalInformations": [{"value": " ".join(texts.prose)}] if texts.prose else [],
            "reportedPeople": {"reportedPersons": [user]},
            "victims": {"victims": fields.get("victims", [])},
            "uploadedFiles": {
                "uploadedFiles": [
                    {
                        "submittalId": f"{about['number']}-{n}",
                        "filename": name,
                        "verificationHash": hashlib.md5(content, usedforsecurity=False).hexdigest(),
                        "industryClassification": file.get("class"),
                        "annotations": file.get("annotations", []),
                    }
                    for n, (file, (name, content)) in enumerate(zip(parts["files"], named, strict=True))
                ]
            },
        },
    }
    return json.dumps(document, ensure_ascii=False).encode()
