"""The first look into the tables takes as long as it takes: no test here is timed."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
