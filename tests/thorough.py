"""Says whether the tests take their thorough forms, which try each case of a product where the ordinary run tries a part of it.

`make thorough` sets TRIAGE_TEST_THOROUGH=1. The ordinary run still tries each value of each side of such a product.
"""

from __future__ import annotations

import os

THOROUGH = os.environ.get("TRIAGE_TEST_THOROUGH") == "1"


def count_examples(ordinary: int) -> int:
    """Returns how many examples hypothesis draws: `ordinary`, or ten times as many when THOROUGH.

    The ordinary run draws the same examples each time, so that more of them find nothing new from one run to the next.
    """
    return 10 * ordinary if THOROUGH else ordinary
