"""Writing direction of scripts."""

from __future__ import annotations

import re

FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff]")
"""A character of a script that is read from right to left."""
