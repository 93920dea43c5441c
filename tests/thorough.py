"""Says whether the tests take their thorough forms, which try each case of a product where the ordinary run tries a part of it.

`make thorough` sets TRIAGE_TEST_THOROUGH=1. The ordinary run still tries each value of each side of such a product.
"""

from __future__ import annotations

import os

THOROUGH = os.environ.get("TRIAGE_TEST_THOROUGH") == "1"
