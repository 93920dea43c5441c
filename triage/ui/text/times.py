"""Formats times for people in Pakistan time and UTC; the store keeps ISO 8601 UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from triage.model.moment import parse_utc, to_pakistan
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, trn, word

PKT = timezone(timedelta(hours=5), "PKT")
MONTHS = (
    mark("Jan"), mark("Feb"), mark("Mar"), mark("Apr"), mark("May"), mark("Jun"),
    mark("Jul"), mark("Aug"), mark("Sep"), mark("Oct"), mark("Nov"), mark("Dec"),
)  # fmt: skip


def now() -> datetime:
    """Returns the current time in UTC."""
    return datetime.now(UTC)


def now_iso() -> str:
    """Returns the current second as ISO 8601 in UTC, the form of every stored time."""
    return now().strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(iso: str) -> datetime:
    """Returns the time of an ISO 8601 text of the store."""
    return parse_utc(iso)


def to_pkt(when: datetime) -> datetime:
    """Returns a time in Pakistan time, for any year."""
    return to_pakistan(when, PKT)


def calendar_day(text: str) -> Safe:
    """Returns a day of the calendar, stored as "2026-11-21", as people write it; a text that is no day is returned as it is."""
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return ltr(text)


def day(when: date) -> Safe:
    """Returns a day, or that of a time in its own zone, such as "21 Nov 2026"."""
    return tr("{day} {month} {year}", day=when.day, month=word(MONTHS[when.month - 1]), year=str(when.year))


def short_day(text: str) -> Safe:
    """Returns a day of the calendar without its year, where there is little room: "24 Nov"."""
    when = date.fromisoformat(text)
    return tr("{day} {month}", day=when.day, month=word(MONTHS[when.month - 1]))


def find_week_start(text: str) -> date:
    """Returns the Monday of an ISO week, stored as "2026-W48".

    Raises:
        ValueError: the text is no week.
    """
    return datetime.strptime(f"{text}-1", "%G-W%V-%u").date()  # noqa: DTZ007  # a day of the calendar


def week(text: str) -> Safe:
    """Returns a week within a sentence: "the week from 23 Nov 2026"."""
    return tr("the week from {day}", day=day(find_week_start(text)))


def short_week(text: str) -> Safe:
    """Returns the first day of a week, where there is little room: "23 Nov"."""
    return short_day(find_week_start(text).isoformat())


def month(text: str) -> Safe:
    """Returns a month of the calendar, stored as "2026-11", such as "Nov 2026"."""
    year, _, at = text.partition("-")
    return tr("{month} {year}", month=word(MONTHS[int(at) - 1]), year=year) if at.isdigit() else ltr(text)


def short_month(text: str) -> Safe:
    """Returns a month with two digits of its year, where there is little room: "Nov 26"."""
    year, _, at = text.partition("-")
    return tr("{month} {year}", month=word(MONTHS[int(at) - 1]), year=year[2:])


def stamp(when: datetime) -> Safe:
    """Returns day and minute in figures alone, which fit an image's corner: "2026-11-24 14:26"."""
    return ltr(when.strftime("%Y-%m-%d %H:%M"))


def clock(when: datetime, *, seconds: bool = False) -> Safe:
    """Returns hours and minutes of a time in its own zone, and seconds on request."""
    return ltr(when.strftime("%H:%M:%S" if seconds else "%H:%M"))


def pkt(iso: str) -> Safe:
    """Returns a stored time in Pakistan time, such as "21 Nov 2026 23:14:09 PKT"."""
    here = to_pkt(parse(iso))
    return tr("{day} {clock} PKT", day=day(here), clock=clock(here, seconds=True))


def both(iso: str) -> Safe:
    """Returns a stored time in both zones; the UTC day is shown when it differs."""
    utc = parse(iso).astimezone(UTC)
    there = clock(utc, seconds=True)
    if to_pkt(utc).date() != utc.date():
        return tr("{pkt} ({day} {clock} UTC)", pkt=pkt(iso), day=day(utc), clock=there)
    return tr("{pkt} ({clock} UTC)", pkt=pkt(iso), clock=there)


def ago(iso: str) -> Safe:
    """Returns how long ago a stored time was, or the time itself when the clock was set back behind it."""
    passed = now() - parse(iso)
    minutes = int(passed.total_seconds() // 60)
    if minutes < -2:
        return pkt(iso)
    if minutes < 1:
        return tr("just now")
    if minutes < 60:
        return tr("{n} min ago", n=minutes)
    if minutes < 48 * 60:
        return tr("{n} h ago", n=minutes // 60)
    return tr("{n} d ago", n=minutes // (24 * 60))


def moment(iso: str) -> Safe:
    """Returns a stored time in Pakistan time to the minute: today's as "14:26", yesterday's in words, else with the day."""
    here = to_pkt(parse(iso))
    days = (to_pkt(now()).date() - here.date()).days
    if days == 0:
        return clock(here)
    return tr("yesterday {clock}", clock=clock(here)) if days == 1 else tr("{day} {clock}", day=day(here), clock=clock(here))


def days_left(iso: str) -> int:
    """Returns the whole days until a stored time; negative when it is over."""
    return (parse(iso) - now()).days


def left(iso: str) -> Safe:
    """Returns the time left in days, in hours below two days, or "overdue"."""
    seconds = (parse(iso) - now()).total_seconds()
    if seconds <= 0:
        return tr("overdue")
    if seconds < 48 * 3600:
        return tr("{n} h", n=int(seconds // 3600))
    return tr("{n} d", n=int(seconds // 86400))


def time_left(iso: str) -> Safe:
    """Returns the time left in words: days, hours below two days, or by how many days of the calendar it is over."""
    seconds = (parse(iso) - now()).total_seconds()
    if seconds < 0:
        over = (to_pkt(now()).date() - to_pkt(parse(iso)).date()).days
        return trn("over by {n} day", "over by {n} days", over) if over else tr("over today")
    if seconds < 48 * 3600:
        return trn("{n} hour", "{n} hours", int(seconds // 3600))
    return trn("{n} day", "{n} days", int(seconds // 86400))


def duration(seconds: float) -> Safe:
    """Returns a duration such as "40 s", "12 min" or "3 h 20 min"."""
    if seconds < 60:
        return tr("{n} s", n=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr("{n} min", n=minutes)
    return tr("{h} h {m} min", h=minutes // 60, m=minutes % 60)


def length(seconds: int) -> Safe:
    """Returns the length of a video, such as "0:04"."""
    return ltr(f"{seconds // 60}:{seconds % 60:02d}")


def size(count: int) -> Safe:
    """Returns a size in B, kB, MB or GB (powers of ten)."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    return ltr(f"{number(count)} B" if unit == "B" else f"{value:.1f} {unit}")
