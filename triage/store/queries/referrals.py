"""SQL of referrals: to whom a report was referred, when and by whom."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A referral. `names_child` is 1 when it names or locates a child."""

    made: str
    user_id: int
    body: str
    names_child: int


def add_referral(batch: Writer, report_id: int, made: str, user_id: int, body: str, names_child: bool, plan: str | None) -> None:
    """Adds a referral to a body, with the safe-contact plan as JSON."""
    batch.execute(
        "INSERT INTO referral (report_id, made, user_id, body, names_child, plan) VALUES (?,?,?,?,?,?)",
        (report_id, made, user_id, body, int(names_child), plan),
    )


def list_referrals(db: Reader, report_id: int) -> list[ReferralRow]:
    """Returns the referrals of the report, the oldest first."""
    return [
        ReferralRow(*row)
        for row in db.all("SELECT made, user_id, body, names_child FROM referral WHERE report_id = ? ORDER BY id", (report_id,))
    ]
