"""Names the exit codes; 0 is done, 1 could not, 2 usage."""

SET_ASIDE = 3
"""Done, but something was set aside."""
STOPPED = 130
"""Stopped with Ctrl-C, as shells report it."""
