"""Referrals: to whom a report is referred, what the referral says, and the plan for safe contact with a child."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.message import Message
from triage.model.users import Officer

BodyKind = Literal["child protection", "foreign police", "ncmec", "provider"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralBody:
    """A body to which a report is referred. None is not known, or none."""

    id: str
    name: str
    kind: BodyKind
    province: str | None
    helpline: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeContactPlan:
    """How a child is reached without danger. Every text is a person's own and not empty."""

    who_may_know: str
    safe_channel: str
    family_risk: str
    woman_officer: str
    interpreter: str
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldFact:
    """What a referral leaves out, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFact:
    """One line of a referral: the name of the field, for people and programs, and what it says."""

    field: str
    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """A referral as it leaves: minimum data, no media."""

    report_id: str
    body: ReferralBody
    made: str
    officer: Officer
    names_child: bool
    facts: tuple[ReferralFact, ...]
    withheld: tuple[WithheldFact, ...]
    plan: SafeContactPlan | None
    first: str | None
    """A sentence that stands before everything else; None when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralPreview:
    """What a referral would say. `refused` says why the report may not leave, None when it may."""

    report_id: str
    body: ReferralBody
    names_child: bool
    facts: tuple[ReferralFact, ...]
    withheld: tuple[WithheldFact, ...]
    cleared: bool
    """The reported user was cleared, so that a reason is needed to refer all the same."""
    refused: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralMade:
    """What `referral create` answers. `fields` are the names of the fields that the referral holds."""

    path: str
    to: str
    names_child: bool
    fields: tuple[str, ...]
    withheld: tuple[WithheldFact, ...]
    signature_key: str
