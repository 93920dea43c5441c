"""Compiles the tests as pytest does, with their assertions taken apart, so that its workers find the result.

    python -m tests.rewrite_ahead

Else each of the workers, who all begin at once, would do it by itself: half a minute of processor time in a fresh clone.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path

from _pytest.assertion import rewrite
from _pytest.config import get_config

TESTS = Path(__file__).parent


def rewrite_ahead(folder: Path, share: int = 0, shares: int = 1) -> None:
    """Compiles a share of the test files below a folder. What pytest compiled before is compiled again."""
    config = get_config()
    config.parse(["--quiet", str(folder)])
    state = config.stash[rewrite.assertstate_key]
    for path in sorted(chain(folder.rglob("test_*.py"), folder.rglob("conftest.py")))[share::shares]:
        cache = rewrite.get_cache_dir(path)
        cache.mkdir(exist_ok=True)
        source_hash, code = rewrite._rewrite_test(path, config)
        rewrite._write_pyc(state, code, source_hash, cache / (path.stem + rewrite.PYC_TAIL))


if __name__ == "__main__":
    shares = os.cpu_count() or 1  # the set-up waits for this, and for little else
    with ProcessPoolExecutor(shares) as pool:
        for begun in [pool.submit(rewrite_ahead, TESTS, share, shares) for share in range(shares)]:
            begun.result()
