"""Forms of papers that officers sign: who they are, and their signature lines.

What is not stated is a line to fill in by hand, and is never invented.
"""

from __future__ import annotations

from triage.exports.pdf_documents import FormBlock
from triage.model.users import Officer


def make_officer_form(officer: Officer) -> FormBlock:
    """Returns who the officer is: name, rank, badge, post, agency and address, in English and Urdu."""
    profile = officer.profile
    return FormBlock(
        (
            (("Full name · پورا نام", profile.full_name), ("Rank · عہدہ", profile.rank)),
            (("Badge number · بیلٹ نمبر", profile.badge), ("Post · تعیناتی", profile.post)),
            (("Agency · ادارہ", officer.agency_name), ("Signed in as · صارف نام", officer.user)),
            (("Office address · دفتر کا پتہ", officer.agency_address),),
        )
    )


def make_signature_form(operator: Officer, second: Officer | None) -> FormBlock:
    """Returns the signature lines of the operator and of the second person, beside each other."""
    other = second.profile if second is not None else None
    return FormBlock(
        (
            (("Operator · آپریٹر", _name(operator)), ("Second person · دوسرا شخص", _name(second))),
            (
                ("Rank, badge · عہدہ، بیلٹ نمبر", _rank(operator)),
                ("Rank, badge · عہدہ، بیلٹ نمبر", _rank(second) if other else ""),
            ),
            (("Signature · دستخط", ""), ("Signature · دستخط", "")),
            (("Place, date · مقام، تاریخ", ""), ("Place, date · مقام، تاریخ", "")),
        )
    )


def describe_officer(officer: Officer) -> str:
    """Returns an officer in one line: full name, rank and badge as far as they are stated, and the name of signing in."""
    named = ", ".join(text for text in (officer.profile.full_name, officer.profile.rank, officer.profile.badge) if text)
    return f"{named} (signed in as {officer.user})" if named else officer.user


def _name(officer: Officer | None) -> str:
    return officer.profile.full_name if officer is not None else ""


def _rank(officer: Officer | None) -> str:
    return ", ".join(text for text in (officer.profile.rank, officer.profile.badge) if text) if officer is not None else ""
