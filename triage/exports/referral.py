"""A referral as a letter, and as JSON for programs."""

from __future__ import annotations

from dataclasses import asdict, fields

import msgspec

from triage.model.exports import About
from triage.model.moment import pakistan_day, parse_utc
from triage.model.referral import Referral, SafeContactPlan

BLANK = "______________________________"
_PLAN_LABELS = {
    "who_may_know": "Who may know",
    "safe_channel": "Safe way to reach the child",
    "family_risk": "Risk from the family",
    "woman_officer": "Woman officer",
    "interpreter": "Interpreter",
    "notes": "Notes",
}
_CHILD_WORDS = (
    "Follow the plan for safe contact below. Nobody else is told, and nobody is called or visited in another way.",
    "If the family refuses, the protection of the child goes on: refusal does not end this referral.",
    "An image that was made or altered by a machine counts in full where it shows a real child.",
)
_ALL_WORDS = (
    "What stands here is what the report states. It was not confirmed.",
    "Please answer under the report number: what was done, on which day, and under which number of yours.",
)


def format_referral(referral: Referral, about: About) -> bytes:
    """Returns the letter as .docx."""
    from triage.exports.word_document import WordDocument

    title = f"Referral of report {referral.report_id}"
    head = "CONFIDENTIAL – concerns a child" if referral.body.kind == "child protection" else "CONFIDENTIAL"
    word = WordDocument(title=title, made=parse_utc(referral.made), head=head, foot=title, author=referral.officer.name)
    if referral.first is not None:
        word.add_text(referral.first, bold=True)
    word.add_text(referral.officer.agency_name or BLANK, bold=True)
    if referral.officer.agency_address:
        word.add_text(referral.officer.agency_address)
    word.add_rows((("To", referral.body.name), ("Helpline", referral.body.helpline or "not known"), ("Date", _date(referral))))
    word.add_title("REFERRAL")
    word.add_rows(tuple((fact.label, fact.value) for fact in referral.facts))
    if referral.body.kind == "child protection":
        word.add_heading("How the child is protected")
        word.add_numbered(_CHILD_WORDS if referral.plan is not None else _CHILD_WORDS[1:])
    if referral.plan is not None:
        word.add_heading("Plan for safe contact")
        word.add_rows(tuple(_list_plan(referral.plan)))
    word.add_heading("Please note")
    word.add_numbered(_ALL_WORDS)
    word.add_heading("What was left out")
    word.add_numbered([f"{each.what}: {each.why}" for each in referral.withheld])
    profile = referral.officer.profile
    word.add_heading("Signature")
    word.add_rows(
        (
            ("Name", profile.full_name or BLANK),
            ("Rank, badge", ", ".join(text for text in (profile.rank, profile.badge) if text) or BLANK),
            ("Signature, date", BLANK),
        )
    )
    word.add_text(f"Written with {about.tool}; signing key of the workstation {about.fingerprint}.")
    return word.to_bytes()


def encode_referral(referral: Referral, about: About) -> bytes:
    """Returns the referral as JSON."""
    said = {
        "schema": "triage/1",
        "kind": "triage referral",
        "made": referral.made,
        "by": about.by,
        "to": asdict(referral.body),
        "report": referral.report_id,
        "first": referral.first,
        "names_child": referral.names_child,
        "facts": [asdict(fact) for fact in referral.facts],
        "withheld": [asdict(each) for each in referral.withheld],
        "safe_contact": None if referral.plan is None else asdict(referral.plan),
    }
    return msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n"


def _date(referral: Referral) -> str:
    """Returns the day of the referral in Pakistan."""
    return str(pakistan_day(referral.made))


def _list_plan(plan: SafeContactPlan) -> list[tuple[str, str]]:
    """Returns the rows of the plan."""
    return [(_PLAN_LABELS[field.name], getattr(plan, field.name)) for field in fields(plan)]
