"""One piece of evidence before repeats and caps are taken into account."""

from __future__ import annotations

from dataclasses import dataclass

from triage.locate.rules import rules
from triage.message import NOTHING, Message, join
from triage.model.document import Role
from triage.model.judgement import Of

_OF: dict[Role, Of] = {
    "suspect": "suspect",
    "victim": "victim",
    "recipient": "recipient",
    "associated": "associated",
    "subscriber": "associated",
    "file": "suspect",
    "incident": "incident",
    "mentioned": "mentioned",
}
CAPTURED_WITH_FILE = Message("It was captured with an upload: that the reported user made it is assumed.")


def speaks_of(role: Role) -> Of | None:
    """None for reporters: they are never evidence. An upload's address speaks of the reported user, whose upload it was."""
    return _OF.get(role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """`group` is capped as a whole, `source` counts once. `votes`: points with which its province and district count, whatever
    the caps leave of `points`; 0 when they may not route the report."""

    rule: str
    group: str
    source: str
    kind: str
    value: str
    of: Of
    says: Message
    points: int
    why: Message
    against: Message
    province: str | None = None
    district: str | None = None
    country: str | None = None
    votes: int = 0


def piece(
    rule: str,
    *,
    kind: str,
    value: str,
    of: Of,
    says: Message,
    source: str,
    group: str | None = None,
    why: Message = NOTHING,
    against: Message = NOTHING,
    province: str | None = None,
    district: str | None = None,
    country: str | None = None,
    routes: bool = True,
) -> Piece:
    """A piece with the points and reasons of `rule`; `why` and `against` are added to the rule's own."""
    weight = rules().weights[rule]
    return Piece(
        rule=rule,
        group=group or rule.partition(".")[0],
        source=source,
        kind=kind,
        value=value,
        of=of,
        says=says,
        points=weight.points,
        why=join(Message(weight.why), why),  # message-ok
        against=join(Message(weight.against), against),  # message-ok
        province=province,
        district=district,
        country=country,
        votes=max(weight.points, 0) if routes else 0,
    )
