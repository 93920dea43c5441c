"""The honest negative class: reports in which no child is in danger now, though many of them look as if one might be."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
NOT_NEAR = (
    "stranger", "Stranger", "Not related", "not related to the family", "online friend", "N/A", "none", "unknown", "Unknown",
    "no relation", "met online", "gaming contact", "not stated", "no known relationship", "does not know the child",
)  # fmt: skip
WORK = ("accountant", "shopkeeper", "student", "tailor", "software engineer", "farmer", "N/A", "taxi driver", "security guard")
NO_ESCALATION = ("N/A", "No", "none", "not applicable")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of harmless report. `known` and `viral` are shares of its files; `texts` scales how often words come along."""

    name: str
    share: float
    files: tuple[int, int]
    known: float = 0.0
    viral: float = 0.0
    classes: tuple[str | None, ...] = (None,)
    annotations: tuple[str, ...] = ()
    file_annotations: tuple[str, ...] = ()
    texts: float = 1.0
    user: Json = field(default_factory=dict)


HARMLESS = (
    Kind("known material", 0.28, (1, 8), known=1.0, classes=("A1", "A2", "B1", "B2"), texts=0.6),
    Kind("viral", 0.16, (1, 2), known=0.3, viral=0.8, texts=0.6),
    Kind("possession", 0.20, (1, 4), known=0.5, classes=("A2", "B1", "B2", None), texts=0.8),
    Kind("adult content", 0.09, (1, 3), classes=(None, "B2")),
    Kind("mistaken report", 0.06, (0, 2)),
    Kind("peers", 0.07, (0, 2), classes=(None, "B2"), annotations=("minorToMinorInteraction",),
         file_annotations=("possibleSelfProduction",), user={"approximateAge": 15}),
    Kind("account taken over", 0.06, (0, 2), known=0.5, annotations=("spam",), user={"compromisedAccount": True}),
    Kind("empty", 0.08, (0, 0), texts=0.0),
)  # fmt: skip


def draw_files(kind: Kind, dice: random.Random) -> list[Json]:
    """Returns what is said of the files of a harmless report; a known one stands on the list of known material."""
    found = []
    for _ in range(dice.randint(*kind.files)):
        known, viral = dice.random() < kind.known, dice.random() < kind.viral
        marks = ["viral" if dice.random() < 0.6 else "potentialMeme"] if viral else []
        marks += [mark for mark in kind.file_annotations if dice.random() < 0.5]
        marks += ["infant"] if known and dice.random() < 0.1 else []
        found.append({"annotations": marks, "class": None if viral else dice.choice(kind.classes), "known": known})
    return found


def draw_fields(kind: Kind, dice: random.Random, filled: bool) -> Json:
    """Returns facts of the reported user; `filled` when this provider fills its fields, also to say no."""
    user = dict(kind.user)
    if filled:
        user["relationshipToChildVictim"] = dice.choice(NOT_NEAR)
        user["occupation"] = dice.choice(WORK)
        user["accessToChildVictim"] = dice.choice(("No", "Unknown", None))
        user["convictedSexOffender"] = dice.choice(("No", None))
    identified = filled and kind.name == "known material" and dice.random() < 0.1
    return {"user": user, "victims": [{"approximateAge": dice.randint(9, 16)}] if identified else []}


def draw_flags(kind: Kind, dice: random.Random) -> Json:
    """Returns marks of a harmless report: some providers fill the escalation with a no."""
    found: Json = {"annotations": list(kind.annotations) if dice.random() < 0.7 else []}
    if dice.random() < 0.02:
        found["escalation"] = dice.choice(NO_ESCALATION)
    return found
