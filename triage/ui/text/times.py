"""Times for people: UTC and Pakistan time side by side, and how far away something is. The store keeps ISO 8601 UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from triage.model.moment import parse_utc, to_pakistan
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, word

PKT = timezone(timedelta(hours=5), "PKT")
MONTHS = (
    mark("Jan"), mark("Feb"), mark("Mar"), mark("Apr"), mark("May"), mark("Jun"),
    mark("Jul"), mark("Aug"), mark("Sep"), mark("Oct"), mark("Nov"), mark("Dec"),
)  # fmt: skip


def now() -> datetime:
    return datetime.now(UTC)


def parse(iso: str) -> datetime:
    """Of the store's ISO 8601 UTC with Z."""
    return parse_utc(iso)


def to_pkt(when: datetime) -> datetime:
    """Returns a time on Pakistan's clocks, whatever year it is of."""
    return to_pakistan(when, PKT)


def day(when: datetime) -> Safe:
    """21 Nov 2026, of the zone that `when` is in."""
    return tr("{day} {month} {year}", day=when.day, month=word(MONTHS[when.month - 1]), year=str(when.year))


def clock(when: datetime, *, seconds: bool = False) -> Safe:
    return ltr(when.strftime("%H:%M:%S" if seconds else "%H:%M"))


def pkt(iso: str) -> Safe:
    """21 Nov 2026 23:14:09 PKT"""
    here = to_pkt(parse(iso))
    return tr("{day} {clock} PKT", day=day(here), clock=clock(here, seconds=True))


def both(iso: str) -> Safe:
    """21 Nov 2026 23:14:09 PKT (18:14:09 UTC); the UTC day is said when it is another one."""
    utc = parse(iso).astimezone(UTC)
    there = clock(utc, seconds=True)
    if to_pkt(utc).date() != utc.date():
        return tr("{pkt} ({day} {clock} UTC)", pkt=pkt(iso), day=day(utc), clock=there)
    return tr("{pkt} ({clock} UTC)", pkt=pkt(iso), clock=there)


def ago(iso: str) -> Safe:
    passed = now() - parse(iso)
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return tr("just now")
    if minutes < 60:
        return tr("{n} min ago", n=minutes)
    if minutes < 48 * 60:
        return tr("{n} h ago", n=minutes // 60)
    return tr("{n} d ago", n=minutes // (24 * 60))


def days_left(iso: str) -> int:
    """Whole days until then; negative once it is over."""
    return (parse(iso) - now()).days


def left(iso: str) -> Safe:
    """3 d, or 5 h when less than two days are left, or "over"."""
    seconds = (parse(iso) - now()).total_seconds()
    if seconds <= 0:
        return tr("overdue")
    if seconds < 48 * 3600:
        return tr("{n} h", n=int(seconds // 3600))
    return tr("{n} d", n=int(seconds // 86400))


def duration(seconds: float) -> Safe:
    """How long something takes: 40 s, 12 min, 3 h 20 min."""
    if seconds < 60:
        return tr("{n} s", n=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr("{n} min", n=minutes)
    return tr("{h} h {m} min", h=minutes // 60, m=minutes % 60)


def size(count: int) -> Safe:
    """Bytes in kB, MB, GB (powers of ten)."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    return ltr(f"{number(count)} B" if unit == "B" else f"{value:.1f} {unit}")
