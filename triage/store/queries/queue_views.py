"""SQL of how users have set up the queue. A view is JSON; the view with the empty name is where the user was."""

from __future__ import annotations

from triage.store.database import Reader, Writer


def save_view(batch: Writer, user_id: int, name: str, view: str) -> None:
    """Saves a view of a user; a view of the same name is replaced."""
    batch.execute("INSERT OR REPLACE INTO queue_view (user_id, name, view) VALUES (?,?,?)", (user_id, name, view))


def delete_view(batch: Writer, user_id: int, name: str) -> bool:
    """Deletes a view of a user; returns whether there was one."""
    return batch.execute("DELETE FROM queue_view WHERE user_id = ? AND name = ?", (user_id, name)) > 0


def list_views(db: Reader, user_id: int) -> list[tuple[str, str]]:
    """Returns (name, view) of the user's saved views, by name."""
    return [
        (name, view)
        for name, view in db.all("SELECT name, view FROM queue_view WHERE user_id = ? AND name <> '' ORDER BY name", (user_id,))
    ]


def load_place(db: Reader, user_id: int) -> str | None:
    """Returns where the user was in the queue, or None."""
    found: str | None = db.value("SELECT view FROM queue_view WHERE user_id = ? AND name = ''", (user_id,))
    return found


def delete_views_that_name(batch: Writer, text: str) -> None:
    """Deletes the views and places of all users that hold a text, such as the number of a destroyed report."""
    batch.execute("DELETE FROM queue_view WHERE instr(view, ?) OR instr(name, ?)", (text, text))
