"""Has the bench's child fork its workers from servers that stay: to start servers takes longer than to read most mutants."""

from __future__ import annotations

from pathlib import Path

from tests import warm_workers

warm_workers.install()
warm_workers.choose(Path("tests", "typesetter"))  # papers are typeset in a process of their own, as the program does it
