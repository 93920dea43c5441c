"""SQL of private accounts: sealed keys, views and settings, and the counts of a team that name nobody.

Rows carry the mark of an account, which only the account's key can compute, and never the id of a user.
"""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class TeamWeek:
    """All views of a week by all people together. `people` counts marks of accounts, which differ from week to week."""

    week: str
    people: int
    views: int
    milliseconds: int


def load_key(db: Reader, user_id: int) -> bytes | None:
    """Returns the wrapped key of the user's account, or None."""
    row = db.first("SELECT wrapped FROM private_key WHERE user_id = ?", (user_id,))
    return bytes(row[0]) if row else None


def save_key(batch: Writer, user_id: int, wrapped: bytes) -> None:
    """Stores or replaces the wrapped key of the user's account."""
    batch.execute(
        "INSERT INTO private_key (user_id, wrapped) VALUES (?,?) ON CONFLICT DO UPDATE SET wrapped = excluded.wrapped",
        (user_id, wrapped),
    )


def delete_key(batch: Writer, user_id: int) -> None:
    """Removes the user's account: what it holds stays sealed for good."""
    batch.execute("DELETE FROM private_key WHERE user_id = ?", (user_id,))


def add_view(batch: Writer, owner: bytes, sealed: bytes) -> None:
    """Adds a sealed view to an account."""
    batch.execute("INSERT INTO media_view (owner, sealed) VALUES (?,?)", (owner, sealed))


def list_views(db: Reader, owner: bytes, before: int, limit: int) -> list[tuple[int, bytes]]:
    """Returns (id, sealed view) of an account with ids below `before`, the newest first."""
    return [
        (i, bytes(sealed))
        for i, sealed in db.all(
            "SELECT id, sealed FROM media_view WHERE owner = ? AND id < ? ORDER BY id DESC LIMIT ?", (owner, before, limit)
        )
    ]


def load_settings(db: Reader, owner: bytes) -> bytes | None:
    """Returns the sealed settings of an account, or None."""
    row = db.first("SELECT sealed FROM private_settings WHERE owner = ?", (owner,))
    return bytes(row[0]) if row else None


def save_settings(batch: Writer, owner: bytes, sealed: bytes) -> None:
    """Stores or replaces the sealed settings of an account."""
    batch.execute(
        "INSERT INTO private_settings (owner, sealed) VALUES (?,?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
        (owner, sealed),
    )


def add_to_team(batch: Writer, week: str, mark: bytes, milliseconds: int) -> None:
    """Adds one view to the team's week. `mark` is counted once, so that the week says how many people viewed."""
    batch.execute(
        "INSERT INTO team_view (week, views, milliseconds) VALUES (?,1,?)"
        " ON CONFLICT DO UPDATE SET views = views + 1, milliseconds = milliseconds + excluded.milliseconds",
        (week, milliseconds),
    )
    batch.execute("INSERT OR IGNORE INTO team_viewer (week, mark) VALUES (?,?)", (week, mark))


def list_team_weeks(db: Reader, limit: int) -> list[TeamWeek]:
    """Returns the latest weeks in which somebody viewed media, the newest first."""
    return [
        TeamWeek(week, people, views, milliseconds)
        for week, people, views, milliseconds in db.all(
            "SELECT t.week, (SELECT count(*) FROM team_viewer v WHERE v.week = t.week), t.views, t.milliseconds"
            " FROM team_view t ORDER BY t.week DESC LIMIT ?",
            (limit,),
        )
    ]


def note_seen(batch: Writer, medium_id: int) -> None:
    """Records that somebody viewed a media item unblurred, without saying who."""
    batch.execute("INSERT OR IGNORE INTO media_seen (media_item_id) VALUES (?)", (medium_id,))


def note_first_view(batch: Writer, report_id: int, at: str) -> None:
    """Records when media of a report were viewed first, by whomever."""
    batch.execute("INSERT OR IGNORE INTO first_view (report_id, at) VALUES (?,?)", (report_id, at))
