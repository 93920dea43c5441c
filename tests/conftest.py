"""For all tests: generated examples may take their time, since how fast a machine is proves nothing about a parser."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
