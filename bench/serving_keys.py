"""Invents link keys for the reports of bench/serving_store.py: about 19 a report, of the kinds and in the shares of the synthetic feed.

Nine of ten values are of one report. The others come from a pool, of which some thousands of reports hold the first values and a
few the last. Some reports hold keys of the feed, so that those that can be opened share keys with invented ones.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from triage.jobs.judging.key_kinds import CONTENT, EVENT, OWN_NUMBER, REPORT, SPREAD
from triage.store.queries.key_holders import OTHERS, SENTENCE, LinkKey

POOLED = 0.1
"""Of all values, those that come from the pool."""
POOL = 100_000
HOLDING_FEED = 3_000
"""Invented reports that hold keys of the feed."""
HELD_OF_FEED = 12
"""Keys of the feed in each of them, so that a few reports hold each."""
COMMON = 5
"""Keys of the feed that one in ten of them holds, several hundred: they tie nobody."""
_NOT_SHARED = (CONTENT, EVENT, REPORT, SENTENCE, OTHERS, SPREAD)
_DIGITS = 640
"""Hexadecimal digits that are drawn at once for a report, which takes fewer than 500."""
_SOMETIMES = (
    ("email", 0.7, 90, "user_{}@mail.example.invalid"),
    ("phone", 0.6, 85, "+92{}"),
    ("ipv6", 0.5, 65, "2001:db8::{}"),
    ("camera", 0.35, 75, "darya d70 no. {}"),
    ("profile_url", 0.3, 80, "social.example.invalid/{}"),
    ("advertising_id", 0.25, 60, "{}"),
    (SENTENCE, 0.17, 0, "{0}@{0}#{0}"),
    ("device", 0.1, 88, "{}"),
    (SPREAD, 0.1, 0, "sha256:{0}{0}{0}{0}{0}"),
)
"""(kind, part of all reports that has one, strength, value)."""


class KeyMaker:
    """Makes link keys of invented reports, `of_feed` of which, from 0 to 1, hold some of the keys `known`."""

    def __init__(self, rng: random.Random, known: Sequence[LinkKey], of_feed: float) -> None:
        self._rng, self._of_feed = rng, of_feed
        self._known = sorted({key[:3] for key in known if key[0] not in _NOT_SHARED})
        self._common = self._known[:: max(1, len(self._known) // COMMON)]
        self._digits = ""
        self._at = 0

    def make_keys(self, number: str, day: int) -> list[LinkKey]:
        """Returns the link keys of the report with this number, sorted; `day` is that of its incident, since 1970."""
        dice = self._rng.random
        self._digits, self._at = f"{self._rng.getrandbits(4 * _DIGITS):0{_DIGITS}x}", 0
        user, account = self._pick_value(), self._draw(12)
        provider = f"provider {account[:2]}"
        keys = [
            (CONTENT, self._draw(64), 0, day),
            (EVENT, self._draw(64), 0, day),
            (REPORT, number, OWN_NUMBER, day),
            ("user_id", f"{account} at {provider}", 95, day),
            ("username", f"user_{user} at {provider}", 75, day),
            ("handle", f"user_{user}", 30, day),
        ]
        for n in range(self._count(2.4)):
            bits = int(self._pick_value()[:8], 16)
            address = f"{bits >> 24}.{bits >> 16 & 255}.{bits >> 8 & 255}.{bits & 255}"
            keys.append(("ip", address, 25, day))
            if n < 2:
                keys.append(("ip_port_minute", f"{address} port {20_000 + bits % 40_000} 2026-10-24T09:{n:02d}", 85, day))
        for _ in range(self._count(1.65)):
            file = self._pick_value()
            keys += [
                ("file", f"{kind}:{(file * 6)[:size]}", 60, day) for kind, size in (("md5", 32), ("sha1", 40), ("sha256", 64))
            ]
        keys += [(OTHERS, f"email {self._draw(12)}@mail.example.invalid", 0, day) for _ in range(self._count(1.25))]
        keys += [
            (kind, form.format(self._pick_value()), strength, day) for kind, part, strength, form in _SOMETIMES if dice() < part
        ]
        if self._known and dice() < self._of_feed:
            keys += [(*key, day) for key in self._rng.choices(self._known, k=HELD_OF_FEED)]
            keys += [(*key, day) for key in (self._common if dice() < 0.1 else ())]
        return list({key[:2]: key for key in sorted(keys)}.values())

    def _count(self, mean: float) -> int:
        """Returns one of the two whole numbers around a mean, so often that this is their mean."""
        return int(mean + self._rng.random())

    def _draw(self, digits: int) -> str:
        """Returns hexadecimal digits that no other report has."""
        self._at += digits
        return self._digits[self._at - digits : self._at]

    def _pick_value(self) -> str:
        """Returns 12 hexadecimal digits of the report's own or of the pool."""
        if self._rng.random() >= POOLED:
            return self._draw(12)
        return f"{2_654_435_761 * int(POOL * self._rng.random() ** 3) % (1 << 48):012x}"
