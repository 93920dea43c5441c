"""Evidence of location before repeats and caps are taken into account."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from triage.locate.rules import read_rules
from triage.message import NOTHING, Message, join
from triage.model.document import Role
from triage.model.judgement import Of

_OF: dict[Role, Of] = {
    "suspect": "suspect",
    "victim": "victim",
    "recipient": "recipient",
    "complainant": "complainant",
    "witness": "associated",
    "associated": "associated",
    "subscriber": "associated",
    "file": "suspect",
    "incident": "incident",
    "mentioned": "mentioned",
}
CAPTURED_WITH_FILE = Message("It was captured with an upload: that the reported user made it is assumed.")


def find_subject(role: Role) -> Of | None:
    """Returns of whom a role's identifiers are evidence; None for reporters, which are never evidence.

    An upload's address is evidence of the reported user, whose upload it was.
    """
    return _OF.get(role)


class Evidence(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One item of evidence.

    Its `group` is capped as a whole, and its `source` counts once. `votes` are the points with which its province and district
    count, whatever the caps leave of `points`. They are 0 when the evidence may not choose an office.
    """

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


def make_evidence(
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
    percent: int = 100,
) -> Evidence:
    """Returns evidence with the points and reasons of `rule`.

    `why` and `against` are added to the rule's own. `percent` is the share of the rule's points that its age leaves.
    """
    weight = read_rules().weights[rule]
    return Evidence(
        rule=rule,
        group=group or rule.partition(".")[0],
        source=source,
        kind=kind,
        value=value,
        of=of,
        says=says,
        points=int(weight.points * percent / 100),
        why=join(_make_reason(weight.why), why) if why.key else _make_reason(weight.why),
        against=join(_make_reason(weight.against), against) if against.key else _make_reason(weight.against),
        province=province,
        district=district,
        country=country,
        votes=max(weight.points, 0) if routes else 0,
    )


@lru_cache(maxsize=256)
def _make_reason(text: str) -> Message:
    """Returns a rule's own reason, which is the same in all evidence of the rule."""
    return Message(text)  # message-ok
