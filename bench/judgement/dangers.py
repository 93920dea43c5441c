"""The dangers that a grave report may be about, and how each source of evidence tells of them. All invented and general."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from bench.judgement.providers import Source

Json = dict[str, Any]
ESCALATION = "A child may be in danger now. Please look at this report first."
ROLES = (
    "uncle", "father", "stepfather", "cousin", "brother", "teacher", "tutor", "neighbour", "guardian", "chacha", "mamu", "ustad",
    "qari of the mosque", "phupha", "school van driver", "hostel warden", "mother's brother", "family friend", "landlord",
)  # fmt: skip
CARERS = (
    "school teacher",
    "madrassa teacher",
    "sports coach",
    "school van driver",
    "home tutor",
    "hostel warden",
    "nursery aide",
)


@dataclass(frozen=True, slots=True)
class Danger:
    """`intents`: sentences that tell of it, each with the chance that it is there; the first one always is."""

    name: str
    share: float
    sources: tuple[Source, ...]
    intents: tuple[tuple[str, float], ...] = ()


DANGERS = (
    Danger("coercion", 0.28, ("flags", "fields", "words", "attachments"), (("threat", 1.0), ("money", 0.6), ("deadline", 0.5), ("age", 0.3))),
    Danger("self-harm", 0.16, ("flags", "fields", "words", "attachments"), (("self_harm", 1.0), ("age", 0.3), ("secrecy", 0.2))),
    Danger("meeting", 0.24, ("flags", "fields", "words"), (("meeting", 1.0), ("age", 0.5), ("secrecy", 0.5))),
    Danger("access", 0.16, ("flags", "fields", "words", "attachments"), (("access", 1.0), ("secrecy", 0.4))),
    Danger("live", 0.05, ("flags", "attachments")),
    Danger("production", 0.11, ("fields", "words", "attachments"), (("access", 1.0), ("age", 0.2))),
)  # fmt: skip


def draw_flags(danger: str, dice: random.Random) -> Json:
    """Returns marks of the report: annotations, an escalation, NCMEC's priority."""
    annotation = {"coercion": "sextortion", "meeting": "csamSolicitation", "self-harm": "sadisticOnlineExploitation"}.get(danger)
    escalated = {"coercion": 0.2, "self-harm": 0.6, "meeting": 0.4, "access": 0.3, "live": 0.6}.get(danger, 0.0)
    found: Json = {"annotations": [annotation] if annotation and dice.random() < 0.8 else []}
    if dice.random() < escalated:
        found["escalation"] = ESCALATION
    if dice.random() < 0.4 or not (found["annotations"] or "escalation" in found):
        found["priority"] = dice.choice("112")
    return found


def draw_fields(danger: str, dice: random.Random) -> Json:
    """Returns facts of the reported user and of a child: {"user": facts, "victims": list of facts}."""
    age = dice.randint(8, 17)
    child: Json = {"approximateAge": age} if dice.random() < 0.8 else {}
    if danger in ("coercion", "self-harm"):
        return {"user": {}, "victims": [{"approximateAge": dice.randint(12, 17)}]}
    if danger == "meeting":
        return {"user": {"accessToChildren": "Yes"} if dice.random() < 0.4 else {}, "victims": [{"approximateAge": age}]}
    if danger == "production":
        user: Json = {"occupation": dice.choice(CARERS)} if dice.random() < 0.5 else {"convictedSexOffender": "Yes"}
        return {"user": user | ({"accessToChildren": "Yes"} if dice.random() < 0.5 else {}), "victims": []}
    user = {"relationshipToChildVictim": dice.choice(ROLES)}
    if dice.random() < 0.4:
        user["accessToChildVictim"] = "Yes"
    return {"user": user, "victims": [child] if dice.random() < 0.5 else []}


def draw_files(danger: str, dice: random.Random) -> list[Json]:
    """Returns what is said of files that no list knows: annotations and the provider's class.

    Coercion shows as several files that a child may have made, of a class that harmless reports of peers do not have.
    """
    if danger == "live":
        return [{"annotations": ["liveStreaming"], "class": dice.choice(("A1", "B1", None))}]
    if danger == "production":
        marks = dice.choice((["infant"], ["physicalHarm"], ["infant", "physicalHarm"], []))
        return [{"annotations": marks, "class": dice.choice(("A1", "A1", "A2"))} for _ in range(dice.randint(3, 8))]
    if danger == "access":
        return [{"annotations": [], "class": dice.choice(("A1", "A2"))} for _ in range(dice.randint(2, 5))]
    return [
        {"annotations": ["possibleSelfProduction"], "class": dice.choice(("B1", "B1", "A2"))} for _ in range(dice.randint(2, 4))
    ]
