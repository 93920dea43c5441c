from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Runs a script with its options, installing below tmp_path; returns its exit code and what it said."""

    def run_script(script: Path, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            ["sh", str(script), *words, "--prefix", str(tmp_path / "installed")],
            capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run_script
